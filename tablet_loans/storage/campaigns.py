"""Campaigns, found by name or by being open; what each is held to, and what it still has out."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from tablet_loans.domain.campaign import CampaignId, CampaignStatus, SchoolOut, Terms, wording_from, wording_said
from tablet_loans.storage import rows
from tablet_loans.storage.allocations import are_here
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date, from_microseconds, words
from tablet_loans.storage.staging import Load

_SELECT: Final = "SELECT id, name, status, due_on FROM campaign"
_TERMS: Final = (
    "SELECT campaign.due_on, campaign.starts_on, campaign.needs_until, campaign.kit, campaign.wording, campaign.seed,"
    " relaunched.name, campaign.needs_closed_at,"
    " EXISTS (SELECT 1 FROM plan WHERE plan.campaign_id = campaign.id AND plan.applied_at IS NOT NULL)"
    " FROM campaign LEFT JOIN campaign relaunched ON relaunched.id = campaign.relaunches_id WHERE campaign.id = ?"
)
_LOANS: Final = (
    "SELECT campaign_id, count(*), sum(CASE WHEN state = 'open' THEN 1 ELSE 0 END) FROM loan GROUP BY campaign_id"
)
_OUT: Final = (
    "SELECT school.uai, school.name, count(*), sum(CASE WHEN loan.due_on < ? THEN 1 ELSE 0 END) FROM loan"
    " JOIN pupil ON pupil.id = loan.pupil_id JOIN school ON school.id = pupil.school_id"
    " WHERE loan.campaign_id = ? AND loan.state = 'open' GROUP BY school.id, school.uai, school.name, school.sort_key"
)
_CARRIED: Final = (
    " FROM need JOIN pupil ON pupil.id = need.pupil_id WHERE need.campaign_id = ? AND need.is_current"
    " AND (pupil.left_on IS NULL OR pupil.left_on > ?)"
    " AND (NOT EXISTS (SELECT 1 FROM campaign_school listed WHERE listed.campaign_id = ?) OR EXISTS"
    " (SELECT 1 FROM campaign_school part WHERE part.campaign_id = ? AND part.school_id = pupil.school_id))"
)
_NEED: Final = (
    "pupil_id", "equipment", "is_cellular", "is_priority", "asked_on", "answered_by", "source",
)  # fmt: skip
_FIRST_ASKED: Final = (
    "coalesce((SELECT min(first.asked_on) FROM need first WHERE first.pupil_id = need.pupil_id"
    " AND first.campaign_id = need.campaign_id AND first.equipment <> 'own'), need.asked_on)"
)
_READ: Final = 2_000


@dataclass(frozen=True, slots=True)
class FoundCampaign:
    """A campaign as an act needs it."""

    id: CampaignId
    name: str
    status: CampaignStatus
    due_on: date


@dataclass(frozen=True, slots=True)
class KeptTerms:
    """What a campaign is held to, its seed, and whether that may be shown; `relaunches` names the one before it."""

    terms: Terms
    seed: str = ""
    relaunches: str | None = None
    needs_closed_at: datetime | None = None
    is_revealed: bool = False


def find(base: Base, name: str) -> FoundCampaign | None:
    """Return the campaign with this name, or None."""
    row = base.execute(f"{_SELECT} WHERE name = ?", (name,)).fetchone()
    return _found(row) if row else None


def with_id(base: Base, campaign_id: int) -> FoundCampaign | None:
    """Return the campaign with this id, or None."""
    row = base.execute(f"{_SELECT} WHERE id = ?", (campaign_id,)).fetchone()
    return _found(row) if row else None


def held(base: Base, found: FoundCampaign) -> FoundCampaign:
    """Return a campaign as it is now; nobody else promises, opens or closes in it until the transaction ends."""
    lock = " FOR NO KEY UPDATE" if base.is_server else ""
    return _found(base.execute(f"{_SELECT} WHERE id = ?{lock}", (found.id,)).fetchone())


def with_status(base: Base, status: CampaignStatus) -> list[FoundCampaign]:
    """Return the campaigns of one status, by name."""
    rows = base.execute(f"{_SELECT} WHERE status = ? ORDER BY name", (status.value,)).fetchall()
    return [_found(row) for row in rows]


def every(base: Base) -> list[FoundCampaign]:
    """Return all campaigns, the newest first."""
    return [_found(row) for row in base.execute(f"{_SELECT} ORDER BY created_at DESC, id DESC").fetchall()]


def terms(base: Base, found: FoundCampaign) -> KeptTerms:
    """Return what a campaign is held to; a base of the version before keeps its last day alone."""
    if not are_here(base):
        row = base.execute("SELECT needs_closed_at FROM campaign WHERE id = ?", (found.id,)).fetchone()
        return KeptTerms(Terms(found.due_on), needs_closed_at=None if row[0] is None else from_microseconds(row[0]))
    due_on, starts_on, until, kit, wording, seed, relaunches, closed_at, is_applied = base.execute(
        _TERMS, (found.id,)
    ).fetchone()
    kept = Terms(
        cast(date, as_date(due_on)), as_date(starts_on), as_date(until), words(kit), wording_from(json.loads(wording))
    )
    closed = None if closed_at is None else from_microseconds(closed_at)
    return KeptTerms(kept, seed, relaunches, closed, closed is not None or bool(is_applied))


def columns_of(kept: Terms) -> dict[str, object]:
    """Return the terms as the columns of a campaign."""
    return {
        "due_on": kept.due_on,
        "starts_on": kept.starts_on,
        "needs_until": kept.needs_until,
        "kit": kept.kit,
        "wording": json.dumps(wording_said(kept.wording), ensure_ascii=False),
    }


def loan_counts(base: Base) -> dict[int, tuple[int, int]]:
    """Return by campaign how many loans there were, and how many are open."""
    return {row[0]: (row[1], int(row[2])) for row in base.execute(_LOANS).fetchall()}


def still_out(base: Base, campaign_id: int, today: date) -> list[SchoolOut]:
    """Return by school, in the order of their names, what a campaign still has out and how much of it is overdue."""
    found = base.execute(f"{_OUT} ORDER BY school.sort_key, school.uai", (today.isoformat(), campaign_id)).fetchall()
    return [SchoolOut(uai, name, count, int(overdue)) for uai, name, count, overdue in found]


def has_out(base: Base, campaign_id: int) -> bool:
    """Say whether a device of a campaign is still out."""
    query = "SELECT 1 FROM loan WHERE campaign_id = ? AND state = 'open' LIMIT 1"
    return base.execute(query, (campaign_id,)).fetchone() is not None


def school_uais(base: Base, campaign_id: int) -> list[str]:
    """Return the UAI of the schools that take part; an empty list means all."""
    rows = base.execute(
        "SELECT school.uai FROM campaign_school part JOIN school ON school.id = part.school_id"
        " WHERE part.campaign_id = ? ORDER BY school.uai",
        (campaign_id,),
    ).fetchall()
    return [row[0] for row in rows]


def let_take_part(base: Base, campaign_id: int, school_ids: Iterable[int]) -> None:
    """Let these schools take part, and no other; without any, all do."""
    base.execute("DELETE FROM campaign_school WHERE campaign_id = ?", (campaign_id,))
    rows.insert_many(
        base, "campaign_school", ("campaign_id", "school_id"), ((campaign_id, school) for school in school_ids)
    )


def taking_part(base: Base, campaign_id: int) -> list[int]:
    """Return the ids of the schools that take part; an empty list means all."""
    query = "SELECT school_id FROM campaign_school WHERE campaign_id = ? ORDER BY school_id"
    return [row[0] for row in base.execute(query, (campaign_id,)).fetchall()]


def next_id(base: Base) -> CampaignId:
    """Return an id for a campaign that is created later; where another takes it meanwhile, the base refuses it."""
    query = (
        "SELECT nextval(pg_get_serial_sequence('campaign', 'id'))"
        if base.is_server
        else ("SELECT coalesce(max(id), 0) + 1 FROM campaign")
    )
    return CampaignId(base.execute(query).fetchone()[0])


def carried_count(base: Base, campaign_id: int, today: date) -> int:
    """Return how many needs a relaunch carries over: those that count, of pupils on the roll of its schools."""
    row = base.execute(f"SELECT count(*){_CARRIED}", (campaign_id, today.isoformat(), campaign_id, campaign_id))
    return int(row.fetchone()[0])


def carried(base: Base, campaign_id: int, new_id: int, today: date, at: datetime) -> Load:
    """Return the needs that a relaunch carries over, as rows to be written in turns, each to be confirmed."""
    columns = ("campaign_id", *_NEED, "recorded_at", "is_current", "to_confirm")
    recorded_at = rows.stored(at)
    values = (
        (0, (new_id, *map(rows.stored, row), recorded_at, True, True)) for row in _current(base, campaign_id, today)
    )
    return Load("need", columns, values, is_kept=False)


def _current(base: Base, campaign_id: int, today: date) -> Iterator[Any]:
    """Yield the needs that count, by pupil: one who answers again meanwhile is not met twice."""
    last = 0
    columns = ", ".join(_FIRST_ASKED if column == "asked_on" else f"need.{column}" for column in _NEED)
    query = f"SELECT {columns}{_CARRIED} AND need.pupil_id > ? ORDER BY need.pupil_id LIMIT {_READ}"
    while found := base.execute(query, (campaign_id, today.isoformat(), campaign_id, campaign_id, last)).fetchall():
        yield from found
        last = found[-1][0]


def rules(base: Base, campaign_id: int) -> str:
    """Return a campaign's rules as they are kept."""
    return str(base.execute("SELECT rules FROM campaign WHERE id = ?", (campaign_id,)).fetchone()[0])


def _found(row: Any) -> FoundCampaign:
    return FoundCampaign(row[0], row[1], CampaignStatus(row[2]), cast(date, as_date(row[3])))
