"""A move: the school that a pupil leaves for another, and the school that lent what he or she takes along."""

from datetime import date
from typing import NamedTuple


class Stay(NamedTuple):
    """Where a pupil is, by the school's id, and from which school he or she moved there, on which day."""

    school_id: int
    moved_from_id: int | None = None
    moved_on: date | None = None


def lending_school(stay: Stay, lent_on: date) -> int:
    """Return the school that lent on that day: on the day of a move, the school before."""
    has_lent_before = stay.moved_on is not None and lent_on <= stay.moved_on
    return stay.moved_from_id if has_lent_before and stay.moved_from_id is not None else stay.school_id


def moved(stay: Stay, school_id: int, *, today: date, lent_on: date | None) -> Stay:
    """Return where a pupil is after a move; the school that lent, on `lent_on`, is the one remembered."""
    if lent_on is None:
        is_back = stay.moved_from_id == school_id
        return Stay(school_id) if is_back else Stay(school_id, stay.school_id, today)
    lender = lending_school(stay, lent_on)
    if lender == school_id:
        return Stay(school_id)
    return Stay(school_id, lender, today) if lender == stay.school_id else stay._replace(school_id=school_id)
