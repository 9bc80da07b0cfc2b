"""Staging: an import's rows lie ready in pieces, which are then written a few at a time, between the acts of others."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby, islice
from typing import Any, Final, NewType

import peewee

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.trouble import BaseTrouble, UpgradeNeeded
from tablet_loans.storage import arrivals, batches, identities, ledger
from tablet_loans.storage.database import Base, RaceLost, trouble
from tablet_loans.storage.rows import stored
from tablet_loans.storage.turns import in_turns, lightly

RunId = NewType("RunId", int)

NewRow = tuple[int, Sequence[object]]
"""The line of the file (0: none), and the values of a load's columns, lists as stored."""
ChangedRow = tuple[int, int, Mapping[str, object], Mapping[str, object]]
"""The line of the file (0: none), the row's id, what must still be there, and what is written."""
DeletedRow = tuple[int, int]
"""The line of the file (0: none), and the row's id."""
Counted = Callable[[Iterable[Any]], Iterator[Any]]
Kept = list[tuple[str, int, Mapping[str, object] | None]]

PIECE: Final = 40
_READ: Final = 16
_SHELVES: Final = frozenset({"device_model", "purchase"})


@dataclass(frozen=True, slots=True)
class Brought:
    """A row that the same import brings: its table, and the values by which its id is found once it has one."""

    table: str
    values: Sequence[object]


@dataclass(frozen=True, slots=True)
class Load:
    """Rows for one table: new ones, whose values are those of `columns`; without columns, changed or deleted ones.

    What a load changes is kept for undo, unless it is an undo itself.
    """

    table: str
    columns: tuple[str, ...]
    rows: Iterable[NewRow] | Iterable[ChangedRow] | Iterable[DeletedRow]
    is_kept: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """A few rows of a load, as they lie ready."""

    id: int
    table: str
    columns: tuple[str, ...]
    rows: Sequence[Any]
    is_kept: bool


class Loss(StrEnum):
    """Why a row of a decided import was not written after all."""

    TAKEN = "taken"
    CHANGED = "changed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Lost:
    """A row that was not written: others were faster to take its code or to change it, or the base refused it."""

    line: int
    is_new: bool
    why: Loss


@dataclass(frozen=True, slots=True)
class Run:
    """An import under way; without its ledger line it is not decided yet."""

    id: RunId
    line_id: LedgerId | None


@dataclass(frozen=True, slots=True)
class Tags:
    """The asset tags that an import may give: from the first of them to the last number with that prefix."""

    prefix: str = ""
    first: str = ""
    last: int = 0


def is_here(base: Base) -> bool:
    """Say whether the base is new enough to hold imports under way."""
    return bool(base.database.table_exists("import_run"))


def begin(base: Base, tags: Tags) -> RunId:
    """Note an import under way and the tags it may give. Raises: UpgradeNeeded, RaceLost when they are taken."""
    if not is_here(base):
        raise UpgradeNeeded()
    with base.atomic():
        if tags.first and base.execute("SELECT 1 FROM device WHERE tag = ?", (tags.first,)).fetchone():
            raise RaceLost()
        row = base.execute(
            "INSERT INTO import_run (tag_prefix, last_tag) VALUES (?, ?) RETURNING id", (tags.prefix, tags.last)
        ).fetchone()
    return RunId(row[0])


def stage(base: Base, run: RunId, loads: Iterable[Load], counted: Counted) -> None:
    """Lay the rows of the loads ready, in pieces, as they pass through `counted`; nobody sees them yet."""

    def write(piece: tuple[str, str]) -> None:
        base.execute("INSERT INTO import_piece (run_id, kind, rows) VALUES (?, ?, ?)", (run, *piece))

    with lightly(base):
        for _ in in_turns(base, _pieces(loads, counted), write):
            pass


