"""A campaign: a lending operation that opens, closes and can be launched again."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Final, NewType

from tablet_loans.domain.errors import CampaignNotOpen, Refusal, StepNotAllowed
from tablet_loans.text import N_, search_key

CampaignId = NewType("CampaignId", int)

LONGEST_ACCESSORY: Final = 60
MOST_ACCESSORIES: Final = 20
LONGEST_WORDING: Final = 400


class StartsAfterDue(Refusal):
    """The campaign would begin after its devices are due."""

    sentence = N_("The campaign would begin on {starts_on}, after its devices are due on {due_on}.")
    way_out = N_("Correct one of the two dates.")


class NeedsAfterDue(Refusal):
    """Families would be asked when the devices are due already."""

    sentence = N_("Needs would be asked until {needs_on}, after the devices are due on {due_on}.")
    way_out = N_("Correct one of the two dates.")


class BadKit(Refusal):
    """The list of accessories is too long, or one of them is."""

    sentence = N_("A kit has at most {most} accessories of at most {longest} characters.")


class WordingTooLong(Refusal):
    """A text of the campaign's papers has no room on them."""

    sentence = N_("A text of the campaign's papers has at most {longest} characters.")
    way_out = N_("Shorten it.")


class BadSignatures(Refusal):
    """One guardian signs, or two."""

    sentence = N_("One guardian signs, or two: “{signatures}” is neither 1 nor 2.")


class CampaignOver(Refusal):
    """A closed campaign stays as it was."""

    sentence = N_("The campaign “{campaign}” is closed: it stays as it was.")
    way_out = N_("Relaunch it: the new one has the same rules, and dates of its own.")


class NeverLaunched(Refusal):
    """A draft is launched by being opened, not again."""

    sentence = N_("The campaign “{campaign}” is a draft: it was never launched.")
    way_out = N_("Open it, or change its dates.")


