"""The MDM room: what differs, both sides of it, acts after a preview, syncs that go on beside."""

from collections.abc import Callable, Iterator

import keyring
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tablet_loans.domain.enrolment import MdmAct, Provider, TaskState
from tablet_loans.domain.finding import FindingKind
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import commanding, connecting_mdm
from tests.builders import World, new_session
from tests.mdm_servers.base import KEY, MdmServer
from tests.mdm_servers.jamf_pro import JamfProServer
from tests.mdm_servers.jamf_school import JamfSchoolServer
from tests.mdm_servers.street import Street
from tests.mdm_servers.traps import Trap, serial
from tests.ui.at_the_mdm import MDM, MemoryKeyring, Rekeyed, connected, fleet, said, with_keyring
from ui.dialogs.mdm_act import MdmActDialog
from ui.dialogs.mdm_connect import MdmConnect
from ui.dialogs.mdm_key import MdmKey
from ui.dialogs.receive import Receive
from ui.jobs import Jobs
from ui.main_window import MainWindow
from ui.screens.mdm import MdmScreen

Opened = Callable[..., MdmScreen]


@pytest.fixture(autouse=True)
def _keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(connecting_mdm.KEY_VARIABLE, raising=False)
    with with_keyring(MemoryKeyring()):
        yield


@pytest.fixture
def server() -> Iterator[MdmServer]:
    """Return a Jamf School that tells of twelve tablets."""
    with JamfSchoolServer(12) as made:
        yield made


