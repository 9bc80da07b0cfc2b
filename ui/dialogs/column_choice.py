"""What the columns of a file are: its beginning is read apart, named by hand, and remembered."""

from collections.abc import Mapping as Titled
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from tablet_loans.services import apart, glancing, mapping
from tablet_loans.services.glancing import Glanced
from tablet_loans.services.session import Session
from ui.apart import Apart
from ui.dialogs.mapping import Mapping
from ui.jobs import Jobs, Lane


class ColumnChoice(QObject):
    """The columns of one file at a time; `decided` gives titles and fields, `failed` why no columns are shown."""

    decided = Signal(object)
    failed = Signal(object)
    forgotten = Signal(object)  # why they will not be remembered

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self._kind, self._path = "", Path()
        self._glancing = Apart(session, jobs, self)
        self._glancing.done.connect(self._on_glanced)
        self._glancing.failed.connect(self.failed)
        self.dialog: Mapping | None = None

    def ask(self, kind: str, path: Path) -> None:
        """Show the columns of a file, and ask what they are."""
        if not self._glancing.is_busy() and self.dialog is None:
            self._kind, self._path = str(kind), path
            call = partial(glancing.glance, kind=self._kind, path=path)
            self._glancing.begin(partial(apart.unmetered, call))

    def stop(self) -> None:
        """Ask nothing more."""
        self._glancing.stop()

    def _on_glanced(self, glanced: Glanced) -> None:
        window = self.parent()
        self.dialog = Mapping(self._path.name, glanced, window if isinstance(window, QWidget) else None)
        self.dialog.decided.connect(partial(self._on_decided, glanced))
        self.dialog.finished.connect(self._on_gone)
        self.dialog.open()

    def _on_gone(self) -> None:
        self.dialog = None

    def _on_decided(self, glanced: Glanced, named: Titled[str, str]) -> None:
        """Remember these columns for the next file like this one."""
        remember = partial(mapping.remember, self._session, self._kind, glanced.digest, named)
        said = self.forgotten.emit
        self._jobs.run(remember, refused=said, failed=said, lane=Lane.BACKGROUND)
        self.decided.emit(named)
