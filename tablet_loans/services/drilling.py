"""Drilling: the whole campaign gone through on a copy of the base, which is thrown away; the base is not written."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from multiprocessing import current_process
from pathlib import Path
from time import perf_counter
from typing import Final

from tablet_loans import paths
from tablet_loans.domain.drill import PACE_S, Drill, DrillStep, DrillUnderWay, Rehearsal, StepDone
from tablet_loans.domain.errors import ImportUnderWay
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import FileTrouble, reason_of
from tablet_loans.services import allocating, apart, lending, readying
from tablet_loans.services.rehearsing import rehearse
from tablet_loans.services.session import Progress, Session
from tablet_loans.storage import batches, snapshot, standings
from tablet_loans.storage import readiness as counts
from tablet_loans.storage.database import Base, open_database, troubles_spoken
from tablet_loans.storage.ledger_models import BASE

BUDGET_S: Final = 60.0
_LOCK: Final = "lock"
_PARTS: Final = 100
_COPIED: Final = 20


def drill(
    session: Session, campaign: str | None, out: Path | None = None, *, pace_s: float = PACE_S,
    budget_s: float = BUDGET_S, progress: Progress | None = None,
) -> Drill:  # fmt: skip
    """Go through the campaign on a copy of the base, thrown away in the end, and print what came of it into `out`.

    The base itself is only read. Lending goes on for `budget_s`; beyond, it is told how many were really lent.
    Raises: NotPermitted, UnknownCampaign, NoOpenCampaign, UpgradeNeeded, DrillUnderWay, FontLacks, FileTrouble,
    BaseTrouble, Cancelled.
    """
    session.require(Permission.CAMPAIGN)
    allocating.must_be_here(session)
    meter = progress or Progress()
    if out is not None:
        from tablet_loans.services.documents.drill_page import must_be_drawable

        must_be_drawable(lending.chosen_campaign(session, campaign).name, session.settings.authority, out)
    found = readying.readiness(session, campaign)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        answers = standings.coverage_by_school(session.base, running.id, session.today())
        devices = counts.devices(session.base, running.id, allocating.KIND, 0)
    with _folder(session.base) as folder:
        copied, copy = _copied(session, folder, meter)
        rehearsal = _apart(session, copy, running.name, folder, budget_s, meter)
    meter.step(_PARTS, _PARTS)
    done = Drill(
        campaign=running.name,
        authority=session.settings.authority,
        ran_at=session.now(),
        schools=len(answers),
        pupils=sum(each.pupils for each in answers),
        devices=devices.ready,
        eligible=rehearsal.eligible,
        promised=rehearsal.promised,
        steps=(copied, *rehearsal.steps),
        readiness=found,
        pace_s=pace_s,
    )
    return done if out is None else _printed(done, out)


def _printed(done: Drill, out: Path) -> Drill:
    from tablet_loans.services.documents.drill_page import write_drill_page

    return replace(done, pages=write_drill_page(done, out), file=str(out))


@contextmanager
def _folder(base: Base) -> Iterator[Path]:
    """Give an empty folder beside the base, or in the data folder for a server's; nothing of it is left in the end.

    What a killed drill left goes first. Raises: DrillUnderWay, FileTrouble.
    """
    place = base.path or paths.data_folder() / "server"
    folder = place.with_name(f"{place.name}.drill")
    try:
        with _held(folder):
            _empty(folder)
            try:
                yield folder
            finally:
                _empty(folder)
    except OSError as error:
        raise FileTrouble(path=str(folder), reason=reason_of(error)) from error


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Keep a folder from other drills. Raises: DrillUnderWay, OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as held:
        try:
            held.enter_context(batches.holding(folder / _LOCK))
        except ImportUnderWay:
            raise DrillUnderWay() from None
        try:
            yield
        finally:
            held.close()
            with suppress(OSError):
                (folder / _LOCK).unlink()
                folder.rmdir()


def _empty(folder: Path) -> None:
    for each in folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        elif each.name != _LOCK:
            each.unlink()


def _copied(session: Session, folder: Path, meter: Progress) -> tuple[StepDone, Base]:
    """Copy the base, encrypted as it is; the copy of a server's base with a key that nobody keeps."""
    base = session.base
    is_plain = session.settings.is_demonstration if base.is_server else not base.is_encrypted
    key = None if is_plain else base.key or secrets.token_hex(32)
    began, file = perf_counter(), folder / "base.sqlite"
    rows = snapshot.write(base, file, key, lambda done, total: meter.step(_COPIED * done // max(total, 1), _PARTS))
    step = StepDone(DrillStep.COPY, rows, rows, perf_counter() - began)
    copy = open_database(str(file), key, bind=False)
    copy.close()
    return step, copy


def _apart(session: Session, copy: Base, campaign: str, folder: Path, budget_s: float, meter: Progress) -> Rehearsal:
    """Rehearse in a process apart: the tables of this one stay bound to the base in which people work."""
    work = partial(rehearse, campaign=campaign, moment=session.now(), folder=folder, budget_s=budget_s)
    rest = Progress(
        lambda done, total: meter.report(_COPIED + (_PARTS - _COPIED) * done // max(total, 1), _PARTS),
        meter.is_cancelled,
    )
    there = replace(session, base=copy)
    if not current_process().daemon:
        return apart.run(there, work, rest)
    BASE.initialize(copy.database)  # this process is apart itself, and works for this drill alone
    try:
        return work(there, progress=rest)
    finally:
        copy.close()
        BASE.initialize(session.base.database)
