"""Undoing: an act is compensated by a new one that restores what the first one changed."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from tablet_loans.domain import loan as loan_rules
from tablet_loans.domain.act import (
    ACTION_WORDS,
    UNDOABLE,
    Action,
    Change,
    LedgerId,
    Line,
    Subject,
    Undone,
    changes_from_facts,
)
from tablet_loans.domain.errors import AlreadyUndone, ChangedSince, NothingToUndo, NotUndoable, Refusal
from tablet_loans.domain.loan import LoanEvent, LoanState
from tablet_loans.domain.need import NeedsClosed
from tablet_loans.domain.roles import Permission
from tablet_loans.services import releasing, withdrawing
from tablet_loans.services.session import Progress, Receipt, Recorder, Session, Topic
from tablet_loans.storage import campaigns, ledger, needs, promises, rows
from tablet_loans.storage.database import RaceLost, troubles_spoken

_PERMISSIONS: Final = {
    Action.CHECKED_OUT: Permission.LEND,
    Action.CHECKED_IN: Permission.LEND,
    Action.NOTED: Permission.LEND,
    Action.RENEWED: Permission.LEND,
    Action.SWAPPED: Permission.LEND,
    Action.PREPARED: Permission.STOCK,
    Action.RECEIVED: Permission.STOCK,
    Action.CHANGED: Permission.STOCK,
    Action.CORRECTED: Permission.ROSTER,
    Action.ANSWERED: Permission.ASK,
    Action.AGREEMENT_SIGNED: Permission.PRINT_AGREEMENTS,
    Action.PAGE_KEPT: Permission.PRINT_AGREEMENTS,
    Action.CAMPAIGN_CHANGED: Permission.CAMPAIGN,
    Action.RULED: Permission.CAMPAIGN,
    Action.MARKED: Permission.CAMPAIGN,
    Action.PROMISED: Permission.CAMPAIGN,
    Action.RELEASED: Permission.CAMPAIGN,
    Action.PACKED: Permission.STOCK,
    Action.LABEL_SETTLED: Permission.STOCK,
}
_TOPICS: Final = {Topic.DEVICES, Topic.LOANS, Topic.PUPILS, Topic.AGREEMENTS, Topic.CAMPAIGNS, Topic.NEEDS, Topic.PLANS}
_RELEASING: Final = frozenset({Action.MARKED, Action.RELEASED})
_DELETED_AGAIN: Final = frozenset(
    {
        Subject.DEVICE, Subject.NEED, Subject.PLAN_MARK, Subject.RESERVATION, Subject.CARTON, Subject.CARTON_DEVICE,
        Subject.AGREEMENT_SCAN,
    }
)  # fmt: skip


def undo(session: Session, ledger_id: LedgerId, progress: Progress | None = None) -> Receipt[Undone]:
    """Compensate one act, a whole import, or an applied plan, and answer with what it was.

    Raises: NotPermitted, AlreadyUndone, NotUndoable, ChangedSince, ImportBuiltOn, ImportUnderWay, BaseTrouble,
    Cancelled.
    """
    with troubles_spoken(session.base):
        found = ledger.find(session.base, ledger_id)
    if found is not None and found[0].action == Action.IMPORTED:
        return withdrawing.withdraw(session, found[0], progress)
    if found is not None and found[0].action == Action.ALLOCATED:
        return releasing.withdraw(session, found[0], progress)
    return undo_together(session, [ledger_id])[0]


def undo_last(session: Session, count: int = 1, progress: Progress | None = None) -> list[Receipt[Undone]]:
    """Undo this station's last `count` acts, newest first, all or none; an import or an applied plan goes alone.

    Raises: NothingToUndo, Refusal.
    """
    if not (acts := ledger.standing(session.base, session.station, count)):
        raise NothingToUndo()
    return [undo(session, acts[0], progress)] if len(acts) == 1 else undo_together(session, acts)


def undo_all(session: Session) -> tuple[list[Receipt[Undone]], list[Refusal]]:
    """Undo every act of this station that can still be undone, newest first.

    Answers with what was undone, and why the others were not.
    """
    undone, refused = [], []
    for ledger_id in ledger.standing(session.base, session.station, 2**31 - 1):
        try:
            undone.append(undo(session, ledger_id))
        except Refusal as refusal:
            refused.append(refusal)
    return undone, refused


def undo_together(session: Session, ledger_ids: Sequence[LedgerId]) -> list[Receipt[Undone]]:
    """Undo several acts in the order given, all or none. Raises: Refusal, BaseTrouble."""
    try:
        with session.transaction() as act:
            return [_undo(session, act, ledger_id) for ledger_id in ledger_ids]
    except RaceLost as lost:
        # What this act would restore, a later one has given to somebody else.
        raise ChangedSince(subject=Subject.LOAN.value) from lost


def _undo(session: Session, act: Recorder, ledger_id: LedgerId) -> Receipt[Undone]:
    found = ledger.find(session.base, ledger_id)
    if found is None:
        raise NothingToUndo()
    line, facts = found
    if ledger.is_undone(session.base, ledger_id):
        raise AlreadyUndone()
    if facts is None or line.action not in UNDOABLE or "promises" in facts:  # a campaign's, released in turns
        raise NotUndoable(action=ACTION_WORDS[line.action])
    session.require(_PERMISSIONS[Action(line.action)])
    if line.action == Action.ANSWERED:
        _must_still_be_asked(session, facts)
    for change in reversed(changes_from_facts(facts)):
        _compensate(session, act, change)
    if line.action == Action.CAMPAIGN_CHANGED and (schools := facts.get("schools")):
        campaigns.let_take_part(session.base, dict(line.subjects)[Subject.CAMPAIGN.value], schools["before"])
    if line.action in _RELEASING and not all(map(partial(_is_covered, session), changes_from_facts(facts))):
        raise ChangedSince(subject=ACTION_WORDS[line.action])
    if ledger.has_later_act(session.base, line):
        raise ChangedSince(subject=ACTION_WORDS[line.action])
    return act(
        Action.UNDONE,
        _undone(session, line),
        topics=_TOPICS,
        about=[(Subject(kind), row_id) for kind, row_id in line.subjects],
        undoes=ledger_id,
    )


def _must_still_be_asked(session: Session, facts: Mapping[str, object]) -> None:
    """Keep the answers of a campaign whose needs are closed: who looks after the others is forgotten."""
    found = campaigns.with_id(session.base, int(str(facts.get("campaign", 0))))
    if found is not None and needs.closed_at(session.base, found.id) is not None:
        raise NeedsClosed(campaign=found.name)


def _is_covered(session: Session, restored: Change) -> bool:
    """Say whether a promise that is restored finds a device: those released meanwhile went to others."""
    if restored.subject is not Subject.RESERVATION:
        return True
    return promises.is_covered(session.base, restored.row_id) and not promises.is_over(session.base, restored.row_id)


def _undone(session: Session, line: Line) -> Undone:
    """Name what the act was about; among several of a kind, the last one."""
    about = {Subject(kind): row_id for kind, row_id in sorted(line.subjects)}

    def named(subject: Subject, column: str) -> str | None:
        row = rows.current(session.base, subject.value, about[subject], [column]) if subject in about else None
        return None if row is None else str(row[column])

    return Undone(line, named(Subject.DEVICE, "tag"), named(Subject.LOAN, "number"), about.get(Subject.PUPIL))


def _compensate(session: Session, act: Recorder, change: Change) -> None:
    now = rows.current(session.base, change.subject.value, change.row_id, list(change.after))
    if now is None or not _is_as_left(now, change.after):
        raise ChangedSince(subject=change.subject.value)
    if change.before is None and change.subject in _DELETED_AGAIN:
        rows.delete(session.base, change.subject.value, change.row_id)  # a later loan keeps it there: ChangedSince
        act.changed(change.subject, change.row_id, change.after, {})
    elif change.before is None:
        _cancel(act, change)
    elif change.subject is Subject.RESERVATION and promises.is_over(session.base, change.row_id):
        act.change(change.subject, change.row_id, change.after, {"state": "released"})  # nobody fetches it any more
    else:
        act.change(change.subject, change.row_id, change.after, change.before)


def _is_as_left(now: Mapping[str, object], left: Mapping[str, object]) -> bool:
    return all(now[column] == value for column, value in left.items())


def _cancel(act: Recorder, change: Change) -> None:
    """Cancel a loan that the act opened: its row and its number stay."""
    if change.subject is not Subject.LOAN:
        raise NotUndoable(action=change.subject.value)
    act.change(
        change.subject,
        change.row_id,
        {**change.after, "closed_at": None},
        {"state": loan_rules.step(LoanState.OPEN, LoanEvent.CANCELLED).value, "closed_at": act.at},
    )
