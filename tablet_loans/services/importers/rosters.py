"""Pupils' and guardians' files of every format, told apart by what they hold and never by their names."""

from collections.abc import Mapping
from enum import Enum, auto
from pathlib import Path

from tablet_loans.domain.roster import GuardianRoster, Roster
from tablet_loans.domain.trouble import WrongFile
from tablet_loans.services.importers import aaf, content, onde_guardians, oneroster, siecle, xml_stream
from tablet_loans.services.importers import pupils as pupil_lists
from tablet_loans.services.importers.archive import SIGNATURES, Archive, unpacked
from tablet_loans.services.importers.signatures import GUARDIANS_FILE, PUPILS_FILE
from tablet_loans.text import N_


class _Family(Enum):
    """Which reader a file is for."""

    SIECLE = auto()
    AAF = auto()
    ONEROSTER = auto()
    TABLE = auto()


def pupils(path: Path, *, mapping: Mapping[str, str] | None = None) -> Roster:
    """Return the pupils that a file lists; `mapping` names the columns of a table (column to field).

    Raises: FileMissing, FileUnreadable, FileTooLarge, WrongFile, MissingColumns, UnknownField, InvalidUai.
    """
    match _family(path, PUPILS_FILE):
        case _Family.SIECLE:
            return siecle.pupils(path)
        case _Family.AAF:
            return aaf.pupils(path)
        case _Family.ONEROSTER:
            return oneroster.pupils(path)
        case _Family.TABLE:
            return pupil_lists.read(path, mapping)


def guardians(path: Path, *, mapping: Mapping[str, str] | None = None) -> GuardianRoster:
    """Return who looks after the pupils, as a file lists them; `mapping` is that of `pupils`.

    Raises: FileMissing, FileUnreadable, FileTooLarge, WrongFile, MissingColumns, UnknownField, InvalidUai.
    """
    match _family(path, GUARDIANS_FILE):
        case _Family.SIECLE:
            return siecle.guardians(path)
        case _Family.AAF:
            return aaf.guardians(path)
        case _Family.ONEROSTER:
            return oneroster.guardians(path)
        case _Family.TABLE:
            return onde_guardians.read(path, mapping)


def _family(path: Path, expected: str) -> _Family:
    """Return which reader a file is for. Raises: FileMissing, FileUnreadable, FileTooLarge, WrongFile."""
    first = content.beginning(path)
    if first.startswith(SIGNATURES):
        with content.opened(path) as file, unpacked(file, str(path)) as archive:
            return _family_of_archive(archive, expected)
    if not first.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        return _Family.TABLE
    if content.kind_of(first, str(path)) == content.PAGE:  # which need not be XML
        raise WrongFile(path=str(path), found=content.PAGE, expected=expected)
    with xml_stream.document(path, expected) as (source, _):
        if xml_stream.root(source, str(path)) == aaf.ROOT:
            found = N_("one file of an AAF archive; the whole archive is needed, as a zip")
            raise WrongFile(path=str(path), found=found, expected=expected)
    return _Family.SIECLE


def _family_of_archive(archive: Archive, expected: str) -> _Family:
    if archive.is_office:
        return _Family.TABLE
    if archive.has("users.csv"):
        return _Family.ONEROSTER
    if archive.documents:
        with archive.member(archive.documents[0]) as source:
            if xml_stream.root(source, archive.path) == aaf.ROOT:
                return _Family.AAF
    archive.only_document(expected)
    return _Family.SIECLE
