"""Explaining: what a plan decides, school by school and pupil by pupil, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tablet_loans.domain.allocation import Choice, NotEligible, Outcome
from tablet_loans.domain.plan import PlanHead, PlanState, PupilChoice, SchoolShare, Since
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.school import SchoolId
from tablet_loans.services import lending, locating
from tablet_loans.services.allocating import KIND, known_plan, must_be_here
from tablet_loans.services.session import Session
from tablet_loans.storage import allocations, plans, promises
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.promises import Kept


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a plan decides for one pupil, the device's model when there is one, and what changed `since`."""

    head: PlanHead
    choice: Choice
    model: str | None
    since: Since | None = None


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


def promised_before(session: Session, campaign: str | None, plan: int) -> int:
    """Return how many promises of the campaign stand that this plan did not make.

    Raises: NotPermitted, UnknownCampaign, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    must_be_here(session)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        return promises.left(session.base, running.id) - promises.counted(session.base, plan)[0]


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
        PupilChoice(each, *people.get(each.pupil, ("", "")), school, notes.get(each.pupil, ""), found.head.state)
        for each in found.choices
    ]


def explain(session: Session, campaign: str | None, pupil: str, plan: int | None = None) -> Explanation:
    """Return what a plan decides for a pupil; when none is said, the plan that did, or that would.

    That is the last one applied of which she or he holds a promise or a loan, else the last one applied that knows
    her or him, else the last draft.

    Raises: NotPermitted, UnknownCampaign, UnknownPupil, NoPlan, UnknownPlan, NotEligible, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    must_be_here(session)
    with session.base.reading():
        running, pupil_id = lending.chosen_campaign(session, campaign), lending.pupil_known_as(session, pupil)
        last = known_plan(session, running, plan)
        held = promises.by_plan(session.base, running.id, pupil_id)
        asked = [last] if plan is not None else _deciding(plans.every(session.base, running.id), held)
        for head in asked:
            if (choice := plans.choice_for(session.base, head.id, pupil_id)) is not None:
                models = allocations.models_of(session.base, KIND)
                model = None if choice.features is None else models.get(choice.features)
                return Explanation(head, choice, model, _since(head, choice, held))
    raise NotEligible()


def _deciding(heads: Sequence[PlanHead], held: Mapping[int, Kept]) -> list[PlanHead]:
    """Return the plans that may tell of a pupil, which the first that knows her or him does."""
    applied = [each for each in heads if each.state is PlanState.APPLIED]
    withdrawn = [each for each in heads if each.state is PlanState.WITHDRAWN and each.id in held]
    drafts = [each for each in heads if each.state is PlanState.DRAFT] or heads
    standing = {plan for plan, each in held.items() if each.stands}
    return [*sorted(applied, key=lambda each: each.id not in standing), *withdrawn, *drafts[:1]]


def _since(head: PlanHead, choice: Choice, held: Mapping[int, Kept]) -> Since | None:
    if head.state is not PlanState.APPLIED:
        return None
    if choice.outcome is Outcome.SERVED and head.id not in held:
        return Since.RELEASED
    is_offered = choice.outcome is Outcome.WAITING and head.id in held and held[head.id].is_exact
    return Since.PROMISED if is_offered else None
