"""Readying: what would prevent a campaign from lending on Monday."""

from collections.abc import Sequence
from dataclasses import replace

from tablet_loans.domain.campaign import CampaignStatus
from tablet_loans.domain.dossier import digest, text_of
from tablet_loans.domain.fairness import far_shares
from tablet_loans.domain.need import Coverage
from tablet_loans.domain.plan import PlanHead
from tablet_loans.domain.readiness import (
    BaseCounts,
    CampaignCounts,
    Circumstances,
    PlanCounts,
    Readiness,
    readiness_in,
)
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.settings import Settings
from tablet_loans.services import allocating, households, lending
from tablet_loans.services.session import Session
from tablet_loans.storage import plans, schema, standings
from tablet_loans.storage import readiness as counts
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken


def readiness(session: Session, campaign: str | None, *, is_thorough: bool = False) -> Readiness:
    """Return what would prevent lending, what blocks first; it holds no pupil's name.

    With `is_thorough`, doubtful households are looked for and what the draft was made from is read again, which takes
    seconds. Raises: NotPermitted, UnknownCampaign, BaseTrouble.
    """
    session.require(Permission.CAMPAIGN)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        now = _circumstances(session, running)
        if is_thorough and now.base.is_of_this_version:
            now = _looked_closer(session, running, now)
    return readiness_in(now)


def _circumstances(session: Session, running: FoundCampaign) -> Circumstances:
    base, today = session.base, session.today()
    if schema.pending(base):
        return Circumstances(CampaignCounts(running.name, True, False, 1, True, 0), base=BaseCounts(False))
    are_closed, authority, empty = counts.terms(base, running.id)
    over, promises_left = counts.promises_of_those_over(base)
    has_authority = authority or session.settings.authority != Settings().authority
    answers = standings.coverage_by_school(base, running.id, today)
    backed_up = counts.backed_up_at(base)
    return Circumstances(
        campaign=CampaignCounts(
            name=running.name,
            is_open=running.status is CampaignStatus.OPEN,
            has_ended=running.due_on < today,
            open_campaigns=counts.open_campaigns(base),
            are_needs_closed=are_closed,
            empty_texts=empty + (not has_authority),
            is_closed=running.status is CampaignStatus.CLOSED,
            over=over,
            promises_left=promises_left,
        ),
        people=counts.people(base, running.id, today, answers),
        devices=counts.devices(base, running.id, allocating.KIND, allocating.rules_of(session, running).reserved),
        plan=_plan(session, running, answers),
        base=BaseCounts(
            is_recovery_confirmed=session.settings.is_recovery_confirmed,
            is_demonstration=session.settings.is_demonstration,
            days_since_backup=None if backed_up is None else max((session.now() - backed_up).days, 0),
        ),
    )


def _plan(session: Session, running: FoundCampaign, answers: Sequence[Coverage]) -> PlanCounts | None:
    """Return what there is to say about the last plan; those that were withdrawn are as if they had not been made."""
    base = session.base
    applied = plans.last(base, running.id, is_applied=True)
    head = plans.last(base, running.id)
    if head is None or head.withdrawn_at is not None:
        head = applied
    if head is None:
        return None
    is_applied = head.applied_at is not None
    return PlanCounts(
        is_applied=is_applied,
        is_promised=applied is not None,
        is_outdated=not is_applied and counts.acts_since(base, head.made_at),
        unmet_pins=head.unmet_pins,
        far_schools=len({each.school for each in far_shares(answers, {})}),
    )


def _looked_closer(session: Session, running: FoundCampaign, now: Circumstances) -> Circumstances:
    """Read what takes seconds: the households nobody decided on, and whether the draft is still what it was made from.

    Acts may have come after a draft without changing anything that it was made from.
    """
    doubts = len(households.doubtful(session))
    people = replace(now.people, doubtful_households=doubts)
    head = plans.last(session.base, running.id)
    plan = now.plan
    if plan is not None and head is not None and plan.is_outdated:
        plan = replace(plan, is_outdated=_is_outdated(session, running, head))
    return replace(now, people=people, plan=plan)


def _is_outdated(session: Session, running: FoundCampaign, head: PlanHead) -> bool:
    return digest(text_of(allocating.instance_now(session, running, head.rules))) != head.digest
