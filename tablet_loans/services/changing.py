"""Changing: many devices at once, previewed, written by short acts, undone as one."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tablet_loans.domain import device as device_rules
from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.device import (
    DeviceChange,
    DeviceEvent,
    DeviceFilter,
    DeviceId,
    DeviceRow,
    DeviceState,
    Happened,
    Moved,
    Place,
    Remodelled,
    change_name,
    is_so_already,
    why_not_change,
)
from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.mdm_rule import Caution, OwnersLeft
from tablet_loans.domain.paging import Place as Rows
from tablet_loans.domain.paging import Sort
from tablet_loans.domain.roles import Permission
from tablet_loans.services import cautioning, stocking, undoing
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Cancelled, Progress, Receipt, Session, Topic, settled
from tablet_loans.storage import arrivals, devices, rows
from tablet_loans.storage.devices import device_key
from tablet_loans.storage.searching import in_bites

EXAMPLES: Final = 3
"""So many tags are told of devices that meet an obstacle."""

_READ: Final = 2_000
_TOGETHER: Final = 100  # an act so short that a scan passes between two of them
_COLUMNS: Final = ("tag", "serial", "imei", "state", "place", "depot", "school_id", "model_id", "search_key")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Devices chosen in a list: its filter, its order, and the places of the rows.

    `ids` are the devices seen there when they were chosen: they count before the places, for a list moves.
    """

    filter: DeviceFilter
    sort: Sort
    places: tuple[Rows, ...]
    ids: tuple[DeviceId, ...] = ()

    @property
    def count(self) -> int:
        """How many devices are chosen."""
        return len(self.ids) or sum(place.size for place in self.places)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why some of the devices chosen are not changed: how many, and the tags of a few."""

    refusal: Refusal
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do to the devices chosen: which ones change, how many are so already, which cannot.

    `unreleased` are the tags of those that would be made ready though an MDM still has an owner for them.
    """

    ids: tuple[DeviceId, ...]
    unchanged: int
    obstacles: tuple[Obstacle, ...]
    unreleased: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a change: a receipt an act, how many devices had changed since the preview, and if it ended."""

    receipts: tuple[Receipt[int], ...]
    left_out: int = 0
    is_stopped: bool = False

    @property
    def count(self) -> int:
        """How many devices were changed."""
        return sum(receipt.value for receipt in self.receipts)

    @property
    def topics(self) -> frozenset[Topic]:
        """The topics that were touched."""
        return frozenset({Topic.DEVICES}) if self.receipts else frozenset()


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of the undoing of a change: how many acts were undone, and why the others were not."""

    count: int
    refusals: tuple[Refusal, ...]
    topics: frozenset[Topic] = frozenset({Topic.DEVICES})


def previewed(session: Session, chosen: Chosen, change: DeviceChange, progress: Progress | None = None) -> Preview:
    """Say what a change would do to each of the devices chosen, without writing.

    Raises: NotPermitted, Cancelled, BaseTrouble.
    """
    session.require(Permission.STOCK)
    done = 0
    ids: list[DeviceId] = []
    unchanged = 0
    met: dict[str, tuple[Refusal, list[str]]] = {}
    unreleased: list[str] = []
    for size, together in _read(replace(chosen, filter=stocking.as_of_today(session, chosen.filter))):
        of_these = [row.id for row in together]
        refused, warned = (_still_owned(session, of_these, change, each) for each in (Caution.REFUSE, Caution.WARN))
        for row in together:
            if is_so_already(row, change):
                unchanged += 1
            elif refusal := _why_not(row, change, refused):
                met.setdefault(str(refusal.facts), (refusal, []))[1].append(row.tag)
            else:
                ids.append(row.id)
                unreleased += [row.tag] if row.id in warned else []
        done += size
        if progress:
            progress.step(done, chosen.count)
    obstacles = sorted(met.values(), key=lambda each: -len(each[1]))
    told = (Obstacle(refusal, len(tags), tuple(tags[:EXAMPLES])) for refusal, tags in obstacles)
    return Preview(tuple(ids), unchanged, tuple(told), tuple(unreleased))


def _why_not(row: DeviceRow, change: DeviceChange, still_owned: Collection[int]) -> Refusal | None:
    refusal = why_not_change(DeviceState(row.state), row.kind, change)
    return refusal or (OwnersLeft() if row.id in still_owned else None)


