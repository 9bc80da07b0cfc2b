"""A pile of signed agreements on both engines: each page with its loan, nothing guessed, nothing twice."""

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from tablet_loans.domain.act import Action
from tablet_loans.domain.agreement import SignatureState
from tablet_loans.domain.clause import Clause, Group
from tablet_loans.domain.errors import ChangedSince, NotPermitted
from tablet_loans.domain.filing import FiledPage, PageFate, PileReport, code_in
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.trouble import FileMissing, FileTrouble, UpgradeNeeded
from tablet_loans.services import agreeing, attaching, filing, lending, undoing, wording
from tablet_loans.services.session import Cancelled, Progress
from tablet_loans.storage import ledger, loans, schema
from tablet_loans.storage.database import open_database
from tests.builders import World, new_session
from tests.services.documents.agreed import FACTS, write
from tests.services.piled import joined, pictures_of, scanned, spoilt, unmarked

F, A, D, U = PageFate.FILED, PageFate.AGAIN, PageFate.DOUBLED, PageFate.UNREADABLE


def lent(world: World, names: tuple[str, ...], tmp_path: Path) -> tuple[list[str], list[Image.Image]]:
    """Lend a tablet to each, print the agreements, and return the numbers and the pages in that order."""
    school = world.school()
    numbers = []
    for name in names:
        receipt = lending.check_out(world.session, code=world.device(), pupil_id=world.pupil(name, school_id=school))
        numbers.append(receipt.value.number)
    out = tmp_path / "printed.pdf"
    agreeing.print_agreements(world.session, LoanFilter(numbers=tuple(numbers)), out)
    return [str(number) for number in numbers], pictures_of(out)


def states(world: World) -> dict[str, str]:
    query = "SELECT number, agreement.state FROM loan JOIN agreement ON loan_id = loan.id"
    return dict(world.base.execute(query).fetchall())


def kept(world: World) -> list[tuple[str, int]]:
    """Return the loan and place of every page that is kept."""
    query = "SELECT number, page FROM agreement_scan JOIN loan ON loan.id = loan_id ORDER BY number, page"
    return [(str(row[0]), int(row[1])) for row in world.base.execute(query).fetchall()]


def fates(report: PileReport) -> list[PageFate]:
    return [page.fate for page in report.told]


def foreign(like: Image.Image) -> Image.Image:
    """Return a page that bears a code which is none of ours."""
    page = Image.new("L", like.size, 255)
    code = zxingcpp.create_barcode("https://example.org/menu", zxingcpp.BarcodeFormat.QRCode).to_image(scale=6)
    page.paste(Image.fromarray(code), (200, 200))
    return page


def test_a_whole_pile_is_filed_with_one_page_turned_one_unreadable_one_foreign_one_doubled(
    world: World, tmp_path: Path
) -> None:
    (one, two, three), pages = lent(world, ("Abel", "Brun", "Caron"), tmp_path)
    pile = [
        scanned(pages[0], 1), scanned(pages[1], 1), scanned(pages[2], 180), scanned(pages[3], 180),
        scanned(spoilt(pages[4])), scanned(unmarked(pages[5])), scanned(foreign(pages[0])),
        Image.new("L", (1654, 2339), 255),
        scanned(pages[0], 90, seed=2), scanned(pages[1], 90, seed=2),
    ]  # fmt: skip
    path = joined(pile, tmp_path / "pile.pdf")
    heard: list[tuple[int, int]] = []
    looks = tmp_path / "looks"
    receipt = filing.file_pile(
        world.session, [path], looks=looks, progress=Progress(lambda done, total: heard.append((done, total)))
    )
    report = receipt.value
    assert fates(report) == [F, F, F, F, U, U, PageFate.FOREIGN, PageFate.EMPTY, D, D]
    assert (report.signed, report.filed, report.doubled, report.filed_again) == (2, 4, 2, 0)
    assert [page.page for page in report.to_look_at] == [5, 6, 7]
    assert sorted(each.name for each in looks.iterdir()) == [f"pile-{page:04d}.png" for page in (5, 6, 7)]
    assert report.told[2] == FiledPage("pile.pdf", 3, F, two, "open", 1)
    assert states(world) == {one: "signed", two: "signed", three: "printed"}
    assert kept(world) == [*[(one, page) for page in (1, 2, 3, 4)], (two, 1), (two, 2)]
    assert [row.loan for row in agreeing.listed(world.session, state=SignatureState.MISSING)] == [three]
    assert heard[-1] == (20, 20)
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)


