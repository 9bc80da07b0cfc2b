"""Recognition: who each line of a school's roll is, among the pupils already here; what is ambiguous is never guessed.

A pupil is known by INE wherever he or she was, else in the school by the local number, else by names and birth date,
else by names alone where a date is missing. Who is almost like somebody whom no line names is left to a person.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.identifiers import Ine, ine
from tablet_loans.domain.likeness import Identity, apart, identity, is_same_name, why_doubted
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import ListedPupil
from tablet_loans.text import N_

_OTHERS_INE: Final = N_("The INE {ine} is that of another pupil than the one named here; the line is not taken.")
_OTHERS_NUMBER: Final = N_(
    "The number {number} is that of another pupil than the one named here; the line is not taken."
)
_SEVERAL: Final = N_("Several pupils bear these names; the line is not taken until a birth date or an INE says which.")
_TWO_LINES: Final = N_(
    "This line and line {other} may both be the pupil known by these names; neither is taken."
    " Import once without the line of the new pupil."
)
_TWICE: Final = N_("This pupil already stands on line {first}.")
_FAMILY: Final = frozenset({"family_name", "usage_name"})
_DOUBTED: Final = N_(
    "This may be the pupil known as number {pupil}; the line is not taken until a person says who it is."
)


Same = Mapping[int, int | None] | Collection[int]
"""The lines that are the pupils whom they are doubted to be, with the pupil's id where a person named one."""


class WrongSchool(Refusal):
    """The file says that it is another school's."""

    sentence = N_("This file is not that of the school {school}: it says {said}.")
    way_out = N_("Choose the school that the file says, or export the file again.")


class SchoolNotSaid(Refusal):
    """The file does not say whose it is."""

    sentence = N_("This file does not say which school it comes from.")
    way_out = N_("Name the school by its UAI.")


@dataclass(frozen=True, slots=True)
class KnownPupil:
    """A pupil who is already here, as a school's roll may change him or her."""

    id: int
    ine: str | None
    school_id: int
    local_number: str | None
    family_name: str
    usage_name: str
    given_name: str
    class_name: str
    level: str
    phone: str
    moved_from_id: int | None
    corrected: tuple[str, ...]
    birth_date: date | None
    left_on: date | None
    moved_on: date | None


@dataclass(frozen=True, slots=True)
class Doubted:
    """Somebody here whom a line may be, and why it is doubted."""

    known: KnownPupil
    why: str
    distance: int


@dataclass(slots=True)
class Recognition:
    """Who the lines of a list are, by their place in it: the pupil found, a problem, a doubt; else a new pupil.

    `taken` are the pupils found, `spared` those of whom a line that was not taken says that they are there.
    """

    found: dict[int, KnownPupil] = field(default_factory=dict)
    problems: dict[int, Problem] = field(default_factory=dict)
    doubts: dict[int, Doubted] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    spared: set[int] = field(default_factory=set)
    _wanted: dict[int, list[int]] = field(default_factory=dict)  # the places of the lines that may be each pupil

    def is_open(self, place: int) -> bool:
        """Say whether nothing is known of a line yet."""
        return place not in self.found and place not in self.problems

    def find(self, place: int, known: KnownPupil) -> None:
        """Note whom a line is."""
        self.found[place] = known
        self.taken.add(known.id)

    def want(self, place: int, several: Iterable[KnownPupil]) -> None:
        """Note who a line may be."""
        for known in several:
            self._wanted.setdefault(known.id, []).append(place)

    def rival(self, place: int, known: KnownPupil) -> int | None:
        """Return the place of another line that may be this pupil."""
        return next((rival for rival in self._wanted[known.id] if rival != place), None)

    def spare(self, several: Iterable[KnownPupil]) -> None:
        """Note whom a line that is not taken may be: they are there."""
        self.spared.update(known.id for known in several)

    def is_free(self, known: KnownPupil) -> bool:
        """Say whether no line is this pupil, nor may be."""
        return known.id not in self.taken and known.id not in self.spared and known.id not in self._wanted


class _Crowd:
    """The pupils of a school, found by their names once somebody asks."""

    def __init__(self, here: Sequence[KnownPupil]) -> None:
        self._here = here
        self._by_name: dict[tuple[str, str], list[KnownPupil]] | None = None

    def namesakes(self, one: Identity) -> list[KnownPupil]:
        """Return who bears these names and may be born on that day."""
        if self._by_name is None:
            self._by_name = {}
            for known in self._here:
                bearer = _identity(known)
                for family in bearer.families:
                    self._by_name.setdefault((family, bearer.given), []).append(known)
        found = {known.id: known for family in one.families for known in self._by_name.get((family, one.given), ())}
        return [known for known in found.values() if _may_share_day(one.day, _identity(known).day)]


