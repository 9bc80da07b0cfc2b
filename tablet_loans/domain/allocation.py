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
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.ranking import Candidate, lot, ranked
from tablet_loans.domain.rules import ReserveTooLarge, Rules
from tablet_loans.domain.school import SchoolId
from tablet_loans.domain.transport import Network
from tablet_loans.text import N_

Named = TypeVar("Named")
Home = str
"""Where devices stand: a depot's name, or a school's own stock, named by whoever builds the supply."""
_Group = tuple[Features, tuple[Home, ...]]
"""Pupils who need the same and whose schools are served from the same places."""


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
    """All that decides a plan; `homes` says from where each school is served without moving a device far."""

    candidates: Sequence[Candidate]
    stock: Sequence[Stock]
    homes: Mapping[SchoolId, tuple[Home, ...]]
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
class Grounds:
    """What decided a rank, as it counted: a priority beyond the school's share is none, and `is_capped`.

    `nth` is which device of the home it would be, from 0; `required` what the device must have.
    """

    equipment: Equipment
    is_priority: bool
    is_capped: bool
    is_exam_year: bool
    nth: int
    is_pinned: bool
    required: Features


@dataclass(frozen=True, slots=True)
class Choice:
    """What a plan decides for one candidate: rank from 1 (0 when excluded), and the class and place when served.

    Who waits has a `shortage`, and `ahead`: how many who wait for the same devices come before.
    """

    pupil: PupilId
    school: SchoolId
    rank: int
    outcome: Outcome
    grounds: Grounds
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
    capped = _capped(instance)
    order = ranked(_without_priority(in_play, capped), instance.rules.criteria, instance.seed)
    grounds = _grounds(order, instance.pinned, capped)
    order = _pinned_first(order, instance.pinned)
    step(1, _STEPS)
    supply: Counter[Features] = Counter()
    for each in instance.stock:
        supply[each.features] += each.count
    shortages = served([each.required for each in order], supply)
    step(2, _STEPS)
    taking = [each for each, shortage in zip(order, shortages, strict=True) if shortage is None]
    given = iter(_given(taking, instance))
    step(3, _STEPS)
    choices = list(_told(order, shortages, given, grounds))
    apart = sorted((each for each in instance.candidates if each.pupil in instance.excluded), key=_id)
    grounds = _grounds(_without_priority(apart, capped), frozenset(), capped)
    choices += [Choice(each.pupil, each.school, 0, Outcome.EXCLUDED, grounds[each.pupil]) for each in apart]
    step(_STEPS, _STEPS)
    return choices


def held_back(stock: Sequence[Stock], rules: Rules, places: Mapping[str, tuple[Home, ...]]) -> list[Stock]:
    """Return the stock without the reserves: a school's from its own places first, then the campaign's.

    `places` says by UAI which places are a school's own. Devices are taken from the largest piles, the plainest first.
    Raises: ReserveTooLarge.
    """
    left = {(each.features, each.home): each.count for each in stock}
    if rules.reserved > (ready := sum(left.values())) > 0:
        raise ReserveTooLarge(reserved=rules.reserved, ready=ready)
    for uai, count in sorted(rules.school_reserves):
        missing = _put_aside(left, count, [key for key in left if key[1] in places.get(uai, ())])
        _put_aside(left, missing, list(left))
    _put_aside(left, rules.reserve, list(left))
    return [Stock(*key, count) for key, count in left.items() if count]


def _put_aside(left: dict[tuple[Features, Home], int], count: int, keys: Sequence[tuple[Features, Home]]) -> int:
    """Take so many devices off these piles, and return how many were not there."""
    while count > 0 and any(left[key] for key in keys):
        key = min(keys, key=lambda key: (-left[key], len(key[0]), sorted(key[0]), key[1]))
        others = [left[other] for other in keys if other != key]
        some = min(count, max(1, left[key] - max(others, default=0)))
        left[key] -= some
        count -= some
    return count


def _id(candidate: Candidate) -> PupilId:
    return candidate.pupil


