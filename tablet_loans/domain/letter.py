"""A letter to a home about a loan: its kinds, what one says, why none is written, and who sends it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tablet_loans.domain.agreement import NO_HOME, Carer, Home, homes
from tablet_loans.domain.clause import LONGEST, fields_said, is_balanced, spelled, unknown_field
from tablet_loans.domain.errors import LoanNotOpen, NothingToPrint, Refusal
from tablet_loans.domain.loan import LOAN_WORDS, LoanState
from tablet_loans.text import N_, sort_key


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
REMINDERS: Final = (LetterKind.REMINDER_1, LetterKind.REMINDER_2, LetterKind.REMINDER_3)
DAYS: Final[Mapping[LetterKind, int]] = {
    LetterKind.REMINDER_1: 15, LetterKind.REMINDER_2: 10, LetterKind.REMINDER_3: 8, LetterKind.RECALL: 15,
    LetterKind.DAMAGE: 15, LetterKind.LOSS: 5,
}  # fmt: skip
"""How many days a letter gives, where nobody says otherwise."""
_SPACES: Final = re.compile(r"[^\S\u00a0\u202f]+")
LEAST_CLAIM_CENTS: Final = 1_500
"""What is under it is not claimed. Source: CGCT, article D1611-1."""
FIELDS: Final = (
    "authority", "campaign", "school", "pupil", "class_name", "number", "device", "tag", "serial", "kit", "lent_on",
    "due_on", "due_later", "deadline", "return_place", "helpline", "value", "charge", "left_on", "returned_on",
    "damaged", "missing", "declared", "theft_by",
)  # fmt: skip
"""What the text of a letter may name."""


class LetterMissing(Refusal):
    """No text is written for this kind of letter in this language."""

    sentence = N_("There is no text for this letter in this language: {file}.")
    way_out = N_("Choose another language, or write the text.")


class BadLetterText(Refusal):
    """The text of a letter has no subject or nothing below it, is too long, or has a bracket left open."""

    sentence = N_("The text of the letter {file} cannot be used: its subject, its length or its brackets are wrong.")
    way_out = N_("Write the subject on the first line, {{field}} for what is filled in, [..] around what may be empty.")


class UnknownLetterField(Refusal):
    """The text of a letter names what nobody fills in."""

    sentence = N_("The text of the letter {file} names {{{field}}}, which does not exist.")
    way_out = N_("Choose one of these: {fields}.")


class NobodyOverdue(NothingToPrint):
    """No device chosen is overdue."""

    sentence = N_("No device chosen is overdue: there is nobody to remind.")
    way_out = N_("Choose another campaign, school or class, or fewer days.")


class NobodyToWrite(NothingToPrint):
    """No loan chosen calls for this letter."""

    sentence = N_("No loan chosen calls for this letter: {kind}.")
    way_out = N_("Choose another campaign, school or class, or name the loans.")


class NotOverdue(Refusal):
    """A loan that is named is not overdue."""

    sentence = N_("The device of loan {loan} is due on {due_on}: there is nothing to remind of.")
    way_out = N_("Write a recall if it must come back before.")


class NothingNoted(Refusal):
    """A loan that is named came back whole, or is not back."""

    sentence = N_("Nothing was noted when the device of loan {loan} came back.")
    way_out = N_("Note the damage or what is missing when the device is returned.")


class NotLost(Refusal):
    """A loan that is named is over, its device back."""

    sentence = N_("The device of loan {loan} is not lost: {state}.")


class SeveralCampaigns(Refusal):
    """The loans chosen are of several campaigns, which do not write alike."""

    sentence = N_("The loans chosen are of several campaigns: {campaigns}.")
    way_out = N_("Name one campaign.")


@dataclass(frozen=True, slots=True)
class LetterChoice:
    """About which loans letters are written; nothing named lets everything through.

    `overdue_days` is the least for reminders, `days` the time a letter gives (None: the usual), and with `is_again`
    damage and loss are written of again.
    """

    campaign: str | None = None
    school: str | None = None
    class_name: str | None = None
    numbers: tuple[str, ...] = ()
    overdue_days: int = 1
    days: int | None = None
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class LetterText:
    """The text of one kind of letter; `{field}` is filled in, `[...]` left out when a field within it is empty."""

    kind: LetterKind
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class LetterSender:
    """What all letters of a run say alike: who writes, from where, when, in which language."""

    authority: str
    campaign: str
    place: str
    helpline: str
    written_on: date
    language: str
    representative: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one home, its fields filled in; a pupil with two homes has two letters about one loan.

    `name`, `class_name` and `school` tell the pupil; `emails` are those of the people of this home alone. The first
    paragraph is the salutation.
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
    device: str = ""
    tag: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class WrittenLetters:
    """What was written: letters, about how many loans, in which file.

    `without_address` names the loans of which a letter is handed over by the school, `skipped_level` those whose
    reminder before this one was never sent.
    """

    letters: int
    loans: int
    without_address: tuple[str, ...]
    skipped_level: tuple[str, ...]
    file: str


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """An overdue loan as lists show it: the last reminder since it was due, and the next one, if any."""

    loan: str
    pupil: str
    school: str
    class_name: str
    due: date
    overdue_days: int
    last: LetterKind | None
    last_on: date | None
    next: LetterKind | None


def letter_from(kind: LetterKind, written: str, file: str) -> LetterText:
    """Return the text of a letter whose first line is its subject. Raises: BadLetterText, UnknownLetterField."""
    subject, _, text = (part.strip() for part in written.strip().partition("\n"))
    whole = f"{subject}\n{text}"
    if not subject or not text or len(whole) > LONGEST or not all(is_balanced(each) for each in (subject, text)):
        raise BadLetterText(file=file)
    if (field := unknown_field(whole, FIELDS)) is not None:
        raise UnknownLetterField(file=file, field=field, fields=fields_said(FIELDS))
    return LetterText(kind, subject, text)


def filled_letter(text: LetterText, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return the subject and the paragraphs with their fields filled in; a paragraph left empty is left out."""
    one_line = {name: _SPACES.sub(" ", value).strip() for name, value in values.items()}
    paragraphs = (spelled(line, one_line).strip() for line in text.text.splitlines())
    return spelled(text.subject, one_line), tuple(each for each in paragraphs if each)


