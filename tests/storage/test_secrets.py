"""The recovery phrase gives the key back, however it is typed."""

import pytest

from tablet_loans.domain.trouble import BadKey
from tablet_loans.storage import secrets
from tablet_loans.text import sort_key


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_phrase_gives_its_key_back_without_accents_or_care(language: str) -> None:
    for _ in range(20):
        made = secrets.new_key(language)
        assert len(made.phrase.split()) == 12
        assert secrets.key_from(made.phrase) == made.key
        careless = "  ".join(sort_key(word).upper() for word in made.phrase.split())
        assert secrets.key_from(f"\n{careless} ") == made.key


def test_two_bases_never_share_a_key() -> None:
    assert len({secrets.new_key("fr").key for _ in range(50)}) == 50


def test_a_key_in_figures_is_taken_as_it_is() -> None:
    assert secrets.key_from(f" {'AB' * 32}\n") == "ab" * 32


@pytest.mark.parametrize("typed", ["", "abaisser", "zz" * 32, "ab" * 31, " ".join(["abaisser"] * 12)])
def test_what_is_neither_is_refused(typed: str) -> None:
    with pytest.raises(BadKey):
        secrets.key_from(typed)
