"""Allocation: which pupil in need gets which class of device, and from where; exactly, and with each reason.

Ranked (`ranking`), then served in that order as far as the devices go (`matching`), then given the classes and the
places that waste the fewest features, and among those move the fewest devices (`transport`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Generic, TypeVar

from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.matching import Features, Shortage, served
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.ranking import DEFAULT_CRITERIA, Candidate, Criterion, ranked
from tablet_loans.domain.school import SchoolId
from tablet_loans.domain.transport import Network
from tablet_loans.text import N_

Named = TypeVar("Named")
Home = str
"""Where devices stand: a depot's name, or a school's own stock, named by whoever builds the supply."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a campaign: which criteria in which order, and what bounds them.

    `priority_cap_percent` is 100 where priorities are not capped; beyond it, a school's later priorities count as
    none. `exam_classes` are the beginnings of the levels or classes that sit an exam; `reserve` devices are held back.
    """

    criteria: tuple[Criterion, ...] = DEFAULT_CRITERIA
    priority_cap_percent: int = 100
    exam_classes: tuple[str, ...] = ("3", "T")
    reserve: int = 0

    def __post_init__(self) -> None:
        if len(set(self.criteria)) < len(self.criteria):
            raise BadRules(reason=N_("a criterion stands twice"))
        if not 0 <= self.priority_cap_percent <= 100:
            raise BadRules(reason=N_("the share of priorities lies between 0 and 100 %"))
        if self.reserve < 0:
            raise BadRules(reason=N_("a reserve is never negative"))


class BadRules(Refusal):
    """The rules contradict themselves."""

    sentence = N_("These rules cannot be used: {reason}.")
    way_out = N_("Correct them, or take the usual ones.")


class NoPlan(Refusal):
    """The campaign has no plan, or none that was applied."""

    sentence = N_("The campaign “{campaign}” has no plan yet.")
    way_out = N_("Run “tablet-loans allocate” first; --apply makes it promises.")


class PlanOutdated(Refusal):
    """What the plan was made from is no longer so."""

    sentence = N_("The base changed since this plan was made: {pupils} pupil(s) and {devices} device(s) differ.")
    way_out = N_("Make the plan again: promises already made are kept.")


class NotEligible(Refusal):
    """The plan knows nothing of this pupil."""

    sentence = N_("This pupil is not in the plan: no need was answered, or a device is lent or promised already.")


@dataclass(frozen=True, slots=True)
class Stock:
    """Devices that can be promised: so many of one class in one place, what is held back already taken off."""

    features: Features
    home: Home
    count: int


@dataclass(frozen=True, slots=True)
class Instance:
    """All that decides a plan; `homes` says from where each school is served first, "" from anywhere."""

    candidates: Sequence[Candidate]
    stock: Sequence[Stock]
    homes: Mapping[SchoolId, Home]
    seed: str
    rules: Rules = field(default_factory=Rules)
    pinned: frozenset[PupilId] = frozenset()
    excluded: frozenset[PupilId] = frozenset()


class Outcome(StrEnum):
    """What becomes of a candidate."""

    SERVED = "served"
    WAITING = "waiting"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a plan decides for one candidate: rank from 1 (0 when excluded), and the class and place when served.

    Who waits has a `shortage`, and `ahead`: how many who wait for the same devices come before.
    """

    pupil: PupilId
    school: SchoolId
    rank: int
    outcome: Outcome
    features: Features | None = None
    home: Home = ""
    shortage: Shortage | None = None
    ahead: int = 0


Step = Callable[[int, int], None]
_STEPS: Final = 4


