"""Campaigns, found by name or by being open."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from tablet_loans.domain.campaign import CampaignId, CampaignStatus
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date

_SELECT: Final = "SELECT id, name, status, due_on FROM campaign"


@dataclass(frozen=True, slots=True)
class FoundCampaign:
    """A campaign as an act needs it."""

    id: CampaignId
    name: str
    status: CampaignStatus
    due_on: date


def find(base: Base, name: str) -> FoundCampaign | None:
    """Return the campaign with this name, or None."""
    row = base.execute(f"{_SELECT} WHERE name = ?", (name,)).fetchone()
    return _found(row) if row else None


def with_id(base: Base, campaign_id: int) -> FoundCampaign | None:
    """Return the campaign with this id, or None."""
    row = base.execute(f"{_SELECT} WHERE id = ?", (campaign_id,)).fetchone()
    return _found(row) if row else None


def with_status(base: Base, status: CampaignStatus) -> list[FoundCampaign]:
    """Return the campaigns of one status, by name."""
    rows = base.execute(f"{_SELECT} WHERE status = ? ORDER BY name", (status.value,)).fetchall()
    return [_found(row) for row in rows]


def every(base: Base) -> list[FoundCampaign]:
    """Return all campaigns, the newest first."""
    return [_found(row) for row in base.execute(f"{_SELECT} ORDER BY created_at DESC, id DESC").fetchall()]


def school_uais(base: Base, campaign_id: CampaignId) -> list[str]:
    """Return the UAI of the schools that take part; an empty list means all."""
    rows = base.execute(
        "SELECT school.uai FROM campaign_school part JOIN school ON school.id = part.school_id"
        " WHERE part.campaign_id = ? ORDER BY school.uai",
        (campaign_id,),
    ).fetchall()
    return [row[0] for row in rows]


def add_school(base: Base, campaign_id: CampaignId, school_id: int) -> None:
    """Let a school take part."""
    base.execute("INSERT INTO campaign_school (campaign_id, school_id) VALUES (?, ?)", (campaign_id, school_id))


def _found(row: Any) -> FoundCampaign:
    return FoundCampaign(row[0], row[1], CampaignStatus(row[2]), cast(date, as_date(row[3])))
