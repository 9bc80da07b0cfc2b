"""A mark: a pupil pinned or set aside by a person, in all plans of a campaign until it is taken back, and why."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.pupil import PupilId
from tablet_loans.text import N_, sort_key

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


class PinInVain(Refusal):
    """The pin could never do anything: no plan has anything to decide for this pupil."""


class NothingAnswered(PinInVain):
    """The family has not said what the pupil lacks."""

    sentence = N_("Pinning this pupil would do nothing: no need was answered in the campaign “{campaign}”.")
    way_out = N_("Record the need first.")


class OwnsOne(PinInVain):
    """The family said that the pupil has equipment of her or his own."""

    sentence = N_("Pinning this pupil would do nothing: the family said that there is equipment at home.")
    way_out = N_("Correct the need if that is no longer so.")


class HoldsOne(PinInVain):
    """The pupil has a device already."""

    sentence = N_("Pinning this pupil would do nothing: a tablet is lent already.")


class PromisedOne(PinInVain):
    """The pupil was promised a device already."""

    sentence = N_("Pinning this pupil would do nothing: a tablet is promised already.")
    way_out = N_("A promise is kept, whatever the plans to come.")


def why_not_pin(campaign: str, equipment: Equipment | None, *, is_lent: bool, is_promised: bool) -> PinInVain | None:
    """Return why a pin would do nothing, or None; `equipment` is None where nothing was answered."""
    if is_lent:
        return HoldsOne()
    if is_promised:
        return PromisedOne()
    if equipment is None:
        return NothingAnswered(campaign=campaign)
    return OwnsOne() if equipment is Equipment.OWN else None


class NotPromised(Refusal):
    """There is no promise to release."""

    sentence = N_("Nothing is promised to this pupil in the campaign “{campaign}”.")
    way_out = N_("A tablet that was lent is returned at the counter.")


class NoteTooLong(Refusal):
    """A note is a sentence, not a letter."""

    sentence = N_("The note has {length} signs; at most {longest} are kept.")
    way_out = N_("Say it in a sentence.")


class NoteNamesPupil(Refusal):
    """A note is read by others, and stays: it says why, not who."""

    sentence = N_("The note names the pupil: it stays listed, and others read it.")
    way_out = N_("Say why without the name.")


def noted(text: str, names: Collection[str] = ()) -> str:
    """Return a note as it is kept, on one line. Raises: NoteNeeded, NoteTooLong, NoteNamesPupil.

    `names` are the pupil's; one word that is only spelled alike, in small letters, is none.
    """
    note = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not note:
        raise NoteNeeded()
    if len(note) > LONGEST_NOTE:
        raise NoteTooLong(length=len(note), longest=LONGEST_NOTE)
    known = {part for name in names for part in sort_key(name).split() if len(part) > 1}
    words = re.findall(r"\w+", note)
    named = {sort_key(word) for word in words} & known
    if len(named) > 1 or any(word[0].isupper() and sort_key(word) in known for word in words):
        raise NoteNamesPupil()
    return note
