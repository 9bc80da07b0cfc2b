"""The annuaire académique fédérateur: a zip that feeds an ENT with the pupils and guardians of many schools.

Its records stand in several files, and a line is the number of a record among those of its kind.
Source: ficAlimMENESR of the SDET, complete deliveries (ENT1D, ENT2D, ENT2DVA).
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tablet_loans.domain.identifiers import uai
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import Care, GuardianRoster, ListedGuardian, ListedWard, Roster, RosterKind, Spoilt
from tablet_loans.domain.trouble import WrongFile
from tablet_loans.services.importers import content, guardian_lines, xml_stream
from tablet_loans.services.importers.archive import SEVERAL, Archive, unpacked
from tablet_loans.services.importers.roll_lines import RollLines, Taken
from tablet_loans.services.importers.signatures import GUARDIANS_FILE, PUPILS_FILE
from tablet_loans.services.importers.xml_stream import Element, tidy
from tablet_loans.text import N_

ROOT: Final = "ficAlimMENESR"
_ADDED: Final = "addRequest"
_CHANGES: Final = frozenset({"modifyRequest", "deleteRequest"})
_REQUESTS: Final = frozenset({_ADDED, *_CHANGES})
_SCHOOLS: Final = "EtabEducNat"
_PUPILS: Final = "Eleve"
_PERSONS: Final = "PersRelEleve"
_CATEGORIES: Final = frozenset({"categoriePersonne", "categorieStructure"})
_SCHOOL_ATTRIBUTES: Final = frozenset({"ENTStructureJointure", "ENTStructureUAI", "ENTEtablissementUAI"})
_WARD_ATTRIBUTES: Final = frozenset({"ENTPersonJointure", "ENTPersonStructRattach", "ENTEleveStructRattachId"})
_PUPIL_ATTRIBUTES: Final = _WARD_ATTRIBUTES | {
    "ENTEleveINE", "ENTPersonNomPatro", "sn", "givenName", "ENTPersonDateNaissance", "ENTEleveClasses",
}  # fmt: skip
_LINK_ATTRIBUTES: Final = _WARD_ATTRIBUTES | {"ENTElevePersRelEleve", "ENTEleveAutoriteParentale"}
_PERSON_ATTRIBUTES: Final = frozenset({
    "ENTPersonJointure", "personalTitle", "sn", "givenName", "homePhone", "mobile", "mail", "ENTPersonAdresse",
    "ENTPersonCodePostal", "ENTPersonVille",
})  # fmt: skip
_DELTA: Final = N_("an AAF archive that only tells what changed (Delta)")
_CARES: Final = {"1": Care.LEGAL, "2": Care.IN_CHARGE}
_CARE_SERVICE: Final = "51"
_ONESELF: Final = "70"
_PUPIL_BYTES: Final = 3_000
_PERSON_BYTES: Final = 1_200

Said = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class _Delivery:
    """What an archive holds: its files of each kind, the UAI of each structure (None: it has none), and how much."""

    files: dict[str, list[str]]
    schools: dict[str, str | None]
    size: int

    @property
    def uais(self) -> tuple[str, ...]:
        """The UAIs of its schools, in order."""
        return tuple(sorted({school for school in self.schools.values() if school}))

    def school_of(self, said: Said) -> str:
        """Return the UAI of a pupil's school, "" when the archive does not say."""
        structure = _one(said, "ENTPersonStructRattach")
        return self.schools.get(structure) or uai(structure) or ""


