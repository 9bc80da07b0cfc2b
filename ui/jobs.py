"""Work apart from the window: five lanes whose results come back on the window's thread."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from threading import Event, Lock
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from tablet_loans import logs
from tablet_loans.domain.errors import Refusal, Trouble
from tablet_loans.domain.trouble import ProgramFault
from tablet_loans.services import housekeeping, serving
from tablet_loans.services.session import Cancelled, Session, Topic
from ui import errors

Call = Callable[[], Any]
Answered = Callable[[Any], object]


class Lane(StrEnum):
    """Where work runs: a scan queues behind scans alone, what is typed and looked at behind short reading alone.

    The background is for what takes its time: files, batches; the lane called apart waits for a process of its own,
    and mails leave in theirs at the pace their server bears, for half an hour without anybody waiting.
    """

    INTERACTIVE = "interactive"
    READING = "reading"
    BACKGROUND = "background"
    APART = "apart"
    MAILS = "mails"


@dataclass(eq=False, slots=True)
class Job:
    """One piece of work asked for, and who hears of its end."""

    call: Call
    done: Answered | None = None
    refused: Answered | None = None
    failed: Answered | None = None
    _stopped: Event = field(default_factory=Event)

    def cancel(self) -> None:
        """Ask the work to stop: it is not begun, or it stops at its next step; nobody hears of it."""
        self._stopped.set()

    def is_cancelled(self) -> bool:
        """Say whether the work was asked to stop; give it to `Progress`."""
        return self._stopped.is_set()


class Jobs(QObject):
    """The lanes of one window; `changed` tells the topics that an act has touched."""

    changed = Signal(object)
    _ended = Signal(object, object, object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        """Make the lanes of a session; a lane's thread begins with its first work."""
        super().__init__(parent)
        self._session = session
        self._lanes: dict[Lane, Executor] = {}
        self._counting = Lock()
        self._waiting: Counter[Lane] = Counter()
        self._is_open = True
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        call: Call,
        *,
        done: Answered | None = None,
        refused: Answered | None = None,
        failed: Answered | None = None,
        lane: Lane = Lane.INTERACTIVE,
    ) -> Job:
        """Run `call` in a lane, in its turn; one of the three is then called on the window's thread.

        `refused` hears a Refusal, `failed` a Trouble; a bug opens the crash window, then `failed` hears ProgramFault.
        """
        job = Job(call, done, refused, failed)
        if self._is_open:
            if lane is Lane.INTERACTIVE:
                housekeeping.expected(self._session)
            with self._counting:
                self._waiting[lane] += 1
            self._lane(lane).submit(self._work, job, lane).add_done_callback(partial(self._on_ended, job, lane))
        return job

    def is_busy(self, lane: Lane) -> bool:
        """Say whether work asked of a lane has not ended, so that more would wait for it."""
        return self._waiting[lane] > 0

    def shut_down(self) -> None:
        """End the lanes in order: scans typed are acts and are done, reading that waits is dropped.

        Each thread closes its own connection.
        """
        self._is_open = False
        for lane in (Lane.INTERACTIVE, Lane.READING, Lane.BACKGROUND, Lane.APART, Lane.MAILS):
            if executor := self._lanes.pop(lane, None):
                executor.submit(self._session.base.close)
                executor.shutdown(wait=True)

    def _lane(self, lane: Lane) -> Executor:
        if lane not in self._lanes:
            self._lanes[lane] = ThreadPoolExecutor(1, lane.value)
        return self._lanes[lane]

    def _work(self, job: Job, lane: Lane) -> object:
        """Do a job in its lane's thread, the engine's errors spoken as Trouble."""
        is_served = lane is Lane.INTERACTIVE
        if job.is_cancelled() or not (is_served or self._is_open):
            raise Cancelled
        try:
            with serving.troubles_in_words(self._session):
                return job.call()
        finally:
            if is_served:
                housekeeping.answered(self._session)

    def _on_ended(self, job: Job, lane: Lane, future: "Future[Any]") -> None:
        """Hand a result to the window's thread; called in the lane's own."""
        with self._counting:
            self._waiting[lane] -= 1
        if future.cancelled() or not self._is_open:
            return
        error = future.exception()
        with suppress(RuntimeError):  # the window went away in the meantime
            self._ended.emit(job, None if error else future.result(), error)

    @Slot(object, object, object)
    def _deliver(self, job: Job, value: object, error: BaseException | None) -> None:
        if error is None:
            if topics := _topics(value):
                self.changed.emit(topics)
            _tell(job.done, value)
        elif isinstance(error, Refusal):
            _tell(job.refused, error)
        elif isinstance(error, Trouble):
            logs.LOG.warning("trouble: %s", type(error).__name__)
            _tell(job.failed, error)
        elif not isinstance(error, Cancelled):
            errors.crash(error)
            _tell(job.failed, ProgramFault())


def _topics(value: object) -> frozenset[Topic]:
    """Return the topics of a Receipt, of several, or of an answer that carries its own."""
    if isinstance(value, list):
        return frozenset().union(*(_topics(each) for each in value[:100] if hasattr(each, "topics")))
    return getattr(value, "topics", frozenset())


def _tell(answered: Answered | None, value: object) -> None:
    """Call back, unless the widget that asked is gone."""
    if answered is None:
        return
    target: Any = answered
    while isinstance(target, partial):
        target = target.func
    owner = getattr(target, "__self__", None)
    if not isinstance(owner, QObject) or isValid(owner):
        answered(value)
