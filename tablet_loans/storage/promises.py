"""Promises of a class of device, which any device of that class fulfils, and their release."""

from collections.abc import Iterator
from typing import Final

from tablet_loans.domain.device import DeviceId
from tablet_loans.domain.pupil import PupilId
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import words
from tablet_loans.storage.staging import ChangedRow

_OPEN: Final = "SELECT id FROM reservation WHERE pupil_id = ? AND device_id IS NULL AND state = 'promised'"
_FITS: Final = (
    "SELECT promise.features, model.features FROM reservation promise JOIN device ON device.id = ?"
    " JOIN device_model model ON model.id = device.model_id AND model.kind = promise.kind WHERE promise.id = ?"
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
_READ: Final = 1_000


def of_a_class(base: Base, pupil_id: PupilId, device_id: DeviceId) -> int | None:
    """Return the id of a pupil's promise of a class that this device fulfils, or None."""
    for (promise,) in base.execute(_OPEN, (pupil_id,)).fetchall():  # a base without plans has none
        row = base.execute(_FITS, (device_id, promise)).fetchone()
        if row is not None and set(words(row[0])) <= set(words(row[1])):
            return int(promise)
    return None


def of_pupil(base: Base, campaign_id: int, pupil_id: PupilId) -> list[int]:
    """Return the ids of the promises that a pupil holds in a campaign, held until the transaction ends."""
    query = "SELECT id FROM reservation WHERE campaign_id = ? AND pupil_id = ? AND state = 'promised' ORDER BY id"
    lock = " FOR UPDATE" if base.is_server else ""
    return [int(row[0]) for row in base.execute(query + lock, (campaign_id, pupil_id)).fetchall()]


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


def to_release(base: Base, plan_id: int) -> Iterator[ChangedRow]:
    """Yield the promises of a plan that stand, as rows that are released unless somebody is faster."""
    query = "SELECT id FROM reservation WHERE plan_id = ? AND state = 'promised' AND id > ? ORDER BY id LIMIT ?"
    last = 0
    while rows := base.execute(query, (plan_id, last, _READ)).fetchall():
        yield from ((0, row[0], {"state": "promised"}, {"state": "released"}) for row in rows)
        last = rows[-1][0]
