"""Launching: what a new campaign begins with, and a campaign launched again in one step."""

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.campaign import (
    CampaignId,
    CampaignStatus,
    NeverLaunched,
    Relaunched,
    Terms,
    seed_hash,
    why_not_terms,
)
from tablet_loans.domain.errors import CampaignNameTaken, InvalidCampaignName, UnknownCampaign
from tablet_loans.domain.loan import why_not_due
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import UpgradeNeeded
from tablet_loans.services.importing import Meter, alone, begun
from tablet_loans.services.session import Progress, Receipt, Session, Topic, settled
from tablet_loans.storage import allocations, campaigns, needs, rows, staging
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.staging import Run

LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class _Decided:
    """A relaunch whose ledger line is written: its rows are only ever finished."""

    old: FoundCampaign
    run: Run
    meter: Meter
    receipt: Receipt[CampaignId]


def known(session: Session, name: str) -> FoundCampaign:
    """Return the campaign with this name. Raises: UnknownCampaign."""
    if (found := campaigns.find(session.base, name.strip())) is None:
        raise UnknownCampaign(campaign=name)
    return found


def must_be_here(session: Session) -> None:
    """Refuse a base of the version before, which has no room for a campaign's terms. Raises: UpgradeNeeded."""
    if not allocations.are_here(session.base):
        raise UpgradeNeeded()


def new_columns(session: Session, name: str, terms: Terms, *, is_open: bool, at: datetime) -> dict[str, object]:
    """Return the columns of a new campaign, its seed drawn.

    Raises: InvalidCampaignName, CampaignNameTaken, DueDatePast, StartsAfterDue, NeedsAfterDue, BadKit, WordingTooLong,
    UpgradeNeeded.
    """
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidCampaignName(longest=LONGEST_NAME)
    if campaigns.find(session.base, name) is not None:
        raise CampaignNameTaken(campaign=name)
    if refusal := why_not_due(terms.due_on, session.today()) or why_not_terms(terms):
        raise refusal
    status = CampaignStatus.OPEN if is_open else CampaignStatus.DRAFT
    values: dict[str, object] = {"name": name, "status": status.value, "due_on": terms.due_on, "created_at": at}
    if allocations.are_here(session.base):
        return {**values, **campaigns.columns_of(terms), "seed": secrets.token_hex(16)}
    if terms != Terms(terms.due_on):
        raise UpgradeNeeded()
    return values


def relaunch(
    session: Session,
    name: str,
    *,
    new_name: str,
    due_on: date,
    starts_on: date | None = None,
    needs_until: date | None = None,
    is_open: bool = False,
    progress: Progress | None = None,
) -> Receipt[Relaunched]:
    """Launch a campaign again: same rules, schools, kit and wording, days and a seed of its own, needs to confirm.

    It is a draft unless `is_open`. The needs that count, of pupils on the roll, are carried over in turns after the
    line that decides it: all are there or none, whenever the process ends, and who answers the new campaign meanwhile
    is heard. It can be cancelled until it is decided. Raises: NotPermitted, UnknownCampaign, NeverLaunched,
    InvalidCampaignName, CampaignNameTaken, DueDatePast, StartsAfterDue, NeedsAfterDue, ImportUnderWay, UpgradeNeeded,
    BaseTrouble, Cancelled.
    """
    session.require(Permission.CAMPAIGN)
    must_be_here(session)
    base = session.base
    with alone(session):
        decided = _decided(
            session, name, new_name, Terms(due_on, starts_on, needs_until), progress or Progress(), is_open=is_open
        )
        new_id = decided.receipt.value
        for written, _ in staging.roll_forward(base, decided.run):
            decided.meter.wrote(written)
        decided.meter.finish()
        _, carried = needs.counts(base, new_id)
        out = campaigns.still_out(base, decided.old.id, session.today())
    done = Relaunched(new_id, carried, tuple(out))
    return Receipt(done, decided.receipt.ledger_id, decided.receipt.topics)


@settled
def _decided(session: Session, name: str, new_name: str, days: Terms, progress: Progress, *, is_open: bool) -> _Decided:
    """Lay the needs ready under the id of the campaign to come, then write it with the line that decides it."""
    base, today = session.base, session.today()
    with begun(session) as run:
        with base.reading():
            old = known(session, name)
            if old.status is CampaignStatus.DRAFT:
                raise NeverLaunched(campaign=old.name)
            kept = campaigns.terms(base, old).terms
            terms = replace(days, kit=kept.kit, wording=kept.wording)
            new_columns(session, new_name, terms, is_open=is_open, at=session.now())  # refused before the long part
            count = campaigns.carried_count(base, old.id, today)
        new_id, meter = campaigns.next_id(base), Meter(progress, count)
        meter.read(count)
        staging.stage(base, run, [campaigns.carried(base, old.id, new_id, today, session.now())], meter.reading)
        with session.transaction() as act:
            values = new_columns(session, new_name, terms, is_open=is_open, at=act.at)
            values |= {"id": new_id, "rules": campaigns.rules(base, old.id), "relaunches_id": old.id}
            rows.insert(base, "campaign", values)
            campaigns.let_take_part(base, new_id, campaigns.taking_part(base, old.id))
            receipt = act(
                Action.CAMPAIGN_CREATED, new_id, topics={Topic.CAMPAIGNS, Topic.NEEDS},
                about=[(Subject.CAMPAIGN, new_id), (Subject.CAMPAIGN, old.id)], name=values["name"],
                relaunches=old.name, needs=count, seed_hash=seed_hash(str(values["seed"])),
            )  # fmt: skip
            staging.decide(base, run, receipt.ledger_id)
        return _Decided(old, Run(run, receipt.ledger_id), meter, receipt)
