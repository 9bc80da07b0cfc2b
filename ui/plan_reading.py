"""What the allocation screen reads: a campaign's plan, a school of it, and the pupil whom a scan names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tablet_loans.domain.act import Action
from tablet_loans.domain.chronicle import CampaignAct
from tablet_loans.domain.device import DeviceFilter, DeviceKind, DeviceState
from tablet_loans.domain.mark import MarkRow
from tablet_loans.domain.plan import PlanHead, PlanId, PlanState, PupilChoice, SchoolShare
from tablet_loans.domain.rules import Rules, rules_said
from tablet_loans.domain.school import SchoolId
from tablet_loans.services import campaigning, chronicling, consulting, explaining, marking, offering, ruling, stocking
from tablet_loans.services.session import Session

_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Seen:
    """One of a campaign's plans and all that was decided in it; before the first, what one could be made from.

    `heads` are all its plans, the newest first; `rules` those of the campaign, and `promised_before` how many promises
    stand that this plan did not make.
    """

    head: PlanHead | None
    heads: Sequence[PlanHead]
    shares: Sequence[SchoolShare]
    acts: Sequence[CampaignAct]
    needs: int = 0
    ready: int = 0
    rules: Rules | None = None
    promised_before: int = 0

    @property
    def plans(self) -> int:
        """Return how many plans the campaign has."""
        return len(self.heads)

    def is_under_other_rules(self) -> bool:
        """Say whether the plan shown is a draft made under other rules than the campaign's."""
        head = self.head
        if head is None or self.rules is None or head.state is not PlanState.DRAFT:
            return False
        return rules_said(head.rules) != rules_said(self.rules)

    def is_overruled(self) -> bool:
        """Say whether the campaign's rules were changed since this draft was made, and differ from those it follows."""
        return self.is_under_other_rules() and self._was_since(Action.RULED)

    def is_overtaken(self) -> bool:
        """Say whether promises were taken back, or others made, since this draft was made."""
        is_draft = self.head is not None and self.head.state is PlanState.DRAFT
        return is_draft and self._was_since(Action.ALLOCATED)

    def can_reserve(self) -> bool:
        """Say whether the plan shown can be applied as far as is known."""
        head = self.head
        is_open = head is not None and head.state is PlanState.DRAFT and head.served > 0
        return is_open and not self.is_overruled() and not self.is_overtaken()

    def applied(self) -> CampaignAct | None:
        """Return the act that applied the plan shown, when it still stands."""
        number = None if self.head is None else self.head.id
        return next((act for act in self._standing() if act.facts["plan"] == number), None)

    def promised(self) -> CampaignAct | None:
        """Return the last act that applied a plan and still stands, be it the plan shown or one before."""
        return next(self._standing(), None)

    def _standing(self) -> Iterator[CampaignAct]:
        applied = (act for act in self.acts if act.action is Action.ALLOCATED)
        return (act for act in applied if not act.is_undone and "plan" in act.facts)

    def _was_since(self, action: Action) -> bool:
        """Say whether something was done, or undone, after the plan shown was made."""
        made_at = None if self.head is None else self.head.made_at
        return made_at is not None and any(
            act.when > made_at for act in self.acts if action in (act.action, act.undone)
        )


@dataclass(frozen=True, slots=True)
class SeenSchool:
    """A school's pupils in a plan, and the marks that stand, by pupil."""

    pupils: Sequence[PupilChoice]
    marks: Mapping[int, MarkRow]


def campaign(session: Session, name: str, plan: PlanId | None = None) -> Seen:
    """Return one of a campaign's plans, the last when not said or not there any more.

    Raises: NotPermitted, UnknownCampaign, UpgradeNeeded, BaseTrouble.
    """
    heads, acts = explaining.heads(session, name), chronicling.events(session, name)
    if heads:
        head = next((each for each in heads if each.id == plan), heads[0])
        shares = explaining.shares(session, name, head.id)
        rules, before = ruling.rules(session, name), explaining.promised_before(session, name, head.id)
        return Seen(head, heads, shares, acts, rules=rules, promised_before=before)
    ready = DeviceFilter(kind=DeviceKind.TABLET, state=DeviceState.READY)
    return Seen(None, (), (), acts, campaigning.shown(session, name).needs, stocking.count(session, ready))


def school(session: Session, name: str, uai: str, plan: PlanId) -> SeenSchool:
    """Return a school's part of a plan. Raises: NotPermitted, UnknownCampaign, NoPlan, UnknownSchool, BaseTrouble."""
    marks = {int(each.pupil_id): each for each in marking.marks(session, name) if each.is_current}
    return SeenSchool(explaining.pupils_of(session, name, uai, plan), marks)


def waiting(session: Session, name: str, uai: str) -> list[int]:
    """Return who of a school still waits since the last plan applied. Raises: NotPermitted, NoPlan, BaseTrouble."""
    return [int(row.pupil_id) for row in offering.waiting(session, name, uai, _MOST)]


def scanned(session: Session, name: str, raw: str, plan: PlanId | None = None) -> tuple[int, SchoolId]:
    """Return whom a scanned card or sheet names, and in which school of a plan, the last when not said, she or he is.

    Raises: NotPermitted, UnknownCode, UnknownPupil, NotLent, NoPlan, NotEligible, BaseTrouble.
    """
    pupil = consulting.scanned(session, raw).record.row.id
    number = explaining.head(session, name, plan).id
    return int(pupil), explaining.explain(session, name, str(pupil), number).choice.school
