"""Importing: what every import shares, from the file's bytes to its one ledger line and its rows.

An import is compared with the base, then laid ready in pieces that nobody sees, then decided by its ledger line;
from there it is only ever finished, piece by piece, by this process or by the next one.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from time import monotonic, sleep
from typing import Final, ParamSpec, TypeVar

from tablet_loans import logs
from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.errors import ImportUnderWay, PlanUnderWay, Trouble
from tablet_loans.domain.problem import ImportReport, Problem
from tablet_loans.services.importers.content import digest
from tablet_loans.services.session import Progress, Receipt, Session, Topic
from tablet_loans.storage import batches, staging
from tablet_loans.storage.database import Base, troubles_spoken
from tablet_loans.storage.staging import Load, Loss, Lost, Run, RunId, Tags
from tablet_loans.text import N_

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Asked = ParamSpec("Asked")

PATIENCE_S: Final = 20.0
_STRIDE: Final = 1_000
_LOOKED_S: Final = 0.1
_LOSSES: Final = {
    Loss.TAKEN: N_("Meanwhile, somebody recorded something else under a code of this line; the line is not taken."),
    Loss.CHANGED: N_("Meanwhile, somebody changed what this line would change; the line is not taken."),
    Loss.REFUSED: N_("The base refused this line."),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file to import, as the ledger names it: its kind, its path, and the SHA-256 of its bytes."""

    kind: str
    path: Path
    sha256: str


def collected_later(work: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Do work that makes hundreds of thousands of things, all of them kept, without looking for rubbish among them.

    Python's collector would go through them again and again: a fifth of the time of a large import.
    """

    @wraps(work)
    def done(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        was_on = gc.isenabled()
        gc.disable()
        try:
            return work(*args, **kwargs)
        finally:
            if was_on:
                gc.enable()

    return done


def opened(kind: str, path: Path) -> Source:
    """Return the file at `path`, looked at once. Raises: FileMissing, FileUnreadable, FileTooLarge."""
    return Source(kind, path, digest(path))


@contextmanager
def alone(session: Session) -> Iterator[None]:
    """Keep other imports out, once those that were stopped are finished or thrown away.

    Raises: ImportUnderWay, UpgradeNeeded, BaseTrouble.
    """
    base = session.base
    with troubles_spoken(base), batches.alone(base):
        _clear(base)
        yield


@contextmanager
def alone_in_turn(session: Session, progress: Progress) -> Iterator[None]:
    """Keep other plans and imports out, once what is under way has ended; for that it waits some seconds.

    Raises: PlanUnderWay, UpgradeNeeded, BaseTrouble, Cancelled.
    """
    until = monotonic() + PATIENCE_S
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(alone(session))
                break
            except ImportUnderWay:
                if monotonic() >= until:
                    raise PlanUnderWay() from None
            progress.step(0, 1)
            sleep(_LOOKED_S)
        yield


def finish_decided(session: Session) -> None:
    """Finish the imports that were decided when their process ended, and forget those that were not.

    An import of another process that is still under way is left to it. Raises: BaseTrouble.
    """
    base = session.base
    with troubles_spoken(base):
        if staging.is_here(base) and staging.runs(base):
            with suppress(ImportUnderWay), batches.alone(base):
                _clear(base)


def _clear(base: Base) -> None:
    for run in staging.runs(base) if staging.is_here(base) else ():
        if run.line_id is None:
            staging.discard(base, run.id)
        else:
            lost = sum(len(lost) for _, lost in staging.roll_forward(base, run))
            logs.LOG.info("an import that was stopped is finished, %s of its rows were not taken", lost)


@contextmanager
def begun(session: Session, tags: Tags | None = None) -> Iterator[RunId]:
    """Give an import under way, within `alone`; unless it is decided, nothing of it is left in the end.

    Raises: UpgradeNeeded, RaceLost when the tags it would give are somebody else's by now.
    """
    base = session.base
    run = staging.begin(base, tags or Tags())
    try:
        yield run
    finally:
        with suppress(Trouble), troubles_spoken(base):  # what cannot be thrown away now is so by the next import
            staging.discard(base, run)


def written(
    session: Session,
    run: RunId,
    source: Source,
    report: ImportReport,
    loads: Sequence[Load],
    *,
    meter: "Meter",
    topics: set[Topic],
    about: Iterable[tuple[Subject, int]] = (),
) -> Receipt[ImportReport]:
    """Write what an import brings, all or none, and return its report: what others wrote meanwhile is a problem.

    It can be cancelled until its ledger line is there. Raises: BaseTrouble, Cancelled.
    """
    staging.stage(session.base, run, loads, meter.reading)
    receipt = _decided(session, run, source, report, topics, about)
    lost: list[Lost] = []
    for count, missed in staging.roll_forward(session.base, Run(run, receipt.ledger_id)):
        lost.extend(missed)
        meter.wrote(count)
    meter.finish()
    return replace(receipt, value=_without(report, lost))


def _decided(
    session: Session,
    run: RunId,
    source: Source,
    report: ImportReport,
    topics: set[Topic],
    about: Iterable[tuple[Subject, int]],
) -> Receipt[ImportReport]:
    """Chain the import's one line, its rows kept apart: the file's name and digest, and no line of it."""
    with session.transaction() as act:
        receipt = act(
            Action.IMPORTED,
            report,
            topics=topics,
            about=about,
            source=source.kind,
            file=source.path.name,
            sha256=source.sha256,
            rows=report.rows,
            created=report.created,
            updated=report.updated,
            unchanged=report.unchanged,
            left=report.left,
            moved=report.moved,
            problems=len(report.problems),
        )
        staging.decide(session.base, run, receipt.ledger_id)
        return receipt


def _without(report: ImportReport, lost: Sequence[Lost]) -> ImportReport:
    """Return the report without the rows that others were faster to write; each that has a line is a problem."""
    problems = [Problem(each.line, _LOSSES[each.why]) for each in lost if each.line]
    return replace(
        report,
        created=report.created - sum(each.is_new for each in lost),
        updated=report.updated - sum(not each.is_new and each.line > 0 for each in lost),
        left=report.left - sum(each.line == 0 for each in lost),
        problems=tuple(sorted((*report.problems, *problems), key=lambda problem: problem.line)),
    )


def unwritten(report: ImportReport) -> Receipt[ImportReport]:
    """Return the receipt of an import that changed nothing: no ledger line, no topics."""
    return Receipt(report, LedgerId(""), frozenset())


@dataclass(slots=True)
class Meter:
    """How far an import has come: its lines are read, then laid ready, then written; the last is not stopped."""

    progress: Progress
    size: int
    done: int = 0

    def reading(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield the items, saying now and then how far it is. Raises: Cancelled."""
        for place, item in enumerate(items):
            if place % _STRIDE == 0:
                self.progress.step(min(self.done, self.total), self.total)
            self.done += 1
            yield item

    @property
    def total(self) -> int:
        """Return how many steps there are in all."""
        return 3 * self.size

    def read(self, count: int) -> None:
        """Say that all lines were read, `count` of them."""
        self.size = self.done = count

    def wrote(self, count: int) -> None:
        """Say that so many rows were written."""
        self.done += count
        self.progress.report(min(self.done, self.total), self.total)

    def finish(self) -> None:
        """Say that all is done."""
        self.progress.report(self.total, self.total)


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
