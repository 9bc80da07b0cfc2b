"""The curtain: nothing is seen, typed or lost beneath, and it lifts for the one who knows."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.builders import ticking_clock
from ui.widgets.curtain import Curtain

ENTER = Qt.Key.Key_Return


class Seconds:
    """A clock that goes on when it is told."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


class Desk(QMainWindow):
    """A window with a field in which something is half typed."""

    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit()
        room = QWidget()
        QVBoxLayout(room).addWidget(self.field)
        self.setCentralWidget(room)
        self.resize(700, 500)


@pytest.fixture
def seconds() -> Seconds:
    """Return the time that the curtain lives by."""
    return Seconds()


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    """Return a window with the focus in its field."""
    window = Desk()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    window.field.setFocus()
    qtbot.waitUntil(window.field.hasFocus)
    QTest.keyClicks(window.field, "Abdel")
    return window


@pytest.fixture
def curtain(desk: Desk, seconds: Seconds) -> Iterator[Curtain]:
    """Return the curtain over the window, which falls after ten minutes."""
    made = Curtain(desk, 10, ticking_clock(), now=seconds, poll_ms=5)
    yield made
    if made.is_locked:
        seconds.at += 3600
        made.unlock("2580")


def chosen(curtain: Curtain, code: str) -> None:
    """Lock, and choose a code for the sitting."""
    curtain.lock()
    for _ in range(2 if code else 1):
        QTest.keyClicks(curtain.field, code)
        QTest.keyClick(curtain.field, ENTER)


def test_it_falls_when_nobody_was_there_for_ten_minutes(qtbot: QtBot, curtain: Curtain, seconds: Seconds) -> None:
    with qtbot.waitSignal(curtain.locked):
        seconds.at += 601
    assert curtain.is_locked


def test_it_does_not_fall_while_somebody_scans(qtbot: QtBot, curtain: Curtain, seconds: Seconds) -> None:
    for _ in range(4):
        seconds.at += 590
        curtain.touch()
        with qtbot.waitSignal(curtain._poll.timeout):
            pass
    assert not curtain.is_locked


def test_nothing_beneath_is_seen(qtbot: QtBot, desk: Desk, curtain: Curtain) -> None:
    dialog = QDialog(desk)
    qtbot.addWidget(dialog)
    dialog.show()
    before = desk.grab().toImage()
    curtain.lock()
    desk.field.setText("Something else entirely")
    covered = desk.grab().toImage()
    desk.field.setText("Abdel")
    assert covered != before
    assert covered == desk.grab().toImage()
    assert not dialog.isVisible()
    curtain.unlock("")
    assert dialog.isVisible()


def test_it_covers_the_window_when_it_grows(qtbot: QtBot, desk: Desk, curtain: Curtain) -> None:
    curtain.lock()
    desk.resize(900, 640)
    qtbot.waitUntil(lambda: curtain.size() == desk.size())


def test_lifted_it_gives_the_focus_and_the_half_typed_name_back(qtbot: QtBot, desk: Desk, curtain: Curtain) -> None:
    curtain.lock()
    with qtbot.waitSignal(curtain.unlocked):
        curtain.unlock("")
    assert desk.field.hasFocus()
    assert desk.field.text() == "Abdel"


def test_keys_and_shortcuts_do_nothing_beneath(desk: Desk, curtain: Curtain) -> None:
    heard: list[str] = []
    QShortcut(QKeySequence("F2"), desk, lambda: heard.append("F2"))
    chosen(curtain, "2580")
    desk.field.setFocus()
    working = QApplication.focusWidget()
    assert working is not None
    assert curtain.isAncestorOf(working)
    for _ in range(3):
        QTest.keyClick(working, Qt.Key.Key_Tab)
        working = QApplication.focusWidget()
        assert working is not None
        assert curtain.isAncestorOf(working)
        QTest.keyClick(working, Qt.Key.Key_F2)
    assert not heard
    curtain.unlock("2580")
    QTest.keyClick(desk.field, Qt.Key.Key_F2)
    assert heard == ["F2"]


def test_ctrl_l_lets_it_fall(desk: Desk, curtain: Curtain) -> None:
    QTest.keyClick(desk.field, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert curtain.is_locked


def test_without_a_code_enter_lifts_it(curtain: Curtain) -> None:
    chosen(curtain, "")
    QTest.keyClick(curtain.button, ENTER)
    assert not curtain.is_locked


def test_only_the_code_chosen_for_the_sitting_lifts_it(curtain: Curtain) -> None:
    chosen(curtain, "2580")
    assert not curtain.unlock("1234")
    assert not curtain.unlock("")
    assert curtain.unlock("2580")
    curtain.lock()
    assert not curtain.unlock("1234")
    QTest.keyClicks(curtain.field, "2580")
    QTest.keyClick(curtain.field, ENTER)
    assert not curtain.is_locked


def test_a_code_of_three_figures_or_typed_otherwise_again_is_not_kept(curtain: Curtain) -> None:
    curtain.lock()
    for typed in ("123", "1234", "1243"):
        curtain.field.clear()
        QTest.keyClicks(curtain.field, typed)
        QTest.keyClick(curtain.field, ENTER)
    QTest.keyClick(curtain.field, Qt.Key.Key_Escape)
    assert not curtain.is_locked
    curtain.lock()
    assert curtain.unlock("")


def test_the_code_itself_is_kept_nowhere(curtain: Curtain) -> None:
    chosen(curtain, "2580")
    assert "2580" not in repr(vars(curtain))
    assert curtain.field.text() == ""


@pytest.mark.parametrize(("tries", "wait"), [(1, 0), (2, 0), (3, 2), (4, 4), (5, 8), (20, 60)])
def test_wrong_codes_make_one_wait_longer_and_longer(curtain: Curtain, seconds: Seconds, tries: int, wait: int) -> None:
    chosen(curtain, "2580")
    for _ in range(tries):
        seconds.at += 100
        curtain.unlock("0000")
    waited = 0
    while not curtain.unlock("2580"):
        seconds.at += 1
        waited += 1
    assert waited == wait


def test_a_scan_is_refused_with_a_sentence(curtain: Curtain) -> None:
    curtain.lock()
    curtain.refuse_scan()
    assert "not recorded" in curtain.accessibleName()
    assert curtain.is_locked
