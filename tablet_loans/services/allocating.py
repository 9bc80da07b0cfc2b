"""Allocating: plans of who receives what, kept with all they were made from, promised, and made again to verify."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.allocation import (
    VERSION,
    AlreadyApplied,
    Choice,
    Instance,
    NoPlan,
    NothingApplied,
    Outcome,
    PlanNotApplied,
    PlanOutdated,
    UnknownPlan,
    allocate,
    held_back,
)
from tablet_loans.domain.campaign import seed_hash, why_not_plan
from tablet_loans.domain.device import DeviceKind
from tablet_loans.domain.dossier import digest, instance_of, packed, text_of, unpacked
from tablet_loans.domain.mark import noted
from tablet_loans.domain.plan import PlanHead
from tablet_loans.domain.proof import Part, Problem, are_promised, differing, problem_of
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.rules import Rules, rules_from, rules_said
from tablet_loans.domain.trouble import UpgradeNeeded
from tablet_loans.services import lending
from tablet_loans.services.importing import Meter, alone_in_turn, begun, collected_later
from tablet_loans.services.session import Progress, Receipt, Recorder, Session, Topic
from tablet_loans.storage import (
    allocations,
    campaigns,
    candidates,
    chronicles,
    ledger,
    plans,
    promises,
    proofs,
    rows,
    staging,
)
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.staging import Run

KIND: Final = DeviceKind.TABLET.value
_TOPICS: Final = {Topic.PLANS, Topic.CAMPAIGNS, Topic.DEVICES, Topic.PUPILS}
_MADE: Final = 60
_STORED: Final = 100
_NAMED: Final = 12
_EITHER_END: Final = 5


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether an applied plan, made again from what was kept, is the same choice for choice, and all proofs hold.

    `problems` are those that do not; `differences` counts the pupils for whom the plan made again differs, by what.
    """

    plan: PlanHead
    choices: int
    problems: tuple[Problem, ...] = ()
    differences: Mapping[Part, int] = field(default_factory=dict)

    @property
    def is_same(self) -> bool:
        """Say whether nothing speaks against the plan."""
        return not self.problems


