"""A window over a real base, its lanes closed at the end."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.builders import World
from ui import theme
from ui.jobs import Jobs
from ui.screens.counter import Counter


@pytest.fixture
def jobs(qapp: QApplication, sqlite_world: World) -> Iterator[Jobs]:
    """Return the lanes of the world's session."""
    lanes = Jobs(sqlite_world.session, qapp)
    yield lanes
    lanes.shut_down()


@pytest.fixture
def counter(qtbot: QtBot, qapp: QApplication, sqlite_world: World, jobs: Jobs) -> Counter:
    """Return a counter with the focus in its field and its campaign read."""
    theme.apply(qapp, theme.Scheme.LIGHT)
    screen = Counter(sqlite_world.session, jobs)
    qtbot.addWidget(screen)
    screen.resize(1072, 720)
    screen.show()
    screen.activateWindow()
    screen.take_focus()
    qtbot.waitUntil(lambda: screen.chosen.campaigns is not None)
    return screen
