"""Three lanes: order, independence, and every end delivered on the window's thread."""

import logging
import threading
from functools import partial

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tablet_loans import logs
from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.errors import NothingToUndo, Refusal, TabletLoansError, Trouble
from tablet_loans.domain.trouble import BaseLocked, ProgramFault
from tablet_loans.services import lending
from tablet_loans.services.session import Cancelled, Topic
from tests.builders import World
from ui import errors
from ui.jobs import Jobs, Lane
from ui.main_window import MainWindow
from ui.screens.counter import Counter


def _raise(error: BaseException) -> None:
    raise error


def test_interactive_work_is_done_in_the_order_asked(qtbot: QtBot, jobs: Jobs) -> None:
    heard: list[int] = []
    for number in range(50):
        jobs.run(partial(int, number), done=heard.append)
    qtbot.waitUntil(lambda: len(heard) == 50)
    assert heard == list(range(50))


def test_a_scan_does_not_wait_for_background_work(qtbot: QtBot, jobs: Jobs) -> None:
    release, heard = threading.Event(), list[object]()
    jobs.run(release.wait, done=heard.append, lane=Lane.BACKGROUND)
    jobs.run(partial(str, "scan"), done=heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == ["scan"]
    release.set()
    qtbot.waitUntil(lambda: len(heard) == 2)


@pytest.mark.parametrize(("error", "told"), [(NothingToUndo(), "refused"), (BaseLocked(), "failed")])
def test_refusal_and_trouble_reach_their_own_ears(qtbot: QtBot, jobs: Jobs, error: TabletLoansError, told: str) -> None:
    heard: list[tuple[str, type]] = []

    def refused(error: Refusal) -> None:
        heard.append(("refused", type(error)))

    def failed(error: Trouble) -> None:
        heard.append(("failed", type(error)))

    jobs.run(partial(_raise, error), refused=refused, failed=failed)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [(told, type(error))]


def test_a_bug_goes_to_the_crash_window_then_to_who_asked_and_what_was_stopped_to_nobody(
    qtbot: QtBot, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[BaseException] = []
    monkeypatch.setattr(errors, "crash", heard.append)
    jobs.run(partial(_raise, Cancelled()), failed=heard.append, refused=heard.append)
    jobs.run(partial(_raise, KeyError("DUPONT")), failed=heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    assert [type(error) for error in heard] == [KeyError, ProgramFault]


def test_a_trouble_is_written_in_the_programs_log(
    qtbot: QtBot, jobs: Jobs, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs.LOG, "handlers", [caplog.handler])
    monkeypatch.setattr(logs.LOG, "level", logging.INFO)
    heard: list[object] = []
    jobs.run(partial(_raise, BaseLocked()), failed=heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    assert ("tablet_loans", logging.WARNING, "trouble: BaseLocked") in caplog.record_tuples


def test_the_places_of_a_bug_hold_no_name() -> None:
    try:
        _raise(KeyError("DUPONT"))
    except KeyError as error:
        told = errors.places(error)
    assert "KeyError" in told
    assert "DUPONT" not in told


def test_results_come_on_the_windows_thread(qtbot: QtBot, qapp: QApplication, jobs: Jobs) -> None:
    heard: list[bool] = []
    jobs.run(threading.get_ident, done=lambda ran: heard.append(ran != threading.get_ident()))
    jobs.run(int, done=lambda _zero: heard.append(QThread.currentThread() is qapp.thread()))
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard == [True, True]


def test_a_receipt_tells_its_topics(qtbot: QtBot, jobs: Jobs, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    with qtbot.waitSignal(jobs.changed) as told:
        jobs.run(partial(lending.check_out, sqlite_world.session, code=tag, pupil_id=pupil))
    assert told.args == [frozenset({Topic.DEVICES, Topic.LOANS, Topic.PUPILS})]


def test_a_result_for_a_widget_that_is_gone_is_dropped(qtbot: QtBot, jobs: Jobs) -> None:
    from shiboken6 import delete

    label, heard = QLabel(), list[int]()
    release = threading.Event()
    jobs.run(lambda: str(release.wait()), done=label.setText)
    delete(label)
    release.set()
    jobs.run(int, done=heard.append)
    qtbot.waitUntil(lambda: heard == [0])


def test_shutting_down_finishes_scans_and_drops_reading(qtbot: QtBot, sqlite_world: World) -> None:
    lanes, read = Jobs(sqlite_world.session), list[str]()
    begun, release = threading.Event(), threading.Event()
    pairs = [(sqlite_world.pupil("Kaya", f"Deniz {turn}"), sqlite_world.device()) for turn in range(10)]

    def read_slowly() -> None:
        begun.set()
        release.wait(5)

    lanes.run(read_slowly, lane=Lane.BACKGROUND)
    lanes.run(partial(read.append, "reading"), lane=Lane.BACKGROUND)
    window = MainWindow(sqlite_world.session, lanes)
    qtbot.addWidget(window)
    window.show()
    counter = window.screen_of("counter")
    assert isinstance(counter, Counter)
    for pupil, tag in pairs:
        counter.field.submitted.emit(pupil_card(pupil))
        counter.field.submitted.emit(tag)
    window.close()
    qtbot.waitUntil(window.isHidden)
    assert begun.wait(5)
    threading.Timer(0.05, release.set).start()
    lanes.shut_down()
    assert [sqlite_world.state_of(tag) for _, tag in pairs] == ["on_loan"] * 10
    assert read == []


@pytest.mark.usefixtures("qapp")
def test_none_can_be_returned_200_000_times() -> None:
    """PySide6 6.12.0 aborts after some 5,200 calls that return None: a lost reference."""
    label = QLabel()
    for _ in range(200_000):
        label.setEnabled(True)
    assert label.isEnabled()
