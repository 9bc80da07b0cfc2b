"""The allocation from the window: a plan made, looked at, marked, applied, refused when outdated, taken back."""

from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.allocation import Outcome
from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.mark import MarkKind
from tablet_loans.domain.plan import PlanState
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.ranking import Criterion
from tablet_loans.services import allocating, explaining, lending, marking, ruling
from tests.builders import CAMPAIGN, World
from tests.ui.at_the_allocation import APART_MS, Opened, promises, reserve, rules_dialog
from ui.dialogs.compare_plans import ComparePlans
from ui.dialogs.mark import Mark
from ui.dialogs.pack_cartons import PackCartons
from ui.message import Message
from ui.screens.allocation import Allocation
from ui.widgets.plan_words import MarkAct


def select(qtbot: QtBot, screen: Allocation, place: int) -> None:
    screen.table.choose(place)
    qtbot.waitUntil(screen.panel.isVisible)
    qtbot.waitUntil(lambda: bool(screen.panel.pupils.listed()))


def test_without_a_plan_the_next_step_makes_one(
    qtbot: QtBot, opened: Opened, pupils: list[PupilId], sqlite_world: World
) -> None:
    screen = opened()
    assert not screen.head.reserve.isVisible()
    QTest.mouseClick(screen.empty.act, Qt.MouseButton.LeftButton)
    assert screen.work.strip.isVisible()
    assert not screen.head.make.isEnabled()
    qtbot.waitUntil(lambda: len(screen.model.rows) == 2, timeout=APART_MS)
    head = explaining.head(sqlite_world.session, CAMPAIGN)
    assert (head.eligible, head.served) == (len(pupils), 3)
    assert screen.figures.said() == ["5", "3", "2", "0"]
    assert screen.head.reserve.isEnabled()


def test_a_plan_is_stopped_before_anything_is_kept(qtbot: QtBot, planned: Allocation, sqlite_world: World) -> None:
    planned.head.make.click()
    planned.work.strip.stop.click()
    qtbot.waitUntil(lambda: not planned.work.is_busy(), timeout=APART_MS)
    assert len(explaining.heads(sqlite_world.session, CAMPAIGN)) == 1
    assert planned.head.make.isEnabled()
    assert not planned.work.strip.isVisible()


def test_a_campaign_without_needs_says_so(qtbot: QtBot, opened: Opened, sqlite_world: World) -> None:
    sqlite_world.device()
    screen = opened()
    qtbot.waitUntil(lambda: screen._seen.plans == 0 and screen.empty.isVisible())
    assert not screen.empty.act.isVisible()
    assert not screen.head.compare.isEnabled()


def test_the_least_covered_school_comes_first_and_its_pupils_stand_in_rank_order(
    qtbot: QtBot, planned: Allocation
) -> None:
    first = planned.model.share_at(0)
    assert first is not None
    assert (first.name, first.served, first.in_need) == ("Lycée Les Canuts", 1, 3)
    select(qtbot, planned, 0)
    rows = planned.panel.pupils.listed()
    assert [row.choice.rank for row in rows] == [3, 4, 5]
    assert [row.choice.outcome for row in rows] == [Outcome.SERVED, Outcome.WAITING, Outcome.WAITING]
    planned.panel.take_focus()
    assert planned.panel.why.isVisible()
    QTest.mouseClick(planned.panel.waiting, Qt.MouseButton.LeftButton)
    assert [row.choice.rank for row in planned.panel.pupils.listed()] == [4, 5]


def test_the_plan_is_reserved_after_its_preview_and_can_be_taken_back(
    qtbot: QtBot, planned: Allocation, sqlite_world: World
) -> None:
    reserve(qtbot, planned)
    assert [state for _, state in promises(sqlite_world)] == ["promised"] * 3
    qtbot.waitUntil(lambda: planned._seen.applied() is not None)
    assert not planned.head.reserve.isVisible()
    planned.banner._retry.click()
    ask = planned.findChild(Message)
    assert ask is not None
    ask.accept()
    qtbot.waitUntil(lambda: [state for _, state in promises(sqlite_world)] == ["released"] * 3, timeout=APART_MS)
    qtbot.waitUntil(lambda: planned._seen.head is not None and planned._seen.head.state is PlanState.WITHDRAWN)
    assert not planned.head.withdraw.isEnabled()


def test_promises_are_taken_back_also_once_another_plan_was_made(
    qtbot: QtBot, planned: Allocation, sqlite_world: World
) -> None:
    reserve(qtbot, planned)
    allocating.draft(sqlite_world.session, CAMPAIGN)
    planned.read_again()
    qtbot.waitUntil(lambda: planned._seen.plans == 2)
    assert planned._seen.applied() is None
    assert not planned.head.reserve.isEnabled()
    assert planned.head.letters.isEnabled()
    planned.head.withdraw.trigger()
    ask = planned.findChild(Message)
    assert ask is not None
    ask.accept()
    qtbot.waitUntil(lambda: [state for _, state in promises(sqlite_world)] == ["released"] * 3, timeout=APART_MS)


