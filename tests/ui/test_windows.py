"""Windows before the desk: none flashes, none lets a scan through, none is left with work half asked for."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tablet_loans.domain.identifiers import uai_key
from tablet_loans.domain.settings import Settings
from tablet_loans.services import housekeeping, lending
from tests.builders import World
from ui.dialogs.import_file import ImportFile
from ui.incoming import Kind
from ui.jobs import Jobs
from ui.main_window import MainWindow
from ui.message import Message
from ui.rooms import ROOMS
from ui.screens.pupils import Pupils
from ui.sounds import Sound
from ui.widgets.screen import Screen

UAI = "0690142" + uai_key("0690142")
PATIENCE_MS = 30_000


class Seen(QObject):
    """Keep which parentless widgets are shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(type(watched).__name__)
        return False


@pytest.fixture
def window(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> MainWindow:
    session = dataclasses.replace(sqlite_world.session, settings=Settings())
    made = MainWindow(session, jobs)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    return made


@pytest.fixture
def shown(qapp: QApplication, window: MainWindow) -> Iterator[list[str]]:
    assert window.isVisible()
    seen = Seen()
    qapp.installEventFilter(seen)
    yield seen.shown
    qapp.removeEventFilter(seen)


def heard(window: MainWindow, monkeypatch: pytest.MonkeyPatch, screen: Screen) -> list[str]:
    """Return where scans and refused sounds are kept from now on."""
    kept: list[str] = []
    monkeypatch.setattr(screen, "take_scan", kept.append)
    monkeypatch.setattr(window._sounds, "play", lambda sound: kept.append(sound.value))
    return kept


def test_no_widget_flashes_as_a_window_of_its_own(
    qtbot: QtBot, window: MainWindow, sqlite_world: World, shown: list[str]
) -> None:
    sqlite_world.school(UAI, "Collège Les Iris")
    lending.check_out(sqlite_world.session, code=sqlite_world.device(), pupil_id=sqlite_world.pupil())
    for room in ROOMS:
        screen = window.screen_of(room.name)
        qtbot.waitUntil(screen.isVisible)
    screen = window.screen_of("pupils")
    assert isinstance(screen, Pupils)
    qtbot.waitUntil(lambda: screen.model.row_at(0) is not None)
    screen.table.choose(0)
    qtbot.waitUntil(screen.record.isVisible)
    qtbot.waitUntil(lambda: bool(screen.record.findChildren(QWidget)))
    assert shown == []


def test_a_scan_does_nothing_in_the_room_behind_a_dialog(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = heard(window, monkeypatch, window.screen_of("needs"))
    dialog = QDialog(window)
    dialog.open()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is dialog)
    window._on_scanned("R52MSA70QA")
    window._on_doubled("R52MSA70QA")
    assert kept == [Sound.REFUSED.value]
    dialog.reject()
    window.activateWindow()
    window._on_scanned("R52MSA70QA")
    assert kept == [Sound.REFUSED.value, "R52MSA70QA"]


def test_a_scan_does_nothing_behind_an_import_in_front(
    qtbot: QtBot, window: MainWindow, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = window.screen_of("pupils")
    kept = heard(window, monkeypatch, screen)
    dialog = ImportFile(window._session, jobs, Kind.PUPILS, parent=screen)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    window._on_scanned("R52MSA70QA")
    assert kept == [Sound.REFUSED.value]


def test_a_message_that_only_tells_lets_scans_through(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = heard(window, monkeypatch, window.screen_of("counter"))
    message = Message("Told", "Nothing is asked.", parent=window)
    message.open()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is message)
    window._on_scanned("R52MSA70QA")
    assert kept == ["R52MSA70QA"]


def directory(tmp_path: Path, name: str, count: int) -> Path:
    file = tmp_path / name
    lines = (f"{n:07d}{uai_key(f'{n:07d}')};École {n};École;Bron" for n in range(690000, 690000 + count))
    file.write_text("UAI;Nom;Type;Commune\n" + "\n".join(lines), "utf-8")
    return file


def confirmed(qtbot: QtBot, window: MainWindow, jobs: Jobs, file: Path) -> ImportFile:
    """Return an import of this file that was just confirmed."""
    dialog = ImportFile(window._session, jobs, Kind.SCHOOLS, file, parent=window.screen_of("schools"))
    dialog.show()
    qtbot.waitUntil(dialog.go.isVisible, timeout=PATIENCE_MS)
    dialog.go.click()
    return dialog


def question(window: MainWindow) -> Message | None:
    return next((asked for asked in window.findChildren(Message) if asked.isVisible()), None)


def test_leaving_during_an_import_asks_and_waiting_loses_none_that_is_queued(
    qtbot: QtBot, window: MainWindow, jobs: Jobs, sqlite_world: World, tmp_path: Path
) -> None:
    second = ImportFile(
        window._session, jobs, Kind.SCHOOLS, directory(tmp_path, "b.csv", 3), parent=window.screen_of("schools")
    )
    second.show()
    qtbot.waitUntil(second.go.isVisible, timeout=PATIENCE_MS)
    first = confirmed(qtbot, window, jobs, directory(tmp_path, "a.csv", 3000))
    second.go.click()
    assert "Waiting" in second.strip._words.text()
    assert not window.close()
    asked = question(window)
    assert asked is not None
    assert asked.windowTitle().startswith("2 ")
    stay = next(button for button in asked.findChildren(QPushButton) if button.isDefault())
    stay.click()
    qtbot.waitUntil(lambda: not first.is_writing() and not second.is_writing(), timeout=PATIENCE_MS)
    assert window.isVisible()
    assert sqlite_world.base.execute("SELECT count(*) FROM school").fetchone()[0] == 3000
    assert second.end.isVisible()
    first.close()
    second.close()
    assert window.close()


def test_an_import_is_stopped_and_the_desk_left_when_that_is_said(
    qtbot: QtBot, window: MainWindow, jobs: Jobs, sqlite_world: World, tmp_path: Path
) -> None:
    confirmed(qtbot, window, jobs, directory(tmp_path, "a.csv", 3000))
    window.close()
    asked = question(window)
    assert asked is not None
    asked.accept()
    qtbot.waitUntil(window.isHidden)
    jobs.shut_down()
    assert sqlite_world.base.execute("SELECT count(*) FROM school").fetchone()[0] in (0, 3000)


class Read(Screen):
    """Count how often it is read."""

    times = 0

    def _build(self) -> None:
        QVBoxLayout(self)

    def refresh(self) -> None:
        self.times += 1


def test_a_screen_is_read_again_by_f5_and_when_it_is_entered_much_later(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Read(sqlite_world.session, jobs)
    qtbot.addWidget(screen)
    screen.show()
    assert screen.times == 1
    screen.hide()
    screen.show()
    assert screen.times == 1
    monkeypatch.setattr("ui.widgets.screen._OLD_S", -1.0)
    screen.hide()
    screen.show()
    assert screen.times == 2
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    QTest.keySequence(screen, "F5")
    assert screen.times == 3


def test_what_another_station_did_is_read_and_what_was_done_here_is_not_read_twice(
    window: MainWindow, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    screen = window.screen_of("pupils")
    monkeypatch.setattr(screen, "refresh", lambda: read.append("pupils"))
    here = sqlite_world.session.station
    window._on_last_acts({here: 4, "ZZ": 7})
    window._on_last_acts({here: 4, "ZZ": 7})
    window._on_changed(frozenset())
    window._on_last_acts({here: 5, "ZZ": 7})
    assert read == []
    window._on_last_acts({here: 5, "ZZ": 8})
    assert read == ["pupils"]


def test_the_last_acts_grow_with_each_act(world: World) -> None:
    before = housekeeping.last_acts(world.session)
    lending.check_out(world.session, code=world.device(), pupil_id=world.pupil())
    after = housekeeping.last_acts(world.session)
    assert after[world.session.station] > before.get(world.session.station, 0)
