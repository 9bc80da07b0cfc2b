"""A counter worked by a scanner: keys into the field, facts in the base."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tablet_loans.domain.errors import AlreadyHasOne, AlreadyLent, DeviceNotReady, UnknownCode
from tablet_loans.domain.trouble import AnswerLost, BaseLocked, ServerAway
from tablet_loans.services import campaigning, serving
from tablet_loans.services.serving import Did, OpenCampaign, Outcome, Pending
from tablet_loans.services.session import Session
from tests.builders import CAMPAIGN, World
from ui.dialogs.message import Message
from ui.screens.counter import Counter


def scan(counter: Counter, code: object) -> None:
    """Type a code as a scanner does, without waiting for the answer."""
    QTest.keyClicks(counter.field, str(code))
    QTest.keyClick(counter.field, Qt.Key.Key_Return)


def rows(counter: Counter) -> list[Outcome]:
    return [row for row in counter.operations.rows.rows if isinstance(row, Outcome)]


def did(counter: Counter) -> list[Did]:
    return [row.did for row in rows(counter)]


def settle(qtbot: QtBot, counter: Counter) -> None:
    qtbot.waitUntil(counter.is_quiet)


def fail_first(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Make the first answer of the service fail with `error`; it answers the next ones."""
    answer, errors = serving.answer, [error]

    def fail_or_answer(session: Session, text: str, pending: Pending, campaign: str | None) -> Outcome:
        if errors:
            raise errors.pop()
        return answer(session, text, pending, campaign)

    monkeypatch.setattr(serving, "answer", fail_or_answer)


