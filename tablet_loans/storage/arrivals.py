"""Arrivals: what a delivery list is compared with, devices already here, their models and their purchases."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tablet_loans.domain.identifiers import tag_number
from tablet_loans.storage import batches
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date, words

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


def last_tag_number(base: Base, prefix: str) -> int:
    """Return the highest number among our own asset tags with this prefix, 0 when there is none."""
    rows = base.execute("SELECT tag FROM device WHERE tag LIKE ?", (f"{prefix}-%",)).fetchall()
    return max((tag_number(row[0], prefix) or 0 for row in rows), default=0)
