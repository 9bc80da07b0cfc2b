"""How far a printer is off: a page is printed and measured, and the next one shows that it holds."""

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.label_stock import LabelStock
from tablet_loans.domain.printer import LEAST_SCALE, MOST_MM, MOST_SCALE, OffsetOutOfBounds, PrinterOffset
from tablet_loans.services import calibrating
from tablet_loans.services.calibrating import Measuring, PrintedCalibration
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui import printing
from ui.dialogs.paper_preview import PaperPreview
from ui.jobs import Jobs, Lane
from ui.kept_papers import KeptPapers
from ui.printing import Printer
from ui.widgets.banner import Banner
from ui.widgets.choice import Choice
from ui.widgets.label_offset import LabelOffset
from ui.widgets.label_words import measure, stock_told, typed_measure
from ui.widgets.picker import Option, Picker

_USUAL: Final = QSize(940, 620)


class Calibrate(QDialog):
    """`kept` gives the offset that was kept for a printer."""

    kept = Signal(object)

    def __init__(
        self, session: Session, jobs: Jobs, stock: str = "", printer: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._jobs, self._stock = session, jobs, stock
        self.printer, self.papers = Printer(self), KeptPapers()
        self._stocks: dict[str, LabelStock] = {}
        self._offsets: dict[str, PrinterOffset] = {}
        self._printed_scale, self._ruler, self._pages = 1.0, 0, 0
        self._build()
        self._connect()
        self._offer_printers(printer)
        self._read()

    def measured(self) -> PrinterOffset:
        """Return what is typed; a field that holds no number is refused. Raises: OffsetOutOfBounds."""
        bounds = (("right", -MOST_MM, MOST_MM), ("down", -MOST_MM, MOST_MM), ("scale", LEAST_SCALE, MOST_SCALE))
        found = []
        for (field, least, most), edit in zip(bounds, (self.right, self.down, self.scale), strict=True):
            if (number := typed_measure(edit.text() or ("1" if field == "scale" else "0"))) is None:
                raise OffsetOutOfBounds(field=field, least=f"{least:g}", most=f"{most:g}")
            found.append(number)
        return PrinterOffset(self.name.currentText().strip(), *found)

    def done(self, result: int) -> None:
        """Close, and let go of the papers."""
        self.printer.shut_down()
        self.papers.throw_away()
        super().done(result)

    def _build(self) -> None:
        self.setWindowTitle(tr("Measure a printer"))
        title = QLabel(tr("Measure a printer"))
        title.setObjectName("title")
        self.banner, self.name, self.stock_name = Banner(), Choice(), QPushButton(self._stock)
        self.name.setEditable(True)
        self.name.setAccessibleName(tr("Printer"))
        self.stock_name.setAccessibleName(tr("Stock of labels"))
        self.page, self.again = _button(tr("Print the page")), _button(tr("Print again to check"))
        self.again.setToolTip(tr("With what is kept: the crosses then lie on the corners of the labels"))
        self.again.setEnabled(False)
        self.keep, close = QPushButton(tr("Keep the measures")), _button(tr("Close"))
        self.keep.setObjectName("primary")
        self.keep.setDefault(True)
        close.clicked.connect(self.reject)
        both = QHBoxLayout()
        both.setSpacing(14)
        both.addWidget(self._first_card(), 1)
        both.addWidget(self._second_card(), 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.again)
        buttons.addStretch(1)
        buttons.addWidget(close)
        buttons.addWidget(self.keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 18)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(self.banner)
        layout.addLayout(both, 1)
        layout.addLayout(buttons)
        parent = self.parentWidget()
        self.resize(_USUAL.boundedTo(parent.window().size()) if parent is not None else _USUAL)

    def _first_card(self) -> QFrame:
        self.how = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.how.setWordWrap(True)
        self.how.setAlignment(Qt.AlignmentFlag.AlignTop)
        card, layout = _card()
        grid = QGridLayout()
        grid.setSpacing(8)
        for line, (said, field) in enumerate(((tr("Printer"), self.name), (tr("Stock of labels"), self.stock_name))):
            grid.addWidget(_soft(said), line, 0)
            grid.addWidget(field, line, 1)
        grid.setColumnStretch(1, 1)
        layout.addLayout(grid)
        layout.addWidget(self.page)
        layout.addWidget(self.how, 1)
        return card

    def _second_card(self) -> QFrame:
        self.drawing = LabelOffset()
        self.right, self.down, self.ruler, self.scale = (QLineEdit() for _ in range(4))
        card, layout = _card()
        layout.addWidget(self.drawing, 1)
        grid = QGridLayout()
        grid.setSpacing(8)
        for line, (said, edit, unit) in enumerate(
            (
                (tr("Right"), self.right, "mm"), (tr("Down"), self.down, "mm"),
                (tr("Ruler, as measured"), self.ruler, "mm"), (tr("Scale"), self.scale, ""),
            )
        ):  # fmt: skip
            edit.setAccessibleName(said)
            edit.setFixedWidth(96)
            grid.addWidget(_soft(said), line, 0)
            grid.addWidget(edit, line, 1)
            grid.addWidget(_soft(unit), line, 2)
        grid.setColumnStretch(2, 1)
        layout.addLayout(grid)
        return card

    def _connect(self) -> None:
        self.page.clicked.connect(partial(self._on_print, is_check=False))
        self.again.clicked.connect(partial(self._on_print, is_check=True))
        self.keep.clicked.connect(self._on_keep)
        self.stock_name.clicked.connect(self._on_stock)
        self.name.currentTextChanged.connect(lambda _name: self._on_name())
        self.ruler.textEdited.connect(lambda _typed: self._on_ruler())
        for edit in (self.right, self.down):
            edit.textEdited.connect(lambda _typed: self._draw())

    def _offer_printers(self, chosen: str) -> None:
        names = printing.names()
        self.name.addItems([*names, *([chosen] if chosen and chosen not in names else [])])
        self.name.setCurrentText(chosen)

    def _read(self) -> None:
        self._jobs.run(partial(_known, self._session), done=self._on_known, failed=self.banner.say, lane=Lane.READING)

    def _on_known(self, found: tuple[list[LabelStock], list[PrinterOffset]]) -> None:
        self._stocks = {stock.name: stock for stock in found[0]}
        self._offsets = {printer.name: printer for printer in found[1]}
        self._use(self._stock if self._stock in self._stocks else found[0][0].name)
        self._on_name()

    def _use(self, stock: str) -> None:
        self._stock = stock
        self.stock_name.setText(stock)
        call = partial(calibrating.measuring, self._session, stock)
        self._jobs.run(
            call, done=self._on_measuring, refused=self.banner.say, failed=self.banner.say, lane=Lane.READING
        )

    def _on_measuring(self, measuring: Measuring) -> None:
        self._ruler = measuring.ruler_mm
        self.ruler.setPlaceholderText(str(measuring.ruler_mm))
        then = tr("Type what you measured at the right and keep it; then print again: the crosses lie on the corners.")
        self.how.setText("\n\n".join((*measuring.sentences, then)))

    def _on_name(self) -> None:
        """Show what is known of the printer named."""
        known = self._offsets.get(self.name.currentText().strip())
        self.again.setEnabled(known is not None)
        if known is not None:
            for edit, value in ((self.right, known.right_mm), (self.down, known.down_mm)):
                edit.setText(measure(value))
            self.scale.setText(measure(known.scale, 4))
        self._draw()

    def _on_ruler(self) -> None:
        """Work out the scale: what the page was printed with, times what the ruler should be by what it is."""
        found = typed_measure(self.ruler.text())
        if found:
            self.scale.setText(measure(self._printed_scale * self._ruler / found, 4))

    def _draw(self) -> None:
        self.drawing.show_offset(*(typed_measure(edit.text()) or 0.0 for edit in (self.right, self.down)))

    def _on_stock(self) -> None:
        picker = Picker(tr("Number or maker"), self)
        picker.offer(
            [
                Option(" · ".join((stock.name, *stock.aliases)), stock.name, stock_told(stock))
                for stock in self._stocks.values()
            ]
        )
        picker.picked.connect(lambda option: self._use(option.value))
        picker.ask_under(self.stock_name)

    def _on_print(self, *, is_check: bool) -> None:
        """Make the page: plain, or with what is kept for the printer."""
        name = self.name.currentText().strip()
        known = self._offsets.get(name) if is_check else None
        self._pages += 1
        out = self.papers.place(f"calibration-{self._pages}.pdf")
        call = partial(calibrating.print_calibration, self._session, self._stock, out, name if known else None)
        self._jobs.run(
            call,
            done=partial(self._on_page, known.scale if known else 1.0),
            refused=self.banner.say,
            failed=self.banner.say,
            lane=Lane.BACKGROUND,
        )

    def _on_page(self, scale: float, printed: PrintedCalibration) -> None:
        """Send the page to its printer; where that is not here, show it to be printed elsewhere."""
        self._printed_scale = scale
        self.printer.use(self.name.currentText().strip())
        stock = self._stocks[self._stock]
        if not self.printer.is_there():
            preview = PaperPreview(Path(printed.file), tr("calibration page.pdf"), self)
            preview.view.has_two_sides, preview.view.dpi = False, stock.dpi
            preview.show()
            return
        self.printer.print_pdf(
            Path(printed.file), done=self._on_sent, failed=self.banner.say, dpi=stock.dpi, has_two_sides=False
        )

    def _on_sent(self, _done: object) -> None:
        self.banner.tell(tr("Sent to the printer."))

    def _on_keep(self) -> None:
        try:
            offset = self.measured()
        except OffsetOutOfBounds as refusal:
            self.banner.say(refusal)
            return
        self._jobs.run(
            partial(calibrating.set_printer, self._session, offset),
            done=self._on_kept,
            refused=self._on_refused,
            failed=partial(self.banner.say, again=self._on_keep),
        )

    def _on_kept(self, offset: PrinterOffset) -> None:
        self._offsets[offset.name] = offset
        self.again.setEnabled(True)
        said = tr("Kept for {printer}. Print again to see that it holds.").format(printer=offset.name)
        self.banner.tell(said)
        self.kept.emit(offset)

    def _on_refused(self, error: TabletLoansError) -> None:
        self.banner.say(error)


def _known(session: Session) -> tuple[list[LabelStock], list[PrinterOffset]]:
    return calibrating.stocks(session), calibrating.printers(session)


def _card() -> tuple[QFrame, QVBoxLayout]:
    card = QFrame()
    card.setObjectName("card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(16, 14, 16, 14)
    layout.setSpacing(12)
    return card, layout


def _button(title: str) -> QPushButton:
    button = QPushButton(title)
    button.setAutoDefault(False)
    return button


def _soft(said: str) -> QLabel:
    label = QLabel(said)
    label.setObjectName("soft")
    return label
