"""The loans that a letter is about: those ticked are written of, the one selected is read beside."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from tablet_loans.domain.letter import REMINDERS, LetterKind
from tablet_loans.services.addressing import Concerned
from tablet_loans.text import N_, tr
from ui import icons, theme, words
from ui.columns import Column, Style, as_tsv
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.cells import CellDelegate
from ui.widgets.data_table import DataTable
from ui.widgets.letter_words import last_on_said, last_said, next_said, reach_said

_Index = QModelIndex | QPersistentModelIndex
_TICK: Final = 0
_MARK: Final = 18


def _late(row: Concerned) -> str:
    return words.number(row.overdue_days) if row.overdue_days else "–"


def _next_tone(row: Concerned) -> Tone:
    return Tone.PLAIN if row.is_due else Tone.SOFT


def _soft(_row: Any) -> Tone:
    return Tone.SOFT


_SCHOOL: Final = N_("School")
_DUE: Final = N_("Due")
_LATE: Final = N_("Days late")
_LAST: Final = N_("Last letter")
_NEXT: Final = N_("Proposed")
COLUMNS: Final = (
    Column("", lambda _row: "", 40),
    Column(N_("Pupil"), lambda row: row.pupil, 120, 4),
    Column(N_("Class"), lambda row: row.class_name or "–", 74),
    Column(_SCHOOL, lambda row: row.school, 140, 3, tone=_soft),
    Column(N_("Tag"), lambda row: row.tag, 106, style=Style.CODE),
    Column(_DUE, lambda row: words.numeric_date(row.due), 92),
    Column(_LATE, _late, 56, style=Style.NUMBER),
    Column(_LAST, last_said, 118, 1, tone=_soft),
    Column(N_("Written on"), last_on_said, 92, tone=_soft),
    Column(_NEXT, next_said, 128, tone=_next_tone),
    Column("", reach_said, 116, style=Style.CHIP, tone=lambda row: Tone.WARN if row.without_address else Tone.PLAIN),
)


class LetterModel(ListModel):
    """The loans, and which of them are ticked."""

    ticks_changed = Signal()

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self._ticked: set[str] = set()

    def show_loans(self, rows: Sequence[Concerned], *, is_anew: bool) -> None:
        """Show these loans; those due are ticked, unless the list is not anew and one chose among them before.

        What was due and is no longer, because it was written of meanwhile, is ticked no more.
        """
        was_due = {} if is_anew else {row.loan: row.is_due for row in self.concerned()}
        kept = self._ticked
        self._ticked = {
            row.loan
            for row in rows
            if (row.loan in kept and row.is_due >= was_due[row.loan] if row.loan in was_due else row.is_due)
        }
        self.show(rows)
        self.ticks_changed.emit()

    def concerned(self) -> list[Concerned]:
        """Return all loans listed."""
        return [row for row in self.rows if isinstance(row, Concerned)]

    def ticked(self) -> list[Concerned]:
        """Return the loans that are ticked, in the order listed."""
        return [row for row in self.concerned() if row.loan in self._ticked]

    def is_ticked(self, place: int) -> bool:
        """Say whether the loan at a place is ticked."""
        return self.concerned()[place].loan in self._ticked

    def place_of(self, loan: str) -> int:
        """Return where a loan stands, -1 when it is not listed."""
        return next((place for place, row in enumerate(self.concerned()) if row.loan == loan), -1)

    def tick(self, places: Sequence[int], *, is_on: bool) -> None:
        """Tick the loans at these places, or not."""
        rows = self.concerned()
        changed = {rows[place].loan for place in places}
        self._ticked = self._ticked | changed if is_on else self._ticked - changed
        if places:
            self.dataChanged.emit(self.index(min(places), _TICK), self.index(max(places), _TICK))
            self.ticks_changed.emit()

    def tick_due(self) -> None:
        """Tick those of which the letter is due now, and no others."""
        self._ticked = {row.loan for row in self.concerned() if row.is_due}
        if self.rows:
            self.dataChanged.emit(self.index(0, _TICK), self.index(len(self.rows) - 1, _TICK))
        self.ticks_changed.emit()

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if index.column() == _TICK and role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if self.is_ticked(index.row()) else Qt.CheckState.Unchecked
        return super().data(index, role)


class _Ticks(CellDelegate):
    """Draws the box of a loan."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        place: QRect = option.rect
        state: QStyle.StateFlag = option.state
        is_on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        mark = QRect(0, 0, _MARK, _MARK)
        mark.moveCenter(place.center())
        if is_on:
            painter.fillRect(mark.adjusted(4, 4, -4, -4), QColor(theme.tokens().panel))
        is_soft = not is_on and not state & QStyle.StateFlag.State_Selected
        icons.paint(painter, mark, "check-square" if is_on else "square", Tone.SOFT if is_soft else Tone.ACCENT)


class LetterTable(DataTable):
    """The list; Space ticks what is selected, a click in the first column what is under it."""

    def __init__(self, model: LetterModel) -> None:
        super().__init__(tr("Loans that the letter is about"), 36)
        self._loans = model
        self.setItemDelegateForColumn(_TICK, _Ticks(self))
        self.show_model(model, COLUMNS, (_DUE, _SCHOOL, _LAST, _NEXT))
        self.copy_asked.connect(self._on_copy)

    def show_kind(self, kind: LetterKind) -> None:
        """Show the columns that mean something for a kind of letter."""
        is_late = kind in REMINDERS
        self.hide_columns(() if is_late else (_LATE, _LAST, _NEXT))

    def toggle(self) -> None:
        """Tick what is selected; where all of it is ticked, no longer."""
        places = self._selected()
        is_on = not all(self._loans.is_ticked(place) for place in places)
        self._loans.tick(places, is_on=is_on)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.toggle()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == _TICK and event.button() is Qt.MouseButton.LeftButton:
            self._loans.tick([index.row()], is_on=not self._loans.is_ticked(index.row()))
        super().mouseReleaseEvent(event)

    def _selected(self) -> list[int]:
        return [place for each in self.chosen_places() for place in range(each.start, each.start + each.size)]

    def _on_copy(self) -> None:
        rows = [self._loans.rows[place] for place in self._selected()]
        shown = [replace(column, title=tr(column.title)) for column in COLUMNS if column.title]
        QGuiApplication.clipboard().setText(as_tsv(shown, rows))
