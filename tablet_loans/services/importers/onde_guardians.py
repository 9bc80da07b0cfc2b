"""Who looks after pupils, in a table: ONDE's extraction of guardians, and any list with a pupil's name on each line.

ONDE repeats its last four titles for each child, so that these columns are known by their places. A telephone at work,
a profession and whatever else is not named here are dropped unread. Source: headers of ONDE exports.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tablet_loans.domain.identifiers import uai
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import Care, GuardianRoster, ListedGuardian, ListedWard, RosterKind
from tablet_loans.services.importers import guardian_lines, tabular
from tablet_loans.services.importers.content import loaded
from tablet_loans.services.importers.full_names import parted
from tablet_loans.services.importers.signatures import GUARDIANS, lacking
from tablet_loans.services.importers.tabular import Table
from tablet_loans.text import N_, sort_key

Taken = ListedGuardian | Problem

FIELDS: Final = (
    "civility", "family_name", "usage_name", "given_name", "phone", "mobile", "email", "address", "postcode", "commune",
    "pupil_family_name", "pupil_given_name", "pupil_full_name", "pupil_class", "school",
)  # fmt: skip
_TITLES: Final[Mapping[str, Sequence[str]]] = {
    "civility": ("civiliteresponsable", "civilite", "civility"),
    "family_name": ("nomresponsable", "nomduresponsable", "nomparent", "nomdefamilleresponsable", "guardianfamilyname"),
    "usage_name": ("nomusageresponsable", "nomdusageresponsable"),
    "given_name": ("prenomresponsable", "prenomduresponsable", "prenomparent", "guardiangivenname"),
    "phone": ("telephonedomicile", "telephone", "tel", "teldomicile", "phone"),
    "mobile": ("telephoneportable", "portable", "telportable", "mobile"),
    "email": ("courriel", "mail", "email", "mel", "adressemail", "adresseelectronique"),
    "address": ("adresseresponsable", "adresse", "address"),
    "postcode": ("cpresponsable", "codepostal", "cp", "postcode"),
    "commune": ("communeresponsable", "commune", "ville", "town", "city"),
    "pupil_family_name": ("nomeleve", "nomdefamilleeleve", "nomenfant", "nomdefamilleenfant", "pupilfamilyname"),
    "pupil_given_name": ("prenomeleve", "prenomdeleleve", "prenomenfant", "prenomdelenfant", "pupilgivenname"),
    "pupil_full_name": ("eleve", "enfant", "nometprenomdeleleve", "nomdeleleve", "pupil", "student"),
    "pupil_class": ("classe", "classeeleve", "classeenfant", "libelleclasse", "division", "class"),
    "school": ("uai", "rne", "codeuai", "coderne", "schooluai"),
}  # fmt: skip
TITLES: Final = {title: field for field, titles in _TITLES.items() for title in titles}
_CHILD: Final = {
    "nomdusageenfant": "usage", "nomusageenfant": "usage", "nomdefamilleenfant": "family", "nomenfant": "family",
    "prenomenfant": "given", "classesenfants": "class", "classeenfant": "class", "classesenfant": "class",
}  # fmt: skip


def read(path: Path, mapping: Mapping[str, str] | None = None) -> GuardianRoster:
    """Return the guardians in a table, each with the names of the pupils looked after.

    Raises: WrongFile, FileMissing, FileUnreadable, FileTooLarge, MissingColumns, UnknownField.
    """
    known = TITLES.keys() | _CHILD.keys() | {tabular.header_key(column) for column in mapping or {}}
    table = tabular.read(
        loaded(path), str(path), expected=GUARDIANS,
        score=lambda cells: len({tabular.header_key(cell) for cell in cells} & known),
    )  # fmt: skip
    places = tabular.columns(table, TITLES, mapping, FIELDS)
    if not mapping and any(tabular.header_key(title) in _CHILD for title in table.header):
        return GuardianRoster(RosterKind.ONDE, (), table.size, _onde(table, places))
    missing = [] if "family_name" in places else ["family_name"]
    if "pupil_full_name" not in places:
        missing += [field for field in ("pupil_family_name", "pupil_given_name") if field not in places]
    if missing:
        raise lacking(table, GUARDIANS, missing)
    lines = list(_listed(table, places))
    schools = {line.school for line in lines if isinstance(line, ListedGuardian)} - {""}
    return GuardianRoster(RosterKind.LIST, tuple(sorted(schools)), table.size, iter(lines))


def _onde(table: Table, places: Mapping[str, int]) -> Iterator[Taken]:
    keys = [tabular.header_key(title) for title in table.header]
    first = next((place for place, key in enumerate(keys) if key in _CHILD), len(keys))
    parts = [_CHILD[key] for key in keys[first : first + 4] if key in _CHILD]
    own = {field: place for field, place in places.items() if place < first}
    for line, cells in table.rows:
        said = {field: tabular.pick(cells, own, field) for field in FIELDS}
        groups = [cells[place : place + len(parts)] for place in range(first, len(cells), len(parts) or 1)]
        wards = tuple(ward for group in groups if (ward := _child(dict(zip(parts, group, strict=False)))))
        yield _taken(line, said, wards)


def _child(said: Mapping[str, str]) -> ListedWard | None:
    family, given = said.get("family", "") or said.get("usage", ""), said.get("given", "")
    if not (family and given):
        return None
    return ListedWard(
        Care.LEGAL, None, " ".join(family.split())[:255], " ".join(given.split())[:255], said.get("class", "")[:60]
    )


def _listed(table: Table, places: Mapping[str, int]) -> Iterator[Taken]:
    """Yield each guardian once, with the pupils of all the lines that say the same of a guardian."""
    found: dict[tuple[str, ...], ListedGuardian] = {}
    for line, cells in table.rows:
        said = {field: tabular.pick(cells, places, field) for field in FIELDS}
        family, given = said["pupil_family_name"], said["pupil_given_name"]
        if said["pupil_full_name"] and (names := parted(said["pupil_full_name"])):
            family, given = names
        ward = _child({"family": family, "given": given, "class": said["pupil_class"]})
        taken = _taken(line, said, (ward,) if ward else ())
        if isinstance(taken, Problem):
            yield taken
            continue
        key = (taken.school, *(sort_key(said[field]) for field in FIELDS[:10]))
        known = found.get(key)
        found[key] = replace(known, wards=tuple(dict.fromkeys((*known.wards, *taken.wards)))) if known else taken
    yield from found.values()


def _taken(line: int, said: Mapping[str, str], wards: tuple[ListedWard, ...]) -> Taken:
    if not wards and (said["usage_name"] or said["family_name"]):
        return Problem(line, N_("The line names no pupil, or not by a family name and a given name."))
    if said["school"] and uai(said["school"]) is None:
        template = N_("“{text}” is not a UAI: seven digits and their key letter.")
        return Problem(line, template, {"text": said["school"][:20]})
    named = {**said, "family_name": said["usage_name"] or said["family_name"]}
    school = (uai(said["school"]) or "") if said["school"] else ""
    return guardian_lines.listed(line, named, wards, school=school, is_institution=False)
