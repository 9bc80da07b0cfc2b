"""A paper as it will be printed: its pages to read, and what prints, saves or opens it."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPointF, QSettings, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from tablet_loans.domain.trouble import FileTrouble, FileUnreadable, reason_of
from tablet_loans.text import N_, tr
from ui import icons
from ui.printing import Printer
from ui.widgets.empty import Empty
from ui.words import number

_FOLDER: Final = "papers/folder"
_STEP: Final = 1.25
_CLOSEST, _FARTHEST = 6.0, 0.25


class PaperView(QWidget):
    """A PDF's pages one below the other; `failed` tells what could not be shown, saved or printed, `said` what was.

    The paper stays the caller's: it is copied where it is saved, and never removed.
    """

    failed = Signal(object)
    said = Signal(str)

    def __init__(self, parent: QWidget | None = None, memory: QSettings | None = None) -> None:
        super().__init__(parent)
        self.memory, self._file, self._name, self._pages_in_all = memory, Path(), "", 0
        self.dpi, self.has_two_sides = 300, True  # labels want their printer's dots, and nothing on the back
        self._printer: Printer | None = None
        self.document = QPdfDocument(self)
        self._build()
        self.offer("")

    def show_paper(self, file: Path, name: str, pages: int = 0) -> None:
        """Show the PDF `file`, which is saved under `name`, where it was left when it is the same one anew.

        Where the file is only the first pages of a paper, `pages` tells how many that has.
        """
        place = self.view.verticalScrollBar().value() if name == self._name else 0
        self._file, self._name, self._pages_in_all = file, name, pages
        if self.document.load(str(file)) is not QPdfDocument.Error.None_:
            self.offer(tr("The paper cannot be shown."))
            self.failed.emit(FileUnreadable(path=file.name, reason=N_("it is damaged or cut short")))
            return
        self._pages.setCurrentWidget(self.view)
        self.view.verticalScrollBar().setValue(place)
        for button in self._buttons:
            button.setEnabled(True)
        self._tell_page()

    def offer(self, sentence: str, detail: str = "") -> None:
        """Show no paper, and say why or what to do."""
        self.document.close()
        self._file, self._name = Path(), ""
        self._empty.say(sentence, detail)
        self._pages.setCurrentWidget(self._empty)
        for button in self._buttons:
            button.setEnabled(False)
        self._place.setText("")

    def has_paper(self) -> bool:
        """Say whether a paper is shown."""
        return bool(self._name)

    def print_paper(self) -> None:
        """Let the person choose the printer, and print the paper."""
        if self.has_paper():
            printer = self._ready_printer()
            if printer.choose(self.window()):
                printer.print_pdf(
                    self._file,
                    done=self._on_printed,
                    failed=self.failed.emit,
                    dpi=self.dpi,
                    has_two_sides=self.has_two_sides,
                )

    def save_paper(self) -> None:
        """Ask for a file and copy the paper there."""
        if not self.has_paper():
            return
        folder = str(self.memory.value(_FOLDER, "")) if self.memory is not None else ""
        ask = QFileDialog(self.window(), tr("Save the paper"), folder, "PDF (*.pdf)")
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        ask.setDefaultSuffix("pdf")
        ask.selectFile(self._name)
        ask.fileSelected.connect(lambda chosen: self.save_to(Path(chosen)))
        ask.open()

    def save_to(self, file: Path) -> None:
        """Copy the paper to `file`."""
        try:
            shutil.copyfile(self._file, file)
        except OSError as error:
            self.failed.emit(FileTrouble(path=str(file), reason=reason_of(error)))
            return
        if self.memory is not None:
            self.memory.setValue(_FOLDER, str(file.parent))
        self.said.emit(tr("Written: {file}").format(file=file.name))

    def open_paper(self) -> None:
        """Show the paper in the program that the system opens PDFs with."""
        if self.has_paper() and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._file))):
            self.failed.emit(FileTrouble(path=self._file.name, reason=N_("no program here opens it")))

    def throw_away(self) -> None:
        """End the printing, and let go of the file."""
        self.document.close()
        if self._printer is not None:
            self._printer.shut_down()

    def _build(self) -> None:
        self.view, self._empty = QPdfView(self), Empty("file-text")
        self.view.setDocument(self.document)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setAccessibleName(tr("Preview"))
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.view)
        self._place = QLabel()
        self._place.setProperty("tone", "soft")
        self.view.pageNavigator().currentPageChanged.connect(self._tell_page)
        self.print_ = self._button("printer", N_("Print…"), self.print_paper, QKeySequence.StandardKey.Print)
        self.save = self._button("floppy-disk", N_("Save as…"), self.save_paper, QKeySequence.StandardKey.Save)
        self.open = self._button("arrow-square-out", N_("Open"), self.open_paper)
        self._buttons = (
            self._button("caret-up", N_("Page before"), partial(self._turn, -1)),
            self._button("caret-down", N_("Next page"), partial(self._turn, 1)),
            self._button("magnifying-glass-minus", N_("Smaller"), partial(self._zoom, 1 / _STEP), "Ctrl+-"),
            self._button("magnifying-glass-plus", N_("Larger"), partial(self._zoom, _STEP), "Ctrl++"),
            self._button("arrows-out-line-horizontal", N_("Whole width"), self._fit, "Ctrl+0"),
            self.print_, self.save, self.open,
        )  # fmt: skip
        bar = QHBoxLayout()
        bar.setSpacing(4)
        for button in self._buttons[:2]:
            bar.addWidget(button)
        bar.addWidget(self._place)
        bar.addStretch(1)
        for button in self._buttons[2:]:
            bar.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(bar)
        layout.addWidget(self._pages, 1)

    def _button(
        self, name: str, said: str, act: Callable[[], object], keys: QKeySequence.StandardKey | str = ""
    ) -> QToolButton:
        button = QToolButton()
        button.setIcon(icons.icon(name))
        button.setAutoRaise(True)
        button.setAccessibleName(tr(said))
        button.clicked.connect(lambda _checked: act())
        if keys:
            sequence = QKeySequence(keys)
            button.setShortcut(sequence)
            button.setToolTip(f"{tr(said)} ({sequence.toString(QKeySequence.SequenceFormat.NativeText)})")
        else:
            button.setToolTip(tr(said))
        return button

    def _turn(self, by: int) -> None:
        page = self.view.pageNavigator().currentPage() + by
        if 0 <= page < self.document.pageCount():
            self.view.pageNavigator().jump(page, QPointF())

    def _zoom(self, times: float) -> None:
        if self.view.zoomMode() is not QPdfView.ZoomMode.Custom:
            width = self.document.pagePointSize(0).width() * self.view.logicalDpiX() / 72
            self.view.setZoomFactor(self.view.viewport().width() / max(width, 1))
            self.view.setZoomMode(QPdfView.ZoomMode.Custom)
        self.view.setZoomFactor(min(_CLOSEST, max(_FARTHEST, self.view.zoomFactor() * times)))

    def _fit(self) -> None:
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)

    def _tell_page(self, _page: int = 0) -> None:
        page, pages = self.view.pageNavigator().currentPage() + 1, self._pages_in_all or self.document.pageCount()
        self._place.setText(tr("Page {page} of {pages}").format(page=number(page), pages=number(pages)))

    def _on_printed(self, _printed: object) -> None:
        self.said.emit(tr("Sent to the printer."))

    def _ready_printer(self) -> Printer:
        if self._printer is None:
            self._printer = Printer(self, self.memory)
        return self._printer
