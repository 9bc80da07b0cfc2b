"""Collecting: one returned workbook is held against its seals and the base, then its answers are kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tablet_loans.domain import school_return as rules
from tablet_loans.domain import workbook as layout
from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.errors import Refusal, UnknownSchool
from tablet_loans.domain.need import Answer, Heard, Told, why_not_answer
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.school_return import (
    NamesAltered,
    NotWhatWasSent,
    OtherCampaignsWorkbook,
    OtherSchoolsWorkbook,
    ReturnedRow,
    ReturnedWorkbook,
    SchoolNotAsked,
)
from tablet_loans.domain.trouble import FileTrouble
from tablet_loans.domain.workbook import SchoolReturn, Sealed
from tablet_loans.services.asking import asking_campaign
from tablet_loans.services.importers import school_return
from tablet_loans.services.importers.content import digest
from tablet_loans.services.session import Session, Topic, settled
from tablet_loans.storage import campaigns, needs, schools, surveys
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken

_LINES_NAMED: Final = 12


@dataclass(frozen=True, slots=True)
class Survey:
    """What all files that come back are held against."""

    session: Session
    campaign: FoundCampaign
    key: bytes
    asked: frozenset[str]
    only: str | None
    is_dry_run: bool


def returned(survey: Survey, file: Path) -> SchoolReturn:
    """Return what one file brought; a refusal or a file that cannot be read is told, not raised."""
    uai = None
    try:
        sha256, book = digest(file), school_return.read(file)
        uai = book.head.uai
        return _taken(survey, file, sha256, book)
    except (Refusal, FileTrouble) as refused:
        return SchoolReturn(str(file), uai, refused=refused)


def _taken(survey: Survey, file: Path, sha256: str, book: ReturnedWorkbook) -> SchoolReturn:
    base, head = survey.session.base, book.head
    with troubles_spoken(base):
        _must_be_ours(survey, head)
        if (school_id := schools.find_id(base, head.uai)) is None:
            raise UnknownSchool(school=head.uai)
        listed = _sealed(survey, book)
        known = surveys.is_taken(base, school_id, sha256)
    answers, problems = _understood(survey, book, listed)
    done = SchoolReturn(
        str(file), head.uai, read=len(answers), missing=max(0, head.pupils - len({pupil for _, pupil in listed})),
        is_known=known, problems=_by_line(problems),
    )  # fmt: skip
    if known:
        return replace(done, unchanged=len(answers))
    return _kept(survey, school_id, sha256, answers, done)


def _must_be_ours(survey: Survey, head: Sealed) -> None:
    """Refuse a workbook of another campaign or school, and one whose beginning was altered."""
    running = survey.campaign
    if head.campaign_id != running.id:
        base = survey.session.base
        other = campaigns.with_id(base, head.campaign_id)
        if other and layout.is_head_sealed(bytes.fromhex(surveys.seal(base, other.id)), head):
            raise OtherCampaignsWorkbook(campaign=other.name)
    if not survey.key or not layout.is_head_sealed(survey.key, head):
        raise NotWhatWasSent()
    if survey.only is not None and head.uai != survey.only:
        raise OtherSchoolsWorkbook(school=head.uai)
    if head.uai not in survey.asked and schools.find_id(survey.session.base, head.uai) is not None:
        raise SchoolNotAsked(school=head.uai)


def _sealed(survey: Survey, book: ReturnedWorkbook) -> list[tuple[ReturnedRow, int]]:
    """Return the rows of pupils, each with its pupil's id, when none was altered. Raises: Refusal."""
    listed, altered = [], []
    for row in book.rows:
        if row.is_spare:
            continue
        if (pupil := _pupil_on(survey, book.head.uai, row)) is None:
            altered.append(row)
        else:
            listed.append((row, pupil))
    if altered:
        others = (uai for uai in sorted(survey.asked) if _pupil_on(survey, uai, altered[0]) is not None)
        if (other := next(others, None)) is not None:
            raise OtherSchoolsWorkbook(school=other)
        lines = ", ".join(str(row.line) for row in altered[:_LINES_NAMED])
        raise NamesAltered(count=len(altered), lines=lines)
    return listed


