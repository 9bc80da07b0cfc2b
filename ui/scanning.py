"""The scanner that types: keys too quick for a hand become one scan, all others reach the place they were meant for."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QInputEvent, QInputMethodEvent, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from tablet_loans.domain.gs1 import FNC1
from tablet_loans.domain.settings import Settings

_SLOW: Final = 4
"""Keys up to so many gaps apart, then Enter, may be a slow scanner."""
_REPEAT_MS: Final = 15
"""X calls a quick scanner's "00" auto-repeat, and now and then forgets to say so of a real one, which is slower."""
_LATE_S: Final = 0.01
"""A timer that comes later than this tells of a stall."""

_LONG_AGO_MS: Final = -1_000_000

_Key = Qt.Key
_Modifier = Qt.KeyboardModifier
_SEEN: Final = frozenset(
    {QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.MouseButtonPress}
)
_PRESSES: Final = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress})
_ENDS: Final = frozenset({_Key.Key_Return, _Key.Key_Enter, _Key.Key_Tab})
_FNC1_KEYS: Final = frozenset({_Key.Key_BracketRight, _Key.Key_Dollar})
"""The key of Ctrl+] on the two keyboards."""
_SILENT: Final = frozenset(
    {
        *(_Key.Key_Shift, _Key.Key_Control, _Key.Key_Alt, _Key.Key_AltGr, _Key.Key_Meta, _Key.Key_Mode_switch),
        *(_Key.Key_CapsLock, _Key.Key_NumLock, _Key.Key_ScrollLock),
    }
)
_SHAPING: Final = _Modifier.ShiftModifier | _Modifier.KeypadModifier | _Modifier.GroupSwitchModifier
_WINDOWS_ALTGR: Final = _Modifier.ControlModifier | _Modifier.AltModifier


class Verdict(StrEnum):
    """What a quick run of characters was taken for."""

    SCAN = "scan"
    DOUBLE = "double"
    TOO_SLOW = "too_slow"
    UNENDED = "unended"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A run of characters as it came, and what it was taken for."""

    text: str
    duration_ms: int
    longest_gap_ms: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Held:
    """An event that waits to be known as a scan's or a hand's; a release has no time."""

    event: QKeyEvent | QInputMethodEvent
    target: QWidget
    text: str = ""
    at_ms: int | None = None


def clock_ms() -> int:
    """Return the monotonic clock's milliseconds."""
    return time.monotonic_ns() // 1_000_000


def event_time(event: QInputEvent) -> int:
    """Return when a key was pressed, in milliseconds: the system's word, else the monotonic clock's."""
    return event.timestamp() or clock_ms()


