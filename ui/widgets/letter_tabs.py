"""The title of a window of letters, and its two parts: the letters to write, and the journal of those written."""

from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QWidget

from tablet_loans.text import N_, tr

LETTERS, JOURNAL = N_("Letters"), N_("Journal")
_TABS: Final = (LETTERS, JOURNAL)


class LetterTabs(QWidget):
    """`turned` gives the part that was chosen."""

    turned = Signal(str)

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("plain")
        said, row, group = QLabel(title), QHBoxLayout(self), QButtonGroup(self)
        said.setObjectName("title")
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(said)
        row.addStretch(1)
        self.buttons: dict[str, QPushButton] = {}
        for name in _TABS:
            button = QPushButton(tr(name))
            button.setObjectName("segment")
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.clicked.connect(partial(self.turned.emit, name))
            group.addButton(button)
            row.addWidget(button)
            self.buttons[name] = button
        self.buttons[LETTERS].setChecked(True)

    def turn_to(self, name: str) -> None:
        """Show which part is seen."""
        self.buttons[name].setChecked(True)
