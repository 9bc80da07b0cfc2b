"""A loan: its states, its number, and the rules that lend, return, renew and swap."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NewType

from tablet_loans.domain.campaign import STATUS_WORDS, CampaignStatus
from tablet_loans.domain.device import STATE_WORDS, DeviceState
from tablet_loans.domain.errors import (
    AlreadyHasOne,
    AlreadyLent,
    CampaignNotOpen,
    DeviceNotReady,
    DueDatePast,
    KindsDiffer,
    LoanNotOpen,
    OtherSchool,
    PupilHasLeft,
    Refusal,
    ReservedForAnother,
    SameLoan,
    StepNotAllowed,
)
from tablet_loans.text import N_

LoanId = NewType("LoanId", int)
LoanNumber = NewType("LoanNumber", str)

LONGEST_NAME: Final = 80
"""Of who took a device away, in characters."""


class LoanState(StrEnum):
    """The life of a loan; a cancelled loan keeps its row and its number."""

    OPEN = "open"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    EXCHANGED = "exchanged"
    LOST = "lost"
    STOLEN = "stolen"


class LoanEvent(StrEnum):
    """What happens to a loan."""

    CHECKED_IN = "checked_in"
    CANCELLED = "cancelled"
    EXCHANGED = "exchanged"
    DECLARED_LOST = "declared_lost"
    DECLARED_STOLEN = "declared_stolen"
    FOUND = "found"


class ReceivedBy(StrEnum):
    """Who took the device away."""

    PUPIL = "pupil"
    GUARDIAN = "guardian"
    OTHER = "other"


STEPS: Final[Mapping[tuple[LoanState, LoanEvent], LoanState]] = {
    (LoanState.OPEN, LoanEvent.CHECKED_IN): LoanState.RETURNED,
    (LoanState.OPEN, LoanEvent.CANCELLED): LoanState.CANCELLED,
    (LoanState.OPEN, LoanEvent.EXCHANGED): LoanState.EXCHANGED,
    (LoanState.OPEN, LoanEvent.DECLARED_LOST): LoanState.LOST,
    (LoanState.OPEN, LoanEvent.DECLARED_STOLEN): LoanState.STOLEN,
    (LoanState.LOST, LoanEvent.FOUND): LoanState.RETURNED,
    (LoanState.STOLEN, LoanEvent.FOUND): LoanState.RETURNED,
}

LOAN_WORDS: Final[Mapping[str, str]] = {
    LoanState.OPEN: N_("open"),
    LoanState.RETURNED: N_("returned"),
    LoanState.CANCELLED: N_("cancelled"),
    LoanState.EXCHANGED: N_("exchanged"),
    LoanState.LOST: N_("lost"),
    LoanState.STOLEN: N_("stolen"),
}


def step(state: LoanState, event: LoanEvent) -> LoanState:
    """Return the state a loan reaches when `event` happens. Raises: StepNotAllowed."""
    try:
        return STEPS[state, event]
    except KeyError:
        raise StepNotAllowed(state=LOAN_WORDS[state], event=event.value) from None


def loan_number(year: int, station: str, counter: int) -> LoanNumber:
    """Return a loan's number, unique without asking another station: 20-K3-0042."""
    return LoanNumber(f"{year % 100:02d}-{station}-{counter:04d}")


@dataclass(frozen=True, slots=True)
class Lending:
    """The facts on which a check-out is decided."""

    tag: str
    device_state: DeviceState
    reserved_for_another: bool
    other_tag: str | None
    other_loan: str | None
    pupil_left_on: date | None
    school: str
    school_takes_part: bool
    campaign: str
    campaign_status: CampaignStatus
    due_on: date
    today: date


def why_not_lend(facts: Lending) -> Refusal | None:
    """Return why the device is not lent to the pupil, or None when it may be."""
    if facts.campaign_status is not CampaignStatus.OPEN:
        return CampaignNotOpen(campaign=facts.campaign, status=STATUS_WORDS[facts.campaign_status])
    if facts.device_state is DeviceState.ON_LOAN:
        return AlreadyLent(tag=facts.tag)
    if facts.device_state is not DeviceState.READY:
        return DeviceNotReady(tag=facts.tag, state=STATE_WORDS[facts.device_state])
    if facts.reserved_for_another:
        return ReservedForAnother(tag=facts.tag)
    if facts.pupil_left_on is not None and facts.pupil_left_on <= facts.today:
        return PupilHasLeft(left_on=facts.pupil_left_on.isoformat())
    if not facts.school_takes_part:
        return OtherSchool(school=facts.school)
    if facts.other_loan is not None:
        return AlreadyHasOne(other=facts.other_tag, loan=facts.other_loan)
    return why_not_due(facts.due_on, facts.today)


def why_not_due(due_on: date, today: date) -> Refusal | None:
    """Return why a loan cannot be due on that day, or None."""
    return DueDatePast(due=due_on.isoformat()) if due_on < today else None


def why_not_renew(number: str, state: LoanState, due_on: date, today: date) -> Refusal | None:
    """Return why a loan is not renewed until `due_on`, or None when it may be."""
    if state is not LoanState.OPEN:
        return LoanNotOpen(loan=number, state=LOAN_WORDS[state])
    return why_not_due(due_on, today)


def why_not_swap(one: LoanId, other: LoanId, kind: str, other_kind: str) -> Refusal | None:
    """Return why two open loans do not exchange their devices, or None when they may."""
    if one == other:
        return SameLoan()
    return KindsDiffer() if kind != other_kind else None


@dataclass(frozen=True, slots=True)
class LoanRow:
    """A loan as lists show it; `pupil` is the family name in capitals and the given name."""

    id: LoanId
    number: str
    tag: str
    serial: str | None
    kind: str
    model: str
    pupil_id: int
    pupil: str
    class_name: str
    school: str
    school_name: str
    campaign: str
    state: str
    opened_at: datetime
    due_on: date
    closed_at: datetime | None
    agreement: str

    def overdue_days(self, today: date) -> int:
        """Return how many days the device has been expected back, 0 when it is not."""
        return max((today - self.due_on).days, 0) if self.state == LoanState.OPEN else 0


@dataclass(frozen=True, slots=True)
class LoanFilter:
    """Which loans a list shows; None lets everything through; `overdue_on` keeps what is late that day."""

    school: str | None = None
    campaign: str | None = None
    class_name: str | None = None
    is_open: bool = False
    overdue_on: date | None = None
    numbers: tuple[str, ...] = ()
