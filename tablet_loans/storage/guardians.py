"""Guardians: who looks after pupils, what a school's file is compared with, and what goes when needs close."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from tablet_loans.domain.act import Action, Change, LedgerId, Subject, changes_from_facts, facts_text
from tablet_loans.domain.household import guardian_name
from tablet_loans.domain.need import ClosedNeeds, Equipment, lacks
from tablet_loans.domain.pupil import GuardianView, PupilId
from tablet_loans.domain.roster import Care
from tablet_loans.storage import batches
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import words
from tablet_loans.storage.rows import stored
from tablet_loans.storage.searching import in_bites
from tablet_loans.storage.turns import in_turns

COLUMNS: Final = (
    "local_number", "civility", "family_name", "given_name", "phone", "mobile", "email", "address", "postcode",
    "commune", "is_institution", "name_key", "address_key",
)  # fmt: skip
_RANK: Final = {care.value: place for place, care in enumerate(Care)}
_LACKING: Final = tuple(equipment.value for equipment in Equipment if lacks(equipment))
_NEEDY: Final = (
    "SELECT need.pupil_id FROM need JOIN campaign ON campaign.id = need.campaign_id"
    f" WHERE need.is_current AND need.equipment IN ({', '.join('?' * len(_LACKING))})"
    " AND (campaign.id = ? OR (campaign.needs_closed_at IS NULL AND campaign.status <> 'closed'))"
    " UNION SELECT pupil_id FROM loan WHERE state = 'open'"
)
_KEPT: Final = ("guardian", "guardianship")
_READ: Final = 1_000
_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class KnownWard:
    """A pupil of a school, as its guardians' file may name him or her."""

    id: int
    local_number: str | None
    family_name: str
    usage_name: str
    given_name: str
    class_name: str
    has_left: bool


@dataclass(frozen=True, slots=True)
class KnownGuardian:
    """A guardian whom a school's file named before."""

    id: int
    local_number: str | None
    civility: str
    family_name: str
    given_name: str
    phone: str
    mobile: str
    email: str
    address: str
    postcode: str
    commune: str
    is_institution: bool
    name_key: str
    address_key: str


@dataclass(frozen=True, slots=True)
class KnownCare:
    """What a guardian is to a pupil, as it is kept."""

    id: int
    care: str


def wards_of(base: Base, school_id: int) -> list[KnownWard]:
    """Return the pupils of a school, those who left included."""
    rows = base.execute(
        "SELECT id, local_number, family_name, usage_name, given_name, class_name, left_on IS NOT NULL FROM pupil"
        " WHERE school_id = ? ORDER BY id",
        (school_id,),
    ).fetchall()
    return [KnownWard(*(*row[:-1], bool(row[-1]))) for row in rows]


def of_school(base: Base, school_id: int) -> list[KnownGuardian]:
    """Return the guardians whom a school's files named."""
    rows = base.execute(
        f"SELECT id, {', '.join(COLUMNS)} FROM guardian WHERE school_id = ? ORDER BY id", (school_id,)
    ).fetchall()
    return [KnownGuardian(*(*row[:11], bool(row[11]), *row[12:])) for row in rows]


def cares_of(base: Base, school_id: int) -> dict[tuple[int, int], KnownCare]:
    """Return what a school's guardians are to pupils, by guardian and pupil."""
    rows = base.execute(
        "SELECT guardian_id, pupil_id, guardianship.id, care FROM guardianship"
        " JOIN guardian ON guardian.id = guardian_id WHERE guardian.school_id = ?",
        (school_id,),
    ).fetchall()
    return {(row[0], row[1]): KnownCare(row[2], row[3]) for row in rows}


def free_ids(base: Base, count: int) -> list[int]:
    """Return ids for so many new guardians, which nobody else gets; an import that keeps others out asks for them."""
    if not count:
        return []
    if base.is_server:
        rows = base.execute(
            "SELECT nextval(pg_get_serial_sequence('guardian', 'id')) FROM generate_series(1, ?)", (count,)
        ).fetchall()
        return sorted(row[0] for row in rows)
    first = int(base.execute("SELECT coalesce(max(id), 0) + 1 FROM guardian").fetchone()[0])
    return list(range(first, first + count))


def of_pupil(base: Base, pupil_id: PupilId) -> list[GuardianView]:
    """Return who looks after a pupil, legal guardians first; what another school's file told serves until its own."""
    rows = base.execute(
        "SELECT guardian.civility, guardian.family_name, guardian.given_name, care, guardian.phone, guardian.mobile,"
        " guardian.email, guardian.is_institution, guardian.school_id = pupil.school_id FROM guardianship"
        " JOIN guardian ON guardian.id = guardian_id JOIN pupil ON pupil.id = pupil_id"
        " WHERE pupil_id = ? ORDER BY guardian.name_key, guardian.id",
        (pupil_id,),
    ).fetchall()
    own = [row for row in rows if row[8]] or rows
    return [
        GuardianView(*(guardian_name(*row[:3]), *row[3:7], bool(row[7])))
        for row in sorted(own, key=lambda row: _RANK[row[3]])
    ]


