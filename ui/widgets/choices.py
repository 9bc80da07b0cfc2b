"""The panel of number keys beside the big card: what each figure says, and what is said so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from tablet_loans.domain.device import Condition
from tablet_loans.domain.loan import ReceivedBy
from tablet_loans.text import N_, tr
from ui import icons, theme
from ui.theme import Tone
from ui.widgets.lettering import CENTRE, face, metrics, write
from ui.widgets.number_keys import CONDITIONS, CONFIRM, RECEIVERS, About, NumberKeys

_RECEIVERS: Final[Mapping[ReceivedBy, str]] = {
    ReceivedBy.PUPIL: N_("Pupil"),
    ReceivedBy.GUARDIAN: N_("Guardian"),
    ReceivedBy.OTHER: N_("Other…"),
}
_CONDITIONS: Final[Mapping[Condition, str]] = {
    Condition.GOOD: N_("Good condition"),
    Condition.WORN: N_("Worn"),
    Condition.DAMAGED: N_("Damaged"),
}
_TITLES: Final[Mapping[About, tuple[str, str]]] = {
    About.NOTHING: (N_("Keys"), ""),
    About.HANDING: (N_("Received by"), N_("Accessories given")),
    About.RETURNED: (N_("Condition"), N_("Accessories back")),
    About.RETURNING: (N_("This tablet"), ""),
    About.SWAPPING: (N_("This tablet"), ""),
}
_CONFIRMS: Final[Mapping[About, str]] = {
    About.RETURNING: N_("Return it now"),
    About.SWAPPING: N_("Swap the records and return it"),
}
_NARROW: Final = 300
_FEW: Final = 4
_SHORTCUTS: Final = (
    ("Esc", N_("Forget what waits")),
    ("Ctrl+Z", N_("Undo the last one")),
    ("F4", N_("Search all schools")),
    ("F6", N_("Campaign, schools, date")),
    ("F10", N_("More: sheet, test, lock")),
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the panel; `is_chosen` None is a line that is not a choice."""

    cap: str
    words: str
    is_chosen: bool | None = None
    is_piece: bool = False


