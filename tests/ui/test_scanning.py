"""The scan filter: what is a scan, what is a hand, and nothing lost or left by either."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QCompleter,
    QDialog,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tablet_loans.domain.gs1 import FNC1
from tablet_loans.domain.settings import Settings
from tests.ui import typing_as_a_scanner as keys
from tests.ui.typing_as_a_scanner import queue, scan, strike, type_slowly
from ui.scanning import Arrival, ScanFilter, Verdict

TAG = "ML-000412-2"
CONTROL = Qt.KeyboardModifier.ControlModifier


class Place(QWidget):
    """A window with everything that may have the focus; it keeps the keys that nobody wanted, pressed or released."""

    def __init__(self) -> None:
        super().__init__()
        self.unwanted: list[str] = []
        self.released: list[str] = []
        self.field, self.other = QLineEdit(), QLineEdit()
        self.button, self.choice, self.table = QPushButton("Lend"), QComboBox(), QTableWidget(3, 2)
        self.choice.addItems(["Collège Les Iris", "Lycée Martin", "Moulin"])
        layout = QVBoxLayout(self)
        for widget in (self.field, self.other, self.button, self.choice, self.table):
            layout.addWidget(widget)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.unwanted += event.text()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self.released += event.text()


@dataclass
class Heard:
    """What the filter said."""

    scans: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)


@pytest.fixture
def listening(qapp: QApplication) -> Iterator[ScanFilter]:
    """Return a filter on the program."""
    scans = ScanFilter(Settings())
    scans.install(qapp)
    yield scans
    shiboken6.delete(scans)


@pytest.fixture
def heard(listening: ScanFilter) -> Heard:
    """Return what the filter says."""
    said = Heard()
    listening.scanned.connect(said.scans.append)
    listening.doubled.connect(said.doubles.append)
    listening.arrived.connect(said.arrivals.append)
    return said


@pytest.fixture
def place(qtbot: QtBot, listening: ScanFilter) -> Place:
    """Return a window in front that the filter listens to, its field in focus."""
    assert listening is not None
    window = Place()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.field.setFocus()
    return window


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


def test_a_key_held_down_is_no_scan(place: Place, heard: Heard) -> None:
    keys.press(place, Qt.Key.Key_A, "a")
    keys.press(place, Qt.Key.Key_A, "a", after_ms=400, is_repeat=True)
    for turn in range(6):
        keys.release(place, Qt.Key.Key_A, "a", after_ms=30)
        keys.press(place, Qt.Key.Key_A, "a", is_repeat=turn < 2)
    strike(place, "\r", after_ms=30)
    assert place.field.text() == "a" * 8
    assert heard.scans == []


def test_a_quick_double_figure_that_x_calls_a_repeat_is_scanned(place: Place, heard: Heard) -> None:
    scan(place, "ML-0", end="")
    for _ in range(2):
        keys.press(place, Qt.Key.Key_0, "0", after_ms=1, is_repeat=True)
    scan(place, "412-2", start_ms=keys.now_ms() + 1)
    assert heard.scans == [TAG]


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


def test_every_key_and_click_tells_that_somebody_is_there(place: Place, listening: ScanFilter) -> None:
    pressed: list[int] = []
    listening.pressed.connect(lambda: pressed.append(1))
    scan(place, TAG.lower())
    assert len(pressed) == len(TAG) + 1
    keys.press(place, Qt.Key.Key_F2, after_ms=200)
    keys.click(place.button, after_ms=200)
    assert len(pressed) == len(TAG) + 3


def test_keys_without_a_time_are_timed_as_they_come(place: Place, heard: Heard) -> None:
    window = place.windowHandle()
    for character in "ML-9\r":
        for kind in (QKeyEvent.Type.KeyPress, QKeyEvent.Type.KeyRelease):
            key = Qt.Key.Key_Return.value if character == "\r" else ord(character)
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
            assert event.timestamp() == 0
            QCoreApplication.sendEvent(window, event)
    assert heard.scans == ["ML-9"]
