"""A need: what a family says it has at home, asked for one campaign; each answer is kept, the latest counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tablet_loans.domain.campaign import STATUS_WORDS, CampaignStatus
from tablet_loans.domain.errors import CampaignNotOpen, OtherSchool, PupilHasLeft, Refusal
from tablet_loans.domain.pupil import PupilId, written_name
from tablet_loans.text import N_, search_key

LONGEST_WHO: Final = 80
MOST_AT_ONCE: Final = 2_000
MOST_OF_A_FILE: Final = 5_000  # twice the largest school: its file is one act, undone as one
_ASKING: Final = frozenset({CampaignStatus.DRAFT, CampaignStatus.OPEN})


class NeedsClosed(Refusal):
    """The campaign's needs are closed, for good: the guardians whom they needed are gone."""

    sentence = N_("The needs of the campaign “{campaign}” are closed.")
    way_out = N_("Record them in another campaign: closed needs are not opened again.")


class NotConfirmed(Refusal):
    """Nobody is there to confirm what is not undone."""

    sentence = N_("Closed needs are not opened again, and nobody is there to confirm: nothing was written.")
    way_out = N_("Add --yes to close those of “{campaign}”.")


class TooManyAnswers(Refusal):
    """More answers than one act keeps."""

    sentence = N_("{count} answers are too many at once: at most {most}.")
    way_out = N_("Import them as a file.")


class AskedLater(Refusal):
    """The day of the answer is still to come; it would outlast every other one."""

    sentence = N_("The day of the answer, {asked_on}, is still to come.")
    way_out = N_("Correct the date.")


class NobodyToAsk(Refusal):
    """No pupil of the school or class is on the roll."""

    sentence = N_("No pupil is on the roll there: there is nobody to ask.")
    way_out = N_("Import the school's list, or choose another class.")


class ClassWithoutSchool(Refusal):
    """A class was named, and no school: many have a class of that name."""

    sentence = N_("A class is one of a school: say which.")


class NoSuchClass(Refusal):
    """Nobody on the roll of the school is in a class of that name."""

    sentence = N_("Nobody of the school {school} is in a class called “{class_name}”.")
    way_out = N_("Its classes are: {classes}.")


class Equipment(StrEnum):
    """What there is at home to follow lessons with."""

    NONE = "none"
    PHONE = "phone"
    SHARED = "shared"
    OWN = "own"


EQUIPMENT_WORDS: Final[Mapping[str, str]] = {
    Equipment.NONE: N_("Nothing"),
    Equipment.PHONE: N_("A phone only"),
    Equipment.SHARED: N_("Shared with others"),
    Equipment.OWN: N_("Own equipment"),
}


class Source(StrEnum):
    """How an answer came."""

    WORKBOOK = "workbook"
    GRID = "grid"
    SURVEY = "survey"
    FORM = "form"
    COMMAND = "command"


