"""Reporting: the asset list for finance, the loans of a school, the sheet of a sitting at the counter, as files."""

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

from tablet_loans.domain.act import Action
from tablet_loans.domain.loan import LoanFilter, LoanRow
from tablet_loans.domain.paging import Place
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.sitting import RefusedLine, SittingFacts
from tablet_loans.domain.trouble import DiskFull, FileTrouble, reason_of
from tablet_loans.services.exporters import csv_file, xlsx_file
from tablet_loans.services.exporters.column import ASSETS, Column, Row, loan_columns
from tablet_loans.services.exporters.problem_list import PROBLEM_LIST
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Session
from tablet_loans.storage import devices, loans, rolls, sittings
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.text import N_, tr

_WRITERS: Final = {".csv": csv_file.write, ".xlsx": xlsx_file.write}
_BLOCK: Final = 5_000
_EXPECTED: Final = 120


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
    return exported(session, out, "assets", ASSETS, rows, tr(N_("Assets")))


def export_loans(session: Session, out: Path, school: str | None = None) -> Export:
    """Write the loans, of one school or of all, into a .csv or .xlsx file.

    Raises: NotPermitted, InvalidUai, UnknownSchool, FileTrouble, DiskFull, BaseTrouble.
    """
    session.require(Permission.EXPORT_LOANS)
    rows = _loans(LoanFilter(school=_known_uai(session, school)))
    return exported(session, out, "loans", loan_columns(session.today()), rows, tr(N_("Loans")))


def export_problems(session: Session, out: Path, problems: Sequence[Problem]) -> Export:
    """Write what is wrong with a file that was looked at or imported into a .csv or .xlsx file.

    Raises: NotPermitted, FileTrouble, DiskFull, BaseTrouble.
    """
    if not session.actor.may(Permission.ROSTER):
        session.require(Permission.ASK)
    return exported(session, out, "problems", PROBLEM_LIST, problems, tr(N_("Problems")))


def session_sheet(
    session: Session,
    *,
    since: datetime,
    refused: Sequence[RefusedLine] = (),
    schools: Sequence[str] = (),
    campaign: str | None = None,
    out: Path,
) -> Export:
    """Write what this station did since a moment, what the screen says was refused, and what is still expected, as PDF.

    `schools` are UAIs; none means all, as does no campaign. Raises: NotPermitted, FontLacks, FileTrouble, DiskFull,
    BaseTrouble.
    """
    from tablet_loans.services.documents.paper import must_be_pdf
    from tablet_loans.services.documents.session_sheet import write_session_sheet

    session.require(Permission.LEND)
    must_be_pdf(out)
    facts = _sitting(session, since, refused, schools, campaign)

    def write(beside: Path) -> int:
        write_session_sheet(facts, beside)
        return facts.lines

    return _kept(session, out, "session_sheet", write)


def _sitting(
    session: Session, since: datetime, refused: Sequence[RefusedLine], schools: Sequence[str], campaign: str | None
) -> SittingFacts:
    base = session.base
    with base.reading():
        named = rolls.schools_with(base, schools)
        began = sittings.beginning(base, session.station, since)
        return SittingFacts(
            authority=session.settings.authority,
            station=session.station,
            technician=session.actor.name,
            campaign=campaign or "",
            schools=tuple(named[uai].name if uai in named else uai for uai in schools),
            began_at=since,
            ended_at=session.now(),
            lent=sittings.lent(base, began),
            returned=sittings.returned(base, began),
            swapped=sittings.swapped(base, began),
            undone=sittings.undone(base, began),
            refused=tuple(refused),
            expected=sittings.expected(base, began, schools, campaign, _EXPECTED),
            expected_count=sittings.expected_count(base, began, schools, campaign),
        )


def _known_uai(session: Session, school: str | None) -> str | None:
    return None if school is None else known_school(session, school).uai


def _loans(chosen: LoanFilter) -> Iterator[LoanRow]:
    start = 0
    while block := loans.block(chosen, Place(start, _BLOCK)):
        yield from block
        start += _BLOCK


def exported(
    session: Session, out: Path, what: str, columns: Sequence[Column[Row]], rows: Iterable[Row], title: str
) -> Export:
    """Write rows under the titles of their columns into a .csv or .xlsx file. Raises: FileTrouble, DiskFull."""
    write = _WRITERS.get(out.suffix.lower())
    if write is None:
        raise FileTrouble(path=str(out), reason=N_("its name must end in .csv or .xlsx"))
    return _kept(session, out, what, lambda beside: write(beside, columns, _spoken(session, rows), title))


def _kept(session: Session, out: Path, what: str, write: Callable[[Path], int]) -> Export:
    """Write beside `out` what has so many rows, chain the export's line, and only then put the file in its place."""
    beside = out.with_name(f".{out.name}.{uuid4().hex[:8]}.part")
    with file_troubles(out), _removed_in_the_end(beside):
        count = write(beside)
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
def file_troubles(out: Path) -> Iterator[None]:
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
