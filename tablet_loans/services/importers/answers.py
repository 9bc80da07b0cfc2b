"""Answers of a survey, or a school's own list of who has what at home: any table, its columns named by a mapping."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tablet_loans.domain.identifiers import Ine, compact, ine, uai
from tablet_loans.domain.need import LONGEST_WHO, Equipment
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import LONGEST
from tablet_loans.domain.survey import AnswerTable, ListedAnswer, told_equipment, told_yes_or_no
from tablet_loans.domain.trouble import WrongFile
from tablet_loans.domain.workbook import MARK
from tablet_loans.services.importers import pupils, tabular
from tablet_loans.services.importers.content import loaded
from tablet_loans.services.importers.full_names import parted
from tablet_loans.services.importers.signatures import WORKBOOK, lacking
from tablet_loans.text import N_

Row = tuple[int, dict[str, str]]

ANSWERS: Final = N_("a list of answers (CSV, XLSX or ODS)")
_WHO: Final = ("ine", "family_name", "given_name", "full_name", "birth_date", "class_name", "school")
FIELDS: Final = (*_WHO, "equipment", "cellular", "priority", "asked_on", "answered_by")
_TITLES: Final[Mapping[str, Sequence[str]]] = {
    "equipment": (
        "equipement", "materiel", "equipementaudomicile", "equipementalamaison", "equipementinformatique", "equipment",
        "equipmentathome", "quelequipement", "ordinateur",
    ),
    "cellular": (
        "connexion4g", "besoin4g", "4g", "cle4g", "besoindune4g", "besoinduneconnexion", "cellular", "sim", "cartesim",
        "simcard", "besoincartesim",
    ),
    "priority": ("prioritaire", "priorite", "priority", "urgent"),
    "asked_on": ("horodateur", "datedesoumission", "datedereponse", "date", "reponduele", "submitdate", "timestamp",
        "askedon"),
    "answered_by": ("repondupar", "repondant", "reponsede", "answeredby", "respondent"),
}  # fmt: skip
TITLES: Final = {title: field for title, field in pupils.TITLES.items() if field in _WHO} | {
    title: field for field, titles in _TITLES.items() for title in titles
}


def read(path: Path, mapping: Mapping[str, str] | None = None) -> AnswerTable:
    """Return the answers in a table, whose long questions a mapping names.

    Raises: WrongFile, FileMissing, FileUnreadable, FileTooLarge, MissingColumns, UnknownField.
    """
    known = TITLES.keys() | {tabular.header_key(column) for column in mapping or {}}
    table = tabular.read(
        loaded(path), str(path), expected=ANSWERS,
        score=lambda cells: len({tabular.header_key(cell) for cell in cells} & known),
    )  # fmt: skip
    if MARK in table.header:
        raise WrongFile(path=str(path), found=WORKBOOK, expected=ANSWERS)
    places = tabular.columns(table, TITLES, mapping, FIELDS)
    missing = [] if "equipment" in places else ["equipment"]
    if places.keys().isdisjoint({"ine", "full_name"}):
        missing += [field for field in ("family_name", "given_name") if field not in places]
    if missing:
        raise lacking(table, ANSWERS, missing)
    if "given_name" in places and "family_name" not in places and "full_name" in places:
        places["family_name"] = places.pop("full_name")
    is_given_first = _is_given_first(table.header, places)
    rows = [(line, {field: tabular.pick(cells, places, field) for field in places}) for line, cells in table.rows]
    schools = {code for _, said in rows if said.get("school") and (code := uai(said["school"]))}
    return AnswerTable(tuple(sorted(schools)), len(rows), _lines(rows, is_given_first=is_given_first))


def _is_given_first(header: Sequence[str], places: Mapping[str, int]) -> bool:
    return "full_name" in places and tabular.header_key(header[places["full_name"]]).startswith("prenom")


def _lines(rows: Sequence[Row], *, is_given_first: bool) -> Iterator[ListedAnswer | Problem]:
    for line, said in rows:
        family, given = said.get("family_name", ""), said.get("given_name", "")
        if not (family and given) and said.get("full_name"):
            family, given = parted(said["full_name"], is_given_first=is_given_first) or ("", "")
        equipment = told_equipment(said["equipment"])
        if problem := _why_not(line, said, family, given):
            yield problem
        elif equipment is None:
            template = N_("“{text}” does not say what there is at home: nothing, a phone, shared or own equipment.")
            yield Problem(line, template, {"text": said["equipment"][:60]})
        else:
            yield _answer(line, said, family, given, equipment)


def _why_not(line: int, said: Mapping[str, str], family: str, given: str) -> Problem | None:
    if not (family and given) and not _ine(said):
        return Problem(line, N_("The line has no INE, and no family name or no given name."))
    if max(len(family), len(given)) > LONGEST["family_name"]:
        facts = {"text": max(family, given, key=len)[:20], "longest": LONGEST["family_name"]}
        return Problem(line, N_("“{text}...” is too long: {longest} characters at most."), facts)
    if said.get("school") and uai(said["school"]) is None:
        template = N_("“{text}” is not a UAI: seven digits and their key letter.")
        return Problem(line, template, {"text": said["school"][:20]})
    for field in ("birth_date", "asked_on"):
        if said.get(field) and tabular.day(said[field]) is None:
            template = N_("“{text}” is not a date: 10/04/2026 or 2026-04-10.")
            return Problem(line, template, {"text": said[field][:20]})
    for field in ("cellular", "priority"):
        if told_yes_or_no(said.get(field, "")) is None:
            return Problem(line, N_("“{text}” is neither yes nor no."), {"text": said[field][:20]})
    return None


def _answer(line: int, said: Mapping[str, str], family: str, given: str, equipment: Equipment) -> ListedAnswer:
    return ListedAnswer(
        line=line,
        ine=_ine(said),
        family_name=family,
        given_name=given,
        birth_date=tabular.day(said.get("birth_date", "")),
        class_name=said.get("class_name", "")[: LONGEST["class_name"]],
        school=uai(said["school"]) or "" if said.get("school") else "",
        equipment=equipment,
        is_cellular=bool(told_yes_or_no(said.get("cellular", ""))),
        is_priority=bool(told_yes_or_no(said.get("priority", ""))),
        asked_on=tabular.day(said.get("asked_on", "")),
        answered_by=said.get("answered_by", "")[:LONGEST_WHO],
    )


def _ine(said: Mapping[str, str]) -> str | None:
    code = compact(said.get("ine", ""))
    return code if code and ine(code) is not Ine.INVALID else None
