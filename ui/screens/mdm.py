"""The MDMs, for the technician who keeps the fleet: where they and the register differ, and what to do about it."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar, Final

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QMenu,
    QVBoxLayout,
)

from tablet_loans.domain import barcode
from tablet_loans.domain.enrolment import MdmAct
from tablet_loans.domain.errors import Refusal, TabletLoansError, UnknownCode
from tablet_loans.domain.finding import FindingKind
from tablet_loans.domain.roles import Permission
from tablet_loans.services import commanding, minding_mdm, stocking
from tablet_loans.services.minding_mdm import Board, Difference, Errand, Sides
from tablet_loans.services.session import Topic
from tablet_loans.services.stocking import DeviceStory
from tablet_loans.text import tr
from ui.jobs import Lane
from ui.mdm_doors import MdmDoors
from ui.widgets.beside import Beside
from ui.widgets.mdm_filters import MdmFilters
from ui.widgets.mdm_head import MdmHead
from ui.widgets.mdm_list import MdmList, MdmTools
from ui.widgets.mdm_panel import MdmPanel
from ui.widgets.mdm_table import Chosen, MdmModel, key_of
from ui.widgets.mdm_words import act_words
from ui.widgets.mdm_work import MdmWork
from ui.widgets.screen import Screen

_TYPING_PAUSE_MS: Final = 80
_POLL_MS: Final = 60_000
_LOW: Final = 560
_HIGH: Final = 700
_ROW: Final = 40
_DENSE_ROW: Final = 32
_PANEL: Final = 380
_ROOMY: Final = 1000
_SEVERAL: Final = 2


class MdmScreen(Screen):
    """The differences, what was asked, and the device of the row selected beside them."""

    topics: ClassVar = frozenset({Topic.MDM, Topic.DEVICES, Topic.LOANS})

    def _build(self) -> None:
        self._shown: tuple[str, ...] = ()
        self._scanned = ""
        self._asked = self._told = 0
        self._board: Board | None = None
        self._is_recalled = False
        self._typing = QTimer(self, interval=_TYPING_PAUSE_MS, singleShot=True)
        self._polling = QTimer(self, interval=_POLL_MS)
        self.model, self.panel, self.filters = MdmModel(), MdmPanel(), MdmFilters()
        self.model.setParent(self)
        self.work = MdmWork(self._session, self._jobs, self)
        self.doors = MdmDoors(self._session, self._jobs, self.work, self)
        self.banner = self.work.banner
        self.head = MdmHead(may_administer=self._session.actor.may(Permission.ADMINISTER))
        self.list = MdmList(self.model, may_connect=self._session.actor.may(Permission.ADMINISTER))
        self.table, self.tools = self.list.table, MdmTools()
        self.search = self.tools.search
        self.beside = Beside(self.list, self.panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 18)
        layout.setSpacing(12)
        for widget in (self.head, self.tools, self.filters, self.work.strip, self.banner):
            layout.addWidget(widget)
        layout.addWidget(self.beside, 1)

    def _connect(self) -> None:
        self._typing.timeout.connect(self._on_filter)
        self._polling.timeout.connect(self._on_poll)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self._on_searched)
        self.filters.changed.connect(lambda _chosen: self._on_filter())
        self.model.modelReset.connect(self._on_arranged)
        self.table.selectionModel().currentRowChanged.connect(lambda current, _previous: self._on_current(current))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._offer())
        self.table.opened.connect(self._on_opened)
        self.table.clicked.connect(lambda _place: self.beside.open_panel())
        self.table.left.connect(self._on_leave)
        self.table.arranged.connect(self._remember)
        self.table.customContextMenuRequested.connect(self._on_row_menu)
        self.list.connect_asked.connect(self.doors.open_connect)
        self.list.sync_asked.connect(self.sync)
        self.tools.turned.connect(self.turn_to)
        self.beside.turned.connect(self._on_turned_over)
        self.panel.closed.connect(self._on_leave)
        self.panel.act_asked.connect(self._on_panel_act)
        self.panel.receive_asked.connect(self.doors.open_receive)
        self.panel.story_asked.connect(self._on_story_asked)
        self.tools.act.clicked.connect(self.ask_proposed)
        self._connect_work()
        for keys, act in (
            ("Ctrl+F", self._on_search), ("Ctrl+R", self.sync), ("Ctrl+E", self._on_export),
            ("Ctrl+Return", self.ask_proposed), ("Ctrl+Shift+F", self.filters.open_menu),
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        slash = QShortcut(QKeySequence("/"), self.table, self._on_search)
        slash.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        QShortcut(QKeySequence("Esc"), self.search, self._put_away, context=Qt.ShortcutContext.WidgetShortcut)

    def _connect_work(self) -> None:
        self.head.sync_asked.connect(self.sync)
        self.head.dry_run_asked.connect(lambda: self.work.sync(self._names(), is_dry_run=True))
        self.head.connect_asked.connect(self.doors.open_connect)
        self.head.reconnect_asked.connect(self._on_reconnect)
        self.head.disconnect_asked.connect(self.doors.ask_to_disconnect)
        self.head.rules_asked.connect(self.doors.open_rules)
        self.head.wipe_list_asked.connect(lambda: self.doors.ask_wipe_list(self.table.chosen_rows()))
        self.head.export_asked.connect(self._on_export)
        self.doors.received.connect(self.table.setFocus)
        self.work.busied.connect(self._offer)
        self.work.settled.connect(self.settled)
        self.work.reconnect_asked.connect(self._on_reconnect)
        self.list.tasks.opened.connect(self._on_task_opened)
        self.work.answered.connect(lambda _answers: self.turn_to(1))

    def refresh(self) -> None:
        """Compare again, and read what was asked."""
        self._recall()
        self._asked += 1
        self._polling.start()
        call = partial(minding_mdm.board, self._session)
        self._jobs.run(call, done=partial(self._on_board, self._asked), refused=self._on_failed,
                       failed=self._on_failed, lane=Lane.READING)  # fmt: skip
        self._jobs.run(partial(commanding.tasks, self._session), done=self._on_tasks, refused=self._on_failed,
                       failed=self._on_failed, lane=Lane.READING)  # fmt: skip

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_margins()
        self.filters.shorten(is_short=self.height() < _LOW or self.width() < _ROOMY)
        self.table.verticalHeader().setDefaultSectionSize(_ROW if self.height() >= _HIGH else _DENSE_ROW)
        self.beside.give_panel(_PANEL if self.width() >= _ROOMY else _PANEL - 40)

    def take_focus(self) -> None:
        """Put the focus in the search field; on what connects an MDM, where none is."""
        (self.search if self._has_mdm() else self.list.empty.act).setFocus()

    def show_part(self, part: str) -> None:
        """List one kind of difference alone."""
        self._recall()
        self.search.clear()
        self.filters.set_kind(FindingKind(part))

    def unanswered(self) -> int:
        """Return how many MDMs are being asked to act."""
        return self.work.unanswered()

    def take_scan(self, raw: str) -> None:
        """Show what differs of the device that was scanned, in the register or not; or that nothing does."""
        if self.doors.receiving is not None:
            self.doors.receiving.take_scan(raw)
            return
        codes = [reading.code for reading in barcode.readings(raw)]
        self._jobs.run(
            partial(stocking.scanned, self._session, raw),
            done=self._on_found,
            refused=partial(self._on_not_found, codes),
            failed=self._on_failed,
            lane=Lane.READING,
        )

    def turn_to(self, place: int) -> None:
        """Show the differences (0), or what was asked (1)."""
        self.tools.turn_to(place)
        self._furnish()
        if place:
            self._put_away()
            self.work.poll()
        self._show_page()

    def sync(self) -> None:
        """Read every MDM and compare."""
        self.work.sync(self._names())

    def ask_proposed(self) -> None:
        """Ask for what is proposed for the rows selected, after a preview."""
        if self.tools.act.isEnabled():
            self.doors.preview(_errands(self.table.chosen_rows()))

    def _names(self) -> list[str]:
        return [each.name for each in self.head.mdms]

    def _on_board(self, asked: int, board: Board) -> None:
        if asked != self._asked:
            return
        self._board = board
        is_searching = self.search.hasFocus()
        self._furnish()
        self.head.show_mdms(board.mdms)
        self.table.hide_columns({"MDM"} if len(board.mdms) < _SEVERAL else ())
        self.model.show_all(board.rows)
        self.filters.know(board.rows)
        self.tools.count_waiting(board.waiting)
        self._offer()
        if is_searching and not board.mdms:  # the search is gone; what connects an MDM is shown by now
            self.take_focus()
        if self._scanned and not self._shown:
            self._look(partial(minding_mdm.sides_of, self._session, self._scanned), None)

    def _on_tasks(self, tasks: Sequence[object]) -> None:
        self.list.tasks.rows.show(tasks)
        self._show_page()

    def _on_arranged(self) -> None:
        """Stay on the difference that is shown, wherever it now stands."""
        self._show_page()
        if self._shown and (place := self.model.place_of(self._shown)) >= 0:
            self.table.choose(place)
        elif self._shown:
            self._put_away()

    def _offer(self) -> None:
        """Offer what can be asked of the rows selected, once nothing else is under way."""
        is_busy = self.work.is_busy()
        self.head.hold(is_busy=is_busy)
        self.panel.hold(is_busy=is_busy)
        offered = [row for row in self.table.chosen_rows() if row.finding.is_offered]
        count = sum(len(errand.tags) for errand in _errands(offered))
        self.tools.offer(count, is_busy=is_busy)

    def _show_page(self) -> None:
        self.list.show_page(self._board, is_of_tasks=self.tools.is_of_tasks())

    def _on_current(self, current: QModelIndex) -> None:
        if (row := self.model.row_at(current.row())) is not None:
            self._shown, self._scanned = key_of(row), ""
            self._look(partial(minding_mdm.sides, self._session, row.finding), row)

    def _look(self, call: Callable[[], Sides], row: Difference | None) -> None:
        self._told += 1
        done = partial(self._on_sides, self._told, row)
        self._jobs.run(call, done=done, refused=self._on_failed, failed=self._on_failed, lane=Lane.READING)

    def _on_sides(self, told: int, row: Difference | None, sides: Sides) -> None:
        if told == self._told:
            self.panel.show_sides(sides, row.finding if row else None)
            self.beside.show_panel()

    def _on_found(self, story: DeviceStory) -> None:
        self.banner.fall_silent()
        self._show_codes([story.row.tag], story.row.tag)

    def _on_not_found(self, codes: Sequence[str], refusal: Refusal) -> None:
        if not isinstance(refusal, UnknownCode) or not self._show_codes(codes):
            self.banner.say(refusal)

    def _show_codes(self, codes: Sequence[str], tag: str = "") -> bool:
        """Select the difference about one of these codes, whatever the filter; else show the device alone."""
        self.turn_to(0)
        if self.model.place_with(codes) < 0:
            self.search.clear()
            self.filters.clear()
            self._on_filter()
        if (place := self.model.place_with(codes)) >= 0:
            self.table.choose(place)
            self.beside.open_panel()
            return True
        self._put_away()
        if tag:
            self._scanned = tag
            self._look(partial(minding_mdm.sides_of, self._session, tag), None)
            self.beside.open_panel()
        return bool(tag)

    def _on_task_opened(self) -> None:
        if (task := self.list.tasks.current()) is not None:
            self._show_codes([task.tag], task.tag)

    def _on_panel_act(self, act: MdmAct) -> None:
        if self.panel.tag and self.panel.mdm:
            self.doors.preview([Errand(self.panel.mdm, act, (self.panel.tag,))])

    def _on_story_asked(self, tag: str) -> None:
        """Go to the devices, to the story of this one."""
        self.room_asked.emit("devices", "", "")
        window = self.window()
        if hasattr(window, "screen_of"):
            window.screen_of("devices").take_scan(tag)

    def _on_poll(self) -> None:
        if self.isVisible() and self._board is not None and self._board.waiting:
            self.work.poll()

    def _on_reconnect(self, name: str) -> None:
        self.doors.open_connect(next((each for each in self.head.mdms if each.name == name), None))

    def _on_export(self) -> None:
        self.doors.ask_export([row for row in self.model.rows if isinstance(row, Difference)])

    def _on_filter(self) -> None:
        self._typing.stop()
        self.model.narrow(Chosen(self.search.text(), self.filters.chosen))
        self._remember()

    def _recall(self) -> None:
        """Take up the filter and the order of the last time, once."""
        if self._is_recalled or self.memory is None:
            return
        kept = json.loads(str(self.memory.value("mdm/list", "{}")))
        self.filters.recall(kept.get("filter", {}))
        self.table.order_by(str(kept.get("sort")), is_descending=bool(kept.get("is_descending")))
        self._is_recalled = True

    def _remember(self) -> None:
        if self.memory is not None and self._is_recalled:
            column, is_descending = self.table.order()
            kept = {"filter": self.filters.kept(), "sort": column, "is_descending": is_descending}
            self.memory.setValue("mdm/list", json.dumps(kept))

    def _on_search(self) -> None:
        self.turn_to(0)
        self.search.setFocus()
        self.search.selectAll()

    def _on_searched(self) -> None:
        self._on_filter()
        self.table.setFocus()
        if self.model.rows and not self.table.currentIndex().isValid():
            self.table.choose(0)

    def _put_away(self) -> None:
        self._told += 1
        self._shown, self._scanned = (), ""
        self.table.clearSelection()
        self.table.setCurrentIndex(QModelIndex())
        self.beside.put_away()

    def _on_leave(self) -> None:
        self._put_away()
        self.table.setFocus()

    def _on_opened(self) -> None:
        """Read the device with the keys, in the place of the list where it is narrow."""
        if self._shown:
            self.beside.open_panel()
            self.panel.take_focus()

    def _on_turned_over(self, is_instead: bool) -> None:
        """Leave the room to the device that stands in the place of the list."""
        self._furnish()
        if is_instead:
            self.panel.take_focus()

    def _furnish(self) -> None:
        """Show what serves the list that is seen: nothing where no MDM is connected, nor beside a device alone."""
        is_of_list, has_mdm = not self.beside.is_turned(), self._has_mdm()
        self.head.setVisible(is_of_list)
        self.tools.setVisible(is_of_list and has_mdm)
        self.filters.setVisible(is_of_list and has_mdm and not self.tools.is_of_tasks())

    def _has_mdm(self) -> bool:
        return self._board is None or bool(self._board.mdms)

    def _on_row_menu(self, place: QPoint) -> None:
        rows, menu = self.table.chosen_rows(), QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.tools.act.isEnabled():
            menu.addAction(self.tools.act.text(), QKeySequence("Ctrl+Return"), self.ask_proposed)
        if len(rows) == 1:
            menu.addAction(tr("Show both sides"), QKeySequence("Return"), self._on_opened)
        elif len({row.finding.mdm for row in rows}) == 1:
            self._add_acts(menu, rows)
        menu.addAction(tr("Copy"), QKeySequence("Ctrl+C"), self.list.copy)
        menu.addAction(tr("Select all"), QKeySequence("Ctrl+A"), self.table.selectAll)
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _add_acts(self, menu: QMenu, rows: Sequence[Difference]) -> None:
        """Offer every act but a wipe for all rows selected; the preview says of which devices the MDM takes it."""
        tags = tuple(dict.fromkeys(row.finding.tag for row in rows if row.finding.tag))
        under = menu.addMenu(tr("Ask for another act"))
        for act in MdmAct:
            if tags and act is not MdmAct.WIPE:
                errand = Errand(rows[0].finding.mdm, act, tags)
                under.addAction(f"{act_words(act)}…", partial(self.doors.preview, [errand]))

    def _on_failed(self, error: TabletLoansError) -> None:
        self.banner.say(error, self.refresh)


def _errands(rows: Sequence[Difference]) -> list[Errand]:
    """Return what is proposed for these, by MDM and act, each device once; a preview says what an MDM does not take."""
    found: dict[tuple[str, MdmAct], dict[str, None]] = {}
    for row in rows:
        finding = row.finding
        if finding.act is not None and finding.tag:
            found.setdefault((finding.mdm, finding.act), {})[finding.tag] = None
    return [Errand(mdm, act, tuple(tags)) for (mdm, act), tags in found.items()]
