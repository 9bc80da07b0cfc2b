"""Cartons packed by scanner: each tablet at once, refusals in place, the focus kept, the last ones undone."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.barcode import Command, command_code
from tablet_loans.services import packing
from tablet_loans.storage.database import open_database
from tests.builders import CAMPAIGN, World
from tests.services.promised import applied, in_need, plain_device
from tests.ui.test_receive import Heard
from ui.dialogs.pack_cartons import PackCartons
from ui.jobs import Jobs
from ui.sounds import Sound

IRIS = "0690142E"


@pytest.fixture
def sounds() -> Heard:
    return Heard()


@pytest.fixture
def tags(sqlite_world: World) -> list[str]:
    """Promise three devices to a school's pupils, and return their tags."""
    school = sqlite_world.school(IRIS)
    for number in range(3):
        in_need(sqlite_world, f"Kaya{number}", school_id=school, is_cellular=True)
    made: list[str] = [sqlite_world.device() for _ in range(3)]
    applied(sqlite_world)
    return made


@pytest.fixture
def dialog(qtbot: QtBot, sqlite_world: World, tags: list[str], jobs: Jobs, sounds: Heard) -> PackCartons:
    del tags
    made = PackCartons(sqlite_world.session, jobs, CAMPAIGN, IRIS, sounds=sounds)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: made.lines.rowCount() == 1)
    return made


def packed(world: World) -> list[list[str]]:
    found = packing.cartons(world.session, CAMPAIGN, IRIS)
    return [[device.tag for device in each.devices] for each in found]


def test_tablet_after_tablet_goes_into_the_carton_and_the_counts_follow(
    qtbot: QtBot, dialog: PackCartons, sqlite_world: World, tags: list[str], sounds: Heard
) -> None:
    assert dialog.title.text() == "Collège Les Iris"
    assert not dialog.close_carton.isEnabled()
    for tag in tags[:2]:
        dialog.take_scan(tag)
    qtbot.waitUntil(lambda: dialog.summary.text().startswith("2 of 3"))
    assert packed(sqlite_world) == [tags[:2]]
    assert (dialog.card.big.text(), dialog.card.counted.text()) == (tags[1], "2")
    assert sounds.kept == [Sound.DONE, Sound.DONE]
    assert dialog.field.hasFocus()


def test_what_is_typed_and_entered_is_packed_too(
    qtbot: QtBot, dialog: PackCartons, sqlite_world: World, tags: list[str]
) -> None:
    QTest.keyClicks(dialog.field, tags[0].lower())
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: packed(sqlite_world) == [tags[:1]])


def test_a_tablet_that_does_not_belong_there_is_refused_in_place(
    qtbot: QtBot, dialog: PackCartons, sqlite_world: World, sounds: Heard
) -> None:
    other = plain_device(sqlite_world)
    dialog.take_scan(other)
    qtbot.waitUntil(dialog.banner.isVisible)
    assert other in dialog.banner._words.text()
    assert (packed(sqlite_world), sounds.kept) == ([], [Sound.REFUSED])
    assert dialog.field.hasFocus()
    assert not dialog.unanswered()


def test_the_last_ones_are_undone_by_key_and_by_code(
    qtbot: QtBot, dialog: PackCartons, sqlite_world: World, tags: list[str]
) -> None:
    for tag in tags[:2]:
        dialog.take_scan(tag)
    qtbot.waitUntil(lambda: packed(sqlite_world) == [tags[:2]] and not dialog.unanswered())
    QTest.keyClick(dialog.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: packed(sqlite_world) == [tags[:1]])
    dialog.take_scan(command_code(Command.UNDO))
    qtbot.waitUntil(lambda: packed(sqlite_world) == [])
    qtbot.waitUntil(lambda: not dialog.close_carton.isEnabled())
    assert not dialog.undo.isEnabled()


def test_a_closed_carton_is_followed_by_another_and_both_are_printed(
    qtbot: QtBot, dialog: PackCartons, sqlite_world: World, tags: list[str], tmp_path: Path
) -> None:
    dialog.take_scan(tags[0])
    qtbot.waitUntil(dialog.close_carton.isEnabled)
    dialog.close_carton.click()
    qtbot.waitUntil(lambda: dialog.card.counted.text() == "0")
    assert "carton" in dialog.card.unit.text()
    dialog.take_scan(tags[1])
    qtbot.waitUntil(lambda: packed(sqlite_world) == [tags[:1], tags[1:2]])
    for name, write in (("cartons.pdf", packing.print_cartons), ("picking.pdf", packing.print_picking)):
        dialog.print_into(write, str(tmp_path / name))
        qtbot.waitUntil((tmp_path / name).exists)
        qtbot.waitUntil(lambda name=name: name in dialog.banner._words.text())  # type: ignore[misc]


def test_trouble_holds_the_tablets_scanned_until_they_are_tried_again(
    qtbot: QtBot, request: pytest.FixtureRequest, sqlite_world: World, tags: list[str]
) -> None:
    sqlite_world.base.database.timeout = 0.05  # the lane's connection, opened later, takes it over
    dialog: PackCartons = request.getfixturevalue("dialog")
    other = open_database(str(sqlite_world.base.path), bind=False)
    with other.atomic():
        for tag in tags[:2]:
            dialog.take_scan(tag)
        qtbot.waitUntil(lambda: len(dialog._held) == 2)
        dialog.reject()
        assert dialog.isVisible()
    other.close()
    dialog.banner._retry.click()
    qtbot.waitUntil(lambda: packed(sqlite_world) == [tags[:2]] and not dialog.unanswered())


def test_a_school_to_which_nothing_is_promised_is_told(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> None:
    sqlite_world.school(IRIS)
    tag = sqlite_world.device()
    dialog = PackCartons(sqlite_world.session, jobs, CAMPAIGN, IRIS)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.title.text() == IRIS)
    dialog.take_scan(tag)
    qtbot.waitUntil(dialog.banner.isVisible)


def test_the_buttons_stay_in_sight_in_a_low_window_and_a_scan_brings_the_focus_back(
    qtbot: QtBot, dialog: PackCartons, tags: list[str]
) -> None:
    dialog._fit(400)
    dialog.resize(640, 400)
    qtbot.waitUntil(lambda: dialog.height() < 440)  # as low as the theme and the system's font let it be
    assert dialog.finish.geometry().bottom() < dialog.height()
    dialog.finish.setFocus()
    dialog.take_scan(tags[0])
    assert dialog.field.hasFocus()
