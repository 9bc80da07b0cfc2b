"""The one big field of the counter: Enter submits, Ctrl+Z undoes the last act, a lone figure may be a key."""

from typing import Final

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui import icons, theme
from ui.theme import Tone
from ui.widgets.lettering import RIGHT, face, width_of, write

_WHISPER_MS: Final = 4_000
_LETTER_PAUSE_MS: Final = 350
_TOP_ROW: Final = "à&é\"'(-è_ç"
_FIRST_LETTERS: Final = "éèç"
_TOP_ROW_CODES: Final = (1, 9)  # the key of figure n (10 for 0) is n+1 for Windows, n+9 for X11 and Wayland
_HARMLESS: Final = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
_COMMANDS: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier


class ScanField(QLineEdit):
    """Where codes and names are typed; it is cleared at once and never loses a scan.

    While `takes_figures`, a figure typed into the empty field is a key and no text; after a space it is text.
    """

    submitted = Signal(str)
    undo_asked = Signal()
    escaped = Signal()
    moved = Signal(int)
    figured = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scan")
        self.setMaxLength(200)
        self.setTextMargins(40, 0, 0, 0)
        self.takes_figures = False
        self._icon = "barcode"
        self._whispered = self._aside = self._held = ""
        self._quiet = QTimer(self, interval=_WHISPER_MS, singleShot=True)
        self._quiet.timeout.connect(self._fall_silent)
        self._letter = QTimer(self, interval=_LETTER_PAUSE_MS, singleShot=True)
        self._letter.timeout.connect(self._give_figure)

    def show_task(self, icon: str, asked: str, name: str, aside: str = "") -> None:
        """Show what is asked here: an icon, words while nothing is typed, and others at the right while it is."""
        if (icon, asked, aside) != (self._icon, self.placeholderText(), self._aside):
            self._icon, self._aside = icon, aside
            self.setPlaceholderText(asked)
            self.setAccessibleName(name)
            self.update()

    def show_mode(self, *, is_return: bool) -> None:
        """Look different when each scan takes a tablet back."""
        self._dress("mode", "return" if is_return else "lend")

    def show_size(self, *, is_low: bool) -> None:
        """Be smaller where the window is low."""
        self._dress("low", "true" if is_low else "false")

    def _dress(self, name: str, value: str) -> None:
        if self.property(name) != value:
            self.setProperty(name, value)
            self.style().unpolish(self)
            self.style().polish(self)

    def whisper(self, words: str) -> None:
        """Say something small at the right of the field, for a moment."""
        self._whispered = words
        self.setAccessibleDescription(words)
        self._quiet.start()
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_undo(event):
            event.accept()  # the key then comes to keyPressEvent, which knows what it undoes
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._settle(event)
        key, figure = event.key(), self._figure(event)
        if _is_undo(event):
            self.undo_asked.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            text = self.text()
            self.clear()
            self.submitted.emit(text)
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.moved.emit(1 if key == Qt.Key.Key_Down else -1)
        elif figure is not None:
            self._take_figure(figure, event.text())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        tone = Tone.ACCENT if self.hasFocus() else Tone.SOFT
        icons.paint(painter, QRect(18, (self.height() - 24) // 2, 24, 24), self._icon, tone)
        if self.property("mode") == "return":
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.ink(Tone.ACCENT))
            painter.drawRoundedRect(QRect(7, 9, 5, self.height() - 18), 2, 2)
        font, aside = face(14), self._whispered or (self._aside if self.text() else "")
        written = self.text() or self.placeholderText()
        if aside and width_of(written, self.font()) < self.width() - width_of(aside, font) - 90:
            write(painter, self.rect().adjusted(60, 0, -20, 0), aside, font, theme.ink(Tone.SOFT), RIGHT)
        painter.end()

    def _figure(self, event: QKeyEvent) -> int | None:
        """Return the figure a key means: of the top row, shifted or not on a French keyboard, or of the keypad."""
        if not self.takes_figures or self.text() or event.modifiers() & ~_HARMLESS or event.isAutoRepeat():
            return None
        if Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_9:
            return event.key() - Qt.Key.Key_0
        figure, code = _TOP_ROW.find(event.text() or " "), event.nativeScanCode()
        is_there = figure >= 0 and (not code or code - (figure or 10) in _TOP_ROW_CODES)
        return figure if is_there else None

    def _take_figure(self, figure: int, text: str) -> None:
        """Give the figure; é, è and ç, which may begin a name, only once no letter has followed."""
        if text and text in _FIRST_LETTERS:
            self._held = text
            self._letter.start()
        else:
            self.figured.emit(figure)

    def _settle(self, event: QKeyEvent) -> None:
        """Make text of the letter held when another one follows, else the figure that it was."""
        if self._held and event.text() and event.text().isalpha() and not event.modifiers() & ~_HARMLESS:
            self._letter.stop()
            held, self._held = self._held, ""
            self.insert(held)
        elif self._held and event.text():
            self._give_figure()

    def settle(self) -> None:
        """Take the letter that is held for the figure it was: something else begins."""
        self._give_figure()

    def _give_figure(self) -> None:
        self._letter.stop()
        held, self._held = self._held, ""
        if held:
            self.figured.emit(_TOP_ROW.index(held))

    def _fall_silent(self) -> None:
        self._whispered = ""
        self.setAccessibleDescription("")
        self.update()


def is_written(event: QKeyEvent) -> bool:
    """Say whether a key writes something, and is no shortcut."""
    return bool(event.text().strip()) and event.text().isprintable() and not event.modifiers() & _COMMANDS


def _is_undo(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo)
