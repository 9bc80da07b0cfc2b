"""What would prevent lending on Monday: one big sentence, then each thing to see to with the way to mend it."""

import re
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.concern import Concern
from tablet_loans.domain.readiness import Readiness, ReadinessLine, action_of, sentence_of
from tablet_loans.text import tr, trn
from ui import icons, words
from ui.theme import Tone
from ui.widgets.chip import Chip
from ui.widgets.record_parts import label

_CHIP: Final = 92
_PROGRAM: Final = "tablet-loans"
_ORDER: Final = list(Concern)


class CampaignReadiness(QWidget):
    """The lines of one campaign; `mend_asked` gives the one to see to, `closer_asked` asks for what takes seconds."""

    mend_asked = Signal(object)
    closer_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self.setAccessibleName(tr("What would prevent lending"))
        self.title = label("", "title", is_selectable=False)
        self.closer = QPushButton(tr("Look closer"))
        self.closer.setToolTip(tr("Doubtful households and the last plan are gone through again: it takes seconds"))
        self.closer.clicked.connect(self._on_closer)
        self.note = label("", "notes")
        self.note.hide()
        self._found: Readiness | None = None
        self._quick: Readiness | None = None
        self._quick_then: Readiness | None = None
        self._examined: Readiness | None = None
        self._is_looking = False
        self.acts: list[QPushButton] = []
        self._codes: list[Concern] = []
        self._shown: QWidget | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 10)
        self._layout.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.closer)
        self._layout.addLayout(head)
        self._layout.addWidget(self.note)

    def wait(self) -> None:
        """Say that it is being looked for."""
        self._found = self._quick = self._quick_then = self._examined = None
        self.give_up()
        self.note.hide()
        self._say(tr("Looking at everything…"), Tone.SOFT)
        self._show_lines(())

    def show_readiness(self, found: Readiness) -> None:
        """Show what stands in the way, what blocks first, with what looking closer found before."""
        self._quick = found
        self._show(found if self._examined is None else self._with_examined(found, self._examined))

    def show_examined(self, found: Readiness, at: datetime) -> None:
        """Show what was found by looking closer, and say at what time and whether it is more than before."""
        more = 0 if self._quick is None else len(set(found.lines) - set(self._quick.lines))
        self._examined, self._quick_then = found, self._quick
        self.give_up()
        said = trn("Examined at {time}: {count} thing more", "Examined at {time}: {count} things more", more)
        told = said.format(time=words.hour_and_minute(at), count=words.number(more))
        nothing = tr("Examined at {time}: nothing more").format(time=words.hour_and_minute(at))
        self.note.setText(told if more else nothing)
        self.note.show()
        self.closer.setAccessibleDescription(self.note.text())
        self._show(found)

    def give_up(self) -> None:
        """Let be asked to look closer again."""
        self._is_looking = False
        self.closer.setText(tr("Look closer"))

    def _with_examined(self, found: Readiness, examined: Readiness) -> Readiness:
        """Return what is found at a glance with what only looking closer tells."""
        if found == self._quick_then:
            return examined
        kept = [line for line in examined.lines if line.code is Concern.DOUBTFUL_HOUSEHOLDS]
        lines = sorted((*found.lines, *kept), key=lambda line: (not line.is_blocking, _ORDER.index(line.code)))
        return Readiness(found.is_ready, tuple(lines))

    def _show(self, found: Readiness) -> None:
        if found == self._found:
            return  # whoever stands on one of the lines stays there
        self._found = found
        blocking = sum(line.is_blocking for line in found.lines)
        said = trn("{count} thing prevents lending", "{count} things prevent lending", blocking)
        if blocking:
            self._say(said.format(count=words.number(blocking)), Tone.BAD)
        else:
            self._say(tr("Nothing prevents lending") if found.is_ready else tr("Lending is not ready"), Tone.OK)
        self._show_lines(found.lines)

    def _say(self, sentence: str, tone: Tone) -> None:
        self.title.setText(sentence)
        self.title.setProperty("tone", tone.value)
        self.title.style().unpolish(self.title)
        self.title.style().polish(self.title)

    def _show_lines(self, lines: tuple[ReadinessLine, ...]) -> None:
        focused = next((code for code, act in zip(self._codes, self.acts, strict=True) if act.hasFocus()), None)
        if self._shown is not None:
            self._shown.hide()
            self._layout.removeWidget(self._shown)
            self._shown.deleteLater()
        self._shown, self.acts = QWidget(), []
        self._shown.setObjectName("plain")
        rows = QVBoxLayout(self._shown)
        rows.setContentsMargins(0, 6, 0, 0)
        rows.setSpacing(0)
        for line in lines:
            rows.addWidget(self._line(line))
        self._layout.addWidget(self._shown)
        self._codes = [line.code for line in lines]
        for before, act in pairwise((self.closer, *self.acts)):
            QWidget.setTabOrder(before, act)
        if focused is not None:
            (self.acts[self._codes.index(focused)] if focused in self._codes else self.closer).setFocus()

    def _line(self, line: ReadinessLine) -> QFrame:
        frame, told = QFrame(), QVBoxLayout()
        frame.setObjectName("ruled")
        chip = Chip(frame)
        chip.say(tr("blocks") if line.is_blocking else tr("to look at"), Tone.BAD if line.is_blocking else Tone.WARN)
        chip.setFixedWidth(_CHIP)
        chip.setAlignment(Qt.AlignmentFlag.AlignCenter)
        told.setSpacing(1)
        told.addWidget(label(_grouped(sentence_of(line), line.count)))
        told.addWidget(label(action_of(line), "notes"))
        if not line.room:
            told.addWidget(label(f"{_PROGRAM} {line.command}", "code"))
        row = QHBoxLayout(frame)
        row.setContentsMargins(0, 8, 0, 8)
        row.setSpacing(12)
        row.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(told, 1)
        row.addWidget(self._button(line))
        return frame

    def _button(self, line: ReadinessLine) -> QPushButton:
        """Return the button that leads to the room that mends it; without a room, it copies the command."""
        button = QPushButton(tr("Go there") if line.room else tr("Copy the command"))
        button.setIcon(icons.icon("arrow-right" if line.room else "copy"))
        button.setAccessibleName(words.joined(button.text(), action_of(line)))
        if line.room:
            button.clicked.connect(partial(self._on_mend, line))
        else:
            button.clicked.connect(partial(self._on_copy, line))
            button.setToolTip(f"{_PROGRAM} {line.command}")
        self.acts.append(button)
        return button

    def _on_closer(self) -> None:
        """Ask once; the button keeps the focus while it is looked."""
        if not self._is_looking:
            self._is_looking = True
            self.closer.setText(tr("Looking…"))
            self.closer_asked.emit()

    def _on_mend(self, line: ReadinessLine) -> None:
        self.mend_asked.emit(line)

    def _on_copy(self, line: ReadinessLine) -> None:
        QGuiApplication.clipboard().setText(f"{_PROGRAM} {line.command}")


def _grouped(sentence: str, count: int) -> str:
    """Return the sentence with its number as the reader's language groups thousands."""
    return re.sub(rf"\b{count}\b", words.number(count), sentence, count=1)
