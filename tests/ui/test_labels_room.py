"""The labels: tablets scanned or chosen, previewed, printed, stuck and scanned back, and the journal of it all."""

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.barcode import Command, command_code
from tablet_loans.domain.label import LabelState
from tablet_loans.domain.printer import PrinterOffset
from tablet_loans.services import calibrating, labelling
from tablet_loans.services.labelling import LabelDevices, LabelOptions
from tablet_loans.storage.database import open_database
from tests.builders import World
from tests.services.documents import codes_on, pages_of
from tests.ui.test_receive import Heard
from ui import theme
from ui.jobs import Jobs
from ui.printing import Printer
from ui.screens.labels import Labels
from ui.sounds import Sound

Opened = Callable[..., Labels]


@pytest.fixture
def sounds() -> Heard:
    return Heard()


@pytest.fixture
def opened(qtbot: QtBot, sqlite_world: World, jobs: Jobs, sounds: Heard) -> Opened:
    """Return the way to open the room once the base is filled."""

    def open_room(memory: QSettings | None = None) -> Labels:
        theme.apply(QGuiApplication.instance(), theme.Scheme.LIGHT)  # type: ignore[arg-type]
        room = Labels(sqlite_world.session, jobs)
        room.memory, room.sounds = memory, sounds
        qtbot.addWidget(room, before_close_func=lambda room: room.printing.throw_away())
        room.resize(1072, 720)
        room.show()
        room.activateWindow()
        room.take_focus()
        qtbot.waitUntil(lambda: room.printing.setting.stock() is not None)
        return room

    return open_room


@pytest.fixture
def tags(sqlite_world: World) -> list[str]:
    return [sqlite_world.device() for _ in range(5)]


def scan(qtbot: QtBot, room: Labels, *tags: str) -> None:
    """Scan tablets into the list, and wait for the preview."""
    for tag in tags:
        room.take_scan(tag)
    qtbot.waitUntil(lambda: room.printing.labels == len(room.printing.choice.rows.rows) > 0)


def printed(world: World, tmp_path: Path, tags: list[str]) -> None:
    labelling.print_labels(world.session, LabelDevices(tags=tuple(tags)), tmp_path / "l.pdf", LabelOptions())


def states(world: World) -> list[str]:
    return [str(row[0]) for row in world.base.execute("SELECT state FROM label_print ORDER BY id").fetchall()]


def test_tablets_scanned_are_previewed_counted_and_written_into_a_file(
    qtbot: QtBot, opened: Opened, tags: list[str], sqlite_world: World, tmp_path: Path, sounds: Heard
) -> None:
    room = opened()
    assert not room.printing.go.isEnabled()
    scan(qtbot, room, tags[2], tags[0], sqlite_world.device(serial="R52M70ABCDE"))
    assert room.printing.go.text() == "Print 3 labels"
    assert sounds.kept == [Sound.DONE] * 3
    assert room.printing.choice.field.hasFocus()
    qtbot.waitUntil(room.printing.view.has_paper)
    assert states(sqlite_world) == []
    out = tmp_path / "mine.pdf"
    room.printing.save_to(out)
    qtbot.waitUntil(lambda: "mine.pdf" in room.printing.banner._words.text(), timeout=30_000)
    assert [code for code, _ in codes_on(pages_of(out)[0])][:2] == [tags[2], tags[0]]
    assert states(sqlite_world) == ["printed"] * 3
    assert room.printing.choice.rows.rows == []
    assert room.printing.setting.sheet.start() == 4


def test_a_tablet_that_is_in_the_list_is_said_and_one_unknown_is_refused(
    qtbot: QtBot, opened: Opened, tags: list[str], sounds: Heard
) -> None:
    room = opened()
    scan(qtbot, room, tags[0])
    room.take_scan(tags[0].lower())
    qtbot.waitUntil(lambda: sounds.kept == [Sound.DONE, Sound.NOTICE])
    room.take_scan("ML-999999-0")
    qtbot.waitUntil(room.printing.banner.isVisible)
    assert sounds.kept[-1] is Sound.REFUSED
    assert len(room.printing.choice.rows.rows) == 1


