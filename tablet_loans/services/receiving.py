"""Receiving: devices come in from a supplier's delivery list, each with an asset tag."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from tablet_loans.domain.device import KIND_WORDS, AssetTag, Condition, DeviceKind, Place
from tablet_loans.domain.identifiers import asset_tag, tag_number
from tablet_loans.domain.problem import ImportReport, Problem
from tablet_loans.domain.roles import Permission
from tablet_loans.services.importers import devices as delivery_lists
from tablet_loans.services.importers.content import loaded
from tablet_loans.services.importers.devices import Delivery
from tablet_loans.services.importing import Meter, alone, begun, opened, split, unwritten, written
from tablet_loans.services.session import Progress, Receipt, Session, Topic, settled
from tablet_loans.storage import arrivals
from tablet_loans.storage.arrivals import Codes, KnownDevice, KnownModel, PurchaseFacts
from tablet_loans.storage.devices import device_key
from tablet_loans.storage.rows import stored
from tablet_loans.storage.staging import Brought, ChangedRow, Load, NewRow, Tags
from tablet_loans.text import N_, sort_key, tr

ModelKey = tuple[str, str, str]

_NO_PURCHASE: Final[PurchaseFacts] = ("", "", "", "", None)
_FULLER: Final = ("gtin", "features", "kit")
_PURCHASE_COLUMNS: Final = ("supplier", "invoice", "mandate", "account", "purchased_on")
_NEW: Final = (
    "tag", "serial", "imei", "iccid", "phone_line", "price_cents", "in_service_on", "model_id", "purchase_id",
    "search_key", "state", "place", "depot", "condition", "missing_kit",
)  # fmt: skip
_SEARCHED: Final = ("serial", "imei", "model_id")


@dataclass(slots=True)
class _Plan:
    """What a delivery list would do, before anything is written."""

    created: list[tuple[Delivery, AssetTag, ModelKey]] = field(default_factory=list)
    updated: list[tuple[KnownDevice, Delivery, ModelKey]] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class _Shelf:
    """The models and purchases already here, and those that the list brings."""

    models: dict[ModelKey, KnownModel]
    keys: dict[int, ModelKey]
    kinds: dict[tuple[str, str], str]
    purchases: dict[int, PurchaseFacts]
    brought: dict[ModelKey, KnownModel] = field(default_factory=dict)

    def key_for(self, delivery: Delivery, known: KnownDevice | None) -> ModelKey:
        """Return the key of the delivery's model: the device's own where the list says nothing else."""
        own = self.keys[known.model_id] if known else None
        if own and not delivery.model and delivery.kind in {None, own[0]}:
            return own
        maker, name = sort_key(delivery.maker), sort_key(_model_name(delivery))
        if own and name == own[2] and maker in {"", own[1]}:
            maker = own[1]
        if own and (maker, name) == own[1:] and delivery.kind is None:
            return own
        kind = delivery.kind or self.kinds.get((maker, name), DeviceKind.TABLET.value)
        return kind, maker, name

    def bring(self, key: ModelKey, delivery: Delivery) -> None:
        """Note what the delivery says of its model: a new one, or what a known one lacked."""
        model = self.brought.get(key) or self.models.get(key)
        if model is None:
            model = KnownModel(0, key[0], delivery.maker, _model_name(delivery), "", (), ())
            self.brought[key] = model
            self.kinds.setdefault(key[1:], key[0])
        fuller = KnownModel(
            model.id, model.kind, model.maker, model.name, model.gtin or delivery.gtin,
            model.features or delivery.features, model.kit or delivery.kit,
        )  # fmt: skip
        if fuller != model:
            self.brought[key] = fuller

    def model(self, key: ModelKey) -> KnownModel:
        """Return the model of a key, known or brought."""
        return self.brought.get(key) or self.models[key]


def _model_key(model: KnownModel) -> ModelKey:
    return model.kind, sort_key(model.maker), sort_key(model.name)


def _model_name(delivery: Delivery) -> str:
    return delivery.model or tr(KIND_WORDS[delivery.kind or DeviceKind.TABLET])


@settled
def import_devices(
    session: Session,
    path: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    is_dry_run: bool = False,
    progress: Progress | None = None,
) -> Receipt[ImportReport]:
    """Receive the devices of a delivery list, all or none, and say what became of each line.

    A device already here is completed, never moved: its state and place are the counter's. An empty cell erases
    nothing. `mapping` names columns the program does not know: column to field.

    Raises: NotPermitted, ImportUnderWay, FileMissing, FileUnreadable, WrongFile, MissingColumns, UnknownField,
    BaseTrouble, Cancelled.
    """
    session.require(Permission.STOCK)
    source = opened("devices", path)
    size, items = delivery_lists.read(loaded(path), str(path), mapping=mapping, tag_prefix=session.settings.tag_prefix)
    meter = Meter(progress or Progress(), size)
    deliveries, problems, lines = split(items, meter)
    if is_dry_run:
        with session.base.reading():
            plan, _ = _planned(session, deliveries, _last_number(session, deliveries), meter)
        return unwritten(_report(plan, problems, lines))
    with alone(session):
        last = _last_number(session, deliveries)
        with begun(session, _tags_to_give(session, deliveries, last)) as run:
            with session.base.reading():
                plan, shelf = _planned(session, deliveries, last, meter)
            report = _report(plan, problems, lines)
            if not (plan.created or plan.updated or shelf.brought):
                return unwritten(report)
            loads = _loads(session, plan, shelf)
            return written(session, run, source, report, loads, meter=meter, topics={Topic.DEVICES})


def _report(plan: _Plan, problems: Sequence[Problem], lines: int) -> ImportReport:
    every = tuple(sorted((*problems, *plan.problems), key=lambda problem: problem.line))
    return ImportReport(lines, len(plan.created), len(plan.updated), plan.unchanged, 0, every)


def _planned(session: Session, deliveries: Sequence[Delivery], last_number: int, meter: Meter) -> tuple[_Plan, _Shelf]:
    """Compare the list with what is here, without writing; new tags go on after `last_number`."""
    codes = arrivals.known(
        session.base,
        serials=[delivery.serial for delivery in deliveries if delivery.serial],
        imeis=[delivery.imei for delivery in deliveries if delivery.imei],
        tags=[delivery.tag for delivery in deliveries if delivery.tag],
    )
    shelf, plan = _shelf(session), _Plan()
    numbers = count(last_number + 1)
    first_lines: dict[int, int] = {}
    for delivery in deliveries:
        known = _matching(delivery, codes)
        if problem := _why_not_receive(delivery, known, codes, first_lines):
            plan.problems.append(problem)
            continue
        if known is not None:
            first_lines[known.id] = delivery.line
        key = shelf.key_for(delivery, known)
        if known is not None and (problem := _why_not_of_that_kind(session, delivery, known, shelf.keys, key)):
            plan.problems.append(problem)
            continue
        shelf.bring(key, delivery)
        if known is None:
            plan.created.append((delivery, delivery.tag or _tag(session, next(numbers)), key))
        elif _changes(delivery, known, key, shelf):
            plan.updated.append((known, delivery, key))
        else:
            plan.unchanged += 1
            meter.done += 2
    return plan, shelf


def _shelf(session: Session) -> _Shelf:
    models: dict[ModelKey, KnownModel] = {}
    keys: dict[int, ModelKey] = {}
    for model in arrivals.models(session.base):
        keys[model.id] = _model_key(model)
        models.setdefault(keys[model.id], model)
    kinds: dict[tuple[str, str], str] = {}
    for key in models:
        kinds.setdefault(key[1:], key[0])
    return _Shelf(models, keys, kinds, arrivals.purchases(session.base))


def _last_number(session: Session, deliveries: Sequence[Delivery]) -> int:
    """Return the number after which new asset tags go on: the last of ours, in the base and in the list."""
    prefix = session.settings.tag_prefix
    listed = max((tag_number(delivery.tag, prefix) or 0 for delivery in deliveries if delivery.tag), default=0)
    return max(arrivals.last_tag_number(session.base, prefix), listed)


def _tags_to_give(session: Session, deliveries: Sequence[Delivery], last: int) -> Tags | None:
    """Return the tags that the list may take after number `last`: nobody else gives them meanwhile."""
    if not (lacking := sum(delivery.tag is None for delivery in deliveries)):
        return None
    return Tags(session.settings.tag_prefix, _tag(session, last + 1), last + lacking)


def _tag(session: Session, number: int) -> AssetTag:
    return asset_tag(session.settings.tag_prefix, number, session.settings.tag_digits)


def _matching(delivery: Delivery, codes: Codes) -> KnownDevice | None:
    """Return the device already here that this line describes: by serial, else IMEI, else tag."""
    return (
        codes.by_serial.get(delivery.serial or "")
        or codes.by_imei.get(delivery.imei or "")
        or codes.by_tag.get(delivery.tag or "")
    )


def _why_not_receive(
    delivery: Delivery, known: KnownDevice | None, codes: Codes, first_lines: Mapping[int, int]
) -> Problem | None:
    """Return why the line contradicts a device already here, or None."""
    if known is None:
        return None
    is_other = _is_other(delivery, known)
    holder, bearer = codes.by_tag.get(delivery.tag or ""), codes.by_imei.get(delivery.imei or "")
    if holder is not None and (holder is not known or is_other):
        return Problem(delivery.line, N_("The asset tag {tag} is already another device's."), {"tag": delivery.tag})
    if bearer is not None and (bearer is not known or is_other):
        return Problem(delivery.line, N_("The IMEI {imei} is already another device's."), {"imei": delivery.imei})
    if delivery.tag is not None and delivery.tag != known.tag:
        facts = {"known": known.tag, "tag": delivery.tag}
        return Problem(delivery.line, N_("This device is already known under the asset tag {known}, not {tag}."), facts)
    if known.id in first_lines:
        first = first_lines[known.id]
        return Problem(delivery.line, N_("This device already stands on line {first}."), {"first": first})
    return None


def _why_not_of_that_kind(
    session: Session, delivery: Delivery, known: KnownDevice, keys: Mapping[int, ModelKey], key: ModelKey
) -> Problem | None:
    """Return why a device cannot become one of another kind: its loans say what it was."""
    if keys[known.model_id][0] == key[0]:
        return None
    lent = arrivals.kinds_lent(session.base, [known.id]).get(known.id, key[0])
    if lent == key[0]:
        return None
    template = N_("This device has been lent as another kind of device: {kind}. The line is not taken.")
    return Problem(delivery.line, template, {"kind": KIND_WORDS[DeviceKind(lent)]})


def _is_other(delivery: Delivery, known: KnownDevice) -> bool:
    """Say whether a device that shares a code with the line is another one: by serial, else by IMEI."""
    if delivery.serial is not None and known.serial is not None:
        return delivery.serial != known.serial
    return delivery.imei is not None and known.imei is not None and delivery.imei != known.imei


def _purchase(delivery: Delivery, known: KnownDevice | None, shelf: _Shelf) -> PurchaseFacts:
    """Return the purchase of a device: what the list says, else what was known."""
    old = shelf.purchases[known.purchase_id] if known and known.purchase_id else _NO_PURCHASE
    return (
        delivery.supplier or old[0], delivery.invoice or old[1], delivery.mandate or old[2],
        delivery.account or old[3], delivery.purchased_on or old[4],
    )  # fmt: skip


def _values(delivery: Delivery, known: KnownDevice | None) -> dict[str, object]:
    """Return the device's own columns: what the list says, else what was known."""
    return {
        "serial": delivery.serial or (known.serial if known else None),
        "imei": delivery.imei or (known.imei if known else None),
        "iccid": delivery.iccid or (known.iccid if known else ""),
        "phone_line": delivery.phone_line or (known.phone_line if known else ""),
        "price_cents": (known.price_cents if known else None) if delivery.price_cents is None else delivery.price_cents,
        "in_service_on": delivery.in_service_on or (known.in_service_on if known else None),
    }


