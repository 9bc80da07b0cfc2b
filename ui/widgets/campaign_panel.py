"""One campaign: whether it can lend, what is still out, what belongs to it, and all that was decided."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from tablet_loans.domain.campaign import STATUS_WORDS, SchoolOut
from tablet_loans.domain.chronicle import CampaignAct
from tablet_loans.domain.readiness import Readiness
from tablet_loans.services.campaigning import CampaignView
from tablet_loans.text import tr
from ui import icons, words
from ui.widgets.campaign_facts import CampaignFacts
from ui.widgets.campaign_out import CampaignOut
from ui.widgets.campaign_readiness import CampaignReadiness
from ui.widgets.campaign_words import STATUS_TONES, dates_said, days_said, needs_said, schools_said
from ui.widgets.chip import Chip
from ui.widgets.facts import Fact, Facts
from ui.widgets.record_parts import Section, label, told_line

_TWO_COLUMNS: Final = 860
_TOLD: Final = 30
_LEAST: Final = 300


class CampaignPanel(QFrame):
    """The chosen campaign; `closed` when one goes back to the list."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setMinimumWidth(_LEAST)
        self.setAccessibleName(tr("The campaign"))
        self.name, self._chip, self._when = label("", "title"), Chip(), label("", "soft")
        self._figures = Facts(is_line=True)
        self._read_at = 0
        self._laid = QTimer(self, interval=0, singleShot=True)  # once what is shown has its place
        self._laid.timeout.connect(self._stay)
        self.readiness, self.out, self.facts = CampaignReadiness(), CampaignOut(), CampaignFacts()
        self.history = Section(tr("History"))
        self.close_ = QPushButton(icons.icon("x"), "")
        self.close_.setObjectName("quiet")
        self.close_.setAccessibleName(tr("Close the campaign's panel"))
        self.close_.setToolTip(tr("Back to the list (Esc)"))
        self.close_.clicked.connect(self.closed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 16, 0, 8)
        layout.setSpacing(10)
        layout.addLayout(self._head())
        layout.addWidget(self._told(), 1)

    def _head(self) -> QVBoxLayout:
        first, head = QHBoxLayout(), QVBoxLayout()
        first.setSpacing(12)
        first.addWidget(self.name, 1)
        first.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignTop)
        first.addWidget(self.close_, 0, Qt.AlignmentFlag.AlignTop)
        self.close_.hide()
        head.setContentsMargins(20, 0, 16, 0)
        head.setSpacing(6)
        head.addLayout(first)
        head.addWidget(self._when)
        head.addWidget(self._figures)
        return head

    def _told(self) -> QScrollArea:
        inside = QWidget()
        inside.setObjectName("plain")
        first, second = QVBoxLayout(), QVBoxLayout()
        for column, widgets in ((first, (self.readiness, self.out)), (second, (self.facts, self.history))):
            column.setSpacing(8)
            for widget in widgets:
                column.addWidget(widget)
            column.addStretch(1)
        self._columns = QBoxLayout(QBoxLayout.Direction.TopToBottom, inside)
        self._columns.setContentsMargins(20, 6, 16, 0)
        self._columns.setSpacing(28)
        self._columns.addLayout(first, 5)
        self._columns.addLayout(second, 4)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName(tr("The campaign"))
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        self._scroll.setMinimumHeight(40)
        self._scroll.installEventFilter(self)
        return self._scroll

    def stand_alone(self, *, is_alone: bool) -> None:
        """Offer the way back to the list where the panel stands in its place."""
        self.close_.setVisible(is_alone)

    def take_focus(self) -> None:
        """Put the focus on the first thing to see to, else where the campaign is read with the arrows."""
        (self.readiness.acts[0] if self.readiness.acts else self._scroll).setFocus()

    def show_view(self, view: CampaignView, *, is_other: bool) -> None:
        """Show a campaign; what is told of another one is put away until it is read."""
        self.name.setText(view.name)
        self._chip.say(tr(STATUS_WORDS[view.status]), STATUS_TONES[view.status])
        self._when.setText(words.joined(days_said(view), needs_said(view)))
        confirm = words.number(view.needs_to_confirm) if view.needs_to_confirm else ""
        self._figures.show_facts(
            [
                Fact(tr("Schools"), words.number(len(view.schools)) if view.schools else tr("all schools")),
                Fact(tr("Answers"), words.number(view.needs)),
                Fact(tr("To confirm"), confirm),
                Fact(tr("Lent now"), words.number(view.open_loans)),
                Fact(tr("Lent in all"), words.number(view.loans)),
            ]
        )
        self.facts.show_view(view)
        self.setAccessibleDescription(words.joined(view.name, dates_said(view), schools_said(view)))
        if is_other:
            self.readiness.wait()
            self.out.show_out(())
            self.history.show_lines(())
            self._scroll.verticalScrollBar().setValue(0)

    def show_readiness(self, found: Readiness) -> None:
        """Show what stands in the way; what is read stays in sight."""
        self._staying(partial(self.readiness.show_readiness, found))

    def show_examined(self, found: Readiness, at: datetime) -> None:
        """Show what was found by looking closer; what is read stays in sight."""
        self._staying(partial(self.readiness.show_examined, found, at))

    def _staying(self, show: Callable[[], object]) -> None:
        """Show something without scrolling away from what is read."""
        self._read_at = self._scroll.verticalScrollBar().value()
        show()
        self._laid.start()

    def _stay(self) -> None:
        self._scroll.verticalScrollBar().setValue(self._read_at)

    def show_story(self, out: Sequence[SchoolOut], acts: Sequence[CampaignAct]) -> None:
        """Show what is still out, and the last acts, the newest first."""
        self.out.show_out(out)
        lines = [_told(act) for act in acts[:_TOLD]]
        if len(acts) > _TOLD:
            more = tr("{count} older ones").format(count=words.number(len(acts) - _TOLD))
            lines.append(label(more, "notes"))
        self.history.show_lines(lines)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= _TWO_COLUMNS
        way = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        if self._columns.direction() != way:
            self._columns.setDirection(way)
            self._columns.setSpacing(28 if is_wide else 8)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back with Esc, on whichever button the focus is."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return True
        return super().eventFilter(watched, event)


def _told(act: CampaignAct) -> QWidget:
    by = words.joined(words.day_and_time(act.when), act.who, act.pupil)
    return told_line(act.words, f"{by}\n{act.note}" if act.note else by, tr("undone") if act.is_undone else "")
