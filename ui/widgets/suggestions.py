"""Pupils suggested beneath the field: seen over the screen, never taking the focus."""

from typing import cast

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsDropShadowEffect, QWidget

from tablet_loans.domain.pupil import PupilRow
from tablet_loans.text import tr
from ui.columns import Column, Style
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.data_table import DataTable

_ROW = 36


def _loan(row: PupilRow) -> str:
    return tr("has loan {loan}").format(loan=row.loan) if row.loan else ""


def _warn(_row: PupilRow) -> Tone:
    return Tone.WARN


def _soft(_row: PupilRow) -> Tone:
    return Tone.SOFT


_COLUMNS = (
    Column("", lambda row: row.name, 200, 3),
    Column("", lambda row: row.class_name, 90),
    Column("", lambda row: row.school_name, 200, 3, tone=_soft),
    Column("", _loan, 180, tone=_warn, style=Style.TEXT),
)


class Suggestions(DataTable):
    """A short list of pupils over the screen."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("Pupils found"), _ROW, parent)
        self.setObjectName("suggestions")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.horizontalHeader().hide()
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setGraphicsEffect(
            QGraphicsDropShadowEffect(self, blurRadius=24, xOffset=0, yOffset=6, color=QColor(0, 0, 0, 60))
        )
        self._rows = ListModel(_COLUMNS)
        self.show_model(self._rows, _COLUMNS)
        self.clicked.connect(self._on_clicked)
        self.hide()

    def suggest(self, rows: list[PupilRow], under: QWidget) -> None:
        """Show these pupils under a field, none of them chosen yet; hide when there is none."""
        self._rows.show(rows)
        place = under.geometry()
        self.setGeometry(place.left(), place.bottom() + 6, place.width(), len(rows) * _ROW + 4)
        self.setVisible(bool(rows))
        self.raise_()

    def move_choice(self, step: int) -> None:
        """Choose the next or the previous pupil."""
        if self.isVisible() and (count := self._rows.rowCount()):
            current = self.currentIndex().row()
            self.choose((current + step) % count if current >= 0 else (0 if step > 0 else count - 1))

    def current(self) -> PupilRow | None:
        """Return the pupil chosen with the arrows, or None."""
        if not self.isVisible() or not self.selectionModel().hasSelection():
            return None
        return cast(PupilRow, self._rows.rows[self.currentIndex().row()])

    def _on_clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(self._rows.rows[index.row()])
