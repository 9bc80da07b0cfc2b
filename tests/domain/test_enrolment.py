"""What an MDM tells, made bare."""

import pytest

from tablet_loans.domain.enrolment import Secret, bare_serial


@pytest.mark.parametrize(
    ("told", "bare"),
    [
        (" dmpx 1234-5abc ", "DMPX12345ABC"),
        ("SDMPX12345ABC", "DMPX12345ABC"),
        ("SX7K2M9Q1LP", "X7K2M9Q1LP"),
        ("SR52N40ABCD1E", "R52N40ABCD1E"),
        ("S52N40", "S52N40"),
        ("SSSSSSSSSSS", "SSSSSSSSSSS"),
        ("Unknown", ""),
        ("0", ""),
        ("0000-0000", ""),
        ("N/A", ""),
        ("   ", ""),
        ("x" * 61, ""),
    ],
)
def test_a_serial_number_is_made_bare(told: str, bare: str) -> None:
    assert bare_serial(told) == bare


def test_the_s_of_another_maker_is_its_own() -> None:
    assert bare_serial("SR52N40ABCD1E", "samsung") == "SR52N40ABCD1E"
    assert bare_serial("SR52N40ABCD1E", "Apple Inc.") == "R52N40ABCD1E"


def test_a_secret_shows_nothing() -> None:
    assert "pass" not in f"{Secret('password')!r} {Secret('password')}"
