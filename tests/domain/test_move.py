"""A move: which school lent, and which one is remembered after a move."""

from datetime import date

import pytest

from tablet_loans.domain.move import Stay, lending_school, moved

A, B, C = 1, 2, 3
EARLY, MOVED, LATE, TODAY = date(2026, 1, 5), date(2026, 2, 2), date(2026, 3, 3), date(2026, 4, 6)
FROM_A = Stay(B, A, MOVED)


@pytest.mark.parametrize(
    ("stay", "lent_on", "lender"), [(Stay(A), EARLY, A), (FROM_A, EARLY, A), (FROM_A, MOVED, A), (FROM_A, LATE, B)]
)
def test_the_school_that_lent_is_known_by_the_day(stay: Stay, lent_on: date, lender: int) -> None:
    assert lending_school(stay, lent_on) == lender


@pytest.mark.parametrize(
    ("stay", "to", "lent_on", "after"),
    [
        (Stay(A), B, None, Stay(B, A, TODAY)),
        (Stay(A), B, EARLY, Stay(B, A, TODAY)),
        (FROM_A, C, None, Stay(C, B, TODAY)),
        (FROM_A, A, None, Stay(A)),
        (FROM_A, C, EARLY, Stay(C, A, MOVED)),  # A lent: A calls back, wherever the pupil goes
        (FROM_A, A, EARLY, Stay(A)),
        (FROM_A, C, LATE, Stay(C, B, TODAY)),
        (FROM_A, A, LATE, Stay(A, B, TODAY)),  # B lent, and the pupil is back at A
    ],
)
def test_the_school_that_lent_is_the_one_remembered(stay: Stay, to: int, lent_on: date | None, after: Stay) -> None:
    assert moved(stay, to, today=TODAY, lent_on=lent_on) == after
