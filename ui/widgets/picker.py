"""A short list over the screen, narrowed by typing: a model, a depot, a school among hundreds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from tablet_loans.text import search_key, tr
from ui import words
from ui.columns import as_tip

_WIDTH: Final = 340
_WIDE: Final = 480
_HEIGHT: Final = 320


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to pick: what is read, what it stands for, and a second line that tells it from its like."""

    words: str
    value: str
    note: str = ""


class Picker(QFrame):
    """A field and a list: type, move with the arrows, Enter picks, Esc gives up."""

    picked = Signal(object)
    typed = Signal(str)

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("picker")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedSize(_WIDTH, _HEIGHT)
        self._options: Sequence[Option] = ()
        self._is_narrowed = True
        self.field, self.list = QLineEdit(), QListWidget()
        self.field.setPlaceholderText(title)
        self.field.setAccessibleName(title)
        self.field.installEventFilter(self)
        self.list.setAccessibleName(title)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._none = QLabel(tr("Type a name, a town or a UAI."))
        self._none.setObjectName("soft")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        for widget in (self.field, self._none, self.list):
            layout.addWidget(widget)
        self.field.textChanged.connect(self._on_typed)
        self.list.itemClicked.connect(self._on_picked)

    def offer(self, options: Sequence[Option], *, is_narrowed: bool = False) -> None:
        """Offer these; unless the list `is_narrowed` already, typing narrows it by the beginnings of words."""
        self._options, self._is_narrowed = () if is_narrowed else options, is_narrowed
        if is_narrowed:
            self.setFixedSize(_WIDE, _HEIGHT)  # schools of one town differ at the end of their names
        self._show(options)

    def ask_under(self, widget: QWidget) -> None:
        """Open beneath a widget."""
        corner, most = widget.mapToGlobal(QPoint(0, widget.height() + 4)), widget.screen().availableGeometry().right()
        self.move(min(corner.x(), max(most - _WIDE, 0)), corner.y())
        self.show()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.list.setCurrentRow(max(0, min(self.list.currentRow() + step, self.list.count() - 1)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if (item := self.list.currentItem()) is not None:
                    self._on_picked(item)
                return True
        return super().eventFilter(watched, event)

    def _on_typed(self, text: str) -> None:
        if self._options:
            typed = search_key(text).split()
            self._show([each for each in self._options if all(f" {word}" in search_key(each.words) for word in typed)])
        self.typed.emit(text)

    def _show(self, options: Sequence[Option]) -> None:
        self.list.clear()
        for option in options:
            item = QListWidgetItem(f"{option.words}\n{option.note}" if option.note else option.words)
            item.setToolTip(as_tip(words.joined(option.words, option.note)))
            item.setData(Qt.ItemDataRole.UserRole, option)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        is_waiting = self._is_narrowed and not self.field.text().strip()
        self._none.setText(tr("Type a name, a town or a UAI.") if is_waiting else tr("Nothing begins like that."))
        self._none.setVisible(not options)

    def _on_picked(self, item: QListWidgetItem) -> None:
        option = item.data(Qt.ItemDataRole.UserRole)
        self.close()
        self.picked.emit(option)
