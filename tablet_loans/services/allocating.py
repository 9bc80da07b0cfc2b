"""Allocating: plans of who receives what, kept with all they were made from, promised, and made again to verify."""

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.allocation import (
    Choice,
    Instance,
    NoPlan,
    NotEligible,
    Outcome,
    PlanOutdated,
    Rules,
    Stock,
    allocate,
    held_back,
)
from tablet_loans.domain.device import DeviceKind
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.ranking import Candidate, Criterion
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.school import SchoolId
from tablet_loans.domain.trouble import UpgradeNeeded
from tablet_loans.services import lending
from tablet_loans.services.importing import Meter, alone, begun
from tablet_loans.services.session import Progress, Receipt, Session, Topic
from tablet_loans.storage import allocations, rows, staging
from tablet_loans.storage.allocations import FoundPlan
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.staging import Load, Run

_KIND: Final = DeviceKind.TABLET.value
_TOPICS: Final = {Topic.CAMPAIGNS, Topic.DEVICES, Topic.PUPILS}


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as it is shown: how many are eligible, served and waiting, and each choice in rank order."""

    plan: FoundPlan
    campaign: str
    choices: list[Choice]
    models: Mapping[frozenset[str], str]
    schools: Mapping[SchoolId, str]

    @property
    def waiting(self) -> int:
        """Return how many wait."""
        return sum(each.outcome is Outcome.WAITING for each in self.choices)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a plan decides for one pupil, among how many, and the device's model when there is one."""

    choice: Choice
    eligible: int
    model: str | None


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether an applied plan, made again from what was kept, is the same choice for choice."""

    plan: FoundPlan
    is_same: bool
    choices: int


def draft(session: Session, campaign: str | None, progress: Progress | None = None) -> Receipt[PlanView]:
    """Make a plan with the campaign's rules and keep it, with all it was made from; nothing is promised yet.

    Raises: NotPermitted, UnknownCampaign, BadRules, ImportUnderWay, UpgradeNeeded, BaseTrouble, Cancelled.
    """
    session.require(Permission.CAMPAIGN)
    _must_be_here(session)
    running, meter = lending.chosen_campaign(session, campaign), progress or Progress()
    with alone(session):
        with session.base.reading():
            instance = _instance(session, running)
        plan_id = allocations.free_plan_id(session.base)
        choices = allocate(instance, meter.step)
        kept = _as_text(instance)
        plan = FoundPlan(
            plan_id, running.id, session.now(), session.actor.name, _rules_text(instance.rules), _digest(kept),
            base64.b64encode(zlib.compress(kept.encode(), 6)).decode(), len(instance.candidates),
            sum(each.outcome is Outcome.SERVED for each in choices), None,
        )  # fmt: skip
        load = allocations.choice_load(plan_id, choices)
        line = _written(session, running, load, plan, Action.PLANNED, meter, len(choices))
    view = _view(session, plan, running, choices)
    return Receipt(view, line.ledger_id, line.topics)


def apply(session: Session, campaign: str | None, progress: Progress | None = None) -> Receipt[PlanView]:
    """Make the promises of the campaign's last plan, unless what it was made from has changed meanwhile.

    Raises: NotPermitted, UnknownCampaign, NoPlan, PlanOutdated, ImportUnderWay, UpgradeNeeded, BaseTrouble, Cancelled.
    """
    session.require(Permission.CAMPAIGN)
    _must_be_here(session)
    running, meter = lending.chosen_campaign(session, campaign), progress or Progress()
    with alone(session):
        with session.base.reading():
            plan = _last(session, running)
            now = _instance(session, running)
            if plan.applied_at is not None or _digest(_as_text(now)) != plan.digest:
                raise _outdated(_from_text(plan.instance), now)
            choices = list(allocations.choices_of(session.base, plan.id))
        load = allocations.promise_load(plan, _KIND, choices)
        line = _written(session, running, load, plan, Action.ALLOCATED, meter, plan.served)
    view = _view(session, plan, running, choices)
    return Receipt(view, line.ledger_id, line.topics)


def shown(session: Session, campaign: str | None) -> PlanView:
    """Return the campaign's last plan. Raises: NotPermitted, UnknownCampaign, NoPlan, UpgradeNeeded, BaseTrouble."""
    session.require(Permission.CAMPAIGN)
    _must_be_here(session)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        plan = _last(session, running)
        return _view(session, plan, running, list(allocations.choices_of(session.base, plan.id)))


