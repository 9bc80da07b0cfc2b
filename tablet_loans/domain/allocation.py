"""Allocation: which pupil in need gets which class of device, and from where; exactly, and with each reason.

Ranked (`ranking`), then served in that order as far as the devices go (`matching`), then given the classes and the
places that waste the fewest features, and among those move the fewest devices (`dispatch`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Final

from tablet_loans.domain.dispatch import Group, Pile, dispatched
from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.matching import Features, Shortage, served_with_ahead
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.ranking import Candidate, lot, ranked
from tablet_loans.domain.rules import Rules
from tablet_loans.domain.school import SchoolId
from tablet_loans.text import N_, grouped, tr, trn

VERSION: Final = "2026-11: 2"
"""The way a plan is made from an instance: another one, another name, for an older plan is not made again by it."""
Home = str
"""Where devices stand: a depot's name, or a school's own stock, named by whoever builds the supply."""


class NoPlan(Refusal):
    """The campaign has no plan at all."""

    sentence = N_("The campaign “{campaign}” has no plan yet.")
    way_out = N_("Run “tablet-loans allocate” first; --apply makes it promises.")


class UnknownPlan(NoPlan):
    """The campaign has plans, and none of this number."""

    sentence = N_("The campaign “{campaign}” has no plan {plan}.")
    way_out = N_("Its plans are: {known}.")


class NothingApplied(NoPlan):
    """The campaign has plans, and no applied one that stands."""

    sentence = N_("No plan of the campaign “{campaign}” is applied.")
    way_out = N_("Apply one first: “tablet-loans allocate” with --apply.")


class PlanNotApplied(NoPlan):
    """The plan is a draft: there is nothing of it to withdraw."""

    sentence = N_("Plan {plan} of the campaign “{campaign}” is not applied.")
    way_out = N_("“tablet-loans plan list” tells the plans and their states.")


class PlanOutdated(Refusal):
    """What the plan was made from is no longer so: so many pupils and devices differ, or what they are."""

    sentence = N_("The base changed since this plan was made.")
    way_out = N_("Make the plan again: promises already made are kept.")

    def spoken(self) -> str:
        """Return what changed, and what to do, in the reader's language."""
        pupils, devices = int(str(self.facts["pupils"])), int(str(self.facts["devices"]))
        counted = [
            *([trn("{count} pupil", "{count} pupils", pupils).format(count=grouped(pupils))] if pupils else []),
            *([trn("{count} device", "{count} devices", devices).format(count=grouped(devices))] if devices else []),
        ]
        differs = [tr("What differs: {counts}.").format(counts=", ".join(counted))] if counted else []
        return " ".join([tr(self.sentence), *differs, tr(self.way_out)])


class AlreadyApplied(Refusal):
    """Somebody applied the plan before."""

    sentence = N_("Plan {plan} was applied by {actor} on {applied_on} at {at}.")
    way_out = N_("Look at who was promised a device; for those who wait, make a new plan.")


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
class Claim:
    """A priority of a pupil who has a device, lent or promised: it counts in the school's share all the same."""

    pupil: PupilId
    school: SchoolId
    asked_on: date


@dataclass(frozen=True, slots=True)
class Instance:
    """All that decides a plan; `homes` says from where each school is served without moving a device far.

    `equipped` counts each school's pupils of the campaign who have a device lent or promised already, and `claims` are
    their priorities; `held_back` is how many devices the reserves keep, of those that the rules want kept.
    """

    candidates: Sequence[Candidate]
    stock: Sequence[Stock]
    homes: Mapping[SchoolId, tuple[Home, ...]]
    seed: str
    rules: Rules = field(default_factory=Rules)
    pinned: frozenset[PupilId] = frozenset()
    excluded: frozenset[PupilId] = frozenset()
    equipped: Mapping[SchoolId, int] = field(default_factory=dict)
    claims: Sequence[Claim] = ()
    held_back: int = 0
    version: str = VERSION

    @property
    def standings(self) -> dict[SchoolId, tuple[int, int]]:
        """Return by school how many lack equipment, and how many of them have a device already."""
        in_need = Counter(each.school for each in self.candidates)
        in_need.update(self.equipped)
        return {school: (count, self.equipped.get(school, 0)) for school, count in in_need.items()}


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

    Who waits has a `shortage`, and `ahead`: how many devices that have just what is required it takes beside her or his
    own, which those who come before would receive, or the reserves that are not full.
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
    capped = _capped(instance, in_play)
    rules, known = instance.rules, _without_priority(in_play, capped)
    order = ranked(known, rules.criteria, instance.seed, equipped=instance.equipped, pinned=instance.pinned)
    grounds = _grounds(order, instance.pinned, capped)
    step(1, _STEPS)
    supply: Counter[Features] = Counter()
    for each in instance.stock:
        supply[each.features] += each.count
    shortages, ahead = served_with_ahead([each.required for each in grounds], supply)
    step(2, _STEPS)
    taking = [each for each, shortage in zip(order, shortages, strict=True) if shortage is None]
    given = iter(_given(taking, instance))
    step(3, _STEPS)
    choices = list(_told(order, shortages, ahead, given, grounds, rules.reserved))
    apart = sorted((each for each in instance.candidates if each.pupil in instance.excluded), key=_id)
    grounds = _grounds(apart, frozenset(), capped)
    choices += [
        Choice(each.pupil, each.school, 0, Outcome.EXCLUDED, made) for each, made in zip(apart, grounds, strict=True)
    ]
    step(_STEPS, _STEPS)
    return choices


