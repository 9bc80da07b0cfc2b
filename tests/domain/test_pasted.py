"""What a pasted list says: names in any order, answers in words or figures, and why a line is left out."""

from tablet_loans.domain.need import Answer, Equipment, NeedRow
from tablet_loans.domain.pasted import NO_ANSWER, NO_NAME, SEVERAL, TWICE, understood
from tablet_loans.domain.pupil import PupilId


def pupil(number: int, family_name: str, given_name: str, usage_name: str = "") -> NeedRow:
    return NeedRow(PupilId(number), family_name, usage_name, given_name, "", "5e B", None, None, None, 0)


CLASS = (
    pupil(1, "Œuvrard", "Zoé"), pupil(2, "Da Silva", "Léo", "Martin"), pupil(3, "Kaya", "Deniz"),
    pupil(4, "Kaya", "Deniz"),
)  # fmt: skip


def told(text: str) -> list[tuple[int | None, Answer | None, str]]:
    return [
        (line.pupil.pupil_id if line.pupil else None, line.answer, line.why_not) for line in understood(text, CLASS)
    ]


def test_names_are_known_in_one_cell_or_two_family_name_first_or_last() -> None:
    nothing = Answer(Equipment.NONE)
    for line in ("OEUVRARD\tZoe\trien", "Zoé Œuvrard\trien", "rien\tZoé\tŒuvrard", "Œuvrard Zoé;rien"):
        assert told(line) == [(1, nothing, "")]
    assert told("MARTIN Léo\t1") == [(2, nothing, "")]


def test_answers_are_figures_or_words_with_marks_beside() -> None:
    assert told("Zoé Œuvrard\t2\t4G\tprioritaire") == [(1, Answer(Equipment.PHONE, True, True), "")]
    assert told("Zoé Œuvrard\tpartagé\tSIM") == [(1, Answer(Equipment.SHARED, is_cellular=True), "")]


def test_titles_are_passed_over_but_no_other_first_line() -> None:
    assert told("Nom\tPrénom\tÉquipement\nŒuvrard\tZoé\t4") == [(1, Answer(Equipment.OWN), "")]
    assert told("Inconnu\tPaul\t4") == [(None, Answer(Equipment.OWN), NO_NAME)]


def test_what_is_not_certain_is_left_out_with_its_reason() -> None:
    lines = "Kaya\tDeniz\t1\nZoé Œuvrard\tpeut-être\nZoé Œuvrard\t1\nŒuvrard Zoé\t2\n\n"
    assert [why for _, _, why in told(lines)] == [SEVERAL, NO_ANSWER, "", TWICE]
    assert told("") == []
