"""Households: read as the rule needs them, and written, a few pupils at a time."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from tablet_loans.domain.household import Carer, DoubtfulPupil, Standing
from tablet_loans.domain.pupil import HouseholdMember, PupilId, written_name
from tablet_loans.domain.roster import Care
from tablet_loans.storage import batches
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import words
from tablet_loans.storage.searching import in_bites
from tablet_loans.storage.turns import in_turns

COLUMN: Final = "household"
_READ: Final = 5_000
_AT_ONCE: Final = 40
_CARED: Final = f"AND care <> '{Care.CONTACT.value}'"
_MEMBERS: Final = (
    "SELECT member.id, member.family_name, member.usage_name, member.given_name, school.uai, member.class_name,"
    " (SELECT min(loan.number) FROM loan WHERE loan.pupil_id = member.id AND loan.state = 'open')"
    " FROM pupil known JOIN pupil member ON member.household = known.household AND member.id <> known.id"
    " JOIN school ON school.id = member.school_id WHERE known.id = ? ORDER BY member.sort_key, member.id"
)


def carers(base: Base) -> Iterator[Carer]:
    """Yield every guardian with the pupils in charge, read block by block; a mere contact is in charge of nobody."""
    last = 0
    query = "SELECT id, name_key, address_key, is_institution FROM guardian WHERE id > ? ORDER BY id LIMIT ?"
    while rows := base.execute(query, (last, _READ)).fetchall():
        wards = _wards(base, last, rows[-1][0])
        for row_id, name, address, is_institution in rows:
            yield Carer(row_id, name, address, bool(is_institution), tuple(wards.get(row_id, ())))
        last = rows[-1][0]


def _wards(base: Base, after: int, until: int) -> dict[int, list[int]]:
    wards: dict[int, list[int]] = {}
    for guardian_id, pupil_id in base.execute(
        "SELECT guardian_id, pupil_id FROM guardianship WHERE guardian_id > ? AND guardian_id <= ? AND care <> ?",
        (after, until, Care.CONTACT.value),
    ):
        wards.setdefault(guardian_id, []).append(pupil_id)
    return wards


def standings(base: Base) -> dict[int, Standing]:
    """Return where pupils stand, by id: those in a household, and those of whom a person decided."""
    query = (
        "SELECT id, household, corrected FROM pupil WHERE id > ? AND (household IS NOT NULL OR corrected <> '[]')"
        " ORDER BY id LIMIT ?"
    )
    found: dict[int, Standing] = {}
    last = 0
    while rows := base.execute(query, (last, _READ)).fetchall():
        for row_id, household, corrected in rows:
            found[row_id] = Standing(household, is_decided=COLUMN in words(corrected))
        last = rows[-1][0]
    return found


@dataclass(slots=True)
class Neighbourhood:
    """Guardians, pupils and addresses that may decide each other's households, found from some of them."""

    guardians: set[int]
    pupils: set[int]
    addresses: set[str]

    def grow(self, base: Base, most: int) -> bool:
        """Take in all that is joined with what is here, and say whether that is no more than `most` guardians."""
        guardians, pupils, addresses = set(self.guardians), set(self.pupils), set(self.addresses)
        while guardians or pupils or addresses:
            found_pupils = _column(base, "pupil_id", "guardianship", "guardian_id", guardians, _CARED)
            found_pupils |= _of_households(base, pupils)
            found_guardians = _column(base, "guardian_id", "guardianship", "pupil_id", pupils, _CARED)
            found_guardians |= _column(base, "id", "guardian", "address_key", addresses)
            found_addresses = _column(base, "address_key", "guardian", "id", guardians) - {""}
            guardians, pupils = found_guardians - self.guardians, found_pupils - self.pupils
            addresses = found_addresses - self.addresses
            self.guardians |= guardians
            self.pupils |= pupils
            self.addresses |= addresses
            if len(self.guardians) > most:
                return False
        return True


def _column(base: Base, column: str, table: str, key: str, values: Collection[Any], where: str = "") -> set[Any]:
    """Return the values of a column in the rows with one of these keys."""
    found: set[Any] = set()
    for some in in_bites(sorted(values)):
        marks = ", ".join("?" * len(some))
        rows = base.execute(f"SELECT {column} FROM {table} WHERE {key} IN ({marks}) {where}", some).fetchall()
        found.update(row[0] for row in rows)
    return found


def _of_households(base: Base, pupil_ids: Collection[int]) -> set[int]:
    """Return who is in the households of these pupils, and whose number those bear."""
    numbers = _column(base, "household", "pupil", "id", pupil_ids, "AND household IS NOT NULL")
    return _column(base, "id", "pupil", "household", numbers | set(pupil_ids)) | numbers


