"""Previewing: what a plan would come to if its promises were made, before somebody makes them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tablet_loans.domain.allocation import Choice, Outcome
from tablet_loans.domain.fairness import FarShare
from tablet_loans.domain.plan import PlanHead, PupilChoice
from tablet_loans.domain.rules import Rules, rules_said
from tablet_loans.services import explaining, publishing, ruling, weighing
from tablet_loans.services.session import Session
from tablet_loans.services.weighing import SinceApplied
from tablet_loans.storage import allocations
from tablet_loans.storage.database import troubles_spoken

MOST_NAMED: Final = 50
_Given = tuple[tuple[frozenset[str], int], ...]


@dataclass(frozen=True, slots=True)
class PlanPreview:
    """A plan before it is applied: how far it reaches, what it gives away, whom it fails, and what is to be asked.

    `given_away` tells how many of the served receive which features that they do not need, the most first; `moved`
    how many devices come from another place than their school's own. `since` is what changes since the plan that was
    applied before. `unmet` are the pinned pupils who wait, the first
    ones by name; `far` the schools whose answers lie far from the others'. `rules` are the campaign's where the plan
    was made under others, which become the campaign's once it is applied.
    """

    head: PlanHead
    schools: int
    given_away: _Given
    moved: int
    since: SinceApplied
    unmet: tuple[PupilChoice, ...]
    far: tuple[FarShare, ...]
    rules: Rules | None = None


def preview(session: Session, campaign: str | None, plan: int | None = None) -> PlanPreview:
    """Return what a plan, the last when not said, would come to.

    Raises: NotPermitted, UnknownCampaign, NoPlan, UpgradeNeeded, BaseTrouble.
    """
    found = explaining.choices(session, campaign, plan)
    served = [each for each in found.choices if each.outcome is Outcome.SERVED]
    unmet = [each for each in found.choices if each.grounds.is_pinned and each.outcome is Outcome.WAITING]
    with troubles_spoken(session.base):
        homes = allocations.homes(session.base)
        people = allocations.people(session.base, [each.pupil for each in unmet[:MOST_NAMED]])
    rules = ruling.rules(session, campaign)
    own = {school: frozenset(places) for school, places in homes.items() if places}
    return PlanPreview(
        head=found.head,
        schools=len({each.school for each in served}),
        given_away=_given_away(served),
        moved=sum(each.school in own and each.home not in own[each.school] for each in served),
        since=weighing.since_applied(session, campaign, found.head.id),
        unmet=tuple(
            PupilChoice(each, *people.get(each.pupil, ("", "")), found.schools.get(each.school, ""))
            for each in unmet[:MOST_NAMED]
        ),
        far=tuple(publishing.far_schools(session, campaign)),
        rules=None if rules_said(rules) == rules_said(found.head.rules) else rules,
    )


def _given_away(served: Sequence[Choice]) -> _Given:
    counts = Counter((each.features or frozenset()) - each.grounds.required for each in served)
    del counts[frozenset()]
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], sorted(item[0]))))
