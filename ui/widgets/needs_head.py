"""The head of the needs grid: campaign, school and class, who answered and when, and how far it has come."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.need import LONGEST_WHO, NeedRow
from tablet_loans.domain.school import SchoolRow
from tablet_loans.text import tr
from ui import icons, words
from ui.widgets.choice import Choice
from ui.widgets.flow import Flow
from ui.widgets.picker import Option, Picker

_BAR: Final = 150
_LONGEST_NAME: Final = 34
_HIGH: Final = 34
_WIDEST: Final = 300
_CLASS: Final = 160
_ROOMY: Final = 640
_SILENT, _UNCONFIRMED = 1, 2
_PARTS: Final = {"silent": _SILENT, "to_confirm": _UNCONFIRMED}
_CONFIRM: Final = "Ctrl+Shift+Return"


class NeedsHead(QWidget):
    """What is chosen once for a list; `chosen` when it is another list, `narrowed` when it is the same in part."""

    chosen = Signal()
    picked = Signal()
    narrowed = Signal()
    typed_school = Signal(str)
    confirm_asked = Signal()

    def __init__(self, today: date, who: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today, self._actor = today, who
        self.campaigns: list[str] = []
        self.uai = self._school_name = self._wanted_campaign = self._wanted_class = self._shown_campaign = ""
        self._picker: Picker | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(self._first())
        layout.addLayout(self._second())
        self.campaign_.currentIndexChanged.connect(lambda _place: self._on_campaign())
        self.class_.currentIndexChanged.connect(lambda _place: self._on_class())
        self.school.clicked.connect(self.ask_school)
        for choice in (self.campaign_, self.class_):
            choice.picked.connect(self.picked)
        self._kinds.idClicked.connect(lambda _place: self.narrowed.emit())
        self.confirm.clicked.connect(self.confirm_asked)

    @property
    def campaign(self) -> str | None:
        """Return the campaign chosen, or None where none asks."""
        return self.campaign_.currentData() if self.campaign_.count() else None

    @property
    def class_name(self) -> str:
        """Return the class chosen; "" is the whole school."""
        return str(self.class_.currentData() or "")

    def is_narrowed(self) -> bool:
        """Say whether those alone are listed who have not answered yet, or whose answer is to be confirmed."""
        return self._kinds.checkedId() != 0

    def lets_through(self, row: NeedRow) -> bool:
        """Say whether a pupil is among those who are listed."""
        return {_SILENT: row.answer is None, _UNCONFIRMED: row.to_confirm}.get(self._kinds.checkedId(), True)

    def said_of_nobody(self) -> tuple[str, str]:
        """Return what is said where the list is narrowed and nobody is left in it."""
        if self._kinds.checkedId() == _UNCONFIRMED:
            return tr("Every answer is confirmed"), tr("Show all to look at the answers, or choose a class.")
        return tr("Everybody has answered"), tr("Show all to look at the answers, or choose a class.")

    def toggle_narrow(self) -> None:
        """List those alone who have not answered yet, or all again."""
        self._kinds.button(0 if self.is_narrowed() else 1).click()

    def asked_on(self) -> date | None:
        """Return the day on which families were asked, None where it is no day or one to come."""
        day = _past_day(self.day.text(), self._today)
        return day if day is not None and day <= self._today else None

    def who(self) -> str:
        """Return who gave the answers."""
        return self.answered_by.text().strip() or self._actor

    def count(self, rows: Sequence[NeedRow]) -> None:
        """Say how many of these have answered, and how many answers are to be confirmed."""
        pupils, answered = len(rows), sum(row.answer is not None for row in rows)
        unconfirmed = sum(row.to_confirm for row in rows)
        self._bar.setRange(0, max(pupils, 1))
        self._bar.setValue(answered)
        self._bar.setVisible(pupils > 0)
        said = tr("{done} of {total} answered").format(done=words.number(answered), total=words.number(pupils))
        self._progress.setText(said if pupils else "")
        self._kinds.button(0).setText(tr("All  {count}").format(count=words.number(pupils)))
        self._kinds.button(_SILENT).setText(tr("No answer yet  {count}").format(count=words.number(pupils - answered)))
        button = self._kinds.button(_UNCONFIRMED)
        button.setText(tr("To confirm  {count}").format(count=words.number(unconfirmed)))
        button.setVisible(unconfirmed > 0 or button.isChecked())
        self.confirm.setVisible(unconfirmed > 0)

    def know_campaigns(self, names: Sequence[str]) -> None:
        """Offer the campaigns that ask, without telling anybody."""
        wanted = self._shown_campaign or self.campaign or self._wanted_campaign
        self._shown_campaign, self.campaigns = "", list(names)
        _fill(self.campaign_, [(name, name) for name in names], wanted)

    def show_campaign(self, name: str) -> None:
        """Choose a campaign, at the latest when the campaigns are told next."""
        self._shown_campaign = name
        if (place := self.campaign_.findData(name)) >= 0:
            self.campaign_.setCurrentIndex(place)

    def show_part(self, part: str) -> None:
        """List those alone of that part of the school, "silent" or "to_confirm"."""
        if (place := _PARTS.get(part)) is not None:
            self._kinds.button(place).click()

    def know_classes(self, names: Sequence[str]) -> None:
        """Offer the school's classes; the one that was chosen stays so where it is still there."""
        wanted = self.class_name or self._wanted_class
        options = [(tr("All classes"), ""), *((name, name) for name in names if name)]
        _fill(self.class_, options, wanted)
        if self.class_name != wanted and wanted:
            self._wanted_class = ""
        elif wanted and wanted == self._wanted_class:
            self._wanted_class = ""
            self.chosen.emit()

    def ask_school(self) -> None:
        """Ask for the school by the beginnings of its words."""
        self._picker = Picker(tr("Name, town or UAI"), self)
        self._picker.destroyed.connect(self._on_picker_gone)
        self._picker.typed.connect(self.typed_school)
        self._picker.picked.connect(self._on_school)
        self._picker.ask_under(self.school)

    def offer_schools(self, schools: Sequence[SchoolRow]) -> None:
        """Offer the schools that match what was typed."""
        if self._picker is not None:
            said = [Option(words.joined(each.name, each.commune, each.uai), each.uai) for each in schools]
            self._picker.offer(said, is_narrowed=True)

    def show_class(self, name: str) -> None:
        """Turn to a class of the school; where it is not known, to all."""
        self.class_.setCurrentIndex(max(self.class_.findData(name), 0))

    def show_school(self, uai: str, name: str) -> None:
        """Choose a school, without telling anybody."""
        self.uai, self._school_name = uai, name
        short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
        self.school.setText(f"{short} · {uai}" if uai else tr("Choose the school…"))
        self.school.setToolTip(tr("Choose the school ({keys})").format(keys="F6"))

    def recall(self, memory: QSettings | None) -> None:
        """Take up what was chosen the last time."""
        if memory is not None:
            self._wanted_campaign = str(memory.value("needs/campaign", ""))
            self._wanted_class = str(memory.value("needs/class", ""))
            self.show_school(str(memory.value("needs/school", "")), str(memory.value("needs/school_name", "")))

    def keep(self, memory: QSettings | None) -> None:
        """Keep what is chosen for the next time."""
        if memory is not None:
            memory.setValue("needs/campaign", self.campaign or "")
            memory.setValue("needs/school", self.uai)
            memory.setValue("needs/school_name", self._school_name)
            memory.setValue("needs/class", self.class_name or self._wanted_class)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out, where it is narrow, what the rail and the segments tell too."""
        super().resizeEvent(event)
        for widget in (self._title, self._far):
            widget.setVisible(self.width() >= _ROOMY)
        self.campaign_.setMaximumWidth(_WIDEST if self.width() >= _ROOMY else _WIDEST // 2)
        self.class_.setFixedWidth(_CLASS if self.width() >= _ROOMY else _CLASS * 2 // 3)

    def _first(self) -> Flow:
        self._title, self.school = QLabel(tr("Needs")), QPushButton()
        self._title.setObjectName("title")
        self._title.setMinimumHeight(_HIGH)
        self.school.setIcon(icons.icon("buildings"))
        self.campaign_, self.class_ = _Listed(), _Listed()
        self.campaign_.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.campaign_.setMaximumWidth(_WIDEST)
        self.campaign_.setAccessibleName(tr("Campaign"))
        self.class_.setAccessibleName(tr("Class"))
        self.class_.addItem(tr("All classes"), "")
        self.campaign_.setMinimumWidth(_WIDEST // 2)
        self._progress, self._bar = QLabel(), QProgressBar()
        self._progress.setObjectName("soft")
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(_BAR, 6)
        self._bar.setAccessibleName(tr("Answers"))
        self.show_school("", "")
        self._far = _side_by_side(self._progress, self._bar)
        row = Flow(10)
        for widget in (self._title, self.campaign_, self.school, self.class_):
            row.addWidget(widget)
        row.push()
        row.addWidget(self._far)
        return row

    def _second(self) -> Flow:
        self._kinds = QButtonGroup(self)
        row = Flow(8)
        for place in (0, _SILENT, _UNCONFIRMED):
            button = QPushButton()
            button.setObjectName("segment")
            button.setCheckable(True)
            button.setChecked(place == 0)
            self._kinds.addButton(button, place)
            row.addWidget(button)
        self.confirm = QPushButton(icons.icon("checks"), tr("Confirm all"))
        self.confirm.setShortcut(QKeySequence(_CONFIRM))
        said = tr("Let the answers of the campaign before stand as they are ({keys})")
        self.confirm.setToolTip(said.format(keys=_CONFIRM))
        for widget in (self._kinds.button(_UNCONFIRMED), self.confirm):
            widget.hide()
        row.addWidget(self.confirm)
        row.push()
        self.day, self.answered_by = QLineEdit(words.numeric_date(self._today)), QLineEdit(self._actor)
        self.day.setFixedWidth(104)
        self.answered_by.setFixedWidth(180)
        self.answered_by.setMaxLength(LONGEST_WHO)
        self.paste = QPushButton(icons.icon("clipboard-text"), tr("Paste…"))
        self.paste.setToolTip(tr("Paste names and answers from a spreadsheet ({keys})").format(keys="Ctrl+V"))
        for said, field in ((tr("Asked on"), self.day), (tr("Answered by"), self.answered_by)):
            label = QLabel(said)
            label.setObjectName("soft")
            label.setBuddy(field)
            field.setAccessibleName(said)
            row.addWidget(_side_by_side(label, field))
        row.addWidget(self.paste)
        return row

    def _on_campaign(self) -> None:
        self.chosen.emit()

    def _on_class(self) -> None:
        self._wanted_class = ""
        self.chosen.emit()

    def _on_picker_gone(self) -> None:
        self._picker = None

    def _on_school(self, option: Option) -> None:
        self.show_school(option.value, option.words.split("  ·  ", maxsplit=1)[0])
        self._wanted_class = ""
        _fill(self.class_, [(tr("All classes"), "")], "")
        self.chosen.emit()
        self.picked.emit()


class _Listed(Choice):
    """A choice that tells when it is made in its list or with Enter: the arrows only look through it."""

    picked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_open = False
        self.activated.connect(lambda _place: self._on_activated())

    def showPopup(self) -> None:
        self._is_open = True
        super().showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._is_open = False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.picked.emit()
        else:
            super().keyPressEvent(event)

    def _on_activated(self) -> None:
        if self._is_open:
            self._is_open = False
            self.picked.emit()


def _side_by_side(*widgets: QWidget) -> QWidget:
    """Return widgets that stay together where a line ends."""
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    group.setMinimumHeight(_HIGH)
    return group


def _past_day(typed: str, today: date) -> date | None:
    """Return the day typed; the last one of that day and month when no year is said."""
    day = words.typed_day(typed, today)
    if day is None or day <= today or str(day.year)[2:] in typed:
        return day
    return words.typed_day(f"{day.day}/{day.month}/{day.year - 1}", today)


def _fill(choice: Choice, options: Sequence[tuple[str, str]], wanted: str) -> None:
    """Offer these, the one wanted chosen if it is among them; nobody is told."""
    choice.blockSignals(True)
    choice.clear()
    for said, value in options:
        choice.addItem(said, value)
    choice.setCurrentIndex(max(choice.findData(wanted), 0))
    choice.blockSignals(False)
