"""The window: rooms by role, the rail that folds, the demonstration that says so, the base that does not open."""

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.settings import Settings
from tests.builders import CAMPAIGN, World
from ui import __main__ as desk
from ui import theme
from ui.dialogs.message import Message
from ui.jobs import Jobs
from ui.main_window import MainWindow
from ui.screens.counter import Counter
from ui.screens.devices import Devices


@pytest.fixture
def window(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> MainWindow:
    session = dataclasses.replace(sqlite_world.session, settings=Settings(is_demonstration=True))
    made = MainWindow(session, jobs)
    qtbot.addWidget(made)
    made.show()
    return made


def said(window: QWidget) -> set[str]:
    return {label.text() for label in window.findChildren(QLabel) if label.isVisible()}


def test_the_rail_names_campaign_person_and_demonstration(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: CAMPAIGN in said(window))
    assert "C. Morel · administrator" in said(window)
    assert "Demonstration base: fictional people, not encrypted" in said(window)


def test_control_and_a_digit_change_rooms(qtbot: QtBot, window: MainWindow) -> None:
    assert isinstance(window._stack.currentWidget(), Counter)
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: isinstance(window._stack.currentWidget(), Devices))
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(window._stack.currentWidget(), Counter)


def test_the_rail_folds_in_a_narrow_window(window: MainWindow) -> None:
    window.resize(1099, 700)
    assert window._rail.width() < 100
    window.resize(1280, 700)
    assert window._rail.width() > 200


def test_a_role_without_a_room_is_told_what_to_do(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> None:
    session = dataclasses.replace(sqlite_world.session, actor=Actor("A. Finance", Role.FINANCE))
    window = MainWindow(session, jobs)
    qtbot.addWidget(window)
    window.show()
    assert "No room for your role yet" in said(window)


def test_the_window_opens_in_the_room_it_was_closed_in(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs, tmp_path: Path
) -> None:
    memory = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
    first = MainWindow(sqlite_world.session, jobs, memory)
    qtbot.addWidget(first)
    first.screen_of("devices")
    first.close()
    second = MainWindow(sqlite_world.session, jobs, memory)
    qtbot.addWidget(second)
    assert isinstance(second._stack.currentWidget(), Devices)


def test_every_widget_that_takes_the_focus_has_a_name(window: MainWindow) -> None:
    window.screen_of("devices")
    nameless = [
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not (widget.accessibleName() or getattr(widget, "text", str)() or widget.objectName().startswith("qt_"))
        and type(widget).__module__.startswith("ui.")
    ]
    assert nameless == []


def test_light_and_dark_are_switched_while_the_window_is_open(qapp: QApplication, window: MainWindow) -> None:
    theme.apply(qapp, theme.Scheme.DARK)
    assert window.palette().window().color().name().upper() == theme.DARK.bg
    theme.apply(qapp, theme.Scheme.LIGHT)
    assert window.palette().window().color().name().upper() == theme.LIGHT.bg


@pytest.mark.usefixtures("qapp")
def test_a_base_that_is_not_there_is_said_in_a_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    def keep(window: Message) -> int:
        shown.extend(said_by(window))
        return 0

    monkeypatch.setattr(Message, "exec", keep)
    assert desk.main(["--database", str(tmp_path / "none.sqlite"), "--lang", "en"]) == 3
    assert any("There is no base at" in sentence for sentence in shown)


def said_by(window: QWidget) -> list[str]:
    return [label.text() for label in window.findChildren(QLabel)]


def test_without_a_display_the_desk_says_what_to_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(desk, "has_display", lambda: False)
    assert desk.main(["--lang", "en"]) == 3
    assert "python -m ui.headless" in capsys.readouterr().err