def _still_owned(session: Session, ids: Sequence[DeviceId], wanted: DeviceChange, caution: Caution) -> set[int]:
    """Return which of the devices that would be made ready an MDM has an owner for, where so set."""
    is_readied = wanted == Happened(DeviceEvent.PREPARED)
    return cautioning.still_owned(session, ids, caution) if is_readied else set()


def _read(chosen: Chosen) -> Iterator[tuple[int, Sequence[DeviceRow]]]:
    """Yield the devices chosen, some at a time, with how many places or ids that was."""
    if chosen.ids:
        for some in in_bites(chosen.ids, _READ):
            yield len(some), devices.with_ids(some)
        return
    for place in _in_pieces(chosen.places):
        yield place.size, devices.block(chosen.filter, chosen.sort, place)


def _in_pieces(places: Sequence[Rows]) -> Iterator[Rows]:
    for place in places:
        for start in range(place.start, place.start + place.size, _READ):
            yield Rows(start, min(_READ, place.start + place.size - start))


def change(
    session: Session, ids: Sequence[DeviceId], wanted: DeviceChange, progress: Progress | None = None
) -> Changed:
    """Change the devices by short acts; those that may no longer be are left out. Cancelling keeps what is done.

    Raises: NotPermitted, InvalidUai, UnknownSchool, BaseTrouble.
    """
    session.require(Permission.STOCK)
    after, kinds = _values(session, wanted), {model.id: model.kind for model in arrivals.models(session.base)}
    receipts: list[Receipt[int]] = []
    in_order, left_out = sorted(ids), 0
    for start in range(0, len(in_order), _TOGETHER):
        try:
            if progress:
                progress.step(start, len(in_order))
        except Cancelled:
            return Changed(tuple(receipts), left_out, is_stopped=True)
        together = in_order[start : start + _TOGETHER]
        receipt = _change_together(session, together, wanted, after, kinds)
        if receipt is not None:
            receipts.append(receipt)
        left_out += len(together) - (receipt.value if receipt else 0)
    return Changed(tuple(receipts), left_out)


def undo(session: Session, ledger_ids: Sequence[LedgerId], progress: Progress | None = None) -> TakenBack:
    """Undo the acts of one change, newest first; an act that can no longer be is told, and the others go on.

    Raises: NotPermitted, BaseTrouble.
    """
    refusals: list[Refusal] = []
    for done, ledger_id in enumerate(reversed(ledger_ids), 1):
        try:
            undoing.undo(session, ledger_id)
        except Refusal as refusal:
            refusals.append(refusal)
        if progress:
            progress.report(done, len(ledger_ids))
    return TakenBack(len(ledger_ids) - len(refusals), tuple(refusals))


def _values(session: Session, wanted: DeviceChange) -> dict[str, object]:
    """Return the columns a change writes, alike in every device."""
    match wanted:
        case Happened(event):
            return {"state": device_rules.reached(event).value}
        case Moved(Place.SCHOOL, _, school):
            return {"place": Place.SCHOOL.value, "school_id": known_school(session, school or "").id}
        case Moved(place, depot):
            return {"place": place.value, "depot": depot, "school_id": None}
        case Remodelled(model_id):
            return {"model_id": model_id}


@settled
def _change_together(
    session: Session,
    ids: Sequence[DeviceId],
    wanted: DeviceChange,
    after: Mapping[str, object],
    kinds: Mapping[int, str],
) -> Receipt[int] | None:
    """Change these devices in one act; None when none of them may be changed any more."""
    with session.transaction() as act:
        count, kept = 0, _still_owned(session, ids, wanted, Caution.REFUSE)
        for device_id in ids:
            if device_id in kept:
                continue
            now = rows.current(session.base, "device", device_id, _COLUMNS)
            if now is None or why_not_change(DeviceState(now["state"]), kinds[now["model_id"]], wanted):
                continue
            values = dict(after)
            if isinstance(wanted, Remodelled):
                values["search_key"] = device_key(now["tag"], now["serial"], now["imei"], wanted.maker, wanted.model)
            before = {column: now[column] for column in values}
            if before != values:
                act.change(Subject.DEVICE, device_id, before, values)
                count += 1
        if not count:
            return None
        action = Action.PREPARED if wanted == Happened(DeviceEvent.PREPARED) else Action.CHANGED
        return act(action, count, topics={Topic.DEVICES}, what=change_name(wanted))
