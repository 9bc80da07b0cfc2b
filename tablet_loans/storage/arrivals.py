"""Arrivals: what a delivery list is compared with, devices already here, their models and their purchases."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tablet_loans.domain.identifiers import tag_number
from tablet_loans.storage import batches
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date, words
from tablet_loans.storage.rows import stored

PurchaseFacts = tuple[str, str, str, str, date | None]

_DEVICES: Final = (
    "SELECT id, tag, serial, imei, iccid, phone_line, model_id, purchase_id, price_cents, in_service_on FROM device"
)


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device that is already here, as a delivery list may change it."""

    id: int
    tag: str
    serial: str | None
    imei: str | None
    iccid: str
    phone_line: str
    model_id: int
    purchase_id: int | None
    price_cents: int | None
    in_service_on: date | None


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that is already here."""

    id: int
    kind: str
    maker: str
    name: str
    gtin: str
    features: tuple[str, ...]
    kit: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Codes:
    """The devices already here that bear some of a list's codes."""

    by_serial: dict[str, KnownDevice]
    by_imei: dict[str, KnownDevice]
    by_tag: dict[str, KnownDevice]


def known(base: Base, *, serials: Collection[str], imeis: Collection[str], tags: Collection[str]) -> Codes:
    """Return the devices that bear one of these codes."""
    found: dict[int, KnownDevice] = {}
    for column, keys in (("serial", serials), ("imei", imeis), ("tag", tags)):
        for row in batches.with_keys(base, _DEVICES, column, keys):
            if row[0] not in found:
                found[row[0]] = _device(row)
    return Codes(
        {device.serial: device for device in found.values() if device.serial},
        {device.imei: device for device in found.values() if device.imei},
        {device.tag: device for device in found.values()},
    )


def _device(row: Any) -> KnownDevice:
    return KnownDevice(*(*row[:-1], as_date(row[-1])))


def models(base: Base) -> list[KnownModel]:
    """Return all models, the oldest first."""
    rows = base.execute("SELECT id, kind, maker, name, gtin, features, kit FROM device_model ORDER BY id").fetchall()
    return [KnownModel(*(*row[:-2], words(row[-2]), words(row[-1]))) for row in rows]


def purchases(base: Base) -> dict[int, PurchaseFacts]:
    """Return the facts of all purchases, by id."""
    rows = base.execute("SELECT id, supplier, invoice, mandate, account, purchased_on FROM purchase ORDER BY id")
    return {row[0]: (row[1], row[2], row[3], row[4], as_date(row[5])) for row in rows.fetchall()}


def brought_ids(base: Base) -> dict[tuple[str, tuple[Any, ...]], int]:
    """Return the ids of models (kind, maker, name) and of purchases, by table and stored values; the oldest of each."""
    found: dict[tuple[str, tuple[Any, ...]], int] = {}
    for model in models(base):
        found.setdefault(("device_model", (model.kind, model.maker, model.name)), model.id)
    for row_id, facts in purchases(base).items():
        found.setdefault(("purchase", tuple(map(stored, facts))), row_id)
    return found


def kinds_lent(base: Base, device_ids: Sequence[int]) -> dict[int, str]:
    """Return as what kind these devices were ever lent; those that never were are left out."""
    if not device_ids:
        return {}
    marks = ", ".join("?" * len(device_ids))
    query = f"SELECT DISTINCT device_id, kind FROM loan WHERE device_id IN ({marks})"
    return {row[0]: row[1] for row in base.execute(query, device_ids).fetchall()}


def last_tag_number(base: Base, prefix: str) -> int:
    """Return the highest number among our own asset tags with this prefix, 0 when there is none.

    The numbers that an import under way is about to give are taken.
    """
    tags = base.execute("SELECT max(tag) FROM device WHERE tag LIKE ? GROUP BY length(tag)", (f"{prefix}-%",))
    numbers = [tag_number(row[0], prefix) for row in tags.fetchall()]
    if None in numbers:  # among tags of one length, somebody else's stands after all of ours
        every = base.execute("SELECT tag FROM device WHERE tag LIKE ?", (f"{prefix}-%",))
        numbers = [tag_number(row[0], prefix) for row in every.fetchall()]
    return max((*(number or 0 for number in numbers), last_reserved(base, prefix)))


def last_reserved(base: Base, prefix: str) -> int:
    """Return the last number that an import under way may give, 0 when there is none."""
    if not base.database.table_exists("import_run"):  # the base is one version behind
        return 0
    row = base.execute("SELECT max(last_tag) FROM import_run WHERE tag_prefix = ?", (prefix,)).fetchone()
    return row[0] or 0
