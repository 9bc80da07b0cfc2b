"""Who signs an agreement, for which homes it is printed, and what its square code says."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablet_loans.domain.agreement import (
    NO_HOME,
    Carer,
    Home,
    Mark,
    Signing,
    homes,
    is_adult,
    mark_in,
    mark_of,
    who_signs,
)
from tablet_loans.domain.barcode import CodeKind, readings

MOTHER = Carer("Mme KAYA Elif", "1 rue A, 69001 Lyon")
FATHER = Carer("M. KAYA Deniz", "2 rue B, 69002 Lyon")
SERVICE = Carer("ASE", "3 rue C, 69003 Lyon", is_institution=True)
DAY = date(2026, 4, 6)


def test_each_home_has_its_copy_and_its_own_address() -> None:
    assert homes([MOTHER, FATHER]) == (Home((MOTHER.name,), MOTHER.address), Home((FATHER.name,), FATHER.address))
    together = Carer(FATHER.name, MOTHER.address.upper())
    assert homes([MOTHER, together]) == (Home((MOTHER.name, FATHER.name), MOTHER.address),)


def test_who_has_no_known_address_does_not_read_another_ones() -> None:
    unknown = Carer(FATHER.name, "")
    assert homes([MOTHER, unknown]) == (Home((MOTHER.name,), MOTHER.address), Home((FATHER.name,)))
    assert homes([Carer("A", ""), Carer("B", "")]) == (Home(("A", "B")),)


def test_without_a_guardian_there_is_one_copy_to_fill_in() -> None:
    assert homes([]) == (NO_HOME,)
    assert homes([Carer("", "")]) == (NO_HOME,)


def test_an_institution_signs_alone_for_a_child_in_its_care() -> None:
    assert homes([MOTHER, SERVICE]) == (Home((SERVICE.name,), SERVICE.address),)
    assert who_signs([MOTHER, SERVICE], birth_date=None, on=DAY, are_two_asked=True) is Signing.INSTITUTION


@pytest.mark.parametrize(
    ("born", "signing"),
    [
        (date(2008, 4, 6), Signing.PUPIL),
        (date(2008, 4, 7), Signing.TWO_GUARDIANS),
        (date(1990, 12, 31), Signing.PUPIL),
        (None, Signing.TWO_GUARDIANS),
    ],
)
def test_a_pupil_of_age_signs_alone(born: date | None, signing: Signing) -> None:
    assert who_signs([MOTHER], birth_date=born, on=DAY, are_two_asked=True) is signing


def test_one_guardian_is_enough_unless_two_are_asked() -> None:
    assert who_signs([MOTHER, FATHER], birth_date=None, on=DAY, are_two_asked=False) is Signing.GUARDIAN


def test_a_birthday_on_29_february_counts_from_1_march() -> None:
    assert not is_adult(date(2008, 2, 29), date(2026, 2, 28))
    assert is_adult(date(2008, 2, 29), date(2026, 3, 1))


@given(number=st.from_regex(r"[0-9]{2}-[A-Z0-9]{2,4}-[0-9]{4,7}", fullmatch=True), version=st.integers(1, 99_999))
def test_a_mark_is_read_as_it_was_written(number: str, version: int) -> None:
    mark = mark_of(number, version, "digest", "ML-000123-K")
    assert mark_in(f" {mark}\n") == mark


def test_another_wording_or_tablet_gives_another_mark() -> None:
    marks = {str(mark_of("20-K3-0042", *each)) for each in ((1, "a", "T"), (2, "a", "T"), (1, "b", "T"), (1, "a", "U"))}
    assert len(marks) == 4


@pytest.mark.parametrize("code", ["20-K3-0042", "20-K3-0042|v|9f2c1a", "20-K3-0042|v3|9f2c1", "a|b", ""])
def test_what_is_no_mark_is_none(code: str) -> None:
    assert mark_in(code) is None


def test_the_square_code_is_the_loan_at_the_counter() -> None:
    assert str(Mark("20-K3-2042", 3, "9f2c1a")) == "20-K3-2042|v3|9f2c1a"
    for scan in ("20-K3-2042|v3|9f2c1a", "]Q120-K3-2042|v3|9f2c1a"):
        assert (readings(scan)[0].kind, readings(scan)[0].code) == (CodeKind.LOAN, "20-K3-2042")
