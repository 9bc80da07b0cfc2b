"""XLSX with typed cells: dates, amounts with two decimals, text for codes; a frozen header with its filter."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from tablet_loans.domain.trouble import FileTrouble
from tablet_loans.services.exporters.column import Cell, CellKind, Column, Row, harmless
from tablet_loans.text import N_, tr

_LAST_ROW: Final = 1_048_575
_FORMATS: Final = {
    CellKind.TEXT: "@",
    CellKind.DATE: "dd/mm/yyyy",
    CellKind.MONEY: "#,##0.00",
    CellKind.NUMBER: "0",
}


def write(path: Path, columns: Sequence[Column[Row]], rows: Iterable[Row], title: str) -> int:
    """Write the rows into a sheet called `title` and return how many. Raises: OSError, FileTrouble."""
    with TemporaryDirectory(prefix="tablet-loans-", ignore_cleanup_errors=True) as folder:
        options = {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(str(path), options)
        try:
            count = _fill(book, columns, rows, title, path)
        except BaseException:
            book.fileclosed = True  # nothing of it is wanted: let no half file be assembled
            raise
        try:
            book.close()
        except XlsxWriterException as error:
            cause = error.args[0] if error.args else None
            raise cause if isinstance(cause, OSError) else FileTrouble(path=str(path), reason=str(error)) from error
    return count


def _fill(book: Any, columns: Sequence[Column[Row]], rows: Iterable[Row], title: str, path: Path) -> int:
    sheet = book.add_worksheet(title[:31])
    heading = book.add_format({"bold": True, "bg_color": "#E8EDF2", "bottom": 1})
    formats = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        said = harmless(tr(column.title))
        sheet.set_column(place, place, max(column.width, len(said) + 4))
        sheet.write_string(0, place, said, heading)
    count = 0
    for count, row in enumerate(rows, 1):
        if count > _LAST_ROW:
            raise FileTrouble(path=str(path), reason=N_("a sheet holds no more than 1,048,576 lines; export as CSV"))
        for place, column in enumerate(columns):
            _write(sheet, count, place, column.cell(row), column.kind, formats[column.kind])
    sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
    return count


def _write(sheet: Any, line: int, place: int, cell: Cell, kind: CellKind, form: Any) -> None:
    match cell:
        case None | "":
            return
        case date():
            sheet.write_datetime(line, place, cell, form)
        case int():
            sheet.write_number(line, place, cell / 100 if kind is CellKind.MONEY else cell, form)
        case _:
            sheet.write_string(line, place, harmless(cell), form)
