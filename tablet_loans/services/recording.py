"""Recording: tablets come in one by one, by scanner, each with its label."""

from dataclasses import dataclass
from datetime import datetime

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.arrival import AlreadyRecorded, AlreadyRecordedOn, Arrival, NoCode, NoModel
from tablet_loans.domain.device import AssetTag, Condition, DeviceId, Place
from tablet_loans.domain.errors import TagTaken
from tablet_loans.domain.identifiers import asset_tag, compact, normal_tag
from tablet_loans.domain.roles import Permission
from tablet_loans.services.session import Receipt, Session, Topic, settled
from tablet_loans.storage import arrivals, identities, receptions, rows
from tablet_loans.storage.arrivals import KnownDevice, KnownModel
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.devices import device_key

_KEPT = (
    "tag", "serial", "imei", "model_id", "purchase_id", "price_cents", "state", "place", "depot", "condition",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Received:
    """A tablet that was recorded, and the label that is stuck on it."""

    id: DeviceId
    tag: AssetTag
    serial: str | None
    imei: str | None
    model: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shelves:
    """What an arrival is described with: the models and depots already here, and the next label."""

    models: tuple[KnownModel, ...]
    depots: tuple[str, ...]
    next_tag: AssetTag


@settled
def receive_one(
    session: Session,
    arrival: Arrival,
    *,
    serial: str | None,
    tag: str | None = None,
    imei: str | None = None,
) -> Receipt[Received]:
    """Record one tablet of an arrival under `tag`, or under the next of our own, and answer with what it became.

    A model or a purchase that is not here yet is written with its first tablet.
    Raises: NotPermitted, NoModel, NoCode, AlreadyRecorded, TagTaken, BaseTrouble.
    """
    session.require(Permission.STOCK)
    if not arrival.model.strip():
        raise NoModel()
    serial = compact(serial or "") or None
    if not (serial or imei):
        raise NoCode()
    with session.transaction() as act:
        if tag is None:
            receptions.alone(session.base)
        _must_be_new(session, serial, imei, tag)
        given = normal_tag(tag) if tag else _next_tag(session)
        values = _values(session, arrival, given, serial, imei)
        device_id = rows.insert(session.base, "device", values)
        act.created(Subject.DEVICE, device_id, **{column: values[column] for column in _KEPT})
        received = Received(DeviceId(device_id), given, serial, imei, arrival.full_model, act.at)
        return act(Action.RECEIVED, received, topics={Topic.DEVICES}, tag=given)


def next_tag(session: Session) -> AssetTag:
    """Return the label that the next tablet gets, unless another station is faster."""
    session.require(Permission.STOCK)
    with troubles_spoken(session.base):
        return _next_tag(session)


def shelves(session: Session) -> Shelves:
    """Return what an arrival can be described with."""
    session.require(Permission.STOCK)
    with troubles_spoken(session.base):
        models = sorted(arrivals.models(session.base), key=lambda model: (model.maker, model.name))
        return Shelves(tuple(models), tuple(receptions.depots(session.base)), _next_tag(session))


def _next_tag(session: Session) -> AssetTag:
    prefix, digits = session.settings.tag_prefix, session.settings.tag_digits
    return asset_tag(prefix, receptions.highest_tag_number(session.base, prefix, digits) + 1, digits)


def _must_be_new(session: Session, serial: str | None, imei: str | None, tag: str | None) -> None:
    """Refuse by name what is already here. Raises: AlreadyRecorded, TagTaken."""
    known = arrivals.known(
        session.base,
        serials=[serial] if serial else [],
        imeis=[imei] if imei else [],
        tags=[normal_tag(tag)] if tag else [],
    )
    for code, device in ((serial, known.by_serial.get(serial or "")), (imei, known.by_imei.get(imei or ""))):
        if device is not None:
            raise _already(session, code or "", device)
    if tag and known.by_tag.get(normal_tag(tag)):
        raise TagTaken(tag=normal_tag(tag))


def _already(session: Session, code: str, device: KnownDevice) -> AlreadyRecorded:
    if (at := receptions.recorded_at(session.base, device.id)) is None:
        return AlreadyRecorded(code=code, tag=device.tag)
    return AlreadyRecordedOn(code=code, tag=device.tag, day=at.astimezone().date())


def _values(
    session: Session, arrival: Arrival, tag: AssetTag, serial: str | None, imei: str | None
) -> dict[str, object]:
    """Return the columns of a new device, its model and its purchase written when they are new."""
    model_id, maker, name = _model(session, arrival)
    values: dict[str, object] = {
        "tag": tag, "serial": serial, "imei": imei, "iccid": "", "phone_line": "", "model_id": model_id,
        "purchase_id": _purchase_id(session, arrival), "price_cents": arrival.price_cents, "in_service_on": None,
        "state": session.settings.arrival_state.value, "place": Place.DEPOT.value, "depot": arrival.depot,
        "condition": Condition.GOOD.value, "missing_kit": (),
        "search_key": device_key(tag, serial, imei, maker, name),
    }  # fmt: skip
    free = identities.free_id(session.base, "device")
    return values if free is None else {"id": free, **values}


def _model(session: Session, arrival: Arrival) -> tuple[int, str, str]:
    if known := receptions.model_like(session.base, arrival.kind.value, arrival.maker, arrival.model):
        return known.id, known.maker, known.name
    values = {
        "kind": arrival.kind.value, "maker": arrival.maker, "name": arrival.model, "gtin": arrival.gtin,
        "features": (), "kit": arrival.kit,
    }  # fmt: skip
    return rows.insert(session.base, "device_model", values), arrival.maker, arrival.model


def _purchase_id(session: Session, arrival: Arrival) -> int | None:
    facts = (arrival.supplier, arrival.invoice, arrival.mandate, arrival.account, arrival.purchased_on)
    if not any(facts):
        return None
    columns = ("supplier", "invoice", "mandate", "account", "purchased_on")
    found = receptions.purchase_id(session.base, facts)
    return found or rows.insert(session.base, "purchase", dict(zip(columns, facts, strict=True)))
