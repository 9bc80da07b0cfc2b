"""The counter's list of acts, newest first; refused ones stay where they happened."""

from collections import Counter as Tally
from dataclasses import replace
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.act import LedgerId
from tablet_loans.services.desk import ACTS, Did, Outcome
from tablet_loans.text import tr, trn
from ui import words
from ui.columns import as_tip
from ui.widgets.act_rows import ROW_ROLE, ActDelegate, ActRow, row_of
from ui.widgets.empty import Empty
from ui.widgets.line import Line
from ui.widgets.outcome_words import Voice
from ui.widgets.scan_field import is_written
from ui.words import joined

_UNDO_KEYS: Final = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ANY_SIZE: Final = QSizePolicy.Policy.Ignored
LOW: Final = 460
"""Beneath this height of the counter, the list has no title."""
_Index = QModelIndex | QPersistentModelIndex


class Acts(QAbstractListModel):
    """The outcomes listed and their words, made once for each."""

    def __init__(self, voice: Voice) -> None:
        super().__init__()
        self.rows: list[Outcome] = []
        self._voice = voice
        self._written: list[ActRow] = []

    def put_first(self, outcome: Outcome) -> None:
        """List one more act, above the others."""
        self.beginInsertRows(QModelIndex(), 0, 0)
        self.rows.insert(0, outcome)
        self._written.insert(0, row_of(outcome, self._voice))
        self.endInsertRows()

    def put(self, place: int, outcome: Outcome) -> None:
        """Show what has become of an act, where it stands."""
        self.rows[place], self._written[place] = outcome, row_of(outcome, self._voice)
        self.dataChanged.emit(self.index(place), self.index(place))

    def speak(self, voice: Voice) -> None:
        """Write every row again in that voice."""
        self._voice = voice
        self._written = [row_of(outcome, voice) for outcome in self.rows]
        if self.rows:
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))

    def place_of(self, outcome: Outcome) -> int | None:
        """Return where the act stands that this outcome is about, or None."""
        first = outcome.ledger_ids[:1]
        return next((place for place, row in enumerate(self.rows) if first and row.ledger_ids[:1] == first), None)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._written[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_tip(row.spoken())
        return row.spoken() if role == Qt.ItemDataRole.DisplayRole else None


class ActList(QTableView):
    """The acts; a click on its end, or a key on the row one stands on, undoes one."""

    undo_asked = Signal(object)
    typed = Signal(object)

    def __init__(self, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._acts, self._delegate = acts, ActDelegate(self)
        self.setObjectName("acts")
        self.setAccessibleName(tr("Last operations"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setModel(acts)
        self.setItemDelegate(self._delegate)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(10)
        self.verticalHeader().setDefaultSectionSize(self._delegate.height)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setSizePolicy(_ANY_SIZE, _ANY_SIZE)
        self.setMouseTracking(True)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_row_height(self, height: int) -> None:
        """Make the rows that high."""
        if height != self._delegate.height:
            self._delegate.height = height
            self.verticalHeader().setDefaultSectionSize(height)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        index = self.indexAt(at)
        if index.isValid() and self._delegate.undo_place(self.visualRect(index)).contains(at):
            self._ask(index.row())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos() if event.reason() is QContextMenuEvent.Reason.Mouse else self._current())
        if index.isValid() and self._acts.rows[index.row()].did in ACTS:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            row = self._acts.rows[index.row()]
            menu.addAction(tr("Undo this one")).triggered.connect(lambda: self.undo_asked.emit(row))
            menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _UNDO_KEYS and self.currentIndex().isValid():
            self._ask(self.currentIndex().row())
        elif is_written(event):
            self.typed.emit(event)
        else:
            super().keyPressEvent(event)

    def _current(self) -> QPoint:
        return self.visualRect(self.currentIndex()).center()

    def _ask(self, place: int) -> None:
        if self._acts.rows[place].did in ACTS:
            self.undo_asked.emit(self._acts.rows[place])


class Operations(QFrame):
    """What this counter did since it was opened."""

    undo_asked = Signal(object)
    print_asked = Signal()

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stuck: set[LedgerId] = set()
        self.setObjectName("card")
        self.rows = Acts(voice)
        self.list = ActList(self.rows)
        self.list.undo_asked.connect(self.undo_asked)
        self._title = QLabel(tr("Last operations"))
        self._title.setObjectName("cardTitle")
        self.counts, self._hint = Line(), QLabel(tr("Ctrl+Z undoes the last one"))
        self._hint.setObjectName("soft")
        self._unprinted = QPushButton()
        self._unprinted.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._unprinted.clicked.connect(self.print_asked)
        self._unprinted.hide()
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 10, 0)
        head.setSpacing(14)
        head.addWidget(self._title)
        head.addWidget(self.counts, 1)
        head.addWidget(self._hint)
        head.addWidget(self._unprinted)
        empty = Empty("barcode")
        empty.say(tr("Nothing yet"), tr("What you lend and take back is listed here."))
        empty.setSizePolicy(_ANY_SIZE, _ANY_SIZE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 10, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(head)
        self._pages = QStackedLayout()
        layout.addLayout(self._pages, 1)
        self._pages.addWidget(empty)
        self._pages.addWidget(self.list)

    def add(self, outcome: Outcome) -> None:
        """Put an act first; one that could not be undone is not tried again before an older one."""
        if outcome.did is Did.REFUSED and outcome.undid is not None:
            about = (outcome.undid, outcome.code, outcome.loan)
            stays = (row for row in self.rows.rows if (row.did, row.code, row.loan) == about)
            self._stuck.update(row.ledger_ids[0] for row in stays)
        self.rows.put_first(outcome)
        if self._pages.currentWidget() is not self.list:
            self._pages.setCurrentWidget(self.list)
        if not self.list.hasFocus():
            self.list.scrollToTop()
        self._count()

    def note(self, noted: Outcome) -> Outcome:
        """Show what was noted of an act, where it stands, and return it as it is now."""
        place = self.rows.place_of(noted)
        if place is None:
            return noted
        row = replace(self.rows.rows[place], loan=noted.loan, ledger_ids=noted.ledger_ids)
        self.rows.put(place, row)
        return row

    def mark_undone(self, outcome: Outcome) -> None:
        """Show the act that was undone as such, where it stands."""
        if (place := self.rows.place_of(outcome)) is not None:
            self.rows.put(place, replace(outcome, at=self.rows.rows[place].at))
        self._count()

    def now(self, outcome: Outcome) -> Outcome | None:
        """Return an act of the list as it stands now, or None when it cannot be undone any more."""
        place = self.rows.place_of(outcome)
        row = None if place is None else self.rows.rows[place]
        return row if row is not None and row.did in ACTS else None

    def last_act(self) -> Outcome | None:
        """Return the newest act that can be undone, or None."""
        acts = (row for row in self.rows.rows if row.did in ACTS)
        return next((row for row in acts if row.ledger_ids[0] not in self._stuck), None)

    def show_unprinted(self, count: int) -> None:
        """Keep in sight how many agreements wait for the printer."""
        words_ = trn("{count} agreement not printed: again", "{count} agreements not printed: again", count)
        self._unprinted.setText(words_.format(count=words.number(count)))
        self._unprinted.setVisible(count > 0)

    def speak(self, voice: Voice) -> None:
        """Write every row in that voice."""
        self.rows.speak(voice)

    def fit(self, width: int, height: int) -> None:
        """Choose the height of the rows for a counter of that size."""
        self.list.set_row_height(48 if height >= 900 and width >= 1300 else 36 if height < LOW else 40)
        is_low = height < LOW
        self._hint.setVisible(width >= 760 and not is_low)
        self._title.setVisible(not is_low)
        self.counts.setVisible(not is_low)

    def _count(self) -> None:
        counts = Tally(row.did for row in self.rows.rows)
        returned = counts[Did.RETURNED] + counts[Did.SWAPPED]
        parts = (
            (trn("{count} lent", "{count} lent", counts[Did.LENT]), counts[Did.LENT]),
            (trn("{count} returned", "{count} returned", returned), returned),
            (trn("{count} refused", "{count} refused", counts[Did.REFUSED]), counts[Did.REFUSED]),
        )
        self.counts.say(joined(*(said.format(count=words.number(count)) for said, count in parts)))
