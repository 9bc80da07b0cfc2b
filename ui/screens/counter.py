"""The counter: a technician lends and takes back with a scanner, and never reaches for the mouse."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout

from tablet_loans.domain.barcode import CodeKind, Command, Fault, command_in, readings
from tablet_loans.domain.errors import NothingToUndo, TabletLoansError, Trouble
from tablet_loans.domain.pupil import PupilRow
from tablet_loans.domain.school import SchoolRow
from tablet_loans.domain.trouble import NoPrinter
from tablet_loans.services import serving
from tablet_loans.services.desk import ACTS, IDLE, Desk, Did, Mode, Noted, Outcome
from tablet_loans.services.session import Topic
from tablet_loans.text import tr
from ui.counter_offers import CounterOffers
from ui.counter_papers import CounterPapers
from ui.counter_words import SOUNDS, asked_here, invitation
from ui.desk_choosing import DeskChoosing
from ui.noting import Noting
from ui.seeking import Seeking
from ui.seldom import Seldom
from ui.turns import Asked, Step, Turns
from ui.widgets.banner import Banner
from ui.widgets.choices import Choices
from ui.widgets.desk_head import DeskHead
from ui.widgets.happening import Happening
from ui.widgets.number_keys import CONFIRM, About, together
from ui.widgets.operations import LOW, Operations
from ui.widgets.outcome_words import Voice, said
from ui.widgets.scan_field import ScanField, is_written
from ui.widgets.screen import Screen
from ui.widgets.suggestions import Found, Suggestions

_MODES: Final = {Command.LEND: Mode.LEND, Command.RETURN: Mode.RETURN}


class Counter(Screen):
    """One field, one card, one list: a pupil then a tablet lends, in either order; a tablet alone returns."""

    topics: ClassVar = frozenset({Topic.CAMPAIGNS})

    def _build(self) -> None:
        self._pending = IDLE
        self._shown: Outcome | None = None
        self._is_fault_told = False
        self.turns, self.noting = Turns(self._jobs, self), Noting(self._session, self._remember, self)
        self.papers = CounterPapers(self._session, self._jobs, self)
        self.offers = CounterOffers(self._session, self._jobs, self)
        self.head, self.field, self.banner = DeskHead(), ScanField(), Banner()
        self.chosen = DeskChoosing(self._session, self._jobs, self.head, self)
        self.happening, self.choices, self.operations = Happening(), Choices(), Operations(self._voice())
        self._beside = QHBoxLayout()
        self._beside.addWidget(self.happening, 1)
        self._beside.addWidget(self.choices)
        self._column = QVBoxLayout(self)
        for widget in (self.head, self.field, self.banner):
            self._column.addWidget(widget)
        self._column.addLayout(self._beside)
        self._column.addWidget(self.operations, 1)
        self.suggestions = Suggestions(self)
        self.seeking = Seeking(self._session, self._jobs, self.field, self.suggestions, self.chosen)
        self.seldom = Seldom(self.head.menu, self.papers, self.chosen, self.operations)
        self._show_desk()

    def _connect(self) -> None:
        self._connect_field()
        self.turns.answered.connect(self._on_answered)
        self.turns.refused.connect(self.banner.say)
        self.turns.broken.connect(self._on_broken)
        self.turns.held.connect(self._on_held)
        self.turns.settled.connect(self._on_settled)
        self.papers.ended.connect(self._on_settled)
        self.offers.told.connect(self._on_offer)
        self.noting.changed.connect(self._show_keys)
        self.noting.whispered.connect(self.field.whisper)
        self.noting.unnamed.connect(self.field.clear)
        self.choices.pressed.connect(self._on_figure)
        self.operations.undo_asked.connect(self._on_undo)
        self.operations.list.typed.connect(self._type_on)
        self.banner.closed.connect(self._on_banner_closed)
        self.papers.failed.connect(self._on_paper_failed)
        self.papers.unprinted.connect(self.operations.show_unprinted)
        self.operations.print_asked.connect(self.papers.print_again)
        self.seldom.lock_asked.connect(self.lock_asked)
        self.papers.said.connect(self.field.whisper)
        self._connect_head()
        undo = QShortcut(QKeySequence.StandardKey.Undo, self)
        undo.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.activated.connect(self._on_undo)

    def _connect_field(self) -> None:
        self.field.submitted.connect(self._on_submitted)
        self.field.undo_asked.connect(self._on_undo)
        self.field.escaped.connect(self._on_escape)
        self.field.moved.connect(self.suggestions.move_choice)
        self.field.figured.connect(self._on_figure)
        self.field.textEdited.connect(self._on_typed)
        self.seeking.changed.connect(self._show_keys)
        self.suggestions.chosen.connect(self._on_chosen)

    def _connect_head(self) -> None:
        self.head.mode_asked.connect(self._on_mode)
        self.chosen.changed.connect(self._show_desk)
        self.chosen.decided.connect(self._on_decided)
        self.chosen.unread.connect(self._on_unread)
        self.chosen.moved.connect(self._on_campaign_over)
        for key, act in (
            ("F2", partial(self._on_mode, Mode.LEND)),
            ("F3", partial(self._on_mode, Mode.RETURN)),
            ("F4", self.seeking.widen),
            ("F6", self.chosen.ask),
            ("F7", self.chosen.toggle_prints),
            ("Shift+F7", self.chosen.toggle_receipts),
            ("F8", self.chosen.toggle_discreet),
            ("F9", self.chosen.toggle_sound),
            ("F10", self.head.open_menu),
            ("F12", self._on_promise),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(act)

    def refresh(self) -> None:
        """Read which campaigns are open, and the schools chosen."""
        self.papers.memory = self.memory
        self.chosen.read(self.memory)

    def take_focus(self) -> None:
        """Put the focus in the field."""
        self.field.setFocus()

    def take_scan(self, raw: str) -> None:
        """Answer what a scanner typed, in its turn; what a person typed stays in the field."""
        self.field.settle()
        self.seeking.leave()
        self.turns.take(Asked(partial(self._reading, raw, self.chosen.desk.schools, is_scanned=True), raw.strip()))

    def take_double(self, raw: str) -> None:
        """Say that a code read twice was ignored."""
        del raw
        self.field.whisper(tr("Read twice, ignored"))

    def is_quiet(self) -> bool:
        """Say whether everything that was scanned has been answered."""
        return self.turns.is_quiet()

    def unanswered(self) -> int:
        """Return how many scans and undoings have no answer yet, or met trouble, and agreements no paper."""
        return self.turns.unanswered() + self.papers.unfinished()

    def is_held(self) -> bool:
        """Say whether an act, or an agreement, met trouble and waits until it is tried again or left aside."""
        return self.turns.is_held() or bool(self.papers.unfinished() and self.papers.is_quiet())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.seeking.leave()
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isVisible() and self.isActiveWindow():
            self.take_focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What no other widget wants goes into the field, wherever the focus is."""
        if event.key() == Qt.Key.Key_Escape or is_written(event):
            self._type_on(event)
        else:
            super().keyPressEvent(event)

    def _type_on(self, event: QKeyEvent) -> None:
        self.take_focus()
        QApplication.sendEvent(self.field, event)

    def _fit(self) -> None:
        """Use the room there is: a hall's big screen, a small laptop, one at 200 %."""
        is_low, is_roomy = self.height() < LOW, self.height() >= 860 and self.width() >= 1300
        around, card = (6, 118) if is_low else (28, 264) if is_roomy else (18, 186)
        self._column.setContentsMargins(
            around + 6 if not is_low else 8, around, around + 6 if not is_low else 8, around
        )
        self._column.setSpacing(6 if is_low else 14)
        self._beside.setSpacing(8 if is_low else 14)
        self.happening.setFixedHeight(card)
        self.choices.setFixedSize(500 if is_roomy else 356 if self.width() >= 860 else 282, card)
        self.field.show_size(is_low=is_low)
        self.head.fold(is_folded=self.width() < 860)
        self.operations.fit(self.width(), self.height())

    def _on_settled(self) -> None:
        """Tell that nothing goes on by itself any more: no act, and no agreement on its way to the printer."""
        if self.papers.is_quiet() and (self.turns.is_quiet() or self.turns.is_held()):
            self.settled.emit()

    def _on_submitted(self, text: str) -> None:
        chosen, typed = self.suggestions.current(), text.strip()
        self.seeking.leave()
        if self.noting.is_naming:
            if typed:
                self.turns.take(Asked(partial(self.noting.name, typed), typed))
        elif chosen is not None:
            self._on_chosen(chosen)
        elif typed:
            self.turns.take(Asked(partial(self._reading, text, self.seeking.among()), typed))

    def _on_chosen(self, found: Found) -> None:
        self.field.clear()
        self.seeking.leave()
        if isinstance(found, PupilRow):
            self.turns.take(Asked(partial(self._choosing, found), pupil=found))
        else:
            self.turns.take(Asked(partial(self._choosing_tablet, found.tag), found.tag))

    def _on_figure(self, figure: int) -> None:
        if not self.suggestions.takes_figures():
            self.turns.take(Asked(partial(self._saying, figure), str(figure)))
        elif (found := self.suggestions.at(figure)) is not None:
            self._on_chosen(found)

    def _on_undo(self, row: Outcome | None = None) -> None:
        self.turns.take(Asked(partial(self._undoing, row), tr("Undo the last one")))
        self.take_focus()

    def _on_escape(self) -> None:
        """Leave one thing at a time: a name that is awaited, what is typed, what waits."""
        if self.noting.is_naming:
            self.field.clear()
            self.noting.stop_naming()
        elif self.field.text() or self.suggestions.isVisible():
            self.field.clear()
            self.seeking.leave()
        else:
            self.turns.take(Asked(self._dropping))

    def _on_mode(self, mode: Mode) -> None:
        self.turns.take(Asked(partial(self._turning_to, mode)))
        self.take_focus()

    def _reading(self, text: str, among: tuple[str, ...], *, is_scanned: bool = False) -> Step | None:
        for reading in readings(text):
            if reading.kind is CodeKind.COMMAND and (command := command_in(reading.code)) is not None:
                return self._obeying(command, reading.code)
        desk = replace(self.chosen.desk, schools=among)
        return partial(serving.answer, self._session, text, self._pending, desk, is_scanned=is_scanned)

    def _obeying(self, command: Command, code: str) -> Step | None:
        if command in _MODES:
            self._turning_to(_MODES[command])
            return None
        if command is Command.UNDO:
            return self._undoing()
        if command in (Command.NEXT_PUPIL, Command.CANCEL):
            self._dropping()
            return None
        return self.noting.command(command, code)

    def _choosing(self, pupil: PupilRow) -> Step:
        return partial(serving.choose, self._session, pupil.id, self._pending, self.chosen.desk)

    def _choosing_tablet(self, tag: str) -> Step:
        return partial(serving.choose_tablet, self._session, tag, self._pending, self.chosen.desk)

    def _saying(self, figure: int) -> Step | None:
        if figure == CONFIRM and self.noting.keys.means(CONFIRM):
            return partial(serving.confirm, self._session, self._pending, self.chosen.desk)
        return self.noting.figure(figure)

    def _undoing(self, row: Outcome | None = None) -> Step | None:
        act = self.operations.last_act() if row is None else self.operations.now(row)
        if act is None:
            self.banner.say(NothingToUndo())
            return None
        return partial(serving.undo, self._session, act, self._pending)

    def _dropping(self) -> None:
        self._pending, self._shown = IDLE, None
        self.seeking.narrow()
        self._show_card()
        self.noting.show(None, self.chosen.desk)

    def _turning_to(self, mode: Mode) -> None:
        self.chosen.turn_to(mode)
        self._dropping()

    def _remember(self, noted: Noted) -> None:
        self._pending = replace(self._pending, noted=together(self._pending.noted, noted))

    def _on_answered(self, outcome: Outcome) -> None:
        self.banner.fall_silent(is_over=False)
        if outcome.did is Did.NOTED:
            told = self._shown.notices if self._shown else ()
            self._shown = replace(self.operations.note(outcome), notices=told)
            self.noting.after(self._shown)
        else:
            self._pending, self._shown = outcome.pending, outcome
            self._list(outcome)
            self.noting.show(outcome, self.chosen.desk)
            self.offers.look(outcome, self.chosen.desk)
        self._show_card()
        if self.sounds is not None and self.chosen.sitting.is_heard:
            self.sounds.play(SOUNDS[outcome.did])
        self.papers.follow(outcome, self.chosen.sitting)
        if outcome.fault is not Fault.NONE and not self._is_fault_told:
            self._tell_fault()

    def _on_offer(self, shown: Outcome, outcome: Outcome) -> None:
        """Tell for whom the tablet would be, or what its loan leaves, as long as the card speaks of it."""
        if self._shown is shown:
            self._shown = outcome
            self._show_card()

    def _on_promise(self) -> None:
        self.turns.take(Asked(self._promising, self._shown.code if self._shown else ""))

    def _promising(self) -> Step | None:
        return None if self.chosen.sitting.is_discreet else self.offers.promising(self._shown)

    def _list(self, outcome: Outcome) -> None:
        if outcome.did is Did.FOUND_SEVERAL:
            self.seeking.show_several(outcome)
        elif outcome.did is Did.UNDID:
            self.operations.mark_undone(outcome)
        elif outcome.did in ACTS or outcome.did is Did.REFUSED:
            self.operations.add(outcome)
            self.seeking.narrow()

    def _tell_fault(self) -> None:
        self._is_fault_told = True
        told = tr("The scanner and this computer have different keyboard layouts; the codes are put right.")
        self.banner.tell(told, self.seldom.test_scanner, tr("Scanner test page"))

    def _on_broken(self, asked: Asked) -> None:
        at_fault = Outcome(Did.REFUSED, self._session.now(), self._pending, asked.code, asked.pupil)
        self._on_answered(at_fault)

    def _on_held(self, trouble: Trouble, is_done_again: bool) -> None:
        self.banner.say(trouble, self._on_again, "" if is_done_again else tr("Go on"))

    def _on_again(self) -> None:
        """Try again whatever met trouble, the reading and the act that is held, and go on."""
        if self.chosen.is_unread:
            self.refresh()
        self.turns.try_again()
        self.take_focus()

    def _on_banner_closed(self) -> None:
        """Leave aside the act that met trouble, and go on with the others."""
        if self.turns.is_held():
            self.turns.leave_aside()
        self.take_focus()

    def _on_campaign_over(self, before: str, now: str) -> None:
        told = tr("The campaign “{before}” is no longer open: lending goes on in “{now}” (F6 to choose).")
        self.banner.tell(told.format(before=before, now=now))

    def _on_unread(self, error: TabletLoansError) -> None:
        """Say it, unless an act is held: its words stay, and trying again does both."""
        if not self.turns.is_held():
            self.banner.say(error, self._on_again)

    def _on_paper_failed(self, error: TabletLoansError, again: Callable[[], object] | None) -> None:
        if not self.turns.is_held():
            self.banner.say(error, again, tr("Choose a printer") if isinstance(error, NoPrinter) else "")

    def _voice(self) -> Voice:
        return Voice(self.chosen.desk, self.chosen.sitting.is_discreet)

    def _on_typed(self, _text: str) -> None:
        if not self.noting.is_naming:
            self.seeking.type_on()

    def _on_decided(self, desk: Desk, schools: list[SchoolRow]) -> None:
        self.turns.take(Asked(partial(self.chosen.take, desk, schools)))

    def _show_desk(self) -> None:
        """Show what is chosen; what is written already is written again where the voice has changed."""
        self.seeking.leave()
        self.field.show_mode(is_return=self.chosen.desk.mode is Mode.RETURN)
        self.operations.speak(self._voice())
        self._show_card()
        self._show_keys()

    def _show_card(self) -> None:
        invited = invitation(self.chosen.desk, has_campaign=self.chosen.has_campaign)
        self.happening.say(invited if self._shown is None else said(self._shown, self._voice()))

    def _show_keys(self) -> None:
        """Show what the figures say, and have the field hear them."""
        is_named, is_discreet = self.noting.is_naming, self.chosen.sitting.is_discreet
        self.choices.show_keys(self.noting.keys, is_discreet=is_discreet, is_named=is_named)
        is_spoken = self.noting.keys.about is not About.NOTHING or self.suggestions.takes_figures()
        self.field.takes_figures = is_spoken and not is_named
        self.field.show_task(*asked_here(self.chosen.desk.mode, is_named=is_named))
