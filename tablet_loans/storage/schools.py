"""Schools, found by their UAI or their words."""

from tablet_loans.domain.paging import Place
from tablet_loans.domain.school import SchoolId, SchoolRow
from tablet_loans.storage.database import Base
from tablet_loans.storage.searching import Shelf, is_hopeless, shelf, words_of


def find_id(base: Base, uai: str) -> SchoolId | None:
    """Return the id of the school with this UAI, or None."""
    row = base.execute("SELECT id FROM school WHERE uai = ?", (uai,)).fetchone()
    return SchoolId(row[0]) if row else None


def block(search: str, place: Place) -> list[SchoolRow]:
    """Return the schools that match, by name."""
    return _matching(shelf("school"), search, place)


def suggested(base: Base, typed: str, limit: int) -> list[SchoolRow]:
    """Return the first schools whose name, commune or UAI has words that begin with all those typed, by name."""
    return _matching(shelf("school", base), typed, Place(0, limit)) if words_of(typed) else []


def _matching(found: Shelf, typed: str, place: Place) -> list[SchoolRow]:
    """Look at each school: there are hundreds, not thousands."""
    if is_hopeless(typed):
        return []
    where = found.holding(words_of(typed))
    rows = found.run(
        f"SELECT id, uai, name, kind, commune FROM school WHERE {where.sql}"
        f" ORDER BY sort_key{found.binary}, id LIMIT ? OFFSET ?",
        (*where.values, place.size, place.start),
    )
    return [SchoolRow(*row) for row in rows]
