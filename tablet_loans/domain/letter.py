"""A letter to a home about a loan: its kinds, what one says, and who sends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tablet_loans.domain.agreement import NO_HOME, Home
from tablet_loans.text import N_


class LetterKind(StrEnum):
    """Why a home is written to."""

    REMINDER_1 = "reminder_1"
    REMINDER_2 = "reminder_2"
    REMINDER_3 = "reminder_3"
    RECALL = "recall"
    DAMAGE = "damage"
    LOSS = "loss"


LETTER_WORDS: Final[Mapping[str, str]] = {
    LetterKind.REMINDER_1: N_("first reminder"),
    LetterKind.REMINDER_2: N_("second reminder"),
    LetterKind.REMINDER_3: N_("last reminder"),
    LetterKind.RECALL: N_("recall of a leaver’s device"),
    LetterKind.DAMAGE: N_("damage notice"),
    LetterKind.LOSS: N_("loss notice"),
}


@dataclass(frozen=True, slots=True)
class LetterSender:
    """What all letters of a run say alike: who writes, from where, when, in which language."""

    authority: str
    campaign: str
    place: str
    helpline: str
    written_on: date
    language: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one home, its fields filled in; a pupil with two homes has two letters about one loan.

    `name`, `class_name` and `school` tell the pupil; `emails` are those of the people of this home alone.
    """

    kind: LetterKind
    loan_id: int
    number: str
    pupil_id: int
    name: str
    class_name: str
    school: str
    school_uai: str
    subject: str
    paragraphs: tuple[str, ...]
    home: Home = NO_HOME
    emails: tuple[str, ...] = ()
