"""A stock of one's own drawn as it is measured, a printer measured on a page, and the papers made beside the labels."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tablet_loans.domain.label_stock import LabelStock
from tablet_loans.domain.printer import PrinterOffset
from tablet_loans.services import calibrating
from tests.builders import World
from tests.services.documents import pages_of, text_of
from ui import theme
from ui.dialogs.calibrate import Calibrate
from ui.dialogs.label_stock import LabelStockForm
from ui.dialogs.paper_preview import PaperPreview
from ui.jobs import Jobs
from ui.printing import Printer
from ui.screens.labels import Labels
from ui.widgets.label_sheet import is_impossible
from ui.widgets.picker import Option


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    shown = QWidget()
    qtbot.addWidget(shown)
    shown.resize(1072, 720)
    shown.show()
    return shown


@pytest.fixture
def form(qtbot: QtBot, sqlite_world: World, jobs: Jobs, window: QWidget) -> LabelStockForm:
    made = LabelStockForm(sqlite_world.session, jobs, calibrating.named_stock(sqlite_world.session, "L7160"), window)
    made.show()
    qtbot.waitUntil(lambda: bool(made._stocks))
    return made


@pytest.fixture
def calibrate(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> Calibrate:
    made = Calibrate(sqlite_world.session, jobs, "Avery L7160", "Salle 2")
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: bool(made.how.text()))
    return made


@pytest.fixture
def room(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> Labels:
    theme.apply(QGuiApplication.instance(), theme.Scheme.LIGHT)  # type: ignore[arg-type]
    made = Labels(sqlite_world.session, jobs)
    qtbot.addWidget(made, before_close_func=lambda made: made.printing.throw_away())
    made.resize(1072, 720)
    made.show()
    qtbot.waitUntil(lambda: made.printing.setting.stock() is not None)
    return made


def write(form: LabelStockForm, **fields: str) -> None:
    for field, value in fields.items():
        form.measures.fields[field].selectAll()
        QTest.keyClick(form.measures.fields[field], Qt.Key.Key_Delete)
        QTest.keyClicks(form.measures.fields[field], value)


def test_a_stock_is_kept_once_it_has_a_name_and_offered_from_then_on(
    qtbot: QtBot, form: LabelStockForm, sqlite_world: World
) -> None:
    assert not form.keep.isEnabled()
    QTest.keyClicks(form.measures.name, "Mine")
    write(form, width="60,5", columns="2")
    assert form.keep.isEnabled()
    with qtbot.waitSignal(form.kept) as heard:
        form.keep.click()
    assert heard.args == ["Mine"]
    kept = calibrating.named_stock(sqlite_world.session, "mine")
    assert (kept.width, kept.columns, kept.rows, kept.pitch_x) == (60.5, 2, 7, 66)


@pytest.mark.parametrize(
    ("fields", "impossible"),
    [({"pitch_x": "60"}, {1, 2, 3, 21}), ({"pitch_x": "70"}, {3, 21}), ({"gap_y": "5"}, {19, 21})],
)
def test_labels_that_overlap_or_leave_the_page_are_drawn_and_named(
    form: LabelStockForm, fields: dict[str, str], impossible: set[int]
) -> None:
    QTest.keyClicks(form.measures.name, "Mine")
    write(form, **fields)
    drawn = form.measures.drawn()
    assert drawn is not None
    assert {number for number in (1, 2, 3, 19, 21) if is_impossible(drawn, number)} == impossible | (
        {2, 19} if fields == {"pitch_x": "60"} else set()
    )
    assert form.said.property("tone") == "bad"
    assert not form.keep.isEnabled()


@pytest.mark.parametrize("fields", [{"width": ""}, {"columns": "0"}, {"height": "abc"}, {"rows": "2,5"}, {"dpi": "20"}])
def test_a_measure_that_is_none_is_named(form: LabelStockForm, fields: dict[str, str]) -> None:
    QTest.keyClicks(form.measures.name, "Mine")
    write(form, **fields)
    assert form.said.property("tone") == "bad"
    assert not form.keep.isEnabled()


def test_a_gap_and_the_distance_it_makes_follow_each_other(form: LabelStockForm) -> None:
    fields = form.measures.fields
    assert (fields["gap_x"].text(), fields["gap_y"].text()) == ("2.5", "0")
    write(form, gap_x="3")
    assert fields["pitch_x"].text() == "66.5"
    write(form, pitch_y="40")
    assert fields["gap_y"].text() == "1.9"


def test_another_sheet_and_a_roll_are_asked_only_what_they_have(form: LabelStockForm) -> None:
    fields, paper = form.measures.fields, form.measures.paper
    assert not fields["page_width"].isVisible()
    paper.setCurrentIndex(paper.findData("own"))
    assert fields["page_width"].isVisible()
    QTest.keyClicks(form.measures.name, "Mine")
    assert form.said.property("tone") == "bad"
    write(form, page_width="210", page_height="300")
    assert form.keep.isEnabled()
    paper.setCurrentIndex(paper.findData("roll"))
    assert not fields["columns"].isVisible()
    assert form.keep.isEnabled()


def test_one_s_own_stock_is_begun_with_changed_and_deleted(
    qtbot: QtBot, sqlite_world: World, form: LabelStockForm
) -> None:
    calibrating.keep_stock(sqlite_world.session, {"name": "Mine", "paper": "roll", "width": 50.0, "height": 30.0})
    form._read()
    qtbot.waitUntil(lambda: "Mine" in form._own)
    form._on_picked(Option("Mine", "Mine"))
    assert form.measures.name.text() == "Mine"
    qtbot.waitUntil(form.delete.isVisible)
    form.delete.click()
    qtbot.waitUntil(lambda: calibrating.own_stocks(sqlite_world.session) == [])
    qtbot.waitUntil(lambda: not form.delete.isVisible())
    form._on_picked(Option("Avery L7159", "Avery L7159"))
    assert not form.delete.isVisible()


def test_a_printer_is_measured_kept_and_printed_again_to_see_that_it_holds(
    qtbot: QtBot, sqlite_world: World, calibrate: Calibrate, tmp_path: Path
) -> None:
    calibrate.printer = Printer(calibrate, file=tmp_path / "paper.pdf")
    assert not calibrate.again.isEnabled()
    calibrate.page.click()
    qtbot.waitUntil(calibrate.banner.isVisible, timeout=60_000)
    for edit, typed in ((calibrate.right, "1,5"), (calibrate.down, "-0.5"), (calibrate.ruler, "149")):
        QTest.keyClicks(edit, typed)
    assert calibrate.scale.text() == "1.0067"
    with qtbot.waitSignal(calibrate.kept):
        calibrate.keep.click()
    assert calibrating.printers(sqlite_world.session) == [PrinterOffset("Salle 2", 1.5, -0.5, 1.0067)]
    calibrate.again.click()
    qtbot.waitUntil(lambda: calibrate._printed_scale == 1.0067)
    said = text_of(pages_of(calibrate.papers.place("calibration-2.pdf"))[0])
    assert "1.5" in said
    calibrate.printer.shut_down()


@pytest.mark.parametrize(("field", "typed"), [("right", "21"), ("down", "abc"), ("scale", "2")])
def test_a_printer_that_cannot_be_so_far_off_is_refused_in_place(
    qtbot: QtBot, sqlite_world: World, calibrate: Calibrate, field: str, typed: str
) -> None:
    edit = getattr(calibrate, field)
    edit.clear()
    QTest.keyClicks(edit, typed)
    calibrate.keep.click()
    qtbot.waitUntil(calibrate.banner.isVisible)
    assert calibrating.printers(sqlite_world.session) == []


def test_a_printer_that_is_not_here_gets_its_page_shown(qtbot: QtBot, calibrate: Calibrate) -> None:
    calibrate.page.click()
    qtbot.waitUntil(lambda: bool(calibrate.findChildren(PaperPreview)))
    (preview,) = calibrate.findChildren(PaperPreview)
    assert preview.view.has_paper()
    assert not preview.view.has_two_sides
    preview.close()


def test_command_codes_pupil_cards_and_carton_labels_come_in_a_preview(
    qtbot: QtBot, sqlite_world: World, room: Labels
) -> None:
    school = sqlite_world.school("0690142E")
    sqlite_world.pupil("Kaya", "Emre", school_id=school, class_name="3e A")
    sqlite_world.pupil("Sow", "Awa", school_id=school, class_name="5e B")
    room.papers.show_commands()
    qtbot.waitUntil(lambda: len(room.findChildren(PaperPreview)) == 1)
    room.papers.show_cards("0690142E", "3e A")
    qtbot.waitUntil(lambda: len(room.findChildren(PaperPreview)) == 2)
    said = text_of(pages_of(room.printing.kept.place("paper-2.pdf"))[0])
    assert "KAYA" in said
    assert "SOW" not in said
    room.papers.show_cartons()
    qtbot.waitUntil(room.printing.banner.isVisible)
    for preview in room.findChildren(PaperPreview):
        preview.close()


def test_a_stock_kept_in_its_form_is_printed_on(qtbot: QtBot, sqlite_world: World, room: Labels) -> None:
    room.papers.open_stock()
    (form,) = room.findChildren(LabelStockForm)
    QTest.keyClicks(form.measures.name, "Mine")
    form.keep.click()
    qtbot.waitUntil(lambda: room.printing.setting.options().stock == "Mine")
    qtbot.waitUntil(lambda: isinstance(room.printing.setting.stock(), LabelStock))
    assert calibrating.named_stock(sqlite_world.session, "Mine").columns == 3
