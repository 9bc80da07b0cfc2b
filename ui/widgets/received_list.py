"""The last tablets that were scanned: recorded, refused and why, undone; each can be undone from its row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, cast

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.arrival import Draft
from tablet_loans.domain.errors import Refusal
from tablet_loans.services.recording import Received
from tablet_loans.text import N_, tr
from ui import words
from ui.columns import Column, Style
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.data_table import DataTable

_SHOWN: Final = 10


class Stage(StrEnum):
    """How far a tablet that was scanned has come."""

    WAITING = "waiting"
    RECORDED = "recorded"
    REFUSED = "refused"
    HELD = "held"
    UNDONE = "undone"


_STAGES: Final = {
    Stage.WAITING: (N_("Being recorded"), Tone.SOFT),
    Stage.RECORDED: (N_("Recorded"), Tone.OK),
    Stage.REFUSED: (N_("Refused"), Tone.BAD),
    Stage.HELD: (N_("Not recorded yet"), Tone.WARN),
    Stage.UNDONE: (N_("Undone"), Tone.ACCENT),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One tablet that was scanned, and what became of it."""

    number: int
    draft: Draft
    stage: Stage = Stage.WAITING
    received: Received | None = None
    ledger_id: LedgerId | None = None
    refusal: Refusal | None = None


def _code(entry: Entry) -> str:
    return words.joined(entry.draft.serial or "", entry.draft.imei or "")


def _time(entry: Entry) -> str:
    return words.time_of_day(entry.received.at) if entry.received else ""


def _tag(entry: Entry) -> str:
    return entry.received.tag if entry.received else entry.draft.tag or ""


def _undo(entry: Entry) -> str:
    return tr("Undo") if entry.stage is Stage.RECORDED else ""


def _soft(_entry: Entry) -> Tone:
    return Tone.SOFT


_COLUMNS: Final = (
    Column(N_("Time"), _time, 78, style=Style.CODE, tone=_soft, is_spare=True),
    Column(N_("Tag"), _tag, 100, style=Style.CODE),
    Column(N_("Serial"), _code, 116, style=Style.CODE),
    Column("", lambda entry: tr(_STAGES[entry.stage][0]), 118, style=Style.CHIP, tone=lambda e: _STAGES[e.stage][1]),
    Column(N_("Note"), lambda entry: entry.refusal.spoken() if entry.refusal else "", 60, 6, tone=lambda _: Tone.BAD),
    Column("", _undo, 66, tone=lambda _: Tone.ACCENT),
)


class ReceivedList(QFrame):
    """Ten rows are shown, newest first; all are counted."""

    undo_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._entries: dict[int, Entry] = {}
        self.rows = ListModel(_COLUMNS)
        self.table = DataTable(tr("Last tablets"), 34)
        self.table.show_model(self.rows, _COLUMNS)
        self.table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.table.installEventFilter(self)
        self.table.clicked.connect(self._on_clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.addWidget(self.table)

    def add(self, draft: Draft) -> Entry:
        """Put a tablet first, on its way to be recorded."""
        entry = Entry(len(self._entries), draft)
        self._entries[entry.number] = entry
        self.rows.put_first(entry)
        if len(self.rows.rows) > _SHOWN:
            self.rows.show(self.rows.rows[:_SHOWN])
        return entry

    def put(self, entry: Entry) -> None:
        """Show what became of a tablet, where it stands."""
        self._entries[entry.number] = entry
        for place, row in enumerate(self.rows.rows):
            if cast(Entry, row).number == entry.number:
                self.rows.put(place, entry)

    def entry(self, number: int) -> Entry:
        """Return a tablet as it is now."""
        return self._entries[number]

    def at(self, stage: Stage) -> Sequence[Entry]:
        """Return the tablets that have come so far, in the order of their scans."""
        return [entry for entry in self._entries.values() if entry.stage is stage]

    def hold(self, number: int) -> None:
        """Keep a tablet that met trouble until it is tried again."""
        self.put(replace(self.entry(number), stage=Stage.HELD))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_key = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if is_key and isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._ask(self.table.currentIndex().row())
            return True
        return super().eventFilter(watched, event)

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == len(_COLUMNS) - 1:
            self._ask(index.row())

    def _ask(self, place: int) -> None:
        if 0 <= place < len(self.rows.rows):
            entry = cast(Entry, self.rows.rows[place])
            if entry.stage is Stage.RECORDED:
                self.undo_asked.emit(entry)