def _pieces(loads: Iterable[Load], counted: Counted) -> Iterator[tuple[str, str]]:
    for load in loads:
        remaining = counted(load.rows)
        while batch := list(islice(remaining, PIECE)):
            content = {"columns": load.columns, "rows": batch, "kept": load.is_kept}
            yield load.table, json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_staged)


def _staged(value: object) -> object:
    return {value.table: [stored(each) for each in value.values]} if isinstance(value, Brought) else stored(value)


def decide(base: Base, run: RunId, line_id: LedgerId) -> None:
    """Give the import its ledger line, within the same transaction: from now on it will be finished.

    Raises: RaceLost when somebody has thrown it away.
    """
    if base.execute("UPDATE import_run SET line_id = ? WHERE id = ?", (line_id, run)).rowcount != 1:
        raise RaceLost()


def runs(base: Base) -> list[Run]:
    """Return the imports under way, or that were stopped, the oldest first."""
    return [Run(*row) for row in base.execute("SELECT id, line_id FROM import_run ORDER BY id").fetchall()]


def discard(base: Base, run: RunId) -> None:
    """Throw an import away, unless it is decided."""
    if Run(run, None) not in runs(base):
        return
    with lightly(base):
        ids = [row[0] for row in base.execute("SELECT id FROM import_piece WHERE run_id = ?", (run,)).fetchall()]
        for _ in in_turns(base, ids, lambda piece: _is_taken_up(base, piece)):
            pass
    with base.atomic():
        base.execute("DELETE FROM import_run WHERE id = ?", (run,))


def roll_forward(base: Base, run: Run) -> Iterator[tuple[int, Sequence[Lost]]]:
    """Write a decided import piece by piece, each exactly once, and yield of each its size and what was lost."""
    assert run.line_id is not None  # noqa: S101 - callers roll forward what is decided
    line_id = run.line_id

    def told(piece: Piece, lost: Sequence[Lost]) -> tuple[int, Sequence[Lost]]:
        """A model that somebody else brought or completed meanwhile is as good as ours."""
        return len(piece.rows), () if piece.table in _SHELVES else lost

    def write(piece: Piece) -> tuple[int, Sequence[Lost]]:
        return told(piece, _settle(base, piece, line_id))

    def rescue(piece: Piece) -> tuple[int, Sequence[Lost]]:
        return told(piece, _settle_row_by_row(base, piece, line_id))

    with lightly(base):
        for table, waiting in groupby(_waiting(base, run.id), lambda piece: piece.table):
            brought = arrivals.brought_ids(base) if table == "device" else {}
            yield from in_turns(base, _resolved(waiting, brought), write, rescue)
    with base.atomic():  # synced to the disk, with all that was written before
        base.execute("DELETE FROM import_run WHERE id = ?", (run.id,))


def _waiting(base: Base, run: RunId) -> Iterator[Piece]:
    last = 0
    query = "SELECT id, kind, rows FROM import_piece WHERE run_id = ? AND id > ? ORDER BY id LIMIT ?"
    while rows := base.execute(query, (run, last, _READ)).fetchall():
        for row_id, kind, text in rows:
            content = json.loads(text)
            yield Piece(row_id, kind, tuple(content["columns"]), content["rows"], content.get("kept", True))
        last = rows[-1][0]


def _resolved(pieces: Iterable[Piece], ids: Mapping[tuple[str, tuple[Any, ...]], int]) -> Iterator[Piece]:
    """Put ids in the place of what the import itself brought."""

    def resolve(value: Any) -> Any:
        if isinstance(value, dict):
            ((table, values),) = value.items()
            return ids[table, tuple(values)]
        return value

    for piece in pieces:
        if piece.columns:
            rows: list[Any] = [(line, [resolve(value) for value in values]) for line, values in piece.rows]
        elif _deletes(piece):
            rows = list(piece.rows)
        else:
            rows = [(*row[:3], {column: resolve(value) for column, value in row[3].items()}) for row in piece.rows]
        yield replace(piece, rows=rows)


def _deletes(piece: Piece) -> bool:
    return not piece.columns and len(piece.rows[0]) == len(("line", "row_id"))


