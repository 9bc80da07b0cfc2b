"""Allocating: plans of who receives what, kept with all they were made from, promised, and made again to verify."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.allocation import Choice, Instance, NoPlan, Outcome, PlanOutdated, allocate, held_back
from tablet_loans.domain.device import DeviceKind
from tablet_loans.domain.dossier import digest, instance_of, packed, text_of, unpacked
from tablet_loans.domain.plan import PlanHead
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.rules import Rules, rules_from, rules_said
from tablet_loans.domain.trouble import UpgradeNeeded
from tablet_loans.services import lending
from tablet_loans.services.importing import Meter, alone, begun, collected_later
from tablet_loans.services.session import Progress, Receipt, Session, Topic
from tablet_loans.storage import allocations, plans, rows, staging
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.staging import Run

KIND: Final = DeviceKind.TABLET.value
_TOPICS: Final = {Topic.PLANS, Topic.CAMPAIGNS, Topic.DEVICES, Topic.PUPILS}
_MADE: Final = 60
_STORED: Final = 100


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether an applied plan, made again from what was kept, is the same choice for choice."""

    plan: PlanHead
    is_same: bool
    choices: int


@collected_later
def draft(
    session: Session, campaign: str | None, *, rules: Rules | None = None, progress: Progress | None = None
) -> Receipt[PlanHead]:
    """Make a plan with these rules, or the campaign's, and keep it with all it was made from; nothing is promised yet.

    Raises: NotPermitted, UnknownCampaign, BadRules, ReserveTooLarge, ImportUnderWay, UpgradeNeeded, BaseTrouble,
    Cancelled.
    """
    session.require(Permission.CAMPAIGN)
    must_be_here(session)
    meter = progress or Progress()
    with alone(session):
        running = lending.chosen_campaign(session, campaign)
        plans.forget_unfinished(session.base)
        with session.base.reading():
            instance = instance_now(session, running, rules)
            standings = allocations.in_need(session.base, running.id, KIND, session.today())
        meter.step(5, _STORED)
        choices = allocate(instance, lambda done, total: meter.step(5 + (_MADE - 5) * done // total, _STORED))
        plan_id = plans.begin(session.base, running.id, _head_values(session, instance, choices))
        try:
            legend, pieces = plans.pieces(plan_id, choices, standings)
            for done, _ in enumerate(plans.write(session.base, pieces)):
                meter.step(_MADE + (_STORED - _MADE) * done // len(pieces), _STORED)
            with session.transaction() as act:
                plans.complete(session.base, plan_id, legend, _counts(instance, choices), act.at)
                head = plans.with_id(session.base, running.id, plan_id)
                assert head is not None  # noqa: S101 - completed just now
                receipt = act(
                    Action.PLANNED, head, topics={Topic.PLANS}, about=[(Subject.CAMPAIGN, int(running.id))],
                    plan=plan_id, digest=head.digest, rules=rules_said(instance.rules),
                )  # fmt: skip
        except BaseException:
            plans.forget_unfinished(session.base)
            raise
    meter.report(_STORED, _STORED)
    return receipt


def _head_values(session: Session, instance: Instance, choices: Sequence[Choice]) -> dict[str, object]:
    kept = text_of(instance)
    return {
        "made_at": session.now(),
        "made_by": session.actor.name,
        "rules": json.dumps(rules_said(instance.rules), ensure_ascii=False),
        "digest": digest(kept),
        "instance": packed(kept),
        "eligible": len(choices),
        "served": sum(each.outcome is Outcome.SERVED for each in choices),
    }


def _counts(instance: Instance, choices: Sequence[Choice]) -> dict[str, int]:
    return {
        "excluded": sum(each.outcome is Outcome.EXCLUDED for each in choices),
        "supply": sum(each.count for each in instance.stock),
        "unmet_pins": sum(each.grounds.is_pinned and each.outcome is Outcome.WAITING for each in choices),
    }


def apply(
    session: Session, campaign: str | None, *, plan: int | None = None, progress: Progress | None = None
) -> Receipt[PlanHead]:
    """Make the promises of a plan (the last when not said), unless what it was made from has changed meanwhile.

    The plan's rules become the campaign's. Raises: NotPermitted, UnknownCampaign, NoPlan, PlanOutdated,
    ImportUnderWay, UpgradeNeeded, BaseTrouble, Cancelled.
    """
    session.require(Permission.CAMPAIGN)
    must_be_here(session)
    meter = progress or Progress()
    with alone(session):
        running = lending.chosen_campaign(session, campaign)
        with session.base.reading():
            head = known_plan(session, running, plan)
            now = instance_now(session, running, head.rules)
            if head.applied_at is not None or digest(text_of(now)) != head.digest:
                raise _outdated(instance_of(unpacked(plans.dossier(session.base, head.id))), now)
            choices = plans.choices(session.base, head.id)
        return _promised(session, running, head, choices, Meter(meter, head.served))


def _promised(
    session: Session, running: FoundCampaign, head: PlanHead, choices: Sequence[Choice], meter: Meter
) -> Receipt[PlanHead]:
    """Write a plan's promises in turns, after the line that decides them."""
    load = allocations.promise_load(running.id, head.id, KIND, choices)
    with begun(session) as run:
        staging.stage(session.base, run, [load], meter.reading)
        with session.transaction() as act:
            rows.update(session.base, "plan", head.id, {"applied_at": act.at})
            before = rules_of(session, running)
            rules = json.dumps(rules_said(head.rules), ensure_ascii=False)
            rows.update(session.base, "campaign", running.id, {"rules": rules})
            about = [(Subject.CAMPAIGN, int(running.id))]
            applied = known_plan(session, running, head.id)
            receipt = act(
                Action.ALLOCATED, applied, topics=_TOPICS, about=about, plan=head.id, digest=head.digest,
                rules_before=rules_said(before),
            )  # fmt: skip
            staging.decide(session.base, run, receipt.ledger_id)
        for count, _ in staging.roll_forward(session.base, Run(run, receipt.ledger_id)):
            meter.wrote(count)
        meter.finish()
    return receipt


def verify(session: Session, campaign: str | None) -> Verified:
    """Make the last applied plan again from what was kept, and compare. Raises: NotPermitted, NoPlan, BaseTrouble."""
    session.require(Permission.CAMPAIGN)
    must_be_here(session)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        head = plans.last(session.base, running.id, is_applied=True)
        if head is None:
            raise NoPlan(campaign=running.name)
        kept = plans.choices(session.base, head.id)
        text = unpacked(plans.dossier(session.base, head.id))
    is_same = digest(text) == head.digest and allocate(instance_of(text)) == kept
    return Verified(head, is_same, len(kept))


def must_be_here(session: Session) -> None:
    """Refuse a base of the version before, which has no room for plans. Raises: UpgradeNeeded."""
    if not allocations.are_here(session.base):
        raise UpgradeNeeded()


def known_plan(session: Session, running: FoundCampaign, plan: int | None = None) -> PlanHead:
    """Return one of the campaign's plans, the last when not said. Raises: NoPlan."""
    base = session.base
    head = plans.last(base, running.id) if plan is None else plans.with_id(base, running.id, plan)
    if head is None:
        raise NoPlan(campaign=running.name)
    return head


def rules_of(session: Session, running: FoundCampaign) -> Rules:
    """Return the campaign's rules."""
    return rules_from(json.loads(allocations.terms(session.base, running.id)[1]))


def instance_now(session: Session, running: FoundCampaign, rules: Rules | None = None) -> Instance:
    """Return all that decides a plan at this moment, under these rules or the campaign's. Raises: ReserveTooLarge."""
    base = session.base
    seed, _ = allocations.terms(base, running.id)
    rules = rules or rules_of(session, running)
    marks = allocations.marks(base, running.id)
    homes, uais = allocations.homes(base), allocations.uais(base)
    places = {uais[school]: own for school, own in homes.items()}
    return Instance(
        candidates=list(allocations.eligible(base, running.id, KIND, session.today(), rules.exam_classes)),
        stock=held_back(allocations.ready(base, KIND), rules, places),
        homes=homes,
        seed=seed or f"campaign {running.id}",  # a campaign older than plans has none
        rules=rules,
        pinned=frozenset(pupil for pupil, kind in marks.items() if kind == "pinned"),
        excluded=frozenset(pupil for pupil, kind in marks.items() if kind == "excluded"),
    )


def _outdated(then: Instance, now: Instance) -> PlanOutdated:
    """Tell how many pupils and devices differ."""
    people = set(then.candidates) ^ set(now.candidates)
    marked = (then.pinned ^ now.pinned) | (then.excluded ^ now.excluded)
    counts = [sum(each.count for each in instance.stock) for instance in (then, now)]
    return PlanOutdated(pupils=len({each.pupil for each in people} | marked), devices=abs(counts[0] - counts[1]))
