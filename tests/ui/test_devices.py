"""The devices: any number of rows by blocks of 200, found, filtered, told and copied."""

from collections.abc import Sequence
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.paging import Place, Sort
from tablet_loans.services import lending
from tests.builders import World
from ui.columns import Column
from ui.jobs import Jobs
from ui.screens.devices import Devices
from ui.tables import BLOCK, BlockModel, Source
from ui.widgets.data_table import DataTable

NUMBERS = (Column("Number", str, 80, 1, sort="number"),)


def numbers(count: int, first: int = 0) -> Source:
    def block(sort: Sort, place: Place) -> Sequence[int]:
        chosen = range(place.start, min(place.start + place.size, count))
        return [first + (count - 1 - each if sort.is_descending else each) for each in chosen]

    return Source(partial(int, count), block)


@pytest.fixture
def model(jobs: Jobs) -> BlockModel:
    return BlockModel(NUMBERS, jobs, Sort("number"))


@pytest.fixture
def devices(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> Devices:
    for state in ("ready", "ready", "lost"):
        sqlite_world.device(state=state)
    screen = Devices(sqlite_world.session, jobs)
    qtbot.addWidget(screen)
    screen.resize(1072, 720)
    screen.show()
    qtbot.waitUntil(lambda: screen.model.row_at(0) is not None)
    return screen


def test_first_and_last_rows_of_many_come_by_blocks(qtbot: QtBot, model: BlockModel) -> None:
    table = DataTable("numbers")
    qtbot.addWidget(table)
    table.show_model(model, NUMBERS)
    table.resize(300, 400)
    table.show()
    model.show(numbers(1_000_000))
    qtbot.waitUntil(lambda: model.row_at(0) == 0)
    table.scrollToBottom()
    qtbot.waitUntil(lambda: model.row_at(999_999) == 999_999)
    assert model.blocks_kept() < 5


def test_the_blocks_kept_are_bounded(qtbot: QtBot, model: BlockModel) -> None:
    model.show(numbers(20_000))
    qtbot.waitUntil(lambda: model.rowCount() == 20_000)
    for start in range(0, 20_000, BLOCK):
        model.index(start, 0).data()
        qtbot.waitUntil(partial(lambda place: model.row_at(place) == place, start))
    assert model.blocks_kept() <= 24
    assert model.index(0, 0).data() is None


def test_late_answers_of_an_old_filter_are_dropped(qtbot: QtBot, model: BlockModel) -> None:
    model.show(numbers(1_000))
    model.show(numbers(10, first=500))
    qtbot.waitUntil(lambda: model.rowCount() == 10)
    assert model.row_at(0) == 500


def test_a_column_sorts_the_list(qtbot: QtBot, model: BlockModel) -> None:
    model.show(numbers(1_000))
    model.sort(0, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: model.row_at(0) == 999)


def test_a_refresh_keeps_the_place_and_shows_what_is_new(qtbot: QtBot, model: BlockModel) -> None:
    model.show(numbers(1_000))
    qtbot.waitUntil(lambda: model.rowCount() == 1_000)
    model._source = numbers(1_001, first=7)
    with qtbot.assertNotEmitted(model.modelReset):
        model.refresh()
        qtbot.waitUntil(lambda: model.rowCount() == 1_001)
    assert model.row_at(0) == 7


def test_five_thousand_devices_show_their_first_and_last(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> None:
    base = sqlite_world.base
    sqlite_world.device()
    with base.atomic():
        table = base.execute("PRAGMA table_info(device)").fetchall()
        columns = ", ".join(row[1] for row in table if row[1] not in ("id", "tag", "serial"))
        thousands = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4999)"
        chosen = f"SELECT 'ZZ-' || printf('%06d', n.i), 'S' || n.i, {columns} FROM n, device WHERE id = 1"  # noqa: S608
        base.execute(f"{thousands} INSERT INTO device (tag, serial, {columns}) {chosen}")
    screen = Devices(sqlite_world.session, jobs)
    qtbot.addWidget(screen)
    screen.resize(1072, 720)
    screen.show()
    qtbot.waitUntil(lambda: screen.model.row_at(0) is not None)
    assert screen.count.text() == "5,000 devices"
    screen.table.scrollToBottom()
    qtbot.waitUntil(lambda: screen.model.row_at(4_999) is not None)
    assert screen.model.row_at(4_999).tag == "ZZ-004999"  # type: ignore[union-attr]


def test_a_state_and_words_filter_the_list(qtbot: QtBot, devices: Devices) -> None:
    devices.state.setCurrentIndex(5)
    devices.state.activated.emit(5)
    qtbot.waitUntil(lambda: devices.count.text() == "1 device")
    QTest.keyClicks(devices.search, "nothing like it")
    qtbot.waitUntil(lambda: devices.count.text() == "0 devices")
    assert devices._empty.isVisible()


def test_the_device_selected_tells_its_story(qtbot: QtBot, devices: Devices, sqlite_world: World, jobs: Jobs) -> None:
    tag = devices.model.row_at(0).tag  # type: ignore[union-attr]
    devices.table.choose(0)
    qtbot.waitUntil(devices.story.isVisible)
    pupil = sqlite_world.pupil()
    jobs.run(partial(lending.check_out, sqlite_world.session, code=tag, pupil_id=pupil))
    qtbot.waitUntil(lambda: devices.story._acts.rowCount() == 1)
    assert devices.story._chip.text() == "On loan"
    assert devices.table.currentIndex().row() == 0


def test_selected_rows_are_copied_for_a_spreadsheet(qtbot: QtBot, devices: Devices) -> None:
    devices.table.setFocus()
    devices.table.selectAll()
    with qtbot.waitSignal(QGuiApplication.clipboard().dataChanged):
        QTest.keyClick(devices.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("Tag\tSerial\tModel")
    assert len(lines) == 4


def test_slash_goes_to_the_search(qtbot: QtBot, devices: Devices) -> None:
    devices.activateWindow()
    devices.table.setFocus()
    QTest.keyClick(devices.table, Qt.Key.Key_Slash)
    qtbot.waitUntil(devices.search.hasFocus)
    assert devices.search.text() == ""
