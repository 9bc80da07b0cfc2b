"""What a room has done in a process apart: one piece of work at a time, how far it is, and a way to stop it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from tablet_loans.services.apart import Work as Errand
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui.apart import Apart
from ui.jobs import Jobs
from ui.widgets.room_work import RoomWork


class ApartWork(RoomWork):
    """The work of a room in a process apart; `_stopped` is what is said once it was stopped."""

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(session, jobs, parent)
        self._apart = Apart(session, jobs, self)
        self._then: Callable[[Any], object] = lambda _answer: None
        self._stopped = tr("Stopped: nothing was changed.")
        self._apart.reported.connect(self.strip.reported)
        self._apart.done.connect(self._on_done)
        self._apart.failed.connect(self._on_failed)
        self._apart.stopped.connect(self._on_stopped)

    def is_busy(self) -> bool:
        return self._apart.is_busy()

    def _stop(self) -> None:
        self._apart.stop()

    def _begin(self, sentence: str, work: Errand[Any], then: Callable[[Any], object]) -> None:
        if self.is_busy():
            return
        self._then = then
        self._apart.begin(work)
        self._show(sentence)

    def _on_done(self, answer: object) -> None:
        self._end()
        self._then(answer)

    def _on_stopped(self) -> None:
        self._end()
        self.banner.tell(self._stopped)


def open_file(path: Path) -> None:
    """Show a file, or a folder, in the program that the system opens it with."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
