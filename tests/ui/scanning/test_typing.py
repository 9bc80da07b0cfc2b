"""The scan filter: what a hand types and clicks comes where it was meant, in order."""

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.ui import typing_as_a_scanner as keys
from tests.ui.scanning.place import CONTROL, TAG, Heard, Place
from tests.ui.typing_as_a_scanner import scan, strike, type_slowly
from ui.scanning import ScanFilter


def test_typing_reaches_the_field_in_order(qtbot: QtBot, place: Place, heard: Heard) -> None:
    type_slowly(place, "Ben")
    keys.press(place, Qt.Key.Key_Backspace, "\b", after_ms=4)
    assert place.field.text() == "Be"
    type_slowly(place, "lle", gap_ms=40)
    keys.press(place, Qt.Key.Key_Home, after_ms=20)
    assert place.field.text() == "Belle"
    assert place.field.cursorPosition() == 0
    type_slowly(place, "La ")
    qtbot.waitUntil(lambda: place.field.text() == "La Belle")
    assert heard.scans == []


def test_a_fast_hand_is_no_scanner(place: Place, heard: Heard) -> None:
    returned: list[str] = []
    place.field.returnPressed.connect(lambda: returned.append(place.field.text()))
    for burst in ("Kay", "a ", "Lou"):
        scan(place, burst, end="", gap_ms=30, start_ms=keys.now_ms() + 70)
    strike(place, "\r", after_ms=90)
    scan(place, "no", gap_ms=30)
    assert returned == ["Kaya Lou", "Kaya Louno"]
    assert heard.scans == []


def test_a_scan_in_the_middle_of_a_name_goes_out_alone(qtbot: QtBot, place: Place, heard: Heard) -> None:
    type_slowly(place, "Ben")
    scan(place, TAG, start_ms=keys.now_ms() + 80)
    type_slowly(place, "ali", start_ms=keys.now_ms() + 80)
    qtbot.waitUntil(lambda: place.field.text() == "Benali")
    assert heard.scans == [TAG]


def test_the_typed_key_goes_to_the_widget_that_had_the_focus(qtbot: QtBot, place: Place) -> None:
    strike(place, "a")
    place.other.setFocus()
    qtbot.waitUntil(lambda: place.field.text() == "a")
    assert place.other.text() == ""


def test_a_click_comes_after_the_key_typed_before_it(place: Place) -> None:
    clicked: list[str] = []
    place.button.pressed.connect(lambda: clicked.append(place.field.text()))
    strike(place, "a")
    keys.click(place.button, after_ms=90)
    assert clicked == ["a"]


def test_a_deleted_widget_is_forgiven(qtbot: QtBot, place: Place, heard: Heard) -> None:
    strike(place, "a")
    place.field.deleteLater()
    QCoreApplication.sendPostedEvents(place.field, 52)
    place.other.setFocus()
    type_slowly(place, "bc")
    qtbot.waitUntil(lambda: place.other.text() == "bc")
    scan(place, TAG)
    assert heard.scans == [TAG]


def test_space_presses_a_button_once_for_a_hand(qtbot: QtBot, place: Place) -> None:
    pressed: list[int] = []
    place.button.clicked.connect(lambda: pressed.append(1))
    place.button.setFocus()
    type_slowly(place, " ")
    qtbot.waitUntil(lambda: pressed == [1])
    assert not place.button.isDown()


def test_a_key_held_down_is_no_scan(place: Place, heard: Heard) -> None:
    keys.press(place, Qt.Key.Key_A, "a")
    keys.press(place, Qt.Key.Key_A, "a", after_ms=400, is_repeat=True)
    for turn in range(6):
        keys.release(place, Qt.Key.Key_A, "a", after_ms=30)
        keys.press(place, Qt.Key.Key_A, "a", is_repeat=turn < 2)
    strike(place, "\r", after_ms=30)
    assert place.field.text() == "a" * 8
    assert heard.scans == []