def held_back(stock: Sequence[Stock], rules: Rules, places: Mapping[str, tuple[Home, ...]]) -> list[Stock]:
    """Return the stock without the reserves: a school's from its own places first, then the campaign's.

    `places` says by UAI which places are a school's own. Devices are taken from the largest piles, the plainest first;
    where there are fewer than the rules want kept, all are.
    """
    left: Counter[Pile] = Counter()
    for each in stock:
        left[each.features, each.home] += each.count
    for uai, count in sorted(rules.school_reserves):
        missing = _put_aside(left, count, [key for key in left if key[1] in places.get(uai, ())])
        _put_aside(left, missing, list(left))
    _put_aside(left, rules.reserve, list(left))
    return [Stock(*key, count) for key, count in left.items() if count]


def _put_aside(left: dict[Pile, int], count: int, keys: Sequence[Pile]) -> int:
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


def _capped(instance: Instance, in_play: Sequence[Candidate]) -> frozenset[PupilId]:
    """Return whose priority lies beyond the school's share: the later requests, then by lot.

    The share is of the school's pupils in the whole campaign, and those who have a device count within it; so plans
    that follow each other cap the same pupils as one plan would.
    """
    percent = instance.rules.priority_cap_percent
    if percent >= 100:
        return frozenset()
    sizes = Counter(each.school for each in in_play)
    sizes.update(instance.equipped)
    left = {school: size * percent // 100 for school, size in sizes.items()}
    claims = [
        *instance.claims,
        *(Claim(each.pupil, each.school, each.asked_on) for each in in_play if each.is_priority),
    ]
    capped = set()
    for each in sorted(claims, key=lambda each: (each.asked_on, lot(instance.seed, "pupil", each.pupil))):
        if left.get(each.school):
            left[each.school] -= 1
        else:
            capped.add(each.pupil)
    return frozenset(capped)


def _without_priority(candidates: Sequence[Candidate], capped: frozenset[PupilId]) -> Sequence[Candidate]:
    if not capped:
        return candidates
    return [replace(each, is_priority=False) if each.pupil in capped else each for each in candidates]


def _grounds(order: Iterable[Candidate], pinned: frozenset[PupilId], capped: frozenset[PupilId]) -> list[Grounds]:
    """Return what decided each rank, members of a home counted in the order in which they are ranked.

    Pupils alike share theirs, which are compared at a glance from here on.
    """
    homes: dict[int, int] = defaultdict(int)
    known: dict[tuple[object, ...], Grounds] = {}
    grounds = []
    for each in order:
        facts = (
            each.equipment, each.is_priority, each.pupil in capped, each.is_exam_year,
            each.received + homes[each.household], each.pupil in pinned, each.required,
        )  # fmt: skip
        homes[each.household] += 1
        if (made := known.get(facts)) is None:
            made = known[facts] = Grounds(*facts)
        grounds.append(made)
    return grounds


def _told(
    order: Sequence[Candidate],
    shortages: Sequence[Shortage | None],
    ahead: Sequence[int],
    given: Iterator[Pile],
    grounds: Sequence[Grounds],
    reserved: int,
) -> Iterator[Choice]:
    """Yield the choices; of so many devices more, the reserves take at most all they hold back, wherever from."""
    for rank, (each, shortage, before, made) in enumerate(zip(order, shortages, ahead, grounds, strict=True), 1):
        if shortage is None:
            features, home = next(given)
            yield Choice(each.pupil, each.school, rank, Outcome.SERVED, made, features, home)
        else:
            yield Choice(each.pupil, each.school, rank, Outcome.WAITING, made, None, "", shortage, before + reserved)


def _given(taking: Sequence[Candidate], instance: Instance) -> list[Pile]:
    """Return the class and the place of each one's device: fewest features wasted, then fewest devices moved."""
    if not taking:
        return []
    there: Counter[Pile] = Counter()
    for each in instance.stock:
        there[each.features, each.home] += each.count
    stocked = {home for _, home in there}
    near = {
        school: tuple(dict.fromkeys(home for home in homes if home in stocked))
        for school, homes in instance.homes.items()
    }
    groups: dict[Group, list[int]] = defaultdict(list)
    for place, candidate in enumerate(taking):
        groups[candidate.required, near.get(candidate.school, ())].append(place)
    flows = dispatched({group: len(places) for group, places in groups.items()}, there)
    given: list[Pile] = [(frozenset(), "")] * len(taking)
    for group, places in groups.items():
        remaining = iter(places)
        for pile, count in flows[group]:
            for place in islice(remaining, count):
                given[place] = pile
    return given
