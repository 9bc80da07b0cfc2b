"""A drill: a whole campaign gone through on a copy of the base, and what the real day would need."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil
from typing import Final

from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.readiness import Readiness
from tablet_loans.text import N_

PACE_S: Final = 25.0
"""How long one pupil takes at the counter, until the next one comes: an assumption, never measured here."""
DAYS: Final = (1, 2, 5)
HOURS_A_DAY: Final = 7
CARTON: Final = "carton:"
"""Where a tablet lies that is packed for a school, whose id follows: it goes to that school's pupils alone."""


class DrillUnderWay(Refusal):
    """Another drill of the same base is under way."""

    sentence = N_("Another drill of this base is under way.")
    way_out = N_("Wait until it ends.")


class NoReadyTablet(Refusal):
    """No tablet is left that keeps a promise."""

    sentence = N_("No tablet is ready that keeps this promise.")


class DrillStep(StrEnum):
    """What a drill goes through, in this order."""

    COPY = "copy"
    OPEN = "open"
    CONFIRM = "confirm"
    DRAFT = "draft"
    APPLY = "apply"
    VERIFY = "verify"
    PRINT = "print"
    LEND = "lend"
    RETURN = "return"
    PREPARE = "prepare"
    CLOSE = "close"
    CHECK = "check"


STEP_WORDS: Final[Mapping[str, str]] = {
    DrillStep.COPY: N_("Copy the base"),
    DrillStep.OPEN: N_("Open the campaign"),
    DrillStep.CONFIRM: N_("Confirm the needs"),
    DrillStep.DRAFT: N_("Make a plan"),
    DrillStep.APPLY: N_("Promise the tablets"),
    DrillStep.VERIFY: N_("Make the plan again, and compare"),
    DrillStep.PRINT: N_("Print the agreements"),
    DrillStep.LEND: N_("Lend what is promised"),
    DrillStep.RETURN: N_("Take tablets back"),
    DrillStep.PREPARE: N_("Make them ready again"),
    DrillStep.CLOSE: N_("Close the campaign"),
    DrillStep.CHECK: N_("Check the base and its ledger"),
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """What went wrong in a step: a refusal or trouble by its class, how often, and what was said first."""

    kind: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step that was gone through: how many of how many, in how long, and what went wrong."""

    step: DrillStep
    count: int
    total: int
    seconds: float
    wrong: tuple[Wrong, ...] = ()

    @property
    def an_hour(self) -> int | None:
        """Return how many an hour this makes, or None when that says nothing."""
        return round(self.count * 3600 / self.seconds) if self.count > 1 and self.seconds else None

    @property
    def seconds_for_all(self) -> float:
        """Return how long all would take at the pace of those that were really done."""
        return self.seconds * self.total / self.count if self.count else self.seconds


@dataclass(frozen=True, slots=True)
class Promised:
    """A pupil to whom a device was promised: an exact one by its tag, or any of these features."""

    pupil: PupilId
    features: frozenset[str]
    home: str
    tag: str | None = None
    school: int = 0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was gone through on the copy; `eligible` were ranked by its plan, `promised` were to receive a device."""

    steps: tuple[StepDone, ...]
    eligible: int
    promised: int


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill as its page tells it, without a pupil's name."""

    campaign: str
    authority: str
    ran_at: datetime
    schools: int
    pupils: int
    devices: int
    eligible: int
    promised: int
    steps: tuple[StepDone, ...]
    readiness: Readiness
    pace_s: float = PACE_S
    pages: int = 0
    file: str | None = None

    @property
    def has_gone_well(self) -> bool:
        """Say whether nothing went wrong and something was lent."""
        return self.has_lent and not any(step.wrong for step in self.steps)

    @property
    def has_lent(self) -> bool:
        """Say whether anything was lent."""
        return any(step.step is DrillStep.LEND and step.count for step in self.steps)

    @property
    def station_hours(self) -> float:
        """Return how many hours one station would need for all who were promised a device."""
        return self.promised * self.pace_s / 3600

    def stations_within(self, days: int) -> int:
        """Return how many stations serve everybody within so many days."""
        return ceil(self.station_hours / (days * HOURS_A_DAY)) if self.promised else 0


def paired(
    promises: Iterable[Promised], ready: Mapping[tuple[frozenset[str], str], Iterable[str]]
) -> Iterator[tuple[PupilId, str | None]]:
    """Yield each pupil with the tag to lend: of the class and the place promised, else of the class, else of more.

    What is packed for the pupil's school comes before all others; what is packed for another one stays in its carton.
    `ready` gives the tags by features and place; None stands where nothing suits.
    """
    piles = {key: deque(tags) for key, tags in ready.items()}
    left = Counter({key: len(tags) for key, tags in piles.items()})
    for promise in promises:
        tag = promise.tag or _taken(promise, piles, left)
        yield promise.pupil, tag


def _taken(
    promise: Promised, piles: Mapping[tuple[frozenset[str], str], deque[str]], left: Counter[tuple[frozenset[str], str]]
) -> str | None:
    packed = f"{CARTON}{promise.school}"
    own = next((key for home in (packed, promise.home) if left[key := (promise.features, home)]), None)
    if own is None:
        suiting = [key for key, count in left.items() if count and promise.features <= key[0]]
        if not (suiting := [key for key in suiting if key[1] == packed or not key[1].startswith(CARTON)]):
            return None
        own = min(suiting, key=lambda key: (len(key[0]), sorted(key[0]), -left[key], key[1]))
    left[own] -= 1
    return piles[own].popleft()