def test_the_last_one_is_taken_out_by_key_by_code_and_from_its_row(
    qtbot: QtBot, opened: Opened, tags: list[str]
) -> None:
    room = opened()
    scan(qtbot, room, *tags[:3])
    QTest.keyClick(room.printing.choice.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    room.take_scan(command_code(Command.UNDO))
    qtbot.waitUntil(lambda: room.printing.go.text() == "Print 1 label")
    room.printing.choice.table.choose(0)
    QTest.keyClick(room.printing.choice.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not room.printing.view.has_paper())
    assert not room.printing.go.isEnabled()


def test_nothing_is_printed_until_it_is_known_what_is_meant_now(qtbot: QtBot, opened: Opened, tags: list[str]) -> None:
    room = opened()
    scan(qtbot, room, tags[0])
    assert room.printing.go.isEnabled()
    room.printing.choice.by_filter.click()
    assert not room.printing.go.isEnabled() and not room.printing.save.isEnabled()
    qtbot.waitUntil(lambda: room.printing.go.text() == "Print 5 labels")
    assert room.printing.go.isEnabled()


def test_the_choices_are_not_cut_and_a_model_is_read_whole(qtbot: QtBot, opened: Opened, tags: list[str]) -> None:
    room = opened()
    scan(qtbot, room, tags[0])
    printing = room.printing
    for width in (860, 1072, 1660):
        room.resize(width, 720)
        assert printing._inside.minimumSizeHint().width() <= printing._left.viewport().width()
    assert printing.choice.table.isColumnHidden(2)  # no label to tell of yet


def test_a_preview_of_the_first_pages_says_how_many_there_are(
    qtbot: QtBot, opened: Opened, sqlite_world: World
) -> None:
    for _ in range(64):
        sqlite_world.device()
    room = opened()
    room.printing.choice.by_filter.click()
    qtbot.waitUntil(lambda: room.printing.labels == 64 and room.printing.view.has_paper())
    assert room.printing.view.document.pageCount() == 3
    assert room.printing.view._place.text() == "Page 1 of 4"


def test_labels_are_printed_in_one_go_and_then_wait_to_be_scanned_back(
    qtbot: QtBot, opened: Opened, tags: list[str], tmp_path: Path, sqlite_world: World
) -> None:
    room, paper = opened(), tmp_path / "paper.pdf"
    room.printing.printer = Printer(room, file=paper)
    scan(qtbot, room, *tags)
    QTest.keyClick(room, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "5 labels" in room.printing.banner._words.text(), timeout=60_000)
    assert states(sqlite_world) == ["printed"] * 5
    assert len(pypdfium2.PdfDocument(paper)) == 1
    room.printing.printer.shut_down()
    room.printing.banner._retry.click()
    qtbot.waitUntil(lambda: len(room.verify.rows.rows) == 5)
    assert room.segments[1].isChecked()
    assert room.segments[1].text().endswith("· 5")


def test_without_that_printer_nothing_is_written_down_and_a_file_is_offered(
    qtbot: QtBot, opened: Opened, tags: list[str], sqlite_world: World
) -> None:
    calibrating.set_printer(sqlite_world.session, PrinterOffset("Salle 2", 1.5))
    room = opened()
    scan(qtbot, room, tags[0])
    assert room.printing.setting.options().printer == "Salle 2"
    room.printing.print_labels()
    assert "Salle 2" in room.printing.banner._words.text()
    assert room.printing.banner._retry.isVisible()
    assert states(sqlite_world) == []


def test_tablets_without_a_label_of_a_state_and_a_range_are_chosen(
    qtbot: QtBot, opened: Opened, tags: list[str], sqlite_world: World, tmp_path: Path
) -> None:
    printed(sqlite_world, tmp_path, tags[:2])
    room = opened()
    choice = room.printing.choice
    choice.by_filter.click()
    qtbot.waitUntil(lambda: room.printing.labels == 3)
    choice.lacking.setCurrentIndex(1)
    qtbot.waitUntil(lambda: room.printing.labels == 5)
    QTest.keyClicks(choice.span, f"{tags[1]}..{tags[3]}\r")
    qtbot.waitUntil(lambda: room.printing.labels == 3)
    choice.span.setText("x..")
    QTest.keyClick(choice.span, Qt.Key.Key_Return)
    qtbot.waitUntil(room.printing.banner.isVisible)
    choice.span.clear()
    room._school.chosen.emit("0690142E")
    qtbot.waitUntil(lambda: room.printing.banner.isVisible() and "0690142E" in choice.school.text())
    choice.every_school.click()
    choice.state.setCurrentIndex(choice.state.findData("lost"))
    qtbot.waitUntil(lambda: room.printing.labels == 0 and not room.printing.banner.isVisible())


def test_the_first_free_label_is_pointed_at_and_moved_by_arrows(qtbot: QtBot, opened: Opened, tags: list[str]) -> None:
    room = opened()
    scan(qtbot, room, tags[0])
    sheet = room.printing.setting.sheet
    stock = room.printing.setting.stock()
    assert stock is not None
    QTest.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=sheet._place(stock, 5).center().toPoint())
    assert room.printing.setting.options().start_at == 5
    for key, expected in ((Qt.Key.Key_Down, 8), (Qt.Key.Key_Right, 9), (Qt.Key.Key_End, 21), (Qt.Key.Key_Down, 21)):
        QTest.keyClick(sheet, key)
        assert sheet.start() == expected
    qtbot.waitUntil(lambda: codes_of(room) == [tags[0]])