def _is_taken_up(base: Base, piece: int) -> bool:
    """Take a piece away, and say whether it was still there: each is written once, whoever tries."""
    return bool(base.execute("DELETE FROM import_piece WHERE id = ?", (piece,)).rowcount)


def _settle(base: Base, piece: Piece, line_id: LedgerId) -> list[Lost]:
    """Write a piece for good, keep what undo needs, and return what was lost."""
    if not _is_taken_up(base, piece.id):
        return []
    return _written(base, piece, line_id)


def _settle_row_by_row(base: Base, piece: Piece, line_id: LedgerId) -> list[Lost]:
    """Write of a piece what the base accepts: a code that is somebody else's by now costs its own row alone."""
    lost: list[Lost] = []
    for row in piece.rows if _is_taken_up(base, piece.id) else ():
        base.execute("SAVEPOINT one_row")
        try:
            lost += _written(base, replace(piece, rows=[row]), line_id)
        except peewee.DatabaseError as error:
            if type(trouble(base, error)) is not BaseTrouble:  # the whole base's, not this row's
                raise
            base.execute("ROLLBACK TO SAVEPOINT one_row")
            why = Loss.TAKEN if isinstance(error, peewee.IntegrityError) else Loss.REFUSED
            lost.append(Lost(row[0], is_new=bool(piece.columns), why=why))
        base.execute("RELEASE SAVEPOINT one_row")
    return lost


def _written(base: Base, piece: Piece, line_id: LedgerId) -> list[Lost]:
    if _deletes(piece):
        batches.delete(base, piece.table, [row_id for _, row_id in piece.rows])
        return []
    kept, lost = _inserted(base, piece) if piece.columns else _changed(base, piece)
    if piece.is_kept:
        ledger.keep_rows(base, line_id, kept)
    return lost


def _inserted(base: Base, piece: Piece) -> tuple[Kept, list[Lost]]:
    columns, values = piece.columns, [values for _, values in piece.rows]
    if "id" not in columns and (free := identities.free_id(base, piece.table)) is not None:
        columns, values = ("id", *columns), [(free + place, *row) for place, row in enumerate(values)]
    ids = batches.insert(base, piece.table, columns, values)
    return [(piece.table, row_id, None) for row_id in ids], []


def _changed(base: Base, piece: Piece) -> tuple[Kept, list[Lost]]:
    """Change the rows that are still as the import saw them, their own columns alone."""
    columns = sorted({column for _, _, expected, after in piece.rows for column in (*expected, *after)})
    now = batches.current(base, piece.table, columns, [row[1] for row in piece.rows])
    lent = _lent_as_another_kind(base, piece)
    kept: Kept = []
    lost: list[Lost] = []
    groups: dict[tuple[str, ...], list[tuple[object, ...]]] = {}
    for line, row_id, expected, after in piece.rows:
        before = now.get(row_id)
        is_as_seen = before is not None and all(before[column] == value for column, value in expected.items())
        if before is None or not is_as_seen or row_id in lent:
            lost.append(Lost(line, is_new=False, why=Loss.CHANGED))
            continue
        kept.append((piece.table, row_id, {column: before[column] for column in after}))
        if not after:  # what it was before has been forgotten
            continue
        groups.setdefault(tuple(after), []).append((row_id, *after.values()))
    for written, rows in groups.items():
        batches.update(base, piece.table, written, rows)
    return kept, lost


def _lent_as_another_kind(base: Base, piece: Piece) -> set[int]:
    """Return the devices that cannot become of another kind: meanwhile they were lent as what they are."""
    models = {row_id: after["model_id"] for _, row_id, _, after in piece.rows if "model_id" in after}
    if not models:
        return set()
    kinds = {model.id: model.kind for model in arrivals.models(base)}
    lent = arrivals.kinds_lent(base, list(models))
    return {row_id for row_id, kind in lent.items() if kinds[models[row_id]] != kind}
