"""The criteria of a ranking as a list: each switched on or off, dragged or moved with Alt and the arrows."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.ranking import DEFAULT_CRITERIA, Criterion
from tablet_loans.text import N_, tr
from ui import icons
from ui.widgets.record_parts import label

CRITERION_WORDS: Final[Mapping[Criterion, str]] = {
    Criterion.EQUIPMENT: N_("Equipment at home: nothing, then a phone, then shared"),
    Criterion.PRIORITY: N_("Priority given by the school"),
    Criterion.EXAM_YEAR: N_("Exam year"),
    Criterion.HOUSEHOLD: N_("First device of the home before a second one"),
}
_ROW: Final = 30


class _List(QListWidget):
    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the criterion with Alt and the arrows; the space bar switches it."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.moved.emit(step)
        else:
            super().keyPressEvent(event)


class PlanCriteria(QWidget):
    """The list and two buttons that move the criterion one stands on."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = _List()
        self.list.setAccessibleName(tr("Criteria, the first decides"))
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.list.setFixedHeight(len(Criterion) * _ROW + 12)
        self.up, self.down = QPushButton(icons.icon("arrow-up"), ""), QPushButton(icons.icon("arrow-down"), "")
        self.list.moved.connect(self.move_current)
        self.list.itemChanged.connect(lambda _item: self.changed.emit())
        self.list.model().rowsMoved.connect(lambda *_: self.changed.emit())
        buttons, row = QVBoxLayout(), QHBoxLayout()
        for button, said, step in (
            (self.up, tr("Earlier (Alt+Up)"), -1), (self.down, tr("Later (Alt+Down)"), 1)
        ):  # fmt: skip
            button.setAccessibleName(said)
            button.setToolTip(said)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, step=step: self.move_current(step))
            buttons.addWidget(button)
        buttons.addStretch(1)
        row.setSpacing(8)
        row.addWidget(self.list, 1)
        row.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(label(tr("Criteria, the first decides"), "cardTitle", is_selectable=False))
        layout.addLayout(row)

    def show_criteria(self, chosen: Sequence[Criterion]) -> None:
        """Show these criteria switched on, in their order, and the others beneath, switched off."""
        self.list.clear()
        for each in (*chosen, *(other for other in DEFAULT_CRITERIA if other not in chosen)):
            item = QListWidgetItem(tr(CRITERION_WORDS[each]))
            item.setData(Qt.ItemDataRole.UserRole, each.value)
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
                | Qt.ItemFlag.ItemIsUserCheckable
            )  # fmt: skip
            item.setCheckState(Qt.CheckState.Checked if each in chosen else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def chosen(self) -> tuple[Criterion, ...]:
        """Return the criteria switched on, in their order."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(
            Criterion(item.data(Qt.ItemDataRole.UserRole))
            for item in items
            if item.checkState() is Qt.CheckState.Checked
        )

    def move_current(self, step: int) -> None:
        """Move the criterion one stands on, and stay on it."""
        place = self.list.currentRow()
        if 0 <= place + step < self.list.count():
            item = self.list.takeItem(place)
            self.list.insertItem(place + step, item)
            self.list.setCurrentRow(place + step)
            self.changed.emit()