def fail_reading(qtbot: QtBot, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the counter read the campaigns from a server that is away, this once."""

    def away(_session: Session) -> list[OpenCampaign]:
        raise ServerAway()

    with monkeypatch.context() as broken:
        broken.setattr(serving, "opened", away)
        counter.refresh()
        qtbot.waitUntil(lambda: counter._is_unread)


def close_banner(counter: Counter) -> None:
    close = next(button for button in counter.banner.findChildren(QPushButton) if button.objectName() == "quiet")
    close.click()


def test_a_pupil_then_a_tablet_lends(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    scan(counter, pupil)
    scan(counter, tag)
    settle(qtbot, counter)
    assert did(counter) == [Did.LENT]
    assert sqlite_world.state_of(tag) == "on_loan"
    assert counter.happening._big.text() == "ABDELMALEK Inès"


def test_a_tablet_then_a_pupil_lends(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, _ = sqlite_world.device(serial="SERIAL1"), sqlite_world.pupil(ine="123456789AB")
    scan(counter, "serial1")
    scan(counter, "123456789ab")
    settle(qtbot, counter)
    assert did(counter) == [Did.LENT]
    assert sqlite_world.state_of(tag) == "on_loan"


def test_a_lent_tablet_alone_returns(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    for code in (pupil, tag, tag):
        scan(counter, code)
    settle(qtbot, counter)
    assert did(counter) == [Did.RETURNED, Did.LENT]
    assert sqlite_world.loan_states() == ["returned"]


def test_a_refusal_stays_in_the_list_and_the_focus_in_the_field(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    worn, ready, pupil = sqlite_world.device(state="to_prepare"), sqlite_world.device(), sqlite_world.pupil()
    for code in (pupil, worn, ready):
        scan(counter, code)
    settle(qtbot, counter)
    assert did(counter) == [Did.LENT, Did.REFUSED]
    assert isinstance(rows(counter)[1].refusal, DeviceNotReady)
    assert counter.field.hasFocus()
    assert counter.field.text() == ""


def test_a_lent_tablet_returns_when_it_is_scanned_again_and_the_pupil_still_waits(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    lent, other = sqlite_world.device(), sqlite_world.device()
    first, second = sqlite_world.pupil(), sqlite_world.pupil("Kaya", "Emre")
    for code in (first, lent, second, lent, lent, other):
        scan(counter, code)
    settle(qtbot, counter)
    assert did(counter) == [Did.LENT, Did.RETURNED, Did.REFUSED, Did.LENT]
    assert isinstance(rows(counter)[2].refusal, AlreadyLent)
    assert [row.pupil.id for row in rows(counter)[:1] if row.pupil] == [second]


def test_a_pupil_refused_leaves_the_tablet_waiting(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    one, two = sqlite_world.device(), sqlite_world.device()
    first, second = sqlite_world.pupil(), sqlite_world.pupil("Kaya", "Emre")
    for code in (first, one, two, first, second):
        scan(counter, code)
    settle(qtbot, counter)
    assert did(counter) == [Did.LENT, Did.REFUSED, Did.LENT]
    assert isinstance(rows(counter)[1].refusal, AlreadyHasOne)


def test_control_z_undoes_the_last_act_though_the_field_has_the_focus(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    scan(counter, pupil)
    scan(counter, tag)
    QTest.keyClicks(counter.field, "du")
    QTest.keyClick(counter.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, counter)
    assert did(counter) == [Did.UNDID]
    assert counter.field.text() == "du"
    assert sqlite_world.state_of(tag) == "ready"
    assert sqlite_world.loan_states() == ["cancelled"]


def test_nothing_to_undo_is_said_in_place(counter: Counter) -> None:
    QTest.keyClick(counter.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert counter.banner.isVisible()
    assert counter.field.hasFocus()


def test_ten_families_scanned_without_waiting_are_all_served_in_order(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    pairs = [(sqlite_world.pupil("Kaya", f"Deniz {turn}"), sqlite_world.device()) for turn in range(10)]
    for pupil, tag in pairs:
        scan(counter, pupil)
        scan(counter, tag)
    settle(qtbot, counter)
    served = [(row.pupil.id if row.pupil else None, row.code) for row in reversed(rows(counter))]
    assert served == pairs
    assert did(counter) == [Did.LENT] * 10


def test_escape_drops_the_pupil_who_waits(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    scan(counter, pupil)
    QTest.keyClick(counter.field, Qt.Key.Key_Escape)
    scan(counter, tag)
    settle(qtbot, counter)
    assert did(counter) == []
    assert counter._pending == Pending(tag=tag)


def test_names_are_suggested_and_chosen_with_the_arrows(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    for given in ("Inès", "Jules", "Zoé"):
        sqlite_world.pupil("Martin", given)
    QTest.keyClicks(counter.field, "mart")
    qtbot.waitUntil(counter.suggestions.isVisible)
    QTest.keyClick(counter.field, Qt.Key.Key_Down)
    QTest.keyClick(counter.field, Qt.Key.Key_Down)
    QTest.keyClick(counter.field, Qt.Key.Key_Return)
    settle(qtbot, counter)
    assert counter._pending.pupil is not None
    assert counter._pending.pupil.given_name == "Jules"
    assert counter.field.hasFocus()
    assert not counter.suggestions.isVisible()


def test_a_name_typed_and_entered_offers_those_who_bear_it(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    sqlite_world.pupil("Martin", "Inès")
    sqlite_world.pupil("Martin", "Jules")
    scan(counter, "martin")
    settle(qtbot, counter)
    assert counter.suggestions.isVisible()
    scan(counter, "jules martin")
    settle(qtbot, counter)
    assert counter._pending.pupil is not None
    assert counter._pending.pupil.given_name == "Jules"


def test_a_scan_that_met_trouble_is_held_until_it_is_tried_again(
    qtbot: QtBot, counter: Counter, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    answer = serving.answer

    def locked(*_arguments: object) -> Outcome:
        raise BaseLocked()

    monkeypatch.setattr(serving, "answer", locked)
    scan(counter, pupil)
    qtbot.waitUntil(counter.banner.isVisible)
    scan(counter, tag)
    monkeypatch.setattr(serving, "answer", answer)
    counter.banner._retry.click()
    settle(qtbot, counter)
    assert did(counter) == [Did.LENT]


def test_a_bug_drops_its_scan_and_the_next_one_is_answered(
    qtbot: QtBot, counter: Counter, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    fail_first(monkeypatch, RuntimeError("DUPONT"))
    for code in ("ZZ-12", pupil, tag):
        scan(counter, code)
    settle(qtbot, counter)
    assert did(counter) == [Did.LENT, Did.REFUSED]
    assert rows(counter)[1].code == "ZZ-12"
    noted = counter.operations.rows.index(1, 5).data()
    assert noted.startswith("The program made a mistake")


def test_the_crash_window_is_one_and_leaves_the_scanner_its_field(
    qtbot: QtBot, counter: Counter, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_first(monkeypatch, RuntimeError())
    scan(counter, "ZZ-12")
    settle(qtbot, counter)
    fail_first(monkeypatch, RuntimeError())
    scan(counter, "ZZ-13")
    settle(qtbot, counter)
    crashes = [window for window in QApplication.topLevelWidgets() if isinstance(window, Message)]
    assert len([window for window in crashes if window.isVisible()]) == 1
    assert QApplication.focusWidget() is counter.field
    scan(counter, sqlite_world.pupil())
    settle(qtbot, counter)
    assert counter._pending.pupil is not None


def test_closing_the_notice_of_a_lost_answer_leaves_the_next_scans(
    qtbot: QtBot, counter: Counter, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    fail_first(monkeypatch, AnswerLost())
    for code in ("ZZ-12", pupil, tag):
        scan(counter, code)
    qtbot.waitUntil(counter.banner.isVisible)
    assert counter.banner._retry.text() == "Go on"
    close_banner(counter)
    settle(qtbot, counter)
    assert did(counter) == [Did.LENT]


def test_closing_the_notice_of_a_held_scan_leaves_aside_that_one_alone(
    qtbot: QtBot, counter: Counter, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    fail_first(monkeypatch, BaseLocked())
    for code in ("ZZ-12", pupil, tag):
        scan(counter, code)
    qtbot.waitUntil(counter.banner.isVisible)
    close_banner(counter)
    settle(qtbot, counter)
    assert did(counter) == [Did.LENT]


def test_trying_again_does_both_the_held_scan_and_the_reading_that_failed(
    qtbot: QtBot, counter: Counter, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    fail_first(monkeypatch, BaseLocked())
    scan(counter, pupil)
    scan(counter, tag)
    qtbot.waitUntil(counter.banner.isVisible)
    fail_reading(qtbot, counter, monkeypatch)
    assert "busy" in counter.banner._words.text()
    counter._campaigns = None
    counter.banner._retry.click()
    settle(qtbot, counter)
    assert did(counter) == [Did.LENT]
    qtbot.waitUntil(lambda: counter._campaigns is not None)


def test_a_scan_held_after_a_failed_reading_is_tried_again_with_it(
    qtbot: QtBot, counter: Counter, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_reading(qtbot, counter, monkeypatch)
    qtbot.waitUntil(counter.banner.isVisible)
    fail_first(monkeypatch, BaseLocked())
    scan(counter, sqlite_world.pupil())
    qtbot.waitUntil(counter.is_held)
    counter._campaigns = None
    counter.banner._retry.click()
    settle(qtbot, counter)
    assert counter._pending.pupil is not None
    qtbot.waitUntil(lambda: counter._campaigns is not None)


def test_an_unknown_code_is_refused_and_said(qtbot: QtBot, counter: Counter) -> None:
    scan(counter, "ZZ-12")
    settle(qtbot, counter)
    assert isinstance(rows(counter)[0].refusal, UnknownCode)


def test_without_an_open_campaign_the_counter_says_what_to_do(
    qtbot: QtBot, counter: Counter, sqlite_world: World
) -> None:
    campaigning.close(sqlite_world.session, CAMPAIGN)
    counter.refresh()
    qtbot.waitUntil(lambda: counter._campaigns == [])
    assert counter.happening._big.text() == "No campaign is open"


def test_several_open_campaigns_are_a_choice(qtbot: QtBot, counter: Counter, sqlite_world: World) -> None:
    sqlite_world.campaign("Été 2026", due_on=date(2026, 9, 1))
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    counter.refresh()
    qtbot.waitUntil(counter._campaign_choice.isVisible)
    counter._campaign_choice.activated.emit(1)
    scan(counter, pupil)
    scan(counter, tag)
    settle(qtbot, counter)
    assert [row.loan.due_on for row in rows(counter) if row.loan] == [date(2026, 9, 1)]
