"""Promising at the counter: a device offered to who waits, and what a loan takes from promises made to others."""

from dataclasses import dataclass, replace

from tablet_loans.domain.device import DeviceKind
from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.offer import Offer, Promised
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Permission
from tablet_loans.services import offering
from tablet_loans.services.desk import IDLE, Did, Notice, Outcome
from tablet_loans.services.lending import Handover
from tablet_loans.services.session import Session
from tablet_loans.storage import campaigns, promises, shortages
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.text import N_, grouped


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a loan leaves: how many promises lack a ready device since, and whether its pupil was set aside."""

    short: int = 0
    is_set_aside: bool = False


def promise(session: Session, shown: Outcome, offer: Offer) -> Outcome:
    """Promise the device that is shown to the pupil to whom it is offered; the counter then waits for nobody.

    Raises: NotPermitted, UpgradeNeeded, BaseTrouble.
    """
    try:
        receipt = offering.accept(session, [offer])
    except Refusal as refusal:
        return replace(shown, did=Did.REFUSED, at=session.now(), refusal=refusal, notices=())
    told = Notice(
        N_("Rank {rank}, {school}"),
        {"rank": grouped(offer.waiting.rank), "school": offer.waiting.school_name},
        is_warning=False,
        is_private=True,
    )
    return replace(
        shown,
        did=Did.PROMISED,
        at=session.now(),
        pending=IDLE,
        notices=(told,),
        ledger_ids=(receipt.ledger_id,),
        topics=receipt.topics,
    )


def aftermath(session: Session, done: Handover) -> Aftermath:
    """Return what a loan leaves; nothing, where it took a device from no promise. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.LEND)
    with troubles_spoken(session.base):
        lent = shortages.lent(session.base, done.loan_id)
        short = shortages.caused_by(session.base, lent, done.promise)
        return Aftermath(short, shortages.is_set_aside(session.base, lent.campaign_id, lent.pupil_id))


def is_set_aside(session: Session, campaign: str | None, pupil_id: PupilId) -> bool:
    """Say whether a person set the pupil aside in the campaign of this name. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.LEND)
    with troubles_spoken(session.base):
        found = None if campaign is None else campaigns.find(session.base, campaign)
        return found is not None and shortages.is_set_aside(session.base, found.id, pupil_id)


def held(session: Session, pupil_id: PupilId) -> Promised | None:
    """Return the tablet that is promised to a pupil, None where none is. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.LEND)
    with troubles_spoken(session.base):
        return promises.told(session.base, pupil_id, DeviceKind.TABLET)
