"""The ledger: append-only lines, one chain a station, facts beside them that can be erased."""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from uuid_utils import uuid7

from tablet_loans.domain.act import (
    CHANGING,
    UNDOABLE,
    Action,
    LedgerId,
    Line,
    Subject,
    facts_digest,
    facts_text,
    line_hash,
)
from tablet_loans.storage import stations
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import from_microseconds, to_microseconds
from tablet_loans.storage.rows import insert_many
from tablet_loans.storage.stations import StationHead

_COLUMNS: Final = (
    "line.id, line.station, line.sequence, line.recorded_at, line.effective_at, line.actor, line.action,"
    " line.undoes, line.digest, line.previous_hash, line.hash"
)
_LINE_COLUMNS: Final = (
    "id", "station", "sequence", "recorded_at", "effective_at", "actor", "action", "undoes", "digest",
    "previous_hash", "hash",
)  # fmt: skip
_INSERT: Final = f"INSERT INTO ledger_line ({', '.join(_LINE_COLUMNS)}) VALUES ({', '.join('?' * len(_LINE_COLUMNS))})"
_OF_THE_CAMPAIGN: Final = frozenset({Action.RULED, Action.CAMPAIGN_CHANGED})
_BATCH: Final = 2_000
_FEW: Final = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """What an act says before it is chained."""

    action: Action
    actor: str
    recorded_at: datetime
    effective_at: datetime
    facts: Mapping[str, object]
    subjects: tuple[tuple[str, int], ...]
    undoes: LedgerId | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A line as the chain is verified: with its hash, its salt and facts unless erased."""

    line: Line
    hash: str
    salt: str | None
    facts: str | None


def new_id() -> LedgerId:
    """Return a new ledger id, UUIDv7: the one place that makes them."""
    return LedgerId(str(uuid7()))


def id_at(moment: datetime, chance: int) -> LedgerId:
    """Return the ledger id (UUIDv7) of a moment; its 74 free bits are those of `chance`."""
    milliseconds = to_microseconds(moment) // 1000
    upper = milliseconds << 16 | 0x7000 | chance >> 62 & 0xFFF
    return LedgerId(str(UUID(int=upper << 64 | 0b10 << 62 | chance & 2**62 - 1)))


def link(head: StationHead, entry: Entry, line_id: LedgerId, salt: str) -> Link:
    """Return the line that `entry` makes after the station's head."""
    facts = facts_text(entry.facts)
    line = Line(
        line_id, head.code, head.sequence + 1, entry.recorded_at, entry.effective_at, entry.actor,
        entry.action.value, entry.undoes, entry.subjects, facts_digest(salt, facts), head.head,
    )  # fmt: skip
    return Link(line, line_hash(line), salt, facts)


def append(base: Base, head: StationHead, entry: Entry, line_id: LedgerId | None = None) -> Link:
    """Chain `entry` to its station, write where the station stands now, and return the line."""
    made = link(head, entry, line_id or new_id(), secrets.token_hex(16))
    line = made.line
    base.execute(_INSERT, _line_values(made))
    base.execute("INSERT INTO ledger_facts (line_id, salt, facts) VALUES (?, ?, ?)", (line.id, made.salt, made.facts))
    if entry.subjects:
        _insert_subjects(base, line)
    stations.advance(base, head_after(head, made))
    return made


def _insert_subjects(base: Base, line: Line) -> None:
    """Insert what a line is about: a few in one statement, a whole batch of agreements by many."""
    columns = ("kind", "subject_id", "line_id")
    if len(line.subjects) > _FEW:
        insert_many(base, "ledger_subject", columns, ((kind, row_id, line.id) for kind, row_id in line.subjects))
        return
    base.execute(
        f"INSERT INTO ledger_subject ({', '.join(columns)}) VALUES " + ", ".join(["(?, ?, ?)"] * len(line.subjects)),
        [value for kind, row_id in line.subjects for value in (kind, row_id, line.id)],
    )


def head_after(head: StationHead, made: Link) -> StationHead:
    """Return where the station stands once the line is made."""
    return replace(head, sequence=made.line.sequence, head=made.hash)


