"""The table of pupils: its columns, by name forwards or backwards."""

from typing import Final

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from tablet_loans.domain.paging import Sort
from tablet_loans.domain.pupil import PupilId, PupilRow
from tablet_loans.text import N_, tr
from ui import words
from ui.columns import Column, Style
from ui.tables import BlockModel
from ui.theme import Tone
from ui.widgets.calm_table import CalmTable


def _soft(_row: PupilRow) -> Tone:
    return Tone.SOFT


def _name_tone(row: PupilRow) -> Tone:
    return Tone.SOFT if row.left_on else Tone.PLAIN


COLUMNS: Final = (
    Column(N_("Name"), lambda row: row.name, 150, 5, tone=_name_tone, sort="name"),
    Column(N_("School"), lambda row: row.school_name, 120, 4),
    Column(N_("Class"), lambda row: row.class_name, 70, 1),
    Column(N_("Born on"), lambda row: words.numeric_date(row.birth_date) if row.birth_date else "", 96, tone=_soft),
    Column(N_("INE"), lambda row: row.ine or "", 106, style=Style.CODE, tone=_soft),
    Column(N_("Loan"), lambda row: row.loan or "", 104, style=Style.CODE),
)
_SPARED: Final = ("INE", "Born on", "Loan")  # the record beside the list tells them all


class PupilTable(CalmTable):
    """Pupils in rows; `turned_to` tells the row where one stands, `sorted_anew` that the order is another.

    A row is current by its place, a pupil is meant: once another pupil stands there, none is current any more.
    """

    turned_to = Signal(object)
    sorted_anew = Signal()

    def __init__(self, model: BlockModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("Pupils"), parent=parent)
        self._rows = model
        self._at: PupilId | None = None
        self._order = Qt.SortOrder.AscendingOrder
        self.show_model(model, COLUMNS, _SPARED)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicator(0, self._order)
        self.setSortingEnabled(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.sortIndicatorChanged.connect(self._on_sorted)
        model.dataChanged.connect(self._on_read)
        model.modelReset.connect(self._on_reset)
        self.selectionModel().currentRowChanged.connect(self._on_current)

    def order(self) -> Sort:
        """Return the order of the list."""
        return Sort("name", self._order is Qt.SortOrder.DescendingOrder)

    def order_by_name(self, *, is_descending: bool) -> None:
        """Order the list by name, forwards or backwards."""
        self.sortByColumn(0, Qt.SortOrder.DescendingOrder if is_descending else Qt.SortOrder.AscendingOrder)

    def forget_row(self) -> None:
        """Stand nowhere, without telling it."""
        self._at = None
        self.clearSelection()
        self.setCurrentIndex(QModelIndex())

    def _on_sorted(self, place: int, order: Qt.SortOrder) -> None:
        """Keep the mark on the name: nothing else orders the list."""
        if COLUMNS[place].sort:
            self._order = order
            self.sorted_anew.emit()
        else:
            self.horizontalHeader().setSortIndicator(0, self._order)

    def _on_current(self, current: QModelIndex) -> None:
        row = self._rows.row_at(current.row()) if current.isValid() else None
        self._at = row.id if row is not None else None
        if row is not None:
            self.turned_to.emit(row)

    def _on_read(self) -> None:
        """Look whether the pupil who came into the current row is still the one meant."""
        row = self._rows.row_at(self.currentIndex().row()) if self.currentIndex().isValid() else None
        if row is None:
            return
        if self._at is None:
            self._at = row.id
            self.turned_to.emit(row)
        elif row.id != self._at:
            self.forget_row()

    def _on_reset(self) -> None:
        self._at = None
