"""Above the schools of a plan: how many there are, two ways to narrow them, and the search."""

from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from tablet_loans.text import tr, trn
from ui import icons, words
from ui.widgets.flow import Flow
from ui.widgets.plan_table import Narrowing

_TYPING_PAUSE_MS: Final = 80
_HIGH: Final = 34
_WIDE: Final = 240
_FOLDED: Final = 170


class PlanTools(QWidget):
    """A count, toggles and a field; `narrowed` gives what is asked for, `searched` that Enter was typed."""

    narrowed = Signal(object)
    searched = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typing = QTimer(self, interval=_TYPING_PAUSE_MS, singleShot=True)
        self._count, self.search = QLabel(), QLineEdit()
        self._count.setObjectName("filterLead")
        self._count.setMinimumHeight(_HIGH)
        self.waits, self.bare = QPushButton(tr("pupils waiting")), QPushButton(tr("nobody served"))
        for toggle in (self.waits, self.bare):
            toggle.setObjectName("segment")
            toggle.setCheckable(True)
            toggle.clicked.connect(self._say)
        self.search.setPlaceholderText(tr("Name, commune or UAI"))
        self.search.setAccessibleName(tr("Search the schools"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icons.icon("magnifying-glass"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setFixedWidth(_WIDE)
        row = Flow(8, self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self._count, self.waits, self.bare):
            row.addWidget(widget)
        row.push()
        row.addWidget(self.search)
        self._typing.timeout.connect(self._say)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self._on_entered)

    def count(self, schools: int, *, is_least_first: bool) -> None:
        """Say how many schools are listed, and that the least covered one comes first."""
        said = trn("{count} school", "{count} schools", schools).format(count=words.number(schools))
        self._count.setText(words.joined(said, tr("the least covered first") if is_least_first else ""))

    def fold(self, *, is_folded: bool) -> None:
        """Stand in one line where the window is low or narrow."""
        self._count.setVisible(not is_folded)
        self.search.setFixedWidth(_FOLDED if is_folded else _WIDE)

    def clear(self) -> None:
        """Narrow the list no longer."""
        self.search.clear()
        for toggle in (self.waits, self.bare):
            toggle.setChecked(False)
        self._say()

    def seek(self) -> None:
        """Put the focus in the search field, over what was typed."""
        self.search.setFocus()
        self.search.selectAll()

    def _say(self) -> None:
        self._typing.stop()
        self.narrowed.emit(Narrowing(self.search.text(), self.waits.isChecked(), self.bare.isChecked()))

    def _on_entered(self) -> None:
        self._say()
        self.searched.emit()
