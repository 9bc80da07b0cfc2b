"""What a file is, told by its content and never by its name; and text in whatever encoding it has."""

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Final

from tablet_loans.domain.trouble import FileMissing, FileTooLarge, FileUnreadable
from tablet_loans.text import N_

_MEGABYTE: Final = 2**20
LARGEST: Final = 400 * _MEGABYTE
"""Beyond any real file: an academy's AAF zip is a tenth of it."""
_LARGEST_TABLE: Final = 100 * _MEGABYTE
SHEET: Final = "sheet"
TEXT: Final = "text"
PAGE: Final = N_("a web page (HTML)")

_SIGNATURES: Final = (
    (b"%PDF", N_("a PDF document")),
    (b"\x89PNG", N_("a picture")),
    (b"\xff\xd8\xff", N_("a picture")),
    (b"GIF8", N_("a picture")),
    (b"II*\x00", N_("a picture")),
    (b"MM\x00*", N_("a picture")),
    (b"RIFF", N_("a picture or a sound")),
    (b"SQLite format 3\x00", N_("an SQLite base")),
    (b"{\\rtf", N_("a text document (RTF)")),
    (b"\x1f\x8b", N_("a compressed archive")),
    (b"7z\xbc\xaf", N_("a compressed archive")),
    (b"Rar!", N_("a compressed archive")),
)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIECLE: Final = (b"<BEE_", b"<STS_EDT", b"<EDT_STS")
_NOTHING: Final = b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_MULTIBYTE: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CONTROLS_OF_8859: Final = re.compile(rb"[\x80-\x9f]")
_HOLES_OF_1252: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_LETTERS: Final = rb"A-Za-z\xc0-\xd6\xd8-\xf6\xf8-\xff"
_OF_8859_15: Final = re.compile(
    rb"\xa4|[\xa6\xa8\xb4\xb8\xbc\xbd\xbe][" + _LETTERS + rb"]|[" + _LETTERS + rb"][\xa6\xa8\xb4\xb8\xbc\xbd\xbe]"
)


@contextmanager
def opened(path: Path, largest: int = LARGEST) -> Iterator[BufferedReader]:
    """Give the file, to be read in pieces. Raises: FileMissing, FileUnreadable, FileTooLarge."""
    try:
        with path.open("rb") as file:
            if (size := path.stat().st_size) > largest:
                raise FileTooLarge(path=str(path), size=size // _MEGABYTE, largest=largest // _MEGABYTE)
            yield file
    except (FileNotFoundError, NotADirectoryError):
        raise FileMissing(path=str(path)) from None
    except IsADirectoryError:
        raise FileUnreadable(path=str(path), reason=N_("it is a folder")) from None
    except PermissionError:
        raise FileUnreadable(path=str(path), reason=N_("you have no right to read it")) from None
    except OSError as error:
        raise FileUnreadable(path=str(path), reason=N_("the disk does not answer")) from error


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, whose bytes are never all in memory. Raises: FileTrouble."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def beginning(path: Path, size: int = 4096) -> bytes:
    """Return the first bytes of a file. Raises: FileMissing, FileUnreadable, FileTooLarge."""
    with opened(path) as file:
        first = file.read(size)
    if not first.strip(_NOTHING):
        raise FileUnreadable(path=str(path), reason=N_("it is empty"))
    return first


def loaded(path: Path) -> bytes:
    """Return the bytes of a table or a document. Raises: FileMissing, FileUnreadable, FileTooLarge."""
    with opened(path, _LARGEST_TABLE) as file:
        content = file.read()
    if not content.strip(_NOTHING):
        raise FileUnreadable(path=str(path), reason=N_("it is empty"))
    return content


def kind_of(content: bytes, path: str) -> str:
    """Return SHEET, TEXT, or the words for another kind of file. Raises: FileUnreadable."""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(content, path)
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise FileUnreadable(path=path, reason=N_("it is protected by a password"))
        return N_("a spreadsheet or document of an old format (.xls, .doc); save it as XLSX or CSV")
    for signature, words in _SIGNATURES:
        if content.startswith(signature):
            return words
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return TEXT
    if b"\x00" in content or _is_noise(content):
        return N_("a binary file")
    return _kind_of_text(content)


def _kind_of_zip(content: bytes, path: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            kind = _declared_kind(archive) if "mimetype" in names else ""
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise FileUnreadable(path=path, reason=N_("it is damaged or cut short")) from None
    if any(name.startswith("xl/") for name in names) or kind.startswith(
        "application/vnd.oasis.opendocument.spreadsheet"
    ):
        return SHEET
    if kind.startswith("application/vnd.oasis.opendocument") or any(name.startswith("word/") for name in names):
        return N_("a text document")
    if any(name.lower().endswith(".xml") for name in names):
        return N_("an archive of XML files, such as SIECLE's exports")
    return N_("a ZIP archive")


def _declared_kind(archive: zipfile.ZipFile) -> str:
    with archive.open("mimetype") as stream:
        return stream.read(100).decode("ascii", "replace").strip()


def _kind_of_text(content: bytes) -> str:
    beginning = content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not beginning.startswith(b"<"):
        return TEXT
    if any(root in beginning for root in _SIECLE):
        return N_("a SIECLE file (XML)")
    if b"ficAlimMENESR" in beginning:
        return N_("a file of the annuaire académique fédérateur (XML)")
    is_page = re.search(rb"<!doctype html|<html|<table|<body", beginning, re.IGNORECASE)
    return PAGE if is_page else N_("an XML file")


def _is_noise(content: bytes) -> bool:
    controls = sum(content[:65536].count(bytes((code,))) for code in range(32) if code not in (9, 10, 12, 13, 26, 27))
    return controls * 50 > len(content[:65536])


def decoded(content: bytes, path: str) -> str:
    """Return the text of the whole file, in the encoding that all of its bytes fit. Raises: FileUnreadable."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                if encoding != "utf-8":
                    raise FileUnreadable(path=path, reason=N_("its text is damaged")) from None
                return _mixed(content[len(mark) :])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        stray = sum(byte >= 0x80 for byte in _MULTIBYTE.sub(b"", content))
        is_mostly_utf8 = sum(1 for _ in _MULTIBYTE.finditer(content)) > stray
        return _mixed(content) if is_mostly_utf8 else content.decode(_one_byte_encoding(content))


def _mixed(content: bytes) -> str:
    """Return UTF-8 in which some lines were pasted from another encoding."""
    lines = content.split(b"\n")
    return "\n".join(_decoded_line(line) for line in lines)


def _decoded_line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode(_one_byte_encoding(line))


def _one_byte_encoding(content: bytes) -> str:
    """Tell cp1252 from ISO-8859-15: which of their differing bytes occur, and beside what.

    Source: bytes 80-9F are letters and quotes in cp1252 and controls in ISO 8859; A4 A6 A8 B4 B8 BC BD BE are the
    euro and six letters (Š š Ž ž Œ œ Ÿ) in ISO-8859-15, and signs in cp1252.
    """
    if _HOLES_OF_1252.search(content):
        return "iso-8859-15"
    if _CONTROLS_OF_8859.search(content):
        return "cp1252"
    return "iso-8859-15" if _OF_8859_15.search(content) else "cp1252"
