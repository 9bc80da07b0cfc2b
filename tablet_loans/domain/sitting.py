"""A sitting at the counter: what was lent, returned, put right, undone and refused, and what is still expected."""

from dataclasses import dataclass
from datetime import date, datetime

from tablet_loans.domain.act import Action
from tablet_loans.domain.device import Condition
from tablet_loans.domain.loan import ReceivedBy


@dataclass(frozen=True, slots=True)
class Holding:
    """A loan as a sitting's sheet names it: the pupil and the tablet."""

    pupil: str
    class_name: str
    school: str
    tag: str
    loan: str


@dataclass(frozen=True, slots=True)
class LentLine:
    """A tablet handed over; `missing` are the accessories that were not."""

    at: datetime
    holding: Holding
    received_by: ReceivedBy
    received_name: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """A tablet taken back, as it came."""

    at: datetime
    holding: Holding
    condition: Condition
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SwappedLine:
    """A pupil's record put right: the tablet that is the pupil's, and the one that was."""

    at: datetime
    holding: Holding
    former_tag: str


@dataclass(frozen=True, slots=True)
class UndoneLine:
    """An act that was undone."""

    at: datetime
    action: Action
    holding: Holding


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """What the counter refused: a code or a name, and why."""

    at: datetime
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """A tablet lent before the sitting and not back."""

    holding: Holding
    due_on: date


@dataclass(frozen=True, slots=True)
class SittingFacts:
    """What a session sheet says; no school means all; `expected` may hold fewer lines than `expected_count`."""

    authority: str
    station: str
    technician: str
    campaign: str
    schools: tuple[str, ...]
    began_at: datetime
    ended_at: datetime
    lent: tuple[LentLine, ...] = ()
    returned: tuple[ReturnedLine, ...] = ()
    swapped: tuple[SwappedLine, ...] = ()
    undone: tuple[UndoneLine, ...] = ()
    refused: tuple[RefusedLine, ...] = ()
    expected: tuple[ExpectedLine, ...] = ()
    expected_count: int = 0

    @property
    def lines(self) -> int:
        """Return how many lines the sheet lists."""
        listed = (self.lent, self.returned, self.swapped, self.undone, self.refused, self.expected)
        return sum(map(len, listed))
