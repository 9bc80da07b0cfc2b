"""Enrolments: what MDMs tell, record by record, matched to the register; only what differs is written."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

import orjson

from tablet_loans.domain.device import DeviceState
from tablet_loans.domain.enrolment import Enrolment, ExternalRecord, MdmAct, Provider
from tablet_loans.domain.reconciliation import Registered, Seen
from tablet_loans.storage import mdm_accounts
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import from_microseconds, to_microseconds, words
from tablet_loans.storage.rows import execute_many
from tablet_loans.storage.searching import in_bites

_TOLD: Final = (
    "serial", "imeis", "is_enrolled", "enrolled_at", "last_seen_at", "state", "is_supervised", "is_lost", "owner",
    "name", "asset_tag", "group_name", "model", "acts",
)  # fmt: skip
_INSERTED: Final = (
    "account_id", "external_id", "device_id", "enrolment", *_TOLD, "digest", "first_seen_at", "changed_at",
)  # fmt: skip
_INSERT: Final = f"INSERT INTO external_record ({', '.join(_INSERTED)}) VALUES ({', '.join('?' * len(_INSERTED))})"
_STEP: Final = "INSERT INTO enrolment_change (device_id, account_id, at, before, after) VALUES (?, ?, ?, ?, ?)"
_SELECT_TOLD: Final = ", ".join(f"record.{column}" for column in ("external_id", *_TOLD))
_ASKED_AT_ONCE: Final = 500
TELLING: Final = tuple(provider.value for provider in Provider if provider is not Provider.APPLE)
"""The MDMs that tell whether a device is enrolled; Apple's tells whose it is."""
_IS_TELLING: Final = f"provider IN ({', '.join('?' * len(TELLING))})"


@dataclass(frozen=True, slots=True)
class Known:
    """A record as the base has it: enough to tell whether the MDM tells it anew."""

    id: int
    digest: str
    device_id: int | None
    enrolment: Enrolment
    is_gone: bool


class Written(NamedTuple):
    """A record to be written: new, changed, or gone (told no more, then `record` is None)."""

    known: Known | None
    record: ExternalRecord | None
    device_id: int | None
    before: Enrolment
    after: Enrolment
    told: tuple[Any, ...] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a device's enrolment in an MDM."""

    mdm: str
    at: datetime
    before: Enrolment
    after: Enrolment


def told_by(record: ExternalRecord) -> tuple[tuple[Any, ...], str]:
    """Return what is stored of a record, and the digest that tells it from what it was."""
    values = _values(record)
    return values, hashlib.blake2b(orjson.dumps(values), digest_size=16).hexdigest()


def known(base: Base, account_id: int) -> dict[str, Known]:
    """Return all that one MDM ever told, by its own number of each device."""
    query = "SELECT external_id, id, digest, device_id, enrolment, gone_at FROM external_record WHERE account_id = ?"
    return {
        row[0]: Known(row[1], row[2], row[3], _STATES[row[4]], row[5] is not None)
        for row in base.execute(query, (account_id,)).fetchall()
    }


