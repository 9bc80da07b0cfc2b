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
from ui.jobs import Job, Jobs, Lane

_Index = QModelIndex | QPersistentModelIndex
BLOCK: Final = 200
_KEPT_BLOCKS: Final = 24
_WAITING_BLOCKS: Final = 4


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows of one filter come from; both are called in the reading lane."""

    count: Callable[[], int]
    block: Callable[[Sort, Place], Sequence[Any]]


class BlockModel(QAbstractTableModel):
    """A table that reads 200 rows at a time and keeps a bounded number of blocks.

    The first rows are shown before it is known how many there are; `counted` then says it.
    """

    counted = Signal(int)
    failed = Signal(object)

    def __init__(self, columns: Sequence[Column], jobs: Jobs, sort: Sort) -> None:
        super().__init__()
        self.columns = columns
        self._jobs, self._sort = jobs, sort
        self._source: Source | None = None
        self._count = 0
        self._is_counted = False
        self._generation = 0
        self._job: Job | None = None
        self._blocks: OrderedDict[int, Sequence[Any]] = OrderedDict()
        self._stale: set[int] = set()
        self._wanted: list[int] = []
        self._reading: int | None = None
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._read_next)

    def show(self, source: Source) -> None:
        """Show the rows of another filter; answers still under way for the old one are dropped."""
        self._source = source
        self._is_counted = False
        self._start(is_same_list=False)

    def refresh(self) -> None:
        """Read the same list again: what is shown stays until its new rows come."""
        if self._source is not None:
            self._is_counted = False
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

    def is_read(self, place: int) -> bool:
        """Say whether the block of that place is in memory, whether or not it reaches so far."""
        return place // BLOCK in self._blocks

    def known(self, places: Sequence[Place]) -> dict[int, Any]:
        """Return the rows of these places that are in memory, by their place in the list."""
        found: dict[int, Any] = {}
        for block, rows in self._blocks.items():
            start = block * BLOCK
            for place in places:
                inside = range(max(place.start, start), min(place.start + place.size, start + len(rows)))
                found.update((at, rows[at - start]) for at in inside)
        return found

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
        first = partial(self._source.block, self._sort, Place(0, BLOCK))
        self._ask(first, partial(self._on_first, self._generation, is_same_list))

    def _ask(self, call: Callable[[], Any], done: Callable[[Any], object]) -> None:
        """Read the first rows or their number; what was asked before and has not begun is not read any more."""
        if self._job is not None:
            self._job.cancel()
        failed = partial(self._on_failed, self._generation)
        self._job = self._jobs.run(call, done=done, refused=failed, failed=failed, lane=Lane.READING)

    def _on_first(self, generation: int, is_same_list: bool, rows: Sequence[Any]) -> None:
        if generation != self._generation or self._source is None:
            return
        if is_same_list:
            self._stale = set(self._blocks) - {0}
            self._blocks[0] = rows
            self._say_changed(0, BLOCK)
        else:
            self.beginResetModel()
            self._stale.clear()
            self._blocks = OrderedDict({0: rows})
            self._count = self._count if self._is_counted else len(rows)
            self.endResetModel()
        if len(rows) < BLOCK:
            self._on_counted(generation, len(rows))
        elif self._is_counted:
            self.counted.emit(self._count)
        else:
            self._ask(self._source.count, partial(self._on_counted, generation))

    def _on_counted(self, generation: int, count: int) -> None:
        if generation != self._generation:
            return
        self._is_counted = True
        self._resize(count)
        if self._stale:
            self._say_changed(0, count)
        self.counted.emit(count)

    def _say_changed(self, first: int, end: int) -> None:
        if (last := min(end, self._count) - 1) >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

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
        failed = partial(self._on_failed, self._generation)
        self._jobs.run(
            self._block_reader(self._source, self._reading),
            done=partial(self._on_block, self._generation, self._reading),
            refused=failed,
            failed=failed,
            lane=Lane.READING,
        )

    def _block_reader(self, source: Source, block: int) -> Callable[[], Sequence[Any]]:
        """Return the call that reads a block: those near the end from the end, as the first ones of the other order."""
        start = block * BLOCK
        after = self._count - start - BLOCK
        is_sortable = any(column.sort == self._sort.column for column in self.columns)
        if not (is_sortable and self._is_counted and after < start):
            return partial(source.block, self._sort, Place(start, BLOCK))
        turned = Sort(self._sort.column, not self._sort.is_descending)
        return partial(_turned, source, turned, Place(max(after, 0), BLOCK + min(after, 0)))

    def _on_block(self, generation: int, block: int, rows: Sequence[Any]) -> None:
        if generation != self._generation:
            return
        self._reading = None
        self._stale.discard(block)
        self._blocks[block] = rows
        self._blocks.move_to_end(block)
        while len(self._blocks) > _KEPT_BLOCKS:
            self._blocks.popitem(last=False)
        self._say_changed(block * BLOCK, block * BLOCK + BLOCK)
        self._soon.start()

    def _on_failed(self, generation: int, error: object) -> None:
        """Read no further until something is asked again: a broken base is not hammered."""
        if generation == self._generation:
            self._reading = None
            self._wanted.clear()
            self.failed.emit(error)


def _turned(source: Source, sort: Sort, place: Place) -> Sequence[Any]:
    return list(reversed(source.block(sort, place)))


def _read_all(source: Source | None, sort: Sort, places: Sequence[Place]) -> list[Any]:
    return [] if source is None else [row for place in places for row in source.block(sort, place)]
