"""A chronicle: what was decided in a campaign, by whom, when and why, in words; nothing of it is taken away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from tablet_loans.domain.act import ACTION_WORDS, Action, LedgerId
from tablet_loans.domain.campaign import STATUS_WORDS
from tablet_loans.domain.mark import MARK_WORDS
from tablet_loans.domain.plan import PlanState
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.ranking import Criterion
from tablet_loans.domain.rules import Rules, rules_from
from tablet_loans.text import N_, grouped, tr, trn

TOLD: Final = frozenset(
    {
        Action.CAMPAIGN_CREATED, Action.CAMPAIGN_CHANGED, Action.NEEDS_CLOSED, Action.PLANNED, Action.ALLOCATED,
        Action.RULED, Action.MARKED, Action.PROMISED, Action.RELEASED, Action.UNDONE,
    }
)  # fmt: skip
"""What a campaign's chronicle tells of the ledger."""

CRITERION_WORDS: Final[Mapping[str, str]] = {
    Criterion.EQUIPMENT: N_("equipment at home"),
    Criterion.PRIORITY: N_("priority of the school"),
    Criterion.EXAM_YEAR: N_("exam year"),
    Criterion.HOUSEHOLD: N_("first device of the home"),
}

PLAN_WORDS: Final[Mapping[str, str]] = {
    PlanState.DRAFT: N_("draft"),
    PlanState.APPLIED: N_("applied"),
    PlanState.WITHDRAWN: N_("withdrawn"),
}


@dataclass(frozen=True, slots=True)
class CampaignAct:
    """An act that decided something in a campaign; `facts` is empty once they were erased.

    `pupil_id` and `pupil` are those of the one pupil it is about; `undone` is what it undoes, and `is_undone` says
    whether a later act undid it.
    """

    id: LedgerId
    when: datetime
    who: str
    action: Action
    facts: Mapping[str, Any] = field(default_factory=dict)
    pupil_id: PupilId | None = None
    pupil: str = ""
    undone: Action | None = None
    is_undone: bool = False

    @property
    def note(self) -> str:
        """Return why, as the person said it; rules that came with a plan without a word tell which plan that was."""
        said = str(self.facts.get("note", ""))
        if said or self.action is not Action.RULED or "plan" not in self.facts:
            return said
        return tr("plan {plan} was applied").format(plan=self.facts["plan"])

    @property
    def words(self) -> str:
        """Return what was done, in the language in use; the pupil is not named."""
        done = tr(ACTION_WORDS[self.action])
        return tr("{act}: {detail}").format(act=done, detail=detail) if (detail := self.detail) else done

    @property
    def detail(self) -> str:
        """Return what there is to say beside the name of the act, in the language in use, or nothing."""
        return _detail(self)


def _detail(act: CampaignAct) -> str:
    facts = act.facts
    match act.action:
        case Action.UNDONE:
            undone = [tr(ACTION_WORDS[act.undone])] if act.undone else []
            return ", ".join([*undone, tr("plan {plan}").format(plan=facts["plan"])] if "plan" in facts else undone)
        case Action.PLANNED if "rules" in facts:
            numbered = tr("plan {plan}").format(plan=facts["plan"])
            return f"{numbered}, {rules_spoken(rules_from(facts['rules']))}"
        case Action.ALLOCATED if "plan" in facts:
            return tr("plan {plan}").format(plan=facts["plan"])
        case Action.RULED if "rules" in facts:
            return rules_spoken(rules_from(facts["rules"]))
        case Action.MARKED if "kind" in facts:
            return tr(MARK_WORDS[facts["kind"]]) if facts["kind"] else tr("like the others again")
        case Action.CAMPAIGN_CHANGED:
            return ", ".join(tr(STATUS_WORDS[each]) for each in _statuses(facts))
        case Action.RELEASED if "promises" in facts:
            count = int(facts["promises"])
            said = trn("{count} promise, the campaign is over", "{count} promises, the campaign is over", count)
            return said.format(count=grouped(count))
    return ""


def _statuses(facts: Mapping[str, Any]) -> list[str]:
    """Return the states that a campaign reached by an act."""
    return [after["status"] for _, _, _, after in facts.get("changes", ()) if after.get("status") in STATUS_WORDS]


def rules_spoken(rules: Rules) -> str:
    """Return a campaign's rules in words: the criteria in their order, then what bounds them and what is held back."""
    criteria = ", ".join(tr(CRITERION_WORDS[each]) for each in rules.criteria)
    said = [criteria or tr("no criterion: schools take turns, then lots")]
    if rules.priority_cap_percent < 100:
        capped = tr("priority for at most {percent} percent of a school's pupils")
        said.append(capped.format(percent=rules.priority_cap_percent))
    if Criterion.EXAM_YEAR in rules.criteria:
        said.append(tr("exam classes {classes}").format(classes=", ".join(rules.exam_classes)))
    if rules.reserve:
        said.append(tr("reserve {count}").format(count=rules.reserve))
    said += [tr("reserve of {school} {count}").format(school=uai, count=count) for uai, count in rules.school_reserves]
    return "; ".join(said)
