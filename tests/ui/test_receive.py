"""A delivery received by scanner: every tablet written at once, its label told, mistakes undone, nothing lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QSettings, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.arrival import Draft
from tablet_loans.domain.barcode import Command, command_code
from tablet_loans.domain.identifiers import asset_tag
from tablet_loans.services import checking, stocking
from tablet_loans.storage.database import open_database
from tests.builders import World
from ui.dialogs.receive import Receive
from ui.jobs import Jobs
from ui.sounds import Sound, Sounds
from ui.widgets.received_list import Stage

FIRST, SECOND, THIRD = (asset_tag("ML", number) for number in (1, 2, 3))
IMEI = "490154203237518"


class Heard(Sounds):
    """Sounds without a loudspeaker, kept in the order in which they were asked for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kept: list[Sound] = []

    def play(self, sound: Sound) -> None:
        self.kept.append(sound)


@pytest.fixture
def sounds() -> Heard:
    return Heard()


@pytest.fixture
def receive(qtbot: QtBot, sqlite_world: World, jobs: Jobs, sounds: Heard) -> Receive:
    sqlite_world.model()
    dialog = Receive(sqlite_world.session, jobs, sounds=sounds)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: dialog.form._shelves is not None)
    return dialog


def recorded(world: World) -> list[tuple[str, str | None, str | None]]:
    return [tuple(row) for row in world.base.execute("SELECT tag, serial, imei FROM device ORDER BY id").fetchall()]


@contextmanager
def without_models(world: World) -> Iterator[None]:
    """Let nobody read the models meanwhile, as when the base is not there."""
    with world.base.atomic():
        world.base.execute("ALTER TABLE device_model RENAME TO elsewhere")
    yield
    with world.base.atomic():
        world.base.execute("ALTER TABLE elsewhere RENAME TO device_model")


def settled(qtbot: QtBot, dialog: Receive) -> None:
    qtbot.waitUntil(lambda: not dialog.unanswered())


def test_scans_that_come_before_the_models_are_read_wait_for_them(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs
) -> None:
    sqlite_world.model()
    dialog = Receive(sqlite_world.session, jobs)
    qtbot.addWidget(dialog)
    for serial in ("R52M70ABCDE", "R52M70ABCDF"):
        dialog.take_scan(serial)
    qtbot.waitUntil(lambda: len(recorded(sqlite_world)) == 2)


def test_models_that_could_not_be_read_are_read_again_and_no_scan_is_lost(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs
) -> None:
    sqlite_world.model()
    with without_models(sqlite_world):
        dialog = Receive(sqlite_world.session, jobs)
        qtbot.addWidget(dialog)
        dialog.show()
        dialog.take_scan("R52M70ABCDE")
        qtbot.waitUntil(dialog.banner.isVisible)
        assert dialog.unanswered() == 1
        dialog.reject()
        assert dialog.isVisible()
    dialog.banner._retry.click()
    qtbot.waitUntil(lambda: len(recorded(sqlite_world)) == 1)
    settled(qtbot, dialog)


