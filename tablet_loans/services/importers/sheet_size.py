"""How large and how sound a spreadsheet is: looked at before a library lays all of its cells in memory.

That library never comes back from XML cut short, and fills the memory for one cell at the far end of a sheet.

Source: ECMA-376, 18.18.7 ST_CellRef; OpenDocument 1.2, 19.675 and 19.678 (repeated columns and rows).
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final, Protocol
from xml.parsers import expat

from tablet_loans.domain.trouble import FileTooLarge, FileUnreadable
from tablet_loans.text import N_

_MEGABYTE: Final = 2**20
_LARGEST: Final = 400 * _MEGABYTE
_MOST_CELLS: Final = 20_000_000
_MOST_PARTS: Final = 2_000
_DAMAGED: Final = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, LookupError, NotImplementedError, RuntimeError, EOFError, OSError,
    ValueError,
)  # fmt: skip
_OVERLAP: Final = 64
_REFERENCE: Final = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,9})(\d{1,9})")
_IS_FAR: Final = re.compile(rb"r=\"(?:[A-Za-z]{3}|[A-Za-z]{0,2}\d{6}|[A-Za-z]{2}\d{5})")
_IS_ODD: Final = (b"='", b"= ", b" =", b"=\n", b"\n=", b"=\t", b"\t=", b"=\r", b"\r=")
_ROW_END: Final = b"</table:table-row>"
_ROW: Final = re.compile(rb"<table:table-row\b[^>]*?number-rows-repeated\s*=\s*[\"'](\d{1,12})")
_CELL: Final = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*)>")
_COLUMNS: Final = re.compile(rb"number-columns-repeated\s*=\s*[\"'](\d{1,12})")


class _Part(Protocol):
    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


class _Sound:
    """A part of a spreadsheet that is XML to its end, without a document type."""

    def __init__(self, part: _Part) -> None:
        self._part = part
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse

    def read(self, size: int, /) -> bytes:
        piece = self._part.read(size)
        self._parser.Parse(piece, not piece)
        return piece

    def _refuse(self, *_said: object) -> None:
        raise ValueError("document type")


def measure(content: bytes, path: str) -> None:
    """Refuse a spreadsheet that would fill the memory, or is cut short. Raises: FileTooLarge, FileUnreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            if size > _LARGEST or len(parts) > _MOST_PARTS:
                raise FileTooLarge(path=path, size=size // _MEGABYTE, largest=_LARGEST // _MEGABYTE)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    with archive.open(part) as stream:
                        cells = _cells(part.filename, _Sound(stream))
                    if cells > _MOST_CELLS:
                        raise FileUnreadable(path=path, reason=N_("its cells are spread wider than any real list"))
    except _DAMAGED:
        raise FileUnreadable(path=path, reason=N_("it is damaged or cut short")) from None


def _cells(name: str, part: _Part) -> int:
    if name == "content.xml":
        return _repeated_cells(part)
    if name.startswith("xl/worksheets/"):
        return _referred_cells(part)
    while part.read(_MEGABYTE):
        pass
    return 0


def _referred_cells(stream: _Part) -> int:
    """Return about how many cells the rectangle of an XLSX sheet has: none where all lie near the first."""
    width, height, before = 0, 0, b""
    while piece := stream.read(_MEGABYTE):
        text = before + piece
        if _IS_FAR.search(text) or any(sign in text for sign in _IS_ODD):
            for letters, row in _REFERENCE.findall(text):
                width, height = max(width, _column(letters)), max(height, int(row))
        before = text[-_OVERLAP:]
    return width * height


def _column(letters: bytes) -> int:
    number = 0
    for code in letters.upper():
        number = number * 26 + code - 64
    return number


def _repeated_cells(stream: _Part) -> int:
    """Return about how many cells the rectangle of an ODS sheet has; the empty ones at its edges do not count."""
    width, height, waiting = 0, 0, 0
    for row in _rows(stream):
        repeated = int(match.group(1)) if (match := _ROW.search(row)) else 1
        waiting += repeated
        if b"value-type" in row or b"<text:" in row:
            height, waiting = height + waiting, 0
            width = max(width, _width(row) if b"columns-repeated" in row else row.count(b"<table:"))
    return width * height


def _rows(stream: _Part) -> Iterator[bytes]:
    before = b""
    while piece := stream.read(_MEGABYTE):
        *rows, before = (before + piece).split(_ROW_END)
        yield from rows
    yield before


def _width(row: bytes) -> int:
    """Return the place of a row's last cell that says something."""
    place = last = 0
    for match in _CELL.finditer(row):
        said = match.group(1)
        place += int(columns.group(1)) if (columns := _COLUMNS.search(said)) else 1
        if not said.endswith(b"/") or b"value" in said:
            last = place
    return last
