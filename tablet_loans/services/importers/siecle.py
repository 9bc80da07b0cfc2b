"""SIECLE's exports of a collège or lycée: its pupils with their classes, and who looks after them.

Birthplace, nationality, sex, schooling and professions are left unread.
Source: "Exports XML génériques" of SIECLE Base élèves, before and after the summer of 2016.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from sys import intern
from typing import Final

from tablet_loans.domain.errors import InvalidUai
from tablet_loans.domain.identifiers import uai
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import Care, GuardianRoster, ListedGuardian, ListedWard, Roster, RosterKind
from tablet_loans.domain.trouble import WrongFile
from tablet_loans.services.importers import guardian_lines, xml_stream
from tablet_loans.services.importers.roll_lines import RollLines, Taken
from tablet_loans.services.importers.signatures import GUARDIANS_FILE, PUPILS_FILE
from tablet_loans.services.importers.tabular import day
from tablet_loans.services.importers.xml_stream import Element, first, line_of, texts, tidy
from tablet_loans.text import N_

_PUPILS: Final = "BEE_ELEVES"
_GUARDIANS: Final = "BEE_RESPONSABLES"
ROOTS: Final = {
    _PUPILS: N_("SIECLE's file of pupils (Eleves)"),
    _GUARDIANS: N_("SIECLE's file of guardians (Responsables)"),
    "BEE_NOMENCLATURES": N_("SIECLE's nomenclatures, which name no pupil"),
    "BEE_STRUCTURES": N_("SIECLE's list of classes (Structures), which names no pupil"),
    "BEE_COMMUN": N_("SIECLE's common tables (Communs), which name no pupil"),
    "BEE_COMMUNS": N_("SIECLE's common tables (Communs), which name no pupil"),
    "STS_EDT": N_("a timetable of STSWEB (sts_emp), which names no pupil"),
    "EDT_STS": N_("a timetable for STSWEB, which names no pupil"),
}
_UAI_TAG: Final = "UAJ"
_PUPIL: Final = "ELEVE"
_CLASSES: Final = "STRUCTURES_ELEVE"
_PUPIL_RECORDS: Final = frozenset({_UAI_TAG, _PUPIL, _CLASSES})
_PUPIL_TEXTS: Final = frozenset({
    "ID_NATIONAL", "INE_BEA", "NOM", "NOM_DE_FAMILLE", "NOM_USAGE", "PRENOM", "DATE_NAISS", "DATE_SORTIE",
})  # fmt: skip
_INACTIVE: Final = "inactifs"
_PUPIL_BYTES: Final = 1_200
_PERSON: Final = "PERSONNE"
_LINKS: Final = frozenset({"RESPONSABLE_ELEVE", "RESPONSABLE"})
_ADDRESS: Final = "ADRESSE"
_GUARDIAN_RECORDS: Final = frozenset({_UAI_TAG, _PERSON, _ADDRESS, *_LINKS})
_PERSON_TEXTS: Final = frozenset({
    "NOM", "NOM_DE_FAMILLE", "NOM_USAGE", "PRENOM", "LC_CIVILITE", "TEL_PERSONNEL", "TEL_PORTABLE", "MEL", "ADRESSE_ID",
})  # fmt: skip
_PERSON_FIELDS: Final = (
    "civility", "family_name", "given_name", "phone", "mobile", "email", "address", "postcode", "commune",
)  # fmt: skip
_LINK_TEXTS: Final = frozenset({"ELEVE_ID", "PERSONNE_ID", "RESP_LEGAL", "NIVEAU_RESPONSABILITE", "CODE_PARENTE"})
_ADDRESS_LINES: Final = tuple(f"LIGNE{number}_ADRESSE" for number in range(1, 5))
_ADDRESS_TEXTS: Final = frozenset({*_ADDRESS_LINES, "CODE_POSTAL", "LIBELLE_POSTAL", "COMMUNE_ETRANGERE"})
_PERSON_BYTES: Final = 900
_CARES: Final = {"1": Care.LEGAL, "2": Care.IN_CHARGE, "3": Care.CONTACT}
_OLD_CARES: Final = {"1": Care.LEGAL, "2": Care.LEGAL, "0": Care.CONTACT}
_CARE_SERVICE: Final = "51"
_ONESELF: Final = "70"

_SaidOfPupil = tuple[int, str, str, str, str, str, str, str]


def pupils(path: Path) -> Roster:
    """Return the pupils of one school, with their classes.

    Raises: FileMissing, FileUnreadable, FileTooLarge, WrongFile, InvalidUai.
    """
    schools, size = _heading(path, _PUPILS, _PUPIL_RECORDS, PUPILS_FILE)
    school = schools[0] if schools else ""
    return Roster(RosterKind.SIECLE, schools, True, size // _PUPIL_BYTES + 1, _pupils(path, school))


def guardians(path: Path) -> GuardianRoster:
    """Return who looks after the pupils of one school.

    Raises: FileMissing, FileUnreadable, FileTooLarge, WrongFile, InvalidUai.
    """
    schools, size = _heading(path, _GUARDIANS, _GUARDIAN_RECORDS, GUARDIANS_FILE)
    school = schools[0] if schools else ""
    return GuardianRoster(RosterKind.SIECLE, schools, size // _PERSON_BYTES + 1, _guardians(path, school))


def _heading(path: Path, expected_root: str, tags: frozenset[str], expected: str) -> tuple[tuple[str, ...], int]:
    """Return the school that the file says it is of, and how many bytes it has, before any pupil is read."""
    with xml_stream.document(path, expected) as (source, size):
        root = xml_stream.root(source, str(path))
    if root != expected_root:
        raise WrongFile(path=str(path), found=ROOTS.get(root, N_("an XML file")), expected=expected)
    with xml_stream.document(path, expected) as (source, size):
        for record in xml_stream.records(source, str(path), tags):
            if record.tag != _UAI_TAG:
                break
            if not (said := tidy(record.text)):
                break
            if (code := uai(said)) is None:
                raise InvalidUai(school=said)
            return (code,), size
    return (), size


def _pupils(path: Path, school: str) -> Iterator[Taken]:
    """Yield the pupils once their classes are known: SIECLE writes the classes after all of them, or before."""
    classes: dict[str, str] = {}
    waiting: deque[_SaidOfPupil] = deque()
    lines = RollLines()
    with xml_stream.document(path, PUPILS_FILE) as (source, _):
        for said in _said_of_pupils(xml_stream.records(source, str(path), _PUPIL_RECORDS), classes):
            if said[1] in classes:
                yield from _taken(lines, said, classes, school)
            else:
                waiting.append(said)
    while waiting:
        yield from _taken(lines, waiting.popleft(), classes, school)


def _taken(lines: RollLines, said: _SaidOfPupil, classes: dict[str, str], school: str) -> Iterator[Taken]:
    line, number, code, family_name, usage_name, given_name, birth_date, leaves_on = said
    fields = {
        "local_number": number, "ine": code, "family_name": family_name, "usage_name": usage_name,
        "given_name": given_name, "birth_date": birth_date, "class_name": classes.get(number, ""),
        "leaves_on": leaves_on,
    }  # fmt: skip
    return lines.take(line, fields, school)


def _said_of_pupils(records: Iterator[Element], classes: dict[str, str]) -> Iterator[_SaidOfPupil]:
    """Yield what is said of each pupil, and fill in the classes as they pass.

    An exit is a day, often the last of the school year to come; one that is no day is that of a pupil who is gone.
    """
    line = 0
    for record in records:
        if record.tag == _CLASSES:
            if division := _division(record):
                classes[tidy(record.get("ELEVE_ID"))] = division
        elif record.tag == _PUPIL:
            line = max(line + 1, line_of(record))  # a file may be one long line: no two pupils share a number
            said = texts(record, _PUPIL_TEXTS)
            leaves_on = said.get("DATE_SORTIE", "")
            if not leaves_on or day(leaves_on):
                yield (
                    line, tidy(record.get("ELEVE_ID")), first(said, "ID_NATIONAL", "INE_BEA"),
                    first(said, "NOM_DE_FAMILLE", "NOM", "NOM_USAGE"), said.get("NOM_USAGE", ""),
                    said.get("PRENOM", ""), said.get("DATE_NAISS", ""), leaves_on,
                )  # fmt: skip


def _division(record: Element) -> str:
    """Return the class of a pupil: the first division; groups, and the list of those who left, are none."""
    for structure in record.iterchildren("STRUCTURE"):
        said = {child.tag: child.text for child in structure}
        if tidy(said.get("TYPE_STRUCTURE")) == "D":
            code = tidy(said.get("CODE_STRUCTURE"))
            if code and code.casefold() != _INACTIVE:
                return intern(code)
    return ""


@dataclass(slots=True)
class _Persons:
    """A file of guardians, whose three parts come in any order: persons, whom they look after, where they live."""

    persons: deque[tuple[int, tuple[str, ...]]] = field(default_factory=deque)
    wards: dict[str, list[ListedWard]] = field(default_factory=dict)
    institutions: set[str] = field(default_factory=set)
    places: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def note(self, line: int, record: Element) -> None:
        """Keep what a record says."""
        if record.tag == _PERSON:
            self.persons.append((line, _said_of_person(record)))
        elif record.tag == _ADDRESS:
            self.places[tidy(record.get("ADRESSE_ID"))] = _place(record)
        elif record.tag in _LINKS:
            said = texts(record, _LINK_TEXTS)
            if said.get("CODE_PARENTE") == _ONESELF or not said.get("ELEVE_ID"):
                return
            person = said.get("PERSONNE_ID", "")
            self.wards.setdefault(person, []).append(ListedWard(_care(said), said["ELEVE_ID"]))
            if said.get("CODE_PARENTE") == _CARE_SERVICE:
                self.institutions.add(person)


def _guardians(path: Path, school: str) -> Iterator[ListedGuardian | Problem]:
    known = _Persons()
    line = 0
    with xml_stream.document(path, GUARDIANS_FILE) as (source, _):
        for record in xml_stream.records(source, str(path), _GUARDIAN_RECORDS):
            line = max(line + 1, line_of(record))
            known.note(line, record)
    while known.persons:
        line, (number, place, *texts_of_person) = known.persons.popleft()
        if wards := known.wards.get(number):
            texts_of_place = known.places.get(place, ("", "", ""))
            said = {
                "local_number": number,
                **dict(zip(_PERSON_FIELDS, (*texts_of_person, *texts_of_place), strict=True)),
            }
            yield guardian_lines.listed(
                line, said, _once_each(wards), school=school, is_institution=number in known.institutions
            )


def _said_of_person(record: Element) -> tuple[str, ...]:
    """Return a person's number, that of the address, and the texts of the first of `_PERSON_FIELDS`."""
    said = texts(record, _PERSON_TEXTS)
    return (
        tidy(record.get("PERSONNE_ID")),
        said.get("ADRESSE_ID", ""),
        said.get("LC_CIVILITE", ""),
        first(said, "NOM_USAGE", "NOM_DE_FAMILLE", "NOM"),
        said.get("PRENOM", ""),
        said.get("TEL_PERSONNEL", ""),
        said.get("TEL_PORTABLE", ""),
        said.get("MEL", ""),
    )


def _place(record: Element) -> tuple[str, str, str]:
    said = texts(record, _ADDRESS_TEXTS)
    address = ", ".join(said[name] for name in _ADDRESS_LINES if said.get(name))
    return address, said.get("CODE_POSTAL", ""), first(said, "LIBELLE_POSTAL", "COMMUNE_ETRANGERE")


def _care(said: dict[str, str]) -> Care:
    """Return what a person is to a pupil, in a file of either generation."""
    newer = _CARES.get(said.get("NIVEAU_RESPONSABILITE", ""))
    return newer or _OLD_CARES.get(said.get("RESP_LEGAL", ""), Care.CONTACT)


def _once_each(wards: Sequence[ListedWard]) -> list[ListedWard]:
    """Return each pupil once: the first of two links is the stronger, as SIECLE writes them."""
    return list({ward.local_number: ward for ward in reversed(wards)}.values())[::-1]
