"""Lending on both engines: what is written, what is refused, what is undone."""

from datetime import date

import pytest

from tablet_loans.domain.device import Condition
from tablet_loans.domain.errors import (
    AlreadyHasOne,
    AlreadyLent,
    AlreadyUndone,
    CampaignNotOpen,
    ChangedSince,
    DeviceNotReady,
    DueDatePast,
    NotLent,
    NotPermitted,
    NotUndoable,
    OtherSchool,
    PupilHasLeft,
    Refusal,
    ReservedForAnother,
    SameLoan,
    UnknownCode,
    UnknownKitItem,
    UnknownPupil,
)
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import campaigning, lending, stocking, undoing
from tablet_loans.storage import loans, rows
from tests.builders import DUE, World, new_session


def open_loans() -> dict[str, int]:
    return {row.tag: row.pupil_id for row in loans.block(LoanFilter(is_open=True), Place())}


def test_a_check_out_opens_a_loan_and_moves_the_device_to_the_pupil(world: World) -> None:
    tag, pupil = world.device(), world.pupil()
    receipt = lending.check_out(world.session, code=tag, pupil_id=pupil)
    assert receipt.value.number == "26-AA-0001"
    assert receipt.value.due_on == DUE
    assert open_loans() == {tag: pupil}
    assert world.state_of(tag) == "on_loan"
    assert stocking.shown(world.session, tag).row.place == "pupil"


@pytest.mark.parametrize("code", ["r52m serial", "490154203237518", "ML0000031"])
def test_a_device_is_found_by_serial_imei_or_tag(world: World, code: str) -> None:
    world.device(serial="R52MSERIAL", imei="490154203237518")
    tag, pupil = world.device(serial="OTHER"), world.pupil()
    wanted = tag if code.startswith("ML") else stocking.shown(world.session, "R52MSERIAL").row.tag
    spelled = tag.replace("-", "") if code.startswith("ML") else code
    assert lending.check_out(world.session, code=spelled, pupil_id=pupil).value.tag == wanted


def test_a_check_in_keeps_condition_and_missing_kit(world: World) -> None:
    tag, pupil = world.device(), world.pupil()
    lending.check_out(world.session, code=tag, pupil_id=pupil)
    receipt = lending.check_in(world.session, code=tag, condition=Condition.WORN, missing=["chargeur"])
    assert receipt.value.missing == ("Chargeur",)
    assert world.loan_states() == ["returned"]
    row = stocking.shown(world.session, tag).row
    assert (row.state, row.place, row.condition) == ("to_prepare", "depot", "worn")


def test_each_reason_not_to_lend_is_a_refusal_of_its_own(world: World) -> None:
    session, tag, pupil = world.session, world.device(), world.pupil()
    lent = world.device()
    lending.check_out(session, code=lent, pupil_id=world.pupil("Martin", "Jules"))
    reserved = world.device()
    promise = {"campaign_id": 1, "pupil_id": world.pupil("Kaya", "Emre"), "device_id": device_id(world, reserved)}
    with world.base.atomic():
        rows.insert(world.base, "reservation", {**promise, "state": "promised"})
    gone = world.pupil("Da Silva", "Léo", left_on=date(2026, 1, 5))
    reasons: list[tuple[type[Refusal], dict[str, object]]] = [
        (UnknownCode, {"code": "NOPE", "pupil_id": pupil}),
        (UnknownPupil, {"code": tag, "pupil_id": PupilId(999_999)}),
        (DeviceNotReady, {"code": world.device(state="in_repair"), "pupil_id": pupil}),
        (AlreadyLent, {"code": lent, "pupil_id": pupil}),
        (ReservedForAnother, {"code": reserved, "pupil_id": pupil}),
        (PupilHasLeft, {"code": tag, "pupil_id": gone}),
        (DueDatePast, {"code": tag, "pupil_id": pupil, "due_on": date(2026, 4, 5)}),
    ]
    for refusal, asked in reasons:
        with pytest.raises(refusal):
            lending.check_out(session, **asked)  # type: ignore[arg-type]
    assert world.loan_states() == ["open"]
    assert world.state_of(tag) == "ready"


def device_id(world: World, tag: str) -> int:
    return int(world.base.execute("SELECT id FROM device WHERE tag = ?", (tag,)).fetchone()[0])


def test_a_pupil_gets_one_device_of_a_kind_but_a_key_beside_the_tablet(world: World) -> None:
    pupil, first = world.pupil(), world.device()
    lending.check_out(world.session, code=first, pupil_id=pupil)
    with pytest.raises(AlreadyHasOne) as refused:
        lending.check_out(world.session, code=world.device(), pupil_id=pupil)
    assert refused.value.facts == {"other": first, "loan": "26-AA-0001"}
    lending.check_out(world.session, code=world.device(kind="key_4g"), pupil_id=pupil)
    assert world.loan_states() == ["open", "open"]


