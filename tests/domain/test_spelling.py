"""Spelling: which writing of a name is kept."""

import pytest

from tablet_loans.domain.spelling import Names, kept

DUPONT = Names("Dupont", "Martin", "Léa")


@pytest.mark.parametrize(
    ("known", "listed", "expected"),
    [
        ("Lefèvre", "LEFEVRE", "Lefèvre"),
        ("Lefèvre", "Lefevre", "Lefèvre"),
        ("LEFÈVRE", "Lefevre", "LEFÈVRE"),
        ("LEFEVRE", "Lefèvre", "Lefèvre"),
        ("LEFEVRE", "Lefevre", "Lefevre"),
        ("Lefevre", "Lefèvre", "Lefèvre"),
        ("Jean-Petit", "Jean Petit", "Jean-Petit"),
        ("Kaya", "Yildiz", "Yildiz"),
    ],
)
def test_accents_and_capitals_are_never_lost(known: str, listed: str, expected: str) -> None:
    assert kept(Names(known, "", "Zoé"), Names(listed, "", "Zoé"), may_rename=True).family_name == expected
    assert kept(Names("Roy", "", known), Names("Roy", "", listed), may_rename=True).given_name == expected


@pytest.mark.parametrize("may_rename", [True, False])
@pytest.mark.parametrize(
    "listed", [Names("MARTIN", "", "Léa"), Names("Martin", "Dupont", "Léa"), Names("Dupont", "", "Léa")]
)
def test_the_usage_name_never_takes_the_place_of_the_family_name(listed: Names, *, may_rename: bool) -> None:
    assert kept(DUPONT, listed, may_rename=may_rename) == DUPONT


def test_a_list_completes_names_and_changes_none() -> None:
    assert kept(Names("LEFEVRE", "", "Zoé"), Names("Lefèvre", "Roy", "Lou"), may_rename=False) == (
        "Lefèvre", "Roy", "Zoé",
    )  # fmt: skip
    assert kept(DUPONT, Names("Kaya", "Yildiz", "Ada"), may_rename=False) == DUPONT
    assert kept(DUPONT, Names("Kaya", "Yildiz", "Ada"), may_rename=True) == ("Kaya", "Yildiz", "Ada")
