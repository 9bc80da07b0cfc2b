"""The panel beside the plan: a school's pupils in rank order, the reason of the one selected, and what can be done."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.allocation import Outcome
from tablet_loans.domain.mark import MARK_WORDS, MarkRow
from tablet_loans.domain.plan import PlanHead, PlanState, PupilChoice, SchoolShare
from tablet_loans.domain.reasons import reason
from tablet_loans.text import tr, trn
from ui import icons, words
from ui.widgets.flow import Flow
from ui.widgets.plan_pupils import PlanPupils
from ui.widgets.plan_words import MarkAct
from ui.widgets.record_parts import label


class PlanPanel(QFrame):
    """One school in a plan; `closed` when it is put away, the others when something is asked for it or for a pupil."""

    closed = Signal()
    marked = Signal(object, object)
    letters_asked = Signal()
    letter_asked = Signal(object)
    packing_asked = Signal()
    waiting_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("The school"))
        self._head: PlanHead | None = None
        self._name, self._where, self._figures = label("", "cardTitle"), label("", "soft"), label("")
        self.pupils, self.why, self.mark = PlanPupils(), label(""), label("", "notes")
        self.why.setAccessibleName(tr("Reason"))
        self._detail = QWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 14, 0, 12)
        layout.setSpacing(8)
        layout.addLayout(self._top())
        inside = QVBoxLayout()
        inside.setContentsMargins(6, 0, 6, 0)
        inside.addWidget(self.pupils)
        layout.addLayout(inside, 1)
        self._fill_detail()
        layout.addWidget(self._detail)
        self._school_acts = self._foot()
        layout.addWidget(self._school_acts)
        self.pupils.setMinimumHeight(60)
        self.pupils.chosen.connect(self._on_chosen)
        self.pupils.left.connect(self.closed)
        self.pupils.opened.connect(self._on_opened)
        self.pupils.copy_asked.connect(self._on_copy)
        self.waiting.clicked.connect(self._on_waiting)

    def _top(self) -> QVBoxLayout:
        close = QPushButton(icons.icon("x"), "")
        close.setObjectName("quiet")
        close.setAccessibleName(tr("Close the school"))
        close.setToolTip(tr("Close the school (Esc)"))
        close.clicked.connect(self.closed)
        self.waiting = QPushButton(tr("Waiting list"))
        self.waiting.setObjectName("segment")
        self.waiting.setCheckable(True)
        self.waiting.setToolTip(tr("List only those who wait"))
        first, third, top = QHBoxLayout(), QHBoxLayout(), QVBoxLayout()
        first.addWidget(self._name, 1)
        third.setContentsMargins(0, 0, 6, 0)
        third.addWidget(self._figures, 1)
        third.addWidget(self.waiting)
        first.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        top.setContentsMargins(16, 0, 10, 0)
        top.setSpacing(3)
        top.addLayout(first)
        top.addWidget(self._where)
        top.addLayout(third)
        return top

    def _fill_detail(self) -> None:
        """Lay out the whole reason, the note of a person, and what can be done for the pupil."""
        told, acts = QVBoxLayout(self._detail), Flow(8)
        told.setContentsMargins(16, 4, 16, 0)
        told.setSpacing(6)
        self.acts = {
            act: self._button(words_, partial(self._ask, act))
            for act, words_ in (
                (MarkAct.PIN, tr("Pin…")), (MarkAct.SET_ASIDE, tr("Set aside…")), (MarkAct.TAKE_BACK, tr("Take back…")),
                (MarkAct.RELEASE, tr("Refused…")),
            )
        }  # fmt: skip
        self.acts[MarkAct.RELEASE].setToolTip(tr("The family refuses the promise"))
        self.letter = self._button(tr("Letter…"), self._on_letter)
        self.letter.setToolTip(tr("Print the decision and its reason for this pupil's family"))
        for button in (*self.acts.values(), self.letter):
            acts.addWidget(button)
        for widget in (self.why, self.mark):
            told.addWidget(widget)
        told.addLayout(acts)
        self._detail.hide()

    def _foot(self) -> QWidget:
        foot, row = QWidget(), Flow(8)
        around = QVBoxLayout(foot)
        around.setContentsMargins(16, 4, 16, 0)
        around.addLayout(row)
        self.letters = self._button(tr("Letters…"), self.letters_asked.emit)
        self.letters.setToolTip(tr("Print the letters of this school"))
        self.packing = self._button(tr("Cartons…"), self.packing_asked.emit)
        self.packing.setToolTip(tr("Picking list and cartons of this school"))
        for button in (self.letters, self.packing):
            row.addWidget(button)
        return foot

    def _button(self, words_: str, act: object) -> QPushButton:
        button = QPushButton(words_)
        button.clicked.connect(act)
        return button

    def show_school(
        self, head: PlanHead, share: SchoolShare, pupils: Sequence[PupilChoice], marks: Mapping[int, MarkRow]
    ) -> None:
        """Show a school of a plan: its figures, and its pupils with what is decided."""
        self._head = head
        self._name.setText(share.name)
        self._where.setText(words.joined(share.uai, share.commune))
        self._figures.setText(_figures(pupils))
        self.pupils.show_pupils(pupils, marks)
        self._on_waiting()

    def hold(self, *, is_busy: bool, has_promises: bool) -> None:
        """Ask for nothing that is written while something is; letters and cartons are for promises that stand."""
        for acts in (self._school_acts, self.letter):
            acts.setVisible(has_promises)
        for button in (*self.acts.values(), self.letter, self.letters, self.packing):
            button.setEnabled(not is_busy)

    def go_to(self, pupil: int) -> bool:
        """Stand on a pupil, and say whether she or he is in the list."""
        is_listed = self.pupils.go_to(pupil)
        self.waiting.setChecked(self.pupils.is_narrowed())
        return is_listed

    def take_focus(self) -> None:
        """Put the focus where the pupils are read with the arrows."""
        self.pupils.setFocus()
        if not self.pupils.currentIndex().isValid() and self.pupils.listed():
            self.pupils.choose(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc, on whichever button the focus is."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _on_chosen(self, row: PupilChoice | None) -> None:
        self._detail.setVisible(row is not None and self._head is not None)
        if row is None or self._head is None:
            return
        mark = self.pupils.mark_of(row)
        self.why.setText(reason(row.choice, self._head.eligible, self._head.state, note=row.note))
        self.mark.setText(_marked(mark, row))
        self.mark.setVisible(bool(self.mark.text()))
        can_release = self._head.state is PlanState.APPLIED and row.choice.outcome is Outcome.SERVED
        for act, is_seen in (
            (MarkAct.PIN, mark is None), (MarkAct.SET_ASIDE, mark is None), (MarkAct.TAKE_BACK, mark is not None),
            (MarkAct.RELEASE, can_release),
        ):  # fmt: skip
            self.acts[act].setVisible(is_seen)

    def _on_waiting(self) -> None:
        """List those who wait, or all; once promises were made, ask who waits still."""
        is_narrowed = self.waiting.isChecked()
        self.pupils.narrow(waits=is_narrowed)
        if is_narrowed and self._head is not None and self._head.state is PlanState.APPLIED:
            self.waiting_asked.emit()

    def _on_opened(self) -> None:
        """Go on from the list to what can be done for the pupil."""
        if (first := next((each for each in self.acts.values() if each.isVisible()), None)) is not None:
            first.setFocus()

    def _ask(self, act: MarkAct) -> None:
        if (row := self.pupils.current()) is not None:
            self.marked.emit(act, row)

    def _on_letter(self) -> None:
        if (row := self.pupils.current()) is not None:
            self.letter_asked.emit(row)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.pupils.as_text())


def _figures(pupils: Sequence[PupilChoice]) -> str:
    """Return how many are served, how many wait, and how many a person set aside."""
    counts = Counter(row.choice.outcome for row in pupils)
    served, waiting, aside = (counts[each] for each in (Outcome.SERVED, Outcome.WAITING, Outcome.EXCLUDED))
    said = [
        trn("{count} served", "{count} served", served).format(count=words.number(served)),
        trn("{count} waiting", "{count} waiting", waiting).format(count=words.number(waiting)),
        trn("{count} set aside", "{count} set aside", aside).format(count=words.number(aside)) if aside else "",
    ]
    return words.joined(*said)


def _marked(mark: MarkRow | None, row: PupilChoice) -> str:
    """Return who marked the pupil and why, and whether the plan knows it."""
    if mark is None:
        return ""
    said = tr("{mark} by {person} on {moment}: {note}").format(
        mark=tr(MARK_WORDS[mark.kind]), person=mark.made_by, moment=words.day_and_time(mark.made_at), note=mark.note
    )
    is_known = row.choice.grounds.is_pinned or row.choice.outcome is Outcome.EXCLUDED
    again = tr("This plan was made before: make it again.")
    return said if is_known else f"{said}\n{again}"
