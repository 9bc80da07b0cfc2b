"""A file comes in: chosen, looked at in a process apart, shown before anything is written, then imported or not."""

from collections.abc import Mapping as Titled
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.problem import ImportReport, Problem
from tablet_loans.domain.recognition import SchoolNotSaid, WrongSchool
from tablet_loans.domain.trouble import FileTrouble, MissingColumns, WrongFile
from tablet_loans.services import apart, glancing, reporting, undoing
from tablet_loans.services.reporting import Export
from tablet_loans.services.session import Receipt, Session
from tablet_loans.text import tr, trn
from ui import words
from ui.apart import Apart
from ui.dialogs.column_choice import ColumnChoice
from ui.incoming import OF_A_SCHOOL, TAKES, TITLES, Incoming, Kind
from ui.jobs import Jobs, Lane
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.import_done import ImportDone
from ui.widgets.import_preview import ImportPreview
from ui.widgets.import_start import ImportStart
from ui.widgets.school_choice import SchoolChoice
from ui.widgets.work import Work as Strip

_SIZE: Final = QSize(1080, 680)
_AROUND: Final = QSize(40, 40)
_FOLDER: Final = "import/folder"
_FEW: Final = 10
_START, _LOOKING, _PREVIEW, _DONE = range(4)


class ImportFile(QDialog):
    """One file of one kind, from its choice to its undoing; nothing is written before the one button says so."""

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        kind: Kind,
        path: Path | None = None,
        *,
        campaign: str | None = None,
        school: str | None = None,
        memory: QSettings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._kind, self._memory = session, jobs, kind, memory
        self._campaign, self._uai = campaign, school
        self._incoming: Incoming | None = None
        self._lacks_school = False
        self._doing = ""
        self._is_writing = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self._apart, self._undoing = Apart(session, jobs, self), Apart(session, jobs, self)
        self.choice, self.naming = SchoolChoice(session, jobs, self), ColumnChoice(session, jobs, self)
        self._build()
        self._connect()
        self._show(_START)
        if path is not None:
            self.open_file(path)

    def open_file(self, path: Path) -> None:
        """Look at a file: what it would do is shown, and nothing is written.

        It is not taken for one of the school that was chosen for the file before.
        """
        if self._memory is not None:
            self._memory.setValue(_FOLDER, str(path.parent))
        self._lacks_school = False
        self._look(Incoming(self._kind, path, self._uai, self._campaign))

    def choose_file(self) -> None:
        """Ask for the file."""
        folder = str(self._memory.value(_FOLDER, "")) if self._memory is not None else ""
        ask = QFileDialog(self, tr(TITLES[self._kind]), folder)
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setFileMode(QFileDialog.FileMode.ExistingFile)
        ask.fileSelected.connect(lambda path: self.open_file(Path(path)))
        ask.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not self._is_writing and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = next(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile())
        event.acceptProposedAction()
        self.open_file(Path(path))

    def reject(self) -> None:
        """Leave; what is being written goes on to its end, or stops before it began."""
        if self._is_writing:
            self._on_stop()
            return
        super().reject()

    def is_writing(self) -> bool:
        """Say whether an import confirmed, or its undoing, is not done yet."""
        return self._is_writing or self._undoing.is_busy()

    def stop_writing(self) -> None:
        """Stop the import before it writes anything, unless it is decided already."""
        if self._is_writing:
            self._on_stop()

    def done(self, answer: int) -> None:
        self._apart.stop()
        self.naming.stop()
        super().done(answer)

    def _build(self) -> None:
        self.setWindowTitle(tr(TITLES[self._kind]))
        above = self.parentWidget()
        self.resize(_SIZE.boundedTo(above.window().size() - _AROUND) if above else _SIZE)
        self._title = QLabel(tr(TITLES[self._kind]))
        self._title.setObjectName("title")
        self._file = QLabel()
        self._file.setObjectName("soft")
        self._file.setTextFormat(Qt.TextFormat.PlainText)
        self.school, self.columns = QPushButton(tr("Choose the school…")), QPushButton(tr("Columns…"))
        self.other = QPushButton(tr("Another file…"))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addSpacing(6)
        head.addWidget(self._file, 1)
        for button in (self.school, self.columns, self.other):
            button.setAutoDefault(False)
            head.addWidget(button)
        self.banner, self.strip = Banner(), Strip()
        self.start, self.preview, self.end = ImportStart(tr(TAKES[self._kind])), ImportPreview(), ImportDone()
        self._pages = QStackedWidget()
        for page in (self.start, QWidget(), self.preview, self.end):
            self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self.banner)
        layout.addWidget(self.strip)
        layout.addWidget(self._pages, 1)
        layout.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        self.leave, self.go = QPushButton(tr("Cancel")), QPushButton()
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(self.reject)
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.go.setToolTip(tr("Ctrl+Enter"))
        self.go.clicked.connect(self._on_go)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._on_keys)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.go)
        return row

    def _connect(self) -> None:
        self.start.asked.connect(self.choose_file)
        self.other.clicked.connect(self.choose_file)
        self.school.clicked.connect(self.ask_school)
        self.columns.clicked.connect(self.ask_columns)
        self.strip.stopped.connect(self._on_stop)
        self.preview.answered.connect(self._say_go)
        self.preview.save_asked.connect(self._on_save_problems)
        self.end.undo_asked.connect(self._on_undo)
        self.end.more_asked.connect(self.choose_file)
        self.choice.chosen.connect(self._on_school)
        self.choice.named.connect(self._name_schools)
        self.choice.failed.connect(self.banner.say)
        self._apart.reported.connect(self.strip.reported)
        self._apart.waits.connect(lambda: self.strip.begin(tr("Waiting for the import under way")))
        self._apart.begun.connect(lambda: self.strip.begin(self._doing))
        self._apart.done.connect(self._on_receipt)
        self._apart.failed.connect(self._on_failed)
        self._apart.stopped.connect(self._on_stopped)
        self.naming.decided.connect(self._on_columns)
        self.naming.failed.connect(self._on_not_glanced)
        self.naming.forgotten.connect(self.banner.say)
        self._undoing.done.connect(lambda _receipt: self._on_undone())
        self._undoing.failed.connect(self._on_not_undone)

    def _look(self, incoming: Incoming) -> None:
        """See in a process apart what the file would do."""
        self._incoming, self._is_writing = incoming, False
        self._file.setText(incoming.path.name)
        self.choice.name(())
        self._begin(tr("Looking at {file}"), incoming, is_dry_run=True)

    def _begin(self, doing: str, incoming: Incoming, *, is_dry_run: bool) -> None:
        self._doing = doing.format(file=incoming.path.name)
        self.banner.fall_silent()
        self.strip.begin(self._doing)
        self._show(_LOOKING)
        self._apart.begin(incoming.work(is_dry_run=is_dry_run))

    def _on_keys(self) -> None:
        """Do what the one button does: Enter is taken by the tables."""
        if self.go.isVisible():
            self.go.click()

    def _on_go(self) -> None:
        """Import what the preview shows."""
        if self._incoming is None or not self.preview.changes():
            return
        chosen = replace(self._incoming, same=self.preview.same(), new=self.preview.new())
        self._is_writing = True
        self._begin(tr("Importing {file}"), chosen, is_dry_run=False)
        self.setFocus()  # a key too many neither stops nor leaves

    def _on_receipt(self, receipt: Receipt[ImportReport]) -> None:
        self.strip.end()
        if self._is_writing:
            self._is_writing = False
            self.end.show_receipt(receipt, can_undo=self._kind is not Kind.ANSWERS)  # those are many acts
            self._show(_DONE)
            self.leave.setFocus()
            return
        self.preview.show_report(receipt.value)
        self._doubt_leavers(receipt.value)
        self._ask_names(receipt.value)
        self._show(_PREVIEW)
        self.preview.told.setFocus()

    def _doubt_leavers(self, report: ImportReport) -> None:
        """Ask whether the file is whole when it takes most of the pupils away."""
        stays = report.updated + report.unchanged
        if report.left > max(stays, _FEW):
            said = trn(
                "{count} pupil would leave: is this file whole?",
                "{count} would leave: is this file whole?",
                report.left,
            )
            self.banner.tell(said.format(count=words.number(report.left)), tone=Tone.WARN)

    def _ask_names(self, report: ImportReport) -> None:
        """Ask how the schools are called that the file is about."""
        if self._kind in OF_A_SCHOOL and self._incoming is not None:
            said = ({each.school for each in report.told} | {each.school for each in report.doubts}) - {""}
            self.choice.name(said or {self._incoming.school or ""} - {""})

    def _name_schools(self, schools: str) -> None:
        if self._incoming is not None:
            self._file.setText(words.joined(self._incoming.path.name, schools))

    def _on_stop(self) -> None:
        self._apart.stop()
        self.strip.begin(tr("Stopping…"), can_stop=False)

    def _on_stopped(self) -> None:
        self._after_nothing()
        self.banner.tell(tr("Stopped: nothing was written."))

    def _on_failed(self, error: TabletLoansError) -> None:
        """Ask for what lacks, else say what went wrong and what to do."""
        self._lacks_school |= isinstance(error, SchoolNotSaid | WrongSchool)
        self._after_nothing()
        if isinstance(error, SchoolNotSaid) and self._kind in OF_A_SCHOOL:
            self.banner.tell(" ".join((tr(error.sentence), tr("Choose the school."))), tone=Tone.WARN)
            self.ask_school()
        elif isinstance(error, MissingColumns) and glancing.has_columns(self._kind):
            said = tr(error.sentence).format(**error.facts)
            self.banner.tell(said, self.ask_columns, tr("Name the columns…"), Tone.WARN)
            self.ask_columns()
        elif isinstance(error, WrongFile):
            self._offer_kind(error)
        else:
            self.banner.say(error, self._again, tr("Try again"))

    def _offer_kind(self, error: WrongFile) -> None:
        """Offer to take the file for what it is, where pupils and guardians were mistaken for one another."""
        kind = next((each for each in (Kind.PUPILS, Kind.GUARDIANS) if each.value == glancing.kind_found(error)), None)
        if kind is None or {kind, self._kind} != {Kind.PUPILS, Kind.GUARDIANS}:
            self.banner.say(error)
        else:
            self.banner.say(error, partial(self._take_as, kind), tr(TITLES[kind]))

    def _take_as(self, kind: Kind) -> None:
        """Take the file for one of another kind."""
        if self._incoming is not None:
            self._kind = kind
            self.setWindowTitle(tr(TITLES[kind]))
            self._title.setText(tr(TITLES[kind]))
            self.start.takes.setText(tr(TAKES[kind]))
            self._look(replace(self._incoming, kind=kind, mapping={}))

    def _after_nothing(self) -> None:
        """Go back to where one was before the work that wrote nothing."""
        self.strip.end()
        was_writing, self._is_writing = self._is_writing, False
        self._show(_PREVIEW if was_writing else _START)

    def _again(self) -> None:
        if self._incoming is not None:
            self._look(self._incoming)

    def ask_school(self) -> None:
        """Ask which school the file is of, by the beginnings of its words."""
        if self._incoming is not None and not self._apart.is_busy():
            self.choice.ask_under(self.school)

    def _on_school(self, uai: str) -> None:
        if self._incoming is not None:
            self._look(replace(self._incoming, school=uai))

    def ask_columns(self) -> None:
        """Show the file's columns, and ask what they are."""
        if self._incoming is not None:
            self.naming.ask(self._kind, self._incoming.path)

    def _on_not_glanced(self, error: TabletLoansError) -> None:
        """Say why no columns are shown: once the preview is there, the file is read, and so it is no table."""
        if self.preview.isVisible() and isinstance(error, FileTrouble):
            self.banner.tell(tr("This file's format says by itself what is where."))
        else:
            self.banner.say(error)

    def _on_columns(self, named: Titled[str, str]) -> None:
        """Read the file with these columns."""
        if self._incoming is not None:
            self._look(replace(self._incoming, mapping=named))

    def _on_undo(self, receipt: Receipt[ImportReport]) -> None:
        self.strip.begin(tr("Undoing the import"), can_stop=False)
        call = partial(undoing.undo, ledger_id=receipt.ledger_id)
        self._undoing.begin(partial(apart.unmetered, call))

    def _on_undone(self) -> None:
        self.strip.end()
        self.end.show_undone()
        self.leave.setFocus()

    def _on_not_undone(self, error: TabletLoansError) -> None:
        self.strip.end()
        self.end.allow_undo()
        self.banner.say(error)

    def _on_save_problems(self, problems: tuple[Problem, ...]) -> None:
        ask = QFileDialog(self, tr("Export the problems"), "", "CSV (*.csv);;XLSX (*.xlsx)")
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        ask.setDefaultSuffix("csv")
        ask.selectFile(tr("problems"))
        ask.fileSelected.connect(lambda path: self.save_problems(problems, Path(path)))
        ask.open()

    def save_problems(self, problems: tuple[Problem, ...], path: Path) -> None:
        """Write the problems into a file, for whoever corrects the list."""
        call = partial(reporting.export_problems, self._session, path, problems)
        self._jobs.run(call, done=self._on_saved, refused=self.banner.say, failed=self.banner.say, lane=Lane.BACKGROUND)

    def _on_saved(self, export: Export) -> None:
        said = trn("{count} problem written to {file}", "{count} problems written to {file}", export.rows)
        self.banner.tell(said.format(count=words.number(export.rows), file=export.file))

    def _show(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        is_known = self._incoming is not None and page in (_START, _PREVIEW)
        self.other.setVisible(page == _PREVIEW)
        has_school = self._incoming is not None and self._incoming.school is not None
        self.school.setVisible(is_known and self._kind in OF_A_SCHOOL and (has_school or self._lacks_school))
        self.school.setText(tr("Another school…") if has_school else tr("Choose the school…"))
        self.columns.setVisible(page == _PREVIEW and glancing.has_columns(self._kind))
        self.leave.setText(tr("Close") if page == _DONE else tr("Cancel"))
        self.leave.setEnabled(not self._is_writing)
        self.go.setVisible(page == _PREVIEW)
        self._say_go()

    def _say_go(self) -> None:
        """Say on the one button how much it does."""
        count = self.preview.changes()
        said = trn("Import {count} change", "Import {count} changes", count).format(count=words.number(count))
        self.go.setText(said if count else tr("Import"))
        self.go.setEnabled(count > 0)
