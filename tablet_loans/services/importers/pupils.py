"""A school's pupils in a table: ONDE's CSVExtraction.csv in both generations, and whatever list a school has.

Only the fields named here are read: health, sex, birthplace, nationality and addresses are dropped unread.
Source: headers of BE1D, ONDE, SIECLE's exportCSVExtraction and Pronote exports.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tablet_loans.domain.identifiers import uai
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import LONGEST, Roster, RosterKind, Spoilt
from tablet_loans.services.importers import roll_lines, tabular
from tablet_loans.services.importers.content import loaded
from tablet_loans.services.importers.full_names import parted
from tablet_loans.services.importers.roll_lines import RollLines, Taken
from tablet_loans.services.importers.signatures import GUARDIANS, PUPILS, lacking, recognised
from tablet_loans.services.importers.tabular import Table
from tablet_loans.text import N_

Row = tuple[int, tuple[str, ...]]

FIELDS: Final = (*roll_lines.FIELDS, "school", "full_name")
_TITLES: Final[Mapping[str, Sequence[str]]] = {
    "family_name": ("nomeleve", "nom", "nomdefamille", "nomdefamilleeleve", "familyname", "lastname", "surname"),
    "usage_name": ("nomdusageeleve", "nomusageeleve", "nomdusage", "usagename"),
    "given_name": (
        "prenomeleve", "prenom", "prenom1", "premierprenom", "prenoms", "prenomdeleleve", "givenname", "firstname",
    ),
    "full_name": (
        "nometprenom", "nomprenom", "nomsprenoms", "nomsetprenoms", "nomprenoms", "prenomnom", "prenometnom", "eleve",
        "eleves", "nomdeleleve", "nometprenomdeleleve", "nomprenomdeleleve", "nomprenomeleve", "nomcomplet", "fullname",
        "pupil", "student", "name",
    ),
    "birth_date": (
        "datenaissance", "datedenaissance", "neele", "nele", "neeele", "datedenaissancejjmmaaaa", "datenaiss", "ddn",
        "birthdate", "dateofbirth",
    ),
    "ine": ("ine", "numeroine", "nine", "ineeleve", "identifiantnational", "identifiantunique", "idnational"),
    "class_name": ("libelleclasse", "classe", "classes", "division", "classedelaneleve", "class", "classname"),
    "level": ("niveau", "level", "grade"),
    "phone": (
        "telephone", "tel", "telephones", "portable", "mobile", "ntelephone", "ndetelephone", "numerodetelephone",
        "numero", "telportable", "telephoneportable", "telephonedesparents", "teldesparents", "telparents",
        "telephoneparents", "telephonefamille", "telresponsable", "telephoneresponsable", "phone", "phonenumber",
    ),
    "school": (
        "uai", "rne", "uaietablissement", "codeuai", "coderne", "codeetablissement", "codeuaietablissement",
        "uaidelecole", "uaidurattachement", "schooluai", "schoolcode",
    ),
}  # fmt: skip
TITLES: Final = {title: field for field, titles in _TITLES.items() for title in titles}
_ONDE: Final = {"nomeleve", "prenomeleve"}


def read(path: Path, mapping: Mapping[str, str] | None = None) -> Roster:
    """Return the roster in a table.

    Another list than ONDE's is whole where most of its lines have a birth date or an INE, in several classes, and no
    phone number.

    Raises: WrongFile, FileMissing, FileUnreadable, FileTooLarge, MissingColumns, UnknownField.
    """
    known = TITLES.keys() | {tabular.header_key(column) for column in mapping or {}}
    table = tabular.read(
        loaded(path), str(path), expected=PUPILS,
        score=lambda cells: len({tabular.header_key(cell) for cell in cells} & known),
    )  # fmt: skip
    if recognised(table.header) == GUARDIANS:
        raise lacking(table, PUPILS, FIELDS)
    places = _named(table, tabular.columns(table, TITLES, mapping, FIELDS))
    keys = [tabular.header_key(title) for title in table.header]
    is_given_first = keys[places.get("full_name", 0)].startswith("prenom")
    fields = tuple(places)
    rows = [(line, tuple(tabular.pick(cells, places, field) for field in fields)) for line, cells in table.rows]
    kind = RosterKind.ONDE if _ONDE.issubset(keys) else RosterKind.LIST
    return Roster(
        kind=kind,
        schools=_schools(rows, fields),
        is_whole=kind is RosterKind.ONDE or _is_whole(rows, fields),
        size=len(rows),
        lines=_lines(rows, fields, is_given_first=is_given_first),
    )


def _named(table: Table, places: dict[str, int]) -> dict[str, int]:
    """Return the places once it is known which column has the names. Raises: MissingColumns, WrongFile."""
    if "given_name" in places and "family_name" not in places and "full_name" in places:
        places["family_name"] = places.pop("full_name")
    elif "given_name" not in places and "full_name" not in places and recognised(table.header) in (None, PUPILS):
        if "family_name" in places:
            places["full_name"] = places.pop("family_name")
    elif "given_name" in places and "family_name" in places:
        places.pop("full_name", None)
    needed = ("full_name",) if "full_name" in places else ("family_name", "given_name")
    if missing := [field for field in needed if field not in places]:
        raise lacking(table, PUPILS, missing)
    return places


def _schools(rows: Sequence[Row], fields: Sequence[str]) -> tuple[str, ...]:
    if "school" not in fields:
        return ()
    place = fields.index("school")
    return tuple(sorted({code for text in {cells[place] for _, cells in rows} if (code := uai(text))}))


def _is_whole(rows: Sequence[Row], fields: Sequence[str]) -> bool:
    if "phone" in fields or not rows:
        return False
    proofs = [fields.index(field) for field in ("birth_date", "ine") if field in fields]
    proven = sum(any(cells[place] for place in proofs) for _, cells in rows)
    is_one_class = "class_name" in fields and len({cells[fields.index("class_name")] for _, cells in rows}) == 1
    return 2 * proven > len(rows) and not is_one_class


def _lines(rows: Sequence[Row], fields: Sequence[str], *, is_given_first: bool) -> Iterator[Taken]:
    roll = RollLines()
    for line, cells in rows:
        said = {"family_name": "", "given_name": "", **dict(zip(fields, cells, strict=True))}
        full_name, school = said.pop("full_name", ""), said.pop("school", "")
        if len(said.get("phone", "")) > LONGEST["phone"]:
            said["phone"] = re.sub(r"(?<=\d)[ .-](?=\d)", "", said["phone"])
        problem = None
        if full_name:
            if names := parted(full_name, is_given_first=is_given_first):
                said["family_name"], said["given_name"] = names
            else:
                template = N_("“{text}”: which is the family name cannot be told; write it in capitals.")
                problem = Problem(line, template, {"text": full_name[:60]})
        if school and uai(school) is None:
            template = N_("“{text}” is not a UAI: seven digits and their key letter.")
            problem = Problem(line, template, {"text": school[:20]})
        if problem is not None:
            yield Spoilt(problem, said["family_name"], said["given_name"], usage_name=said.get("usage_name", ""))
        else:
            yield from roll.take(line, said, uai(school) or "" if school else "")
