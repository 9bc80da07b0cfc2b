"""Changes of rules in words: what is so, what was so, and why."""

from tablet_loans.domain.ranking import Criterion
from tablet_loans.domain.rule_change import RuleChange, change_spoken
from tablet_loans.domain.rules import Rules
from tests.builders import NOON

BEFORE = Rules()
AFTER = Rules((Criterion.PRIORITY,), 25, ("3",), 12, (("0690142E", 3),))


def test_each_rule_that_changed_is_told_as_it_is_and_as_it_was() -> None:
    said = change_spoken(BEFORE, AFTER).split("; ")
    assert said[0].startswith("order of the criteria: priority of the school (before: equipment at home, ")
    assert said[1:] == [
        "priorities counted, in percent: 25 (before: 100)",
        "exam classes: 3 (before: 3, T)",
        "reserve: 12 (before: 0)",
        "reserve of 0690142E: 3 (before: 0)",
    ]
    assert change_spoken(AFTER, AFTER) == ""


def test_what_was_forgotten_is_not_told() -> None:
    assert RuleChange(NOON, None, None, "").words == ""
    assert "priority of the school" in RuleChange(NOON, None, AFTER, "").words


def test_why_is_the_note_or_what_brought_the_change() -> None:
    assert RuleChange(NOON, BEFORE, AFTER, "Vote du 3 avril", 4).why == "Vote du 3 avril"
    assert "4" in RuleChange(NOON, BEFORE, AFTER, "", 4).why
    assert RuleChange(NOON, AFTER, BEFORE, "", is_undo=True).why
    assert RuleChange(NOON, BEFORE, AFTER, "").why == ""
