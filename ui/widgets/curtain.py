"""The idle lock: a curtain over the whole window while nobody is there; what was half done waits beneath."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from time import monotonic
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QCursor, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from tablet_loans.text import tr
from ui import icons, theme
from ui.theme import Tone
from ui.words import number

_LEAST_FIGURES: Final = 4
_POLL_MS: Final = 5_000
_FREE_TRIES: Final = 2
_LONGEST_WAIT_S: Final = 60
_ROUNDS: Final = 20_000


class _Step(StrEnum):
    """What the curtain asks for."""

    CODE = "code"
    CHOOSE = "choose"
    AGAIN = "again"


class Curtain(QWidget):
    """Hides a window after `idle_min` minutes without a key, a scan or a movement (0: never), or when it is asked.

    A code of figures may be chosen the first time the person locks; without one, Enter lifts the curtain.
    """

    locked = Signal()
    unlocked = Signal()

    def __init__(
        self, window: QWidget, idle_min: float, clock: Callable[[], datetime], *,
        now: Callable[[], float] = monotonic, poll_ms: int = _POLL_MS,
    ) -> None:  # fmt: skip
        """Watch over `window`; `clock` tells the hour, `now` seconds that never go back."""
        super().__init__(window)
        self._window, self._clock, self._now, self._idle_s = window, clock, now, idle_min * 60
        self._touched, self._pointer = now(), QCursor.pos()
        self._step, self._chosen, self._is_decided = _Step.CODE, "", False
        self._salt = self._hash = b""
        self._wrong, self._until = 0, 0.0
        self._focus: QWidget | None = None
        self._put_aside: list[QWidget] = []
        self._build()
        self.hide()
        self._second = QTimer(self, interval=1_000)
        self._second.timeout.connect(self._count_down)
        QShortcut(QKeySequence("Ctrl+L"), window, self.lock)
        self._poll = QTimer(self, interval=poll_ms)
        self._poll.timeout.connect(self._look)
        if idle_min > 0:
            self._poll.start()

    @property
    def is_locked(self) -> bool:
        """Say whether the window is hidden."""
        return self.isVisibleTo(self._window)

    def touch(self) -> None:
        """Note that somebody is there: call it for every key and scan."""
        self._touched = self._now()

    def lock(self) -> None:
        """Hide the window; asked by a person for the first time, offer to choose a code."""
        self._lower(_Step.CODE if self._is_decided else _Step.CHOOSE)

    def unlock(self, code: str) -> bool:
        """Lift the curtain when the code is right, and say whether it is; each wrong one costs a longer wait."""
        if not self.is_locked or self._now() < self._until:
            return not self.is_locked
        if self._hash and not hmac.compare_digest(self._hashed(code), self._hash):
            self._on_wrong()
            return False
        self._lift()
        return True

    def refuse_scan(self) -> None:
        """Say why a scan does nothing now."""
        self._say(tr("Locked: unlock first. The scan was not recorded."), Tone.BAD)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no shortcut of the window beneath works
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._step is not _Step.CODE:
            self._lift()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_entered()
        event.accept()

    def focusNextPrevChild(self, _next: bool) -> bool:
        inside = (self.field, self.button)
        inside[inside.index(self.button) if self.field.hasFocus() else 0].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.tokens().bg))
        painter.end()

    def _build(self) -> None:
        self._sign, self.title, self._since, self._words = QLabel(), QLabel(tr("Locked")), QLabel(), QLabel()
        self.title.setObjectName("big")
        self._since.setObjectName("soft")
        self._words.setObjectName("line")
        self._words.setWordWrap(True)
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.field.setMaxLength(12)
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.setAccessibleName(tr("Unlocking code"))
        self.button = QPushButton()
        self.button.setObjectName("primary")
        self.button.clicked.connect(self._on_entered)
        card = QFrame()
        card.setObjectName("card")
        card.setFixedWidth(400)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(32, 28, 32, 28)
        inside.setSpacing(12)
        name = QLabel("Tablet Loans")
        name.setObjectName("soft")
        for label in (self._sign, name, self.title, self._since, self._words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for widget in (self._sign, name, self.title, self._since, self.field, self._words, self.button):
            inside.addWidget(widget)
        middle = QHBoxLayout(self)
        middle.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)

    def _look(self) -> None:
        """Lock when nobody was there for long enough."""
        pointer = QCursor.pos()
        if pointer != self._pointer:
            self._pointer = QPoint(pointer)
            self.touch()
        if not self.is_locked and self._now() - self._touched >= self._idle_s:
            self._lower(_Step.CODE)

    def _lower(self, step: _Step) -> None:
        if self.is_locked:
            return
        while popup := QApplication.activePopupWidget():
            popup.close()
        self._focus = QApplication.focusWidget()
        others = (each for each in QApplication.topLevelWidgets() if each is not self._window)
        self._put_aside = [each for each in others if each.isVisible()]
        for each in self._put_aside:
            each.hide()
        self._since.setText(tr("Since {time}").format(time=self._clock().astimezone().strftime("%H:%M")))
        self._sign.setPixmap(icons.icon("lock-simple", Tone.ACCENT).pixmap(36, 36))
        self.setGeometry(self._window.rect())
        self._window.installEventFilter(self)
        self.show()
        self.raise_()
        self._ask(step)
        QApplication.instance().focusChanged.connect(self._on_focus)  # type: ignore[union-attr]
        self.locked.emit()

    def _lift(self) -> None:
        QApplication.instance().focusChanged.disconnect(self._on_focus)  # type: ignore[union-attr]
        self._window.removeEventFilter(self)
        self._wrong, self._until, self._chosen = 0, 0.0, ""
        self._second.stop()
        self.touch()
        self.field.clear()
        self.hide()
        for each in self._put_aside:
            if isValid(each):
                each.show()
        self._put_aside = []
        if self._focus is not None and isValid(self._focus):
            self._focus.setFocus(Qt.FocusReason.OtherFocusReason)
        self._focus = None
        self.unlocked.emit()

    def _ask(self, step: _Step) -> None:
        """Show what is asked for: the code, or the choice of one, twice."""
        self._step = step
        self.field.clear()
        self.field.setVisible(bool(self._hash) or step is not _Step.CODE)
        if step is _Step.CHOOSE:
            self._say(tr("Choose a code of at least 4 figures for this sitting, or press Enter for none."), Tone.SOFT)
        elif step is _Step.AGAIN:
            self._say(tr("The same code again, please."), Tone.SOFT)
        else:
            self._say(tr("Type your code.") if self._hash else tr("Press Enter to go on."), Tone.SOFT)
        self.button.setText(tr("Unlock") if step is _Step.CODE else tr("Lock"))
        self._hold_focus()

    def _hold_focus(self) -> None:
        (self.field if self.field.isVisibleTo(self) and self.field.isEnabled() else self.button).setFocus()

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Take the focus back from whatever beneath has asked for it."""
        if new is not None and self._window.isAncestorOf(new) and not self.isAncestorOf(new):
            self._focus = new
            self._hold_focus()

    def _on_entered(self) -> None:
        typed = self.field.text()
        if self._step is _Step.CODE:
            self.field.clear()
            self.unlock(typed)
        elif self._step is _Step.CHOOSE:
            self._choose(typed)
        elif typed == self._chosen:
            self._keep(typed)
        else:
            self._ask(_Step.CHOOSE)
            self._say(tr("The two codes differ: choose one again."), Tone.BAD)

    def _choose(self, code: str) -> None:
        if code and not (code.isdecimal() and len(code) >= _LEAST_FIGURES):
            self._say(tr("At least 4 figures, or nothing."), Tone.BAD)
            return
        self._chosen = code
        if code:
            self._ask(_Step.AGAIN)
        else:
            self._keep("")

    def _keep(self, code: str) -> None:
        """Keep the code for this sitting, as a salted hash; none when it is empty."""
        self._is_decided, self._chosen = True, ""
        self._salt = secrets.token_bytes(16)
        self._hash = self._hashed(code) if code else b""
        self._ask(_Step.CODE)

    def _hashed(self, code: str) -> bytes:
        return hashlib.pbkdf2_hmac("sha256", code.encode(), self._salt, _ROUNDS)

    def _on_wrong(self) -> None:
        self._wrong += 1
        beyond = self._wrong - _FREE_TRIES
        self._until = self._now() + (min(_LONGEST_WAIT_S, 2**beyond) if beyond > 0 else 0)
        self._say(tr("This is not the code."), Tone.BAD)
        if beyond > 0:
            self._count_down()
            self._second.start()

    def _count_down(self) -> None:
        """Say how long to wait after wrong codes, then ask again."""
        left = self._until - self._now()
        self.field.setEnabled(left <= 0)
        if left > 0:
            wait = tr("This is not the code: wait {seconds} s.").format(seconds=number(round(left + 0.5)))
            self._say(wait, Tone.BAD)
            return
        self._second.stop()
        self._ask(_Step.CODE)

    def _say(self, words: str, tone: Tone) -> None:
        self._words.setText(words)
        self._words.setProperty("tone", tone.value)
        self._words.style().unpolish(self._words)
        self._words.style().polish(self._words)
        self.setAccessibleName(f"{self.title.text()} {words}")
