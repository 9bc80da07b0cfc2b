"""A whole day through the window, typed as a scanner types."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.builders import World
from tests.journeys import day
from tests.ui import typing_as_a_scanner
from ui import theme
from ui.dialogs.receive import Receive
from ui.jobs import Jobs
from ui.main_window import MainWindow
from ui.scanning import ScanFilter
from ui.screens.devices import Devices


@dataclass
class WindowHands:
    """A scanner in front of a window of this process."""

    window: MainWindow
    qtbot: QtBot

    def scan(self, text: str) -> None:
        """Scan a code."""
        typing_as_a_scanner.scan(self.window, text)

    def open_receive(self) -> None:
        """Go to the devices and open the dialog that receives."""
        devices = self.window.screen_of("devices")
        assert isinstance(devices, Devices)
        devices.open_receive()
        self.qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), Receive))

    def close_receive(self) -> None:
        """Close it and go back to the counter."""
        dialog = QApplication.activeWindow()
        assert isinstance(dialog, Receive)
        self.qtbot.waitUntil(lambda: not dialog.unanswered())
        dialog.close()
        self.window.activateWindow()
        self.qtbot.waitUntil(lambda: QApplication.activeWindow() is self.window)
        self.window.screen_of("counter")

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until it is so."""
        self.qtbot.waitUntil(is_so, timeout=20_000)


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, sqlite_world: World) -> Iterator[MainWindow]:
    """Return the program's window, listening to a scanner."""
    theme.apply(qapp, theme.Scheme.LIGHT)
    jobs, scanner = Jobs(sqlite_world.session, qapp), ScanFilter(sqlite_world.session.settings)
    shown = MainWindow(sqlite_world.session, jobs)
    qtbot.addWidget(shown)
    scanner.install(qapp)
    shown.listen_to(scanner)
    shown.show()
    shown.activateWindow()
    yield shown
    jobs.shut_down()


def test_a_day_of_twenty_families_is_told_exactly(
    qtbot: QtBot, sqlite_world: World, tmp_path: Path, window: MainWindow
) -> None:
    work = day.prepared(sqlite_world, tmp_path)
    work.work(WindowHands(window, qtbot))
    work.must_be_told()
