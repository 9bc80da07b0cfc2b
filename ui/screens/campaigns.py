"""The campaigns: the head of the service prepares one, sees what prevents lending, closes it, launches it again."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar, Final

from PySide6.QtCore import QModelIndex, QSettings, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.campaign import CampaignId, CampaignStatus, Closing, Relaunched, SchoolOut
from tablet_loans.domain.chronicle import CampaignAct
from tablet_loans.domain.concern import Concern
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.readiness import Readiness, ReadinessLine
from tablet_loans.services import campaigning, chronicling, readying, undoing
from tablet_loans.services.campaigning import CampaignView
from tablet_loans.services.session import Receipt, Session, Topic
from tablet_loans.text import tr, trn
from ui import icons, words
from ui.columns import as_tsv
from ui.dialogs.close_campaign import CloseCampaign
from ui.dialogs.new_campaign import NewCampaign
from ui.dialogs.relaunch import Relaunch
from ui.jobs import Lane
from ui.widgets.beside import Beside
from ui.widgets.campaign_list import COPIED, CampaignList, CampaignModel
from ui.widgets.campaign_panel import CampaignPanel
from ui.widgets.campaign_work import CampaignWork
from ui.widgets.empty import Empty
from ui.widgets.flow import Flow
from ui.widgets.screen import Screen

_HIGH: Final = 34
_LIST: Final = 360
_CHOSEN: Final = "campaigns/chosen"
_HERE: Final = "campaigns"
_RUNNING: Final = (CampaignStatus.OPEN, CampaignStatus.CLOSING)


def _story(session: Session, name: str) -> tuple[Sequence[SchoolOut], Sequence[CampaignAct]]:
    return campaigning.still_out(session, name), chronicling.events(session, name)


class Campaigns(Screen):
    """Every campaign; the one chosen stands beside the list, with what it lacks before it can lend."""

    topics: ClassVar = frozenset(Topic) - {Topic.AGREEMENTS}

    def _build(self) -> None:
        self._asked = 0
        self._view: CampaignView | None = None
        self._wanted = ""
        self._last: LedgerId | None = None
        self.model, self.panel = CampaignModel(), CampaignPanel()
        self.model.setParent(self)
        self.work = CampaignWork(self._session, self._jobs, self)
        self.banner = self.work.banner
        self.beside = Beside(self._list(), self.panel, list_width=_LIST)
        layout = QVBoxLayout(self)
        self.head = self._head()
        for widget in (self.head, self.work.strip, self.banner):
            layout.addWidget(widget)
        layout.addWidget(self.beside, 1)
        self.fit_margins()

    def _head(self) -> QWidget:
        title, self.count = QLabel(tr("Campaigns")), QLabel()
        title.setObjectName("title")
        title.setMinimumHeight(_HIGH)
        self.count.setObjectName("soft")
        self.count.setMinimumHeight(_HIGH)
        self.acts, self.new = QPushButton(tr("Actions")), QPushButton(icons.icon("plus"), tr("New campaign…"))
        self.new.setToolTip("Ctrl+N")
        self.primary = QPushButton()
        self.primary.setObjectName("primary")
        self.acts.setMenu(self._menu())
        head = QWidget()
        row = Flow(10, head)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(title)
        row.addWidget(self.count)
        row.push()
        for button in (self.acts, self.new, self.primary):
            row.addWidget(button)
        return head

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        self.edit, self.open = (
            self._act(menu, tr("Edit…"), self.ask_edit, "F2"),
            self._act(menu, tr("Open the campaign"), self.open_campaign),
        )
        self.rehearse = self._act(menu, tr("Rehearse on a copy…"), self.ask_drill, "Ctrl+R")
        self.report = self._act(menu, tr("Public report…"), self.ask_report)
        menu.addSeparator()
        self.relaunch = self._act(menu, tr("Relaunch…"), self.ask_relaunch)
        self.close_ = self._act(menu, tr("Close the campaign…"), self.ask_close)
        return menu

    def _act(self, menu: QMenu, said: str, act: Callable[[], object], keys: str = "") -> QAction:
        made = menu.addAction(said)
        made.triggered.connect(lambda _checked: act())
        if keys:
            made.setShortcut(QKeySequence(keys))
            made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.addAction(made)
        return made

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
        self.new.clicked.connect(self.ask_new)
        self.primary.clicked.connect(self._on_primary)
        for keys, act in (("Ctrl+N", self.ask_new), ("Ctrl+Z", self.undo)):
            QShortcut(QKeySequence(keys), self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def refresh(self) -> None:
        """Read the campaigns again, and all that is told of the one chosen."""
        call = partial(campaigning.listed, self._session)
        self._jobs.run(call, done=self._on_listed, refused=self.banner.say, failed=self._on_failed, lane=Lane.READING)

    def take_focus(self) -> None:
        """Put the focus in the list."""
        (self.table if self.model.rows else self.new).setFocus()

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
        if self._view is not None and self.edit.isEnabled():
            dialog = NewCampaign(self._session, self._jobs, self._view, parent=self)
            dialog.done_with.connect(self._on_edited)
            dialog.open()

    def open_campaign(self) -> None:
        """Open the campaign chosen."""
        call = partial(campaigning.open_campaign, self._session, self.chosen())
        self._do(call, partial(self._tell_undoable, tr("The campaign is open: it lends.")))

    def ask_close(self) -> None:
        """Show what is still out, then close the campaign if that is what is wanted."""
        if (view := self._view) is not None:
            call = partial(campaigning.still_out, self._session, view.name)
            self._do(call, partial(self._on_still_out, view), lane=Lane.READING)

    def ask_relaunch(self) -> None:
        """Ask for the name and the dates of the campaign launched again."""
        if self._view is not None:
            dialog = Relaunch(self._session, self._jobs, self._view, parent=self)
            dialog.relaunched.connect(self._on_relaunched)
            dialog.open()

    def ask_drill(self) -> None:
        """Ask where the rehearsal's page goes, then rehearse."""
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
        self.count.setText(trn("{count} campaign", "{count} campaigns", count).format(count=words.number(count)))
        self.count.setVisible(count > 0)
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
            self.panel.readiness.show_readiness(found)

    def _offer(self) -> None:
        """Offer what can be done with the campaign chosen; the one primary button is what comes next."""
        status = CampaignStatus(self._view.status) if self._view is not None else None
        self.acts.setEnabled(status is not None)
        self.edit.setEnabled(status not in (None, CampaignStatus.CLOSED))
        self.open.setEnabled(status in (CampaignStatus.DRAFT, CampaignStatus.CLOSING))
        self.close_.setEnabled(status in _RUNNING)
        self.relaunch.setEnabled(status not in (None, CampaignStatus.DRAFT))
        is_free = not self.work.is_busy()
        for apart in (self.rehearse, self.report):
            apart.setEnabled(status is not None and is_free)
        said, act = self._next()
        self.primary.setText(said)
        self.primary.setEnabled(is_free or act != self.ask_drill)
        self.new.setVisible(status is not None)

    def _next(self) -> tuple[str, Callable[[], object]]:
        """Return what comes next: create, open, rehearse while it runs, close once it is over, launch again."""
        view = self._view
        if view is None:
            return tr("New campaign…"), self.ask_new
        if view.status == CampaignStatus.DRAFT:
            return tr("Open the campaign"), self.open_campaign
        is_over = view.due < self._session.today() or (view.status == CampaignStatus.CLOSING and not view.open_loans)
        if view.status != CampaignStatus.CLOSED and is_over:
            return tr("Close the campaign…"), self.ask_close
        if view.status == CampaignStatus.OPEN:
            return tr("Rehearse on a copy…"), self.ask_drill
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

    def _on_still_out(self, view: CampaignView, out: Sequence[SchoolOut]) -> None:
        dialog = CloseCampaign(view, out, parent=self)
        dialog.accepted.connect(partial(self._close, view.name))
        dialog.open()

    def _close(self, name: str) -> None:
        self._do(partial(campaigning.close, self._session, name), self._on_closed)

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
        go = partial(self.room_asked.emit, "needs") if done.needs else None
        self.banner.tell(said, go, tr("Go to the needs"))
        self.read_again()

    def _tell_undoable(self, sentence: str, receipt: Receipt[CampaignId] | Receipt[Closing]) -> None:
        self._last = receipt.ledger_id
        self.banner.tell(sentence, self.undo, tr("Undo"))
        self.table.setFocus()

    def _on_mend(self, line: ReadinessLine) -> None:
        """Mend here what is the campaign's own; else lead to the room that mends it."""
        here = {
            Concern.NOT_OPEN: self.open_campaign,
            Concern.ENDED: self.ask_relaunch,
            Concern.SEVERAL_OPEN: self.table.setFocus,
            Concern.WORDING: self.ask_edit,
        }
        if line.room != _HERE:
            self.room_asked.emit(line.room)
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
        self._do(call, partial(self._on_readiness, self._asked), lane=Lane.BACKGROUND)

    def _on_failed(self, error: TabletLoansError) -> None:
        self.banner.say(error, self.refresh)
