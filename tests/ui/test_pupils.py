"""The pupils: found as one types, narrowed by chips, told beside the list, corrected by hand and put back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.identifiers import uai_key
from tablet_loans.domain.pupil import PupilFilter, PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import consulting, lending
from tablet_loans.services.session import Session
from tablet_loans.storage import rows
from tablet_loans.storage.database import Base
from tests.builders import World, new_session
from ui.dialogs.correct_pupil import CorrectPupil
from ui.jobs import Jobs
from ui.screens.pupils import Pupils
from ui.widgets.filters import FilterChip

Opened = Callable[..., Pupils]
UAI = "0690142" + uai_key("0690142")


@pytest.fixture
def opened(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> Opened:
    """Return the way to open the screen once the base is filled."""

    def open_screen(memory: QSettings | None = None, session: Session | None = None) -> Pupils:
        screen = Pupils(session or sqlite_world.session, jobs)
        screen.memory = memory
        qtbot.addWidget(screen)
        screen.resize(1072, 720)
        screen.show()
        screen.activateWindow()
        qtbot.waitUntil(lambda: bool(screen.count.text()))
        return screen

    return open_screen


@pytest.fixture
def folk(sqlite_world: World) -> list[PupilId]:
    """Return pupils of two schools, by name."""
    sqlite_world.school("0690001A", "Collège Les Iris")
    other = sqlite_world.school(UAI, "Lycée Ampère")
    made = [sqlite_world.pupil("Abdelmalek", "Inès"), sqlite_world.pupil("Kaya", "Emre", school_id=other)]
    return [*made, sqlite_world.pupil("Martin", "Léa", school_id=other, class_name="3e A")]


@pytest.fixture
def pupils(qtbot: QtBot, folk: list[PupilId], opened: Opened) -> Pupils:
    assert folk
    screen = opened()
    qtbot.waitUntil(lambda: screen.model.row_at(0) is not None)
    return screen


def chips(screen: Pupils) -> list[FilterChip]:
    return [chip for chip in screen.filters.findChildren(FilterChip) if chip.isVisible()]


def guardian(base: Base, school_id: int) -> int:
    values = {
        "school_id": school_id, "civility": "Mme", "family_name": "Kaya", "given_name": "Aylin", "phone": "",
        "mobile": "0639980012", "email": "", "address": "3 rue X", "postcode": "", "commune": "",
        "is_institution": False, "name_key": "", "address_key": "",
    }  # fmt: skip
    return rows.insert(base, "guardian", values)


def show(qtbot: QtBot, screen: Pupils, place: int) -> None:
    row = screen.model.row_at(place)
    assert row is not None
    screen.table.choose(place)
    qtbot.waitUntil(lambda: screen.record.shown_id() == row.id)


def dialog_of(screen: Pupils) -> CorrectPupil:
    screen.open_correction()
    dialog = screen.findChild(CorrectPupil)
    assert isinstance(dialog, CorrectPupil)
    return dialog


def test_typing_narrows_the_list_and_enter_shows_the_first(qtbot: QtBot, pupils: Pupils) -> None:
    QTest.keyClicks(pupils.search, "mart")
    qtbot.waitUntil(lambda: pupils.count.text() == "1 pupil")
    QTest.keyClick(pupils.search, Qt.Key.Key_Return)
    qtbot.waitUntil(pupils.record.isVisible)
    assert pupils.record.words()[0] == "MARTIN Léa"


def test_a_school_then_its_class_read_as_a_sentence_and_go_together(qtbot: QtBot, pupils: Pupils) -> None:
    assert pupils.filters.sentence() == "All pupils"
    pupils.filters.pick_school()
    picker = pupils.filters._picker
    assert picker is not None
    QTest.keyClicks(picker.field, "amp")
    qtbot.waitUntil(lambda: picker.list.count() == 1)
    QTest.keyClick(picker.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pupils.count.text() == "2 pupils")
    pupils.filters.pick_class()
    classes = pupils.filters._picker
    assert classes is not None
    qtbot.waitUntil(lambda: classes.list.count() == 2)
    QTest.keyClick(classes.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pupils.count.text() == "1 pupil")
    assert pupils.filters.sentence() == "Pupils · of school Lycée Ampère · Villeurbanne · class 3e A"
    QTest.keyClick(chips(pupils)[0], Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: pupils.count.text() == "3 pupils")
    assert pupils.filters.chosen == PupilFilter()


def test_a_click_on_the_name_turns_the_list_round_and_other_titles_do_nothing(qtbot: QtBot, pupils: Pupils) -> None:
    pupils.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: getattr(pupils.model.row_at(0), "family_name", "") == "Martin")
    pupils.table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    assert pupils.table.horizontalHeader().sortIndicatorSection() == 0
    assert pupils.table.order().is_descending


def test_the_record_tells_the_household_and_never_an_address(
    qtbot: QtBot, folk: list[PupilId], pupils: Pupils, sqlite_world: World
) -> None:
    with sqlite_world.base.atomic():
        for each in folk[1:]:
            rows.update(sqlite_world.base, "pupil", each, {"household": folk[1]})
        rows.insert(sqlite_world.base, "guardianship", {
            "pupil_id": folk[1], "guardian_id": guardian(sqlite_world.base, 1), "care": "legal"
        })  # fmt: skip
    lending.check_out(sqlite_world.session, code=sqlite_world.device(), pupil_id=folk[2])
    show(qtbot, pupils, 1)
    told = "\n".join(pupils.record.words())
    assert "MARTIN Léa" in told
    assert "0639980012" in told
    assert "Legal guardian" in told
    assert "rue X" not in told


def test_a_correction_by_hand_is_marked_and_undone(qtbot: QtBot, pupils: Pupils, sqlite_world: World) -> None:
    show(qtbot, pupils, 0)
    dialog = dialog_of(pupils)
    assert not dialog.go.isEnabled()
    dialog.fields["class_name"].selectAll()
    QTest.keyClicks(dialog.fields["class_name"], "4e C")
    dialog.fields["birth_date"].clear()
    QTest.keyClicks(dialog.fields["birth_date"], "31/2/2010")
    assert not dialog.go.isEnabled()
    dialog.fields["birth_date"].clear()
    QTest.keyClicks(dialog.fields["birth_date"], "14.3.2010")
    dialog.go.click()
    qtbot.waitUntil(lambda: "corrected by hand" in pupils.record.words())
    qtbot.waitUntil(lambda: getattr(pupils.model.row_at(0), "class_name", "") == "4e C")
    qtbot.waitUntil(lambda: pupils.findChild(CorrectPupil) is None)
    pupils.activateWindow()
    pupils.table.setFocus()
    qtbot.waitUntil(pupils.table.hasFocus)
    QTest.keyClick(pupils.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: getattr(pupils.model.row_at(0), "class_name", "") == "5e B")
    record = consulting.record(sqlite_world.session, pupils.record.shown_id() or PupilId(0))
    assert record.corrected == ()


def test_a_refused_correction_leaves_what_was_written(qtbot: QtBot, pupils: Pupils) -> None:
    show(qtbot, pupils, 0)
    dialog = dialog_of(pupils)
    QTest.keyClicks(dialog.fields["ine"], "NOTANINE")
    dialog.go.click()
    qtbot.waitUntil(dialog.banner.isVisible)
    assert dialog.fields["ine"].text() == "NOTANINE"
    assert dialog.go.isEnabled()
    dialog.reject()


def test_a_pupil_whose_corrected_name_moves_in_the_list_stays_shown(qtbot: QtBot, pupils: Pupils) -> None:
    show(qtbot, pupils, 0)
    pupil = pupils.record.shown_id()
    dialog = dialog_of(pupils)
    dialog.fields["family_name"].selectAll()
    QTest.keyClicks(dialog.fields["family_name"], "Zola")
    dialog.go.click()
    qtbot.waitUntil(lambda: pupils.record.words()[0] == "ZOLA Inès")
    qtbot.waitUntil(lambda: getattr(pupils.model.row_at(0), "family_name", "") == "Kaya")
    assert pupils.record.shown_id() == pupil
    assert not pupils.table.currentIndex().isValid()


def test_a_scan_shows_the_pupil_in_the_list_or_alone(qtbot: QtBot, folk: list[PupilId], pupils: Pupils) -> None:
    pupils.take_scan(str(pupil_card(folk[2])))
    qtbot.waitUntil(lambda: pupils.record.shown_id() == folk[2])
    assert pupils.table.currentIndex().row() == 2
    pupils.filters.choose_school(UAI)
    qtbot.waitUntil(lambda: pupils.count.text() == "2 pupils")
    assert not pupils.record.isVisible()
    pupils.take_scan(str(pupil_card(folk[0])))
    qtbot.waitUntil(lambda: pupils.record.shown_id() == folk[0])
    assert not pupils.table.currentIndex().isValid()
    pupils.take_scan("ZZ99887766")
    qtbot.waitUntil(pupils.banner.isVisible)


def test_rows_are_copied_for_a_spreadsheet_and_escape_puts_the_record_away(qtbot: QtBot, pupils: Pupils) -> None:
    show(qtbot, pupils, 0)
    QTest.keyClick(pupils.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(QGuiApplication.clipboard().dataChanged):
        QTest.keyClick(pupils.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert len(QGuiApplication.clipboard().text().splitlines()) == 4
    pupils.record.take_focus()
    QTest.keyClick(pupils.record._scroll, Qt.Key.Key_Escape)
    assert not pupils.record.isVisible()


def test_words_that_nobody_bears_say_what_to_do(qtbot: QtBot, pupils: Pupils) -> None:
    QTest.keyClicks(pupils.search, "nobody")
    qtbot.waitUntil(pupils._empty.isVisible)
    assert "remove a filter" in pupils._empty.accessibleName()


def test_an_empty_base_says_what_to_import_and_the_button_asks_for_it(qtbot: QtBot, opened: Opened) -> None:
    screen = opened()
    assert "Import the schools" in screen._empty.accessibleName()
    with qtbot.waitSignal(screen.import_asked):
        screen.bring.click()


def test_a_liaison_reads_and_corrects_nothing(
    qtbot: QtBot, folk: list[PupilId], opened: Opened, sqlite_world: World
) -> None:
    assert folk
    screen = opened(session=new_session(sqlite_world.base, actor=Actor("A. Faure", Role.LIAISON)))
    qtbot.waitUntil(lambda: screen.model.row_at(0) is not None)
    show(qtbot, screen, 0)
    assert not screen.record.correct.isVisible()
    assert not screen.bring.isVisible()
    screen.open_correction()
    assert screen.findChild(CorrectPupil) is None


@pytest.mark.usefixtures("folk")
def test_filter_and_order_are_remembered(qtbot: QtBot, opened: Opened, tmp_path: Path) -> None:
    memory = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
    first = opened(memory)
    first.filters.choose_school(UAI, "Lycée Ampère")
    first.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    again = opened(memory)
    qtbot.waitUntil(lambda: again.count.text() == "2 pupils")
    assert again.filters.sentence() == "Pupils · of school Lycée Ampère"
    assert again.table.order().is_descending


def test_what_looks_like_markup_is_shown_letter_for_letter(qtbot: QtBot, opened: Opened, sqlite_world: World) -> None:
    sqlite_world.pupil("<b>Kaya", "A&B")
    screen = opened()
    qtbot.waitUntil(lambda: screen.model.row_at(0) is not None)
    show(qtbot, screen, 0)
    assert screen.record._name.textFormat() == Qt.TextFormat.PlainText
    assert screen.record.words()[0] == "<B>KAYA A&B"


def test_a_birth_date_that_is_no_day_is_said_under_the_field(qtbot: QtBot, pupils: Pupils) -> None:
    show(qtbot, pupils, 0)
    dialog = dialog_of(pupils)
    dialog.fields["birth_date"].selectAll()
    QTest.keyClicks(dialog.fields["birth_date"], "31/02/2012")
    assert dialog._not_a_day.isVisible()
    assert not dialog.go.isEnabled()
    dialog.fields["birth_date"].selectAll()
    QTest.keyClicks(dialog.fields["birth_date"], "28/02/2012")
    assert not dialog._not_a_day.isVisible()
    assert dialog.go.isEnabled()


def test_an_ine_typed_lists_its_pupil_alone(
    qtbot: QtBot, folk: list[PupilId], opened: Opened, sqlite_world: World
) -> None:
    with sqlite_world.base.atomic():
        rows.update(sqlite_world.base, "pupil", folk[1], {"ine": "080123456AB"})
    screen = opened()
    QTest.keyClicks(screen.search, "080123456ab")
    qtbot.waitUntil(lambda: screen.model.rowCount() == 1 and screen.model.row_at(0) is not None)
    row = screen.model.row_at(0)
    assert row is not None
    assert row.id == folk[1]


def test_where_it_is_narrow_the_record_stands_in_the_place_of_the_list(qtbot: QtBot, pupils: Pupils) -> None:
    pupils.resize(580, 340)
    pupils.table.setFocus()
    pupils.table.choose(1)
    row = pupils.model.row_at(1)
    assert row is not None
    qtbot.waitUntil(lambda: pupils.record.record is not None and pupils.record.record.row.id == row.id)
    assert pupils.table.isVisible()
    QTest.keyClick(pupils.table, Qt.Key.Key_Return)
    assert pupils.record.shown_id() == row.id
    assert not pupils.table.isVisible()
    QTest.keyClick(pupils.record._scroll, Qt.Key.Key_Escape)
    assert pupils.table.isVisible()
