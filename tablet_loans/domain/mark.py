"""A mark: a pupil pinned or set aside by a person, in all plans of a campaign until it is taken back, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.pupil import PupilId
from tablet_loans.text import N_

LONGEST_NOTE: Final = 250


class MarkKind(StrEnum):
    """What a mark does: who is pinned comes before all others, who is excluded receives nothing."""

    PINNED = "pinned"
    EXCLUDED = "excluded"


MARK_WORDS: Final[Mapping[str, str]] = {
    MarkKind.PINNED: N_("pinned"),
    MarkKind.EXCLUDED: N_("set aside"),
}


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A mark as it is listed; one that was taken back is no longer current, and stays listed."""

    pupil_id: PupilId
    name: str
    school: str
    kind: MarkKind
    note: str
    made_by: str
    made_at: datetime
    is_current: bool


class NoteNeeded(Refusal):
    """Nobody says why."""

    sentence = N_("Say why: what is decided by hand stays listed with its reason.")
    way_out = N_("Add a note, without a name.")


class NotMarked(Refusal):
    """The pupil is neither pinned nor set aside."""

    sentence = N_("This pupil is neither pinned nor set aside in the campaign “{campaign}”.")
