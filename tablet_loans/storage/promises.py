"""Promises of a class of device, which any device of that class fulfils, and their release."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tablet_loans.domain.device import DeviceId
from tablet_loans.domain.offer import Promised
from tablet_loans.domain.pupil import PupilId
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import words
from tablet_loans.storage.staging import ChangedRow

_HELD: Final = (
    "SELECT promise.id, promise.device_id, promise.features, model.features FROM reservation promise"
    " JOIN device ON device.id = ? JOIN device_model model ON model.id = device.model_id AND model.kind = promise.kind"
    " WHERE promise.pupil_id = ? AND promise.state = 'promised'"
)
_READY_BY_CLASS: Final = (
    "SELECT model.features, count(*) FROM device JOIN device_model model ON model.id = device.model_id"
    " WHERE device.state = 'ready' AND model.kind = ? AND NOT EXISTS (SELECT 1 FROM reservation promise"
    " WHERE promise.device_id = device.id AND promise.state = 'promised') GROUP BY model.features"
)
_PROMISED_BY_CLASS: Final = (
    "SELECT features, count(*) FROM reservation WHERE state = 'promised' AND kind = ? AND device_id IS NULL"
    " GROUP BY features"
)
_OF_PLANS: Final = (
    "SELECT promise.plan_id, promise.device_id, CASE WHEN promise.state = 'promised' OR EXISTS (SELECT 1 FROM loan"
    " WHERE loan.pupil_id = promise.pupil_id AND loan.kind = promise.kind AND loan.state = 'open') THEN 1 ELSE 0 END"
    " FROM reservation promise WHERE promise.campaign_id = ? AND promise.pupil_id = ? AND promise.plan_id IS NOT NULL"
    " AND promise.state IN ('promised', 'fulfilled') ORDER BY promise.id"
)
_READ: Final = 1_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A promise that was not released; of an exact device, it was made to a pupil who waited in the plan.

    It stands while nothing was lent, or what was lent is not back.
    """

    is_exact: bool
    stands: bool


def held(base: Base, pupil_id: PupilId, device_id: DeviceId) -> tuple[int, bool] | None:
    """Return the promise of this kind of device that a pupil holds, and whether this very device keeps it, or None."""
    row = base.execute(_HELD, (device_id, pupil_id)).fetchone()
    if row is None:
        return None
    promise, exact, promised, has = row
    return int(promise), exact in (None, device_id) and set(words(promised)) <= set(words(has))


def told(base: Base, pupil_id: PupilId, kind: str) -> Promised | None:
    """Return what is promised to a pupil of this kind of device, None where nothing is."""
    row = base.execute(
        "SELECT promise.features, device.tag FROM reservation promise LEFT JOIN device ON device.id = promise.device_id"
        " WHERE promise.pupil_id = ? AND promise.kind = ? AND promise.state = 'promised'",
        (pupil_id, kind),
    ).fetchone()
    return None if row is None else Promised(frozenset(words(row[0])), row[1])


def sweep(base: Base, campaign_id: int) -> None:
    """Release the promises of a campaign to pupils who were lent a device, or set aside, while they were written."""
    with base.atomic():
        base.execute(
            "UPDATE reservation SET state = 'released' WHERE campaign_id = ? AND state = 'promised'"
            " AND (EXISTS (SELECT 1 FROM loan WHERE loan.pupil_id = reservation.pupil_id"
            " AND loan.kind = reservation.kind AND loan.state = 'open') OR EXISTS (SELECT 1 FROM plan_mark mark"
            " WHERE mark.campaign_id = reservation.campaign_id AND mark.pupil_id = reservation.pupil_id"
            " AND mark.kind = 'excluded' AND mark.is_current))",
            (campaign_id,),
        )


def is_over(base: Base, promise: int) -> bool:
    """Say whether a promise can be kept no more: its campaign is over, or its plan was withdrawn."""
    row = base.execute(
        "SELECT campaign.status, plan.withdrawn_at FROM reservation promise"
        " JOIN campaign ON campaign.id = promise.campaign_id LEFT JOIN plan ON plan.id = promise.plan_id"
        " WHERE promise.id = ?",
        (promise,),
    ).fetchone()
    return row is not None and (row[0] in {"closing", "closed"} or row[1] is not None)


