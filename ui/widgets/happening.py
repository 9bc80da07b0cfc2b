"""The counter's big card: what has just happened, or what is asked now, readable at arm's length."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from tablet_loans.text import tr
from ui import icons, theme
from ui.theme import Tone
from ui.widgets.lettering import chip, chip_width, face, in_lines, metrics, width_of, write
from ui.widgets.outcome_words import Said

_LEAST_BIG: Final = 20
_LEAST_FACT: Final = 60
_MOST_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class _Sizes:
    """The sizes of the letters, in pixels, and the room around them."""

    big: int
    line: int
    small: int
    badge: int
    around: int


_DENSE: Final = _Sizes(big=26, line=14, small=12, badge=36, around=10)
_USUAL: Final = _Sizes(big=32, line=16, small=13, badge=52, around=16)
_WIDE: Final = _Sizes(big=46, line=21, small=15, badge=76, around=24)


class Happening(QFrame):
    """One thing, big; it paints itself, so that a scan moves nothing else on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("What has just happened"))
        self.said = Said("", "")

    def say(self, said: Said) -> None:
        """Show these words."""
        if said != self.said:
            self.said = said
            self.setAccessibleDescription(said.spoken())
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sizes = self._sizes()
        inside = self.rect().adjusted(sizes.around, sizes.around - 2, -sizes.around, -sizes.around + 2)
        self._badge(painter, QRect(inside.left(), inside.top(), sizes.badge, sizes.badge))
        told = inside.adjusted(sizes.badge + sizes.around, 0, 0, 0)
        bottom = self._notices(painter, told, sizes)
        top = self._caption(painter, told, sizes)
        top = self._big(painter, QRect(told.left(), top, told.width(), sizes.big * 5 // 4), sizes)
        facts = self._facts(painter, QRect(told.left(), top, told.width(), bottom - top), sizes)
        self._line(painter, QRect(told.left(), top, told.width(), facts - top), sizes)
        painter.end()

    def _sizes(self) -> _Sizes:
        if self.height() < 150 or self.width() < 420:
            return _DENSE
        return _WIDE if self.height() >= 240 and self.width() >= 900 else _USUAL

    def _badge(self, painter: QPainter, place: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.ground(self.said.tone))
        painter.drawRoundedRect(place, 10, 10)
        margin = place.width() // 4
        icons.paint(painter, place.adjusted(margin, margin, -margin, -margin), self.said.icon, self.said.tone)

    def _caption(self, painter: QPainter, told: QRect, sizes: _Sizes) -> int:
        """Write the caption, and the chip to its right; return where the next line begins."""
        font, bold = face(sizes.small + 1), face(sizes.small, is_bold=True)
        height = metrics(bold).height() + 8
        right = told.right() + 1
        if self.said.chip:
            mark = "✓  " if self.said.tone is Tone.OK else ""
            width = min(chip_width(mark + self.said.chip, bold), told.width() * 3 // 4)
            chip(painter, QRect(right - width, told.top(), width, height), mark + self.said.chip, bold, self.said.tone)
            right -= width + 12
        place = QRect(told.left(), told.top(), right - told.left(), height)
        write(painter, place, self.said.caption, font, theme.ink(Tone.SOFT))
        return told.top() + height + 2

    def _big(self, painter: QPainter, place: QRect, sizes: _Sizes) -> int:
        """Write the big line, in smaller letters where it is long; return where the next line begins."""
        size, is_code = sizes.big, self.said.is_code
        while size > _LEAST_BIG and width_of(self.said.big, face(size, is_bold=True, is_code=is_code)) > place.width():
            size -= 2
        font = face(size, is_bold=True, is_code=is_code)
        write(painter, place, self.said.big, font, theme.ink(Tone.BAD if self.said.tone is Tone.BAD else Tone.PLAIN))
        return place.bottom() + 2

    def _line(self, painter: QPainter, place: QRect, sizes: _Sizes) -> None:
        font = face(sizes.line)
        height = metrics(font).height() + 2
        tone = self.said.tone if self.said.tone in (Tone.BAD, Tone.WARN) else Tone.SOFT
        for number, words in enumerate(in_lines(self.said.line, font, place.width(), max(place.height() // height, 1))):
            row = QRect(place.left(), place.top() + number * height, place.width(), height)
            write(painter, row, words, font, theme.ink(tone))

    def _facts(self, painter: QPainter, place: QRect, sizes: _Sizes) -> int:
        """Write the facts side by side at the foot, where there is room; return where they begin.

        Why nothing was done, and what to do, comes first: they leave their place to it.
        """
        facts = [fact for fact in self.said.facts if fact.value]
        small, value, code = face(sizes.small), face(sizes.small + 1), face(sizes.small + 1, is_code=True)
        height = metrics(small).height() + metrics(value).height() + 3
        line = metrics(face(sizes.line)).height() + 2
        if self.said.tone is Tone.BAD:
            line *= len(in_lines(self.said.line, face(sizes.line), place.width(), _MOST_LINES))
        if not facts or place.height() < height + line:
            return place.bottom()
        left, top = place.left(), place.bottom() - height
        for fact in facts:
            font = code if fact.is_code else value
            width = max(width_of(fact.name, small), width_of(fact.value, font)) + 2
            width = min(width, place.right() + 1 - left)
            if width < _LEAST_FACT:
                break
            write(painter, QRect(left, top, width, metrics(small).height()), fact.name, small, theme.ink(Tone.SOFT))
            below = QRect(left, top + metrics(small).height() + 2, width, metrics(value).height())
            write(painter, below, fact.value, font, theme.ink(Tone.PLAIN))
            left += width + 28
        return top

    def _notices(self, painter: QPainter, told: QRect, sizes: _Sizes) -> int:
        """Write the notices at the very foot, unless the line needs their place; return where they begin."""
        font = face(sizes.small + 1)
        height = metrics(font).height() + 6
        top = told.bottom() + 1
        is_full = sizes is _DENSE and width_of(self.said.line, face(sizes.line)) > told.width()
        for notice in reversed(() if is_full else self.said.notices[:2]):
            top -= height
            tone = Tone.WARN if notice.is_warning else Tone.SOFT
            side = metrics(font).height()
            name = "warning" if notice.is_warning else "info"
            icons.paint(painter, QRect(told.left(), top + (height - side) // 2, side, side), name, tone)
            row = QRect(told.left() + side + 6, top, told.width() - side - 6, height)
            write(painter, row, notice.spoken(), font, theme.ink(tone))
        return top
