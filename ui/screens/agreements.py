"""The agreements: a technician or liaison sees what is to print and what is lent unsigned, prints it, scans it back."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final

from PySide6.QtCore import QModelIndex, QSettings, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QStackedLayout, QVBoxLayout

from tablet_loans.domain.campaign import CampaignStatus
from tablet_loans.domain.errors import TabletLoansError, Trouble
from tablet_loans.domain.oversight import ClassPapers, PaperCount, SchoolPapers
from tablet_loans.services import consulting, overseeing
from tablet_loans.services.consulting import CampaignName
from tablet_loans.services.listing import PrintedLists
from tablet_loans.services.overseeing import SchoolView
from tablet_loans.services.session import Topic
from tablet_loans.text import tr
from ui.agreement_orders import AgreementOrders
from ui.columns import as_tsv
from ui.dialogs.print_agreements import What, best, how_many
from ui.jobs import Lane
from ui.sounds import Sound
from ui.widgets.agreement_head import AgreementHead
from ui.widgets.agreement_panel import AgreementPanel
from ui.widgets.agreement_signing import AgreementSigning
from ui.widgets.agreement_table import COLUMNS, AgreementModel, AgreementTable, Segment, Shown
from ui.widgets.agreement_tools import AgreementTools, total
from ui.widgets.agreement_work import AgreementWork
from ui.widgets.beside import Beside
from ui.widgets.empty import Empty
from ui.widgets.screen import Screen

_CARD: Final = 96
_ROOMY: Final = 620
_PANEL, _WIDE_PANEL = 420, 560
_WIDE: Final = 1400
_LENDS: Final = (CampaignStatus.OPEN, CampaignStatus.DRAFT)


class Agreements(Screen):
    """Every school's agreements in one campaign; the one selected stands beside the list."""

    topics: ClassVar = frozenset({Topic.AGREEMENTS, Topic.LOANS, Topic.PUPILS, Topic.PLANS, Topic.CAMPAIGNS})

    def _build(self) -> None:
        self._status: dict[str, CampaignStatus] = {}
        self._shown = ""
        self._asked = self._told = 0
        self._is_reading = self._is_stale_again = self._is_recalled = self._is_begun = False
        self._chosen: tuple[str, ...] = ()
        self.model, self.panel, self.tools = AgreementModel(), AgreementPanel(), AgreementTools()
        self.model.setParent(self)
        self.head = AgreementHead(self._session.actor)
        self.campaign = self.head.campaign
        self.work = AgreementWork(self._session, self._jobs, self)
        self.signing = AgreementSigning(self._session, self._jobs, self)
        self.orders = AgreementOrders(self._session, self._jobs, self.work, self)
        self.banner, self.card = self.work.banner, self.signing.card
        self.card.setFixedHeight(_CARD)
        self.beside = Beside(self._list(), self.panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 18)
        layout.setSpacing(12)
        for widget in (self.head, self.card, self.tools, self.work.strip, self.banner):
            layout.addWidget(widget)
        layout.addWidget(self.beside, 1)
        self._offer()

    def _list(self) -> QFrame:
        self.table, self._empty = AgreementTable(self.model), Empty("pen-nib")
        self._empty.setMinimumHeight(1)
        self._empty.say(tr("Counting the agreements…"), "")
        card = QFrame()
        card.setObjectName("card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(8, 6, 8, 8)
        self._pages = QStackedLayout(layout)
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._empty)
        self._pages.setCurrentWidget(self._empty)
        return card

    def _connect(self) -> None:
        self.tools.changed.connect(self._on_filter)
        self.tools.searched.connect(self._on_searched)
        self.campaign.activated.connect(lambda _place: self._on_campaign())
        self.model.modelReset.connect(self._on_arranged)
        self.table.selectionModel().currentRowChanged.connect(lambda current, _previous: self._on_current(current))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._on_selected())
        self.table.copy_asked.connect(self._on_copy)
        self.table.opened.connect(self._on_opened)
        self.table.clicked.connect(lambda _place: self.beside.open_panel())
        self.table.left.connect(self._on_leave)
        self.table.arranged.connect(self._remember)
        self.panel.closed.connect(self._on_leave)
        self.panel.print_asked.connect(self._on_print_part)
        self.panel.signed.connect(self.signing.sign)
        self.panel.scan_asked.connect(self.orders.ask_scan)
        self.panel.again_asked.connect(self._on_again)
        self.head.print_asked.connect(self._on_print)
        self.head.blank_asked.connect(partial(self._on_print, What.BLANK))
        self.head.whole_asked.connect(self._on_whole)
        self.head.list_asked.connect(self._on_list)
        self.head.wording_asked.connect(self._on_wording)
        self.head.filing_asked.connect(self.orders.file_sheets)
        self.head.letters_asked.connect(self._on_letters)
        self.work.busied.connect(self._offer)
        self.banner.closed.connect(self._on_banner_closed)
        self.work.attached.connect(self.signing.show)
        self.signing.heard.connect(self._on_heard)
        self.signing.held.connect(self._on_held)
        self.signing.settled.connect(self.settled)
        for keys, act in (
            (QKeySequence(QKeySequence.StandardKey.Undo), self.signing.undo),
            (QKeySequence(QKeySequence.StandardKey.Print), self.head.print_.click),
            (QKeySequence("Ctrl+F"), self.tools.take_focus),
        ):
            QShortcut(keys, self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def refresh(self) -> None:
        """Read the campaigns and the counts again, and the panel beside them; while they are read, once more after."""
        if self._is_reading:
            self._is_stale_again = True
            return
        self._is_reading, self._is_stale_again = True, False
        self._look(partial(consulting.campaign_names, self._session), self._on_campaigns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_margins()
        self.card.setVisible(self.height() >= _ROOMY)
        self.beside.give_panel(_WIDE_PANEL if self.width() >= _WIDE else _PANEL)

    def take_focus(self) -> None:
        """Put the focus in the list."""
        self.table.setFocus()

    def take_scan(self, raw: str) -> None:
        """Close the signed agreement that was scanned, wherever the focus is."""
        self.card.show()
        self.signing.take_scan(raw)

    def take_double(self, raw: str) -> None:
        """Say that a code read twice was ignored."""
        del raw
        self.signing.tell_double()

    def unanswered(self) -> int:
        """Return how many scans have no answer yet, or met trouble."""
        return self.signing.turns.unanswered()

    def is_held(self) -> bool:
        """Say whether trouble holds what was scanned."""
        return self.signing.turns.is_held()

    def show_campaign(self, name: str) -> None:
        """See the agreements of a campaign, once the campaigns are read again."""
        self._keep("campaign", name)
        self.campaign.want(name)
        self.read_again()

    def show_part(self, part: str) -> None:
        """List those schools alone that have something to print, or lent without a signature."""
        self._recall()
        self.tools.turn_to(part)

    def _look(self, call: Callable[[], object], done: Callable[..., object]) -> None:
        failed = self._on_unread
        self._jobs.run(call, done=done, refused=failed, failed=failed, lane=Lane.READING)

    def _on_campaigns(self, campaigns: Sequence[CampaignName]) -> None:
        self._recall()
        self._status = {each.name: each.status for each in campaigns}
        self.campaign.know(campaigns, self._kept("campaign"))
        self._read()

    def _on_campaign(self) -> None:
        self._keep("campaign", self.campaign.chosen() or "")
        self._put_away()
        self._read()

    def _read(self) -> None:
        self._asked += 1
        if (campaign := self.campaign.chosen()) is None:
            self._on_papers(self._asked, ())
        else:
            self._look(partial(overseeing.papers, self._session, campaign), partial(self._on_papers, self._asked))

    def _on_papers(self, asked: int, found: Sequence[SchoolPapers]) -> None:
        if asked == self._asked:
            self.model.show_all(found)
            self._begin_at_the_list()
            self._end_reading()

    def _begin_at_the_list(self) -> None:
        """Put the focus in the list once it is there, unless the person has taken it elsewhere."""
        if self._is_begun or not self.model.rows:
            return
        self._is_begun = True
        if self.window().focusWidget() in (None, self, self.campaign):
            self.table.setFocus()

    def _end_reading(self) -> None:
        self._is_reading = False
        if self._is_stale_again:
            self.refresh()

    def _on_unread(self, error: TabletLoansError) -> None:
        self._is_reading = self._is_stale_again = False
        self.banner.say(error, self.refresh)

    def _on_searched(self) -> None:
        self.table.setFocus()
        if self.model.rows and not self.table.currentIndex().isValid():
            self.table.choose(0)

    def _on_filter(self, shown: Shown) -> None:
        self.model.narrow(shown)
        self._remember()

    def _on_arranged(self) -> None:
        """Tell what is listed, and stay on the schools that were chosen wherever they now stand."""
        listed = self.model.listed()
        self.tools.tell(listed)
        if self.model.every():
            self._empty.say(tr("No school is like that"), tr("Change the search, or remove a filter."))
        else:
            step = tr(
                "Reserve tablets in the allocation, or lend some at the counter: their agreements then stand here."
            )
            self._empty.say(tr("No agreement yet"), step)
        self._pages.setCurrentWidget(self.table if listed else self._empty)
        chosen = self._chosen
        if self._shown and self.model.place_of(self._shown) >= 0:
            self.table.choose_again(self._shown, chosen)
        elif self._shown:
            self._put_away()
        self._offer()

    def _on_current(self, current: QModelIndex) -> None:
        if (row := self.model.papers_at(current.row())) is not None:
            self._tell(row)

    def _on_selected(self) -> None:
        self._chosen = self.table.chosen_schools()
        self._offer()

    def _tell(self, row: SchoolPapers) -> None:
        """Read a school's classes and loans; what was asked before and comes later is not shown."""
        campaign = self.campaign.chosen()
        if campaign is not None:
            self._shown = row.uai
            self._told += 1
            done = partial(self._on_school, self._told, row)
            self._look(partial(overseeing.papers_of, self._session, campaign, row.uai), done)

    def _on_school(self, told: int, row: SchoolPapers, view: SchoolView) -> None:
        if told == self._told:
            self.panel.show_school(row, view)
            self.beside.show_panel()

    def _put_away(self) -> None:
        self._told += 1
        self._shown, self._chosen = "", ()
        self.table.clearSelection()
        self.table.setCurrentIndex(QModelIndex())
        self.beside.put_away()
        self._offer()

    def _on_leave(self) -> None:
        self._put_away()
        self.table.setFocus()

    def _on_opened(self) -> None:
        if self._shown:
            self.beside.open_panel()
            self.panel.take_focus()

    def _on_copy(self) -> None:
        """Copy the rows chosen, or all that are listed, ready for a spreadsheet."""
        rows = [row for row in self.model.listed() if row.uai in self._chosen] or self.model.listed()
        QGuiApplication.clipboard().setText(
            as_tsv([replace(column, title=tr(column.title)) for column in COLUMNS], rows)
        )

    def _meant(self) -> list[SchoolPapers]:
        """Return the schools that a printing is for: those chosen, else all that are listed."""
        listed = self.model.listed()
        return [row for row in listed if row.uai in self._chosen] or listed

    def _wanted(self, count: PaperCount) -> What | None:
        """Return what is to be printed first of what is shown."""
        if self.tools.shown().segment is Segment.UNSIGNED and count.unsigned:
            return What.UNSIGNED
        return best(count if self._can_lend() else replace(count, promised=0, beforehand=0))

    def _offer(self) -> None:
        """Offer what can be printed of what is shown, once nothing else is under way."""
        count = total(self._meant())
        wanted = self._wanted(count)
        number = 0 if wanted is None else how_many(wanted, count)
        is_busy = self.work.is_busy()
        self.head.offer(
            number, can_print=bool(count.promised or count.lent), has_campaign=self.campaign.chosen() is not None,
            has_schools=bool(self.model.every()), is_busy=is_busy,
        )  # fmt: skip
        self.panel.hold(is_busy=is_busy)

    def _on_print(self, wanted: What | None = None) -> None:
        meant = self._meant()
        wanted = wanted or self._wanted(total(meant))
        self._order(meant, wanted, is_narrowed=len(meant) < len(self.model.every()))

    def _on_whole(self) -> None:
        every = self.model.every()
        self._order(every, self._wanted(total(every)), is_one_each=True)

    def _on_list(self, write: Callable[..., PrintedLists], name: str) -> None:
        """Write a list of the school that is chosen alone, else of all."""
        if (campaign := self.campaign.chosen()) is not None:
            self.orders.print_list(write, name, campaign, self._chosen[0] if len(self._chosen) == 1 else None)

    def _on_wording(self) -> None:
        if (campaign := self.campaign.chosen()) is not None:
            self.orders.edit_wording(campaign)

    def _on_letters(self) -> None:
        if (campaign := self.campaign.chosen()) is not None:
            self.orders.write_letters(campaign, self._chosen[0] if len(self._chosen) == 1 else None)

    def _on_print_part(self, of_class: ClassPapers | None) -> None:
        """Print the school beside the list, or one of its classes."""
        if (school := self.panel.school) is not None:
            count = school.count if of_class is None else of_class.count
            self._order([school], self._wanted(count), is_narrowed=True, of_class=of_class)

    def _order(
        self,
        rows: Sequence[SchoolPapers],
        wanted: What | None,
        *,
        is_narrowed: bool = False,
        of_class: ClassPapers | None = None,
        is_one_each: bool = False,
    ) -> None:
        if (campaign := self.campaign.chosen()) is not None:
            self.orders.ask(
                campaign, rows, wanted=wanted, is_narrowed=is_narrowed, can_lend=self._can_lend(), of_class=of_class,
                is_one_each=is_one_each,
            )  # fmt: skip

    def _on_again(self, loans: Sequence[str]) -> None:
        if (campaign := self.campaign.chosen()) is not None and loans:
            self.orders.ask_again(campaign, loans)

    def _can_lend(self) -> bool:
        return self._status.get(self.campaign.chosen() or "") in _LENDS

    def _on_heard(self, sound: Sound) -> None:
        if self.sounds is not None:
            self.sounds.play(sound)

    def _on_held(self, trouble: Trouble, is_done_again: bool) -> None:
        self.banner.say(trouble, self.signing.turns.try_again, "" if is_done_again else tr("Go on"))

    def _on_banner_closed(self) -> None:
        """Leave aside what met trouble, and go on with the others."""
        if self.is_held():
            self.signing.turns.leave_aside()

    def _recall(self) -> None:
        """Take up the part and the order of the last time, once."""
        if self._is_recalled or self.memory is None:
            return
        self._is_recalled = True
        kept = json.loads(self._kept("list") or "{}")
        self.table.order_by(str(kept.get("sort")), is_descending=bool(kept.get("is_descending")))
        self.tools.turn_to(str(kept.get("segment")))

    def _remember(self) -> None:
        column, is_descending = self.table.order()
        kept = {"segment": self.tools.shown().segment.value, "sort": column, "is_descending": is_descending}
        if self._is_recalled:
            self._keep("list", json.dumps(kept))

    def _kept(self, name: str) -> str:
        return str(self.memory.value(f"agreements/{name}", "")) if isinstance(self.memory, QSettings) else ""

    def _keep(self, name: str, value: str) -> None:
        if self.memory is not None:
            self.memory.setValue(f"agreements/{name}", value)