def test_who_received_a_tablet_since_is_in_the_waiting_list_no_more(
    qtbot: QtBot, planned: Allocation, sqlite_world: World
) -> None:
    reserve(qtbot, planned)
    select(qtbot, planned, 0)
    qtbot.waitUntil(planned.panel.letters.isVisible)
    first, second = (row.choice.pupil for row in planned.panel.pupils.listed() if row.choice.rank > 3)
    lending.check_out(sqlite_world.session, code=sqlite_world.device(), pupil_id=first)
    planned.panel.waiting.click()
    qtbot.waitUntil(lambda: [row.choice.pupil for row in planned.panel.pupils.listed()] == [second])


def test_a_plan_that_is_outdated_is_refused_and_can_be_made_again(
    qtbot: QtBot, planned: Allocation, sqlite_world: World, pupils: list[PupilId]
) -> None:
    assert planned._seen.head is not None
    old = planned._seen.head.id
    tag = sqlite_world.device()
    lending.check_out(sqlite_world.session, code=tag, pupil_id=pupils[0])
    reserve(qtbot, planned)
    assert promises(sqlite_world) == []
    qtbot.waitUntil(planned.banner.isVisible)
    planned.banner._retry.click()
    qtbot.waitUntil(lambda: planned._seen.head is not None and planned._seen.head.id > old, timeout=APART_MS)
    assert not planned.work.is_busy()


def test_a_pupil_is_pinned_with_a_note_and_taken_back(qtbot: QtBot, planned: Allocation, sqlite_world: World) -> None:
    select(qtbot, planned, 0)
    planned.panel.take_focus()
    planned.panel.pupils.choose(2)
    row = planned.panel.pupils.current()
    assert row is not None
    QTest.keyClick(planned.panel.pupils, Qt.Key.Key_Return)
    assert planned.panel.acts[MarkAct.PIN].hasFocus()
    QTest.keyClick(planned.panel.acts[MarkAct.PIN], Qt.Key.Key_Space)
    dialog = planned.findChild(Mark)
    assert dialog is not None
    assert not dialog.go.isEnabled()
    QTest.keyClicks(dialog.note, "asked by the social service")
    QTest.keyClick(dialog.note, Qt.Key.Key_Return)
    qtbot.waitUntil(planned.panel.acts[MarkAct.TAKE_BACK].isVisible)
    (mark,) = marking.marks(sqlite_world.session, CAMPAIGN)
    assert (mark.pupil_id, mark.kind, mark.note) == (row.choice.pupil, MarkKind.PINNED, "asked by the social service")
    assert mark.note in planned.panel.mark.text()
    assert not planned.panel.acts[MarkAct.PIN].isVisible()


def test_a_note_that_names_the_pupil_is_refused_in_place(qtbot: QtBot, planned: Allocation) -> None:
    select(qtbot, planned, 0)
    planned.panel.take_focus()
    row = planned.panel.pupils.current()
    assert row is not None
    planned.panel.acts[MarkAct.SET_ASIDE].click()
    dialog = planned.findChild(Mark)
    assert dialog is not None
    dialog.note.setText(f"{row.name.split()[0]} has one")
    dialog.go.click()
    qtbot.waitUntil(dialog.banner.isVisible)
    assert dialog.go.isEnabled()


