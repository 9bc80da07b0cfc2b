"""Devices: found by any of their codes, listed by blocks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from peewee import JOIN, SQL

from tablet_loans.domain.device import AssetRow, DeviceFilter, DeviceId, DeviceRow, DeviceState
from tablet_loans.domain.identifiers import compact, normal_tag, own_tag
from tablet_loans.domain.paging import Place, Sort
from tablet_loans.storage import choosing
from tablet_loans.storage.database import Base
from tablet_loans.storage.loan_models import Loan
from tablet_loans.storage.roster_models import School
from tablet_loans.storage.searching import Clause, Shelf, in_bites, joined, shelf, words_of
from tablet_loans.storage.stock_models import Device, DeviceModel, Purchase
from tablet_loans.text import search_key

_FOUND: Final = (
    "SELECT device.id, device.tag, device.serial, device.state, device.place, device.school_id, device.condition,"
    " device.missing_kit, model.kind, model.maker, model.name, model.kit, reservation.id, reservation.pupil_id,"
    " loan.id, loan.pupil_id FROM device"
    " JOIN device_model model ON model.id = device.model_id"
    " LEFT JOIN reservation ON reservation.device_id = device.id AND reservation.state = 'promised'"
    " LEFT JOIN loan ON loan.device_id = device.id AND loan.state = 'open'"
)


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """A device as an act needs it, with its promise and its open loan."""

    id: DeviceId
    tag: str
    serial: str | None
    state: DeviceState
    place: str
    school_id: int | None
    condition: str
    missing_kit: str
    kind: str
    maker: str
    model: str
    kit: str
    reservation_id: int | None
    reserved_for: int | None
    loan_id: int | None
    holder_id: int | None


def find(base: Base, code: str) -> FoundDevice | None:
    """Return the device known by this asset tag, serial or IMEI, or None; the tag wins."""
    return _find(base, code, "")


def locked(base: Base, code: str) -> FoundDevice | None:
    """Return the device known by this code, held until the transaction ends, or None."""
    return _find(base, code, " FOR UPDATE OF device" if base.is_server else "")


def _find(base: Base, code: str, lock: str) -> FoundDevice | None:
    tag, plain = normal_tag(code), compact(code)
    found = None
    if own_tag(tag):  # most scans: one index to look into, not three
        found = base.execute(f"{_FOUND} WHERE device.tag = ?{lock}", (tag,)).fetchone()
    if found is None:
        where = "WHERE device.tag = ? OR device.serial = ? OR device.imei = ?"
        rows = base.execute(f"{_FOUND} {where}{lock}", (tag, plain, plain)).fetchall()
        found = next((row for row in rows if row[1] == tag), rows[0] if rows else None)
    return None if found is None else FoundDevice(found[0], found[1], found[2], DeviceState(found[3]), *found[4:])


def tags_in_order(base: Base, codes: Iterable[str]) -> list[str]:
    """Return the tags of devices in the one order in which all stations lock them; a code unknown stays itself."""
    found = [(device.id if (device := find(base, code)) else 0, device.tag if device else code) for code in codes]
    return [tag for _, tag in sorted(found)]


def device_key(tag: str, serial: str | None, imei: str | None, _maker: str = "", _model: str = "") -> str:
    """Return the text in which a device is searched; the end of its serial is a word of its own.

    Its model's words are looked for among the models: there they stand once, not a million times.
    """
    return search_key(tag, tag.replace("-", ""), serial, serial[-4:] if serial else None, imei)


def ending_with(base: Base, last4: str, limit: int) -> list[DeviceRow]:
    """Return the first devices, by tag, whose serial ends with these characters."""
    found, ending = shelf("device", base), compact(last4)
    if not (words := words_of(ending)):
        return []
    matching = found.matching(words, is_whole=True)
    ids = [row[0] for row in found.run(matching.sql, matching.values)]
    where = joined([found.among(ids), Clause("serial LIKE ?", (f"%{ending}",))])
    first = found.select("id", where, f"ORDER BY tag{found.binary} LIMIT ?", limit)
    return _in_order(found, [row[0] for row in first])


def count(chosen: DeviceFilter) -> int:
    """Return how many devices the filter lets through."""
    return choosing.count(shelf("device"), chosen)


def _rows() -> Any:
    return (
        Device.select(
            Device.id, Device.tag, Device.serial, Device.imei, DeviceModel.kind, DeviceModel.maker, DeviceModel.name,
            Device.state, Device.place, Device.depot, School.uai, Loan.number, Device.condition,
        )
        .join(DeviceModel)
        .switch(Device)
        .join(School, JOIN.LEFT_OUTER)
        .switch(Device)
        .join(Loan, JOIN.LEFT_OUTER, on=(Loan.device == Device.id) & (Loan.state == "open"))
    )  # fmt: skip


def block(chosen: DeviceFilter, sort: Sort, place: Place) -> list[DeviceRow]:
    """Return the rows of one block of the sorted list."""
    found = shelf("device")
    return _in_order(found, choosing.ids(found, chosen, sort, place))


def with_ids(ids: Sequence[int]) -> list[DeviceRow]:
    """Return the rows of these devices, in that order; one that went away is left out."""
    return _in_order(shelf("device"), ids)


def _in_order(found: Shelf, ids: Sequence[int]) -> list[DeviceRow]:
    """Return the rows of these devices in that order; one that went away meanwhile is left out."""
    by_id: dict[int, DeviceRow] = {}
    for some in in_bites(ids):
        rows = _rows().where(Device.id.in_(some)).bind(found.database).tuples()
        by_id.update((row[0], DeviceRow(*row)) for row in rows)
    return [by_id[device_id] for device_id in ids if device_id in by_id]


def row(device_id: DeviceId) -> DeviceRow | None:
    """Return one device as lists show it, or None."""
    found = _rows().where(Device.id == device_id).tuples().first()
    return None if found is None else DeviceRow(*found)


def assets(school: str | None = None) -> Iterator[AssetRow]:
    """Yield every device as finance needs it, by tag."""
    query = (
        Device.select(
            Device.tag, Device.serial, Device.imei, DeviceModel.kind, DeviceModel.maker, DeviceModel.name,
            Purchase.supplier, Purchase.invoice, Purchase.mandate, Purchase.account, Purchase.purchased_on,
            Device.in_service_on, Device.price_cents, Device.state, Device.place, School.uai,
        )
        .join(DeviceModel)
        .switch(Device)
        .join(Purchase, JOIN.LEFT_OUTER)
        .switch(Device)
        .join(School, JOIN.LEFT_OUTER)
        .order_by(SQL(f'"t1"."tag"{shelf("device").binary}'))
    )  # fmt: skip
    for row in (query if school is None else query.where(School.uai == school)).tuples().iterator():
        yield AssetRow(*row)
