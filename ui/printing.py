"""Documents sent to a printer by a process of their own: Qt draws a page in one breath, and a scan must not wait."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QSettings, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from tablet_loans import logs
from tablet_loans.domain.errors import Trouble
from tablet_loans.domain.trouble import FileMissing, FileUnreadable, NoPrinter, ProgramFault
from tablet_loans.services import starting
from tablet_loans.text import N_
from ui import errors

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from PySide6.QtPdf import QPdfDocument
    from PySide6.QtPrintSupport import QPrinter

_MEMORY: Final = "printer"
_DOTS_PER_INCH: Final = 300
_POINTS_PER_INCH: Final = 72


@dataclass(frozen=True, slots=True)
class Place:
    """Where pages go: the printer of that name (empty: the system's own choice), or a PDF file instead.

    Labels want the dots for which their bars were drawn, and nothing on the back of a sheet.
    """

    printer: str = ""
    file: str = ""
    dpi: int = _DOTS_PER_INCH
    has_two_sides: bool = True


class Printer(QObject):
    """Prints in the order asked; the printer chosen is remembered when there is a memory."""

    _ended = Signal(object, object, object)

    def __init__(
        self, parent: QObject | None = None, memory: QSettings | None = None, file: Path | None = None
    ) -> None:
        """Print on the printer chosen before, else on the system's; with `file`, into that PDF instead."""
        super().__init__(parent)
        self._memory, self._file = memory, file
        self._name = str(memory.value(_MEMORY, "")) if memory is not None else ""
        self._process: Executor | None = None
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    @property
    def name(self) -> str:
        """Return the name of the printer chosen; empty is the system's own choice."""
        return self._name

    def use(self, name: str) -> None:
        """Print on that printer from now on."""
        self._name = name
        if self._memory is not None:
            self._memory.setValue(_MEMORY, name)

    def choose(self, window: QWidget) -> bool:
        """Let the person choose a printer in the system's own dialog, and say whether one was."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter()
        if self._name:
            printer.setPrinterName(self._name)
        dialog = QPrintDialog(printer, window)
        is_chosen = dialog.exec() == QDialog.DialogCode.Accepted
        if is_chosen:
            self.use(printer.printerName())
        return is_chosen

    def is_there(self) -> bool:
        """Say whether the printer chosen is known to this computer; a file stands for one."""
        return self._file is not None or self._name in names()

    def print_pdf(
        self,
        path: Path,
        *,
        done: Callable[[object], object],
        failed: Callable[[Trouble], object],
        dpi: int = _DOTS_PER_INCH,
        has_two_sides: bool = True,
    ) -> None:
        """Send a PDF to the printer; `done` or `failed` is then called on the window's thread."""
        ask = partial(self._ask, path, Place(self._name, str(self._file or ""), dpi, has_two_sides))
        try:
            process, work = ask()
        except BrokenProcessPool:  # it died while nothing was printed: nobody has heard of it yet
            self._process = None
            process, work = ask()
        work.add_done_callback(partial(self._hand_over, process, path, done, failed))

    def shut_down(self) -> None:
        """End the process once what was asked is printed."""
        if self._process is not None:
            self._process.shutdown(wait=True)
            self._process = None

    def _ask(self, path: Path, place: Place) -> tuple[Executor, "Future[int]"]:
        if self._process is None:
            self._process = ProcessPoolExecutor(1, get_context("spawn"), starting.give_way)
        return self._process, self._process.submit(sent, str(path), place)

    def _hand_over(
        self,
        process: Executor,
        path: Path,
        done: Callable[[object], object],
        failed: Callable[[Trouble], object],
        work: "Future[int]",
    ) -> None:
        """Bring a result to the window's thread; called in another."""
        error = work.exception()
        told = partial(done, None) if error is None else partial(failed, _trouble(path, error))
        with suppress(RuntimeError):  # the window went away in the meantime
            self._ended.emit(process, told, error)

    @Slot(object, object, object)
    def _on_ended(self, process: Executor, told: Callable[[], object], error: BaseException | None) -> None:
        if isinstance(error, BrokenProcessPool) and self._process is process:
            self._process = None
        if error is not None:
            logs.LOG.warning("not printed: %s", type(error).__name__)
            if not isinstance(error, Trouble | BrokenProcessPool):
                errors.crash(error)
        told()


def _trouble(path: Path, error: BaseException) -> Trouble:
    if isinstance(error, Trouble):
        return error
    return NoPrinter(path=str(path)) if isinstance(error, BrokenProcessPool) else ProgramFault()


def names() -> list[str]:
    """Return the names of the printers that this computer knows, its own choice first."""
    from PySide6.QtPrintSupport import QPrinterInfo

    usual = QPrinterInfo.defaultPrinterName()
    return sorted(QPrinterInfo.availablePrinterNames(), key=lambda name: (name != usual, name.casefold()))


def sent(path: str, place: Place) -> int:
    """Print a PDF and return its pages; called in the printing process. Raises: FileTrouble, NoPrinter."""
    from PySide6.QtGui import QGuiApplication, QPageLayout, QPainter
    from PySide6.QtPdf import QPdfDocument
    from PySide6.QtPrintSupport import QPrinter

    _application = QGuiApplication.instance() or QGuiApplication([])
    if not Path(path).exists():
        raise FileMissing(path=path)
    document = QPdfDocument()
    if document.load(path) is not QPdfDocument.Error.None_:
        raise FileUnreadable(path=path, reason=N_("it is damaged or cut short"))
    first = document.pagePointSize(0)
    is_wide = first.width() > first.height()
    printer = _printer(path, place, first.transposed() if is_wide else first)
    printer.setPageOrientation(QPageLayout.Orientation.Landscape if is_wide else QPageLayout.Orientation.Portrait)
    if document.pageCount() > 1 and place.has_two_sides:  # an agreement stands on both sides of its sheet
        printer.setDuplex(QPrinter.DuplexMode.DuplexLongSide)
    painter = QPainter()
    if not painter.begin(printer):
        raise NoPrinter(path=path)
    for number in range(document.pageCount()):
        if number and not printer.newPage():
            raise NoPrinter(path=path)
        painter.drawImage(printer.paperRect(printer.Unit.DevicePixel).topLeft(), _page(document, number, place.dpi))
    painter.end()
    return document.pageCount()


def _printer(path: str, place: Place, points: QSizeF) -> "QPrinter":
    """Return the printer, its paper whole and its dots those of the pages' pictures."""
    from PySide6.QtGui import QPageSize
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

    if place.file:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(place.file)
    else:
        info = QPrinterInfo.printerInfo(place.printer) if place.printer else QPrinterInfo.defaultPrinter()
        if info.isNull():
            raise NoPrinter(path=path)
        printer = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    printer.setDocName(Path(path).stem)
    printer.setResolution(place.dpi)
    printer.setFullPage(True)
    printer.setPageSize(QPageSize(points, QPageSize.Unit.Point, matchPolicy=QPageSize.SizeMatchPolicy.FuzzyMatch))
    return printer


def _page(document: "QPdfDocument", number: int, dpi: int) -> "QImage":
    """Return a page as the printer's dots, grey on white."""
    from PySide6.QtGui import QImage, QPainter

    points = document.pagePointSize(number)
    times = dpi / _POINTS_PER_INCH
    size = QSize(round(points.width() * times), round(points.height() * times))
    drawn = document.render(number, size)
    page = QImage(size, QImage.Format.Format_Grayscale8)
    page.fill(255)
    painter = QPainter(page)
    painter.drawImage(0, 0, drawn)
    painter.end()
    return page
