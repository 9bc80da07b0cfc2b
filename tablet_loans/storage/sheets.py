"""Sheets: which pupils still lack a tablet, and what their agreements say before they have one."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from tablet_loans.storage.database import Base

_LACKING: Final = (
    "SELECT pupil.id FROM pupil JOIN school ON school.id = pupil.school_id"
    " WHERE (pupil.left_on IS NULL OR pupil.left_on > ?) AND NOT EXISTS"
    " (SELECT 1 FROM loan WHERE loan.pupil_id = pupil.id AND loan.kind = ? AND loan.state = 'open')"
)
_PROMISED: Final = (
    "EXISTS (SELECT 1 FROM reservation WHERE reservation.pupil_id = pupil.id AND reservation.campaign_id = ?"
    " AND reservation.kind = ? AND reservation.state = 'promised')"
)
_AT_ONCE: Final = 500
_SAID: Final = (
    "SELECT pupil.id, school.name, school.uai, school.commune, pupil.family_name, pupil.usage_name, pupil.given_name,"
    " pupil.class_name, pupil.birth_date FROM pupil JOIN school ON school.id = pupil.school_id WHERE pupil.id IN"
)


class SheetPupil(NamedTuple):
    """A pupil as the agreement names him or her."""

    id: int
    school: str
    uai: str
    commune: str
    family_name: str
    usage_name: str
    given_name: str
    class_name: str
    birth_date: date | str | None


def lacking(
    base: Base,
    *,
    kind: str,
    today: date,
    school: str | None,
    class_name: str | None = None,
    promised_in: int | None = None,
) -> list[int]:
    """Return the pupils who are there and have no open loan of this kind, in the order of the register.

    They are those of a school or class, and with `promised_in` those to whom that campaign promised a device.
    """
    query, values = _LACKING, list[str | int]([today.isoformat(), kind])
    if school is not None:
        query, values = f"{query} AND school.uai = ?", [*values, school]
    if class_name is not None:
        query, values = f"{query} AND pupil.class_name = ?", [*values, class_name]
    if promised_in is not None:
        query, values = f"{query} AND {_PROMISED}", [*values, promised_in, kind]
    rows = base.execute(f"{query} ORDER BY {_register(base)}", values).fetchall()
    return [row[0] for row in rows]


def in_register_order(base: Base, pupils: Sequence[int]) -> list[int]:
    """Return these pupils, each once, by school, class and name."""
    marks = ", ".join("?" * len(pupils))
    query = f"SELECT pupil.id FROM pupil JOIN school ON school.id = pupil.school_id WHERE pupil.id IN ({marks})"
    return [row[0] for row in base.execute(f"{query} ORDER BY {_register(base)}", pupils).fetchall()]


def said_of(base: Base, pupils: Sequence[int]) -> list[SheetPupil]:
    """Return what is said of these pupils, in the order given."""
    marks = ", ".join("?" * len(pupils))
    found = {row[0]: SheetPupil(*row) for row in base.execute(f"{_SAID} ({marks})", pupils).fetchall()}
    return [found[pupil] for pupil in pupils if pupil in found]


def by_school(base: Base, pupils: Sequence[int]) -> dict[tuple[str, str], list[int]]:
    """Return these pupils by their school's UAI and name, in the order given."""
    found: dict[tuple[str, str], list[int]] = {}
    for start in range(0, len(pupils), _AT_ONCE):
        for pupil in said_of(base, pupils[start : start + _AT_ONCE]):
            found.setdefault((pupil.uai, pupil.school), []).append(pupil.id)
    return found


def _register(base: Base) -> str:
    """Return the order of the register, which no collation decides."""
    collated = ' COLLATE "C"' if base.is_server else ""
    return f"school.uai{collated}, pupil.class_name{collated}, pupil.sort_key{collated}, pupil.id"
