"""Reasons: sentences that follow the plan's state, name what the pupil needs, and count the tablets that would do."""

from dataclasses import replace

import pytest

from tablet_loans.domain.allocation import Choice, Grounds, Outcome
from tablet_loans.domain.matching import Shortage
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.plan import PlanState
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.reasons import reason
from tablet_loans.domain.school import SchoolId

PLAIN, CELLULAR = frozenset[str](), frozenset({"cellular"})
BOTH = CELLULAR | {"keyboard"}
SERVED = Choice(
    PupilId(7), SchoolId(1), 3, Outcome.SERVED, Grounds(Equipment.NONE, False, False, True, 0, False, CELLULAR), BOTH,
    "depot:",
)  # fmt: skip
WAITING = replace(
    SERVED, rank=412, outcome=Outcome.WAITING, features=None, home="",
    shortage=Shortage(frozenset({CELLULAR, BOTH}), 319), ahead=11,
)  # fmt: skip
EXCLUDED = replace(WAITING, rank=0, outcome=Outcome.EXCLUDED, shortage=None, ahead=0)


@pytest.mark.parametrize(
    ("state", "promised", "waits"),
    [
        (PlanState.DRAFT, "would be promised", "Would wait"),
        (PlanState.APPLIED, "is promised", "Waiting"),
        (PlanState.WITHDRAWN, "was promised until", "Waiting"),
    ],
)
def test_a_sentence_follows_the_state_of_its_plan(state: PlanState, promised: str, waits: str) -> None:
    assert promised in reason(SERVED, 500, state)
    assert reason(WAITING, 500, state).startswith(waits)
    assert "is promised" not in reason(WAITING, 500, state)


def test_who_waits_hears_what_is_needed_and_not_a_list_of_classes() -> None:
    said = reason(WAITING, 500)
    assert "All tablets with a SIM card are attributed before this rank, the last one at rank 319." in said
    assert said.endswith("12 more tablets with a SIM card would do.")
    assert "keyboard" not in said
    plain = replace(WAITING, grounds=replace(WAITING.grounds, required=PLAIN), ahead=0)
    assert "All tablets are attributed before this rank" in reason(plain, 500)
    assert reason(plain, 500).endswith("1 more tablet without extras would do.")


def test_where_there_never_was_one_that_is_said() -> None:
    none = replace(WAITING, shortage=Shortage(frozenset(), 0))
    assert "There is no tablet with a SIM card to attribute." in reason(none, 500)


def test_who_is_set_aside_hears_the_note_and_no_rank() -> None:
    assert "rank" not in reason(EXCLUDED, 500)
    assert reason(EXCLUDED, 500, note="Déjà équipée").endswith(": Déjà équipée")
