"""Mapping: what the columns of a table are, remembered for the next file with the same headers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.roles import Permission
from tablet_loans.services.importers import answers, content, devices, onde_guardians, pupils, schools, tabular
from tablet_loans.services.session import Session
from tablet_loans.storage import mappings
from tablet_loans.storage.database import troubles_spoken

_TITLES: Final[Mapping[str, Mapping[str, str]]] = {
    "answers": answers.TITLES,
    "devices": devices.TITLES,
    "guardians": onde_guardians.TITLES,
    "pupils": pupils.TITLES,
    "schools": schools.TITLES,
}
_PERMISSIONS: Final = {"answers": Permission.ASK, "devices": Permission.STOCK}


def remembered(session: Session, kind: str, headers_digest: str) -> dict[str, str]:
    """Return the field of each column of a file with these headers, none when nobody named them.

    Raises: NotPermitted, BaseTrouble.
    """
    session.require(_PERMISSIONS.get(kind, Permission.ROSTER))
    with troubles_spoken(session.base):
        return mappings.find(session.base, kind, headers_digest)


def remember(session: Session, kind: str, headers_digest: str, mapping: Mapping[str, str]) -> None:
    """Remember the field of each column for the files with these headers. Raises: NotPermitted, BaseTrouble."""
    session.require(_PERMISSIONS.get(kind, Permission.ROSTER))
    if remembered(session, kind, headers_digest) != dict(mapping):
        with session.base.atomic():
            mappings.keep(session.base, kind, headers_digest, dict(mapping))


def of_file(session: Session, kind: str, path: Path) -> dict[str, str]:
    """Return what is remembered of the columns of the file at `path`, nothing when it is no table.

    Raises: NotPermitted, BaseTrouble.
    """
    session.require(_PERMISSIONS.get(kind, Permission.ROSTER))  # before the file is looked at
    digest = _digest(kind, path)
    return remembered(session, kind, digest) if digest else {}


def remember_file(session: Session, kind: str, path: Path, mapping: Mapping[str, str]) -> None:
    """Remember the field of each column of the file at `path`. Raises: NotPermitted, BaseTrouble."""
    if mapping and (digest := _digest(kind, path)):
        remember(session, kind, digest, mapping)


def _digest(kind: str, path: Path) -> str | None:
    try:
        with content.opened(path) as file:
            if file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):  # a long XML file is no table
                return None
        return tabular.glance(path, _TITLES.get(kind, {})).digest
    except TabletLoansError:  # the import itself says what is wrong with the file
        return None
