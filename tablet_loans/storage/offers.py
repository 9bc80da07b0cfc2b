"""Waiting lists as they stand now, and the ready devices that could be offered to those in them."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.device import DeviceId, Place
from tablet_loans.domain.matching import Features
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.offer import FreeDevice, WaitingRow
from tablet_loans.domain.plan import Waiting
from tablet_loans.domain.pupil import PupilId, written_name
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import words
from tablet_loans.storage.searching import in_bites

_APPLIED: Final = (
    "SELECT max(plan.id), campaign.id, campaign.name FROM plan JOIN campaign ON campaign.id = plan.campaign_id"
    " WHERE campaign.status IN ('draft', 'open') AND plan.is_complete AND plan.applied_at IS NOT NULL"
    " AND plan.withdrawn_at IS NULL GROUP BY campaign.id, campaign.name ORDER BY max(plan.id) DESC"
)
_WAITING: Final = (
    "SELECT pupil.id, pupil.family_name, pupil.usage_name, pupil.given_name, pupil.class_name, school.uai, school.name,"
    " need.is_cellular FROM pupil JOIN school ON school.id = pupil.school_id"
    " JOIN need ON need.campaign_id = ? AND need.pupil_id = pupil.id AND need.is_current AND need.equipment <> ?"
    " WHERE pupil.id IN ({marks}) AND (pupil.left_on IS NULL OR pupil.left_on > ?)"
    " AND (NOT EXISTS (SELECT 1 FROM campaign_school listed WHERE listed.campaign_id = ?) OR EXISTS"
    " (SELECT 1 FROM campaign_school part WHERE part.campaign_id = ? AND part.school_id = pupil.school_id))"
    " AND NOT EXISTS (SELECT 1 FROM loan WHERE loan.pupil_id = pupil.id AND loan.kind = ? AND loan.state = 'open')"
    " AND NOT EXISTS (SELECT 1 FROM reservation promise WHERE promise.pupil_id = pupil.id AND promise.kind = ?"
    " AND promise.state = 'promised')"
    " AND NOT EXISTS (SELECT 1 FROM plan_mark mark WHERE mark.campaign_id = ? AND mark.pupil_id = pupil.id"
    " AND mark.is_current AND mark.kind = 'excluded')"
)
_FREE: Final = (
    "SELECT device.id, device.tag, model.maker, model.name, model.features, device.place, device.depot,"
    " device.school_id FROM device JOIN device_model model ON model.id = device.model_id"
    " WHERE device.state = 'ready' AND model.kind = ?"
    " AND NOT EXISTS (SELECT 1 FROM reservation promise WHERE promise.device_id = device.id"
    " AND promise.state = 'promised')"
    " AND NOT EXISTS (SELECT 1 FROM carton_device item WHERE item.device_id = device.id AND item.state = 'packed')"
)
_PREPARED: Final = "SELECT id FROM ledger_line WHERE id > ? AND action = ? ORDER BY id"
_SUBJECTS: Final = "SELECT line_id, subject_id FROM ledger_subject WHERE line_id IN ({marks}) AND kind = ?"
_LEFT_OVER: Final = (
    "SELECT (SELECT count(*) FROM device WHERE device.state = 'ready' AND device.model_id IN ({models}))"
    " - (SELECT count(*) FROM reservation WHERE state = 'promised' AND kind = ? AND device_id IS NULL AND features = ?)"
    " - (SELECT count(*) FROM reservation promise CROSS JOIN device WHERE promise.state = 'promised'"
    " AND promise.device_id > 0 AND device.id = promise.device_id AND device.state = 'ready'"
    " AND device.model_id IN ({models}))"
)


class AppliedPlan(NamedTuple):
    """The last plan applied in a campaign that is open or not yet."""

    id: int
    campaign_id: int
    campaign: str


def applied_plans(base: Base) -> list[AppliedPlan]:
    """Return the last applied plan of each campaign that is open or not yet, the newest first."""
    return [AppliedPlan(*row) for row in base.execute(_APPLIED).fetchall()]


def still_waiting(
    base: Base, campaign_id: int, kind: str, today: date, queue: Sequence[Waiting], school_id: int | None = None
) -> list[WaitingRow]:
    """Return those of a queue (of a school) who still wait, in its order, with what they need now."""
    if not queue:
        return []
    marks = ", ".join("?" * len(queue))
    asked: tuple[object, ...] = (
        campaign_id, Equipment.OWN.value, *(each.pupil for each in queue), today.isoformat(), campaign_id,
        campaign_id, kind, kind, campaign_id,
    )  # fmt: skip
    query = _WAITING.format(marks=marks)
    if school_id is not None:
        query, asked = f"{query} AND pupil.school_id = ?", (*asked, school_id)
    found = {row[0]: row for row in base.execute(query, asked).fetchall()}
    return [_waiting(each.rank, found[each.pupil]) for each in queue if each.pupil in found]


def _waiting(rank: int, row: Any) -> WaitingRow:
    pupil_id, family_name, usage_name, given_name, class_name, school, school_name, is_cellular = row
    name = written_name(family_name, usage_name, given_name)
    required = frozenset({"cellular"} if is_cellular else ())
    return WaitingRow(rank, PupilId(pupil_id), name, class_name, school, school_name, required)


def free_device(base: Base, kind: str, device_id: DeviceId) -> FreeDevice | None:
    """Return a device that is ready, of the kind, promised to nobody and in no carton, or None."""
    row = base.execute(f"{_FREE} AND device.id = ?", (kind, device_id)).fetchone()
    return None if row is None else _free(row)


def free_devices(base: Base, kind: str) -> list[FreeDevice]:
    """Return the devices that are ready, of the kind, promised to nobody and in no carton, by id."""
    return [_free(row) for row in base.execute(f"{_FREE} ORDER BY device.id", (kind,)).fetchall()]


def prepared_devices(base: Base, kind: str, since: str) -> list[FreeDevice]:
    """Return those free devices that were made ready after a line of the ledger, the first made ready first."""
    lines = [row[0] for row in base.execute(_PREPARED, (since, Action.PREPARED.value)).fetchall()]
    last: dict[int, str] = {}
    for some in in_bites(lines):  # apart from the lines: joined to them, SQLite reads the subjects of all times
        query = _SUBJECTS.format(marks=", ".join("?" * len(some)))
        for line_id, device_id in base.execute(query, (*some, Subject.DEVICE.value)).fetchall():
            last[device_id] = max(last.get(device_id, ""), line_id)
    found = []
    for bite in in_bites(list(last)):
        query = f"{_FREE} AND device.id IN ({', '.join('?' * len(bite))})"
        found += base.execute(query, (kind, *bite)).fetchall()
    return [_free(row) for row in sorted(found, key=lambda row: (last[row[0]], row[0]))]


def _free(row: Any) -> FreeDevice:
    device_id, tag, maker, name, features, place, depot, school_id = row
    home = f"school:{school_id}" if place == Place.SCHOOL.value else f"depot:{depot}"
    return FreeDevice(device_id, tag, f"{maker} {name}".strip(), frozenset(words(features)), home)


def left_over(base: Base, kind: str, features: Features) -> int:
    """Return how many ready devices of a class are left over once the promises of that class are kept."""
    rows = base.execute("SELECT id, features FROM device_model WHERE kind = ?", (kind,)).fetchall()
    models = [row[0] for row in rows if frozenset(words(row[1])) == features]
    marks = ", ".join("?" * len(models)) or "NULL"
    asked = (*models, kind, json.dumps(sorted(features)), *models)
    return int(base.execute(_LEFT_OVER.format(models=marks), asked).fetchone()[0])
