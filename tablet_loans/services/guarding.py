"""Guarding: which pupils, and which guardians already known, the lines of a school's guardians' file are."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tablet_loans.domain.household import address_key, is_institution, name_key
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import Care, ListedGuardian, ListedWard
from tablet_loans.services.importers.guardian_lines import LONGEST
from tablet_loans.storage.guardians import COLUMNS, KnownCare, KnownGuardian, KnownWard
from tablet_loans.text import N_, sort_key

_OWN: Final = ("local_number", "civility", "family_name", "given_name", "phone", "mobile", "email")
_HOME: Final = ("address", "postcode", "commune")
_NOTHING: Final[Mapping[str, object]] = {column: None if column == "local_number" else "" for column in (*_OWN, *_HOME)}

NameKey = tuple[str, str]


@dataclass(slots=True)
class Person:
    """A guardian whom lines of the file describe: known already, or new; `cares` are what the file says of pupils."""

    line: int
    known: KnownGuardian | None
    values: dict[str, object]
    cares: dict[int, Care] = field(default_factory=dict)
    is_met: bool = False

    def meet(self, listed: ListedGuardian, wards: Mapping[int, Care]) -> None:
        """Take over what a line says; an empty cell erases nothing, and an address goes as a whole."""
        if not self.is_met:
            self.line, self.is_met = listed.line, True
        said = {column: value for column in _OWN if (value := getattr(listed, column))}
        if listed.address:
            said |= {column: getattr(listed, column) for column in _HOME}
        self.values |= said
        self.values["is_institution"] = listed.is_institution or is_institution(*self._texts(*_OWN[2:4]))
        self.values["name_key"] = name_key(*self._texts(*_OWN[2:4]))
        self.values["address_key"] = address_key(*self._texts(*_HOME))
        self.cares |= wards

    def after(self) -> dict[str, object]:
        """Return the columns that change."""
        return {column: self.values[column] for column in COLUMNS if self.values[column] != getattr(self.known, column)}

    def _texts(self, *columns: str) -> tuple[str, ...]:
        return tuple(str(self.values[column]) for column in columns)


@dataclass(slots=True)
class Shelf:
    """The pupils and guardians of one school, found by what its file says of them."""

    school_id: int
    uai: str
    cares: Mapping[tuple[int, int], KnownCare]
    by_number: dict[str, KnownWard] = field(default_factory=dict)
    by_names: dict[NameKey, list[KnownWard]] = field(default_factory=dict)
    numbered: dict[str, Person] = field(default_factory=dict)
    named: dict[str, list[Person]] = field(default_factory=dict)
    wards: dict[int, set[int]] = field(default_factory=dict)

    def stock(self, pupils: Iterable[KnownWard], guardians: Iterable[KnownGuardian]) -> None:
        """Put the school's pupils and guardians in their places."""
        for pupil in pupils:
            if pupil.local_number:
                self.by_number[pupil.local_number] = pupil
            for family_name in {pupil.family_name, pupil.usage_name} - {""}:
                self.by_names.setdefault(_names(family_name, pupil.given_name), []).append(pupil)
        for guardian_id, pupil_id in self.cares:
            self.wards.setdefault(guardian_id, set()).add(pupil_id)
        for guardian in guardians:
            self._place(Person(0, guardian, {column: getattr(guardian, column) for column in COLUMNS}))

    def pupils(self, listed: ListedGuardian) -> tuple[dict[int, Care], list[Problem]]:
        """Return the pupils whom a line's guardian looks after, and why others were not found."""
        found: dict[int, Care] = {}
        problems: list[Problem] = []
        for ward in listed.wards:
            several = self._alike(ward)
            if len(several) == 1:
                found[several[0].id] = ward.care
            else:
                problems.append(_why_not_found(listed.line, ward, is_unknown=not several))
        return found, problems

    def person(self, listed: ListedGuardian, wards: Iterable[int]) -> Person | Problem:
        """Return the guardian whom a line describes, new when nobody known is alike, or why that is not sure."""
        if listed.local_number and (person := self.numbered.get(listed.local_number)):
            return person
        looked_after = set(wards)
        alike = [
            person
            for person in self.named.get(name_key(listed.family_name, listed.given_name), ())
            if not _are_told_apart(listed, person) and self._is_alike(listed, person, looked_after)
        ]
        if len(alike) > 1:
            template = N_("Several guardians of this school are alike; the line is not taken.")
            return Problem(listed.line, template)
        return alike[0] if alike else Person(listed.line, None, dict(_NOTHING))

    def keep(self, person: Person) -> None:
        """Let later lines find a person as this line describes him or her."""
        if number := person.values["local_number"]:
            self.numbered[str(number)] = person
        namesakes = self.named.setdefault(str(person.values["name_key"]), [])
        if not any(each is person for each in namesakes):
            namesakes.append(person)

    _place = keep

    def _alike(self, ward: ListedWard) -> Sequence[KnownWard]:
        """Return the pupils who may be a ward: one by number, else those of these names, then of this class."""
        if ward.local_number and (pupil := self.by_number.get(ward.local_number)):
            return (pupil,)
        if not (ward.family_name or ward.given_name):
            return ()
        several = [
            pupil
            for pupil in self.by_names.get(_names(ward.family_name, ward.given_name), ())
            if not (ward.local_number and pupil.local_number)  # two numbers make two pupils
        ]
        present = _nearest(several, lambda pupil: not pupil.has_left)
        class_name = sort_key(ward.class_name)
        return _nearest(present, lambda pupil: bool(class_name) and sort_key(pupil.class_name) == class_name)

    def _is_alike(self, listed: ListedGuardian, person: Person, wards: set[int]) -> bool:
        """Say whether a namesake is the same person: the same mobile, the same home, or the same pupil."""
        home = address_key(listed.address, listed.postcode, listed.commune)
        number = _dialled(listed.mobile)
        known_wards = person.cares.keys() | (self.wards.get(person.known.id, set()) if person.known else set())
        return (
            bool(number and number == _dialled(str(person.values["mobile"])))
            or bool(home and home == person.values["address_key"])
            or not wards.isdisjoint(known_wards)
        )


