"""Rules: which classes sit an exam, however a school writes them."""

import pytest

from tablet_loans.domain.rules import BadRules, Rules, sits_exam

USUAL = Rules().exam_classes


@pytest.mark.parametrize(
    "level",
    ["3e A", "3EME 2", "3ème B", "3B", " 3e", "T STMG", "TERMINALE S", "Tle 4", "TG1", "tle", "TERM 3", "TSTMG"],
)
def test_the_last_year_of_the_college_and_of_the_lycee_sits_an_exam(level: str) -> None:
    assert sits_exam(level, USUAL)


@pytest.mark.parametrize(
    "level", ["TPS", "TPS 1", "TPS2", "tps-ps", "Toute petite section", "PS", "6e 3", "2nde T", ""]
)
def test_neither_the_nursery_nor_another_year_does(level: str) -> None:
    assert not sits_exam(level, USUAL)


def test_beginnings_are_read_without_case_or_accents_and_empty_ones_mean_nobody() -> None:
    assert sits_exam("2nde A", ("2NDE",))
    assert sits_exam("1ère ST2S", ("1ERE ST",))
    assert not sits_exam("2nde A", ("", "-", "3"))
    with pytest.raises(BadRules):
        Rules(exam_classes=("", " "))
