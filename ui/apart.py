"""Work done in a process apart, as a window asks for it: how far it is, a way to stop it, and its end."""

from contextlib import suppress
from functools import partial
from threading import Event
from typing import Any

from PySide6.QtCore import QObject, Signal

from tablet_loans.services import apart
from tablet_loans.services.apart import Work
from tablet_loans.services.session import Cancelled, Progress, Session
from ui.jobs import Jobs, Lane


class Stopped:
    """The answer of work that was asked to stop, and did before it wrote anything."""


class Apart(QObject):
    """One piece of work at a time; what was asked before is stopped, and nobody hears of it any more.

    Work that `waits` for other work apart has `begun` once its turn has come.
    """

    waits = Signal()
    begun = Signal()
    reported = Signal(int, int)
    _began = Signal(object)
    done = Signal(object)
    failed = Signal(object)
    stopped = Signal()

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self._stop: Event | None = None
        self._began.connect(self._on_began)

    def is_busy(self) -> bool:
        """Say whether work is under way."""
        return self._stop is not None

    def begin(self, work: Work[Any]) -> None:
        """Begin a service's work; `done` tells its answer, `failed` its refusal or trouble, `stopped` that it ended."""
        self.stop()
        self._stop = stop = Event()
        if self._jobs.is_busy(Lane.APART):
            self.waits.emit()
        self._jobs.run(
            partial(self._work, work, stop),
            done=partial(self._on_done, stop),
            refused=partial(self._on_failed, stop),
            failed=partial(self._on_failed, stop),
            lane=Lane.APART,
        )

    def stop(self) -> None:
        """Ask the work to stop; once it is decided, it is finished all the same."""
        if self._stop is not None:
            self._stop.set()

    def _work(self, work: Work[Any], stop: Event) -> object:
        if stop.is_set():
            return Stopped()
        with suppress(RuntimeError):  # the window went away in the meantime
            self._began.emit(stop)
        return _worked(self._session, work, Progress(self._report, stop.is_set))

    def _on_began(self, stop: Event) -> None:
        if stop is self._stop and not stop.is_set():
            self.begun.emit()

    def _report(self, done: int, total: int) -> None:
        with suppress(RuntimeError):  # the window went away in the meantime
            self.reported.emit(done, total)

    def _on_done(self, stop: Event, answer: object) -> None:
        if stop is self._stop:
            self._stop = None
            if isinstance(answer, Stopped):
                self.stopped.emit()
            else:
                self.done.emit(answer)

    def _on_failed(self, stop: Event, error: object) -> None:
        if stop is self._stop:
            self._stop = None
            self.failed.emit(error)


def _worked(session: Session, work: Work[Any], progress: Progress) -> object:
    try:
        return apart.run(session, work, progress)
    except Cancelled:
        return Stopped()
