"""Campaigns: created, changed, opened, closed, launched again, and the needs confirmed that were carried over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from tablet_loans.domain import identifiers
from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.campaign import (
    NO_WORDING,
    CampaignEvent,
    CampaignId,
    CampaignOver,
    CampaignStatus,
    SchoolOut,
    Terms,
    Wording,
    kit_of,
    seed_hash,
    why_not_terms,
)
from tablet_loans.domain.errors import UnknownSchool
from tablet_loans.domain.loan import why_not_due
from tablet_loans.domain.need import ClassWithoutSchool, NoSuchClass, why_not_ask
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.school import SchoolId
from tablet_loans.services import closing, launching
from tablet_loans.services.launching import known, must_be_here, new_columns
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Progress, Receipt, Session, Topic, settled
from tablet_loans.storage import answers, campaigns, needs, rows, schools
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.turns import spaced

LONGEST_NAME: Final = launching.LONGEST_NAME
relaunch: Final = launching.relaunch
close: Final = closing.close


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign as it is shown; no school listed means that all take part.

    `seed_hash` is known from the first day, `seed` once the needs are closed or a plan was applied. `relaunches` names
    the campaign before it, if any.
    """

    name: str
    status: str
    due: date
    schools: tuple[str, ...]
    open_loans: int
    loans: int
    starts_on: date | None = None
    needs_until: date | None = None
    needs_closed_at: datetime | None = None
    kit: tuple[str, ...] = ()
    wording: Wording = NO_WORDING
    seed_hash: str = ""
    seed: str | None = None
    relaunches: str | None = None
    needs: int = 0
    needs_to_confirm: int = 0