@collected_later
def draft(
    session: Session, campaign: str | None, *, rules: Rules | None = None, progress: Progress | None = None
) -> Receipt[PlanHead]:
    """Make a plan with these rules, or the campaign's, and keep it with all it was made from; nothing is promised yet.

    Raises: NotPermitted, UnknownCampaign, CampaignNotOpen, CampaignOver, BadRules, PlanUnderWay, UpgradeNeeded,
    BaseTrouble, Cancelled.
    """
    session.require(Permission.CAMPAIGN)
    must_be_here(session)
    meter = progress or Progress()
    with alone_in_turn(session, meter):
        running = planned_campaign(session, campaign)
        plans.forget_unfinished(session.base)
        promises.sweep(session.base, running.id)
        with session.base.reading():
            instance = instance_now(session, running, rules)
            standings = instance.standings
        meter.step(5, _STORED)
        choices = allocate(instance, lambda done, total: meter.step(5 + (_MADE - 5) * done // total, _STORED))
        plan_id = plans.begin(session.base, running.id, _head_values(session, instance, choices))
        try:
            legend, pieces = plans.pieces(plan_id, choices, standings)
            for done, _ in enumerate(plans.write(session.base, pieces)):
                meter.step(_MADE + (_STORED - _MADE) * done // len(pieces), _STORED)
            with session.transaction() as act:
                plans.complete(session.base, plan_id, legend, _counts(session, instance, choices), act.at)
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


def _counts(session: Session, instance: Instance, choices: Sequence[Choice]) -> dict[str, int]:
    """Return what a head tells beside who is served; a pin is unmet while its pupil holds and receives nothing."""
    given = {each.pupil for each in choices if each.outcome is Outcome.SERVED}
    empty_handed = instance.pinned - given
    return {
        "excluded": sum(each.outcome is Outcome.EXCLUDED for each in choices),
        "supply": sum(each.count for each in instance.stock),
        "held_back": instance.held_back,
        "unmet_pins": len(empty_handed - allocations.holders(session.base, KIND, sorted(empty_handed))),
    }


def apply(
    session: Session,
    campaign: str | None,
    *,
    plan: int | None = None,
    note: str = "",
    progress: Progress | None = None,
) -> Receipt[PlanHead]:
    """Make the promises of a plan (the last when not said), unless what it was made from has changed meanwhile.

    The plan's rules become the campaign's: where they are others, that is a change of rules with this note, listed as
    such. Raises: NotPermitted, UnknownCampaign, CampaignNotOpen, CampaignOver, NoPlan, AlreadyApplied, PlanOutdated,
    NoteTooLong, PlanUnderWay, UpgradeNeeded, BaseTrouble, Cancelled.
    """
    session.require(Permission.CAMPAIGN)
    must_be_here(session)
    meter = progress or Progress()
    kept = noted(note) if note.strip() else ""
    with alone_in_turn(session, meter):
        running = planned_campaign(session, campaign)
        with session.base.reading():
            head = known_plan(session, running, plan)
            if head.applied_at is not None:
                raise _already_applied(session, running, head)
            now = instance_now(session, running, head.rules)
            if digest(text_of(now)) != head.digest:
                raise _outdated(instance_of(unpacked(plans.dossier(session.base, head.id))), now)
            choices = plans.choices(session.base, head.id)
        return _promised(session, running, head, choices, kept, Meter(meter, head.served))


def _promised(
    session: Session, running: FoundCampaign, head: PlanHead, choices: Sequence[Choice], note: str, meter: Meter
) -> Receipt[PlanHead]:
    """Write a plan's promises in turns, after the line that decides them."""
    load = allocations.promise_load(running.id, head.id, KIND, choices)
    with begun(session) as run:
        staging.stage(session.base, run, [load], meter.reading)
        with session.transaction() as act:
            must_be_planned(campaigns.held(session.base, running))
            rows.update(session.base, "plan", head.id, {"applied_at": act.at})
            _rule(act, running, head, note)
            about = [(Subject.CAMPAIGN, int(running.id))]
            applied = known_plan(session, running, head.id)
            receipt = act(
                Action.ALLOCATED, applied, topics=_TOPICS, about=about, plan=head.id, digest=head.digest
            )  # fmt: skip
            staging.decide(session.base, run, receipt.ledger_id)
        for count, _ in staging.roll_forward(session.base, Run(run, receipt.ledger_id)):
            meter.wrote(count)
        promises.sweep(session.base, running.id)
        meter.finish()
    return receipt


def _rule(act: Recorder, running: FoundCampaign, head: PlanHead, note: str) -> None:
    """Let a plan's rules be the campaign's; as an act of its own where they were others."""
    session, said = act.session, rules_said(head.rules)
    if said == rules_said(rules_of(session, running)):
        return
    before = {"rules": allocations.terms(session.base, running.id)[1]}
    act.change(Subject.CAMPAIGN, running.id, before, {"rules": json.dumps(said, ensure_ascii=False)})
    act(Action.RULED, running.id, topics=_TOPICS, rules=said, note=note, plan=head.id)


def verify(session: Session, campaign: str | None, plan: int | None = None) -> Verified:
    """Make an applied plan again, the last that stands when not said, and hold it against all that was kept of it.

    Raises: NotPermitted, UnknownCampaign, NoPlan, NothingApplied, PlanNotApplied, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.CAMPAIGN)
    must_be_here(session)
    base = session.base
    with base.reading():
        running = lending.chosen_campaign(session, campaign)
        head = applied_plan(session, running) if plan is None else known_plan(session, running, plan)
        if head.applied_at is None:
            raise PlanNotApplied(campaign=running.name, plan=head.id)
        kept = plans.choices(base, head.id)
        text = unpacked(plans.dossier(base, head.id))
        digests = proofs.applied_digests(base, running.id, head.id)
        published = proofs.published_hash(base, running.id, running.name)
        promised = proofs.promises(base, head.id)
    instance = instance_of(text)
    differences = differing(allocate(instance), kept)
    problems = {
        Problem.DOSSIER: digest(text) != head.digest,
        Problem.VERSION: instance.version != VERSION,
        Problem.LEDGER: digests != {digest(text)},
        Problem.SEED: published is not None and published != seed_hash(instance.seed),
        Problem.PROMISES: not are_promised(kept, promised),
        problem_of(differences): True,
    }
    return Verified(head, len(kept), tuple(each for each in Problem if problems.get(each)), differences)


def must_be_here(session: Session) -> None:
    """Refuse a base of the version before, which has no room for plans. Raises: UpgradeNeeded."""
    if not allocations.are_here(session.base):
        raise UpgradeNeeded()


def planned_campaign(session: Session, campaign: str | None) -> FoundCampaign:
    """Return the campaign in which something is planned. Raises: UnknownCampaign, CampaignNotOpen, CampaignOver."""
    running = lending.chosen_campaign(session, campaign)
    must_be_planned(running)
    return running


def must_be_planned(running: FoundCampaign) -> None:
    """Refuse to plan or promise in a campaign that is ending or over. Raises: CampaignNotOpen, CampaignOver."""
    if refusal := why_not_plan(running.name, running.status):
        raise refusal


def known_plan(session: Session, running: FoundCampaign, plan: int | None = None) -> PlanHead:
    """Return one of the campaign's plans, the last when not said. Raises: NoPlan, UnknownPlan."""
    base = session.base
    if (last := plans.last(base, running.id)) is None:
        raise NoPlan(campaign=running.name)
    if plan is None:
        return last
    if (head := plans.with_id(base, running.id, plan)) is None:
        raise UnknownPlan(campaign=running.name, plan=plan, known=_numbers(plans.numbers(base, running.id)))
    return head


def _numbers(numbers: Sequence[int]) -> str:
    """Return the numbers of plans, of many the first and the last ones."""
    some = [str(each) for each in numbers]
    return ", ".join(some if len(some) <= _NAMED else [*some[:_EITHER_END], "…", *some[-_EITHER_END:]])


def applied_plan(session: Session, running: FoundCampaign) -> PlanHead:
    """Return the campaign's last plan applied and not withdrawn. Raises: NoPlan, NothingApplied."""
    known_plan(session, running)
    if (head := plans.last(session.base, running.id, is_applied=True)) is None:
        raise NothingApplied(campaign=running.name)
    return head


def rules_of(session: Session, running: FoundCampaign) -> Rules:
    """Return the campaign's rules."""
    return rules_from(json.loads(allocations.terms(session.base, running.id)[1]))


def instance_now(session: Session, running: FoundCampaign, rules: Rules | None = None) -> Instance:
    """Return all that decides a plan at this moment, under these rules or the campaign's."""
    base = session.base
    seed, _ = allocations.terms(base, running.id)
    rules = rules or rules_of(session, running)
    marks = allocations.marks(base, running.id)
    homes, uais = allocations.homes(base), allocations.uais(base)
    places = {uais[school]: own for school, own in homes.items()}
    people = candidates.in_need(base, running.id, KIND, session.today(), rules.exam_classes)
    ready = allocations.ready(base, KIND)
    return Instance(
        candidates=people.candidates,
        stock=held_back(ready, rules, places),
        homes=homes,
        seed=seed or f"campaign {running.id}",  # a campaign older than plans has none
        rules=rules,
        pinned=frozenset(pupil for pupil, kind in marks.items() if kind == "pinned"),
        excluded=frozenset(pupil for pupil, kind in marks.items() if kind == "excluded"),
        equipped=people.equipped,
        claims=people.claims if rules.priority_cap_percent < 100 else (),
        held_back=min(rules.reserved, sum(each.count for each in ready)),
    )


def _already_applied(session: Session, running: FoundCampaign, head: PlanHead) -> AlreadyApplied:
    """Tell who applied a plan, and when."""
    line_id = chronicles.application(session.base, running.id, head.id)
    found = None if line_id is None else ledger.find(session.base, line_id)
    when = (head.applied_at or session.now()).astimezone()
    return AlreadyApplied(
        plan=head.id, actor=head.made_by if found is None else found[0].actor, applied_on=when.date().isoformat(),
        at=f"{when:%H:%M}",
    )  # fmt: skip


def _outdated(then: Instance, now: Instance) -> PlanOutdated:
    """Tell how many pupils and devices differ."""
    people = set(then.candidates) ^ set(now.candidates)
    marked = (then.pinned ^ now.pinned) | (then.excluded ^ now.excluded)
    before, after = Counter(then.equipped), Counter(now.equipped)
    equipped = (before - after).total() + (after - before).total()
    counts = [sum(each.count for each in instance.stock) + instance.held_back for instance in (then, now)]
    pupils = max(len({each.pupil for each in people} | marked), equipped)
    return PlanOutdated(pupils=pupils, devices=abs(counts[0] - counts[1]))
