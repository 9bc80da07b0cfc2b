"""The table of a million devices: its first rows, its end and its orders, on both engines, in a window that goes on."""

import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, product
from time import perf_counter
from typing import Final

from benchmarks import bases
from benchmarks.bases import Size
from benchmarks.measuring import Verdict, ratio, seconds
from tablet_loans.domain.device import DeviceFilter, DeviceRow
from tablet_loans.domain.paging import Sort
from tablet_loans.services import stocking
from tablet_loans.storage.database import open_database

_SIZE: Final = Size(1_000_000, 1_000, 3_000)
_SORTS: Final = ("tag", "serial", "model", "kind", "state", "school")
_ROUNDS: Final = 3
_PROMISE, _MOST_MS = 6.0, 100


@dataclass(slots=True)
class _Times:
    """Seconds until the first rows and the last were painted, by column and order; and the window's longest pause."""

    go_on: Callable[[], None]
    first: dict[tuple[str, object], list[float]] = field(default_factory=lambda: defaultdict(list))
    end: dict[tuple[str, object], list[float]] = field(default_factory=lambda: defaultdict(list))
    in_memory: list[float] = field(default_factory=list)
    pause: float = 0.0

    def until(self, is_there: Callable[[], bool]) -> float:
        """Let the window go on until something is there and painted, and return how long it took."""
        start = perf_counter()
        while not is_there():
            self.pause = max(self.pause, seconds(self.go_on))
            time.sleep(0.0005)
        self.pause = max(self.pause, seconds(self.go_on))
        return perf_counter() - start


def _slowest_ms(taken: dict[tuple[str, object], list[float]]) -> float:
    return max(statistics.median(each) for each in taken.values()) * 1000


def measure() -> Verdict:
    """Return the verdict on the slowest order, and the ratio of all first rows to those that lie in memory."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    said, is_kept, taken, yardstick = [], True, list[float](), list[float]()
    with bases.server() as server:
        for engine in ("SQLite", "PostgreSQL"):
            times = _shown(str(bases.original(_SIZE)) if engine == "SQLite" else bases.on_server(_SIZE, server, "many"))
            first, end, pause = _slowest_ms(times.first), _slowest_ms(times.end), times.pause * 1000
            said.append(f"{engine} first {first:.0f} ms, end {end:.0f} ms, longest pause {pause:.0f} ms")
            is_kept = is_kept and max(first, end, pause) <= _MOST_MS
            taken += chain.from_iterable(times.first.values())
            yardstick += times.in_memory
    against = f"200 rows in memory {statistics.median(yardstick) * 1000:.0f} ms"
    also = f"{_MOST_MS} ms in every order"
    measured = "; ".join(said)
    return Verdict("table", measured, against, ratio(taken, yardstick), _PROMISE, also=also, is_also_kept=is_kept)


def _shown(url: str) -> _Times:
    """Show the devices in a table, in each order, and go to its end each time."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    from ui.columns import Column
    from ui.jobs import Jobs
    from ui.lists import ListModel
    from ui.tables import BlockModel, Source
    from ui.widgets.data_table import DataTable

    application = QApplication.instance() or QApplication([])
    session, chosen = bases.session_in(open_database(url)), DeviceFilter()
    columns = [Column(sort, partial(_text, sort), 120, 1, sort=sort) for sort in _SORTS]
    jobs, times, resets = Jobs(session), _Times(application.processEvents), list[None]()
    model, table = BlockModel(columns, jobs, Sort("tag")), DataTable("devices")
    model.modelReset.connect(lambda: resets.append(None))
    table.show_model(model, columns)
    table.resize(1280, 680)
    table.show()
    model.show(Source(partial(stocking.count, session, chosen), partial(stocking.block, session, chosen)))
    last = _SIZE.devices - 1
    times.until(lambda: model.rowCount() > last)
    orders = (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder)
    for turn, (place, sort), order in product(range(_ROUNDS + 1), enumerate(_SORTS), orders):
        table.scrollToTop()
        resets.clear()
        model.sort(place, order)
        first = times.until(lambda: bool(resets) and model.row_at(0) is not None)
        table.scrollToBottom()
        end = times.until(lambda: model.row_at(last) is not None)
        if turn:  # the first turn warms what a day at work keeps warm
            times.first[sort, order].append(first)
            times.end[sort, order].append(end)
    rows = [model.row_at(last - each) for each in range(17)] * 12
    listed = ListModel(columns)
    table.show_model(listed, columns)
    for _ in range(20):
        start = perf_counter()
        listed.show(rows)
        times.until(lambda: True)
        times.in_memory.append(perf_counter() - start)
    table.close()
    jobs.shut_down()
    session.base.close()
    return times


def _text(sort: str, row: DeviceRow) -> str:
    return str(getattr(row, sort) or "")
