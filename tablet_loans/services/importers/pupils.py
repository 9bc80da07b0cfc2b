"""A primary school's pupils: ONDE's CSVExtraction.csv, both generations, and plain lists with the same columns.

Only the name, birth date, INE, class and level are read; sex, addresses and authorisations are dropped unread.
Source: headers of BE1D and ONDE exports.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from tablet_loans.domain.identifiers import Ine, compact, ine
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import ListedPupil, Spoilt
from tablet_loans.services.importers import tabular
from tablet_loans.services.importers.signatures import GUARDIANS, PUPILS, lacking, recognised
from tablet_loans.services.importers.tabular import Table
from tablet_loans.text import N_, sort_key

NameKey = tuple[str, str, date | None]

FIELDS: Final = ("family_name", "usage_name", "given_name", "birth_date", "ine", "class_name", "level")
TITLES: Final = {
    "nomeleve": "family_name", "nom": "family_name", "nomdefamille": "family_name", "familyname": "family_name",
    "lastname": "family_name", "nomdusageeleve": "usage_name", "nomusageeleve": "usage_name", "nomdusage": "usage_name",
    "usagename": "usage_name", "prenomeleve": "given_name", "prenom": "given_name", "prenom1": "given_name",
    "givenname": "given_name", "firstname": "given_name", "datenaissance": "birth_date",
    "datedenaissance": "birth_date", "neele": "birth_date", "birthdate": "birth_date", "ine": "ine",
    "libelleclasse": "class_name", "classe": "class_name", "division": "class_name", "class": "class_name",
    "niveau": "level", "level": "level",
}  # fmt: skip
_DOUBTS: Final = {
    Ine.INVALID: N_("“{ine}” is not an INE; the pupil is kept without it."),
    Ine.DOUBTFUL: N_("The INE “{ine}” may be mistyped: its check character is wrong."),
}
_LONGEST: Final = {"family_name": 255, "usage_name": 255, "given_name": 255, "class_name": 60, "level": 20}


def name_key(family_name: str, given_name: str, birth_date: date | None) -> NameKey:
    """Return the key of a pupil without an INE, within a school."""
    return sort_key(family_name), sort_key(given_name), birth_date


def read(
    content: bytes, path: str, *, mapping: Mapping[str, str] | None
) -> tuple[int, Iterator[ListedPupil | Problem | Spoilt]]:
    """Return about how many lines the list has, and its pupils, warnings and spoilt lines.

    Raises: WrongFile, FileUnreadable, MissingColumns, UnknownField.
    """
    known = TITLES.keys() | {tabular.header_key(column) for column in mapping or {}}
    table = tabular.read(
        content,
        path,
        expected=PUPILS,
        score=lambda cells: len({tabular.header_key(cell) for cell in cells} & known),
    )
    if recognised(table.header) == GUARDIANS:
        raise lacking(table, PUPILS, FIELDS)
    places = tabular.columns(table, TITLES, mapping, FIELDS)
    if missing := [field for field in ("family_name", "given_name") if field not in places]:
        raise lacking(table, PUPILS, missing)
    return table.size, _lines(table, places)


def _lines(table: Table, places: Mapping[str, int]) -> Iterator[ListedPupil | Problem | Spoilt]:
    by_ine: dict[str, int] = {}
    by_name: dict[NameKey, tuple[int, str | None]] = {}
    for line, cells in table.rows:
        said = {field: tabular.pick(cells, places, field) for field in FIELDS}
        if problem := _why_spoilt(line, said):
            yield Spoilt(problem, said["family_name"], said["given_name"])
            continue
        code: str | None = compact(said["ine"]) or None
        if code is not None and (template := _DOUBTS.get(ine(code))):
            yield Problem(line, template, {"ine": said["ine"]})
            code = None if ine(code) is Ine.INVALID else code
        pupil = _pupil(line, code, said)
        if first := _first_line(pupil, by_ine, by_name):
            problem = Problem(line, N_("This pupil already stands on line {first}."), {"first": first})
            yield Spoilt(problem, pupil.family_name, pupil.given_name)
        else:
            yield pupil


def _why_spoilt(line: int, said: Mapping[str, str]) -> Problem | None:
    if not said["family_name"] or not said["given_name"]:
        return Problem(line, N_("The line has no family name or no given name."))
    if said["birth_date"] and tabular.day(said["birth_date"]) is None:
        return Problem(line, N_("“{text}” is not a date: 10/04/2026 or 2026-04-10."), {"text": said["birth_date"]})
    for field, longest in _LONGEST.items():
        if len(said[field]) > longest:
            text = said[field][:20]
            return Problem(
                line, N_("“{text}...” is too long: {longest} characters at most."), {"text": text, "longest": longest}
            )
    return None


def _pupil(line: int, code: str | None, said: Mapping[str, str]) -> ListedPupil:
    usage_name = "" if said["usage_name"] == said["family_name"] else said["usage_name"]
    return ListedPupil(
        line, code, said["family_name"], usage_name, said["given_name"], tabular.day(said["birth_date"]),
        said["class_name"], said["level"],
    )  # fmt: skip


def _first_line(
    pupil: ListedPupil, by_ine: dict[str, int], by_name: dict[NameKey, tuple[int, str | None]]
) -> int | None:
    """Return the line on which this pupil already stood, or None; namesakes with two INEs are two pupils."""
    if pupil.ine is not None and pupil.ine in by_ine:
        return by_ine[pupil.ine]
    key = name_key(pupil.family_name, pupil.given_name, pupil.birth_date)
    namesake = by_name.get(key)
    if namesake is not None and (pupil.ine is None or namesake[1] is None):
        return namesake[0]
    if pupil.ine is not None:
        by_ine[pupil.ine] = pupil.line
    by_name.setdefault(key, (pupil.line, pupil.ine))
    return None
