"""Folded text: the same search and the same order whatever the engine."""

import pytest

from tablet_loans import text


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ŒUVRARD Zoé", " oeuvrard zoe"),
        ("Jean-Baptiste O’Brien", " jean baptiste o brien"),
        ("  N'Guyễn\t", " n guyen"),
        ("Straße Łódź", " strasse lodz"),
        ("5e B", " 5e b"),
        ("—", ""),
    ],
)
def test_names_are_found_without_accents_case_or_punctuation(written: str, folded: str) -> None:
    assert text.search_key(written) == folded


def test_a_refusal_speaks_the_readers_language() -> None:
    from tablet_loans import paths
    from tablet_loans.domain.errors import AlreadyLent

    refusal = AlreadyLent(tag="ML-000412-2")
    assert refusal.spoken() == "Tablet ML-000412-2 is already lent. Scan it again to return it, or take another one."
    text.set_language("fr", paths.catalogues())
    assert refusal.spoken().startswith("La tablette ML-000412-2 est déjà prêtée.")