def test_schools_are_found_by_typing_and_opened_with_enter(qtbot: QtBot, planned: Allocation) -> None:
    QTest.keyClick(planned, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(planned.tools.search, "iris")
    qtbot.waitUntil(lambda: len(planned.model.rows) == 1)
    QTest.keyClick(planned.tools.search, Qt.Key.Key_Return)
    assert planned.table.hasFocus()
    qtbot.waitUntil(planned.panel.isVisible)
    QTest.keyClick(planned.table, Qt.Key.Key_Return)
    assert planned.panel.pupils.hasFocus()
    QTest.keyClick(planned.panel.pupils, Qt.Key.Key_Escape)
    assert not planned.panel.isVisible()
    assert planned.table.hasFocus()
    planned.tools.search.setText("nowhere")
    qtbot.waitUntil(planned.empty.isVisible)


def test_a_scanned_card_shows_the_pupil_even_where_the_list_is_narrowed(
    qtbot: QtBot, planned: Allocation, pupils: list[PupilId]
) -> None:
    planned.tools.search.setText("canuts")
    qtbot.waitUntil(lambda: len(planned.model.rows) == 1)
    planned.take_scan(pupil_card(pupils[0]))
    qtbot.waitUntil(lambda: planned.panel.isVisible() and planned.panel.pupils.current() is not None)
    row = planned.panel.pupils.current()
    assert row is not None
    assert row.choice.pupil == pupils[0]
    assert str(row.choice.rank) in planned.panel.why.text()


def test_a_card_of_someone_the_plan_does_not_know_is_said(
    qtbot: QtBot, planned: Allocation, sqlite_world: World
) -> None:
    planned.take_scan(pupil_card(sqlite_world.pupil("Aubert")))
    qtbot.waitUntil(planned.banner.isVisible)
    assert not planned.panel.isVisible()


def test_rules_are_reordered_with_the_keys_and_saved_with_a_note(
    qtbot: QtBot, planned: Allocation, sqlite_world: World
) -> None:
    dialog = rules_dialog(qtbot, planned)
    assert not dialog.save.isEnabled()
    dialog.criteria.list.setCurrentRow(1)
    QTest.keyClick(dialog.criteria.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    dialog.save.click()
    qtbot.waitUntil(dialog.banner.isVisible)
    assert dialog.note.hasFocus()
    QTest.keyClicks(dialog.note, "the council asked")
    dialog.save.click()
    wanted = (Criterion.PRIORITY, Criterion.EQUIPMENT, Criterion.EXAM_YEAR, Criterion.HOUSEHOLD)
    qtbot.waitUntil(lambda: ruling.rules(sqlite_world.session, CAMPAIGN).criteria == wanted)


def test_rules_are_tried_in_a_plan_and_compared_without_being_saved(
    qtbot: QtBot, planned: Allocation, sqlite_world: World
) -> None:
    before = ruling.rules(sqlite_world.session, CAMPAIGN)
    dialog = rules_dialog(qtbot, planned)
    dialog.numbers["reserve"].setText("2")
    dialog.attempt.click()
    qtbot.waitUntil(lambda: planned._seen.plans == 2, timeout=APART_MS)
    assert planned._seen.head is not None
    assert (planned._seen.head.served, planned._seen.head.reserved) == (1, 2)
    assert ruling.rules(sqlite_world.session, CAMPAIGN) == before
    planned.head.compare.click()
    compared = planned.findChild(ComparePlans)
    assert compared is not None
    qtbot.waitUntil(compared.shifts.isVisible, timeout=APART_MS)
    assert [len(model.rows) for model in compared.models] == [2, 0, 2]


def test_a_school_s_reserve_is_added_by_its_name_and_written_in_place(
    qtbot: QtBot, planned: Allocation, sqlite_world: World
) -> None:
    dialog = rules_dialog(qtbot, planned)
    first = planned.model.share_at(0)
    assert first is not None
    dialog.reserves._choice.chosen.emit(first.uai)
    field = dialog.reserves.counts[first.uai]
    assert field.hasFocus()
    QTest.keyClicks(field, "-2")
    dialog.note.setText("kept for late answers")
    dialog.save.click()
    assert field.text() == "-2"
    assert dialog.banner.isVisible()
    field.setText("2")
    dialog.save.click()
    qtbot.waitUntil(lambda: ruling.rules(sqlite_world.session, CAMPAIGN).school_reserves == ((first.uai, 2),))


def test_contradicting_rules_are_refused_in_place(qtbot: QtBot, planned: Allocation) -> None:
    dialog = rules_dialog(qtbot, planned)
    dialog.exams.clear()
    dialog.attempt.click()
    assert dialog.banner.isVisible()
    assert dialog.isVisible()


def test_the_history_lists_what_was_decided(planned: Allocation) -> None:
    planned.head.history.trigger()
    assert planned.history.isVisible()
    assert planned.history.model.rows
    QTest.keyClick(planned.history.table, Qt.Key.Key_Escape)
    assert planned.table.isVisible()


def test_the_campaign_chosen_is_remembered(qtbot: QtBot, sqlite_world: World, opened: Opened, tmp_path: Path) -> None:
    sqlite_world.campaign("Autre campagne")
    memory = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
    first = opened(memory)
    qtbot.waitUntil(lambda: first.head.campaign.count() == 2)
    place = first.head.campaign.findData(CAMPAIGN)
    first.head.campaign.setCurrentIndex(place)
    first.head.campaign.activated.emit(place)
    assert opened(memory).head.chosen() == CAMPAIGN


def test_the_cartons_of_a_school_are_packed_once_its_tablets_are_reserved(qtbot: QtBot, planned: Allocation) -> None:
    select(qtbot, planned, 0)
    assert not planned.panel.packing.isVisible()
    reserve(qtbot, planned)
    qtbot.waitUntil(lambda: planned.panel.packing.isVisible() and planned.panel.packing.isEnabled())
    planned.panel.packing.click()
    assert planned.findChild(PackCartons) is not None


def test_letters_of_a_school_are_written(qtbot: QtBot, planned: Allocation, tmp_path: Path) -> None:
    reserve(qtbot, planned)
    select(qtbot, planned, 0)
    qtbot.waitUntil(planned.panel.letters.isVisible)
    out = tmp_path / "letters.pdf"
    planned.work.print_letters(CAMPAIGN, out, planned._shown)
    qtbot.waitUntil(lambda: not planned.work.is_busy(), timeout=APART_MS)
    assert out.read_bytes().startswith(b"%PDF")
