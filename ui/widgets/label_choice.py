"""Which tablets get a label: those scanned one by one, or those of a state, a school, a range, or without a label."""

from functools import partial
from typing import Any, Final, cast

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from tablet_loans.domain.device import STATE_WORDS, DeviceState
from tablet_loans.domain.label import LABEL_WORDS
from tablet_loans.services.labelling import LabelDevices, Lacking, ScannedDevice
from tablet_loans.text import N_, tr, trn
from ui import words
from ui.columns import Column, Style
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.choice import Choice
from ui.widgets.data_table import DataTable
from ui.widgets.device_words import capital
from ui.widgets.empty import Empty
from ui.widgets.label_words import TONES
from ui.widgets.scan_field import ScanField

_LACKING: Final = (
    (Lacking.LABEL, N_("Without a label: never printed, or spoiled")),
    (Lacking.CONFIRMED, N_("Without a confirmed label")),
    (None, N_("With a label or not")),
)


_REMOVE: Final = "✕"
_STATE: Final = N_("Label")


def _state(row: ScannedDevice) -> str:
    return tr(LABEL_WORDS[row.label]) if row.label is not None else ""


_COLUMNS: Final = (
    Column(N_("Tag"), lambda row: row.tag, 104, style=Style.CODE),
    Column(N_("Model"), lambda row: row.model, 80, 1, tone=lambda _row: Tone.SOFT, is_spare=True),
    Column(_STATE, _state, 150, style=Style.CHIP, tone=lambda row: TONES[row.label] if row.label else Tone.SOFT),
    Column("", lambda _row: _REMOVE, 40, tone=lambda _row: Tone.ACCENT),
)


