"""The scan filter: what is a scan, and nothing of it left in the window."""

import time

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QCompleter,
    QDialog,
    QLineEdit,
    QMenu,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tablet_loans.domain.gs1 import FNC1
from tablet_loans.domain.settings import Settings
from tests.ui import typing_as_a_scanner as keys
from tests.ui.scanning.place import TAG, Heard, Place
from tests.ui.typing_as_a_scanner import queue, scan, strike, type_slowly
from ui.scanning import Arrival, ScanFilter, Verdict


@pytest.mark.parametrize("end", ["\r", "\n", "\t", "\r\n"], ids=["return", "enter", "tab", "crlf"])
def test_a_scan_goes_out_and_leaves_nothing(place: Place, heard: Heard, end: str) -> None:
    returned: list[int] = []
    place.field.returnPressed.connect(lambda: returned.append(1))
    scan(place, TAG, end=end)
    assert heard.scans == [TAG]
    assert place.field.text() == ""
    assert place.field.hasFocus()
    assert returned == []
    assert place.unwanted == place.released == []


@pytest.mark.parametrize("code", ["R(é?èàQBCDE", "]d20103560070278831" + FNC1 + "21R52M70ABCDE", "123456789012345"])
def test_any_character_is_scanned(place: Place, heard: Heard, code: str) -> None:
    scan(place, code)
    assert heard.scans == [code]


def test_a_scan_is_heard_wherever_the_focus_is(place: Place, heard: Heard) -> None:
    pressed: list[int] = []
    place.button.clicked.connect(lambda: pressed.append(1))
    for widget in (place.button, place.choice, place.table):
        widget.setFocus()
        scan(place, f"{TAG} ")
    place.table.clearFocus()
    scan(place, TAG)
    assert heard.scans == [f"{TAG} "] * 3 + [TAG]
    assert pressed == []
    assert place.choice.currentIndex() == 0
    assert place.unwanted == []


def test_a_selection_is_neither_lost_nor_replaced(place: Place, heard: Heard) -> None:
    place.field.setText("Benali")
    place.field.selectAll()
    scan(place, TAG)
    assert heard.scans == [TAG]
    assert (place.field.text(), place.field.selectedText()) == ("Benali", "Benali")


def test_an_open_list_hears_no_scan(qtbot: QtBot, place: Place, heard: Heard) -> None:
    place.choice.showPopup()
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    scan(place, "Moulin-2020", end="\r")
    assert heard.scans == ["Moulin-2020"]
    assert QApplication.activePopupWidget() is not None
    type_slowly(place, "M")
    qtbot.waitUntil(lambda: place.choice.view().currentIndex().row() == 2)
    place.choice.hidePopup()


def test_an_open_menu_or_completion_hears_no_scan(qtbot: QtBot, place: Place, heard: Heard) -> None:
    menu = QMenu(place)
    menu.addAction("&Moulin")
    menu.popup(place.mapToGlobal(place.rect().center()))
    scan(place, "Moulin")
    assert menu.isVisible()
    menu.close()
    completer = QCompleter(["Benali", "Benoit"], place.field)
    place.field.setCompleter(completer)
    popup = completer.popup()
    assert popup is not None
    type_slowly(place, "Be")
    qtbot.waitUntil(popup.isVisible)
    scan(place, TAG)
    assert heard.scans == ["Moulin", TAG]
    assert place.field.text() == "Be"
    type_slowly(place, "na")
    qtbot.waitUntil(lambda: place.field.text() == "Bena")
    popup.hide()


def test_a_table_being_edited_keeps_what_was_typed(qtbot: QtBot, place: Place, heard: Heard) -> None:
    place.table.setFocus()
    place.table.setCurrentCell(1, 1)
    type_slowly(place, "8Go")
    qtbot.waitUntil(lambda: place.table.findChild(QLineEdit) is not None)
    editor = place.table.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    scan(place, TAG)
    qtbot.waitUntil(lambda: editor.text() == "8Go")
    assert heard.scans == [TAG]
    assert editor.isVisible()
    strike(place, "\r", after_ms=200)
    qtbot.waitUntil(lambda: (item := place.table.item(1, 1)) is not None and item.text() == "8Go")


def test_a_dialog_that_opens_in_the_middle_of_a_scan_cuts_nothing(qtbot: QtBot, place: Place, heard: Heard) -> None:
    scan(place, TAG[:5], end="")
    dialog = QDialog(place)
    typed = QLineEdit(dialog)
    dialog.open()
    qtbot.waitUntil(dialog.isActiveWindow)
    typed.setFocus()
    scan(place, TAG[5:], start_ms=keys.now_ms() + 2)
    assert heard.scans == [TAG]
    assert (place.field.text(), typed.text()) == ("", "")
    assert dialog.isVisible()
    dialog.close()


def test_a_scan_that_opens_a_dialog_is_followed_by_another(
    qtbot: QtBot, place: Place, heard: Heard, listening: ScanFilter
) -> None:
    dialog = QDialog(place)

    def on_scanned() -> None:
        if len(heard.scans) == 1:
            QTimer.singleShot(0, scan_again)
            dialog.exec()

    def scan_again() -> None:
        try:
            qtbot.waitUntil(dialog.isActiveWindow)
            scan(dialog, "ML-000398-3")
        finally:
            dialog.reject()

    listening.scanned.connect(on_scanned)
    scan(place, TAG)
    assert heard.scans == [TAG, "ML-000398-3"]
    assert place.field.text() == ""


