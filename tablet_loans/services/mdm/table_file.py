"""A list of devices from any other MDM: CSV, XLSX or ODS, its columns known by their titles or named by the caller."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from tablet_loans.domain.enrolment import (
    Connected,
    ExternalRecord,
    MdmAct,
    OddRecord,
    Order,
    Page,
    TaskState,
    Told,
    bare_serial,
)
from tablet_loans.domain.trouble import (
    FileMissing,
    FileTooLarge,
    FileUnreadable,
    MissingColumns,
    UnknownField,
    reason_of,
)
from tablet_loans.services.mdm.fields import imeis_of, moment, plain
from tablet_loans.services.mdm.leaf import NOT_OFFERED
from tablet_loans.text import N_, sort_key

TITLES: Final[Mapping[str, str]] = {
    "serial": "serial|serial number|serialno|sn|device serial number|numero de serie|n de serie|no de serie|n serie"
    "|num serie",
    "imei": "imei|imei 1|imei meid|numero imei|n imei",
    "external_id": "id|device id|udid|uuid|identifiant|identifiant appareil|id appareil",
    "name": "name|device name|nom|nom de l appareil|nom appareil|nom de la tablette",
    "asset_tag": "asset tag|tag|inventory number|etiquette|code barre|numero d inventaire|n inventaire",
    "owner": "owner|user|username|user name|assigned user|email|utilisateur|proprietaire|affecte a|attribue a",
    "group": "group|groups|profile|policy|configuration|groupe|groupes|profil|strategie",
    "model": "model|device model|modele",
    "enrolled": "enrolled|managed|is managed|enrollment status|status|enrole|inscrit|gere|statut|etat",
    "enrolled_at": "enrolled at|enrollment date|enrolled date|date d enrolement|date d inscription|inscrit le"
    "|enrole le",
    "last_seen_at": "last seen|last check in|last checkin|last sync|last contact|last connected|derniere connexion"
    "|dernier contact|derniere synchronisation|vu le",
}
"""The titles of each field, folded, in French and English; what comes first in the file is taken."""
_FIELD_OF: Final = {title: field for field, titles in TITLES.items() for title in titles.split("|")}
_NO: Final = re.compile(
    r"no|non|n|false|faux|0"
    r"|(not |non |never |jamais |un|des)(enrol|inscri|manag|gere|regist)\w*"
    r"|(pending|en attente|remove|retire|wiped|efface|delete|supprime).*"
)
"""What says that a device is not enrolled, folded; "not compliant" does not."""
_DATE: Final = re.compile(
    r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})(?:\D+?(\d{1,2}) ?[:h] ?(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?(?: ?([AP]M))?",
    re.IGNORECASE,
)
_TEXT: Final = re.compile(r"""="(.*)"|'(.*)""")
_IMEIS: Final = re.compile("[,;/|]")
_DELIMITERS: Final = ";\t,|"
_PAGE: Final = 1000
_HEADER_WITHIN: Final = 20
_HEAD: Final = 65_536
_LARGEST_MB: Final = 100
_LARGEST_SHEET_MB: Final = 600
_MOST_ROWS: Final = 1_048_576
_NAMELESS: Final = N_("it has no identifier")
_DAMAGED: Final = N_("it is damaged or protected by a password")

Cells = Sequence[object]


class TableFile:
    """The devices that a file lists; whoever is in it is enrolled, unless a column says no."""

    acts: frozenset[MdmAct] = frozenset()

    def __init__(self, path: str, columns: Mapping[str, str]) -> None:
        self._path = path
        self._columns = columns

    def check(self) -> Connected:
        """Return how many lines the file has. Raises: FileTrouble."""
        _places, lines = self._table()
        return Connected(Path(self._path).name, sum(1 for _line in lines))

    def pages(self, start: str = "") -> Iterator[Page]:  # noqa: ARG002 - the file may be another by now
        """Yield the lines by a thousand. Raises: FileTrouble."""
        places, lines = self._table()
        begun = 0
        while block := list(islice(lines, _PAGE)):
            found = [_record(cells, places, number) for number, cells in block]
            begun += len(block)
            records = tuple(each for each in found if isinstance(each, ExternalRecord))
            odd = tuple(each for each in found if isinstance(each, OddRecord))
            yield Page(records, odd, str(begun) if len(block) == _PAGE else "")

    def ask(self, order: Order) -> Told:  # noqa: ARG002 - nobody is behind a file
        """Return that a file does nothing."""
        return Told(TaskState.FAILED, reason=NOT_OFFERED)

    def outcome(self, order: Order, reference: str) -> Told:  # noqa: ARG002
        """Return that a file does nothing."""
        return Told(TaskState.FAILED, reason=NOT_OFFERED)

    def close(self) -> None:
        """Nothing is held open."""

    def _table(self) -> tuple[Mapping[str, int], Iterator[tuple[int, Cells]]]:
        titles = {**_FIELD_OF, **_asked_for(self._columns)}
        rows = _rows(_content(self._path), self._path, titles)
        first = list(islice(rows, _HEADER_WITHIN))
        best = max(range(len(first)), key=lambda number: _known(first[number], titles), default=0)
        header = first[best] if first else ()
        places = {**_guessed(header), **_named(header, self._columns, self._path)}
        if not places.keys() & {"serial", "imei"}:
            raise MissingColumns(path=self._path, columns=N_("serial number"))
        filled = ((number, cells) for number, cells in enumerate([*first[best + 1 :], *rows], best + 2) if any(cells))
        return places, filled