def codes_of(room: Labels) -> list[str]:
    shown = room.printing._shown
    return [code for page in pages_of(shown) for code, _ in codes_on(page)] if shown else []


def test_a_code_that_does_not_fit_is_refused_in_place_with_the_width_it_needs(
    qtbot: QtBot, opened: Opened, tags: list[str], sqlite_world: World
) -> None:
    small = {"name": "Tiny", "paper": "roll", "width": 20.0, "height": 10.0}
    calibrating.keep_stock(sqlite_world.session, small)
    room = opened()
    scan(qtbot, room, tags[0])
    room.printing.setting.use_stock("Tiny")
    qtbot.waitUntil(room.printing.banner.isVisible)
    assert "mm" in room.printing.banner._words.text()
    assert not room.printing.go.isEnabled()
    room.printing.setting.style_.setCurrentIndex(2)
    qtbot.waitUntil(room.printing.go.isEnabled)
    assert not room.printing.banner.isVisible()


def test_what_was_chosen_is_remembered(qtbot: QtBot, opened: Opened, tags: list[str], tmp_path: Path) -> None:
    memory = QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)
    room = opened(memory)
    room.printing.setting.use_stock("Avery L7159")
    room.printing.setting.serial.setChecked(True)
    room.printing.setting.sheet._choose(9)
    scan(qtbot, room, tags[0])
    other = opened(memory)
    options = other.printing.setting.options()
    assert (options.stock, options.has_serial, options.start_at) == ("Avery L7159", True, 9)


def test_each_label_scanned_back_is_told_big_with_how_far_it_is(
    qtbot: QtBot, opened: Opened, tags: list[str], sqlite_world: World, tmp_path: Path, sounds: Heard
) -> None:
    printed(sqlite_world, tmp_path, tags)
    room = opened()
    room.turn_to(1)
    for tag in tags[:3]:
        room.take_scan(tag)
    qtbot.waitUntil(lambda: len(room.verify.rows.rows) == 2)
    assert (room.verify.card.big.text(), room.verify.card.counted.text()) == (tags[2], "3")
    assert "5" in room.verify.card.unit.text()
    assert room.verify.bar.value() == 3
    assert sounds.kept == [Sound.DONE] * 3
    assert room.verify.field.hasFocus()


def test_a_wrong_code_is_refused_in_place_and_the_focus_stays(
    qtbot: QtBot, opened: Opened, tags: list[str], sqlite_world: World, tmp_path: Path, sounds: Heard
) -> None:
    other = sqlite_world.device(serial="R52M70ABCDE")
    printed(sqlite_world, tmp_path, [other])
    room = opened()
    room.turn_to(1)
    for count, code in enumerate(("R52M70ABCDE", tags[0], "ML-999999-0"), 1):
        room.take_scan(code)
        qtbot.waitUntil(lambda count=count: sounds.kept == [Sound.REFUSED] * count)  # type: ignore[misc]
    assert room.verify.card._chip.text() == "Refused"
    assert states(sqlite_world) == ["printed"]
    assert room.verify.field.hasFocus()


