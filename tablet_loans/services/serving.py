"""Serving at the counter: what a scan, a name or a key does there, and the answer that is shown."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Final

from tablet_loans.domain.agreement import AgreementState
from tablet_loans.domain.campaign import CampaignStatus
from tablet_loans.domain.carton import PackedForAnother
from tablet_loans.domain.device import STATE_WORDS, DeviceState
from tablet_loans.domain.errors import (
    AlreadyHasOne,
    AlreadyLent,
    AlreadyUndone,
    DeviceNotReady,
    LoanNotOpen,
    NotLent,
    OtherSchool,
    PupilHasLeft,
    Refusal,
    ReservedForAnother,
    UnknownCampaign,
    UnknownCode,
    UnknownPupil,
)
from tablet_loans.domain.loan import LOAN_WORDS, LoanState
from tablet_loans.domain.mdm_rule import NotEnrolled
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.school import SchoolId, SchoolRow
from tablet_loans.domain.spare_form import FormUnused, FoundForm, why_not_form
from tablet_loans.services import agreeing, finding, lending, noting, telling, undoing
from tablet_loans.services.desk import (
    IDLE,
    PLAIN_DESK,
    Desk,
    Did,
    Mode,
    Noted,
    Notice,
    OpenCampaign,
    Outcome,
    Pending,
    Suggested,
    about_pupil,
)
from tablet_loans.services.lending import Handover
from tablet_loans.services.session import Receipt, Session
from tablet_loans.storage import agreements, campaigns, devices, loans, pupils, rolls, schools
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.devices import FoundDevice
from tablet_loans.storage.loans import FoundLoan
from tablet_loans.text import N_, sort_key

_DEVICE_AT_FAULT: Final = (AlreadyLent, DeviceNotReady, NotEnrolled, PackedForAnother, ReservedForAnother, UnknownCode)
_PUPIL_AT_FAULT: Final = (AlreadyHasOne, OtherSchool, PupilHasLeft, UnknownPupil)
_SAID: Final = {
    AgreementState.DRAFTED: N_("Its agreement is not printed yet"),
    AgreementState.SIGNED: N_("Its agreement is already signed"),
}
_SUGGESTED: Final = 8


def troubles_in_words(session: Session) -> AbstractContextManager[None]:
    """Return a context in which the engine's errors are raised as Trouble, for a lane of reading."""
    return troubles_spoken(session.base)


def opened(session: Session) -> list[OpenCampaign]:
    """Return the open campaigns, by name."""
    with troubles_spoken(session.base):
        running = campaigns.with_status(session.base, CampaignStatus.OPEN)
    return [OpenCampaign(campaign.name, campaign.due_on) for campaign in running]


def suggested(session: Session, typed: str, among: Sequence[str] = (), limit: int = _SUGGESTED) -> Suggested:
    """Return the pupils of the schools with these UAI (none means all) and the tablets that the words may mean."""
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        return finding.suggested(session.base, typed, among, limit)


def schools_like(session: Session, typed: str, limit: int = _SUGGESTED) -> list[SchoolRow]:
    """Return the first schools whose words begin with the words typed, by name."""
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        return schools.suggested(session.base, typed, limit)


def schools_known(session: Session, uais: Sequence[str]) -> list[SchoolRow]:
    """Return the schools with these UAI that are here, by name."""
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        known = rolls.schools_with(session.base, uais).values()
    rows = [SchoolRow(SchoolId(each.id), each.uai, each.name, each.kind, each.commune) for each in known]
    return sorted(rows, key=lambda row: (sort_key(row.name), row.uai))


def answer(
    session: Session, text: str, pending: Pending = IDLE, desk: Desk = PLAIN_DESK, *, is_scanned: bool = False
) -> Outcome:
    """Do what the counter does with a scanned or typed text, and answer with what happened.

    Lending: a pupil then a tablet, in either order; a lent tablet shows its holder, and returns when scanned again.
    Returning: a tablet comes back at once, unless the pupil scanned before holds another one.
    Raises: NotPermitted, BaseTrouble.
    """
    session.require(Permission.LEND)
    with troubles_spoken(session.base):
        named = finding.found(session.base, text)
        if named is None and is_scanned:
            return telling.refused(
                session, finding.why_not_found(text), pending, code=text.strip(), pupil=pending.pupil
            )
        if named is None:
            return _name_came(session, text.strip(), pending, desk)
        if named.device is not None:
            outcome = _tablet_came(session, named.device, pending, desk)
        elif named.loan is not None:
            outcome = _loan_came(session, named.loan, pending, desk)
        elif named.form is not None:
            outcome = _form_came(session, named.form, pending, desk)
        else:
            outcome = _pupil_came(session, PupilId(named.pupil_id or 0), pending, desk, named.campaign_id)
        return replace(outcome, fault=named.fault)


