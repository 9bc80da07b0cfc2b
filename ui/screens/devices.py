"""The devices: a technician receives them, finds one among thousands, reads its story, changes many at once."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.device import DeviceFilter, DeviceRow, DeviceState
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.paging import Sort
from tablet_loans.domain.school import SchoolRow
from tablet_loans.services import stocking
from tablet_loans.services.changing import Chosen
from tablet_loans.services.session import Topic
from tablet_loans.services.stocking import Choices, DeviceStory
from tablet_loans.text import tr, trn
from ui import icons, words
from ui.columns import as_tsv
from ui.dialogs.change_devices import ChangeDevices
from ui.dialogs.receive import Receive
from ui.jobs import Lane
from ui.tables import BlockModel, Source
from ui.widgets.device_table import COLUMNS, DeviceTable
from ui.widgets.empty import Empty
from ui.widgets.filters import FilterBar
from ui.widgets.picker import Option
from ui.widgets.screen import Screen
from ui.widgets.stock_work import StockWork
from ui.widgets.story import Story

_TYPING_PAUSE_MS: Final = 120
_MOST_COPIED: Final = 100_000
_STORY_WIDTH: Final = 320
_IN_SIGHT: Final = 60


class Devices(Screen):
    """Every device, by blocks; the one selected tells its story beside the list."""

    topics: ClassVar = frozenset({Topic.DEVICES, Topic.LOANS})

    def _build(self) -> None:
        self._filter = DeviceFilter()
        self._asked_story = 0
        self._is_recalled = False
        self._has_failed = False
        self._scanned = self._counted = ""
        self._receive: Receive | None = None
        self._typing = QTimer(self, interval=_TYPING_PAUSE_MS, singleShot=True)
        self.model = BlockModel(COLUMNS, self._jobs, Sort("tag"))
        self.model.setParent(self)
        self.work, self.story, self.filters = StockWork(self._session, self._jobs, self), Story(), FilterBar()
        self.banner = self.work.banner
        self.story.setFixedWidth(_STORY_WIDTH)
        self.story.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 18)
        layout.setSpacing(12)
        layout.addLayout(self._head())
        layout.addLayout(self._tools())
        layout.addWidget(self.work.strip)
        layout.addWidget(self.banner)
        beside = QHBoxLayout()
        beside.setSpacing(14)
        beside.addWidget(self._list(), 1)
        beside.addWidget(self.story)
        layout.addLayout(beside, 1)

    def _head(self) -> QHBoxLayout:
        title, self.count, self.search = QLabel(tr("Devices")), QLabel(), QLineEdit()
        title.setObjectName("title")
        self.count.setObjectName("soft")
        self.search.setPlaceholderText(tr("Tag, serial, IMEI or model"))
        self.search.setAccessibleName(tr("Search the devices"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icons.icon("magnifying-glass"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setMinimumWidth(200)
        self.receive = QPushButton(tr("Receive tablets"))
        self.receive.setObjectName("primary")
        self.receive.setToolTip("Ctrl+N")
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(title)
        row.addWidget(self.count)
        row.addStretch(1)
        row.addWidget(self.search)
        row.addWidget(self.receive)
        return row

    def _tools(self) -> QHBoxLayout:
        self.modify = QPushButton(icons.icon("pencil-simple"), tr("Change…"))
        self.modify.setToolTip(tr("Change the tablets selected ({keys})").format(keys="F2"))
        self.modify.setEnabled(False)
        self.save = QPushButton(icons.icon("download-simple"), tr("Export…"))
        self.save.setToolTip(tr("Export the list as it is filtered ({keys})").format(keys="Ctrl+E"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.filters, 1)
        for button in (self.modify, self.save):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _list(self) -> QWidget:
        self.table = DeviceTable(self.model)
        self._empty = Empty("device-tablet")
        card = QFrame()
        card.setObjectName("card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(8, 6, 8, 8)
        self._pages = QStackedLayout(layout)
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._empty)
        return card

    def _connect(self) -> None:
        self._typing.timeout.connect(self._on_filter)
        self.search.textEdited.connect(lambda _text: self._typing.start())
        self.search.textChanged.connect(lambda text: None if text else self._typing.start())
        self.search.returnPressed.connect(self.table.setFocus)
        self.filters.changed.connect(lambda _chosen: self._on_filter())
        self.filters.typed_school.connect(self._on_school_typed)
        self.model.counted.connect(self._on_counted)
        self.model.modelReset.connect(self._on_reset)
        self.model.failed.connect(self._on_failed)
        self.table.copy_asked.connect(self._on_copy)
        self.table.opened.connect(self._on_open)
        self.table.left.connect(self._on_leave)
        self.table.customContextMenuRequested.connect(self._on_row_menu)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self.table.selectionModel().selectionChanged.connect(self._on_selection)
        self.table.arranged.connect(self._remember)
        self.table.let_go.connect(self._on_let_go)
        self.table.horizontalHeader().sortIndicatorChanged.connect(lambda *_: self.table.clearSelection())
        self.story.closed.connect(self._on_leave)
        self.receive.clicked.connect(self.open_receive)
        self.modify.clicked.connect(self.open_change)
        self.save.clicked.connect(self._on_export)
        for keys, act in (
            ("Ctrl+F", self._on_search), ("Ctrl+N", self.open_receive), ("F2", self.open_change),
            ("Ctrl+E", self._on_export), ("Ctrl+Shift+F", self.filters.open_menu),
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        slash = QShortcut(QKeySequence("/"), self.table, self._on_search)
        slash.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def refresh(self) -> None:
        """Read the list again, and the story beside it."""
        self._recall()
        self._jobs.run(partial(stocking.choices, self._session), done=self._on_choices, lane=Lane.READING)
        if self._counted:
            self.model.refresh()
        else:
            self._show_list()
        self._tell(self.table.currentIndex().row())

    def take_focus(self) -> None:
        """Put the focus in the search field."""
        self.search.setFocus()

    def show_part(self, part: str) -> None:
        """List the tablets in that state alone."""
        self._recall()
        self.search.clear()
        self.filters.show_filter(DeviceFilter(state=DeviceState(part)))
        self._on_filter()

    def take_scan(self, raw: str) -> None:
        """Show the tablet that was scanned; while tablets are received, record it."""
        if self._receive is not None:
            self._receive.take_scan(raw)
            return
        self._jobs.run(
            partial(stocking.scanned, self._session, raw),
            done=self._on_scanned,
            refused=self.banner.say,
            failed=partial(self.banner.say, again=partial(self.take_scan, raw)),
        )

    def open_receive(self) -> None:
        """Receive tablets one by one."""
        if self._receive is None:
            self._receive = Receive(self._session, self._jobs, sounds=self.sounds, memory=self.memory, parent=self)
            self._receive.finished.connect(self._on_received)
            self._receive.open()

    def open_change(self) -> None:
        """Ask how to change the tablets selected, and show first what would come of it."""
        places = self.table.chosen_places()
        if not places or self.work.is_busy():
            return
        chosen = Chosen(self._filter, self.table.order(), tuple(places), self.table.chosen_ids())
        dialog = ChangeDevices(self._session, self._jobs, chosen, parent=self)
        dialog.asked.connect(self.work.change)
        if not chosen.ids:  # nobody saw them all: the rows that come after are not selected in their stead
            dialog.asked.connect(lambda *_: self.table.clearSelection())
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write the list, as it is filtered and sorted, into a file."""
        self._keep("folder", str(path.parent))
        self.work.export(self._filter, self.table.order(), path)

    def _recall(self) -> None:
        """Take up the filter, the order and the columns of the last time, once."""
        if self._is_recalled or self.memory is None:
            return
        kept = json.loads(str(self.memory.value("devices/list", "{}")))
        self.filters.recall(kept.get("filter", {}))
        self.table.hide_columns(kept.get("hidden", ()))
        self.table.order_by(str(kept.get("sort")), is_descending=bool(kept.get("is_descending")))
        self._is_recalled = True

    def _remember(self) -> None:
        sort = self.table.order()
        kept = {
            "filter": self.filters.kept(), "sort": sort.column, "is_descending": sort.is_descending,
            "hidden": sorted(self.table.hidden_columns()),
        }  # fmt: skip
        self._keep("list", json.dumps(kept))

    def _keep(self, name: str, value: str) -> None:
        if self.memory is not None and self._is_recalled:
            self.memory.setValue(f"devices/{name}", value)

    def _on_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _on_filter(self) -> None:
        self._scanned = ""
        self.table.clearSelection()
        self._show_list()

    def _show_list(self) -> None:
        self._typing.stop()
        self._filter = replace(self.filters.chosen, search=self.search.text())
        self._remember()
        self._asked_story += 1
        self.story.hide()
        self.model.show(
            Source(
                partial(stocking.count, self._session, self._filter),
                partial(stocking.block, self._session, self._filter),
            )
        )

    def _on_choices(self, choices: Choices) -> None:
        self.filters.know(choices)
        self.table.know_mdm(choices.has_mdm)

    def _on_school_typed(self, text: str) -> None:
        self._jobs.run(partial(stocking.schools_like, self._session, text), done=self._on_schools, lane=Lane.READING)

    def _on_schools(self, schools: list[SchoolRow]) -> None:
        self.filters.offer_schools([Option(f"{each.name} · {each.commune}", each.uai) for each in schools])

    def _on_counted(self, count: int) -> None:
        if self._has_failed:
            self._has_failed = False
            self.banner.fall_silent()
        said = trn("{count} device", "{count} devices", count)
        self._counted = said.format(count=words.number(count))
        self.count.setText(self._counted)
        self._on_selection()
        if self._filter == DeviceFilter():
            self._empty.say(tr("No device yet"), tr("Receive tablets with Ctrl+N, or import the delivery list."))
        else:
            self._empty.say(tr("No device is like that"), tr("Change the search, or remove a filter."))
        self._pages.setCurrentWidget(self.table if count else self._empty)

    def _on_reset(self) -> None:
        """Show the first rows without waiting until all are counted."""
        if self.model.rowCount():
            self._pages.setCurrentWidget(self.table)
        self._on_selection()

    def _on_selection(self) -> None:
        chosen = sum(place.size for place in self.table.chosen_places())
        label = trn("Change {count} device…", "Change {count} devices…", chosen).format(count=words.number(chosen))
        self.modify.setText(label if chosen else tr("Change…"))
        self.modify.setEnabled(chosen > 0)

    def _on_let_go(self, tag: str) -> None:
        """Go on telling the story of a tablet that no longer stands in its row."""
        if self.story.isVisible():
            self._scanned = tag

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self._tell(current.row())

    def _tell(self, place: int) -> None:
        """Show the story of the device in that place; answers that come late are dropped."""
        self._asked_story += 1
        row = self.model.row_at(place) if place >= 0 else None
        if row is None and not self._scanned:
            self.story.hide()
        if tag := row.tag if row is not None else self._scanned:
            self._scanned = "" if row is not None else self._scanned
            self._jobs.run(
                partial(stocking.shown, self._session, tag),
                done=partial(self._on_story, self._asked_story),
                refused=self.banner.say,
                failed=self._on_failed,
                lane=Lane.READING,
            )

    def _on_story(self, asked: int, story: DeviceStory) -> None:
        if asked == self._asked_story:
            self.story.show_story(story)
            self.story.show()

    def _on_scanned(self, story: DeviceStory) -> None:
        """Select the tablet where it is listed in sight, else show it alone."""
        self.banner.fall_silent()
        in_sight = range(max(self.table.rowAt(0), 0), self.model.rowCount())[:_IN_SIGHT]
        for place in in_sight:
            row = self.model.row_at(place)
            if row is not None and row.tag == story.row.tag:
                self.table.choose(place)
                return
        self.table.clearSelection()
        self.table.setCurrentIndex(QModelIndex())
        self._scanned = story.row.tag
        self._asked_story += 1
        self._on_story(self._asked_story, story)

    def _on_open(self) -> None:
        if self.story.isVisible():
            self.story.take_focus()

    def _on_leave(self) -> None:
        """Put the story away."""
        self._scanned = ""
        self.table.clearSelection()
        self.table.setCurrentIndex(QModelIndex())
        self.story.hide()
        self.table.setFocus()

    def _on_row_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Show the story"), QKeySequence("Return"), self._on_open)
        menu.addAction(tr("Copy"), QKeySequence("Ctrl+C"), self._on_copy)
        menu.addAction(tr("Change…"), QKeySequence("F2"), self.open_change)
        menu.addSeparator()
        menu.addAction(tr("Select all"), QKeySequence("Ctrl+A"), self.table.selectAll)
        menu.addAction(tr("Export…"), QKeySequence("Ctrl+E"), self._on_export)
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _on_copy(self) -> None:
        places = self.table.chosen_places()
        if sum(place.size for place in places) > _MOST_COPIED:
            self.banner.tell(tr("That is too much to copy: export the list instead."))
            return
        self._jobs.run(self.model.reader(places), done=self._on_copied, failed=self._on_failed, lane=Lane.BACKGROUND)

    def _on_copied(self, rows: list[DeviceRow]) -> None:
        QGuiApplication.clipboard().setText(as_tsv(self.table.columns(), rows))

    def _on_export(self) -> None:
        """Ask where the list goes."""
        if self.work.is_busy():
            return
        folder = str(self.memory.value("devices/folder", "")) if self.memory is not None else ""
        ask = QFileDialog(self, tr("Export the list"), folder, "XLSX (*.xlsx);;CSV (*.csv)")
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        ask.setDefaultSuffix("xlsx")
        ask.selectFile(tr("devices"))
        ask.filterSelected.connect(lambda chosen: ask.setDefaultSuffix("csv" if "csv" in chosen else "xlsx"))
        ask.fileSelected.connect(lambda path: self.export_to(Path(path)))
        ask.open()

    def _on_received(self) -> None:
        self._receive = None
        self.table.setFocus()

    def _on_failed(self, error: TabletLoansError) -> None:
        self._has_failed = True
        self.banner.say(error, self.refresh)
