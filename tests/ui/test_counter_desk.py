"""What is chosen for a sitting and remembered, and the papers, sounds and entries around the counter."""

from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest
import shiboken6
from PySide6.QtCore import QSettings, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tablet_loans.domain.barcode import sheet_code
from tablet_loans.domain.loan import ReceivedBy
from tablet_loans.domain.settings import Settings
from tablet_loans.services import serving
from tablet_loans.services.desk import Desk, Mode
from tests.builders import CAMPAIGN, World
from tests.ui.at_the_counter import press, rows, serve
from ui.desk_memory import recalled
from ui.dialogs.camera import Camera
from ui.dialogs.desk_choices import DeskChoices
from ui.dialogs.scanner_test import ScannerTest
from ui.jobs import Jobs
from ui.printing import Printer
from ui.scanning import ScanFilter
from ui.screens.counter import Counter
from ui.sounds import Sound, Sounds


@pytest.fixture
def memory(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)


def open_choices(counter: Counter) -> DeskChoices:
    press(counter, Qt.Key.Key_F6)
    return next(window for window in QApplication.topLevelWidgets() if isinstance(window, DeskChoices))


def has_campaigns(counter: Counter) -> bool:
    return counter.chosen.campaigns is not None


def uai_of(world: World, school: int) -> str:
    return str(world.base.execute("SELECT uai FROM school WHERE id = ?", (school,)).fetchone()[0])


def test_campaign_schools_and_date_are_chosen_by_keys_alone(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    lilas = uai_of(sqlite_world, sqlite_world.school(name="Collège Les Lilas"))
    sqlite_world.campaign("Été 2026", due_on=date(2026, 9, 1))
    counter.refresh()
    qtbot.waitUntil(lambda: len(counter.chosen.campaigns or []) == 2)
    choices = open_choices(counter)
    choices.campaigns.setFocus()
    QTest.keyClick(choices.campaigns, Qt.Key.Key_Down)
    QTest.keyClicks(choices.search, "lilas")
    qtbot.waitUntil(lambda: choices.schools.count() == 1)
    QTest.keyClick(choices.search, Qt.Key.Key_Return)
    QTest.keyClick(choices.search, Qt.Key.Key_Return)
    assert counter.chosen.desk == Desk(campaign="Été 2026", schools=(lilas,))
    assert [words for _, words in counter.head.desk.parts] == [
        "Été 2026", "Collège Les Lilas", "Due back on 1 September 2026",
    ]  # fmt: skip


def test_a_date_of_ones_own_is_chosen_beside_the_campaign_s(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    choices = open_choices(counter)
    choices.own_date.setChecked(False)
    choices.due.selectAll()
    QTest.keyClicks(choices.due, "1/4/2026")
    QTest.keyClick(choices.search, Qt.Key.Key_Return)
    assert choices.isVisible()
    choices.due.selectAll()
    QTest.keyClicks(choices.due, "1/6")
    choices.by_guardian.setChecked(True)
    QTest.keyClick(choices.search, Qt.Key.Key_Return)
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag)
    loan = rows(counter)[0].loan
    assert loan is not None
    assert (loan.due_on, loan.received_by) == (date(2026, 6, 1), ReceivedBy.GUARDIAN)


def test_a_school_chosen_is_left_again(counter: Counter, sqlite_world: World) -> None:
    lilas = uai_of(sqlite_world, sqlite_world.school(name="Collège Les Lilas"))
    counter.chosen.take(Desk(campaign=CAMPAIGN, schools=(lilas,)), serving.schools_known(sqlite_world.session, [lilas]))
    choices = open_choices(counter)
    choices.schools.item(0).setCheckState(Qt.CheckState.Unchecked)
    QTest.keyClick(choices.search, Qt.Key.Key_Return)
    assert counter.chosen.desk.schools == ()


def test_the_sitting_is_remembered_but_not_its_mode(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs, memory: QSettings
) -> None:
    uai = uai_of(sqlite_world, sqlite_world.school(name="Collège Les Lilas"))
    for turn in range(2):
        counter = Counter(sqlite_world.session, jobs)
        counter.memory = memory
        qtbot.addWidget(counter)
        counter.show()
        qtbot.waitUntil(partial(has_campaigns, counter))
        if turn:
            continue
        counter.chosen.take(Desk(campaign=CAMPAIGN, due_on=date(2026, 6, 1), schools=(uai,)), [])
        for key in (Qt.Key.Key_F3, Qt.Key.Key_F7, Qt.Key.Key_F8, Qt.Key.Key_F9):
            press(counter, key)
        assert counter.chosen.desk.mode is Mode.RETURN
    assert counter.chosen.desk == Desk(campaign=CAMPAIGN, due_on=date(2026, 6, 1), schools=(uai,))
    assert (counter.chosen.sitting.prints, counter.chosen.sitting.is_discreet) == (True, True)
    assert not counter.chosen.sitting.is_heard
    assert [school.name for school in counter.chosen.schools] == ["Collège Les Lilas"]


def test_a_due_date_that_has_come_is_the_campaign_s_again(memory: QSettings) -> None:
    memory.setValue("counter/due_on", "2026-06-01")
    assert recalled(memory, date(2026, 5, 31)).desk.due_on == date(2026, 6, 1)
    assert recalled(memory, date(2026, 6, 1)).desk.due_on is None


def test_a_loan_is_printed_at_check_out_and_its_file_thrown_away(
    qtbot: QtBot, counter: Counter, sqlite_world: World, tmp_path: Path
) -> None:
    printed = tmp_path / "printed.pdf"
    counter.papers.printer = Printer(counter.papers, file=printed)
    press(counter, Qt.Key.Key_F7)
    serve(qtbot, counter, sqlite_world.pupil(), sqlite_world.device())
    folder = counter.papers.kept.folder
    assert folder is not None
    qtbot.waitUntil(lambda: printed.exists() and not list(folder.iterdir()), timeout=20_000)
    counter.papers.throw_away()
    assert not folder.exists()


def test_a_sheet_that_is_already_signed_is_not_printed_again(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    (campaign,) = sqlite_world.base.execute("SELECT id FROM campaign").fetchone()
    press(counter, Qt.Key.Key_F7)
    serve(qtbot, counter, sheet_code(sqlite_world.pupil(), campaign), sqlite_world.device())
    assert counter.papers.kept.folder is None


def test_a_printer_that_fails_stops_no_scan_and_is_asked_again(
    qtbot: QtBot, counter: Counter, sqlite_world: World, tmp_path: Path
) -> None:
    counter.papers.printer = Printer(counter.papers)
    counter.papers.printer.use("There is no such printer")
    press(counter, Qt.Key.Key_F7)
    serve(qtbot, counter, sqlite_world.pupil(), sqlite_world.device())
    again = counter.operations._unprinted
    qtbot.waitUntil(again.isVisible, timeout=20_000)
    assert again.text() == "1 agreement not printed: again"
    assert counter.banner._retry.text() == "Choose a printer"
    serve(qtbot, counter, sqlite_world.pupil("Kaya", "Emre"), sqlite_world.device(state="to_prepare"))
    printed = tmp_path / "printed.pdf"
    counter.papers.throw_away()
    counter.papers.printer = Printer(counter.papers, file=printed)
    again.click()
    qtbot.waitUntil(printed.exists, timeout=20_000)
    assert not again.isVisible()
    counter.papers.throw_away()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[QUrl]:
    """Return the files that are opened, instead of opening them."""
    files: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", files.append)
    return files


def test_the_session_sheet_tells_what_was_lent_and_refused(
    qtbot: QtBot, counter: Counter, sqlite_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    opened: list[QUrl],
) -> None:  # fmt: skip
    file = tmp_path / "sheet"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_asked: (str(file), ""))
    tag = sqlite_world.device()
    serve(qtbot, counter, sqlite_world.pupil(), tag, "ZZ-12")
    counter.seldom.write_session_sheet()
    qtbot.waitUntil(lambda: len(opened) == 1)
    told = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(opened[0].toLocalFile()))
    assert tag in told
    assert "ZZ-12" in told


