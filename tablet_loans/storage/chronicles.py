"""Chronicles: the ledger's lines about one campaign, with their facts."""

import json
from collections.abc import Sequence
from typing import Any, Final

from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.chronicle import TOLD, CampaignAct
from tablet_loans.domain.pupil import PupilId
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import from_microseconds

_OF_ONE: Final = (Action.MARKED, Action.RELEASED)
_LINES: Final = (
    "SELECT line.id, line.recorded_at, line.actor, line.action, facts.facts, undone.action,"
    " EXISTS (SELECT 1 FROM ledger_line later WHERE later.undoes = line.id)"
    " FROM ledger_subject subject"
    " JOIN ledger_line line ON line.id = subject.line_id"
    " LEFT JOIN ledger_facts facts ON facts.line_id = line.id"
    " LEFT JOIN ledger_line undone ON undone.id = line.undoes"
    " WHERE subject.kind = ? AND subject.subject_id = ? AND line.action IN ({marks}) ORDER BY line.id DESC"
)
_PUPILS: Final = (
    "SELECT whom.line_id, whom.subject_id FROM ledger_subject subject"
    " JOIN ledger_line line ON line.id = subject.line_id"
    " JOIN ledger_subject whom ON whom.line_id = line.id AND whom.kind = ?"
    " WHERE subject.kind = ? AND subject.subject_id = ? AND line.action IN ({marks})"
)
_OF_PLAN: Final = (
    "SELECT line.id, facts.facts FROM ledger_subject subject JOIN ledger_line line ON line.id = subject.line_id"
    " JOIN ledger_facts facts ON facts.line_id = line.id"
    " WHERE subject.kind = ? AND subject.subject_id = ? AND line.action = ? ORDER BY line.id DESC"
)


def of_campaign(base: Base, campaign_id: int) -> list[CampaignAct]:
    """Return what was decided in a campaign, the newest first; pupils are told by their ids alone."""
    told = sorted(TOLD)
    query = _LINES.format(marks=_marks(told))
    pupils = _pupils(base, campaign_id)
    return [
        CampaignAct(
            LedgerId(line_id), from_microseconds(at), actor, Action(action), _facts(facts), pupils.get(line_id),
            undone=Action(undone) if undone else None, is_undone=bool(is_undone),
        )
        for line_id, at, actor, action, facts, undone, is_undone
        in base.execute(query, (Subject.CAMPAIGN.value, campaign_id, *told)).fetchall()
    ]  # fmt: skip


def application(base: Base, campaign_id: int, plan_id: int) -> LedgerId | None:
    """Return the line by which a plan was applied, or None."""
    return _of_plan(base, campaign_id, plan_id, Action.ALLOCATED)


def ruling(base: Base, campaign_id: int, plan_id: int) -> LedgerId | None:
    """Return the line by which a plan that was applied changed the campaign's rules, or None."""
    return _of_plan(base, campaign_id, plan_id, Action.RULED)


def _of_plan(base: Base, campaign_id: int, plan_id: int, action: Action) -> LedgerId | None:
    asked = (Subject.CAMPAIGN.value, campaign_id, action.value)
    for line_id, facts in base.execute(_OF_PLAN, asked).fetchall():
        if _facts(facts).get("plan") == plan_id:
            return LedgerId(line_id)
    return None


def _pupils(base: Base, campaign_id: int) -> dict[str, PupilId]:
    """Return by line the pupil of those acts that are about one."""
    asked = (Subject.PUPIL.value, Subject.CAMPAIGN.value, campaign_id, *_OF_ONE)
    found = base.execute(_PUPILS.format(marks=_marks(_OF_ONE)), asked).fetchall()
    return {line_id: PupilId(pupil_id) for line_id, pupil_id in found}


def _facts(text: str | None) -> dict[str, Any]:
    return {} if text is None else dict(json.loads(text))


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
