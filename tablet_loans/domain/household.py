"""A household: pupils who share a guardian, across schools; what is doubtful makes none and waits for a person."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.pupil import PupilId
from tablet_loans.text import N_, sort_key

_INSTITUTIONS: Final = frozenset(
    {
        "ase", "association", "centre", "conseil", "departement", "foyer", "hopital", "institut", "maison", "mecs",
        "metropole", "pouponniere", "prefecture", "service", "udaf",
    }
)  # fmt: skip
_STREETS: Final = {
    "all": "allee", "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "boul": "boulevard",
    "chem": "chemin", "che": "chemin", "imp": "impasse", "pl": "place", "rte": "route", "sq": "square",
    "st": "saint", "ste": "sainte",
}  # fmt: skip


class TooFewToJoin(Refusal):
    """A household is made of two pupils or more."""

    sentence = N_("A household is made of two pupils or more.")
    way_out = N_("Name all the pupils who live together.")


class NoHousehold(Refusal):
    """The pupil is in no household, or was set apart before."""

    sentence = N_("This pupil is in no household.")


class Why(StrEnum):
    """Why a household is doubtful."""

    ADDRESS = "address"
    GUARDIAN = "guardian"
    INSTITUTION = "institution"
    CHAIN = "chain"


WHY_WORDS: Final[Mapping[str, str]] = {
    Why.ADDRESS: N_("an address that many pupils share"),
    Why.GUARDIAN: N_("a guardian whom many pupils share"),
    Why.INSTITUTION: N_("an institution"),
    Why.CHAIN: N_("guardians who link many families"),
}


class Carer(NamedTuple):
    """A guardian as households see one: the folded name and address ("" when not known), and the pupils in charge.

    There are hundreds of thousands of them at once: a tuple is made three times quicker.
    """

    id: int
    name_key: str
    address_key: str
    is_institution: bool
    wards: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """The household in which a pupil is, or None, and whether a person decided it."""

    household: int | None
    is_decided: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """Pupils who may be a household, and one of the guardians whom, or whose address, they share."""

    why: Why
    carer: int
    pupils: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DoubtfulPupil:
    """A pupil of a doubtful household; `household` is the one in which he or she is already."""

    id: PupilId
    name: str
    school: str
    class_name: str
    household: int | None


@dataclass(frozen=True, slots=True)
class DoubtfulHousehold:
    """Pupils of whom a person says whether they live together; `shared` is the name or address they share."""

    why: Why
    shared: str
    pupils: tuple[DoubtfulPupil, ...]


@dataclass(frozen=True, slots=True)
class Gathering:
    """Who lives with whom: the household of each pupil who is not alone, and what a person should look at."""

    households: Mapping[int, int]
    doubts: tuple[Doubt, ...]


def name_key(family_name: str, given_name: str) -> str:
    """Return a guardian's name folded, so that two files' spellings of one person meet."""
    return sort_key(family_name, given_name)


def address_key(address: str, postcode: str, commune: str) -> str:
    """Return an address folded, usual short forms spelt out; "" unless it says both street and place."""
    words = [_STREETS.get(word, word) for word in sort_key(address).split()]
    place = sort_key(postcode) or sort_key(commune)
    return f"{' '.join(words)} {place}" if words and place else ""


def is_institution(family_name: str, given_name: str) -> bool:
    """Say whether a name is that of an institution rather than of a person."""
    return not given_name.strip() and not _INSTITUTIONS.isdisjoint(sort_key(family_name).split())


def guardian_name(civility: str, family_name: str, given_name: str) -> str:
    """Return a guardian's name as it is written: M. DUPONT Jean."""
    return " ".join(part for part in (civility, family_name.upper(), given_name) if part)


def gathered(carers: Iterable[Carer], standings: Mapping[int, Standing], most: int) -> Gathering:
    """Return who lives with whom: pupils of one guardian, in one file or by the same name at the same address.

    What more than `most` pupils share, and what an institution looks after, joins nobody; nor do guardians who would
    link more than `most` pupils, one family to the next. Whom a person joined stays
    so, with the others of that household; whom a person set apart joins nobody. A household outlives its guardians.
    """
    every = list(carers)
    crowded = _crowded(every, most)
    parted = {pupil for pupil, now in standings.items() if now.is_decided and now.household is None}
    joining = dict[int, list[int]]()
    doubts = [Doubt(Why.ADDRESS, carer, tuple(sorted(wards))) for carer, wards in crowded.values()]
    for person in _persons(every, crowded):
        if len(person.wards) < 2:
            continue
        if person.is_institution or len(person.wards) > most:
            why = Why.INSTITUTION if person.is_institution else Why.GUARDIAN
            doubts.append(Doubt(why, person.id, tuple(sorted(person.wards))))
        else:
            joining[person.id] = [pupil for pupil in person.wards if pupil not in parted]
    forest, chains = _joined(joining, most)
    doubts += chains
    for known in _remembered(every, standings):
        forest.join(known)
    households = _named(forest.groups(), standings)
    return Gathering(households, tuple(_still_open(doubts, households, standings)))


