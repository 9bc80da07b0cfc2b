"""Readiness: what a campaign's lending hangs on, counted in a few statements; and what a drill lends to whom."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from tablet_loans.domain.act import Action
from tablet_loans.domain.campaign import CampaignStatus
from tablet_loans.domain.device import DeviceState, Place
from tablet_loans.domain.drill import CARTON, Promised
from tablet_loans.domain.matching import Features
from tablet_loans.domain.need import Coverage
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.readiness import DeviceCounts, PeopleCounts
from tablet_loans.storage.answers import ON_ROLL
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import to_microseconds, words

_WORDING_TEXTS: Final = ("helpline", "appeal")
_BACKUP: Final = "backed_up_at"
_PART: Final = (
    "(NOT EXISTS (SELECT 1 FROM campaign_school listed WHERE listed.campaign_id = ?) OR EXISTS"
    " (SELECT 1 FROM campaign_school part WHERE part.campaign_id = ? AND part.school_id = {school}))"
)
_SCHOOLS: Final = f"SELECT count(*) FROM school WHERE {_PART.format(school='school.id')}"
_NO_CLASS: Final = (
    f"SELECT count(*) FROM pupil WHERE class_name = '' AND {ON_ROLL} AND {_PART.format(school='pupil.school_id')}"
)
_STATES: Final = (
    "SELECT device.state, count(*) FROM device JOIN device_model model ON model.id = device.model_id"
    " WHERE model.kind = ? GROUP BY device.state"
)
_OUT: Final = "SELECT count(*) FROM loan WHERE state = 'open' AND kind = ? AND campaign_id <> ?"
_UNSIGNED: Final = (
    f"{_OUT} AND NOT EXISTS (SELECT 1 FROM agreement WHERE agreement.loan_id = loan.id AND agreement.state = 'signed')"
)
_READY: Final = (
    "SELECT model.features, count(*) FROM device JOIN device_model model ON model.id = device.model_id"
    " WHERE device.state = 'ready' AND model.kind = ? AND NOT EXISTS (SELECT 1 FROM reservation promise"
    " WHERE promise.device_id = device.id AND promise.state = 'promised') GROUP BY model.features"
)
_PROMISED: Final = (
    "SELECT features, count(*) FROM reservation WHERE state = 'promised' AND kind = ? AND device_id IS NULL"
    " GROUP BY features"
)
_EXACT: Final = (
    "SELECT CASE WHEN device.state = 'ready' THEN 1 ELSE 0 END, count(*) FROM reservation promise"
    " JOIN device ON device.id = promise.device_id WHERE promise.state = 'promised' AND promise.kind = ?"
    " GROUP BY CASE WHEN device.state = 'ready' THEN 1 ELSE 0 END"
)
_MOVING: Final = (
    Action.CHECKED_OUT, Action.CHECKED_IN, Action.NOTED, Action.PREPARED, Action.RECEIVED, Action.CHANGED,
    Action.UNDONE, Action.IMPORTED, Action.CORRECTED, Action.ANSWERED, Action.ALLOCATED, Action.RULED, Action.MARKED,
    Action.PROMISED, Action.RELEASED,
)  # fmt: skip


def people(base: Base, campaign_id: int, today: date, answers: Sequence[Coverage]) -> PeopleCounts:
    """Return how many schools and pupils take part, and how far they answered: `answers`, school by school."""
    part = (campaign_id, campaign_id)
    schools = base.execute(_SCHOOLS, part).fetchone()[0]
    return PeopleCounts(
        schools=len(answers),
        pupils=sum(each.pupils for each in answers),
        empty_schools=schools - len(answers),
        without_class=base.execute(_NO_CLASS, (today.isoformat(), *part)).fetchone()[0],
        silent_schools=sum(each.answered == 0 for each in answers),
        schools_with_few_answers=sum(0 < 2 * each.answered < each.pupils for each in answers),
        needs_to_confirm=sum(each.to_confirm for each in answers),
    )


def devices(base: Base, campaign_id: int, kind: str, reserved: int) -> DeviceCounts:
    """Return the devices of a kind by what they wait for, and what was promised beyond them."""
    states = dict(base.execute(_STATES, (kind,)).fetchall())
    exact = dict(base.execute(_EXACT, (kind,)).fetchall())
    wanted = wanted_by_class(base, kind)
    in_vain = unkept(wanted, ready_by_class(base, kind))
    return DeviceCounts(
        ready=states.get(DeviceState.READY, 0),
        to_prepare=states.get(DeviceState.TO_PREPARE, 0),
        in_repair=states.get(DeviceState.IN_REPAIR, 0),
        still_out=base.execute(_OUT, (kind, campaign_id)).fetchone()[0],
        unsigned=base.execute(_UNSIGNED, (kind, campaign_id)).fetchone()[0],
        promised=sum(wanted.values()) + exact.get(1, 0),
        promised_in_vain=in_vain + exact.get(0, 0),
        reserved=reserved,
    )


def wanted_by_class(base: Base, kind: str) -> Counter[Features]:
    """Return of which classes devices are promised, none of them by its tag."""
    return _by_class(base.execute(_PROMISED, (kind,)).fetchall())


def ready_by_class(base: Base, kind: str) -> Counter[Features]:
    """Return of which classes devices are ready, but for those promised by their tags."""
    return _by_class(base.execute(_READY, (kind,)).fetchall())


def _by_class(rows: Iterable[tuple[str, int]]) -> Counter[Features]:
    counted: Counter[Features] = Counter()
    for features, count in rows:
        counted[frozenset(words(features))] += count
    return counted


def unkept(wanted: Mapping[Features, int], there: Mapping[Features, int]) -> int:
    """Return how many promises no ready device keeps: first those of the class itself, then those with little more."""
    left, ready = dict(wanted), dict(there)
    for is_own in (True, False):
        for features in sorted(left, key=lambda each: (-len(each), sorted(each))):
            for other in sorted(ready, key=lambda each: (len(each), sorted(each))):
                if (other == features) if is_own else (features < other):
                    some = min(left[features], ready[other])
                    left[features] -= some
                    ready[other] -= some
    return sum(left.values())


def acts_since(base: Base, moment: datetime) -> bool:
    """Say whether an act recorded after `moment` may change what a plan is made from."""
    marks = ", ".join("?" * len(_MOVING))
    query = f"SELECT 1 FROM ledger_line WHERE recorded_at > ? AND action IN ({marks}) LIMIT 1"
    return base.execute(query, (to_microseconds(moment), *(action.value for action in _MOVING))).fetchone() is not None


def terms(base: Base, campaign_id: int) -> tuple[bool, str, int]:
    """Return whether the needs are closed, the campaign's own authority, and how many of its other texts are empty."""
    closed_at, wording = base.execute(
        "SELECT needs_closed_at, wording FROM campaign WHERE id = ?", (campaign_id,)
    ).fetchone()
    said = json.loads(wording)
    empty = sum(not str(said.get(text, "")).strip() for text in _WORDING_TEXTS)
    return closed_at is not None, str(said.get("authority", "")).strip(), empty