def test_a_campaign_lends_to_its_own_schools_while_it_is_open(world: World) -> None:
    world.school("0690142E")
    outside = world.pupil(school_id=world.school())
    name = world.campaign("Deux écoles", schools=("0690142E",))
    with pytest.raises(OtherSchool):
        lending.check_out(world.session, code=world.device(), pupil_id=outside, campaign=name)
    campaigning.close(world.session, name)
    with pytest.raises(CampaignNotOpen):
        lending.check_out(world.session, code=world.device(), pupil_id=outside, campaign=name)


def test_finance_does_not_lend(world: World) -> None:
    finance = new_session(world.base, actor=Actor("F", Role.FINANCE))
    with pytest.raises(NotPermitted):
        lending.check_out(finance, code=world.device(), pupil_id=world.pupil())


def test_a_returned_device_is_not_returned_twice(world: World) -> None:
    tag = world.device()
    lending.check_out(world.session, code=tag, pupil_id=world.pupil())
    lending.check_in(world.session, code=tag)
    with pytest.raises(NotLent):
        lending.check_in(world.session, code=tag)


def test_an_accessory_of_another_model_is_refused(world: World) -> None:
    tag = world.device()
    lending.check_out(world.session, code=tag, pupil_id=world.pupil())
    with pytest.raises(UnknownKitItem):
        lending.check_in(world.session, code=tag, missing=["Stylet"])
    assert world.state_of(tag) == "on_loan"


def test_renewing_changes_the_date_of_an_open_loan(world: World) -> None:
    tag = world.device()
    number = lending.check_out(world.session, code=tag, pupil_id=world.pupil()).value.number
    lending.renew(world.session, number=number, due_on=date(2026, 8, 31))
    assert loans.find(world.base, number).due_on == date(2026, 8, 31)  # type: ignore[union-attr]
    with pytest.raises(DueDatePast):
        lending.renew(world.session, number=number, due_on=date(2026, 4, 1))


def test_a_swap_gives_each_pupil_the_others_device(world: World) -> None:
    one, other = world.device(), world.device()
    emre, deniz = world.pupil("Kaya", "Emre"), world.pupil("Kaya", "Deniz")
    lending.check_out(world.session, code=one, pupil_id=emre)
    lending.check_out(world.session, code=other, pupil_id=deniz)
    lending.swap(world.session, code=one, other_code=other)
    assert open_loans() == {other: emre, one: deniz}
    assert world.loan_states() == ["exchanged", "exchanged", "open", "open"]
    with pytest.raises(SameLoan):
        lending.swap(world.session, code=one, other_code=one)


def test_an_undone_check_out_is_cancelled_and_its_number_is_not_used_again(world: World) -> None:
    tag, pupil = world.device(), world.pupil()
    receipt = lending.check_out(world.session, code=tag, pupil_id=pupil)
    undoing.undo(world.session, receipt.ledger_id)
    assert world.loan_states() == ["cancelled"]
    assert world.state_of(tag) == "ready"
    again = lending.check_out(world.session, code=tag, pupil_id=pupil)
    assert again.value.number == "26-AA-0002"


def test_every_act_of_a_station_is_undone_back_to_the_beginning(world: World) -> None:
    session, one, other = world.session, world.device(), world.device()
    emre, deniz = world.pupil("Kaya", "Emre"), world.pupil("Kaya", "Deniz")
    number = lending.check_out(session, code=one, pupil_id=emre).value.number
    lending.check_out(session, code=other, pupil_id=deniz)
    lending.renew(session, number=number, due_on=date(2026, 8, 31))
    lending.swap(session, code=one, other_code=other)
    lending.check_in(session, code=one)
    stocking.prepare(session, [one])
    undone, refused = undoing.undo_all(session)
    assert len(undone) == 6
    assert [type(refusal) for refusal in refused] == [NotUndoable]  # the campaign's creation
    assert open_loans() == {}
    assert (world.state_of(one), world.state_of(other)) == ("ready", "ready")
    assert world.loan_states() == ["cancelled"] * 4


def test_an_act_is_undone_once_and_not_over_a_later_one(world: World) -> None:
    tag, pupil = world.device(), world.pupil()
    lent = lending.check_out(world.session, code=tag, pupil_id=pupil)
    lending.check_in(world.session, code=tag)
    with pytest.raises(ChangedSince):
        undoing.undo(world.session, lent.ledger_id)
    undoing.undo_last(world.session)
    undoing.undo(world.session, lent.ledger_id)
    with pytest.raises(AlreadyUndone):
        undoing.undo(world.session, lent.ledger_id)


def test_one_station_does_not_undo_the_acts_of_another(world: World) -> None:
    other = new_session(world.base, "machine-2")
    lending.check_out(world.session, code=world.device(), pupil_id=world.pupil())
    lending.check_out(other, code=world.device(), pupil_id=world.pupil("Martin"))
    undoing.undo_all(other)
    assert world.loan_states() == ["open", "cancelled"]
