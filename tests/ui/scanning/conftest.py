"""A window in front that the scan filter listens to."""

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtWidgets import (
    QApplication,
)
from pytestqt.qtbot import QtBot

from tablet_loans.domain.settings import Settings
from tests.ui.scanning.place import Heard, Place
from ui.scanning import ScanFilter


@pytest.fixture
def listening(qapp: QApplication) -> Iterator[ScanFilter]:
    """Return a filter on the program."""
    scans = ScanFilter(Settings())
    scans.install(qapp)
    yield scans
    shiboken6.delete(scans)


@pytest.fixture
def heard(listening: ScanFilter) -> Heard:
    """Return what the filter says."""
    said = Heard()
    listening.scanned.connect(said.scans.append)
    listening.doubled.connect(said.doubles.append)
    listening.arrived.connect(said.arrivals.append)
    return said


@pytest.fixture
def place(qtbot: QtBot, listening: ScanFilter) -> Place:
    """Return a window in front that the filter listens to, its field in focus."""
    assert listening is not None
    window = Place()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.field.setFocus()
    return window
