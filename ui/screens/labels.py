"""The labels: a technician prints those of a delivery, sticks them, and scans each back until all are known to read."""

from functools import partial
from typing import ClassVar

from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from tablet_loans.services.labelling import ScannedDevice
from tablet_loans.services.session import Topic
from tablet_loans.text import tr
from ui import words
from ui.label_papers import LabelPapers
from ui.sounds import Sound
from ui.widgets.flow import Flow
from ui.widgets.label_journal import LabelJournal
from ui.widgets.label_printing import LabelPrinting
from ui.widgets.label_verify import LabelVerify
from ui.widgets.school_choice import SchoolChoice
from ui.widgets.screen import Screen

_PARTS = ("print", "stick", "journal")
_HIGH = 32


class Labels(Screen):
    """Three parts: print, stick and verify, and the journal of what was printed."""

    topics: ClassVar = frozenset({Topic.DEVICES})

    def _build(self) -> None:
        self.printing = LabelPrinting(self._session, self._jobs)
        self.verify = LabelVerify(self._session, self._jobs)
        self.journal = LabelJournal(self._session, self._jobs)
        self._parts = (self.printing, self.verify, self.journal)
        self.papers = LabelPapers(self._session, self._jobs, self.printing, self)
        self._school = SchoolChoice(self._session, self._jobs, self)
        title = QLabel(tr("Labels"))
        title.setObjectName("title")
        self.segments = tuple(QPushButton(said) for said in (tr("Print"), tr("Stick and verify"), tr("Journal")))
        title.setMinimumHeight(_HIGH)
        head = QWidget()
        row = Flow(8, head)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(title)
        for place, segment in enumerate(self.segments):
            segment.setObjectName("segment")
            segment.setCheckable(True)
            segment.setToolTip(f"Alt+{place + 1}")
            segment.clicked.connect(partial(self.turn_to, place))
            row.addWidget(segment)
        row.push()
        self.more = QPushButton(tr("More"))
        self.more.setMenu(self._menu())
        self.papers.anchor = self.more
        for button in (self.more, self.printing.save, self.printing.go):
            row.addWidget(button)
        self._stack = QStackedWidget()
        for part in self._parts:
            self._stack.addWidget(part)
        layout = QVBoxLayout(self)
        layout.addWidget(head)
        layout.addWidget(self._stack, 1)
        self.fit_margins()
        self._show(0)

    def _menu(self) -> QMenu:
        menu = QMenu(self.more)
        for said, act in (
            (tr("Own stock of labels…"), self.papers.open_stock),
            (tr("Measure a printer…"), self.papers.open_calibration),
        ):
            menu.addAction(said, act)
        menu.addSeparator()
        for paper, make in self.papers.offered():
            menu.addAction(paper, make)
        return menu

    def _connect(self) -> None:
        self.printing.stick_asked.connect(partial(self.turn_to, 1))
        choice = self.printing.choice
        choice.school_asked.connect(self._school.ask_under)
        self._school.chosen.connect(choice.use_school)
        self._school.chosen.connect(lambda uai: self._school.name([uai]))
        self._school.named.connect(choice.name_school)
        self._school.failed.connect(self.printing.banner.say)
        self.journal.again_asked.connect(self._on_again)
        self.verify.settled.connect(self.settled)
        self.verify.counted.connect(self._on_counted)
        for part in (self.printing, self.verify):
            part.played.connect(self._play)
        for place in range(len(self._parts)):
            QShortcut(QKeySequence(f"Alt+{place + 1}"), self, partial(self.turn_to, place))

    def refresh(self) -> None:
        """Read again what the part in front shows, and how many labels wait."""
        self.printing.memory = self.papers.memory = self.memory
        self._part().read()
        if self._part() is not self.verify:
            self.verify.read()

    def turn_to(self, place: int) -> None:
        """Turn to a part: print, stick and verify, or the journal."""
        self._show(place)
        self._part().read()
        self._part().take_focus()

    def show_part(self, part: str) -> None:
        """Turn to the part of that name."""
        if part in _PARTS:
            self.turn_to(_PARTS.index(part))

    def take_focus(self) -> None:
        """Put the focus where scans are typed."""
        self._part().take_focus()

    def take_scan(self, raw: str) -> None:
        """Give the scan to the part in front."""
        self._part().take_scan(raw)

    def take_double(self, raw: str) -> None:
        """Say that a code read twice was ignored."""
        del raw
        if self._part() is self.verify:
            self.verify.take_double()
        elif self._part() is self.printing:
            self.printing.choice.field.whisper(tr("Read twice, ignored"))

    def unanswered(self) -> int:
        """Return how many labels were scanned back and are not confirmed yet."""
        return self.verify.unanswered()

    def is_held(self) -> bool:
        """Say whether scans wait for the person to try again."""
        return self.verify.is_held()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_margins()

    def _part(self) -> LabelPrinting | LabelVerify | LabelJournal:
        return self._parts[self._stack.currentIndex()]

    def _show(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        for number, segment in enumerate(self.segments):
            segment.setChecked(number == place)
        for button in (self.printing.save, self.printing.go):
            button.setVisible(place == 0)

    def _on_counted(self, count: int) -> None:
        said = tr("Stick and verify")
        self.segments[1].setText(f"{said} · {words.number(count)}" if count else said)

    def _on_again(self, device: ScannedDevice) -> None:
        self.turn_to(0)
        self.printing.add(device)

    def _play(self, sound: Sound) -> None:
        if self.sounds is not None:
            self.sounds.play(sound)
