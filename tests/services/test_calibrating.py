"""Stocks of one's own and printers that are off, on both engines."""

from pathlib import Path

import pytest

from tablet_loans.domain.errors import NotPermitted
from tablet_loans.domain.label_stock import LabelsOverlap, StockFieldWrong, StockNameless, UnknownStock
from tablet_loans.domain.printer import OffsetOutOfBounds, PrinterNameless, PrinterOffset, UnknownPrinter
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.trouble import FileMissing, FileUnreadable, UpgradeNeeded
from tablet_loans.services import calibrating
from tablet_loans.storage import schema
from tablet_loans.storage.database import open_database
from tests.builders import World, new_session

MINE = """
name = "Bobine 50"
paper = "roll"
width = 50
height = 30
"""


def file_of(tmp_path: Path, content: str) -> Path:
    file = tmp_path / "stock.toml"
    file.write_text(content, encoding="utf-8")
    return file


def test_a_stock_of_one_s_own_is_kept_and_found(world: World, tmp_path: Path) -> None:
    usual = len(calibrating.stocks(world.session))
    (added,) = calibrating.add_stocks(world.session, file_of(tmp_path, MINE))
    assert calibrating.named_stock(world.session, "bobine 50") == added
    calibrating.add_stocks(world.session, file_of(tmp_path, MINE.replace("30", "40")))
    assert calibrating.named_stock(world.session, "bobine 50").height == 40
    assert len(calibrating.stocks(world.session)) == usual + 1


def test_one_s_own_measures_of_a_usual_stock_go_first(sqlite_world: World, tmp_path: Path) -> None:
    own = MINE.replace("Bobine 50", "Avery L7160")
    calibrating.add_stocks(sqlite_world.session, file_of(tmp_path, own))
    assert calibrating.named_stock(sqlite_world.session, "L7160").width == 50


def test_several_stocks_in_a_file_are_kept_all_or_none(sqlite_world: World, tmp_path: Path) -> None:
    good, bad = (
        f"[[stock]]{MINE}",
        '[[stock]]\nname="B"\npaper="A4"\ncolumns=2\nrows=1\nwidth=50\nheight=30\npitch_x=40',
    )
    with pytest.raises(LabelsOverlap):
        calibrating.add_stocks(sqlite_world.session, file_of(tmp_path, f"{good}\n{bad}"))
    with pytest.raises(UnknownStock):
        calibrating.named_stock(sqlite_world.session, "Bobine 50")


def test_a_file_that_describes_nothing_is_refused(sqlite_world: World, tmp_path: Path) -> None:
    for content, why in (
        ("", StockNameless),
        ("name = ", FileUnreadable),
        ("stock = 3", StockNameless),
        ("a = " + "9" * 5_000, FileUnreadable),
    ):
        with pytest.raises(why):
            calibrating.add_stocks(sqlite_world.session, file_of(tmp_path, content))
    with pytest.raises(StockFieldWrong):
        calibrating.add_stocks(sqlite_world.session, file_of(tmp_path, MINE.replace("50\nh", "9" * 400 + "\nh")))
    (tmp_path / "raw.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileUnreadable):
        calibrating.add_stocks(sqlite_world.session, tmp_path / "raw.toml")
    with pytest.raises(FileMissing):
        calibrating.add_stocks(sqlite_world.session, tmp_path / "none.toml")


def test_what_a_printer_is_off_is_kept_by_its_name(world: World) -> None:
    kept = calibrating.set_printer(world.session, PrinterOffset("Salle 2", 1.5, -0.5, 1.002))
    assert calibrating.named_printer(world.session, "Salle 2") == kept
    calibrating.set_printer(world.session, PrinterOffset("Salle 2"))
    assert calibrating.printers(world.session) == [PrinterOffset("Salle 2")]
    with pytest.raises(UnknownPrinter):
        calibrating.named_printer(world.session, "Salle 3")


@pytest.mark.parametrize(
    ("printer", "why"),
    [
        (PrinterOffset("A", 21), OffsetOutOfBounds),
        (PrinterOffset("A", 0, float("nan")), OffsetOutOfBounds),
        (PrinterOffset("A", 0, 0, 0.5), OffsetOutOfBounds),
        (PrinterOffset(" "), PrinterNameless),
        (PrinterOffset("x" * 161), PrinterNameless),
    ],
)
def test_no_printer_is_that_far_off(sqlite_world: World, printer: PrinterOffset, why: type[Exception]) -> None:
    with pytest.raises(why):
        calibrating.set_printer(sqlite_world.session, printer)


def test_the_calibration_page_is_printed(sqlite_world: World, tmp_path: Path) -> None:
    printed = calibrating.print_calibration(sqlite_world.session, "L7160", tmp_path / "page.pdf")
    assert Path(printed.file).is_file()
    assert len(printed.sentences) == 5


def test_only_who_records_tablets_changes_stocks_and_printers(sqlite_world: World, tmp_path: Path) -> None:
    liaison = new_session(sqlite_world.base, actor=Actor("L", Role.LIAISON))
    with pytest.raises(NotPermitted):
        calibrating.set_printer(liaison, PrinterOffset("A"))
    with pytest.raises(NotPermitted):
        calibrating.add_stocks(liaison, file_of(tmp_path, MINE))
    with pytest.raises(NotPermitted):
        calibrating.print_calibration(liaison, "L7160", tmp_path / "page.pdf")


def test_the_version_before_has_the_usual_stocks_alone(url: str, tmp_path: Path) -> None:
    base = open_database(url, create=True)
    schema.upgrade(base, "0006_campaigns")
    session = new_session(base)
    assert calibrating.stocks(session) == calibrating.usual_stocks()
    assert calibrating.printers(session) == []
    for act in (
        lambda: calibrating.add_stocks(session, file_of(tmp_path, MINE)),
        lambda: calibrating.set_printer(session, PrinterOffset("A")),
    ):
        with pytest.raises(UpgradeNeeded):
            act()
    calibrating.print_calibration(session, "L7160", tmp_path / "page.pdf")
    base.close()


def test_a_stock_written_in_a_form_is_kept_and_forgotten_again(world: World) -> None:
    said = {"name": "A5", "paper": "own", "page_width": 148.0, "page_height": 210.0, "columns": 2, "rows": 4,
            "width": 60.0, "height": 40.0, "left": 10.0, "top": 10.0}  # fmt: skip
    kept = calibrating.keep_stock(world.session, said)
    assert kept.page == (148, 210)
    assert calibrating.own_stocks(world.session) == [kept] == [calibrating.named_stock(world.session, "a5")]
    calibrating.forget_stock(world.session, "A5")
    assert calibrating.own_stocks(world.session) == []
    with pytest.raises(UnknownStock):
        calibrating.forget_stock(world.session, "Avery L7160")
    with pytest.raises(StockFieldWrong):
        calibrating.keep_stock(world.session, {**said, "page_width": 0})


def test_what_to_measure_is_told_without_a_command(sqlite_world: World) -> None:
    sheet = calibrating.measuring(sqlite_world.session, "L7160")
    assert (sheet.ruler_mm, len(sheet.sentences)) == (150, 3)
    roll = next(stock for stock in calibrating.usual_stocks() if stock.paper == "roll")
    told = calibrating.measuring(sqlite_world.session, roll.name)
    assert (len(told.sentences), told.ruler_mm < roll.width) == (1, True)
    assert not any("tablet-loans" in sentence for sentence in (*sheet.sentences, *told.sentences))
