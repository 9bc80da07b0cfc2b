"""Pupils: found by INE or id, listed by blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from peewee import JOIN

from tablet_loans.domain.paging import Place, Sort
from tablet_loans.domain.pupil import PupilFilter, PupilId, PupilRow
from tablet_loans.storage import searching
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date, words
from tablet_loans.storage.loan_models import Loan
from tablet_loans.storage.roster_models import Pupil, School
from tablet_loans.storage.searching import (
    Clause,
    Shelf,
    beginning,
    in_bites,
    is_hopeless,
    joined,
    one_of,
    shelf,
    words_of,
)
from tablet_loans.text import search_key

_FEW_SCHOOLS: Final = 30
_folded = lru_cache(maxsize=4_096)(search_key)  # given names and classes come again and again
_STANDING: Final = (
    "SELECT pupil.left_on, school.uai, other_device.tag, other.number,"
    " NOT EXISTS (SELECT 1 FROM campaign_school listed WHERE listed.campaign_id = ?) OR EXISTS"
    " (SELECT 1 FROM campaign_school part WHERE part.campaign_id = ? AND part.school_id = pupil.school_id)"
    " FROM pupil JOIN school ON school.id = pupil.school_id"
    " LEFT JOIN loan other ON other.pupil_id = pupil.id AND other.kind = ? AND other.state = 'open'"
    " LEFT JOIN device other_device ON other_device.id = other.device_id WHERE pupil.id = ?"
)


_KEPT: Final = (
    "SELECT pupil.local_number, pupil.level, pupil.phone, old.name, pupil.moved_on, pupil.corrected FROM pupil"
    " LEFT JOIN school old ON old.id = pupil.moved_from_id WHERE pupil.id = ?"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a pupil beside what lists show; `moved_from` is the name of the school left on `moved_on`."""

    local_number: str | None
    level: str
    phone: str
    moved_from: str | None
    moved_on: date | None
    corrected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether a pupil may receive a kind of device in a campaign."""

    left_on: date | None
    school: str
    other_tag: str | None
    other_loan: str | None
    takes_part: bool


def pupil_key(family_name: str, usage_name: str, given_name: str, class_name: str) -> str:
    """Return the text in which a pupil is searched; N'Diaye and Jean-Luc are also found in one word."""
    folded = [_folded(family_name), _folded(usage_name), _folded(given_name), _folded(class_name)]
    in_one = [f" {''.join(words)}" for part in folded[:3] if len(words := part.split()) > 1]
    return "".join([*folded, *in_one])


def find_id(base: Base, code: str) -> PupilId | None:
    """Return the id of the pupil known by this INE or id, or None."""
    text = code.strip().upper()
    if text.isascii() and text.isdigit() and len(text) < 10:
        row = base.execute("SELECT id FROM pupil WHERE id = ?", (int(text),)).fetchone()
    else:
        row = base.execute("SELECT id FROM pupil WHERE ine = ?", (text,)).fetchone()
    return PupilId(row[0]) if row else None


def standing(base: Base, pupil_id: PupilId, campaign_id: int, kind: str) -> Standing | None:
    """Return where a pupil stands in a campaign for a kind of device, or None."""
    row = base.execute(_STANDING, (campaign_id, campaign_id, kind, pupil_id)).fetchone()
    return None if row is None else Standing(as_date(row[0]), row[1], row[2], row[3], bool(row[4]))


def kept(base: Base, pupil_id: PupilId) -> Kept | None:
    """Return what is kept of a pupil beside what lists show, or None."""
    found = base.execute(_KEPT, (pupil_id,)).fetchone()
    if found is None:
        return None
    local_number, level, phone, moved_from = found[:4]
    return Kept(local_number, level, phone, moved_from, as_date(found[4]), words(found[5]))


