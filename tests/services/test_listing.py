"""The papers of a hand-over, a delivery, a return and of what is not signed, on both engines."""

import csv
from pathlib import Path

import pytest

from tablet_loans.domain.barcode import on_sheet
from tablet_loans.domain.carton import NoCartonYet
from tablet_loans.domain.device import Condition
from tablet_loans.domain.errors import NotPermitted, UnknownCampaign, UnknownLoan, UnknownSchool
from tablet_loans.domain.listing import (
    AllSigned,
    DeliveredModel,
    HandOverRow,
    NobodyToHandTo,
    NotHandedOver,
    NotReturned,
    delivered_models,
)
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.trouble import FileTrouble, FontLacks
from tablet_loans.services import agreeing, lending, listing, packing, serving, undoing
from tablet_loans.services.desk import IDLE, Desk
from tablet_loans.services.session import Cancelled, Progress
from tablet_loans.storage import ledger, listings
from tests.builders import CAMPAIGN, DUE, World, new_session
from tests.services.documents import codes_on, pages_of, text_of
from tests.services.promised import applied, in_need, plain_device, uai_of

IRIS, LILAS = "0690142E", "0690026D"


def in_class(world: World, pupil: PupilId, class_name: str) -> PupilId:
    with world.base.atomic():
        world.base.execute("UPDATE pupil SET class_name = ? WHERE id = ?", (class_name, pupil))
    return pupil


def promised(world: World) -> list[PupilId]:
    """Promise tablets to three pupils of two classes of a school, and to one of another school."""
    iris, lilas = world.school(IRIS), world.school(LILAS, "Lycée Les Lilas")
    pupils = [in_need(world, name, school_id=iris, is_cellular=True) for name in ("Zola", "Élie", "Petit")]
    pupils.append(in_need(world, "Brun", school_id=lilas, is_cellular=True))
    in_class(world, pupils[2], "4e A")
    for _ in pupils:
        world.device()
    applied(world)
    return pupils


def lent(world: World, pupil: PupilId, *missing: str) -> str:
    tag = world.base.execute("SELECT tag FROM device WHERE state = 'ready' ORDER BY id").fetchone()[0]
    return lending.check_out(world.session, code=tag, pupil_id=pupil, missing=missing).value.number


def rows_of(world: World, *place: str) -> list[HandOverRow]:
    return [row for each in listing.hand_overs(world.session, CAMPAIGN, *place) for row in each.rows]


def lines_of(world: World) -> int:
    return int(world.base.execute("SELECT count(*) FROM ledger_line").fetchone()[0])


def test_classes_come_in_the_order_of_the_register_with_what_is_promised(world: World) -> None:
    pupils = promised(world)
    found = listing.hand_overs(world.session, None)
    assert [(each.uai, each.class_name, len(each.rows)) for each in found] == [
        (LILAS, "5e B", 1), (IRIS, "4e A", 1), (IRIS, "5e B", 2),
    ]  # fmt: skip
    assert [row.pupil for row in found[2].rows] == ["ÉLIE Inès", "ZOLA Inès"]
    row = found[2].rows[0]
    assert (row.model, row.kit, row.loan, row.tag) == ("Samsung Galaxy Tab A8", ("Chargeur", "Housse"), "", "")
    campaign_id = world.base.execute("SELECT id FROM campaign").fetchone()[0]
    assert on_sheet(row.code) == (pupils[1], campaign_id)
    assert row.code == world.sheet(pupils[1])
    assert [row.pupil_id for row in rows_of(world, IRIS, "4e A")] == [pupils[2]]


def test_the_code_of_a_list_that_comes_back_names_its_pupil_at_the_counter(world: World) -> None:
    pupils = promised(world)
    code = rows_of(world, IRIS, "4e A")[0].code
    outcome = serving.answer(world.session, code, IDLE, Desk(campaign=CAMPAIGN, due_on=DUE), is_scanned=True)
    assert outcome.pending.pupil is not None
    assert outcome.pending.pupil.id == pupils[2]


