"""Pupils: found by INE or id, listed by blocks."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from peewee import JOIN

from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import PupilFilter, PupilId, PupilRow
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date
from tablet_loans.storage.models import Loan, Pupil, School
from tablet_loans.storage.searching import holds_words

_STANDING: Final = (
    "SELECT pupil.left_on, school.uai, other_device.tag, other.number,"
    " NOT EXISTS (SELECT 1 FROM campaign_school listed WHERE listed.campaign_id = ?) OR EXISTS"
    " (SELECT 1 FROM campaign_school part WHERE part.campaign_id = ? AND part.school_id = pupil.school_id)"
    " FROM pupil JOIN school ON school.id = pupil.school_id"
    " LEFT JOIN loan other ON other.pupil_id = pupil.id AND other.kind = ? AND other.state = 'open'"
    " LEFT JOIN device other_device ON other_device.id = other.device_id WHERE pupil.id = ?"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether a pupil may receive a kind of device in a campaign."""

    left_on: date | None
    school: str
    other_tag: str | None
    other_loan: str | None
    takes_part: bool


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


def _filtered(query: Any, chosen: PupilFilter) -> Any:
    if chosen.school is not None:
        query = query.where(School.uai == chosen.school)
    return query.where(*holds_words(Pupil.search_key, chosen.search)) if chosen.search.strip() else query


def count(chosen: PupilFilter) -> int:
    """Return how many pupils the filter lets through."""
    return int(_filtered(Pupil.select(Pupil.id).join(School), chosen).count())


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
    """Return the rows of one block, by name; a pupil with two open loans stands there once a loan."""
    query = _filtered(_rows(), chosen).order_by(Pupil.sort_key, Pupil.id).offset(place.start).limit(place.size)
    return [PupilRow(*row) for row in query.tuples()]


def row(pupil_id: PupilId) -> PupilRow | None:
    """Return one pupil as lists show it, or None."""
    found = _rows().where(Pupil.id == pupil_id).tuples().first()
    return None if found is None else PupilRow(*found)
