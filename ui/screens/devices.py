"""The devices: a technician finds a tablet among thousands, and reads what happened to it."""

from functools import partial
from typing import ClassVar

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QStackedLayout, QVBoxLayout, QWidget

from tablet_loans.domain.device import KIND_WORDS, DeviceFilter, DeviceRow, DeviceState
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.paging import Sort
from tablet_loans.services import stocking
from tablet_loans.services.session import Topic
from tablet_loans.services.stocking import DeviceStory
from tablet_loans.text import N_, tr, trn
from ui import icons, words
from ui.columns import Column, Style, as_tsv
from ui.jobs import Lane
from ui.tables import BlockModel, Source
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.choice import Choice
from ui.widgets.data_table import DataTable
from ui.widgets.empty import Empty
from ui.widgets.screen import Screen
from ui.widgets.story import STATE_TONES, Story, place_words, state_words

_TYPING_PAUSE_MS = 120
_MOST_COPIED = 100_000


def _state_tone(row: DeviceRow) -> Tone:
    return STATE_TONES[row.state]


def _soft(_row: DeviceRow) -> Tone:
    return Tone.SOFT


COLUMNS = (
    Column(N_("Tag"), lambda row: row.tag, 124, style=Style.CODE, sort="tag"),
    Column(N_("Serial"), lambda row: row.serial or "", 128, style=Style.CODE, sort="serial"),
    Column(N_("Model"), lambda row: f"{row.maker} {row.model}".strip(), 190, 3, sort="model"),
    Column(N_("Kind"), lambda row: tr(KIND_WORDS[row.kind]), 84, sort="kind", is_spare=True),
    Column(N_("State"), lambda row: state_words(row.state), 118, style=Style.CHIP, tone=_state_tone, sort="state"),
    Column(N_("Place"), place_words, 92, 2, tone=_soft, sort="school"),
    Column(N_("Loan"), lambda row: row.loan or "", 106, style=Style.CODE, is_spare=True),
)


class Devices(Screen):
    """Every device, by blocks; the one selected tells its story beside the list."""

    topics: ClassVar = frozenset({Topic.DEVICES, Topic.LOANS})

    def _build(self) -> None:
        self._filter = DeviceFilter()
        self._asked_story = 0
        self._typing = QTimer(self, interval=_TYPING_PAUSE_MS, singleShot=True)
        self.model = BlockModel(COLUMNS, self._jobs, Sort("tag"))
        self.model.setParent(self)
        self.banner, self.story = Banner(), Story()
        self.story.setFixedWidth(320)
        self.story.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 18)
        layout.setSpacing(14)
        layout.addLayout(self._head())
        layout.addWidget(self.banner)
        beside = QHBoxLayout()
        beside.setSpacing(14)
        beside.addWidget(self._list(), 1)
        beside.addWidget(self.story)
        layout.addLayout(beside, 1)

    def _head(self) -> QHBoxLayout:
        title = QLabel(tr("Devices"))
        title.setObjectName("title")
        self.count = QLabel()
        self.count.setObjectName("soft")
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Tag, serial, IMEI or model"))
        self.search.setAccessibleName(tr("Search the devices"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icons.icon("magnifying-glass"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setMinimumWidth(280)
        self.state = Choice()
        self.state.setAccessibleName(tr("State"))
        self.state.setMinimumWidth(150)
        self.state.addItem(tr("All states"), None)
        for state in DeviceState:
            self.state.addItem(state_words(state), state)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(title)
        row.addWidget(self.count)
        row.addStretch(1)
        row.addWidget(self.search)
        row.addWidget(self.state)
        return row

    def _list(self) -> QWidget:
        self.table = DataTable(tr("Devices"))
        self.table.show_model(self.model, COLUMNS)
        self.table.horizontalHeader().setSectionsClickable(True)
        self.table.horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.table.setSortingEnabled(True)
        self._empty = Empty("device-tablet")
        card = QFrame()
        card.setObjectName("card")
        self._pages = QStackedLayout()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._empty)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(8, 6, 8, 8)
        layout.addLayout(self._pages)
        return card

    def _connect(self) -> None:
        self._typing.timeout.connect(self._on_filter)
        self.search.textEdited.connect(lambda _text: self._typing.start())
        self.search.textChanged.connect(lambda text: None if text else self._typing.start())
        self.search.returnPressed.connect(self.table.setFocus)
        self.state.activated.connect(lambda _place: self._on_filter())
        self.model.counted.connect(self._on_counted)
        self.model.failed.connect(self._on_failed)
        self.table.copy_asked.connect(self._on_copy)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        for keys in ("/", "Ctrl+F"):
            shortcut = QShortcut(QKeySequence(keys), self.table if keys == "/" else self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self._on_search)

    def refresh(self) -> None:
        """Read the list again, and the story beside it."""
        if self._is_listed():
            self.model.refresh()
        else:
            self._on_filter()
        self._tell(self.table.currentIndex().row())

    def take_focus(self) -> None:
        """Put the focus in the search field."""
        self.search.setFocus()

    def _is_listed(self) -> bool:
        return bool(self.count.text())

    def _on_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _on_filter(self) -> None:
        self._typing.stop()
        state = self.state.currentData()  # Qt gives the plain word back
        self._filter = DeviceFilter(DeviceState(state) if state else None, search=self.search.text())
        self.story.hide()
        self.model.show(
            Source(
                partial(stocking.count, self._session, self._filter),
                partial(stocking.block, self._session, self._filter),
            )
        )

    def _on_counted(self, count: int) -> None:
        self.banner.fall_silent()
        said = trn("{count} device", "{count} devices", count)
        self.count.setText(said.format(count=words.number(count)))
        if self._filter == DeviceFilter():
            self._empty.say(tr("No device yet"), tr("Import the delivery list: tablet-loans import devices FILE"))
        else:
            self._empty.say(tr("No device is like that"), tr("Change the search, or show all states."))
        self._pages.setCurrentWidget(self.table if count else self._empty)
        if self.table.currentIndex().row() < 0:
            self._asked_story += 1  # a story still on its way is of a row that is gone
            self.story.hide()

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self._tell(current.row())

    def _tell(self, place: int) -> None:
        """Show the story of the device in that place; answers that come late are dropped."""
        self._asked_story += 1
        row = self.model.row_at(place) if place >= 0 else None
        if row is not None:
            self._jobs.run(
                partial(stocking.shown, self._session, row.tag),
                done=partial(self._on_story, self._asked_story),
                refused=self.banner.say,
                failed=self._on_failed,
                lane=Lane.BACKGROUND,
            )

    def _on_story(self, asked: int, story: DeviceStory) -> None:
        if asked == self._asked_story:
            self.story.show_story(story)
            self.story.show()

    def _on_copy(self) -> None:
        places = self.table.chosen_places()
        if sum(place.size for place in places) <= _MOST_COPIED:
            self._jobs.run(
                self.model.reader(places), done=self._on_copied, failed=self._on_failed, lane=Lane.BACKGROUND
            )

    def _on_copied(self, rows: list[DeviceRow]) -> None:
        QGuiApplication.clipboard().setText(as_tsv(COLUMNS, rows))

    def _on_failed(self, error: TabletLoansError) -> None:
        self.banner.say(error, self.refresh)
