"""The whole territory at a glance, over the list of schools: who answered, what is lacking, what is called back."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from tablet_loans.domain.need import Coverage
from tablet_loans.domain.school import SchoolStanding
from tablet_loans.text import tr, trn
from ui import words
from ui.widgets.bars import THICK, StackedLine, paint_share, percent
from ui.widgets.school_panel import need_parts


class _Bar(QWidget):
    """A thin bar alone; its card says the numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(120, THICK + 4)

    def show_share(self, count: int, whole: int) -> None:
        """Show how many of how many."""
        self._share = count, whole
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_share(painter, QRect(0, 0, self.width(), self.height()), *self._share)
        painter.end()


class SchoolSummary(QWidget):
    """Three cards of figures, the needs as one bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.answered, self.of, self._bar = _big(), _soft(), _Bar()
        self.needs, self.recalled, self.where = StackedLine(tr("Needs by kind")), _big(), _soft()
        self._needs_card = _card(tr("Needs by kind"), self.needs)
        self._answers_card = _card(tr("Answers"), self.answered, self._bar, self.of)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addWidget(self._answers_card, 3)
        layout.addWidget(self._needs_card, 7)
        layout.addWidget(_card(tr("To recall"), self.recalled, self.where), 3)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_needs(self, coverages: Sequence[Coverage]) -> None:
        """Show what all schools answered; without a campaign nobody did."""
        self.needs.show_parts(need_parts(coverages))
        for card in (self._needs_card, self._answers_card):
            card.setVisible(bool(coverages))

    def show_schools(self, standings: Sequence[SchoolStanding]) -> None:
        """Show the sums of all schools, whatever the list is narrowed to."""
        answered, pupils = sum(row.answered for row in standings), sum(row.pupils for row in standings)
        self.answered.setText(words.number(answered))
        self._bar.show_share(answered, pupils)
        said = trn("of {count} pupil", "of {count} pupils", pupils).format(count=words.number(pupils))
        self.of.setText(words.joined(said, percent(answered, pupils)))
        recalled, schools = sum(row.to_recall for row in standings), sum(row.to_recall > 0 for row in standings)
        self.recalled.setText(words.number(recalled))
        where = trn("tablets, in {count} school", "tablets, in {count} schools", schools)
        self.where.setText(where.format(count=words.number(schools)) if recalled else tr("No tablet is called back"))


def _big() -> QLabel:
    label = QLabel()
    label.setObjectName("title")
    return label


def _soft() -> QLabel:
    label = QLabel()
    label.setObjectName("notes")
    return label


def _card(title: str, *widgets: QWidget) -> QFrame:
    card, name = QFrame(), QLabel(title)
    card.setObjectName("card")
    card.setAccessibleName(title)
    name.setObjectName("soft")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(16, 10, 16, 10)
    layout.setSpacing(3)
    layout.addWidget(name)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return card