def devices_with(base: Base, serials: Sequence[str], imeis: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Return the devices that have these serial numbers, and those that have these IMEIs."""
    return _ids_by(base, "serial", serials), _ids_by(base, "imei", imeis)


def _ids_by(base: Base, column: str, codes: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in (codes[start : start + _ASKED_AT_ONCE] for start in range(0, len(codes), _ASKED_AT_ONCE)):
        marks = ", ".join("?" * len(some))
        found.update(base.execute(f"SELECT {column}, id FROM device WHERE {column} IN ({marks})", some).fetchall())
    return found


def write(base: Base, account_id: int, batch: Sequence[Written], at: datetime) -> None:
    """Write records that are new, changed or gone, and the steps that enrolments took by it."""
    moment = to_microseconds(at)
    new = [
        (account_id, each.record.external_id, each.device_id, each.after.value, *each.told, each.digest, moment, moment)
        for each in batch
        if each.known is None and each.record is not None
    ]
    execute_many(base, _INSERT, new)
    assigned = ", ".join(f"{column} = ?" for column in ("device_id", "enrolment", *_TOLD, "digest"))
    known = [(each, each.known.id) for each in batch if each.known is not None]
    changed = [
        (each.device_id, each.after.value, *each.told, each.digest, moment, row_id)
        for each, row_id in known
        if each.record is not None
    ]
    execute_many(base, f"UPDATE external_record SET {assigned}, changed_at = ?, gone_at = NULL WHERE id = ?", changed)
    gone = [(each.after.value, moment, moment, row_id) for each, row_id in known if each.record is None]
    execute_many(base, "UPDATE external_record SET enrolment = ?, changed_at = ?, gone_at = ? WHERE id = ?", gone)
    steps = [
        (each.device_id, account_id, moment, each.before.value, each.after.value)
        for each in batch
        if each.device_id is not None and each.before is not each.after
    ]
    left = [
        (each.device_id, account_id, moment, each.enrolment.value, Enrolment.UNENROLLED.value)
        for each, device_id in ((each.known, each.device_id) for each in batch)
        if each is not None and each.device_id not in (None, device_id) and each.enrolment is Enrolment.ENROLLED
    ]  # the devices that a record was of before
    execute_many(base, _STEP, [*steps, *left])


def _values(record: ExternalRecord) -> tuple[Any, ...]:
    """Return what is stored of a record, in the order of its columns."""
    enrolled_at, seen_at = record.enrolled_at, record.last_seen_at
    return (
        record.serial, _listed(record.imeis), record.is_enrolled,
        None if enrolled_at is None else to_microseconds(enrolled_at),
        None if seen_at is None else to_microseconds(seen_at), record.state, record.is_supervised, record.is_lost,
        record.owner, record.name, record.asset_tag, record.group, record.model, _acts_text(record.acts),
    )  # fmt: skip


def _listed(imeis: tuple[str, ...]) -> str:
    return f'["{imeis[0]}"]' if len(imeis) == 1 and imeis[0].isdigit() else json.dumps(imeis)


@lru_cache(maxsize=200)
def _acts_text(acts: frozenset[MdmAct]) -> str:
    return json.dumps(sorted(acts))


@lru_cache(maxsize=200)
def _acts(text: str) -> frozenset[MdmAct]:
    return frozenset(MdmAct(name) for name in json.loads(text))


_STATES: Final[Mapping[str, Enrolment]] = {state.value: state for state in Enrolment}


def seen(base: Base, *, but: int | None = None, device_ids: Sequence[int] | None = None) -> Iterator[Seen]:
    """Yield what the connected MDMs tell now, but for one of them; of these devices alone where some are named."""
    if device_ids is not None:
        for some in in_bites(device_ids):
            yield from _seen(base, f" AND record.device_id IN ({', '.join('?' * len(some))})", some)
        return
    yield from _seen(base, "" if but is None else " AND record.account_id <> ?", () if but is None else (but,))


def _seen(base: Base, where: str, values: Sequence[object]) -> Iterator[Seen]:
    query = (
        f"SELECT account.name, account.provider, record.device_id, record.enrolment, {_SELECT_TOLD}"
        " FROM external_record record JOIN mdm_account account ON account.id = record.account_id"
        f" WHERE record.gone_at IS NULL AND account.closed_at IS NULL{where}"
    )
    for mdm, provider, device_id, enrolment, *told in base.execute(query, tuple(values)).fetchall():
        yield Seen(mdm, _record(told), device_id, _STATES[enrolment], provider in TELLING)


def _record(told: Sequence[Any]) -> ExternalRecord:
    return ExternalRecord(
        told[0], told[1], words(told[2]) if told[2] != "[]" else (), bool(told[3]), _moment(told[4]), _moment(told[5]),
        told[6], _claim(told[7]), _claim(told[8]), told[9], told[10], told[11], told[12], told[13], _acts(told[14]),
    )  # fmt: skip


def _moment(stored: int | None) -> datetime | None:
    return None if stored is None else from_microseconds(stored)


def _claim(stored: object) -> bool | None:
    return None if stored is None else bool(stored)


def registered(base: Base, device_ids: Sequence[int] | None = None) -> Iterator[Registered]:
    """Yield the devices of the register, all or these, each with its open loan."""
    query = (
        "SELECT device.id, device.tag, device.state, model.kind, COALESCE(pupil_school.uai, school.uai, ''),"
        " COALESCE(campaign.name, ''), loan.pupil_id, COALESCE(pupil.sort_key, ''), COALESCE(pupil.ine, '')"
        " FROM device JOIN device_model model ON model.id = device.model_id"
        " LEFT JOIN school ON school.id = device.school_id"
        " LEFT JOIN loan ON loan.device_id = device.id AND loan.state = 'open'"
        " LEFT JOIN campaign ON campaign.id = loan.campaign_id LEFT JOIN pupil ON pupil.id = loan.pupil_id"
        " LEFT JOIN school pupil_school ON pupil_school.id = pupil.school_id"
    )
    bites: Iterable[Sequence[int]] = [()] if device_ids is None else in_bites(device_ids)
    for some in bites:
        where = f" WHERE device.id IN ({', '.join('?' * len(some))})" if some else ""
        for device_id, tag, state, *others in base.execute(query + where, tuple(some)).fetchall():
            yield Registered(device_id, tag, _DEVICE_STATES[state], *others)


_DEVICE_STATES: Final[Mapping[str, DeviceState]] = {state.value: state for state in DeviceState}


def are_all_read(base: Base, *, but: int | None = None) -> bool:
    """Say whether all connected MDMs that tell enrolments, one at least, were read to their end; `but` counts as read.

    Before that, a device that none tells of may well be in the one that is not read yet.
    """
    if not mdm_accounts.are_here(base):
        return False
    query = f"SELECT id, first_synced_at FROM mdm_account WHERE closed_at IS NULL AND {_IS_TELLING}"
    told = base.execute(query, TELLING).fetchall()
    return bool(told) and all(account_id == but or read_at is not None for account_id, read_at in told)


def is_enrolled(base: Base, device_id: int) -> bool:
    """Say whether a connected MDM tells that the device is enrolled: an indexed look."""
    query = (
        "SELECT 1 FROM external_record record JOIN mdm_account account ON account.id = record.account_id"
        " WHERE record.device_id = ? AND record.gone_at IS NULL AND record.is_enrolled AND account.closed_at IS NULL"
    )
    return base.execute(query, (device_id,)).fetchone() is not None


def unreleased(base: Base, device_ids: Sequence[int]) -> set[int]:
    """Return those of the devices that an MDM still has an owner for."""
    found: set[int] = set()
    for some in in_bites(device_ids) if mdm_accounts.are_here(base) else ():
        query = (
            "SELECT record.device_id FROM external_record record JOIN mdm_account account"
            f" ON account.id = record.account_id WHERE record.device_id IN ({', '.join('?' * len(some))})"
            " AND record.gone_at IS NULL AND record.owner <> '' AND account.closed_at IS NULL"
        )
        found.update(row[0] for row in base.execute(query, tuple(some)).fetchall())
    return found


def story(base: Base, device_id: int, limit: int) -> list[Step]:
    """Return the last steps of a device's enrolments, the newest first."""
    if not mdm_accounts.are_here(base):
        return []
    rows = base.execute(
        "SELECT account.name, step.at, step.before, step.after FROM enrolment_change step"
        " JOIN mdm_account account ON account.id = step.account_id WHERE step.device_id = ?"
        " ORDER BY step.id DESC LIMIT ?",
        (device_id, limit),
    ).fetchall()
    return [Step(row[0], from_microseconds(row[1]), _STATES[row[2]], _STATES[row[3]]) for row in rows]


def records_of(base: Base, account_id: int) -> list[int]:
    """Return the ids of all records of an MDM."""
    rows = base.execute("SELECT id FROM external_record WHERE account_id = ?", (account_id,)).fetchall()
    return [row[0] for row in rows]


def forget(base: Base, ids: Sequence[int]) -> None:
    """Delete records of an MDM that is no longer connected."""
    base.execute(f"DELETE FROM external_record WHERE id IN ({', '.join('?' * len(ids))})", tuple(ids))
