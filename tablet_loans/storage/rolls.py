"""Rolls: what a school's list is compared with, pupils and schools already here."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tablet_loans.domain.recognition import KnownPupil
from tablet_loans.storage import batches
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date, from_microseconds, words
from tablet_loans.storage.searching import in_bites

_PUPILS: Final = (
    "SELECT id, ine, school_id, local_number, family_name, usage_name, given_name, class_name, level, phone,"
    " moved_from_id, corrected, birth_date, left_on, moved_on FROM pupil"
)
_SCHOOLS: Final = "SELECT id, uai, name, kind, address, postcode, commune, phone, email, depot FROM school"
_NOTHING: Final = json.dumps([])


@dataclass(frozen=True, slots=True)
class KnownSchool:
    """A school that is already here, as the directory may change it."""

    id: int
    uai: str
    name: str
    kind: str
    address: str
    postcode: str
    commune: str
    phone: str
    email: str
    depot: str


def pupils_of(base: Base, school_id: int) -> list[KnownPupil]:
    """Return all pupils of a school, those who left included."""
    return [_pupil(row) for row in base.execute(f"{_PUPILS} WHERE school_id = ? ORDER BY id", (school_id,)).fetchall()]


def pupils_with_ids(base: Base, ids: Collection[int]) -> list[KnownPupil]:
    """Return these pupils, of any school."""
    return [_pupil(row) for row in _with_ids(base, _PUPILS, "id", ids)]


def holders(base: Base, ines: Iterable[str]) -> dict[str, int]:
    """Return the ids of the pupils of any school with one of these INEs, by INE."""
    return {row[0]: row[1] for row in batches.with_keys(base, "SELECT ine, id FROM pupil", "ine", ines)}


def schools_with(base: Base, uais: Collection[str]) -> dict[str, KnownSchool]:
    """Return the schools with one of these UAIs, by UAI."""
    return {row[1]: KnownSchool(*row) for row in batches.with_keys(base, _SCHOOLS, "uai", uais)}


def school_ids(base: Base, uais: Iterable[str]) -> dict[str, int]:
    """Return the ids of the schools with one of these UAIs, by UAI."""
    return {row[0]: row[1] for row in batches.with_keys(base, "SELECT uai, id FROM school", "uai", uais)}


def uais(base: Base, school_ids: Collection[int]) -> dict[int, str]:
    """Return the UAIs of these schools, by id."""
    return {row[0]: row[1] for row in _with_ids(base, "SELECT id, uai FROM school", "id", school_ids)}


def open_loans(base: Base, pupil_ids: Collection[int]) -> dict[int, str]:
    """Return the number of the oldest open loan of those pupils who have one, by pupil."""
    rows = _with_ids(base, "SELECT number, pupil_id FROM loan", "pupil_id", pupil_ids, " AND state = 'open'")
    return {pupil_id: number for number, pupil_id in sorted(map(tuple, rows), reverse=True)}


def lent_on(base: Base, pupil_ids: Collection[int]) -> dict[int, date]:
    """Return the day of the oldest open loan of those pupils who have one, by pupil."""
    rows = _with_ids(base, "SELECT opened_at, pupil_id FROM loan", "pupil_id", pupil_ids, " AND state = 'open'")
    return {pupil_id: _local_day(opened_at) for opened_at, pupil_id in sorted(map(tuple, rows), reverse=True)}


def _with_ids(
    base: Base, select: str, column: str, ids: Collection[int], condition: str = ""
) -> Iterator[Sequence[Any]]:
    for some in in_bites(sorted(ids)):
        wanted = ", ".join("?" * len(some))
        yield from base.execute(f"{select} WHERE {column} IN ({wanted}){condition}", some).fetchall()


def _local_day(opened_at: int) -> date:
    return from_microseconds(opened_at).astimezone().date()


def _pupil(row: Any) -> KnownPupil:
    corrected = () if row[-4] == _NOTHING else words(row[-4])
    return KnownPupil(*(*row[:-4], corrected, *map(as_date, row[-3:])))
