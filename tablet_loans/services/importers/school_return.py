"""A school's workbook come back, saved by Excel or LibreOffice: its seals, its fixed cells, its answers, as text."""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from tablet_loans.domain import workbook as layout
from tablet_loans.domain.school_return import NewerWorkbook, NotWhatWasSent, ReturnedRow, ReturnedWorkbook
from tablet_loans.domain.trouble import FileTooLarge, FileUnreadable, WrongFile
from tablet_loans.services.importers import content as contents
from tablet_loans.services.importers.sheet_size import measure
from tablet_loans.services.importers.signatures import WORKBOOK
from tablet_loans.services.importers.tabular import day, header_key
from tablet_loans.text import N_

Cells = Sequence[Sequence[object]]

_MEGABYTE: Final = 2**20
_LARGEST: Final = 20 * _MEGABYTE
_HEAD_WITHIN: Final = 40
_KEYS: Final = {
    "class_name": layout.CLASS, "name": layout.NAME, "given_name": layout.GIVEN, "equipment": layout.EQUIPMENT,
    "cellular": layout.CELLULAR, "priority": layout.PRIORITY, "asked_on": layout.ASKED, "answered_by": layout.BY,
}  # fmt: skip
_FORMULA_MARKS: Final = ("=", "+", "-", "@")


def read(path: Path) -> ReturnedWorkbook:
    """Return what a workbook says. Raises: FileMissing, FileUnreadable, FileTooLarge, WrongFile, NotWhatWasSent,
    NewerWorkbook.
    """
    content = contents.loaded(path)
    if (kind := contents.kind_of(content, str(path))) != contents.SHEET:
        found = N_("a text file") if kind == contents.TEXT else kind
        raise WrongFile(path=str(path), found=found, expected=WORKBOOK)
    if len(content) > _LARGEST:
        raise FileTooLarge(path=str(path), size=len(content) // _MEGABYTE, largest=_LARGEST // _MEGABYTE)
    measure(content, str(path))
    for cells in _sheets(content, str(path)):
        if (place := _marked(cells)) is not None:
            return _workbook(cells, *place)
    raise WrongFile(path=str(path), found=N_("a spreadsheet of another kind"), expected=WORKBOOK)


def _sheets(content: bytes, path: str) -> Iterator[Cells]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            yield book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except PasswordError:
        raise FileUnreadable(path=path, reason=N_("it is protected by a password")) from None
    except (CalamineError, OSError, ValueError):
        raise FileUnreadable(path=path, reason=N_("it is damaged or cut short")) from None


def _marked(cells: Cells) -> tuple[int, int] | None:
    """Return the line and the column of the head's mark, or None."""
    for line, row in enumerate(cells[:_HEAD_WITHIN]):
        for place, cell in enumerate(row):
            if isinstance(cell, str) and layout.is_head_mark(cell.strip()):
                return line, place
    return None


def _workbook(cells: Cells, head_line: int, mark_column: int) -> ReturnedWorkbook:
    mark = _text(cells[head_line][mark_column])
    if (head := layout.parsed_head(mark, _beside(cells, layout.CAMPAIGN), _beside(cells, layout.SCHOOL))) is None:
        raise NotWhatWasSent()
    if head.version > layout.VERSION:
        raise NewerWorkbook()
    title_line, places = _titles(cells)
    return ReturnedWorkbook(head, tuple(_rows(cells, title_line, {"mark": mark_column, **places})))


def _beside(cells: Cells, label: str) -> str:
    """Return the cell at the right of a label at the top, or ""."""
    for row in cells[:_HEAD_WITHIN]:
        for place, cell in enumerate(row[:-1]):
            if isinstance(cell, str) and cell.strip() == label:
                return _text(row[place + 1])
    return ""


def _titles(cells: Cells) -> tuple[int, Mapping[str, int]]:
    """Return the line of the titles and the column of each field. Raises: NotWhatWasSent when one is not there."""
    for line, row in enumerate(cells[:_HEAD_WITHIN]):
        keys = [header_key(cell) if isinstance(cell, str) else "" for cell in row]
        places = {field: keys.index(key) for field, title in _KEYS.items() if (key := header_key(title)) in keys}
        if len(places) == len(_KEYS):
            return line, places
    raise NotWhatWasSent()


def _rows(cells: Cells, title_line: int, places: Mapping[str, int]) -> Iterator[ReturnedRow]:
    for line, row in enumerate(cells[title_line + 1 :], title_line + 2):
        said = {field: _text(row[place]) for field, place in places.items()}
        if any(text for field, text in said.items() if field != "mark") or said["mark"] not in ("", layout.SPARE):
            yield ReturnedRow(line=line, **{**said, "asked_on": _day(said["asked_on"])})


def _day(text: str) -> str:
    found = day(text)
    return found.isoformat() if found else text


def _text(cell: object) -> str:
    """Return a cell as text, without the quote that kept a spreadsheet from taking it for a formula."""
    match cell:
        case str():
            kept = "".join(mark if mark.isprintable() else " " for mark in cell)
            text = " ".join(kept.split())
            return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_MARKS) else text
        case bool():
            return str(cell).lower()
        case float():
            return str(int(cell)) if cell.is_integer() else str(cell)
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case _:
            return str(cell)
