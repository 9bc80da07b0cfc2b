"""Households: who lives with whom, as one line a case, and what waits for a person."""

from itertools import count

import pytest

from tablet_loans.domain.household import (
    Carer,
    Gathering,
    Standing,
    Why,
    address_key,
    changes,
    gathered,
    guardian_name,
    is_institution,
    name_key,
)

_IDS = count(1)
ROSES = "5 rue des roses 69100"


def carer(*wards: int, name: str = "dupont jean", home: str = "", is_institution: bool = False) -> Carer:
    return Carer(next(_IDS), name, home, is_institution, wards)


def households(*carers: Carer, now: dict[int, Standing] | None = None, most: int = 6) -> dict[int, int]:
    return dict(gathered(carers, now or {}, most).households)


def doubts(*carers: Carer, most: int = 6) -> list[tuple[Why, tuple[int, ...]]]:
    return [(doubt.why, doubt.pupils) for doubt in gathered(carers, {}, most).doubts]


def test_pupils_of_one_guardian_are_a_household_named_after_the_smallest() -> None:
    assert households(carer(9, 4), carer(7)) == {4: 4, 9: 4}


def test_the_same_name_at_the_same_address_is_one_person_across_schools() -> None:
    assert households(carer(1, home=ROSES), carer(2, home=ROSES)) == {1: 1, 2: 1}


def test_a_name_or_an_address_alone_joins_nobody() -> None:
    apart = (
        carer(1, home=ROSES),
        carer(2, home=""),
        carer(3, name="faure lea", home=ROSES),
        carer(4, home="8 elsewhere"),
    )
    assert households(*apart) == {}
    assert households(carer(5, name="", home=ROSES), carer(6, name="", home=ROSES)) == {}


def test_half_brothers_and_sisters_of_two_homes_are_joined_by_the_parent_they_share() -> None:
    mother, father, second = carer(1, 2, name="faure lea"), carer(2, 3), carer(3, name="petit ines")
    assert households(mother, father, second) == {1: 1, 2: 1, 3: 1}


def test_families_linked_one_to_the_next_beyond_the_bound_are_left_to_a_person() -> None:
    chain = [carer(number, number + 1, name=f"guardian {number}") for number in range(1, 9)]
    assert households(*chain, carer(20, 21, name="apart")) == {20: 20, 21: 20}
    assert doubts(*chain) == [(Why.CHAIN, tuple(range(1, 10)))]
    assert households(*chain[:5]) == dict.fromkeys(range(1, 7), 1)


def test_two_homes_of_one_child_stay_two_families() -> None:
    assert households(carer(1, name="faure lea"), carer(1), carer(2, name="petit ines")) == {}


def test_an_institution_joins_nobody_and_is_told() -> None:
    assert households(carer(1, 2, is_institution=True)) == {}
    assert doubts(carer(1, 2, is_institution=True), carer(3, is_institution=True)) == [(Why.INSTITUTION, (1, 2))]


def test_a_guardian_of_too_many_joins_nobody_and_is_told_once() -> None:
    many = carer(*range(1, 8), home=ROSES)
    assert households(many) == {}
    assert doubts(many) == [(Why.GUARDIAN, tuple(range(1, 8)))]
    assert len(households(carer(*range(1, 7)))) == 6


def test_an_address_of_too_many_joins_by_file_alone() -> None:
    shelter = [carer(pupil, home=ROSES, name=f"faure {pupil % 4}") for pupil in range(1, 10)]
    assert households(*shelter) == {}
    assert doubts(*shelter) == [(Why.ADDRESS, tuple(range(1, 10)))]
    assert households(*shelter, carer(20, 21, home=ROSES)) == {20: 20, 21: 20}


def test_who_lives_together_already_is_no_doubt() -> None:
    aunts = [carer(pupil, name=f"aunt {pupil}", home=ROSES) for pupil in range(1, 9)]
    assert [why for why, _ in doubts(*aunts)] == [Why.ADDRESS]
    joined = {pupil: Standing(1, is_decided=True) for pupil in range(1, 9)}
    assert gathered(aunts, joined, 6).doubts == ()


def test_whom_a_person_set_apart_joins_nobody() -> None:
    assert households(carer(1, 2, 3), now={2: Standing(None, is_decided=True)}) == {1: 1, 3: 1}


def test_whom_a_person_joined_stays_and_draws_brothers_and_sisters_in() -> None:
    joined = {5: Standing(5, is_decided=True), 8: Standing(5, is_decided=True)}
    assert households(carer(3, 8), now=joined) == {3: 5, 5: 5, 8: 5}


def test_a_household_outlives_its_guardians() -> None:
    known = {1: Standing(1, is_decided=False), 2: Standing(1, is_decided=False)}
    assert households(now=known) == {1: 1, 2: 1}
    assert households(carer(2), now=known) == {1: 1, 2: 1}
    assert households(carer(1), carer(2), now=known) == {}


def test_only_what_differs_changes_and_never_a_decision() -> None:
    now = {
        1: Standing(1, is_decided=False), 2: Standing(1, is_decided=False), 3: Standing(None, is_decided=True),
        4: Standing(4, is_decided=False), 6: Standing(6, is_decided=True),
    }  # fmt: skip
    assert changes(Gathering({1: 1, 2: 1, 3: 3, 5: 1}, ()), now) == {4: None, 5: 1}


def test_addresses_meet_whatever_their_spelling() -> None:
    assert address_key("12, Bd de l'Égalité", "69100", "VILLEURBANNE") == address_key(
        "12 boulevard de l egalite", "69100", "Villeurbanne Cedex"
    )
    assert address_key("", "69100", "Villeurbanne") == address_key("12 rue Dolto", "", "") == ""


@pytest.mark.parametrize(
    ("family_name", "given_name", "expected"),
    [
        ("Foyer de l'enfance", "", True),
        ("Métropole de Lyon - ASE", "", True),
        ("Foyer", "Jean", False),
        ("Kaya", "", False),
    ],
)
def test_an_institution_is_known_by_its_name(family_name: str, given_name: str, *, expected: bool) -> None:
    assert is_institution(family_name, given_name) is expected


def test_a_guardian_is_written_as_on_an_envelope() -> None:
    assert guardian_name("M.", "Dupont", "Jean") == "M. DUPONT Jean"
    assert guardian_name("", "Œuvrard", "") == "ŒUVRARD"
    assert name_key("ŒUVRARD", "Zoé") == "oeuvrard zoe"
