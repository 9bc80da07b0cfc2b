"""Reasons: why a pupil receives a device or waits, in a sentence that a parent can read; kept as codes until then."""

from collections.abc import Iterable, Mapping
from typing import Final

from tablet_loans.domain.allocation import Choice, Outcome
from tablet_loans.text import N_, tr, trn

FEATURE_WORDS: Final[Mapping[str, str]] = {
    "cellular": N_("with a SIM card"),
    "keyboard": N_("with a keyboard"),
    "stylus": N_("with a stylus"),
}


def reason(choice: Choice, eligible: int) -> str:
    """Return why, in the language in use; `eligible` is how many were ranked."""
    if choice.outcome is Outcome.EXCLUDED:
        return tr("Set aside by a person; the note tells why.")
    if choice.shortage is None:
        said = tr("Rank {rank} of {eligible}: a device {features} is promised.")
        return said.format(rank=choice.rank, eligible=eligible, features=features_said(choice.features or ()))
    wanted = " · ".join(sorted({features_said(each) for each in choice.shortage.classes})) or tr("of that kind")
    ahead = trn("{count} pupil comes before", "{count} pupils come before", choice.ahead).format(count=choice.ahead)
    if choice.shortage.rank == 0:
        said = tr("Waiting at rank {rank} of {eligible}: there is no device {wanted}. {ahead}.")
    else:
        said = tr(
            "Waiting at rank {rank} of {eligible}: devices {wanted} ran out at rank {last}. {ahead};"
            " one more such device serves the first who waits."
        )
    return said.format(rank=choice.rank, eligible=eligible, wanted=wanted, last=choice.shortage.rank, ahead=ahead)


def features_said(features: Iterable[str]) -> str:
    """Return what a class of device has, in words."""
    return ", ".join(tr(FEATURE_WORDS.get(each, each)) for each in sorted(features)) or tr("without extras")
