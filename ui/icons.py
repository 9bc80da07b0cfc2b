"""Icons of the `ph` set of qtawesome, drawn in a tone of the theme in use.

qtawesome itself takes eight fonts and their name lists into memory; a desk needs one, so it is read here.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from ui import theme
from ui.theme import Tone


@cache
def _set() -> tuple[str, dict[str, str]]:
    """Return the font's family and the character of each icon."""
    found = find_spec("qtawesome")
    assert found is not None  # noqa: S101 - a locked dependency
    assert found.origin is not None  # noqa: S101
    folder = Path(found.origin).parent / "fonts"
    (font,), (names,) = folder.glob("phosphor-[0-9]*.ttf"), folder.glob("phosphor-charmap-*.json")
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(font)))
    return families[0], json.loads(names.read_text(encoding="utf-8"))


def paint(painter: QPainter, rect: QRect, name: str, tone: Tone) -> None:
    """Draw the icon `name` in the middle of `rect`."""
    family, characters = _set()
    font = QFont(family)
    font.setPixelSize(min(rect.width(), rect.height()))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    painter.setPen(theme.ink(tone))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, chr(int(characters[name], 16)))
    painter.restore()


class _Engine(QIconEngine):
    def __init__(self, name: str, tone: Tone, on: Tone) -> None:
        super().__init__()
        self._name, self._tone, self._on = name, tone, on

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._tone, self._on)

    def paint(self, painter: QPainter, rect: QRect, _mode: QIcon.Mode, state: QIcon.State) -> None:
        paint(painter, rect, self._name, self._on if state is QIcon.State.On else self._tone)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        drawn = QPixmap(size)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return drawn


def icon(name: str, tone: Tone = Tone.SOFT, on: Tone = Tone.ACCENT) -> QIcon:
    """Return the icon `name`, in `tone`, and in `on` where it is checked."""
    return QIcon(_Engine(name, tone, on))