def homes_written_to(carers: Sequence[Carer], *, name: str, is_adult: bool) -> tuple[tuple[Home, tuple[str, ...]], ...]:
    """Return each home and the mail addresses of its people alone; an adult pupil is written to at the first one.

    No mail address of an adult pupil is known: a guardian's would tell what is no longer theirs.
    """
    found = homes(carers)
    if is_adult:
        return ((Home((name,), found[0].address), ()),)
    chosen = [each for each in carers if each.is_institution] or carers
    emails: dict[str, dict[str, None]] = {}
    for carer in chosen:
        if email := carer.email.strip():
            emails.setdefault(sort_key(carer.address), {})[email] = None
    return tuple((home, tuple(emails.get(sort_key(home.address), ()))) for home in found)


def next_reminder(last: LetterKind | None) -> LetterKind | None:
    """Return the reminder that follows, or None after the last one."""
    place = -1 if last is None else REMINDERS.index(last)
    return REMINDERS[place + 1] if place + 1 < len(REMINDERS) else None


def is_skipping(kind: LetterKind, last: LetterKind | None) -> bool:
    """Say whether a reminder is sent though the one before it was not."""
    return kind in REMINDERS and REMINDERS.index(kind) > (0 if last is None else REMINDERS.index(last) + 1)


def claimed_cents(price_cents: int | None) -> int | None:
    """Return what may be claimed at most, None when it is not known, 0 when it is too little to be claimed."""
    return 0 if price_cents is not None and price_cents < LEAST_CLAIM_CENTS else price_cents


def why_no_letter(
    kind: LetterKind, number: str, state: LoanState, due_on: date, *, has_damage: bool, today: date
) -> Refusal | None:
    """Return why a loan calls for no such letter, or None."""
    if kind is LetterKind.DAMAGE:
        return None if has_damage else NothingNoted(loan=number)
    if kind is LetterKind.LOSS:
        is_lost = state in (LoanState.LOST, LoanState.STOLEN, LoanState.OPEN)
        return None if is_lost else NotLost(loan=number, state=LOAN_WORDS[state])
    if state is not LoanState.OPEN:
        return LoanNotOpen(loan=number, state=LOAN_WORDS[state])
    if kind in REMINDERS and due_on >= today:
        return NotOverdue(loan=number, due_on=due_on.isoformat())
    return None