def _pupil_on(survey: Survey, uai: str, row: ReturnedRow) -> int | None:
    return layout.sealed_pupil(survey.key, survey.campaign.id, uai, row.mark, row.shown)


_Given = tuple[ReturnedRow, int, Answer, Told]


def _understood(
    survey: Survey, book: ReturnedWorkbook, listed: Sequence[tuple[ReturnedRow, int]]
) -> tuple[list[_Given], list[Problem]]:
    """Return the answers by line, and the lines that are not understood or whose pupil is not asked."""
    problems = [_problem(row, rules.NOT_LISTED) for row in book.rows if row.is_spare]
    given: dict[int, list[_Given]] = {}
    for row, pupil in listed:
        said = rules.understood(row, made_on=book.head.made_on, today=survey.session.today())
        if isinstance(said, Problem):
            problems.append(_problem(row, said.template, **said.facts))
        elif said is not None:
            given.setdefault(pupil, []).append((row, pupil, *said))
    answers = []
    for each in given.values():
        if len({(answer, told) for _, _, answer, told in each}) > 1:
            problems += [_problem(row, rules.SEVERAL_ANSWERS) for row, *_ in each]
        else:
            answers.append(each[0])
    return _askable(survey, answers, problems)


def _askable(survey: Survey, answers: Sequence[_Given], problems: list[Problem]) -> tuple[list[_Given], list[Problem]]:
    """Set apart the answers of pupils who have left or are no longer here."""
    base, today = survey.session.base, survey.session.today()
    with troubles_spoken(base):
        known = needs.askable(base, survey.campaign.id, [pupil for _, pupil, *_ in answers])
    kept = []
    for each in answers:
        row, pupil = each[:2]
        if (found := known.get(pupil)) is None:
            problems.append(_problem(row, rules.GONE))
        elif refusal := why_not_answer(
            left_on=found.left_on, school=found.school, takes_part=found.takes_part, today=today
        ):
            problems.append(_problem(row, refusal.sentence, **refusal.facts))
        else:
            kept.append(each)
    return kept, problems


def _problem(row: ReturnedRow, template: str, **facts: object) -> Problem:
    return Problem(row.line, template, {**facts, "read": row.read})


def _kept(survey: Survey, school_id: int, sha256: str, answers: Sequence[_Given], done: SchoolReturn) -> SchoolReturn:
    """Keep the answers that are new as one act, undone as one; a dry run only looks. Raises: NeedsClosed."""
    given = [(pupil, answer, told) for _, pupil, answer, told in answers]
    with troubles_spoken(survey.session.base):
        fates = needs.foreseen(survey.session.base, survey.campaign.id, given)
    if not survey.is_dry_run and any(fate is not Heard.SAME for fate in fates):
        survey.session.base.precedence.let_pass()
        fates = _answered(survey, school_id, given, sha256)
    later = [_problem(each[0], rules.LATER_COUNTS) for each, fate in zip(answers, fates, strict=True)
             if fate is Heard.OLDER]  # fmt: skip
    unchanged = fates.count(Heard.SAME)
    return replace(
        done,
        changed=len(answers) - unchanged - len(later),
        unchanged=unchanged,
        problems=_by_line([*done.problems, *later]),
    )


@settled
def _answered(survey: Survey, school_id: int, given: Sequence[tuple[int, Answer, Told]], sha256: str) -> list[Heard]:
    """Keep the answers of one file as one act, and return what became of each; needs may be closed by now."""
    with survey.session.transaction() as act:
        running = asking_campaign(survey.session, survey.campaign.name)
        fates = needs.replace_many(survey.session.base, act, running.id, given)
        news = [pupil for (pupil, *_), fate in zip(given, fates, strict=True) if fate is not Heard.SAME]
        if news:
            act(
                Action.ANSWERED,
                None,
                topics={Topic.NEEDS},
                about=[(Subject.SCHOOL, school_id), *((Subject.PUPIL, pupil) for pupil in news)],
                campaign=running.id,
                sha256=sha256,
                answers=len(news),
            )
        return fates


def _by_line(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.line))
