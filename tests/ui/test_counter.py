"""A counter worked by a scanner and a keyboard: scans and keys in, facts in the base."""

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.barcode import Command, Fault, command_code, sheet_code
from tablet_loans.domain.errors import AlreadyHasOne, DeviceNotReady, UnknownCode
from tablet_loans.domain.keyboard import garbled
from tablet_loans.services import campaigning, serving
from tablet_loans.services.desk import Desk, Did, Mode, Pending
from tests.builders import CAMPAIGN, World
from tests.ui.at_the_counter import close_banner, did, enter, press, rows, scan, serve, settle
from ui.screens.counter import Counter
from ui.widgets.number_keys import About


def test_a_pupil_then_a_tablet_lends(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag)
    assert did(counter) == [Did.LENT]
    assert sqlite_world.state_of(tag) == "on_loan"
    assert counter.happening.said.big == "ABDELMALEK Inès"


def test_a_tablet_then_a_pupil_lends_though_both_are_typed(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, _ = sqlite_world.device(serial="SERIAL1"), sqlite_world.pupil(ine="123456789AB")
    enter(counter, "serial1")
    settle(qtbot, counter)
    enter(counter, " 123456789ab")
    settle(qtbot, counter)
    assert did(counter) == [Did.LENT]
    assert sqlite_world.state_of(tag) == "on_loan"


def test_twenty_signed_sheets_need_forty_scans_and_no_key(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    (campaign,) = sqlite_world.base.execute("SELECT id FROM campaign").fetchone()
    for turn in range(20):
        pupil = sqlite_world.pupil("Kaya", f"Deniz {turn}")
        scan(counter, sheet_code(pupil, campaign))
        scan(counter, sqlite_world.device())
    settle(qtbot, counter)
    assert did(counter) == [Did.LENT] * 20
    signed = sqlite_world.base.execute("SELECT count(*) FROM agreement WHERE state = 'signed'").fetchone()
    assert signed[0] == 20


def test_a_lent_tablet_shows_its_holder_and_returns_when_scanned_again(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    lent, other = sqlite_world.device(), sqlite_world.device()
    first, second = sqlite_world.pupil(), sqlite_world.pupil("Kaya", "Emre")
    serve(qtbot, counter, first, lent, second, lent)
    assert did(counter) == [Did.LENT]
    assert counter.happening.said.big == "ABDELMALEK Inès"
    assert counter.happening.said.notices[0].spoken() == "KAYA Emre still waits for a tablet"
    serve(qtbot, counter, lent, other)
    assert did(counter) == [Did.LENT, Did.RETURNED, Did.LENT]
    assert [row.pupil.id for row in rows(counter)[:1] if row.pupil] == [second]


def test_returning_is_one_scan_and_lending_one_key_away(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag)
    press(counter, Qt.Key.Key_F3)
    serve(qtbot, counter, tag)
    assert did(counter) == [Did.RETURNED, Did.LENT]
    press(counter, Qt.Key.Key_F2)
    serve(qtbot, counter, tag)
    assert counter.chosen.desk.mode is Mode.LEND
    assert did(counter) == [Did.REFUSED, Did.RETURNED, Did.LENT]


def test_a_change_of_mode_waits_for_the_scans_before_it(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    for code in (pupil, tag, command_code(Command.RETURN), tag, command_code(Command.UNDO)):
        scan(counter, code)
    settle(qtbot, counter)
    assert did(counter) == [Did.UNDID, Did.LENT]
    assert sqlite_world.state_of(tag) == "on_loan"


def test_the_tablet_of_a_sibling_is_told_and_swapped_when_scanned_again(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    one, two = sqlite_world.device(), sqlite_world.device()
    emre, deniz = sqlite_world.pupil("Kaya", "Emre"), sqlite_world.pupil("Kaya", "Deniz")
    serve(qtbot, counter, emre, one, deniz, two, command_code(Command.RETURN), emre, two)
    assert counter.happening.said.big == "KAYA Deniz"
    assert counter.noting.keys.about is About.SWAPPING
    serve(qtbot, counter, two)
    assert did(counter)[0] is Did.SWAPPED
    assert (sqlite_world.state_of(one), sqlite_world.state_of(two)) == ("on_loan", "to_prepare")


def test_a_refusal_stays_in_the_list_and_the_focus_in_the_field(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    worn, ready, pupil = sqlite_world.device(state="to_prepare"), sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, worn, ready)
    assert did(counter) == [Did.LENT, Did.REFUSED]
    assert isinstance(rows(counter)[1].refusal, DeviceNotReady)
    assert counter.field.hasFocus()
    assert counter.field.text() == ""


def test_a_pupil_refused_leaves_the_tablet_waiting(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    one, two = sqlite_world.device(), sqlite_world.device()
    first, second = sqlite_world.pupil(), sqlite_world.pupil("Kaya", "Emre")
    serve(qtbot, counter, first, one, two, first, second)
    assert did(counter) == [Did.LENT, Did.REFUSED, Did.LENT]
    assert isinstance(rows(counter)[1].refusal, AlreadyHasOne)


def test_control_z_undoes_the_last_act_though_the_field_has_the_focus(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag)
    QTest.keyClicks(counter.field, "du")
    QTest.keyClick(counter.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, counter)
    assert did(counter) == [Did.UNDID]
    assert counter.field.text() == "du"
    assert sqlite_world.state_of(tag) == "ready"
    assert sqlite_world.loan_states() == ["cancelled"]


def test_a_click_at_the_end_of_a_row_undoes_that_one(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    one, two = sqlite_world.device(), sqlite_world.device()
    first, second = sqlite_world.pupil(), sqlite_world.pupil("Kaya", "Emre")
    serve(qtbot, counter, first, one, second, two)
    acts = counter.operations.list
    row = acts.visualRect(acts.model().index(1, 0))
    end = acts._delegate.undo_place(row).center()
    QTest.mouseClick(acts.viewport(), Qt.MouseButton.LeftButton, pos=end)
    settle(qtbot, counter)
    assert did(counter) == [Did.LENT, Did.UNDID]
    assert (sqlite_world.state_of(one), sqlite_world.state_of(two)) == ("ready", "on_loan")


def test_a_key_undoes_the_row_one_stands_on(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag)
    acts = counter.operations.list
    acts.setFocus()
    QTest.keyClick(acts, Qt.Key.Key_Down)
    QTest.keyClick(acts, Qt.Key.Key_Delete)
    settle(qtbot, counter)
    assert did(counter) == [Did.UNDID]
    assert counter.field.hasFocus()


def test_letters_typed_on_the_list_go_to_the_field(counter: Counter) -> None:
    counter.operations.list.setFocus()
    QTest.keyClicks(counter.operations.list, "kaya")
    assert counter.field.text() == "kaya"


def test_a_shortcut_that_means_nothing_here_does_nothing(counter: Counter) -> None:
    for place in (counter.field, counter.operations.list, counter):
        QTest.keyClick(place, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert counter.field.text() == ""


def test_nothing_to_undo_is_said_in_place(counter: Counter) -> None:
    QTest.keyClick(counter.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert counter.banner.isVisible()
    assert counter.field.hasFocus()


def test_ten_families_scanned_without_waiting_are_all_served_in_order(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    pairs = [(sqlite_world.pupil("Kaya", f"Deniz {turn}"), sqlite_world.device()) for turn in range(10)]
    serve(qtbot, counter, *(code for pair in pairs for code in pair))
    served = [(row.pupil.id if row.pupil else None, row.code) for row in reversed(rows(counter))]
    assert served == pairs
    assert did(counter) == [Did.LENT] * 10


def test_escape_drops_what_is_typed_then_the_pupil_who_waits(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil)
    QTest.keyClicks(counter.field, "kay")
    press(counter, Qt.Key.Key_Escape)
    assert counter.field.text() == ""
    assert counter._pending.pupil is not None
    press(counter, Qt.Key.Key_Escape)
    serve(qtbot, counter, tag)
    assert did(counter) == []
    assert counter._pending == Pending(tag=tag)


def test_names_are_suggested_and_chosen_with_the_arrows(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    for given in ("Inès", "Jules", "Zoé"):
        sqlite_world.pupil("Martin", given)
    QTest.keyClicks(counter.field, "mart")
    qtbot.waitUntil(counter.suggestions.isVisible)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        press(counter, key)
    settle(qtbot, counter)
    assert counter._pending.pupil is not None
    assert counter._pending.pupil.given_name == "Jules"
    assert counter.field.hasFocus()
    assert not counter.suggestions.isVisible()


def test_a_name_typed_and_entered_offers_those_who_bear_it_by_figures(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    sqlite_world.pupil("Martin", "Inès")
    sqlite_world.pupil("Martin", "Jules")
    enter(counter, "martin")
    settle(qtbot, counter)
    assert counter.suggestions.isVisible()
    press(counter, Qt.Key.Key_2)
    settle(qtbot, counter)
    assert counter._pending.pupil is not None
    assert counter._pending.pupil.given_name == "Jules"


def test_the_end_of_a_serial_finds_the_tablet(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag = sqlite_world.device(serial="R52M704821")
    QTest.keyClicks(counter.field, "4821")
    qtbot.waitUntil(counter.suggestions.isVisible)
    press(counter, Qt.Key.Key_Down)
    press(counter, Qt.Key.Key_Return)
    settle(qtbot, counter)
    assert counter._pending.tag == tag


def test_the_schools_chosen_are_searched_and_one_key_widens(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    near, far = sqlite_world.school(), sqlite_world.school(name="Collège Les Lilas")
    sqlite_world.pupil("Martin", "Inès", school_id=near)
    sqlite_world.pupil("Martin", "Jules", school_id=far)
    (uai,) = sqlite_world.base.execute("SELECT uai FROM school WHERE id = ?", (near,)).fetchone()
    schools = serving.schools_known(sqlite_world.session, [uai])
    counter._on_decided(Desk(campaign=CAMPAIGN, schools=(uai,)), schools)
    QTest.keyClicks(counter.field, "martin")
    qtbot.waitUntil(lambda: len(counter.suggestions.found()) == 1)
    assert counter.suggestions.caption() == "In Collège Les Iris. F4: all schools"
    press(counter, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: len(counter.suggestions.found()) == 2)
    assert counter.field.text() == "martin"


def test_a_scan_leaves_what_is_being_typed(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    QTest.keyClicks(counter.field, "mart")
    serve(qtbot, counter, sqlite_world.pupil())
    assert counter.field.text() == "mart"
    assert counter._pending.pupil is not None


def test_a_code_read_twice_is_said_and_does_nothing(counter: Counter) -> None:
    counter.take_double("ML-000412-2")
    assert counter.field.accessibleDescription() == "Read twice, ignored"
    assert counter.is_quiet()


def test_a_keyboard_layout_put_right_is_said_once(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    one, two = sqlite_world.device(), sqlite_world.device()
    serve(qtbot, counter, garbled(one, Fault.SCANNER_US))
    assert counter._pending.tag == one
    assert "layouts" in counter.banner._words.text()
    serve(qtbot, counter, one)
    assert counter.banner.isVisible()
    close_banner(counter)
    serve(qtbot, counter, garbled(two, Fault.SCANNER_US))
    assert not counter.banner.isVisible()


def test_discreet_shows_strangers_no_name_but_the_given_one(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    one, two = sqlite_world.device(), sqlite_world.device()
    first, second = sqlite_world.pupil("Abdelmalek", "Inès"), sqlite_world.pupil("Kaya", "Emre")
    serve(qtbot, counter, first, one)
    press(counter, Qt.Key.Key_F8)
    assert counter.happening.said.big == "Inès"
    assert "ABDELMALEK" not in str(counter.happening.said)
    serve(qtbot, counter, second, one)
    assert counter.happening.said.big == "Another pupil"
    assert "Inès" not in str(counter.happening.said)
    serve(qtbot, counter, two)
    listed = [counter.operations.rows.index(place).data() for place in range(2)]
    assert "E. K." in listed[0]
    assert "KAYA" not in listed[0]
    assert "I. A." in listed[1]
    press(counter, Qt.Key.Key_F8)
    assert "KAYA Emre" in counter.operations.rows.index(0).data()


def test_discreet_tells_nobody_which_name_was_sought(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    press(counter, Qt.Key.Key_F8)
    serve(qtbot, counter, sqlite_world.pupil())
    for sought in ("Quignard", "quignard 5"):
        enter(counter, sought)
        settle(qtbot, counter)
        told = f"{counter.happening.said} {counter.operations.rows.index(0).data()}"
        assert did(counter)[0] is Did.REFUSED
        assert "quignard" not in told.casefold()


def test_discreet_suggestions_hide_the_family_name(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    sqlite_world.pupil("Martin", "Jules")
    press(counter, Qt.Key.Key_F8)
    QTest.keyClicks(counter.field, "mart")
    qtbot.waitUntil(counter.suggestions.isVisible)
    assert counter.suggestions._rows.index(0, 1).data() == "Jules M."


def test_an_unknown_code_is_refused_and_said(qtbot: QtBot, counter: Counter) -> None:
    serve(qtbot, counter, "ZZ-12")
    assert isinstance(rows(counter)[0].refusal, UnknownCode)


def test_without_an_open_campaign_the_counter_says_what_to_do(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    campaigning.close(sqlite_world.session, CAMPAIGN)
    counter.refresh()
    qtbot.waitUntil(lambda: counter.chosen.campaigns == [])
    assert counter.happening.said.big == "No campaign is open"
    press(counter, Qt.Key.Key_F3)
    assert counter.happening.said.big == "Scan a tablet to take it back"


def test_a_due_date_chosen_counts_for_the_loans_that_follow(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    counter._on_decided(Desk(campaign=CAMPAIGN, due_on=date(2026, 6, 1)), [])
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    serve(qtbot, counter, pupil, tag)
    assert [row.loan.due_on for row in rows(counter) if row.loan] == [date(2026, 6, 1)]
