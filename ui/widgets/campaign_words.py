"""How a campaign is said: its dates, its schools, its figures and the tone of its state."""

from collections.abc import Mapping
from typing import Final

from tablet_loans.domain.campaign import CampaignStatus
from tablet_loans.services.campaigning import CampaignView
from tablet_loans.text import tr, trn
from ui import words
from ui.theme import Tone

STATUS_TONES: Final[Mapping[str, Tone]] = {
    CampaignStatus.DRAFT: Tone.PLAIN,
    CampaignStatus.OPEN: Tone.OK,
    CampaignStatus.CLOSING: Tone.WARN,
    CampaignStatus.CLOSED: Tone.PLAIN,
}


def dates_said(view: CampaignView) -> str:
    """Return from when to when a campaign runs."""
    until = words.long_date(view.due)
    if view.starts_on is None:
        return tr("until {day}").format(day=until)
    return tr("from {first} to {last}").format(first=words.long_date(view.starts_on), last=until)


def days_said(view: CampaignView) -> str:
    """Return the same in figures, for a place with little room."""
    until = words.numeric_date(view.due)
    if view.starts_on is None:
        return tr("until {day}").format(day=until)
    return f"{words.numeric_date(view.starts_on)} – {until}"


def needs_said(view: CampaignView) -> str:
    """Return until when families answer, "" when nobody said."""
    if view.needs_closed_at is not None:
        return tr("needs closed on {day}").format(day=words.numeric_date(view.needs_closed_at.astimezone().date()))
    return tr("needs until {day}").format(day=words.numeric_date(view.needs_until)) if view.needs_until else ""


def schools_said(view: CampaignView) -> str:
    """Return how many schools take part; no school listed means that all do."""
    count = len(view.schools)
    if not count:
        return tr("all schools")
    return trn("{count} school", "{count} schools", count).format(count=words.number(count))


def figures_said(view: CampaignView) -> str:
    """Return what a campaign has come to: answers, those to confirm, tablets lent now."""
    answers = trn("{count} answer", "{count} answers", view.needs).format(count=words.number(view.needs))
    confirm = tr("{count} to confirm").format(count=words.number(view.needs_to_confirm))
    lent = tr("{count} lent now").format(count=words.number(view.open_loans))
    return words.joined(answers, confirm if view.needs_to_confirm else "", lent)
