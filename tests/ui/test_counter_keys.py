"""Number keys, command codes and names: what is said of the tablet in hand."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.barcode import Command, command_code, kit_code
from tablet_loans.domain.device import Condition
from tablet_loans.domain.loan import ReceivedBy
from tablet_loans.services.desk import IDLE, Did
from tests.builders import World
from tests.ui.at_the_counter import did, enter, kept, press, rows, scan, serve, settle, type_marks
from ui.screens.counter import Counter
from ui.widgets.number_keys import About


def test_a_key_returns_the_lent_tablet_that_is_shown(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag, tag)
    assert counter.noting.keys.about is About.RETURNING
    press(counter, Qt.Key.Key_0)
    settle(qtbot, counter)
    assert did(counter) == [Did.RETURNED, Did.LENT]


def test_number_keys_say_who_took_the_tablet_and_what_was_not_given(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag)
    for key in (Qt.Key.Key_2, Qt.Key.Key_5):
        press(counter, key)
        settle(qtbot, counter)
    assert kept(sqlite_world, "received_by") == ["guardian"]
    assert kept(sqlite_world, "missing_kit") == ['["Housse"]']
    assert did(counter) == [Did.LENT]
    assert counter.operations.rows.index(0).data().endswith("Received by a guardian  ·  Missing: Housse")


def test_number_keys_before_the_tablet_count_for_the_loan(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil)
    press(counter, Qt.Key.Key_2)
    assert counter.noting.keys.receiver is ReceivedBy.GUARDIAN
    serve(qtbot, counter, tag)
    assert kept(sqlite_world, "received_by") == ["guardian"]
    assert len(rows(counter)[0].ledger_ids) == 1


def test_number_keys_say_the_condition_of_a_returned_tablet(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag, tag, tag)
    for key in (Qt.Key.Key_3, Qt.Key.Key_4):
        press(counter, key)
        settle(qtbot, counter)
    assert kept(sqlite_world, "condition_in") == ["damaged"]
    assert [row.loan.condition for row in rows(counter)[:1] if row.loan] == [Condition.DAMAGED]
    assert counter.noting.keys.lacking == ("Chargeur",)


def test_condition_and_kit_are_said_by_codes_alone(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    codes = (command_code(Command.GUARDIAN_RECEIVED), tag, tag, command_code(Command.WORN), kit_code("chargeur"))
    serve(qtbot, counter, pupil, codes[0], tag, *codes[1:])
    assert kept(sqlite_world, "received_by") == ["guardian"]
    assert kept(sqlite_world, "condition_in") == ["worn"]
    assert kept(sqlite_world, "missing_kit") == ['["Chargeur"]']


def test_a_condition_without_a_tablet_changes_nothing(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag, command_code(Command.NEXT_PUPIL), command_code(Command.GUARDIAN_RECEIVED))
    assert kept(sqlite_world, "received_by") == ["pupil"]
    assert counter._pending == IDLE


def test_another_person_is_named_in_the_field(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag)
    press(counter, Qt.Key.Key_3)
    settle(qtbot, counter)
    enter(counter, "Mme 2 Souza")
    settle(qtbot, counter)
    assert kept(sqlite_world, "received_name") == ["Mme 2 Souza"]
    assert kept(sqlite_world, "received_by") == ["other"]
    assert not counter.noting.is_naming


def test_escape_leaves_the_name_and_keeps_who_took_it(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag)
    press(counter, Qt.Key.Key_3)
    QTest.keyClicks(counter.field, "Mme")
    press(counter, Qt.Key.Key_Escape)
    settle(qtbot, counter)
    assert counter.field.text() == ""
    assert kept(sqlite_world, "received_by") == ["pupil"]
    assert counter.noting.keys.about is About.HANDING


def test_a_scan_while_a_name_is_asked_is_a_scan_and_the_name_goes_to_nobody_else(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    tag, first, second = sqlite_world.device(), sqlite_world.pupil(), sqlite_world.pupil("Kaya", "Emre")
    serve(qtbot, counter, first, tag)
    press(counter, Qt.Key.Key_3)
    QTest.keyClicks(counter.field, "Mme Souza")
    scan(counter, second)
    press(counter, Qt.Key.Key_Return)
    settle(qtbot, counter)
    assert kept(sqlite_world, "received_name") == [""]
    assert counter._pending.pupil is not None
    assert counter._pending.noted.received_name is None


def test_a_name_asked_before_the_tablet_is_noted_after_it(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil)
    press(counter, Qt.Key.Key_3)
    QTest.keyClicks(counter.field, "Mme Souza")
    serve(qtbot, counter, tag)
    press(counter, Qt.Key.Key_Return)
    settle(qtbot, counter)
    assert kept(sqlite_world, "received_name") == ["Mme Souza"]


def test_figures_are_text_after_a_space_and_where_no_panel_shows(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    QTest.keyClicks(counter.field, "20")
    assert counter.field.text() == "20"
    counter.field.clear()
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag)
    QTest.keyClicks(counter.field, " 2")
    assert counter.field.text() == " 2"
    assert kept(sqlite_world, "received_by") == ["pupil"]


@pytest.mark.parametrize(("mark", "is_there"), [("(", True), ('"', False), ("é", False)])
def test_the_unshifted_row_of_a_french_keyboard_gives_figures(
    qtbot: QtBot, counter: Counter, sqlite_world: World, mark: str, *, is_there: bool
) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag)
    with qtbot.waitSignal(counter.field.figured) as figured:
        type_marks(counter, mark)
    assert figured.args == [{"(": 5, '"': 3, "é": 2}[mark]]
    settle(qtbot, counter)
    assert bool(counter.noting.keys.lacking) is is_there


def test_a_name_that_begins_with_an_accent_is_typed_whole(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag)
    type_marks(counter, "éloïse")
    assert counter.field.text() == "éloïse"
    settle(qtbot, counter)
    assert kept(sqlite_world, "received_by") == ["pupil"]


def test_a_letter_of_another_place_than_the_french_figures_is_text(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag)
    type_marks(counter, "(", scan_code=25)
    assert counter.field.text() == "("


def test_undoing_takes_back_what_was_noted_too(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag)
    press(counter, Qt.Key.Key_2)
    QTest.keyClick(counter.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, counter)
    assert did(counter) == [Did.UNDID]
    assert sqlite_world.loan_states() == ["cancelled"]
