"""Marking: a person pins a pupil before all others or sets her or him aside, says why, and takes it back."""

from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.errors import OtherSchool, PupilHasLeft
from tablet_loans.domain.mark import MarkKind, MarkRow, NotMarked, noted, why_not_pin
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Permission
from tablet_loans.services import lending
from tablet_loans.services.allocating import KIND, must_be_here, planned_campaign
from tablet_loans.services.session import Receipt, Recorder, Session, Topic
from tablet_loans.storage import marks as shelf
from tablet_loans.storage import promises, pupils, rows
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken

_TOPICS = {Topic.PLANS, Topic.PUPILS, Topic.DEVICES}


def mark(session: Session, campaign: str | None, pupil: str, kind: MarkKind, note: str) -> Receipt[PupilId]:
    """Pin a pupil or set her or him aside in the campaign's next plans; an earlier mark is taken back.

    Who is set aside gives back the promise that she or he holds; the same mark with the same note is no act. Raises:
    NotPermitted, UnknownCampaign, CampaignNotOpen, CampaignOver, UnknownPupil, OtherSchool, PupilHasLeft, PinInVain,
    NoteNeeded, NoteTooLong, NoteNamesPupil, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.CAMPAIGN)
    must_be_here(session)
    with session.transaction() as act:
        running, pupil_id = planned_campaign(session, campaign), lending.pupil_known_as(session, pupil)
        kept = noted(note, shelf.names_held(session.base, pupil_id))
        _must_take_part(session, running, pupil_id)
        if _stands(session, running, pupil_id, kind, kept):
            return Receipt(pupil_id, LedgerId(""), frozenset())
        if kind is MarkKind.PINNED:
            _must_be_of_use(session, running, pupil_id)
        _take_back(act, running, pupil_id)
        values = {"kind": kind.value, "note": kept, "is_current": True}
        made = {"campaign_id": running.id, "pupil_id": pupil_id, "made_at": act.at, "made_by": session.actor.name}
        act.created(Subject.PLAN_MARK, rows.insert(session.base, "plan_mark", {**made, **values}), **values)
        if kind is MarkKind.EXCLUDED:
            release_promises(act, running, pupil_id)
        about = [(Subject.CAMPAIGN, int(running.id)), (Subject.PUPIL, int(pupil_id))]
        return act(Action.MARKED, pupil_id, topics=_TOPICS, about=about, kind=kind.value, note=kept)


def unmark(session: Session, campaign: str | None, pupil: str, note: str) -> Receipt[PupilId]:
    """Let a pupil be as the others again; the mark stays listed.

    Raises: NotPermitted, UnknownCampaign, CampaignNotOpen, CampaignOver, UnknownPupil, NotMarked, NoteNeeded,
    NoteTooLong, NoteNamesPupil, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.CAMPAIGN)
    must_be_here(session)
    with session.transaction() as act:
        running, pupil_id = planned_campaign(session, campaign), lending.pupil_known_as(session, pupil)
        kept = noted(note, shelf.names_held(session.base, pupil_id))
        if not _take_back(act, running, pupil_id):
            raise NotMarked(campaign=running.name)
        about = [(Subject.CAMPAIGN, int(running.id)), (Subject.PUPIL, int(pupil_id))]
        return act(Action.MARKED, pupil_id, topics=_TOPICS, about=about, kind="", note=kept)


def marks(session: Session, campaign: str | None) -> list[MarkRow]:
    """Return the campaign's marks, those taken back too, the newest first.

    Raises: NotPermitted, UnknownCampaign, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    must_be_here(session)
    with troubles_spoken(session.base):
        return shelf.of_campaign(session.base, lending.chosen_campaign(session, campaign).id)


def release_promises(act: Recorder, running: FoundCampaign, pupil_id: PupilId) -> int:
    """Release what a campaign promised a pupil, within an act, and return how many promises that were."""
    found = promises.of_pupil(act.session.base, running.id, pupil_id)
    for promise in found:
        act.change(Subject.RESERVATION, promise, {"state": "promised"}, {"state": "released"})
    return len(found)


def _must_take_part(session: Session, running: FoundCampaign, pupil_id: PupilId) -> None:
    standing = pupils.standing(session.base, pupil_id, running.id, KIND)
    assert standing is not None  # noqa: S101 - known just now
    if standing.left_on is not None and standing.left_on <= session.today():
        raise PupilHasLeft(left_on=standing.left_on)
    if not standing.takes_part:
        raise OtherSchool(school=standing.school)


def _stands(session: Session, running: FoundCampaign, pupil_id: PupilId, kind: MarkKind, note: str) -> bool:
    """Say whether the pupil is marked so already, with this note, and holds no promise that it would release."""
    is_same = shelf.standing(session.base, running.id, pupil_id) == [(kind.value, note)]
    return is_same and (kind is MarkKind.PINNED or not promises.of_pupil(session.base, running.id, pupil_id))


def _must_be_of_use(session: Session, running: FoundCampaign, pupil_id: PupilId) -> None:
    base = session.base
    is_lent, is_promised = shelf.holdings(base, pupil_id, KIND)
    equipment = shelf.equipment(base, running.id, pupil_id)
    if refusal := why_not_pin(running.name, equipment, is_lent=is_lent, is_promised=is_promised):
        raise refusal


def _take_back(act: Recorder, running: FoundCampaign, pupil_id: PupilId) -> int:
    """Let the pupil's marks stand no longer, and return how many did."""
    found = shelf.current(act.session.base, running.id, pupil_id)
    for mark_id in found:
        act.change(Subject.PLAN_MARK, mark_id, {"is_current": True}, {"is_current": False})
    return len(found)
