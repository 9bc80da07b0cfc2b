"""Before tablets are reserved: how far the plan reaches, what it gives away, whom it fails, which schools to ask."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.difference import Difference
from tablet_loans.domain.fairness import SHARE_WORDS
from tablet_loans.domain.mark import LONGEST_NOTE
from tablet_loans.domain.plan import PlanHead, PlanId, PupilChoice
from tablet_loans.domain.reasons import features_said
from tablet_loans.domain.rule_change import change_spoken
from tablet_loans.services.previewing import PlanPreview
from tablet_loans.text import N_, tr, trn
from ui import words
from ui.columns import Column, Style, as_tsv
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.data_table import DataTable
from ui.widgets.plan_words import name_said, reserve_said, state_said
from ui.widgets.record_parts import Section, fact_line, label, told_line

_NARROW: Final = 820
_FACTS: Final = 320


def _share(share: float) -> str:
    return tr("{percent} %").format(percent=round(100 * share))


def _soft(_row: object) -> Tone:
    return Tone.SOFT


def _far_tone(_row: object) -> Tone:
    return Tone.WARN


COLUMNS: Final = (
    Column(N_("School"), lambda row: row.name, 150, 3),
    Column(N_("UAI"), lambda row: row.school, 88, style=Style.CODE, tone=_soft, is_spare=True),
    Column(N_("Answer"), lambda row: tr(SHARE_WORDS[row.kind]), 196, 1),
    Column(N_("Its share"), lambda row: _share(row.share), 84, style=Style.NUMBER, tone=_far_tone),
    Column(N_("Others"), lambda row: _share(row.others), 94, style=Style.NUMBER),
    Column(
        N_("Answers"), lambda row: words.number(row.pupils), 92, style=Style.NUMBER, tone=_soft, is_spare=True
    ),
)  # fmt: skip


class PlanPreviewCard(QFrame):
    """A card in the place of the schools; `agreed` gives the plan to reserve and a note, `closed` changes nothing."""

    agreed = Signal(object, str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("Before reserving"))
        self._head_shown: PlanHead | None = None
        self.title, self.facts = QLabel(), Section("")
        self.title.setObjectName("cardTitle")
        self.unmet = Section(tr("Pinned, and nothing suits them"))
        self.model, self._why = ListModel(COLUMNS), label("", "soft")
        self.model.setParent(self)
        self.far = DataTable(tr("Schools whose answers lie far from the others'"), 34)
        self.far.show_model(self.model, COLUMNS)
        self.far.left.connect(self.closed)
        self.far.copy_asked.connect(self._on_copy)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(14)
        self._sides.addWidget(self._facts())
        self._sides.addWidget(self._asked(), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 14, 0, 8)
        layout.setSpacing(10)
        layout.addLayout(self._head())
        layout.addLayout(self._sides, 1)

    def _head(self) -> QHBoxLayout:
        self.stay, self.go = QPushButton(tr("Not now")), QPushButton()
        self.go.setObjectName("primary")
        self.stay.clicked.connect(self.closed)
        self.go.clicked.connect(lambda: self.agreed.emit(self.plan(), self.note.text().strip()))
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 16, 0)
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.stay)
        head.addWidget(self.go)
        return head

    def _facts(self) -> QScrollArea:
        inside, self._scroll = QWidget(), QScrollArea()
        inside.setObjectName("plain")
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 0, 8, 0)
        column.setSpacing(6)
        for widget in (self._other_rules(), self.facts, self.unmet):
            column.addWidget(widget)
        column.addStretch(1)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(tr("Before reserving"))
        self._scroll.setWidget(inside)
        return self._scroll

    def _other_rules(self) -> QWidget:
        """Return the place that tells which rules come with the plan, and asks why."""
        self._ruled, self._rules, self.note = QWidget(), label(""), QLineEdit()
        self.note.setMaxLength(LONGEST_NOTE)
        self.note.setAccessibleName(tr("Why the rules change"))
        self.note.setPlaceholderText(tr("Why the rules change: it stays listed"))
        column = QVBoxLayout(self._ruled)
        column.setContentsMargins(0, 0, 0, 10)
        column.setSpacing(6)
        title = label(tr("Other rules than the campaign's"), "cardTitle", is_selectable=False)
        comes_of_it = label(tr("Reserving makes the plan's rules the campaign's."), "notes")
        for widget in (title, self._rules, comes_of_it, self.note):
            column.addWidget(widget)
        return self._ruled

    def _asked(self) -> QWidget:
        self._to_ask = QWidget()
        column = QVBoxLayout(self._to_ask)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(4)
        title = label(tr("Schools whose answers lie far from the others'"), "cardTitle", is_selectable=False)
        for widget in (title, self._why):
            widget.setContentsMargins(10, 0, 0, 0)
            column.addWidget(widget)
        column.addWidget(self.far, 1)
        return self._to_ask

    def plan(self) -> PlanId | None:
        """Return which plan is looked at, None before the first."""
        return None if self._head_shown is None else self._head_shown.id

    def show_preview(self, found: PlanPreview) -> None:
        """Show what a plan would come to."""
        self._head_shown = found.head
        self.note.clear()
        self._ruled.setVisible(found.rules is not None)
        if found.rules is not None:
            self._rules.setText(change_spoken(found.rules, found.head.rules).replace("; ", "\n"))
        self.title.setText(words.joined(tr("Before reserving"), state_said(found.head)[0]))
        self.go.setText(reserve_said(found.head.served))
        self.facts.show_lines(_facts(found))
        self.unmet.show_lines(_unmet(row) for row in found.unmet)
        self.model.show(found.far)
        schools = len({each.school for each in found.far})
        said = trn("{count} school: it may be so, ask before reserving.",
                   "{count} schools: it may be so, ask before reserving.", schools)  # fmt: skip
        self._why.setText(said.format(count=words.number(schools)))
        self._to_ask.setVisible(bool(found.far))
        self._fit()

    def take_focus(self) -> None:
        """Put the focus on the harmless button: Enter typed in haste reserves nothing."""
        self.stay.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        """Put the schools beneath the facts where it is narrow."""
        is_narrow, is_alone = self.width() < _NARROW, not self.model.rows
        self._sides.setDirection(QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight)
        self._scroll.setMaximumWidth(16_777_215 if is_narrow or is_alone else _FACTS)
        self._scroll.setMinimumWidth(0 if is_narrow else _FACTS)

    def _on_copy(self) -> None:
        rows = [self.model.rows[at] for place in self.far.chosen_places()
                for at in range(place.start, place.start + place.size)]  # fmt: skip
        QGuiApplication.clipboard().setText(as_tsv(COLUMNS, rows))


def _facts(found: PlanPreview) -> Iterator[QWidget]:
    head = found.head
    if found.since.before is not None:
        name = tr("Since plan no. {number}").format(number=found.since.before.id)
        yield fact_line(name, "\n".join(_since(found.since.difference)))
    in_schools = trn("in {count} school", "in {count} schools", found.schools)
    yield fact_line(tr("Served"), words.number(head.served), in_schools.format(count=words.number(found.schools)))
    yield fact_line(tr("Waiting"), words.number(head.waiting))
    if head.excluded:
        yield fact_line(tr("Set aside"), words.number(head.excluded), tr("by a person, with a note"))
    held_back = tr("{count} held back in reserve").format(count=words.number(head.held_back)) if head.reserved else ""
    yield fact_line(tr("Stock left"), words.number(head.remaining), held_back)
    if found.moved:
        yield fact_line(tr("From elsewhere"), words.number(found.moved), tr("not from a place of the school's own"))
    lines = [
        tr("{count} {features}").format(count=words.number(count), features=features_said(features))
        for features, count in found.given_away
    ]
    none = tr("Nobody receives more than the need says")
    yield fact_line(tr("Given away"), "\n".join(lines) or none, tr("to pupils who do not need it") if lines else "")
    if to_check := list(_to_check(found)):
        yield fact_line(tr("To check"), "\n".join(to_check))


def _to_check(found: PlanPreview) -> Iterator[str]:
    """Yield what is to be looked at once more; what has a place of its own is not repeated."""
    if not found.head.rules.criteria:
        yield tr("No criterion counts: schools take turns, then lots decide")
    elif not found.head.unmet_pins and not found.far and found.rules is None:
        yield tr("Nothing stands out")


def _since(found: Difference) -> Iterator[str]:
    """Yield what changes since the plan that was applied before, each kind on a line."""
    kept = trn("{count} promise is kept", "{count} promises are kept", found.kept)
    yield kept.format(count=words.number(found.kept))
    for said, moves in (
        (trn("{count} who waited is served", "{count} who waited are served", len(found.gained)), found.gained),
        (trn("{count} is newly in need", "{count} are newly in need", len(found.new)), found.new),
        (trn("{count} is in need again", "{count} are in need again", len(found.back)), found.back),
        (trn("{count} needs nothing any more", "{count} need nothing any more", len(found.gone)), found.gone),
    ):
        if moves:
            yield said.format(count=words.number(len(moves)))


def _unmet(row: PupilChoice) -> QWidget:
    return told_line(name_said(row), row.school, tr("waiting"), Tone.WARN)
