"""Chronicling: what was decided in a campaign, by whom, when and why."""

from dataclasses import replace

from tablet_loans.domain.chronicle import CampaignAct
from tablet_loans.domain.roles import Permission
from tablet_loans.services import lending
from tablet_loans.services.allocating import must_be_here
from tablet_loans.services.session import Session
from tablet_loans.storage import allocations, chronicles
from tablet_loans.storage.database import troubles_spoken


def events(session: Session, campaign: str | None) -> list[CampaignAct]:
    """Return every draft, change of rules, mark and promise of a campaign, the newest first, with pupils' names.

    Raises: NotPermitted, UnknownCampaign, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    must_be_here(session)
    with troubles_spoken(session.base):
        acts = chronicles.of_campaign(session.base, lending.chosen_campaign(session, campaign).id)
        people = allocations.people(session.base, [each.pupil_id for each in acts if each.pupil_id is not None])
    names = {pupil: name for pupil, (name, _) in people.items()}  # whose import was undone has none any more
    return [each if each.pupil_id is None else replace(each, pupil=names.get(each.pupil_id, "")) for each in acts]
