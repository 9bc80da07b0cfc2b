"""The panel beside the devices: one tablet, its facts, and all that happened to it."""

from collections.abc import Mapping
from typing import Final, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from tablet_loans.domain.act import ACTION_WORDS, Line
from tablet_loans.domain.device import (
    CONDITION_WORDS,
    KIND_WORDS,
    PLACE_WORDS,
    STATE_WORDS,
    DeviceRow,
    DeviceState,
    Place,
)
from tablet_loans.services.stocking import DeviceStory
from tablet_loans.text import N_, tr
from ui import words
from ui.columns import Column, Style
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.chip import Chip
from ui.widgets.data_table import DataTable
from ui.widgets.facts import Fact, Facts

STATE_TONES: Final[Mapping[str, Tone]] = {
    DeviceState.READY: Tone.OK,
    DeviceState.ON_LOAN: Tone.ACCENT,
    DeviceState.TO_PREPARE: Tone.WARN,
    DeviceState.IN_REPAIR: Tone.WARN,
    DeviceState.LOST: Tone.BAD,
    DeviceState.STOLEN: Tone.BAD,
    DeviceState.RETIRED: Tone.PLAIN,
}


def state_words(state: str) -> str:
    """Return a state as a chip writes it: with a capital."""
    written = tr(STATE_WORDS[state])
    return written[:1].upper() + written[1:]


def place_words(row: DeviceRow) -> str:
    """Return where a device stands, in short: the school's UAI, the depot's name, or the pupil's hands."""
    known = {Place.SCHOOL: row.school, Place.DEPOT: row.depot}.get(Place(row.place))
    return known or tr(PLACE_WORDS[row.place])


def _whole_place(row: DeviceRow) -> str:
    word, known = tr(PLACE_WORDS[row.place]), place_words(row)
    return word if known == word else f"{word} · {known}"


def _action(line: Line) -> str:
    return tr(ACTION_WORDS.get(line.action, line.action))


def _soft(_line: Line) -> Tone:
    return Tone.SOFT


_COLUMNS: Final = (
    Column(N_("When"), lambda line: words.day_and_time(line.effective_at), 124, style=Style.CODE, tone=_soft),
    Column(N_("What"), _action, 90, 2),
    Column(N_("Who"), lambda line: cast(str, line.actor), 84, 1, tone=_soft),
)


class Story(QFrame):
    """One device: what it is, where it stands, what happened to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("The tablet's story"))
        self._tag, self._chip, self._model = QLabel(), Chip(), QLabel()
        self._tag.setObjectName("tag")
        self._tag.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._model.setObjectName("soft")
        self._facts = Facts(is_line=False)
        self._acts = ListModel(_COLUMNS)
        self._table = DataTable(tr("What happened to it"), 32)
        self._table.show_model(self._acts, _COLUMNS)
        self._table.horizontalHeader().hide()
        title = QLabel(tr("Story"))
        title.setObjectName("cardTitle")
        self._none = QLabel(tr("Nothing has happened to it yet."))
        self._none.setObjectName("soft")
        head = QHBoxLayout()
        head.addWidget(self._tag)
        head.addStretch(1)
        head.addWidget(self._chip)
        told = QVBoxLayout()
        told.setContentsMargins(12, 0, 12, 0)
        told.setSpacing(4)
        told.addLayout(head)
        told.addWidget(self._model)
        told.addSpacing(10)
        told.addWidget(self._facts)
        told.addSpacing(14)
        told.addWidget(title)
        told.addWidget(self._none)
        layout = QVBoxLayout(self)  # a table's cells bring the same 12 pixels themselves
        layout.setContentsMargins(4, 16, 4, 16)
        layout.setSpacing(4)
        layout.addLayout(told)
        layout.addWidget(self._table, 1)
        layout.addStretch(0)
        self._layout = layout

    def show_story(self, story: DeviceStory) -> None:
        """Show a device and its acts."""
        row = story.row
        self._tag.setText(row.tag)
        self._chip.say(state_words(row.state), STATE_TONES[row.state])
        self._model.setText(f"{row.maker} {row.model}".strip())
        self._facts.show_facts(
            [
                Fact(tr("Serial"), row.serial or "", is_code=True),
                Fact(tr("IMEI"), row.imei or "", is_code=True),
                Fact(tr("Kind"), tr(KIND_WORDS[row.kind])),
                Fact(tr("Place"), _whole_place(row)),
                Fact(tr("Condition"), tr(CONDITION_WORDS[row.condition])),
                Fact(tr("Loan"), row.loan or "", is_code=True),
            ]
        )
        self._acts.show(story.acts)
        self._none.setVisible(not story.acts)
        self._table.setVisible(bool(story.acts))
        self._layout.setStretch(self._layout.count() - 1, 0 if story.acts else 1)
