"""The codes on a class form: scanned after a pupil's card, each says what there is at home."""

from enum import StrEnum
from typing import Final

from tablet_loans.domain import own_code
from tablet_loans.domain.barcode import CodeKind, readings
from tablet_loans.domain.need import Answer, Equipment

_MARKER: Final = "TLN"
_EQUIPMENT: Final = tuple(Equipment)
_ANSWERS: Final = tuple(
    Answer(equipment, is_cellular, is_priority)
    for equipment in _EQUIPMENT
    for is_cellular in (False, True)
    for is_priority in (False, True)
)


class AnswerMark(StrEnum):
    """What is said beside the equipment; scanned a second time, it is taken back.

    The next pupil is barcode.Command.NEXT_PUPIL, as at the counter.
    """

    CELLULAR = "cellular"
    PRIORITY = "priority"


_MARKS: Final = tuple(AnswerMark)


def answer_code(equipment: Equipment, cellular: bool = False, priority: bool = False) -> str:
    """Return the code of a whole answer."""
    return _code(_ANSWERS.index(Answer(equipment, cellular, priority)))


def mark_code(mark: AnswerMark) -> str:
    """Return the code that adds a mark to a pupil's answer, or takes it back."""
    return _code(len(_ANSWERS) + _MARKS.index(mark))


def answer_in(code: str) -> Answer | AnswerMark | None:
    """Return what a code says, as the scanner sent it or bare, or None when it is no answer's."""
    written = next((own_code.unsealed(each.code) for each in readings(code) if each.kind is CodeKind.ANSWER), None)
    if written is None or len(written) != len(_MARKER) + 1:
        return None
    said: dict[int, Answer | AnswerMark] = dict(enumerate((*_ANSWERS, *_MARKS)))
    return said.get(own_code.number(written[len(_MARKER) :]))


def _code(number: int) -> str:
    return own_code.sealed(_MARKER + own_code.letters(number))
