"""The schools: who answered, what is lacking and called back; workbooks go out and come back through a preview."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.campaign import CampaignStatus
from tablet_loans.domain.errors import UnknownPupil
from tablet_loans.domain.identifiers import uai_key
from tablet_loans.domain.need import Answer, Equipment, Source, Told
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.workbook import SchoolReturn
from tablet_loans.services import asking, campaigning, lending
from tablet_loans.services.session import Session
from tablet_loans.storage import rows
from tests.builders import CAMPAIGN, DUE, World, new_session
from ui.dialogs.import_answers import ImportAnswers
from ui.incoming import Kind
from ui.jobs import Jobs
from ui.screens.schools import Schools
from ui.widgets.bars import percent

Opened = Callable[..., Schools]
IRIS, AMPERE, MOULIN = (number + uai_key(number) for number in ("0690142", "0690143", "0690144"))


@pytest.fixture
def opened(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> Opened:
    """Return the way to open the screen once the base is filled."""

    def open_screen(memory: QSettings | None = None, session: Session | None = None) -> Schools:
        screen = Schools(session or sqlite_world.session, jobs)
        screen.memory = memory
        qtbot.addWidget(screen)
        screen.resize(1072, 720)
        screen.show()
        screen.activateWindow()
        qtbot.waitUntil(lambda: screen._asked > 0 and bool(screen.count.text()))
        return screen

    return open_screen


@pytest.fixture
def pupils(sqlite_world: World) -> list[PupilId]:
    """Return two pupils who answered, one who has not, and one who left with a tablet; the last school is empty."""
    world = sqlite_world
    iris, ampere = world.school(IRIS, "Collège Les Iris"), world.school(AMPERE, "Lycée Ampère")
    world.school(MOULIN, "École du Moulin")
    made = [
        world.pupil("Abdelmalek", "Inès", school_id=iris),
        world.pupil("Kaya", "Emre", school_id=iris, class_name="3e A"),
        world.pupil("Martin", "Léa", school_id=ampere),
        world.pupil("Zola", "Ève", school_id=ampere),
    ]
    told = Told(date(2026, 4, 6), "Mme Faure", Source.GRID)
    answers = [(made[0], Answer(Equipment.NONE)), (made[2], Answer(Equipment.OWN))]
    asking.set_answers(world.session, campaign=CAMPAIGN, answers=answers, told=told)
    lending.check_out(world.session, code=world.device(), pupil_id=made[3])
    with world.base.atomic():
        rows.update(world.base, "pupil", made[3], {"left_on": date(2026, 4, 5)})
    return made


@pytest.fixture
def schools(qtbot: QtBot, pupils: list[PupilId], opened: Opened) -> Schools:
    assert pupils
    screen = opened()
    qtbot.waitUntil(lambda: len(screen.model.rows) == 3)
    return screen


def names(screen: Schools) -> list[str]:
    return [getattr(row, "name", "") for row in screen.model.rows]


def show(qtbot: QtBot, screen: Schools, uai: str) -> None:
    screen.table.choose(screen.model.place_of(uai))
    qtbot.waitUntil(lambda: screen.panel.isVisible() and screen.panel._where.text().startswith(uai))


def test_the_only_open_campaign_is_chosen_and_each_school_tells_how_far_it_is(qtbot: QtBot, schools: Schools) -> None:
    assert schools.chosen_campaign() == CAMPAIGN
    assert names(schools) == ["Collège Les Iris", "École du Moulin", "Lycée Ampère"]
    cells = [schools.model.index(0, column).data() for column in range(3, 8)]
    assert cells == ["2", "1 / 2", "1", "–", "–"]
    assert schools.model.index(2, 7).data() == "1"
    assert schools.write.text() == "Workbooks for 2 schools…"
    assert (schools.summary.answered.text(), schools.summary.recalled.text()) == ("2", "1")
    qtbot.waitUntil(lambda: "Nothing: 1" in schools.summary.needs.accessibleDescription())


def test_filters_and_words_narrow_the_list(qtbot: QtBot, schools: Schools) -> None:
    schools.silent.click()
    assert names(schools) == ["Collège Les Iris"]
    schools.silent.click()
    schools.recalled.click()
    assert names(schools) == ["Lycée Ampère"]
    schools.recalled.click()
    QTest.keyClicks(schools.search, "moulin")
    qtbot.waitUntil(lambda: names(schools) == ["École du Moulin"])
    QTest.keyClicks(schools.search, "x")
    qtbot.waitUntil(schools._empty.isVisible)
    assert "remove a filter" in schools._empty.accessibleName()


@pytest.mark.parametrize(
    ("column", "is_descending", "first"),
    [
        (0, True, "Lycée Ampère"),
        (3, True, "Collège Les Iris"),
        (4, False, "Collège Les Iris"),
        (7, True, "Lycée Ampère"),
    ],
)
def test_a_click_on_a_title_orders_the_schools(schools: Schools, column: int, is_descending: bool, first: str) -> None:
    order = Qt.SortOrder.DescendingOrder if is_descending else Qt.SortOrder.AscendingOrder
    schools.table.sortByColumn(column, order)
    assert names(schools)[0] == first


def test_the_panel_tells_the_classes_the_needs_and_what_is_called_back(qtbot: QtBot, schools: Schools) -> None:
    show(qtbot, schools, IRIS)
    assert schools.panel.classes.accessibleDescription() == "3e A: 0 / 1, 5e B: 1 / 1"
    assert "No answer yet: 1" in schools.panel.needs.accessibleDescription()
    assert not schools.panel.recalls.isVisible()
    show(qtbot, schools, AMPERE)
    qtbot.waitUntil(lambda: any("ZOLA" in word for word in schools.panel.recalls.words()))
    QTest.keyClick(schools.table, Qt.Key.Key_Escape)
    assert not schools.panel.isVisible()


def test_the_panel_goes_with_a_school_that_a_filter_hides(qtbot: QtBot, schools: Schools) -> None:
    show(qtbot, schools, IRIS)
    schools.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert schools.table.currentIndex().row() == 2
    schools.recalled.click()
    assert not schools.panel.isVisible()


def test_an_answer_given_elsewhere_is_seen_and_the_school_stays_selected(
    qtbot: QtBot, pupils: list[PupilId], schools: Schools, sqlite_world: World, jobs: Jobs
) -> None:
    show(qtbot, schools, IRIS)
    told = Told(date(2026, 4, 6), "", Source.GRID)
    jobs.run(
        lambda: asking.set_answer(
            sqlite_world.session, campaign=CAMPAIGN, pupil=str(pupils[1]), answer=Answer(Equipment.PHONE), told=told
        )
    )
    qtbot.waitUntil(lambda: schools.model.index(0, 4).data() == "2 / 2")
    qtbot.waitUntil(lambda: "3e A: 1 / 1" in schools.panel.classes.accessibleDescription())
    assert schools.table.currentIndex().row() == 0


def test_another_campaign_has_answers_of_its_own_and_is_remembered(
    qtbot: QtBot, pupils: list[PupilId], opened: Opened, sqlite_world: World, tmp_path: Path
) -> None:
    assert pupils
    campaigning.create(sqlite_world.session, name="Automne", due_on=DUE, is_draft=True)
    memory = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
    first = opened(memory)
    qtbot.waitUntil(lambda: len(first.model.rows) == 3)
    assert first.chosen_campaign() == CAMPAIGN
    assert CampaignStatus.DRAFT in first.campaign.itemText(first.campaign.findData("Automne"))
    first.campaign.setCurrentIndex(first.campaign.findData("Automne"))
    first._on_campaign()
    qtbot.waitUntil(lambda: first.model.index(0, 4).data() == "0 / 2")
    again = opened(memory)
    qtbot.waitUntil(lambda: again.chosen_campaign() == "Automne")


def test_workbooks_go_out_and_come_back_through_a_preview(qtbot: QtBot, schools: Schools, tmp_path: Path) -> None:
    out = tmp_path / "out"
    schools.work.write_workbooks(CAMPAIGN, None, out)
    assert schools.work.strip.isVisible()
    qtbot.waitUntil(schools.banner.isVisible, timeout=30_000)
    assert len(list(out.glob("*.xlsx"))) == 2
    (out / "notes.txt").write_text("no workbook", "utf-8")
    schools.files.read_answers(CAMPAIGN, [out])
    qtbot.waitUntil(lambda: schools.findChild(ImportAnswers) is not None, timeout=30_000)
    dialog = schools.findChild(ImportAnswers)
    assert isinstance(dialog, ImportAnswers)
    assert dialog.table.model().rowCount() == 3
    assert dialog.table.model().index(0, 3).data() == "Turned down"
    assert {dialog.table.model().index(row, 0).data() for row in range(3)} == {
        "notes.txt",
        "Collège Les Iris",
        "Lycée Ampère",
    }
    assert not dialog.go.isEnabled()
    dialog.reject()


def test_work_that_is_stopped_says_so(qtbot: QtBot, schools: Schools, tmp_path: Path) -> None:
    schools.work.write_workbooks(CAMPAIGN, None, tmp_path / "out")
    schools.work.strip.stop.click()
    qtbot.waitUntil(lambda: not schools.work.is_busy(), timeout=30_000)
    qtbot.waitUntil(schools.banner.isVisible)
    assert not schools.work.strip.isVisible()


def test_the_chase_list_and_the_forms_are_written(qtbot: QtBot, schools: Schools, tmp_path: Path) -> None:
    schools.work.chase(CAMPAIGN, tmp_path / "chase.csv")
    qtbot.waitUntil(schools.banner.isVisible, timeout=30_000)
    assert IRIS in (tmp_path / "chase.csv").read_text("utf-8-sig")
    schools.work.print_forms(CAMPAIGN, IRIS, tmp_path / "forms.pdf")
    qtbot.waitUntil(lambda: (tmp_path / "forms.pdf").exists() and not schools.work.is_busy(), timeout=30_000)
    assert (tmp_path / "forms.pdf").read_bytes().startswith(b"%PDF")


def test_the_preview_says_why_a_file_is_refused_and_how_many_answers_come(qtbot: QtBot) -> None:
    found = [
        SchoolReturn("a/iris.xlsx", IRIS, read=3, changed=2, problems=(Problem(7, "odd"),)),
        SchoolReturn("a/bad.xlsx", None, refused=UnknownPupil(pupil="?")),
        SchoolReturn("a/old.xlsx", AMPERE, read=4, unchanged=4, is_known=True),
    ]
    dialog = ImportAnswers(found, str)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.go.text() == "Import 2 answers"
    states = [dialog.table.model().index(row, 3).data() for row in range(3)]
    assert states == ["Turned down", "To look at", "Nothing new"]
    assert "?" in dialog.why.text()
    dialog.table.choose(1)
    assert dialog.lines.isVisible()
    with qtbot.waitSignals([dialog.save_asked, dialog.accepted]):
        dialog.save.click()
        dialog.go.click()


def test_rows_are_copied_for_a_spreadsheet(qtbot: QtBot, schools: Schools) -> None:
    schools.table.setFocus()
    QTest.keyClick(schools.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(QGuiApplication.clipboard().dataChanged):
        QTest.keyClick(schools.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert len(QGuiApplication.clipboard().text().splitlines()) == 4


def test_a_roster_is_asked_for_with_its_school(qtbot: QtBot, schools: Schools) -> None:
    show(qtbot, schools, IRIS)
    with qtbot.waitSignal(schools.import_asked) as asked:
        schools.panel.roster.click()
    assert asked.args == [Kind.PUPILS, IRIS]


def test_the_focus_alone_chooses_no_school(qtbot: QtBot, schools: Schools) -> None:
    schools.table.setFocus()
    assert not schools.table.currentIndex().isValid()
    show(qtbot, schools, IRIS)
    schools.panel.closed.emit()
    assert not schools.panel.isVisible()
    assert not schools.table.currentIndex().isValid()


def test_where_it_is_narrow_the_school_stands_in_the_place_of_the_list(qtbot: QtBot, schools: Schools) -> None:
    schools.resize(580, 340)
    schools.table.setFocus()
    QTest.keyClick(schools.table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: schools.panel._where.text().startswith(IRIS))
    assert schools.table.isVisible()
    QTest.keyClick(schools.table, Qt.Key.Key_Return)
    assert schools.panel.isVisible()
    assert not schools.table.isVisible()
    QTest.keyClick(schools.panel._scroll, Qt.Key.Key_Escape)
    assert schools.table.isVisible()
    assert not schools.panel.isVisible()


def test_nothing_else_is_asked_for_while_work_is_under_way(qtbot: QtBot, schools: Schools, tmp_path: Path) -> None:
    assert schools.write.isEnabled()
    schools.work.write_workbooks(CAMPAIGN, None, tmp_path / "out")
    assert not schools.write.isEnabled()
    assert not schools.chase.isEnabled()
    qtbot.waitUntil(schools.write.isEnabled, timeout=30_000)


def test_an_empty_base_says_the_next_step_and_asks_for_nothing(qtbot: QtBot, opened: Opened) -> None:
    screen = opened()
    qtbot.waitUntil(screen._empty.isVisible)
    assert "directory" in screen._empty.accessibleName()
    with qtbot.waitSignal(screen.import_asked) as asked:
        screen._empty.act.click()
    assert asked.args == [Kind.SCHOOLS, ""]
    assert not screen.write.isEnabled()
    assert not screen.summary.isVisible()


def test_filters_and_order_are_remembered(qtbot: QtBot, pupils: list[PupilId], opened: Opened, tmp_path: Path) -> None:
    assert pupils
    memory = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
    first = opened(memory)
    qtbot.waitUntil(lambda: len(first.model.rows) == 3)
    first.recalled.click()
    first.table.sortByColumn(6, Qt.SortOrder.DescendingOrder)
    again = opened(memory)
    qtbot.waitUntil(lambda: names(again) == ["Lycée Ampère"])
    assert again.table.order() == ("lent", True)


def test_a_liaison_sees_answers_and_brings_no_roster(
    qtbot: QtBot, pupils: list[PupilId], opened: Opened, sqlite_world: World
) -> None:
    assert pupils
    screen = opened(session=new_session(sqlite_world.base, actor=Actor("A. Faure", Role.LIAISON)))
    qtbot.waitUntil(lambda: len(screen.model.rows) == 3)
    show(qtbot, screen, IRIS)
    assert screen.panel.workbook.isVisible()
    assert not screen.panel.roster.isVisible()


@pytest.mark.parametrize(("count", "said"), [(0, "0 %"), (1, "1 %"), (997, "99 %"), (1000, "100 %")])
def test_only_all_is_a_hundred_per_cent_and_only_nothing_is_none(count: int, said: str) -> None:
    assert percent(count, 1000) == said
