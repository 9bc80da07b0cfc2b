"""Where letters and the public report are written: the file a person chooses, in the folder of the last time."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog

from tablet_loans.domain.plan import PupilChoice
from tablet_loans.text import tr
from ui.widgets.plan_work import PlanWork
from ui.widgets.screen import Screen

_FOLDER: Final = "allocation/folder"


class PlanFiles(QObject):
    """Asks for a place and begins the work; nothing is asked while something is under way."""

    def __init__(self, work: PlanWork, screen: Screen) -> None:
        super().__init__(screen)
        self._work, self._screen = work, screen

    def ask_report(self, campaign: str) -> None:
        """Ask for the file of the public report."""
        self._ask(tr("Public report"), tr("public report"), lambda out: self._work.print_report(campaign, out))

    def ask_letters(self, campaign: str, school: str | None = None) -> None:
        """Ask for the file of a school's letters, or of all."""
        name = tr("letters {school}").format(school=school) if school else tr("letters")
        self._ask(tr("Letters"), name, lambda out: self._work.print_letters(campaign, out, school))

    def ask_letter(self, campaign: str, row: PupilChoice) -> None:
        """Ask for the file of one pupil's letter."""
        pupil = str(row.choice.pupil)
        name = tr("letter {pupil}").format(pupil=pupil)
        self._ask(tr("Letters"), name, lambda out: self._work.print_letters(campaign, out, pupil=pupil))

    def _ask(self, title: str, name: str, act: Callable[[Path], object]) -> None:
        if self._work.is_busy():
            return
        memory = self._screen.memory
        folder = str(memory.value(_FOLDER, "")) if memory is not None else ""
        ask = QFileDialog(self._screen, title, folder, "PDF (*.pdf)")
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setFileMode(QFileDialog.FileMode.AnyFile)
        ask.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        ask.setDefaultSuffix("pdf")
        ask.selectFile(name)
        ask.fileSelected.connect(lambda chosen: self._go(act, Path(chosen)))
        ask.open()

    def _go(self, act: Callable[[Path], object], chosen: Path) -> None:
        if self._screen.memory is not None:
            self._screen.memory.setValue(_FOLDER, str(chosen.parent))
        act(chosen)