def test_a_shortcut_on_a_figure_eats_no_scan_and_obeys_a_hand(qtbot: QtBot, place: Place, heard: Heard) -> None:
    asked: list[int] = []
    QShortcut(QKeySequence("1"), place, lambda: asked.append(1))
    QShortcut(QKeySequence("Return"), place, lambda: asked.append(0))
    place.button.setFocus()
    scan(place, "111111")
    assert asked == []
    type_slowly(place, "1")
    qtbot.waitUntil(lambda: asked == [1])
    keys.press(place, Qt.Key.Key_1, "1", Qt.KeyboardModifier.ShiftModifier, after_ms=300)
    qtbot.waitUntil(lambda: asked == [1, 1])
    strike(place, "\r", after_ms=300)
    assert asked == [1, 1, 0]
    place.field.setFocus()
    type_slowly(place, "1")
    qtbot.waitUntil(lambda: place.field.text() == "1")
    assert heard.scans == ["111111"]


def test_a_shortcut_that_is_disabled_hidden_or_elsewhere_obeys_nobody(qtbot: QtBot, place: Place) -> None:
    asked: list[str] = []
    QShortcut(QKeySequence("1"), place, lambda: asked.append("1")).setEnabled(False)
    hidden = QWidget(place)
    hidden.hide()
    QShortcut(QKeySequence("2"), hidden, lambda: asked.append("2"))
    within = QShortcut(QKeySequence("3"), place.table, lambda: asked.append("3"))
    within.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    place.button.setFocus()
    type_slowly(place, "123")
    qtbot.waitUntil(lambda: place.unwanted == ["1", "2", "3"])
    assert asked == []


def test_undo_right_after_a_scan_and_in_the_middle_of_typing(place: Place, heard: Heard) -> None:
    undone: list[str] = []
    QShortcut(QKeySequence("Ctrl+Z"), place, lambda: undone.append(place.field.text()))
    place.button.setFocus()
    scan(place, TAG)
    keys.press(place, Qt.Key.Key_Control, after_ms=3)
    keys.press(place, Qt.Key.Key_Z, "\x1a", CONTROL, after_ms=3)
    assert undone == [""]
    place.field.setFocus()
    type_slowly(place, "ab")
    keys.press(place, Qt.Key.Key_Z, "\x1a", CONTROL, after_ms=3)
    assert place.field.text() == ""
    assert heard.scans == [TAG]


def test_what_is_held_goes_before_a_function_key(place: Place) -> None:
    seen: list[str] = []
    QShortcut(QKeySequence("F2"), place, lambda: seen.append(place.field.text()))
    strike(place, "a")
    keys.press(place, Qt.Key.Key_F2, after_ms=3)
    assert seen == ["a"]


def test_a_key_that_opens_a_window_does_not_keep_the_next_ones(qtbot: QtBot, place: Place, heard: Heard) -> None:
    dialog = QDialog(place)
    seen: list[str] = []

    def leave() -> None:
        seen.append(place.field.text())
        dialog.reject()

    def on_typed(text: str) -> None:
        if text == "a":
            QTimer.singleShot(150, leave)
            dialog.exec()

    place.field.textEdited.connect(on_typed)
    scan(place, "abc", end="", gap_ms=20)
    qtbot.waitUntil(lambda: seen != [])
    assert seen == ["abc"]
    assert place.field.text() == "abc"
    assert heard.scans == []


def test_every_key_and_click_tells_that_somebody_is_there(place: Place, listening: ScanFilter) -> None:
    pressed: list[int] = []
    listening.pressed.connect(lambda: pressed.append(1))
    scan(place, TAG.lower())
    assert len(pressed) == len(TAG) + 1
    keys.press(place, Qt.Key.Key_F2, after_ms=200)
    keys.click(place.button, after_ms=200)
    assert len(pressed) == len(TAG) + 3
