"""Figures as bars: how many of how many, and what a whole is made of; each is also written and read aloud."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tablet_loans.text import tr
from ui import theme, words
from ui.theme import Tone
from ui.widgets.lettering import RIGHT, face, metrics, write

THICK: Final = 6
_STACK_HEIGHT: Final = 12
_LINE_HEIGHT: Final = 22
_LEGEND_HEIGHT: Final = 18
_NUMBERS_WIDTH: Final = 62
_PERCENT_WIDTH: Final = 44


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole; the plain one is what is not known yet."""

    words: str
    count: int
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, under a name."""

    words: str
    count: int
    whole: int


def percent(count: int, whole: int) -> str:
    """Return the share as a whole percentage; only all is 100 %, and only nothing is 0 %."""
    if not whole:
        return ""
    rounded = min(max(round(100 * count / whole), 1 if count else 0), 100 if count >= whole else 99)
    return tr("{percent} %").format(percent=rounded)


def paint_share(painter: QPainter, place: QRect, count: int, whole: int) -> None:
    """Draw a thin bar, in the middle of the place, filled by the share; it is green once all is there."""
    track = QRect(place.left(), place.center().y() - THICK // 2 + 1, place.width(), THICK)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.ground(Tone.PLAIN))
    painter.drawRoundedRect(track, THICK / 2, THICK / 2)
    if whole and count:
        width = max(round(track.width() * min(count / whole, 1)), THICK)
        painter.setBrush(theme.ink(Tone.OK if count >= whole else Tone.ACCENT))
        painter.drawRoundedRect(QRect(track.left(), track.top(), width, THICK), THICK / 2, THICK / 2)
    painter.restore()


class StackedBar(QWidget):
    """One bar made of parts, and a line for each: its colour, its name, its number and its share."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._parts: Sequence[Part] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Show these parts instead."""
        self._parts = tuple(parts)
        self.setAccessibleDescription(", ".join(f"{part.words}: {words.number(part.count)}" for part in self._parts))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _STACK_HEIGHT + 8 + _LINE_HEIGHT * len(self._parts))

    def minimumSizeHint(self) -> QSize:
        return QSize(140, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = sum(part.count for part in self._parts)
        paint_stack(painter, QRect(0, 0, self.width(), _STACK_HEIGHT), self._parts)
        for place, part in enumerate(self._parts):
            top = _STACK_HEIGHT + 8 + place * _LINE_HEIGHT
            _paint_part(painter, QRect(0, top, self.width(), _LINE_HEIGHT), part, whole)
        painter.end()


class StackedLine(QWidget):
    """One bar made of parts over its legend, which goes on to a second line where the room ends."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: Sequence[Part] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Show these parts instead."""
        self._parts = tuple(parts)
        self.setAccessibleDescription(", ".join(f"{part.words}: {words.number(part.count)}" for part in self._parts))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, _STACK_HEIGHT + 8 + 2 * _LEGEND_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_stack(painter, QRect(0, 0, self.width(), _STACK_HEIGHT), self._parts)
        left, top = 0, _STACK_HEIGHT + 8
        for part in self._parts:
            number = words.number(part.count)
            widths = [metrics(face(12)).horizontalAdvance(said) for said in (part.words, number)]
            wide = sum(widths) + 20
            if left and left + wide > self.width():
                left, top = 0, top + _LEGEND_HEIGHT
            _paint_swatch(painter, left, top + _LEGEND_HEIGHT // 2, part.tone)
            named = QRect(left + 14, top, widths[0] + 2, _LEGEND_HEIGHT)
            write(painter, named, part.words, face(12), theme.ink(Tone.SOFT))
            numbered = QRect(named.right() + 5, top, widths[1] + 2, _LEGEND_HEIGHT)
            write(painter, numbered, number, face(12), theme.ink(Tone.PLAIN))
            left += wide + 18
        painter.end()


def _paint_swatch(painter: QPainter, left: int, middle: int, tone: Tone) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.ground(Tone.PLAIN) if tone is Tone.PLAIN else theme.ink(tone))
    painter.drawRoundedRect(QRect(left, middle - 4, 9, 9), 3, 3)


def paint_stack(painter: QPainter, place: QRect, parts: Sequence[Part]) -> None:
    """Draw the parts of a whole side by side, in one bar with round ends."""
    whole = sum(part.count for part in parts)
    round_ends = QPainterPath()
    round_ends.addRoundedRect(QRectF(place), place.height() / 2, place.height() / 2)
    painter.save()
    painter.setClipPath(round_ends)
    painter.fillRect(place, theme.ground(Tone.PLAIN))
    done = 0
    for part in parts:
        left = place.left() + place.width() * done / (whole or 1)
        done += part.count
        right = place.left() + place.width() * done / (whole or 1)
        if part.tone is not Tone.PLAIN and part.count:
            painter.fillRect(
                QRectF(left, place.top(), max(right - left - 1, 1.5), place.height()), theme.ink(part.tone)
            )
    painter.restore()


def _paint_part(painter: QPainter, line: QRect, part: Part, whole: int) -> None:
    _paint_swatch(painter, line.left(), line.center().y(), part.tone)
    share = QRect(line.right() - _PERCENT_WIDTH, line.top(), _PERCENT_WIDTH + 1, line.height())
    number = QRect(share.left() - _NUMBERS_WIDTH, line.top(), _NUMBERS_WIDTH, line.height())
    named = QRect(line.left() + 17, line.top(), number.left() - line.left() - 21, line.height())
    write(painter, named, part.words, face(13), theme.ink(Tone.PLAIN))
    write(painter, number, words.number(part.count), face(13), theme.ink(Tone.PLAIN), RIGHT)
    write(painter, share, percent(part.count, whole), face(12), theme.ink(Tone.SOFT), RIGHT)


class ShareBars(QWidget):
    """A line for each share: its name, a thin bar, and how many of how many."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: Sequence[Share] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_shares(self, shares: Sequence[Share]) -> None:
        """Show these shares instead."""
        self._shares = tuple(shares)
        self.setAccessibleDescription(", ".join(f"{share.words}: {_of(share)}" for share in self._shares))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _LINE_HEIGHT * len(self._shares))

    def minimumSizeHint(self) -> QSize:
        return QSize(140, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        numbers = max((metrics(face(13)).horizontalAdvance(_of(share)) for share in self._shares), default=0) + 4
        names = min(
            max((metrics(face(13)).horizontalAdvance(share.words) for share in self._shares), default=0) + 4,
            (self.width() - numbers) // 2,
        )
        for place, share in enumerate(self._shares):
            top = place * _LINE_HEIGHT
            write(painter, QRect(0, top, names, _LINE_HEIGHT), share.words, face(13), theme.ink(Tone.PLAIN))
            bar = QRect(names + 10, top, self.width() - names - numbers - 22, _LINE_HEIGHT)
            paint_share(painter, bar, share.count, share.whole)
            right = QRect(self.width() - numbers, top, numbers, _LINE_HEIGHT)
            write(painter, right, _of(share), face(13), theme.ink(Tone.PLAIN if share.count else Tone.SOFT), RIGHT)
        painter.end()


def _of(share: Share) -> str:
    return f"{words.number(share.count)} / {words.number(share.whole)}"
