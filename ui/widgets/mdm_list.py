"""What the MDM room lists: the differences, what was asked, or why there is nothing and what to do."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from tablet_loans.services.minding_mdm import Board
from tablet_loans.text import tr, trn
from ui import icons, words
from ui.columns import as_tsv
from ui.widgets.empty import Empty
from ui.widgets.flow import Flow
from ui.widgets.mdm_table import COLUMNS, MdmModel, MdmTable
from ui.widgets.mdm_tasks import TASK_COLUMNS, MdmTasks

_SEARCH_WIDTH = 240


class MdmTools(QWidget):
    """Which of the two lists is seen, the search, and what is done with the rows selected."""

    turned = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.differences, self.tasks = QPushButton(tr("Differences")), QPushButton(tr("What was asked"))
        for place, part in enumerate((self.differences, self.tasks)):
            part.setObjectName("segment")
            part.setCheckable(True)
            part.setAutoExclusive(True)
            part.clicked.connect(lambda _on, place=place: self.turned.emit(place))
        self.differences.setChecked(True)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Tag, serial, school or model"))
        self.search.setAccessibleName(tr("Search the differences"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icons.icon("magnifying-glass"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setFixedWidth(_SEARCH_WIDTH)
        self.act = QPushButton(icons.icon("paper-plane-tilt"), "")
        self.act.setToolTip(tr("Ask the MDM for what is proposed, after a preview ({keys})").format(keys="Ctrl+Return"))
        row = Flow(8, self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.differences)
        row.addWidget(self.tasks)
        row.push()
        row.addWidget(self.search)
        row.addWidget(self.act)
        self.offer(0, is_busy=False)

    def is_of_tasks(self) -> bool:
        """Say whether what was asked is seen."""
        return self.tasks.isChecked()

    def turn_to(self, place: int) -> None:
        """Show the differences (0), or what was asked (1)."""
        (self.differences, self.tasks)[place].setChecked(True)
        for widget in (self.search, self.act):
            widget.setVisible(place == 0)

    def count_waiting(self, count: int) -> None:
        """Say how many acts wait for an answer."""
        self.tasks.setText(tr("What was asked") + (f"  {words.number(count)}" if count else ""))

    def offer(self, count: int, *, is_busy: bool) -> None:
        """Offer as many acts as the rows selected propose."""
        said = trn("Do {count} act…", "Do {count} acts…", count).format(count=words.number(count))
        self.act.setText(said if count else tr("Do what is proposed…"))
        self.act.setEnabled(count > 0 and not is_busy)


class MdmList(QFrame):
    """One card of three pages; `connect_asked` and `sync_asked` are the next steps of an empty one."""

    connect_asked = Signal()
    sync_asked = Signal()

    def __init__(self, model: MdmModel, *, may_connect: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._may_connect, self._model = may_connect, model
        self.table, self.tasks, self.empty = MdmTable(model), MdmTasks(), Empty("cloud-check")
        self.empty.setMinimumHeight(1)
        self.empty.say(tr("Comparing…"), "")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 8)
        self._pages = QStackedLayout(layout)
        for page in (self.table, self.tasks, self.empty):
            self._pages.addWidget(page)
        self._pages.setCurrentWidget(self.empty)
        for label in self.empty.findChildren(QLabel):
            label.setMinimumHeight(1)
        self.table.copy_asked.connect(self.copy)
        self.tasks.copy_asked.connect(self._copy_tasks)

    def show_page(self, board: Board | None, *, is_of_tasks: bool) -> None:
        """Show the list one is in, or why it is empty."""
        if is_of_tasks and self.tasks.rows.rows:
            self._pages.setCurrentWidget(self.tasks)
        elif not is_of_tasks and self._model.rows:
            self._pages.setCurrentWidget(self.table)
        elif board is not None:
            self.empty.say(*self._why_empty(board, is_of_tasks=is_of_tasks))
            self._pages.setCurrentWidget(self.empty)

    def copy(self) -> None:
        """Copy the differences selected, ready for a spreadsheet."""
        QGuiApplication.clipboard().setText(as_tsv(COLUMNS, self.table.chosen_rows()))

    def _copy_tasks(self) -> None:
        places = (at for place in self.tasks.chosen_places() for at in range(place.start, place.start + place.size))
        QGuiApplication.clipboard().setText(as_tsv(TASK_COLUMNS, [self.tasks.rows.rows[at] for at in places]))

    def _why_empty(self, board: Board, *, is_of_tasks: bool) -> tuple[str, str, str, Callable[[], object] | None]:
        if not board.mdms:
            step = tr("Connect one, and every tablet is compared with it; nothing is changed on either side.")
            ask = tr("An administrator connects one; then every tablet is compared with it.")
            act = tr("Connect an MDM…") if self._may_connect else ""
            return tr("No MDM is connected"), step if self._may_connect else ask, act, self.connect_asked.emit
        if is_of_tasks:
            return tr("Nothing was asked yet"), tr("Select differences, and ask for what is proposed."), "", None
        if not any(each.is_read for each in board.mdms):
            step = tr("Read them, and the differences are listed here.")
            return tr("No MDM was read to its end yet"), step, tr("Synchronise"), self.sync_asked.emit
        if board.rows:
            return tr("No difference is like that"), tr("Change the search, or remove a filter."), "", None
        last = max((each.changed_at for each in board.mdms if each.changed_at), default=None)
        step = tr("Last news on {day}.").format(day=words.day_and_time(last)) if last else ""
        return tr("Register and MDM agree"), step, "", None
