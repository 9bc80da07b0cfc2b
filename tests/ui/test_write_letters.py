"""Letters in the window: who is written to, read before, printed, and written into files."""

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tablet_loans.domain.letter import LetterKind
from tablet_loans.domain.mail import MessageState
from tablet_loans.domain.roles import Actor, Role
from tests.builders import CAMPAIGN, World
from tests.ui.at_the_letters import Late, late_loans, listed, open_read, open_window, previews, said_in, states, ticked
from ui.dialogs.write_letters import WriteLetters
from ui.jobs import Jobs
from ui.letter_opening import open_letters


@pytest.fixture
def late(sqlite_world: World) -> Late:
    return late_loans(sqlite_world)


@pytest.fixture
def dialog(qtbot: QtBot, late: Late, jobs: Jobs) -> WriteLetters:
    """Return the dialog, its three loans listed and the first letter read."""
    return open_read(qtbot, jobs, late.session)


def read_beside(dialog: WriteLetters) -> str:
    return said_in(dialog.paper.view._file)


def test_those_due_are_ticked_and_the_letter_of_the_one_selected_is_read(
    qtbot: QtBot, dialog: WriteLetters, late: Late
) -> None:
    assert set(ticked(dialog)) == set(listed(dialog)) == {late.reached, late.homeless, late.mute}
    assert dialog.list.kinds.buttons[LetterKind.REMINDER_1].text().endswith("3")
    names = {late.reached: "benali", late.homeless: "kaya", late.mute: "roux"}
    assert names[listed(dialog)[0]] in read_beside(dialog)
    for loan in listed(dialog)[1:]:
        with qtbot.waitSignal(dialog.paper.shown):
            QTest.keyClick(dialog.list.table, Qt.Key.Key_Down)
        assert names[loan] in read_beside(dialog)
    assert states(late) == []


