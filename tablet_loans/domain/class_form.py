"""A class form: the pupils of a class on paper, each with a card to scan, and the answers to scan after it."""

from dataclasses import dataclass
from typing import Final

from tablet_loans.domain.answer_code import AnswerMark, answer_code, mark_code
from tablet_loans.domain.barcode import Command, command_code
from tablet_loans.domain.need import Equipment

FORM_CODES: Final = (
    *(answer_code(equipment) for equipment in Equipment),
    *(mark_code(mark) for mark in AnswerMark),
    command_code(Command.NEXT_PUPIL),
)
"""What is scanned after a pupil's card, in the order printed: the equipment, the marks, and the next pupil."""


@dataclass(frozen=True, slots=True)
class FormPupil:
    """A line of the form; `code` is the pupil's card."""

    pupil_id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ClassForm:
    """A class and its pupils, by name."""

    class_name: str
    pupils: tuple[FormPupil, ...]


@dataclass(frozen=True, slots=True)
class FormHead:
    """What the forms of one printing say alike."""

    authority: str
    campaign: str
    school: str
    school_uai: str
    commune: str
