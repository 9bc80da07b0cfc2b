"""Reasons: why a pupil receives a device or waits, in a sentence that a parent can read; kept as codes until then."""

from collections.abc import Iterable, Mapping
from typing import Final

from tablet_loans.domain.allocation import Choice, Grounds, Outcome
from tablet_loans.domain.need import Equipment
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


def reason(choice: Choice, eligible: int) -> str:
    """Return why, in the language in use; `eligible` is how many were ranked."""
    if choice.outcome is Outcome.EXCLUDED:
        return tr("Set aside by a person; the note tells why.")
    facts = {"rank": grouped(choice.rank), "eligible": grouped(eligible), "grounds": grounds_said(choice.grounds)}
    if choice.shortage is None:
        said = tr("Attributed at rank {rank} of {eligible}: {grounds}. A device {features} is promised.")
        return said.format(**facts, features=features_said(choice.features or ()))
    facts["wanted"] = wanted_said(choice)
    if choice.shortage.rank == 0:
        said = tr("Waiting at rank {rank} of {eligible}: {grounds}. There is no device {wanted}.")
    else:
        facts["last"] = grouped(choice.shortage.rank)
        said = tr("Waiting at rank {rank} of {eligible}: {grounds}. Devices {wanted} ran out at rank {last}.")
    return f"{said.format(**facts)} {change_said(choice)}"


def change_said(choice: Choice) -> str:
    """Return what would serve a pupil who waits: so many more devices, for those who come before and for her or him."""
    if choice.grounds.is_pinned:
        return tr("Pinned by a person, and nothing suits: add such a device.")
    needed = choice.ahead + 1
    said = trn("{count} more such device would do.", "{count} more such devices would do.", needed)
    return said.format(count=grouped(needed))


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


def wanted_said(choice: Choice) -> str:
    """Return which devices a pupil who waits could receive."""
    classes = choice.shortage.classes if choice.shortage else frozenset()
    return " · ".join(sorted({features_said(each) for each in classes})) or features_said(choice.grounds.required)


def features_said(features: Iterable[str]) -> str:
    """Return what a class of device has, in words."""
    return ", ".join(tr(FEATURE_WORDS.get(each, each)) for each in sorted(features)) or tr("without extras")