def test_a_pile_is_one_line_and_each_agreement_an_act_none_names_a_pupil(world: World, tmp_path: Path) -> None:
    (one,), pages = lent(world, ("Abel",), tmp_path)
    receipt = filing.file_pile(world.session, [joined(pages, tmp_path / "Abel.pdf")])
    found = ledger.find(world.base, receipt.ledger_id)
    assert found is not None
    line, facts = found
    assert line.action == Action.AGREEMENTS_FILED
    assert facts == {"files": 1, "pages": 2, "signed": 1, "kept": 2, "to_look_at": 0, "changes": []}
    rows = world.base.execute("SELECT facts FROM ledger_facts").fetchall()
    assert not [row for row in rows if "Abel" in str(row[0])]
    undone = undoing.undo_last(world.session)[0].value
    assert (undone.line.action, undone.loan) == (Action.AGREEMENT_SIGNED, one)
    assert states(world) == {one: "printed"}
    assert kept(world) == []


def test_a_pile_filed_again_adds_nothing_and_signs_again_what_was_undone(world: World, tmp_path: Path) -> None:
    (one, two), pages = lent(world, ("Abel", "Brun"), tmp_path)
    path = joined([scanned(page) for page in pages], tmp_path / "pile.pdf")
    first = filing.file_pile(world.session, [path]).value
    again = filing.file_pile(world.session, [path]).value
    assert fates(first) == [F] * 4
    assert fates(again) == [A] * 4
    assert (again.signed, again.filed_again) == (0, 4)
    undoing.undo_last(world.session)
    third = filing.file_pile(world.session, [path]).value
    assert fates(third) == [A, A, F, F]
    assert states(world) == {one: "signed", two: "signed"}
    assert len(kept(world)) == 4


def test_a_page_more_for_a_signed_loan_is_an_act_that_can_be_undone(world: World, tmp_path: Path) -> None:
    (one,), pages = lent(world, ("Abel",), tmp_path)
    agreeing.sign(world.session, one)
    report = filing.file_pile(world.session, [joined(pages, tmp_path / "a.pdf")]).value
    assert (fates(report), report.signed) == ([F, F], 0)
    more = filing.file_pile(world.session, [joined([scanned(pages[0], seed=3)], tmp_path / "b.pdf")]).value
    assert fates(more) == [D]
    assert undoing.undo_last(world.session)[0].value.line.action == Action.PAGE_KEPT
    assert kept(world) == [(one, 1), (one, 2)]
    assert states(world) == {one: "signed"}


def test_a_dry_run_says_the_same_and_writes_nothing(world: World, tmp_path: Path) -> None:
    _, pages = lent(world, ("Abel", "Brun"), tmp_path)
    pile = [*pages, *pages[:2], *[scanned(page) for page in pages[2:]]]
    path = joined(pile, tmp_path / "pile.pdf")
    dry = filing.file_pile(world.session, [path], is_dry_run=True)
    assert (dry.ledger_id, kept(world)) == ("", [])
    assert set(states(world).values()) == {"printed"}
    wet = filing.file_pile(world.session, [path]).value
    assert fates(dry.value) == fates(wet) == [F, F, F, F, A, A, D, D]
    assert dry.value.signed == wet.signed == 2


def test_backs_that_fell_out_of_order_find_their_loans(world: World, tmp_path: Path) -> None:
    numbers, pages = lent(world, ("Abel", "Brun", "Caron"), tmp_path)
    one, two, three = numbers
    pile = [
        scanned(pages[3]), scanned(pages[0], 180), scanned(pages[5], 90), scanned(pages[2]),
        scanned(spoilt(pages[4])), scanned(pages[1], 1),
    ]  # fmt: skip
    report = filing.file_pile(world.session, [joined(pile, tmp_path / "pile.pdf")]).value
    assert sorted((page.page, page.fate, page.loan) for page in report.told) == [
        (1, F, two), (2, F, one), (3, F, three), (4, F, two), (5, U, None), (6, F, one),
    ]  # fmt: skip
    assert states(world) == dict.fromkeys(numbers, "signed")
    assert kept(world) == [(one, 1), (one, 2), (two, 1), (two, 2), (three, 1)]


def test_backs_printed_before_they_had_a_mark_are_filed_as_they_lie(world: World, tmp_path: Path) -> None:
    (one, two), pages = lent(world, ("Abel", "Brun"), tmp_path)
    pile = [scanned(pages[0]), scanned(unmarked(pages[1])), scanned(pages[2], 180), scanned(unmarked(pages[3]), 180)]
    report = filing.file_pile(world.session, [joined(pile, tmp_path / "pile.pdf")]).value
    assert [(page.fate, page.loan) for page in report.told] == [(F, one), (F, one), (F, two), (F, two)]


