"""Reporting: the asset list for finance and the loans of a school, as files."""

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

from tablet_loans.domain.act import Action
from tablet_loans.domain.loan import LoanFilter, LoanRow
from tablet_loans.domain.paging import Place
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import DiskFull, FileTrouble, reason_of
from tablet_loans.services.exporters import csv_file, xlsx_file
from tablet_loans.services.exporters.column import ASSETS, Column, Row, loan_columns
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Session
from tablet_loans.storage import devices, loans
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.text import N_, tr

_WRITERS: Final = {".csv": csv_file.write, ".xlsx": xlsx_file.write}
_BLOCK: Final = 5_000


class Export(NamedTuple):
    """What was written: how many rows, into which file."""

    rows: int
    file: Path


def export_assets(session: Session, out: Path, school: str | None = None) -> Export:
    """Write every device with its purchase and its place, never a pupil's name, into a .csv or .xlsx file.

    Raises: NotPermitted, InvalidUai, UnknownSchool, FileTrouble, DiskFull, BaseTrouble.
    """
    session.require(Permission.EXPORT_ASSETS)
    rows = devices.assets(_known_uai(session, school))
    return _exported(session, out, "assets", ASSETS, rows, tr(N_("Assets")))


def export_loans(session: Session, out: Path, school: str | None = None) -> Export:
    """Write the loans, of one school or of all, into a .csv or .xlsx file.

    Raises: NotPermitted, InvalidUai, UnknownSchool, FileTrouble, DiskFull, BaseTrouble.
    """
    session.require(Permission.EXPORT_LOANS)
    rows = _loans(LoanFilter(school=_known_uai(session, school)))
    return _exported(session, out, "loans", loan_columns(session.today()), rows, tr(N_("Loans")))


def _known_uai(session: Session, school: str | None) -> str | None:
    return None if school is None else known_school(session, school).uai


def _loans(chosen: LoanFilter) -> Iterator[LoanRow]:
    start = 0
    while block := loans.block(chosen, Place(start, _BLOCK)):
        yield from block
        start += _BLOCK


def _exported(
    session: Session, out: Path, what: str, columns: Sequence[Column[Row]], rows: Iterable[Row], title: str
) -> Export:
    """Write the rows beside `out`, chain the export's line, and only then put the file in its place."""
    write = _WRITERS.get(out.suffix.lower())
    if write is None:
        raise FileTrouble(path=str(out), reason=N_("its name must end in .csv or .xlsx"))
    beside = out.with_name(f".{out.name}.{uuid4().hex[:8]}.part")
    with _file_troubles(out), _removed_in_the_end(beside):
        count = write(beside, columns, _spoken(session, rows), title)
        _must_be_on_disk(beside)
        with session.transaction() as act:
            act(Action.EXPORTED, None, topics=set(), what=what, rows=count, file=out.name)
            beside.replace(out)
    return Export(count, out)


def _spoken(session: Session, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows; what fails in the base while they are read is the base's trouble, not the file's."""
    with troubles_spoken(session.base):
        yield from rows


@contextmanager
def _file_troubles(out: Path) -> Iterator[None]:
    """Say what the system says of a file in the program's words. Raises: FileTrouble, DiskFull."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull() from error
        raise FileTrouble(path=str(out), reason=reason_of(error)) from error


@contextmanager
def _removed_in_the_end(beside: Path) -> Iterator[None]:
    try:
        yield
    finally:
        beside.unlink(missing_ok=True)


def _must_be_on_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
