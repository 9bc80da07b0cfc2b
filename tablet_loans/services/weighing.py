"""Weighing: two plans side by side, and what a new plan changes for those who waited when the last was applied."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tablet_loans.domain.allocation import Choice, Outcome
from tablet_loans.domain.difference import Difference, Move, Shift, by_equipment, by_school, difference
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.plan import PlanHead, PlanState
from tablet_loans.domain.roles import Permission
from tablet_loans.services import lending, locating
from tablet_loans.services.allocating import known_plan, must_be_here
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

    `gained` are served by the other plan and not by the first, `lost` by the first and not by the other.
    """

    head: PlanHead
    other: PlanHead
    difference: Difference
    equipment: tuple[tuple[Equipment, Shift], ...]
    schools: tuple[SchoolShift, ...]
    gained: tuple[NamedMove, ...]
    lost: tuple[NamedMove, ...]


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
        before, after = plans.choices(base, head.id), plans.choices(base, second.id)
        found = difference(before, after, is_applied=_follows(head, second))
        shifts = by_equipment(before, after)
        return Comparison(
            head, second, found,
            tuple((each, shifts[each]) for each in Equipment if each in shifts),
            tuple(_schools(base, head, second, before, after)),
            tuple(_named(base, _served((*found.gained, *found.new, *found.back), is_after=True))),
            tuple(_named(base, _served((*found.lost, *found.gone), is_after=False))),
        )  # fmt: skip


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


def _served(moves: Iterable[Move], *, is_after: bool) -> list[Move]:
    """Return those whom the later (or the earlier) plan serves, in the order of its ranks."""
    chosen = [(choice, move) for move in moves if (choice := move.after if is_after else move.before) is not None]
    return [move for choice, move in sorted(chosen, key=_rank) if choice.outcome is Outcome.SERVED]


def _rank(item: tuple[Choice, Move]) -> int:
    return item[0].rank


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
