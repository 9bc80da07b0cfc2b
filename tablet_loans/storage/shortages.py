"""Shortages: the promises that lending a device left without one."""

from typing import Final, NamedTuple

from tablet_loans.domain.loan import LoanId
from tablet_loans.domain.matching import Features
from tablet_loans.storage import readiness
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import words

_LENT: Final = (
    "SELECT loan.campaign_id, loan.pupil_id, model.kind, model.features FROM loan"
    " JOIN device ON device.id = loan.device_id JOIN device_model model ON model.id = device.model_id WHERE loan.id = ?"
)
_SET_ASIDE: Final = (
    "SELECT 1 FROM plan_mark WHERE campaign_id = ? AND pupil_id = ? AND is_current AND kind = 'excluded' LIMIT 1"
)


class Lent(NamedTuple):
    """A device that was lent: in which campaign, to whom, and its class."""

    campaign_id: int
    pupil_id: int
    kind: str
    features: Features


def lent(base: Base, loan_id: LoanId) -> Lent:
    """Return what a loan lent."""
    campaign_id, pupil_id, kind, features = base.execute(_LENT, (loan_id,)).fetchone()
    return Lent(campaign_id, pupil_id, kind, frozenset(words(features)))


def caused_by(base: Base, done: Lent, promise: int | None) -> int:
    """Return how many promises lack a ready device since this one was lent, 0 when it was taken from none of them.

    `promise` is the one that the loan fulfils, whose device was its own to take.
    """
    own = None
    if promise is not None:
        query = "SELECT device_id, features FROM reservation WHERE id = ?"
        device_id, promised = base.execute(query, (promise,)).fetchone()
        own = frozenset(words(promised))
        if device_id is not None or own == done.features:
            return 0
    if not (wanted := readiness.wanted_by_class(base, done.kind)):
        return 0
    ready = readiness.ready_by_class(base, done.kind)
    now = readiness.unkept(wanted, ready)
    ready[done.features] += 1
    if own is not None:
        wanted[own] += 1
    return now if now > readiness.unkept(wanted, ready) else 0


def is_set_aside(base: Base, campaign_id: int, pupil_id: int) -> bool:
    """Say whether a person set the pupil aside in a campaign."""
    return base.execute(_SET_ASIDE, (campaign_id, pupil_id)).fetchone() is not None