def test_who_has_the_tablet_is_ticked_and_who_has_left_is_not_listed(world: World) -> None:
    pupils = promised(world)
    number = lent(world, pupils[0], "Housse")
    with world.base.atomic():
        world.base.execute("UPDATE pupil SET left_on = ? WHERE id = ?", ("2026-03-01", pupils[1]))
    in_need(world, "Seul", school_id=1)
    (row,) = rows_of(world, IRIS, "5e B")
    assert (row.pupil_id, row.loan, row.kept) == (pupils[0], number, ("Housse",))
    assert row.tag
    assert row.lent_on == world.session.today()
    lending.check_in(world.session, code=row.tag)
    assert rows_of(world, IRIS, "5e B") == []


def test_papers_name_the_accessories_that_the_campaign_lends(world: World) -> None:
    pupils = promised(world)
    number = lent(world, pupils[0], "Housse")
    with world.base.atomic():
        world.base.execute("UPDATE campaign SET kit = ?", ('["chargeur"]',))
    assert {row.kit for row in rows_of(world)} == {("Chargeur",)}
    (receipt,) = listing.hand_over_receipts(world.session, [number])
    assert (receipt.kit, receipt.missing) == (("Chargeur",), ())
    tag = world.base.execute("SELECT tag FROM device WHERE state = 'ready' ORDER BY id").fetchone()[0]
    packing.pack(world.session, CAMPAIGN, IRIS, tag)
    assert listing.deliveries(world.session, None)[0].models[0].kit == (("Chargeur", 1),)


def test_a_list_is_printed_with_progress_stopped_without_a_file_and_leaves_no_line(
    world: World, tmp_path: Path
) -> None:
    promised(world)
    heard: list[tuple[int, int]] = []
    before, out = lines_of(world), tmp_path / "list.pdf"
    progress = Progress(lambda done, total: heard.append((done, total)))
    printed = listing.print_hand_overs(world.session, CAMPAIGN, out, progress=progress)
    assert printed == listing.PrintedLists(2, 3, 4, 3, str(out))
    assert heard == [(1, 3), (2, 3), (3, 3)]
    assert [len(codes_on(page)) for page in pages_of(out)] == [1, 1, 2]
    stopped = Progress(is_cancelled=lambda: True)
    with pytest.raises(Cancelled):
        listing.print_hand_overs(world.session, CAMPAIGN, tmp_path / "none.pdf", progress=stopped)
    assert [path.name for path in tmp_path.glob("*.pdf*")] == ["list.pdf"]
    assert lines_of(world) == before


def test_a_class_without_anybody_is_refused(world: World, tmp_path: Path) -> None:
    promised(world)
    out = tmp_path / "list.pdf"
    with pytest.raises(NobodyToHandTo):
        listing.print_hand_overs(world.session, CAMPAIGN, out, school=IRIS, class_name="3e C")
    with pytest.raises(UnknownSchool):
        listing.print_hand_overs(world.session, CAMPAIGN, out, school="0691478G")
    with pytest.raises(UnknownCampaign):
        listing.print_hand_overs(world.session, "Aucune", out)
    with pytest.raises(FileTrouble):
        listing.print_hand_overs(world.session, CAMPAIGN, tmp_path / "list.odt")


def test_a_school_with_nothing_packed_is_told_to_pack_first(world: World, tmp_path: Path) -> None:
    promised(world)
    with pytest.raises(NoCartonYet):
        listing.print_deliveries(world.session, CAMPAIGN, tmp_path / "note.pdf", school=IRIS)


