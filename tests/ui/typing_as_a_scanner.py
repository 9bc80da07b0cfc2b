"""A scanner and a hand for tests: keys as the system gives them to a window, each with a time of its own."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

PAUSE_MS: Final = 1_500
"""How long a scanner rests before the next code, when nothing else is asked: longer than a double read."""
_FNC1: Final = "\x1d"
_ENDS: Final = {
    "\r": (Qt.Key.Key_Return, "\r"),
    "\n": (Qt.Key.Key_Enter, "\r"),
    "\t": (Qt.Key.Key_Tab, "\t"),
}


class _Clock:
    """The time of the keys, which only goes on."""

    now_ms = 1_000_000


def now_ms() -> int:
    """Return the time of the last key."""
    return _Clock.now_ms


def scan(
    target: QWidget | QWindow, text: str, *, end: str = "\r", gap_ms: int = 2, start_ms: int | None = None
) -> None:
    """Type `text` and its end (Return, "\\n" the keypad's Enter, Tab, several or none) as a scanner does."""
    _Clock.now_ms = _Clock.now_ms + PAUSE_MS if start_ms is None else start_ms
    for place, character in enumerate(text + end):
        strike(target, character, after_ms=gap_ms if place else 0)


def type_slowly(target: QWidget | QWindow, text: str, *, gap_ms: int = 120, start_ms: int | None = None) -> None:
    """Type `text` as a hand does, one key after the other has come up."""
    scan(target, text, end="", gap_ms=gap_ms, start_ms=start_ms)


def strike(target: QWidget | QWindow, character: str, *, after_ms: int = 0) -> None:
    """Press and release the key of a character, with Shift for a capital."""
    key, text, modifiers = _key(character)
    if modifiers == Qt.KeyboardModifier.ShiftModifier:
        press(target, Qt.Key.Key_Shift, after_ms=after_ms)
        press(target, key, text, modifiers)
        release(target, key, text, modifiers)
        release(target, Qt.Key.Key_Shift)
        return
    press(target, key, text, modifiers, after_ms=after_ms)
    release(target, key, text, modifiers)


def press(
    target: QWidget | QWindow,
    key: int,
    text: str = "",
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    *,
    after_ms: int = 0,
    is_repeat: bool = False,
) -> None:
    """Press a key the way Qt does: the window may override shortcuts, then come these, or the key itself.

    Only Qt itself can consult its shortcuts, with a time of its own; it is asked when nobody overrides.
    """
    _Clock.now_ms += after_ms
    window = _window(target)
    if _send(window, QEvent.Type.ShortcutOverride, key, text, modifiers, is_repeat=is_repeat) or is_repeat or not text:
        _send(window, QEvent.Type.KeyPress, key, text, modifiers, is_repeat=is_repeat)
    else:
        QTest.sendKeyEvent(QTest.KeyAction.Press, window, Qt.Key(key), text, modifiers)


def release(
    target: QWidget | QWindow,
    key: int,
    text: str = "",
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    *,
    after_ms: int = 0,
) -> None:
    """Release a key, at the time of the last one unless it is said how much later."""
    _Clock.now_ms += after_ms
    _send(_window(target), QEvent.Type.KeyRelease, key, text, modifiers)


def click(widget: QWidget, *, after_ms: int) -> None:
    """Press the mouse's left button on a widget, and let it go."""
    _Clock.now_ms += after_ms
    window, place = _window(widget), widget.mapTo(widget.window(), widget.rect().center()).toPointF()
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for kind, down in ((QEvent.Type.MouseButtonPress, left), (QEvent.Type.MouseButtonRelease, none)):
        event = QMouseEvent(kind, place, widget.mapToGlobal(place), left, down, Qt.KeyboardModifier.NoModifier)
        event.setTimestamp(_Clock.now_ms)
        QCoreApplication.sendEvent(window, event)


def queue(target: QWidget | QWindow, text: str, *, gap_ms: int, end: str = "") -> None:
    """Leave keys in the window's queue, timed, as they pile up while it does not look."""
    window = _window(target)
    for character in text + end:
        key, written, modifiers = _key(character)
        _Clock.now_ms += gap_ms
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, modifiers, written)
            event.setTimestamp(_Clock.now_ms)
            QCoreApplication.postEvent(window, event)


def _send(
    window: QWindow, kind: QEvent.Type, key: int, text: str, modifiers: Qt.KeyboardModifier, *, is_repeat: bool = False
) -> bool:
    """Give an event to the window and tell whether somebody accepted it."""
    event = QKeyEvent(kind, key, modifiers, text, is_repeat)
    event.setTimestamp(_Clock.now_ms)
    if kind == QEvent.Type.ShortcutOverride:
        event.ignore()
    QCoreApplication.sendEvent(window, event)
    return event.isAccepted()


def _key(character: str) -> tuple[int, str, Qt.KeyboardModifier]:
    if character in _ENDS:
        key, text = _ENDS[character]
        return key, text, Qt.KeyboardModifier.NoModifier
    if character == _FNC1:
        return Qt.Key.Key_BracketRight, _FNC1, Qt.KeyboardModifier.ControlModifier
    is_capital = character.isupper()
    modifiers = Qt.KeyboardModifier.ShiftModifier if is_capital else Qt.KeyboardModifier.NoModifier
    return ord(character.upper()), character, modifiers


def _window(target: QWidget | QWindow) -> QWindow:
    """Return the window that has the keyboard: an open list or a modal window before the one that is looked at."""
    in_front = QApplication.activePopupWidget() or QApplication.activeModalWidget()
    found = in_front or target
    window = found if isinstance(found, QWindow) else found.window().windowHandle()
    assert window is not None, "the window is not shown"
    return window