def _capped(instance: Instance) -> frozenset[PupilId]:
    """Return whose priority lies beyond the school's share: the later requests, then by lot."""
    percent = instance.rules.priority_cap_percent
    if percent >= 100:
        return frozenset()
    sizes = Counter(each.school for each in instance.candidates)
    left = {school: size * percent // 100 for school, size in sizes.items()}
    capped = set()
    first_come = sorted(
        (each for each in instance.candidates if each.is_priority),
        key=lambda each: (each.asked_on, lot(instance.seed, "pupil", each.pupil)),
    )
    for each in first_come:
        if left[each.school]:
            left[each.school] -= 1
        else:
            capped.add(each.pupil)
    return frozenset(capped)


def _without_priority(candidates: Sequence[Candidate], capped: frozenset[PupilId]) -> Sequence[Candidate]:
    if not capped:
        return candidates
    return [replace(each, is_priority=False) if each.pupil in capped else each for each in candidates]


def _grounds(
    order: Iterable[Candidate], pinned: frozenset[PupilId], capped: frozenset[PupilId]
) -> dict[PupilId, Grounds]:
    """Return what decided each rank, members of a home counted in the order in which they are ranked."""
    homes: Counter[int] = Counter()
    known: dict[Grounds, Grounds] = {}
    grounds = {}
    for each in order:
        made = Grounds(
            each.equipment, each.is_priority, each.pupil in capped, each.is_exam_year,
            each.received + homes[each.household], each.pupil in pinned, each.required,
        )  # fmt: skip
        homes[each.household] += 1
        grounds[each.pupil] = known.setdefault(made, made)
    return grounds


def _pinned_first(order: Iterable[Candidate], pinned: frozenset[PupilId]) -> list[Candidate]:
    """Return those pinned before the others, each in their order."""
    return sorted(order, key=lambda each: each.pupil not in pinned)


def _told(
    order: Sequence[Candidate],
    shortages: Sequence[Shortage | None],
    given: Iterator[tuple[Features, Home]],
    grounds: Mapping[PupilId, Grounds],
) -> Iterator[Choice]:
    waiting: Counter[frozenset[Features]] = Counter()
    for rank, (each, shortage) in enumerate(zip(order, shortages, strict=True), 1):
        if shortage is None:
            features, home = next(given)
            yield Choice(each.pupil, each.school, rank, Outcome.SERVED, grounds[each.pupil], features, home)
        else:
            ahead = waiting[shortage.classes]
            yield Choice(
                each.pupil, each.school, rank, Outcome.WAITING, grounds[each.pupil], shortage=shortage, ahead=ahead
            )
            waiting[shortage.classes] += 1


def _given(taking: Sequence[Candidate], instance: Instance) -> list[tuple[Features, Home]]:
    """Return the class and the place of each one's device: fewest features wasted, then fewest devices moved."""
    if not taking:
        return []
    groups: dict[_Group, list[int]] = defaultdict(list)
    for place, each in enumerate(taking):
        groups[each.required, instance.homes.get(each.school, ())].append(place)
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


def _cheapest(groups: Mapping[_Group, int], stock: Sequence[Stock]) -> dict[_Group, list[tuple[Features, Home, int]]]:
    """Return from which stock each group of pupils is served, all of them.

    A group takes from its own homes, or gives its need to everybody's; a class of everybody's takes from any home.
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
        need, own = group
        arcs.append(("from", ("group", group), groups[group], 0))
        arcs.append((("group", group), ("need", need), groups[group], 1))
        arcs += [
            (("group", group), ("stock", (each, home)), groups[group], most * len(each - need))
            for each in fits[need]
            for home in own
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
    order: Sequence[_Group],
    fits: Mapping[Features, Sequence[Features]],
    there: Mapping[tuple[Features, Home], int],
    through: Callable[[object, object], int],
) -> dict[_Group, list[tuple[Features, Home, int]]]:
    """Return each group's devices: those of its homes, then its part of what all with its need take from elsewhere."""
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
        need, own = group
        flows[group] = [
            (each, home, count)
            for each in fits[need]
            for home in own
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
