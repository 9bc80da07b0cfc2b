"""Files that go out: read back as a spreadsheet reads them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from python_calamine import CalamineWorkbook

from tablet_loans.services.exporters import csv_file, xlsx_file
from tablet_loans.services.exporters.column import CellKind, Column


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    cents: int | None
    on: date | None
    days: int


COLUMNS: tuple[Column[Line], ...] = (
    Column("Name", CellKind.TEXT, lambda row: row.name),
    Column("Price", CellKind.MONEY, lambda row: row.cents),
    Column("On", CellKind.DATE, lambda row: row.on),
    Column("Days", CellKind.NUMBER, lambda row: row.days),
)
LINES = [
    Line("=1+1", 117059, date(2026, 4, 10), 3),
    Line('Œuvrard "Zoé"; née', -5, None, 0),
    Line("00123", None, None, 0),
]
FORMULAS = ["=1+1", "+33", "-2", "@SUM", "\t=1", "\r=1"]


def test_a_csv_file_opens_in_a_french_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert csv_file.write(path, COLUMNS, LINES, "Lines") == 3
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfName;Price;On;Days\r\n")
    assert content.decode("utf-8-sig").split("\r\n")[1:4] == [
        "'=1+1;1170,59;10/04/2026;3", '"Œuvrard ""Zoé""; née";-0,05;;0', "00123;;;0",
    ]  # fmt: skip


def test_a_spreadsheet_has_typed_cells(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    assert xlsx_file.write(path, COLUMNS, LINES, "Lines") == 3
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    assert sheet.name == "Lines"
    assert sheet.to_python() == [
        ["Name", "Price", "On", "Days"],
        ["'=1+1", 1170.59, date(2026, 4, 10), 3.0],
        ['Œuvrard "Zoé"; née', -0.05, "", 0.0],
        ["00123", "", "", 0.0],
    ]


def test_no_text_becomes_a_formula(tmp_path: Path) -> None:
    lines = [Line(text, None, None, 0) for text in FORMULAS]
    xlsx_file.write(tmp_path / "out.xlsx", COLUMNS, lines, "Lines")
    csv_file.write(tmp_path / "out.csv", COLUMNS, lines, "Lines")
    cells = [row[0] for row in CalamineWorkbook.from_path(tmp_path / "out.xlsx").get_sheet_by_index(0).to_python()[1:]]
    assert all(str(cell).startswith("'") for cell in cells)
    text = (tmp_path / "out.csv").read_bytes().decode("utf-8-sig")
    assert all(f"'{formula}" in text for formula in FORMULAS)
