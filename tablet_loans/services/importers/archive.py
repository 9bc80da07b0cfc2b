"""Archives: the XML documents of a zip, streamed and never laid on disk, whatever their size is said to be."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import PurePosixPath
from typing import IO, Final, Protocol

from tablet_loans.domain.trouble import FileTooLarge, FileUnreadable, WrongFile
from tablet_loans.text import N_

_MEGABYTE: Final = 2**20
LARGEST: Final = 2048 * _MEGABYTE
"""What an archive may hold once open: an academy's pupils and guardians are half of it."""
_MOST_SWOLLEN: Final = 200
_SMALL: Final = 100 * _MEGABYTE
"""Under this size nothing is a bomb, however well it is packed."""
_LARGEST_LIST: Final = 16 * _MEGABYTE
_LONGEST_END: Final = 22 + 20 + 65535
_PACKINGS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
SIGNATURES: Final = (b"PK\x03\x04", b"PK\x05\x06")
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, UnicodeError, struct.error)

NESTED: Final = N_("an archive that holds other archives")
SEVERAL: Final = N_("an archive of several XML files")
NO_XML: Final = N_("a ZIP archive")


class Document(Protocol):
    """Bytes to be read in pieces."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


@dataclass(frozen=True, slots=True)
class Archive:
    """An open zip: the names of what it holds, without a system's own files."""

    path: str
    zipped: zipfile.ZipFile
    names: tuple[str, ...]

    @property
    def documents(self) -> tuple[str, ...]:
        """The names of its XML files, in order."""
        return tuple(sorted(name for name in self.names if name.lower().endswith(".xml")))

    @property
    def is_office(self) -> bool:
        """Whether it is a spreadsheet or another document of an office suite."""
        return any(name == "mimetype" or name.startswith(("xl/", "word/", "ppt/")) for name in self.names)

    def has(self, name: str) -> bool:
        """Say whether a file of this name is in it, in whatever folder."""
        return any(PurePosixPath(each).name.lower() == name for each in self.names)

    def size(self, *names: str) -> int:
        """Return how many bytes these files have once open."""
        return sum(self.zipped.getinfo(name).file_size for name in names)

    @contextmanager
    def member(self, name: str) -> "Iterator[Document]":
        """Give one of its files, to be read in pieces. Raises: FileUnreadable."""
        try:
            stream = self.zipped.open(name)
        except _DAMAGED:
            raise _damaged(self.path) from None
        except (NotImplementedError, RuntimeError):  # what its own header says, against the archive's list
            raise _strange(self.path) from None
        with stream:
            yield _Member(stream, self.path)

    def only_document(self, expected: str) -> str:
        """Return the name of its one XML file. Raises: WrongFile."""
        if len(self.documents) == 1:
            return self.documents[0]
        if self.documents:
            raise WrongFile(path=self.path, found=SEVERAL, expected=expected)
        is_nested = any(name.lower().endswith((".zip", ".7z", ".rar", ".gz")) for name in self.names)
        raise WrongFile(path=self.path, found=NESTED if is_nested else NO_XML, expected=expected)


class _Member:
    """A file of an archive; it never gives more bytes than the archive said."""

    def __init__(self, stream: IO[bytes], path: str) -> None:
        self._stream, self._path = stream, path

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end. Raises: FileUnreadable."""
        try:
            return self._stream.read(size)
        except _DAMAGED:
            raise _damaged(self._path) from None


@contextmanager
def unpacked(file: BufferedReader, path: str) -> Iterator[Archive]:
    """Give the archive in `file`, looked at before anything in it is read. Raises: FileUnreadable, FileTooLarge."""
    _refuse_endless_list(file, path)
    try:
        zipped = zipfile.ZipFile(file)
    except _DAMAGED:
        raise _damaged(path) from None
    except NotImplementedError:
        raise _strange(path) from None
    with zipped:
        members = [member for member in zipped.infolist() if not member.is_dir() and not _is_hidden(member.filename)]
        if any(member.flag_bits & 1 for member in members):
            raise FileUnreadable(path=path, reason=N_("it is protected by a password"))
        if any(member.compress_type not in _PACKINGS for member in members):
            raise _strange(path)
        size = sum(member.file_size for member in members)
        packed = sum(member.compress_size for member in members)
        if size > LARGEST:
            raise FileTooLarge(path=path, size=size // _MEGABYTE, largest=LARGEST // _MEGABYTE)
        if size > _SMALL and size > _MOST_SWOLLEN * packed:
            raise FileUnreadable(path=path, reason=N_("it would unpack to far more than any real file"))
        yield Archive(path, zipped, tuple(member.filename for member in members))


def _is_hidden(name: str) -> bool:
    """Say whether a file is the system's own, such as macOS puts in its archives."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return "__MACOSX" in parts or not parts or parts[-1].startswith(".")


def _refuse_endless_list(file: BufferedReader, path: str) -> None:
    """Refuse an archive whose list of files alone would fill the memory.

    Source: PKWARE APPNOTE 6.3, end of central directory record, its locator in ZIP64.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read()
    file.seek(0)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or place + 22 > len(tail):
        raise _damaged(path)
    (listed,) = struct.unpack_from("<L", tail, place + 12)
    is_64 = place >= 20 and tail.startswith(b"PK\x06\x07", place - 20)
    if is_64 or listed > _LARGEST_LIST:
        raise _strange(path)


def _damaged(path: str) -> FileUnreadable:
    return FileUnreadable(path=path, reason=N_("it is damaged or cut short"))


def _strange(path: str) -> FileUnreadable:
    return FileUnreadable(path=path, reason=N_("it is packed in a way that this program does not read"))
