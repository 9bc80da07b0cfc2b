"""The rail: the rooms in the order of the day, the campaign above, the person below."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tablet_loans.text import tr
from ui import icons
from ui.theme import Tone

_WIDE, _FOLDED = 208, 60
_PERSON_MARGINS = 60


class Door(Protocol):
    """What the rail shows of a room."""

    @property
    def title(self) -> str: ...
    @property
    def section(self) -> str: ...
    @property
    def icon(self) -> str: ...


class Rail(QFrame):
    """Where one goes from one room to another; folded to icons in a narrow window."""

    chosen = Signal(int)

    def __init__(self, rooms: Sequence[Door], person: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAccessibleName(tr("Rooms"))
        self._wide: list[QLabel] = []
        self._titles: list[str] = []
        self._buttons = QButtonGroup(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 16, 11, 14)
        self._column.setSpacing(2)
        self._campaign = self._said("", "soft")
        self._column.addWidget(self._said("Tablet Loans", "brand"))
        self._column.addWidget(self._campaign)
        self._column.addSpacing(14)
        section = ""
        for place, room in enumerate(rooms):
            if room.section != section:
                section = room.section
                self._column.addWidget(self._said(tr(section), "railSection"))
            self._column.addWidget(self._door(place, room))
        self._column.addStretch(1)
        self._column.addLayout(self._person(person))
        self._buttons.idClicked.connect(self.chosen)
        self.fold(False)

    def stand_in(self, place: int) -> None:
        """Show which room one is in."""
        if button := self._buttons.button(place):
            button.setChecked(True)

    def name_campaign(self, name: str) -> None:
        """Show the campaign's name under the program's."""
        self._campaign.setToolTip(name)
        width = _WIDE - 28
        self._campaign.setText(self._campaign.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, width))

    def fold(self, is_folded: bool) -> None:
        """Show icons alone, or icons and words."""
        self.setFixedWidth(_FOLDED if is_folded else _WIDE)
        for label in self._wide:
            label.setVisible(not is_folded)
        for place, title in enumerate(self._titles):
            button = self._buttons.button(place)
            button.setText("" if is_folded else f"  {title}")
            button.setToolTip(f"{title} (Ctrl+{(place + 1) % 10})" if place < 10 else title)
            button.setProperty("folded", "true" if is_folded else "false")
            button.style().unpolish(button)
            button.style().polish(button)

    def _said(self, words: str, name: str) -> QLabel:
        label = QLabel(words)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        self._wide.append(label)
        return label

    def _door(self, place: int, room: Door) -> QPushButton:
        title = tr(room.title)
        button = QPushButton(icons.icon(room.icon), "")
        button.setObjectName("room")
        button.setCheckable(True)
        button.setFixedHeight(36)
        button.setIconSize(QSize(18, 18))
        button.setAccessibleName(title)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._buttons.addButton(button, place)
        self._titles.append(title)
        return button

    def _person(self, person: str) -> QHBoxLayout:
        picture = QLabel()
        picture.setPixmap(icons.icon("user-circle", Tone.SOFT).pixmap(18, 18))
        picture.setToolTip(person)
        row = QHBoxLayout()
        row.setContentsMargins(9, 0, 0, 0)
        row.setSpacing(9)
        row.addWidget(picture)
        said = self._said(person, "actor")
        said.setToolTip(person)
        room = _WIDE - _PERSON_MARGINS
        said.setText(said.fontMetrics().elidedText(person, Qt.TextElideMode.ElideRight, room))
        row.addWidget(said, 1)
        return row
