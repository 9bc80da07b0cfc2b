"""Surveying: a workbook goes out to each school, what comes back is taken, and what was not is told in a sheet."""

import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.need import NobodyToAsk
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.school_return import SchoolNotAsked
from tablet_loans.domain.trouble import FileTrouble
from tablet_loans.domain.workbook import Head, SchoolReturn, WrittenWorkbooks
from tablet_loans.services import collecting
from tablet_loans.services.asking import asking_campaign
from tablet_loans.services.collecting import Survey
from tablet_loans.services.exporters import school_workbook
from tablet_loans.services.exporters.problem_list import RETURNED_LIST
from tablet_loans.services.exporters.school_workbook import Errand
from tablet_loans.services.locating import known_school
from tablet_loans.services.reporting import exported, file_troubles
from tablet_loans.services.session import Progress, Session
from tablet_loans.storage import surveys
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.surveys import AskedSchool
from tablet_loans.text import N_, tr

_PROBLEMS: Final = " - lignes à revoir.xlsx"


def write_workbooks(
    session: Session,
    *,
    campaign: str,
    out: Path,
    school: str | None = None,
    by: date | None = None,
    return_to: str = "",
    progress: Progress | None = None,
) -> WrittenWorkbooks:
    """Write a workbook for each school with pupils on its roll, or for one, into the folder `out`: all or none.

    A file that is already there is never replaced: it may hold a school's answers. Raises: NotPermitted, InvalidUai,
    UnknownSchool, UnknownCampaign, CampaignNotOpen, NeedsClosed, SchoolNotAsked, NobodyToAsk, FileTrouble, DiskFull,
    BaseTrouble, Cancelled.
    """
    session.require(Permission.ASK)
    with troubles_spoken(session.base):
        running = asking_campaign(session, campaign)
        chosen = _chosen(session, running, school)
    errand = Errand(session.settings.authority, return_to, by)
    with file_troubles(out):
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".tablet-loans-", dir=out, ignore_cleanup_errors=True) as beside:
            pupils = _written(session, running, chosen, Path(beside), errand, progress or Progress())
            names = sorted(file.name for file in Path(beside).glob("*.xlsx"))
            if not names:
                raise NobodyToAsk()
            _must_be_free(out, names)
            with session.transaction() as act:
                about = [(Subject.CAMPAIGN, running.id)]
                act(Action.EXPORTED, None, topics=set(), about=about, what="workbooks", rows=pupils, files=len(names))
                for name in names:
                    (Path(beside) / name).replace(out / name)
    return WrittenWorkbooks(len(names), pupils, str(out))


def _chosen(session: Session, running: FoundCampaign, school: str | None) -> list[AskedSchool]:
    asked = surveys.schools(session.base, running.id)
    if school is None:
        return asked
    uai = known_school(session, school).uai
    if not (chosen := [each for each in asked if each.uai == uai]):
        raise SchoolNotAsked(school=uai)
    return chosen


def _written(
    session: Session,
    running: FoundCampaign,
    chosen: Sequence[AskedSchool],
    folder: Path,
    errand: Errand,
    progress: Progress,
) -> int:
    """Write the workbooks into a folder and return how many pupils they ask about."""
    key, today, count = _key(session, running), session.today(), 0
    for place, school in enumerate(chosen):
        progress.step(place, len(chosen))
        with troubles_spoken(session.base):
            pupils = surveys.pupils(session.base, running.id, school.id, today)
        if pupils:
            head = Head(running.id, running.name, school.uai, school.name, today, len(pupils))
            file = folder / school_workbook.file_name(school.uai, school.name)
            school_workbook.write(file, head, pupils, key=key, errand=errand)
            count += len(pupils)
    progress.step(len(chosen), len(chosen))
    return count


def _key(session: Session, running: FoundCampaign) -> bytes:
    """Return the key that seals the campaign's workbooks, made the first time."""
    with troubles_spoken(session.base):
        kept = surveys.seal(session.base, running.id)
    if not kept:
        with session.base.atomic():
            kept = surveys.seal(session.base, running.id, secrets.token_hex(32))
    return bytes.fromhex(kept)


def _must_be_free(out: Path, names: Iterable[str]) -> None:
    for name in names:
        if (out / name).exists():
            reason = N_("it is already there, and may hold a school's answers; choose another folder")
            raise FileTrouble(path=str(out / name), reason=reason)


def import_returns(
    session: Session,
    paths: Sequence[Path],
    *,
    campaign: str,
    school: str | None = None,
    is_dry_run: bool = False,
    progress: Progress | None = None,
) -> list[SchoolReturn]:
    """Take the answers of returned workbooks, given as files or folders of them, and tell for each what became of it.

    A file that is refused changes nothing and stops no other; `school` refuses those of other schools. Raises:
    NotPermitted, InvalidUai, UnknownSchool, UnknownCampaign, CampaignNotOpen, NeedsClosed, BaseTrouble, Cancelled.
    """
    session.require(Permission.ASK)
    with troubles_spoken(session.base):
        running = asking_campaign(session, campaign)
        key = bytes.fromhex(surveys.seal(session.base, running.id))
        asked = {each.uai for each in surveys.schools(session.base, running.id)}
        only = None if school is None else known_school(session, school).uai
    survey = Survey(session, running, key, frozenset(asked), only, is_dry_run)
    files, progress = list(_files(paths)), progress or Progress()
    returns = []
    for place, file in enumerate(files):
        progress.step(place, len(files))
        returns.append(collecting.returned(survey, file))
    progress.step(len(files), len(files))
    return returns


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files given, those of folders in the order they were saved; a spreadsheet's own lock file is none."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = [Path(folder) / name for folder, _, names in os.walk(path) for name in names]
        wanted = [file for file in found if not file.name.startswith((".", "~$")) and not is_problem_sheet(file)]
        yield from sorted(wanted, key=lambda file: (file.stat().st_mtime, str(file)))


def write_problems(session: Session, returns: Sequence[SchoolReturn], folder: Path | None = None) -> list[Path]:
    """Write, for each file with lines that were not taken, a sheet of them beside it or into `folder`; return them.

    Raises: NotPermitted, FileTrouble, DiskFull, BaseTrouble.
    """
    session.require(Permission.ASK)
    written: list[Path] = []
    for each in returns:
        if not each.problems:
            continue
        out = _problem_sheet(Path(each.file), folder, written)
        with file_troubles(out):
            out.parent.mkdir(parents=True, exist_ok=True)
        title = tr(N_("Lines to look at"))
        written.append(exported(session, out, "return_problems", RETURNED_LIST, each.problems, title).file)
    return written


def is_problem_sheet(file: Path) -> bool:
    """Say whether a file is the sheet of the lines of another one that were not taken."""
    return file.name.endswith(_PROBLEMS)


def _problem_sheet(file: Path, folder: Path | None, taken: Sequence[Path]) -> Path:
    place = folder or file.parent
    names = (f"{file.stem}{'' if turn == 1 else f' ({turn})'}{_PROBLEMS}" for turn in range(1, len(taken) + 2))
    return next(place / name for name in names if place / name not in taken)