def of_pupil(base: Base, campaign_id: int, pupil_id: PupilId) -> list[int]:
    """Return the ids of the promises that a pupil holds in a campaign, held until the transaction ends."""
    query = "SELECT id FROM reservation WHERE campaign_id = ? AND pupil_id = ? AND state = 'promised' ORDER BY id"
    lock = " FOR UPDATE" if base.is_server else ""
    return [int(row[0]) for row in base.execute(query + lock, (campaign_id, pupil_id)).fetchall()]


def by_plan(base: Base, campaign_id: int, pupil_id: PupilId) -> dict[int, Kept]:
    """Return by plan the promises made to a pupil in a campaign that stand or were fulfilled."""
    found = base.execute(_OF_PLANS, (campaign_id, pupil_id)).fetchall()
    return {int(row[0]): Kept(row[1] is not None, bool(row[2])) for row in found}


def is_covered(base: Base, promise: int) -> bool:
    """Say whether a promise that stands finds a device: no more of its class are promised than are ready."""
    kind, features, device_id = base.execute(
        "SELECT kind, features, device_id FROM reservation WHERE id = ?", (promise,)
    ).fetchone()
    if device_id is not None:
        ready = base.execute("SELECT 1 FROM device WHERE id = ? AND state = 'ready'", (device_id,)).fetchone()
        return ready is not None
    wanted = set(words(features))
    piles = base.execute(_READY_BY_CLASS, (kind,)).fetchall()
    promised = base.execute(_PROMISED_BY_CLASS, (kind,)).fetchall()
    there = sum(count for kept, count in piles if set(words(kept)) == wanted)
    return there >= sum(count for kept, count in promised if set(words(kept)) == wanted)


def counted(base: Base, plan_id: int) -> tuple[int, int]:
    """Return how many of a plan's promises stand, and how many were fulfilled."""
    query = "SELECT count(*) FROM reservation WHERE plan_id = ? AND state = ?"
    standing, fulfilled = (base.execute(query, (plan_id, state)).fetchone()[0] for state in ("promised", "fulfilled"))
    return int(standing), int(fulfilled)


def left(base: Base, campaign_id: int) -> int:
    """Return how many promises of a campaign stand."""
    query = "SELECT count(*) FROM reservation WHERE campaign_id = ? AND state = 'promised'"
    return int(base.execute(query, (campaign_id,)).fetchone()[0])


def ids_left(base: Base, campaign_id: int) -> list[int]:
    """Return the ids of the promises of a campaign that stand."""
    query = "SELECT id FROM reservation WHERE campaign_id = ? AND state = 'promised' ORDER BY id"
    return [row[0] for row in base.execute(query, (campaign_id,)).fetchall()]


def to_let_go(ids: Iterable[int]) -> Iterator[ChangedRow]:
    """Yield these promises as rows that are released unless somebody is faster."""
    return ((0, row_id, {"state": "promised"}, {"state": "released"}) for row_id in ids)


def release_after(base: Base, campaign_id: int, last: int) -> None:
    """Release at once the promises of a campaign that stand and were made after the one with this id."""
    base.execute(
        "UPDATE reservation SET state = 'released' WHERE campaign_id = ? AND state = 'promised' AND id > ?",
        (campaign_id, last),
    )


def to_release(base: Base, plan_id: int) -> Iterator[ChangedRow]:
    """Yield the promises of a plan that stand, as rows that are released unless somebody is faster."""
    query = "SELECT id FROM reservation WHERE plan_id = ? AND state = 'promised' AND id > ? ORDER BY id LIMIT ?"
    last = 0
    while rows := base.execute(query, (plan_id, last, _READ)).fetchall():
        yield from to_let_go(row[0] for row in rows)
        last = rows[-1][0]
