"""A list and the panel that tells of its selected row: side by side, or one in the other's place where it is narrow."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

_ROOMY: Final = 712
_WIDTH: Final = 340
_WIDEST: Final = 16_777_215


class Beside(QWidget):
    """The two; where only one has room, the panel is seen once it is opened, and the list again once it is put away.

    `turned` says whether the panel now stands in the place of the list.
    """

    turned = Signal(bool)

    def __init__(
        self, shown: QWidget, panel: QWidget, parent: QWidget | None = None, *, list_width: int | None = None
    ) -> None:
        """Give the panel its usual width, and the list the rest; or the list `list_width`, and the panel the rest."""
        super().__init__(parent)
        self._list, self._panel, self._list_width, self._panel_width = shown, panel, list_width, _WIDTH
        self._has_panel = self._is_opened = self._is_instead = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addWidget(shown, 1)
        layout.addWidget(panel, 0 if list_width is None else 1)
        panel.hide()

    def show_panel(self) -> None:
        """Show the panel where there is room for it."""
        self._has_panel = True
        self._fit()

    def open_panel(self) -> None:
        """Show the panel as soon as it has something to tell, in the place of the list where it is narrow."""
        self._is_opened = True
        self._fit()

    def put_away(self) -> None:
        """Show the list alone."""
        self._has_panel = self._is_opened = False
        self._fit()

    def give_panel(self, width: int) -> None:
        """Give the panel another width than the usual one."""
        self._panel_width = width
        self._fit()

    def is_turned(self) -> bool:
        """Say whether the panel stands in the place of the list."""
        return self._is_instead

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        is_narrow = self.width() < _ROOMY
        is_seen = self._has_panel and (self._is_opened or not is_narrow)
        is_instead = is_seen and is_narrow
        kept = self._panel if self._list_width is None else self._list
        width = self._list_width or self._panel_width
        is_alone = is_narrow or (kept is self._list and not is_seen)
        kept.setMinimumWidth(0 if is_alone else width)
        kept.setMaximumWidth(_WIDEST if is_alone else width)
        self._panel.setVisible(is_seen)
        self._list.setVisible(not is_instead)
        if is_instead != self._is_instead:
            self._is_instead = is_instead
            self.turned.emit(is_instead)
