"""A liaison or a technician files scanned agreements: first what would become of each page, then it is done."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final, cast

from PySide6.QtCore import QModelIndex, QSettings, QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.barcode import CodeKind, readings
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.filing import KEPT, PAGE_FATE_WORDS, TO_LOOK_AT, FiledPage, PageFate, PileReport
from tablet_loans.services import attaching, filing
from tablet_loans.services.session import Receipt, Session
from tablet_loans.text import N_, tr, trn
from ui import words
from ui.apart import Apart
from ui.columns import Column, Style
from ui.jobs import Jobs, Lane
from ui.kept_papers import KeptPapers
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.data_table import DataTable
from ui.widgets.empty import Empty
from ui.widgets.sheet_panel import SheetPanel
from ui.widgets.work import Work

_SIZE: Final = QSize(1040, 680)
_FOLDER: Final = "papers/scans"
_SUFFIXES: Final = (".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff")
_LOOK_DPI: Final = 90


def _tone(page: FiledPage) -> Tone:
    if page.fate in KEPT:
        return Tone.OK
    return Tone.WARN if page.fate in TO_LOOK_AT else Tone.PLAIN


_COLUMNS: Final = (
    Column(N_("File"), lambda page: page.file, 120, 2, tone=lambda _page: Tone.SOFT),
    Column(N_("Page"), lambda page: words.number(page.page), 64, style=Style.NUMBER),
    Column(N_("Loan"), lambda page: page.loan or "–", 130, 1, style=Style.CODE),
    Column(N_("What becomes of it"), lambda page: tr(PAGE_FATE_WORDS[page.fate]), 200, 2, style=Style.CHIP, tone=_tone),
)


class FileSheets(QDialog):
    """Files dropped or chosen are read, nothing is written until it is asked; what nobody could place is named here."""

    def __init__(
        self, session: Session, jobs: Jobs, parent: QWidget | None = None, memory: QSettings | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("File signed agreements"))
        self.setAcceptDrops(True)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._session, self._jobs, self._memory = session, jobs, memory
        self._paths: tuple[Path, ...] = ()
        self.report: PileReport | None = None
        self._is_filed = False
        self._by_hand: dict[tuple[int, int], FiledPage] = {}
        self._kept = KeptPapers()
        self.apart = Apart(session, jobs, self)
        self._build()
        self._connect()
        self._show()
        self._empty.act.setFocus()

    def take_files(self, paths: Sequence[Path]) -> None:
        """Read these files, and show what would become of their pages."""
        if paths and not self.apart.is_busy():
            self._paths, self._by_hand = tuple(paths), {}
            if self._memory is not None:
                self._memory.setValue(_FOLDER, str(self._paths[0].parent))
            self._begin(is_dry_run=True)

    def take_scan(self, raw: str) -> None:
        """Name the loan of the page chosen by its code."""
        loan = next((each.code for each in readings(raw) if each.kind is CodeKind.LOAN), raw.strip())
        self.panel.field.setText(loan)
        self._on_named(loan)

    def take_double(self, raw: str) -> None:
        """Leave a code read twice alone."""

    def sizeHint(self) -> QSize:
        return _SIZE

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.take_files(_dropped(event))
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._let_go()
        super().closeEvent(event)

    def reject(self) -> None:
        """Close with Esc; what is under way is stopped first."""
        if self.apart.is_busy():
            self.apart.stop()
            return
        self._let_go()
        super().reject()

    def _let_go(self) -> None:
        self.apart.stop()
        self._kept.throw_away()

    def _build(self) -> None:
        self.title, self.banner, self.work = QLabel(), Banner(), Work()
        self.title.setObjectName("title")
        self.pages, self.choose = QComboBox(), QPushButton(tr("Choose files…"))
        for said, count in ((N_("Pages each: as the pile shows"), 0), (N_("1 page each"), 1), (N_("2 pages each"), 2),
                            (N_("4 pages each"), 4)):  # fmt: skip
            self.pages.addItem(tr(said), count)
        self.pages.setAccessibleName(tr("Pages of an agreement"))
        self.model, self.table = ListModel(_COLUMNS), DataTable(tr("Pages"), 36)
        self.table.show_model(self.model, _COLUMNS, ("File",))
        self.panel, self._empty = SheetPanel(), Empty("file-text")
        self._empty.say(
            tr("Drop the scans here"),
            tr("PDF, JPEG, PNG or TIFF: whole piles, in any order. Nothing is written before you say so."),
            tr("Choose files…"),
            self._choose_files,
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._result())
        self.cancel, self.go = QPushButton(), QPushButton()
        self.cancel.setAutoDefault(False)
        self.choose.setAutoDefault(False)
        self.go.setObjectName("primary")
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.pages)
        head.addWidget(self.choose)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self.banner)
        layout.addWidget(self.work)
        layout.addWidget(self._stack, 1)
        layout.addLayout(foot)
        parent = self.parentWidget()
        self.resize(_SIZE.boundedTo(parent.window().size()) if parent is not None else _SIZE)

    def _result(self) -> QWidget:
        both, card = QWidget(), QFrame()
        card.setObjectName("card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.addWidget(self.table)
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(card, 3)
        row.addWidget(self.panel, 2)
        return both

    def _connect(self) -> None:
        self.choose.clicked.connect(self._choose_files)
        self.cancel.clicked.connect(self.reject)
        self.go.clicked.connect(self._on_go)
        self.pages.activated.connect(self._on_pages)
        self.work.stopped.connect(self.apart.stop)
        self.apart.reported.connect(self.work.reported)
        self.apart.done.connect(self._on_done)
        self.apart.failed.connect(self._on_failed)
        self.apart.stopped.connect(self._on_stopped)
        self.panel.named.connect(self._on_named)
        self.panel.open_asked.connect(self._on_open)
        self.table.selectionModel().currentRowChanged.connect(lambda now, _before: self._show_page(now.row()))

    def _choose_files(self) -> None:
        folder = str(self._memory.value(_FOLDER) or "") if self._memory is not None else ""
        kinds = " ".join(f"*{suffix}" for suffix in _SUFFIXES)
        ask = QFileDialog(self, tr("Scanned agreements"), folder, f"{tr('Scans')} ({kinds})")
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setFileMode(QFileDialog.FileMode.ExistingFiles)
        ask.filesSelected.connect(lambda chosen: self.take_files([Path(each) for each in chosen]))
        ask.open()

    def _begin(self, *, is_dry_run: bool) -> None:
        self.banner.fall_silent()
        self._is_filed = not is_dry_run
        self.work.begin(tr("Reading the pages…") if is_dry_run else tr("Filing…"))
        each = self.pages.currentData() or None
        self.apart.begin(partial(filing.file_pile, paths=self._paths, pages_each=each, is_dry_run=is_dry_run))
        self._show()

    def _on_go(self) -> None:
        if self._is_filed or self.report is None:
            self.reject()
        else:
            self._begin(is_dry_run=False)

    def _on_pages(self, _choice: int) -> None:
        if self._paths and not self._is_filed and not self.apart.is_busy():
            self._begin(is_dry_run=True)

    def _on_done(self, receipt: Receipt[PileReport]) -> None:
        self.report = receipt.value
        self.work.end()
        told = [self._by_hand.get((page.place, page.page), page) for page in self.report.told]
        ordered = sorted(told, key=_is_placed)
        self.model.show(ordered)
        self._show()
        self.table.choose(0)

    def _on_failed(self, error: TabletLoansError) -> None:
        self._is_filed = False
        self.work.end()
        self.banner.say(error, partial(self.take_files, self._paths))
        self._show()

    def _on_stopped(self) -> None:
        was_filing, self._is_filed = self._is_filed, False
        self.work.end()
        if was_filing:
            self.banner.tell(tr("Stopped. What was filed stays; filing the same pile again adds only what lacks."))
        self._show()

    def _on_named(self, number: str) -> None:
        page = self._page()
        if page is None or page.fate not in TO_LOOK_AT or self.apart.is_busy():
            return
        keep = partial(
            attaching.keep_by_hand, self._session, number, self._paths[page.place], page.page, self.panel.turn
        )
        self._jobs.run(
            keep,
            done=partial(self._on_kept, page),
            refused=self.banner.say,
            failed=self.banner.say,
            lane=Lane.BACKGROUND,
        )

    def _on_kept(self, page: FiledPage, receipt: Receipt[str]) -> None:
        self.banner.fall_silent()
        kept = FiledPage(page.file, page.page, PageFate.FILED, receipt.value, place=page.place)
        self._by_hand[page.place, page.page] = kept
        place = self.model.rows.index(page)
        self.model.put(place, kept)
        rows = cast(list[FiledPage], self.model.rows)
        following = next((at for at, row in enumerate(rows) if row.fate in TO_LOOK_AT), place)
        self.table.choose(following)
        self._show_page(following)
        self.panel.field.setFocus()
        self._show()

    def _on_open(self) -> None:
        page = self._page()
        if page is None or page.loan is None:
            return
        file = self._kept.place(f"{page.loan}.pdf")
        self._jobs.run(
            partial(attaching.give_back, self._session, page.loan, file),
            done=partial(self._open, file),
            refused=self.banner.say,
            failed=self.banner.say,
            lane=Lane.BACKGROUND,
        )

    def _open(self, file: Path, _given: object) -> None:
        from ui.dialogs.paper_preview import PaperPreview

        PaperPreview(file, file.name, self, self._memory).show()

    def _page(self) -> FiledPage | None:
        place = self.table.currentIndex().row()
        return cast(FiledPage, self.model.rows[place]) if 0 <= place < self.model.rowCount(QModelIndex()) else None

    def _show_page(self, _place: int) -> None:
        page = self._page()
        self.panel.show_page(page)
        if page is not None:
            look = partial(attaching.look_at, self._session, self._paths[page.place], page.page, _LOOK_DPI)
            done = partial(self._on_look, page)
            self._jobs.run(look, done=done, refused=self.banner.say, failed=self.banner.say, lane=Lane.READING)

    def _on_look(self, page: FiledPage, content: bytes) -> None:
        if self._page() == page:
            self.panel.show_look(content)

    def _show(self) -> None:
        is_busy, report = self.apart.is_busy(), self.report
        self._stack.setCurrentIndex(0 if report is None else 1)
        self.choose.setVisible(report is not None)
        for widget in (self.choose, self.pages, self.panel):
            widget.setEnabled(not is_busy)
        said = tr("File signed agreements")
        self.title.setText(_summary(report, self._left(), is_filed=self._is_filed) if report else said)
        self.cancel.setText(tr("Cancel") if is_busy or not self._is_filed else tr("Close"))
        self.go.setVisible(report is not None and not self._is_filed)
        count = report.filed + report.doubled if report else 0
        said = trn("File {count} page", "File {count} pages", count).format(count=words.number(count))
        self.go.setText(said if count else tr("Nothing to file"))
        self.go.setEnabled(count > 0 and not is_busy)

    def _left(self) -> int:
        return sum(cast(FiledPage, row).fate in TO_LOOK_AT for row in self.model.rows)


def _summary(report: PileReport, left: int, *, is_filed: bool) -> str:
    pages = trn("{count} page", "{count} pages", report.pages).format(count=words.number(report.pages))
    if is_filed:
        signed = trn("{count} agreement signed", "{count} agreements signed", report.signed)
    else:
        signed = trn("{count} agreement to sign", "{count} agreements to sign", report.signed)
    look = trn("{count} to look at", "{count} to look at", left).format(count=words.number(left)) if left else ""
    return words.joined(pages, signed.format(count=words.number(report.signed)), look)


def _is_placed(page: FiledPage) -> bool:
    return page.fate not in TO_LOOK_AT


def _dropped(event: QDropEvent) -> list[Path]:
    files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return sorted(file for file in files if file.suffix.lower() in _SUFFIXES)
