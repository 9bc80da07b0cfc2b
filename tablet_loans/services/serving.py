"""Serving at the counter: what a scanned or typed text is, and what the counter does with it now."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.campaign import CampaignStatus
from tablet_loans.domain.device import STATE_WORDS, DeviceState
from tablet_loans.domain.errors import (
    AlreadyHasOne,
    AlreadyLent,
    DeviceNotReady,
    OtherSchool,
    PupilHasLeft,
    Refusal,
    ReservedForAnother,
    UnknownCode,
    UnknownPupil,
)
from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import PupilFilter, PupilId, PupilRow
from tablet_loans.domain.roles import Permission
from tablet_loans.services import lending, undoing
from tablet_loans.services.lending import Handover
from tablet_loans.services.session import Receipt, Session, Topic
from tablet_loans.storage import campaigns, devices, pupils
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.devices import FoundDevice

_DEVICE_AT_FAULT: Final = (AlreadyLent, DeviceNotReady, ReservedForAnother, UnknownCode)
_PUPIL_AT_FAULT: Final = (AlreadyHasOne, OtherSchool, PupilHasLeft, UnknownPupil)
_SUGGESTED: Final = 8


class Did(StrEnum):
    """What the counter did with a text."""

    CHOSE_PUPIL = "chose_pupil"
    CHOSE_TABLET = "chose_tablet"
    LENT = "lent"
    RETURNED = "returned"
    REFUSED = "refused"
    UNDID = "undid"
    FOUND_SEVERAL = "found_several"


@dataclass(frozen=True, slots=True)
class Pending:
    """What the counter holds half-done; `doubted` is a lent tablet that returns when it is scanned again."""

    pupil: PupilRow | None = None
    tag: str | None = None
    doubted: str | None = None


@dataclass(frozen=True, slots=True)
class Tablet:
    """A device as the counter shows it."""

    tag: str
    serial: str
    model: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened, the facts to show, and what the counter holds now."""

    did: Did
    at: datetime
    pending: Pending = Pending()
    code: str = ""
    pupil: PupilRow | None = None
    tablet: Tablet | None = None
    loan: Handover | None = None
    refusal: Refusal | None = None
    candidates: tuple[PupilRow, ...] = ()
    ledger_id: LedgerId | None = None
    undid: Did | None = None
    topics: frozenset[Topic] = frozenset()


@dataclass(frozen=True, slots=True)
class OpenCampaign:
    """A campaign in which the counter can lend."""

    name: str
    due_on: date


def troubles_in_words(session: Session) -> AbstractContextManager[None]:
    """Return a context in which the engine's errors are raised as Trouble, for a lane of reading."""
    return troubles_spoken(session.base)


def warm(session: Session) -> None:
    """Load what the first scan would wait for: its check characters, its connection, its first pages."""
    with troubles_spoken(session.base):
        devices.find(session.base, "-")


def opened(session: Session) -> list[OpenCampaign]:
    """Return the open campaigns, by name."""
    with troubles_spoken(session.base):
        found = campaigns.with_status(session.base, CampaignStatus.OPEN)
    return [OpenCampaign(campaign.name, campaign.due_on) for campaign in found]


def suggested(session: Session, typed: str, limit: int = _SUGGESTED) -> list[PupilRow]:
    """Return the first pupils whose names begin with the words typed, each once, by name."""
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        rows = pupils.block(PupilFilter(search=typed), Place(0, 2 * limit))
    return list({row.id: row for row in rows}.values())[:limit]


def answer(session: Session, text: str, pending: Pending = Pending(), campaign: str | None = None) -> Outcome:
    """Do what the counter does with a scanned or typed text, and answer with what happened.

    A tablet's code lends it to the pupil who waits, else takes a lent one back, else keeps a ready one until
    a pupil comes; a pupil's code does the same the other way round; words of a name find pupils.
    Raises: NotPermitted, BaseTrouble.
    """
    session.require(Permission.LEND)
    code = text.strip()
    with troubles_spoken(session.base):
        if (device := devices.find(session.base, code)) is not None:
            return _tablet_came(session, device, pending, campaign)
        if (pupil_id := pupils.find_id(session.base, code)) is not None:
            return choose(session, pupil_id, pending, campaign)
        return _name_came(session, code, pending, campaign)


