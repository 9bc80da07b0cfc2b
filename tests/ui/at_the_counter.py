"""What tests do at the counter: scan, type, press, and read what came of it."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services.desk import Did, Outcome
from tests.builders import World
from ui.screens.counter import Counter


def scan(counter: Counter, code: object) -> None:
    """Scan a code without waiting for the answer; a pupil's id is scanned from the card."""
    counter.take_scan(pupil_card(PupilId(code)) if isinstance(code, int) else str(code))


def enter(counter: Counter, words: str) -> None:
    """Type words and Enter into the field."""
    QTest.keyClicks(counter.field, words)
    QTest.keyClick(counter.field, Qt.Key.Key_Return)


def type_marks(counter: Counter, marks: str, scan_code: int = 0) -> None:
    """Type characters that QTest does not know, with the code of their key."""
    none = Qt.KeyboardModifier.NoModifier
    for mark in marks:
        QApplication.sendEvent(counter.field, QKeyEvent(QEvent.Type.KeyPress, 0, none, scan_code, 0, 0, mark))


def press(counter: Counter, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(counter.field, key, held)


def rows(counter: Counter) -> list[Outcome]:
    return counter.operations.rows.rows


def did(counter: Counter) -> list[Did]:
    return [row.did for row in rows(counter)]


def settle(qtbot: QtBot, counter: Counter) -> None:
    qtbot.waitUntil(counter.is_quiet)


def serve(qtbot: QtBot, counter: Counter, *codes: object) -> None:
    """Scan these codes and wait until all are answered."""
    for code in codes:
        scan(counter, code)
    settle(qtbot, counter)


def kept(world: World, column: str) -> list[object]:
    """Return what the loans keep in a column, by number."""
    found = world.base.execute(f"SELECT {column} FROM loan ORDER BY number").fetchall()  # noqa: S608
    return [row[0] for row in found]


def close_banner(counter: Counter) -> None:
    """Click the cross of the notice."""
    close = next(button for button in counter.banner.findChildren(QPushButton) if button.objectName() == "quiet")
    close.click()