def changes(gathering: Gathering, standings: Mapping[int, Standing]) -> dict[int, int | None]:
    """Return the households that change, by pupil; what a person decided does not."""
    after: dict[int, int | None] = {pupil: None for pupil in standings if pupil not in gathering.households}
    after |= gathering.households
    alone = Standing(None, is_decided=False)
    return {
        pupil: household
        for pupil, household in after.items()
        if not (now := standings.get(pupil, alone)).is_decided and now.household != household
    }


def _joined(joining: Mapping[int, Sequence[int]], most: int) -> tuple["_Forest", list[Doubt]]:
    """Return whom guardians join, and the chains of families too long to be one: these join nobody."""
    forest = _Forest()
    for wards in joining.values():
        forest.join(wards)
    long = [sorted(group) for group in forest.groups() if len(group) > most]
    if not long:
        return forest, []
    chained = {pupil: place for place, group in enumerate(long) for pupil in group}
    first: dict[int, int] = {}
    shorter = _Forest()
    for person, wards in joining.items():
        if wards and wards[0] in chained:
            first.setdefault(chained[wards[0]], person)
        else:
            shorter.join(wards)
    return shorter, [Doubt(Why.CHAIN, first[place], tuple(group)) for place, group in enumerate(long)]


def _crowded(carers: Iterable[Carer], most: int) -> dict[str, tuple[int, set[int]]]:
    """Return the addresses that too many pupils share, each with the first of its guardians and its pupils."""
    first: dict[str, Carer] = {}
    shared: dict[str, set[int]] = {}
    for carer in carers:
        if not (home := carer.address_key) or (other := first.setdefault(home, carer)) is carer:
            continue
        if home not in shared:
            shared[home] = set(other.wards)
        shared[home].update(carer.wards)
    many = {home: (first[home].id, wards) for home, wards in shared.items() if len(wards) > most}
    alone = (carer for home, carer in first.items() if home not in shared and len(carer.wards) > most)
    return many | {carer.address_key: (carer.id, set(carer.wards)) for carer in alone}


def _persons(carers: Iterable[Carer], crowded: Collection[str]) -> Iterable[Carer]:
    """Return each person once, with all wards, whatever the number of schools whose files name him or her."""
    persons: dict[Hashable, Carer] = {}
    for carer in carers:
        is_told_apart = not carer.name_key or not carer.address_key or carer.address_key in crowded
        key: Hashable = carer.id if is_told_apart else carer[1:3]
        if (known := persons.setdefault(key, carer)) is not carer:
            wards = tuple({*known.wards, *carer.wards})
            persons[key] = Carer(*known[:3], known.is_institution or carer.is_institution, wards)
    return persons.values()


def _remembered(carers: Iterable[Carer], standings: Mapping[int, Standing]) -> Iterator[list[int]]:
    """Yield who stays together whatever the guardians say: joined by a person, or known from guardians now gone."""
    members: dict[int, list[int]] = {}
    for pupil, now in standings.items():
        if now.household is not None:
            members.setdefault(now.household, []).append(pupil)
    if not members:
        return
    guarded = {pupil for carer in carers for pupil in carer.wards}
    for together in members.values():
        joined = [pupil for pupil in together if standings[pupil].is_decided]
        yield together if any(pupil not in guarded and pupil not in joined for pupil in together) else joined


def _named(groups: Iterable[list[int]], standings: Mapping[int, Standing]) -> dict[int, int]:
    """Give each household its number: the one that a person's decision gave it, else its smallest pupil."""
    households: dict[int, int] = {}
    for group in groups:
        decided = {pupil: now.household for pupil in group if (now := standings.get(pupil)) and now.is_decided}
        given = [household for household in decided.values() if household is not None]
        number = min(given or group)
        for pupil in group:
            households[pupil] = decided.get(pupil) or number
    return households


def _still_open(
    doubts: Iterable[Doubt], households: Mapping[int, int], standings: Mapping[int, Standing]
) -> Iterator[Doubt]:
    """Leave out what a person decided, who are one household already, and the same pupils told twice."""
    told: set[tuple[int, ...]] = set()
    for doubt in sorted(doubts, key=lambda each: (each.why is Why.ADDRESS, each.pupils)):
        is_decided = all(pupil in standings and standings[pupil].is_decided for pupil in doubt.pupils)
        are_together = len({households.get(pupil, -pupil) for pupil in doubt.pupils}) == 1
        if not (is_decided or are_together or doubt.pupils in told):
            told.add(doubt.pupils)
            yield doubt


@dataclass(slots=True)
class _Forest:
    """Which pupils are joined, directly or through others."""

    parents: dict[int, int] = field(default_factory=dict)

    def join(self, pupils: Iterable[int]) -> None:
        """Join these pupils and all those whom each is joined with."""
        remaining = iter(pupils)
        first = next(remaining, None)
        for pupil in remaining:
            if first is not None:
                here, there = self._root(first), self._root(pupil)
                self.parents[max(here, there)] = min(here, there)

    def groups(self) -> Iterable[list[int]]:
        """Return the groups of two or more."""
        found: dict[int, list[int]] = {}
        for pupil in self.parents:
            found.setdefault(self._root(pupil), []).append(pupil)
        return found.values()

    def _root(self, pupil: int) -> int:
        parents = self.parents
        parents.setdefault(pupil, pupil)
        while (parent := parents[pupil]) != pupil:
            parents[pupil] = parents[parent]
            pupil = parent
        return pupil
