"""A plan in words: its state, its number, and in a line what it decides for a pupil."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from tablet_loans.domain.allocation import Choice, Outcome
from tablet_loans.domain.chronicle import CampaignAct
from tablet_loans.domain.plan import PlanHead, PlanState, PupilChoice
from tablet_loans.domain.reasons import features_said, grounds_said
from tablet_loans.text import N_, tr, trn
from ui import words
from ui.plan_reading import Seen
from ui.theme import Tone

OUTCOME_TONES: Final[Mapping[Outcome, Tone]] = {
    Outcome.SERVED: Tone.OK,
    Outcome.WAITING: Tone.WARN,
    Outcome.EXCLUDED: Tone.SOFT,
}
_STATES: Final[Mapping[PlanState, str]] = {
    PlanState.DRAFT: N_("Plan no. {number}, not applied"),
    PlanState.APPLIED: N_("Plan no. {number}, applied"),
    PlanState.WITHDRAWN: N_("Plan no. {number}, withdrawn"),
}
_TONES: Final[Mapping[PlanState, Tone]] = {
    PlanState.DRAFT: Tone.WARN,
    PlanState.APPLIED: Tone.OK,
    PlanState.WITHDRAWN: Tone.SOFT,
}


class MarkAct(StrEnum):
    """What a person decides by hand for a pupil."""

    PIN = "pin"
    SET_ASIDE = "set_aside"
    TAKE_BACK = "take_back"
    RELEASE = "release"


def state_said(head: PlanHead) -> tuple[str, Tone]:
    """Return which plan it is and what became of it, and the tone of that."""
    return tr(_STATES[head.state]).format(number=head.id), _TONES[head.state]


def made_said(head: PlanHead, act: CampaignAct | None = None) -> str:
    """Return when and by whom a plan was made, when and by whom (`act`) it was applied, and when withdrawn."""
    made = tr("made {moment} by {person}").format(moment=words.day_and_time(head.made_at), person=head.made_by)
    applied = ""
    if act is not None:
        applied = tr("applied {moment} by {person}").format(moment=words.day_and_time(act.when), person=act.who)
    elif head.applied_at is not None:
        applied = tr("applied {moment}").format(moment=words.day_and_time(head.applied_at))
    withdrawn = words.day_and_time(head.withdrawn_at) if head.withdrawn_at else ""
    gone = tr("withdrawn {moment}").format(moment=withdrawn) if withdrawn else ""
    return words.joined(made, applied, gone)


def caution_said(seen: Seen) -> str:
    """Return what speaks against reserving the plan shown, or sets it apart, in a few words; or nothing."""
    if seen.is_overruled():
        return tr("The rules changed since: make the plan again")
    if seen.is_overtaken():
        return tr("Promises changed since: make the plan again")
    return tr("Other rules than the campaign's") if seen.is_under_other_rules() else ""


def listed_said(head: PlanHead) -> str:
    """Return a plan as a list of choices shows it."""
    served = trn("{count} served", "{count} served", head.served).format(count=words.number(head.served))
    return words.joined(state_said(head)[0], words.day_and_time(head.made_at), served)


def reserve_said(count: int) -> str:
    """Return what the one button does."""
    return trn("Reserve {count} tablet", "Reserve {count} tablets", count).format(count=words.number(count))


def made_told(head: PlanHead) -> str:
    """Return what is said of a plan that was just made."""
    return tr("Plan no. {number} is made: {served} of {eligible} are served.").format(
        number=head.id, served=words.number(head.served), eligible=words.number(head.eligible)
    )


def reserved_told(head: PlanHead) -> str:
    """Return what is said of a plan that was just applied."""
    said = trn("{count} tablet is reserved.", "{count} tablets are reserved.", head.served)
    return said.format(count=words.number(head.served))


def overtaken_told(head: PlanHead, previewed: int | None) -> str:
    """Return why a plan that somebody looked at before reserving is left; `head` is the one that is shown now."""
    said = tr("The plan has changed meanwhile: look at plan no. {number} before reserving.")
    if head.id == previewed:
        said = tr("Plan no. {number} cannot be reserved as it was: something was decided meanwhile.")
    return said.format(number=head.id)


def name_said(row: PupilChoice) -> str:
    """Return a pupil's name and class."""
    return " · ".join(part for part in (row.name, row.class_name) if part)


def short_reason(row: PupilChoice) -> str:
    """Return in a line what is decided, beginning with the word for it."""
    choice = row.choice
    if choice.outcome is Outcome.SERVED:
        would = row.state is PlanState.DRAFT
        said = tr("Would be attributed: {grounds}") if would else tr("Attributed: {grounds}")
        return said.format(grounds=grounds_said(choice.grounds))
    if choice.outcome is Outcome.EXCLUDED:
        return tr("Set aside: {note}").format(note=row.note) if row.note else tr("Set aside by a person")
    return _waiting(choice)


def _waiting(choice: Choice) -> str:
    needed = features_said(choice.grounds.required)
    if choice.shortage is None or choice.shortage.rank == 0:
        return tr("Waiting: {features}, there is none").format(features=needed)
    rank = words.number(choice.shortage.rank)
    return tr("Waiting: {features}, none left after rank {rank}").format(features=needed, rank=rank)