def why_not_keep(listed: ListedGuardian) -> Problem | None:
    """Return why a line says more than the base keeps, or nobody's name, or None."""
    if not (listed.family_name.strip() or listed.given_name.strip()):
        return Problem(listed.line, N_("The guardian has no name; the line is not taken."))
    for column, longest in LONGEST.items():
        if len(said := getattr(listed, column) or "") > longest:
            template = N_("“{text}...” is too long: {longest} characters at most.")
            return Problem(listed.line, template, {"text": said[:20], "longest": longest})
    return None


def _names(family_name: str, given_name: str) -> NameKey:
    return sort_key(family_name), sort_key(given_name)


def _nearest(several: Sequence[KnownWard], is_nearer: Callable[[KnownWard], bool]) -> Sequence[KnownWard]:
    """Return those who are nearer, all when nobody is or when there is no doubt."""
    return ([pupil for pupil in several if is_nearer(pupil)] or several) if len(several) > 1 else several


def _dialled(number: str) -> str:
    """Return a phone number's digits as they are dialled in France."""
    digits = "".join(mark for mark in number if mark.isdigit())
    return f"0{digits[-9:]}" if len(digits) >= 9 else ""


def _are_told_apart(listed: ListedGuardian, person: Person) -> bool:
    known = person.values["local_number"]
    return bool(listed.local_number and known and listed.local_number != known)


def _why_not_found(line: int, ward: ListedWard, *, is_unknown: bool) -> Problem:
    name = f"{ward.family_name} {ward.given_name}".strip()
    if not is_unknown:
        return Problem(
            line, N_("Several pupils of this school are called {name}: no guardian is noted."), {"name": name}
        )
    if name:
        return Problem(line, N_("No pupil of this school is called {name}: no guardian is noted."), {"name": name})
    facts = {"number": ward.local_number or "?"}
    return Problem(line, N_("No pupil of this school bears the number {number}: no guardian is noted."), facts)
