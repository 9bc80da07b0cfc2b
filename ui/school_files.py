"""Where the schools' files go and come from: the folders and files a person chooses, and the preview before answers."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog

from tablet_loans.domain.workbook import SchoolReturn
from tablet_loans.text import tr
from ui.dialogs.import_answers import ImportAnswers
from ui.widgets.school_work import SchoolWork
from ui.widgets.screen import Screen

_FOLDER = "schools/folder"


class SchoolFiles(QObject):
    """Asks for a place, remembers its folder, and begins the work; nothing is asked while something is under way."""

    def __init__(self, work: SchoolWork, screen: Screen, name_of: Callable[[str], str]) -> None:
        super().__init__(screen)
        self._work, self._screen, self._name_of = work, screen, name_of
        self._campaign = ""
        work.previewed.connect(self._on_previewed)

    def ask_workbooks(self, campaign: str, school: str | None = None) -> None:
        """Ask for the folder in which the workbooks are written."""
        act = partial(self._work.write_workbooks, campaign, school)
        self._ask(tr("Folder for the workbooks"), QFileDialog.FileMode.Directory, lambda paths: act(paths[0]))

    def ask_answers(self, campaign: str) -> None:
        """Ask for the files that schools sent back."""
        title, act = tr("Files sent back by the schools"), partial(self.read_answers, campaign)
        self._ask(title, QFileDialog.FileMode.ExistingFiles, act)

    def ask_folder_of_answers(self, campaign: str) -> None:
        """Ask for a folder of files that schools sent back."""
        title, act = tr("Folder of files sent back by the schools"), partial(self.read_answers, campaign)
        self._ask(title, QFileDialog.FileMode.Directory, act)

    def ask_chase_list(self, campaign: str) -> None:
        """Ask for the file in which the schools to write to are listed."""
        act = partial(self._work.chase, campaign)
        self._ask_out(tr("Chase list"), tr("schools to chase"), ("XLSX (*.xlsx)", "CSV (*.csv)"), act)

    def ask_forms(self, campaign: str, school: str) -> None:
        """Ask for the file in which a school's class forms are printed."""
        act = partial(self._work.print_forms, campaign, school)
        self._ask_out(tr("Class forms"), tr("class forms {school}").format(school=school), ("PDF (*.pdf)",), act)

    def read_answers(self, campaign: str, paths: Sequence[Path]) -> None:
        """Read returned workbooks, or folders of them, then show what they would bring."""
        self._campaign = campaign
        self._work.preview(paths, campaign)

    def _on_previewed(self, found: Sequence[SchoolReturn], paths: Sequence[Path]) -> None:
        dialog = ImportAnswers(found, self._name_of, parent=self._screen)
        dialog.accepted.connect(partial(self._work.bring, paths, self._campaign))
        dialog.save_asked.connect(self._on_save)
        dialog.open()

    def _on_save(self, found: Sequence[SchoolReturn]) -> None:
        act = partial(self._work.write_problems, found)
        self._ask(tr("Folder for the problems"), QFileDialog.FileMode.Directory, lambda paths: act(paths[0]))

    def _ask_out(self, title: str, name: str, kinds: Sequence[str], act: Callable[[Path], object]) -> None:
        ask = self._ask(title, QFileDialog.FileMode.AnyFile, lambda paths: act(paths[0]), kinds)
        if ask is not None:
            ask.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            ask.setDefaultSuffix(_suffix(kinds[0]))
            ask.filterSelected.connect(lambda chosen: ask.setDefaultSuffix(_suffix(chosen)))
            ask.selectFile(name)

    def _ask(
        self,
        title: str,
        mode: QFileDialog.FileMode,
        act: Callable[[Sequence[Path]], object],
        kinds: Sequence[str] = (),
    ) -> QFileDialog | None:
        if self._work.is_busy():
            return None
        memory = self._screen.memory
        folder = str(memory.value(_FOLDER, "")) if memory is not None else ""
        ask = QFileDialog(self._screen, title, folder, ";;".join(kinds))
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setFileMode(mode)
        ask.filesSelected.connect(partial(self._go, act))
        ask.open()
        return ask

    def _go(self, act: Callable[[Sequence[Path]], object], chosen: Sequence[str]) -> None:
        paths = [Path(path) for path in chosen]
        if self._screen.memory is not None:
            self._screen.memory.setValue(_FOLDER, str(paths[0] if paths[0].is_dir() else paths[0].parent))
        act(paths)


def _suffix(kind: str) -> str:
    return kind.rpartition("*.")[2].rstrip(")")
