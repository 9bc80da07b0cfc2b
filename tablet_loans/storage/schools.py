"""Schools, found by their UAI."""

from typing import Any

from tablet_loans.domain.paging import Place
from tablet_loans.domain.school import SchoolId, SchoolRow
from tablet_loans.storage.database import Base
from tablet_loans.storage.models import School
from tablet_loans.storage.searching import holds_words


def find_id(base: Base, uai: str) -> SchoolId | None:
    """Return the id of the school with this UAI, or None."""
    row = base.execute("SELECT id FROM school WHERE uai = ?", (uai,)).fetchone()
    return SchoolId(row[0]) if row else None


def block(search: str, place: Place) -> list[SchoolRow]:
    """Return the schools that match, by name."""
    query = School.select(School.id, School.uai, School.name, School.kind, School.commune)
    if search.strip():
        query = query.where(*holds_words(School.search_key, search))
    rows: Any = query.order_by(School.sort_key, School.id).offset(place.start).limit(place.size).tuples()
    return [SchoolRow(*row) for row in rows]
