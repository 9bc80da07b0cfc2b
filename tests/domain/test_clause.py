"""Clauses: what may be written in them, and how they are filled in."""

import pytest

from tablet_loans.domain.campaign import NO_WORDING, Wording
from tablet_loans.domain.clause import (
    LONGEST,
    LONGEST_TITLE,
    BadTitle,
    BrokenClause,
    Clause,
    EmptyClause,
    Group,
    UnknownField,
    clause_from,
    filled,
    missing_groups,
    why_not_clause,
)
from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.wording import ClauseTwice, differing, digest_of, from_kept, kept, reworded, values_of

CARE = Clause(Group.CARE, "Le soin", "Pour toute question[ : {helpline}].\n- Une housse\n\n- Pas d’eau")


def test_a_field_is_filled_in_and_an_optional_part_left_out_when_it_is_empty() -> None:
    assert filled(CARE, {"helpline": "04"}).paragraphs[0] == ("Pour toute question : 04.", False)
    assert filled(CARE, {}).paragraphs == (("Pour toute question.", False), ("Une housse", True), ("Pas d’eau", True))


def test_an_empty_field_outside_brackets_stays_a_place_to_write() -> None:
    (text, _) = filled(Clause(Group.LOSS, "T", "Appeler {helpline}."), {}).paragraphs[0]
    assert text.startswith("Appeler …")
    assert "{" not in text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("le {prix}", UnknownField),
        ("le {value", BrokenClause),
        ("le ]value[", BrokenClause),
        ("[a [b] c]", BrokenClause),
        ("{}", UnknownField),
        ("", EmptyClause),
        ("x" * (LONGEST + 1), EmptyClause),
    ],
)
def test_what_cannot_be_printed_is_named(text: str, kind: type[Refusal]) -> None:
    refusal = why_not_clause(Clause(Group.LOSS, "La perte", text))
    assert type(refusal) is kind
    assert refusal.facts["title"] == "La perte"


@pytest.mark.parametrize("title", ["{authority}", "La [perte]", "x" * (LONGEST_TITLE + 1)])
def test_a_title_is_short_and_nothing_is_filled_in_there(title: str) -> None:
    assert isinstance(why_not_clause(Clause(Group.LOSS, title, "Une phrase.")), BadTitle)


def test_what_differs_is_known_by_group() -> None:
    use = Clause(Group.USE, "L’usage", "a")
    assert differing((use, CARE), (CARE, use)) == frozenset()
    assert differing((use, CARE), (Clause(Group.USE, "Autre", "a"),)) == {Group.USE, Group.CARE}


def test_the_first_line_of_a_text_is_its_title() -> None:
    assert clause_from(Group.LOSS, "\nLa perte\nUne phrase.\n") == Clause(Group.LOSS, "La perte", "Une phrase.")
    with pytest.raises(EmptyClause):
        clause_from(Group.LOSS, "La perte")


def test_clauses_are_kept_and_found_again_alike() -> None:
    clauses = (Clause(Group.USE, "L’usage", "« … »"), CARE)
    assert from_kept(kept(clauses)) == clauses
    assert digest_of(clauses) == digest_of(tuple(reversed(clauses)))
    assert missing_groups(clauses)[:2] == [Group.PARTIES, Group.PURPOSE]


def test_a_group_is_worded_anew_in_its_place_and_once() -> None:
    use, new = Clause(Group.USE, "a", "b"), Clause(Group.CARE, "Autre", "Texte")
    assert reworded((use, CARE), (new,)) == (use, new)
    with pytest.raises(ClauseTwice):
        reworded((), (new, CARE))
    with pytest.raises(UnknownField):
        reworded((), (Clause(Group.CARE, "Autre", "{ine}"),))


def test_what_a_campaign_does_not_say_is_usual_in_its_language() -> None:
    said = {"authority": "M", "campaign": "C", "school": "S", "commune": "", "due_on": "", "value": ""}
    french, english = values_of("fr", NO_WORDING, **said), values_of("en", NO_WORDING, **said)
    assert french["retention"] != english["retention"]
    assert values_of("fr", Wording(dpo="dpo@x.fr", helpline="04 72"), **said)["dpo"] == "dpo@x.fr"
    assert " " not in values_of("fr", Wording(helpline="04 72"), **said)["helpline"]