class ScanFilter(QObject):
    """Tells a scanner's keys from a hand's, wherever the focus is.

    Printable keys are held until it is known what they are: a scan goes out as `scanned` and leaves nothing anywhere;
    a hand's keys go on, in order, to the widget that had the focus, or to the shortcut that they are.
    It listens to windows: each key passes there once, before shortcuts and widgets, whereas a filter on the
    application is called for every event of every widget. `pressed` tells that somebody is there, by key or mouse.
    """

    scanned = Signal(str)
    doubled = Signal(str)
    arrived = Signal(Arrival)
    pressed = Signal()

    def __init__(
        self,
        settings: Settings,
        stamp: Callable[[QInputEvent], int] = event_time,
        parent: QObject | None = None,
        clock: Callable[[], int] = clock_ms,
    ) -> None:
        """Tell by `stamp` when a key was pressed, by `clock` when a camera read."""
        super().__init__(parent)
        self._gap_ms, self._least = settings.scan_gap_ms, settings.scan_least_length
        self._double_ms, self._stamp, self._clock = settings.double_read_ms, stamp, clock
        self._held: list[_Held] = []
        self._leaving: deque[_Held] = deque()
        self._slow: list[_Held] = []
        self._taken: set[int] = set()
        self._struck: dict[int, tuple[int, int]] = {}
        self._last_ms = self._ended_ms = self._scanned_ms = self._given_ms = _LONG_AGO_MS
        self._due_s = 0.0
        self._scanned_text = ""
        self._popup: QWidget | None = None
        self._composer: QObject | None = None
        self._silence, self._second_round, self._rest = (QTimer(self, singleShot=True) for _ in range(3))
        self._silence.setInterval(self._gap_ms)
        self._silence.setTimerType(Qt.TimerType.PreciseTimer)
        self._silence.timeout.connect(self._on_gap_over)
        self._second_round.timeout.connect(self._on_silence)
        self._rest.timeout.connect(self._drain)

    def install(self, application: QApplication) -> None:
        """Listen to every window of the program, those to come too."""
        application.focusWindowChanged.connect(self._watch)
        for window in application.allWindows():
            self._watch(window)

    def give(self, text: str) -> None:
        """Take a code that a camera read as one that was typed."""
        self.pressed.emit()
        now = self._clock()
        is_double = text == self._scanned_text and 0 <= now - self._given_ms <= self._double_ms
        self._scanned_text, self._given_ms, self._scanned_ms = text, now, _LONG_AGO_MS
        (self.doubled if is_double else self.scanned).emit(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.InputMethod and isinstance(event, QInputMethodEvent):
            return self._on_composed(event)
        if not isinstance(watched, QWindow):
            return False
        self._watch_popup()
        if kind not in _SEEN or not isinstance(event, QInputEvent):
            return False
        self._drain()
        if kind in _PRESSES:
            self.pressed.emit()
        if not isinstance(event, QKeyEvent):
            self._forget_stale(self._stamp(event))
            return False
        if kind == QEvent.Type.KeyRelease:
            return self._on_release(event)
        if event.key() in _SILENT or _is_dead(event):
            return False
        return self._on_key(watched, event, self._stamp(event))

    def _on_key(self, window: QWindow, event: QKeyEvent, now: int) -> bool:
        self._forget_stale(now)
        is_press, is_taken = event.type() == QEvent.Type.KeyPress, self._takes(event, now)
        if not is_taken:
            self._let_go(event, now, is_press=is_press)
        if is_press:
            self._struck = {_code(event): (now, -1)}
            return is_taken and self._take(window, event, now)
        if is_taken:
            event.accept()
        return is_taken

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)

    def _watch_popup(self) -> None:
        """Listen to an open list or menu: on Windows it gets the keys without being the window in focus."""
        popup = QApplication.activePopupWidget()
        if popup is not self._popup:
            self._popup = popup
            self._watch(popup.windowHandle() if popup else None)

    def _follows(self, now: int, before: int) -> bool:
        return 0 <= now - before <= self._gap_ms

    def _forget_stale(self, now: int) -> None:
        if self._held and not self._follows(now, self._last_ms):
            self._release()

    def _takes(self, event: QKeyEvent, now: int) -> bool:
        """Tell whether a key is kept from the window: a character, or the end of a scan."""
        if self._repeats(event, now):
            return False
        is_second = not self._held and self._follows(now, self._ended_ms)
        if _ends(event, is_scanning=bool(self._held) or is_second):
            return is_second or len(_text(self._held)) >= self._least
        return bool(_character(event))

    def _repeats(self, event: QKeyEvent, now: int) -> bool:
        """Tell whether a key has been down since it was last pressed: its release is said at the same moment."""
        pressed_ms, released_ms = self._struck.get(_code(event), (now, -1))
        return now - pressed_ms > _REPEAT_MS and (event.isAutoRepeat() or now == released_ms)

    def _take(self, window: QWindow, event: QKeyEvent, now: int) -> bool:
        self._taken.discard(_code(event))
        if text := _character(event):
            return self._hold(event, _receiver(window), text, now)
        self._taken.add(_code(event))
        if self._held:
            self._end_scan(now)
        return True

    def _hold(self, event: QKeyEvent | QInputMethodEvent, target: QWidget | None, text: str, now: int) -> bool:
        if target is None:
            return False
        if self._slow and not 0 <= now - self._last_ms <= _SLOW * self._gap_ms:
            self._slow.clear()
        self._held.append(_Held(_copy(event), target, text, now))
        self._last_ms = now
        self._wait()
        self._listen_for_dead_keys()
        return True

    def _end_scan(self, now: int) -> None:
        scan, self._held = self._held, []
        self._stop_waiting()
        self._slow.clear()
        self._taken.update(_still_down(scan))
        self._ended_ms = now
        text = _text(scan)
        is_double = text == self._scanned_text and 0 <= now - self._scanned_ms <= self._double_ms
        self._scanned_text, self._scanned_ms = text, now
        self.arrived.emit(_arrival(scan, Verdict.DOUBLE if is_double else Verdict.SCAN))
        (self.doubled if is_double else self.scanned).emit(text)

    def _let_go(self, event: QKeyEvent, now: int, *, is_press: bool) -> None:
        """Let a key pass that is neither a character nor the end of a scan; what was held goes before it."""
        self._release()
        if not is_press:
            return
        self._taken.discard(_code(event))
        slow, self._slow = self._slow, []
        if _ends(event) and len(_text(slow)) >= self._least and now - self._last_ms <= _SLOW * self._gap_ms:
            self.arrived.emit(_arrival(slow, Verdict.TOO_SLOW))

    def _on_release(self, event: QKeyEvent) -> bool:
        code = _code(event)
        if code in self._struck:
            self._struck[code] = (self._struck[code][0], self._stamp(event))
        if code in _still_down(self._held):
            self._held.append(_Held(_copy(event), self._held[-1].target))
            return True
        if code in self._taken:
            self._taken.discard(code)
            return True
        return False

    def _on_composed(self, event: QInputMethodEvent) -> bool:
        """Take in what a dead key made, which has no time of its own."""
        text = event.commitString()
        return bool(self._held and text) and self._hold(event, self._held[-1].target, text, self._last_ms)

    def _listen_for_dead_keys(self) -> None:
        composer = QGuiApplication.focusObject()
        if composer is not self._composer:
            self._forget_composer()
            self._composer = composer
            if composer is not None:
                composer.installEventFilter(self)

    def _forget_composer(self) -> None:
        if self._composer is not None and isValid(self._composer):
            self._composer.removeEventFilter(self)
        self._composer = None

    def _wait(self) -> None:
        self._second_round.stop()
        self._due_s = time.monotonic() + self._gap_ms / 1_000
        self._silence.start()

    def _stop_waiting(self) -> None:
        self._silence.stop()
        self._second_round.stop()
        self._forget_composer()

    def _on_gap_over(self) -> None:
        """Look at the window's queue once more; after a stall wait anew, for X hands the keys over from a thread."""
        is_late = time.monotonic() - self._due_s > _LATE_S
        (self._wait if is_late else self._second_round.start)()

    def _on_silence(self) -> None:
        """Give back what no key followed."""
        if len(_text(self._held)) >= self._least:
            self.arrived.emit(_arrival(self._held, Verdict.UNENDED))
        self._release()

    def _release(self) -> None:
        if self._held:
            self._stop_waiting()
            self._slow += (held for held in self._held if held.text)
            self._leaving.extend(self._held)
            self._held = []
            self._drain()

    def _drain(self) -> None:
        """Give keys back, in order; a window that one of them opens does not keep the others from going on."""
        while self._leaving:
            self._rest.start()
            _deliver(self._leaving.popleft())
        self._rest.stop()


