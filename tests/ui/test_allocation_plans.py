"""Which plan the allocation shows and reserves, under which rules, and where the focus stands."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.rules import Rules
from tablet_loans.services import allocating, campaigning, ruling
from tests.builders import CAMPAIGN, World
from tests.ui.at_the_allocation import APART_MS, Opened, promises, reserve, rules_dialog
from ui.message import Message
from ui.screens.allocation import Allocation


def test_the_room_puts_the_focus_on_the_schools_or_on_the_one_button(qtbot: QtBot, planned: Allocation) -> None:
    planned.take_focus()
    assert planned.table.hasFocus()
    planned.head.make.click()
    assert planned.table.hasFocus()
    qtbot.waitUntil(lambda: planned._seen.plans == 2, timeout=APART_MS)
    assert planned.table.hasFocus()
    planned.head.history.trigger()
    planned.history.closed.emit()
    assert planned.table.hasFocus()


def test_without_a_plan_the_focus_is_on_the_one_button(qtbot: QtBot, opened: Opened, pupils: list[PupilId]) -> None:
    assert pupils
    screen = opened()
    screen.take_focus()
    qtbot.waitUntil(screen.empty.act.hasFocus)
    assert not screen.head.make.isVisible()


def test_the_question_opens_on_the_harmless_answer(qtbot: QtBot, planned: Allocation, sqlite_world: World) -> None:
    reserve(qtbot, planned)
    qtbot.waitUntil(lambda: planned._seen.applied() is not None)
    QTest.keyClick(planned.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    ask = planned.findChild(Message)
    assert ask is not None
    qtbot.waitUntil(ask.stay.hasFocus)
    QTest.keyClick(ask.focusWidget(), Qt.Key.Key_Space)
    assert not ask.isVisible()
    assert [state for _, state in promises(sqlite_world)] == ["promised"] * 3


def test_the_plan_that_was_looked_at_is_reserved_or_none(
    qtbot: QtBot, planned: Allocation, sqlite_world: World
) -> None:
    planned.head.reserve.click()
    qtbot.waitUntil(planned.preview.isVisible, timeout=APART_MS)
    other = allocating.draft(sqlite_world.session, CAMPAIGN, rules=Rules(reserve=2)).value
    planned.read_again()
    qtbot.waitUntil(lambda: planned._seen.plans == 2)
    assert not planned.preview.isVisible()
    assert planned.banner.isVisible()
    assert promises(sqlite_world) == []
    assert planned._seen.head == other


def test_an_earlier_plan_is_chosen_and_reserved(qtbot: QtBot, planned: Allocation, sqlite_world: World) -> None:
    first = planned._seen.head
    assert first is not None
    allocating.draft(sqlite_world.session, CAMPAIGN, rules=Rules(reserve=2))
    planned.read_again()
    qtbot.waitUntil(lambda: planned._seen.plans == 2)
    planned.head.plans.menu().actions()[1].trigger()
    qtbot.waitUntil(lambda: planned._seen.head == first)
    reserve(qtbot, planned)
    assert len(promises(sqlite_world)) == 3
    qtbot.waitUntil(lambda: planned._seen.applied() is not None)


def test_a_plan_under_other_rules_says_so_and_brings_them_with_a_note(
    qtbot: QtBot, planned: Allocation, sqlite_world: World
) -> None:
    allocating.draft(sqlite_world.session, CAMPAIGN, rules=Rules(criteria=(), reserve=1))
    planned.read_again()
    qtbot.waitUntil(lambda: planned._seen.is_under_other_rules() is True)
    assert planned.head._caution.isVisible()
    planned.head.reserve.click()
    qtbot.waitUntil(planned.preview.isVisible, timeout=APART_MS)
    assert planned.preview.note.isVisible()
    planned.preview.note.setText("the council asked")
    planned.preview.go.click()
    qtbot.waitUntil(lambda: ruling.rules(sqlite_world.session, CAMPAIGN).reserve == 1, timeout=APART_MS)
    qtbot.waitUntil(lambda: "the council asked" in [act.note for act in planned._seen.acts])
    qtbot.waitUntil(lambda: not planned.work.is_busy())


def test_rules_saved_since_hold_the_plan_back_until_they_are_taken_back(
    qtbot: QtBot, planned: Allocation, sqlite_world: World
) -> None:
    dialog = rules_dialog(qtbot, planned)
    dialog.numbers["reserve"].setText("1")
    dialog.note.setText("for late answers")
    dialog.save.click()
    qtbot.waitUntil(lambda: planned._seen.is_overruled() is True)
    assert not planned.head.reserve.isVisible()
    assert planned.head.make.objectName() == "primary"
    planned.activateWindow()
    qtbot.waitUntil(planned.isActiveWindow)
    planned.table.setFocus()
    QTest.keyClick(planned.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: ruling.rules(sqlite_world.session, CAMPAIGN) == Rules())
    qtbot.waitUntil(planned.head.reserve.isVisible)


def test_rules_that_were_refused_come_back_as_they_were_typed(
    qtbot: QtBot, planned: Allocation, sqlite_world: World
) -> None:
    dialog = rules_dialog(qtbot, planned)
    dialog.numbers["reserve"].setText("2")
    campaigning.close(sqlite_world.session, CAMPAIGN)
    dialog.attempt.click()
    assert not dialog.isVisible()
    qtbot.waitUntil(dialog.banner.isVisible, timeout=APART_MS)
    assert dialog.isVisible()
    assert dialog.numbers["reserve"].text() == "2"
    dialog.numbers["reserve"].setText("-3")
    dialog.attempt.click()
    assert dialog.isVisible()


def test_at_two_hundred_percent_four_schools_are_seen(qtbot: QtBot, planned: Allocation) -> None:
    planned.resize(560, 380)
    qtbot.waitUntil(lambda: not planned.head.rules.isVisible())
    qtbot.waitUntil(lambda: planned.table.viewport().height() >= 4 * planned.table.rowHeight(0))
    assert planned.head.reserve.isVisible()
    planned.resize(1072, 720)
    qtbot.waitUntil(planned.head.rules.isVisible)
