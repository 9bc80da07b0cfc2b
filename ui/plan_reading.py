"""What the allocation screen reads: a campaign's last plan, a school of it, and the pupil whom a scan names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tablet_loans.domain.act import Action
from tablet_loans.domain.chronicle import CampaignAct
from tablet_loans.domain.device import DeviceFilter, DeviceKind, DeviceState
from tablet_loans.domain.mark import MarkRow
from tablet_loans.domain.plan import PlanHead, PlanId, PupilChoice, SchoolShare
from tablet_loans.domain.school import SchoolId
from tablet_loans.services import campaigning, chronicling, consulting, explaining, marking, offering, stocking
from tablet_loans.services.session import Session

_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A campaign's last plan and all that was decided in it; before the first plan, what one could be made from."""

    head: PlanHead | None
    plans: int
    shares: Sequence[SchoolShare]
    acts: Sequence[CampaignAct]
    needs: int = 0
    ready: int = 0

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


@dataclass(frozen=True, slots=True)
class SeenSchool:
    """A school's pupils in a plan, and the marks that stand, by pupil."""

    pupils: Sequence[PupilChoice]
    marks: Mapping[int, MarkRow]


def campaign(session: Session, name: str) -> Seen:
    """Return a campaign's last plan. Raises: NotPermitted, UnknownCampaign, UpgradeNeeded, BaseTrouble."""
    heads, acts = explaining.heads(session, name), chronicling.events(session, name)
    if heads:
        return Seen(heads[0], len(heads), explaining.shares(session, name, heads[0].id), acts)
    ready = DeviceFilter(kind=DeviceKind.TABLET, state=DeviceState.READY)
    return Seen(None, 0, (), acts, campaigning.shown(session, name).needs, stocking.count(session, ready))


def school(session: Session, name: str, uai: str, plan: PlanId) -> SeenSchool:
    """Return a school's part of a plan. Raises: NotPermitted, UnknownCampaign, NoPlan, UnknownSchool, BaseTrouble."""
    marks = {int(each.pupil_id): each for each in marking.marks(session, name) if each.is_current}
    return SeenSchool(explaining.pupils_of(session, name, uai, plan), marks)


def waiting(session: Session, name: str, uai: str) -> list[int]:
    """Return who of a school still waits since the last plan applied. Raises: NotPermitted, NoPlan, BaseTrouble."""
    return [int(row.pupil_id) for row in offering.waiting(session, name, uai, _MOST)]


def scanned(session: Session, name: str, raw: str) -> tuple[int, SchoolId]:
    """Return whom a scanned card or sheet names, and in which school of the last plan she or he stands.

    Raises: NotPermitted, UnknownCode, UnknownPupil, NotLent, NoPlan, NotEligible, BaseTrouble.
    """
    pupil = consulting.scanned(session, raw).record.row.id
    return int(pupil), explaining.explain(session, name, str(pupil)).choice.school