def _copy(event: QKeyEvent | QInputMethodEvent) -> QKeyEvent | QInputMethodEvent:
    """Return an event that outlives Qt's; one that `clone` makes is never freed.

    A figure that needs Shift, as all do in France, comes without: sent again, it would miss its shortcut.
    """
    if isinstance(event, QInputMethodEvent):
        return QInputMethodEvent(event)
    copy = QKeyEvent(event)
    if not event.text().isalpha() and not event.text().isspace():
        copy.setModifiers(event.modifiers() & ~_Modifier.ShiftModifier)
    return copy


def _code(event: QKeyEvent) -> int:
    return event.nativeScanCode() or event.key()


def _is_dead(event: QKeyEvent) -> bool:
    return _Key.Key_Dead_Grave.value <= event.key() <= _Key.Key_Dead_Longsolidusoverlay.value


def _character(event: QKeyEvent) -> str:
    """Return the character a key types, FNC1 included, or nothing for a command."""
    modifiers = event.modifiers() & ~_SHAPING
    if modifiers == _Modifier.ControlModifier and event.key() in _FNC1_KEYS:
        return FNC1
    text = event.text()
    if modifiers not in (_Modifier.NoModifier, _WINDOWS_ALTGR):
        return ""
    return text if text.isprintable() or text == FNC1 else ""


def _ends(event: QKeyEvent, *, is_scanning: bool = False) -> bool:
    """Tell whether a key ends a scan; a scanner may type Ctrl+M or Ctrl+J for the ends of a line."""
    modifiers = event.modifiers() & ~_Modifier.KeypadModifier
    if modifiers == _Modifier.NoModifier:
        return event.key() in _ENDS
    return is_scanning and modifiers == _Modifier.ControlModifier and event.text() in ("\r", "\n")


def _text(run: Iterable[_Held]) -> str:
    return "".join(held.text for held in run)


def _arrival(run: Iterable[_Held], verdict: Verdict) -> Arrival:
    times = [held.at_ms for held in run if held.at_ms is not None]
    gaps = [after - before for before, after in pairwise(times)]
    return Arrival(_text(run), times[-1] - times[0], max(gaps, default=0), verdict)


def _still_down(run: Iterable[_Held]) -> set[int]:
    """Return the keys pressed and not released in a run."""
    down: set[int] = set()
    for held in run:
        if isinstance(held.event, QKeyEvent):
            is_press = held.event.type() == QEvent.Type.KeyPress
            (down.add if is_press else down.discard)(_code(held.event))
    return down


def _receiver(window: QWindow) -> QWidget | None:
    """Return the widget to which a window gives a key: the one in focus, or itself."""
    target = window.focusObject()
    return target if isinstance(target, QWidget) else None


def _deliver(held: _Held) -> None:
    """Give an event to the widget it was for, unless that is gone; for a key pressed, Qt looks for a shortcut first."""
    if isValid(held.target):
        QCoreApplication.sendEvent(held.target, held.event)
