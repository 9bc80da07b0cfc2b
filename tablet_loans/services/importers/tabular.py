"""Tables: CSV, TSV, XLSX and ODS read into a header and numbered lines of text."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from tablet_loans.domain.trouble import FileUnreadable, MissingColumns, UnknownField, WrongFile
from tablet_loans.services.importers import content as contents
from tablet_loans.text import N_, sort_key

Line = tuple[int, list[str]]

_EXACT: Final = 1e15  # beyond, a spreadsheet has rounded the figures
_DELIMITERS: Final = (";", "\t", ",")
_LONGEST_RECORD: Final = 50
_HEADER_WITHIN: Final = 20


@dataclass(frozen=True, slots=True)
class Table:
    """A file's table: where it comes from, its header, and its lines, read once.

    `is_typed` is true for a spreadsheet, whose numbers are numbers; `size` is about how many lines there are.
    """

    path: str
    header: tuple[str, ...]
    rows: Iterator[Line]
    size: int
    is_typed: bool


def read(content: bytes, path: str, *, expected: str, score: Callable[[Sequence[str]], int]) -> Table:
    """Return the table in `content`; its header is the line that `score` likes best among the first ones.

    Raises: WrongFile, FileUnreadable.
    """
    kind = contents.kind_of(content, path)
    if kind == contents.SHEET:
        lines, size = _sheet(content, path)
    elif kind == contents.TEXT:
        text = contents.decoded(content, path)
        lines, size = _records(text), text.count("\n") + 1
    else:
        raise WrongFile(path=path, found=kind, expected=expected)
    first = list(islice(lines, _HEADER_WITHIN))
    if not first:
        raise FileUnreadable(path=path, reason=N_("it is empty"))
    best = max(range(len(first)), key=lambda place: (score(first[place][1]), -place))
    header = tuple(cell.strip() for cell in first[best][1])
    return Table(path, header, chain(first[best + 1 :], lines), size, kind == contents.SHEET)


def header_key(title: str) -> str:
    """Return a header as it is compared: lower case, without accents, spaces, quotes and punctuation."""
    return sort_key(title).replace(" ", "")


def columns(
    table: Table, titles: Mapping[str, str], mapping: Mapping[str, str] | None, fields: Sequence[str]
) -> dict[str, int]:
    """Return the place of each field in the table: named by `mapping` (column to field), else known by its title.

    Raises: UnknownField, MissingColumns when a column named is not there.
    """
    places: dict[str, int] = {}
    keys = [header_key(title) for title in table.header]
    taken = set()
    for column, field in (mapping or {}).items():
        if field not in fields:
            raise UnknownField(field=field, fields=", ".join(fields))
        if header_key(column) not in keys:
            raise MissingColumns(path=table.path, columns=column)
        places[field] = keys.index(header_key(column))
        taken.add(places[field])
    for place, key in enumerate(keys):
        field = titles.get(key, "")
        if field and place not in taken:
            places.setdefault(field, place)
    return places


def pick(cells: Sequence[str], places: Mapping[str, int], field: str) -> str:
    """Return the cell of a field on one line, its spaces put in order; "" when the line is too short."""
    place = places.get(field, -1)
    return " ".join(cells[place].split()) if 0 <= place < len(cells) else ""


def day(text: str) -> date | None:
    """Return the date written as 2026-04-10 or 10/04/2026, or None."""
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})([T ][\d:.]+Z?)?", text):
        year, month, number = map(int, match.groups()[:3])
    elif match := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text):
        number, month, year = map(int, match.groups())
    else:
        return None
    try:
        return date(year, month, number) if year >= 1900 else None
    except ValueError:
        return None


def _sheet(content: bytes, path: str) -> tuple[Iterator[Line], int]:
    """Return the lines of the first sheet that holds something."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height:
                return _sheet_lines(sheet.iter_rows()), sheet.total_height
    except PasswordError:
        raise FileUnreadable(path=path, reason=N_("it is protected by a password")) from None
    except (CalamineError, OSError, ValueError):
        raise FileUnreadable(path=path, reason=N_("it is damaged or cut short")) from None
    raise FileUnreadable(path=path, reason=N_("it is empty"))


def _sheet_lines(rows: Iterator[Sequence[object]]) -> Iterator[Line]:
    for number, row in enumerate(rows, 1):
        cells = [_cell(value) for value in row]
        if any(cells):
            yield number, cells


def _cell(value: object) -> str:
    """Return a typed cell as text: ISO dates, whole numbers without .0, text as it is."""
    match value:
        case str():
            return _clean(value)
        case bool():
            return str(value).upper()
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < _EXACT else f"{value:.12G}"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case date() | time():
            return value.isoformat()
        case int() | timedelta():
            return str(value)
        case _:
            return ""


def _clean(cell: str) -> str:
    """Return a cell without the control characters that no base keeps."""
    if cell.isprintable():
        return cell.strip()
    return "".join(mark if mark.isprintable() or mark == "\n" else " " for mark in cell).strip()


def _records(text: str) -> Iterator[Line]:
    """Yield the records of delimited text, each with the number of its first line in the file."""
    text = text.removeprefix("\ufeff")
    beginning = text[:4096].lstrip("\r\n")
    declared = re.match(r"sep=(.)\r?\n", beginning)
    delimiter = declared.group(1) if declared else _delimiter(beginning)
    lines = enumerate(io.StringIO(text, newline=None), 1)
    waiting: list[tuple[int, str]] = []
    while (current := waiting.pop(0) if waiting else next(lines, None)) is not None:
        number, line = current
        if number == 1 and declared:
            continue
        if '"' in line:
            cells, waiting = _quoted(line, delimiter, lines, waiting)
        else:
            cells = line.rstrip("\n").split(delimiter)
        cleaned = [_clean(cell) for cell in cells]
        if any(cleaned):
            yield number, cleaned


def _quoted(
    line: str, delimiter: str, lines: Iterator[tuple[int, str]], waiting: list[tuple[int, str]]
) -> tuple[list[str], list[tuple[int, str]]]:
    """Return the cells of a record that begins on `line`, and the lines read ahead that are not part of it.

    A quote that is never closed costs its own line alone.
    """
    record, ahead = line, list(waiting)
    for taken in range(_LONGEST_RECORD):
        try:
            return next(csv.reader([record], delimiter=delimiter, strict=True)), ahead[taken:]
        except csv.Error as error:
            if "unexpected end" not in str(error):
                return _leniently(line, delimiter), ahead
        if taken == len(ahead):
            if (following := next(lines, None)) is None:
                break
            ahead.append(following)
        record += ahead[taken][1]
    return line.replace('"', "").rstrip("\n").split(delimiter), ahead


def _leniently(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error:
        return line.rstrip("\n").split(delimiter)


def _delimiter(beginning: str) -> str:
    """Return the sign that parts the first line's cells, outside its quotes."""
    first = re.sub(r'"[^"]*"', "", beginning.split("\n", 1)[0])
    return max(_DELIMITERS, key=first.count)
