"""600 school workbooks, 200,000 pupils, in one go, against raw XlsxWriter writing the same cells."""

import sqlite3
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

import xlsxwriter
from python_calamine import CalamineWorkbook

from benchmarks import bases
from benchmarks.bases import Size
from benchmarks.measuring import Verdict, in_turn, ratio
from tablet_loans.domain.workbook import TITLES
from tablet_loans.services import surveying
from tablet_loans.services.session import Session
from tablet_loans.storage.database import open_database

_SIZE: Final = Size(devices=1_000, pupils=200_000, lines=3_000)
_ROUNDS: Final = 3
_PROMISE: Final = 1.5
_CAMPAIGN: Final = "Continuité"
_EVERY: Final = 3
"""One pupil in so many has answered already."""

Cells = Sequence[Sequence[str]]


def measure() -> Verdict:
    """Return the verdict on all schools' workbooks written one after the other."""
    with bases.folder() as folder:
        path = bases.copied(_SIZE, folder / "base.sqlite")
        _answer(path)
        session, number = bases.session_in(open_database(str(path))), count()
        kept = list(_cells(_written(session, folder, number)))
        bases.settle()
        program, raw = in_turn(
            [(partial(_written, session, folder, number), partial(_raw, kept, folder, number))] * _ROUNDS
        )
        session.base.close()
    pupils = f"{len(kept)} schools, {_SIZE.pupils:,} pupils in {min(program):.1f} s"
    return Verdict("workbooks", pupils, f"raw XlsxWriter {min(raw):.1f} s", ratio(program, raw), _PROMISE)


def _answer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO need (campaign_id, pupil_id, equipment, is_cellular, is_priority, asked_on, answered_by,"
            " source, recorded_at, is_current) SELECT 1, id, 'phone', 1, 0, '2026-04-06', 'Mme A', 'grid', 0, 1"
            f" FROM pupil WHERE id % {_EVERY} = 0"
        )
    connection.close()


def _written(session: Session, folder: Path, number: Iterator[int]) -> Path:
    out = folder / f"program-{next(number)}"
    surveying.write_workbooks(session, campaign=_CAMPAIGN, out=out)
    return out


def _cells(out: Path) -> Iterator[Cells]:
    """Yield all that stands in each workbook."""
    for file in sorted(out.iterdir()):
        sheet = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0)
        yield [[str(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def _raw(books: Sequence[Cells], folder: Path, number: Iterator[int]) -> None:
    """Write the same cells as plain as XlsxWriter can, without temporary files as the program does."""
    out = folder / f"raw-{next(number)}"
    out.mkdir()
    for place, cells in enumerate(books):
        book = xlsxwriter.Workbook(str(out / f"{place}.xlsx"), {"in_memory": True})
        sheet, form = book.add_worksheet(), book.add_format({"num_format": "@", "bottom": 4})
        for line, row in enumerate(cells):
            for column in range(len(TITLES)):
                if text := row[column]:
                    sheet.write_string(line, column, text, form)
                elif line >= len(TITLES):
                    sheet.write_blank(line, column, None, form)
        book.close()