def test_the_command_codes_are_written(
    qtbot: QtBot, counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: list[QUrl]
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_asked: (str(tmp_path / "codes.pdf"), ""))
    counter.papers.write_commands()
    qtbot.waitUntil(lambda: len(opened) == 1)
    assert (tmp_path / "codes.pdf").stat().st_size > 1_000


def test_three_sounds_tell_what_happened_and_a_key_silences_them(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    heard: list[Sound] = []

    class Heard(Sounds):
        """Sounds without a loudspeaker."""

        def play(self, sound: Sound) -> None:
            heard.append(sound)

    counter.sounds = Heard(counter)
    tag = sqlite_world.device()
    serve(qtbot, counter, sqlite_world.pupil(), tag, "ZZ-12")
    assert heard == [Sound.NOTICE, Sound.DONE, Sound.REFUSED]
    press(counter, Qt.Key.Key_F9)
    serve(qtbot, counter, tag)
    assert len(heard) == 3


def test_the_scanner_s_test_page_opens_from_the_menu(counter: Counter) -> None:
    page = next(act for act in counter.head.menu.actions() if act.text() == "Scanner test page")
    page.trigger()
    assert any(isinstance(window, ScannerTest) and window.isVisible() for window in QApplication.topLevelWidgets())


def test_what_a_camera_reads_goes_the_way_of_the_scanner(qtbot: QtBot, qapp: QApplication, counter: Counter) -> None:
    scanner, heard = ScanFilter(Settings(), parent=qapp), list[str]()
    scanner.pressed.connect(lambda: heard.append("pressed"))
    scanner.scanned.connect(heard.append)
    next(act for act in counter.head.menu.actions() if act.text() == "Read with a camera…").trigger()
    (camera,) = counter.findChildren(Camera)
    qtbot.addWidget(camera)
    camera.scanned.emit("]C0ML-000123-K")
    assert heard == ["pressed", "]C0ML-000123-K"]
    assert counter.is_quiet()
    assert rows(counter) == []
    camera.close()
    shiboken6.delete(scanner)


def test_the_lock_is_asked_from_the_menu(qtbot: QtBot, counter: Counter) -> None:
    lock = next(act for act in counter.head.menu.actions() if act.text().startswith("Lock"))
    with qtbot.waitSignal(counter.lock_asked):
        lock.trigger()


@pytest.mark.parametrize("size", [(1072, 680), (1712, 1080), (612, 532), (623, 330)])
def test_no_part_of_the_counter_covers_another(counter: Counter, size: tuple[int, int]) -> None:
    counter.resize(*size)
    QApplication.processEvents()
    parts = [counter.head, counter.field, counter.happening, counter.operations]
    assert all(upper.geometry().bottom() < lower.geometry().top() for upper, lower in pairwise(parts))
    assert counter.happening.geometry().right() < counter.choices.geometry().left()
    assert counter.rect().contains(counter.operations.geometry())
    assert counter.operations.list.viewport().height() >= 0