def test_a_scan_after_the_trouble_reads_the_models_again(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> None:
    sqlite_world.model()
    with without_models(sqlite_world):
        dialog = Receive(sqlite_world.session, jobs)
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitUntil(dialog.banner.isVisible)
        dialog.banner.fall_silent()
        dialog.take_scan("R52M70ABCDE")
        qtbot.waitUntil(dialog.banner.isVisible)
    dialog.take_scan("R52M70ABCDF")
    qtbot.waitUntil(lambda: len(recorded(sqlite_world)) == 2)


def test_serial_after_serial_is_recorded_and_its_label_told(
    qtbot: QtBot, receive: Receive, sqlite_world: World, sounds: Heard
) -> None:
    receive.form.fields["supplier"].setText("UGAP")
    receive.form.fields["depot"].setText("Vaise")
    receive.begin.click()
    assert receive._summary.textFormat() is Qt.TextFormat.PlainText
    qtbot.waitUntil(lambda: receive.next.text() == f"Next label: {FIRST}")
    for serial in ("R52M70ABCDE", "R52M70ABCDF"):
        receive.take_scan(serial)
    settled(qtbot, receive)
    assert recorded(sqlite_world) == [(FIRST, "R52M70ABCDE", None), (SECOND, "R52M70ABCDF", None)]
    assert (receive.card.big.text(), receive.card.counted.text()) == (SECOND, "2")
    qtbot.waitUntil(lambda: receive.next.text() == f"Next label: {THIRD}")
    assert sounds.kept == [Sound.DONE, Sound.DONE]
    assert stocking.shown(sqlite_world.session, FIRST).row.depot == "Vaise"


def test_what_is_typed_and_entered_is_recorded_too(qtbot: QtBot, receive: Receive, sqlite_world: World) -> None:
    receive.begin.click()
    QTest.keyClicks(receive.field, "r52m70abcde")
    QTest.keyClick(receive.field, Qt.Key.Key_Return)
    settled(qtbot, receive)
    assert recorded(sqlite_world) == [(FIRST, "R52M70ABCDE", None)]
    assert receive.field.text() == ""


def test_a_scan_on_the_first_page_begins_when_all_is_said(qtbot: QtBot, receive: Receive, sqlite_world: World) -> None:
    receive.form.choices["model"].setCurrentIndex(0)
    receive.take_scan("R52M70ABCDE")
    assert receive.banner.isVisible()
    assert recorded(sqlite_world) == []
    receive.form.fields["maker"].setText("Lenovo")
    receive.form.fields["name"].setText("Tab P12")
    receive.form.fields["price"].setText("cher")
    receive.take_scan("R52M70ABCDE")
    assert "cher" in receive.banner._words.text()
    receive.form.fields["price"].setText("189,50")
    receive.take_scan("R52M70ABCDE")
    settled(qtbot, receive)
    assert stocking.shown(sqlite_world.session, "R52M70ABCDE").row.model == "Tab P12"


@pytest.mark.parametrize("codes", [(THIRD, "R52M70ABCDE"), ("R52M70ABCDE", THIRD)])
def test_a_printed_label_and_a_serial_make_a_pair_in_either_order(
    qtbot: QtBot, receive: Receive, sqlite_world: World, sounds: Heard, codes: tuple[str, str]
) -> None:
    receive.form.choices["labels"].setCurrentIndex(1)
    receive.take_scan(codes[0])
    assert recorded(sqlite_world) == []
    assert receive.card.big.text() == codes[0]
    receive.take_scan(codes[1])
    settled(qtbot, receive)
    assert recorded(sqlite_world) == [(THIRD, "R52M70ABCDE", None)]
    assert sounds.kept == [Sound.NOTICE, Sound.DONE]


def test_serial_and_imei_are_recorded_together(qtbot: QtBot, receive: Receive, sqlite_world: World) -> None:
    receive.form.choices["codes"].setCurrentIndex(1)
    for code in (IMEI, "R52M70ABCDE", "R52M70ABCDF"):
        receive.take_scan(code)
    qtbot.waitUntil(lambda: receive.list.at(Stage.RECORDED) != [])
    assert recorded(sqlite_world) == [(FIRST, "R52M70ABCDE", IMEI)]
    assert receive._draft == Draft(serial="R52M70ABCDF")
    QTest.keyClick(receive.field, Qt.Key.Key_Escape)
    assert receive._draft == Draft()
    assert receive.isVisible()


def test_a_tablet_already_here_is_refused_by_name_and_stays_in_the_list(
    qtbot: QtBot, receive: Receive, sqlite_world: World, sounds: Heard
) -> None:
    for _ in range(2):
        receive.take_scan("R52M70ABCDE")
    settled(qtbot, receive)
    assert len(recorded(sqlite_world)) == 1
    assert receive.card.line.text() == f"R52M70ABCDE is already recorded as {FIRST} on 2026-04-06."
    assert len(receive.list.at(Stage.REFUSED)) == 1
    assert sounds.kept == [Sound.DONE, Sound.REFUSED]


def test_the_last_ones_are_undone_by_key_by_code_and_by_row(
    qtbot: QtBot, receive: Receive, sqlite_world: World
) -> None:
    for number in range(4):
        receive.take_scan(f"R52M70ABCD{number}")
    settled(qtbot, receive)
    QTest.keyClick(receive.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(recorded(sqlite_world)) == 3)
    qtbot.waitUntil(lambda: len(receive.list.at(Stage.UNDONE)) == 1)
    receive.take_scan(command_code(Command.UNDO))
    qtbot.waitUntil(lambda: len(receive.list.at(Stage.UNDONE)) == 2)
    table = receive.list.table
    last_row = table.model().index(3, table.model().columnCount() - 1)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(last_row).center())
    qtbot.waitUntil(lambda: len(receive.list.at(Stage.UNDONE)) == 3)
    assert recorded(sqlite_world) == [(SECOND, "R52M70ABCD1", None)]
    assert receive.card.counted.text() == "1"
    checking.check(sqlite_world.session)


