"""Campaigns: created, opened, closed, launched again."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tablet_loans.domain import campaign as campaign_rules
from tablet_loans.domain import identifiers
from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.campaign import CampaignEvent, CampaignId, CampaignStatus
from tablet_loans.domain.errors import CampaignNameTaken, InvalidCampaignName, UnknownCampaign, UnknownSchool
from tablet_loans.domain.loan import LoanFilter, why_not_due
from tablet_loans.domain.roles import Permission
from tablet_loans.services.session import Receipt, Session, Topic, settled
from tablet_loans.storage import allocations, campaigns, loans, rows, schools
from tablet_loans.storage.campaigns import FoundCampaign

LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign as it is shown; no school listed means that all take part."""

    name: str
    status: str
    due: date
    schools: tuple[str, ...]
    open_loans: int
    loans: int


@settled
def create(
    session: Session, *, name: str, due_on: date, schools_taking_part: Sequence[str] = (), is_draft: bool = False
) -> Receipt[CampaignId]:
    """Create a campaign, open unless it is a draft. Raises: CampaignNameTaken, DueDatePast, UnknownSchool."""
    session.require(Permission.CAMPAIGN)
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidCampaignName(longest=LONGEST_NAME)
    with session.transaction() as act:
        if campaigns.find(session.base, name) is not None:
            raise CampaignNameTaken(campaign=name)
        if refusal := why_not_due(due_on, session.today()):
            raise refusal
        status = CampaignStatus.DRAFT if is_draft else CampaignStatus.OPEN
        values = {"name": name, "status": status.value, "due_on": due_on, "created_at": act.at}
        values |= {"seed": secrets.token_hex(16)} if allocations.are_here(session.base) else {}
        campaign_id = CampaignId(rows.insert(session.base, "campaign", values))
        for uai in dict.fromkeys(identifiers.uai(text) or text.strip() for text in schools_taking_part):
            if (school_id := schools.find_id(session.base, uai)) is None:
                raise UnknownSchool(school=uai)
            campaigns.add_school(session.base, campaign_id, school_id)
        act.created(Subject.CAMPAIGN, campaign_id, status=status.value)
        return act(Action.CAMPAIGN_CREATED, campaign_id, topics={Topic.CAMPAIGNS}, name=name)


def open_campaign(session: Session, name: str) -> Receipt[CampaignId]:
    """Open a draft or closing campaign. Raises: UnknownCampaign, StepNotAllowed."""
    return _step(session, name, CampaignEvent.OPENED)


def close(session: Session, name: str) -> Receipt[CampaignId]:
    """Close a campaign: it is closing as long as devices are out, closed when none is.

    Raises: UnknownCampaign, StepNotAllowed.
    """
    return _step(session, name, CampaignEvent.CLOSED)


def relaunch(session: Session, name: str, *, new_name: str, due_on: date) -> Receipt[CampaignId]:
    """Prepare a new draft with the same schools. Raises: UnknownCampaign, CampaignNameTaken, DueDatePast."""
    old = _known(session, name)
    taking_part = campaigns.school_uais(session.base, old.id)
    return create(session, name=new_name, due_on=due_on, schools_taking_part=taking_part, is_draft=True)


def listed(session: Session) -> list[CampaignView]:
    """Return all campaigns, the newest first."""
    return [_view(session, found) for found in campaigns.every(session.base)]


def shown(session: Session, name: str) -> CampaignView:
    """Return one campaign. Raises: UnknownCampaign."""
    return _view(session, _known(session, name))


def _known(session: Session, name: str) -> FoundCampaign:
    if (found := campaigns.find(session.base, name.strip())) is None:
        raise UnknownCampaign(campaign=name)
    return found


def _view(session: Session, found: FoundCampaign) -> CampaignView:
    return CampaignView(
        name=found.name,
        status=found.status.value,
        due=found.due_on,
        schools=tuple(campaigns.school_uais(session.base, found.id)),
        open_loans=loans.count(LoanFilter(campaign=found.name, is_open=True)),
        loans=loans.count(LoanFilter(campaign=found.name)),
    )


def _step(session: Session, name: str, event: CampaignEvent) -> Receipt[CampaignId]:
    session.require(Permission.CAMPAIGN)
    with session.transaction() as act:
        found = _known(session, name)
        if event is CampaignEvent.CLOSED and loans.count(LoanFilter(campaign=found.name, is_open=True)):
            event = CampaignEvent.CLOSING_BEGAN
        status = campaign_rules.step(found.status, event)
        act.change(Subject.CAMPAIGN, found.id, {"status": found.status.value}, {"status": status.value})
        return act(Action.CAMPAIGN_CHANGED, found.id, topics={Topic.CAMPAIGNS})
