"""What is under way with the schools' answers: one thing at a time in a process apart, a strip that stops it."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from tablet_loans.domain.workbook import SchoolReturn, WrittenWorkbooks
from tablet_loans.services import apart, asking, surveying
from tablet_loans.services.apart import Work as Errand
from tablet_loans.services.asking import PrintedForms
from tablet_loans.services.reporting import Export
from tablet_loans.services.session import Receipt, Session, Topic
from tablet_loans.text import tr, trn
from ui import words
from ui.jobs import Jobs
from ui.widgets.apart_work import ApartWork, open_file


class SchoolWork(ApartWork):
    """Workbooks written, answers read, lists and forms made; `previewed` tells what returned files would bring."""

    previewed = Signal(object, object)

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(session, jobs, parent)
        self._far = 0, 0
        self._apart.reported.connect(self._on_reported)

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
        if not self.is_busy():
            self._far = 0, 0
        super()._begin(sentence, work, then)

    def _on_reported(self, done: int, total: int) -> None:
        self._far = done, total

    def _on_stopped(self) -> None:
        """Say that it stopped, and how far it had come; the files taken before are taken."""
        self._jobs.changed.emit(frozenset({Topic.NEEDS}))
        done, total = self._far
        far = tr("{done} of {total}").format(done=words.number(done), total=words.number(total)) if total else ""
        self._stopped = words.joined(tr("Stopped before the end."), far)
        super()._on_stopped()

    def _on_written(self, out: Path, written: WrittenWorkbooks) -> None:
        said = trn("{count} workbook written to {folder}", "{count} workbooks written to {folder}", written.files)
        sentence = said.format(count=words.number(written.files), folder=written.folder)
        self.banner.tell(sentence, partial(open_file, out), tr("Open the folder"))

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
        self.banner.tell(sentence, partial(open_file, out), tr("Open the folder"))

    def _on_listed(self, listed: Export) -> None:
        said = trn("{count} school written to {file}", "{count} schools written to {file}", listed.rows)
        self._tell_file(said.format(count=words.number(listed.rows), file=listed.file), listed.file)

    def _on_printed(self, receipt: Receipt[PrintedForms]) -> None:
        printed = receipt.value
        said = trn("{count} page written to {file}", "{count} pages written to {file}", printed.pages)
        self._tell_file(said.format(count=words.number(printed.pages), file=printed.file), Path(printed.file))

    def _tell_file(self, sentence: str, file: Path) -> None:
        self.banner.tell(sentence, partial(open_file, file), tr("Open it"))
