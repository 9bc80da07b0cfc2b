"""What is under way with the schools' answers: one thing at a time in a process apart, a strip that stops it."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.workbook import SchoolReturn, WrittenWorkbooks
from tablet_loans.services import apart, asking, surveying
from tablet_loans.services.apart import Work as Errand
from tablet_loans.services.asking import PrintedForms
from tablet_loans.services.reporting import Export
from tablet_loans.services.session import Receipt, Session, Topic
from tablet_loans.text import tr, trn
from ui import words
from ui.apart import Apart
from ui.jobs import Jobs
from ui.widgets.banner import Banner
from ui.widgets.work import Work


class SchoolWork(QObject):
    """Workbooks written, answers read, lists and forms made; `previewed` tells what returned files would bring."""

    previewed = Signal(object, object)
    busied = Signal()

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self.strip, self.banner = Work(), Banner()
        self._apart = Apart(session, jobs, self)
        self._far = 0, 0
        self._then: Callable[[Any], object] = lambda _answer: None
        self.strip.stopped.connect(self._on_stop)
        self._apart.reported.connect(self.strip.reported)
        self._apart.reported.connect(self._on_reported)
        self._apart.done.connect(self._on_done)
        self._apart.failed.connect(self._on_failed)
        self._apart.stopped.connect(self._on_stopped)
        for label in self.strip.findChildren(QLabel):
            label.setTextFormat(Qt.TextFormat.PlainText)

    def is_busy(self) -> bool:
        """Say whether something is under way."""
        return self._apart.is_busy()

    def write_workbooks(self, campaign: str, school: str | None, out: Path) -> None:
        """Write the workbook of a school, or of all, into a folder."""
        said = tr("Writing the workbooks") if school is None else tr("Writing the workbook")
        work = partial(surveying.write_workbooks, campaign=campaign, school=school, out=out)
        self._begin(said, work, partial(self._on_written, out))

    def preview(self, paths: Sequence[Path], campaign: str) -> None:
        """Read returned workbooks, and tell what they would bring."""
        work = partial(surveying.import_returns, paths=paths, campaign=campaign, is_dry_run=True)
        self._begin(tr("Reading the answers"), work, lambda found: self.previewed.emit(found, paths))

    def bring(self, paths: Sequence[Path], campaign: str) -> None:
        """Take in the answers of returned workbooks."""
        work = partial(surveying.import_returns, paths=paths, campaign=campaign)
        self._begin(tr("Recording the answers"), work, self._on_brought)

    def write_problems(self, found: Sequence[SchoolReturn], out: Path) -> None:
        """Write, for each returned file, the sheet of its lines that were not understood."""
        call = partial(surveying.write_problems, returns=found, folder=out)
        self._begin(tr("Writing the problems"), partial(apart.unmetered, call), partial(self._on_problems, out))

    def chase(self, campaign: str, out: Path) -> None:
        """Write the list of the schools to write to."""
        call = partial(asking.export_chase, campaign=campaign, out=out)
        self._begin(tr("Writing {file}").format(file=out.name), partial(apart.unmetered, call), self._on_listed)

    def print_forms(self, campaign: str, school: str, out: Path) -> None:
        """Print the forms of a school, a page a class or more."""
        work = partial(asking.print_forms, campaign=campaign, school=school, out=out)
        self._begin(tr("Writing {file}").format(file=out.name), work, self._on_printed)

    def _begin(self, sentence: str, work: Errand[Any], then: Callable[[Any], object]) -> None:
        if self.is_busy():
            return
        self._then, self._far = then, (0, 0)
        self.banner.fall_silent()
        self.strip.begin(sentence)
        self._apart.begin(work)
        self.busied.emit()

    def _on_reported(self, done: int, total: int) -> None:
        self._far = done, total

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

    def _on_stopped(self) -> None:
        """Say that it stopped, and how far it had come; the files taken before are taken."""
        self._end()
        self._jobs.changed.emit(frozenset({Topic.NEEDS}))
        done, total = self._far
        far = tr("{done} of {total}").format(done=words.number(done), total=words.number(total)) if total else ""
        self.banner.tell(words.joined(tr("Stopped before the end."), far))

    def _on_failed(self, error: TabletLoansError) -> None:
        self._end()
        self.banner.say(error)

    def _on_written(self, out: Path, written: WrittenWorkbooks) -> None:
        said = trn("{count} workbook written to {folder}", "{count} workbooks written to {folder}", written.files)
        sentence = said.format(count=words.number(written.files), folder=written.folder)
        self.banner.tell(sentence, partial(_open, out), tr("Open the folder"))

    def _on_brought(self, found: list[SchoolReturn]) -> None:
        self._jobs.changed.emit(frozenset({Topic.NEEDS}))
        changed, refused = sum(each.changed for each in found), sum(each.refused is not None for each in found)
        said = [trn("{count} answer recorded", "{count} answers recorded", changed).format(count=words.number(changed))]
        if refused:
            said.append(trn("{count} file refused", "{count} files refused", refused).format(count=refused))
        self.banner.tell(" · ".join(said))

    def _on_problems(self, out: Path, files: list[Path]) -> None:
        said = trn("{count} sheet of problems written to {folder}", "{count} sheets of problems written to {folder}",
                   len(files))  # fmt: skip
        sentence = said.format(count=words.number(len(files)), folder=out)
        self.banner.tell(sentence, partial(_open, out), tr("Open the folder"))

    def _on_listed(self, listed: Export) -> None:
        said = trn("{count} school written to {file}", "{count} schools written to {file}", listed.rows)
        self._tell_file(said.format(count=words.number(listed.rows), file=listed.file), listed.file)

    def _on_printed(self, receipt: Receipt[PrintedForms]) -> None:
        printed = receipt.value
        said = trn("{count} page written to {file}", "{count} pages written to {file}", printed.pages)
        self._tell_file(said.format(count=words.number(printed.pages), file=printed.file), Path(printed.file))

    def _tell_file(self, sentence: str, file: Path) -> None:
        self.banner.tell(sentence, partial(_open, file), tr("Open it"))


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