def append_many(base: Base, links: Iterable[Link]) -> None:
    """Write lines chained beforehand; where their station then stands is for the caller to write."""
    remaining = iter(links)
    while batch := list(islice(remaining, _BATCH)):
        insert_many(base, "ledger_line", _LINE_COLUMNS, (_line_values(made) for made in batch))
        insert_many(
            base,
            "ledger_facts",
            ("line_id", "salt", "facts"),
            ((made.line.id, made.salt, made.facts) for made in batch),
        )
        insert_many(
            base,
            "ledger_subject",
            ("kind", "subject_id", "line_id"),
            ((kind, row_id, made.line.id) for made in batch for kind, row_id in made.line.subjects),
        )


def keep_rows(base: Base, line_id: LedgerId, rows: Iterable[tuple[str, int, Mapping[str, object] | None]]) -> None:
    """Keep apart what an import created (before is None) or changed, to undo it."""
    insert_many(
        base,
        "ledger_row",
        ("line_id", "kind", "row_id", "before"),
        ((line_id, kind, row_id, None if before is None else facts_text(before)) for kind, row_id, before in rows),
    )


def find(base: Base, line_id: LedgerId) -> tuple[Line, dict[str, Any] | None] | None:
    """Return a line and its facts (None when erased), or None."""
    row = base.execute(
        f"SELECT {_COLUMNS}, facts.facts FROM ledger_line line"
        " LEFT JOIN ledger_facts facts ON facts.line_id = line.id WHERE line.id = ?",
        (line_id,),
    ).fetchone()
    if row is None:
        return None
    return _line(row, subjects_of(base, line_id)), None if row[11] is None else json.loads(row[11])


def is_undone(base: Base, line_id: LedgerId) -> bool:
    """Say whether a later line undoes this one."""
    return base.execute("SELECT 1 FROM ledger_line WHERE undoes = ?", (line_id,)).fetchone() is not None


def standing(base: Base, station: str, limit: int) -> list[LedgerId]:
    """Return the station's last acts that stand, newest first; those without facts are passed over.

    Acts that have no undo yet but changed the base are among them: nobody undoes past them unawares.
    """
    weighty = sorted(UNDOABLE | CHANGING)
    marks = ", ".join("?" * len(weighty))
    rows = base.execute(
        "SELECT line.id FROM ledger_line line JOIN ledger_facts facts ON facts.line_id = line.id"
        f" WHERE line.station = ? AND line.action IN ({marks})"
        " AND NOT EXISTS (SELECT 1 FROM ledger_line later WHERE later.undoes = line.id)"
        " ORDER BY line.sequence DESC LIMIT ?",
        (station, *weighty, limit),
    ).fetchall()
    return [LedgerId(row[0]) for row in rows]


def has_later_act(base: Base, line: Line) -> bool:
    """Say whether a later act that stands, here or at another station, is about the same things; pupils aside.

    About a campaign are its rules, dates and states, not what happens within it. At one station the sequence tells
    what is later, between two the time in the id.
    """
    is_of_campaign = line.action in _OF_THE_CAMPAIGN
    actions = sorted(_OF_THE_CAMPAIGN if is_of_campaign else UNDOABLE)
    aside = {Subject.PUPIL, Subject.SCHOOL} | (set() if is_of_campaign else {Subject.CAMPAIGN})
    marks = ", ".join("?" * len(actions))
    query = (
        "SELECT 1 FROM ledger_subject subject JOIN ledger_line later ON later.id = subject.line_id"
        " WHERE subject.kind = ? AND subject.subject_id = ?"
        " AND ((later.station = ? AND later.sequence > ?) OR (later.station <> ? AND later.id > ?))"
        f" AND later.action IN ({marks})"
        " AND NOT EXISTS (SELECT 1 FROM ledger_line undo WHERE undo.undoes = later.id) LIMIT 1"
    )
    place = (line.station, line.sequence, line.station, line.id, *actions)
    return any(
        base.execute(query, (kind, row_id, *place)).fetchone() for kind, row_id in line.subjects if kind not in aside
    )


