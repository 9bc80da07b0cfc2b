"""Columns of a table: what each shows of a row, in which style and tone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Any, Final

from PySide6.QtCore import Qt

from ui.theme import Tone

STYLE_ROLE: Final = Qt.ItemDataRole.UserRole + 1
TONE_ROLE: Final = Qt.ItemDataRole.UserRole + 2


class Style(StrEnum):
    """How a cell is drawn."""

    TEXT = "text"
    CODE = "code"
    CHIP = "chip"
    NUMBER = "number"


def _plain(_row: Any) -> Tone:
    return Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `width` in pixels is its least, `stretch` its share of what is left; `sort` is a name or "".

    A spare column is not shown where the room is too narrow for all.
    """

    title: str
    text: Callable[[Any], str]
    width: int
    stretch: int = 0
    style: Style = Style.TEXT
    tone: Callable[[Any], Tone] = _plain
    sort: str = ""
    is_spare: bool = False

    def shown(self, row: object, role: int) -> object:
        """Return what a model answers for this column of a row."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_tip(self.text(row))
        if role == STYLE_ROLE:
            return self.style
        return self.tone(row) if role == TONE_ROLE else None


def as_tip(text: str) -> str:
    """Return a tip that shows the text letter for letter: what looks like markup was scanned, typed or imported."""
    return f"<qt>{escape(text, quote=False)}</qt>" if "<" in text or "&" in text else text


def as_tsv(columns: Sequence[Column], rows: Sequence[object]) -> str:
    """Return rows as tab-separated text, ready for a spreadsheet; no cell breaks a line or a column."""
    lines = [[column.title for column in columns], *([column.text(row) for column in columns] for row in rows)]
    return "\n".join("\t".join(" ".join(cell.split()) for cell in line) for line in lines)