def test_space_and_a_click_leave_a_loan_out(dialog: WriteLetters) -> None:
    first, second, third = listed(dialog)
    QTest.keyClick(dialog.list.table, Qt.Key.Key_Space)
    assert ticked(dialog) == [second, third]
    place = dialog.list.table.visualRect(dialog.list.model.index(1, 0)).center()
    QTest.mouseClick(dialog.list.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert ticked(dialog) == [third]
    dialog.foot.due.click()
    assert ticked(dialog) == [first, second, third]


def test_letters_ticked_are_printed_shown_and_written_down(qtbot: QtBot, dialog: WriteLetters, late: Late) -> None:
    left_out = listed(dialog)[0]
    QTest.keyClick(dialog.list.table, Qt.Key.Key_Space)
    with qtbot.waitSignal(dialog.work.printed, timeout=30_000) as printed:
        dialog.foot.print_.click()
    paper, written = printed.args
    assert (written.letters, written.loans) == (2, 2)
    assert len(pypdfium2.PdfDocument(paper.read_bytes())) == 2
    assert late.reached.lower() in said_in(paper) or left_out == late.reached
    (preview,) = previews()
    preview.close()
    assert {loan for loan, _ in states(late)} == set(listed(dialog)) - {left_out}
    qtbot.waitUntil(lambda: ticked(dialog) == [])  # the others wait for the time that the letter gave
    dialog.foot.due.click()
    assert ticked(dialog) == [left_out]


def test_mails_are_written_into_a_folder(qtbot: QtBot, dialog: WriteLetters, late: Late, tmp_path: Path) -> None:
    with qtbot.waitSignal(dialog.work.filed, timeout=30_000):
        dialog.write_files(tmp_path / "mails")
    written = {file.name for file in (tmp_path / "mails").iterdir()}
    assert written == {f"{late.reached}.eml", f"{late.homeless}.eml"}
    assert {state for _, state in states(late)} == {MessageState.WRITTEN}


def test_a_kind_that_nothing_calls_for_says_so(qtbot: QtBot, dialog: WriteLetters) -> None:
    with qtbot.waitSignal(dialog.list.model.modelReset):
        dialog.list.kinds.turn_to(LetterKind.LOSS)
    assert dialog.list._pages.currentIndex() == 0
    assert dialog.list._empty.accessibleName()
    qtbot.waitUntil(lambda: not dialog.paper.view.has_paper())
    for button in (dialog.foot.print_, dialog.foot.send, dialog.foot.files):
        assert not button.isEnabled()


def test_more_days_leave_out_those_less_late(qtbot: QtBot, dialog: WriteLetters) -> None:
    with qtbot.waitSignal(dialog.list.model.modelReset):
        dialog.head.days.setText("5000")
    assert listed(dialog) == []


def test_another_school_is_chosen_by_its_name(qtbot: QtBot, dialog: WriteLetters, late: Late) -> None:
    late.world.school(name="Lycée Les Canuts")
    uai = str(late.world.base.execute("SELECT uai FROM school WHERE name = 'Lycée Les Canuts'").fetchone()[0])
    with qtbot.waitSignal(dialog.list.model.modelReset):
        dialog.head._schools.chosen.emit(uai)
    assert listed(dialog) == []
    qtbot.waitUntil(lambda: "Canuts" in dialog.head.school.accessibleName())
    with qtbot.waitSignal(dialog.list.model.modelReset):
        dialog.head.all.click()
    assert len(listed(dialog)) == 3


def test_a_loan_returned_meanwhile_is_refused_and_the_list_read_again(
    qtbot: QtBot, dialog: WriteLetters, late: Late
) -> None:
    with late.world.base.atomic():
        late.world.base.execute("UPDATE loan SET state = 'returned' WHERE number = ?", (late.mute,))
    with qtbot.waitSignal(dialog.work.failed, timeout=30_000):
        dialog.foot.print_.click()
    assert dialog.banner.isVisible()
    qtbot.waitUntil(lambda: late.mute not in listed(dialog))
    assert states(late) == []


def test_the_choices_are_taken_up_again(qtbot: QtBot, late: Late, jobs: Jobs, tmp_path: Path) -> None:
    memory = QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)
    dialog = open_window(qtbot, jobs, late.session, memory)
    dialog.list.kinds.turn_to(LetterKind.REMINDER_2)
    dialog.head.days.setText("8")
    dialog.sending.attach.setChecked(True)
    dialog.close()
    again = open_window(qtbot, jobs, late.session, memory)
    assert again.list.kinds.kind() is LetterKind.REMINDER_2
    assert again.head.least_days() == 8
    assert again.sending.attach.isChecked()
    qtbot.waitUntil(lambda: len(listed(again)) == 3)
    assert ticked(again) == []  # nobody had the first one


def test_a_liaison_is_refused_in_words(qtbot: QtBot, jobs: Jobs, late: Late) -> None:
    dialog = open_window(qtbot, jobs, replace(late.session, actor=Actor("L. Roy", Role.LIAISON)))
    qtbot.waitUntil(dialog.banner.isVisible)
    assert listed(dialog) == []
    assert not dialog.foot.print_.isEnabled()


def test_escape_leaves_from_the_list_and_from_the_journal(qtbot: QtBot, dialog: WriteLetters) -> None:
    dialog.tabs.buttons["Journal"].click()
    qtbot.waitUntil(lambda: bool(dialog.journal._nothing.accessibleName()))
    QTest.keyClick(dialog, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert not dialog.work.is_busy()  # nothing is printed from the journal
    dialog.tabs.buttons["Letters"].click()
    QTest.keyClick(dialog.list.table, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_room_has_one_window_of_letters(qtbot: QtBot, late: Late, jobs: Jobs) -> None:
    room = QWidget()
    qtbot.addWidget(room)
    window = open_letters(late.session, jobs, CAMPAIGN, parent=room)
    assert open_letters(late.session, jobs, CAMPAIGN, parent=room) is window
    qtbot.waitUntil(lambda: len(listed(window)) == 3)
    window.close()


def test_what_was_left_out_stays_so_when_the_list_is_read_again(qtbot: QtBot, dialog: WriteLetters) -> None:
    first, second, third = listed(dialog)
    QTest.keyClick(dialog.list.table, Qt.Key.Key_Space)
    with qtbot.waitSignal(dialog.list.model.modelReset):
        QTest.keyClick(dialog, Qt.Key.Key_F5)
    assert ticked(dialog) == [second, third]
    assert dialog.list.current() == first
