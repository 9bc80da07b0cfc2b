"""A ready tablet scanned at the counter tells for whom it would be: quietly, and never before a queue's eyes."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tablet_loans.domain.mark import MarkKind
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import marking
from tablet_loans.services.desk import Did
from tests.builders import CAMPAIGN, World, new_session
from tests.services.promised import applied, in_need, plain_device, promises
from tests.ui.at_the_counter import did, press, serve, settle
from ui.jobs import Jobs
from ui.screens.counter import Counter
from ui.widgets.outcome_words import said


def notices(counter: Counter) -> list[str]:
    assert counter._shown is not None
    return [each.spoken() for each in said(counter._shown, counter._voice()).notices]


def written(counter: Counter) -> str:
    """Return the newest row of the list, as it is read aloud."""
    return str(counter.operations.rows.index(0).data())


def test_a_ready_tablet_tells_the_rank_and_the_school_of_who_waits(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    in_need(sqlite_world, "Kaya")
    applied(sqlite_world)
    tag = sqlite_world.device()
    serve(qtbot, counter, tag)
    qtbot.waitUntil(lambda: len(notices(counter)) == 1)
    assert "Collège Les Iris" in notices(counter)[0]
    assert "KAYA" not in notices(counter)[0].upper()
    assert counter.field.hasFocus()
    counter.chosen.toggle_discreet()
    qtbot.waitUntil(lambda: notices(counter) == [])
    press(counter, Qt.Key.Key_F12)
    qtbot.wait(50)
    assert promises(sqlite_world) == []


def test_who_is_served_next_is_served_whatever_is_offered(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    in_need(sqlite_world, "Kaya")
    applied(sqlite_world)
    tag, pupil = sqlite_world.device(), sqlite_world.pupil("Brun")
    serve(qtbot, counter, tag, pupil)
    assert sqlite_world.state_of(tag) == "on_loan"
    assert counter._shown is not None
    assert counter._shown.tablet is not None


def test_without_a_plan_nothing_is_said(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    in_need(sqlite_world, "Kaya")
    serve(qtbot, counter, sqlite_world.device())
    qtbot.wait(50)
    assert notices(counter) == []


def test_a_key_promises_it_once_and_only_while_the_card_tells_of_it(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    for name in ("Kaya", "Brun"):
        in_need(sqlite_world, name)
    applied(sqlite_world)
    press(counter, Qt.Key.Key_F12)
    tag, other = sqlite_world.device(), sqlite_world.device()
    serve(qtbot, counter, tag)
    qtbot.waitUntil(lambda: len(notices(counter)) == 1)
    for _ in range(2):
        press(counter, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: len(promises(sqlite_world)) == 1)
    assert counter.field.hasFocus()
    press(counter, Qt.Key.Key_Escape)
    press(counter, Qt.Key.Key_F12)
    serve(qtbot, counter, other, sqlite_world.pupil("Roux"))
    press(counter, Qt.Key.Key_F12)
    settle(qtbot, counter)
    assert len(promises(sqlite_world)) == 1
    assert promises(sqlite_world)[0][1] == "promised"


def test_a_promise_made_by_key_is_listed_and_undone_by_the_same_key_as_all_acts(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    in_need(sqlite_world, "Kaya")
    applied(sqlite_world)
    serve(qtbot, counter, sqlite_world.device(), sqlite_world.pupil("Brun"))
    tag = sqlite_world.device()
    serve(qtbot, counter, tag)
    qtbot.waitUntil(lambda: len(notices(counter)) == 1)
    press(counter, Qt.Key.Key_F12)
    settle(qtbot, counter)
    assert did(counter) == [Did.PROMISED, Did.LENT]
    assert "Collège Les Iris" in written(counter)
    assert "KAYA" not in written(counter).upper()
    counter.chosen.toggle_discreet()
    assert "Collège Les Iris" not in written(counter)
    counter.chosen.toggle_discreet()
    assert counter._pending.is_empty
    counter.field.undo_asked.emit()
    settle(qtbot, counter)
    assert did(counter) == [Did.UNDID, Did.LENT]
    assert promises(sqlite_world) == []
    assert sqlite_world.state_of(tag) == "ready"
    counter.field.undo_asked.emit()
    settle(qtbot, counter)
    assert did(counter) == [Did.UNDID, Did.UNDID]


def test_undoing_right_after_a_promise_undoes_the_promise(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    in_need(sqlite_world, "Kaya")
    applied(sqlite_world)
    serve(qtbot, counter, sqlite_world.device(), sqlite_world.pupil("Brun"))
    serve(qtbot, counter, sqlite_world.device())
    qtbot.waitUntil(lambda: len(notices(counter)) == 1)
    press(counter, Qt.Key.Key_F12)
    counter.field.undo_asked.emit()
    settle(qtbot, counter)
    assert did(counter) == [Did.UNDID, Did.LENT]


def test_a_loan_that_leaves_a_promise_without_a_tablet_says_so_until_the_next_scan(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    in_need(sqlite_world, "Kaya", is_cellular=True)
    tag, other = sqlite_world.device(), sqlite_world.pupil("Brun")
    applied(sqlite_world)
    serve(qtbot, counter, tag, other)
    qtbot.waitUntil(lambda: len(notices(counter)) == 1)
    assert did(counter) == [Did.LENT]
    press(counter, Qt.Key.Key_2)
    settle(qtbot, counter)
    assert len(notices(counter)) == 1
    press(counter, Qt.Key.Key_Escape)
    assert counter._shown is None


def test_who_was_set_aside_is_told_of_before_and_after_the_loan_but_not_to_a_queue(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    aside = in_need(sqlite_world, "Kaya")
    marking.mark(sqlite_world.session, CAMPAIGN, str(aside), MarkKind.EXCLUDED, "Déménage en mai")
    serve(qtbot, counter, aside)
    qtbot.waitUntil(lambda: len(notices(counter)) == 1)
    serve(qtbot, counter, sqlite_world.device())
    qtbot.waitUntil(lambda: len(notices(counter)) == 1)
    assert did(counter) == [Did.LENT]
    counter.chosen.toggle_discreet()
    qtbot.waitUntil(lambda: notices(counter) == [])


def test_who_runs_no_campaign_is_told_and_has_no_such_key(
    qtbot: QtBot, sqlite_world: World, qapp: QApplication
) -> None:
    in_need(sqlite_world, "Kaya")
    applied(sqlite_world)
    tag = sqlite_world.device()
    technician = new_session(sqlite_world.base, "machine-2", Actor("T. Leroy", Role.TECHNICIAN))
    jobs = Jobs(technician, qapp)
    screen = Counter(technician, jobs)
    qtbot.addWidget(screen)
    screen.show()
    qtbot.waitUntil(lambda: screen.chosen.campaigns is not None)
    serve(qtbot, screen, tag)
    qtbot.waitUntil(lambda: len(notices(screen)) == 1)
    assert "F12" not in notices(screen)[0]
    jobs.shut_down()


def test_the_card_of_a_pupil_tells_what_is_promised(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    plain_device(sqlite_world)
    promised, other = in_need(sqlite_world, "Kaya"), sqlite_world.pupil("Brun")
    applied(sqlite_world)
    serve(qtbot, counter, promised)
    qtbot.waitUntil(lambda: notices(counter) == ["Promised: tablet without extras"])
    press(counter, Qt.Key.Key_Escape)
    serve(qtbot, counter, other)
    qtbot.wait(50)
    assert notices(counter) == []