def named(base: Base, guardian_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return the written names and addresses of these guardians, by id."""
    found: dict[int, tuple[str, str]] = {}
    for some in in_bites(guardian_ids):
        rows = base.execute(
            "SELECT id, civility, family_name, given_name, address, postcode, commune FROM guardian"
            f" WHERE id IN ({', '.join('?' * len(some))})",
            some,
        ).fetchall()
        for row in rows:
            found[row[0]] = guardian_name(*row[1:4]), " ".join(part for part in row[4:] if part)
    return found


def forgettable(base: Base, campaign_id: int) -> ClosedNeeds:
    """Return how many guardians and phone numbers `forget` would take away now."""
    facts = (*_LACKING, campaign_id)
    kept = f"SELECT guardian_id FROM guardianship WHERE pupil_id IN ({_NEEDY})"
    return ClosedNeeds(
        int(base.execute(f"SELECT count(*) FROM guardian WHERE id NOT IN ({kept})", facts).fetchone()[0]),
        int(base.execute(
            f"SELECT count(*) FROM pupil WHERE phone <> '' AND id NOT IN ({_NEEDY})", facts
        ).fetchone()[0]),
    )  # fmt: skip


def forget(base: Base, campaign_id: int) -> ClosedNeeds:
    """Forget the guardians and phone numbers of pupils without a need, and return how many went.

    Kept are those of pupils who lack equipment in this campaign or in another one that still asks, and of those who
    hold a loan. What undo kept of guardians and phone numbers goes for everybody. It is written in turns of its own,
    within `services.importing.alone` and no transaction; called again, it goes on where it was stopped.
    """
    needy = _needy(base, campaign_id)
    _forget_kept(base)
    _delete(base, "guardianship", _ids(base, "guardianship", "pupil_id", needy))
    alone = "AND NOT EXISTS (SELECT 1 FROM guardianship WHERE guardian_id = guardian.id)"
    guardians = _delete(base, "guardian", _ids(base, "guardian", "id", (), alone), alone)
    phones = sum(in_turns(base, _pieces(_ids(base, "pupil", "id", needy, "AND phone <> ''")),
                          lambda piece: _blank_phones(base, piece)))  # fmt: skip
    return ClosedNeeds(guardians, phones)


def phone_tellers(base: Base, campaign_id: int) -> list[LedgerId]:
    """Return the acts whose facts tell a phone number of a pupil without a need: corrections, and what undid them."""
    needy = _needy(base, campaign_id)
    actions = (Action.CORRECTED.value, Action.UNDONE.value)
    rows = base.execute(
        "SELECT line.id, facts.facts FROM ledger_line line JOIN ledger_facts facts ON facts.line_id = line.id"
        " WHERE line.action IN (?, ?) AND facts.facts LIKE ? ORDER BY line.id",
        (*actions, '%"phone":%'),
    ).fetchall()
    return [
        LedgerId(line_id)
        for line_id, facts in rows
        if any(_tells_phone(change, needy) for change in changes_from_facts(json.loads(facts)))
    ]


def _tells_phone(change: Change, spared: Collection[int]) -> bool:
    said = {**(change.before or {}), **change.after}
    return change.subject is Subject.PUPIL and "phone" in said and change.row_id not in spared


def _needy(base: Base, campaign_id: int) -> set[int]:
    return {row[0] for row in base.execute(_NEEDY, (*_LACKING, campaign_id)).fetchall()}


def _ids(base: Base, table: str, column: str, spared: Collection[int], where: str = "") -> Iterator[int]:
    """Yield the ids of a table's rows, but those whose `column` is among the spared."""
    last = 0
    query = f"SELECT id, {column} FROM {table} WHERE id > ? {where} ORDER BY id LIMIT ?"
    while rows := base.execute(query, (last, _READ)).fetchall():
        yield from (row_id for row_id, value in rows if value not in spared)
        last = rows[-1][0]


def _pieces(ids: Iterable[int]) -> Iterator[list[int]]:
    remaining = iter(ids)
    while piece := list(islice(remaining, _AT_ONCE)):
        yield piece


def _delete(base: Base, table: str, ids: Iterable[int], where: str = "") -> int:
    def delete(piece: Sequence[int]) -> int:
        marks = ", ".join("?" * len(piece))
        return int(base.execute(f"DELETE FROM {table} WHERE id IN ({marks}) {where}", piece).rowcount)

    return sum(in_turns(base, _pieces(ids), delete))


def _blank_phones(base: Base, pupil_ids: Sequence[int]) -> int:
    """Blank the numbers, those corrected by hand too: the next file may bring another."""
    now = batches.current(base, "pupil", ["corrected"], pupil_ids)
    rows = [
        (row_id, "", stored([word for word in words(str(row["corrected"])) if word != "phone"]))
        for row_id, row in now.items()
    ]
    if rows:
        batches.update(base, "pupil", ["phone", "corrected"], rows)
    return len(rows)


def _forget_kept(base: Base) -> None:
    """Take away what undo would restore: imports of guardians are no longer undone, phone numbers stay away."""
    marks = ", ".join("?" * len(_KEPT))
    lines = base.execute(f"SELECT DISTINCT line_id FROM ledger_row WHERE kind IN ({marks})", _KEPT).fetchall()
    for (line_id,) in lines:
        query = "SELECT id FROM ledger_row WHERE line_id = ? ORDER BY id"
        _delete(base, "ledger_row", [row[0] for row in base.execute(query, (line_id,)).fetchall()])
    for _ in in_turns(base, _with_phones(base), lambda row: _strip_phone(base, *row)):
        pass


def _with_phones(base: Base) -> Iterator[tuple[int, str]]:
    last = 0
    query = "SELECT id, before FROM ledger_row WHERE id > ? AND kind = 'pupil' AND before LIKE ? ORDER BY id LIMIT ?"
    while rows := base.execute(query, (last, '%"phone"%', _READ)).fetchall():
        yield from rows
        last = rows[-1][0]


def _strip_phone(base: Base, row_id: int, before: str) -> None:
    left = {column: value for column, value in json.loads(before).items() if column != "phone"}
    base.execute("UPDATE ledger_row SET before = ? WHERE id = ?", (facts_text(left), row_id))
