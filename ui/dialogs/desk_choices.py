"""What is chosen once for a sitting: the campaign, the schools, the due date, who usually takes the tablets."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.loan import ReceivedBy
from tablet_loans.domain.school import SchoolRow
from tablet_loans.services.desk import Desk, OpenCampaign
from tablet_loans.text import tr
from ui import words

Search = Callable[[str, Callable[[list[SchoolRow]], None]], object]
_PAUSE_MS = 80
_SIZE = QSize(760, 400)
_SCHOOL = Qt.ItemDataRole.UserRole


class DeskChoices(QDialog):
    """All of it by keyboard; `decided` gives the desk and the schools chosen."""

    decided = Signal(object, object)

    def __init__(
        self,
        desk: Desk,
        campaigns: Sequence[OpenCampaign],
        schools: Sequence[SchoolRow],
        search: Search,
        today: date,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Campaign, schools, date"))
        self._desk, self._campaigns, self._search = desk, list(campaigns), search
        self._today = today
        self._chosen = {school.uai: school for school in schools}
        self._typing = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addLayout(self._left())
        columns.addLayout(self._right(), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(columns, 1)
        layout.addLayout(self._buttons())
        room = parent.window().size() if parent is not None else _SIZE
        self.resize(_SIZE.boundedTo(room))
        self._typing.timeout.connect(self._on_pause)
        self._show_campaign()
        self._list_schools([])
        self.search.setFocus()

    def _left(self) -> QVBoxLayout:
        self.campaigns = QListWidget()
        self.campaigns.setAccessibleName(tr("Campaign"))
        self.campaigns.addItems([campaign.name for campaign in self._campaigns])
        names = [campaign.name for campaign in self._campaigns]
        self.campaigns.setCurrentRow(names.index(self._desk.campaign) if self._desk.campaign in names else 0)
        self.campaigns.currentRowChanged.connect(self._show_campaign)
        self.own_date = QCheckBox()
        self.due = QLineEdit()
        self.due.setAccessibleName(tr("Due back"))
        self.due.textEdited.connect(self._say_date)
        self._said_date = QLabel()
        self._said_date.setObjectName("notes")
        self.own_date.setChecked(self._desk.due_on is None)
        self.own_date.toggled.connect(self._show_campaign)
        self.by_guardian = QCheckBox(tr("A guardian usually takes the tablet"))
        self.by_guardian.setChecked(self._desk.received_by is ReceivedBy.GUARDIAN)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(_label(tr("Campaign")))
        column.addWidget(self.campaigns, 1)
        self.campaigns.setMaximumHeight(150)
        column.addWidget(_label(tr("Due back")))
        column.addWidget(self.own_date)
        column.addWidget(self.due)
        column.addWidget(self._said_date)
        column.addSpacing(6)
        column.addWidget(self.by_guardian)
        column.addStretch(1)
        return column

    def _right(self) -> QVBoxLayout:
        self.search = _Search()
        self.search.setPlaceholderText(tr("Name, town or UAI"))
        self.search.setAccessibleName(tr("Search a school"))
        self.search.textEdited.connect(self._typing.start)
        self.search.entered.connect(self._toggle_current)
        self.search.moved.connect(self._move)
        self.schools = QListWidget()
        self.schools.setAccessibleName(tr("Schools"))
        self.schools.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.schools.itemChanged.connect(self._on_ticked)
        self._said = QLabel()
        self._said.setObjectName("notes")
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(_label(tr("Schools")))
        column.addWidget(self.search)
        column.addWidget(self.schools, 1)
        column.addWidget(self._said)
        return column

    def _buttons(self) -> QHBoxLayout:
        leave, decide = QPushButton(tr("Cancel")), QPushButton(tr("Choose these"))
        decide.setObjectName("primary")
        leave.setAutoDefault(False)
        decide.setDefault(True)
        leave.clicked.connect(self.reject)
        decide.clicked.connect(self._on_decided)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(leave)
        row.addWidget(decide)
        return row

    def _campaign(self) -> OpenCampaign | None:
        row = self.campaigns.currentRow()
        return self._campaigns[row] if 0 <= row < len(self._campaigns) else None

    def _show_campaign(self, *_changed: object) -> None:
        """Say the campaign's own date; without a campaign there is none."""
        campaign, is_own = self._campaign(), self.own_date.isChecked()
        own = words.long_date(campaign.due_on) if campaign else "–"
        self.own_date.setText(tr("The campaign's: {date}").format(date=own))
        self.due.setEnabled(not is_own)
        day = (None if is_own else self._desk.due_on) or (campaign.due_on if campaign else None)
        if day is not None:
            self.due.setText(words.numeric_date(day))
        self._say_date()

    def _day(self) -> date | None:
        """Return the date typed, when it is still to come."""
        day = words.typed_day(self.due.text(), self._today)
        return day if day is not None and day > self._today else None

    def _say_date(self, *_typed: object) -> None:
        """Say how the date typed is understood."""
        day = self._day()
        said = tr("A date to come is needed") if day is None else words.long_date(day)
        self._said_date.setText("" if self.own_date.isChecked() else said)

    def _on_pause(self) -> None:
        typed = self.search.text().strip()
        if typed:
            self._search(typed, lambda rows: self._on_found(typed, rows))
        else:
            self._list_schools([])

    def _on_found(self, typed: str, rows: list[SchoolRow]) -> None:
        if self.search.text().strip() == typed:
            self._list_schools(rows)

    def _list_schools(self, found: Sequence[SchoolRow]) -> None:
        """List what was found, then the schools chosen that are not among it."""
        listed = {school.uai: school for school in (*found, *self._chosen.values())}
        self.schools.blockSignals(True)
        self.schools.clear()
        for school in listed.values():
            place = words.joined(school.name, school.commune, school.uai)
            item = QListWidgetItem(place)
            item.setData(_SCHOOL, school)
            item.setCheckState(Qt.CheckState.Checked if school.uai in self._chosen else Qt.CheckState.Unchecked)
            self.schools.addItem(item)
        self.schools.blockSignals(False)
        self.schools.setCurrentRow(0 if found else -1)
        self._say()

    def _on_ticked(self, item: QListWidgetItem) -> None:
        school: SchoolRow = item.data(_SCHOOL)
        if item.checkState() is Qt.CheckState.Checked:
            self._chosen[school.uai] = school
        else:
            self._chosen.pop(school.uai, None)
        self._say()

    def _toggle_current(self) -> None:
        """Take the school one stands on, or leave it; with nothing typed, Enter decides."""
        item = self.schools.currentItem()
        if item is None or not self.search.text().strip():
            self._on_decided()
            return
        is_on = item.checkState() is Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked)
        self.search.clear()
        self._list_schools([])

    def _move(self, step: int) -> None:
        if count := self.schools.count():
            self.schools.setCurrentRow((self.schools.currentRow() + step) % count)

    def _say(self) -> None:
        said = tr("Enter chooses a school.") if self._chosen else tr("No school is chosen: all are searched.")
        self._said.setText(said)

    def _on_decided(self) -> None:
        campaign, day = self._campaign(), None if self.own_date.isChecked() else self._day()
        if day is None and not self.own_date.isChecked():
            self.due.setFocus()
            return
        desk = replace(
            self._desk,
            campaign=campaign.name if campaign else None,
            due_on=day,
            schools=tuple(self._chosen),
            received_by=ReceivedBy.GUARDIAN if self.by_guardian.isChecked() else ReceivedBy.PUPIL,
        )
        self.decided.emit(desk, list(self._chosen.values()))
        self.accept()


class _Search(QLineEdit):
    """A field whose arrows move in the list below, and whose Enter takes from it."""

    entered = Signal()
    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)


def _label(said: str) -> QLabel:
    label = QLabel(said)
    label.setObjectName("soft")
    return label
