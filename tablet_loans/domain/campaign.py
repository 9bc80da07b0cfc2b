"""A campaign: a lending operation that opens, closes and can be launched again."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NewType

from tablet_loans.domain.errors import StepNotAllowed
from tablet_loans.text import N_

CampaignId = NewType("CampaignId", int)


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


def step(status: CampaignStatus, event: CampaignEvent) -> CampaignStatus:
    """Return the status a campaign reaches when `event` happens. Raises: StepNotAllowed."""
    try:
        return STEPS[status, event]
    except KeyError:
        raise StepNotAllowed(state=STATUS_WORDS[status], event=event.value) from None


@dataclass(frozen=True, slots=True)
class Wording:
    """What a campaign's papers say of the authority; an empty text is left out, or taken from the settings.

    `helpline` is a phone number or mail address, `appeal` to whom a family writes to contest a decision, and until
    when; `place` where papers are signed.
    """

    authority: str = ""
    helpline: str = ""
    appeal: str = ""
    place: str = ""
