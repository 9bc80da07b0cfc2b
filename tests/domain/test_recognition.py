"""Who each line of a roll is: found, refused, doubted or new; and how near two names and two dates are."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from tablet_loans.domain.likeness import NEAR_DATE, NEAR_NAME, NO_DATE, OTHER_FAMILY_NAME, distance, is_slip
from tablet_loans.domain.recognition import KnownPupil, Recognition, recognise
from tablet_loans.domain.roster import ListedPupil

DAY, OTHER_DAY = date(2015, 11, 30), date(2013, 3, 4)
INE_1, INE_2 = "012345678AB", "123456789CD"


def line(
    name: str,
    day: date | None = DAY,
    *,
    ine: str | None = None,
    number: str | None = None,
    usage: str = "",
    at: int = 2,
) -> ListedPupil:
    family, given = name.split("/")
    return ListedPupil(at, ine, family, usage, given, day, "5e B", "", "", number)


def known(
    name: str, day: date | None = DAY, *, ine: str | None = None, number: str | None = None, usage: str = "",
    row_id: int = 1, corrected: tuple[str, ...] = (),
) -> KnownPupil:  # fmt: skip
    family, given = name.split("/")
    return KnownPupil(
        row_id, ine, 1, number, family, usage, given, "5e B", "", "", None, corrected, day, None, None
    )  # fmt: skip


def recognised(
    listed: Sequence[ListedPupil], here: Sequence[KnownPupil], same: Sequence[int] = (), new: Sequence[int] = ()
) -> Recognition:
    return recognise(listed, here, {each.ine: each for each in here if each.ine}, same=same, new=new)


def found_by(who: Recognition) -> dict[int, int]:
    return {place: each.id for place, each in who.found.items()}


@pytest.mark.parametrize(
    ("listed", "here"),
    [
        (line("Kaya/Emre", ine=INE_1), known("Kaya/Emre", ine=INE_1)),
        (line("Yildiz/Emre", OTHER_DAY, ine=INE_1), known("Kaya/Emre", ine=INE_1)),
        (line("Yildiz/Emre", number="41"), known("Kaya/Emre", number="41")),
        (line("Kaya/Emre", ine=INE_2, number="41"), known("Kaya/Emre", ine=INE_1, number="41")),
        (line("KAYA/Émre"), known("Kaya/Emre")),
        (line("Kaya/Emre", None), known("Kaya/Emre")),
        (line("Kaya/Emre"), known("Kaya/Emre", None)),
        (line("Da Silva/Léo", usage="Costa"), known("Costa/Léo", None)),
        (line("Costa/Léo"), known("Da Silva/Léo", usage="Costa")),
        (line("Jean Petit/Lou"), known("Jean-Petit/Lou")),
        (line("Kaya/Emre"), known("Kaya/Emre", OTHER_DAY, corrected=("birth_date",))),
        (line("Kaia/Emre"), known("Kaya/Emre", corrected=("family_name",))),
        (line("Martin/Emre"), known("Kaya/Emre", corrected=("family_name",))),
    ],
)
def test_a_line_is_the_pupil_it_names(listed: ListedPupil, here: KnownPupil) -> None:
    assert found_by(recognised([listed], [here])) == {0: 1}


@pytest.mark.parametrize(
    ("listed", "here", "why"),
    [
        (line("Abdelmaleck/Ines"), known("Abdelmalek/Inès"), NEAR_NAME),
        (line("Kaya/Emre Can"), known("Kaya/Emre"), NEAR_NAME),
        (line("Silva/Léo"), known("Da Silva/Léo"), NEAR_NAME),
        (line("Kaya/Jeanluc"), known("Kaya/Jean-Luc"), NEAR_NAME),
        (line("Yildiz/Emre"), known("Kaya/Emre"), OTHER_FAMILY_NAME),
        (line("Kaya/Emre", date(2015, 3, 4)), known("Kaya/Emre", date(2015, 4, 3)), NEAR_DATE),
        (line("Kaya/Emre", date(2015, 11, 20)), known("Kaya/Emre"), NEAR_DATE),
        (line("Abdelmaleck/Ines"), known("Abdelmalek/Inès", None), NO_DATE),
        (line("Kaya/Jeanluc", None), known("Kaya/Jean-Luc"), NO_DATE),
    ],
)
def test_a_line_that_is_almost_somebody_waits_for_a_person(listed: ListedPupil, here: KnownPupil, why: str) -> None:
    who = recognised([listed], [here])
    assert (who.doubts[0].known, who.doubts[0].why, who.spared) == (here, why, {1})
    assert (who.problems[0].line, who.problems[0].facts) == (2, {"pupil": 1})
    assert found_by(recognised([listed], [here], same=[2])) == {0: 1}
    other = recognised([listed], [here], new=[2])
    assert (other.found, other.problems, other.doubts, other.spared) == ({}, {}, {}, set())


@pytest.mark.parametrize(
    ("listed", "here"),
    [
        (line("Kaya/Ada"), known("Kaya/Emre")),  # twins
        (line("Kaya/Emre", OTHER_DAY), known("Kaya/Emre")),
        (line("Diallo/Awa"), known("Kaya/Emre")),
        (line("Kaya/Ada", None), known("Kaya/Ana")),  # sisters, for all we know
        (line("Kaya/Emree", ine=INE_1), known("Kaya/Emre", ine=INE_2)),
        (line("Kaya/Lou"), known("Kaya/Léo")),
    ],
)
def test_who_is_not_alike_is_somebody_else(listed: ListedPupil, here: KnownPupil) -> None:
    who = recognised([listed], [here])
    assert (who.found, who.problems, who.doubts) == ({}, {}, {})


def test_twins_are_never_doubted_when_both_are_listed() -> None:
    here = [known("Kaya/Lina"), known("Kaya/Lino", row_id=2)]
    who = recognised([line("Kaya/Lina"), line("Kaya/Lino", at=3)], here)
    assert (found_by(who), who.doubts) == ({0: 1, 1: 2}, {})
    one_comes = recognised([line("Kaya/Lina"), line("Kaya/Lino", at=3)], here[:1])
    assert (found_by(one_comes), one_comes.doubts) == ({0: 1}, {})


def test_of_twins_only_the_nearer_is_doubted() -> None:
    who = recognised([line("Kaya/Emma"), line("Kaya/Emree", at=3)], [known("Kaya/Emre")])
    assert list(who.doubts) == [1]
    assert found_by(recognised([line("Kaya/Emma"), line("Kaya/Emree", at=3)], [known("Kaya/Emre")], same=[3])) == {1: 1}


def test_a_pupil_whom_another_line_names_is_never_doubted() -> None:
    listed = [line("Kaya/Emre"), line("Kaya/Emre Can", at=3)]
    who = recognised(listed, [known("Kaya/Emre")])
    assert (found_by(who), who.doubts, who.problems) == ({0: 1}, {}, {})


def test_the_same_ine_twice_is_taken_once() -> None:
    who = recognised([line("Kaya/Emre", ine=INE_1), line("Kaya/Emre", ine=INE_1, at=7)], [])
    assert {place: problem.facts for place, problem in who.problems.items()} == {1: {"first": 2}}


@pytest.mark.parametrize("code", [{"ine": INE_1}, {"number": "41"}])
def test_a_code_makes_no_child_a_brother_or_a_sister(code: dict[str, Any]) -> None:
    here = [known("Kaya/Emre", **code), known("Roy/Lou", row_id=2)]
    who = recognised([line("Kaya/Leyla", OTHER_DAY, **code), line("Roy/Lou", at=3)], here)
    assert (found_by(who), list(who.problems), who.spared) == ({1: 2}, [0], {1})
    assert found_by(recognised([line("Kaya/Emree", OTHER_DAY, **code)], here)) == {0: 1}  # a name mistyped, a date too
    assert found_by(recognised([line("Kaya/Leyla", None, **code)], here)) == {0: 1}


def test_a_number_given_to_a_sister_counts_once_the_brother_stands_elsewhere() -> None:
    listed = [line("Kaya/Leyla", OTHER_DAY, number="41"), line("Kaya/Emre", number="42", at=3)]
    who = recognised(listed, [known("Kaya/Emre", number="41")])
    assert (found_by(who), who.problems) == ({1: 1}, {})


def test_whom_a_line_that_is_not_taken_may_be_is_there() -> None:
    several = [known("Dupont/Léa", usage="Martin"), known("Durand/Léa", usage="Martin", row_id=2)]
    assert recognised([line("Martin/Léa", None)], several).spared == {1, 2}
    two_lines = [line("Martin/Léa"), line("Martin/Léa", OTHER_DAY, at=3)]
    assert recognised(two_lines, [known("Dupont/Léa", None, usage="Martin")]).spared == {1}
    others_ine = [known("Diallo/Awa", ine=INE_1), known("Dupont/Léa", usage="Martin", row_id=2)]
    assert recognised([line("Martin/Léa", OTHER_DAY, ine=INE_1)], others_ine).spared == {1}
    assert recognised([line("Martin/Léa", ine=INE_1)], [known("Diallo/Awa", OTHER_DAY, ine=INE_1), *several]).spared


def test_a_person_who_names_the_pupil_decides_about_no_other() -> None:
    listed = [line("Kaya/Emrre")]
    here = [known("Kaya/Emre", row_id=7)]
    assert found_by(recognise(listed, here, {}, same={2: 7})) == {0: 7}
    assert found_by(recognise(listed, here, {}, same={2: None})) == {0: 7}
    who = recognise(listed, here, {}, same={2: 8})
    assert (who.found, list(who.doubts), who.spared) == ({}, [0], {7})


def test_a_number_that_is_plainly_anothers_proves_nothing() -> None:
    here = [known("Diallo/Awa", OTHER_DAY, number="41"), known("Kaya/Emre", row_id=2)]
    assert found_by(recognised([line("Kaya/Emre", number="41")], here)) == {0: 2}
    assert recognised([line("Petit/Lou", number="41")], here).found == {}


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [
        (date(2015, 3, 4), date(2015, 4, 3), True),
        (date(2015, 3, 4), date(2016, 3, 4), True),
        (date(2015, 3, 4), date(2015, 3, 14), True),
        (date(2015, 3, 4), date(2016, 4, 3), False),
        (date(2015, 3, 4), date(2015, 5, 6), False),
    ],
)
def test_a_slip_exchanges_day_and_month_or_mistypes_a_digit(one: date, other: date, *, is_near: bool) -> None:
    assert is_slip(one, other) is is_near


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("", "", 0), ("kaya", "kaia", 1), ("emre", "emree", 1), ("lou", "leo", 2), ("a", "abcd", 3)],
)
def test_the_distance_of_two_words_counts_letters(one: str, other: str, apart: int) -> None:
    assert min(distance(one, other, 2), 3) == apart
