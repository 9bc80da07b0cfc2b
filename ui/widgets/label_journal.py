"""The journal of labels: which were printed, confirmed, spoiled; searched by tag, filtered by state, copied."""

from functools import partial
from typing import Final, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from tablet_loans.domain.errors import Refusal, TabletLoansError
from tablet_loans.domain.label import LABEL_WORDS, LabelRow, LabelState
from tablet_loans.services import labelling
from tablet_loans.services.labelling import ScannedDevice
from tablet_loans.services.session import Receipt, Session
from tablet_loans.text import N_, tr, trn
from ui import icons, words
from ui.columns import Column, Style, as_tsv
from ui.jobs import Jobs, Lane
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.data_table import DataTable
from ui.widgets.device_words import capital
from ui.widgets.empty import Empty
from ui.widgets.flow import Flow
from ui.widgets.label_words import TONES

_MOST: Final = 500
_PAUSE_MS: Final = 80
_HIGH: Final = 32


def _settled(row: LabelRow) -> str:
    return words.day_and_time(row.settled_at) if row.settled_at is not None else "–"


_COLUMNS: Final = (
    Column(N_("Tag"), lambda row: row.tag, 130, 2, style=Style.CODE),
    Column(
        N_("State"), lambda row: tr(LABEL_WORDS[row.state]), 190, style=Style.CHIP, tone=lambda row: TONES[row.state]
    ),
    Column(N_("Printed on"), lambda row: words.day_and_time(row.printed_at), 150, 2),
    Column(N_("By"), lambda row: row.printed_by, 120, 2, tone=lambda _row: Tone.SOFT, is_spare=True),
    Column(N_("Stock"), lambda row: row.stock, 140, 2, tone=lambda _row: Tone.SOFT, is_spare=True),
    Column(N_("Scanned back or spoiled"), _settled, 160, 2, tone=lambda _row: Tone.SOFT, is_spare=True),
)