def wording_of(world: World, number: str) -> tuple[int | None, int]:
    """Return the version of the wording that a loan's agreement has, and the one it tells."""
    row = world.base.execute(
        "SELECT agreement_wording.version, agreement.version FROM agreement JOIN loan ON loan.id = loan_id"
        " LEFT JOIN agreement_wording ON agreement_wording.id = wording_id WHERE number = ?",
        (number,),
    ).fetchone()
    return row[0], row[1]


def test_the_page_that_is_filed_tells_which_wording_was_signed(world: World, tmp_path: Path) -> None:
    school = world.school()
    one, two, three = (world.pupil(name, school_id=school) for name in ("Abel", "Brun", "Caron"))
    printed = {}
    for version in (1, 2):
        agreeing.print_sheets(world.session, pupils=(one, two, three), out=tmp_path / f"{version}.pdf")
        printed[version] = pictures_of(tmp_path / f"{version}.pdf")
        wording.edit(world.session, None, [Clause(Group.DEPOSIT, "Caution", f"Aucune, version {version + 1}.")])
    numbers = [
        lending.check_out(world.session, code=world.device(), pupil_id=pupil, is_signed=pupil == three).value.number
        for pupil in (one, two, three)
    ]
    assert wording_of(world, numbers[2]) == (None, 1)
    forged = printed[1][4]
    pile = [*printed[1][:2], *printed[2][2:4], forged]
    filing.file_pile(world.session, [joined(pile, tmp_path / "pile.pdf")])
    assert [wording_of(world, number) for number in numbers[:2]] == [(1, 1), (2, 2)]
    undoing.undo_last(world.session)


def test_a_sheet_is_of_the_only_wording_that_there_has_been(world: World, tmp_path: Path) -> None:
    pupil = world.pupil("Abel", school_id=world.school())
    agreeing.print_sheets(world.session, pupils=(pupil,), out=tmp_path / "sheet.pdf")
    receipt = lending.check_out(world.session, code=world.device(), pupil_id=pupil, is_signed=True)
    assert wording_of(world, receipt.value.number) == (1, 1)


def test_a_hash_that_is_wrong_tells_no_wording(world: World, tmp_path: Path) -> None:
    (one,), _ = lent(world, ("Abel",), tmp_path)
    loan = loans.find(world.base, one)
    assert loan is not None
    for text, expected in ((f"{one}|v1|000000", None), (f"{one}|v9|000000", None), (one, None)):
        code = code_in(text)
        assert code is not None
        assert attaching.proof_of(world.session, [code], loan).wording is expected


def test_a_pile_of_one_sided_pages_takes_no_spoilt_front_for_a_back(world: World, tmp_path: Path) -> None:
    (one, two, three), pages = lent(world, ("Abel", "Brun", "Caron"), tmp_path)
    path = joined([pages[0], pages[2], scanned(spoilt(pages[4]))], tmp_path / "pile.pdf")
    assert fates(filing.file_pile(world.session, [path]).value) == [F, F, U]
    single = joined([pages[0], scanned(spoilt(pages[4]))], tmp_path / "two.pdf")
    assert fates(filing.file_pile(world.session, [single], pages_each=1, is_dry_run=True).value) == [A, U]
    assert kept(world) == [(one, 1), (two, 1)]
    assert states(world)[three] == "printed"


def test_pictures_one_after_the_other_are_one_pile(world: World, tmp_path: Path) -> None:
    (one, two), pages = lent(world, ("Abel", "Brun"), tmp_path)
    paths = []
    for place, page in enumerate(pages):
        paths.append(tmp_path / f"{place}.jpg")
        page.save(paths[-1])
    report = filing.file_pile(world.session, paths).value
    assert [(page.file, page.page, page.loan) for page in report.told] == [
        ("0.jpg", 1, one), ("1.jpg", 1, one), ("2.jpg", 1, two), ("3.jpg", 1, two),
    ]  # fmt: skip


def test_papers_of_loans_that_ended_or_are_elsewhere_are_told(world: World, tmp_path: Path) -> None:
    (gone, back), pages = lent(world, ("Abel", "Brun"), tmp_path)
    tags = dict(world.base.execute("SELECT number, tag FROM loan JOIN device ON device.id = device_id").fetchall())
    lending.check_in(world.session, code=tags[back])
    with world.base.atomic():
        world.base.execute("UPDATE loan SET state = 'cancelled' WHERE number = ?", (gone,))
    write(tmp_path / "other.pdf", FACTS)
    both = pages[0].copy()
    both.paste(pages[2].crop((800, 0, 1654, 420)), (0, 1900))
    pile = [pages[0], pages[2], pictures_of(tmp_path / "other.pdf")[0], both]
    report = filing.file_pile(world.session, [joined(pile, tmp_path / "pile.pdf")]).value
    assert fates(report) == [PageFate.CANCELLED, F, PageFate.UNKNOWN, PageFate.SEVERAL]
    assert [page.state for page in report.told] == [None, "returned", None, None]
    assert [page.loan for page in report.told[:3]] == [gone, back, FACTS.number]
    assert kept(world) == [(back, 1)]


