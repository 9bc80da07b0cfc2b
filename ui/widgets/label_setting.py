"""On what labels are printed and how: the stock, the first free label of its sheet, the code, the printer."""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from tablet_loans.domain.label import CodeStyle
from tablet_loans.domain.label_stock import ROLL, LabelStock
from tablet_loans.domain.printer import PrinterOffset
from tablet_loans.services.labelling import USUAL_STOCK, LabelOptions
from tablet_loans.text import N_, tr, trn
from ui import words
from ui.widgets.choice import Choice
from ui.widgets.label_sheet import LabelSheet
from ui.widgets.label_words import STYLES, offset_told, stock_told
from ui.widgets.picker import Option, Picker

_SHEET: Final = (150, 200)


class LabelSetting(QFrame):
    """`changed` says that something else is set."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._stocks: dict[str, LabelStock] = {}
        self._offsets: dict[str, PrinterOffset] = {}
        self._wanted, self._wanted_printer = USUAL_STOCK, ""
        self._starts: dict[str, int] = {}
        self._pages = self._shown = 0
        self._build()
        self._connect()

    def know(self, stocks: Sequence[LabelStock], printers: Sequence[PrinterOffset], names: Sequence[str]) -> None:
        """Offer these stocks, and the printers of this computer before others whose offset is known."""
        self._stocks = {stock.name: stock for stock in stocks}
        self._offsets = {printer.name: printer for printer in printers}
        wanted = self.printer_name() or self._wanted_printer
        self.printer.blockSignals(True)
        self.printer.clear()
        for name in names:
            self.printer.addItem(name, name)
        for name in self._offsets:
            if name not in names:
                self.printer.addItem(tr("{name} (not at this computer)").format(name=name), name)
        if not self.printer.count():
            self.printer.addItem(tr("No printer at this computer"), "")
        self.printer.setCurrentIndex(max(self.printer.findData(wanted), 0))
        self.printer.blockSignals(False)
        self._tell_printer()
        self.use_stock(self._wanted)

    def stock(self) -> LabelStock | None:
        """Return the stock set, None until stocks are known."""
        return self._stocks.get(self._wanted)

    def stocks(self) -> list[LabelStock]:
        """Return the stocks offered."""
        return list(self._stocks.values())

    def want_stock(self, name: str) -> None:
        """Turn to the stock of that name when the stocks are told next."""
        self._wanted = name

    def use_stock(self, name: str) -> None:
        """Print on the stock of that name from now on, from the first free label of its sheet on."""
        self._wanted = name if name in self._stocks else USUAL_STOCK
        if (stock := self.stock()) is not None:
            self.stock_name.setText(stock.name)
            self.told.setText(stock_told(stock))
            self.sheet.show_stock(stock)
            self.sheet.start_at(min(self._starts.get(stock.name, 1), stock.count))
            self._tell_start()
        self.changed.emit()

    def printer_name(self) -> str:
        """Return the name of the printer chosen, "" when there is none."""
        return str(self.printer.currentData() or "")

    def offset_of(self, name: str) -> PrinterOffset | None:
        """Return how far a printer is off, None when nothing was measured."""
        return self._offsets.get(name)

    def options(self) -> LabelOptions:
        """Return how labels are to be printed."""
        name = self.printer_name()
        return LabelOptions(
            stock=self._wanted,
            start_at=self.sheet.start(),
            style=CodeStyle(self.style_.currentData()),
            has_serial=self.serial.isChecked(),
            printer=name if name in self._offsets else None,
        )

    def show_count(self, labels: int, pages: int, shown: int) -> None:
        """Show on the sheet how many labels are printed, and say on how many sheets, and how many are shown."""
        self._pages, self._shown = pages, shown
        self.sheet.start_at(self.sheet.start(), labels)
        self._tell_start()

    def go_on_after(self, labels: int) -> None:
        """Begin with the label after those that were printed: the rest of the sheet is still good."""
        if (stock := self.stock()) is not None and stock.paper != ROLL:
            self._on_start((self.sheet.start() - 1 + labels) % stock.count + 1)
            self.sheet.start_at(self._starts[stock.name])

    def kept(self) -> dict[str, Any]:
        """Return what is remembered."""
        return {
            "stock": self._wanted, "style": self.style_.currentData(), "has_serial": self.serial.isChecked(),
            "printer": self.printer_name(), "starts": self._starts,
        }  # fmt: skip

    def recall(self, kept: dict[str, Any]) -> None:
        """Take up what was set the last time."""
        self._wanted = str(kept.get("stock") or USUAL_STOCK)
        self._wanted_printer = str(kept.get("printer") or "")
        self.style_.setCurrentIndex(max(self.style_.findData(kept.get("style")), 0))
        self.serial.setChecked(bool(kept.get("has_serial")))
        starts = kept.get("starts")
        self._starts = {str(name): int(start) for name, start in starts.items()} if isinstance(starts, dict) else {}

    def _build(self) -> None:
        self.stock_name, self.told, self.sheet = QPushButton(USUAL_STOCK), QLabel(), LabelSheet()
        self.stock_name.setAccessibleName(tr("Stock of labels"))
        self.stock_name.setToolTip(tr("Search by the maker's number"))
        self.style_, self.serial, self.printer = Choice(), QCheckBox(tr("with the serial number")), Choice()
        for style in CodeStyle:
            self.style_.addItem(tr(STYLES[style]), style.value)
        self.printer.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.start, self.off = QLabel(), QLabel()
        for label in (self.told, self.start, self.off):
            label.setObjectName("notes")
            label.setWordWrap(True)
        self.sheet.setFixedSize(*_SHEET)
        self.start.setFixedWidth(_SHEET[0])
        right = QVBoxLayout()
        right.setSpacing(4)
        for title, *fields in (
            (N_("Stock of labels"), self.stock_name, self.told), (N_("Code"), self.style_, self.serial),
            (N_("Printer"), self.printer, self.off),
        ):  # fmt: skip
            named = QLabel(tr(str(title)))
            named.setObjectName("soft")
            right.addWidget(named)
            for field in fields:
                assert isinstance(field, QWidget)  # noqa: S101
                right.addWidget(field)
            right.addSpacing(4)
            field = fields[0]
            assert isinstance(field, QWidget)  # noqa: S101
            field.setAccessibleName(tr(str(title)))
            named.setBuddy(field)
        right.addStretch(1)
        self.stock_name.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QGridLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setHorizontalSpacing(16)
        layout.addWidget(self.sheet, 0, 0)
        layout.addWidget(self.start, 1, 0)
        layout.addLayout(right, 0, 1, 2, 1)
        layout.setColumnStretch(1, 1)
        layout.setRowStretch(1, 1)

    def _connect(self) -> None:
        self.stock_name.clicked.connect(self._on_stock)
        self.sheet.started.connect(self._on_start)
        self.style_.currentIndexChanged.connect(lambda _place: self.changed.emit())
        self.serial.toggled.connect(lambda _is_on: self.changed.emit())
        self.printer.currentIndexChanged.connect(self._on_printer)

    def _on_stock(self) -> None:
        picker = Picker(tr("Number or maker"), self)
        picker.offer(
            [Option(" · ".join((stock.name, *stock.aliases)), stock.name, stock_told(stock)) for stock in self.stocks()]
        )
        picker.picked.connect(lambda option: self.use_stock(option.value))
        picker.ask_under(self.stock_name)

    def _on_start(self, start: int) -> None:
        self._starts[self._wanted] = start
        self._tell_start()
        self.changed.emit()

    def _on_printer(self) -> None:
        self._tell_printer()
        self.changed.emit()

    def _tell_start(self) -> None:
        stock = self.stock()
        said: list[str] = []
        if stock is not None and stock.paper != ROLL:
            said.append(tr("Starts at label {number}: click the first free one.").format(number=self.sheet.start()))
            count = trn("{count} sheet", "{count} sheets", self._pages).format(count=words.number(self._pages))
            said += [count] if self._pages else []
        if self._pages > self._shown:
            said.append(tr("The first {count} are shown.").format(count=words.number(self._shown)))
        self.start.setText("\n".join(said))

    def _tell_printer(self) -> None:
        name = self.printer_name()
        offset = self._offsets.get(name)
        self.off.setText(offset_told(offset) if offset else tr("not measured") if name else "")
