"""The codes of a class form: each says one thing, and no keyboard layout spoils it."""

from itertools import product

import pytest

from tablet_loans.domain.answer_code import AnswerMark, answer_code, answer_in, mark_code
from tablet_loans.domain.barcode import CodeKind, Command, command_in, pupil_card, pupil_on_card
from tablet_loans.domain.class_form import FORM_CODES
from tablet_loans.domain.keyboard import Fault, garbled
from tablet_loans.domain.need import Answer, Equipment
from tablet_loans.domain.own_code import ALPHABET, sealed
from tablet_loans.domain.pupil import PupilId
from tests.domain.codes import first, proved

EVERY = [Answer(*said) for said in product(Equipment, (False, True), (False, True))]


@pytest.mark.parametrize("answer", EVERY)
def test_each_answer_has_a_code_that_says_it(answer: Answer) -> None:
    code = answer_code(answer.equipment, answer.is_cellular, answer.is_priority)
    assert answer_in(code) == answer
    assert first(code)[:3] == (CodeKind.ANSWER, code, True)
    assert set(code) <= set(ALPHABET)


@pytest.mark.parametrize("mark", list(AnswerMark))
def test_each_mark_has_a_code_that_says_it(mark: AnswerMark) -> None:
    assert answer_in(mark_code(mark)) == mark


def test_no_two_codes_are_alike() -> None:
    codes = [answer_code(each.equipment, each.is_cellular, each.is_priority) for each in EVERY]
    codes += map(mark_code, AnswerMark)
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("code", FORM_CODES[:-1])
@pytest.mark.parametrize("fault", [Fault.SCANNER_US, Fault.SCANNER_FRENCH])
def test_a_wrong_layout_leaves_an_answer_as_it_is(code: str, fault: Fault) -> None:
    for raw in (garbled(code, fault), garbled(code, fault, caps_lock=True), f"]C0{code}\r", code.lower()):
        assert answer_in(raw) == answer_in(code) is not None


def test_the_form_has_the_equipment_the_marks_and_the_next_pupil() -> None:
    said = [answer_in(code) for code in FORM_CODES[:-1]]
    assert said == [*map(Answer, Equipment), *AnswerMark]
    assert command_in(FORM_CODES[-1]) is Command.NEXT_PUPIL


@pytest.mark.parametrize("code", [pupil_card(PupilId(7)), "TLNBTS", sealed("TLNY"), sealed("TLNBB"), "", "none"])
def test_what_is_no_answer_says_nothing(code: str) -> None:
    assert answer_in(code) is None


def test_an_answer_is_no_pupil() -> None:
    assert pupil_on_card(answer_code(Equipment.NONE)) is None
    assert [each.kind for each in proved(answer_code(Equipment.NONE))] == [CodeKind.ANSWER]
