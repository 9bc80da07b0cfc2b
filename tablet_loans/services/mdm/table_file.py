"""A list of devices from any other MDM: CSV, XLSX or ODS, its columns known by their titles or named by the caller."""

import csv
import io
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
_NO: Final = frozenset(
    {"no", "false", "0", "n", "unmanaged", "unenrolled", "not enrolled", "not managed", "pending", "removed", "retired"}
    | {"non", "faux", "non gere", "non enrole", "non inscrit", "desinscrit", "en attente", "retire"}
)
_PAGE: Final = 1000
_HEADER_WITHIN: Final = 20
_LARGEST_MB: Final = 100
_LARGEST_SHEET_MB: Final = 600
_NAMELESS: Final = N_("it has no identifier")

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

    def pages(self, start: str = "") -> Iterator[Page]:
        """Yield the lines by a thousand. Raises: FileTrouble."""
        places, lines = self._table()
        begun = int(start) if start.isascii() and start.isdigit() else 0
        rest = islice(lines, begun, None)
        while block := list(islice(rest, _PAGE)):
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
        rows = _rows(_content(self._path), self._path)
        first = list(islice(rows, _HEADER_WITHIN))
        best = max(range(len(first)), key=lambda number: len(_guessed(first[number])), default=0)
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


def _rows(content: bytes, path: str) -> Iterator[Cells]:
    if not content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _csv_rows(content)
    try:
        if content.startswith(b"PK"):
            opened = sum(each.file_size for each in zipfile.ZipFile(io.BytesIO(content)).infolist()) // 1_000_000
            if opened > _LARGEST_SHEET_MB:
                raise FileTooLarge(path=path, size=opened, largest=_LARGEST_SHEET_MB)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = (book.get_sheet_by_name(name) for name in book.sheet_names)
        return next((sheet.iter_rows() for sheet in sheets if sheet.height), iter(()))
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise FileUnreadable(path=path, reason=N_("it is damaged or protected by a password")) from error


def _csv_rows(content: bytes) -> Iterator[Cells]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        said = content.decode("utf-16", "replace")
    else:
        try:
            said = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            said = content.decode("cp1252", "replace")
    lines = said.replace("\0", "").splitlines()
    if lines and lines[0].startswith("sep=") and len(lines[0]) == 5:
        del lines[0]
    delimiter = max(";\t,", key="\n".join(lines[:_HEADER_WITHIN]).count)
    csv.field_size_limit(1_000_000)
    return iter(csv.reader((f"{line}\n" for line in lines), delimiter=delimiter))


def _guessed(header: Cells) -> dict[str, int]:
    known = {title: field for field, titles in TITLES.items() for title in titles.split("|")}
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        if field := known.get(sort_key(str(cell))):
            places.setdefault(field, place)
    return places


def _named(header: Cells, columns: Mapping[str, str], path: str) -> dict[str, int]:
    keys = [sort_key(str(cell)) for cell in header]
    for column, field in columns.items():
        if field not in TITLES:
            raise UnknownField(field=field, fields=", ".join(TITLES))
        if sort_key(column) not in keys:
            raise MissingColumns(path=path, columns=column)
    return {field: keys.index(sort_key(column)) for column, field in columns.items()}


def _record(cells: Cells, places: Mapping[str, int], number: int) -> ExternalRecord | OddRecord:
    def cell(field: str) -> object:
        place = places.get(field, -1)
        return cells[place] if 0 <= place < len(cells) else ""

    def words(field: str) -> str:
        found = cell(field)
        is_count = isinstance(found, float) and found.is_integer()
        return plain(str(int(found)) if is_count else str(found))  # type: ignore[call-overload]

    serial, imeis, said = bare_serial(words("serial")), imeis_of(words("imei")), sort_key(words("enrolled"))
    known = words("external_id") or serial or (imeis[0] if imeis else "")
    if not known:
        return OddRecord(str(number), _NAMELESS)
    return ExternalRecord(
        external_id=known,
        serial=serial,
        imeis=imeis,
        is_enrolled=said not in _NO,
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
    """Return a cell's date and time, taken for UTC: a spreadsheet's own, ISO, or jj/mm/aaaa with or without a time."""
    if isinstance(value, datetime):
        return moment(value.isoformat())
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    said = str(value).strip()
    for form in ("%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"):
        try:
            return moment(datetime.strptime(said, form).replace(tzinfo=UTC).isoformat())
        except ValueError:
            continue
    return moment(said)
