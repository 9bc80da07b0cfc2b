"""Publishing: what a campaign shows of its plans: schools far from the others, the public report, each one's letter."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.allocation import Choice, NotEligible
from tablet_loans.domain.campaign import seed_hash
from tablet_loans.domain.decision import Decision, Home, LetterHead, NobodyToWriteTo
from tablet_loans.domain.fairness import FarShare, far_shares
from tablet_loans.domain.plan import PlanHead, PlanState
from tablet_loans.domain.public_report import ReportFacts, coverage_of, published_seed, told_plan
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.rules import rules_from
from tablet_loans.services import lending
from tablet_loans.services.allocating import KIND, applied_plan, must_be_here
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Progress, Session
from tablet_loans.storage import allocations, plans, publishing, standings
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import Base, troubles_spoken
from tablet_loans.storage.publishing import PlanPart

_Decided = tuple[PlanHead, Choice]


@dataclass(frozen=True, slots=True)
class PrintedReport:
    """What was printed: how many pages, in which file, about how many schools."""

    pages: int
    file: str
    schools: int


@dataclass(frozen=True, slots=True)
class PrintedLetters:
    """What was printed: how many letters, on how many pages, in which file."""

    letters: int
    pages: int
    file: str


def far_schools(session: Session, campaign: str | None) -> list[FarShare]:
    """Return the schools whose share of “none” or of priorities lies far from the others', the farthest first.

    Raises: NotPermitted, UnknownCampaign, BaseTrouble.
    """
    session.require(Permission.CAMPAIGN)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        answers = standings.coverage_by_school(session.base, running.id, session.today())
        return far_shares(answers, publishing.school_names(session.base))


def public_report(session: Session, campaign: str | None, out: Path) -> PrintedReport:
    """Write what a campaign decides, and how, into the PDF `out`, for anyone to read; it names no pupil.

    Without an applied plan it says the rules, the seed's hash, and who is equipped so far. The same base gives the
    same bytes. Raises: NotPermitted, UnknownCampaign, UpgradeNeeded, FontLacks, FileTrouble, BaseTrouble.
    """
    from tablet_loans.services.documents.public_report import write_public_report  # 150 ms that no window waits for

    session.require(Permission.CAMPAIGN)
    must_be_here(session)
    with session.base.reading():
        running = lending.chosen_campaign(session, campaign)
        facts = _report(session, running)
    schools = 0 if facts.coverage is None else facts.coverage.schools
    printed = PrintedReport(write_public_report(facts, out), str(out), schools)
    _exported(session, running, "public_report", schools, out)
    return printed


def must_be_publishable(session: Session, campaign: str | None, out: Path) -> None:
    """Refuse what could not be published once a plan is applied.

    Raises: NotPermitted, UnknownCampaign, UpgradeNeeded, FileTrouble, BaseTrouble.
    """
    from tablet_loans.services.documents.paper import must_be_pdf

    session.require(Permission.CAMPAIGN)
    must_be_here(session)
    with troubles_spoken(session.base):
        lending.chosen_campaign(session, campaign)
    must_be_pdf(out)


def _report(session: Session, running: FoundCampaign) -> ReportFacts:
    base = session.base
    terms, made = publishing.terms(base, running.id), plans.every(base, running.id)
    plan = told_plan(made)
    as_of = (plan and plan.applied_at) or publishing.last_act_at(base) or session.now()
    day = as_of.astimezone().date()
    shares = publishing.shares_on(base, running.id, KIND, day) if plan is None else plans.shares(base, plan.id)
    seed = terms.seed or f"campaign {running.id}"  # as allocating takes it: a campaign older than plans has none
    return ReportFacts(
        authority=terms.wording.authority or session.settings.authority,
        campaign=running.name,
        as_of=as_of,
        starts_on=terms.starts_on,
        due_on=terms.due_on,
        needs_until=terms.needs_until,
        needs_closed_at=terms.needs_closed_at,
        seed_hash=seed_hash(seed),
        seed=published_seed(seed, terms.needs_closed_at, made),
        rules=rules_from(json.loads(terms.rules)) if plan is None else plan.rules,
        plan=plan,
        plans=tuple(made),
        marks=publishing.hand_made(base, running.id),
        changes=publishing.rule_changes(base, running.id),
        coverage=coverage_of(shares) if shares else None,
    )


def letters(
    session: Session,
    campaign: str | None,
    out: Path,
    *,
    school: str | None = None,
    pupils: Sequence[str] = (),
    progress: Progress | None = None,
) -> PrintedLetters:
    """Write a letter for each pupil of the last applied plan, or for those of a school, into the PDF `out`.

    Pupils who are named get what the last applied plan that knows them decides. The letters stand by school, class
    and name; the same base gives the same bytes.

    Raises: NotPermitted, UnknownCampaign, UnknownSchool, UnknownPupil, NoPlan, NothingApplied, NotEligible,
    NobodyToWriteTo, UpgradeNeeded, FontLacks, FileTrouble, BaseTrouble, Cancelled.
    """
    from tablet_loans.services.documents.decision_letter import write_letters

    session.require(Permission.PRINT_AGREEMENTS)
    must_be_here(session)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        applied_plan(session, running)
        applied = [each for each in plans.every(session.base, running.id) if each.state is PlanState.APPLIED]
        blocks, total = _chosen(session, applied, school, pupils)
        wording = publishing.terms(session.base, running.id).wording
    if not total:
        raise NobodyToWriteTo()
    head = LetterHead(wording.authority or session.settings.authority, running.name, wording)
    decisions = _decisions(session.base, running, applied, blocks)
    if (first := next(decisions, None)) is None:
        raise NobodyToWriteTo()
    decisions = chain([first], decisions)
    step = (progress or Progress()).step
    pages = write_letters(decisions, out, head=head, total=total, progress=step, written_at=_applied_at(applied[0]))
    _exported(session, running, "letters", pages, out)
    return PrintedLetters(pages, pages, str(out))


def _chosen(
    session: Session, applied: Sequence[PlanHead], school: str | None, pupils: Sequence[str]
) -> tuple[Iterable[Sequence[_Decided]], int]:
    """Return what was decided for the pupils chosen, school after school, and how many they are."""
    if pupils:
        wanted = dict.fromkeys(lending.pupil_known_as(session, each) for each in pupils)
        found = _known(session.base, applied, list(wanted))
        return [found], len(found)
    head = applied[0]
    parts = publishing.parts(session.base, head.id)
    if school is not None:
        uai = known_school(session, school).uai
        parts = [each for each in parts if each.uai == uai]
    return _by_school(session.base, head, parts), sum(each.eligible for each in parts)


def _known(base: Base, applied: Sequence[PlanHead], pupils: Sequence[PupilId]) -> list[_Decided]:
    found: dict[PupilId, _Decided] = {}
    for head in applied:
        if missing := set(pupils).difference(found):
            found |= {each.pupil: (head, each) for each in plans.choices(base, head.id) if each.pupil in missing}
    if len(found) < len(pupils):
        raise NotEligible()
    return list(found.values())


def _by_school(base: Base, head: PlanHead, parts: Sequence[PlanPart]) -> Iterator[Sequence[_Decided]]:
    for part in parts:
        with troubles_spoken(base):
            choices = plans.choices(base, head.id, part.school)
        yield [(head, each) for each in choices]


def _decisions(
    base: Base, running: FoundCampaign, applied: Sequence[PlanHead], blocks: Iterable[Sequence[_Decided]]
) -> Iterator[Decision]:
    """Yield what the letters say, read block after block, by school, class and name."""
    with troubles_spoken(base):
        notes = allocations.notes(base, running.id)
        places = {part.school: part for head in reversed(applied) for part in publishing.parts(base, head.id)}
    for block in blocks:
        with troubles_spoken(base):
            ids = [choice.pupil for _, choice in block]
            people, homes = publishing.written(base, ids), publishing.homes(base, ids)
            gone = publishing.released(base, ids)
        found = [
            (head, choice, people[choice.pupil])
            for head, choice in block
            if choice.pupil in people and (head.id, choice.pupil) not in gone
        ]
        found.sort(key=lambda each: (places[each[1].school].uai, each[2].class_name, each[2].sort_key, each[1].pupil))
        for head, choice, who in found:
            place = places[choice.school]
            yield Decision(
                head.id, _applied_at(head).astimezone().date(), choice.pupil, who.name, who.class_name, place.name,
                place.commune, choice, head.eligible, notes.get(choice.pupil, ""), homes.get(choice.pupil, Home()),
            )  # fmt: skip


def _applied_at(head: PlanHead) -> datetime:
    """Return when a plan was applied, which dates its letters."""
    return head.applied_at or head.made_at


def _exported(session: Session, running: FoundCampaign, what: str, count: int, out: Path) -> None:
    """Chain the line of a file that was written."""
    with session.transaction() as act:
        about = [(Subject.CAMPAIGN, int(running.id))]
        act(Action.EXPORTED, None, topics=set(), about=about, what=what, rows=count, file=out.name)
