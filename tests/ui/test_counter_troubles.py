"""A counter that meets trouble: what was scanned is held, done again or left aside, never lost."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tablet_loans.domain.trouble import AnswerLost, BaseLocked, ServerAway
from tablet_loans.services import serving
from tablet_loans.services.desk import Desk, Did, OpenCampaign, Outcome, Pending
from tablet_loans.services.session import Session
from tests.builders import World
from tests.ui.at_the_counter import close_banner, did, rows, scan, serve, settle
from ui.message import Message
from ui.screens.counter import Counter


def fail_first(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Make the first answer of the service fail with `error`; it answers the next ones."""
    answer, errors = serving.answer, [error]

    def fail_or_answer(session: Session, text: str, pending: Pending, desk: Desk, *, is_scanned: bool) -> Outcome:
        if errors:
            raise errors.pop()
        return answer(session, text, pending, desk, is_scanned=is_scanned)

    monkeypatch.setattr(serving, "answer", fail_or_answer)


def fail_reading(qtbot: QtBot, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the counter read the campaigns from a server that is away, this once."""

    def away(_session: Session) -> list[OpenCampaign]:
        raise ServerAway()

    with monkeypatch.context() as broken:
        broken.setattr(serving, "opened", away)
        counter.refresh()
        qtbot.waitUntil(lambda: counter.chosen.is_unread)


def test_a_scan_that_met_trouble_is_held_until_it_is_tried_again(
    qtbot: QtBot, counter: Counter, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    answer = serving.answer

    def locked(*_arguments: object, **_how: object) -> Outcome:
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
    serve(qtbot, counter, "ZZ-12", pupil, tag)
    assert did(counter) == [Did.LENT, Did.REFUSED]
    assert rows(counter)[1].code == "ZZ-12"
    assert "The program made a mistake" in counter.operations.rows.index(1).data()


def test_the_crash_window_is_one_and_leaves_the_scanner_its_field(
    qtbot: QtBot, counter: Counter, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in ("ZZ-12", "ZZ-13"):
        fail_first(monkeypatch, RuntimeError())
        serve(qtbot, counter, code)
    crashes = [window for window in QApplication.topLevelWidgets() if isinstance(window, Message)]
    assert len([window for window in crashes if window.isVisible()]) == 1
    assert QApplication.focusWidget() is counter.field
    serve(qtbot, counter, sqlite_world.pupil())
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
    assert counter.unanswered() == 3
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
    counter.chosen.campaigns = None
    counter.banner._retry.click()
    settle(qtbot, counter)
    assert did(counter) == [Did.LENT]
    qtbot.waitUntil(lambda: counter.chosen.campaigns is not None)


def test_a_scan_held_after_a_failed_reading_is_tried_again_with_it(
    qtbot: QtBot, counter: Counter, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_reading(qtbot, counter, monkeypatch)
    qtbot.waitUntil(counter.banner.isVisible)
    fail_first(monkeypatch, BaseLocked())
    scan(counter, sqlite_world.pupil())
    qtbot.waitUntil(counter.is_held)
    counter.chosen.campaigns = None
    counter.banner._retry.click()
    settle(qtbot, counter)
    assert counter._pending.pupil is not None
    qtbot.waitUntil(lambda: counter.chosen.campaigns is not None)
