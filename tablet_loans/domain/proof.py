"""A proof that an applied plan is what it claims: made again from what was kept, and held against what was chained."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from tablet_loans.domain.allocation import Choice, Outcome
from tablet_loans.domain.matching import Features
from tablet_loans.domain.pupil import PupilId
from tablet_loans.text import N_

Promised = tuple[PupilId, Features]


class Problem(StrEnum):
    """What does not hold."""

    DOSSIER = "dossier"
    """What the plan was made from is not the text whose digest it bears."""
    VERSION = "version"
    """The plan was made in another way than this program's: it cannot make it again."""
    CHOICES = "choices"
    """Made again, it ranks or serves others, or otherwise."""
    PLACES = "places"
    """Made again, it takes devices from other places, and is the same but for that."""
    LEDGER = "ledger"
    """No chained line, true to its hash, says that a plan of this digest was applied."""
    SEED = "seed"
    """The seed is not the one whose hash was published when the campaign was created."""
    PROMISES = "promises"
    """The promises that were made are not those it decides."""


PROBLEM_WORDS: Final[Mapping[str, str]] = {
    Problem.DOSSIER: N_("the dossier is not the one whose digest the plan bears"),
    Problem.VERSION: N_("the plan was made by another version of the program"),
    Problem.CHOICES: N_("made again, it decides otherwise"),
    Problem.PLACES: N_("made again, it takes tablets from other places"),
    Problem.LEDGER: N_("no line of the ledger says that this plan was applied"),
    Problem.SEED: N_("the seed is not the one whose fingerprint was published"),
    Problem.PROMISES: N_("the promises made are not those it decides"),
}


class Part(StrEnum):
    """What two choices for a pupil may differ in."""

    PUPILS = "pupils"
    RANKS = "ranks"
    OUTCOMES = "outcomes"
    CLASSES = "classes"
    REASONS = "reasons"
    PLACES = "places"


def differing(made: Iterable[Choice], kept: Iterable[Choice]) -> dict[Part, int]:
    """Return for how many pupils two makings of a plan differ, and in what; nothing where they are the same."""
    ones, others = ({each.pupil: each for each in choices} for choices in (made, kept))
    counts = Counter({Part.PUPILS: len(ones.keys() ^ others.keys())})
    for pupil in ones.keys() & others.keys():
        if ones[pupil] != others[pupil]:
            counts.update(_parts(ones[pupil], others[pupil]))
    return {part: counts[part] for part in Part if counts[part]}


def _parts(one: Choice, other: Choice) -> list[Part]:
    compared = {
        Part.RANKS: one.rank != other.rank,
        Part.OUTCOMES: one.outcome is not other.outcome,
        Part.CLASSES: one.features != other.features,
        Part.REASONS: (one.school, one.grounds, one.shortage, one.ahead)
        != (other.school, other.grounds, other.shortage, other.ahead),
        Part.PLACES: one.home != other.home,
    }
    return [part for part, is_other in compared.items() if is_other]


def problem_of(differences: Mapping[Part, int]) -> Problem | None:
    """Return what to make of the differences between two makings of a plan."""
    if not differences:
        return None
    return Problem.PLACES if set(differences) == {Part.PLACES} else Problem.CHOICES


def are_promised(choices: Sequence[Choice], promises: Iterable[Promised]) -> bool:
    """Say whether just what these choices decide was promised."""
    decided = Counter((each.pupil, each.features or frozenset()) for each in choices if each.outcome is Outcome.SERVED)
    return decided == Counter(promises)