def test_ten_rows_are_shown_and_all_are_counted(qtbot: QtBot, receive: Receive) -> None:
    for number in range(12):
        receive.take_scan(f"R52M70ABC{number:02d}")
    settled(qtbot, receive)
    assert receive.list.rows.rowCount() == 10
    assert receive.card.counted.text() == "12"


def test_a_label_scanned_afterwards_is_checked(qtbot: QtBot, receive: Receive, sounds: Heard) -> None:
    receive.take_scan("R52M70ABCDE")
    settled(qtbot, receive)
    receive.take_scan(FIRST)
    assert receive.field.accessibleDescription() == "The right label ✓"
    receive.take_scan(SECOND)
    assert sounds.kept == [Sound.DONE, Sound.NOTICE, Sound.REFUSED]
    assert FIRST in receive.card.line.text()


def test_trouble_holds_the_tablets_scanned_until_they_are_tried_again(
    qtbot: QtBot, request: pytest.FixtureRequest, sqlite_world: World
) -> None:
    sqlite_world.base.database.timeout = 0.05  # the lane's connection, opened later, takes it over
    receive: Receive = request.getfixturevalue("receive")
    receive.begin.click()
    other = open_database(str(sqlite_world.base.path), bind=False)
    with other.atomic():
        for serial in ("R52M70ABCDE", "R52M70ABCDF"):
            receive.take_scan(serial)
        qtbot.waitUntil(lambda: len(receive.list.at(Stage.HELD)) == 2)
        receive.reject()
        receive.take_scan("R52M70ABCDG")
        qtbot.waitUntil(lambda: len(receive.list.at(Stage.HELD)) == 3)
        receive.reject()
        assert receive.isVisible()
    other.close()
    receive.banner._retry.click()
    settled(qtbot, receive)
    assert [row[:2] for row in recorded(sqlite_world)] == [
        (FIRST, "R52M70ABCDE"),
        (SECOND, "R52M70ABCDF"),
        (THIRD, "R52M70ABCDG"),
    ]


def test_what_comes_in_is_remembered_for_the_next_delivery(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs, tmp_path: Path
) -> None:
    memory = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
    for name in ("Galaxy Tab A8", "Tab S6"):
        sqlite_world.model(name)
    for is_first in (True, False):
        dialog = Receive(sqlite_world.session, jobs, memory=memory)
        qtbot.addWidget(dialog)
        qtbot.waitUntil(lambda it=dialog: it.form._shelves is not None)  # type: ignore[misc]
        if is_first:
            dialog.form.choices["model"].setCurrentText("Samsung Tab S6")
            dialog.form.fields["supplier"].setText("UGAP")
            dialog.form.choices["labels"].setCurrentIndex(1)
            dialog.begin.click()
        else:
            assert dialog.form.arrival().full_model == "Samsung Tab S6"
            assert dialog.form.arrival().supplier == "UGAP"
            assert dialog.form.way("ML").labels == "ours"
