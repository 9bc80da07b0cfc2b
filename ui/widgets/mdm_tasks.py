"""The table of what MDMs were asked: when, what, of which tablet, by whom, and what became of it."""

from typing import Final

from PySide6.QtWidgets import QWidget

from tablet_loans.domain.mdm_task import TaskRow
from tablet_loans.text import N_, tr
from ui import words
from ui.columns import Column, Style
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.data_table import DataTable
from ui.widgets.mdm_words import TASK_TONES, act_words, askers, task_words


def _soft(_row: TaskRow) -> Tone:
    return Tone.SOFT


TASK_COLUMNS: Final = (
    Column(N_("When"), lambda row: words.day_and_time(row.asked_at), 136, style=Style.CODE, tone=_soft),
    Column(N_("Act"), lambda row: act_words(row.act), 190, 3),
    Column(N_("Device"), lambda row: row.tag, 110, style=Style.CODE),
    Column(
        N_("State"), lambda row: task_words(row.state), 104, style=Style.CHIP, tone=lambda row: TASK_TONES[row.state]
    ),
    Column(N_("Why"), lambda row: tr(row.reason) if row.reason else "", 120, 4, tone=_soft),
    Column(N_("Who"), askers, 100, 2, tone=_soft),
    Column(N_("MDM"), lambda row: row.mdm, 90, 1, tone=_soft),
)
_SPARED: Final = ("MDM", "Why", "Who")


class MdmTasks(DataTable):
    """What was asked, the newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("What was asked"), parent=parent)
        self.rows = ListModel(TASK_COLUMNS)
        self.rows.setParent(self)
        self.show_model(self.rows, TASK_COLUMNS, _SPARED)

    def current(self) -> TaskRow | None:
        """Return what was asked in the row one is in, or None."""
        place = self.currentIndex().row()
        row = self.rows.rows[place] if place >= 0 else None
        return row if isinstance(row, TaskRow) else None