def pupils(path: Path) -> Roster:
    """Return the pupils of every school of a delivery, with their classes.

    Raises: FileMissing, FileUnreadable, FileTooLarge, WrongFile.
    """
    delivery = _delivery(path, (_SCHOOLS, _PUPILS), PUPILS_FILE)
    return Roster(RosterKind.AAF, delivery.uais, True, delivery.size // _PUPIL_BYTES + 1, _pupils(path, delivery))


def guardians(path: Path) -> GuardianRoster:
    """Return who looks after the pupils of a delivery; a guardian of pupils of two schools stands once for each.

    Raises: FileMissing, FileUnreadable, FileTooLarge, WrongFile.
    """
    delivery = _delivery(path, (_SCHOOLS, _PUPILS, _PERSONS), GUARDIANS_FILE)
    size = delivery.size // (_PUPIL_BYTES + _PERSON_BYTES) + 1
    return GuardianRoster(RosterKind.AAF, delivery.uais, size, _guardians(path, delivery))


@contextmanager
def _opened(path: Path) -> Iterator[Archive]:
    with content.opened(path) as file, unpacked(file, str(path)) as archive:
        yield archive


def _delivery(path: Path, needed: Collection[str], expected: str) -> _Delivery:
    with _opened(path) as archive:
        if any("_delta_" in name.lower() for name in archive.documents):  # which may only add: nobody has left
            raise WrongFile(path=str(path), found=_DELTA, expected=expected)
        files: dict[str, list[str]] = {}
        for name in archive.documents:
            files.setdefault(_kind(archive, name, expected), []).append(name)
        if not files.keys() >= set(needed):
            raise WrongFile(path=str(path), found=N_("an AAF archive that lacks some of its files"), expected=expected)
        schools: dict[str, str | None] = {}
        for record in _requests(archive, files[_SCHOOLS], expected):
            said = _said(record, _SCHOOL_ATTRIBUTES)
            code = uai(_one(said, "ENTStructureUAI") or _one(said, "ENTEtablissementUAI"))
            for number in {_one(said, "ENTStructureJointure"), _identifier(record)} - {""}:
                schools[number] = code
        size = archive.size(*(name for kind in needed for name in files[kind]))
        return _Delivery(files, schools, size)


def _kind(archive: Archive, name: str, expected: str) -> str:
    """Return what the records of a file are about, "" when it has none. Raises: WrongFile."""
    with archive.member(name) as source:
        root = xml_stream.root(source, archive.path)
    if root != ROOT:
        raise WrongFile(path=archive.path, found=SEVERAL, expected=expected)
    for record in _requests(archive, [name], expected):
        return next((values[0] for values in _said(record, _CATEGORIES).values()), "")
    return ""


def _requests(archive: Archive, names: Collection[str], expected: str) -> Iterator[Element]:
    """Yield the records of these files. Raises: WrongFile when it only tells what changed."""
    for name in names:
        with archive.member(name) as source:
            for record in xml_stream.records(source, archive.path, _REQUESTS):
                if record.tag in _CHANGES:
                    raise WrongFile(path=archive.path, found=_DELTA, expected=expected)
                yield record


def _pupils(path: Path, delivery: _Delivery) -> Iterator[Taken]:
    lines = RollLines()
    with _opened(path) as archive:
        for line, record in enumerate(_requests(archive, delivery.files[_PUPILS], PUPILS_FILE), 1):
            said = _said(record, _PUPIL_ATTRIBUTES)
            fields = _fields(said)
            if school := delivery.school_of(said):
                yield from lines.take(line, fields, school)
            else:
                facts = {"structure": _one(said, "ENTPersonStructRattach")[:20]}
                problem = Problem(
                    line, N_("The pupil's school, “{structure}”, is not in the file with its UAI."), facts
                )
                yield Spoilt(problem, fields["family_name"], fields["given_name"], usage_name=fields["usage_name"])


def _fields(said: Said) -> dict[str, str]:
    usual = _one(said, "sn")
    return {
        "ine": _one(said, "ENTEleveINE"),
        "family_name": _one(said, "ENTPersonNomPatro") or usual,
        "usage_name": usual,
        "given_name": _one(said, "givenName"),
        "birth_date": _one(said, "ENTPersonDateNaissance"),
        "class_name": _class_name(said),
        "local_number": _local_number(said),
    }


def _class_name(said: Said) -> str:
    """Return the class that a pupil has in the school that answers for her, else the first."""
    structure = _one(said, "ENTPersonStructRattach")
    classes = [value.partition("$") for value in said.get("ENTEleveClasses", ())]
    own = [name for number, _, name in classes if number == structure]
    return tidy(next((name for name in (*own, *(name for _, _, name in classes)) if name), ""))


def _local_number(said: Said) -> str:
    """Return a pupil's number in the school's own base; a primary school's pupil has that of the directory alone."""
    return _one(said, "ENTEleveStructRattachId") or _one(said, "ENTPersonJointure")


@dataclass(slots=True)
class _Links:
    """Whom each person looks after, by school, as the pupils' records say; and who is a service."""

    wards: dict[str, dict[str, list[ListedWard]]] = field(default_factory=dict)
    institutions: set[str] = field(default_factory=set)

    def note(self, said: Said, school: str) -> None:
        """Keep those who look after one pupil."""
        links = [tuple(value.split("$")) for value in said.get("ENTElevePersRelEleve", ())]
        links = links or [(number, "", "", "1") for number in said.get("ENTEleveAutoriteParentale", ())]
        number = _local_number(said)
        for person, *told in links:
            bond = told[0] if told else ""
            if not number or bond == _ONESELF:
                continue
            care = _CARES.get(told[2] if len(told) > 2 else "", Care.CONTACT)
            self.wards.setdefault(tidy(person), {}).setdefault(school, []).append(ListedWard(care, number))
            if bond == _CARE_SERVICE:
                self.institutions.add(tidy(person))


def _guardians(path: Path, delivery: _Delivery) -> Iterator[ListedGuardian | Problem]:
    links = _Links()
    with _opened(path) as archive:
        for record in _requests(archive, delivery.files[_PUPILS], GUARDIANS_FILE):
            said = _said(record, _LINK_ATTRIBUTES)
            if school := delivery.school_of(said):
                links.note(said, school)
        line = 0
        for record in _requests(archive, delivery.files[_PERSONS], GUARDIANS_FILE):
            said = _said(record, _PERSON_ATTRIBUTES)
            number = _one(said, "ENTPersonJointure") or _identifier(record)
            for school, wards in links.wards.get(number, {}).items():
                line += 1
                yield guardian_lines.listed(
                    line, _person(said, number), wards, school=school, is_institution=number in links.institutions
                )


def _person(said: Said, number: str) -> dict[str, str]:
    return {
        "local_number": number,
        "civility": _one(said, "personalTitle"),
        "family_name": _one(said, "sn"),
        "given_name": _one(said, "givenName"),
        "phone": _one(said, "homePhone"),
        "mobile": _one(said, "mobile"),
        "email": _one(said, "mail"),
        "address": ", ".join(filter(None, map(tidy, _one(said, "ENTPersonAdresse").split("$")))),
        "postcode": _one(said, "ENTPersonCodePostal"),
        "commune": _one(said, "ENTPersonVille"),
    }


def _said(record: Element, wanted: frozenset[str]) -> Said:
    """Return the values of these attributes that say something; the others stay unread."""
    said: Said = {}
    for attribute in record.iter("attr"):
        name = attribute.get("name")
        if name in wanted:
            values = [tidy(value.text) for value in attribute.iterchildren("value")]
            if values := [value for value in values if value]:
                said[str(name)] = values
    return said


def _one(said: Said, name: str) -> str:
    return said[name][0] if name in said else ""


def _identifier(record: Element) -> str:
    return tidy(record.findtext("identifier/id"))
