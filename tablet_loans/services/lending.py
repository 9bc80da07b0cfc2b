"""Lending at the counter: check out, check in, renew, swap."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from tablet_loans.domain import agreement as agreement_rules
from tablet_loans.domain import device as device_rules
from tablet_loans.domain import loan as loan_rules
from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.agreement import AgreementEvent, AgreementState
from tablet_loans.domain.campaign import CampaignStatus
from tablet_loans.domain.carton import Holding, ItemState, why_not_hand_out
from tablet_loans.domain.device import Condition, DeviceEvent, DeviceState, Place
from tablet_loans.domain.errors import (
    NoOpenCampaign,
    NothingLent,
    NotLent,
    SeveralOpenCampaigns,
    UnknownCampaign,
    UnknownCode,
    UnknownKitItem,
    UnknownLoan,
    UnknownPupil,
)
from tablet_loans.domain.loan import LONGEST_NAME, Lending, LoanEvent, LoanId, LoanState, ReceivedBy
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.spare_form import UnknownForm, why_not_form
from tablet_loans.services import cautioning
from tablet_loans.services.session import Receipt, Recorder, Session, Topic, settled
from tablet_loans.storage import agreements, campaigns, cartons, devices, loans, promises, pupils, scans
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.devices import FoundDevice
from tablet_loans.storage.fields import words
from tablet_loans.storage.loans import FoundLoan

_COUNTER_TOPICS = {Topic.DEVICES, Topic.LOANS, Topic.PUPILS}


@dataclass(frozen=True, slots=True)
class Handover:
    """A device that changed hands: what the counter shows of it, and the promise that this fulfils."""

    loan_id: LoanId
    number: str
    tag: str
    pupil_id: PupilId
    due_on: date
    overdue_days: int = 0
    missing: tuple[str, ...] = ()
    received_by: ReceivedBy = ReceivedBy.PUPIL
    received_name: str = ""
    condition: Condition = Condition.GOOD
    promise: int | None = None


def chosen_campaign(session: Session, name: str | None) -> FoundCampaign:
    """Return the campaign by that name, or the only open one.

    Raises: UnknownCampaign, NoOpenCampaign, SeveralOpenCampaigns.
    """
    if name is not None:
        if (found := campaigns.find(session.base, name)) is None:
            raise UnknownCampaign(campaign=name)
        return found
    opened = campaigns.with_status(session.base, CampaignStatus.OPEN)
    if not opened:
        raise NoOpenCampaign()
    if len(opened) > 1:
        raise SeveralOpenCampaigns(campaigns=", ".join(campaign.name for campaign in opened))
    return opened[0]


def pupil_known_as(session: Session, code: str) -> PupilId:
    """Return the id of the pupil with this INE or id. Raises: UnknownPupil."""
    if (found := pupils.find_id(session.base, code)) is None:
        raise UnknownPupil(pupil=code)
    return found


@settled
def check_out(
    session: Session,
    *,
    code: str,
    pupil_id: PupilId,
    campaign: str | None = None,
    due_on: date | None = None,
    received_by: ReceivedBy = ReceivedBy.PUPIL,
    received_name: str = "",
    missing: Sequence[str] | None = None,
    is_signed: bool = False,
    form: str | None = None,
    effective_at: datetime | None = None,
) -> Receipt[Handover]:
    """Lend the device known by `code` to a pupil until `due_on` included (default: the campaign's date).

    `missing` are the accessories not handed out (default: those the device lacks); with `is_signed`, the agreement
    printed beforehand is here, signed; with `form`, the blank one of that number is, filled in.
    Raises: NotPermitted, Refusal, BaseTrouble.
    """
    session.require(Permission.LEND)
    with session.transaction(effective_at) as act:
        running = chosen_campaign(session, campaign)
        due = due_on or running.due_on
        device = _locked(session, code)
        packed = cartons.holding(session.base, device.id)
        _must_be_lendable(session, device, pupil_id, running, due, packed)
        kept = words(device.missing_kit) if missing is None else kit_items(device, missing)
        opened = _opened(session, act, device, pupil_id, running.id, due, _Hand(received_by, received_name, kept))
        if form is not None:
            take_form(act, form, opened.loan_id, running.name)
        if is_signed or form is not None:
            _sign(session, act, opened.loan_id)
        return _lent(act, device, opened, packed)


def _locked(session: Session, code: str) -> FoundDevice:
    if (device := devices.locked(session.base, code)) is None:
        raise UnknownCode(code=code.strip())
    return device


def _must_be_lendable(
    session: Session,
    device: FoundDevice,
    pupil_id: PupilId,
    running: FoundCampaign,
    due: date,
    packed: Holding | None,
) -> None:
    standing = pupils.standing(session.base, pupil_id, running.id, device.kind)
    if standing is None:
        raise UnknownPupil(pupil=pupil_id)
    refusal = loan_rules.why_not_lend(
        Lending(
            tag=device.tag,
            device_state=device.state,
            reserved_for_another=device.reserved_for not in (None, pupil_id),
            other_tag=standing.other_tag,
            other_loan=standing.other_loan,
            pupil_left_on=standing.left_on,
            school=standing.school,
            school_takes_part=standing.takes_part,
            campaign=running.name,
            campaign_status=running.status,
            due_on=due,
            today=session.today(),
        )
    ) or why_not_hand_out(device.tag, packed, standing.school)
    if refusal:
        raise refusal
    cautioning.must_be_enrolled(session, device)


@dataclass(frozen=True, slots=True)
class _Hand:
    """Who takes a device away, and the accessories that stay."""

    received_by: ReceivedBy = ReceivedBy.PUPIL
    received_name: str = ""
    missing: tuple[str, ...] = ()


def _lent(act: Recorder, device: FoundDevice, opened: Handover, packed: Holding | None) -> Receipt[Handover]:
    before: dict[str, object] = {"state": device.state.value, "place": device.place}
    after: dict[str, object] = {
        "state": device_rules.step(device.state, DeviceEvent.CHECKED_OUT).value,
        "place": Place.PUPIL.value,
    }
    if opened.missing != words(device.missing_kit):
        before["missing_kit"], after["missing_kit"] = device.missing_kit, opened.missing
    act.change(Subject.DEVICE, device.id, before, after)
    promise = _settled_promise(act, device, opened.pupil_id)
    if packed is not None:
        before, after = {"state": ItemState.PACKED.value}, {"state": ItemState.LENT.value}
        act.change(Subject.CARTON_DEVICE, packed.item, before, after)
    handover = replace(opened, promise=promise)
    return act(Action.CHECKED_OUT, handover, topics=_COUNTER_TOPICS, about=[(Subject.PUPIL, opened.pupil_id)])


def _settled_promise(act: Recorder, device: FoundDevice, pupil_id: PupilId) -> int | None:
    """End the promise that the pupil held, kept by this device or not; return it when it is kept."""
    held = promises.held(act.session.base, pupil_id, device.id)
    if held is None:
        return None
    promise, is_kept = held
    state = "fulfilled" if is_kept else "released"
    act.change(Subject.RESERVATION, promise, {"state": "promised"}, {"state": state})
    return promise if is_kept else None


def take_form(act: Recorder, code: str, loan_id: int, campaign: str) -> None:
    """Keep that a blank agreement is a loan's. Raises: UnknownForm, FormUsed, OtherCampaignsForm."""
    if (form := scans.spare(act.session.base, code, is_locked=True)) is None:
        raise UnknownForm(form=code.strip()[:40])
    if refusal := why_not_form(form, campaign):
        raise refusal
    act.change(Subject.SPARE_FORM, form.id, {"loan_id": None}, {"loan_id": loan_id})


def _sign(session: Session, act: Recorder, loan_id: LoanId) -> None:
    """Keep that the agreement printed before the loan is here, signed."""
    agreement_id = agreements.add_printed(session.base, loan_id)
    signed = agreement_rules.step(AgreementState.PRINTED, AgreementEvent.SIGNED)
    act.change(
        Subject.AGREEMENT,
        agreement_id,
        {"state": AgreementState.PRINTED.value, "signed_at": None},
        {"state": signed.value, "signed_at": act.at},
    )


def _opened(
    session: Session, act: Recorder, device: FoundDevice, pupil_id: int, campaign_id: int, due_on: date, hand: _Hand
) -> Handover:
    """Open a loan under the station's next number, and have the act remember it."""
    if hand.received_name:
        loans.must_keep_names(session.base)
    number = act.next_loan_number()
    name = hand.received_name[:LONGEST_NAME]
    named = {"received_name": name} if name else {}
    loan_id = loans.open_loan(
        session.base,
        number=number,
        device_id=device.id,
        pupil_id=pupil_id,
        campaign_id=campaign_id,
        kind=device.kind,
        opened_at=act.at,
        due_on=due_on,
        received_by=hand.received_by.value,
        missing_kit=hand.missing,
        **named,
    )
    act.created(Subject.LOAN, loan_id, state=LoanState.OPEN.value)
    return Handover(loan_id, number, device.tag, PupilId(pupil_id), due_on, 0, hand.missing, hand.received_by, name)


@settled
def check_in(
    session: Session,
    *,
    code: str,
    condition: Condition = Condition.GOOD,
    missing: Sequence[str] | None = None,
    effective_at: datetime | None = None,
) -> Receipt[Handover]:
    """Take back the device known by `code`, with the condition it is in and the accessories it lacks.

    `missing` is by default what was not handed out. Raises: NotPermitted, UnknownCode, NotLent, UnknownKitItem,
    BaseTrouble.
    """
    session.require(Permission.LEND)
    with session.transaction(effective_at) as act:
        device = _locked(session, code)
        loan = _open_loan_of(session, device)
        lacking = loan.missing if missing is None else kit_items(device, missing)
        return _taken_back(act, device, loan, condition, lacking)


def _taken_back(
    act: Recorder, device: FoundDevice, loan: FoundLoan, condition: Condition, lacking: tuple[str, ...]
) -> Receipt[Handover]:
    act.change(
        Subject.LOAN,
        loan.id,
        {"state": loan.state.value, "closed_at": None, "condition_in": None, "missing_kit": loan.missing},
        {
            **loans.closed_values(loan_rules.step(loan.state, LoanEvent.CHECKED_IN), act.at),
            "condition_in": condition.value,
            "missing_kit": lacking,
        },
    )
    act.change(
        Subject.DEVICE,
        device.id,
        {
            "state": DeviceState.ON_LOAN.value, "place": device.place, "condition": device.condition,
            "missing_kit": device.missing_kit,
        },
        {
            "state": device_rules.step(DeviceState.ON_LOAN, DeviceEvent.CHECKED_IN).value,
            "place": Place.DEPOT.value if device.school_id is None else Place.SCHOOL.value,
            "condition": condition.value, "missing_kit": lacking,
        },
    )  # fmt: skip
    late = max((act.at.astimezone().date() - loan.due_on).days, 0)
    not_back = tuple(item for item in lacking if item not in loan.missing)
    handover = Handover(
        loan.id, loan.number, device.tag, PupilId(loan.pupil_id), loan.due_on, late, not_back, condition=condition
    )
    return act(Action.CHECKED_IN, handover, topics=_COUNTER_TOPICS, about=[(Subject.PUPIL, loan.pupil_id)])


def _open_loan_of(session: Session, device: FoundDevice) -> FoundLoan:
    loan = loans.open_of(session.base, device.id) if device.state is DeviceState.ON_LOAN else None
    if loan is None:
        raise NotLent(tag=device.tag)
    return loan


def kit_items(device: FoundDevice, missing: Sequence[str]) -> tuple[str, ...]:
    """Return the accessories as the model names them, whatever their case. Raises: UnknownKitItem."""
    kit = {item.casefold(): item for item in words(device.kit)}
    for item in missing:
        if item.strip().casefold() not in kit:
            raise UnknownKitItem(item=item, kit=", ".join(kit.values()) or "-")
    return tuple(kit[item.strip().casefold()] for item in missing)


@settled
def renew(session: Session, *, number: str, due_on: date) -> Receipt[Handover]:
    """Change the return date of an open loan. Raises: NotPermitted, UnknownLoan, LoanNotOpen, DueDatePast."""
    session.require(Permission.LEND)
    with session.transaction() as act:
        if (loan := loans.locked(session.base, number)) is None:
            raise UnknownLoan(loan=number)
        if refusal := loan_rules.why_not_renew(loan.number, loan.state, due_on, session.today()):
            raise refusal
        act.change(Subject.LOAN, loan.id, {"due_on": loan.due_on}, {"due_on": due_on})
        return act(
            Action.RENEWED,
            Handover(loan.id, loan.number, loan.tag, PupilId(loan.pupil_id), due_on),
            topics={Topic.LOANS},
            about=[(Subject.DEVICE, loan.device_id), (Subject.PUPIL, loan.pupil_id)],
        )


@settled
def swap(session: Session, *, code: str, other_code: str) -> Receipt[tuple[Handover, Handover]]:
    """Put right two lent devices that went to each other's pupil: each loan takes the other's device.

    Raises: NotPermitted, UnknownCode, NotLent, SameLoan, KindsDiffer.
    """
    session.require(Permission.LEND)
    with session.transaction() as act:
        return _swapped(session, act, code, other_code)


@settled
def swap_and_check_in(session: Session, *, code: str, pupil_id: PupilId) -> tuple[Receipt[Handover], ...]:
    """Put right that a pupil holds another's device, then take it back: both in one transaction, a line each.

    Answers with the two acts; the second one's device is `code`'s.
    Raises: NotPermitted, UnknownCode, NotLent, NothingLent, SameLoan, KindsDiffer.
    """
    session.require(Permission.LEND)
    with session.transaction() as act:
        wanted = _locked(session, code)
        if (own := loans.open_of_pupil(session.base, pupil_id, wanted.kind)) is None:
            raise NothingLent()
        swapped = _swapped(session, act, own.tag, wanted.tag)
        other = next(made for made in swapped.value if made.pupil_id != pupil_id)
        device = _locked(session, wanted.tag)
        loan = _open_loan_of(session, device)
        returned = _taken_back(act, device, loan, Condition(device.condition), loan.missing)
        return Receipt(other, swapped.ledger_id, swapped.topics), returned


def _swapped(session: Session, act: Recorder, code: str, other_code: str) -> Receipt[tuple[Handover, Handover]]:
    first, second = (_locked(session, tag) for tag in devices.tags_in_order(session.base, (code, other_code)))
    one, other = _open_loan_of(session, first), _open_loan_of(session, second)
    if refusal := loan_rules.why_not_swap(one.id, other.id, one.kind, other.kind):
        raise refusal
    successors = _exchanged(session, act, (one, second), (other, first))
    return act(
        Action.SWAPPED,
        successors,
        topics=_COUNTER_TOPICS,
        about=[
            *((Subject.PUPIL, loan.pupil_id) for loan in (one, other)),
            *((Subject.DEVICE, device.id) for device in (first, second)),
        ],
    )


def _exchanged(session: Session, act: Recorder, *takings: tuple[FoundLoan, FoundDevice]) -> tuple[Handover, Handover]:
    """End both loans as exchanged, open their successors with the other's device, and link them."""
    for loan, _ in takings:
        act.change(
            Subject.LOAN,
            loan.id,
            {"state": loan.state.value, "closed_at": None},
            loans.closed_values(loan_rules.step(loan.state, LoanEvent.EXCHANGED), act.at),
        )
    successors = []
    for loan, device in takings:
        hand = _Hand(loan.received_by, missing=words(device.missing_kit))
        made = _opened(session, act, device, loan.pupil_id, loan.campaign_id, loan.due_on, hand)
        act.change(Subject.LOAN, loan.id, {"successor_id": None}, {"successor_id": made.loan_id})
        successors.append(made)
    return successors[0], successors[1]
