"""A difference: what changes for whom from one plan to another, under other rules or once some devices went out."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from tablet_loans.domain.allocation import Choice, Outcome
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.school import SchoolId
from tablet_loans.text import N_

Key = TypeVar("Key")

DIFFERENCE_WORDS: Final[Mapping[str, str]] = {
    "gained": N_("served now"),
    "lost": N_("served no longer"),
    "back": N_("in need again"),
    "other_class": N_("served with another class"),
    "new": N_("new in the plan"),
    "gone": N_("no longer in the plan"),
    "up": N_("waits nearer to the first"),
    "down": N_("waits further from the first"),
}
"""The lists of a difference, as they are read."""


@dataclass(frozen=True, slots=True)
class Move:
    """What two plans decide for one pupil; None in the one that does not know her or him.

    Who waits in both comes so many `places` nearer to the first who waits, less than 0 when further away.
    """

    before: Choice | None
    after: Choice | None
    places: int = 0

    @property
    def choice(self) -> Choice:
        """Return what the later plan that knows the pupil decides."""
        choice = self.after or self.before
        assert choice is not None  # noqa: S101 - a move is of a pupil whom one of the plans knows
        return choice

    @property
    def pupil(self) -> PupilId:
        """Return whose it is."""
        return self.choice.pupil

    @property
    def school(self) -> SchoolId:
        """Return the school, as the later plan knows it."""
        return self.choice.school


@dataclass(frozen=True, slots=True)
class Difference:
    """Who fares otherwise in the later plan, each list in the order of its ranks; nobody stands in two of them.

    `new` and `gone` are known to one plan alone. `gained` are served now, `lost` no longer; `other_class` are served
    in both with other devices; `up` and `down` wait in both, at another place. Where the earlier plan was applied,
    `kept` counts those it served who need nothing more, as their promise stands or was fulfilled; `back` are those of
    them who are in need again: the promise was released, or the device returned.
    """

    new: tuple[Move, ...] = ()
    gone: tuple[Move, ...] = ()
    gained: tuple[Move, ...] = ()
    lost: tuple[Move, ...] = ()
    back: tuple[Move, ...] = ()
    other_class: tuple[Move, ...] = ()
    up: tuple[Move, ...] = ()
    down: tuple[Move, ...] = ()
    kept: int = 0

    @property
    def is_empty(self) -> bool:
        """Say whether nobody fares otherwise."""
        parts = (self.new, self.gone, self.gained, self.lost, self.back, self.other_class, self.up, self.down)
        return not any(parts)


@dataclass(frozen=True, slots=True)
class Shift:
    """How many of some pupils two plans know and serve."""

    eligible: int
    other_eligible: int
    served: int
    other_served: int


def difference(before: Sequence[Choice], after: Sequence[Choice], *, is_applied: bool = False) -> Difference:
    """Return what changes from one plan's choices to another's, both in rank order.

    `is_applied` says whether the first made promises.
    """
    earlier, later = ({each.pupil: each for each in choices} for choices in (before, after))
    queue, new_queue = _waiting(before), _waiting(after)
    lists: dict[str, list[Move]] = defaultdict(list)
    kept = 0
    for choice in after:
        both_wait = choice.pupil in queue and choice.pupil in new_queue
        places = queue[choice.pupil] - new_queue[choice.pupil] if both_wait else 0
        move = Move(earlier.get(choice.pupil), choice, places)
        if part := _part(move.before, choice, places, is_applied=is_applied):
            lists[part].append(move)
    for choice in before:
        if choice.pupil not in later:
            if is_applied and choice.outcome is Outcome.SERVED:
                kept += 1
            else:
                lists["gone"].append(Move(choice, None))
    return Difference(**{part: tuple(moves) for part, moves in lists.items()}, kept=kept)


def _waiting(choices: Sequence[Choice]) -> dict[PupilId, int]:
    """Return the place of each who waits, among those who wait."""
    waiting = (each.pupil for each in choices if each.outcome is Outcome.WAITING)
    return {pupil: place for place, pupil in enumerate(waiting)}


def _part(before: Choice | None, after: Choice, places: int, *, is_applied: bool) -> str:
    """Return in which list of the difference a pupil of the later plan stands, if in any."""
    if before is None:
        return "new"
    was_served, is_served = before.outcome is Outcome.SERVED, after.outcome is Outcome.SERVED
    if was_served and is_applied:
        return "back"
    if was_served != is_served:
        return "gained" if is_served else "lost"
    if is_served:
        return "other_class" if before.features != after.features else ""
    return ("up" if places > 0 else "down") if places else ""


def by_equipment(before: Iterable[Choice], after: Iterable[Choice]) -> dict[Equipment, Shift]:
    """Return how many each plan knows and serves of those who have nothing, a phone, and so on."""
    return _shifts(before, after, lambda each: each.grounds.equipment)


def by_school(before: Iterable[Choice], after: Iterable[Choice]) -> dict[SchoolId, Shift]:
    """Return how many each plan knows and serves of each school's pupils."""
    return _shifts(before, after, lambda each: each.school)


def _shifts(before: Iterable[Choice], after: Iterable[Choice], key: Callable[[Choice], Key]) -> dict[Key, Shift]:
    one, other = _counted(before, key), _counted(after, key)
    found: Mapping[Key, None] = dict.fromkeys((*one[0], *other[0]))
    return {each: Shift(one[0][each], other[0][each], one[1][each], other[1][each]) for each in found}


def _counted(choices: Iterable[Choice], key: Callable[[Choice], Key]) -> tuple[Counter[Key], Counter[Key]]:
    known: Counter[Key] = Counter()
    served: Counter[Key] = Counter()
    for each in choices:
        known[key(each)] += 1
        if each.outcome is Outcome.SERVED:
            served[key(each)] += 1
    return known, served
