"""The scanner's test page: what arrived, what it means, what to change."""

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tablet_loans.domain.identifiers import asset_tag
from tablet_loans.domain.settings import Settings
from tests.ui import typing_as_a_scanner as keys
from tests.ui.typing_as_a_scanner import scan
from ui.dialogs.scanner_test import ScannerTest
from ui.scanning import ScanFilter

TAG = asset_tag("ML", 412)


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication) -> Iterator[ScannerTest]:
    """Return the page in front of a program that listens, and gives it its scans as the window does."""
    scanner = ScanFilter(Settings(), parent=qapp)
    scanner.install(qapp)
    shown = ScannerTest()
    shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    scanner.scanned.connect(shown.take_scan)
    scanner.doubled.connect(shown.take_double)
    qtbot.addWidget(shown)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    yield shown
    shiboken6.delete(scanner)


def said(page: ScannerTest) -> str:
    shown = "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())
    return shown.replace("\N{ZERO WIDTH SPACE}", "")


def test_an_empty_page_says_what_to_do(page: ScannerTest) -> None:
    assert "Scan any code" in said(page)


def test_a_good_scan_shows_how_it_came_and_what_it_is(page: ScannerTest) -> None:
    scan(page, f"]C0{TAG}", gap_ms=3)
    for words in ("Recognised as a scan", f"]C0{TAG}", "14", "39 ms", "3 ms", "Code 128", f"Asset tag {TAG}"):
        assert words in said(page)
    assert "Nothing: this scanner is ready." in said(page)


def test_invisible_characters_are_spelled(page: ScannerTest) -> None:
    page.take_scan("]d20103560070278831\x1d21R52M70ABCDE \x04")
    assert "]d20103560070278831<FNC1>21R52M70ABCDE␣<04>" in said(page)
    assert "ms" not in said(page)


@pytest.mark.parametrize(
    ("raw", "advice"),
    [
        ("R(é?èàQBCDE", "American keyboard"),
        ("R%@:&)QBCDE", "French keyboard"),
        (TAG.lower(), "lower case"),
        ("010356007027883121R52M70ABCDE", "FNC1"),
    ],
)
def test_what_a_code_tells_of_the_scanner_is_advised(page: ScannerTest, raw: str, advice: str) -> None:
    page.take_scan(raw)
    assert advice in said(page)


def test_a_slow_scanner_is_told_and_its_enter_presses_nothing(page: ScannerTest) -> None:
    next(button for button in page.findChildren(QPushButton) if button.text() == "Close").setFocus()
    scan(page, TAG, gap_ms=90)
    assert "come 90 ms apart" in said(page)
    assert page.isVisible()


def test_a_scanner_without_an_end_is_told(qtbot: QtBot, page: ScannerTest) -> None:
    scan(page, TAG, end="")
    qtbot.waitUntil(lambda: "send Enter (CR)" in said(page))


def test_a_code_read_twice_is_told(page: ScannerTest) -> None:
    scan(page, TAG)
    scan(page, TAG, start_ms=keys.now_ms() + 300)
    assert "Read twice" in said(page)


def test_what_is_shown_is_copied_for_the_support(page: ScannerTest) -> None:
    scan(page, TAG)
    copy = next(button for button in page.findChildren(QPushButton) if button.text() == "Copy for the support")
    copy.click()
    assert QGuiApplication.clipboard().text().startswith(f"{TAG}\nRecognised as a scan\nCharacters: {len(TAG)}")


def test_a_scan_of_nothing_known_is_said(page: ScannerTest) -> None:
    page.take_scan("....")
    assert "it holds no letter and no figure" in said(page)


def test_escape_closes_the_page(page: ScannerTest) -> None:
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert not page.isVisible()