def choose(session: Session, pupil_id: PupilId, pending: Pending = IDLE, desk: Desk = PLAIN_DESK) -> Outcome:
    """Take a pupil: lend the tablet that waits, else wait for one. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.LEND)
    with troubles_spoken(session.base):
        return _pupil_came(session, pupil_id, pending, desk)


def choose_tablet(session: Session, tag: str, pending: Pending = IDLE, desk: Desk = PLAIN_DESK) -> Outcome:
    """Take a tablet found by the end of its serial. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.LEND)
    with troubles_spoken(session.base):
        if (device := devices.find(session.base, tag)) is None:
            return telling.refused(session, UnknownCode(code=tag), pending, code=tag)
        return _tablet_came(session, device, pending, desk)


def confirm(session: Session, pending: Pending, desk: Desk = PLAIN_DESK) -> Outcome:
    """Do by a key what scanning the doubted tablet again does. Raises: NotPermitted, BaseTrouble."""
    return choose_tablet(session, pending.doubted or "", pending, desk)


def note(session: Session, done: Outcome, noted: Noted) -> Outcome:
    """Keep what number keys say of an act just done: its line is added to the act's own.

    Raises: NotPermitted, BaseTrouble.
    """
    assert done.loan is not None  # noqa: S101 - only acts on a loan are noted
    try:
        if done.did is Did.LENT:
            receipt = noting.note_hand_over(
                session,
                done.loan,
                received_by=noted.received_by,
                received_name=noted.received_name,
                missing=noted.missing,
            )
        else:
            receipt = noting.note_return(session, done.loan, condition=noted.condition, missing=noted.missing)
    except Refusal as refusal:
        return telling.refused(session, refusal, done.pending, code=done.code, pupil=done.pupil)
    return replace(
        done,
        did=Did.NOTED,
        at=session.now(),
        loan=receipt.value,
        ledger_ids=(*done.ledger_ids, receipt.ledger_id),
        undid=None,
        notices=(),
        topics=receipt.topics,
    )


def undo(session: Session, done: Outcome, pending: Pending = IDLE) -> Outcome:
    """Undo one act of the counter with all that was noted of it. Raises: NotPermitted, BaseTrouble."""
    kept = replace(pending, doubted=None)
    undone = replace(done, did=Did.UNDID, undid=done.did, at=session.now(), pending=kept, notices=())
    try:
        receipts = undoing.undo_together(session, done.ledger_ids[::-1])
    except AlreadyUndone:
        return undone
    except Refusal as refusal:
        return replace(
            undone, did=Did.REFUSED, at=session.now(), refusal=refusal, ledger_ids=(), topics=frozenset(),
        )  # fmt: skip
    topics = frozenset().union(*(receipt.topics for receipt in receipts))
    return replace(undone, topics=topics)


def _tablet_came(session: Session, device: FoundDevice, pending: Pending, desk: Desk) -> Outcome:
    is_again = device.tag == pending.doubted
    if device.state is DeviceState.ON_LOAN:
        if desk.mode is Mode.RETURN:
            return _returned(session, device, pending, is_again=is_again)
        if is_again:
            return _take_back(session, device, replace(pending, doubted=None))
        return _held(session, Did.SHOWED_HOLDER, device, replace(pending, doubted=device.tag))
    if desk.mode is Mode.RETURN:
        return telling.refused(session, NotLent(tag=device.tag), pending, device=device, pupil=pending.pupil)
    if pending.pupil is not None:
        return _lend(session, device, pending, desk, replace(pending, doubted=None), _DEVICE_AT_FAULT)
    if device.state is DeviceState.READY:
        noted = pending.noted if pending.tag == device.tag else Noted()
        waits = Pending(tag=device.tag, noted=noted, form=pending.form)
        return telling.with_form(telling.shown(session, Did.CHOSE_TABLET, waits, device))
    refusal = DeviceNotReady(tag=device.tag, state=STATE_WORDS[device.state])
    return telling.refused(session, refusal, pending, device=device)


