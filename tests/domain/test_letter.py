"""Letters: what their texts may say, to which homes they go, and why none is written."""

from datetime import date

import pytest

from tablet_loans.domain.agreement import NO_HOME, Carer, Home
from tablet_loans.domain.errors import LoanNotOpen, Refusal
from tablet_loans.domain.letter import (
    BadLetterText,
    LetterKind,
    NothingNoted,
    NotLost,
    NotOverdue,
    UnknownLetterField,
    claimed_cents,
    filled_letter,
    homes_written_to,
    is_skipping,
    letter_from,
    next_reminder,
    why_no_letter,
)
from tablet_loans.domain.loan import LoanState

FIRST, SECOND, LAST = LetterKind.REMINDER_1, LetterKind.REMINDER_2, LetterKind.REMINDER_3
DUE, LATER = date(2026, 7, 3), date(2026, 7, 10)
LILAS, LAC = "1 rue des Lilas, 69100 Villeurbanne", "2 rue du Lac, 69100 Villeurbanne"


def test_a_text_is_its_subject_and_paragraphs_of_which_the_empty_ones_are_left_out() -> None:
    text = letter_from(FIRST, "Prêt {number}\nMadame,\n[Appeler {helpline}.]\n\nRendre {tag}[ avec {kit}].", "f")
    values = {"number": "20-K3-0042", "tag": "ML-1", "helpline": "", "kit": "{serial} [x]"}
    assert filled_letter(text, values) == (
        "Prêt 20-K3-0042",
        ("Madame,", "Rendre ML-1 avec {serial} [x]."),
    )


def test_a_value_on_several_lines_stays_in_its_paragraph() -> None:
    text = letter_from(FIRST, "Objet\nRendre à {return_place}.", "f")
    assert filled_letter(text, {"return_place": "Collège\n\u00a0 Les  Iris"})[1] == (
        "Rendre à Collège \u00a0 Les Iris.",
    )


@pytest.mark.parametrize("written", ["", "Objet", "Objet\nRendre {tag", "Objet {tag\nRendre}", "Objet\n" + "a" * 4_001])
def test_a_broken_text_is_refused(written: str) -> None:
    with pytest.raises(BadLetterText) as refused:
        letter_from(FIRST, written, "fr/reminder_1.txt")
    assert refused.value.facts == {"file": "fr/reminder_1.txt"}


@pytest.mark.parametrize("written", ["{ine}\nTexte", "Objet\nTexte [{ine}]"])
def test_an_unknown_field_is_named(written: str) -> None:
    with pytest.raises(UnknownLetterField) as refused:
        letter_from(FIRST, written, "fr/reminder_1.txt")
    assert refused.value.facts["field"] == "ine"


def test_each_home_is_written_to_with_the_mail_addresses_of_its_own_people() -> None:
    carers = [
        Carer("Mme LUNE", LILAS, email="lune@example.org"),
        Carer("M. LUNE", LILAS, email=" lune@example.org "),
        Carer("M. SOLEIL", LAC, email="soleil@example.org"),
        Carer("Mme VENT", "", email="vent@example.org"),
    ]
    assert homes_written_to(carers, name="KAYA Emre", is_adult=False) == (
        (Home(("Mme LUNE", "M. LUNE"), LILAS), ("lune@example.org",)),
        (Home(("M. SOLEIL",), LAC), ("soleil@example.org",)),
        (Home(("Mme VENT",), ""), ("vent@example.org",)),
    )


def test_an_institution_is_written_to_alone() -> None:
    carers = [Carer("Mme LUNE", LILAS, email="lune@example.org"), Carer("FOYER", LILAS, True, "foyer@example.org")]
    assert homes_written_to(carers, name="KAYA Emre", is_adult=False) == (
        (Home(("FOYER",), LILAS), ("foyer@example.org",)),
    )


def test_an_adult_pupil_is_written_to_at_the_first_home_and_no_guardian_is_mailed() -> None:
    carers = [Carer("Mme LUNE", LILAS, email="lune@example.org"), Carer("M. SOLEIL", LAC)]
    assert homes_written_to(carers, name="KAYA Emre", is_adult=True) == ((Home(("KAYA Emre",), LILAS), ()),)
    assert homes_written_to([], name="KAYA Emre", is_adult=False) == ((NO_HOME, ()),)


def test_reminders_follow_each_other_and_a_skipped_one_is_known() -> None:
    assert [next_reminder(last) for last in (None, FIRST, SECOND, LAST)] == [FIRST, SECOND, LAST, None]
    assert [is_skipping(SECOND, last) for last in (None, FIRST, SECOND, LAST)] == [True, False, False, False]
    assert not is_skipping(FIRST, None)
    assert not is_skipping(LetterKind.RECALL, None)


def test_less_than_fifteen_euros_is_not_claimed() -> None:
    assert [claimed_cents(price) for price in (None, 0, 1_499, 1_500)] == [None, 0, 0, 1_500]


@pytest.mark.parametrize(
    ("kind", "state", "today", "has_damage", "refusal"),
    [
        (FIRST, LoanState.OPEN, LATER, False, None),
        (FIRST, LoanState.OPEN, DUE, False, NotOverdue),
        (LAST, LoanState.RETURNED, LATER, False, LoanNotOpen),
        (LetterKind.RECALL, LoanState.OPEN, DUE, False, None),
        (LetterKind.RECALL, LoanState.LOST, DUE, False, LoanNotOpen),
        (LetterKind.DAMAGE, LoanState.RETURNED, DUE, True, None),
        (LetterKind.DAMAGE, LoanState.RETURNED, DUE, False, NothingNoted),
        (LetterKind.LOSS, LoanState.STOLEN, DUE, False, None),
        (LetterKind.LOSS, LoanState.OPEN, DUE, False, None),
        (LetterKind.LOSS, LoanState.RETURNED, DUE, True, NotLost),
    ],
)
def test_a_loan_that_calls_for_no_such_letter_says_why(
    kind: LetterKind, state: LoanState, today: date, has_damage: bool, refusal: type[Refusal] | None
) -> None:
    found = why_no_letter(kind, "20-K3-0042", state, DUE, has_damage=has_damage, today=today)
    assert type(found) is (refusal or type(None))