def recognise(
    listed: Sequence[ListedPupil],
    here: Sequence[KnownPupil],
    by_ine: Mapping[str, KnownPupil],
    *,
    same: Same = (),
    new: Collection[int] = (),
) -> Recognition:
    """Say who each line is, among the pupils of its school, `here`, and those of any school who bear its INE.

    A line in `same` is the pupil whom it is doubted to be, and no other where `same` names one; a line in `new` is
    somebody else.
    """
    who, crowd = Recognition(), _Crowd(here)
    _recognise_by_ine(who, listed, crowd, by_ine)
    siblings = _recognise_by_number(who, listed, crowd, here)
    unknown = {place: _identity(pupil) for place, pupil in enumerate(listed) if here and who.is_open(place)}
    if unknown:
        _recognise_by_names(who, listed, unknown, crowd, is_dated=True)
        _recognise_by_names(who, listed, unknown, crowd, is_dated=False)
        _refuse_siblings(who, listed, siblings)
        _doubt(who, listed, unknown, here, same if isinstance(same, Mapping) else dict.fromkeys(same), new)
    return who


def _identity(pupil: ListedPupil | KnownPupil) -> Identity:
    """Return by what a pupil is told from others; a date corrected by hand is not the one that files say."""
    is_known_otherwise = isinstance(pupil, KnownPupil) and "birth_date" in pupil.corrected
    day = None if is_known_otherwise else pupil.birth_date
    return identity(pupil.family_name, pupil.usage_name, pupil.given_name, day)


def _recognise_by_ine(
    who: Recognition, listed: Sequence[ListedPupil], crowd: _Crowd, by_ine: Mapping[str, KnownPupil]
) -> None:
    first: dict[str, int] = {}
    for place, pupil in enumerate(listed):
        if pupil.ine is None:
            continue
        if (before := first.setdefault(pupil.ine, place)) != place:
            who.problems[place] = Problem(pupil.line, _TWICE, {"first": listed[before].line})
        elif (holder := by_ine.get(pupil.ine)) is None or _bear_one_name(pupil, holder):
            if holder:
                who.find(place, holder)
        elif _is_somebody_else(pupil, holder, rivals := crowd.namesakes(_identity(pupil))):
            who.problems[place] = Problem(pupil.line, _OTHERS_INE, {"ine": pupil.ine})
            who.spared.add(holder.id)
            who.want(place, rivals)  # the line may be theirs: no other line takes them by names alone
            who.spare(rivals)
        else:
            who.find(place, holder)


def _bear_one_name(pupil: ListedPupil, known: KnownPupil) -> bool:
    return pupil.family_name == known.family_name and pupil.given_name == known.given_name


def _is_somebody_else(pupil: ListedPupil, holder: KnownPupil, rivals: Sequence[KnownPupil]) -> bool:
    """Say whether a line's code belongs to another: nothing else is alike, or somebody else here bears its names."""
    one, other = _identity(pupil), _identity(holder)
    if is_same_name(one, other):
        return False
    if _is_sibling(one, other):
        return True
    is_same_day = one.day is not None and one.day == other.day
    is_alike = not one.families.isdisjoint(other.families) or one.given == other.given or is_same_day
    return not is_alike or any(rival.id != holder.id for rival in rivals)


def _is_sibling(one: Identity, other: Identity) -> bool:
    """Say whether a family name is all that two children share: another given name, born on another day."""
    is_other_given = apart(one.given, other.given) is None
    return is_other_given and not _may_share_day(one.day, other.day) and not one.families.isdisjoint(other.families)


def _recognise_by_number(
    who: Recognition, listed: Sequence[ListedPupil], crowd: _Crowd, here: Sequence[KnownPupil]
) -> dict[int, KnownPupil]:
    """Find the lines by their number in the school's own base; a number that is plainly another's proves nothing.

    Return the lines whose number is that of a brother or a sister, by their place.
    """
    siblings: dict[int, KnownPupil] = {}
    if not any(pupil.local_number for pupil in listed):
        return siblings
    by_number: dict[str, KnownPupil | None] = {}
    for known in here:
        if known.local_number:
            by_number[known.local_number] = None if known.local_number in by_number else known
    for place, pupil in enumerate(listed):
        holder = by_number.get(pupil.local_number or "")
        if holder is None or not who.is_open(place) or not who.is_free(holder):
            continue
        if _bear_one_name(pupil, holder) or not (
            _are_told_apart(pupil.ine, holder.ine)
            or _is_somebody_else(pupil, holder, crowd.namesakes(_identity(pupil)))
        ):
            who.find(place, holder)
        elif _is_sibling(_identity(pupil), _identity(holder)):
            siblings[place] = holder
    return siblings


def _refuse_siblings(who: Recognition, listed: Sequence[ListedPupil], siblings: Mapping[int, KnownPupil]) -> None:
    """Leave out the lines with the number of a brother or a sister who stands on no other line."""
    for place, holder in siblings.items():
        if who.is_open(place) and holder.id not in who.taken:
            pupil = listed[place]
            who.problems[place] = Problem(pupil.line, _OTHERS_NUMBER, {"number": pupil.local_number})
            who.spare([holder])


