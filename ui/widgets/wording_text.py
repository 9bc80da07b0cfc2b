"""The text of a clause as one types it: its fields in colour, and those there are once a bracket is opened."""

import re
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import (
    QKeyEvent,
    QStandardItem,
    QStandardItemModel,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QApplication, QCompleter, QListView, QPlainTextEdit, QWidget

from tablet_loans.domain.clause import FIELDS
from tablet_loans.text import tr
from ui import theme
from ui.theme import Tone

_WRITTEN: Final = Qt.ItemDataRole.UserRole
_BEGUN: Final = re.compile(r"\{[a-z_]*$")
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
_PARAGRAPH: Final = "\u2029"
_CHOOSING: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Escape})


def text_of(document: QTextDocument) -> str:
    """Return the text of a document with its no-break spaces, which a plain text would lose."""
    return document.toRawText().replace(_PARAGRAPH, "\n")


class FieldColours(QSyntaxHighlighter):
    """Fields in the accent's colour, those that do not exist in that of what is refused, brackets soft."""

    def highlightBlock(self, text: str) -> None:
        for found in _FIELD.finditer(text):
            tone = Tone.ACCENT if found[1] in FIELDS else Tone.BAD
            self.setFormat(found.start(), len(found[0]), self._ink(tone))
        for found in re.finditer(r"[\[\]]", text):
            self.setFormat(found.start(), 1, self._ink(Tone.SOFT))

    def _ink(self, tone: Tone) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setForeground(theme.ink(tone))
        return made


class WordingText(QPlainTextEdit):
    """Where a clause is written; a `{` offers the fields there are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setAccessibleName(tr("Text of the clause"))
        self.setStyleSheet(f'font-family: "{QApplication.font().family()}"; font-size: 13px;')
        self.fields = QCompleter(self._offered(), self)
        self.fields.setWidget(self)
        self.fields.setCompletionRole(_WRITTEN)
        self.fields.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.fields.setMaxVisibleItems(len(FIELDS))
        self.popup = QListView()
        self.popup.setAccessibleName(tr("Fields"))
        self.fields.setPopup(self.popup)
        self.fields.activated.connect(lambda begun: self.insert_field(begun.removeprefix("{")))

    def insert_field(self, name: str) -> None:
        """Write a field where the cursor stands, in the place of the beginning of one."""
        cursor = self.textCursor()
        begun = _BEGUN.search(self._before())
        if begun and not cursor.hasSelection():
            cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(begun[0]))
        cursor.insertText(f"{{{name}}}")
        self.setTextCursor(cursor)
        self.setFocus()

    def make_optional(self) -> None:
        """Put what is chosen between brackets: it is left out when a field in it is empty."""
        cursor = self.textCursor()
        said = cursor.selectedText()
        cursor.insertText(f"[{said}]")
        if not said:
            cursor.movePosition(QTextCursor.MoveOperation.Left)
        self.setTextCursor(cursor)
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.popup.isVisible() and event.key() in _CHOOSING:
            event.ignore()
            return
        super().keyPressEvent(event)
        begun = None if self.isReadOnly() or not event.text() else _BEGUN.search(self._before())
        if begun is None:
            self.popup.hide()
        else:
            self._offer(begun[0])

    def _offer(self, begun: str) -> None:
        self.fields.setCompletionPrefix(begun)
        if not self.fields.completionCount():
            self.popup.hide()
            return
        self.popup.setCurrentIndex(self.fields.completionModel().index(0, 0))
        place = self.cursorRect()
        self.fields.complete(QRect(place.x(), place.y(), min(360, self.width()), place.height()))

    def _before(self) -> str:
        """Return what stands before the cursor in its line."""
        cursor = self.textCursor()
        return cursor.block().text()[: cursor.positionInBlock()]

    def _offered(self) -> QStandardItemModel:
        model = QStandardItemModel(self)
        for name, said in FIELDS.items():
            item = QStandardItem(f"{{{name}}}  {tr(said)}")
            item.setData(f"{{{name}", _WRITTEN)
            model.appendRow(item)
        return model