def count(chosen: PupilFilter) -> int:
    """Return how many pupils the filter lets through."""
    found = shelf("pupil")
    if (conditions := _conditions(found, chosen)) is None:
        return 0
    words = words_of(chosen.search)
    if words and (few := found.few_with(words)) is not None:
        return len(_sorted(found, few, words, conditions))
    if words and not conditions and not found.is_server:
        matching = found.matching(words)
        return int(found.run(f"SELECT count(*) FROM ({matching.sql})", matching.values)[0][0])
    return int(found.select("count(*)", joined([*conditions, found.holding(words)]))[0][0])


def _conditions(found: Shelf, chosen: PupilFilter) -> list[Clause] | None:
    """Return the conditions on a row beside its words, or None when no row can meet them."""
    if is_hopeless(chosen.search):
        return None
    conditions = [] if chosen.class_name is None else [Clause("pupil.class_name = ?", (chosen.class_name,))]
    if chosen.school is None:
        return conditions
    schools = found.run("SELECT id FROM school WHERE uai = ?", (chosen.school,))
    return [Clause("pupil.school_id = ?", (schools[0][0],)), *conditions] if schools else None


def _sorted(
    found: Shelf, ids: Sequence[int], words: Sequence[str], conditions: Sequence[Clause], is_descending: bool = False
) -> list[tuple[str, int]]:
    """Return, of these pupils, those who have the words and meet the conditions, by sort key and id."""
    found_pupils = found.select("sort_key, id", joined([found.among(ids), *conditions, found.holding(words)]))
    return sorted(found_pupils, reverse=is_descending)


def _walked(
    found: Shelf, where: Clause, size: int, start: int = 0, is_descending: bool = False
) -> list[tuple[str, int]]:
    """Return those who meet the conditions, found by going through the sorted pupils."""
    order = _by_name(found, is_descending)
    return found.select("sort_key, id", where, f"ORDER BY {order} LIMIT ? OFFSET ?", size, start)


def _by_name(found: Shelf, is_descending: bool = False) -> str:
    way = " DESC" if is_descending else ""
    return f"pupil.sort_key{found.binary}{way}, pupil.id{way}"


def _rows() -> Any:
    return (
        Pupil.select(
            Pupil.id, Pupil.ine, Pupil.family_name, Pupil.usage_name, Pupil.given_name, Pupil.birth_date, School.uai,
            School.name, Pupil.class_name, Pupil.left_on, Loan.number,
        )
        .join(School)
        .switch(Pupil)
        .join(Loan, JOIN.LEFT_OUTER, on=(Loan.pupil == Pupil.id) & (Loan.state == "open"))
    )  # fmt: skip


def block(chosen: PupilFilter, place: Place) -> list[PupilRow]:
    """Return the rows of one block of pupils, by name; a pupil with two open loans stands there once a loan."""
    found = shelf("pupil")
    if (conditions := _conditions(found, chosen)) is None:
        return []
    return _in_order(found, [pupil_id for _, pupil_id in _block(found, words_of(chosen.search), conditions, place)])


def page(chosen: PupilFilter, sort: Sort, place: Place) -> list[PupilRow]:
    """Return one block of the list by name, forwards or backwards; each pupil stands there once."""
    found = shelf("pupil")
    if (conditions := _conditions(found, chosen)) is None:
        return []
    ids = _block(found, words_of(chosen.search), conditions, place, sort.is_descending)
    return _each_once(_in_order(found, [pupil_id for _, pupil_id in ids]))


def _each_once(rows: Sequence[PupilRow]) -> list[PupilRow]:
    first: dict[PupilId, PupilRow] = {}
    for row in rows:
        first.setdefault(row.id, row)
    return list(first.values())


def _block(
    found: Shelf, words: Sequence[str], conditions: Sequence[Clause], place: Place, is_descending: bool = False
) -> Sequence[tuple[str, int]]:
    where, end = joined([*conditions, found.holding(words)]), place.start + place.size
    if not words:
        return _walked(found, where, place.size, place.start, is_descending)
    if not conditions and end <= searching.NEAR:
        near = _near(found, joined([]), found.holding(words), end, is_descending)
        if len(near) == end:
            return near[place.start :]
    few = found.few_with(words)
    if few is None and (few := found.few(found.matching(words), searching.SCATTERED)) is None:
        return _walked(found, where, place.size, place.start, is_descending)
    return _sorted(found, few, words, conditions, is_descending)[place.start : end]


