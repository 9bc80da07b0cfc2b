"""What the two colours of a school's bar mean, in a line beneath the schools."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tablet_loans.domain.plan import PlanHead, PlanState
from tablet_loans.text import tr
from ui import theme
from ui.theme import Tone
from ui.widgets.lettering import face, metrics, write

_HIGH = 24
_SWATCH = 9


class PlanLegend(QWidget):
    """Two swatches and their words: who had a tablet or its promise before the plan, and whom it serves."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._parts: list[tuple[Tone, str]] = []
        self.hide()

    def show_plan(self, head: PlanHead | None) -> None:
        """Speak of this plan; without one there is nothing to say."""
        is_draft = head is not None and head.state is PlanState.DRAFT
        served = tr("the plan would serve") if is_draft else tr("the plan serves")
        self._parts = [(Tone.SOFT, tr("had one, or its promise, before the plan")), (Tone.ACCENT, served)]
        self.setAccessibleName(", ".join(said for _, said in self._parts))
        self.setVisible(head is not None)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(100, _HIGH)

    def minimumSizeHint(self) -> QSize:
        return QSize(1, _HIGH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        right = self.width() - 10
        for tone, said in reversed(self._parts):
            wide = metrics(face(12)).horizontalAdvance(said) + 2
            write(painter, QRect(right - wide, 0, wide, _HIGH), said, face(12), theme.ink(Tone.SOFT))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.ink(tone))
            painter.drawRoundedRect(QRect(right - wide - 15, (_HIGH - _SWATCH) // 2, _SWATCH, _SWATCH), 3, 3)
            right -= wide + 33
        painter.end()
