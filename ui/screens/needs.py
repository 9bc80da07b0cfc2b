"""Needs, class by class: whoever holds the school's list answers with one key a pupil, and each key is kept at once."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QStackedLayout, QVBoxLayout

from tablet_loans.domain.answer_code import AnswerMark
from tablet_loans.domain.campaign import CampaignStatus
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.need import Answer, Equipment, NeedFilter, NeedRow, Source, Told
from tablet_loans.domain.paging import Place
from tablet_loans.domain.pasted import PastedLine, understood
from tablet_loans.domain.pupil import PupilRow
from tablet_loans.services import asking, campaigning, serving
from tablet_loans.services.campaigning import CampaignView
from tablet_loans.services.session import Topic
from tablet_loans.text import tr, trn
from ui import words
from ui.answer_queue import AnswerQueue, Stage
from ui.columns import as_tsv
from ui.dialogs.paste_answers import PasteAnswers
from ui.jobs import Lane
from ui.need_scans import NeedScans
from ui.sounds import Sound
from ui.widgets.banner import Banner
from ui.widgets.empty import Empty
from ui.widgets.needs_grid import COLUMNS, Line, NeedsGrid, NeedsModel
from ui.widgets.needs_head import NeedsHead
from ui.widgets.screen import Screen

_MOST: Final = 10_000
_SCHOOLS: Final = 50
_QUIET_MS: Final = 600
_ASKING: Final = frozenset({CampaignStatus.DRAFT.value, CampaignStatus.OPEN.value})
_NOBODY: Final = 0
_LOW: Final = 420


class Needs(Screen):
    """The class list of one school; what is keyed shows at once and is marked until the base has it."""

    topics: ClassVar = frozenset({Topic.NEEDS, Topic.PUPILS, Topic.CAMPAIGNS})

    def _build(self) -> None:
        self._rows: list[NeedRow] = []
        self._shown: list[int] = []
        self._asked = 0
        self._scanned: int | None = None
        self._sought: int | None = None
        self._is_recalled = self._goes_to_grid = False
        self._quiet = QTimer(self, interval=_QUIET_MS, singleShot=True)
        self.head, self.banner = NeedsHead(self._session.today(), self._session.actor.name), Banner()
        self.model = NeedsModel()
        self.model.setParent(self)
        self.grid, self._empty = NeedsGrid(self.model), Empty("checks")
        self._empty.setMinimumHeight(1)
        self.answering = AnswerQueue(self._session, self._jobs, self)
        self.scans = NeedScans(self._session, self._jobs, self._is_listed, self)
        card = QFrame()
        card.setObjectName("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(8, 6, 8, 8)
        self._pages = QStackedLayout(inside)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.grid)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 14)
        layout.setSpacing(12)
        layout.addWidget(self.head)
        layout.addWidget(self.banner)
        layout.addWidget(card, 1)
        self._keys = QLabel(
            tr("1 nothing · 2 phone · 3 shared · 4 own · C SIM · P priority · Enter next · Ctrl+Z undo · Ctrl+V paste")
        )
        self._keys.setObjectName("notes")
        layout.addWidget(self._keys)

    def _connect(self) -> None:
        self._quiet.timeout.connect(self._read)
        self.head.chosen.connect(self._on_chosen)
        self.head.picked.connect(self._on_picked)
        self.head.narrowed.connect(self._narrow)
        self.head.typed_school.connect(self._on_school_typed)
        self.head.paste.clicked.connect(self.paste)
        self.head.confirm_asked.connect(self.confirm)
        self.grid.answer_asked.connect(self._on_answer)
        self.grid.mark_asked.connect(self._on_mark)
        self.grid.paste_asked.connect(self.paste)
        self.grid.moved.connect(self._on_moved)
        self.grid.ended.connect(self._on_ended)
        self.scans.listed.connect(self._select)
        self.scans.elsewhere.connect(self._seek)
        self.scans.answered.connect(self._answer_scanned)
        self.scans.refused.connect(self._on_not_named)
        self.grid.copy_asked.connect(self._on_copy)
        self.answering.shown.connect(self._on_shown)
        self.answering.refused.connect(self._on_refused)
        self.answering.failed.connect(self._on_failed)
        self.answering.settled.connect(self.settled)
        undo = QShortcut(QKeySequence.StandardKey.Undo, self.grid, self.undo)
        undo.setContext(Qt.ShortcutContext.WidgetShortcut)
        for keys, act in (("F6", self.head.ask_school), ("Ctrl+Shift+F", self.head.toggle_narrow)):
            QShortcut(QKeySequence(keys), self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def refresh(self) -> None:
        """Read again the campaigns there are and the list; what is on its way stays as it is shown."""
        if not self._is_recalled:
            self._is_recalled = True
            self.head.recall(self.memory)
        self._look(partial(campaigning.listed, self._session), self._on_campaigns)

    def _look(self, call: Callable[[], object], done: Callable[..., object]) -> None:
        self._jobs.run(call, done=done, refused=self.banner.say, failed=self._on_unread, lane=Lane.READING)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_margins()
        self._keys.setVisible(self.height() >= _LOW)

    def take_focus(self) -> None:
        """Put the focus in the grid, or where the school is chosen until its rows come."""
        (self.grid if self._shown else self.head.school).setFocus()
        self._goes_to_grid = not self._shown

    def show_campaign(self, name: str) -> None:
        """Turn to a campaign; one that is not known yet is turned to once it is read."""
        self.head.show_campaign(name)
        self.read_again()

    def show_part(self, part: str) -> None:
        """List those alone whose answer is to be confirmed."""
        self.head.show_part(part)

    def unanswered(self) -> int:
        """Return how many answers are not in the base yet."""
        return self.answering.unanswered()

    def is_held(self) -> bool:
        """Say whether answers wait for the person to try again."""
        return self.answering.is_held()

    def take_scan(self, raw: str) -> None:
        """Take a pupil's card or an answer's code: the card selects the pupil, the code answers for her or him."""
        self.scans.take(raw)

    def undo(self) -> None:
        """Take back the mark set last where it waits for its answer, else the last answer given here; stand there."""
        if self.model.forget_marks():
            return
        pupils = self.answering.undo()
        places = [place for pupil_id in pupils if (place := self.model.place_of(pupil_id)) is not None]
        if not pupils:
            self.banner.tell(tr("There is nothing to undo here."))
        elif places:
            self.grid.go_to(min(places))
            self.banner.fall_silent(is_over=not self.answering.is_held())

    def paste(self) -> None:
        """Show what a list in the clipboard would answer, and record it if that is right."""
        text = QGuiApplication.clipboard().text()
        lines = understood(text, self._rows) if self._rows else []
        if not lines:
            self.banner.tell(tr("Copy names and answers in a spreadsheet first, then paste them here."))
            return
        dialog = PasteAnswers(lines, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.decided.connect(self._on_pasted)
        dialog.open()

    def _on_changed(self, topics: frozenset[Topic]) -> None:
        """Read again once the keys are quiet: an answer given here is shown already."""
        if topics & self.topics and self.isVisible():
            self._quiet.start()
        else:
            super()._on_changed(topics)

    def _on_campaigns(self, campaigns: list[CampaignView]) -> None:
        self.head.know_campaigns([each.name for each in campaigns if each.status in _ASKING])
        self._on_chosen()

    def _on_chosen(self) -> None:
        """Show the list of the campaign, school and class chosen, and remember them."""
        self.head.keep(self.memory)
        self._scanned = None
        if self.head.uai:
            self._look(partial(asking.classes, self._session, self.head.uai), self.head.know_classes)
        self._shown = []
        self._read()

    def _on_picked(self) -> None:
        """Go into the grid, once the rows of what was picked have come."""
        self._goes_to_grid = not self._shown
        if self._shown:
            self.grid.setFocus()

    def _read(self) -> None:
        self._asked += 1
        if not (self.head.campaign and self.head.uai):
            self._on_rows(self._asked, [])
            return
        chosen = NeedFilter(self.head.campaign, self.head.uai, self.head.class_name or None)
        self._look(partial(asking.block, self._session, chosen, Place(0, _MOST)), partial(self._on_rows, self._asked))

    def _on_rows(self, asked: int, rows: list[NeedRow]) -> None:
        if asked != self._asked:
            return
        is_waiting = self.answering.is_waiting
        self._rows = [self.model.row_of(row.pupil_id) or row if is_waiting(row.pupil_id) else row for row in rows]
        self._lay()
        if (sought := self._sought) is not None:
            self._sought = None
            self._select(sought)
            self.scans.go_on()

    def _narrow(self) -> None:
        """Choose anew who is listed: all, or those who have not answered yet."""
        self._shown = []
        self._lay()
        self.grid.setFocus()

    def _lay(self) -> None:
        """List the pupils; who answers while the list is narrowed stays in sight until it is narrowed anew."""
        kept = set(self._shown)
        listed = [row for row in self._rows if self.head.lets_through(row) or row.pupil_id in kept]
        self._shown = [row.pupil_id for row in listed]
        self.model.lay(listed, self.answering.is_waiting)
        self.grid.hide_columns({"Class"} if self.head.class_name else ())
        if listed:
            place = self.model.place_of(self.grid.at())
            self.grid.choose(place if place is not None else self.model.first_silent())
            if self._goes_to_grid:
                self._goes_to_grid = False
                self._pages.setCurrentWidget(self.grid)
                if not isinstance(self.focusWidget(), QLineEdit):
                    self.grid.setFocus()
        self._say()

    def _say(self) -> None:
        """Say how far the answers have come, and what to do where there is nobody."""
        self.head.count(self._rows)
        had_focus = self._empty.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self._pages.setCurrentWidget(self.grid if self._shown else self._empty)
        if not self.head.campaigns:
            self._empty.say(tr("No campaign asks"), tr("Create a campaign, or open one: needs are asked for it."))
        elif not self.head.uai:
            said = tr("No school chosen"), tr("Choose the school with F6: its class lists come up here.")
            self._empty.say(*said, tr("Choose the school…"), self.head.ask_school)
        elif not self._rows:
            self._empty.say(tr("No pupil on the roll here"), tr("Import the school's list, or choose another class."))
        elif not self._shown:
            self._empty.say(*self.head.said_of_nobody(), tr("Show all"), self.head.toggle_narrow)
        if had_focus and self._shown:
            self.grid.setFocus()

    def _on_answer(self, place: int, equipment: Equipment) -> None:
        """Answer for the pupil in that place, and go on to the next."""
        if (line := self.model.line_at(place)) is not None and self._give(line, line.answered(equipment)):
            self.grid.end_at(place)

    def _on_moved(self) -> None:
        """Take an answer scanned now for the pupil on whom one stands."""
        self._scanned = None

    def _on_ended(self, is_refused: bool) -> None:
        """Say that nobody is left; a key more would have answered for the last one again."""
        if not self.answering.is_held():
            self.banner.tell(tr("End of the list: move to a pupil to change an answer."))
        if is_refused:
            self._play(Sound.REFUSED)

    def _on_mark(self, place: int, mark: AnswerMark) -> None:
        """Set a mark or take it back; before there is an answer, it waits for it."""
        line = self.model.line_at(place)
        if line is None:
            return
        if (answer := line.marked(mark)) is None:
            self.model.put(place, replace(line, marks=line.marks ^ {mark}))
        else:
            self._give(line, answer)

    def _give(self, line: Line, answer: Answer) -> bool:
        """Record an answer; say what lacks before one can be."""
        if self.head.campaign is None or (told := self._told()) is None:
            return False
        if not self.answering.is_held():
            self.banner.fall_silent()
        self.answering.give(self.head.campaign, [line.row], [answer], told)
        return True

    def _told(self) -> Told | None:
        """Return when and by whom the families are asked; say what lacks where that is not known."""
        if (asked_on := self.head.asked_on()) is not None:
            return Told(asked_on, self.head.who(), Source.GRID)
        self.banner.tell(tr("Say first on which day they were asked: a day that is not to come."))
        self.head.day.setFocus()
        return None

    def confirm(self) -> None:
        """Let the answers listed stand that are to be confirmed, as told on the day above."""
        if self.head.campaign is not None and (told := self._told()):
            count = self.answering.confirm(self.head.campaign, self._rows, told)
            self._tell_given(trn("{count} answer confirmed", "{count} answers confirmed", count), count)

    def _on_pasted(self, lines: list[PastedLine]) -> None:
        given = [(line.pupil, line.answer) for line in lines if line.pupil is not None and line.answer is not None]
        if self.head.campaign is None or not given or not (told := self._told()):
            return
        self.answering.give(self.head.campaign, [row for row, _ in given], [answer for _, answer in given], told)
        self._tell_given(trn("{count} answer pasted", "{count} answers pasted", len(given)), len(given))

    def _tell_given(self, said: str, count: int) -> None:
        if count:
            self.banner.tell(said.format(count=words.number(count)), self.undo, tr("Undo"))

    def _on_shown(self, row: NeedRow, stage: Stage) -> None:
        self._rows = [row if each.pupil_id == row.pupil_id else each for each in self._rows]
        place = self.model.place_of(row.pupil_id)
        if place is not None:
            self.model.put(place, Line(row, stage))
        self.head.count(self._rows)

    def _on_refused(self, refusal: TabletLoansError) -> None:
        self._play(Sound.REFUSED)
        self.banner.say(refusal)

    def _on_failed(self, trouble: TabletLoansError) -> None:
        self._play(Sound.REFUSED)
        self.banner.say(trouble, self.answering.try_again)

    def _on_unread(self, trouble: TabletLoansError) -> None:
        self._sought = None
        self.scans.give_up()
        self.banner.say(trouble, self.refresh)

    def _is_listed(self, pupil_id: int) -> bool:
        return any(row.pupil_id == pupil_id for row in self._rows)

    def _select(self, pupil_id: int) -> None:
        """Stand on the pupil whose card was scanned."""
        if not self._is_listed(pupil_id):
            self._turn_down()
            return
        if pupil_id not in self._shown:
            self.head.toggle_narrow()
        place = self.model.place_of(pupil_id)
        self.banner.fall_silent(is_over=not self.answering.is_held())
        self.grid.go_to(place if place is not None else 0)
        self._scanned = pupil_id
        self._play(Sound.NOTICE)

    def _seek(self, row: PupilRow) -> None:
        """Turn to the class of a pupil of this school whose card was scanned; another school's is refused."""
        if row.school == self.head.uai and row.left_on is None and self.head.class_name not in ("", row.class_name):
            self._sought = row.id
            self.head.show_class(row.class_name)
        else:
            self._turn_down()

    def _turn_down(self) -> None:
        """Say that the pupil scanned is not of this list; what is scanned next answers for nobody."""
        self.scans.give_up()
        self._scanned = _NOBODY
        self._play(Sound.REFUSED)
        self.banner.tell(tr("This pupil is not in this list: choose the right school and class, then scan again."))

    def _answer_scanned(self, said: Answer | AnswerMark) -> None:
        """Answer for the pupil scanned, else for the one who is selected."""
        pupil_id = self._scanned if self._scanned is not None else self.grid.at()
        place = self.model.place_of(pupil_id)
        line = self.model.line_at(place) if place is not None else None
        if place is None or line is None:
            self._play(Sound.REFUSED)
            self.banner.tell(tr("Scan the pupil first, then the answer."))
        elif isinstance(said, Answer):
            if self._give(line, said):
                self._play(Sound.DONE)
        else:
            self._on_mark(place, said)
            self._play(Sound.DONE)

    def _on_not_named(self, error: TabletLoansError) -> None:
        self._scanned = _NOBODY
        self._on_refused(error)

    def _on_school_typed(self, text: str) -> None:
        call = partial(serving.schools_like, self._session, text, _SCHOOLS)
        self._jobs.run(call, done=self.head.offer_schools, lane=Lane.READING)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(as_tsv(COLUMNS, self.model.lines()))

    def _play(self, sound: Sound) -> None:
        if self.sounds is not None:
            self.sounds.play(sound)
