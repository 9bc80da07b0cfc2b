"""What seals a school's workbook, and what is understood of a line that comes back."""

from dataclasses import replace
from datetime import date

import pytest

from tablet_loans.domain import school_return as rules
from tablet_loans.domain import workbook as layout
from tablet_loans.domain.need import Answer, Equipment, Source, Told
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.school_return import ReturnedRow, equipment_said, is_yes, understood
from tablet_loans.domain.workbook import AskedPupil, Head, Sealed

KEY, OTHER_KEY = bytes(32), bytes(31) + b"\x01"
MADE, TODAY = date(2026, 4, 6), date(2026, 4, 10)
HEAD = Head(3, "Continuité 2026", "0690142E", "Collège Les Iris", MADE, 250)
ZOE = AskedPupil(41, "5e B", "Œuvrard", "Zoé")
ROW = ReturnedRow(10, "", "5e B", "Œuvrard", "Zoé", "Rien", "", "", "", "")


def returned_head(mark: str) -> Sealed:
    found = layout.parsed_head(mark, HEAD.campaign, HEAD.school)
    assert found is not None
    return found


def test_a_head_is_sealed_by_its_key_alone() -> None:
    head = returned_head(layout.head_mark(KEY, HEAD))
    assert layout.is_head_sealed(KEY, head)
    assert not layout.is_head_sealed(OTHER_KEY, head)
    assert (head.campaign_id, head.uai, head.made_on, head.pupils) == (3, "0690142E", MADE, 250)


@pytest.mark.parametrize(
    "change",
    [{"campaign_id": 4}, {"campaign": "Autre"}, {"uai": "0690143F"}, {"school": "0690142E - Autre"}, {"pupils": 249},
     {"made_on": date(2026, 4, 7)}],
)  # fmt: skip
def test_nothing_of_a_head_can_be_changed(change: dict[str, object]) -> None:
    head = returned_head(layout.head_mark(KEY, HEAD))
    assert not layout.is_head_sealed(KEY, replace(head, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize("mark", ["TLC1;", "TLC1;x;0690142E;2026-04-06;1;AA", "TLC1;3;0690142E;2026-13-06;1;AA"])
def test_a_damaged_head_is_none(mark: str) -> None:
    assert layout.is_head_mark(mark)
    assert layout.parsed_head(mark, "", "") is None


def test_a_row_is_sealed_with_its_school_and_campaign() -> None:
    mark = layout.row_mark(KEY, 3, HEAD.uai, ZOE)
    shown = ("5e B", "Œuvrard", "Zoé")
    assert layout.sealed_pupil(KEY, 3, HEAD.uai, mark, shown) == 41
    assert layout.sealed_pupil(KEY, 3, "0690143F", mark, shown) is None
    assert layout.sealed_pupil(KEY, 4, HEAD.uai, mark, shown) is None
    assert layout.sealed_pupil(OTHER_KEY, 3, HEAD.uai, mark, shown) is None
    assert layout.sealed_pupil(KEY, 3, HEAD.uai, mark.replace("41-", "42-"), shown) is None
    assert layout.sealed_pupil(KEY, 3, HEAD.uai, mark, ("5e", "BŒuvrard", "Zoé")) is None
    assert layout.sealed_pupil(KEY, 3, HEAD.uai, "", shown) is None


def test_a_seal_bears_what_a_spreadsheet_does_to_spaces_accents_and_formulas() -> None:
    mark = layout.row_mark(KEY, 3, HEAD.uai, replace(ZOE, name="=Œuvrard  Roux"))
    assert layout.sealed_pupil(KEY, 3, HEAD.uai, mark, ("5e B ", "'=Œuvrard Roux", "Zoe\N{COMBINING ACUTE ACCENT}"))


@pytest.mark.parametrize(
    ("text", "equipment"),
    [("Rien", Equipment.NONE), (" TELEPHONE SEULEMENT", Equipment.PHONE), ("partage", Equipment.SHARED),
     ("own", Equipment.OWN), ("Tablette ?", None), ("", None)],
)  # fmt: skip
def test_an_answer_is_known_whatever_its_case_and_accents(text: str, equipment: Equipment | None) -> None:
    assert equipment_said(text) is equipment


@pytest.mark.parametrize(
    ("text", "said"), [("Oui", True), ("x", True), ("NON", False), ("", False), (" ", False), ("?", None), ("2", None)]
)
def test_yes_and_no_are_said_in_many_ways(text: str, said: bool | None) -> None:
    assert is_yes(text) is said


def test_an_answer_without_a_date_is_dated_from_the_day_the_workbook_was_made() -> None:
    said = understood(replace(ROW, cellular="Oui", answered_by="A" * 90), made_on=MADE, today=TODAY)
    assert said == (Answer(Equipment.NONE, is_cellular=True), Told(MADE, "A" * 80, Source.WORKBOOK))
    dated = understood(replace(ROW, asked_on="2026-04-08"), made_on=MADE, today=TODAY)
    assert isinstance(dated, tuple)
    assert dated[1].asked_on == date(2026, 4, 8)


@pytest.mark.parametrize(
    ("change", "template"),
    [
        ({"equipment": "ordi ?"}, rules.NOT_AN_EQUIPMENT),
        ({"cellular": "peut-être"}, rules.NOT_YES_OR_NO),
        ({"priority": "très"}, rules.NOT_YES_OR_NO),
        ({"asked_on": "2026-04-11"}, rules.NOT_A_PAST_DAY),
        ({"asked_on": "hier"}, rules.NOT_A_PAST_DAY),
        ({"equipment": "", "priority": "Oui"}, rules.NO_EQUIPMENT),
    ],
)
def test_what_is_not_understood_is_told(change: dict[str, str], template: str) -> None:
    said = understood(replace(ROW, **change), made_on=MADE, today=TODAY)  # type: ignore[arg-type]
    assert isinstance(said, Problem)
    assert (said.line, said.template) == (10, template)
    assert said.spoken()


def test_nobody_answered_on_an_empty_line() -> None:
    asked = replace(ROW, equipment="", cellular="Non", asked_on="2026-04-08")
    assert understood(asked, made_on=MADE, today=TODAY) is None