def _in_order(found: Shelf, ids: Sequence[int]) -> list[PupilRow]:
    """Return the rows of these pupils in that order, those of one pupil by loan."""
    rank, rows = {pupil_id: place for place, pupil_id in enumerate(ids)}, list[PupilRow]()
    for some in in_bites(ids):
        found_rows = _rows().where(Pupil.id.in_(some)).order_by(Loan.id).bind(found.database).tuples()
        rows += [PupilRow(*row) for row in found_rows]
    return sorted(rows, key=lambda row: rank[row.id])


def suggested(base: Base, typed: str, schools: Sequence[str], limit: int) -> list[PupilRow]:
    """Return the first pupils of these schools (UAIs; none means all) who have all words typed, each once.

    First come those whose name as it is sorted begins with the first word, then the others, both by name.
    """
    found, words = shelf("pupil", base), words_of(typed)
    if not words:
        return []
    of_schools = _of_schools(found, schools) if schools else None
    return _each_once(_in_order(found, [pupil_id for _, pupil_id in _likeliest(found, words, of_schools, limit)]))


def _of_schools(found: Shelf, schools: Sequence[str]) -> Clause:
    marks = ", ".join("?" * len(schools))
    known = [row[0] for row in found.run(f"SELECT id FROM school WHERE uai IN ({marks})", schools)]
    return one_of("pupil.school_id", known)


def _likeliest(found: Shelf, words: Sequence[str], schools: Clause | None, limit: int) -> list[tuple[str, int]]:
    """Return sort keys and ids of the first who match: from the beginning of the names, the words or the schools."""
    column, holding = f"pupil.sort_key{found.binary}", found.holding(words)
    named = beginning(column, words[0])
    low, high = named.values
    parts = (named, Clause(f"{column} < ?", (low,)), Clause(f"{column} >= ?", (high,)))
    if schools is None and (first := _nearest(found, parts, holding, limit)) is not None:
        return first
    if (few := found.few_with(words)) is not None:
        return _first_named(_sorted(found, few, words, [schools] if schools else []), words[0], limit)
    if schools and len(schools.values) <= _FEW_SCHOOLS:
        every = found.select("sort_key, id", joined([schools, holding]))
        return _first_named(sorted(every), words[0], limit)
    conditions = [holding, found.unindexed(schools)] if schools else [holding]
    first = []
    for part in parts:
        first += _walked(found, joined([part, *conditions]), limit - len(first))
    return first


def _nearest(found: Shelf, parts: Sequence[Clause], holding: Clause, limit: int) -> list[tuple[str, int]] | None:
    """Return the first of the parts in turn when a glance at their beginnings finds enough, else None."""
    first: list[tuple[str, int]] = []
    for part in parts:
        first += _near(found, part, holding, limit - len(first))
        if len(first) == limit:
            return first
        if found.select("1", part, "LIMIT 1 OFFSET ?", searching.NEAR):
            return None
    return first


def _near(
    found: Shelf, part: Clause, holding: Clause, limit: int, is_descending: bool = False
) -> list[tuple[str, int]]:
    """Return those who match among the first of this part of the sorted pupils."""
    return found.near("sort_key, id", part, _by_name(found, is_descending), holding, limit)


def _first_named(pupils: Sequence[tuple[str, int]], word: str, limit: int) -> list[tuple[str, int]]:
    """Return the first: those whose sort key begins with the word, then the others, each by sort key."""
    return sorted(pupils, key=lambda pupil: not pupil[0].startswith(word))[:limit]


def row(pupil_id: PupilId) -> PupilRow | None:
    """Return one pupil as lists show it, or None."""
    found = _rows().where(Pupil.id == pupil_id).tuples().first()
    return None if found is None else PupilRow(*found)