@settled
def create(
    session: Session,
    *,
    name: str,
    due_on: date,
    schools_taking_part: Sequence[str] = (),
    is_draft: bool = False,
    starts_on: date | None = None,
    needs_until: date | None = None,
    kit: Sequence[str] = (),
    wording: Wording = NO_WORDING,
) -> Receipt[CampaignId]:
    """Create a campaign, open unless it is a draft.

    Raises: NotPermitted, InvalidCampaignName, CampaignNameTaken, DueDatePast, StartsAfterDue, NeedsAfterDue, BadKit,
    WordingTooLong, UnknownSchool, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.CAMPAIGN)
    terms = Terms(due_on, starts_on, needs_until, kit_of(kit), wording)
    with session.transaction() as act:
        values = new_columns(session, name, terms, is_open=not is_draft, at=act.at)
        campaign_id = CampaignId(rows.insert(session.base, "campaign", values))
        campaigns.let_take_part(session.base, campaign_id, _known_schools(session, schools_taking_part))
        act.created(Subject.CAMPAIGN, campaign_id, status=values["status"])
        return act(
            Action.CAMPAIGN_CREATED, campaign_id, topics={Topic.CAMPAIGNS}, name=values["name"],
            seed_hash=seed_hash(str(values["seed"])) if "seed" in values else "",
        )  # fmt: skip


def _known_schools(session: Session, uais: Iterable[str]) -> list[int]:
    """Return the ids of these schools, each once. Raises: UnknownSchool."""
    found = []
    for uai in dict.fromkeys(identifiers.uai(text) or text.strip() for text in uais):
        if (school_id := schools.find_id(session.base, uai)) is None:
            raise UnknownSchool(school=uai)
        found.append(int(school_id))
    return found


@settled
def edit(
    session: Session,
    name: str,
    *,
    due_on: date | None = None,
    starts_on: date | None = None,
    needs_until: date | None = None,
    kit: Sequence[str] | None = None,
    wording: Wording | None = None,
    schools_taking_part: Sequence[str] | None = None,
    without: Sequence[str] = (),
) -> Receipt[CampaignId]:
    """Change what a campaign is held to; None leaves as it is, `without` names the days taken away.

    No school means that all take part. What is as it was writes nothing. Raises: NotPermitted, UnknownCampaign,
    CampaignOver, DueDatePast, StartsAfterDue, NeedsAfterDue, BadKit, WordingTooLong, UnknownSchool, UpgradeNeeded,
    BaseTrouble.
    """
    session.require(Permission.CAMPAIGN)
    must_be_here(session)
    with session.transaction() as act:
        found = known(session, name)
        if found.status is CampaignStatus.CLOSED:
            raise CampaignOver(campaign=found.name)
        before = campaigns.terms(session.base, found).terms
        after = Terms(
            due_on or before.due_on,
            None if "starts_on" in without else starts_on or before.starts_on,
            None if "needs_until" in without else needs_until or before.needs_until,
            before.kit if kit is None else kit_of(kit),
            before.wording if wording is None else wording,
        )
        new_day = after.due_on != before.due_on
        if refusal := (why_not_due(after.due_on, session.today()) if new_day else None) or why_not_terms(after):
            raise refusal
        was, becomes = campaigns.columns_of(before), campaigns.columns_of(after)
        changed = [column for column in was if was[column] != becomes[column]]
        act.change(
            Subject.CAMPAIGN, found.id, {each: was[each] for each in changed}, {each: becomes[each] for each in changed}
        )
        moved = _change_schools(session, found, schools_taking_part)
        if not changed and not moved:
            return Receipt(found.id, LedgerId(""), frozenset())
        topics = {Topic.CAMPAIGNS, Topic.NEEDS} if moved else {Topic.CAMPAIGNS}
        return act(
            Action.CAMPAIGN_CHANGED, found.id, topics=topics, about=[(Subject.CAMPAIGN, found.id)], what=changed,
            schools=moved,
        )  # fmt: skip


def _change_schools(session: Session, found: FoundCampaign, uais: Sequence[str] | None) -> dict[str, list[int]]:
    """Let other schools take part, and return which ids did before and do now; nothing where they are the same."""
    if uais is None:
        return {}
    before, after = campaigns.taking_part(session.base, found.id), sorted(_known_schools(session, uais))
    if before == after:
        return {}
    campaigns.let_take_part(session.base, found.id, after)
    return {"before": before, "after": after}


def confirm_needs(
    session: Session,
    name: str,
    *,
    school: str | None = None,
    class_name: str | None = None,
    progress: Progress | None = None,
) -> Receipt[int]:
    """Let answers carried over stand as they are, of a campaign, a school or a class, and answer with how many.

    A school is one act, undone as one; several are confirmed one after the other, the last of which is the receipt's,
    and between two of them it can be cancelled. Raises: NotPermitted, ClassWithoutSchool, UnknownCampaign,
    CampaignNotOpen, NeedsClosed, InvalidUai, UnknownSchool, NoSuchClass, UpgradeNeeded, BaseTrouble, Cancelled.
    """
    session.require(Permission.ASK)
    must_be_here(session)
    if class_name is not None and school is None:
        raise ClassWithoutSchool()
    meter = progress or Progress()
    with troubles_spoken(session.base):
        campaign_id = _asking(session, name).id
        only = None if school is None else [int(_known_class(session, school, class_name))]
        schools_asked = only or needs.schools_to_confirm(session.base, campaign_id)
    confirmed, last = 0, Receipt(0, LedgerId(""), frozenset[Topic]())
    for place, school_id in enumerate(spaced(session.base, schools_asked)):
        meter.step(place, len(schools_asked))
        receipt = _confirmed(session, name, school_id, class_name)
        confirmed += receipt.value
        last = receipt if receipt.ledger_id else last
    meter.report(len(schools_asked), len(schools_asked))
    return Receipt(confirmed, last.ledger_id, last.topics)


def _known_class(session: Session, school: str, class_name: str | None) -> SchoolId:
    """Return a school in which somebody is in this class. Raises: InvalidUai, UnknownSchool, NoSuchClass."""
    found = known_school(session, school)
    if class_name is not None:
        classes = answers.classes(session.base, found.id, session.today())
        if class_name not in classes:
            named = ", ".join(each for each in classes if each)
            raise NoSuchClass(school=found.uai, class_name=class_name, classes=named or "–")
    return found.id


@settled
def _confirmed(session: Session, name: str, school_id: int, class_name: str | None) -> Receipt[int]:
    """Confirm the answers of one school as one act; none writes nothing."""
    with troubles_spoken(session.base):
        campaign_id, today = known(session, name).id, session.today()
        waiting = dict(needs.unconfirmed(session.base, campaign_id, school_id, today, class_name))
    with session.transaction() as act:
        running = _asking(session, name)
        if not (confirmed := needs.confirm(session.base, act, list(waiting))):
            return Receipt(0, LedgerId(""), frozenset())
        pupils = [(Subject.PUPIL, waiting[need_id]) for need_id in confirmed]
        return act(
            Action.ANSWERED, len(confirmed), topics={Topic.NEEDS, Topic.CAMPAIGNS},
            about=[(Subject.SCHOOL, school_id), *pupils], campaign=running.id, answers=len(confirmed),
            is_confirmation=True,
        )  # fmt: skip


def _asking(session: Session, name: str) -> FoundCampaign:
    """Return the campaign by that name if it asks. Raises: UnknownCampaign, CampaignNotOpen, NeedsClosed."""
    found = known(session, name)
    is_closed = needs.closed_at(session.base, found.id) is not None
    if refusal := why_not_ask(found.name, found.status, is_closed=is_closed):
        raise refusal
    return found


def open_campaign(session: Session, name: str) -> Receipt[CampaignId]:
    """Open a draft or closing campaign. Raises: UnknownCampaign, StepNotAllowed."""
    session.require(Permission.CAMPAIGN)
    with session.transaction() as act:
        found = known(session, name)
        return closing.stepped(act, found, CampaignEvent.OPENED)


def still_out(session: Session, name: str) -> list[SchoolOut]:
    """Return by school what a campaign still has out. Raises: NotPermitted, UnknownCampaign, BaseTrouble."""
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        return campaigns.still_out(session.base, known(session, name).id, session.today())


def listed(session: Session) -> list[CampaignView]:
    """Return all campaigns, the newest first. Raises: BaseTrouble."""
    with troubles_spoken(session.base):
        counts = campaigns.loan_counts(session.base)
        return [_view(session, found, *counts.get(found.id, (0, 0))) for found in campaigns.every(session.base)]


def shown(session: Session, name: str) -> CampaignView:
    """Return one campaign. Raises: UnknownCampaign, BaseTrouble."""
    with troubles_spoken(session.base):
        found = known(session, name)
        return _view(session, found, *campaigns.loan_counts(session.base).get(found.id, (0, 0)))


def _view(session: Session, found: FoundCampaign, loans: int, open_loans: int) -> CampaignView:
    base = session.base
    kept = campaigns.terms(base, found)
    view = CampaignView(
        name=found.name,
        status=found.status.value,
        due=found.due_on,
        schools=tuple(campaigns.school_uais(base, found.id)),
        open_loans=open_loans,
        loans=loans,
        starts_on=kept.terms.starts_on,
        needs_until=kept.terms.needs_until,
        needs_closed_at=kept.needs_closed_at,
        kit=kept.terms.kit,
        wording=kept.terms.wording,
        seed_hash=seed_hash(kept.seed) if kept.seed else "",
        seed=kept.seed if kept.is_revealed else None,
        relaunches=kept.relaunches,
    )
    if kept.relaunches is None or why_not_ask(found.name, found.status, is_closed=kept.needs_closed_at is not None):
        return replace(view, needs=needs.count_current(base, found.id))  # nothing is to be confirmed, or no longer
    every, unconfirmed = needs.counts(base, found.id)
    return replace(view, needs=every, needs_to_confirm=unconfirmed)
