"""Pupils and tablets suggested beneath the field: seen over the screen, never taking the focus."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QLabel, QVBoxLayout, QWidget

from tablet_loans.domain.device import STATE_WORDS
from tablet_loans.domain.pupil import PupilRow
from tablet_loans.services.desk import Tablet
from tablet_loans.text import tr
from ui import words
from ui.columns import Column, Style
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.data_table import DataTable

_ROW = 36
_CAPTION = 30
_MOST_FIGURES = 9

Found = PupilRow | Tablet


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the list, and what it stands for."""

    found: Found
    figure: str
    name: str
    detail: str
    place: str
    note: str


def offer(found: Found, figure: str, *, is_discreet: bool) -> Offer:
    """Return the words of a pupil or a tablet found; discreet ones tell no family name and no birth date."""
    if isinstance(found, Tablet):
        state = tr(STATE_WORDS[found.state]) if found.state in STATE_WORDS else ""
        return Offer(found, figure, found.tag, found.serial, found.model, state)
    if is_discreet:
        family = (found.usage_name or found.family_name)[:1].upper()
        return Offer(found, figure, f"{found.given_name} {family}.", found.class_name, "", "")
    detail = words.joined(found.class_name, words.numeric_date(found.birth_date) if found.birth_date else "")
    note = tr("has loan {loan}").format(loan=found.loan) if found.loan else ""
    return Offer(found, figure, found.name, detail, found.school_name, note)


def _warn(_row: Offer) -> Tone:
    return Tone.WARN


def _soft(_row: Offer) -> Tone:
    return Tone.SOFT


_COLUMNS = (
    Column("", lambda row: row.figure, 34, tone=_soft, style=Style.CODE),
    Column("", lambda row: row.name, 180, 3),
    Column("", lambda row: row.detail, 150, 1),
    Column("", lambda row: row.place, 150, 3, tone=_soft, is_spare=True),
    Column("", lambda row: row.note, 150, 1, tone=_warn),
)


class Suggestions(QFrame):
    """A short list over the screen, and a line that says among whom was searched."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("suggestions")
        self.setAccessibleName(tr("Found"))
        self._screen, self._figures = parent, False
        self._rows = ListModel(_COLUMNS)
        self._table = DataTable(tr("Found"), _ROW, self)
        self._table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._table.horizontalHeader().hide()
        self._table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._table.show_model(self._rows, _COLUMNS)
        self._table.clicked.connect(self._on_clicked)
        self._caption = QLabel()
        self._caption.setObjectName("notes")
        self._caption.setFixedHeight(_CAPTION)
        self._caption.setContentsMargins(12, 0, 12, 2)
        self.setGraphicsEffect(
            QGraphicsDropShadowEffect(self, blurRadius=24, xOffset=0, yOffset=6, color=QColor(0, 0, 0, 60))
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(0)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._caption)
        self.hide()

    def suggest(
        self, found: Sequence[Found], under: QWidget, caption: str, *, has_figures: bool = False, is_discreet: bool
    ) -> None:
        """Show these under a field, none of them chosen yet; with figures, each can be chosen by its own."""
        self._figures = has_figures
        offers = [
            offer(each, str(place) if has_figures and place <= _MOST_FIGURES else "", is_discreet=is_discreet)
            for place, each in enumerate(found, 1)
        ]
        self._rows.show(offers)
        self._caption.setText(caption)
        self._caption.setVisible(bool(caption))
        place = under.geometry()
        asked = len(offers) * _ROW + (_CAPTION if caption else 0) + 8
        room = self._screen.height() - place.bottom() - 12
        self.setGeometry(place.left(), place.bottom() + 6, place.width(), min(asked, room))
        self.setVisible(bool(offers or caption))
        self.raise_()

    def found(self) -> list[Found]:
        """Return what is shown."""
        return [row.found for row in self._rows.rows if isinstance(row, Offer)] if self.isVisible() else []

    def caption(self) -> str:
        """Return the line that says among whom was searched."""
        return self._caption.text()

    def takes_figures(self) -> bool:
        """Say whether a figure chooses one of them."""
        return self.isVisible() and self._figures

    def at(self, figure: int) -> Found | None:
        """Return what this figure stands for, or None."""
        found = self.found()
        return found[figure - 1] if 0 < figure <= len(found) else None

    def move_choice(self, step: int) -> None:
        """Choose the next or the previous one."""
        if self.isVisible() and (count := self._rows.rowCount()):
            current = self._table.currentIndex().row()
            self._table.choose((current + step) % count if current >= 0 else (0 if step > 0 else count - 1))

    def current(self) -> Found | None:
        """Return what was chosen with the arrows, or None."""
        if not self.isVisible() or not self._table.selectionModel().hasSelection():
            return None
        row = self._rows.rows[self._table.currentIndex().row()]
        return row.found if isinstance(row, Offer) else None

    def _on_clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(self.found()[index.row()])
