"""The counter's list of acts, newest first; refused ones stay where they happened."""

from dataclasses import replace
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from tablet_loans.services.serving import Did, Outcome
from tablet_loans.text import N_, tr
from ui import icons, words
from ui.columns import Column, Style
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.data_table import DataTable
from ui.widgets.empty import Empty
from ui.widgets.happening import lacking, late, undone, why

_WORDS = {
    Did.LENT: N_("Lent"),
    Did.RETURNED: N_("Returned"),
    Did.REFUSED: N_("Refused"),
    Did.UNDID: N_("Undone"),
}
_TONES = {Did.LENT: Tone.OK, Did.RETURNED: Tone.OK, Did.REFUSED: Tone.BAD, Did.UNDID: Tone.ACCENT}


def _did(row: Outcome) -> str:
    return tr(_WORDS[row.did])


def _tone(row: Outcome) -> Tone:
    return Tone.WARN if row.did is Did.RETURNED and (_lateness(row) or lacking(row)) else _TONES[row.did]


def _lateness(row: Outcome) -> str:
    return late(row.loan.overdue_days) if row.loan and row.did is Did.RETURNED else ""


def _code(row: Outcome) -> str:
    return row.tablet.tag if row.tablet else row.code


def _pupil(row: Outcome) -> str:
    pupil = row.pupil
    return "  ·  ".join(part for part in (pupil.name, pupil.class_name) if part) if pupil else ""


def _due(row: Outcome) -> str:
    if row.did is Did.LENT and row.loan:
        return words.short_date(row.loan.due_on)
    return _lateness(row)


def _note(row: Outcome) -> str:
    if row.did is Did.UNDID:
        return undone(row)
    if row.did is Did.REFUSED:
        return why(row)
    return lacking(row) if row.did is Did.RETURNED else ""


def _soft(_row: Outcome) -> Tone:
    return Tone.SOFT


def _note_tone(row: Outcome) -> Tone:
    return Tone.BAD if row.did is Did.REFUSED else Tone.SOFT if row.did is Did.UNDID else Tone.WARN


def _due_tone(row: Outcome) -> Tone:
    return Tone.WARN if row.did is Did.RETURNED else Tone.PLAIN


COLUMNS = (
    Column(N_("Time"), lambda row: words.time_of_day(row.at), 88, style=Style.CODE, tone=_soft),
    Column("", _did, 106, style=Style.CHIP, tone=_tone),
    Column(N_("Tablet"), _code, 128, style=Style.CODE),
    Column(N_("Pupil"), _pupil, 210, 2),
    Column(N_("Due back"), _due, 100, tone=_due_tone),
    Column(N_("Note"), _note, 230, 4, tone=_note_tone),
)


class Operations(QFrame):
    """What this counter did since it was opened."""

    undo_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.rows = ListModel(COLUMNS)
        self.table = DataTable(tr("Last operations"))
        self.table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.table.show_model(self.rows, COLUMNS)
        title = QLabel(tr("Last operations"))
        title.setObjectName("cardTitle")
        hint = QLabel(tr("Ctrl+Z undoes the last one"))
        hint.setObjectName("soft")
        self._undo = QPushButton(icons.icon("arrow-counter-clockwise"), tr("Undo the last one"))
        self._undo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._undo.setEnabled(False)
        self._undo.clicked.connect(self.undo_asked)
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 10, 0)
        head.setSpacing(14)
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(hint)
        head.addWidget(self._undo)
        empty = Empty("barcode")
        empty.say(tr("Nothing yet"), tr("What you lend and take back is listed here."))
        self._pages = QStackedLayout()
        self._pages.addWidget(empty)
        self._pages.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 10, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(self._pages, 1)

    def add(self, outcome: Outcome) -> None:
        """Put an act first."""
        self.rows.put_first(outcome)
        self._show()

    def mark_undone(self, outcome: Outcome) -> None:
        """Show the act that was undone as such, where it stands."""
        for place, row in enumerate(self.rows.rows):
            if cast(Outcome, row).ledger_id == outcome.ledger_id:
                self.rows.put(place, replace(outcome, at=cast(Outcome, row).at))
        self._show()

    def last_act(self) -> Outcome | None:
        """Return the newest act that can be undone, or None."""
        acts = (cast(Outcome, row) for row in self.rows.rows)
        return next((row for row in acts if row.did in (Did.LENT, Did.RETURNED)), None)

    def counts(self) -> dict[Did, int]:
        """Return how many rows there are of each kind."""
        kinds = [cast(Outcome, row).did for row in self.rows.rows]
        return {did: kinds.count(did) for did in _WORDS}

    def _show(self) -> None:
        self._pages.setCurrentWidget(self.table)
        self.table.scrollToTop()
        self._undo.setEnabled(self.last_act() is not None)