def _returned(session: Session, device: FoundDevice, pending: Pending, *, is_again: bool) -> Outcome:
    """Take a tablet back; when it is not that of the pupil who stands here, first tell whose it is."""
    pupil = pending.pupil
    if pupil is None or device.holder_id == pupil.id:
        return _take_back(session, device, IDLE)
    is_swap = loans.open_of_pupil(session.base, pupil.id, device.kind) is not None
    if not is_again:
        found = _held(session, Did.FOUND_OTHER, device, replace(pending, doubted=device.tag))
        return replace(found, is_swap=is_swap)
    if not is_swap:
        return _take_back(session, device, IDLE)
    try:
        swapped, returned = lending.swap_and_check_in(session, code=device.tag, pupil_id=pupil.id)
    except Refusal as refusal:
        return telling.refused(session, refusal, replace(pending, doubted=None), device=device, pupil=pupil)
    return replace(
        telling.done(session, Did.SWAPPED, returned, IDLE, pupil, device),
        other=pupils.row(swapped.value.pupil_id),
        ledger_ids=(swapped.ledger_id, returned.ledger_id),
        topics=swapped.topics | returned.topics,
    )


def _pupil_came(
    session: Session, pupil_id: PupilId, pending: Pending, desk: Desk, campaign_id: int | None = None
) -> Outcome:
    if (pupil := pupils.row(pupil_id)) is None:
        return telling.refused(session, UnknownPupil(pupil=pupil_id), pending)
    sheet = None if campaign_id is None else campaigns.with_id(session.base, campaign_id)
    if campaign_id is not None and sheet is None:
        return telling.refused(session, UnknownCampaign(campaign=campaign_id), pending, pupil=pupil)
    is_same = pending.pupil is None or pending.pupil.id == pupil.id
    form = pending.form if is_same and sheet is None else None  # never another pupil's
    waits = Pending(pupil=pupil, campaign=sheet.name if sheet else None, form=form)
    if desk.mode is Mode.LEND and pending.tag is not None:
        device = devices.find(session.base, pending.tag)
        if device is not None:
            refused = Pending(tag=device.tag, noted=pending.noted)
            return _lend(session, device, replace(waits, noted=pending.noted), desk, refused, _PUPIL_AT_FAULT)
    notices = about_pupil(pupil, desk, session.today())
    return telling.with_form(Outcome(Did.CHOSE_PUPIL, session.now(), waits, pupil=pupil, notices=notices))


def _form_came(session: Session, form: FoundForm, pending: Pending, desk: Desk) -> Outcome:
    """A blank agreement, filled in and signed: it goes with the pupil and the tablet, or is a loan's already."""
    loan = None if form.loan is None else loans.find(session.base, form.loan)
    if desk.mode is Mode.RETURN and loan is not None:
        return _loan_came(session, loan, pending, desk)
    unused = FormUnused(form=form.code) if desk.mode is Mode.RETURN else None
    if refusal := unused or why_not_form(form, desk.campaign):
        return telling.refused(session, refusal, pending, code=form.code, pupil=pending.pupil)
    waits = replace(pending, form=form.code, campaign=None, doubted=None)
    device = None if pending.tag is None else devices.find(session.base, pending.tag)
    shown = Outcome(Did.CHOSE_FORM, session.now(), waits, form.code, pending.pupil)
    return shown if device is None else replace(shown, tablet=finding.shown(device))


