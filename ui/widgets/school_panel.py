"""The panel beside the schools: what one answered, class by class, what its families lack, and what is called back."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.need import EQUIPMENT_WORDS, Coverage, Equipment
from tablet_loans.domain.school import Recall, SchoolStanding
from tablet_loans.text import tr, trn
from ui import words
from ui.theme import Tone
from ui.widgets.bars import Part, Share, ShareBars, StackedBar
from ui.widgets.flow import Flow
from ui.widgets.record_parts import Section, label, told_line
from ui.widgets.side_panel import SidePanel

NEED_TONES: Final[Mapping[Equipment, Tone]] = {
    Equipment.NONE: Tone.BAD,
    Equipment.PHONE: Tone.WARN,
    Equipment.SHARED: Tone.ACCENT,
    Equipment.OWN: Tone.OK,
}


def need_parts(coverages: Sequence[Coverage]) -> list[Part]:
    """Return what these classes or schools answered as the parts of one bar, with those who have not."""
    parts = [
        Part(tr(EQUIPMENT_WORDS[equipment]), sum(each.by_equipment.get(equipment, 0) for each in coverages), tone)
        for equipment, tone in NEED_TONES.items()
    ]
    silent = sum(each.pupils - each.answered for each in coverages)
    return [*parts, Part(tr("No answer yet"), silent)]


class SchoolPanel(SidePanel):
    """One school in a campaign; `closed` when it is put away, the others when something is asked of it."""

    workbook_asked = Signal()
    forms_asked = Signal()
    roster_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("The school"), parent)
        self._has_pupils = self._is_busy = False
        self._name, self._where, self._mail = label("", "cardTitle"), label("", "soft"), label("", "soft")
        self._figures = label("")
        self.needs, self.classes = StackedBar(tr("Needs by kind")), ShareBars(tr("Answers by class"))
        self._needs, self._classes = _titled(tr("Needs by kind"), self.needs), _titled(tr("Answers"), self.classes)
        self.recalls = Section(tr("To recall"))
        self.workbook = QPushButton(tr("Workbook…"))
        self.workbook.setToolTip(tr("Write the workbook of this school"))
        self.workbook.clicked.connect(self.workbook_asked)
        self.forms = QPushButton(tr("Forms…"))
        self.forms.setToolTip(tr("Print the forms of this school, a class a page"))
        self.forms.clicked.connect(self.forms_asked)
        self.roster = QPushButton(tr("Import…"))
        self.roster.setToolTip(tr("Import the pupils of this school"))
        self.roster.clicked.connect(self.roster_asked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 16, 0, 14)
        layout.setSpacing(10)
        layout.addLayout(self._head())
        layout.addWidget(self._scrolled((self._needs, self.recalls, self._classes)), 1)
        buttons, foot = Flow(8), QVBoxLayout()
        foot.setContentsMargins(16, 0, 16, 0)
        for button in (self.workbook, self.forms, self.roster):
            buttons.addWidget(button)
        foot.addLayout(buttons)
        layout.addLayout(foot)

    def _head(self) -> QVBoxLayout:
        close = self._cross(tr("Close the school"), tr("Close the school (Esc)"))
        first, head = QHBoxLayout(), QVBoxLayout()
        first.addWidget(self._name, 1)
        first.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        head.setContentsMargins(16, 0, 10, 0)
        head.setSpacing(4)
        head.addLayout(first)
        for line in (self._where, self._mail, self._figures):
            head.addWidget(line)
        return head

    def show_school(self, row: SchoolStanding, coverages: Sequence[Coverage], recalls: Sequence[Recall]) -> None:
        """Show a school: how far it has come, what its classes answered, and what is called back."""
        self._name.setText(row.name)
        self._where.setText(words.joined(row.uai, row.commune, row.kind))
        self._mail.setText(row.email)
        self._mail.setVisible(bool(row.email))
        self._figures.setText(_figures(row))
        self.needs.show_parts(need_parts(coverages))
        self._needs.setVisible(bool(coverages))
        self.classes.show_shares([Share(each.name or "–", each.answered, each.pupils) for each in coverages])
        self._classes.setVisible(bool(coverages))
        self.recalls.show_lines(map(_recall_line, recalls))
        self._has_pupils = row.pupils > 0
        self.hold(is_busy=self._is_busy)

    def hold(self, *, is_busy: bool) -> None:
        """Ask for nothing that is written while something is."""
        self._is_busy = is_busy
        for button in (self.workbook, self.forms):
            button.setEnabled(self._has_pupils and not is_busy)

    def offer(self, *, may_ask: bool, may_import: bool) -> None:
        """Show what the person may ask of a school."""
        self.workbook.setVisible(may_ask)
        self.forms.setVisible(may_ask)
        self.roster.setVisible(may_import)


def _titled(title: str, chart: QWidget) -> QWidget:
    section = QWidget()
    layout = QVBoxLayout(section)
    layout.setContentsMargins(0, 0, 0, 12)
    layout.setSpacing(8)
    layout.addWidget(label(title, "cardTitle", is_selectable=False))
    layout.addWidget(chart)
    return section


def _figures(row: SchoolStanding) -> str:
    pupils = trn("{count} pupil", "{count} pupils", row.pupils).format(count=words.number(row.pupils))
    lent = trn("{count} tablet lent", "{count} tablets lent", row.lent).format(count=words.number(row.lent))
    return words.joined(pupils, lent if row.lent else "")


def _recall_line(recall: Recall) -> QWidget:
    gone = tr("moved to {school} on {day}") if recall.moved_to else tr("left on {day}")
    said = gone.format(school=recall.moved_to, day=words.numeric_date(recall.gone_on))
    return told_line(
        recall.pupil, "\n".join([words.joined(recall.class_name, said), recall.loan]), recall.tag, Tone.BAD
    )
