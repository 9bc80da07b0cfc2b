"""The panel beside the devices: one tablet, its facts, and all that happened to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.act import ACTION_WORDS, Line
from tablet_loans.domain.device import CONDITION_WORDS, KIND_WORDS
from tablet_loans.services.stocking import DeviceStory
from tablet_loans.text import N_, tr, trn
from ui import icons, words
from ui.columns import Column, Style
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.chip import Chip
from ui.widgets.data_table import DataTable
from ui.widgets.device_words import STATE_TONES, capital, enrolment_words, state_words, whole_place
from ui.widgets.facts import Fact, Facts


@dataclass(frozen=True, slots=True)
class _Told:
    """An act, or a step in an MDM, as the panel tells it."""

    at: datetime
    what: str
    who: str
    is_soft: bool = False


def _told(story: DeviceStory) -> Iterable[_Told]:
    """Return what staff did and what MDMs told, in words, the newest first."""
    steps = (_Told(step.at, enrolment_words(step.after), step.mdm) for step in story.enrolments)
    return merge(_acts(story), steps, key=lambda told: told.at, reverse=True)


def _acts(story: DeviceStory) -> Iterator[_Told]:
    """Yield the acts: which change it was, what an undoing undid, and what was undone later."""
    by_id = {line.id: line for line in story.acts}
    undone = {line.undoes for line in story.acts if line.undoes}
    for line in story.acts:
        what = _what(story, line)
        if line.undoes:
            before = by_id.get(line.undoes)
            what = tr("Undone: {act}").format(act=_what(story, before)) if before else what
        is_undone = line.id in undone
        words_ = tr("{act} (undone)").format(act=what) if is_undone else what
        yield _Told(line.effective_at, words_, line.actor, is_soft=is_undone or bool(line.undoes))


def _what(story: DeviceStory, line: Line) -> str:
    return tr(story.changes.get(line.id) or ACTION_WORDS.get(line.action, line.action))


def _soft(_told: _Told) -> Tone:
    return Tone.SOFT


def _tone(told: _Told) -> Tone:
    return Tone.SOFT if told.is_soft else Tone.PLAIN


_COLUMNS: Final = (
    Column(N_("When"), lambda told: words.day_and_time(told.at), 136, style=Style.CODE, tone=_soft),
    Column(N_("What"), lambda told: told.what, 96, 3, tone=_tone),
    Column(N_("Who"), lambda told: told.who, 68, 1, tone=_soft),
)


class Story(QFrame):
    """One device: what it is, where it stands, what happened to it; `closed` when it is put away."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("The tablet's story"))
        self._tag, self._chip, self._model = QLabel(), Chip(), QLabel()
        self._tag.setObjectName("tag")
        for label in (self._tag, self._model):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._tag.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._model.setObjectName("soft")
        self._model.setWordWrap(True)
        self._facts = Facts(is_line=False)
        self._acts = ListModel(_COLUMNS)
        self._table = DataTable(tr("What happened to it"), 32)
        self._table.show_model(self._acts, _COLUMNS)
        self._table.horizontalHeader().hide()
        title = QLabel(tr("Story"))
        title.setObjectName("cardTitle")
        self._none = QLabel(tr("Nothing has happened to it yet."))
        self._none.setObjectName("soft")
        self._more = QLabel()
        self._more.setObjectName("notes")
        self._more.setContentsMargins(12, 4, 12, 0)
        self._more.setWordWrap(True)
        self._table.installEventFilter(self)
        head = self._head()
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
        layout.addWidget(self._more)
        layout.addStretch(0)
        self._layout = layout

    def _head(self) -> QHBoxLayout:
        close = QPushButton(icons.icon("x"), "")
        close.setObjectName("quiet")
        close.setAccessibleName(tr("Close the story"))
        close.setToolTip(tr("Close the story (Esc)"))
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(self._tag)
        head.addStretch(1)
        head.addWidget(self._chip)
        head.addWidget(close)
        return head

    def take_focus(self) -> None:
        """Put the focus where the story is read with the arrows."""
        self._table.setFocus()
        if self._acts.rowCount():
            self._table.choose(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_key = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if is_key and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return True
        return super().eventFilter(watched, event)

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
                Fact(tr("Kind"), capital(tr(KIND_WORDS[row.kind]))),
                Fact(tr("Place"), capital(whole_place(row))),
                Fact(tr("Condition"), capital(tr(CONDITION_WORDS[row.condition]))),
                Fact(tr("Loan"), row.loan or "", is_code=True),
                Fact(tr("MDM"), enrolment_words(row.enrolment)),
            ]
        )
        self._acts.show(_told(story))
        count = len(story.acts)
        said = trn("Only the last {count} act is shown.", "Only the last {count} acts are shown.", count)
        self._more.setText(said.format(count=words.number(count)))
        self._more.setVisible(not story.is_whole)
        has_any = bool(story.acts or story.enrolments)
        self._none.setVisible(not has_any)
        self._table.setVisible(has_any)
        self._layout.setStretch(self._layout.count() - 1, 0 if has_any else 1)
