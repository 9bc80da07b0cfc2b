"""Tables: CSV, TSV, XLSX and ODS read into a header and numbered lines of text."""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from tablet_loans.domain.trouble import FileUnreadable, MissingColumns, UnknownField, WrongFile
from tablet_loans.services.importers import content as contents
from tablet_loans.services.importers.sheet_size import measure
from tablet_loans.text import N_, sort_key

Line = tuple[int, list[str]]

_EXACT: Final = 1e15  # beyond, a spreadsheet has rounded the figures
_DELIMITERS: Final = (";", "\t", ",")
_DECLARED: Final = re.compile(r"sep=([;\t,|:])\r?\n")
_LONGEST_RECORD: Final = 50
_HEADER_WITHIN: Final = 20
_SAMPLES: Final = 5
TABLE: Final = N_("a table (CSV, XLSX or ODS)")
_PRIVATE: Final = re.compile(
    r"allerg|medic|medec|sante|health|handicap|diagnos|maladie|patholog|asthm|vaccin|mdph|ppre|projet.*accompagnement"
    r"|sexe|gender|profession|^pcs|nationalit|religio|(ville|commune|lieu|dept|departement|pays|code.*)(de)?naiss"
    r"|birthplace|motdepasse|password"
)
_PRIVATE_WORD: Final = re.compile(r"\bp ?a ?[ip]\b|\bpps\b")  # initials, which other words may hold
_LIKELY: Final = (
    ("family_name", re.compile(r"patronyme|nomde(l|fam|naiss)|^noms?(eleve|enfant)")),
    ("given_name", re.compile(r"petits?noms?$|prenom")),
    ("class_name", re.compile(r"^(groupe|division|classe|section)")),
    ("birth_date", re.compile(r"^(date.*naiss|neele|naissance$)")),
    ("phone", re.compile(r"^(tel|portable|mobile|gsm)")),
)
_TIME: Final = r"(?:[T ]+[\d:.]+(?: ?[AP]M)?(?: ?(?:Z|UTC|GMT))?(?:[+-]\d{1,2}(?::?\d{2})?)?)?"
_DAY_LAST: Final = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})" + _TIME)
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})" + _TIME)


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
        measure(content, path)
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


@dataclass(frozen=True, slots=True)
class Glance:
    """The beginning of a table: its titles, its first lines, and a digest that two tables with one header share.

    The cells of columns that are never read (health, sex, birthplace, nationality, profession) are "".
    """

    titles: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    digest: str


def glance(path: Path, known: Collection[str] = ()) -> Glance:
    """Return the beginning of the table at `path`, whose header has most of the `known` titles, else most words.

    Raises: FileMissing, FileUnreadable, FileTooLarge, WrongFile.
    """
    table = read(contents.loaded(path), str(path), expected=TABLE, score=lambda cells: _likeness(cells, known))
    private = [is_private(title) for title in table.header]
    samples = tuple(
        tuple("" if hidden else cell for cell, hidden in zip(cells, private, strict=False))
        for _, cells in islice(table.rows, _SAMPLES)
    )
    keys = "\n".join(header_key(title) for title in table.header)
    return Glance(table.header, samples, hashlib.sha256(keys.encode()).hexdigest())


def is_private(title: str) -> bool:
    """Say whether a column is never read: it tells of health, or of another thing that lending needs not know."""
    return bool(_PRIVATE.search(header_key(title)) or _PRIVATE_WORD.search(sort_key(title)))


def likely(titles: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """Return `guessed`, and what the other titles seem to be: a person looks at it before the list is read."""
    fields = guessed(titles, known)
    for field, pattern in _LIKELY:
        if field not in known.values() or field in fields.values():
            continue
        open_ones = (title for title in titles if title not in fields and not is_private(title))
        if (found := next((title for title in open_ones if pattern.search(header_key(title))), None)) is not None:
            fields[found] = field
    return fields


def _likeness(cells: Sequence[str], known: Collection[str]) -> int:
    keys = {header_key(cell) for cell in cells} - {""}
    words = sum(not any(mark.isdigit() for mark in key) for key in keys)
    return 1000 * len(keys.intersection(known)) + words


def guessed(titles: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """Return the field of each title that tells its own, the first title of each field alone."""
    fields: dict[str, str] = {}
    for title in titles:
        field = known.get(header_key(title), "")
        if field and field not in fields.values():
            fields.setdefault(title, field)
    return fields


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
    """Return the date written as 2026-04-10 or 10/04/2026, whatever the time after it, or None."""
    if match := _DAY_LAST.fullmatch(text):
        year, month, number = map(int, match.groups())
    elif match := _DAY_FIRST.fullmatch(text):
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
            return clean(value)
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


def clean(cell: str) -> str:
    """Return a cell without the control characters that no base keeps, nor spaces around it."""
    if cell.isprintable():
        return cell.strip()
    return "".join(mark if mark.isprintable() or mark == "\n" else " " for mark in cell).strip()


def _records(text: str) -> Iterator[Line]:
    """Yield the records of delimited text, each with the number of its first line in the file."""
    text = text.removeprefix("\ufeff")
    beginning = text[:4096].lstrip("\r\n")
    declared = _DECLARED.match(beginning)
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
        cleaned = [clean(cell) for cell in cells]
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