@pytest.fixture
def opened(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> Opened:
    """Return the way to open the room once the base is filled."""

    def open_screen(memory: QSettings | None = None) -> MdmScreen:
        screen = MdmScreen(sqlite_world.session, jobs)
        screen.memory = memory
        qtbot.addWidget(screen)
        screen.resize(1072, 720)
        screen.show()
        screen.activateWindow()
        qtbot.waitUntil(lambda: screen._board is not None)
        return screen

    return open_screen


@pytest.fixture
def room(sqlite_world: World, server: MdmServer, opened: Opened) -> MdmScreen:
    """Return the room over a fleet that was read once."""
    fleet(sqlite_world)
    connected(sqlite_world, server, Provider.JAMF_SCHOOL)
    return opened()


def listed(room: MdmScreen) -> set[tuple[str, str]]:
    rows = (room.model.row_at(place) for place in range(room.model.rowCount()))
    return {(row.finding.kind.value, row.finding.tag or row.finding.serial) for row in rows if row}


def choose(qtbot: QtBot, room: MdmScreen, kind: FindingKind) -> None:
    place = next(at for at in range(room.model.rowCount()) if _kind(room, at) is kind)
    room.table.choose(place)
    qtbot.waitUntil(room.panel.isVisible)
    row = room.model.row_at(place)
    assert row is not None
    wanted = row.finding.tag or row.finding.serial
    qtbot.waitUntil(lambda: room.panel._name.text() == wanted and room.panel._what.text() == row.finding.sentence)


def _kind(room: MdmScreen, place: int) -> FindingKind | None:
    row = room.model.row_at(place)
    return row.finding.kind if row else None


def dialog(qtbot: QtBot, room: MdmScreen) -> MdmActDialog:
    qtbot.waitUntil(lambda: bool(room.findChildren(MdmActDialog)))
    made = room.findChildren(MdmActDialog)[-1]
    qtbot.waitUntil(lambda: made.model.rowCount() > 0)
    return made


def test_without_an_mdm_the_room_says_what_to_do_and_only_an_administrator_connects(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs, opened: Opened
) -> None:
    room = opened()
    assert room.list.empty.act.isVisible()
    assert not room.head.sync.isVisible()
    assert not (room.tools.isVisible() or room.filters.isVisible())
    room.take_focus()
    assert room.focusWidget() is room.list.empty.act
    session = new_session(sqlite_world.base, actor=Actor("T. Roux", Role.TECHNICIAN))
    other = MdmScreen(session, jobs)
    qtbot.addWidget(other)
    other.show()
    qtbot.waitUntil(lambda: other._board is not None)
    assert not other.list.empty.act.isVisible()


def test_each_difference_is_a_line_and_kinds_schools_and_words_narrow_them(qtbot: QtBot, room: MdmScreen) -> None:
    kinds = {kind for kind, _ in listed(room)}
    assert kinds == {"no_lost_mode", "other_pupil", "not_released", "not_in_register", "other_tag"}
    count = room.model.rowCount()
    room.filters.kinds[FindingKind.OTHER_TAG].click()
    assert {kind for kind, _ in listed(room)} == {"other_tag"}
    room.filters.kinds[FindingKind.OTHER_TAG].click()
    assert room.model.rowCount() == count
    QTest.keyClicks(room.search, serial(7))
    qtbot.waitUntil(lambda: listed(room) == {("not_in_register", serial(7))})
    QTest.keyClicks(room.search, "x")
    qtbot.waitUntil(room.list.empty.isVisible)


def test_the_panel_sets_both_sides_beside_each_other(qtbot: QtBot, room: MdmScreen) -> None:
    choose(qtbot, room, FindingKind.OTHER_PUPIL)
    words = room.panel.sides.words()
    assert serial(1) in words
    assert "Élève 1" in words
    assert any("ABDELMALEK" in word for word in words)
    assert any("udid-000001" in word for word in room.panel.records.words())
    QTest.keyClick(room.table, Qt.Key.Key_Escape)
    assert not room.panel.isVisible()


def test_a_device_that_is_not_in_the_register_is_received_only_when_a_person_says_so(
    qtbot: QtBot, room: MdmScreen, sqlite_world: World
) -> None:
    choose(qtbot, room, FindingKind.NOT_IN_REGISTER)
    before = sqlite_world.base.execute("SELECT count(*) FROM device").fetchone()
    wanted = room.panel.serial
    room.panel.receive.click()
    received = room.findChild(Receive)
    assert received is not None
    assert received.field.text() == wanted
    assert sqlite_world.base.execute("SELECT count(*) FROM device").fetchone() == before
    received.reject()


def test_what_is_proposed_is_asked_after_a_preview_and_what_became_of_it_is_listed(
    qtbot: QtBot, room: MdmScreen, server: MdmServer, sqlite_world: World
) -> None:
    assert isinstance(server, JamfSchoolServer)
    choose(qtbot, room, FindingKind.NOT_RELEASED)
    assert room.tools.act.isEnabled()
    room.ask_proposed()
    made = dialog(qtbot, room)
    qtbot.waitUntil(made.go.isEnabled)
    assert server.owners == {}
    made.go.click()
    qtbot.waitUntil(lambda: bool(room.work.unanswered()))
    qtbot.waitUntil(lambda: not room.work.unanswered(), timeout=15_000)
    assert list(server.owners) == ["udid-000003"]
    assert [task.state for task in commanding.tasks(sqlite_world.session)] == [TaskState.DONE]
    room.work.answered.emit(None)
    qtbot.waitUntil(lambda: room.list.tasks.isVisible() and room.list.tasks.rows.rowCount() == 1)
    room.list.tasks.choose(0)
    QTest.keyClick(room.list.tasks, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: room.list.table.isVisible() and bool(room.panel.tag))


def test_where_it_is_narrow_what_was_asked_is_listed_without_the_kinds_of_difference(
    qtbot: QtBot, room: MdmScreen
) -> None:
    room.resize(600, 600)
    room.table.choose(0)
    qtbot.waitUntil(lambda: bool(room.panel.tag or room.panel.serial))
    room.beside.open_panel()
    assert room.beside.is_turned()
    room.turn_to(1)
    assert room.tools.isVisible()
    assert not room.filters.isVisible()


def test_what_the_mdm_does_not_take_is_left_out_with_its_reason(qtbot: QtBot, room: MdmScreen) -> None:
    room.table.selectAll()
    room.ask_proposed()
    made = dialog(qtbot, room)
    left = [row for row in made.model.rows if getattr(row, "why_not", "")]
    assert [getattr(row, "act", None) for row in left] == [MdmAct.LOST_MODE_ON]
    assert len(made.model.rows) > len(left)
    made.reject()


def test_a_scan_finds_the_difference_whatever_the_filter_and_says_when_there_is_none(
    qtbot: QtBot, room: MdmScreen, sqlite_world: World
) -> None:
    room.filters.set_kind(FindingKind.NOT_RELEASED)
    room.take_scan(serial(7))
    qtbot.waitUntil(lambda: room.panel.isVisible() and room.panel.serial == serial(7))
    tag = sqlite_world.device(serial="R52NOTINMDM")
    room.take_scan(tag)
    qtbot.waitUntil(lambda: room.panel.tag == tag)
    room.take_focus()
    QTest.keyClick(room.search, Qt.Key.Key_Escape)
    assert not room.panel.isVisible()
    room.take_scan("R52UNKNOWN99")
    qtbot.waitUntil(lambda: bool(said(room.banner)))


def test_a_sync_goes_on_in_a_process_apart_and_says_what_it_read(
    qtbot: QtBot, room: MdmScreen, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(connecting_mdm.KEY_VARIABLE, KEY)
    sqlite_world.device(serial=serial(7))
    room.head.dry_run_asked.emit()
    qtbot.waitUntil(lambda: "without writing" in said(room.banner), timeout=20_000)
    assert ("not_in_register", serial(7)) in listed(room)
    QTest.keyClick(room, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(room.work.is_busy)
    assert room.work.strip.stop.isVisible()
    qtbot.waitUntil(lambda: "12 devices read" in said(room.banner), timeout=20_000)
    qtbot.waitUntil(lambda: ("not_in_register", serial(7)) not in listed(room))


def test_an_mdm_that_refuses_its_key_keeps_nobody_from_reading_the_others_and_is_connected_anew(
    qtbot: QtBot, room: MdmScreen, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Rekeyed(12) as other:
        reach = Street(Provider.JAMF_SCHOOL, other).reach()
        connecting_mdm.connect(
            sqlite_world.session, Provider.JAMF_SCHOOL, reach, name="A school", ask=lambda _name: KEY
        )
        other.is_rekeyed = True
        monkeypatch.setenv(connecting_mdm.KEY_VARIABLE, KEY)
        room.read_again()
        qtbot.waitUntil(lambda: len(room.head.mdms) == 2)
        assert not room.table.hidden_columns()
        room.sync()
        qtbot.waitUntil(lambda: "12 devices read" in said(room.banner), timeout=20_000)
    assert "A school" in said(room.banner)
    room.banner._retry.click()
    connect = room.findChild(MdmConnect)
    assert connect is not None
    assert connect.name.text() == "A school"


def test_an_mdm_that_tells_nothing_new_was_read_all_the_same(
    qtbot: QtBot, room: MdmScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(connecting_mdm.KEY_VARIABLE, KEY)
    before, board = room.head.mdms[0].read_at, room._board
    room.sync()
    qtbot.waitUntil(lambda: "nothing new" in said(room.banner), timeout=20_000)
    qtbot.waitUntil(lambda: room._board is not board)
    after = room.head.mdms[0].read_at
    assert before is not None
    assert after is not None
    assert after > before


def test_where_nobody_keeps_the_key_it_is_asked_and_used_once(qtbot: QtBot, room: MdmScreen) -> None:
    room.sync()  # the process apart has not this test's keyring
    qtbot.waitUntil(lambda: room.findChild(MdmKey) is not None, timeout=20_000)
    asked = room.findChild(MdmKey)
    assert asked is not None
    asked.field.setText(KEY)
    asked.go.click()
    assert asked.field.text() == ""
    qtbot.waitUntil(lambda: "12 devices read" in said(room.banner), timeout=20_000)
    assert room.work._keys == {}


def test_acts_wait_for_the_key_that_nobody_keeps(
    qtbot: QtBot, room: MdmScreen, server: MdmServer, sqlite_world: World
) -> None:
    assert isinstance(server, JamfSchoolServer)
    keyring.set_keyring(MemoryKeyring())
    choose(qtbot, room, FindingKind.NOT_RELEASED)
    room.panel.go.click()
    made = dialog(qtbot, room)
    qtbot.waitUntil(made.go.isEnabled)
    made.go.click()
    qtbot.waitUntil(lambda: room.findChild(MdmKey) is not None)
    assert commanding.tasks(sqlite_world.session) == []
    asked = room.findChild(MdmKey)
    assert asked is not None
    asked.field.setText(KEY)
    asked.go.click()
    qtbot.waitUntil(lambda: list(server.owners) == ["udid-000003"], timeout=15_000)
    qtbot.waitUntil(lambda: "1 done" in said(room.banner))


def test_no_key_given_leaves_the_room_as_it_was(qtbot: QtBot, room: MdmScreen) -> None:
    room.sync()
    qtbot.waitUntil(lambda: room.findChild(MdmKey) is not None, timeout=20_000)
    asked = room.findChild(MdmKey)
    assert asked is not None
    asked.reject()
    assert not room.work.is_busy()
    assert room.head.sync.isEnabled()


def test_no_device_at_all_is_asked_about_before_it_is_believed(
    qtbot: QtBot, sqlite_world: World, server: MdmServer, room: MdmScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(connecting_mdm.KEY_VARIABLE, KEY)
    server.tablets = ()
    server.prepare()
    room.sync()
    qtbot.waitUntil(room.banner._retry.isVisible, timeout=20_000)
    assert ("not_in_register", serial(7)) in listed(room)
    room.banner._retry.click()
    qtbot.waitUntil(lambda: ("not_in_register", serial(7)) not in listed(room), timeout=20_000)
    assert sqlite_world.base.execute("SELECT count(*) FROM external_record WHERE gone_at IS NULL").fetchone()[0] == 0


def test_a_sync_that_waits_is_stopped_and_the_room_goes_on(
    qtbot: QtBot, server: MdmServer, room: MdmScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(connecting_mdm.KEY_VARIABLE, KEY)
    server.traps = frozenset({Trap.ALWAYS_BUSY})
    before = len(server.requests)
    room.sync()
    qtbot.waitUntil(lambda: len(server.requests) > before, timeout=20_000)
    room.work.strip.stop.click()
    qtbot.waitUntil(lambda: not room.work.is_busy(), timeout=20_000)
    assert room.banner.isVisible()
    assert room.head.sync.isEnabled()


def test_odd_lines_are_counted_and_listed(
    qtbot: QtBot, sqlite_world: World, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(connecting_mdm.KEY_VARIABLE, KEY)
    with JamfSchoolServer(12, [Trap.ODD]) as server:
        connected(sqlite_world, server, Provider.JAMF_SCHOOL, is_read=False)
        room = opened()
        assert room.list.empty.act.isVisible()
        room.list.empty.act.click()
        qtbot.waitUntil(room.banner._retry.isVisible, timeout=20_000)
        assert len(room.work._odd) > 0


def test_lost_mode_is_asked_with_its_words_and_polled(qtbot: QtBot, sqlite_world: World, opened: Opened) -> None:
    with JamfProServer(12) as server:
        fleet(sqlite_world)
        connected(sqlite_world, server, Provider.JAMF_PRO)
        room = opened()
        choose(qtbot, room, FindingKind.NO_LOST_MODE)
        room.panel.go.click()
        made = dialog(qtbot, room)
        qtbot.waitUntil(lambda: "1" in made.go.text())
        assert not made.go.isEnabled()
        QTest.keyClicks(made.message, "Merci de me rapporter")
        assert made.go.isEnabled()
        made.go.click()
        qtbot.waitUntil(lambda: len(server.commands) == 1, timeout=15_000)
        qtbot.waitUntil(lambda: not room.work.is_busy())
        assert "rapporter" in str(server.commands[0])
        assert [task.state for task in commanding.tasks(sqlite_world.session)] == [TaskState.ACCEPTED]
        qtbot.waitUntil(lambda: room._board is not None and room._board.waiting == 1)


def test_the_list_is_copied_for_a_spreadsheet(qtbot: QtBot, room: MdmScreen) -> None:
    choose(qtbot, room, FindingKind.NOT_RELEASED)
    QTest.keyClick(room.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert len(lines) == 2
    assert "\t" in lines[1]


def test_the_room_is_the_tenth_and_control_zero_goes_there(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> None:
    window = MainWindow(sqlite_world.session, jobs)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: isinstance(window._stack.currentWidget(), MdmScreen))
    assert any(label.text() == "MDM" for label in window.findChildren(QLabel))


def test_a_long_list_is_read_again_without_losing_the_row(qtbot: QtBot, room: MdmScreen, sqlite_world: World) -> None:
    choose(qtbot, room, FindingKind.NOT_RELEASED)
    before, shown = room._board, room.panel._name.text()
    sqlite_world.device()
    room.read_again()
    qtbot.waitUntil(lambda: room._board is not before)
    assert room.panel.isVisible()
    assert room.panel._name.text() == shown
    assert MDM in room.head.chips[0].text()