def allocate(instance: Instance, step: Step = lambda _done, _total: None) -> list[Choice]:
    """Return the choice for each candidate in rank order, the excluded last; the same for the same instance.

    `step` hears how far it is, and may raise to stop it.
    """
    step(0, _STEPS)
    in_play = [each for each in instance.candidates if each.pupil not in instance.excluded]
    order = _pinned_first(ranked(_capped(in_play, instance), instance.rules.criteria, instance.seed), instance.pinned)
    step(1, _STEPS)
    supply: Counter[Features] = Counter()
    for each in instance.stock:
        supply[each.features] += each.count
    shortages = served([each.required for each in order], supply)
    step(2, _STEPS)
    taking = [each for each, shortage in zip(order, shortages, strict=True) if shortage is None]
    given = iter(_given(taking, instance))
    step(3, _STEPS)
    choices = list(_told(order, shortages, given))
    choices += [
        Choice(each.pupil, each.school, 0, Outcome.EXCLUDED)
        for each in sorted(instance.candidates, key=lambda each: each.pupil)
        if each.pupil in instance.excluded
    ]
    step(_STEPS, _STEPS)
    return choices


def held_back(stock: Sequence[Stock], reserve: int) -> list[Stock]:
    """Return the stock without the reserve, taken from the largest piles, the plainest devices first."""
    left = {(each.features, each.home): each.count for each in stock}
    while reserve > 0 and any(left.values()):
        key = min(left, key=lambda key: (-left[key], len(key[0]), sorted(key[0]), key[1]))
        others = [count for other, count in left.items() if other != key]
        some = min(reserve, max(1, left[key] - max(others, default=0)))
        left[key] -= some
        reserve -= some
    return [Stock(*key, count) for key, count in left.items() if count]


