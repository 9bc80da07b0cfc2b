"""A model of any number of rows, read by blocks around what is painted."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal

from tablet_loans.domain.paging import Place, Sort
from tablet_loans.text import tr
from ui.columns import STYLE_ROLE, Column
from ui.jobs import Jobs, Lane

_Index = QModelIndex | QPersistentModelIndex
BLOCK: Final = 200
_KEPT_BLOCKS: Final = 24
_WAITING_BLOCKS: Final = 4


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows of one filter come from; both are called in the background lane."""

    count: Callable[[], int]
    block: Callable[[Sort, Place], Sequence[Any]]


class BlockModel(QAbstractTableModel):
    """A table that knows its count, reads 200 rows at a time and keeps a bounded number of blocks."""

    counted = Signal(int)
    failed = Signal(object)

    def __init__(self, columns: Sequence[Column], jobs: Jobs, sort: Sort) -> None:
        super().__init__()
        self.columns = columns
        self._jobs, self._sort = jobs, sort
        self._source: Source | None = None
        self._count = 0
        self._generation = 0
        self._blocks: OrderedDict[int, Sequence[Any]] = OrderedDict()
        self._stale: set[int] = set()
        self._wanted: list[int] = []
        self._reading: int | None = None
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._read_next)

    def show(self, source: Source) -> None:
        """Show the rows of another filter; answers still under way for the old one are dropped."""
        self._source = source
        self._start(is_same_list=False)

    def refresh(self) -> None:
        """Read the same list again: what is shown stays until its new rows come."""
        if self._source is not None:
            self._start(is_same_list=True)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the list by a column."""
        wanted = Sort(self.columns[column].sort, order is Qt.SortOrder.DescendingOrder)
        if wanted.column and wanted != self._sort:
            self._sort = wanted
            if self._source is not None:
                self._start(is_same_list=False)

    def row_at(self, place: int) -> Any | None:
        """Return a row, or None while its block has not come."""
        block = self._blocks.get(place // BLOCK)
        inside = place % BLOCK
        return block[inside] if block is not None and inside < len(block) else None

    def blocks_kept(self) -> int:
        """Return how many blocks are in memory."""
        return len(self._blocks)

    def reader(self, places: Sequence[Place]) -> Callable[[], list[Any]]:
        """Return the call that reads these rows, whether they are shown or not."""
        return partial(_read_all, self._source, self._sort, places)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            self._want(index.row() // BLOCK)
        if (row := self.row_at(index.row())) is None:
            return column.style if role == STYLE_ROLE else None
        return column.shown(row, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        is_title = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return tr(self.columns[section].title) if is_title else None

    def _start(self, *, is_same_list: bool) -> None:
        assert self._source is not None  # noqa: S101 - both callers looked
        self._generation += 1
        self._wanted.clear()
        self._reading = None
        self._jobs.run(
            partial(_first, self._source, self._sort),
            done=partial(self._on_counted, self._generation, is_same_list),
            refused=self.failed.emit,
            failed=self.failed.emit,
            lane=Lane.BACKGROUND,
        )

    def _on_counted(self, generation: int, is_same_list: bool, answer: tuple[int, Sequence[Any]]) -> None:
        if generation != self._generation:
            return
        count, first = answer
        if is_same_list:
            self._stale = set(self._blocks) - {0}
            self._resize(count)
        else:
            self.beginResetModel()
            self._blocks.clear()
            self._stale.clear()
            self._count = count
        self._blocks[0] = first
        if not is_same_list:
            self.endResetModel()
        elif count:
            self.dataChanged.emit(self.index(0, 0), self.index(count - 1, len(self.columns) - 1))
        self.counted.emit(count)

    def _resize(self, count: int) -> None:
        if count > self._count:
            self.beginInsertRows(QModelIndex(), self._count, count - 1)
            self._count = count
            self.endInsertRows()
        elif count < self._count:
            self.beginRemoveRows(QModelIndex(), count, self._count - 1)
            self._count = count
            self.endRemoveRows()

    def _want(self, block: int) -> None:
        """Ask for a block that is painted, unless it is here or on its way."""
        if block in self._blocks and block not in self._stale:
            self._blocks.move_to_end(block)
            return
        if block == self._reading:
            return
        if block in self._wanted:
            self._wanted.remove(block)
        self._wanted.append(block)
        del self._wanted[:-_WAITING_BLOCKS]  # what was scrolled past long ago is not read
        self._soon.start()

    def _read_next(self) -> None:
        if self._reading is not None or not self._wanted or self._source is None:
            return
        self._reading = self._wanted.pop()
        self._jobs.run(
            partial(self._source.block, self._sort, Place(self._reading * BLOCK, BLOCK)),
            done=partial(self._on_block, self._generation, self._reading),
            refused=partial(self._on_block_failed, self._generation),
            failed=partial(self._on_block_failed, self._generation),
            lane=Lane.BACKGROUND,
        )

    def _on_block(self, generation: int, block: int, rows: Sequence[Any]) -> None:
        if generation != self._generation:
            return
        self._reading = None
        self._stale.discard(block)
        self._blocks[block] = rows
        self._blocks.move_to_end(block)
        while len(self._blocks) > _KEPT_BLOCKS:
            self._blocks.popitem(last=False)
        last = min(block * BLOCK + BLOCK, self._count) - 1
        if last >= block * BLOCK:
            self.dataChanged.emit(self.index(block * BLOCK, 0), self.index(last, len(self.columns) - 1))
        self._soon.start()

    def _on_block_failed(self, generation: int, error: object) -> None:
        """Read no further until something is asked again: a broken base is not hammered."""
        if generation == self._generation:
            self._reading = None
            self._wanted.clear()
            self.failed.emit(error)


def _first(source: Source, sort: Sort) -> tuple[int, Sequence[Any]]:
    count = source.count()
    return count, source.block(sort, Place(0, BLOCK)) if count else ()


def _read_all(source: Source | None, sort: Sort, places: Sequence[Place]) -> list[Any]:
    return [] if source is None else [row for place in places for row in source.block(sort, place)]
