"""What was decided in a campaign, by whom, when and why: a quiet list in the place of the schools."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.chronicle import CampaignAct
from tablet_loans.text import N_, tr, trn
from ui import icons, words
from ui.columns import Column, Style, as_tsv
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.data_table import DataTable


def _soft(_act: CampaignAct) -> Tone:
    return Tone.SOFT


def _what(act: CampaignAct) -> str:
    return words.joined(act.words, act.pupil, tr("undone since") if act.is_undone else "")


COLUMNS: Final = (
    Column(N_("When"), lambda act: words.day_and_time(act.when), 124, style=Style.CODE, tone=_soft),
    Column(N_("Who"), lambda act: act.who, 120, 1),
    Column(N_("Decision"), _what, 260, 4),
    Column(N_("Why"), lambda act: act.note, 160, 3, tone=_soft),
)


class PlanHistory(QFrame):
    """The acts of a campaign, the newest first; `closed` goes back to the schools."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("History"))
        title, self._count, back = QLabel(tr("History")), QLabel(), QPushButton(icons.icon("arrow-left"), tr("Back"))
        title.setObjectName("cardTitle")
        self._count.setObjectName("soft")
        back.clicked.connect(self.closed)
        self.model = ListModel(COLUMNS)
        self.model.setParent(self)
        self.table = DataTable(tr("History"), 34)
        self.table.show_model(self.model, COLUMNS)
        self.table.left.connect(self.closed)
        self.table.copy_asked.connect(self._on_copy)
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 8, 0)
        head.setSpacing(12)
        head.addWidget(title)
        head.addWidget(self._count, 1)
        head.addWidget(back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 10, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.table, 1)

    def show_acts(self, acts: Sequence[CampaignAct]) -> None:
        """Show these acts instead."""
        self.model.show(acts)
        said = trn("{count} decision", "{count} decisions", len(acts))
        self._count.setText(said.format(count=words.number(len(acts))))

    def take_focus(self) -> None:
        """Put the focus where the acts are read with the arrows."""
        self.table.setFocus()

    def _on_copy(self) -> None:
        rows = [self.model.rows[at] for place in self.table.chosen_places()
                for at in range(place.start, place.start + place.size)]  # fmt: skip
        QGuiApplication.clipboard().setText(as_tsv(COLUMNS, rows))
