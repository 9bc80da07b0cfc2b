"""A decision as its letter tells it: what is decided for a pupil, why, what would change it, and how to contest it.

Source: a decision taken by an algorithm says so, with its purpose and the right to its rules (CRPA, articles
L. 311-3-1, R. 311-3-1-1 and R. 311-3-1-2); an unfavourable one gives its reasons (L. 211-2, L. 211-5) and the ways
and times to appeal (R. 421-5 of the code of administrative justice).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tablet_loans.domain.allocation import Choice, Outcome
from tablet_loans.domain.campaign import Wording
from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.plan import PlanId
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.reasons import reason
from tablet_loans.text import N_, grouped, tr

_SERVED: Final = N_("A tablet is attributed to {pupil}.")
_WAITING: Final = N_("No tablet can be attributed to {pupil} for now: the request waits at rank {rank}.")
_EXCLUDED: Final = N_("No tablet is attributed to {pupil}: the request was set aside by a person.")
_NEXT_SERVED: Final = N_(
    "The school tells you when and where the tablet is handed over, with a loan agreement to sign."
)
_NEXT_WAITING: Final = N_(
    "The rank is kept for every tablet that comes in or is returned. If what there is at home changes, tell the"
    " school: the request is then ranked anew."
)
_NEXT_EXCLUDED: Final = N_(
    "If the reason no longer holds, tell the school: the request is then ranked like the others."
)
_ALGORITHM: Final = (
    N_(
        "This decision was taken on the basis of an algorithmic process, whose purpose is to attribute the tablets"
        " there are to pupils who lack equipment, in an order that is the same for all. It uses the answer given on"
        " the equipment at home and its date, the school's request for priority, the class, the school, and whether"
        " another pupil of the home has a device."
    ),
    N_(
        "You have the right to be told the rules that define this process and the main features of how it was applied"
        " to you (code des relations entre le public et l'administration, articles L. 311-3-1 and R. 311-3-1-2): write"
        " to the authority. Without an answer within one month, you may turn to the Commission d'accès aux documents"
        " administratifs (CADA). The rules, and how far they went, stand in the public report of the campaign, which"
        " the authority publishes."
    ),
)
_APPEAL: Final = N_(
    "To contest this decision, you may within two months of receiving it ask the authority to look at it again (recours"
    " gracieux), or bring it before the administrative court. If you asked first, the two months before the court"
    " begin with the answer; two months without an answer are a refusal."
)


class NobodyToWriteTo(Refusal):
    """The applied plan decides for nobody there."""

    sentence = N_("The applied plan decides for no pupil of this school.")


@dataclass(frozen=True, slots=True)
class LetterHead:
    """What all letters of a campaign say alike."""

    authority: str
    campaign: str
    wording: Wording


@dataclass(frozen=True, slots=True)
class Home:
    """To whom a letter goes; all empty where no legal guardian is known."""

    name: str = ""
    address: str = ""
    postcode: str = ""
    commune: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a plan decides for a pupil, with what the letter says of her or him.

    `decided_on` is the day the plan was applied, `eligible` how many it ranked.
    """

    plan: PlanId
    decided_on: date
    pupil: PupilId
    name: str
    class_name: str
    school: str
    school_commune: str
    choice: Choice
    eligible: int
    note: str
    home: Home


def addressed_to(decision: Decision) -> list[str]:
    """Return the lines of the address; without a known address, the school hands the letter over."""
    home = decision.home
    place = f"{home.postcode} {home.commune}".strip()
    if home.name and place:
        return [line for line in (home.name, home.address, place) if line]
    to = [home.name] if home.name else [tr("To the legal guardians of"), decision.name]
    by_school = ", ".join(part for part in (decision.school, decision.school_commune) if part)
    return [*to, tr("by way of the school"), by_school]


def decided(decision: Decision) -> str:
    """Return what is decided, in a sentence."""
    choice = decision.choice
    sentences = {Outcome.SERVED: _SERVED, Outcome.WAITING: _WAITING, Outcome.EXCLUDED: _EXCLUDED}
    return tr(sentences[choice.outcome]).format(pupil=decision.name, rank=grouped(choice.rank))


def grounds_told(decision: Decision) -> str:
    """Return why, and what would change it; a note of who decided by hand is part of the reasons."""
    why = reason(decision.choice, decision.eligible, note=decision.note)
    if not decision.note or not decision.choice.grounds.is_pinned or decision.choice.outcome is Outcome.EXCLUDED:
        return why
    noted = tr("Noted: {note}").format(note=decision.note)
    return f"{why} {noted}"


def next_told(decision: Decision) -> str:
    """Return what happens next, and what would change the decision."""
    sentences = {Outcome.SERVED: _NEXT_SERVED, Outcome.WAITING: _NEXT_WAITING, Outcome.EXCLUDED: _NEXT_EXCLUDED}
    return tr(sentences[decision.choice.outcome])


def algorithm_told() -> Sequence[str]:
    """Return the mention that the law asks for."""
    return [tr(each) for each in _ALGORITHM]


def appeal_told(head: LetterHead) -> str:
    """Return how to contest: what the campaign says, or the law's usual ways."""
    return head.wording.appeal or tr(_APPEAL)