def explain(session: Session, campaign: str | None, pupil: str) -> Explanation:
    """Return what the campaign's last plan decides for a pupil.

    Raises: NotPermitted, UnknownCampaign, UnknownPupil, NoPlan, NotEligible, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    _must_be_here(session)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        plan, pupil_id = _last(session, running), lending.pupil_known_as(session, pupil)
        choice = allocations.choice_for(session.base, plan.id, pupil_id)
        models = allocations.models_of(session.base, _KIND)
    if choice is None:
        raise NotEligible()
    return Explanation(choice, plan.eligible, None if choice.features is None else models.get(choice.features))


def verify(session: Session, campaign: str | None) -> Verified:
    """Make the last applied plan again from what was kept, and compare. Raises: NotPermitted, NoPlan, BaseTrouble."""
    session.require(Permission.CAMPAIGN)
    _must_be_here(session)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        plan = allocations.last_plan(session.base, running.id, is_applied=True)
        if plan is None:
            raise NoPlan(campaign=running.name)
        kept = list(allocations.choices_of(session.base, plan.id))
    again = allocate(_from_text(plan.instance))
    is_same = again == kept and _digest(_as_text(_from_text(plan.instance))) == plan.digest
    return Verified(plan, is_same, len(kept))


def _view(session: Session, plan: FoundPlan, running: FoundCampaign, choices: list[Choice]) -> PlanView:
    models, schools = allocations.models_of(session.base, _KIND), allocations.uais(session.base)
    return PlanView(plan, running.name, choices, models, schools)


def _must_be_here(session: Session) -> None:
    if not allocations.are_here(session.base):
        raise UpgradeNeeded()


def _last(session: Session, running: FoundCampaign) -> FoundPlan:
    plan = allocations.last_plan(session.base, running.id)
    if plan is None:
        raise NoPlan(campaign=running.name)
    return plan


def _instance(session: Session, running: FoundCampaign) -> Instance:
    seed, text = allocations.terms(session.base, running.id)
    rules = _rules(json.loads(text))
    marks = allocations.marks(session.base, running.id)
    candidates = allocations.eligible(session.base, running.id, _KIND, session.today(), rules.exam_classes)
    return Instance(
        candidates=list(candidates),
        stock=held_back(allocations.ready(session.base, _KIND), rules.reserve),
        homes=allocations.homes(session.base),
        seed=seed or f"campaign {running.id}",  # a campaign older than plans has none
        rules=rules,
        pinned=frozenset(pupil for pupil, kind in marks.items() if kind == "pinned"),
        excluded=frozenset(pupil for pupil, kind in marks.items() if kind == "excluded"),
    )


def _outdated(then: Instance, now: Instance) -> PlanOutdated:
    """Tell how many pupils and devices differ."""
    people = set(then.candidates) ^ set(now.candidates)
    counts = [sum(each.count for each in instance.stock) for instance in (then, now)]
    return PlanOutdated(pupils=len({each.pupil for each in people}), devices=abs(counts[0] - counts[1]))


def _written(
    session: Session, running: FoundCampaign, load: Load, plan: FoundPlan, action: Action, progress: Progress, size: int
) -> Receipt[None]:
    """Write a plan's choices or its promises in turns, after the line that decides it."""
    meter = Meter(progress, size)
    with begun(session) as run:
        staging.stage(session.base, run, [load], meter.reading)
        with session.transaction() as act:
            if action is Action.PLANNED:
                values = {
                    "id": plan.id, "campaign_id": plan.campaign_id, "made_at": act.at, "made_by": plan.made_by,
                    "rules": plan.rules, "digest": plan.digest, "instance": plan.instance, "eligible": plan.eligible,
                    "served": plan.served,
                }  # fmt: skip
                rows.insert(session.base, "plan", values)
            else:
                rows.update(session.base, "plan", plan.id, {"applied_at": act.at})
            about = [(Subject.CAMPAIGN, int(running.id))]
            receipt = act(action, None, topics=_TOPICS, about=about, plan=plan.id, digest=plan.digest)
            staging.decide(session.base, run, receipt.ledger_id)
        for count, _ in staging.roll_forward(session.base, Run(run, receipt.ledger_id)):
            meter.wrote(count)
        meter.finish()
    return receipt


def _rules(said: Mapping[str, Any]) -> Rules:
    usual = Rules()
    return Rules(
        criteria=tuple(Criterion(each) for each in said.get("criteria", usual.criteria)),
        priority_cap_percent=said.get("priority_cap_percent", usual.priority_cap_percent),
        exam_classes=tuple(said.get("exam_classes", usual.exam_classes)),
        reserve=said.get("reserve", usual.reserve),
    )


def _rules_text(rules: Rules) -> str:
    return _json(
        {
            "criteria": list(rules.criteria),
            "priority_cap_percent": rules.priority_cap_percent,
            "exam_classes": list(rules.exam_classes),
            "reserve": rules.reserve,
        }
    )


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _as_text(instance: Instance) -> str:
    """Return an instance as canonical text: the same for the same facts, on any machine and engine."""
    return _json(
        {
            "candidates": [
                [each.pupil, each.school, each.equipment, each.is_priority, each.is_exam_year, each.household,
                 each.received, each.asked_on.isoformat(), sorted(each.required)]
                for each in instance.candidates
            ],
            "stock": [[sorted(each.features), each.home, each.count] for each in instance.stock],
            "homes": sorted([school, home] for school, home in instance.homes.items()),
            "seed": instance.seed,
            "rules": json.loads(_rules_text(instance.rules)),
            "pinned": sorted(instance.pinned),
            "excluded": sorted(instance.excluded),
        }
    )  # fmt: skip


def _from_text(kept: str) -> Instance:
    said = json.loads(zlib.decompress(base64.b64decode(kept)))
    return Instance(
        candidates=[
            Candidate(
                PupilId(pupil), SchoolId(school), Equipment(equipment), is_priority, is_exam_year, household, received,
                date.fromisoformat(asked_on), frozenset(required),
            )
            for pupil, school, equipment, is_priority, is_exam_year, household, received, asked_on, required
            in said["candidates"]
        ],
        stock=[Stock(frozenset(features), home, count) for features, home, count in said["stock"]],
        homes={SchoolId(school): home for school, home in said["homes"]},
        seed=said["seed"],
        rules=_rules(said["rules"]),
        pinned=frozenset(map(PupilId, said["pinned"])),
        excluded=frozenset(map(PupilId, said["excluded"])),
    )  # fmt: skip
