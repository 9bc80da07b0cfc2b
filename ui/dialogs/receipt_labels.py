"""On what the counter prints receipts: a stock of labels, and a printer of their own."""

from functools import partial

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.label_stock import LabelStock
from tablet_loans.services import calibrating
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui import printing
from ui.desk_memory import ReceiptChoice, keep_receipt_choice, receipt_choice
from ui.jobs import Jobs, Lane
from ui.widgets.banner import Banner


class ReceiptLabels(QDialog):
    """The stock and the printer, remembered on this computer; `accepted` when they are chosen."""

    def __init__(
        self, session: Session, jobs: Jobs, parent: QWidget | None = None, *, memory: QSettings | None = None
    ) -> None:
        super().__init__(parent)
        self._memory, self._before = memory, receipt_choice(memory)
        self.setWindowTitle(tr("Receipt labels"))
        self.banner, self.stock, self.printer = Banner(), QComboBox(), QComboBox()
        self.stock.addItem(self._before.stock)
        self.printer.addItem(tr("The system’s own choice"), "")
        for name in printing.names():
            self.printer.addItem(name, name)
        self.printer.setCurrentIndex(max(0, self.printer.findData(self._before.printer)))
        self._build()
        jobs.run(
            partial(calibrating.stocks, session),
            done=self._on_stocks,
            refused=self.banner.say,
            failed=self.banner.say,
            lane=Lane.READING,
        )

    def accept(self) -> None:
        """Remember the choice."""
        keep_receipt_choice(self._memory, ReceiptChoice(self.stock.currentText(), self.printer.currentData()))
        super().accept()

    def _build(self) -> None:
        told = QLabel(tr("With an agreement signed beforehand, the family takes this label away: tag, serial, date."))
        told.setObjectName("soft")
        told.setWordWrap(True)
        form = QFormLayout()
        form.setSpacing(10)
        form.addRow(tr("Labels"), self.stock)
        form.addRow(tr("Printer"), self.printer)
        cancel, keep = QPushButton(tr("Cancel")), QPushButton(tr("Use these"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        keep.setObjectName("primary")
        keep.setDefault(True)
        keep.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(14)
        layout.addWidget(told)
        layout.addWidget(self.banner)
        layout.addLayout(form)
        layout.addLayout(row)
        self.setMinimumWidth(460)

    def _on_stocks(self, stocks: list[LabelStock]) -> None:
        self.stock.clear()
        self.stock.addItems(sorted({each.name for each in stocks} | {self._before.stock}, key=str.casefold))
        self.stock.setCurrentText(self._before.stock)
