"""What narrows the list of the MDM room is remembered."""

from pathlib import Path

from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from tablet_loans.domain.finding import FindingFilter, FindingKind
from tests.builders import World
from ui.jobs import Jobs
from ui.screens.mdm import MdmScreen
from ui.widgets.mdm_filters import MdmFilters


def test_what_narrows_the_list_is_taken_up_again(qtbot: QtBot, sqlite_world: World, jobs: Jobs, tmp_path: Path) -> None:
    memory = QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)
    rooms = []
    for _ in range(2):
        room = MdmScreen(sqlite_world.session, jobs)
        room.memory = memory
        qtbot.addWidget(room)
        room.show()
        rooms.append(room)
        room.filters.set_part("mdm", "School" if len(rooms) == 1 else room.filters.chosen.mdm)
    assert rooms[1].filters.chosen == FindingFilter(mdm="School")


def test_a_kind_is_kept_by_its_name_and_one_that_is_not_known_is_left(qtbot: QtBot) -> None:
    filters = MdmFilters()
    qtbot.addWidget(filters)
    filters.set_kind(FindingKind.NOT_SEEN)
    kept = filters.kept()
    filters.clear()
    filters.recall(kept)
    assert filters.chosen == FindingFilter(FindingKind.NOT_SEEN)
    filters.recall({"kind": "of another version", "school": "0690001A"})
    assert filters.chosen == FindingFilter(school="0690001A")
