"""Closing: a campaign that is over lends no more, and gives back the tablets that it promised and nobody fetched."""

from tablet_loans.domain import campaign as campaign_rules
from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.campaign import CampaignEvent, CampaignId, CampaignStatus, Closing
from tablet_loans.domain.roles import Permission
from tablet_loans.services.importing import Meter, alone_in_turn, begun
from tablet_loans.services.launching import known
from tablet_loans.services.session import Progress, Receipt, Recorder, Session, Topic
from tablet_loans.storage import allocations, campaigns, plans, promises, staging
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.staging import Load, Run

_TOPICS = {Topic.PLANS, Topic.PUPILS, Topic.DEVICES, Topic.CAMPAIGNS}


def promises_left(session: Session, name: str) -> int:
    """Return how many promises that nobody fetched closing a campaign would release.

    Raises: NotPermitted, UnknownCampaign, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        found = known(session, name)
        return promises.left(session.base, found.id) if allocations.are_here(session.base) else 0


def close(session: Session, name: str, progress: Progress | None = None) -> Receipt[Closing]:
    """Close a campaign: it is closing as long as devices are out, which are listed by school, closed when none is.

    What it promised and nobody fetched is released in turns after the line that decides it, which undoing the closing
    does not promise again; a campaign that is over already, and holds promises all the same, releases them and stays
    as it is. It can be cancelled until it is decided. Raises: NotPermitted, UnknownCampaign, StepNotAllowed,
    PlanUnderWay, BaseTrouble, Cancelled.
    """
    session.require(Permission.CAMPAIGN)
    with troubles_spoken(session.base):
        found = known(session, name)
        released = 0
        if _may_hold_promises(session, found):
            receipt, released = _closed_with_promises(session, found, progress or Progress())
        else:
            with session.transaction() as act:
                receipt = _step(act, campaigns.held(session.base, found))
        out = campaigns.still_out(session.base, found.id, session.today())
        status = known(session, found.name).status
    return Receipt(Closing(status, tuple(out), released), receipt.ledger_id, receipt.topics)


def stepped(act: Recorder, found: FoundCampaign, event: CampaignEvent) -> Receipt[CampaignId]:
    """Let a campaign reach the status that follows. Raises: StepNotAllowed."""
    status = campaign_rules.step(found.status, event)
    act.change(Subject.CAMPAIGN, found.id, {"status": found.status.value}, {"status": status.value})
    return act(Action.CAMPAIGN_CHANGED, found.id, topics={Topic.CAMPAIGNS})


def _may_hold_promises(session: Session, found: FoundCampaign) -> bool:
    """Say whether the campaign holds promises, or may: those of a plan just applied are still being written."""
    base = session.base
    if not allocations.are_here(base):
        return False
    return promises.left(base, found.id) > 0 or plans.last(base, found.id, is_applied=True) is not None


def _closed_with_promises(
    session: Session, found: FoundCampaign, progress: Progress
) -> tuple[Receipt[CampaignId], int]:
    """Close a campaign and release what it promised, and return how many promises that were."""
    base = session.base
    with alone_in_turn(session, progress), begun(session) as run:
        ids = promises.ids_left(base, found.id)
        meter = Meter(progress, len(ids))
        staging.stage(base, run, [Load("reservation", (), promises.to_let_go(ids), is_kept=False)], meter.reading)
        with session.transaction() as act:
            now = campaigns.held(base, found)
            if not (count := promises.left(base, found.id)):
                return _step(act, now), 0
            about = [(Subject.CAMPAIGN, int(found.id))]
            receipt = act(Action.RELEASED, found.id, topics=_TOPICS, about=about, promises=count)
            staging.decide(base, run, receipt.ledger_id)
            decided = Run(run, receipt.ledger_id)
            promises.release_after(base, found.id, max(ids, default=0))  # made one by one since the others were read
            if not _is_over(session, now):
                receipt = _step(act, now)
        for done, _ in staging.roll_forward(base, decided):
            meter.wrote(done)
        meter.finish()
    return Receipt(found.id, receipt.ledger_id, frozenset(_TOPICS)), count


def _is_over(session: Session, found: FoundCampaign) -> bool:
    """Say whether the campaign is closed, or as far as it can be while devices are out."""
    is_closing = found.status is CampaignStatus.CLOSING
    return found.status is CampaignStatus.CLOSED or (is_closing and campaigns.has_out(session.base, found.id))


def _step(act: Recorder, found: FoundCampaign) -> Receipt[CampaignId]:
    is_out = campaigns.has_out(act.session.base, found.id)
    return stepped(act, found, CampaignEvent.CLOSING_BEGAN if is_out else CampaignEvent.CLOSED)