def _recognise_by_names(
    who: Recognition,
    listed: Sequence[ListedPupil],
    unknown: Mapping[int, Identity],
    crowd: _Crowd,
    *,
    is_dated: bool,
) -> None:
    """Find the lines that are one pupil and no other; two lines for one pupil, or two pupils for one line, wait."""
    candidates = {
        place: [
            known
            for known in crowd.namesakes(one)
            if known.id not in who.taken
            and (not is_dated or (one.day is not None and known.birth_date is not None))
            and not _are_told_apart(listed[place].ine, known.ine)
        ]
        for place, one in unknown.items()
        if who.is_open(place)
    }
    for place, several in candidates.items():
        who.want(place, several)
    for place, several in candidates.items():
        line = listed[place].line
        if len(several) > 1:
            who.problems[place] = Problem(line, _SEVERAL)
            who.spare(several)
        elif several and (rival := who.rival(place, several[0])) is not None:
            who.problems[place] = Problem(line, _TWO_LINES, {"other": listed[rival].line})
            who.spare(several)
        elif several:
            who.find(place, several[0])


def _doubt(
    who: Recognition,
    listed: Sequence[ListedPupil],
    unknown: Mapping[int, Identity],
    here: Sequence[KnownPupil],
    same: Mapping[int, int | None],
    new: Collection[int],
) -> None:
    """Leave to a person the lines that are almost a pupil whom no line names, unless a person has said who they are."""
    free = _Free([known for known in here if who.is_free(known)])
    places = [place for place in unknown if who.is_open(place) and listed[place].line not in new] if free else []
    for place in [each for each in places if listed[each].line in same]:
        doubted = free.nearest(listed[place], unknown[place], who.taken)
        if doubted and same[listed[place].line] in (None, doubted.known.id):
            who.find(place, doubted.known)
    likely = {
        place: doubted
        for place in places
        if who.is_open(place) and (doubted := free.nearest(listed[place], unknown[place], who.taken))
    }
    near: dict[int, list[int]] = {}
    for place, doubted in likely.items():
        near.setdefault(doubted.known.id, []).append(place)
    for several in near.values():
        least = min(likely[place].distance for place in several)
        nearest_ones = [place for place in several if likely[place].distance == least]  # others are a line's twins
        for place in nearest_ones:
            known = likely[place].known
            if len(nearest_ones) == 1 and _is_corrected(unknown[place], known):
                who.find(place, known)
            else:
                who.doubts[place] = likely[place]
                who.spared.add(known.id)
                who.problems[place] = Problem(listed[place].line, _DOUBTED, {"pupil": known.id})


def _is_corrected(one: Identity, known: KnownPupil) -> bool:
    """Say whether a line differs from a pupil by nothing but what was corrected here by hand."""
    other = _identity(known)
    is_family_known = not one.families.isdisjoint(other.families) or not _FAMILY.isdisjoint(known.corrected)
    is_given_known = one.given == other.given or "given_name" in known.corrected
    return is_family_known and is_given_known and _may_share_day(one.day, other.day)


class _Free:
    """The pupils whom no line names, found by what they share with a line: the day, or a name."""

    def __init__(self, free: Sequence[KnownPupil]) -> None:
        self._sharing: dict[Hashable, list[tuple[KnownPupil, Identity]]] = {}
        for known in free:
            other = _identity(known)
            for shared in _offered(other):
                self._sharing.setdefault(shared, []).append((known, other))

    def __bool__(self) -> bool:
        return bool(self._sharing)

    def nearest(self, pupil: ListedPupil, one: Identity, taken: Collection[int]) -> Doubted | None:
        """Return the pupil whom a line may be, the likeliest when there are several, or None."""
        near = [
            Doubted(known, likeness.why, likeness.distance)
            for known, other in {
                known.id: (known, other) for shared in _asked(one) for known, other in self._sharing.get(shared, ())
            }.values()
            if known.id not in taken
            and (likeness := why_doubted(one, other))
            and not _are_told_apart(pupil.ine, known.ine)
        ]
        return min(near, key=lambda doubted: (doubted.distance, doubted.known.id), default=None)


def _offered(other: Identity) -> list[Hashable]:
    """Return what a pupil may share with a line; a given name alone counts where one of the dates is missing."""
    by_given = [("given", other.given), *([] if other.day else [("given, undated", other.given)])]
    return [*_family_and_day(other), *by_given]


def _asked(one: Identity) -> list[Hashable]:
    """Return what a line looks for in a pupil who may be near."""
    return [*_family_and_day(one), ("given, undated" if one.day else "given", one.given)]


def _family_and_day(one: Identity) -> list[Hashable]:
    return [*(("family", family) for family in one.families), *([one.day] if one.day else [])]


def _may_share_day(one: date | None, other: date | None) -> bool:
    return one is None or other is None or one == other


def _are_told_apart(code: str | None, known_code: str | None) -> bool:
    """Say whether two INEs make two pupils: a doubtful one proves nothing."""
    return code is not None and known_code is not None and {ine(code), ine(known_code)} == {Ine.VALID}
