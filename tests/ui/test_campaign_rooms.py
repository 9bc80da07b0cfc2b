"""From a campaign to the room that mends it, and what is looked at closer; the needs are closed for good."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tablet_loans.domain.concern import Concern
from tablet_loans.domain.device import DeviceState
from tablet_loans.domain.errors import NotPermitted
from tablet_loans.domain.need import Answer, ClosedNeeds, Equipment, Source, Told
from tablet_loans.domain.readiness import Readiness, ReadinessLine
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import asking, campaigning, readying, stocking
from tests.builders import CAMPAIGN, DUE, World, new_session
from ui.dialogs.close_needs import CloseNeeds
from ui.jobs import Jobs
from ui.main_window import MainWindow
from ui.screens.allocation import Allocation
from ui.screens.campaigns import Campaigns
from ui.screens.devices import Devices
from ui.screens.needs import Needs
from ui.screens.schools import Schools
from ui.widgets.campaign_readiness import CampaignReadiness

OTHER = "Autre campagne"
TODAY = date(2026, 4, 6)


@pytest.fixture
def window(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> MainWindow:
    """Return the window of an administrator, with two campaigns that run."""
    sqlite_world.school()
    campaigning.create(sqlite_world.session, name=OTHER, due_on=DUE)
    window = MainWindow(sqlite_world.session, jobs)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    return window


def entered(qtbot: QtBot, window: MainWindow, name: str = OTHER) -> Campaigns:
    screen = window.screen_of("campaigns")
    assert isinstance(screen, Campaigns)
    qtbot.waitUntil(lambda: bool(screen.model.rows))
    screen.table.choose(screen.model.place_of(name))
    qtbot.waitUntil(lambda: screen.chosen() == name and screen.panel.readiness._found is not None)
    return screen


def go(screen: Campaigns, concern: Concern) -> None:
    found = screen.panel.readiness._found
    assert found is not None
    screen.panel.readiness.acts[[line.code for line in found.lines].index(concern)].click()


def test_the_rooms_open_on_the_campaign_that_one_came_from(qtbot: QtBot, window: MainWindow) -> None:
    schools, allocation, needs = (window.screen_of(name) for name in ("schools", "allocation", "needs"))
    assert isinstance(schools, Schools)
    assert isinstance(allocation, Allocation)
    assert isinstance(needs, Needs)
    qtbot.waitUntil(lambda: schools.chosen_campaign() is not None and bool(allocation.head.chosen()))
    for name in (CAMPAIGN, OTHER):
        screen = entered(qtbot, window, name)
        go(screen, Concern.NO_PLAN)
        qtbot.waitUntil(lambda name=name: allocation.isVisible() and allocation.head.chosen() == name)  # type: ignore[misc]
        screen.room_asked.emit("schools", name, "silent")
        qtbot.waitUntil(lambda name=name: schools.isVisible() and schools.chosen_campaign() == name)  # type: ignore[misc]
        assert schools.silent.isChecked()
        screen.room_asked.emit("needs", name, "")
        qtbot.waitUntil(lambda name=name: needs.isVisible() and needs.head.campaign == name)  # type: ignore[misc]


def test_a_campaign_the_room_has_not_read_yet_is_turned_to_once_it_is(
    qtbot: QtBot, window: MainWindow, sqlite_world: World
) -> None:
    names = ("needs", "schools", "allocation")
    rooms = [window.screen_of(name) for name in names]
    qtbot.waitUntil(lambda: all(campaign_of(room) for room in rooms))
    screen = entered(qtbot, window)
    campaigning.create(sqlite_world.session, name="Encore une", due_on=DUE)
    for name, room in zip(names, rooms, strict=True):
        screen.room_asked.emit(name, "Encore une", "")
        qtbot.waitUntil(lambda room=room: campaign_of(room) == "Encore une")  # type: ignore[misc]


def campaign_of(room: QWidget) -> str | None:
    if isinstance(room, Schools):
        return room.chosen_campaign()
    if isinstance(room, Needs):
        return room.head.campaign
    return room.head.chosen() if isinstance(room, Allocation) else None


def test_tablets_that_wait_are_listed_alone(qtbot: QtBot, window: MainWindow, sqlite_world: World) -> None:
    tags = [sqlite_world.device() for _ in range(3)]
    with sqlite_world.base.atomic():
        sqlite_world.base.execute("UPDATE device SET state = 'to_prepare' WHERE tag = ?", (tags[0],))
    screen = entered(qtbot, window)
    go(screen, Concern.TO_PREPARE)
    devices = window.screen_of("devices")
    assert isinstance(devices, Devices)
    qtbot.waitUntil(lambda: devices.model.rowCount() == 1)
    assert devices._filter.state is DeviceState.TO_PREPARE
    assert stocking.count(sqlite_world.session, devices._filter) == 1


def test_what_the_window_cannot_mend_is_a_command_to_copy(
    qtbot: QtBot, window: MainWindow, sqlite_world: World
) -> None:
    assert sqlite_world.base
    screen = entered(qtbot, window)
    go(screen, Concern.NO_BACKUP)
    assert QGuiApplication.clipboard().text() == "tablet-loans backup FILE"
    assert screen.isVisible()


def test_looking_closer_keeps_the_focus_and_its_answer_outlives_the_next_reading(
    qtbot: QtBot, window: MainWindow, sqlite_world: World
) -> None:
    screen = entered(qtbot, window)
    shown = screen.panel.readiness
    shown.closer.setFocus()
    QTest.keyClick(shown.closer, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not shown.note.isHidden())
    assert shown.closer.hasFocus()
    told, asked = shown.note.text(), screen._asked
    assert told.startswith("Examined at")
    screen.read_again()
    qtbot.waitUntil(lambda: screen._asked > asked)
    quick = readying.readiness(sqlite_world.session, OTHER)
    assert shown._examined is not None
    qtbot.waitUntil(lambda: shown._quick == quick)
    assert (shown.note.text(), shown.note.isVisible()) == (told, True)
    shown.acts[0].setFocus()
    shown.show_readiness(readying.readiness(sqlite_world.session, CAMPAIGN))
    assert shown.acts[0].hasFocus() or shown.closer.hasFocus()
    screen.table.choose(screen.model.place_of(CAMPAIGN))
    qtbot.waitUntil(shown.note.isHidden)


def test_one_enters_on_the_list_and_walks_in_the_order_of_reading(qtbot: QtBot, window: MainWindow) -> None:
    screen = window.screen_of("campaigns")
    assert isinstance(screen, Campaigns)
    qtbot.waitUntil(screen.table.hasFocus)
    shown = entered(qtbot, window).panel.readiness
    walked: list[QWidget] = []
    at: QWidget | None = screen.head.acts
    while at is not None and at not in walked:
        walked.append(at)
        at = at.nextInFocusChain()
    order = (screen.head.acts, screen.head.primary, screen.table, shown.closer, *shown.acts, screen.panel.out.copy)
    places = [walked.index(each) for each in order]
    assert all(before < after for before, after in pairwise(places))


def test_the_needs_are_closed_once_the_word_is_typed(qtbot: QtBot, window: MainWindow, sqlite_world: World) -> None:
    screen = entered(qtbot, window)
    screen.head.close_needs.trigger()
    qtbot.waitUntil(lambda: bool(screen.findChildren(CloseNeeds)))
    dialog = screen.findChildren(CloseNeeds)[-1]
    assert not dialog.go.isEnabled()
    QTest.keyClicks(dialog.typed, "clos")
    QTest.keyClick(dialog.typed, Qt.Key.Key_Return)
    assert dialog.isVisible()
    QTest.keyClicks(dialog.typed, "e")
    dialog.go.click()
    qtbot.waitUntil(lambda: is_closed(sqlite_world), timeout=30_000)
    qtbot.waitUntil(lambda: not screen.work.is_busy() and not screen.head.close_needs.isEnabled())
    assert not is_closed(sqlite_world, CAMPAIGN)


def is_closed(world: World, name: str = OTHER) -> bool:
    return campaigning.shown(world.session, name).needs_closed_at is not None


def test_what_closing_would_forget_is_what_it_forgets(world: World) -> None:
    needy, kept = world.pupil("Kaya"), world.pupil("Brun")
    told = Told(TODAY, "Mme Faure", Source.GRID)
    asking.set_answers(world.session, campaign=CAMPAIGN, answers=[(needy, Answer(Equipment.NONE))], told=told)
    with world.base.atomic():
        for pupil in (needy, kept):
            world.base.execute("UPDATE pupil SET phone = '0400000000' WHERE id = ?", (pupil,))
    told_before = asking.forgotten_by_closing(world.session, CAMPAIGN)
    assert told_before == ClosedNeeds(0, 1)
    assert asking.close_needs(world.session, CAMPAIGN).value == told_before
    with pytest.raises(NotPermitted):
        asking.forgotten_by_closing(new_session(world.base, "machine-2", Actor("T. Leroy", Role.TECHNICIAN)), CAMPAIGN)


def test_what_only_looking_closer_tells_stays_beside_what_changes(qtbot: QtBot) -> None:
    shown = CampaignReadiness()
    qtbot.addWidget(shown)
    repairs, doubts, silent = (
        ReadinessLine(concern, 3, False, "", "")
        for concern in (Concern.IN_REPAIR, Concern.DOUBTFUL_HOUSEHOLDS, Concern.SILENT_SCHOOLS)
    )
    quick = Readiness(True, (repairs,))
    shown.show_readiness(quick)
    shown.show_examined(Readiness(True, (doubts, repairs)), datetime(2026, 4, 6, 9, 3, tzinfo=UTC))
    for now, lines in ((quick, (doubts, repairs)), (Readiness(True, (silent,)), (silent, doubts))):
        shown.show_readiness(now)
        assert shown._found == Readiness(True, lines)
        assert "1 thing more" in shown.note.text()
    shown.wait()
    shown.show_readiness(quick)
    assert (shown._found, shown.note.isHidden()) == (quick, True)
