"""Batching: agreements printed school by school, and blank ones, taken up again where they were stopped."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.oversight import EVERYTHING, Part
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.sheet import MOST_SPARE, NobodyToPrintFor, TooManyForms, spare_facts
from tablet_loans.domain.trouble import FileTrouble, reason_of
from tablet_loans.services import agreeing, drafting, lending
from tablet_loans.services.agreeing import PrintedAgreements
from tablet_loans.services.drafting import How
from tablet_loans.services.session import Progress, Receipt, Session, Topic, settled
from tablet_loans.storage import print_batches, sheets, wordings
from tablet_loans.storage.agreements import Listed
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.print_batches import Batch

_UNSEEN: Final = Progress()
_AS_USUAL: Final = How()
_TOPICS: Final = {Topic.AGREEMENTS, Topic.LOANS}


@dataclass(frozen=True, slots=True)
class PrintedBatch:
    """What a batch came to: agreements, pages and files, of which `resumed` were there already."""

    agreements: int
    pages: int
    files: int
    resumed: int
    folder: str


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of a batch: its name, its agreements, what writes it and returns its pages, what it is about."""

    file: str
    count: int
    write: Callable[[Path, Progress], int]
    about: Sequence[tuple[Subject, int]]


def print_loans(
    session: Session,
    chosen: LoanFilter,
    folder: Path,
    progress: Progress = _UNSEEN,
    how: How = _AS_USUAL,
    part: Part = EVERYTHING,
) -> PrintedBatch:
    """Write the agreements of the open loans chosen into one PDF a school, and mark them.

    The same asked again after it was stopped goes on with the schools that are not done. Raises: NotPermitted,
    UnknownCampaign, InvalidUai, UnknownSchool, UnknownLoan, LoanNotOpen, NothingToPrint, ClauseMissing, UnknownField,
    FontLacks, FileTrouble, UpgradeNeeded, BaseTrouble, Cancelled.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    with troubles_spoken(session.base):
        wordings.must_be_here(session.base)
        running = lending.chosen_campaign(session, chosen.campaign)
    chosen = agreeing.known_choice(session, chosen)
    by_school: dict[tuple[str, str], list[Listed]] = {}
    for loan in agreeing.open_loans(session.base, _within(chosen, running), part):
        by_school.setdefault((loan.uai, loan.school), []).append(loan)
    parts = [
        _Part(
            _file_name(*school),
            len(some),
            lambda out, meter, some=some: agreeing.write_loans(session, some, out, meter, how),  # type: ignore[misc]
            [(Subject.LOAN, loan.id) for loan in some],
        )
        for school, some in by_school.items()
    ]
    asked = _asked("loans", folder, how, part, school=chosen.school, class_name=chosen.class_name)
    return _printed(session, running, asked, parts, folder, progress)


def print_sheets(
    session: Session,
    folder: Path,
    *,
    campaign: str | None = None,
    school: str | None = None,
    class_name: str | None = None,
    is_promised: bool = False,
    progress: Progress = _UNSEEN,
    how: How = _AS_USUAL,
    part: Part = EVERYTHING,
) -> PrintedBatch:
    """Write the agreements of pupils who have no tablet yet into one PDF a school, as `print_loans` does.

    Raises: NotPermitted, UnknownCampaign, CampaignNotOpen, UnknownSchool, OtherSchool, NobodyToPrintFor,
    NoSchoolChosen, ClauseMissing, UnknownField, FontLacks, FileTrouble, UpgradeNeeded, BaseTrouble, Cancelled.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    with troubles_spoken(session.base):
        wordings.must_be_here(session.base)
        running = agreeing.still_lending(session, campaign)
        ids = agreeing.without_tablet(session, running, school, class_name, is_promised=is_promised, part=part)
        by_school = sheets.by_school(session.base, ids)
    if not ids:
        raise NobodyToPrintFor()
    parts = [
        _Part(
            _file_name(*place),
            len(some),
            lambda out, meter, some=some: agreeing.write_pupils(session, running, some, out, meter, how),  # type: ignore[misc]
            [(Subject.PUPIL, pupil) for pupil in some],
        )
        for place, some in by_school.items()
    ]
    asked = _asked("sheets", folder, how, part, school=school, class_name=class_name, is_promised=is_promised)
    return _printed(session, running, asked, parts, folder, progress)


