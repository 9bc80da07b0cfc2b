"""The campaigns: the head of the service prepares one, sees what prevents lending, closes it, launches it again."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar, Final

from PySide6.QtCore import QModelIndex, QSettings, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QStackedLayout, QVBoxLayout

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.campaign import CampaignId, CampaignStatus, Closing, Relaunched, SchoolOut
from tablet_loans.domain.chronicle import CampaignAct
from tablet_loans.domain.concern import Concern
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.need import ClosedNeeds
from tablet_loans.domain.readiness import Readiness, ReadinessLine
from tablet_loans.services import asking, campaigning, chronicling, closing, readying, undoing
from tablet_loans.services.campaigning import CampaignView
from tablet_loans.services.session import Receipt, Session, Topic
from tablet_loans.text import tr, trn
from ui import words
from ui.columns import as_tsv
from ui.dialogs.close_campaign import CloseCampaign
from ui.dialogs.close_needs import CloseNeeds, forgotten_said
from ui.dialogs.new_campaign import NewCampaign
from ui.dialogs.relaunch import Relaunch
from ui.jobs import Lane
from ui.mending import PARTS
from ui.widgets.beside import Beside
from ui.widgets.campaign_head import CampaignHead
from ui.widgets.campaign_list import COPIED, CampaignList, CampaignModel
from ui.widgets.campaign_panel import CampaignPanel
from ui.widgets.campaign_work import CampaignWork
from ui.widgets.empty import Empty
from ui.widgets.screen import Screen

_LIST: Final = 360
_CHOSEN: Final = "campaigns/chosen"
_HERE: Final = "campaigns"


def _story(session: Session, name: str) -> tuple[Sequence[SchoolOut], Sequence[CampaignAct]]:
    return campaigning.still_out(session, name), chronicling.events(session, name)


def _left_by(session: Session, name: str) -> tuple[Sequence[SchoolOut], int]:
    return campaigning.still_out(session, name), closing.promises_left(session, name)


class Campaigns(Screen):
    """Every campaign; the one chosen stands beside the list, with what it lacks before it can lend."""

    topics: ClassVar = frozenset(Topic) - {Topic.AGREEMENTS}

    def _build(self) -> None:
        self._asked = 0
        self._goes_to_list = False
        self._view: CampaignView | None = None
        self._wanted = ""
        self._last: LedgerId | None = None
        self.model, self.head, self.panel = CampaignModel(), CampaignHead(), CampaignPanel()
        self.model.setParent(self)
        self.work = CampaignWork(self._session, self._jobs, self)
        self.banner = self.work.banner
        self.beside = Beside(self._list(), self.panel, list_width=_LIST)
        layout = QVBoxLayout(self)
        for widget in (self.head, self.work.strip, self.banner):
            layout.addWidget(widget)
        layout.addWidget(self.beside, 1)
        self.fit_margins()

    def _list(self) -> QFrame:
        self.table, self._empty = CampaignList(self.model), Empty("flag")
        self._empty.setMinimumHeight(1)
        self._empty.say(tr("Reading the campaigns…"), "")
        card = QFrame()
        card.setObjectName("card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(8, 8, 8, 8)
        self._pages = QStackedLayout(layout)
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._empty)
        self._pages.setCurrentWidget(self._empty)
        return card

    def _connect(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(lambda current, _previous: self._on_current(current))
        self.table.opened.connect(self._on_opened)
        self.table.clicked.connect(lambda _place: self.beside.open_panel())
        self.table.copy_asked.connect(self._on_copy)
        self.beside.turned.connect(self._on_turned_over)
        self.panel.closed.connect(self._on_leave)
        self.panel.readiness.mend_asked.connect(self._on_mend)
        self.panel.readiness.closer_asked.connect(self._on_closer)
        self.work.busied.connect(self._offer)
        self.head.new.clicked.connect(self.ask_new)
        self.head.primary.clicked.connect(self._on_primary)
        for asked, act in (
            (self.head.edit, self.ask_edit), (self.head.open, self.open_campaign),
            (self.head.rehearse, self.ask_drill), (self.head.report, self.ask_report),
            (self.head.relaunch, self.ask_relaunch), (self.head.close_needs, self.ask_close_needs),
            (self.head.close_, self.ask_close),
        ):  # fmt: skip
            asked.triggered.connect(lambda _checked, act=act: act())
            asked.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.addAction(asked)
        for keys, act in (("Ctrl+N", self.ask_new), ("Ctrl+Z", self.undo)):
            QShortcut(QKeySequence(keys), self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def refresh(self) -> None:
        """Read the campaigns again, and all that is told of the one chosen."""
        call = partial(campaigning.listed, self._session)
        self._jobs.run(call, done=self._on_listed, refused=self.banner.say, failed=self._on_failed, lane=Lane.READING)

    def take_focus(self) -> None:
        """Put the focus in the list, at the latest once it is read."""
        self._goes_to_list = not self.model.rows
        (self.table if self.model.rows else self.head.new).setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_margins()

    def chosen(self) -> str:
        """Return the name of the campaign chosen, "" when there is none."""
        return self._view.name if self._view is not None else ""

    def ask_new(self) -> None:
        """Write a new campaign."""
        dialog = NewCampaign(self._session, self._jobs, parent=self)
        dialog.done_with.connect(self._on_created)
        dialog.open()

    def ask_edit(self) -> None:
        """Write the dates, schools, kit and wording of the campaign chosen anew."""
        if self._view is not None and self.head.edit.isEnabled():
            dialog = NewCampaign(self._session, self._jobs, self._view, parent=self)
            dialog.done_with.connect(self._on_edited)
            dialog.open()

    def open_campaign(self) -> None:
        """Open the campaign chosen."""
        call = partial(campaigning.open_campaign, self._session, self.chosen())
        self._do(call, partial(self._tell_undoable, tr("The campaign is open: it lends.")))

    def ask_close(self) -> None:
        """Show what is still out, then close the campaign if that is what is wanted."""
        if self._view is not None:
            self._ask_close(self._view.name)

    def _ask_close(self, name: str) -> None:
        self._do(partial(_left_by, self._session, name), partial(self._on_left, name), lane=Lane.READING)

    def ask_close_needs(self) -> None:
        """Show what closing the needs forgets, then close them if that is typed."""
        if self._view is not None and self.head.close_needs.isEnabled():
            name = self._view.name
            call = partial(asking.forgotten_by_closing, self._session, name)
            self._do(call, partial(self._on_forgotten, name), lane=Lane.READING)

    def _on_forgotten(self, name: str, gone: ClosedNeeds) -> None:
        dialog = CloseNeeds(name, gone, parent=self)
        dialog.accepted.connect(partial(self.work.close_needs, name, self._on_needs_closed))
        dialog.open()

    def _on_needs_closed(self, receipt: Receipt[ClosedNeeds]) -> None:
        self.banner.tell(words.joined(tr("The needs are closed."), forgotten_said(receipt.value)))
        self.table.setFocus()

    def ask_relaunch(self) -> None:
        """Ask for the name and the dates of the campaign launched again."""
        if self._view is not None:
            dialog = Relaunch(self._session, self._jobs, self._view, parent=self)
            dialog.relaunched.connect(self._on_relaunched)
            dialog.open()

    def ask_drill(self) -> None:
        """Ask where the drill's page goes, then run it."""
        if self._view is not None:
            self.work.ask_drill(self._view.name)

    def ask_report(self) -> None:
        """Ask where the public report goes, then write it."""
        if self._view is not None:
            self.work.ask_report(self._view.name)

    def undo(self) -> None:
        """Take back the last act made here."""
        if self._last is not None:
            last, self._last = self._last, None
            self._do(partial(undoing.undo, self._session, last), lambda _done: self.banner.tell(tr("It is undone.")))

    def _do(self, call: Callable[[], object], done: Callable[..., object], *, lane: Lane = Lane.INTERACTIVE) -> None:
        self._jobs.run(call, done=done, refused=self.banner.say, failed=self.banner.say, lane=lane)

    def _on_listed(self, views: Sequence[CampaignView]) -> None:
        """Show the campaigns, and stay on the one chosen; else stand on that of the last time, or the first."""
        self.model.show_campaigns(views)
        count = len(self.model.rows)
        self.head.count_campaigns(count)
        self._pages.setCurrentWidget(self.table if count else self._empty)
        if not count:
            self._view = None
            step = tr("Give it a name and a date: the schools and the needs come next.")
            self._empty.say(tr("No campaign yet"), step, tr("New campaign…"), self.ask_new)
            self.beside.put_away()
            self._offer()
            return
        names = [name for name in (self._wanted, self.chosen(), self._kept()) if self.model.place_of(name) >= 0]
        if self._wanted and names and names[0] == self._wanted:
            self._wanted = ""
        self.table.choose(self.model.place_of(names[0]) if names else 0)
        if self._goes_to_list:
            self._goes_to_list = False
            self.table.setFocus()

    def _on_current(self, current: QModelIndex) -> None:
        if (view := self.model.view_at(current.row())) is None:
            return
        is_other, self._view = view.name != self.chosen(), view
        if self.memory is not None:
            self.memory.setValue(_CHOSEN, view.name)
        self.panel.show_view(view, is_other=is_other)
        self.beside.show_panel()
        self._offer()
        self._asked += 1
        asked = self._asked
        look = partial(self._jobs.run, refused=self.banner.say, failed=self._on_failed)
        look(partial(_story, self._session, view.name), done=partial(self._on_story, asked), lane=Lane.READING)
        look(
            partial(readying.readiness, self._session, view.name),
            done=partial(self._on_readiness, asked),
            lane=Lane.BACKGROUND,
        )

    def _on_story(self, asked: int, story: tuple[Sequence[SchoolOut], Sequence[CampaignAct]]) -> None:
        if asked == self._asked:
            self.panel.show_story(*story)

    def _on_readiness(self, asked: int, found: Readiness) -> None:
        if asked == self._asked:
            self.panel.show_readiness(found)

    def _offer(self) -> None:
        """Offer what can be done with the campaign chosen; the one primary button is what comes next."""
        is_free, (said, act) = not self.work.is_busy(), self._next()
        self.head.offer(self._view, is_free=is_free)
        self.head.primary.setText(said)
        self.head.primary.setEnabled(is_free or act != self.ask_drill)

    def _next(self) -> tuple[str, Callable[[], object]]:
        """Return what comes next: create, open, a drill while it runs, close once it is over, launch again."""
        view = self._view
        if view is None:
            return tr("New campaign…"), self.ask_new
        if view.status == CampaignStatus.DRAFT:
            return tr("Open the campaign"), self.open_campaign
        is_over = view.due < self._session.today() or (view.status == CampaignStatus.CLOSING and not view.open_loans)
        if view.status != CampaignStatus.CLOSED and is_over:
            return tr("Close the campaign…"), self.ask_close
        if view.status == CampaignStatus.OPEN:
            return tr("Drill…"), self.ask_drill
        return tr("Relaunch…"), self.ask_relaunch

    def _on_primary(self) -> None:
        self._next()[1]()

    def _on_created(self, name: str, _receipt: Receipt[CampaignId]) -> None:
        self._wanted = name
        self.banner.tell(tr("“{campaign}” is created.").format(campaign=name))
        self.read_again()

    def _on_edited(self, _name: str, receipt: Receipt[CampaignId]) -> None:
        if receipt.ledger_id:
            self._tell_undoable(tr("The campaign is changed."), receipt)

    def _on_left(self, name: str, left: tuple[Sequence[SchoolOut], int]) -> None:
        dialog = CloseCampaign(name, *left, parent=self)
        dialog.accepted.connect(partial(self._close, name, has_promises=left[1] > 0))
        dialog.open()

    def _close(self, name: str, *, has_promises: bool) -> None:
        """Close a campaign, in a process apart where promises by the thousand are released."""
        if has_promises:
            self.work.close(name, self._on_closed)
        else:
            self._do(partial(campaigning.close, self._session, name), self._on_closed, lane=Lane.BACKGROUND)

    def _on_closed(self, receipt: Receipt[Closing]) -> None:
        count = receipt.value.loans
        said = trn(
            "The campaign is closing: {count} tablet is still out.",
            "The campaign is closing: {count} tablets are still out.",
            count,
        ).format(count=words.number(count))
        self._tell_undoable(said if count else tr("The campaign is closed."), receipt)

    def _on_relaunched(self, name: str, receipt: Receipt[Relaunched]) -> None:
        """Stand on the new campaign, and say what it asks for first."""
        self._wanted = name
        done = receipt.value
        needs = trn("{count} need to confirm", "{count} needs to confirm", done.needs)
        out = trn("{count} tablet still out", "{count} tablets still out", done.loans)
        said = words.joined(
            tr("“{campaign}” is launched again.").format(campaign=name),
            needs.format(count=words.number(done.needs)) if done.needs else "",
            out.format(count=words.number(done.loans)) if done.loans else "",
        )
        go = partial(self.room_asked.emit, "needs", name, PARTS[Concern.TO_CONFIRM]) if done.needs else None
        self.banner.tell(said, go, tr("Go to the needs"))
        self.read_again()

    def _tell_undoable(self, sentence: str, receipt: Receipt[CampaignId] | Receipt[Closing]) -> None:
        self._last = receipt.ledger_id
        self.banner.tell(sentence, self.undo, tr("Undo"))
        self.table.setFocus()

    def _on_mend(self, line: ReadinessLine) -> None:
        """Mend here what is the campaign's own; else lead to the room that mends it."""
        here: dict[Concern, Callable[[], object]] = {
            Concern.NOT_OPEN: self.open_campaign,
            Concern.OVER: self.ask_relaunch,
            Concern.ENDED: self.ask_relaunch,
            Concern.PROMISES_LEFT: partial(self._ask_close, line.over),
            Concern.SEVERAL_OPEN: self.table.setFocus,
            Concern.WORDING: self.ask_edit,
            Concern.NEEDS_OPEN: self.ask_close_needs,
        }
        if line.room != _HERE:
            self.room_asked.emit(line.room, self.chosen(), PARTS.get(line.code, ""))
        elif line.code in here:
            here[line.code]()

    def _on_opened(self) -> None:
        """Read the campaign with the keys, in the place of the list where it is narrow."""
        self.beside.open_panel()
        self.panel.take_focus()

    def _on_turned_over(self, is_instead: bool) -> None:
        self.head.setVisible(not is_instead)
        self.panel.stand_alone(is_alone=is_instead)
        if is_instead:
            self.panel.take_focus()

    def _on_leave(self) -> None:
        """Go back to the list; the campaign chosen stays chosen."""
        self.beside.put_away()
        self.beside.show_panel()
        self.table.setFocus()

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(as_tsv(COPIED, self.model.rows))

    def _kept(self) -> str:
        return str(self.memory.value(_CHOSEN, "")) if isinstance(self.memory, QSettings) else ""

    def _on_closer(self) -> None:
        """Look at what takes seconds too: doubtful households, and what the last draft was made from."""
        call = partial(readying.readiness, self._session, self.chosen(), is_thorough=True)
        done, failed = partial(self._on_examined, self.chosen()), self._on_unexamined
        self._jobs.run(call, done=done, refused=failed, failed=failed, lane=Lane.BACKGROUND)

    def _on_examined(self, name: str, found: Readiness) -> None:
        if name == self.chosen():
            self.panel.show_examined(found, self._session.now())

    def _on_unexamined(self, error: TabletLoansError) -> None:
        self.panel.readiness.give_up()
        self.banner.say(error)

    def _on_failed(self, error: TabletLoansError) -> None:
        self.banner.say(error, self.refresh)
