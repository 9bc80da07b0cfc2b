"""Importing: what every import shares, from the file's bytes to its one ledger line."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.problem import ImportReport, Problem
from tablet_loans.services.importers.content import loaded
from tablet_loans.services.session import Progress, Receipt, Recorder, Session, Topic
from tablet_loans.storage import batches, ledger
from tablet_loans.storage.rows import stored

Item = TypeVar("Item")

_STRIDE = 1_000


@dataclass(frozen=True, slots=True)
class Source:
    """A file to import: its bytes, and what the ledger says of it."""

    kind: str
    path: Path
    content: bytes


def opened(kind: str, path: Path) -> Source:
    """Return the file at `path`. Raises: FileMissing, FileUnreadable."""
    return Source(kind, path, loaded(path))


@dataclass(slots=True)
class Kept:
    """The rows an import touched, as undo will need them: new ones by id, changed ones as they were."""

    rows: list[tuple[str, int, Mapping[str, object] | None]] = field(default_factory=list)

    def insert(
        self, session: Session, table: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]
    ) -> None:
        """Insert rows and keep their ids."""
        for ids in batches.insert(session.base, table, columns, rows):
            self.rows.extend((table, row_id, None) for row_id in ids)

    def update(
        self,
        session: Session,
        table: str,
        columns: tuple[str, ...],
        changes: Iterable[tuple[int, Mapping[str, object], tuple[object, ...]]],
    ) -> None:
        """Write each change's values (id, what was there, all of `columns`), and keep what was there."""
        for _ in batches.update(session.base, table, columns, self._kept(table, changes)):
            pass

    def _kept(
        self, table: str, changes: Iterable[tuple[int, Mapping[str, object], tuple[object, ...]]]
    ) -> Iterator[tuple[object, ...]]:
        for row_id, before, values in changes:
            self.rows.append((table, row_id, {name: stored(value) for name, value in before.items()}))
            yield (row_id, *values)


def recorded(
    act: Recorder,
    source: Source,
    report: ImportReport,
    kept: Kept,
    *,
    topics: set[Topic],
    about: Iterable[tuple[Subject, int]] = (),
) -> Receipt[ImportReport]:
    """Chain the import's one line, its rows kept apart: the file's name and digest, and no line of it."""
    receipt = act(
        Action.IMPORTED,
        report,
        topics=topics,
        about=about,
        source=source.kind,
        file=source.path.name,
        sha256=hashlib.sha256(source.content).hexdigest(),
        rows=report.rows,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        left=report.left,
        problems=len(report.problems),
    )
    ledger.keep_rows(act.session.base, receipt.ledger_id, kept.rows)
    return receipt


def unwritten(report: ImportReport) -> Receipt[ImportReport]:
    """Return the receipt of an import that changed nothing: no ledger line, no topics."""
    return Receipt(report, LedgerId(""), frozenset())


@dataclass(slots=True)
class Meter:
    """How far an import has come: first its lines are read, then its rows are compared and written."""

    progress: Progress
    size: int
    done: int = 0

    def reading(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield the items, saying now and then how far it is. Raises: Cancelled."""
        for item in items:
            self._tick()
            yield item

    writing = reading

    def _tick(self) -> None:
        if self.done % _STRIDE == 0:
            self.progress.step(min(self.done, self.total), self.total)
        self.done += 1

    @property
    def total(self) -> int:
        """Return how many steps there are in all: each line is read, then written."""
        return 2 * self.size

    def read(self, count: int) -> None:
        """Say that all lines were read, `count` of them."""
        self.size = self.done = count

    def finish(self) -> None:
        """Say that all is done."""
        self.progress.step(self.total, self.total)


def split(items: Iterable[Item | Problem | None], meter: Meter) -> tuple[list[Item], list[Problem], int]:
    """Return what a reader gave, apart: the things, the problems, and how many lines there were."""
    things: list[Item] = []
    problems: list[Problem] = []
    lines = 0
    for item in meter.reading(items):
        lines += 1
        if isinstance(item, Problem):
            problems.append(item)
        elif item is not None:
            things.append(item)
    meter.read(lines)
    return things, problems, lines
