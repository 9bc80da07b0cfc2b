"""The rules of a campaign: which criteria in which order, what bounds them, what is held back; tried or kept."""

from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.errors import Refusal, TabletLoansError
from tablet_loans.domain.mark import LONGEST_NOTE, NoteNeeded
from tablet_loans.domain.rules import Rules
from tablet_loans.services import ruling
from tablet_loans.services.session import Receipt, Session
from tablet_loans.text import N_, tr
from ui.dialogs.school_reserves import SchoolReserves
from ui.jobs import Jobs, Lane
from ui.widgets.banner import Banner
from ui.widgets.number_field import NumberField
from ui.widgets.plan_criteria import PlanCriteria
from ui.widgets.record_parts import label

_SIZE: Final = QSize(600, 720)
_NUMBERS: Final = (
    ("priority_cap_percent", N_("Priorities counted, in percent of a school's pupils in need")),
    ("reserve", N_("Tablets held back for the campaign")),
)


class RulesDialog(QDialog):
    """The rules to be written anew; `tried` gives those of a plan to be made, `kept` the receipt of those saved."""

    tried = Signal(object)
    kept = Signal(object)

    def __init__(
        self, session: Session, jobs: Jobs, campaign: str, *, can_try: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._campaign, self._can_try = session, jobs, campaign, can_try
        self._known: Rules | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._build()
        self._on_changed()
        jobs.run(
            partial(ruling.rules, session, campaign),
            done=self.show_rules, refused=self.banner.say, failed=self.banner.say, lane=Lane.READING,
        )  # fmt: skip

    def rules(self) -> Rules:
        """Return the rules as they are written. Raises: BadRules."""
        return Rules(
            criteria=self.criteria.chosen(),
            priority_cap_percent=self.numbers["priority_cap_percent"].number(100),
            exam_classes=tuple(part.strip() for part in self.exams.text().split(",") if part.strip()),
            reserve=self.numbers["reserve"].number(0),
            school_reserves=self.reserves.chosen(),
        )

    def show_rules(self, rules: Rules) -> None:
        """Show these rules, to be changed."""
        self._known = rules
        self.criteria.show_criteria(rules.criteria)
        self.numbers["priority_cap_percent"].setText(str(rules.priority_cap_percent))
        self.numbers["reserve"].setText(str(rules.reserve))
        self.exams.setText(", ".join(rules.exam_classes))
        self.reserves.show_reserves(rules.school_reserves)
        self._on_changed()

    def come_back(self, error: TabletLoansError) -> None:
        """Show again what was typed, with why no plan could be made of it."""
        self.banner.say(error)
        self.open()

    def _build(self) -> None:
        self.setWindowTitle(tr("Rules of the campaign"))
        title = label(tr("Rules of the campaign"), "title", is_selectable=False)
        self.banner = Banner()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(10)
        layout.addWidget(title)
        layout.addWidget(self.banner)
        layout.addWidget(self._scrolled(), 1)
        layout.addWidget(self._note())
        layout.addLayout(self._buttons())
        parent = self.parentWidget()
        self.resize(_SIZE if parent is None else _SIZE.boundedTo(parent.window().size()))

    def _scrolled(self) -> QScrollArea:
        inside, scroll = QWidget(), QScrollArea()
        inside.setObjectName("plain")
        column = QVBoxLayout(inside)
        column.setContentsMargins(2, 2, 12, 2)
        column.setSpacing(10)
        self.criteria, self.reserves = PlanCriteria(), SchoolReserves(self._session, self._jobs)
        why = label(tr("The first criterion decides; among equals the next one does, then schools take turns."), "soft")
        for widget in (why, self.criteria):
            column.addWidget(widget)
        column.addLayout(self._form())
        column.addWidget(self.reserves)
        column.addStretch(1)
        self.criteria.changed.connect(self._on_changed)
        self.reserves.changed.connect(self._on_changed)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        return scroll

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.numbers: dict[str, NumberField] = {}
        self.exams = QLineEdit()
        self.exams.setPlaceholderText(tr("beginnings of classes, with commas: 3, T"))
        for name, title in _NUMBERS:
            field = NumberField()
            field.setMaximumWidth(120)
            self.numbers[name] = field
            self._add(form, title, field)
        self._add(form, N_("Classes that sit an exam"), self.exams)
        return form

    def _add(self, form: QFormLayout, title: str, field: QLineEdit) -> None:
        name = QLabel(tr(title))
        name.setObjectName("soft")
        name.setMinimumHeight(32)
        field.setAccessibleName(tr(title))
        field.textChanged.connect(lambda _text: self._on_changed())
        form.addRow(name, field)

    def _note(self) -> QLineEdit:
        self.note = QLineEdit()
        self.note.setMaxLength(LONGEST_NOTE)
        self.note.setAccessibleName(tr("Why the rules change"))
        self.note.setPlaceholderText(tr("Why the rules change: it stays listed"))
        return self.note

    def _buttons(self) -> QHBoxLayout:
        cancel, self.attempt, self.save = (
            QPushButton(said) for said in (tr("Cancel"), tr("Try in a plan"), tr("Save as the campaign's rules"))
        )
        self.attempt.setToolTip(
            tr("Make a plan under these rules; the campaign's stay as they are until it is applied")
        )
        for button in (cancel, self.attempt):
            button.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.attempt.clicked.connect(self._on_try)
        self.save.setObjectName("primary")
        self.save.setDefault(True)
        self.save.clicked.connect(self._on_save)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for button in (cancel, self.attempt, self.save):
            row.addWidget(button)
        return row

    def _written(self) -> Rules | None:
        """Return the rules, or None once the banner says why they cannot be used."""
        try:
            return self.rules()
        except Refusal as refusal:
            self.banner.say(refusal)
            return None

    def _on_changed(self) -> None:
        try:
            is_other = self._known is not None and self.rules() != self._known
        except Refusal:
            is_other = True
        self.save.setEnabled(is_other)
        self.attempt.setEnabled(self._known is not None and self._can_try)

    def _on_try(self) -> None:
        if (rules := self._written()) is not None:
            self.banner.fall_silent()
            self.tried.emit(rules)

    def _on_save(self) -> None:
        if (rules := self._written()) is not None:
            self.save.setEnabled(False)
            call = partial(ruling.set_rules, self._session, self._campaign, rules, note=self.note.text().strip())
            self._jobs.run(call, done=self._on_kept, refused=self._on_failed, failed=self._on_failed)

    def _on_kept(self, receipt: Receipt[object]) -> None:
        self.kept.emit(receipt)
        self.accept()

    def _on_failed(self, error: TabletLoansError) -> None:
        self.banner.say(error)
        self.save.setEnabled(True)
        if isinstance(error, NoteNeeded):
            self.note.setFocus()
