"""The card of a plan's schools: the table, the legend of its bars, or why nothing is listed and the next step."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QStackedLayout, QVBoxLayout, QWidget

from tablet_loans.text import tr
from ui import words
from ui.plan_reading import Seen
from ui.widgets.empty import Empty
from ui.widgets.plan_legend import PlanLegend
from ui.widgets.plan_table import PlanModel, PlanTable


class PlanList(QFrame):
    """One card; `make` is what the one button of its empty state does."""

    def __init__(self, model: PlanModel, make: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._model, self._make, self._is_low = model, make, False
        self.table, self.empty, self.legend = PlanTable(model), Empty("scales"), PlanLegend()
        self.empty.setMinimumHeight(1)
        self.empty.act.setObjectName("primary")
        self.empty.say(tr("Reading the plan…"), "")
        layout, rows = QVBoxLayout(self), QWidget()
        layout.setContentsMargins(8, 6, 8, 4)
        layout.setSpacing(0)
        self._rows = QStackedLayout(rows)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.addWidget(self.table)
        self._rows.addWidget(self.empty)
        self._rows.setCurrentWidget(self.empty)
        layout.addWidget(rows, 1)
        layout.addWidget(self.legend)

    def show_rows(self, seen: Seen, campaign: str) -> None:
        """Show the schools listed, or say why there is none."""
        count = len(self._model.rows)
        self._say_empty(seen, campaign)
        self._rows.setCurrentWidget(self.table if count else self.empty)
        self.legend.show_plan(seen.head if count and not self._is_low else None)

    def fold(self, seen: Seen, *, is_low: bool) -> None:
        """Leave the room to the rows where the window is low."""
        self._is_low = is_low
        self.table.be_dense(is_dense=is_low)
        self.legend.show_plan(seen.head if self._model.rows and not is_low else None)

    def enter(self) -> None:
        """Stand on the first school listed, unless one stands on another."""
        self.table.setFocus()
        if self._model.rows and not self.table.currentIndex().isValid():
            self.table.choose(0)

    def take_focus(self) -> None:
        """Put the focus on the schools, or on the one button where there are none."""
        if self._rows.currentWidget() is self.table:
            self.table.setFocus()
        elif not self.empty.act.isHidden():
            self.empty.act.setFocus()

    def _say_empty(self, seen: Seen, campaign: str) -> None:
        say = self.empty.say
        if seen.head is not None and self._model.every():
            say(tr("No school is like that"), tr("Change the search, or remove a filter."))
        elif not campaign:
            say(tr("No campaign yet"), tr("Create a campaign first, then ask the schools for the needs."))
        elif seen.head is not None:
            say(tr("Nobody is in need"), tr("Answer for the pupils in “Needs”, then make the plan again."))
        elif not seen.needs:
            say(tr("No need answered yet"), tr("Send the workbooks to the schools, or answer in “Needs”."))
        elif not seen.ready:
            step = tr("Receive a delivery, or make returned tablets ready; a plan can be made all the same.")
            say(tr("No tablet is ready"), step, tr("Make the plan"), self._make)
        else:
            said = tr("{needs} needs answered, {ready} tablets ready").format(
                needs=words.number(seen.needs), ready=words.number(seen.ready)
            )
            say(tr("No plan yet"), said, tr("Make the plan"), self._make)
