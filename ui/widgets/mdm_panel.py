"""The panel beside the differences: one device on both sides, its records, what was asked, and what can be."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.enrolment import MdmAct, TaskState
from tablet_loans.domain.finding import Finding, FindingKind
from tablet_loans.domain.mdm_task import TaskRow
from tablet_loans.domain.record_seen import RecordSeen
from tablet_loans.services.minding_mdm import Sides
from tablet_loans.text import tr
from ui import words
from ui.theme import Tone
from ui.widgets.chip import Chip
from ui.widgets.device_words import STATE_TONES, capital, state_words
from ui.widgets.flow import Flow
from ui.widgets.mdm_sides import MdmSides, compared, told_by
from ui.widgets.mdm_words import TASK_TONES, act_words, askers, day, task_words
from ui.widgets.record_parts import Section, label, told_line
from ui.widgets.side_panel import SidePanel


class MdmPanel(SidePanel):
    """One difference, or one device that was scanned; `closed` when it is put away."""

    act_asked = Signal(object)
    receive_asked = Signal(str)
    story_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("The difference"), parent)
        self.mdm, self.tag, self.serial = "", "", ""
        self._proposed: MdmAct | None = None
        self._offered: list[MdmAct] = []
        self._is_busy = False
        self._name, self._chip = label("", "tag"), Chip()
        self._what, self._proposal = label("", "body"), label("", "soft")
        self.sides = MdmSides()
        self.records, self.tasks = Section(tr("Records seen")), Section(tr("Asked before"))
        self.go, self.others = QPushButton(), QPushButton(tr("Other acts"))
        self.receive, self.story = QPushButton(tr("Receive it…")), QPushButton(tr("Its story"))
        self._menu = QMenu(self.others)
        self.others.setMenu(self._menu)
        self.go.clicked.connect(self._on_go)
        self.receive.clicked.connect(lambda: self.receive_asked.emit(self.serial))
        self.story.clicked.connect(lambda: self.story_asked.emit(self.tag))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 16, 0, 14)
        layout.setSpacing(10)
        layout.addLayout(self._head())
        layout.addWidget(self._scrolled((self.sides, self.records, self.tasks)), 1)
        buttons, foot = Flow(8), QVBoxLayout()
        foot.setContentsMargins(16, 0, 16, 0)
        foot.setSpacing(8)
        for button in (self.go, self.receive, self.others, self.story):
            buttons.addWidget(button)
        foot.addWidget(self._proposal)
        foot.addLayout(buttons)
        layout.addLayout(foot)

    def _head(self) -> QVBoxLayout:
        close = self._cross(tr("Close the difference"), tr("Close the difference (Esc)"))
        first, head = QHBoxLayout(), QVBoxLayout()
        first.addWidget(self._name, 1)
        first.addWidget(self._chip)
        first.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        head.setContentsMargins(16, 0, 10, 0)
        head.setSpacing(4)
        head.addLayout(first)
        head.addWidget(self._what)
        return head

    def show_sides(self, sides: Sides, finding: Finding | None) -> None:
        """Show a device on both sides; without a finding, both agree."""
        told = told_by(sides, finding)
        self.tag = sides.row.tag if sides.row else ""
        self.serial = told.serial if told else ""
        self.mdm = told.mdm if told else ""
        self._name.setText(self.tag or self.serial or (told.external_id if told else ""))
        if sides.row is not None:
            self._chip.say(state_words(sides.row.state), STATE_TONES[sides.row.state])
        else:
            self._chip.say(tr("Not in the register"), Tone.WARN)
        self._say_what(finding, has_record=told is not None)
        self.sides.show_lines(compared(sides, finding), self.mdm)
        self.records.show_lines([_record_line(each) for each in sides.records])
        self.tasks.show_lines([_task_line(each) for each in sides.tasks])
        self._propose(sides, finding, told)

    def hold(self, *, is_busy: bool) -> None:
        """Ask for nothing while something is asked already."""
        self._is_busy = is_busy
        for button in (self.go, self.others):
            button.setEnabled(not is_busy)

    def _say_what(self, finding: Finding | None, *, has_record: bool) -> None:
        agreed = tr("Register and MDM agree.") if has_record else tr("No MDM tells of it, and none has to.")
        self._what.setText(finding.sentence if finding is not None else agreed)

    def _propose(self, sides: Sides, finding: Finding | None, told: RecordSeen | None) -> None:
        """Offer the proposed act as a button, the others that this MDM takes in a menu."""
        is_here = sides.row is not None
        self._proposed = finding.act if finding and finding.is_offered and is_here else None
        acts = told.acts if told and told.gone_at is None and is_here else frozenset()
        self._offered = [act for act in MdmAct if act in acts and act is not self._proposed]
        self.go.setText(f"{act_words(self._proposed)}…" if self._proposed else "")
        self.go.setVisible(self._proposed is not None)
        self._menu.clear()
        for act in self._offered:
            self._menu.addAction(f"{act_words(act)}…", partial(self.act_asked.emit, act))
        self.others.setVisible(bool(self._offered))
        is_new = finding is not None and finding.kind is FindingKind.NOT_IN_REGISTER and bool(self.serial)
        self.receive.setVisible(is_new)
        self.story.setVisible(is_here)
        by_hand = finding is not None and self._proposed is None and not is_new
        self._proposal.setText(capital(finding.proposal) + "." if finding is not None and by_hand else "")
        self._proposal.setVisible(by_hand)
        self.hold(is_busy=self._is_busy)

    def _on_go(self) -> None:
        if self._proposed is not None:
            self.act_asked.emit(self._proposed)


def _record_line(record: RecordSeen) -> QWidget:
    until = tr("told no more since {day}").format(day=day(record.gone_at)) if record.gone_at else ""
    first = tr("told since {day}").format(day=day(record.first_told_at))
    last = tr("changed on {day}").format(day=day(record.changed_at)) if record.gone_at is None else until
    return told_line(f"{record.mdm} · {record.external_id}", words.joined(first, last))


def _task_line(task: TaskRow) -> QWidget:
    why = tr(task.reason) if task.reason and task.state is TaskState.FAILED else ""
    said = words.joined(words.day_and_time(task.asked_at), askers(task), why)
    return told_line(act_words(task.act), said, task_words(task.state), TASK_TONES[task.state])
