"""The rules of a campaign: what decides who comes first, what bounds it, and what is held back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.ranking import DEFAULT_CRITERIA, Criterion
from tablet_loans.text import N_, search_key

MOST_RESERVED: Final = 1_000_000
_NURSERY: Final = frozenset({"tps", "tpsps", "toute"})
_DIGITS: Final = "0123456789"


class BadRules(Refusal):
    """The rules contradict themselves."""

    sentence = N_("These rules cannot be used: {reason}.")
    way_out = N_("Correct them, or take the usual ones.")


class UnknownRule(BadRules):
    """A rule that the program does not know."""

    sentence = N_("There is no rule called “{rule}”.")
    way_out = N_("The rules are: {known}.")


class UnknownCriterion(BadRules):
    """A criterion that the program does not know."""

    sentence = N_("There is no criterion called “{criterion}”.")
    way_out = N_("The criteria are: {known}.")


class RuleTwice(BadRules):
    """A file says one rule, or one school's reserve, twice."""

    sentence = N_("“{rule}” stands twice in these rules.")
    way_out = N_("Keep one of the two.")


@dataclass(frozen=True, slots=True)
class Rules:
    """Which criteria in which order, and what bounds them.

    `priority_cap_percent` is 100 where priorities are not capped; beyond it, a school's later priorities count as
    none. `exam_classes` are the beginnings of the levels or classes that sit an exam (`sits_exam`); `reserve` devices
    are held back, and `school_reserves` by UAI beside it: as many of them as there are.
    """

    criteria: tuple[Criterion, ...] = DEFAULT_CRITERIA
    priority_cap_percent: int = 100
    exam_classes: tuple[str, ...] = ("3", "T")
    reserve: int = 0
    school_reserves: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        if len(set(self.criteria)) < len(self.criteria):
            raise BadRules(reason=N_("a criterion stands twice"))
        if not 0 <= self.priority_cap_percent <= 100:
            raise BadRules(reason=N_("the share of priorities lies between 0 and 100 %"))
        if not all(0 <= count <= MOST_RESERVED for count in (self.reserve, *dict(self.school_reserves).values())):
            raise BadRules(reason=N_("a reserve is a number of devices, never negative"))
        if len(dict(self.school_reserves)) < len(self.school_reserves):
            raise BadRules(reason=N_("a school's reserve stands twice"))
        if Criterion.EXAM_YEAR in self.criteria and not any(map(search_key, self.exam_classes)):
            raise BadRules(reason=N_("the exam year counts, and no class sits an exam"))

    @property
    def reserved(self) -> int:
        """Return how many devices are held back in all."""
        return self.reserve + sum(count for _, count in self.school_reserves)


def sits_exam(level: str, beginnings: Sequence[str]) -> bool:
    """Say whether a level or a class sits an exam: it begins with one of these, case and accents aside.

    With "3" and "T" count 3e A, 3EME 2, T STMG, TERMINALE S, Tle 4 and TG1. The nursery's toute petite section (TPS)
    never does, which begins with a T as the last year of the lycée.
    """
    folded = search_key(level)
    if not folded or folded.split()[0].rstrip(_DIGITS) in _NURSERY:
        return False
    return any(folded.startswith(each) for each in map(search_key, beginnings) if each)


def rules_said(rules: Rules) -> dict[str, object]:
    """Return the rules as plain values, the same for the same rules."""
    return {
        "criteria": list(rules.criteria),
        "priority_cap_percent": rules.priority_cap_percent,
        "exam_classes": list(rules.exam_classes),
        "reserve": rules.reserve,
        "school_reserves": [list(each) for each in sorted(rules.school_reserves)],
    }


def rules_from(said: Mapping[str, Any]) -> Rules:
    """Return the rules that `rules_said` told; what it does not say is as usual. Raises: BadRules, UnknownCriterion."""
    usual = Rules()
    return Rules(
        criteria=tuple(map(_criterion, said.get("criteria", usual.criteria))),
        priority_cap_percent=said.get("priority_cap_percent", usual.priority_cap_percent),
        exam_classes=tuple(said.get("exam_classes", usual.exam_classes)),
        reserve=said.get("reserve", usual.reserve),
        school_reserves=tuple((uai, count) for uai, count in said.get("school_reserves", ())),
    )


def _criterion(code: str) -> Criterion:
    try:
        return Criterion(code)
    except ValueError:
        raise UnknownCriterion(criterion=code, known=", ".join(Criterion)) from None
