"""What tests of the allocation's window do again and again: pupils in need, a plan reserved, the rules opened."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.need import Answer, Equipment, Source, Told
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import asking
from tests.builders import CAMPAIGN, World
from ui.dialogs.rules import RulesDialog
from ui.screens.allocation import Allocation

ASKED = Told(date(2026, 4, 1), "", Source.GRID)
APART_MS = 30_000
Opened = Callable[..., Allocation]


def in_need(world: World, school: int, name: str, equipment: Equipment = Equipment.NONE) -> PupilId:
    pupil = world.pupil(name, school_id=school)
    asking.set_answer(world.session, campaign=CAMPAIGN, pupil=str(pupil), answer=Answer(equipment), told=ASKED)
    return pupil


def promises(world: World) -> list[tuple[int, str]]:
    rows = world.base.execute("SELECT pupil_id, state FROM reservation ORDER BY pupil_id").fetchall()
    return [(row[0], row[1]) for row in rows]


def reserve(qtbot: QtBot, screen: Allocation) -> None:
    QTest.mouseClick(screen.head.reserve, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(screen.preview.isVisible, timeout=APART_MS)
    assert screen.preview.stay.hasFocus()
    QTest.mouseClick(screen.preview.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not screen.work.is_busy(), timeout=APART_MS)


def rules_dialog(qtbot: QtBot, screen: Allocation) -> RulesDialog:
    screen.head.rules.click()
    dialog = screen.findChild(RulesDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.attempt.isEnabled)
    return dialog
