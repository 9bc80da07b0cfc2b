"""The needs grid: a key a pupil, kept at once; what is refused is put back, what is pasted is shown first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.answer_code import AnswerMark, answer_code, mark_code
from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.identifiers import uai_key
from tablet_loans.domain.need import Answer, Equipment, NeedFilter, NeedRow, Source, Told
from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import asking, campaigning
from tests.builders import CAMPAIGN, NOON, World
from ui import theme
from ui.answer_queue import Stage
from ui.dialogs.paste_answers import PasteAnswers
from ui.jobs import Jobs
from ui.screens.needs import Needs
from ui.widgets.needs_grid import note_words
from ui.widgets.picker import Option

UAI = "0690142" + uai_key("0690142")
TODAY = NOON.date()
Opened = Callable[..., Needs]


@pytest.fixture
def pupils(sqlite_world: World) -> list[PupilId]:
    """Return two classes of a school, by class and name."""
    school = sqlite_world.school(UAI, "Collège Les Iris")
    names = (("Benali", "Sana", "5e A"), ("Kaya", "Deniz", "5e A"), ("Œuvrard", "Zoé", "5e A"), ("Sow", "Awa", "5e B"))
    return [sqlite_world.pupil(*each[:2], school_id=school, class_name=each[2]) for each in names]


@pytest.fixture
def opened(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> Opened:
    def open_screen(memory: QSettings | None = None, uai: str = UAI) -> Needs:
        theme.apply(QGuiApplication.instance(), theme.Scheme.LIGHT)  # type: ignore[arg-type]
        screen = Needs(sqlite_world.session, jobs)
        screen.memory = memory
        qtbot.addWidget(screen)
        screen.resize(1072, 700)
        screen.show()
        qtbot.waitUntil(lambda: bool(screen.head.campaigns))
        if uai:
            screen.head._on_school(Option("Collège Les Iris", uai))
            qtbot.waitUntil(lambda: screen.model.rowCount() > 0)
        screen.take_focus()
        return screen

    return open_screen


def kept(world: World) -> dict[int, Answer | None]:
    rows = asking.block(world.session, NeedFilter(CAMPAIGN, UAI), Place(0, 100))
    return {row.pupil_id: row.answer for row in rows}


def settled(qtbot: QtBot, screen: Needs) -> None:
    qtbot.waitUntil(lambda: screen.unanswered() == 0)


def current(screen: Needs) -> NeedRow:
    line = screen.model.line_at(screen.grid.currentIndex().row())
    assert line is not None
    return line.row


def pick_class(qtbot: QtBot, screen: Needs, name: str) -> None:
    qtbot.waitUntil(lambda: screen.head.class_.findData(name) >= 0)
    screen.head.class_.setCurrentIndex(screen.head.class_.findData(name))
    qtbot.waitUntil(lambda: {line.row.class_name for line in screen.model.lines()} == {name})


def test_one_key_a_pupil_is_kept_at_once_and_goes_to_the_next(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId], sqlite_world: World
) -> None:
    screen = opened()
    QTest.keyClicks(screen.grid, "123")
    assert current(screen).pupil_id == pupils[3]
    settled(qtbot, screen)
    expected = [Answer(Equipment.NONE), Answer(Equipment.PHONE), Answer(Equipment.SHARED), None]
    assert list(kept(sqlite_world).values()) == expected
    row = current(screen)
    QTest.keyClick(screen.grid, Qt.Key.Key_Up)
    QTest.keyClick(screen.grid, Qt.Key.Key_Return)
    assert current(screen) == row


def test_the_top_row_of_a_french_keyboard_answers_without_shift(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId], sqlite_world: World
) -> None:
    screen = opened()
    QTest.keyClicks(screen.grid, "&\"'")
    settled(qtbot, screen)
    expected = [Answer(Equipment.NONE), Answer(Equipment.SHARED), Answer(Equipment.OWN), None]
    assert [kept(sqlite_world)[pupil] for pupil in pupils] == expected


def test_marks_wait_for_the_answer_or_change_it(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId], sqlite_world: World
) -> None:
    screen = opened()
    QTest.keyClicks(screen.grid, "cp1")
    settled(qtbot, screen)
    assert kept(sqlite_world)[pupils[0]] == Answer(Equipment.NONE, is_cellular=True, is_priority=True)
    screen.grid.choose(0)
    QTest.keyClicks(screen.grid, "p")
    settled(qtbot, screen)
    assert kept(sqlite_world)[pupils[0]] == Answer(Equipment.NONE, is_cellular=True)
    assert current(screen).pupil_id == pupils[0]


def test_an_answer_is_marked_until_it_is_in_the_base(qtbot: QtBot, opened: Opened, pupils: list[PupilId]) -> None:
    screen = opened()
    QTest.keyClicks(screen.grid, "1")
    line = screen.model.line_at(0)
    assert line is not None
    assert (line.stage, line.row.answer) == (Stage.WAITING, Answer(Equipment.NONE))
    assert screen.unanswered() == 1
    settled(qtbot, screen)
    line = screen.model.line_at(0)
    assert line is not None
    assert line.stage is Stage.KEPT
    assert pupils


def test_a_refused_answer_is_put_back_and_says_why(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId], sqlite_world: World
) -> None:
    screen = opened()
    left = TODAY - timedelta(days=1)
    with sqlite_world.base.atomic():
        sqlite_world.base.execute("UPDATE pupil SET left_on = ? WHERE id = ?", (left.isoformat(), pupils[0]))
    QTest.keyClicks(screen.grid, "1")
    qtbot.waitUntil(screen.banner.isVisible)
    settled(qtbot, screen)
    line = screen.model.line_at(0)
    assert line is None or line.row.answer is None


def test_ctrl_z_takes_back_the_last_answer_even_before_it_is_kept(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId], sqlite_world: World
) -> None:
    screen = opened()
    QTest.keyClicks(screen.grid, "12")
    QTest.keyClick(screen.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: kept(sqlite_world)[pupils[1]] is None and screen.unanswered() == 0)
    QTest.keyClick(screen.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not any(kept(sqlite_world).values()))
    line = screen.model.line_at(0)
    assert line is not None
    qtbot.waitUntil(lambda: all(each.row.answer is None for each in screen.model.lines()))
    QTest.keyClick(screen.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert screen.banner.isVisible()


def test_those_who_have_not_answered_are_listed_alone_and_counted(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId]
) -> None:
    screen = opened()
    QTest.keyClicks(screen.grid, "4")
    settled(qtbot, screen)
    screen.head.toggle_narrow()
    assert [line.row.pupil_id for line in screen.model.lines()] == pupils[1:]
    QTest.keyClicks(screen.grid, "111")
    assert screen.model.rowCount() == 3
    settled(qtbot, screen)
    assert "4 of 4" in screen.head._progress.text()
    screen.head.toggle_narrow()
    screen.head.toggle_narrow()
    assert screen.model.rowCount() == 0


def test_the_day_and_who_answered_are_those_above(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId], sqlite_world: World
) -> None:
    screen = opened()
    screen.head.day.setText("1/4")
    screen.head.answered_by.setText("Mme Faure")
    QTest.keyClicks(screen.grid, "1")
    settled(qtbot, screen)
    row = asking.block(sqlite_world.session, NeedFilter(CAMPAIGN, UAI), Place(0, 1))[0]
    assert row.told == Told(date(2026, 4, 1), "Mme Faure", Source.GRID)
    screen.head.day.setText("7/4/2026")
    screen.grid.choose(1)
    QTest.keyClicks(screen.grid, "1")
    assert screen.unanswered() == 0
    assert screen.banner.isVisible()
    assert kept(sqlite_world)[pupils[1]] is None


def test_answers_of_the_campaign_before_are_to_confirm_and_one_key_confirms_them(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId], sqlite_world: World
) -> None:
    told = Told(date(2026, 3, 30), "Mme Perrin", Source.GRID)
    answers = [(pupil, Answer(Equipment.PHONE, is_priority=True)) for pupil in pupils[:3]]
    asking.set_answers(sqlite_world.session, answers=answers, told=told)
    campaigning.close(sqlite_world.session, CAMPAIGN)
    campaigning.relaunch(sqlite_world.session, CAMPAIGN, new_name="Automne", due_on=date(2026, 12, 18))
    screen = opened()
    assert [note_words(line) for line in screen.model.lines()] == ["to confirm"] * 3 + [""]
    screen.grid.choose(0)
    QTest.keyClicks(screen.grid, "2")
    settled(qtbot, screen)
    assert [line.row.to_confirm for line in screen.model.lines()] == [False, True, True, False]
    screen.head._kinds.button(2).click()
    assert [line.row.pupil_id for line in screen.model.lines()] == pupils[1:3]
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    QTest.keyClick(
        screen.grid, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    qtbot.waitUntil(lambda: not screen.head.confirm.isVisible())
    settled(qtbot, screen)
    assert campaigning.shown(sqlite_world.session, "Automne").needs_to_confirm == 0
    screen.undo()
    qtbot.waitUntil(lambda: [line.row.to_confirm for line in screen.model.lines()] == [True, True])
    assert campaigning.shown(sqlite_world.session, "Automne").needs_to_confirm == 2


def test_a_card_scanned_selects_and_an_answer_scanned_answers(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId], sqlite_world: World
) -> None:
    screen = opened()
    screen.take_scan(pupil_card(pupils[2]))
    assert current(screen).pupil_id == pupils[2]
    screen.take_scan(answer_code(Equipment.PHONE))
    screen.take_scan(mark_code(AnswerMark.CELLULAR))
    settled(qtbot, screen)
    assert kept(sqlite_world)[pupils[2]] == Answer(Equipment.PHONE, is_cellular=True)
    stranger = sqlite_world.pupil(school_id=sqlite_world.school(), family_name="Petit")
    screen.take_scan(pupil_card(stranger))
    screen.take_scan(answer_code(Equipment.NONE))
    qtbot.waitUntil(screen.banner.isVisible)
    screen.take_scan(answer_code(Equipment.NONE))
    assert kept(sqlite_world)[pupils[2]] == Answer(Equipment.PHONE, is_cellular=True)
    assert screen.unanswered() == 0


def test_the_card_of_another_class_turns_to_it_and_keeps_who_is_listed(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId], sqlite_world: World
) -> None:
    screen = opened()
    pick_class(qtbot, screen, "5e A")
    screen.head.toggle_narrow()
    screen.take_scan(pupil_card(pupils[3]))
    screen.take_scan(answer_code(Equipment.SHARED))
    qtbot.waitUntil(lambda: kept(sqlite_world)[pupils[3]] == Answer(Equipment.SHARED))
    assert screen.head.class_name == "5e B"
    assert screen.head.is_narrowed()
    stranger = sqlite_world.pupil(school_id=sqlite_world.school(), family_name="Petit")
    screen.take_scan(pupil_card(stranger))
    qtbot.waitUntil(screen.banner.isVisible)
    assert screen.head.class_name == "5e B"
    assert screen.head.is_narrowed()


def test_after_undo_the_pupil_undone_is_current(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId], sqlite_world: World
) -> None:
    screen = opened()
    QTest.keyClicks(screen.grid, "12")
    settled(qtbot, screen)
    screen.undo()
    assert current(screen).pupil_id == pupils[1]
    qtbot.waitUntil(lambda: kept(sqlite_world)[pupils[1]] is None)
    QTest.keyClicks(screen.grid, "4")
    settled(qtbot, screen)
    assert list(kept(sqlite_world).values()) == [Answer(Equipment.NONE), Answer(Equipment.OWN), None, None]


def test_at_the_end_of_the_list_a_key_more_answers_nobody(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId], sqlite_world: World
) -> None:
    screen = opened()
    QTest.keyClicks(screen.grid, "1234")
    assert screen.banner.isVisible()
    QTest.keyClicks(screen.grid, "1c2")
    settled(qtbot, screen)
    assert kept(sqlite_world)[pupils[3]] == Answer(Equipment.OWN)
    screen._read()
    asked = screen._asked
    qtbot.waitUntil(lambda: screen._asked == asked and screen.unanswered() == 0)
    QTest.keyClick(screen.grid, Qt.Key.Key_Up)
    QTest.keyClick(screen.grid, Qt.Key.Key_Down)
    QTest.keyClicks(screen.grid, "1")
    settled(qtbot, screen)
    assert kept(sqlite_world)[pupils[3]] == Answer(Equipment.NONE)


def test_a_mark_said_ahead_is_forgotten_by_undo_and_by_leaving(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId], sqlite_world: World
) -> None:
    screen = opened()
    QTest.keyClicks(screen.grid, "1cp")
    screen.undo()
    assert [line.marks for line in screen.model.lines()] == [frozenset()] * 4
    assert current(screen).pupil_id == pupils[1]
    QTest.keyClicks(screen.grid, "c")
    QTest.keyClick(screen.grid, Qt.Key.Key_Down)
    QTest.keyClick(screen.grid, Qt.Key.Key_Up)
    QTest.keyClicks(screen.grid, "2")
    settled(qtbot, screen)
    assert kept(sqlite_world)[pupils[1]] == Answer(Equipment.PHONE)
    assert kept(sqlite_world)[pupils[0]] == Answer(Equipment.NONE)


def test_once_the_school_or_the_class_is_picked_the_grid_has_the_focus(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId]
) -> None:
    assert pupils
    screen = opened(uai="")
    screen.activateWindow()
    screen.head.school.setFocus()
    screen.head._on_school(Option("Collège Les Iris", UAI))
    qtbot.waitUntil(lambda: screen.focusWidget() is screen.grid)
    screen.head.class_.setFocus()
    pick_class(qtbot, screen, "5e B")
    assert screen.focusWidget() is screen.head.class_
    QTest.keyClick(screen.head.class_, Qt.Key.Key_Return)
    assert screen.focusWidget() is screen.grid


def test_an_ine_scanned_is_looked_up_and_the_answer_waits_for_it(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId], sqlite_world: World
) -> None:
    with sqlite_world.base.atomic():
        sqlite_world.base.execute("UPDATE pupil SET ine = ? WHERE id = ?", ("080123456AB", pupils[1]))
    screen = opened()
    screen.take_scan("080123456AB")
    screen.take_scan(answer_code(Equipment.OWN))
    qtbot.waitUntil(lambda: kept(sqlite_world)[pupils[1]] == Answer(Equipment.OWN))


def test_a_pasted_list_is_shown_first_then_kept_as_one_act(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId], sqlite_world: World
) -> None:
    screen = opened()
    pasted = "Nom\tPrénom\tÉquipement\nBENALI\tSana\trien\nOeuvrard\tZoe\ttéléphone seulement\nInconnu\tPaul\trien"
    QGuiApplication.clipboard().setText(pasted)
    QTest.keyClick(screen.grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    dialog = screen.findChild(PasteAnswers)
    assert dialog is not None
    assert dialog.go.text() == "Record 2 answers"
    assert not any(kept(sqlite_world).values())
    dialog.go.click()
    settled(qtbot, screen)
    assert kept(sqlite_world)[pupils[0]] == Answer(Equipment.NONE)
    assert kept(sqlite_world)[pupils[2]] == Answer(Equipment.PHONE)
    screen.undo()
    qtbot.waitUntil(lambda: not any(kept(sqlite_world).values()))


def test_the_list_chosen_is_remembered(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId], tmp_path_factory: pytest.TempPathFactory
) -> None:
    memory = QSettings(str(tmp_path_factory.mktemp("memory") / "desk.ini"), QSettings.Format.IniFormat)
    screen = opened(memory)
    qtbot.waitUntil(lambda: screen.head.class_.count() == 3)
    screen.head.class_.setCurrentIndex(screen.head.class_.findData("5e B"))
    qtbot.waitUntil(lambda: screen.model.rowCount() == 1)
    again = opened(memory, uai="")
    qtbot.waitUntil(lambda: [line.row.pupil_id for line in again.model.lines()] == pupils[3:])
    assert (again.head.uai, again.head.class_name) == (UAI, "5e B")


def test_what_the_household_already_has_is_a_quiet_note(opened: Opened, pupils: list[PupilId]) -> None:
    screen = opened()
    line = screen.model.line_at(0)
    assert line is not None
    assert pupils
    assert note_words(line) == ""
    assert "1" in note_words(replace(line, row=replace(line.row, household_loans=1)))


def test_an_empty_screen_says_what_to_do(qtbot: QtBot, opened: Opened) -> None:
    screen = opened(uai="")
    qtbot.waitUntil(lambda: "F6" in screen._empty.accessibleName())