class LabelJournal(QWidget):
    """The newest labels; the selected one is printed again, or marked as spoiled."""

    again_asked = Signal(object)

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self._asked = 0
        self.rows = ListModel(_COLUMNS)
        self.rows.setParent(self)
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._build()
        self._connect()

    def read(self) -> None:
        """Read the journal again, as it is searched and filtered."""
        self._asked += 1
        call = partial(labelling.journal, self._session, self._state(), _MOST, self.search.text())
        done = partial(self._on_rows, self._asked)
        failed = partial(self.banner.say, again=self.read)
        self._jobs.run(call, done=done, refused=self.banner.say, failed=failed, lane=Lane.READING)

    def take_scan(self, raw: str) -> None:
        """Search for the tablet that was scanned."""
        call = partial(labelling.scanned, self._session, raw)
        self._jobs.run(call, done=self._on_scanned, refused=self.banner.say, failed=self.banner.say, lane=Lane.READING)

    def take_focus(self) -> None:
        """Put the focus where a tag is searched."""
        self.search.setFocus()
        self.search.selectAll()

    def _build(self) -> None:
        self.banner, self.count, self.search = Banner(), QLabel(), QLineEdit()
        self.count.setObjectName("filterLead")
        self.count.setMinimumHeight(_HIGH)
        self.search.setPlaceholderText(tr("Tag, or a part of it"))
        self.search.setAccessibleName(tr("Search the journal of labels"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icons.icon("magnifying-glass"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setFixedWidth(240)
        self.states: dict[LabelState, QPushButton] = {}
        tools = QWidget()
        row = Flow(8, tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.count)
        for state in LabelState:
            button = QPushButton(capital(tr(LABEL_WORDS[state])))
            button.setObjectName("segment")
            button.setCheckable(True)
            button.clicked.connect(partial(self._on_state, state))
            self.states[state] = button
            row.addWidget(button)
        row.push()
        row.addWidget(self.search)
        self.again, self.spoiled = QPushButton(tr("Print again")), QPushButton(tr("Mark as spoiled"))
        for act in (self.again, self.spoiled):
            act.setEnabled(False)
            row.addWidget(act)
        self.table, self._nothing = DataTable(tr("Journal of labels")), Empty("tag")
        self.table.show_model(self.rows, _COLUMNS)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(self.table)
        card = QFrame()
        card.setObjectName("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(8, 6, 8, 8)
        inside.addWidget(self._pages)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(tools)
        layout.addWidget(self.banner)
        layout.addWidget(card, 1)

    def _connect(self) -> None:
        self._pause.timeout.connect(self.read)
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.search.returnPressed.connect(self._on_searched)
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self._offer())
        self.rows.modelReset.connect(self._offer)
        self.table.copy_asked.connect(self._on_copy)
        self.table.left.connect(self.take_focus)
        self.again.clicked.connect(self._on_again)
        self.spoiled.clicked.connect(self._on_spoil)
        QShortcut(QKeySequence("Ctrl+F"), self, self.take_focus, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _state(self) -> LabelState | None:
        return next((state for state, button in self.states.items() if button.isChecked()), None)

    def _on_state(self, chosen: LabelState) -> None:
        for state, button in self.states.items():
            if state is not chosen:
                button.setChecked(False)
        self.read()

    def _on_rows(self, asked: int, rows: list[LabelRow]) -> None:
        if asked != self._asked:
            return
        self.rows.show(rows)
        count = len(rows)
        said = trn("{count} label", "{count} labels", count)
        if count == _MOST:
            said = trn("the newest {count} label", "the newest {count} labels", count)
        self.count.setText(said.format(count=words.number(count)))
        if self.search.text() or self._state() is not None:
            self._nothing.say(tr("No label is like that"), tr("Change the search, or remove a filter."))
        else:
            self._nothing.say(tr("No label was printed yet"), tr("Print some: each one is then written down here."))
        self._pages.setCurrentIndex(1 if rows else 0)

    def _on_scanned(self, device: ScannedDevice) -> None:
        self.search.setText(device.tag)

    def _on_searched(self) -> None:
        if self.rows.rows:
            self.table.setFocus()
            self.table.choose(0)

    def _selected(self) -> LabelRow | None:
        place = self.table.currentIndex().row()
        is_chosen = self.table.selectionModel().hasSelection() and 0 <= place < len(self.rows.rows)
        return cast(LabelRow, self.rows.rows[place]) if is_chosen else None

    def _offer(self) -> None:
        row = self._selected()
        self.again.setEnabled(row is not None)
        self.spoiled.setEnabled(row is not None and row.state is not LabelState.SPOILED)

    def _on_again(self) -> None:
        """Put the tablets of the rows selected into the list of what is printed."""
        for place in self.table.chosen_places():
            for row in cast(list[LabelRow], self.rows.rows[place.start : place.start + place.size]):
                call = partial(labelling.scanned, self._session, row.tag)
                self._jobs.run(call, done=self.again_asked.emit, refused=self._refuse, failed=self._refuse)

    def _on_spoil(self) -> None:
        if (row := self._selected()) is not None:
            call = partial(labelling.spoil, self._session, row.tag, row.id)
            self._jobs.run(call, done=self._on_spoiled, refused=self._refuse, failed=self._refuse)

    def _on_spoiled(self, receipt: Receipt[str]) -> None:
        self.banner.tell(tr("The label of {tag} is spoiled: it is to be printed again.").format(tag=receipt.value))

    def _refuse(self, error: TabletLoansError | Refusal) -> None:
        self.banner.say(error)

    def _on_copy(self) -> None:
        rows = [self.rows.rows[number] for place in self.table.chosen_places()
                for number in range(place.start, place.start + place.size)]  # fmt: skip
        QGuiApplication.clipboard().setText(as_tsv(_COLUMNS, rows))
