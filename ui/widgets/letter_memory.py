"""What a window of letters remembers from one time to the next: its size and its choices, never a person."""

from typing import Final

from PySide6.QtCore import QSettings, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog

from tablet_loans.domain.letter import LetterKind
from ui.widgets.letter_head import LetterHead
from ui.widgets.letter_kinds import LetterKinds
from ui.widgets.letter_sending import LetterSending

_SIZE: Final = QSize(1260, 760)
_GEOMETRY: Final = "letters/geometry"
_KIND, _DAYS, _LANGUAGE, _ATTACHED = "letters/kind", "letters/days", "letters/language", "letters/attached"


class LetterMemory:
    """Takes the choices up again, and keeps them."""

    def __init__(self, kinds: LetterKinds, head: LetterHead, sending: LetterSending, kept: QSettings | None) -> None:
        self._kinds, self._head, self._sending, self._kept = kinds, head, sending, kept

    def recall(self, window: QDialog) -> None:
        """Give the window its last size, and the choices of the last time."""
        geometry = self._kept.value(_GEOMETRY) if self._kept is not None else None
        if geometry is None or not window.restoreGeometry(geometry):
            above, screen = window.parentWidget(), QGuiApplication.primaryScreen().availableSize()
            window.resize(_SIZE.boundedTo(above.window().size() if above is not None else screen))
        if self._kept is not None:
            kind, days = self._said(_KIND), self._said(_DAYS)
            self._kinds.turn_to(LetterKind(kind) if kind in set(LetterKind) else LetterKind.REMINDER_1)
            self._head.recall(int(days) if days.isdigit() else 1, self._said(_LANGUAGE))
            self._sending.attach.setChecked(bool(self._said(_ATTACHED)))

    def remember(self, window: QDialog) -> None:
        """Keep them."""
        if self._kept is not None:
            self._kept.setValue(_GEOMETRY, window.saveGeometry())
            self._kept.setValue(_KIND, self._kinds.kind().value)
            self._kept.setValue(_DAYS, str(self._head.least_days()))
            self._kept.setValue(_LANGUAGE, self._head.language())
            self._kept.setValue(_ATTACHED, "yes" if self._sending.attach.isChecked() else "")

    def _said(self, name: str) -> str:
        return str(self._kept.value(name, "")) if self._kept is not None else ""
