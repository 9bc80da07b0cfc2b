"""Recalls: the open loans of pupils who left their school or moved to another one, by the school that lent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tablet_loans.domain.move import Stay, lending_school
from tablet_loans.domain.pupil import written_name
from tablet_loans.domain.school import Recall, SchoolId
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date, from_microseconds

_GONE: Final = (
    "SELECT loan.number, device.tag, pupil.family_name, pupil.usage_name, pupil.given_name, pupil.class_name,"
    " loan.due_on, loan.opened_at, pupil.left_on, pupil.moved_on, pupil.school_id, pupil.moved_from_id, school.uai"
    " FROM loan JOIN pupil ON pupil.id = loan.pupil_id JOIN device ON device.id = loan.device_id"
    " JOIN school ON school.id = pupil.school_id"
    " WHERE loan.state = 'open' AND (pupil.left_on IS NOT NULL OR pupil.moved_from_id IS NOT NULL)"
)
_OF_SCHOOL: Final = " AND (pupil.school_id = ? OR pupil.moved_from_id = ?)"


@dataclass(frozen=True, slots=True)
class SchoolRecall:
    """A loan to call back, and the school that calls: the one where the pupil was when it was opened."""

    school_id: SchoolId
    recall: Recall


def gone(base: Base, school_id: SchoolId | None = None) -> list[SchoolRecall]:
    """Return the open loans of pupils who left or moved after they were lent, those of one school or of all.

    They come by school, then class and name.
    """
    of_school, values = ("", ()) if school_id is None else (_OF_SCHOOL, (school_id, school_id))
    found = list(_found(base.execute(_GONE + of_school, values).fetchall()))
    chosen = [each for each in found if school_id in (None, each.school_id)]
    return sorted(
        chosen, key=lambda each: (each.school_id, each.recall.class_name, each.recall.pupil, each.recall.loan)
    )


def _found(rows: list[Any]) -> Iterator[SchoolRecall]:
    for number, tag, family_name, usage_name, given_name, class_name, due_on, opened_at, left, moved, *where in rows:
        here, before, uai = where
        left_on, moved_on = as_date(left), as_date(moved)
        lent_on = from_microseconds(opened_at).astimezone().date()
        lender = lending_school(Stay(here, before, moved_on), lent_on)
        has_moved = lender != here
        gone_on = moved_on if has_moved else left_on
        if gone_on is None:
            continue
        name = written_name(family_name, usage_name, given_name)
        moved_to = uai if has_moved else None
        recall = Recall(number, tag, name, class_name, gone_on, moved_to, _day(due_on))
        yield SchoolRecall(SchoolId(lender), recall)


def _day(stored: date | str) -> date:
    return date.fromisoformat(stored) if isinstance(stored, str) else stored