SOURCE_WORDS: Final[Mapping[str, str]] = {
    Source.WORKBOOK: N_("school workbook"),
    Source.GRID: N_("entered here"),
    Source.SURVEY: N_("survey"),
    Source.FORM: N_("class form"),
    Source.COMMAND: N_("command line"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one family answers: equipment, a SIM card needed, and the school's priority, which is given no reason."""

    equipment: Equipment
    is_cellular: bool = False
    is_priority: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """When a pupil's family was asked, who answered, and how it reached us."""

    asked_on: date
    answered_by: str
    source: Source


class Heard(StrEnum):
    """What became of an answer: it is a pupil's first, it replaced another, it is older, or it was known.

    An older one is kept beside the one that counts; a known one is not written again.
    """

    FIRST = "first"
    CHANGED = "changed"
    OLDER = "older"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A pupil and the answer that counts in a campaign; `answer` is None until somebody answers.

    `household_loans` counts the open loans of the other pupils of the household. An answer is `to_confirm` while it
    is one of the campaign before, carried over.
    """

    pupil_id: PupilId
    family_name: str
    usage_name: str
    given_name: str
    school: str
    class_name: str
    answer: Answer | None
    told: Told | None
    loan: str | None
    household_loans: int
    to_confirm: bool = False

    @property
    def name(self) -> str:
        """Return the name as it is written at the counter."""
        return written_name(self.family_name, self.usage_name, self.given_name)


def lacks(equipment: Equipment) -> bool:
    """Say whether a pupil with this equipment is in need."""
    return equipment is not Equipment.OWN


def is_later(asked_on: date, than: date) -> bool:
    """Say whether an answer replaces the one that counts: on the same day, the one that comes last does."""
    return asked_on >= than


def heard(counts: tuple[Answer, Told] | None, answer: Answer, told: Told, *, is_to_confirm: bool = False) -> Heard:
    """Return what becomes of an answer beside the one that counts; an older one that differs may be kept already.

    What counts only until it is confirmed is replaced by the very same answer, unless that is older.
    """
    if counts is None:
        return Heard.FIRST
    kept, kept_told = counts
    is_confirmed = is_to_confirm and is_later(told.asked_on, kept_told.asked_on)
    if answer == kept and told.asked_on <= kept_told.asked_on and not is_confirmed:
        return Heard.SAME
    return Heard.CHANGED if is_later(told.asked_on, kept_told.asked_on) else Heard.OLDER


def is_same_class(one: str, other: str) -> bool:
    """Say whether two texts name one class: 5e B, 5EB and 5e-b do."""
    return search_key(one).replace(" ", "") == search_key(other).replace(" ", "")


def why_not_told(told: Told, today: date) -> Refusal | None:
    """Return why nobody can have said this, or None."""
    return AskedLater(asked_on=told.asked_on.isoformat()) if told.asked_on > today else None


def why_not_ask(campaign: str, status: CampaignStatus, *, is_closed: bool) -> Refusal | None:
    """Return why no need is recorded in a campaign, or None; a draft asks before its first day."""
    if is_closed:
        return NeedsClosed(campaign=campaign)
    return None if status in _ASKING else CampaignNotOpen(campaign=campaign, status=STATUS_WORDS[status])


def why_not_answer(*, left_on: date | None, school: str, takes_part: bool, today: date) -> Refusal | None:
    """Return why a pupil's answer is not recorded, or None."""
    if left_on is not None and left_on <= today:
        return PupilHasLeft(left_on=left_on.isoformat())
    return None if takes_part else OtherSchool(school=school)


@dataclass(frozen=True, slots=True)
class NeedFilter:
    """Whose needs a list shows, in one campaign; None and "" let everything through.

    `is_answered` tells those who answered from those who have not; `equipment` and `to_confirm` choose among the
    answers.
    """

    campaign: str
    school: str | None = None
    class_name: str | None = None
    is_answered: bool | None = None
    equipment: Equipment | None = None
    search: str = ""
    to_confirm: bool | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many pupils of a school or class there are, how many answered, and what; `name` is the UAI or the class.

    `to_confirm` counts the answers of the campaign before, which count until they are confirmed or replaced.
    """

    name: str
    pupils: int
    answered: int
    by_equipment: Mapping[Equipment, int]
    cellular: int
    priority: int
    to_confirm: int = 0

    @property
    def lacking(self) -> int:
        """Return how many answered that they lack equipment."""
        return sum(count for equipment, count in self.by_equipment.items() if lacks(equipment))


@dataclass(frozen=True, slots=True)
class ClosedNeeds:
    """What went when a campaign's needs were closed: guardians, and phone numbers of pupils without a need."""

    guardians: int
    phones: int


@dataclass(frozen=True, slots=True)
class SilentSchool:
    """A school whose answers are missing: whom to write to, and the classes of which nobody answered."""

    uai: str
    name: str
    email: str
    commune: str
    pupils: int
    answered: int
    silent_classes: tuple[str, ...]

    @property
    def missing(self) -> int:
        """Return how many answers are missing."""
        return self.pupils - self.answered
