"""Explaining: what a plan decides, school by school and pupil by pupil, and why."""

from collections.abc import Mapping
from dataclasses import dataclass

from tablet_loans.domain.allocation import Choice, NotEligible
from tablet_loans.domain.plan import PlanHead, PupilChoice, SchoolShare
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.school import SchoolId
from tablet_loans.services import lending, locating
from tablet_loans.services.allocating import KIND, known_plan, must_be_here
from tablet_loans.services.session import Session
from tablet_loans.storage import allocations, plans
from tablet_loans.storage.database import troubles_spoken


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a plan decides for one pupil, among how many, and the device's model when there is one."""

    choice: Choice
    eligible: int
    model: str | None


@dataclass(frozen=True, slots=True)
class PlanChoices:
    """A plan with each choice in rank order, and the names of what it speaks of."""

    head: PlanHead
    choices: list[Choice]
    models: Mapping[frozenset[str], str]
    schools: Mapping[SchoolId, str]


def head(session: Session, campaign: str | None, plan: int | None = None) -> PlanHead:
    """Return a plan, the last when not said. Raises: NotPermitted, UnknownCampaign, NoPlan, UpgradeNeeded."""
    session.require(Permission.READ_PUPILS)
    must_be_here(session)
    with troubles_spoken(session.base):
        return known_plan(session, lending.chosen_campaign(session, campaign), plan)


def heads(session: Session, campaign: str | None) -> list[PlanHead]:
    """Return the campaign's plans, the newest first. Raises: NotPermitted, UnknownCampaign, UpgradeNeeded."""
    session.require(Permission.READ_PUPILS)
    must_be_here(session)
    with troubles_spoken(session.base):
        return plans.every(session.base, lending.chosen_campaign(session, campaign).id)


def shares(session: Session, campaign: str | None, plan: int | None = None) -> list[SchoolShare]:
    """Return each school's part of a plan, by name. Raises: NotPermitted, UnknownCampaign, NoPlan, UpgradeNeeded."""
    session.require(Permission.READ_PUPILS)
    must_be_here(session)
    with troubles_spoken(session.base):
        found = known_plan(session, lending.chosen_campaign(session, campaign), plan)
        return plans.shares(session.base, found.id)


def choices(session: Session, campaign: str | None, plan: int | None = None, school: str | None = None) -> PlanChoices:
    """Return a plan's choices in rank order, or those of one school.

    Raises: NotPermitted, UnknownCampaign, NoPlan, UnknownSchool, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    must_be_here(session)
    with troubles_spoken(session.base):
        found = known_plan(session, lending.chosen_campaign(session, campaign), plan)
        school_id = None if school is None else locating.known_school(session, school).id
        made = plans.choices(session.base, found.id, school_id)
        return PlanChoices(found, made, allocations.models_of(session.base, KIND), allocations.uais(session.base))


def pupils_of(session: Session, campaign: str | None, school: str, plan: int | None = None) -> list[PupilChoice]:
    """Return what a plan decides for a school's pupils, by name, in rank order.

    Raises: NotPermitted, UnknownCampaign, NoPlan, UnknownSchool, UpgradeNeeded, BaseTrouble.
    """
    found = choices(session, campaign, plan, school)
    with troubles_spoken(session.base):
        people = allocations.people(session.base, [each.pupil for each in found.choices])
        running = lending.chosen_campaign(session, campaign)
        notes = allocations.notes(session.base, running.id)
    return [
        PupilChoice(each, *people.get(each.pupil, ("", "")), school, notes.get(each.pupil, ""))
        for each in found.choices
    ]


def explain(session: Session, campaign: str | None, pupil: str, plan: int | None = None) -> Explanation:
    """Return what a plan, the last when not said, decides for a pupil.

    Raises: NotPermitted, UnknownCampaign, UnknownPupil, NoPlan, NotEligible, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    must_be_here(session)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        found, pupil_id = known_plan(session, running, plan), lending.pupil_known_as(session, pupil)
        choice = plans.choice_for(session.base, found.id, pupil_id)
        models = allocations.models_of(session.base, KIND)
    if choice is None:
        raise NotEligible()
    return Explanation(choice, found.eligible, None if choice.features is None else models.get(choice.features))
