"""Where the focus goes when the MDM room is entered."""

from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.builders import World
from ui.jobs import Jobs
from ui.screens.mdm import MdmScreen


def test_the_focus_waits_for_what_connects_an_mdm_where_none_is(
    qtbot: QtBot, qapp: QApplication, sqlite_world: World, jobs: Jobs
) -> None:
    window, rail, room = QWidget(), QPushButton("rail"), MdmScreen(sqlite_world.session, jobs)
    row = QHBoxLayout(window)
    row.addWidget(rail)
    row.addWidget(room)
    room.hide()
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    room.show()
    room.take_focus()
    assert room.search.hasFocus()
    qtbot.waitUntil(lambda: room._board is not None)
    assert qapp.focusWidget() is room.list.empty.act