def print_spare(
    session: Session,
    count: int,
    out: Path,
    *,
    campaign: str | None = None,
    progress: Progress = _UNSEEN,
    how: How = _AS_USUAL,
) -> Receipt[PrintedAgreements]:
    """Write blank agreements, each with a number of its own that nobody else gets, into one PDF.

    Numbers that were reserved and not printed, because it was stopped, are taken when the same is asked again.
    Raises: NotPermitted, UnknownCampaign, CampaignNotOpen, TooManyForms, ClauseMissing, UnknownField, FontLacks,
    FileTrouble, UpgradeNeeded, BaseTrouble, Cancelled.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    if not 1 <= count <= MOST_SPARE:
        raise TooManyForms(most=MOST_SPARE)
    from tablet_loans.services.documents.agreement import about
    from tablet_loans.services.documents.sheet import write_sheets

    with troubles_spoken(session.base):
        wordings.must_be_here(session.base)
        running = agreeing.still_lending(session, campaign)
    said = drafting.offer(session, running, how)
    batch = _reserved(session, running, _asked("spare", out, how, EVERYTHING, count=count), count)
    pages = write_sheets(
        map(spare_facts, batch.codes),
        out,
        offer=said,
        total=count,
        about=about(count, batch.codes[0], said.authority, session.now(), how.languages[0]),
        progress=progress.step,
    )
    with session.transaction() as act:
        print_batches.end(session.base, batch, act.at)
        return act(
            Action.AGREEMENTS_PRINTED,
            PrintedAgreements(count, pages, str(out)),
            topics={Topic.AGREEMENTS},
            about=[(Subject.CAMPAIGN, running.id)],
            agreements=count,
            pages=pages,
            file=out.name,
        )


@settled
def _reserved(session: Session, running: FoundCampaign, asked: str, count: int) -> Batch:
    """Return the batch that was stopped, or a new one with numbers of its own."""
    with session.transaction() as act:
        if (batch := print_batches.unfinished(session.base, running.id, asked)) is not None:
            return batch
        codes = print_batches.reserve(session.base, running.id, count, act.at, session.actor.name)
        batch = print_batches.begin(session.base, running.id, asked, act.at, session.actor.name, codes)
        about = [(Subject.CAMPAIGN, running.id)]
        act(Action.FORMS_RESERVED, None, topics=set(), about=about, first=codes[0], last=codes[-1], forms=count)
        return batch


def _printed(
    session: Session, running: FoundCampaign, asked: str, parts: Sequence[_Part], folder: Path, progress: Progress
) -> PrintedBatch:
    """Write the parts that are not done yet, each kept as done with its ledger line."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileTrouble(path=str(folder), reason=reason_of(error)) from error
    batch = _begun(session, running, asked)
    resumed = {part.file for part in parts if part.file in batch.done and (folder / part.file).is_file()}
    total, before = sum(part.count for part in parts), 0
    for part in parts:
        if part.file not in resumed:
            batch = _one(session, running, batch, part, folder, _further(progress, before, total))
        before += part.count
        progress.step(before, total)
    with session.transaction() as act:
        print_batches.end(session.base, batch, act.at)
    counted = [batch.done[part.file] for part in parts]
    return PrintedBatch(
        sum(one for one, _ in counted), sum(pages for _, pages in counted), len(parts), len(resumed), str(folder)
    )


def _one(
    session: Session, running: FoundCampaign, batch: Batch, part: _Part, folder: Path, progress: Progress
) -> Batch:
    pages = part.write(folder / part.file, progress)
    with session.transaction() as act:
        kept = print_batches.keep_done(session.base, batch, part.file, part.count, pages)
        about = [(Subject.CAMPAIGN, running.id), *part.about]
        act(
            Action.AGREEMENTS_PRINTED,
            None,
            topics=_TOPICS,
            about=about,
            agreements=part.count,
            pages=pages,
            file=part.file,
        )
    return kept


def _begun(session: Session, running: FoundCampaign, asked: str) -> Batch:
    with session.transaction() as act:
        found = print_batches.unfinished(session.base, running.id, asked)
        return found or print_batches.begin(session.base, running.id, asked, act.at, session.actor.name)


def _further(progress: Progress, before: int, total: int) -> Progress:
    return Progress(lambda done, _: progress.report(before + done, total), progress.is_cancelled)


def _asked(what: str, place: Path, how: How, part: Part, **chosen: object) -> str:
    """Return what was asked, by which it is known again; a folder's name may be a person's, and is told by digest."""
    where = hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:16]
    languages = list(how.languages)
    asked = {"what": what, "where": where, "languages": languages, "is_reworded": how.is_reworded, **chosen}
    if part != EVERYTHING:
        asked |= {"among": part.among.value, "schools": sorted(part.schools)}
    return json.dumps(asked, sort_keys=True)


def _within(chosen: LoanFilter, running: FoundCampaign) -> LoanFilter:
    return LoanFilter(
        school=chosen.school,
        campaign=running.name,
        class_name=chosen.class_name,
        is_open=True,
        numbers=chosen.numbers,
    )


def _file_name(uai: str, name: str) -> str:
    from tablet_loans.services.exporters.school_workbook import file_name

    return f"{file_name(uai, name).removesuffix('.xlsx')}.pdf"
