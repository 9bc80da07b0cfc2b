"""A stock of labels of one's own: its measures, its sheet as they are typed, and what is impossible in words."""

from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from tablet_loans.domain.label_stock import LabelStock, StockRefused, stock_from
from tablet_loans.services import calibrating
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui.jobs import Jobs, Lane
from ui.widgets.banner import Banner
from ui.widgets.label_measures import FIELD_WORDS, LabelMeasures
from ui.widgets.label_sheet import LabelSheet
from ui.widgets.label_words import stock_told
from ui.widgets.picker import Option, Picker

_USUAL: Final = QSize(980, 620)
_BLANK: Final = LabelStock("", "A4", 3, 7, 63.5, 38.1, 7.25, 15.15, 66.0, 38.1, 2.0)


class LabelStockForm(QDialog):
    """`kept` gives the name of the stock that was kept; one of the same name gives way."""

    kept = Signal(str)

    def __init__(
        self, session: Session, jobs: Jobs, like: LabelStock | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._jobs = session, jobs
        self._stocks: list[LabelStock] = []
        self._own: frozenset[str] = frozenset()
        self._is_written = False
        self._build()
        self._connect()
        self.measures.show_stock(like or _BLANK, "")
        self._read()
        self.measures.name.setFocus()

    def _build(self) -> None:
        self.setWindowTitle(tr("Own stock of labels"))
        title = QLabel(tr("Own stock of labels"))
        title.setObjectName("title")
        why = QLabel(tr("Measure a sheet with a ruler, in millimetres; or begin with a stock that is nearly the same."))
        why.setObjectName("soft")
        why.setWordWrap(True)
        self.copy, self.delete = _button(tr("Begin with…")), _button(tr("Delete"))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(title, 1)
        head.addWidget(self.copy)
        self.banner, self.measures, self.sheet = Banner(), LabelMeasures(), LabelSheet(is_chosen=False)
        self.measures.setObjectName("plain")
        self.said = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.said.setObjectName("line")
        self.said.setWordWrap(True)
        self.said.setMinimumHeight(52)
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        form = QScrollArea()
        form.setWidgetResizable(True)
        form.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setObjectName("plain")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self.measures)
        column.addStretch(1)
        form.setWidget(inside)
        drawn = QFrame()
        drawn.setObjectName("card")
        beside = QVBoxLayout(drawn)
        beside.addWidget(self.sheet, 1)
        beside.addWidget(self.said)
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addWidget(form, 6)
        both.addWidget(drawn, 5)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 18)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(why)
        layout.addWidget(self.banner)
        layout.addLayout(both, 1)
        layout.addLayout(self._buttons())
        parent = self.parentWidget()
        self.resize(_USUAL.boundedTo(parent.window().size()) if parent is not None else _USUAL)

    def _buttons(self) -> QHBoxLayout:
        cancel, self.keep = _button(tr("Cancel")), QPushButton(tr("Keep the stock"))
        cancel.clicked.connect(self.reject)
        self.keep.setObjectName("primary")
        self.keep.setDefault(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.delete)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.keep)
        return row

    def _connect(self) -> None:
        self.measures.changed.connect(self._on_changed)
        self.copy.clicked.connect(self._on_copy)
        self.keep.clicked.connect(self._on_keep)
        self.delete.clicked.connect(self._on_delete)

    def _read(self) -> None:
        call = partial(_known, self._session)
        self._jobs.run(call, done=self._on_known, failed=self.banner.say, lane=Lane.READING)

    def _on_known(self, found: tuple[list[LabelStock], list[LabelStock]]) -> None:
        self._stocks, self._own = found[0], frozenset(stock.name for stock in found[1])
        self._on_changed()

    def _on_changed(self) -> None:
        """Draw what is written, and say in words what is impossible."""
        said = self.measures.said()
        name = str(said["name"])
        self.sheet.show_stock(self.measures.drawn())
        self.delete.setVisible(name in self._own)
        try:
            stock = stock_from({**said, "name": name or "–"})
        except StockRefused as refusal:
            self._tell(_spoken(refusal), "bad")
            self.keep.setEnabled(False)
            return
        others = [each for each in self._stocks if each.name == name]
        gives_way = tr("The stock of this name gives way to this one.") if others else ""
        self._tell(f"{stock_told(stock)}\n{gives_way}" if gives_way else stock_told(stock), "")
        self.keep.setEnabled(bool(name))

    def _tell(self, said: str, tone: str) -> None:
        self.said.setText(said)
        self.said.setProperty("tone", tone)
        self.said.style().unpolish(self.said)
        self.said.style().polish(self.said)

    def _on_copy(self) -> None:
        picker = Picker(tr("Number or maker"), self)
        picker.offer(
            [Option(" · ".join((stock.name, *stock.aliases)), stock.name, stock_told(stock)) for stock in self._stocks]
        )
        picker.picked.connect(self._on_picked)
        picker.ask_under(self.copy)

    def _on_picked(self, option: Option) -> None:
        """Write the measures of that stock; one's own keeps its name, to be changed."""
        stock = next(stock for stock in self._stocks if stock.name == option.value)
        self.measures.show_stock(stock, stock.name if stock.name in self._own else self.measures.name.text())

    def _on_keep(self) -> None:
        self._jobs.run(
            partial(calibrating.keep_stock, self._session, self.measures.said()),
            done=self._on_kept,
            refused=self.banner.say,
            failed=partial(self.banner.say, again=self._on_keep),
        )

    def _on_kept(self, stock: LabelStock) -> None:
        self.kept.emit(stock.name)
        self.accept()

    def _on_delete(self) -> None:
        name = str(self.measures.said()["name"])
        self._jobs.run(
            partial(calibrating.forget_stock, self._session, name),
            done=self._on_deleted,
            refused=self.banner.say,
            failed=self.banner.say,
        )

    def _on_deleted(self, name: str) -> None:
        self.banner.tell(tr("The stock “{stock}” is deleted.").format(stock=name))
        self.kept.emit("")
        self._read()


def _spoken(refusal: StockRefused) -> str:
    """Return what is impossible, its field called as it is called in the form."""
    field = str(refusal.facts.get("field", ""))
    named = {**refusal.facts, "field": tr(FIELD_WORDS[field])} if field in FIELD_WORDS else refusal.facts
    return type(refusal)(**named).spoken()


def _known(session: Session) -> tuple[list[LabelStock], list[LabelStock]]:
    return calibrating.stocks(session), calibrating.own_stocks(session)


def _button(title: str) -> QPushButton:
    button = QPushButton(title)
    button.setAutoDefault(False)
    return button
