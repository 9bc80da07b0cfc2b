"""Weighing: two plans side by side, and what a new plan changes for those who waited when the last was applied."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tablet_loans.domain.allocation import Choice, Outcome
from tablet_loans.domain.difference import Difference, Move, Shift, by_equipment, by_school, difference
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.plan import PlanHead, PlanState
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Permission
from tablet_loans.services import lending, locating
from tablet_loans.services.allocating import KIND, known_plan, must_be_here
from tablet_loans.services.session import Session
from tablet_loans.storage import allocations, plans
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import Base

_NOBODY = Shift(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class NamedMove:
    """What two plans decide for a pupil, by name; `school` is a UAI."""

    move: Move
    name: str
    class_name: str
    school: str


@dataclass(frozen=True, slots=True)
class SchoolShift:
    """How many of a school's pupils two plans know and serve."""

    uai: str
    name: str
    commune: str
    shift: Shift


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans, by equipment (the most urgent first), by school (by name), and pupil by pupil.

    Like is compared with like: whom one of the two knows, and who held a promise or a device already when the other
    was made, counts as served by the other as well; so many are `kept` in the first, `other_kept` in the other.
    `gained` are served under the other plan and not under the first, `lost` under the first and not under the other.
    `difference` compares the plans as they were made.
    """

    head: PlanHead
    other: PlanHead
    difference: Difference
    equipment: tuple[tuple[Equipment, Shift], ...]
    schools: tuple[SchoolShift, ...]
    gained: tuple[NamedMove, ...]
    lost: tuple[NamedMove, ...]
    total: Shift = _NOBODY
    kept: int = 0
    other_kept: int = 0


@dataclass(frozen=True, slots=True)
class SinceApplied:
    """What a plan changes since another was applied; `before` is None when none was."""

    before: PlanHead | None
    difference: Difference = field(default_factory=Difference)


def compared(session: Session, campaign: str | None, plan: int, other: int) -> Comparison:
    """Return two plans of the campaign side by side.

    Raises: NotPermitted, UnknownCampaign, NoPlan, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    must_be_here(session)
    base = session.base
    with base.reading():
        running = lending.chosen_campaign(session, campaign)
        head, second = known_plan(session, running, plan), known_plan(session, running, other)
        made, remade = plans.choices(base, head.id), plans.choices(base, second.id)
        found = difference(made, remade, is_applied=_follows(head, second))
        kept = _kept(base, running, head, made, second, remade)
        other_kept = _kept(base, running, second, remade, head, made)
        before, after = [*made, *kept], [*remade, *other_kept]
        gained, lost = _moves(before, after)
        shifts = by_equipment(before, after)
        return Comparison(
            head, second, found,
            tuple((each, shifts[each]) for each in Equipment if each in shifts),
            tuple(_schools(base, head, second, before, after)),
            tuple(_named(base, gained)),
            tuple(_named(base, lost)),
            Shift(len(before), len(after), _count_served(before), _count_served(after)), len(kept), len(other_kept),
        )  # fmt: skip


def _kept(
    base: Base, running: FoundCampaign, head: PlanHead, choices: Sequence[Choice], other: PlanHead,
    others: Sequence[Choice],
) -> list[Choice]:  # fmt: skip
    """Return those whom only the other plan knows because they held a promise or a device when this one was made."""
    known = {each.pupil for each in choices}
    unknown = {each.pupil: each for each in others if each.pupil not in known}
    if not unknown:
        return []
    held: set[PupilId] = set()
    for each in plans.every(base, running.id):
        if _stood(each, head):
            served = others if each.id == other.id else plans.choices(base, each.id)
            held |= {choice.pupil for choice in served if choice.outcome is Outcome.SERVED}
    if other.id < head.id:
        held |= allocations.holders(base, KIND, sorted(unknown.keys() - held))
    return [replace(unknown[pupil], outcome=Outcome.SERVED) for pupil in sorted(unknown.keys() & held)]


def _stood(applied: PlanHead, head: PlanHead) -> bool:
    """Say whether the promises of a plan stood when another one was made."""
    is_before = applied.applied_at is not None and applied.applied_at < head.made_at
    return is_before and (applied.withdrawn_at is None or applied.withdrawn_at > head.made_at)


def _moves(before: Sequence[Choice], after: Sequence[Choice]) -> tuple[list[Move], list[Move]]:
    """Return who is served after and was not before, and who was before and is not after, each in rank order."""
    earlier, later = ({each.pupil: each for each in choices} for choices in (before, after))
    gained = [Move(earlier.get(each.pupil), each) for each in after if _alone(each, earlier)]
    lost = [Move(each, later.get(each.pupil)) for each in before if _alone(each, later)]
    return gained, lost


def _alone(choice: Choice, others: Mapping[PupilId, Choice]) -> bool:
    """Say whether somebody is served by this choice and not by that of the other plan."""
    other = others.get(choice.pupil)
    return choice.outcome is Outcome.SERVED and (other is None or other.outcome is not Outcome.SERVED)


def _count_served(choices: Iterable[Choice]) -> int:
    return sum(each.outcome is Outcome.SERVED for each in choices)


def since_applied(
    session: Session, campaign: str | None, plan: int | None = None, school: str | None = None
) -> SinceApplied:
    """Return what a plan, the last when not said, changes since the plan that was applied before it.

    Raises: NotPermitted, UnknownCampaign, NoPlan, UnknownSchool, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    must_be_here(session)
    base = session.base
    with base.reading():
        running = lending.chosen_campaign(session, campaign)
        head = known_plan(session, running, plan)
        if (before := _applied_before(base, running, head)) is None:
            return SinceApplied(None)
        school_id = None if school is None else locating.known_school(session, school).id
        earlier, later = (plans.choices(base, each.id, school_id) for each in (before, head))
    return SinceApplied(before, difference(earlier, later, is_applied=True))


def _follows(head: PlanHead, other: PlanHead) -> bool:
    """Say whether the other plan was made once the promises of the first were."""
    return head.state is PlanState.APPLIED and head.applied_at is not None and other.made_at > head.applied_at


def _applied_before(base: Base, running: FoundCampaign, head: PlanHead) -> PlanHead | None:
    applied = [each for each in plans.every(base, running.id) if _follows(each, head)]
    return max(applied, key=lambda each: (each.applied_at, each.id), default=None)


def _named(base: Base, moves: list[Move]) -> Iterable[NamedMove]:
    people, uais = allocations.people(base, [each.pupil for each in moves]), allocations.uais(base)
    return [NamedMove(each, *people.get(each.pupil, ("", "")), uais[each.school]) for each in moves]


def _schools(
    base: Base, head: PlanHead, other: PlanHead, before: Iterable[Choice], after: Iterable[Choice]
) -> Iterable[SchoolShift]:
    shifts = by_school(before, after)
    shares = {each.id: each for plan in (head, other) for each in plans.shares(base, plan.id)}
    for each in shares.values():
        yield SchoolShift(each.uai, each.name, each.commune, shifts.get(each.id, _NOBODY))
