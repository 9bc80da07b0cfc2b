"""The devices: found, filtered by chips, sorted, told, copied, exported, changed many at once."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.device import DeviceEvent, DeviceFilter, DeviceRow, Happened
from tablet_loans.domain.identifiers import uai_key
from tablet_loans.services import enrolling, lending, stocking
from tests.builders import World
from tests.services.enrolled import MDM, Console, connected, serial_of, told
from ui.dialogs.change_devices import ChangeDevices
from ui.jobs import Jobs
from ui.screens.devices import Devices
from ui.widgets.filters import FilterChip

UAI = "0690142" + uai_key("0690142")
Opened = Callable[..., Devices]
_MDM = 7


@pytest.fixture
def opened(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> Iterator[Opened]:
    """Return the way to open the screen once the base is filled."""

    def open_screen(memory: QSettings | None = None) -> Devices:
        screen = Devices(sqlite_world.session, jobs)
        screen.memory = memory
        qtbot.addWidget(screen)
        screen.resize(1072, 720)
        screen.show()
        qtbot.waitUntil(lambda: bool(screen.count.text()))
        return screen

    yield open_screen


@pytest.fixture
def devices(qtbot: QtBot, sqlite_world: World, opened: Opened) -> Devices:
    for state in ("ready", "ready", "lost"):
        sqlite_world.device(state=state)
    screen = opened()
    qtbot.waitUntil(lambda: screen.model.row_at(0) is not None)
    return screen


def tag_at(screen: Devices, place: int) -> str:
    row = screen.model.row_at(place)
    assert row is not None
    return str(row.tag)


def chips(screen: Devices) -> list[FilterChip]:
    return [chip for chip in screen.filters.findChildren(FilterChip) if chip.isVisible()]


def more_of(world: World, count: int) -> None:
    """Copy the first device, many times."""
    with world.base.atomic():
        table = world.base.execute("PRAGMA table_info(device)").fetchall()
        columns = ", ".join(row[1] for row in table if row[1] not in ("id", "tag", "serial"))
        chosen = f"SELECT 'ZZ-' || printf('%06d', n.i), 'S' || n.i, {columns} FROM n, device WHERE id = 1"  # noqa: S608
        world.base.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"  # noqa: S608
            f" INSERT INTO device (tag, serial, {columns}) {chosen}",
            (count,),
        )


def test_five_thousand_devices_show_their_first_and_last(qtbot: QtBot, sqlite_world: World, opened: Opened) -> None:
    sqlite_world.device()
    more_of(sqlite_world, 4_999)
    screen = opened()
    qtbot.waitUntil(lambda: screen.count.text() == "5,000 devices")
    screen.table.scrollToBottom()
    qtbot.waitUntil(lambda: screen.model.row_at(4_999) is not None)
    assert tag_at(screen, 4_999) == "ZZ-004999"


def test_chips_read_as_a_sentence_and_go_one_by_one(qtbot: QtBot, devices: Devices) -> None:
    assert devices.filters.sentence() == "All devices"
    devices.filters.set_part("state", "ready")
    devices.filters.set_part("model", "Galaxy Tab A8")
    devices.filters.set_part("place", "depot")
    qtbot.waitUntil(lambda: devices.count.text() == "2 devices")
    assert devices.filters.sentence() == "Devices · that are ready · model Galaxy Tab A8 · at a depot"
    chips(devices)[0].click()
    qtbot.waitUntil(lambda: devices.count.text() == "3 devices")
    QTest.keyClick(chips(devices)[0], Qt.Key.Key_Delete)
    assert devices.filters.sentence() == "Devices · at a depot"
    assert [chip.text() for chip in chips(devices)] == ["at a depot"]


def test_each_part_of_the_menu_narrows_the_list(qtbot: QtBot, devices: Devices, sqlite_world: World) -> None:
    sqlite_world.device(kind="laptop")
    with sqlite_world.base.atomic():
        sqlite_world.base.execute("UPDATE device SET depot = 'Vaise', condition = 'worn' WHERE state = 'lost'")
    for name, value, count in (("kind", "laptop", 1), ("condition", "worn", 1), ("depot", "Vaise", 1)):
        devices.filters.set_part(name, value)
        said = f"{count} device" if count == 1 else f"{count} devices"
        qtbot.waitUntil(partial(lambda words: devices.count.text() == words, said))
        devices.filters._clear.click()
        devices.filters.set_part(name, None if name != "depot" else "")
        qtbot.waitUntil(lambda: devices.count.text() == "4 devices")


def test_a_school_is_found_by_typing_and_named_in_its_chip(qtbot: QtBot, devices: Devices, sqlite_world: World) -> None:
    school_id = sqlite_world.school(UAI, "Collège Les Iris")
    sqlite_world.school(name="Lycée Ampère")
    with sqlite_world.base.atomic():
        sqlite_world.base.execute("UPDATE device SET place = 'school', school_id = ? WHERE id = 1", (school_id,))
    devices.filters._pick("school")
    picker = devices.filters._picker
    assert picker is not None
    qtbot.waitUntil(lambda: picker.list.count() == 2)
    QTest.keyClicks(picker.field, "iris")
    qtbot.waitUntil(lambda: picker.list.count() == 1)
    QTest.keyClick(picker.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: devices.count.text() == "1 device")
    assert devices.filters.sentence() == "Devices · at school Collège Les Iris · Villeurbanne"
    assert devices.filters.chosen == DeviceFilter(school=UAI)


def test_words_that_nothing_bears_say_what_to_do(qtbot: QtBot, devices: Devices) -> None:
    QTest.keyClicks(devices.search, "nothing like it")
    qtbot.waitUntil(lambda: devices.count.text() == "0 devices")
    assert devices._empty.isVisible()
    assert "remove a filter" in devices._empty.accessibleName()


def test_an_empty_base_says_how_tablets_come_in(opened: Opened) -> None:
    assert "Ctrl+N" in opened()._empty.accessibleName()


def test_the_device_selected_tells_its_story(qtbot: QtBot, devices: Devices, sqlite_world: World, jobs: Jobs) -> None:
    tag = tag_at(devices, 0)
    devices.table.choose(0)
    qtbot.waitUntil(devices.story.isVisible)
    pupil = sqlite_world.pupil()
    jobs.run(partial(lending.check_out, sqlite_world.session, code=tag, pupil_id=pupil))
    qtbot.waitUntil(lambda: devices.story._acts.rowCount() == 1)
    assert devices.story._chip.text() == "On loan"
    assert devices.table.currentIndex().row() == 0


def test_the_story_tells_what_was_undone(qtbot: QtBot, devices: Devices, sqlite_world: World) -> None:
    from tablet_loans.services import undoing

    tag = tag_at(devices, 0)
    lent = lending.check_out(sqlite_world.session, code=tag, pupil_id=sqlite_world.pupil())
    undoing.undo(sqlite_world.session, lent.ledger_id)
    devices.table.choose(0)
    qtbot.waitUntil(devices.story.isVisible)
    acts = [devices.story._acts.index(place, 1).data() for place in range(devices.story._acts.rowCount())]
    assert acts == ["Undone: Lent", "Lent (undone)"]
    QTest.keyClick(devices.story._table, Qt.Key.Key_Escape)
    assert not devices.story.isVisible()


def test_a_scanned_tablet_is_selected_in_the_list_or_shown_alone(qtbot: QtBot, devices: Devices) -> None:
    tag = tag_at(devices, 1)
    devices.take_scan(tag)
    qtbot.waitUntil(lambda: devices.table.currentIndex().row() == 1)
    devices.filters.set_part("state", "lost")
    qtbot.waitUntil(lambda: devices.count.text() == "1 device")
    devices.take_scan(tag)
    qtbot.waitUntil(lambda: devices.story.isVisible() and devices.story._tag.text() == tag)
    assert devices.table.currentIndex().row() == -1
    devices.take_scan("UNKNOWN99")
    qtbot.waitUntil(devices.banner.isVisible)


def test_while_tablets_are_received_a_scan_is_recorded(qtbot: QtBot, devices: Devices) -> None:
    devices.open_receive()
    receive = devices._receive
    assert receive is not None
    qtbot.waitUntil(lambda: receive.form._shelves is not None)
    devices.take_scan("R52M70ABCDE")
    qtbot.waitUntil(lambda: devices.count.text() == "4 devices")
    receive.reject()
    assert devices._receive is None


def test_selected_rows_are_copied_for_a_spreadsheet(qtbot: QtBot, devices: Devices) -> None:
    devices.table.setFocus()
    QTest.keyClick(devices.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert devices.modify.text() == "Change 3 devices…"
    with qtbot.waitSignal(QGuiApplication.clipboard().dataChanged):
        QTest.keyClick(devices.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("Tag\tSerial\tModel")
    assert len(lines) == 4


def test_the_list_is_exported_as_it_is_filtered(qtbot: QtBot, devices: Devices, tmp_path: Path) -> None:
    devices.filters.set_part("state", "lost")
    qtbot.waitUntil(lambda: devices.count.text() == "1 device")
    devices.export_to(tmp_path / "lost.csv")
    qtbot.waitUntil(devices.banner.isVisible)
    assert len((tmp_path / "lost.csv").read_text("utf-8-sig").splitlines()) == 2


def test_slash_goes_to_the_search(qtbot: QtBot, devices: Devices) -> None:
    devices.activateWindow()
    devices.table.setFocus()
    QTest.keyClick(devices.table, Qt.Key.Key_Slash)
    qtbot.waitUntil(devices.search.hasFocus)
    assert devices.search.text() == ""


def test_all_rows_of_a_filter_are_changed_and_undone_from_the_banner(
    qtbot: QtBot, devices: Devices, sqlite_world: World
) -> None:
    more_of(sqlite_world, 300)
    devices.filters.set_part("state", "ready")
    qtbot.waitUntil(lambda: devices.count.text() == "302 devices")
    devices.table.setFocus()
    QTest.keyClick(devices.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert devices.modify.text() == "Change 302 devices…"
    devices.open_change()
    dialog = devices.findChild(ChangeDevices)
    assert isinstance(dialog, ChangeDevices)
    dialog.event_.setCurrentIndex(dialog.event_.findData(DeviceEvent.RETIRED.value))
    qtbot.waitUntil(lambda: dialog.go.isEnabled() and dialog.big.text() == "302 devices will change")
    dialog.go.click()
    qtbot.waitUntil(lambda: devices.banner._words.text() == "302 devices changed")
    qtbot.waitUntil(lambda: devices.count.text() == "0 devices")
    devices.banner._retry.click()
    qtbot.waitUntil(lambda: devices.banner._words.text() == "The change is undone.")
    assert stocking.count(sqlite_world.session, DeviceFilter(search="")) == 303
    qtbot.waitUntil(lambda: devices.count.text() == "302 devices")


def test_a_change_can_be_stopped(qtbot: QtBot, devices: Devices, sqlite_world: World) -> None:
    more_of(sqlite_world, 1_000)
    ids = [row.id for row in _every(sqlite_world)]
    devices.work.strip.reported.connect(lambda _done, _total: devices.work.strip.stop.click())
    devices.work.change(ids, Happened(DeviceEvent.RETIRED))
    qtbot.waitUntil(lambda: not devices.work.is_busy())
    assert "stopped before the end" in devices.banner._words.text()


def _every(world: World) -> list[DeviceRow]:
    from tablet_loans.domain.paging import Place, Sort

    return stocking.block(world.session, DeviceFilter(), Sort("tag"), Place(0, 2_000))


@pytest.mark.usefixtures("devices")
def test_filter_order_and_columns_are_remembered(qtbot: QtBot, opened: Opened, tmp_path: Path) -> None:
    memory = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
    first = opened(memory)
    first.filters.set_part("state", "ready")
    first.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    first.table.toggle("Place")
    again = opened(memory)
    qtbot.waitUntil(lambda: again.count.text() == "2 devices")
    assert again.filters.sentence() == "Devices · that are ready"
    assert (again.table.order().column, again.table.order().is_descending) == ("serial", True)
    assert again.table.isColumnHidden(5)
    assert first.search.text() == again.search.text() == ""


def test_a_column_without_an_order_keeps_the_mark_where_it_was(devices: Devices) -> None:
    devices.table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    devices.table.sortByColumn(6, Qt.SortOrder.AscendingOrder)
    header = devices.table.horizontalHeader()
    assert (header.sortIndicatorSection(), devices.table.order().column) == (2, "model")


def test_the_tablet_selected_is_the_one_changed_whatever_happens_to_the_list(
    qtbot: QtBot, devices: Devices, sqlite_world: World
) -> None:
    devices.filters.set_part("state", "ready")
    qtbot.waitUntil(lambda: devices.count.text() == "2 devices")
    first, second = tag_at(devices, 0), tag_at(devices, 1)
    devices.table.choose(0)
    retire(sqlite_world, first)  # by another station: the list here does not know
    devices.open_change()
    dialog = devices.findChild(ChangeDevices)
    assert isinstance(dialog, ChangeDevices)
    dialog.event_.setCurrentIndex(dialog.event_.findData(DeviceEvent.SENT_TO_REPAIR.value))
    qtbot.waitUntil(lambda: dialog._preview is not None)
    assert dialog._preview is not None
    assert dialog._preview.ids == ()
    assert sqlite_world.state_of(second) == "ready"


@pytest.mark.parametrize("place", [0, 1])
def test_a_selection_does_not_pass_to_the_tablet_that_takes_the_place(
    qtbot: QtBot, devices: Devices, sqlite_world: World, place: int
) -> None:
    devices.filters.set_part("state", "ready")
    qtbot.waitUntil(lambda: devices.count.text() == "2 devices")
    tag = tag_at(devices, place)
    devices.table.choose(place)
    qtbot.waitUntil(devices.story.isVisible)
    retire(sqlite_world, tag)
    devices.refresh()
    qtbot.waitUntil(lambda: devices.count.text() == "1 device")
    assert devices.table.chosen_places() == []
    assert not devices.modify.isEnabled()
    qtbot.waitUntil(lambda: devices.story._chip.text() == "Retired")
    assert devices.story._tag.text() == tag


def test_a_selection_stays_while_its_tablets_do(qtbot: QtBot, devices: Devices, sqlite_world: World) -> None:
    devices.table.choose(0)
    retire(sqlite_world, tag_at(devices, 0))
    with qtbot.waitSignal(devices.model.counted):
        devices.refresh()
    assert devices.modify.text() == "Change 1 device…"
    assert devices.table.chosen_ids() == (devices.model.row_at(0).id,)  # type: ignore[union-attr]


def test_after_a_change_of_more_than_was_seen_the_next_rows_are_not_selected(
    qtbot: QtBot, devices: Devices, sqlite_world: World
) -> None:
    more_of(sqlite_world, 1_000)
    devices.filters.set_part("state", "ready")
    qtbot.waitUntil(lambda: devices.count.text() == "1,002 devices")
    top, bottom = devices.model.index(300, 0), devices.model.index(899, 6)
    devices.table.selectionModel().select(QItemSelection(top, bottom), QItemSelectionModel.SelectionFlag.Select)
    assert devices.table.chosen_ids() == ()
    devices.open_change()
    dialog = devices.findChild(ChangeDevices)
    assert isinstance(dialog, ChangeDevices)
    dialog.event_.setCurrentIndex(dialog.event_.findData(DeviceEvent.RETIRED.value))
    qtbot.waitUntil(dialog.go.isEnabled)
    dialog.go.click()
    qtbot.waitUntil(lambda: devices.count.text() == "402 devices")
    assert devices.table.chosen_places() == []


def test_a_list_that_was_empty_shows_its_first_rows_before_they_are_counted(
    qtbot: QtBot, opened: Opened, sqlite_world: World
) -> None:
    screen = opened()
    assert screen._empty.isVisible()
    sqlite_world.device()
    seen: list[bool] = []
    screen.model.modelReset.connect(lambda: seen.append(screen.table.isVisible()))
    screen.filters.set_part("state", "ready")
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [True]


def test_what_looks_like_markup_is_shown_letter_for_letter(qtbot: QtBot, devices: Devices, sqlite_world: World) -> None:
    with sqlite_world.base.atomic():
        sqlite_world.base.execute("UPDATE device_model SET name = 'A8 <b>& co</b>'")
        sqlite_world.base.execute("UPDATE device SET serial = 'A&B' WHERE id = 1")
    with qtbot.waitSignal(devices.model.counted):
        devices.refresh()
    tip = Qt.ItemDataRole.ToolTipRole
    assert devices.model.index(0, 2).data(tip) == "<qt>A8 &lt;b&gt;&amp; co&lt;/b&gt; · Samsung</qt>"
    assert devices.model.index(0, 1).data(tip) == "<qt>A&amp;B</qt>"
    labels = (devices.story._tag, devices.story._model, devices.story._chip, devices.work.strip._words)
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}


def retire(world: World, tag: str) -> None:
    with world.base.atomic():
        world.base.execute("UPDATE device SET state = 'retired' WHERE tag = ?", (tag,))


def test_once_an_mdm_was_read_the_list_and_the_story_tell_of_it(
    qtbot: QtBot, devices: Devices, sqlite_world: World, jobs: Jobs
) -> None:
    assert devices.table.isColumnHidden(_MDM)
    assert not devices.filters._mdm.isVisible()
    tags = [tag_at(devices, place) for place in range(3)]
    console = Console([told(serial_of(sqlite_world, tags[0]))])
    jobs.run(lambda: enrolling.sync(sqlite_world.session, connected(sqlite_world.session), console))
    qtbot.waitUntil(lambda: not devices.table.isColumnHidden(_MDM))
    qtbot.waitUntil(lambda: devices.model.index(0, _MDM).data() == "Enrolled")
    assert devices.model.index(1, _MDM).data() == "Never seen"
    assert devices.filters._mdm.isVisible()
    lending.check_out(sqlite_world.session, code=tags[0], pupil_id=sqlite_world.pupil())
    devices.table.choose(0)
    qtbot.waitUntil(devices.story.isVisible)
    acts = [[devices.story._acts.index(place, column).data() for column in (1, 2)] for place in range(2)]
    assert acts == [["Lent", sqlite_world.session.actor.name], ["Enrolled", MDM]]
    devices.filters.set_part("in_mdm", "missing")
    qtbot.waitUntil(lambda: devices.count.text() == "2 devices")
    assert devices.filters.sentence() == "Devices · that are not enrolled"


def test_a_filter_on_the_mdm_is_let_go_where_none_is_known(qtbot: QtBot, opened: Opened, tmp_path: Path) -> None:
    memory = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
    memory.setValue("devices/list", '{"filter": {"in_mdm": "silent", "kind": "tablet"}}')
    screen = opened(memory)
    qtbot.waitUntil(lambda: screen.filters.chosen == DeviceFilter(kind="tablet"))
    assert screen.filters.sentence() == "Tablets"
