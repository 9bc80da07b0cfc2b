"""A window over a real base, its lanes closed at the end."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tablet_loans.domain.need import Equipment
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import allocating
from tests.builders import CAMPAIGN, World
from tests.ui.at_the_allocation import Opened, in_need
from ui import theme
from ui.jobs import Jobs
from ui.screens.allocation import Allocation
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


@pytest.fixture
def pupils(sqlite_world: World) -> list[PupilId]:
    """Return five pupils in need at two schools, three tablets being ready: the second school is served less."""
    iris, canuts = sqlite_world.school(name="Collège Les Iris"), sqlite_world.school(name="Lycée Les Canuts")
    nothing = [in_need(sqlite_world, iris, name) for name in ("Benali", "Kaya")]
    shared = [in_need(sqlite_world, canuts, name, Equipment.SHARED) for name in ("Œuvrard", "Sow", "Roux")]
    for _ in range(3):
        sqlite_world.device()
    return nothing + shared


@pytest.fixture
def opened(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> Opened:
    def open_screen(memory: QSettings | None = None) -> Allocation:
        theme.apply(QGuiApplication.instance(), theme.Scheme.LIGHT)  # type: ignore[arg-type]
        screen = Allocation(sqlite_world.session, jobs)
        screen.memory = memory
        qtbot.addWidget(screen)
        screen.resize(1072, 720)
        screen.show()
        screen.activateWindow()
        qtbot.waitUntil(screen.head.rules.isEnabled)
        return screen

    return open_screen


@pytest.fixture
def planned(sqlite_world: World, pupils: list[PupilId], opened: Opened, qtbot: QtBot) -> Allocation:
    """Return the screen with a plan and its schools."""
    assert pupils
    allocating.draft(sqlite_world.session, CAMPAIGN)
    screen = opened()
    qtbot.waitUntil(lambda: len(screen.model.rows) == 2)
    return screen