def carers_among(base: Base, guardian_ids: Collection[int]) -> Iterator[Carer]:
    """Yield these guardians with the pupils in charge."""
    for some in in_bites(sorted(guardian_ids)):
        marks = ", ".join("?" * len(some))
        wards: dict[int, list[int]] = {}
        query = f"SELECT guardian_id, pupil_id FROM guardianship WHERE guardian_id IN ({marks}) {_CARED}"
        for guardian_id, pupil_id in base.execute(query, some).fetchall():
            wards.setdefault(guardian_id, []).append(pupil_id)
        query = f"SELECT id, name_key, address_key, is_institution FROM guardian WHERE id IN ({marks}) ORDER BY id"
        for row_id, name, address, is_institution in base.execute(query, some).fetchall():
            yield Carer(row_id, name, address, bool(is_institution), tuple(wards.get(row_id, ())))


def standings_among(base: Base, pupil_ids: Collection[int]) -> dict[int, Standing]:
    """Return where these pupils stand, by id: those in a household, and those of whom a person decided."""
    found: dict[int, Standing] = {}
    for some in in_bites(sorted(pupil_ids)):
        query = (
            f"SELECT id, household, corrected FROM pupil WHERE id IN ({', '.join('?' * len(some))})"
            " AND (household IS NOT NULL OR corrected <> '[]')"
        )
        for row_id, household, corrected in base.execute(query, some).fetchall():
            found[row_id] = Standing(household, is_decided=COLUMN in words(corrected))
    return found


def write(base: Base, changes: Mapping[int, int | None]) -> Iterator[int]:
    """Write the households of these pupils in short turns, and yield how many rows each turn changed.

    What a person decided meanwhile is left alone.
    """
    return in_turns(base, _in_pieces(changes.items()), lambda piece: _write(base, piece))


def _in_pieces(changes: Iterable[tuple[int, int | None]]) -> Iterator[list[tuple[int, int | None]]]:
    remaining = iter(changes)
    while piece := list(islice(remaining, _AT_ONCE)):
        yield piece


def _write(base: Base, changes: Sequence[tuple[int, int | None]]) -> int:
    now = batches.current(base, "pupil", ["corrected"], [pupil_id for pupil_id, _ in changes])
    rows = [each for each in changes if each[0] in now and COLUMN not in words(str(now[each[0]]["corrected"]))]
    if rows:
        batches.update(base, "pupil", [COLUMN], rows)
    return len(rows)


def of(base: Base, pupil_ids: Sequence[int]) -> dict[int, tuple[int | None, tuple[str, ...]]]:
    """Return the household and the corrected columns of these pupils, held until the transaction ends."""
    now = batches.current(base, "pupil", [COLUMN, "corrected"], pupil_ids) if pupil_ids else {}
    return {
        row_id: (None if row[COLUMN] is None else int(str(row[COLUMN])), words(str(row["corrected"])))
        for row_id, row in now.items()
    }


def together(base: Base, households: Iterable[int]) -> list[int]:
    """Return the pupils of these households."""
    wanted = sorted(set(households))
    if not wanted:
        return []
    marks = ", ".join("?" * len(wanted))
    rows = base.execute(f"SELECT id FROM pupil WHERE household IN ({marks}) ORDER BY id", wanted).fetchall()
    return [row[0] for row in rows]


def members(base: Base, pupil_id: PupilId) -> list[HouseholdMember]:
    """Return the other pupils of a pupil's household, by name, with the UAI of their school and an open loan."""
    return [
        HouseholdMember(PupilId(row[0]), written_name(*row[1:4]), *row[4:])
        for row in base.execute(_MEMBERS, (pupil_id,)).fetchall()
    ]


def pupils(base: Base, pupil_ids: Sequence[int]) -> dict[int, DoubtfulPupil]:
    """Return these pupils, by id, as a list of doubtful households shows them."""
    found: dict[int, DoubtfulPupil] = {}
    for some in in_bites(pupil_ids):
        rows = base.execute(
            "SELECT pupil.id, family_name, usage_name, given_name, school.uai, class_name, household"
            " FROM pupil JOIN school ON school.id = pupil.school_id"
            f" WHERE pupil.id IN ({', '.join('?' * len(some))})",
            some,
        ).fetchall()
        for row in rows:
            found[row[0]] = DoubtfulPupil(PupilId(row[0]), written_name(*row[1:4]), *row[4:])
    return found
