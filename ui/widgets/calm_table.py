"""A table in which nothing is chosen until somebody chooses it."""

from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QAbstractScrollArea

from ui.widgets.data_table import DataTable


class CalmTable(DataTable):
    """Rows beside which one is read: the focus alone opens none."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Choose no row only because the focus comes: nobody asked for the first one."""
        if self.currentIndex().isValid():
            super().focusInEvent(event)
        else:
            QAbstractScrollArea.focusInEvent(self, event)
            self.viewport().update()
