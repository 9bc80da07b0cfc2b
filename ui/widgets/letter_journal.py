"""The journal of letters: what was printed, written and sent to families, and what could not be."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from tablet_loans.domain.letter import LetterKind
from tablet_loans.domain.mail import MESSAGE_WORDS, TEST, WAY_WORDS, MessageRow, MessageState
from tablet_loans.services import mailing
from tablet_loans.services.session import Session
from tablet_loans.text import N_, tr, trn
from ui import words
from ui.columns import Column, Style, as_tsv
from ui.jobs import Jobs, Lane
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.data_table import DataTable
from ui.widgets.device_words import capital
from ui.widgets.empty import Empty
from ui.widgets.flow import Flow
from ui.widgets.letter_words import KINDS, STATE_TONES


def _kind(row: MessageRow) -> str:
    if row.kind == TEST:
        return tr("Test of the mail server")
    return tr(KINDS[LetterKind(row.kind)]) if row.kind in set(LetterKind) else row.kind


def _way(row: MessageRow) -> str:
    return words.joined(tr(WAY_WORDS.get(row.way, row.way)), row.address)


_COLUMNS: Final = (
    Column(N_("When"), lambda row: words.day_and_time(row.at), 130),
    Column(N_("Letter"), _kind, 130, 1),
    Column(N_("Loan"), lambda row: row.loan or "–", 116, style=Style.CODE),
    Column(N_("Way"), _way, 190, 2),
    Column(
        N_("State"), lambda row: capital(tr(MESSAGE_WORDS[row.state])), 180, style=Style.CHIP,
        tone=lambda row: STATE_TONES[row.state],
    ),
    Column(N_("Reason"), lambda row: tr(row.reason) if row.reason else "", 140, 3, tone=lambda _row: Tone.SOFT),
)  # fmt: skip


class LetterJournal(QWidget):
    """The newest first; one state, or all."""

    def __init__(self, session: Session, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("plain")
        self._session, self._jobs, self._asked = session, jobs, 0
        self.rows = ListModel(_COLUMNS)
        self.rows.setParent(self)
        self._build()
        self.table.copy_asked.connect(self._on_copy)

    def read(self) -> None:
        """Read the journal again, as it is filtered."""
        self._asked += 1
        call = partial(mailing.journal, self._session, state=self.state())
        failed = partial(self.banner.say, again=self.read)
        done = partial(self._on_rows, self._asked)
        self._jobs.run(call, done=done, refused=self.banner.say, failed=failed, lane=Lane.READING)

    def state(self) -> MessageState | None:
        """Return the state that alone is shown, None for all."""
        return next((state for state, button in self.states.items() if button.isChecked()), None)

    def turn_to(self, state: MessageState) -> None:
        """Show what is in one state."""
        self.states[state].setChecked(True)
        self._on_state(state)

    def take_focus(self) -> None:
        """Put the focus in the list."""
        self.table.setFocus()

    def _build(self) -> None:
        self.banner, self.count = Banner(), QLabel()
        self.count.setObjectName("filterLead")
        self.states: dict[MessageState, QPushButton] = {}
        tools = QWidget()
        row = Flow(6, tools)
        row.setContentsMargins(0, 0, 0, 0)
        for state in MessageState:
            button = QPushButton(capital(tr(MESSAGE_WORDS[state])))
            button.setObjectName("segment")
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.clicked.connect(partial(self._on_state, state))
            row.addWidget(button)
            self.states[state] = button
        row.push()
        row.addWidget(self.count)
        self.table, self._nothing = DataTable(tr("Journal of letters"), 36), Empty("tray")
        self.table.show_model(self.rows, _COLUMNS, (_COLUMNS[-1].title,))
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
        layout.setSpacing(10)
        layout.addWidget(tools)
        layout.addWidget(self.banner)
        layout.addWidget(card, 1)

    def _on_state(self, chosen: MessageState) -> None:
        for state, button in self.states.items():
            if state is not chosen:
                button.setChecked(False)
        self.read()

    def _on_rows(self, asked: int, rows: Sequence[MessageRow]) -> None:
        if asked != self._asked:
            return
        self.rows.show(rows)
        self.count.setText(trn("{count} line", "{count} lines", len(rows)).format(count=words.number(len(rows))))
        if self.state() is None:
            self._nothing.say(tr("Nothing was written yet"), tr("Each letter printed or sent is written down here."))
        else:
            self._nothing.say(tr("No letter is like that"), tr("Remove the filter to see all."))
        self._pages.setCurrentIndex(1 if rows else 0)

    def _on_copy(self) -> None:
        rows = [self.rows.rows[number] for place in self.table.chosen_places()
                for number in range(place.start, place.start + place.size)]  # fmt: skip
        shown = [replace(column, title=tr(column.title)) for column in _COLUMNS]
        QGuiApplication.clipboard().setText(as_tsv(shown, rows))
