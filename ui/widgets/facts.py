"""Facts side by side or beneath each other: a soft name and a value."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact; a code is written in the monospaced face."""

    name: str
    value: str
    is_code: bool = False


class Facts(QWidget):
    """A line of facts as columns, or a column of them as lines."""

    def __init__(self, *, is_line: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_line = is_line
        self._labels: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(28 if is_line else 16)
        self._grid.setVerticalSpacing(2 if is_line else 6)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show the facts that have a value."""
        told = [fact for fact in facts if fact.value]
        while len(self._labels) < len(told):
            self._add()
        for place, (name, value) in enumerate(self._labels):
            fact = told[place] if place < len(told) else Fact("", "")
            name.setText(fact.name)
            value.setText(fact.value)
            value.setObjectName("code" if fact.is_code else "value")
            value.style().unpolish(value)
            value.style().polish(value)
            for label in (name, value):
                label.setVisible(bool(fact.value))

    def _add(self) -> None:
        name, value = QLabel(), QLabel()
        name.setObjectName("soft")
        value.setTextFormat(Qt.TextFormat.PlainText)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        value.setWordWrap(not self._is_line)
        place = len(self._labels)
        if self._is_line:
            self._grid.addWidget(name, 0, place)
            self._grid.addWidget(value, 1, place)
            self._grid.setColumnStretch(place, 0)
            self._grid.setColumnStretch(place + 1, 1)
        else:
            self._grid.addWidget(name, place, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, place, 1)
            self._grid.setColumnStretch(1, 1)
        self._labels.append((name, value))
