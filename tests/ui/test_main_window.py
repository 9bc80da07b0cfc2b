"""The window: rooms by role, the rail that folds, the demonstration that says so, the base that does not open."""

import dataclasses
import threading
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.mdm_rule import Caution
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.settings import Settings
from tablet_loans.domain.trouble import BaseLocked
from tablet_loans.services import connecting_mdm, serving
from tablet_loans.services.desk import Outcome
from tablet_loans.services.session import Session
from tests.builders import CAMPAIGN, World
from ui import __main__ as desk
from ui import theme
from ui.jobs import Jobs
from ui.main_window import MainWindow
from ui.message import Message
from ui.screens.counter import Counter
from ui.screens.devices import Devices

_ANSWER = serving.answer


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
    QTest.keyClick(window, Qt.Key.Key_9, Qt.KeyboardModifier.ControlModifier)
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


def scan_while_the_base_is_locked(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, *codes: str
) -> Counter:
    """Scan these codes: the first meets trouble and is held, the others wait behind it."""

    def locked(*_arguments: object, **_how: object) -> Outcome:
        raise BaseLocked()

    monkeypatch.setattr(serving, "answer", locked)
    counter = window.screen_of("counter")
    assert isinstance(counter, Counter)
    for code in codes:
        counter.field.submitted.emit(code)
    qtbot.waitUntil(counter.is_held)
    return counter


def question(window: MainWindow) -> Message | None:
    return next((asked for asked in window.findChildren(Message) if asked.isVisible()), None)


def test_closing_waits_until_what_was_scanned_is_done(qtbot: QtBot, window: MainWindow, sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    counter = window.screen_of("counter")
    assert isinstance(counter, Counter)
    counter.field.submitted.emit(pupil_card(pupil))
    counter.field.submitted.emit(tag)
    assert not window.close()
    qtbot.waitUntil(window.isHidden)
    assert sqlite_world.state_of(tag) == "on_loan"
    assert question(window) is None


def test_closing_over_a_held_scan_asks_and_staying_loses_none(
    qtbot: QtBot, window: MainWindow, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    counter = scan_while_the_base_is_locked(qtbot, window, monkeypatch, pupil_card(pupil), tag)
    window.screen_of("devices")
    assert not window.close()
    assert "2 scans or agreements are not done" in said(window)
    assert window._stack.currentWidget() is counter
    asked = question(window)
    assert asked is not None
    QTest.keyClick(asked, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: question(window) is None)
    monkeypatch.setattr(serving, "answer", _ANSWER)
    counter.banner._retry.click()
    qtbot.waitUntil(counter.is_quiet)
    assert window.isVisible()
    assert sqlite_world.state_of(tag) == "on_loan"


def test_a_window_is_left_without_a_held_scan_when_that_is_said(
    qtbot: QtBot, window: MainWindow, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan_while_the_base_is_locked(qtbot, window, monkeypatch, pupil_card(sqlite_world.pupil()))
    window.close()
    assert "1 scan or agreement is not done" in said(window)
    leave = next(button for button in window.findChildren(QPushButton) if button.text() == "Leave without them")
    leave.click()
    qtbot.waitUntil(window.isHidden)


def test_trouble_met_while_the_window_closes_is_asked_about(
    qtbot: QtBot, window: MainWindow, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()

    def locked_later(*_arguments: object, **_how: object) -> Outcome:
        release.wait(5)
        raise BaseLocked()

    monkeypatch.setattr(serving, "answer", locked_later)
    counter = window.screen_of("counter")
    assert isinstance(counter, Counter)
    counter.field.submitted.emit(pupil_card(sqlite_world.pupil()))
    assert not window.close()
    assert question(window) is None
    release.set()
    qtbot.waitUntil(lambda: question(window) is not None)
    assert window.isVisible()


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


def test_a_rule_that_is_changed_is_followed_by_all_that_works_in_the_window(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs
) -> None:
    window = MainWindow(sqlite_world.session, jobs)
    qtbot.addWidget(window)
    counter = window.screen_of("counter")
    jobs.run(partial(connecting_mdm.rule, sqlite_world.session, at_counter=Caution.REFUSE))
    qtbot.waitUntil(lambda: counter._session.settings.mdm_at_counter is Caution.REFUSE)
    held = [getattr(each, "_session", None) for each in window.findChildren(QObject)]
    kept = {each.settings.mdm_at_counter for each in held if isinstance(each, Session)}
    assert kept == {Caution.REFUSE}
    assert window.screen_of("devices")._session.settings.mdm_at_counter is Caution.REFUSE


def test_a_rule_that_is_changed_at_another_computer_is_followed(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> None:
    window = MainWindow(sqlite_world.session, jobs)
    qtbot.addWidget(window)
    counter = window.screen_of("counter")
    window._on_last_acts({"B": 1})
    connecting_mdm.rule(sqlite_world.session, at_counter=Caution.REFUSE)
    window._on_last_acts({"B": 2})
    qtbot.waitUntil(lambda: counter._session.settings.mdm_at_counter is Caution.REFUSE)


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
