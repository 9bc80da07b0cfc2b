"""The panel beside the pupils: who one is, the household, who looks after her or him, the loans, the story."""

from collections.abc import Iterator, Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.act import ACTION_WORDS, Line
from tablet_loans.domain.loan import LOAN_WORDS, LoanRow, LoanState
from tablet_loans.domain.pupil import GuardianView, HouseholdMember, PupilId, PupilRecord
from tablet_loans.domain.roster import CARE_WORDS, Care
from tablet_loans.services.consulting import PupilFile
from tablet_loans.text import N_, tr
from ui import icons, words
from ui.theme import Tone
from ui.widgets.chip import Chip
from ui.widgets.device_words import capital
from ui.widgets.record_parts import Section, fact_line, label, told_line
from ui.widgets.side_panel import SidePanel

_LOAN_TONES: Final[Mapping[str, Tone]] = {
    LoanState.OPEN: Tone.ACCENT,
    LoanState.LOST: Tone.BAD,
    LoanState.STOLEN: Tone.BAD,
}


class PupilRecordPanel(SidePanel):
    """One pupil; `closed` when it is put away, `correct_asked` when the person has a correction to make."""

    correct_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("The pupil's record"), parent)
        self.record: PupilRecord | None = None
        self._name, self._chip, self._where = label("", "cardTitle"), Chip(), label("", "soft")
        self._facts, self._household = Section(""), Section(tr("Household"))
        self._guardians, self._loans, self._story = Section(tr("Guardians")), Section(tr("Loans")), Section(tr("Story"))
        self.correct = QPushButton(icons.icon("pencil-simple"), tr("Correct…"))
        self.correct.setToolTip(tr("Correct this pupil by hand ({keys})").format(keys="F2"))
        self.correct.clicked.connect(self.correct_asked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 16, 0, 14)
        layout.setSpacing(10)
        layout.addLayout(self._head())
        layout.addWidget(self._scrolled(self._sections()), 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 0, 16, 0)
        foot.addWidget(self.correct)
        foot.addStretch(1)
        layout.addLayout(foot)

    def _head(self) -> QVBoxLayout:
        close = self._cross(tr("Close the record"), tr("Close the record (Esc)"))
        first, head = QHBoxLayout(), QVBoxLayout()
        first.setSpacing(6)
        first.addWidget(self._name, 1)
        first.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignTop)
        first.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        head.setContentsMargins(16, 0, 10, 0)
        head.setSpacing(4)
        head.addLayout(first)
        head.addWidget(self._where)
        return head

    def _sections(self) -> tuple[Section, ...]:
        return (self._facts, self._household, self._guardians, self._loans, self._story)

    def show_file(self, file: PupilFile, *, may_correct: bool) -> None:
        """Show a pupil; the scroll goes back to the top for another one."""
        is_other = self.record is None or self.record.row.id != file.record.row.id
        self.record = file.record
        row = file.record.row
        self._name.setText(row.name)
        self._chip.say(*_standing(file))
        self._where.setText(words.joined(row.class_name, row.school_name))
        self._facts.show_lines(_fact_lines(file.record))
        self._household.show_lines(map(_member_line, file.record.household))
        self._guardians.show_lines(map(_guardian_line, file.record.guardians))
        self._loans.show_lines(map(_loan_line, file.loans))
        self._story.show_lines(_story_lines(file))
        self.correct.setVisible(may_correct)
        if is_other:
            self._scroll.verticalScrollBar().setValue(0)

    def shown_id(self) -> PupilId | None:
        """Return whose record is shown, None when none is."""
        return self.record.row.id if self.record is not None and self.isVisible() else None

    def words(self) -> list[str]:
        """Return all words shown, in reading order."""
        told = [word for section in self._sections() for word in section.words()]
        return [self._name.text(), self._chip.text(), self._where.text(), *told]


def _standing(file: PupilFile) -> tuple[str, Tone]:
    has_one = any(loan.state == LoanState.OPEN for loan in file.loans)
    if file.record.row.left_on is not None:
        return (tr("To recall"), Tone.BAD) if has_one else (tr("Has left"), Tone.WARN)
    return (tr("Loan running"), Tone.ACCENT) if has_one else ("", Tone.PLAIN)


_MARKED: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("family_name", "usage_name", "given_name"),
    "school": ("school_id",),
    "class": ("class_name",),
    "birth": ("birth_date",),
    "ine": ("ine",),
    "phone": ("phone",),
}


def _fact_lines(record: PupilRecord) -> Iterator[QWidget]:
    row = record.row
    birth = words.numeric_date(row.birth_date) if row.birth_date else ""
    left = words.long_date(row.left_on) if row.left_on else ""
    for mark, name, value, is_code in (
        ("birth", N_("Born on"), birth, False),
        ("ine", N_("INE"), row.ine or "", True),
        ("class", N_("Class"), words.joined(row.class_name, record.level), False),
        ("school", N_("School"), row.school, True),
        ("phone", N_("Phone"), record.phone, True),
        ("name", N_("Family name"), row.family_name if row.usage_name else "", False),
        ("", N_("Number there"), record.local_number or "", True),
        ("", N_("Left"), left, False),
        ("", N_("Came from"), _came_from(record), False),
    ):
        is_corrected = any(column in record.corrected for column in _MARKED.get(mark, ()))
        if value or is_corrected:
            yield fact_line(tr(name), value, tr("corrected by hand") if is_corrected else "", is_code=is_code)
    if not row.usage_name and any(column in record.corrected for column in _MARKED["name"]):
        yield fact_line(tr("Name"), row.name, tr("corrected by hand"))


def _came_from(record: PupilRecord) -> str:
    return words.joined(record.moved_from or "", words.long_date(record.moved_on) if record.moved_on else "")


def _member_line(member: HouseholdMember) -> QWidget:
    """Return who else lives there: never where."""
    chip = (tr("Loan running"), Tone.ACCENT) if member.loan else ("", Tone.PLAIN)
    return told_line(member.name, words.joined(member.class_name, member.school), *chip)


def _guardian_line(guardian: GuardianView) -> QWidget:
    care = tr("Institution") if guardian.is_institution else tr(CARE_WORDS[Care(guardian.care)])
    reached = [part for part in (guardian.mobile, guardian.phone, guardian.email) if part]
    return told_line(guardian.name, "\n".join([care, *reached]))


def _loan_line(loan: LoanRow) -> QWidget:
    is_open = loan.state == LoanState.OPEN
    said = tr("due {day}") if is_open else tr("until {day}")
    day = loan.due_on if is_open or loan.closed_at is None else loan.closed_at.astimezone().date()
    when = said.format(day=words.long_date(day))
    chip = capital(tr(LOAN_WORDS[LoanState(loan.state)]))
    tone = _LOAN_TONES.get(loan.state, Tone.PLAIN)
    return told_line(loan.tag, "\n".join([loan.model, words.joined(loan.number, when)]), chip, tone)


def _story_lines(file: PupilFile) -> Iterator[QWidget]:
    by_id = {line.id: line for line in file.acts}
    undone = {line.undoes for line in file.acts if line.undoes}
    for line in file.acts:
        what = _act(line)
        if line.undoes and line.undoes in by_id:
            what = tr("Undone: {act}").format(act=_act(by_id[line.undoes]))
        if line.id in undone:
            what = tr("{act} (undone)").format(act=what)
        yield told_line(what, words.joined(words.day_and_time(line.effective_at), line.actor))
    if not file.is_whole:
        yield told_line(tr("Earlier acts are not shown."))


def _act(line: Line) -> str:
    return tr(ACTION_WORDS.get(line.action, line.action))