def test_two_scans_sixty_milliseconds_apart_are_two(place: Place, heard: Heard) -> None:
    scan(place, TAG)
    scan(place, "ML-000398-3", start_ms=keys.now_ms() + 60)
    assert heard.scans == [TAG, "ML-000398-3"]


def test_the_same_code_read_twice_within_a_second_is_said(place: Place, heard: Heard) -> None:
    scan(place, TAG)
    scan(place, TAG, start_ms=keys.now_ms() + 700)
    scan(place, TAG, start_ms=keys.now_ms() + 700)
    scan(place, TAG, start_ms=keys.now_ms() + 1_200)
    assert heard.scans == [TAG, TAG]
    assert heard.doubles == [TAG, TAG]


def test_a_stalled_window_takes_late_scans_and_no_late_typing_for_one(qtbot: QtBot, place: Place, heard: Heard) -> None:
    queue(place, TAG, gap_ms=2, end="\r")
    queue(place, "ML-000398-3", gap_ms=60, end="")
    queue(place, "B", gap_ms=500)
    queue(place, "elle", gap_ms=110, end="\r")
    queue(place, "R52M70ABCDE", gap_ms=3, end="\r")
    _stall()
    qtbot.waitUntil(lambda: len(heard.scans) == 2)
    assert heard.scans == [TAG, "R52M70ABCDE"]
    assert place.field.text() == "ML-000398-3Belle"


def test_after_a_stall_the_keys_still_on_their_way_are_waited_for(qtbot: QtBot, place: Place, heard: Heard) -> None:
    def stall_in_the_middle() -> None:
        scan(place, TAG[:5], end="")
        _stall()
        QTimer.singleShot(20, lambda: scan(place, TAG[5:], start_ms=keys.now_ms() + 2))

    QTimer.singleShot(0, stall_in_the_middle)
    qtbot.waitUntil(lambda: heard.scans == [TAG])
    assert place.field.text() == ""


def _stall() -> None:
    """Keep the window from its events for half a second."""
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        pass


def test_a_quick_double_figure_that_x_calls_a_repeat_is_scanned(place: Place, heard: Heard) -> None:
    scan(place, "ML-0", end="")
    for _ in range(2):
        keys.press(place, Qt.Key.Key_0, "0", after_ms=1, is_repeat=True)
    scan(place, "412-2", start_ms=keys.now_ms() + 1)
    assert heard.scans == [TAG]


def test_what_a_dead_key_makes_is_part_of_the_scan(place: Place, heard: Heard) -> None:
    scan(place, "ab", end="")
    _compose(place.field, "ê")
    scan(place, "cd", start_ms=keys.now_ms() + 2)
    assert heard.scans == ["abêcd"]
    assert place.field.text() == ""
    _compose(place.field, "ê")
    assert place.field.text() == "ê"


def _compose(target: QWidget, text: str) -> None:
    composed = QInputMethodEvent()
    composed.setCommitString(text)
    QCoreApplication.sendEvent(target, composed)


def test_a_scanner_that_is_too_slow_or_has_no_end_is_told(qtbot: QtBot, place: Place, heard: Heard) -> None:
    scan(place, "ML-000", gap_ms=80)
    assert heard.arrivals[-1] == Arrival("ML-000", 400, 80, Verdict.TOO_SLOW)
    scan(place, "ML-001", end="", gap_ms=10)
    qtbot.waitUntil(lambda: len(heard.arrivals) == 2)
    assert heard.arrivals[-1] == Arrival("ML-001", 50, 10, Verdict.UNENDED)
    scan(place, TAG, gap_ms=5)
    assert heard.arrivals[-1] == Arrival(TAG, 50, 5, Verdict.SCAN)
    scan(place, TAG, gap_ms=5, start_ms=keys.now_ms() + 300)
    assert heard.arrivals[-1].verdict == Verdict.DOUBLE
    assert heard.scans == [TAG]


def test_keys_without_a_time_are_timed_as_they_come(place: Place, heard: Heard) -> None:
    window = place.windowHandle()
    for character in "ML-9\r":
        for kind in (QKeyEvent.Type.KeyPress, QKeyEvent.Type.KeyRelease):
            key = Qt.Key.Key_Return.value if character == "\r" else ord(character)
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
            assert event.timestamp() == 0
            QCoreApplication.sendEvent(window, event)
    assert heard.scans == ["ML-9"]


def test_what_a_camera_reads_is_a_scan_and_somebody_is_there(heard: Heard, listening: ScanFilter) -> None:
    said: list[str] = []
    listening.pressed.connect(lambda: said.append("pressed"))
    listening.scanned.connect(said.append)
    listening.give(f"]C0{TAG}")
    assert said == ["pressed", f"]C0{TAG}"]
    assert heard.doubles == []


def test_a_camera_that_reads_the_same_code_twice_within_a_second_says_so(qapp: QApplication) -> None:
    seconds = iter([0, 900, 1_800, 2_801, 2_900, 3_000])
    scans, said = ScanFilter(Settings(), parent=qapp, clock=lambda: next(seconds)), list[str]()
    scans.scanned.connect(lambda text: said.append(f"scan {text}"))
    scans.doubled.connect(lambda text: said.append(f"double {text}"))
    for text in ("A", "A", "A", "A", "B", "A"):
        scans.give(text)
    assert said == ["scan A", "double A", "double A", "scan A", "scan B", "scan A"]
    shiboken6.delete(scans)