def subjects_of(base: Base, line_id: LedgerId) -> tuple[tuple[str, int], ...]:
    """Return what a line is about."""
    rows = base.execute("SELECT kind, subject_id FROM ledger_subject WHERE line_id = ?", (line_id,)).fetchall()
    return tuple((row[0], row[1]) for row in rows)


def story(base: Base, kind: str, subject_id: int, limit: int = 200) -> list[Line]:
    """Return the last acts on one subject, newest first."""
    rows = base.execute(
        f"SELECT {_COLUMNS} FROM ledger_subject subject JOIN ledger_line line ON line.id = subject.line_id"
        " WHERE subject.kind = ? AND subject.subject_id = ? ORDER BY line.id DESC LIMIT ?",
        (kind, subject_id, limit),
    ).fetchall()
    return [_line(row, ()) for row in rows]


def erase(base: Base, line_ids: Sequence[LedgerId]) -> int:
    """Erase the facts of these lines (the lines and their chain stay) and return how many were."""
    return sum(base.execute("DELETE FROM ledger_facts WHERE line_id = ?", (line_id,)).rowcount for line_id in line_ids)


def chain(base: Base, station: str, after: int = 0, size: int = 5000) -> list[Link]:
    """Return the next lines of a station's chain, in order, with their facts and subjects."""
    rows = base.execute(
        f"SELECT {_COLUMNS}, facts.salt, facts.facts FROM ledger_line line"
        " LEFT JOIN ledger_facts facts ON facts.line_id = line.id"
        " WHERE line.station = ? AND line.sequence > ? ORDER BY line.sequence LIMIT ?",
        (station, after, size),
    ).fetchall()
    if not rows:
        return []
    subjects: dict[str, list[tuple[str, int]]] = {}
    for line_id, kind, subject_id in base.execute(
        "SELECT subject.line_id, subject.kind, subject.subject_id FROM ledger_line line"
        " JOIN ledger_subject subject ON subject.line_id = line.id"
        " WHERE line.station = ? AND line.sequence > ? AND line.sequence <= ?",
        (station, after, rows[-1][2]),
    ):
        subjects.setdefault(line_id, []).append((kind, subject_id))
    return [Link(_line(row, tuple(subjects.get(row[0], ()))), row[10], row[11], row[12]) for row in rows]


def links(base: Base, station: str) -> Iterator[Link]:
    """Yield a station's whole chain, block after block."""
    after = 0
    while block := chain(base, station, after):
        yield from block
        after = block[-1].line.sequence


def erasures_among(base: Base, line_ids: Sequence[LedgerId]) -> bool:
    """Say whether one of these lines is an erasure, whose facts prove what it erased."""
    query = "SELECT 1 FROM ledger_line WHERE id = ? AND action = ?"
    return any(base.execute(query, (line_id, Action.FACTS_ERASED.value)).fetchone() for line_id in line_ids)


def erased_by_right(base: Base) -> set[str]:
    """Return the ids of all lines whose facts an erasure line says it erased."""
    rows = base.execute(
        "SELECT facts.facts FROM ledger_line line JOIN ledger_facts facts ON facts.line_id = line.id"
        " WHERE line.action = ?",
        (Action.FACTS_ERASED.value,),
    ).fetchall()
    return {line_id for row in rows for line_id in json.loads(row[0])["lines"]}


def _line(row: Sequence[Any], subjects: tuple[tuple[str, int], ...]) -> Line:
    return Line(
        LedgerId(row[0]), row[1], row[2], from_microseconds(row[3]), from_microseconds(row[4]), row[5], row[6],
        None if row[7] is None else LedgerId(row[7]), subjects, row[8], row[9],
    )  # fmt: skip


def _line_values(made: Link) -> tuple[object, ...]:
    """Return what is stored of a line, in the order of its columns."""
    line = made.line
    return (
        line.id, line.station, line.sequence, to_microseconds(line.recorded_at), to_microseconds(line.effective_at),
        line.actor, line.action, line.undoes, line.digest, line.previous_hash, made.hash,
    )  # fmt: skip