def test_a_delivery_counts_devices_and_the_accessories_that_are_there(world: World, tmp_path: Path) -> None:
    promised(world)
    tags = [row[0] for row in world.base.execute("SELECT tag FROM device ORDER BY id").fetchall()]
    with world.base.atomic():
        world.base.execute("UPDATE device SET missing_kit = ? WHERE tag = ?", ('["Housse"]', tags[0]))
    packing.pack_all(world.session, CAMPAIGN, IRIS, tags[:3])
    packing.pack(world.session, CAMPAIGN, LILAS, tags[3])
    found = listing.deliveries(world.session, CAMPAIGN)
    assert [(each.school.uai, each.devices) for each in found] == [(LILAS, 1), (IRIS, 3)]
    assert found[1].models == (DeliveredModel("Samsung Galaxy Tab A8", 3, (("Chargeur", 3), ("Housse", 2))),)
    out = tmp_path / "note.pdf"
    printed = listing.print_deliveries(world.session, CAMPAIGN, out, copies=2)
    assert printed == listing.PrintedLists(2, 2, 4, 4, str(out))
    assert len(listing.deliveries(world.session, CAMPAIGN, IRIS)) == 1
    packing.unpack(world.session, tags[3])
    assert [each.school.uai for each in listing.deliveries(world.session, CAMPAIGN)] == [IRIS]


def test_accessories_are_counted_by_model() -> None:
    packed = [("B", ("x", "y"), ()), ("A", (), ()), ("B", ("x", "y"), ("x", "y"))]
    assert delivered_models(packed) == (DeliveredModel("A", 1, ()), DeliveredModel("B", 2, (("x", 1), ("y", 1))))


def test_a_return_receipt_tells_the_station_and_never_asks_for_what_was_not_handed_out(
    world: World, tmp_path: Path
) -> None:
    pupil = world.pupil()
    number = lending.check_out(world.session, code=world.device(), pupil_id=pupil, missing=["Chargeur"]).value.number
    with pytest.raises(NotReturned) as refused:
        listing.return_receipts(world.session, [number])
    assert refused.value.facts["loan"] == number
    (row,) = world.base.execute("SELECT tag FROM device").fetchall()
    other = new_session(world.base, "machine-2")
    lending.check_in(other, code=row[0], condition=Condition.DAMAGED, missing=["Chargeur", "Housse"])
    (receipt,) = listing.return_receipts(world.session, [number.lower(), number])
    assert (receipt.missing, receipt.condition, receipt.station) == (("Housse",), "damaged", other.station)
    assert receipt.returned_on == world.session.today()
    out = tmp_path / "receipt.pdf"
    assert listing.print_return_receipts(world.session, [number], out) == listing.PrintedReceipts(1, 1, str(out))
    assert "C. Morel" not in text_of(pages_of(out)[0])
    with pytest.raises(UnknownLoan):
        listing.return_receipts(world.session, [number, "20-ZZ-0001"])


def test_a_return_done_again_and_one_whose_facts_were_erased_have_their_receipts(world: World) -> None:
    number = lending.check_out(world.session, code=world.device(), pupil_id=world.pupil()).value.number
    tag = world.base.execute("SELECT tag FROM device").fetchone()[0]
    lending.check_in(world.session, code=tag, missing=["Housse"])
    undoing.undo_last(world.session)
    loan_id = world.base.execute("SELECT id FROM loan").fetchone()[0]
    assert listings.taken_back(world.base, loan_id) is None
    with pytest.raises(NotReturned):
        listing.return_receipts(world.session, [number])
    again = lending.check_in(new_session(world.base, "machine-2"), code=tag, missing=["Chargeur"])
    (receipt,) = listing.return_receipts(world.session, [number])
    assert receipt.missing == ("Chargeur",)
    assert receipt.station != world.session.station
    with world.base.atomic():
        ledger.erase(world.base, [again.ledger_id])
    assert listing.return_receipts(world.session, [number]) == [receipt]


def test_a_hand_over_receipt_is_for_an_open_loan(world: World, tmp_path: Path) -> None:
    number = lending.check_out(world.session, code=world.device(), pupil_id=world.pupil(), missing=["Housse"])
    out, numbers = tmp_path / "receipt.pdf", [number.value.number]
    (receipt,) = listing.hand_over_receipts(world.session, numbers)
    assert (receipt.kit, receipt.missing, receipt.due_on) == (("Chargeur", "Housse"), ("Housse",), DUE)
    assert listing.print_hand_over_receipts(world.session, numbers, out).pages == 1
    assert [code for code, _ in codes_on(pages_of(out)[0])] == numbers
    lending.check_in(world.session, code=receipt.tag)
    with pytest.raises(NotHandedOver):
        listing.print_hand_over_receipts(world.session, numbers, out)


