"""What narrows the agreements by school: a part of the list, a search, and how many there are."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QLineEdit, QPushButton, QWidget

from tablet_loans.domain.oversight import PaperCount, SchoolPapers
from tablet_loans.text import tr, trn
from ui import icons, words
from ui.widgets.agreement_panel import figures
from ui.widgets.agreement_table import Segment, Shown
from ui.widgets.flow import Flow

_TYPING_PAUSE_MS: Final = 80
_HIGH: Final = 34


class AgreementTools(QWidget):
    """Segments and a search field; `changed` gives what is to be shown, `searched` that Enter ended the search."""

    changed = Signal(object)
    searched = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typing = QTimer(self, interval=_TYPING_PAUSE_MS, singleShot=True)
        self.count, self.search = QLabel(), QLineEdit()
        self.segments = {
            Segment.ALL: QPushButton(tr("all agreements")),
            Segment.TO_PRINT: QPushButton(tr("to print")),
            Segment.UNSIGNED: QPushButton(tr("not signed")),
        }
        self._build()
        self._typing.timeout.connect(self._on_changed)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self.searched)
        for button in self.segments.values():
            button.clicked.connect(self._on_changed)

    def _build(self) -> None:
        self.count.setObjectName("soft")
        self.count.setMinimumHeight(_HIGH)
        group = QButtonGroup(self)
        for button in self.segments.values():
            button.setObjectName("segment")
            button.setCheckable(True)
            group.addButton(button)
        self.segments[Segment.ALL].setChecked(True)
        self.search.setPlaceholderText(tr("Name, commune or UAI"))
        self.search.setAccessibleName(tr("Search the schools"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icons.icon("magnifying-glass"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setFixedWidth(220)
        row = Flow(8, self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (*self.segments.values(), self.count):
            row.addWidget(widget)
        row.push()
        row.addWidget(self.search)

    def shown(self) -> Shown:
        """Return what is to be shown."""
        segment = next(each for each, button in self.segments.items() if button.isChecked())
        return Shown(segment, self.search.text())

    def turn_to(self, segment: str) -> None:
        """Show one part of the list, whatever was searched."""
        if segment in set(Segment):
            self.search.clear()
            self.segments[Segment(segment)].setChecked(True)
            self._on_changed()

    def tell(self, listed: Sequence[SchoolPapers]) -> None:
        """Say how many schools are listed, and how far their agreements have come."""
        said = trn("{count} school", "{count} schools", len(listed)).format(count=words.number(len(listed)))
        self.count.setText(words.joined(said, figures(total(listed))))

    def take_focus(self) -> None:
        """Put the focus in the search field."""
        self.search.setFocus()
        self.search.selectAll()

    def _on_changed(self) -> None:
        self._typing.stop()
        self.changed.emit(self.shown())


def total(listed: Sequence[SchoolPapers]) -> PaperCount:
    """Return the counts of these schools together."""
    return sum((each.count for each in listed), PaperCount())
