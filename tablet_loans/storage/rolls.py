"""Rolls: what a school's list is compared with, pupils and schools already here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tablet_loans.storage import batches
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date

_PUPILS: Final = (
    "SELECT id, ine, school_id, family_name, usage_name, given_name, class_name, level, birth_date, left_on FROM pupil"
)
_SCHOOLS: Final = "SELECT id, uai, name, kind, address, postcode, commune, phone, email FROM school"


@dataclass(frozen=True, slots=True)
class KnownPupil:
    """A pupil who is already here, as a school's list may change him or her."""

    id: int
    ine: str | None
    school_id: int
    family_name: str
    usage_name: str
    given_name: str
    class_name: str
    level: str
    birth_date: date | None
    left_on: date | None


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


def pupils_of(base: Base, school_id: int) -> list[KnownPupil]:
    """Return all pupils of a school, those who left included."""
    return [_pupil(row) for row in base.execute(f"{_PUPILS} WHERE school_id = ? ORDER BY id", (school_id,)).fetchall()]


def pupils_with(base: Base, ines: Collection[str]) -> dict[str, KnownPupil]:
    """Return the pupils of any school with one of these INEs, by INE."""
    return {row[1]: _pupil(row) for row in batches.with_keys(base, _PUPILS, "ine", ines)}


def schools_with(base: Base, uais: Collection[str]) -> dict[str, KnownSchool]:
    """Return the schools with one of these UAIs, by UAI."""
    return {row[1]: KnownSchool(*row) for row in batches.with_keys(base, _SCHOOLS, "uai", uais)}


def _pupil(row: Any) -> KnownPupil:
    return KnownPupil(*(*row[:-2], as_date(row[-2]), as_date(row[-1])))
