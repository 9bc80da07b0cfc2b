"""What a room has under way: one piece of work at a time, how far it is, a way to stop it, and what came of it."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui.jobs import Jobs, Lane
from ui.widgets.banner import Banner
from ui.widgets.work import Work


class RoomWork(QObject):
    """The work of one room; `strip` tells how far it is, `banner` what came of it."""

    busied = Signal()

    def __init__(self, session: Session, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self.strip, self.banner = Work(), Banner()
        self.strip.stopped.connect(self._on_stop)

    def is_busy(self) -> bool:
        """Say whether something is under way."""
        raise NotImplementedError

    def _stop(self) -> None:
        """Ask what is under way to stop."""
        raise NotImplementedError

    def _show(self, sentence: str, *, can_stop: bool = True) -> None:
        """Say what is under way, and no more what came of the work before."""
        self.banner.fall_silent()
        self.strip.begin(sentence, can_stop=can_stop)
        self.busied.emit()

    def _in_background(
        self, call: Callable[[], Any], done: Callable[[Any], object], failed: Callable[[Any], object]
    ) -> None:
        """Call a service in the background; a refusal is heard as trouble is."""
        self._jobs.run(call, done=done, refused=failed, failed=failed, lane=Lane.BACKGROUND)

    def _end(self) -> None:
        self.strip.end()
        self.busied.emit()

    def _on_stop(self) -> None:
        if self.is_busy():
            self._stop()
            self.strip.begin(tr("Stopping…"), can_stop=False)

    def _on_failed(self, error: TabletLoansError) -> None:
        self._end()
        self.banner.say(error)
