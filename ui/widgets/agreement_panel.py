"""The panel beside the agreements: one school's counts, its classes, and what it was lent without a signature."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.oversight import ClassPapers, PaperCount, SchoolPapers, UnsignedLoan
from tablet_loans.services.overseeing import SchoolView
from tablet_loans.text import N_, tr, trn
from ui import icons, words
from ui.columns import Column, Style
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.data_table import DataTable
from ui.widgets.flow import Flow
from ui.widgets.record_parts import label

_ROW: Final = 32
_AROUND: Final = 320  # what is neither a class nor a loan: the names, the titles, the buttons
_FEWEST: Final = 2


def _counted(count: int) -> str:
    return words.number(count) if count else "–"


CLASSES: Final = (
    Column(N_("Class"), lambda row: row.name or "–", 70, 3),
    Column(N_("To print"), lambda row: _counted(row.count.on_no_paper), 64, 1, style=Style.NUMBER,
           tone=lambda row: Tone.ACCENT if row.count.on_no_paper else Tone.SOFT),
    Column(N_("Lent out"), lambda row: _counted(row.count.lent), 52, 1, style=Style.NUMBER,
           tone=lambda row: Tone.PLAIN if row.count.lent else Tone.SOFT),
    Column(N_("Not signed"), lambda row: words.number(row.count.unsigned) if row.count.unsigned else "", 88,
           style=Style.CHIP, tone=lambda _row: Tone.WARN),
)  # fmt: skip
LOANS: Final = (
    Column(N_("Pupil"), lambda row: row.pupil, 112, 4),
    Column(N_("Class"), lambda row: row.class_name, 52, tone=lambda _row: Tone.SOFT),
    Column(N_("Tablet"), lambda row: row.tag, 106, style=Style.CODE),
    Column(N_("Lent on"), lambda row: words.short_date(row.lent_on), 62, tone=lambda _row: Tone.SOFT),
    Column(N_("Loan"), lambda row: row.loan, 106, style=Style.CODE, tone=lambda _row: Tone.SOFT, is_spare=True),
)


class LoanTable(DataTable):
    """The loans without a signature; Space or Enter says that one was seen signed."""

    ticked = Signal()

    def sizeHint(self) -> QSize:
        """Ask for one row: where height lacks, a layout that wraps would lay the part above over this one."""
        return QSize(super().sizeHint().width(), self.horizontalHeader().sizeHint().height() + _ROW + 2)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self.currentIndex().isValid():
            super().focusInEvent(event)
        else:
            QAbstractScrollArea.focusInEvent(self, event)
            if self.model().rowCount():
                self.choose(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.ticked.emit()
        else:
            super().keyPressEvent(event)


class AgreementPanel(QFrame):
    """One school; `closed` when it is put away, the others when something is asked of it, its class or its loans."""

    closed = Signal()
    print_asked = Signal(object)  # the ClassPapers, None for the whole school
    signed = Signal(object)  # loan numbers
    scan_asked = Signal(str)
    again_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("The school"))
        self.school: SchoolPapers | None = None
        self._is_busy = False
        self._name, self._where, self._figures = label("", "cardTitle"), label("", "soft"), label("")
        self.class_model, self.loan_model = ListModel(CLASSES), ListModel(LOANS)
        for model in (self.class_model, self.loan_model):
            model.setParent(self)
        self.classes, self.loans = DataTable(tr("Classes"), _ROW), LoanTable(tr("Lent, not signed"), _ROW)
        self.classes.show_model(self.class_model, CLASSES)
        self.loans.show_model(self.loan_model, LOANS)
        self._title = label("", "cardTitle", is_selectable=False)
        self._nothing = label(tr("Every agreement of what is lent here is signed."), "soft")
        self.print_, self.print_class = (
            QPushButton(icons.icon("printer"), tr("Print…")),
            QPushButton(tr("Print the class…")),
        )
        self.tick, self.scan = QPushButton(icons.icon("check"), tr("Signed")), QPushButton(tr("Attach a scan…"))
        self.again = QPushButton(tr("Print again"))
        self.tick.setToolTip(tr("Seen signed, without a scan (Space)"))
        self.scan.setToolTip(tr("Keep the scan or the photo of the signed agreement"))
        self._build()
        self._connect()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 12, 14)
        layout.setSpacing(8)
        layout.addLayout(self._head())
        self._class_part, self._loan_part = QWidget(), QWidget()
        for part, table, buttons in (
            (self._class_part, self.classes, (self.print_, self.print_class)),
            (self._loan_part, self.loans, (self.tick, self.scan, self.again)),
        ):
            column, row = QVBoxLayout(part), Flow(8)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(8)
            if part is self._loan_part:
                column.addWidget(self._title)
            column.addWidget(table, 1)
            for button in buttons:
                row.addWidget(button)
            column.addLayout(row)
        layout.addWidget(self._class_part)
        layout.addWidget(self._loan_part, 1)
        layout.addWidget(self._nothing)
        layout.addStretch(0)

    def _head(self) -> QVBoxLayout:
        close = QPushButton(icons.icon("x"), "")
        close.setObjectName("quiet")
        close.setAccessibleName(tr("Close the school"))
        close.setToolTip(tr("Close the school (Esc)"))
        close.clicked.connect(self.closed)
        first, head = QHBoxLayout(), QVBoxLayout()
        first.addWidget(self._name, 1)
        first.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        head.setSpacing(4)
        head.addLayout(first)
        for line in (self._where, self._figures):
            head.addWidget(line)
        return head

    def _connect(self) -> None:
        self.classes.left.connect(self.closed)
        self.loans.left.connect(self.closed)
        self.classes.opened.connect(self._on_class)
        self.classes.doubleClicked.connect(lambda _place: self._on_class())
        self.print_.clicked.connect(lambda: self.print_asked.emit(None))
        self.print_class.clicked.connect(self._on_class)
        self.loans.ticked.connect(self._on_ticked)
        self.tick.clicked.connect(self._on_ticked)
        self.scan.clicked.connect(self._on_scan)
        self.again.clicked.connect(lambda: self.again_asked.emit([each.loan for each in self.chosen()]))
        for table in (self.classes, self.loans):
            table.selectionModel().selectionChanged.connect(lambda *_: self._offer())

    def show_school(self, school: SchoolPapers, view: SchoolView) -> None:
        """Show a school; where it is the one shown already, what is chosen in its lists stays."""
        is_same = self.school is not None and self.school.uai == school.uai
        chosen = {each.loan for each in self.chosen()} if is_same else set()
        place, class_place = self.loans.currentIndex().row(), self.classes.currentIndex().row()
        self.school = school
        self._name.setText(school.name)
        self._where.setText(words.joined(school.uai, school.commune))
        self._figures.setText(figures(school.count))
        self.class_model.show(view.classes)
        self.loan_model.show(view.unsigned)
        self._title.setText(tr("Lent, not signed"))
        self._fit()
        if is_same:
            self._choose_again(chosen, place, class_place, view.unsigned)
        if view.unsigned and self.loans.hasFocus() and not self.loans.currentIndex().isValid():
            self.loans.choose(0)
        self._offer()

    def chosen(self) -> list[UnsignedLoan]:
        """Return the loans that are selected."""
        rows = [row for place in self.loans.chosen_places() for row in range(place.start, place.start + place.size)]
        return [each for row in rows if isinstance(each := self.loan_model.rows[row], UnsignedLoan)]

    def chosen_class(self) -> ClassPapers | None:
        """Return the class that is current, or None."""
        place = self.classes.currentIndex().row()
        row = self.class_model.rows[place] if 0 <= place < len(self.class_model.rows) else None
        return row if isinstance(row, ClassPapers) else None

    def hold(self, *, is_busy: bool) -> None:
        """Ask for nothing that is printed or read while something is."""
        self._is_busy = is_busy
        self._offer()

    def take_focus(self) -> None:
        """Put the focus where work is done: the loans without a signature, else the classes."""
        (self.loans if self.loan_model.rows else self.classes).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc, on whichever button the focus is."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give the classes whole rows, at least half of the room, and the loans below theirs."""
        has_loans, header = bool(self.loan_model.rows), self.classes.horizontalHeader().sizeHint().height()
        room = (self.height() - (_AROUND if has_loans else 210)) // _ROW
        most = max(_FEWEST, room - min(len(self.loan_model.rows), room // 2))
        self.classes.setFixedHeight(header + _ROW * min(len(self.class_model.rows), most) + 2)
        self._loan_part.setVisible(has_loans)
        self._nothing.setVisible(not has_loans)

    def _choose_again(self, chosen: set[str], place: int, class_place: int, loans: Sequence[UnsignedLoan]) -> None:
        """Stay on what was chosen; where it is signed meanwhile, on what took its place."""
        found = next((at for at, each in enumerate(loans) if each.loan in chosen), -1)
        if loans and place >= 0:
            self.loans.choose(found if found >= 0 else min(place, len(loans) - 1))
        if 0 <= class_place < len(self.class_model.rows):
            self.classes.choose(class_place)

    def _offer(self) -> None:
        count = len(self.chosen())
        self.tick.setEnabled(count > 0)
        self.again.setEnabled(count > 0 and not self._is_busy)
        self.scan.setEnabled(count == 1 and not self._is_busy)
        self.print_.setEnabled(self.school is not None and not self._is_busy)
        self.print_class.setEnabled(self.chosen_class() is not None and not self._is_busy)
        self.tick.setText(tr("Signed") if count < 2 else tr("{count} signed").format(count=words.number(count)))

    def _on_class(self) -> None:
        if self.print_class.isEnabled():
            self.print_asked.emit(self.chosen_class())

    def _on_ticked(self) -> None:
        if chosen := self.chosen():
            self.signed.emit([each.loan for each in chosen])

    def _on_scan(self) -> None:
        if len(chosen := self.chosen()) == 1:
            self.scan_asked.emit(chosen[0].loan)


def figures(count: PaperCount) -> str:
    """Return how far agreements have come, in one line."""
    lent = trn("{count} tablet lent", "{count} tablets lent", count.lent)
    parts = (
        (count.on_no_paper, tr("{count} to print")),
        (count.lent, lent),
        (count.signed, trn("{count} signature", "{count} signatures", count.signed)),
        (count.unsigned, tr("{count} not signed")),
    )
    return words.joined(*(said.format(count=words.number(some)) for some, said in parts if some))
