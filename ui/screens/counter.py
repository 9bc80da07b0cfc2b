"""The counter: a technician lends and takes back with a scanner, and never leaves the one field."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from tablet_loans.domain.errors import NothingToUndo, Refusal, TabletLoansError, Trouble
from tablet_loans.domain.pupil import PupilRow
from tablet_loans.domain.trouble import AnswerLost, ProgramFault
from tablet_loans.services import serving
from tablet_loans.services.serving import Did, OpenCampaign, Outcome, Pending
from tablet_loans.services.session import Topic
from tablet_loans.text import tr, trn
from ui import words
from ui.jobs import Lane
from ui.widgets.banner import Banner
from ui.widgets.choice import Choice
from ui.widgets.happening import Happening, Said
from ui.widgets.operations import Operations
from ui.widgets.scan_field import ScanField
from ui.widgets.screen import Screen
from ui.widgets.suggestions import Suggestions

_TYPING_PAUSE_MS = 120
Step = Callable[[], Outcome]


@dataclass(frozen=True, eq=False, slots=True)
class _Asked:
    """What the counter is asked to do in its turn: the step it then makes, and what names it in the list."""

    step: Callable[[], Step | None]
    code: str = ""
    pupil: PupilRow | None = None


class Counter(Screen):
    """One field: a pupil then a tablet lends, in either order; a lent tablet alone returns."""

    topics: ClassVar = frozenset({Topic.CAMPAIGNS})

    def _build(self) -> None:
        self._pending = Pending()
        self._campaign: OpenCampaign | None = None
        self._campaigns: list[OpenCampaign] | None = None
        self._asked: deque[_Asked] = deque()
        self._doing: _Asked | None = None
        self._held: _Asked | None = None
        self._is_held = self._is_unread = False
        self._typing = QTimer(self, interval=_TYPING_PAUSE_MS, singleShot=True)
        self.field = ScanField()
        self.field.setPlaceholderText(tr("Scan a pupil or a tablet, or type a name"))
        self.field.setAccessibleName(tr("Pupil or tablet"))
        self.banner = Banner()
        self.happening, self.operations = Happening(), Operations()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 18)
        layout.setSpacing(14)
        layout.addLayout(self._head())
        layout.addWidget(self.field)
        layout.addWidget(self.banner)
        layout.addWidget(self.happening)
        layout.addWidget(self.operations, 1)
        self.suggestions = Suggestions(self)
        self._show_counts()
        self._invite()

    def _head(self) -> QHBoxLayout:
        title = QLabel(tr("Counter"))
        title.setObjectName("title")
        self._campaign_pill, self._due_pill, self._counts = QLabel(), QLabel(), QLabel()
        self._campaign_choice = Choice()
        self._campaign_choice.setAccessibleName(tr("Campaign"))
        self._campaign_choice.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for pill in (self._campaign_pill, self._due_pill):
            pill.setObjectName("pill")
        self._counts.setObjectName("counts")
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(title)
        row.addSpacing(16)
        for widget in (self._campaign_pill, self._campaign_choice, self._due_pill):
            widget.hide()
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._counts)
        return row

    def _connect(self) -> None:
        self.field.submitted.connect(self._on_submitted)
        self.field.undo_asked.connect(self._on_undo)
        self.field.escaped.connect(self._on_escape)
        self.field.moved.connect(self.suggestions.move_choice)
        self.field.textEdited.connect(self._on_typed)
        self._typing.timeout.connect(self._on_pause)
        self.suggestions.chosen.connect(self._on_chosen)
        self.operations.undo_asked.connect(self._on_undo)
        self._campaign_choice.activated.connect(self._on_campaign_chosen)
        self.banner.closed.connect(self._on_banner_closed)
        undo = QShortcut(QKeySequence.StandardKey.Undo, self)
        undo.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.activated.connect(self._on_undo)

    def refresh(self) -> None:
        """Read which campaigns are open."""
        self._is_unread = False
        self._jobs.run(
            partial(serving.opened, self._session),
            done=self._show_campaigns,
            refused=self._on_reading_failed,
            failed=self._on_reading_failed,
            lane=Lane.BACKGROUND,
        )

    def take_focus(self) -> None:
        """Put the focus in the field."""
        self.field.setFocus()

    def is_quiet(self) -> bool:
        """Say whether everything that was scanned has been answered."""
        return self._doing is None and self._held is None and not self._asked

    def unanswered(self) -> int:
        """Return how many scans and undoings have no answer yet, or met trouble."""
        return sum(1 for asked in (self._doing, self._held, *self._asked) if asked and (asked.code or asked.pupil))

    def is_held(self) -> bool:
        """Say whether an act met trouble: those after it wait until it is tried again or left aside."""
        return self._is_held

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.suggestions.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isVisible() and self.isActiveWindow():
            self.take_focus()

    def _on_submitted(self, text: str) -> None:
        self._typing.stop()
        chosen = self.suggestions.current()
        self.suggestions.hide()
        if chosen is not None:
            self._on_chosen(chosen)
        elif text.strip():
            self._then(_Asked(partial(self._answering, text), text.strip()))

    def _on_chosen(self, pupil: PupilRow) -> None:
        self.field.clear()
        self.suggestions.hide()
        self._then(_Asked(partial(self._choosing, pupil), pupil=pupil))

    def _on_undo(self) -> None:
        self._then(_Asked(self._undoing, tr("Undo the last one")))
        self.take_focus()

    def _answering(self, text: str) -> Step:
        return partial(serving.answer, self._session, text, self._pending, self._campaign_name())

    def _choosing(self, pupil: PupilRow) -> Step:
        return partial(serving.choose, self._session, pupil.id, self._pending, self._campaign_name())

    def _undoing(self) -> Step | None:
        if (act := self.operations.last_act()) is None:
            self.banner.say(NothingToUndo())
            return None
        return partial(serving.undo, self._session, act)

    def _on_escape(self) -> None:
        self._typing.stop()
        self.suggestions.hide()
        self._then(_Asked(self._dropping))

    def _dropping(self) -> Step | None:
        if self._pending != Pending():
            self._pending = Pending()
            self._invite()
        return None

    def _then(self, asked: _Asked) -> None:
        """Do this after all that was asked before, knowing what that left; a scan is never lost."""
        self._asked.append(asked)
        self._go_on()

    def _go_on(self) -> None:
        while self._asked and self._doing is None and not self._is_held:
            asked = self._asked.popleft()
            if (call := asked.step()) is not None:
                self._doing = asked
                self._jobs.run(call, done=self._on_answered, refused=self._on_refused, failed=self._on_trouble)
        if self._doing is None:
            self.settled.emit()

    def _on_answered(self, outcome: Outcome) -> None:
        self._doing, self._pending = None, outcome.pending
        try:
            self._show_outcome(outcome)
        finally:
            self._go_on()

    def _show_outcome(self, outcome: Outcome) -> None:
        self.banner.fall_silent()
        self.happening.show_outcome(outcome)
        if outcome.did is Did.FOUND_SEVERAL:
            self.suggestions.suggest(list(outcome.candidates), self.field)
        elif outcome.did is Did.UNDID:
            self.operations.mark_undone(outcome)
        elif outcome.did in (Did.LENT, Did.RETURNED, Did.REFUSED):
            self.operations.add(outcome)
        self._show_counts()

    def _on_refused(self, refusal: Refusal) -> None:
        self._doing = None
        self.banner.say(refusal)
        self._go_on()

    def _on_trouble(self, trouble: Trouble) -> None:
        """Hold what was scanned; what a bug stopped, or what may already be written, is not done again."""
        asked, self._doing = self._doing, None
        if isinstance(trouble, ProgramFault) and asked is not None:
            at_fault = Outcome(Did.REFUSED, self._session.now(), self._pending, asked.code, asked.pupil)
            self._on_answered(at_fault)
            return
        self._is_held = True
        if isinstance(trouble, AnswerLost):
            self.banner.say(trouble, self._on_again, tr("Go on"))
        else:
            self._held = asked
            self.banner.say(trouble, self._on_again)
        self.settled.emit()

    def _on_again(self) -> None:
        """Try again whatever met trouble, the reading and the act that is held, and go on."""
        if self._held is not None:
            self._asked.appendleft(self._held)
        self._held, self._is_held = None, False
        if self._is_unread:
            self.refresh()
        self._go_on()
        self.take_focus()

    def _on_banner_closed(self) -> None:
        """Leave aside the act that met trouble, and go on with the others."""
        if self._is_held:
            self._held = None
            self._on_again()
        self.take_focus()

    def _on_typed(self, _text: str) -> None:
        self.suggestions.hide()
        self._typing.start()

    def _on_pause(self) -> None:
        typed = self.field.text().strip()
        if len(typed) > 1 and any(mark.isalpha() for mark in typed):
            self._jobs.run(
                partial(serving.suggested, self._session, typed),
                done=partial(self._on_suggested, typed),
                lane=Lane.BACKGROUND,
            )

    def _on_suggested(self, typed: str, rows: list[PupilRow]) -> None:
        if self.field.text().strip() == typed:
            self.suggestions.suggest(rows, self.field)

    def _on_reading_failed(self, error: TabletLoansError) -> None:
        """Say it, unless an act is held: its words stay, and trying again does both."""
        self._is_unread = True
        if not self._is_held:
            self.banner.say(error, self._on_again)

    def _campaign_name(self) -> str | None:
        return self._campaign.name if self._campaign else None

    def _show_campaigns(self, campaigns: list[OpenCampaign]) -> None:
        """Show the open campaign; where there are several, the one chosen before, and a choice."""
        self._campaigns = campaigns
        kept = next((each for each in campaigns if self._campaign and each.name == self._campaign.name), None)
        self._campaign = kept or next(iter(campaigns), None)
        self._campaign_choice.clear()
        self._campaign_choice.addItems([each.name for each in campaigns])
        self._campaign_choice.setVisible(len(campaigns) > 1)
        self._campaign_pill.setVisible(len(campaigns) == 1)
        self._show_campaign()
        if self._pending == Pending() and not self.operations.rows.rows:
            self._invite()

    def _on_campaign_chosen(self, place: int) -> None:
        self._campaign = (self._campaigns or [])[place]
        self._show_campaign()
        self.take_focus()

    def _show_campaign(self) -> None:
        self._due_pill.setVisible(self._campaign is not None)
        if self._campaign is not None:
            self._campaign_choice.setCurrentText(self._campaign.name)
            self._campaign_pill.setText(self._campaign.name)
            self._due_pill.setText(tr("Due back on {date}").format(date=words.long_date(self._campaign.due_on)))

    def _invite(self) -> None:
        """Say what is asked now."""
        if self._campaign is not None or self._campaigns is None:
            step = tr("A lent tablet scanned alone is returned.")
            self.happening.say(Said(tr("Next"), tr("Scan a pupil, then a tablet"), step))
        else:
            step = tr("Tablets can be returned. To lend: tablet-loans campaign create NAME --due DATE")
            self.happening.say(Said(tr("Returns only"), tr("No campaign is open"), step))

    def _show_counts(self) -> None:
        counts = self.operations.counts()
        parts = (
            (trn("{count} lent", "{count} lent", counts[Did.LENT]), Did.LENT),
            (trn("{count} returned", "{count} returned", counts[Did.RETURNED]), Did.RETURNED),
            (trn("{count} refused", "{count} refused", counts[Did.REFUSED]), Did.REFUSED),
        )
        self._counts.setText("  ·  ".join(said.format(count=words.number(counts[did])) for said, did in parts))
