"""What is held back for single schools: a line for each, added by its name, its number written in place."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.school import SchoolRow
from tablet_loans.services import serving
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui import icons
from ui.jobs import Jobs, Lane
from ui.widgets.number_field import NumberField
from ui.widgets.record_parts import label
from ui.widgets.school_choice import SchoolChoice


class SchoolReserves(QWidget):
    """The schools with a reserve, in the order they were added; `changed` when a number or a line does."""

    changed = Signal()

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self.counts: dict[str, NumberField] = {}
        self._lines: dict[str, tuple[QWidget, QLabel]] = {}
        self._choice = SchoolChoice(session, jobs, self)
        self._choice.chosen.connect(self._on_chosen)
        self.add = QPushButton(icons.icon("plus"), tr("A school's reserve…"))
        self.add.setAutoDefault(False)
        self.add.clicked.connect(lambda: self._choice.ask_under(self.add))
        head = QHBoxLayout()
        head.addWidget(label(tr("Held back for schools"), "cardTitle", is_selectable=False), 1)
        head.addWidget(self.add)
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addLayout(self._column)

    def show_reserves(self, reserves: Sequence[tuple[str, int]]) -> None:
        """Show these reserves instead."""
        for uai in list(self.counts):
            self._remove(uai)
        for uai, count in reserves:
            self._add(uai, count)
        self._name()

    def chosen(self) -> tuple[tuple[str, int], ...]:
        """Return the reserve of each school that has one."""
        written = ((uai, field.number(0)) for uai, field in self.counts.items())
        return tuple(sorted((uai, count) for uai, count in written if count))

    def _add(self, uai: str, count: int) -> None:
        line, name, field = QWidget(), label(uai), NumberField()
        field.setText(str(count) if count else "")
        field.setFixedWidth(90)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setAccessibleName(tr("Reserve of {school}").format(school=uai))
        field.textChanged.connect(lambda _text: self.changed.emit())
        remove = QPushButton(icons.icon("x"), "")
        remove.setObjectName("quiet")
        remove.setAutoDefault(False)
        remove.setAccessibleName(tr("Remove the reserve"))
        remove.setToolTip(tr("Remove the reserve"))
        remove.clicked.connect(partial(self._on_removed, uai))
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(name, 1)
        row.addWidget(field)
        row.addWidget(remove)
        self._column.addWidget(line)
        self.counts[uai], self._lines[uai] = field, (line, name)

    def _remove(self, uai: str) -> None:
        line, _ = self._lines.pop(uai)
        del self.counts[uai]
        line.hide()
        self._column.removeWidget(line)
        line.deleteLater()

    def _name(self) -> None:
        """Ask how the schools are called."""
        if self.counts:
            call = partial(serving.schools_known, self._session, sorted(self.counts))
            self._jobs.run(call, done=self._on_named, lane=Lane.READING)

    def _on_named(self, schools: Sequence[SchoolRow]) -> None:
        for school in schools:
            if school.uai in self._lines:
                _, name = self._lines[school.uai]
                name.setText(f"{school.name} · {school.commune} · {school.uai}")
                self.counts[school.uai].setAccessibleName(tr("Reserve of {school}").format(school=school.name))

    def _on_chosen(self, uai: str) -> None:
        if uai not in self.counts:
            self._add(uai, 0)
            self._name()
        self.counts[uai].setFocus()
        self.changed.emit()

    def _on_removed(self, uai: str) -> None:
        self._remove(uai)
        self.add.setFocus()
        self.changed.emit()
