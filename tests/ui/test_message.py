"""A question in a small window: whatever is typed in haste does the harmless thing."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.message import Message


def shown(qtbot: QtBot, details: str = "", act: str = "") -> tuple[Message, list[bool]]:
    answers: list[bool] = []
    message = Message("Leave?", "Two scans have no answer yet.", details, act=act)
    message.accepted.connect(lambda: answers.append(True))
    message.rejected.connect(lambda: answers.append(False))
    message.open()
    message.activateWindow()
    qtbot.waitUntil(message.isActiveWindow)
    return message, answers


def test_space_and_enter_never_carry_out_the_act(qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape):
        message, answers = shown(qtbot, "what was under way", act="Leave without them")
        assert message.stay.hasFocus()
        QTest.keyClick(message.focusWidget(), key)
        assert answers == [False]


def test_what_is_only_told_is_closed_with_the_space_bar(qtbot: QtBot) -> None:
    message, answers = shown(qtbot, "a traceback")
    assert message.stay.hasFocus()
    QTest.keyClick(message.focusWidget(), Qt.Key.Key_Space)
    assert answers == [True]
