"""A note says why, in a sentence, without the pupil's name."""

import pytest

from tablet_loans.domain.mark import LONGEST_NOTE, NoteNamesPupil, NoteNeeded, NoteTooLong, noted

NAMES = ("Petit", "", "Lou")


def test_a_note_is_kept_on_one_line() -> None:
    assert noted("  avis du\tmédecin\nscolaire\x1b ") == "avis du médecin scolaire"


@pytest.mark.parametrize("text", ["", "  \n", "\x00"])
def test_who_decides_by_hand_says_why(text: str) -> None:
    with pytest.raises(NoteNeeded):
        noted(text)


def test_a_note_is_no_letter() -> None:
    assert noted("é" * LONGEST_NOTE)
    with pytest.raises(NoteTooLong) as refused:
        noted("é" * (LONGEST_NOTE + 1))
    assert refused.value.facts == {"length": LONGEST_NOTE + 1, "longest": LONGEST_NOTE}


@pytest.mark.parametrize("text", ["Petit vu lundi", "vu avec PETIT", "dit Lou."])
def test_a_note_does_not_name_the_pupil(text: str) -> None:
    with pytest.raises(NoteNamesPupil):
        noted(text, NAMES)


def test_a_word_spelled_like_a_name_is_none() -> None:
    assert noted("son petit frère en a une; loup; Petite", NAMES)
