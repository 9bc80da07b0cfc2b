"""A correction: what a person knows better of a pupil than a school's file does, and which no file undoes."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.identifiers import Ine, compact, ine
from tablet_loans.domain.roster import LONGEST
from tablet_loans.text import N_

FIELDS: Final[Mapping[str, str]] = {
    "family_name": N_("Family name"),
    "usage_name": N_("Usage name"),
    "given_name": N_("Given name"),
    "birth_date": N_("Birth date"),
    "class_name": N_("Class"),
    "level": N_("Level"),
    "ine": N_("INE"),
    "phone": N_("Phone"),
    "school": N_("School (UAI)"),
}
"""What can be corrected, and its words."""

COLUMNS: Final[Mapping[str, str]] = {field: "school_id" if field == "school" else field for field in FIELDS}
"""The column in which the base keeps each of them."""

OF_A_SCHOOL: Final = frozenset({"class_name", "level"})
"""The columns that a correction fixes in one school alone: after a move the new school's file says them."""

_NEEDED: Final = ("family_name", "given_name")
_FIRST_YEAR: Final = 1900


class EmptyName(Refusal):
    """A pupil has a family name and a given name."""

    sentence = N_("A pupil needs a family name and a given name.")


class TextTooLong(Refusal):
    """A text is longer than the base keeps."""

    sentence = N_("“{text}...” is too long: {longest} characters at most.")


class InvalidIne(Refusal):
    """The text has none of the forms of an INE."""

    sentence = N_("“{ine}” is not an INE.")
    way_out = N_("It has 11 characters, such as 123456789AB; leave it empty when it is not known.")


class IneTaken(Refusal):
    """Another pupil bears the INE."""

    sentence = N_("The INE {ine} is that of another pupil: number {pupil}.")
    way_out = N_("Look which of the two is right in the school's file.")


class NotABirthDate(Refusal):
    """The date lies in the future, or too far in the past."""

    sentence = N_("{day} is not a birth date.")


class NotCorrectable(Refusal):
    """No field that a person corrects has this name."""

    sentence = N_("There is no field called “{field}”.")
    way_out = N_("The fields are: {fields}.")


def tidied(changes: Mapping[str, str | date | None]) -> dict[str, str | date | None]:
    """Return the changes as they are kept: spaces in order, an INE in capitals, no INE and no date as None."""
    tidy: dict[str, str | date | None] = {}
    for field, value in changes.items():
        text = " ".join(value.split()) if isinstance(value, str) else value
        if field == "ine":
            text = compact(text) or None if isinstance(text, str) else None
        tidy[field] = text or None if field in ("ine", "birth_date") else text or ""
    return tidy


def why_not_correct(changes: Mapping[str, str | date | None], today: date) -> Refusal | None:
    """Return why a pupil is not corrected so, or None; an INE whose check character is wrong is met in real files."""
    for field, value in changes.items():
        if field not in FIELDS:
            return NotCorrectable(field=field, fields=", ".join(FIELDS))
        if field in _NEEDED and not value:
            return EmptyName()
        if isinstance(value, str) and len(value) > (longest := LONGEST.get(field, len(value))):
            return TextTooLong(text=value[:20], longest=longest)
        if field == "ine" and value and ine(str(value)) is Ine.INVALID:
            return InvalidIne(ine=value)
        if field == "birth_date" and value is not None:
            is_a_day = isinstance(value, date) and value <= today and value.year >= _FIRST_YEAR
            if not is_a_day:
                return NotABirthDate(day=value)
    return None
