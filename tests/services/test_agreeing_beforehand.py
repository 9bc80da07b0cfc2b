"""Agreements printed beforehand on both engines: who gets one, in which order, and what is kept of it."""

from datetime import date
from pathlib import Path

import pytest

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.barcode import on_sheet
from tablet_loans.domain.errors import (
    AlreadyHasOne,
    CampaignNotOpen,
    InvalidUai,
    NotPermitted,
    OtherSchool,
    PupilHasLeft,
    UnknownCampaign,
    UnknownPupil,
    UnknownSchool,
)
from tablet_loans.domain.identifiers import uai_key
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.sheet import NobodyToPrintFor, NoSchoolChosen
from tablet_loans.domain.trouble import FileTrouble, FontLacks
from tablet_loans.services import agreeing, campaigning, drafting, lending
from tablet_loans.services.session import Cancelled, Progress
from tablet_loans.storage import ledger
from tests.builders import CAMPAIGN, World, new_session
from tests.services.documents import codes_on, pages_of, text_of

IRIS = "0690142E"
OTHER = "0690001" + uai_key("0690001")


def lines_of(world: World) -> int:
    return int(world.base.execute("SELECT count(*) FROM ledger_line").fetchone()[0])


def pupils_on(out: Path) -> list[PupilId]:
    """Return the pupils whose codes the pages bear, in order."""
    read = [on_sheet(code) for page in pages_of(out) for code, kind in codes_on(page) if kind == "Code128"]
    return [sheet[0] for sheet in read if sheet is not None]


def test_a_school_gets_a_page_for_each_pupil_without_a_tablet_in_register_order(world: World, tmp_path: Path) -> None:
    iris, elsewhere = world.school(IRIS), world.school(OTHER)
    last, second, first = (
        world.pupil(name, school_id=iris, class_name=class_name)
        for name, class_name in (("Zola", "5e B"), ("Élie", "5e B"), ("Petit", "4e A"))
    )
    served = world.pupil("Abel", school_id=iris)
    lending.check_out(world.session, code=world.device(), pupil_id=served)
    with_a_key = world.pupil("Bauer", school_id=iris, class_name="6e C")
    lending.check_out(world.session, code=world.device(kind="key_4g"), pupil_id=with_a_key)
    world.pupil("Parti", school_id=iris, left_on=date(2026, 4, 1))
    world.pupil("Ailleurs", school_id=elsewhere)
    heard: list[tuple[int, int]] = []
    out = tmp_path / "iris.pdf"
    progress = Progress(lambda done, total: heard.append((done, total)))
    receipt = agreeing.print_sheets(world.session, campaign=CAMPAIGN, school=IRIS, out=out, progress=progress)
    assert receipt.value == agreeing.PrintedAgreements(4, 8, str(out))
    assert pupils_on(out) == [first, second, last, with_a_key]
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]
    said = text_of(pages_of(out)[0])
    assert "Petit Inès" in said
    assert "3 juillet 2026" in said
    assert CAMPAIGN in said


def test_a_class_or_pupils_are_chosen(world: World, tmp_path: Path) -> None:
    iris = world.school(IRIS)
    one, other = world.pupil("Zola", school_id=iris), world.pupil("Petit", school_id=iris, class_name="4e A")
    third = world.pupil("Abel", school_id=world.school(OTHER))
    agreeing.print_sheets(world.session, school=IRIS.lower(), class_name="4e A", out=tmp_path / "a.pdf")
    assert pupils_on(tmp_path / "a.pdf") == [other]
    agreeing.print_sheets(world.session, pupils=(one, third, one), out=tmp_path / "b.pdf")
    assert pupils_on(tmp_path / "b.pdf") == [third, one]


def test_a_printing_is_one_line_about_its_pupils_that_names_none(world: World, tmp_path: Path) -> None:
    iris = world.school(IRIS)
    pupils = [world.pupil(name, school_id=iris) for name in ("Abel", "Zola")]
    before = lines_of(world)
    receipt = agreeing.print_sheets(world.session, school=IRIS, out=tmp_path / "iris.pdf")
    found = ledger.find(world.base, receipt.ledger_id)
    assert found is not None
    line, facts = found
    assert lines_of(world) == before + 1
    assert line.action == Action.AGREEMENTS_PRINTED
    assert {row for kind, row in line.subjects if kind == Subject.PUPIL} == set(pupils)
    assert facts == {"agreements": 2, "pages": 4, "file": "iris.pdf", "changes": []}


def test_a_sheet_marks_no_loan(world: World, tmp_path: Path) -> None:
    pupil = world.pupil(school_id=world.school(IRIS))
    agreeing.print_sheets(world.session, school=IRIS, out=tmp_path / "a.pdf")
    number = lending.check_out(world.session, code=world.device(), pupil_id=pupil).value.number
    assert world.base.execute("SELECT count(*) FROM agreement").fetchone()[0] == 0
    assert agreeing.print_agreements(world.session, LoanFilter(numbers=(number,)), tmp_path / "b.pdf").value.pages == 2