def test_a_label_is_spoiled_and_that_is_undone_by_key_and_by_code(
    qtbot: QtBot, opened: Opened, tags: list[str], sqlite_world: World, tmp_path: Path
) -> None:
    printed(sqlite_world, tmp_path, tags[:3])
    room = opened()
    room.turn_to(1)
    qtbot.waitUntil(lambda: len(room.verify.rows.rows) == 3)
    QTest.keyClick(room.verify.field, Qt.Key.Key_F8)
    assert room.verify.banner.isVisible()
    room.take_scan(tags[0])
    qtbot.waitUntil(lambda: states(sqlite_world)[0] == "confirmed" and not room.unanswered())
    QTest.keyClick(room.verify.field, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: states(sqlite_world)[0] == "spoiled")
    qtbot.waitUntil(lambda: len(room.verify.rows.rows) == 2)
    room.verify.table.choose(1)
    room.verify.spoiled.click()
    qtbot.waitUntil(lambda: states(sqlite_world) == ["spoiled", "printed", "spoiled"])
    qtbot.waitUntil(lambda: len(room.verify._acts) == 3)
    QTest.keyClick(room.verify.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    room.take_scan(command_code(Command.UNDO))
    qtbot.waitUntil(lambda: states(sqlite_world) == ["confirmed", "printed", "printed"])


def test_trouble_holds_the_labels_scanned_until_they_are_tried_again(
    qtbot: QtBot, opened: Opened, tags: list[str], sqlite_world: World, tmp_path: Path
) -> None:
    sqlite_world.base.database.timeout = 0.05  # the lane's connection, opened later, takes it over
    printed(sqlite_world, tmp_path, tags[:2])
    room = opened()
    room.turn_to(1)
    other = open_database(str(sqlite_world.base.path), bind=False)
    with other.atomic():
        for tag in tags[:2]:
            room.take_scan(tag)
        qtbot.waitUntil(lambda: len(room.verify._held) == 2)
        assert (room.unanswered(), room.is_held()) == (2, True)
    other.close()
    with qtbot.waitSignal(room.settled):
        room.verify.banner._retry.click()
    assert states(sqlite_world) == ["confirmed"] * 2


def test_the_journal_is_filtered_searched_copied_and_printed_again(
    qtbot: QtBot, opened: Opened, tags: list[str], sqlite_world: World, tmp_path: Path
) -> None:
    printed(sqlite_world, tmp_path, tags)
    labelling.confirm(sqlite_world.session, tags[1])
    room = opened()
    room.turn_to(2)
    journal = room.journal
    qtbot.waitUntil(lambda: len(journal.rows.rows) == 5)
    journal.states[LabelState.CONFIRMED].click()
    qtbot.waitUntil(lambda: [journal.rows.index(0, 0).data(), len(journal.rows.rows)] == [tags[1], 1])
    journal.states[LabelState.CONFIRMED].click()
    room.take_scan(tags[3])
    qtbot.waitUntil(lambda: [journal.rows.index(0, 0).data(), len(journal.rows.rows)] == [tags[3], 1])
    journal.table.choose(0)
    QTest.keyClick(journal.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert tags[3] in QGuiApplication.clipboard().text()
    journal.again.click()
    qtbot.waitUntil(lambda: room.printing.labels == 1)
    assert room.segments[0].isChecked()
    assert room.printing.choice.chosen().tags == (tags[3],)


def test_the_label_selected_in_the_journal_is_spoiled(
    qtbot: QtBot, opened: Opened, tags: list[str], sqlite_world: World, tmp_path: Path
) -> None:
    printed(sqlite_world, tmp_path, tags[:1])
    room = opened()
    room.turn_to(2)
    qtbot.waitUntil(lambda: len(room.journal.rows.rows) == 1)
    room.journal.table.choose(0)
    room.journal.spoiled.click()
    qtbot.waitUntil(lambda: states(sqlite_world) == ["spoiled"])
    qtbot.waitUntil(room.journal.banner.isVisible)