def _content(path: str) -> bytes:
    try:
        if (size := Path(path).stat().st_size) > _LARGEST_MB * 1_000_000:
            raise FileTooLarge(path=path, size=size // 1_000_000, largest=_LARGEST_MB)
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise FileMissing(path=path) from None
    except OSError as error:
        raise FileUnreadable(path=path, reason=reason_of(error)) from None


def _rows(content: bytes, path: str, titles: Mapping[str, str]) -> Iterator[Cells]:
    if not content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _csv_rows(content, path, titles)
    try:
        if content.startswith(b"PK"):
            opened = sum(each.file_size for each in zipfile.ZipFile(io.BytesIO(content)).infolist()) // 1_000_000
            if opened > _LARGEST_SHEET_MB:
                raise FileTooLarge(path=path, size=opened, largest=_LARGEST_SHEET_MB)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = (book.get_sheet_by_name(name) for name in book.sheet_names)
        sheet = next((each for each in sheets if each.height), None)
        if sheet is None or sheet.height <= _MOST_ROWS:
            return sheet.iter_rows() if sheet else iter(())
        raise FileUnreadable(path=path, reason=_DAMAGED)
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise FileUnreadable(path=path, reason=_DAMAGED) from error


def _csv_rows(content: bytes, path: str, titles: Mapping[str, str]) -> Iterator[Cells]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        said = content.decode("utf-16", "replace")
    else:
        try:
            said = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            said = content.decode("cp1252", "replace")
    said = said.replace("\0", "")
    head = said[:_HEAD]

    def fitness(delimiter: str) -> tuple[int, int]:
        first = islice(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), _HEADER_WITHIN)
        return max((_known(cells, titles) for cells in first), default=0), head.count(delimiter)

    try:
        yield from csv.reader(io.StringIO(said, newline=""), delimiter=max(_DELIMITERS, key=fitness), strict=True)
    except csv.Error as error:  # a quotation mark that is never closed would swallow the rest
        raise FileUnreadable(path=path, reason=_DAMAGED) from error


def _known(cells: Cells, titles: Mapping[str, str]) -> int:
    return sum(sort_key(str(cell)) in titles for cell in cells)


def _guessed(header: Cells) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        if field := _FIELD_OF.get(sort_key(str(cell))):
            places.setdefault(field, place)
    return places


def _asked_for(columns: Mapping[str, str]) -> dict[str, str]:
    for field in columns.values():
        if field not in TITLES:
            raise UnknownField(field=field, fields=", ".join(TITLES))
    return {sort_key(column): field for column, field in columns.items()}


def _named(header: Cells, columns: Mapping[str, str], path: str) -> dict[str, int]:
    keys = [sort_key(str(cell)) for cell in header]
    for column in columns:
        if sort_key(column) not in keys:
            raise MissingColumns(path=path, columns=column)
    return {field: keys.index(sort_key(column)) for column, field in columns.items()}


def _record(cells: Cells, places: Mapping[str, int], number: int) -> ExternalRecord | OddRecord:
    def cell(field: str) -> object:
        place = places.get(field, -1)
        return cells[place] if 0 <= place < len(cells) else ""

    def words(field: str) -> str:
        if (found := cell(field)) == "":
            return ""
        if isinstance(found, float) and found.is_integer():
            return str(int(found))
        said = plain(str(found))
        forced = _TEXT.fullmatch(said)  # a number kept from becoming one: ="0123", or with an apostrophe before it
        return said if forced is None else forced[1] or forced[2] or ""

    serial, imeis = bare_serial(words("serial")), imeis_of(*_IMEIS.split(words("imei")))
    known = words("external_id") or serial or (imeis[0] if imeis else "")
    if not known:
        return OddRecord(str(number), _NAMELESS)
    return ExternalRecord(
        external_id=known,
        serial=serial,
        imeis=imeis,
        is_enrolled=_NO.fullmatch(sort_key(words("enrolled"))) is None,
        enrolled_at=_moment(cell("enrolled_at")),
        last_seen_at=_moment(cell("last_seen_at")),
        state=words("enrolled"),
        owner=words("owner"),
        name=words("name"),
        asset_tag=words("asset_tag"),
        group=words("group"),
        model=words("model"),
    )


def _moment(value: object) -> datetime | None:
    """Return a cell's date and time, taken for UTC: a spreadsheet's own, ISO, or jj/mm/aaaa with or without a time.

    The month stands first where the hour is AM or PM.
    """
    if isinstance(value, datetime):
        return moment(value.isoformat())
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    said = str(value).strip()
    found = _DATE.fullmatch(said)
    if found is None:
        return moment(said)
    one, _mark, two, three, hour, minute, second, half = found.groups("")
    if len(one) == 4:
        year, month, day = one, two, three
    else:
        year, month, day = (three, one, two) if half else (three, two, one)
    hours = int(hour or 0) % 12 + 12 * (half.upper() == "PM") if half else int(hour or 0)
    century = "20" if len(year) == 2 else ""
    return moment(f"{century}{year}-{month:0>2}-{day:0>2}T{hours:02}:{minute or '00'}:{second or '00'}+00:00")