def open_campaigns(base: Base) -> int:
    """Return how many campaigns are open."""
    query = "SELECT count(*) FROM campaign WHERE status = ?"
    return int(base.execute(query, (CampaignStatus.OPEN.value,)).fetchone()[0])


def promises_of_those_over(base: Base) -> tuple[str, int]:
    """Return the campaign that holds most promises though it is closing or closed, and how many; or "" and 0."""
    row = base.execute(
        "SELECT campaign.name, count(*) FROM reservation promise JOIN campaign ON campaign.id = promise.campaign_id"
        " WHERE promise.state = 'promised' AND campaign.status IN (?, ?)"
        " GROUP BY campaign.name ORDER BY count(*) DESC, campaign.name LIMIT 1",
        (CampaignStatus.CLOSING.value, CampaignStatus.CLOSED.value),
    ).fetchone()
    return ("", 0) if row is None else (row[0], row[1])


def backed_up_at(base: Base) -> datetime | None:
    """Return when the program last copied the base, or None."""
    row = base.execute("SELECT value FROM setting WHERE name = ?", (_BACKUP,)).fetchone()
    return None if row is None else datetime.fromisoformat(json.loads(row[0]))


def promised(base: Base, campaign_id: int, kind: str) -> list[Promised]:
    """Return the pupils to whom a campaign promised a device, school by school and class by class."""
    rows = base.execute(
        "SELECT promise.pupil_id, promise.features, promise.home, device.tag, pupil.school_id FROM reservation promise"
        " JOIN pupil ON pupil.id = promise.pupil_id LEFT JOIN device ON device.id = promise.device_id"
        " WHERE promise.state = 'promised' AND promise.campaign_id = ? AND promise.kind = ?"
        " ORDER BY pupil.school_id, pupil.class_name, pupil.id",
        (campaign_id, kind),
    ).fetchall()
    return [Promised(PupilId(row[0]), frozenset(words(row[1])), row[2], row[3], row[4]) for row in rows]


def ready_tags(base: Base, kind: str) -> dict[tuple[frozenset[str], str], list[str]]:
    """Return the tags of the ready devices nobody was promised exactly, by features and place, or school's carton."""
    tags: dict[tuple[frozenset[str], str], list[str]] = {}
    rows = base.execute(
        "SELECT model.features, device.place, device.depot, device.school_id, device.tag, carton.school_id FROM device"
        " JOIN device_model model ON model.id = device.model_id"
        " LEFT JOIN carton_device item ON item.device_id = device.id AND item.state = 'packed'"
        " LEFT JOIN carton ON carton.id = item.carton_id WHERE device.state = 'ready' AND model.kind = ?"
        " AND NOT EXISTS (SELECT 1 FROM reservation promise WHERE promise.device_id = device.id"
        " AND promise.state = 'promised') ORDER BY device.id",
        (kind,),
    ).fetchall()
    for features, place, depot, school_id, tag, packed_for in rows:
        home = f"school:{school_id}" if place == Place.SCHOOL.value else f"depot:{depot}"
        home = home if packed_for is None else f"{CARTON}{packed_for}"
        tags.setdefault((frozenset(words(features)), home), []).append(tag)
    return tags
