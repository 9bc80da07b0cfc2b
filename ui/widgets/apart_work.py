"""What a room has done in a process apart: one piece of work at a time, how far it is, and a way to stop it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.services.apart import Work as Errand
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui.apart import Apart
from ui.jobs import Jobs
from ui.widgets.banner import Banner
from ui.widgets.work import Work


class ApartWork(QObject):
    """The work of one room; `strip` tells how far it is, `banner` what came of it."""

    busied = Signal()

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self.strip, self.banner = Work(), Banner()
        self._apart = Apart(session, jobs, self)
        self._then: Callable[[Any], object] = lambda _answer: None
        self._stopped = tr("Stopped: nothing was changed.")
        self.strip.stopped.connect(self._on_stop)
        self._apart.reported.connect(self.strip.reported)
        self._apart.done.connect(self._on_done)
        self._apart.failed.connect(self._on_failed)
        self._apart.stopped.connect(self._on_stopped)
        for said in self.strip.findChildren(QLabel):
            said.setTextFormat(Qt.TextFormat.PlainText)

    def is_busy(self) -> bool:
        """Say whether something is under way."""
        return self._apart.is_busy()

    def _begin(self, sentence: str, work: Errand[Any], then: Callable[[Any], object]) -> None:
        if self.is_busy():
            return
        self._then = then
        self.banner.fall_silent()
        self.strip.begin(sentence)
        self._apart.begin(work)
        self.busied.emit()

    def _end(self) -> None:
        self.strip.end()
        self.busied.emit()

    def _on_stop(self) -> None:
        if self.is_busy():
            self._apart.stop()
            self.strip.begin(tr("Stopping…"), can_stop=False)

    def _on_done(self, answer: object) -> None:
        self._end()
        self._then(answer)

    def _on_failed(self, error: TabletLoansError) -> None:
        self._end()
        self.banner.say(error)

    def _on_stopped(self) -> None:
        self._end()
        self.banner.tell(self._stopped)


def open_file(path: Path) -> None:
    """Show a file, or a folder, in the program that the system opens it with."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
