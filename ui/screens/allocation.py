"""The allocation: an administrator makes a plan, looks at it school by school, and reserves the tablets."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar, Final

from PySide6.QtCore import QModelIndex, QSettings, Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from tablet_loans.domain.allocation import PlanOutdated
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.plan import PlanHead as Plan
from tablet_loans.domain.plan import PlanId, PlanState, SchoolShare
from tablet_loans.services import consulting
from tablet_loans.services.consulting import CampaignName
from tablet_loans.services.previewing import PlanPreview
from tablet_loans.services.session import Receipt, Topic
from tablet_loans.text import tr
from ui import plan_reading
from ui.jobs import Lane
from ui.plan_dialogs import PlanDialogs
from ui.plan_files import PlanFiles
from ui.plan_reading import Seen, SeenSchool
from ui.plan_undo import PlanUndo
from ui.theme import Tone
from ui.widgets.beside import Beside
from ui.widgets.plan_figures import PlanFigures
from ui.widgets.plan_head import PlanHead
from ui.widgets.plan_history import PlanHistory
from ui.widgets.plan_list import PlanList
from ui.widgets.plan_panel import PlanPanel
from ui.widgets.plan_preview import PlanPreviewCard
from ui.widgets.plan_table import PlanModel
from ui.widgets.plan_tools import PlanTools
from ui.widgets.plan_words import made_told, overtaken_told, reserved_told
from ui.widgets.plan_work import PlanWork
from ui.widgets.screen import Screen

_ROOMY: Final = (760, 660)
_PANEL: Final = 400
_CAMPAIGN: Final = "allocation/campaign"
_LOW: Final = 480
_NOTHING: Final = Seen(None, (), (), ())


class Allocation(Screen):
    """A plan of a campaign: its figures, its schools, and beside them the pupils of the one selected."""

    topics: ClassVar = frozenset({Topic.PLANS, Topic.CAMPAIGNS, Topic.SCHOOLS})

    def _build(self) -> None:
        self._seen = _NOTHING
        self._asked = self._told = 0
        self._shown = ""
        self._sought: int | None = None
        self._plan: PlanId | None = None  # the one chosen, None for the last
        self._wants_focus = False
        self.head, self.figures, self.panel = PlanHead(), PlanFigures(), PlanPanel()
        self.model = PlanModel(self)
        self.work = PlanWork(self._session, self._jobs, self)
        self.files = PlanFiles(self.work, self)
        self.dialogs = PlanDialogs(self._session, self._jobs, self.work, self)
        self.undo = PlanUndo(self._session, self._jobs, self)
        self.banner = self.work.banner
        self.preview, self.history = PlanPreviewCard(), PlanHistory()
        self.list = PlanList(self.model, self.make)
        self.table, self.empty = self.list.table, self.list.empty
        self.beside = Beside(self.list, self.panel)
        self.tools = PlanTools()
        self.schools, self.pages = QWidget(), QStackedWidget()
        inside = QVBoxLayout(self.schools)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        inside.addWidget(self.figures)
        inside.addWidget(self.tools)
        inside.addWidget(self.beside, 1)
        for page in (self.schools, self.preview, self.history):
            self.pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 18)
        layout.setSpacing(12)
        for widget in (self.head, self.work.strip, self.banner):
            layout.addWidget(widget)
        layout.addWidget(self.pages, 1)

    def _connect(self) -> None:
        self.tools.narrowed.connect(self.model.narrow)
        self.tools.searched.connect(self.list.enter)
        self.model.modelReset.connect(self._on_arranged)
        self.table.selectionModel().currentRowChanged.connect(lambda current, _previous: self._on_current(current))
        self.table.opened.connect(self._on_opened)
        self.table.clicked.connect(lambda _place: self.beside.open_panel())
        self.table.left.connect(self._on_leave)
        self.beside.turned.connect(self._on_turned_over)
        self.panel.closed.connect(self._on_leave)
        self.panel.marked.connect(lambda act, row: self.dialogs.ask_mark(self.head.chosen(), act, row))
        self.panel.letters_asked.connect(lambda: self.files.ask_letters(self.head.chosen(), self._shown))
        self.panel.letter_asked.connect(lambda row: self.files.ask_letter(self.head.chosen(), row))
        self.panel.packing_asked.connect(lambda: self.dialogs.pack(self.head.chosen(), self._shown))
        self.panel.waiting_asked.connect(self._on_waiting_asked)
        self._connect_head()
        self._connect_work()
        for keys, where, act in (
            ("Ctrl+F", self, self.tools.seek), ("Ctrl+Z", self, self.undo.undo), ("/", self.table, self.tools.seek)
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), where, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _connect_head(self) -> None:
        self.head.turned.connect(self._on_campaign)
        self.head.taken.connect(self._on_taken)
        self.head.make.clicked.connect(self.make)
        self.head.reserve.clicked.connect(self._on_reserve)
        self.head.rules.clicked.connect(lambda: self.dialogs.ask_rules(self.head.chosen()))
        self.head.compare.clicked.connect(self._on_compare)
        self.head.history.triggered.connect(self._on_history)
        self.head.report.triggered.connect(lambda: self.files.ask_report(self.head.chosen()))
        self.head.letters.triggered.connect(lambda: self.files.ask_letters(self.head.chosen()))
        self.head.withdraw.triggered.connect(self._on_withdraw)

    def _connect_work(self) -> None:
        self.work.busied.connect(self._on_busied)
        self.undo.undone.connect(lambda: self.banner.tell(tr("It is undone.")))
        self.undo.failed.connect(self.banner.say)
        self.undo.asked.connect(self._on_withdraw)
        self.dialogs.decided.connect(self._on_decided)
        self.work.made.connect(self._on_made)
        self.work.previewed.connect(self._on_previewed)
        self.work.applied.connect(self._on_applied)
        self.work.outdated.connect(self._on_outdated)
        self.preview.agreed.connect(self._on_agreed)
        for page in (self.preview, self.history):
            page.closed.connect(self._on_back)

    def refresh(self) -> None:
        """Read the campaigns and the plan again, and the panel beside it."""
        self._look(partial(consulting.campaign_names, self._session), self._on_campaigns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def take_focus(self) -> None:
        """Put the focus on the schools, or on the one button where there is no plan, once it is read."""
        self._wants_focus = not self._asked or self._rests()
        self.setFocus()
        self._settle()

    def take_scan(self, raw: str) -> None:
        """Show the pupil whom a scanned card or sheet names, with what the plan decides and why."""
        if campaign := self.head.chosen():
            self._look(partial(plan_reading.scanned, self._session, campaign, raw, self._plan), self._on_scanned)

    def _turn(self, page: QWidget) -> None:
        """Show a page; there is one primary button a page."""
        self.pages.setCurrentWidget(page)
        self.head.show_plan(self._seen, is_reading=page is self.schools)

    def _settle(self) -> None:
        """Put the focus where work goes on, once there is something to stand on."""
        if self._wants_focus and self._seen is not _NOTHING and self.pages.currentWidget() is self.schools:
            self._wants_focus = False
            self.list.take_focus()

    def make(self) -> None:
        """Make the plan, in a process apart; the rest goes on."""
        if campaign := self.head.chosen():
            self._turn(self.schools)
            self._plan = None
            self.work.make(campaign)

    def _fit(self) -> None:
        """Leave the room to the list where the window is low or narrow."""
        self.fit_margins()
        self.beside.give_panel(max(_PANEL, self.width() // 3))
        has_room = self.height() >= _ROOMY[1] and self.width() >= _ROOMY[0]
        is_low = self.height() < _LOW
        self.head.fold(is_folded=is_low)
        self.tools.fold(is_folded=is_low)
        self.list.fold(self._seen, is_low=is_low)
        self.figures.setVisible(has_room and self._seen.head is not None)

    def _look(self, call: Callable[[], object], done: Callable[..., object]) -> None:
        self._jobs.run(call, done=done, refused=self.banner.say, failed=self._on_failed, lane=Lane.READING)

    def show_campaign(self, name: str) -> None:
        """Turn to a campaign, once the campaigns are read again where it is not known yet."""
        if self.memory is not None:
            self.memory.setValue(_CAMPAIGN, name)
        self.head.campaign.setCurrentIndex(self.head.campaign.findData(name))
        if self.head.chosen():
            self._on_campaign()
        self.read_again()

    def _on_campaigns(self, campaigns: Sequence[CampaignName]) -> None:
        memory = self.memory
        self.head.know(campaigns, str(memory.value(_CAMPAIGN, "")) if isinstance(memory, QSettings) else "")
        self._read()

    def _on_campaign(self) -> None:
        if self.memory is not None:
            self.memory.setValue(_CAMPAIGN, self.head.chosen())
        self.undo.forget()
        self._on_taken(None)

    def _on_taken(self, plan: PlanId | None) -> None:
        """Look at another plan; None is the last."""
        self._plan, self._wants_focus = plan, True
        self._put_away()
        self._turn(self.schools)
        self.banner.fall_silent()
        self._read()

    def _read(self) -> None:
        self._asked += 1
        if campaign := self.head.chosen():
            call = partial(plan_reading.campaign, self._session, campaign, self._plan)
            self._look(call, partial(self._on_seen, self._asked))
        else:
            self._on_seen(self._asked, _NOTHING)

    def _on_seen(self, asked: int, seen: Seen) -> None:
        if asked != self._asked:
            return
        self._seen = seen
        self._turn(self.pages.currentWidget() or self.schools)
        self._leave_old_preview()
        if seen.head is not None:
            self.figures.show_plan(seen.head, seen.shares, seen.promised_before)
        self.history.show_acts(seen.acts)
        self.tools.setVisible(seen.head is not None and not self.beside.is_turned())
        self._fit()
        self.model.show_all(seen.shares)
        self._offer()
        self._settle()

    def _leave_old_preview(self) -> None:
        """Close the preview, and say why, when its plan is no longer the one that is shown and can be reserved."""
        shown, head = self.preview.plan(), self._seen.head
        if self.pages.currentWidget() is not self.preview or self.work.is_busy() or head is None:
            return
        if head.id != shown or not self._seen.can_reserve():
            self._wants_focus = True
            self._turn(self.schools)
            self.banner.tell(overtaken_told(head, shown), tone=Tone.WARN)

    def _on_busied(self) -> None:
        """Hold back what cannot be asked meanwhile; the focus stands on what still works."""
        if self.work.is_busy():
            self._wants_focus = False
            target = self.table if self._rests() and self.table.isVisible() else self.work.strip.stop
            target.setFocus()
        self._offer()

    def _rests(self) -> bool:
        """Say whether the schools are looked at."""
        return self.pages.currentWidget() is self.schools

    def _offer(self) -> None:
        """Offer what can be done with the plan there is, once nothing else is under way."""
        is_busy = self.work.is_busy()
        has_promises = self._seen.promised() is not None
        self.head.offer(self._seen, may_act=not is_busy and bool(self.head.chosen()))
        self.panel.hold(is_busy=is_busy, has_promises=has_promises)
        self.preview.go.setEnabled(not is_busy)
        self.empty.act.setEnabled(not is_busy)

    def _on_arranged(self) -> None:
        """Count the rows, and stay on the school that is shown wherever it now stands."""
        count = len(self.model.rows)
        self.tools.count(count, is_least_first=self.table.is_least_first())
        self.list.show_rows(self._seen, self.head.chosen())
        if self._shown and (place := self.model.place_of(self._shown)) >= 0:
            self.table.choose(place)
        elif self._shown:
            self._put_away()

    def _on_current(self, current: QModelIndex) -> None:
        if (share := self.model.share_at(current.row())) is not None and self._seen.head is not None:
            self._shown = share.uai
            self._told += 1
            call = partial(plan_reading.school, self._session, self.head.chosen(), share.uai, self._seen.head.id)
            self._look(call, partial(self._on_school, self._told, self._seen.head, share))

    def _on_school(self, told: int, head: Plan, share: SchoolShare, school: SeenSchool) -> None:
        if told != self._told:
            return
        self.panel.show_school(head, share, school.pupils, school.marks)
        self.beside.show_panel()
        sought, self._sought = self._sought, None
        if sought is not None and self.panel.go_to(sought):
            self.beside.open_panel()
            self.panel.take_focus()

    def _on_scanned(self, found: tuple[int, int]) -> None:
        """Go to the school of the pupil scanned, whatever the list was narrowed to."""
        share = next((each for each in self.model.every() if each.id == found[1]), None)
        if share is None:
            return
        self._turn(self.schools)
        self.banner.fall_silent(is_over=False)
        self._sought = found[0]
        if self.model.place_of(share.uai) < 0:
            self.tools.clear()
        place = self.model.place_of(share.uai)
        if self.table.currentIndex().row() == place:
            self._on_current(self.table.currentIndex())
        self.table.choose(place)

    def _put_away(self) -> None:
        self._told += 1
        self._shown = ""
        self.table.leave()
        self.beside.put_away()

    def _on_leave(self) -> None:
        self._put_away()
        self.table.setFocus()

    def _on_opened(self) -> None:
        """Read the pupils with the keys, in the place of the list where it is narrow."""
        if self._shown:
            self.beside.open_panel()
            self.panel.take_focus()

    def _on_turned_over(self, is_instead: bool) -> None:
        """Leave the room to the school that stands in the place of the list."""
        self.head.setVisible(not is_instead)
        self.tools.setVisible(not is_instead and self._seen.head is not None)
        if is_instead:
            self.panel.take_focus()

    def _on_made(self, head: Plan) -> None:
        self._plan, self._wants_focus = None, True
        has_other = self._seen.plans > 0
        self.banner.tell(made_told(head), self._on_compare if has_other else None, tr("Compare…") if has_other else "")

    def _on_reserve(self) -> None:
        if self._seen.head is not None:
            self.work.preview(self.head.chosen(), self._seen.head.id)

    def _on_previewed(self, found: PlanPreview) -> None:
        self.preview.show_preview(found)
        self._turn(self.preview)
        self.preview.take_focus()

    def _on_agreed(self, plan: PlanId, note: str) -> None:
        self.work.apply(self.head.chosen(), plan, note)

    def _on_applied(self, head: Plan) -> None:
        self.undo.remember_promises()
        self._wants_focus = True
        self._turn(self.schools)
        self._settle()
        self.banner.tell(reserved_told(head), self._on_withdraw, tr("Undo"))

    def _on_outdated(self, refusal: PlanOutdated) -> None:
        self._wants_focus = True
        self._turn(self.schools)
        self._settle()
        self.banner.say(refusal, self.make, tr("Make the plan again"))

    def _on_withdraw(self) -> None:
        if (applied := self._seen.promised()) is not None:
            self.dialogs.ask_withdraw(applied)

    def _on_history(self) -> None:
        self._turn(self.history)
        self.history.take_focus()

    def _on_back(self) -> None:
        self._turn(self.schools)
        self.list.take_focus()

    def _on_decided(self, receipt: Receipt[object]) -> None:
        """Say what the decision comes to; the focus goes back to the pupils, or to the schools."""
        can_undo = self.undo.remember(receipt)
        is_draft = self._seen.head is not None and self._seen.head.state is PlanState.DRAFT
        said = tr("Kept. The plan shown was made before: make it again.") if is_draft else tr("Kept.")
        self.banner.tell(said, self.undo.undo if can_undo else None, tr("Undo"))
        (self.panel if self.panel.isVisible() else self.list).take_focus()

    def _on_compare(self) -> None:
        self.dialogs.compare(self.head.chosen())

    def _on_waiting_asked(self) -> None:
        """Read who of the school still waits: a quarter of a second, apart from what is typed and looked at."""
        call = partial(plan_reading.waiting, self._session, self.head.chosen(), self._shown)
        self._jobs.run(call, done=partial(self._on_waiting, self._told), failed=self._on_failed, lane=Lane.BACKGROUND)

    def _on_waiting(self, told: int, pupils: Sequence[int]) -> None:
        if told == self._told:
            self.panel.pupils.know_waiting(pupils)

    def _on_failed(self, error: TabletLoansError) -> None:
        self.banner.say(error, self.refresh)
