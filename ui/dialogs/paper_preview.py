"""A window around a paper: it is read, then printed, saved or opened; the room behind it goes on."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from ui.widgets.banner import Banner
from ui.widgets.paper_view import PaperView
from ui.widgets.screen import Screen

_SIZE: Final = QSize(860, 760)
_GEOMETRY: Final = "papers/preview"


class PaperPreview(QDialog):
    """The paper `file`, which is saved under `name`; the file stays the caller's. What is scanned goes to the room."""

    def __init__(self, file: Path, name: str, parent: QWidget | None = None, memory: QSettings | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setWindowTitle(name)
        self.banner, self.view = Banner(), PaperView(memory=memory)
        self.view.failed.connect(self.banner.say)
        self.view.said.connect(self.banner.tell)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 16)
        layout.setSpacing(10)
        layout.addWidget(self.banner)
        layout.addWidget(self.view, 1)
        self._take_size()
        self.view.show_paper(file, name)
        self.view.view.setFocus()

    def take_scan(self, raw: str) -> None:
        """Give what was scanned to the room behind."""
        if isinstance(room := self.parent(), Screen):
            room.take_scan(raw)

    def take_double(self, raw: str) -> None:
        """Tell the room behind that a code was read twice."""
        if isinstance(room := self.parent(), Screen):
            room.take_double(raw)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._let_go()
        super().closeEvent(event)

    def reject(self) -> None:
        """Close with Esc."""
        self._let_go()
        super().reject()

    def _take_size(self) -> None:
        kept = self._memory.value(_GEOMETRY) if self._memory is not None else None
        if kept is not None:
            self.restoreGeometry(kept)
            return
        above = self.parentWidget()
        self.resize(_SIZE if above is None else _SIZE.boundedTo(above.window().size()))

    def _let_go(self) -> None:
        if self._memory is not None:
            self._memory.setValue(_GEOMETRY, self.saveGeometry())
        self.view.throw_away()
