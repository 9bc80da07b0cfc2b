"""The letter about the loan selected as it will be printed, made a moment after one comes to rest on it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QSettings, QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.letter import LetterKind
from tablet_loans.services import addressing
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui.jobs import Jobs, Lane
from ui.kept_papers import KeptPapers
from ui.widgets.paper_view import PaperView

_PAUSE_MS: Final = 150

Asked = tuple[LetterKind, str, str, str]
"""The kind, the campaign, the loan and the language."""


class LetterPaper(QWidget):
    """The preview; `refused` tells why there is none, `shown` that it is there."""

    refused = Signal(object)
    shown = Signal()

    def __init__(
        self, session: Session, jobs: Jobs, asked: Callable[[], Asked | None], memory: QSettings | None
    ) -> None:
        """`asked` gives what is to be shown when its turn comes, None for nothing."""
        super().__init__()
        self.setObjectName("plain")
        self._session, self._jobs, self._asked = session, jobs, asked
        self._papers, self._turn = KeptPapers(), 0
        self._is_busy = self._is_stale = self._is_over = False
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self.make)
        if (application := QCoreApplication.instance()) is not None:
            application.aboutToQuit.connect(lambda papers=self._papers: papers.throw_away())
        self.view = PaperView(self, memory)
        self.view.print_.setShortcut(QKeySequence())  # Ctrl+P prints all letters, not this one
        self.view.print_.setToolTip(tr("Print this letter alone, as a draft that no journal knows"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view, 1)

    def make_soon(self) -> None:
        """Make the preview once one has stayed on a loan for a moment."""
        self._pause.start()

    def make(self) -> None:
        """Make the preview now, or as soon as the one being made is there."""
        self._pause.stop()
        if self._is_over:
            return
        asked = self._asked()
        if asked is None:
            self.view.offer(tr("No letter to show"))
        elif self._is_busy:
            self._is_stale = True
        else:
            kind, campaign, loan, language = asked
            self._is_busy, self._turn = True, 1 - self._turn  # the file shown is not written over
            out = self._papers.place(f"letter-{self._turn}.pdf")
            call = partial(addressing.preview, self._session, kind, campaign, loan, out, language=language)
            refused = partial(self._on_refused, asked)
            self._jobs.run(call, done=partial(self._on_made, asked), refused=refused, failed=refused, lane=Lane.READING)

    def throw_away(self) -> None:
        """Make no more previews, and remove those made."""
        self._is_over = True
        self._pause.stop()
        self.view.throw_away()
        self._papers.throw_away()

    def _on_made(self, asked: Asked, file: Path) -> None:
        if not self._is_over and self._asked() == asked:
            self.view.show_paper(file, f"{asked[2]}.pdf")
            self.shown.emit()
        self._go_on(asked)

    def _on_refused(self, asked: Asked, error: TabletLoansError) -> None:
        if not self._is_over and self._asked() == asked:
            self.view.offer(tr("This letter cannot be shown"), error.spoken())
            self.refused.emit(error)
        self._go_on(asked)

    def _go_on(self, asked: Asked) -> None:
        self._is_busy = False
        if self._is_stale:
            self._is_stale = False
            if self._asked() != asked:
                self.make()