def test_more_pupils_than_one_block_are_all_printed(world: World, tmp_path: Path) -> None:
    iris = world.school(IRIS)
    pupils = [world.pupil(f"Élève {place:02}", school_id=iris) for place in range(12)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(drafting, "_BLOCK", 5)
        agreeing.print_sheets(world.session, school=IRIS, out=tmp_path / "iris.pdf")
    assert pupils_on(tmp_path / "iris.pdf") == pupils


def test_a_named_pupil_who_gets_none_is_refused_by_the_reason(world: World, tmp_path: Path) -> None:
    iris, out = world.school(IRIS), tmp_path / "none.pdf"
    served, gone = world.pupil(school_id=iris), world.pupil("Parti", school_id=iris, left_on=date(2026, 4, 1))
    loan = lending.check_out(world.session, code=world.device(), pupil_id=served).value
    with pytest.raises(AlreadyHasOne) as refused:
        agreeing.print_sheets(world.session, pupils=(served,), out=out)
    assert refused.value.facts == {"other": loan.tag, "loan": loan.number}
    with pytest.raises(PupilHasLeft):
        agreeing.print_sheets(world.session, pupils=(gone,), out=out)
    with pytest.raises(UnknownPupil):
        agreeing.print_sheets(world.session, pupils=(PupilId(9_999),), out=out)
    with pytest.raises(NobodyToPrintFor):
        agreeing.print_sheets(world.session, school=IRIS, out=out)
    assert not out.exists()


def test_a_school_or_a_campaign_that_does_not_lend_is_refused(world: World, tmp_path: Path) -> None:
    world.school(OTHER)
    stranger, out = world.pupil(school_id=world.school(IRIS)), tmp_path / "none.pdf"
    world.campaign("Partielle", schools=(OTHER,))
    for words in ({"school": IRIS}, {"pupils": (stranger,)}):
        with pytest.raises(OtherSchool):
            agreeing.print_sheets(world.session, campaign="Partielle", out=out, **words)
    campaigning.close(world.session, "Partielle")
    with pytest.raises(CampaignNotOpen):
        agreeing.print_sheets(world.session, campaign="Partielle", school=OTHER, out=out)
    with pytest.raises(UnknownCampaign):
        agreeing.print_sheets(world.session, campaign="Nulle", school=IRIS, out=out)
    with pytest.raises(UnknownSchool):
        agreeing.print_sheets(world.session, school="0690002" + uai_key("0690002"), out=out)
    with pytest.raises(InvalidUai):
        agreeing.print_sheets(world.session, school="Iris", out=out)
    with pytest.raises(NoSchoolChosen):
        agreeing.print_sheets(world.session, class_name="5e B", out=out)
    assert not out.exists()


def test_sheets_are_printed_before_the_campaigns_first_day(world: World, tmp_path: Path) -> None:
    world.pupil(school_id=world.school(IRIS))
    campaigning.create(world.session, name="Demain", due_on=date(2026, 12, 18), is_draft=True)
    agreeing.print_sheets(world.session, campaign="Demain", school=IRIS, out=tmp_path / "a.pdf")
    assert "18 décembre 2026" in text_of(pages_of(tmp_path / "a.pdf")[0])


def test_a_liaison_prints_and_finance_does_not(sqlite_world: World, tmp_path: Path) -> None:
    sqlite_world.pupil(school_id=sqlite_world.school(IRIS))
    liaison, finance = (new_session(sqlite_world.base, actor=Actor("X", role)) for role in (Role.LIAISON, Role.FINANCE))
    assert agreeing.print_sheets(liaison, school=IRIS, out=tmp_path / "a.pdf").value.pages == 2
    with pytest.raises(NotPermitted):
        agreeing.print_sheets(finance, school=IRIS, out=tmp_path / "b.pdf")


def test_nothing_is_kept_of_a_printing_that_failed(world: World, tmp_path: Path) -> None:
    iris = world.school(IRIS)
    world.pupil(school_id=iris)
    before = lines_of(world)
    with pytest.raises(FileTrouble):
        agreeing.print_sheets(world.session, school=IRIS, out=tmp_path / "nowhere" / "a.pdf")
    with pytest.raises(Cancelled):
        agreeing.print_sheets(
            world.session, school=IRIS, out=tmp_path / "a.pdf", progress=Progress(is_cancelled=lambda: True)
        )
    world.pupil("李", school_id=iris)
    with pytest.raises(FontLacks):
        agreeing.print_sheets(world.session, school=IRIS, out=tmp_path / "a.pdf")
    assert lines_of(world) == before
    assert not list(tmp_path.glob("*.pdf*"))