def _capped(candidates: Sequence[Candidate], instance: Instance) -> list[Candidate]:
    """Return the candidates, a school's priorities beyond its share counted as none, the later requests first."""
    percent = instance.rules.priority_cap_percent
    if percent >= 100:
        return list(candidates)
    sizes = Counter(each.school for each in candidates)
    left = {school: size * percent // 100 for school, size in sizes.items()}
    allowed = set()
    for each in sorted(candidates, key=lambda each: (each.asked_on, each.pupil)):
        if each.is_priority and left[each.school]:
            left[each.school] -= 1
            allowed.add(each.pupil)
    return [
        each if not each.is_priority or each.pupil in allowed else replace(each, is_priority=False)
        for each in candidates
    ]


def _pinned_first(order: Iterable[Candidate], pinned: frozenset[PupilId]) -> list[Candidate]:
    """Return those pinned before the others, each in their order."""
    return sorted(order, key=lambda each: each.pupil not in pinned)


def _told(
    order: Sequence[Candidate], shortages: Sequence[Shortage | None], given: Iterator[tuple[Features, Home]]
) -> Iterator[Choice]:
    waiting: Counter[frozenset[Features]] = Counter()
    for rank, (each, shortage) in enumerate(zip(order, shortages, strict=True), 1):
        if shortage is None:
            features, home = next(given)
            yield Choice(each.pupil, each.school, rank, Outcome.SERVED, features, home)
        else:
            yield Choice(
                each.pupil, each.school, rank, Outcome.WAITING, shortage=shortage, ahead=waiting[shortage.classes]
            )
            waiting[shortage.classes] += 1


def _given(taking: Sequence[Candidate], instance: Instance) -> list[tuple[Features, Home]]:
    """Return the class and the place of each one's device: fewest features wasted, then fewest devices moved."""
    if not taking:
        return []
    groups: dict[tuple[Features, Home], list[int]] = defaultdict(list)
    for place, each in enumerate(taking):
        groups[each.required, instance.homes.get(each.school, "")].append(place)
    flows = _cheapest({group: len(places) for group, places in groups.items()}, instance.stock)
    given: list[tuple[Features, Home]] = [(frozenset(), "")] * len(taking)
    for group, places in groups.items():
        remaining = iter(places)
        for features, home, count in flows[group]:
            for _ in range(count):
                given[next(remaining)] = features, home
    return given


class _Nodes:
    """Numbers for the nodes of a network, given as they are first named."""

    def __init__(self) -> None:
        self.numbers: dict[object, int] = {}

    def __getitem__(self, name: object) -> int:
        return self.numbers.setdefault(name, len(self.numbers))


def _cheapest(
    groups: Mapping[tuple[Features, Home], int], stock: Sequence[Stock]
) -> dict[tuple[Features, Home], list[tuple[Features, Home, int]]]:
    """Return from which stock each group of pupils (need, home) is served, all of them.

    A group takes from its own home, or gives its need to everybody's; a class of everybody's takes from any home.
    """
    needs = sorted({need for need, _ in groups}, key=sorted)
    there: Counter[tuple[Features, Home]] = Counter()
    for each in stock:
        there[each.features, each.home] += each.count
    classes = sorted({features for features, _ in there}, key=sorted)
    most = sum(groups.values()) + 1  # a feature wasted weighs more than all moves together
    fits = {need: [each for each in classes if need <= each] for need in needs}
    nodes, arcs = _Nodes(), list[tuple[object, object, int, int]]()
    order = sorted(groups, key=lambda group: (sorted(group[0]), group[1]))
    for group in order:
        need, home = group
        arcs.append(("from", ("group", group), groups[group], 0))
        arcs.append((("group", group), ("need", need), groups[group], 1))
        arcs += [
            (("group", group), ("stock", (each, home)), groups[group], most * len(each - need))
            for each in fits[need]
            if (each, home) in there
        ]
    arcs += [(("need", need), ("class", each), most, most * len(each - need)) for need in needs for each in fits[need]]
    for key in sorted(there, key=lambda key: (sorted(key[0]), key[1])):
        arcs.append((("class", key[0]), ("stock", key), there[key], 0))
        arcs.append((("stock", key), "to", there[key], 0))
    named = [(nodes[start], nodes[end], room, cost) for start, end, room, cost in arcs]
    network = Network(len(nodes.numbers))
    numbers = {(start, end): network.add(*arc) for (start, end, *_), arc in zip(arcs, named, strict=True)}
    network.fill(nodes["from"], nodes["to"])
    return _handed_out(order, fits, there, lambda start, end: network.through(numbers[start, end]))


def _handed_out(
    order: Sequence[tuple[Features, Home]],
    fits: Mapping[Features, Sequence[Features]],
    there: Mapping[tuple[Features, Home], int],
    through: Callable[[object, object], int],
) -> dict[tuple[Features, Home], list[tuple[Features, Home, int]]]:
    """Return each group's devices: those of its home, then its part of what all with its need take from elsewhere."""
    places = sorted(there, key=lambda key: (sorted(key[0]), key[1]))
    from_homes = {
        features: [
            _Pile(home, through(("class", each), ("stock", (each, home)))) for each, home in places if each == features
        ]
        for features, _ in places
    }
    shared = {
        need: [_Pile(each, through(("need", need), ("class", each))) for each in classes]
        for need, classes in fits.items()
    }
    flows = {}
    for group in order:
        need, home = group
        flows[group] = [
            (each, home, count)
            for each in fits[need]
            if (each, home) in there and (count := through(("group", group), ("stock", (each, home))))
        ]
        wanted = through(("group", group), ("need", need))
        for features, count in _drawn(shared[need], wanted):
            flows[group] += [(features, place, some) for place, some in _drawn(from_homes[features], count)]
    return flows


@dataclass(slots=True)
class _Pile(Generic[Named]):
    """Devices that are still to be handed out, under a name."""

    name: Named
    count: int


def _drawn(piles: Iterable[_Pile[Named]], wanted: int) -> list[tuple[Named, int]]:
    """Take so many from the piles, in their order, and return what came from which."""
    taken = []
    for pile in piles:
        if some := min(pile.count, wanted):
            pile.count -= some
            wanted -= some
            taken.append((pile.name, some))
    return taken
