"""Two plans of a campaign side by side: whom each serves, by equipment and by school, and who gains or loses."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.chronicle import rules_spoken
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.need import EQUIPMENT_WORDS, Equipment
from tablet_loans.domain.plan import PlanHead, PlanState
from tablet_loans.services import apart, explaining, weighing
from tablet_loans.services.session import Session
from tablet_loans.services.weighing import Comparison, NamedMove, SchoolShift
from tablet_loans.text import N_, tr, trn
from ui import words
from ui.apart import Apart
from ui.columns import Column, Style, as_tsv
from ui.jobs import Jobs, Lane
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.choice import Choice
from ui.widgets.data_table import DataTable
from ui.widgets.empty import Empty
from ui.widgets.plan_shifts import PlanShifts, Side
from ui.widgets.plan_words import listed_said
from ui.widgets.record_parts import label
from ui.widgets.work import Work

_SIZE: Final = QSize(920, 680)
_LEAST_ROWS: Final = 190


def signed(count: int) -> str:
    """Return +3, −2, or – for none."""
    return f"{'+' if count > 0 else '−'}{words.number(abs(count))}" if count else "–"


def _more(row: SchoolShift) -> int:
    return row.shift.other_served - row.shift.served


def _tone(row: SchoolShift) -> Tone:
    return Tone.OK if _more(row) > 0 else Tone.BAD


def _soft(_row: object) -> Tone:
    return Tone.SOFT


SCHOOLS: Final = (
    Column(N_("School"), lambda row: row.name, 200, 4),
    Column(N_("Commune"), lambda row: row.commune, 120, 2, tone=_soft),
    Column(N_("First"), lambda row: words.number(row.shift.served), 90, style=Style.NUMBER),
    Column(N_("Second"), lambda row: words.number(row.shift.other_served), 90, style=Style.NUMBER),
    Column(N_("Difference"), lambda row: signed(_more(row)), 100, style=Style.NUMBER, tone=_tone),
)


def _rank(row: NamedMove) -> str:
    ranks = [str(each.rank) if each is not None else "–" for each in (row.move.before, row.move.after)]
    return " → ".join(ranks)


PUPILS: Final = (
    Column(N_("Pupil"), lambda row: row.name, 200, 3),
    Column(N_("Class"), lambda row: row.class_name, 90, 1, tone=_soft),
    Column(N_("School"), lambda row: row.school, 110, 1, style=Style.CODE),
    Column(N_("Equipment"), lambda row: tr(EQUIPMENT_WORDS[row.move.choice.grounds.equipment]), 160, 2, tone=_soft),
    Column(N_("Rank"), _rank, 130, 1, style=Style.NUMBER),
)


def _standing(found: Comparison) -> Iterator[str]:
    """Yield which plan's promises stand, and how many are counted beside the plan that came after them."""
    for head in {found.head.id: found.head, found.other.id: found.other}.values():
        if head.state is PlanState.APPLIED:
            yield tr("Plan no. {number} is applied: its promises stand, whichever plan comes next.").format(
                number=head.id
            )
    for head, kept in ((found.head, found.kept), (found.other, found.other_kept)):
        if kept:
            said = trn(
                "{count} who had a tablet or its promise before plan no. {number} counts as served by it.",
                "{count} who had a tablet or its promise before plan no. {number} count as served by it.",
                kept,
            )
            yield said.format(count=words.number(kept), number=head.id)