class CampaignStatus(StrEnum):
    """The life of a campaign; only an open one lends, a closing one still takes returns."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class CampaignEvent(StrEnum):
    """What happens to a campaign."""

    OPENED = "opened"
    CLOSING_BEGAN = "closing_began"
    CLOSED = "closed"


STEPS: Final[Mapping[tuple[CampaignStatus, CampaignEvent], CampaignStatus]] = {
    (CampaignStatus.DRAFT, CampaignEvent.OPENED): CampaignStatus.OPEN,
    (CampaignStatus.OPEN, CampaignEvent.CLOSING_BEGAN): CampaignStatus.CLOSING,
    (CampaignStatus.OPEN, CampaignEvent.CLOSED): CampaignStatus.CLOSED,
    (CampaignStatus.CLOSING, CampaignEvent.OPENED): CampaignStatus.OPEN,
    (CampaignStatus.CLOSING, CampaignEvent.CLOSED): CampaignStatus.CLOSED,
}

STATUS_WORDS: Final[Mapping[str, str]] = {
    CampaignStatus.DRAFT: N_("draft"),
    CampaignStatus.OPEN: N_("open"),
    CampaignStatus.CLOSING: N_("closing"),
    CampaignStatus.CLOSED: N_("closed"),
}


_REMEDIES: Final[Mapping[CampaignStatus, str]] = {
    CampaignStatus.DRAFT: N_("Open it first."),
    CampaignStatus.OPEN: N_("It is open already: nothing is left to do."),
    CampaignStatus.CLOSING: N_("It takes returns alone: open it again to lend."),
    CampaignStatus.CLOSED: N_("It is over: launch it again to lend."),
}


def step(status: CampaignStatus, event: CampaignEvent) -> CampaignStatus:
    """Return the status a campaign reaches when `event` happens. Raises: StepNotAllowed."""
    try:
        return STEPS[status, event]
    except KeyError:
        raise StepNotAllowed(state=STATUS_WORDS[status], event=event.value, remedy=_REMEDIES[status]) from None


def why_not_plan(campaign: str, status: CampaignStatus) -> Refusal | None:
    """Return why nothing is planned or promised in a campaign, or None; a draft plans before its first day."""
    if status is CampaignStatus.CLOSED:
        return CampaignOver(campaign=campaign)
    is_ending = status is CampaignStatus.CLOSING
    return CampaignNotOpen(campaign=campaign, status=STATUS_WORDS[status]) if is_ending else None


@dataclass(frozen=True, slots=True)
class Wording:
    """What a campaign's papers say of the authority; an empty text is left out, or taken from the settings.

    `helpline` is a phone number or mail address, `appeal` to whom a family writes to contest a decision, and until
    when; `place` where papers are signed. `representative`, `deliberation`, `return_place`, `dpo` and `retention` fill
    the clauses of the agreement; `signatures` is 2 where two guardians sign.
    """

    authority: str = ""
    helpline: str = ""
    appeal: str = ""
    place: str = ""
    representative: str = ""
    deliberation: str = ""
    return_place: str = ""
    dpo: str = ""
    retention: str = ""
    signatures: str = ""


NO_WORDING: Final = Wording()


def wording_said(wording: Wording) -> dict[str, str]:
    """Return the wording as plain values, without its empty texts."""
    return {name: text for name, text in asdict(wording).items() if text}


def wording_from(said: Mapping[str, str]) -> Wording:
    """Return the wording that `wording_said` told; what it does not say is empty."""
    return Wording(**{each.name: said.get(each.name, "") for each in fields(Wording)})


@dataclass(frozen=True, slots=True)
class Terms:
    """What a campaign is held to besides its rules: its days, what it lends with a device, what its papers say.

    An empty kit means each model's own.
    """

    due_on: date
    starts_on: date | None = None
    needs_until: date | None = None
    kit: tuple[str, ...] = ()
    wording: Wording = NO_WORDING


def why_not_terms(terms: Terms) -> Refusal | None:
    """Return what contradicts itself or is too long, or None; needs may be asked before the first day."""
    if terms.starts_on is not None and terms.starts_on > terms.due_on:
        return StartsAfterDue(starts_on=terms.starts_on, due_on=terms.due_on)
    if terms.needs_until is not None and terms.needs_until > terms.due_on:
        return NeedsAfterDue(needs_on=terms.needs_until, due_on=terms.due_on)
    if len(terms.kit) > MOST_ACCESSORIES or any(len(item) > LONGEST_ACCESSORY for item in terms.kit):
        return BadKit(most=MOST_ACCESSORIES, longest=LONGEST_ACCESSORY)
    if any(len(text) > LONGEST_WORDING for text in wording_said(terms.wording).values()):
        return WordingTooLong(longest=LONGEST_WORDING)
    if terms.wording.signatures not in {"", "1", "2"}:
        return BadSignatures(signatures=terms.wording.signatures)
    return None


def kit_of(items: Iterable[str]) -> tuple[str, ...]:
    """Return the accessories typed, those that case or accents alone tell apart once, in their order."""
    by_key: dict[str, str] = {}
    for item in (" ".join(each.split()) for each in items):
        if item:
            by_key.setdefault(search_key(item) or item, item)
    return tuple(by_key.values())


def lent_kit(kit: Sequence[str], model_kit: Sequence[str]) -> tuple[str, ...]:
    """Return what goes with a device: of its model's kit what the campaign lends, all of it where it says nothing."""
    wanted = {search_key(item) for item in kit}
    return tuple(item for item in model_kit if not wanted or search_key(item) in wanted)


def seed_hash(seed: str) -> str:
    """Return what is published of a seed when it is drawn: its SHA-256."""
    return hashlib.sha256(seed.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SchoolOut:
    """How many devices of a campaign are still with pupils of a school, and how many of those are overdue."""

    uai: str
    name: str
    loans: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing a campaign left: its status, by school what is still out, and how many promises it released."""

    status: CampaignStatus
    out: tuple[SchoolOut, ...]
    promises: int = 0

    @property
    def loans(self) -> int:
        """Return how many devices are still out."""
        return sum(each.loans for each in self.out)


@dataclass(frozen=True, slots=True)
class Relaunched:
    """What a relaunch made: the new campaign, the needs carried over to it, and by school what the old one has out."""

    campaign: CampaignId
    needs: int
    out: tuple[SchoolOut, ...]

    @property
    def loans(self) -> int:
        """Return how many devices of the old campaign are still out."""
        return sum(each.loans for each in self.out)
