"""Lists of any length: first rows at once, the end from the end, little memory, and a window that never waits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Event

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.paging import Place, Sort
from tablet_loans.domain.trouble import BaseDamaged
from tests.builders import World
from ui.columns import Column
from ui.jobs import Jobs, Lane
from ui.tables import BLOCK, BlockModel, Source
from ui.widgets.data_table import DataTable

NUMBERS = (Column("Number", str, 80, 1, sort="number"),)
MANY = 1_000_000


@dataclass
class Numbers:
    """A list of numbers that remembers what was read of it."""

    length: int
    first: int = 0
    read: list[tuple[bool, Place]] = field(default_factory=list)
    counted: int = 0

    def count(self) -> int:
        self.counted += 1
        return self.length

    def block(self, sort: Sort, place: Place) -> Sequence[int]:
        self.read.append((sort.is_descending, place))
        chosen = range(place.start, min(place.start + place.size, self.length))
        return [self.first + (self.length - 1 - each if sort.is_descending else each) for each in chosen]

    def source(self, count: Callable[[], int] | None = None) -> Source:
        return Source(count or self.count, self.block)


@pytest.fixture
def model(jobs: Jobs) -> BlockModel:
    return BlockModel(NUMBERS, jobs, Sort("number"))


def shown(qtbot: QtBot, model: BlockModel, numbers: Numbers) -> None:
    with qtbot.waitSignal(model.counted):
        model.show(numbers.source())


def test_the_first_rows_are_shown_before_it_is_known_how_many_there_are(qtbot: QtBot, model: BlockModel) -> None:
    is_asked, go_on = Event(), Event()

    def count() -> int:
        is_asked.set()
        go_on.wait(10)
        return MANY

    model.show(Numbers(MANY).source(count))
    qtbot.waitUntil(is_asked.is_set)
    qtbot.waitUntil(lambda: model.row_at(BLOCK - 1) == BLOCK - 1)
    assert model.rowCount() == BLOCK
    with qtbot.waitSignal(model.counted) as counted, qtbot.assertNotEmitted(model.modelReset):
        go_on.set()
    assert counted.args == [MANY]
    assert model.rowCount() == MANY


def test_a_list_of_one_block_is_not_counted(qtbot: QtBot, model: BlockModel) -> None:
    for length in (0, 3):
        numbers = Numbers(length)
        with qtbot.waitSignal(model.counted) as counted:
            model.show(numbers.source())
        assert (counted.args, model.rowCount(), numbers.counted) == ([length], length, 0)


def test_the_last_rows_are_read_from_the_end(qtbot: QtBot, model: BlockModel) -> None:
    numbers = Numbers(MANY + 50)
    table = DataTable("numbers")
    qtbot.addWidget(table)
    table.show_model(model, NUMBERS)
    table.resize(300, 400)
    table.show()
    shown(qtbot, model, numbers)
    table.scrollToBottom()
    qtbot.waitUntil(lambda: model.row_at(MANY + 49) == MANY + 49)
    assert numbers.read[-1] == (True, Place(0, 50))
    assert model.blocks_kept() < 5


@pytest.mark.parametrize("length", [401, 999, 1_000, 1_234])
@pytest.mark.parametrize("order", [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
def test_every_row_stands_in_its_place_whichever_end_it_was_read_from(
    qtbot: QtBot, model: BlockModel, length: int, order: Qt.SortOrder
) -> None:
    model.sort(0, order)
    shown(qtbot, model, Numbers(length))
    for place in range(0, length, BLOCK):
        model.index(place, 0).data()
        qtbot.waitUntil(partial(lambda start: model.row_at(start) is not None, place))
    found = [model.row_at(place) for place in range(length)]
    assert found == list(range(length) if order is Qt.SortOrder.AscendingOrder else range(length - 1, -1, -1))


def test_a_list_that_no_column_sorts_is_read_from_its_beginning(qtbot: QtBot, jobs: Jobs) -> None:
    numbers = Numbers(1_000)
    model = BlockModel((Column("Number", str, 80),), jobs, Sort("name"))
    shown(qtbot, model, numbers)
    model.index(999, 0).data()
    qtbot.waitUntil(lambda: model.row_at(999) == 999)
    assert not any(is_descending for is_descending, _ in numbers.read)


def test_the_blocks_kept_are_bounded(qtbot: QtBot, model: BlockModel) -> None:
    shown(qtbot, model, Numbers(20_000))
    for start in range(0, 20_000, BLOCK):
        model.index(start, 0).data()
        qtbot.waitUntil(partial(lambda place: model.row_at(place) == place, start))
    assert model.blocks_kept() <= 24
    assert model.index(0, 0).data() is None


def test_late_answers_of_an_old_filter_are_dropped(qtbot: QtBot, model: BlockModel) -> None:
    is_asked, go_on = Event(), Event()

    def count() -> int:
        is_asked.set()
        go_on.wait(10)
        return MANY

    model.show(Numbers(MANY).source(count))
    qtbot.waitUntil(is_asked.is_set)
    said: list[int] = []
    model.counted.connect(said.append)
    model.show(Numbers(10, first=500).source())
    go_on.set()
    qtbot.waitUntil(lambda: 10 in said)
    assert (said, model.rowCount(), model.row_at(0)) == ([10], 10, 500)


def test_what_was_typed_over_is_not_read(qtbot: QtBot, model: BlockModel, jobs: Jobs) -> None:
    go_on = Event()
    jobs.run(partial(go_on.wait, 10), lane=Lane.READING)
    typed_over = [Numbers(MANY, first=1), Numbers(MANY, first=2)]
    for numbers in typed_over:
        model.show(numbers.source())
    with qtbot.waitSignal(model.counted):
        model.show(Numbers(5).source())
        go_on.set()
    assert [numbers.read for numbers in typed_over] == [[], []]


def test_a_column_sorts_the_list_without_counting_it_again(qtbot: QtBot, model: BlockModel) -> None:
    numbers = Numbers(1_000)
    shown(qtbot, model, numbers)
    with qtbot.waitSignal(model.counted) as counted:
        model.sort(0, Qt.SortOrder.DescendingOrder)
    assert (model.row_at(0), counted.args, model.rowCount(), numbers.counted) == (999, [1_000], 1_000, 1)


def test_a_refresh_keeps_the_place_and_shows_what_is_new(qtbot: QtBot, model: BlockModel) -> None:
    shown(qtbot, model, Numbers(1_000))
    model.index(999, 0).data()
    qtbot.waitUntil(lambda: model.row_at(999) == 999)
    model._source = Numbers(1_001, first=7).source()
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.counted):
        model.refresh()
    assert (model.rowCount(), model.row_at(0), model.row_at(999)) == (1_001, 7, 999)
    model.index(999, 0).data()
    qtbot.waitUntil(lambda: model.row_at(999) == 1_006)


def test_a_refresh_of_a_list_that_became_empty_empties_it(qtbot: QtBot, model: BlockModel) -> None:
    shown(qtbot, model, Numbers(1_000))
    model._source = Numbers(0).source()
    with qtbot.waitSignal(model.counted):
        model.refresh()
    assert (model.rowCount(), model.row_at(0)) == (0, None)


def test_a_trouble_is_told_once_and_the_base_is_left_alone(qtbot: QtBot, model: BlockModel) -> None:
    def broken(_sort: Sort, _place: Place) -> Sequence[int]:
        raise BaseDamaged(reason="a page")

    with qtbot.waitSignal(model.failed) as failed:
        model.show(Source(lambda: 5, broken))
    assert isinstance(failed.args[0], TabletLoansError)
    assert model.rowCount() == 0


def test_the_rows_of_a_base_stand_alike_from_both_ends(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> None:
    from tablet_loans.domain.device import DeviceFilter
    from tablet_loans.services import stocking

    tags = [sqlite_world.device() for _ in range(450)]
    columns = (Column("Tag", lambda row: row.tag, 80, sort="tag"),)
    model = BlockModel(columns, jobs, Sort("tag"))
    session, chosen = sqlite_world.session, DeviceFilter()
    with qtbot.waitSignal(model.counted):
        model.show(Source(partial(stocking.count, session, chosen), partial(stocking.block, session, chosen)))
    for place in (0, 200, 400):
        model.index(place, 0).data()
        qtbot.waitUntil(partial(lambda start: model.row_at(start) is not None, place))
    assert [model.row_at(place).tag for place in range(450)] == tags  # type: ignore[union-attr]
