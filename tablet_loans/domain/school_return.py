"""A school's return: what its workbook says when it comes back, what is understood of it, and why it is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.need import LONGEST_WHO, Answer, Equipment, Source, Told
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.workbook import EQUIPMENT_OFFERED, SPARE, Sealed
from tablet_loans.text import N_, sort_key

NOT_LISTED: Final = N_("This pupil is not on the school's list: import or add the pupil, then record the answer.")
NOT_AN_EQUIPMENT: Final = N_("“{written}” is not one of the answers offered for the equipment.")
NOT_YES_OR_NO: Final = N_("“{written}” is neither yes nor no.")
NOT_A_PAST_DAY: Final = N_("“{written}” is not a date up to today.")
NO_EQUIPMENT: Final = N_("The equipment is missing: the rest of the line is not taken.")
SEVERAL_ANSWERS: Final = N_("This pupil stands on several lines with different answers: none is taken.")
LATER_COUNTS: Final = N_("A later answer counts for this pupil: this one does not.")
GONE: Final = N_("This pupil is no longer in the base.")
_WORDS: Final[Mapping[str, Equipment]] = {
    **{sort_key(word): equipment for equipment, word in EQUIPMENT_OFFERED.items()},
    **{equipment.value: equipment for equipment in Equipment},
    "nothing": Equipment.NONE,
    "aucun": Equipment.NONE,
    "aucun equipement": Equipment.NONE,
    "neant": Equipment.NONE,
    "telephone": Equipment.PHONE,
    "smartphone": Equipment.PHONE,
    "a phone only": Equipment.PHONE,
    "partage avec d autres": Equipment.SHARED,
    "shared with others": Equipment.SHARED,
    "equipement personnel": Equipment.OWN,
    "own equipment": Equipment.OWN,
}
_YES: Final = frozenset({"oui", "o", "yes", "y", "x", "1", "true", "vrai"})
_NO: Final = frozenset({"", "non", "n", "no", "0", "false", "faux"})


class NotWhatWasSent(Refusal):
    """The beginning of the workbook was changed: campaign, school, date or its seal."""

    sentence = N_("This workbook is not as it was sent: its campaign, its school or its seal was altered.")
    way_out = N_("Send the school a new workbook, or enter its answers in the grid.")


class NamesAltered(Refusal):
    """Class, names or number were changed on some rows."""

    sentence = N_("The school altered a class, a name or a row's number on {count} line(s): {lines}.")
    way_out = N_("Send the school a new workbook; new pupils go on the free lines at its end.")


class OtherCampaignsWorkbook(Refusal):
    """The workbook was made for another campaign."""

    sentence = N_("This workbook belongs to another campaign: “{campaign}”.")
    way_out = N_("Import it into that campaign.")


class OtherSchoolsWorkbook(Refusal):
    """The workbook, or some of its rows, belong to another school."""

    sentence = N_("This workbook, or lines of it, belong to another school: {school}.")
    way_out = N_("Ask each school for its own workbook.")


class SchoolNotAsked(Refusal):
    """The school does not take part in the campaign."""

    sentence = N_("The school {school} is not part of the campaign.")
    way_out = N_("Add the school to the campaign, or choose another campaign.")


class NewerWorkbook(Refusal):
    """The workbook was made by a newer version of the program."""

    sentence = N_("This workbook was made by a newer version of the program.")
    way_out = N_("Install that version on this computer.")


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A line that came back, all as text; `mark` is empty or `SPARE` when the school wrote it on a free line.

    `asked_on` is an ISO date when it could be read as one.
    """

    line: int
    mark: str
    class_name: str
    name: str
    given_name: str
    equipment: str
    cellular: str
    priority: str
    asked_on: str
    answered_by: str

    @property
    def is_spare(self) -> bool:
        """Say whether the school itself wrote the pupil on this line."""
        return self.mark in ("", SPARE)

    @property
    def shown(self) -> tuple[str, str, str]:
        """Return the fixed cells that the seal covers."""
        return self.class_name, self.name, self.given_name

    @property
    def read(self) -> str:
        """Return what stands on the line, as a person reads it."""
        cells = (self.class_name, self.name, self.given_name, self.equipment, self.cellular, self.priority,
                 self.asked_on, self.answered_by)  # fmt: skip
        return " · ".join(cell for cell in cells if cell)


@dataclass(frozen=True, slots=True)
class ReturnedWorkbook:
    """A workbook that came back from a school."""

    head: Sealed
    rows: tuple[ReturnedRow, ...]


def equipment_said(text: str) -> Equipment | None:
    """Return the equipment that a cell says, whatever its case and accents, or None."""
    return _WORDS.get(sort_key(text))


def is_yes(text: str) -> bool | None:
    """Say whether a cell says yes; an empty one says no, and one that is not understood is None."""
    said = sort_key(text)
    if said in _YES:
        return True
    return False if said in _NO and (said or not text.strip()) else None


def understood(row: ReturnedRow, *, made_on: date, today: date) -> tuple[Answer, Told] | Problem | None:
    """Return the answer on a line, why it is not understood, or None when nobody answered.

    An answer without a date is dated from the day the workbook was made: an answer known to be later stays the one
    that counts.
    """
    cellular, priority = is_yes(row.cellular), is_yes(row.priority)
    if not row.equipment:
        return None if cellular is False and priority is False else Problem(row.line, NO_EQUIPMENT)
    if (equipment := equipment_said(row.equipment)) is None:
        return Problem(row.line, NOT_AN_EQUIPMENT, {"written": row.equipment})
    if cellular is None or priority is None:
        return Problem(row.line, NOT_YES_OR_NO, {"written": row.cellular if cellular is None else row.priority})
    asked_on = _day(row.asked_on) if row.asked_on else made_on
    if asked_on is None or asked_on > today:
        return Problem(row.line, NOT_A_PAST_DAY, {"written": row.asked_on})
    return Answer(equipment, cellular, priority), Told(asked_on, row.answered_by[:LONGEST_WHO], Source.WORKBOOK)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