def _loan_came(session: Session, loan: FoundLoan, pending: Pending, desk: Desk) -> Outcome:
    """The number of a loan: the pupil who returns it, or, when lending, its agreement that came back signed."""
    pupil = pupils.row(PupilId(loan.pupil_id))
    device = devices.find(session.base, loan.tag)
    if loan.state is not LoanState.OPEN:
        refusal = LoanNotOpen(loan=loan.number, state=LOAN_WORDS[loan.state])
        return telling.refused(session, refusal, pending, device=device, pupil=pupil)
    if desk.mode is Mode.RETURN:
        return replace(_pupil_came(session, PupilId(loan.pupil_id), IDLE, desk), code=loan.number)
    if (agreement := agreements.state_of(session.base, loan.id)) in _SAID:
        notice = Notice(_SAID[agreement], is_warning=agreement is AgreementState.DRAFTED)
        shown = Outcome(Did.SHOWED_HOLDER, session.now(), pending, loan.number, pending.pupil, other=pupil)
        return replace(shown, tablet=finding.shown(device) if device else None, notices=(notice,))
    try:
        receipt = agreeing.sign(session, loan.number)
    except Refusal as refusal:
        return telling.refused(session, refusal, pending, device=device, pupil=pupil)
    handover = Handover(loan.id, loan.number, loan.tag, PupilId(loan.pupil_id), loan.due_on)
    signed = Receipt(handover, receipt.ledger_id, receipt.topics)
    return telling.done(session, Did.SIGNED, signed, pending, pupil, device)


def _name_came(session: Session, typed: str, pending: Pending, desk: Desk) -> Outcome:
    """Words typed in full: the only one they mean is taken; the schools chosen come before all others."""
    base = session.base
    found = finding.suggested(base, typed, desk.schools, _SUGGESTED)
    if desk.schools and not (found.pupils or found.tablets):
        found = finding.suggested(base, typed, (), _SUGGESTED)
    if len(found.pupils) + len(found.tablets) > 1:
        several = Outcome(Did.FOUND_SEVERAL, session.now(), pending, typed)
        return replace(several, candidates=found.pupils, tablets=found.tablets)
    for pupil in found.pupils:
        return _pupil_came(session, pupil.id, pending, desk)
    for tablet in found.tablets:
        return choose_tablet(session, tablet.tag, pending, desk)
    return telling.refused(session, finding.why_not_found(typed), pending, code=typed, pupil=pending.pupil)


def _lend(
    session: Session,
    device: FoundDevice,
    pending: Pending,
    desk: Desk,
    kept: Pending,
    forgiven: tuple[type[Refusal], ...],
) -> Outcome:
    """Lend to the pupil who waits, or say why not: `kept` waits on when the fault lies with what came second."""
    pupil, noted = pending.pupil, pending.noted
    assert pupil is not None  # noqa: S101 - both callers looked
    is_other = pending.campaign not in (None, desk.campaign)
    try:
        receipt = lending.check_out(
            session,
            code=device.tag,
            pupil_id=pupil.id,
            campaign=pending.campaign or desk.campaign,
            due_on=None if is_other else desk.due_on,
            received_by=noted.received_by or desk.received_by,
            received_name=noted.received_name or "",
            missing=noted.missing,
            is_signed=pending.campaign is not None,
            form=pending.form,
        )
    except Refusal as refusal:
        left = kept if isinstance(refusal, forgiven) else IDLE
        return telling.refused(session, refusal, left, device=device, pupil=pupil)
    is_signed = pending.campaign is not None or pending.form is not None
    lent = replace(
        telling.done(session, Did.LENT, receipt, IDLE, pupil, device),
        is_signed=is_signed,
        notices=telling.cautions(session, device),
    )
    if is_other and desk.campaign is not None:
        from_sheet = Notice(N_("In the campaign of the sheet: {campaign}"), {"campaign": pending.campaign})
        return replace(lent, notices=(*lent.notices, from_sheet))
    return lent


def _take_back(session: Session, device: FoundDevice, kept: Pending) -> Outcome:
    try:
        receipt = lending.check_in(session, code=device.tag)
    except Refusal as refusal:
        return telling.refused(session, refusal, kept, device=device)
    return telling.done(session, Did.RETURNED, receipt, kept, pupils.row(receipt.value.pupil_id), device)


def _held(session: Session, did: Did, device: FoundDevice, pending: Pending) -> Outcome:
    """Show whose the tablet is."""
    holder = None if device.holder_id is None else pupils.row(PupilId(device.holder_id))
    return replace(telling.shown(session, did, pending, device), pupil=pending.pupil, other=holder)
