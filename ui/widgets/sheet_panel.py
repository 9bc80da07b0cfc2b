"""One scanned page: how it looks, what becomes of it, and the field that files it by hand."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap, QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from tablet_loans.domain.filing import TO_LOOK_AT, FiledPage, PageFate
from tablet_loans.domain.loan import LOAN_WORDS
from tablet_loans.text import N_, tr
from ui import icons, words
from ui.widgets.record_parts import label

_QUARTER: Final = 90
_LONGEST: Final = 40
_FATES: Final = {
    PageFate.FILED: N_("Goes to this loan"),
    PageFate.AGAIN: N_("The same page is kept already"),
    PageFate.DOUBLED: N_("The loan has pages already: this one is kept beside them"),
    PageFate.EMPTY: N_("Empty: it is left out"),
    PageFate.UNREADABLE: N_("No code can be read: whose is it?"),
    PageFate.FOREIGN: N_("Its code is not one of an agreement: whose is it?"),
    PageFate.UNKNOWN: N_("Its loan is not in this base"),
    PageFate.NO_LOAN: N_("No loan came of it yet: file it again later, or say whose it is"),
    PageFate.CANCELLED: N_("Its loan was cancelled"),
    PageFate.SEVERAL: N_("It bears the codes of several loans: whose is it?"),
}


class SheetPanel(QFrame):
    """What is known of the page chosen; `named` tells the loan that a person typed or scanned for it."""

    named = Signal(str)
    open_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._pixmap, self.turn = QPixmap(), 0
        self.title, self.fate = label("", "cardTitle"), label("", "soft")
        self.look = QLabel()
        self.look.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.look.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.look.setMinimumSize(QSize(120, 120))
        self.turning = QPushButton(icons.icon("arrow-counter-clockwise"), tr("Turn"))
        self.open = QPushButton(tr("Open what is kept"))
        self.field, self.file = QLineEdit(), QPushButton(tr("File with this loan"))
        self._build()
        self.show_page(None)

    def show_page(self, page: FiledPage | None) -> None:
        """Show what becomes of a page; its look comes later."""
        self._pixmap, self.turn = QPixmap(), 0
        self.look.clear()
        self.field.clear()
        can_name = page is not None and page.fate in TO_LOOK_AT
        for widget in (self.field, self.file, self.turning):
            widget.setVisible(can_name)
        self.open.setVisible(page is not None and page.loan is not None and not can_name)
        if page is None:
            self.title.setText(tr("Choose a page"))
            self.fate.setText("")
            return
        self.title.setText(page.loan or tr("Page {page}").format(page=words.number(page.page)))
        state = tr(LOAN_WORDS[page.state]) if page.state is not None and page.state in LOAN_WORDS else ""
        self.fate.setText(words.joined(tr(_FATES[page.fate]), state))

    def show_look(self, content: bytes) -> None:
        """Show how the page looks."""
        self._pixmap = QPixmap()
        if not content or not self._pixmap.loadFromData(content):
            self.look.setText(tr("The page cannot be drawn."))
            return
        self._draw()

    def turn_page(self) -> None:
        """Turn the page by a quarter to the left."""
        self.turn = (self.turn + _QUARTER) % 360
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw()

    def _build(self) -> None:
        self.look.setAccessibleName(tr("The page"))
        self.field.setPlaceholderText(tr("Loan number, typed or scanned"))
        self.field.setAccessibleName(tr("Loan number, typed or scanned"))
        self.field.setMaxLength(_LONGEST)
        self.field.returnPressed.connect(self._on_named)
        self.file.clicked.connect(self._on_named)
        self.turning.clicked.connect(self.turn_page)
        self.open.clicked.connect(self.open_asked)
        for button in (self.turning, self.open, self.file):
            button.setAutoDefault(False)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.turning, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 16)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.fate)
        layout.addWidget(self.look, 1)
        layout.addWidget(self.field)
        layout.addWidget(self.file)
        layout.addWidget(self.open)

    def _on_named(self) -> None:
        if self.field.isVisibleTo(self) and (typed := self.field.text().strip()):
            self.named.emit(typed)

    def _draw(self) -> None:
        if self._pixmap.isNull():
            return
        ratio = self.devicePixelRatioF()
        turned = self._pixmap.transformed(QTransform().rotate(-self.turn))
        room = QSize(round(self.look.width() * ratio), round(self.look.height() * ratio))
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        shown = turned.scaled(room, keep, smooth) if room.width() > 1 and room.height() > 1 else turned
        shown.setDevicePixelRatio(ratio)
        self.look.setPixmap(shown)