class Choices(QFrame):
    """What the number keys say now; without a tablet in hand, the counter's other keys."""

    pressed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("Number keys"))
        self.keys = NumberKeys()
        self._is_discreet = self._is_named = False

    def show_keys(self, keys: NumberKeys, *, is_discreet: bool, is_named: bool) -> None:
        """Show what the figures say, and what is said so far; `is_named` while a name is awaited."""
        if (keys, is_discreet, is_named) != (self.keys, self._is_discreet, self._is_named):
            self.keys, self._is_discreet, self._is_named = keys, is_discreet, is_named
            self.setAccessibleDescription(", ".join(f"{row.cap} {row.words}" for row in self._rows()))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        title = face(self._size() + (self.width() >= _NARROW), is_bold=True)
        first, second = _TITLES[self.keys.about]
        titles = (first, second if self.keys.pieces else "")
        for words, place in zip(titles, self._columns(), strict=True):
            write(painter, QRect(place.left(), place.top(), place.width(), 22), tr(words), title, theme.ink(Tone.PLAIN))
        for row, place in self._placed():
            self._paint_row(painter, row, place)
        self._paint_hint(painter)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        for row, place in self._placed():
            if place.contains(event.position().toPoint()) and row.cap.isdigit():
                self.pressed.emit(int(row.cap))

    def _rows(self) -> list[_Row]:
        keys = self.keys
        if keys.about is About.NOTHING:
            return [_Row(cap, tr(words)) for cap, words in _SHORTCUTS]
        if keys.about in _CONFIRMS:
            return [_Row(str(CONFIRM), tr(_CONFIRMS[keys.about]), is_chosen=True)]
        pieces = [
            _Row(str(figure), piece, piece not in keys.lacking, is_piece=True)
            for figure, piece in enumerate(keys.pieces, 4)
        ]
        return [*self._first_three(), *pieces]

    def _first_three(self) -> list[_Row]:
        keys = self.keys
        if keys.about is About.RETURNED:
            return [
                _Row(str(figure), tr(_CONDITIONS[each]), each is keys.condition)
                for figure, each in enumerate(CONDITIONS, 1)
            ]
        named = "" if self._is_discreet else keys.receiver_name
        return [
            _Row(
                str(figure),
                named if each is ReceivedBy.OTHER and named else tr(_RECEIVERS[each]),
                each is (ReceivedBy.OTHER if self._is_named else keys.receiver),
            )
            for figure, each in enumerate(RECEIVERS, 1)
        ]

    def _is_dense(self) -> bool:
        return self.height() < 150

    def _size(self) -> int:
        return 17 if self.height() >= 240 else 12 if self._is_dense() else 13

    def _columns(self) -> tuple[QRect, QRect]:
        around = 10 if self._is_dense() or self.width() < _NARROW else 16
        inside = self.rect().adjusted(around, around - 4, -around, -around + 4)
        if self.keys.about not in (About.HANDING, About.RETURNED):
            return inside, QRect()
        half = inside.width() * 12 // 25
        right = QRect(inside.left() + half + 12, inside.top(), inside.width() - half - 12, inside.height())
        return QRect(inside.left(), inside.top(), half, inside.height()), right

    def _placed(self) -> list[tuple[_Row, QRect]]:
        """Return each line and its place: what one chooses on the left, the accessories on the right."""
        left, right = self._columns()
        placed = []
        for column, rows in (
            (left, [row for row in self._rows() if not row.is_piece]),
            (right, [row for row in self._rows() if row.is_piece]),
        ):
            height = min(metrics(face(self._size())).height() * 17 // 10, (column.height() - 24) // max(len(rows), 1))
            for number, row in enumerate(rows):
                placed.append((row, QRect(column.left(), column.top() + 24 + number * height, column.width(), height)))
        return placed

    def _paint_row(self, painter: QPainter, row: _Row, place: QRect) -> None:
        size = self._size()
        font = face(size - 1, is_code=True)
        width = max(metrics(font).horizontalAdvance(row.cap) + 12, place.height() - 2)
        cap = QRect(place.left(), place.top() + 1, width, place.height() - 3)
        is_held = row.is_chosen is True and not row.is_piece
        painter.setPen(QPen(theme.ink(Tone.ACCENT) if is_held else theme.ground(Tone.PLAIN), 1))
        painter.setBrush(theme.ground(Tone.ACCENT) if is_held else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(cap.adjusted(0, 0, -1, -1), 5, 5)
        write(painter, cap, row.cap, font, theme.ink(Tone.ACCENT if is_held else Tone.SOFT), CENTRE)
        words = QRect(cap.right() + 9, place.top(), place.right() - cap.right() - 9, place.height())
        tone = Tone.SOFT if row.is_chosen is None else Tone.PLAIN
        if row.is_piece:
            mark = QRect(words.right() - size - 1, words.center().y() - (size + 2) // 2 + 1, size + 2, size + 2)
            words.setRight(mark.left() - 6)
            tone = Tone.PLAIN if row.is_chosen else Tone.WARN
            icons.paint(painter, mark, *(("check-circle", Tone.OK) if row.is_chosen else ("minus-circle", Tone.WARN)))
        write(painter, words, row.words, face(size, is_bold=is_held), theme.ink(tone))

    def _paint_hint(self, painter: QPainter) -> None:
        """Say how figures are typed all the same, while they are keys."""
        if self.keys.about not in (About.HANDING, About.RETURNED) or self._is_dense():
            return
        left, right = self._columns()
        width = right.right() - left.left() if len(self.keys.pieces) <= _FEW else left.width()
        place = QRect(left.left(), left.bottom() - 18, width, 18)
        write(painter, place, tr("Space: type figures"), face(self._size() - 1), theme.ink(Tone.SOFT))