def choose(session: Session, pupil_id: PupilId, pending: Pending = Pending(), campaign: str | None = None) -> Outcome:
    """Take a pupil: lend the tablet that waits, else wait for one. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.LEND)
    with troubles_spoken(session.base):
        if (pupil := pupils.row(pupil_id)) is None:
            return _refused(session, UnknownPupil(pupil=pupil_id), pending, code=str(pupil_id))
        waiting = None if pending.tag is None else devices.find(session.base, pending.tag)
        if waiting is None:
            return Outcome(Did.CHOSE_PUPIL, session.now(), Pending(pupil=pupil), pupil=pupil)
        kept = Pending(tag=waiting.tag)
        return _lend(session, waiting, pupil, campaign, kept, _PUPIL_AT_FAULT)


def undo(session: Session, done: Outcome) -> Outcome:
    """Undo one act of the counter and answer with what was undone. Raises: NotPermitted, BaseTrouble."""
    assert done.ledger_id is not None  # noqa: S101 - only acts that were written are undone
    try:
        receipt = undoing.undo(session, done.ledger_id)
    except Refusal as refusal:
        return replace(
            done,
            did=Did.REFUSED,
            at=session.now(),
            pending=Pending(),
            refusal=refusal,
            ledger_id=None,
            topics=frozenset(),
        )
    return replace(done, did=Did.UNDID, undid=done.did, at=session.now(), pending=Pending(), topics=receipt.topics)


def _tablet_came(session: Session, device: FoundDevice, pending: Pending, campaign: str | None) -> Outcome:
    if pending.pupil is not None and device.tag != pending.doubted:
        kept = replace(pending, doubted=device.tag if device.state is DeviceState.ON_LOAN else None)
        return _lend(session, device, pending.pupil, campaign, kept, _DEVICE_AT_FAULT)
    if device.state is DeviceState.ON_LOAN:
        return _take_back(session, device, replace(pending, doubted=None, tag=None))
    if device.state is DeviceState.READY:
        return Outcome(Did.CHOSE_TABLET, session.now(), Pending(tag=device.tag), device.tag, tablet=_shown(device))
    refusal = DeviceNotReady(tag=device.tag, state=STATE_WORDS[device.state])
    return _refused(session, refusal, pending, code=device.tag, pupil=pending.pupil, tablet=_shown(device))


def _name_came(session: Session, typed: str, pending: Pending, campaign: str | None) -> Outcome:
    found = suggested(session, typed) if any(mark.isalnum() for mark in typed) else []
    if len(found) == 1:
        return choose(session, found[0].id, pending, campaign)
    if found:
        return Outcome(Did.FOUND_SEVERAL, session.now(), pending, typed, candidates=tuple(found))
    is_code = any(mark.isdigit() for mark in typed)
    refusal = UnknownCode(code=typed) if is_code else UnknownPupil(pupil=typed)
    return _refused(session, refusal, pending, code=typed, pupil=pending.pupil)


def _lend(
    session: Session,
    device: FoundDevice,
    pupil: PupilRow,
    campaign: str | None,
    kept: Pending,
    forgiven: tuple[type[Refusal], ...],
) -> Outcome:
    """Lend, or say why not; what came first is kept when the fault lies with what came second."""
    try:
        receipt = lending.check_out(session, code=device.tag, pupil_id=pupil.id, campaign=campaign)
    except Refusal as refusal:
        left = kept if isinstance(refusal, forgiven) else Pending()
        return _refused(session, refusal, left, code=device.tag, pupil=pupil, tablet=_shown(device))
    return _done(session, Did.LENT, receipt, Pending(), pupil, device)


def _take_back(session: Session, device: FoundDevice, kept: Pending) -> Outcome:
    try:
        receipt = lending.check_in(session, code=device.tag)
    except Refusal as refusal:
        return _refused(session, refusal, kept, code=device.tag, tablet=_shown(device))
    return _done(session, Did.RETURNED, receipt, kept, pupils.row(receipt.value.pupil_id), device)


def _done(
    session: Session,
    did: Did,
    receipt: Receipt[Handover],
    pending: Pending,
    pupil: PupilRow | None,
    device: FoundDevice,
) -> Outcome:
    return Outcome(
        did,
        session.now(),
        pending,
        device.tag,
        pupil,
        _shown(device),
        receipt.value,
        ledger_id=receipt.ledger_id,
        topics=receipt.topics,
    )


def _refused(
    session: Session,
    refusal: Refusal,
    pending: Pending,
    *,
    code: str,
    pupil: PupilRow | None = None,
    tablet: Tablet | None = None,
) -> Outcome:
    return Outcome(Did.REFUSED, session.now(), pending, code, pupil, tablet, refusal=refusal)


def _shown(device: FoundDevice) -> Tablet:
    return Tablet(device.tag, device.serial or "", f"{device.maker} {device.model}".strip())