class LabelChoice(QFrame):
    """`changed` says that others are chosen, `scanned` what was typed to be looked up, `school_asked` under what."""

    changed = Signal()
    scanned = Signal(str)
    school_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.rows = ListModel(_COLUMNS)
        self.rows.setParent(self)
        self._school = ""
        self._build()
        self._connect()
        self.turn_to_scans(is_scanned=True)

    def chosen(self) -> LabelDevices:
        """Return the devices chosen, perhaps none."""
        if self.is_scanned():
            return LabelDevices(tags=tuple(row.tag for row in reversed(self._listed())))  # as they were scanned
        state = self.state.currentData()
        return LabelDevices(
            state=DeviceState(state) if state else None,
            school=self._school or None,
            span=self.span.text().strip() or None,
            lacking=self.lacking.currentData(),
        )

    def is_scanned(self) -> bool:
        """Say whether those scanned are meant."""
        return self.by_scan.isChecked()

    def add(self, device: ScannedDevice) -> bool:
        """Put a device first in the list, and say whether it was not there yet."""
        self.turn_to_scans(is_scanned=True)
        if any(row.tag == device.tag for row in self._listed()):
            return False
        self.rows.put_first(device)
        self._tell()
        return True

    def remove_last(self) -> str:
        """Take the newest out of the list and return its tag, "" when there is none."""
        return self._remove(0)

    def clear(self) -> None:
        """Take all out of the list."""
        self.rows.show(())
        self._tell()

    def use_school(self, uai: str) -> None:
        """Choose the devices of that school, or with "" of all."""
        self._school = uai
        self.school.setText(uai or tr("All schools"))
        self._tell()

    def name_school(self, name: str) -> None:
        """Show how the school chosen is called."""
        self.school.setText(name if name and self._school else tr("All schools"))

    def turn_to_scans(self, *, is_scanned: bool) -> None:
        """Turn to those scanned, or to those chosen by what they are."""
        self.by_scan.setChecked(is_scanned)
        self.by_filter.setChecked(not is_scanned)
        self._pages.setCurrentIndex(0 if is_scanned else 1)
        self._tell()

    def kept(self) -> dict[str, Any]:
        """Return what is remembered of the choice."""
        return {"is_scanned": self.is_scanned(), "lacking": self.lacking.currentIndex()}

    def recall(self, kept: dict[str, Any]) -> None:
        """Take up the choice of the last time."""
        self.lacking.setCurrentIndex(max(0, min(int(kept.get("lacking", 0)), self.lacking.count() - 1)))
        self.turn_to_scans(is_scanned=bool(kept.get("is_scanned", True)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_key = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if is_key and isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove(self.table.currentIndex().row())
            return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        self.by_scan, self.by_filter = QPushButton(tr("Scanned")), QPushButton(tr("Chosen"))
        for button in (self.by_scan, self.by_filter):
            button.setObjectName("segment")
            button.setCheckable(True)
        title = QLabel(tr("Tablets"))
        title.setObjectName("cardTitle")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(title, 1)
        for button in (self.by_scan, self.by_filter):
            head.addWidget(button)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._scans())
        self._pages.addWidget(self._filters())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(self._pages, 1)

    def _scans(self) -> QWidget:
        self.field = ScanField()
        self.field.show_size(is_low=True)
        self.field.show_task("barcode", tr("Scan the tablets"), tr("Scan of a tablet that gets a label"))
        self.table, self._nothing = DataTable(tr("Tablets that get a label"), 34), Empty("tag")
        self.table.show_model(self.rows, _COLUMNS)
        self.table.horizontalHeader().hide()
        self.table.setToolTip(tr("Delete, or ✕, takes a tablet out of the list"))
        self.table.installEventFilter(self)
        self._nothing.say(tr("No tablet yet"), tr("Scan each one, or choose them by what they are."))
        self._shown = QStackedWidget()
        self._shown.addWidget(self._nothing)
        self._shown.addWidget(self.table)
        self._shown.setMinimumHeight(70)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self.count, self.empty_list = QLabel(), QPushButton(tr("Empty the list"))
        self.count.setObjectName("soft")
        self.empty_list.setObjectName("quiet")
        below = QHBoxLayout()
        below.addWidget(self.count, 1)
        below.addWidget(self.empty_list)
        layout.addWidget(self.field)
        layout.addWidget(self._shown, 1)
        layout.addLayout(below)
        return page

    def _filters(self) -> QWidget:
        self.lacking, self.state, self.school, self.span = Choice(), Choice(), QPushButton(), QLineEdit()
        for lacking, said in _LACKING:
            self.lacking.addItem(tr(said), lacking)
        self.state.addItem(tr("In any state"), "")
        for state in DeviceState:
            self.state.addItem(capital(tr(STATE_WORDS[state])), state.value)
        self.every_school = QPushButton(tr("All schools"))
        self.every_school.setObjectName("quiet")
        self.span.setPlaceholderText("ML-000001..ML-000200")
        self.span.setClearButtonEnabled(True)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for title, field in (
            (N_("Label"), self.lacking), (N_("State"), self.state), (N_("School"), self.school),
            (N_("Range of tags"), self.span),
        ):  # fmt: skip
            layout.addLayout(_row(tr(title), field, self.every_school if field is self.school else None))
        layout.addStretch(1)
        return page

    def _connect(self) -> None:
        self.by_scan.clicked.connect(partial(self._on_turned, is_scanned=True))
        self.by_filter.clicked.connect(partial(self._on_turned, is_scanned=False))
        self.field.submitted.connect(self.scanned)
        self.field.undo_asked.connect(self.remove_last)
        self.empty_list.clicked.connect(self.clear)
        self.table.clicked.connect(self._on_clicked)
        for choice in (self.lacking, self.state):
            choice.currentIndexChanged.connect(lambda _place: self._tell())
        self.span.editingFinished.connect(self._tell)
        self.span.textChanged.connect(lambda text: self._tell() if not text else None)
        self.school.clicked.connect(lambda: self.school_asked.emit(self.school))
        self.every_school.clicked.connect(partial(self.use_school, ""))

    def _listed(self) -> list[ScannedDevice]:
        return cast(list[ScannedDevice], self.rows.rows)

    def _on_turned(self, *, is_scanned: bool) -> None:
        self.turn_to_scans(is_scanned=is_scanned)
        if is_scanned:
            self.field.setFocus()

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == len(_COLUMNS) - 1:
            self._remove(index.row())

    def _remove(self, place: int) -> str:
        rows = self._listed()
        if not 0 <= place < len(rows):
            return ""
        tag = rows[place].tag
        self.rows.show([*rows[:place], *rows[place + 1 :]])
        self._tell()
        return tag

    def _tell(self) -> None:
        count = self.rows.rowCount()
        said = trn("{count} tablet scanned", "{count} tablets scanned", count).format(count=words.number(count))
        self.count.setText(said if count else "")
        self.empty_list.setVisible(count > 0)
        self.table.hide_columns([] if any(row.label for row in self._listed()) else [_STATE])
        self._shown.setCurrentIndex(1 if count else 0)
        self.school.setText(self.school.text() or tr("All schools"))
        self.every_school.setVisible(bool(self._school))
        self.changed.emit()


def _row(title: str, field: QWidget, beside: QWidget | None = None) -> QHBoxLayout:
    named = QLabel(title)
    named.setObjectName("soft")
    named.setFixedWidth(110)
    named.setBuddy(field)
    field.setAccessibleName(title)
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(named)
    row.addWidget(field, 1)
    if beside is not None:
        row.addWidget(beside)
    return row
