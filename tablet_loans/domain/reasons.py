"""Reasons: why a pupil receives a device or waits, in a sentence that a parent can read; kept as codes until then."""

from collections.abc import Iterable, Mapping
from typing import Final

from tablet_loans.domain.allocation import Choice, Grounds, Outcome
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.plan import PlanState
from tablet_loans.text import N_, grouped, tr, trn

FEATURE_WORDS: Final[Mapping[str, str]] = {
    "cellular": N_("with a SIM card"),
    "keyboard": N_("with a keyboard"),
    "stylus": N_("with a stylus"),
}
_HAS: Final[Mapping[Equipment, str]] = {
    Equipment.NONE: N_("no equipment at home"),
    Equipment.PHONE: N_("a phone only"),
    Equipment.SHARED: N_("equipment shared with others"),
    Equipment.OWN: N_("own equipment"),
}
_SERVED: Final[Mapping[PlanState, tuple[str, str]]] = {
    PlanState.DRAFT: (
        N_("Would be attributed at rank {rank} of {eligible}: {grounds}."), N_("A tablet{extras} would be promised."),
    ),
    PlanState.APPLIED: (
        N_("Attributed at rank {rank} of {eligible}: {grounds}."), N_("A tablet{extras} is promised."),
    ),
    PlanState.WITHDRAWN: (
        N_("Attributed at rank {rank} of {eligible}: {grounds}."),
        N_("A tablet{extras} was promised until the plan was withdrawn."),
    ),
}  # fmt: skip
_WAITS: Final = N_("Waiting at rank {rank} of {eligible}: {grounds}.")
_ALL_GIVEN: Final = N_("All tablets{extras} are attributed before this rank, the last one at rank {last}.")
_WAITING: Final[Mapping[PlanState, tuple[str, str]]] = {
    PlanState.DRAFT: (
        N_("Would wait at rank {rank} of {eligible}: {grounds}."),
        N_("All tablets{extras} would be attributed before this rank, the last one at rank {last}."),
    ),
    PlanState.APPLIED: (_WAITS, _ALL_GIVEN),
    PlanState.WITHDRAWN: (_WAITS, _ALL_GIVEN),
}


def reason(choice: Choice, eligible: int, state: PlanState = PlanState.APPLIED, *, note: str = "") -> str:
    """Return why, in the language in use; `eligible` is how many were ranked by the plan, which is in this state.

    `note` is what a person who set the pupil aside said, where the reader may see it.
    """
    if choice.outcome is Outcome.EXCLUDED:
        return tr("Set aside by a person: {note}").format(note=note) if note else tr("Set aside by a person.")
    facts = {"rank": grouped(choice.rank), "eligible": grouped(eligible), "grounds": grounds_said(choice.grounds)}
    if choice.shortage is None:
        ranked, promised = _SERVED[state]
        extras = _extras(choice.features or ())
        return f"{tr(ranked).format(**facts)} {tr(promised).format(extras=extras)}"
    ranked, given = _WAITING[state]
    extras, last = _extras(choice.grounds.required), choice.shortage.rank
    short = tr(given) if last else tr("There is no tablet{extras} to attribute.")
    said = short.format(extras=extras, last=grouped(last))
    return f"{tr(ranked).format(**facts)} {said} {change_said(choice)}"


def change_said(choice: Choice) -> str:
    """Return what would serve a pupil who waits: so many more tablets, for those who come before and for her or him.

    They are of the class that has just what is needed: another one could go to somebody else who waits before.
    """
    if choice.grounds.is_pinned:
        return tr("Pinned by a person, and nothing suits: add such a tablet.")
    needed = choice.ahead + 1
    said = trn("{count} more tablet {features} would do.", "{count} more tablets {features} would do.", needed)
    return said.format(count=grouped(needed), features=features_said(choice.grounds.required))


def grounds_said(grounds: Grounds) -> str:
    """Return what decided a rank, the strongest first."""
    said = [tr("pinned by a person")] if grounds.is_pinned else []
    said.append(tr(_HAS[grounds.equipment]))
    if grounds.is_priority:
        said.append(tr("priority of the school"))
    if grounds.is_capped:
        said.append(tr("priority beyond the school's share"))
    if grounds.is_exam_year:
        said.append(tr("exam year"))
    if grounds.nth:
        said.append(tr("device no. {number} of the home").format(number=grounds.nth + 1))
    else:
        said.append(tr("first device of the home"))
    return ", ".join(said)


def _extras(features: Iterable[str]) -> str:
    """Return what a tablet has, in words after a space, or nothing where it need not have anything."""
    required = list(features)
    return f" {features_said(required)}" if required else ""


def features_said(features: Iterable[str]) -> str:
    """Return what a class of device has, in words."""
    return ", ".join(tr(FEATURE_WORDS.get(each, each)) for each in sorted(features)) or tr("without extras")
