"""CSV as French spreadsheets open it: `;`, UTF-8 with BOM, CRLF, decimal comma, dd/mm/yyyy."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from tablet_loans.services.exporters.column import Cell, CellKind, Column, Row, harmless
from tablet_loans.text import tr


def write(path: Path, columns: Sequence[Column[Row]], rows: Iterable[Row], title: str) -> int:  # noqa: ARG001
    """Write the rows and return how many; a CSV file has no place for a title. Raises: OSError."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow([harmless(tr(column.title)) for column in columns])
        for row in rows:
            writer.writerow([_text(column.cell(row), column.kind) for column in columns])
            count += 1
    return count


def _text(cell: Cell, kind: CellKind) -> str:
    match cell:
        case None:
            return ""
        case date():
            return f"{cell:%d/%m/%Y}"
        case int() if kind is CellKind.MONEY:
            sign = "-" if cell < 0 else ""
            return f"{sign}{abs(cell) // 100},{abs(cell) % 100:02d}"
        case int():
            return str(cell)
        case _:
            return harmless(cell)
