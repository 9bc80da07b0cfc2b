"""A change of rules: what was so before, what is so since, when and why; in words that anyone can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tablet_loans.domain.chronicle import CRITERION_WORDS, rules_spoken
from tablet_loans.domain.ranking import Criterion
from tablet_loans.domain.rules import Rules
from tablet_loans.text import grouped, tr


@dataclass(frozen=True, slots=True)
class RuleChange:
    """When the rules were changed, from what to what, and why; rules that were forgotten are None.

    `plan` is the one whose application brought its rules; `is_undo` says whether it takes a change back.
    """

    at: datetime
    before: Rules | None
    after: Rules | None
    note: str
    plan: int | None = None
    is_undo: bool = False

    @property
    def words(self) -> str:
        """Return what changed, in the language in use, or nothing where it was forgotten."""
        if self.after is None:
            return ""
        return rules_spoken(self.after) if self.before is None else change_spoken(self.before, self.after)

    @property
    def why(self) -> str:
        """Return why, as the person said it, or what brought the change, in the language in use."""
        if self.note:
            return self.note
        if self.plan is not None:
            return tr("Plan no. {plan} was applied").format(plan=self.plan)
        return tr("A change was taken back") if self.is_undo else ""


def change_spoken(before: Rules, after: Rules) -> str:
    """Return what differs between two sets of rules, each as it is and as it was, in the language in use."""
    said = [
        (tr("order of the criteria"), _criteria(before.criteria), _criteria(after.criteria)),
        (tr("priorities counted, in percent"), str(before.priority_cap_percent), str(after.priority_cap_percent)),
        (tr("exam classes"), ", ".join(before.exam_classes), ", ".join(after.exam_classes)),
        (tr("reserve"), grouped(before.reserve), grouped(after.reserve)),
        *_school_reserves(dict(before.school_reserves), dict(after.school_reserves)),
    ]
    changed = tr("{rule}: {after} (before: {before})")
    return "; ".join(changed.format(rule=rule, before=was, after=now) for rule, was, now in said if was != now)


def _criteria(criteria: Sequence[Criterion]) -> str:
    return ", ".join(tr(CRITERION_WORDS[each]) for each in criteria) or tr("no criterion")


def _school_reserves(before: dict[str, int], after: dict[str, int]) -> list[tuple[str, str, str]]:
    named = tr("reserve of {school}")
    return [
        (named.format(school=uai), grouped(before.get(uai, 0)), grouped(after.get(uai, 0)))
        for uai in sorted(before.keys() | after.keys())
    ]
