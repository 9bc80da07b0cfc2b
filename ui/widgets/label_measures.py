"""The measures of a stock of labels; what is typed stays as it is, for a rule to refuse it in plain sight."""

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from tablet_loans.domain.label_stock import OWN_PAPER, ROLL, LabelStock
from tablet_loans.text import N_, tr
from ui.widgets.choice import Choice
from ui.widgets.label_words import measure, typed_measure

_PAPERS: Final[Mapping[str, str]] = {
    "A4": "A4", "Letter": "Letter", OWN_PAPER: N_("Other sheet"), ROLL: N_("Roll: one label a page"),
}  # fmt: skip
_PAIRS: Final = (
    (N_("Sheet"), "page_width", "page_height", N_("width"), N_("height")),
    (N_("Labels"), "columns", "rows", N_("across"), N_("down")),
    (N_("One label"), "width", "height", N_("width"), N_("height")),
    (N_("Margins"), "left", "top", N_("left"), N_("top")),
    (N_("From edge to next edge"), "pitch_x", "pitch_y", N_("across"), N_("down")),
    (N_("Gap between two"), "gap_x", "gap_y", N_("across"), N_("down")),
    (N_("Corner, printer"), "corner", "dpi", N_("radius"), N_("dpi")),
)
FIELD_WORDS: Final[Mapping[str, str]] = {
    field: words for title, first, second, *_ in _PAIRS for field, words in ((first, title), (second, title))
}
_WHOLE: Final = frozenset({"columns", "rows", "dpi"})
_SHEET_ONLY: Final = frozenset({"columns", "rows", "left", "top", "pitch_x", "pitch_y", "gap_x", "gap_y"})


class LabelMeasures(QWidget):
    """`changed` says that something else is written; a gap and its distance follow each other."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.paper = QLineEdit(), Choice()
        self.fields: dict[str, QLineEdit] = {}
        self._aliases: tuple[str, ...] = ()
        self._is_cut = False
        self._build()

    def show_stock(self, stock: LabelStock, name: str) -> None:
        """Write the measures of a stock into the fields, under a name."""
        self.name.setText(name)
        self.paper.setCurrentIndex(self.paper.findData(stock.paper))
        self._is_cut = stock.is_cut
        for field, edit in self.fields.items():
            if not field.startswith("gap"):
                value = getattr(stock, field)
                edit.setText(str(value) if field in _WHOLE else measure(value))
        self._follow("pitch_x")
        self._follow("pitch_y")
        self._fit()
        self.changed.emit()

    def said(self) -> dict[str, Any]:
        """Return the description written, which a rule may refuse; what is no number is left as it is typed."""
        found: dict[str, Any] = {"name": self.name.text().strip(), "paper": self.paper.currentData()}
        is_roll = found["paper"] == ROLL
        for field, edit in self.fields.items():
            is_for_sheet = field in _SHEET_ONLY or field.startswith("page")
            if field.startswith("gap") or (is_roll and is_for_sheet):
                continue
            if field.startswith("page") and found["paper"] != OWN_PAPER:
                continue
            found[field] = _number(edit.text(), is_whole=field in _WHOLE)
        return {**found, "is_cut": self._is_cut}

    def drawn(self) -> LabelStock | None:
        """Return the stock that is written, be it impossible, to be drawn; None where measures are missing."""
        said = self.said()
        numbers = {
            field: value
            for field, value in said.items()
            if isinstance(value, int) or (isinstance(value, float) and field not in _WHOLE)
        }
        usual: dict[str, Any] = {"columns": 1, "rows": 1, "left": 0.0, "top": 0.0, "pitch_x": 0.0, "pitch_y": 0.0}
        usual |= {"width": 0.0, "height": 0.0, "corner": 0.0, "dpi": 300}
        stock = LabelStock(**{**usual, **numbers, "name": said["name"], "paper": said["paper"]})
        is_drawn = min(stock.width, stock.height, *stock.page) > 0 and min(stock.columns, stock.rows) > 0
        return stock if is_drawn and max(stock.columns, stock.rows) <= 100 else None

    def _build(self) -> None:
        for paper, said in _PAPERS.items():
            self.paper.addItem(tr(said), paper)
        self.name.setAccessibleName(tr("Name of the stock"))
        self.paper.setAccessibleName(tr("Paper"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(8)
        self._grid.addWidget(_soft(tr("Name")), 0, 0)
        self._grid.addWidget(self.name, 0, 1, 1, 4)
        self._grid.addWidget(_soft(tr("Paper")), 1, 0)
        self._grid.addWidget(self.paper, 1, 1, 1, 4)
        self._lines: dict[str, list[QWidget]] = {}
        for line, (title, first, second, one, other) in enumerate(_PAIRS, 2):
            shown: list[QWidget] = [_soft(tr(title))]
            self._grid.addWidget(shown[0], line, 0)
            for column, (field, unit) in enumerate(((first, one), (second, other))):
                edit, told = QLineEdit(), _soft(tr(unit))
                edit.setFixedWidth(76)
                edit.setAccessibleName(f"{tr(title)}: {tr(unit)}")
                edit.textEdited.connect(lambda _text, field=field: self._on_edited(field))
                self.fields[field] = edit
                self._grid.addWidget(edit, line, 1 + 2 * column)
                self._grid.addWidget(told, line, 2 + 2 * column)
                shown += [edit, told]
            self._lines[first] = shown
        self._grid.setColumnStretch(2, 1)
        self._grid.setColumnStretch(4, 1)
        self.name.textEdited.connect(lambda _text: self.changed.emit())
        self.paper.currentIndexChanged.connect(lambda _place: self._on_paper())

    def _on_paper(self) -> None:
        self._fit()
        self.changed.emit()

    def _fit(self) -> None:
        """Ask only for what the paper has."""
        paper = self.paper.currentData()
        for field, shown in self._lines.items():
            is_asked = paper == OWN_PAPER if field == "page_width" else paper != ROLL or field not in _SHEET_ONLY
            for widget in shown:
                widget.setVisible(is_asked)

    def _on_edited(self, field: str) -> None:
        axis = field[-1] if field[-2:] in ("_x", "_y") else {"width": "x", "height": "y"}.get(field, "")
        if axis:
            self._follow(f"gap_{axis}" if field.startswith("gap") else f"pitch_{axis}")
        self.changed.emit()

    def _follow(self, field: str) -> None:
        """Write what follows from a gap or a distance: one is the other and the label."""
        kind, _, axis = field.partition("_")
        size, value = (
            typed_measure(self.fields[each].text()) for each in ("width" if axis == "x" else "height", field)
        )
        if size is not None and value is not None:
            other = f"pitch_{axis}" if kind == "gap" else f"gap_{axis}"
            self.fields[other].setText(measure(size + value if kind == "gap" else value - size))


def _number(typed: str, *, is_whole: bool) -> float | int | str:
    number = typed_measure(typed)
    if number is None:
        return typed.strip()
    return int(number) if is_whole and number == int(number) else number


def _soft(said: str) -> QLabel:
    label = QLabel(said)
    label.setObjectName("soft")
    return label