def _changes(delivery: Delivery, known: KnownDevice, key: ModelKey, shelf: _Shelf) -> dict[str, object]:
    """Return what the line would change, as it was before."""
    before: dict[str, object] = {
        column: getattr(known, column)
        for column, value in _values(delivery, known).items()
        if getattr(known, column) != value
    }
    if shelf.keys[known.model_id] != key:
        before["model_id"] = known.model_id
    old = shelf.purchases[known.purchase_id] if known.purchase_id else _NO_PURCHASE
    if _purchase(delivery, known, shelf) != old:
        before["purchase_id"] = known.purchase_id
    return before


def _loads(session: Session, plan: _Plan, shelf: _Shelf) -> list[Load]:
    """Return what is written: first the models and purchases, then the devices that refer to them."""
    here = {facts: row_id for row_id, facts in reversed(shelf.purchases.items())}
    arrival, no_kit = (session.settings.arrival_state.value, Place.DEPOT.value), stored(())

    def model_of(key: ModelKey) -> int | Brought:
        model = shelf.model(key)
        return model.id or Brought("device_model", (model.kind, model.maker, model.name))

    def purchase_of(delivery: Delivery, known: KnownDevice | None) -> int | Brought | None:
        facts = _purchase(delivery, known, shelf)
        return None if facts == _NO_PURCHASE else here.get(facts) or Brought("purchase", facts)

    def searched(tag: str, values: Mapping[str, object], key: ModelKey) -> str:
        serial, imei = (None if values[code] is None else str(values[code]) for code in ("serial", "imei"))
        model = shelf.model(key)
        return device_key(tag, serial, imei, model.maker, model.name)

    def created(delivery: Delivery, tag: AssetTag, key: ModelKey) -> NewRow:
        values = _values(delivery, None)
        return delivery.line, (
            tag, *values.values(), model_of(key), purchase_of(delivery, None), searched(tag, values, key), *arrival,
            delivery.depot, Condition.GOOD.value, no_kit,
        )  # fmt: skip

    def changed(known: KnownDevice, delivery: Delivery, key: ModelKey) -> ChangedRow:
        values, before = _values(delivery, known), _changes(delivery, known, key, shelf)
        every = {**values, "model_id": model_of(key), "purchase_id": purchase_of(delivery, known)}
        after = {column: every[column] for column in before}
        if not before.keys().isdisjoint(_SEARCHED):
            after["search_key"] = searched(known.tag, values, key)
            before |= {column: getattr(known, column) for column in _SEARCHED}
        return delivery.line, known.id, before, after

    return [
        *_model_loads(shelf),
        Load("purchase", _PURCHASE_COLUMNS, [(0, facts) for facts in _new_purchases(plan, shelf)]),
        Load("device", _NEW, (created(*each) for each in plan.created)),
        Load("device", (), (changed(*each) for each in plan.updated)),
    ]


def _model_loads(shelf: _Shelf) -> list[Load]:
    new = [model for model in shelf.brought.values() if model.id == 0]
    fuller = [(shelf.models[key], model) for key, model in shelf.brought.items() if model.id]
    return [
        Load("device_model", ("kind", "maker", "name", *_FULLER), [(0, _model_row(model)) for model in new]),
        Load("device_model", (), [(0, old.id, _fuller(old), _fuller(model)) for old, model in fuller]),
    ]


def _fuller(model: KnownModel) -> dict[str, object]:
    return {column: stored(getattr(model, column)) for column in _FULLER}


def _model_row(model: KnownModel) -> tuple[object, ...]:
    return model.kind, model.maker, model.name, *_fuller(model).values()


def _new_purchases(plan: _Plan, shelf: _Shelf) -> list[PurchaseFacts]:
    """Return the purchases that devices need and that are not here yet."""
    needed = dict.fromkeys(_purchase(delivery, None, shelf) for delivery, _, _ in plan.created)
    needed.update(dict.fromkeys(_purchase(delivery, known, shelf) for known, delivery, _ in plan.updated))
    here = set(shelf.purchases.values()) | {_NO_PURCHASE}
    return [facts for facts in needed if facts not in here]