def _scrolled(inside: QWidget) -> QScrollArea:
    scroll = QScrollArea()
    scroll.setFrameShape(QScrollArea.Shape.NoFrame)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidgetResizable(True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(inside)
    return scroll


class ComparePlans(QDialog):
    """Which two plans, the totals, and three lists: schools that differ, pupils who gain, pupils who lose."""

    def __init__(self, session: Session, jobs: Jobs, campaign: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._campaign = session, jobs, campaign
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._apart = Apart(session, jobs, self)
        self._build()
        self._apart.done.connect(self.show_comparison)
        self._apart.failed.connect(self._on_failed)
        self._apart.stopped.connect(self.strip.end)
        self._apart.reported.connect(self.strip.reported)
        self.strip.stopped.connect(self._apart.stop)
        for choice in self.plans:
            choice.activated.connect(lambda _place: self._compare())
        call = partial(explaining.heads, session, campaign)
        jobs.run(call, done=self._on_heads, refused=self._on_failed, failed=self._on_failed, lane=Lane.READING)

    def done(self, answer: int) -> None:
        self._apart.stop()
        super().done(answer)

    def _build(self) -> None:
        self.setWindowTitle(tr("Compare plans"))
        title = QLabel(tr("Compare plans"))
        title.setObjectName("title")
        self.banner, self.strip, self.shifts = Banner(), Work(), PlanShifts()
        self.standing = label("", "notes")
        self.standing.hide()
        self.plans, self.said = (Choice(), Choice()), (QLabel(), QLabel())
        sides = QHBoxLayout()
        sides.setSpacing(16)
        for choice, said, name in zip(self.plans, self.said, (tr("First plan"), tr("Second plan")), strict=True):
            choice.setAccessibleName(name)
            choice.setMinimumWidth(120)
            said.setObjectName("notes")
            said.setWordWrap(True)
            said.setTextFormat(Qt.TextFormat.PlainText)
            side = QVBoxLayout()
            side.setSpacing(4)
            side.addWidget(choice)
            side.addWidget(said)
            side.addStretch(1)
            sides.addLayout(side, 1)
        inside, column = QWidget(), QVBoxLayout()
        inside.setObjectName("plain")
        inside.setLayout(column)
        column.setContentsMargins(2, 2, 8, 2)
        column.setSpacing(10)
        column.addLayout(sides)
        for widget in (self.banner, self.strip, self.shifts, self.standing):
            column.addWidget(widget)
        column.addLayout(self._turns())
        column.addWidget(self._pages(), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 16, 16)
        layout.setSpacing(10)
        layout.addWidget(title)
        layout.addWidget(_scrolled(inside), 1)
        layout.addLayout(self._foot())
        parent = self.parentWidget()
        self.resize(_SIZE if parent is None else _SIZE.boundedTo(parent.window().size()))

    def _turns(self) -> QHBoxLayout:
        self._group = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.turns = tuple(QPushButton() for _ in range(3))
        for place, button in enumerate(self.turns):
            button.setObjectName("segment")
            button.setCheckable(True)
            button.setChecked(place == 0)
            button.setAutoDefault(False)
            self._group.addButton(button, place)
            row.addWidget(button)
        row.addStretch(1)
        self._group.idClicked.connect(self._on_turned)
        return row

    def _pages(self) -> QStackedWidget:
        self.models = tuple(ListModel(columns) for columns in (SCHOOLS, PUPILS, PUPILS))
        self._tables, self._stack, self._empty = [], QStackedWidget(), Empty("scales")
        names = tr("Schools that differ"), tr("Served by the second plan alone"), tr("Served by the first plan alone")
        for model, name in zip(self.models, names, strict=True):
            model.setParent(self)
            table = DataTable(name, 34)
            table.show_model(model, model.columns)
            table.copy_asked.connect(partial(self._on_copy, model, table))
            table.left.connect(self.reject)
            self._tables.append(table)
            self._stack.addWidget(table)
        self._stack.addWidget(self._empty)
        self._stack.setMinimumHeight(_LEAST_ROWS)
        return self._stack

    def _foot(self) -> QHBoxLayout:
        close, foot = QPushButton(tr("Close")), QHBoxLayout()
        close.clicked.connect(self.accept)
        foot.addStretch(1)
        foot.addWidget(close)
        return foot

    def _on_heads(self, heads: Sequence[PlanHead]) -> None:
        """Offer the plans, the newest one second and the one before it first."""
        self._heads = list(heads)
        for choice in self.plans:
            choice.clear()
            for head in heads:
                choice.addItem(listed_said(head), head.id)
        if len(heads) > 1:
            self.plans[0].setCurrentIndex(1)
            self.plans[1].setCurrentIndex(0)
            self._compare()
        else:
            step = tr("Try other rules: “Rules…”, then “Try in a plan”.")
            self._empty.say(tr("There is only one plan"), step)
            self._stack.setCurrentWidget(self._empty)
        for turn in self.turns:
            turn.setVisible(len(heads) > 1)

    def _compare(self) -> None:
        chosen = [self._heads[choice.currentIndex()] for choice in self.plans]
        for said, head in zip(self.said, chosen, strict=True):
            said.setText(rules_spoken(head.rules))
        call = partial(weighing.compared, campaign=self._campaign, plan=chosen[0].id, other=chosen[1].id)
        self.banner.fall_silent()
        self.strip.begin(tr("Comparing the plans"))
        self._apart.begin(partial(apart.unmetered, call))

    def show_comparison(self, found: Comparison) -> None:
        """Show two plans side by side."""
        self.strip.end()
        self.shifts.show_sides(
            Side(
                tr("All"),
                found.total.served,
                found.total.other_served,
                found.total.eligible,
                found.total.other_eligible,
            ),
            [
                Side(tr(EQUIPMENT_WORDS[each]), shift.served, shift.other_served, shift.eligible, shift.other_eligible)
                for each, shift in found.equipment
                if each is not Equipment.OWN
            ],
        )
        self.standing.setText("\n".join(_standing(found)))
        self.standing.setVisible(bool(self.standing.text()))
        differing = sorted((row for row in found.schools if _more(row)), key=lambda row: -abs(_more(row)))
        for model, rows in zip(self.models, (differing, found.gained, found.lost), strict=True):
            model.show(rows)
        for turn, said, count in zip(
            self.turns,
            (
                trn("{count} school differs", "{count} schools differ", len(differing)),
                trn("{count} gains", "{count} gain", len(found.gained)),
                trn("{count} loses", "{count} lose", len(found.lost)),
            ),
            (len(differing), len(found.gained), len(found.lost)),
            strict=True,
        ):
            turn.setText(said.format(count=words.number(count)))
        self._on_turned(self._group.checkedId())

    def _on_turned(self, place: int) -> None:
        if not self.models[place].rows:
            self._empty.say(tr("Nobody here"), tr("The two plans do not differ in this."))
        self._stack.setCurrentWidget(self._tables[place] if self.models[place].rows else self._empty)

    def _on_copy(self, model: ListModel, table: DataTable) -> None:
        rows = [
            model.rows[at] for place in table.chosen_places() for at in range(place.start, place.start + place.size)
        ]
        QGuiApplication.clipboard().setText(as_tsv(model.columns, rows))

    def _on_failed(self, error: TabletLoansError) -> None:
        self.strip.end()
        self.banner.say(error)