def test_what_is_lent_and_not_signed_is_listed_until_it_is_signed(world: World, tmp_path: Path) -> None:
    iris, lilas = world.school(IRIS), world.school(LILAS, "Lycée Les Lilas")
    numbers = [
        lending.check_out(world.session, code=world.device(), pupil_id=world.pupil(name, school_id=school)).value.number
        for name, school in (("Zola", iris), ("Élie", iris), ("Brun", lilas))
    ]
    agreeing.print_agreements(world.session, LoanFilter(numbers=(numbers[1],)), tmp_path / "a.pdf")
    found = listing.unsigned(world.session)
    assert [each.loan for each in found] == [numbers[2], numbers[1], numbers[0]]
    assert [each.printed_on for each in found] == [None, world.session.today(), None]
    out = tmp_path / "unsigned.pdf"
    assert listing.print_unsigned(world.session, out) == listing.PrintedLists(2, 2, 3, 2, str(out))
    assert listing.print_unsigned(world.session, out, campaign=CAMPAIGN, school=IRIS).pages == 1
    assert "Brun" not in text_of(pages_of(out)[0])
    agreeing.sign(world.session, numbers[1])
    agreeing.print_agreements(world.session, LoanFilter(numbers=(numbers[0],)), tmp_path / "a.pdf")
    agreeing.sign(world.session, numbers[0])
    assert [each.loan for each in listing.unsigned(world.session, CAMPAIGN)] == [numbers[2]]
    assert listing.unsigned(world.session, school=IRIS) == []
    with pytest.raises(AllSigned):
        listing.print_unsigned(world.session, out, school=IRIS)


def test_what_is_not_signed_goes_into_a_table_without_a_formula(world: World, tmp_path: Path) -> None:
    lending.check_out(world.session, code=world.device(), pupil_id=world.pupil("=1+1", class_name="@5e"))
    out = tmp_path / "unsigned.csv"
    assert listing.export_unsigned(world.session, out).rows == 1
    with out.open(encoding="utf-8-sig", newline="") as file:
        (row,) = list(csv.reader(file, delimiter=";"))[1:]
    assert (row[2], row[3]) == ("'@5e", "'=1+1 Inès")


def test_a_name_the_faces_cannot_draw_is_said_before_printing(world: World, tmp_path: Path) -> None:
    number = lending.check_out(world.session, code=world.device(), pupil_id=world.pupil("李")).value.number
    out = tmp_path / "list.pdf"
    for write in (listing.print_unsigned, lambda session, out: listing.print_hand_overs(session, CAMPAIGN, out)):
        with pytest.raises(FontLacks):
            write(world.session, out)
    with pytest.raises(FontLacks):
        listing.print_hand_over_receipts(world.session, [number], out)
    assert not out.exists()


def test_each_paper_asks_for_its_own_permission(world: World, tmp_path: Path) -> None:
    promised(world)
    plain_device(world)
    finance = new_session(world.base, actor=Actor("F. Roux", Role.FINANCE))
    liaison = new_session(world.base, actor=Actor("L. Petit", Role.LIAISON))
    out = tmp_path / "list.pdf"
    with pytest.raises(NotPermitted):
        listing.print_hand_overs(finance, CAMPAIGN, out)
    with pytest.raises(NotPermitted):
        listing.print_return_receipts(finance, ["20-K3-0001"], out)
    with pytest.raises(NotPermitted):
        listing.unsigned(finance)
    with pytest.raises(NotPermitted):
        listing.print_deliveries(liaison, CAMPAIGN, out)
    assert listing.print_hand_overs(liaison, CAMPAIGN, out, school=uai_of(world, 1)).schools == 1
