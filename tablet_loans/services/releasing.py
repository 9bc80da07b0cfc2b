"""Releasing: a promise that a family refuses, or all that a plan promised and nobody has fetched yet."""

from typing import Any

from tablet_loans.domain.act import Action, Line, Subject, Undone, changes_from_facts
from tablet_loans.domain.allocation import PlanNotApplied
from tablet_loans.domain.errors import AlreadyUndone, NotUndoable
from tablet_loans.domain.mark import NotPromised, noted
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.rules import rules_said
from tablet_loans.services import lending
from tablet_loans.services.allocating import applied_plan, known_plan, must_be_here
from tablet_loans.services.importing import Meter, alone_in_turn, begun
from tablet_loans.services.marking import release_promises
from tablet_loans.services.session import Progress, Receipt, Recorder, Session, Topic
from tablet_loans.storage import chronicles, ledger, marks, plans, promises, rows, staging
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.staging import Load, Run

_TOPICS = {Topic.PLANS, Topic.PUPILS, Topic.DEVICES, Topic.CAMPAIGNS}


def release(session: Session, campaign: str | None, pupil: str, note: str) -> Receipt[PupilId]:
    """Release the promise that a pupil holds in the campaign; the device can be promised to others.

    The pupil is in need again: set aside who is not to be asked once more. Raises: NotPermitted, UnknownCampaign,
    UnknownPupil, NotPromised, NoteNeeded, NoteTooLong, NoteNamesPupil, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.CAMPAIGN)
    must_be_here(session)
    with session.transaction() as act:
        running, pupil_id = lending.chosen_campaign(session, campaign), lending.pupil_known_as(session, pupil)
        kept = noted(note, marks.names_held(session.base, pupil_id))
        if not release_promises(act, running, pupil_id):
            raise NotPromised(campaign=running.name)
        about = [(Subject.CAMPAIGN, int(running.id)), (Subject.PUPIL, int(pupil_id))]
        return act(Action.RELEASED, pupil_id, topics=_TOPICS, about=about, note=kept)


def application(session: Session, campaign: str | None, plan: int | None = None) -> Line:
    """Return the act that applied a plan, the last one that stands when not said: undone, it withdraws the plan.

    Raises: NotPermitted, UnknownCampaign, NoPlan, UnknownPlan, NothingApplied, PlanNotApplied, UpgradeNeeded,
    BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    must_be_here(session)
    base = session.base
    with troubles_spoken(base):
        running = lending.chosen_campaign(session, campaign)
        head = applied_plan(session, running) if plan is None else known_plan(session, running, plan)
        line_id = chronicles.application(base, running.id, head.id)
        if line_id is None or (found := ledger.find(base, line_id)) is None:
            raise PlanNotApplied(campaign=running.name, plan=head.id)
        return found[0]


def withdraw(session: Session, line: Line, progress: Progress | None = None, note: str = "") -> Receipt[Undone]:
    """Undo an applied plan: its promises are released in turns; `kept` counts those that were fulfilled before.

    Rules that came with the plan go with it, unless they were changed since. It can be cancelled until its ledger line
    is there. Raises: NotPermitted, NoteTooLong, PlanUnderWay, AlreadyUndone, NotUndoable when which plan it was is
    forgotten, UpgradeNeeded, BaseTrouble, Cancelled.
    """
    session.require(Permission.CAMPAIGN)
    must_be_here(session)
    told: dict[str, Any] = {"note": noted(note)} if note.strip() else {}
    with alone_in_turn(session, progress or Progress()):
        if ledger.is_undone(session.base, line.id):
            raise AlreadyUndone()
        found = ledger.find(session.base, line.id)
        if found is None or found[1] is None:
            raise NotUndoable(action=line.action)
        plan_id = int(found[1]["plan"])
        if plans.digest_of(session.base, plan_id) != found[1]["digest"]:
            raise NotUndoable(action=line.action)  # a plan of the version before: its number is another's by now
        standing, _ = promises.counted(session.base, plan_id)
        meter = Meter(progress or Progress(), standing)
        with begun(session) as run:
            load = Load("reservation", (), promises.to_release(session.base, plan_id), is_kept=False)
            staging.stage(session.base, run, [load], meter.reading)
            with session.transaction() as act:
                if ledger.is_undone(session.base, line.id):
                    raise AlreadyUndone()
                rows.update(session.base, "plan", plan_id, {"withdrawn_at": act.at})
                about = [(Subject(kind), row_id) for kind, row_id in line.subjects]
                _give_rules_back(act, plan_id, dict(line.subjects)[Subject.CAMPAIGN.value])
                receipt = act(
                    Action.UNDONE, Undone(line), topics=_TOPICS, about=about, undoes=line.id, plan=plan_id, **told
                )  # fmt: skip
                staging.decide(session.base, run, receipt.ledger_id)
            for count, _ in staging.roll_forward(session.base, Run(run, receipt.ledger_id)):
                meter.wrote(count)
        _, fulfilled = promises.counted(session.base, plan_id)
        meter.finish()
        return Receipt(Undone(line, kept=fulfilled), receipt.ledger_id, receipt.topics)


def _give_rules_back(act: Recorder, plan_id: int, campaign_id: int) -> None:
    """Undo the change of rules that a plan brought, unless they changed since or another plan stands by them."""
    base = act.session.base
    line_id = chronicles.ruling(base, campaign_id, plan_id)
    found = None if line_id is None or ledger.is_undone(base, line_id) else ledger.find(base, line_id)
    if found is None or found[1] is None:
        return
    (brought,) = changes_from_facts(found[1])
    other = plans.last(base, campaign_id, is_applied=True)
    are_others = rows.current(base, Subject.CAMPAIGN.value, campaign_id, ["rules"]) != brought.after
    if are_others or (other is not None and rules_said(other.rules) == found[1]["rules"]):
        return
    act.change(Subject.CAMPAIGN, campaign_id, brought.after, brought.before or {})
    act(Action.UNDONE, None, topics=_TOPICS, undoes=found[0].id)