def test_a_sheet_printed_beforehand_finds_the_loan_that_came_of_it(world: World, tmp_path: Path) -> None:
    school = world.school()
    served, waiting = (world.pupil(name, school_id=school) for name in ("Abel", "Brun"))
    out = tmp_path / "sheets.pdf"
    agreeing.print_sheets(world.session, pupils=(served, waiting), out=out)
    path = joined([scanned(page) for page in pictures_of(out)], tmp_path / "pile.pdf")
    number = lending.check_out(world.session, code=world.device(), pupil_id=served).value.number
    assert states(world) == {}
    report = filing.file_pile(world.session, [path]).value
    assert fates(report) == [F, F, PageFate.NO_LOAN, PageFate.NO_LOAN]
    assert states(world) == {number: "signed"}
    lending.check_out(world.session, code=world.device(), pupil_id=waiting)
    assert fates(filing.file_pile(world.session, [path]).value) == [A, A, F, F]


def test_a_blank_agreement_waits_until_it_is_somebodys(world: World, tmp_path: Path) -> None:
    from tablet_loans.services import batching

    (one,), _ = lent(world, ("Abel",), tmp_path)
    batching.print_spare(world.session, 1, tmp_path / "spare.pdf")
    path = joined(pictures_of(tmp_path / "spare.pdf"), tmp_path / "pile.pdf")
    assert fates(filing.file_pile(world.session, [path]).value) == [PageFate.NO_LOAN] * 2
    with world.base.atomic():
        world.base.execute("UPDATE spare_form SET loan_id = (SELECT id FROM loan)")
    assert [page.loan for page in filing.file_pile(world.session, [path]).value.told] == [one, one]


def test_a_pile_that_is_stopped_keeps_what_was_filed_and_goes_on_when_filed_again(world: World, tmp_path: Path) -> None:
    (one, two, _), pages = lent(world, ("Abel", "Brun", "Caron"), tmp_path)
    path = joined(pages, tmp_path / "pile.pdf")
    done: list[int] = []
    progress = Progress(lambda now, _: done.append(now), lambda: bool(done) and done[-1] >= 8)
    with pytest.raises(Cancelled):
        filing.file_pile(world.session, [path], progress=progress)
    assert kept(world) == [(number, page) for number in (one, two) for page in (1, 2)]
    last = world.base.execute("SELECT action FROM ledger_line ORDER BY sequence DESC LIMIT 1").fetchone()
    assert last[0] == Action.AGREEMENTS_FILED
    assert fates(filing.file_pile(world.session, [path]).value) == [A] * 4 + [F] * 2
    assert len(kept(world)) == 6


def test_one_file_that_is_no_pile_leaves_everything_as_it_was(world: World, tmp_path: Path) -> None:
    _, pages = lent(world, ("Abel",), tmp_path)
    path = joined(pages, tmp_path / "pile.pdf")
    with pytest.raises(FileMissing):
        filing.file_pile(world.session, [path, tmp_path / "none.pdf"])
    with pytest.raises(FileTrouble):
        filing.file_pile(world.session, [path], looks=path / "looks")
    with pytest.raises(NotPermitted):
        filing.file_pile(new_session(world.base, actor=Actor("F", Role.FINANCE)), [path])
    assert kept(world) == []


def test_a_later_act_about_the_loan_keeps_its_signature(world: World, tmp_path: Path) -> None:
    (one,), pages = lent(world, ("Abel",), tmp_path)
    filing.file_pile(world.session, [joined(pages, tmp_path / "a.pdf")])
    (signed,) = world.base.execute("SELECT id FROM ledger_line WHERE action = 'agreement_signed'").fetchone()
    filing.file_pile(world.session, [joined([scanned(pages[0])], tmp_path / "b.pdf")])
    with pytest.raises(ChangedSince):
        undoing.undo(world.session, signed)
    assert states(world) == {one: "signed"}


def test_a_base_of_the_version_before_keeps_no_pages(url: str, tmp_path: Path) -> None:
    base = open_database(url, create=True)
    schema.upgrade(base, "0006_campaigns")
    world = World(new_session(base))
    world.campaign()
    (one,), pages = lent(world, ("Abel",), tmp_path)
    path = joined(pages, tmp_path / "pile.pdf")
    with pytest.raises(UpgradeNeeded):
        filing.file_pile(world.session, [path])
    with pytest.raises(UpgradeNeeded):
        attaching.sign_with_scan(world.session, one, path)
    agreeing.sign(world.session, one)
    undoing.undo_last(world.session)
    base.close()
