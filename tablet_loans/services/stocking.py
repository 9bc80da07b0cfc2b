"""The stock: devices made ready, shown with their story, listed by blocks, exported."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from tablet_loans.domain import device as device_rules
from tablet_loans.domain.act import Action, LedgerId, Line, Subject
from tablet_loans.domain.device import CHANGE_WORDS, DeviceEvent, DeviceFilter, DeviceKind, DeviceRow
from tablet_loans.domain.errors import UnknownCode
from tablet_loans.domain.paging import Place, Sort
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.school import SchoolRow
from tablet_loans.services import cautioning, finding, reporting
from tablet_loans.services.exporters.device_list import DEVICE_LIST
from tablet_loans.services.reporting import Export
from tablet_loans.services.session import Receipt, Session, Topic, settled
from tablet_loans.storage import (
    arrivals,
    device_enrolments,
    devices,
    enrolments,
    ledger,
    mdm_accounts,
    receptions,
    schools,
)
from tablet_loans.storage.arrivals import KnownModel
from tablet_loans.storage.enrolments import Step
from tablet_loans.text import N_, tr

_TOLD: Final = 200
_READ: Final = 2_000


@dataclass(frozen=True, slots=True)
class DeviceStory:
    """A device and its last acts, newest first.

    `changes` says of an act that changed it which change that was; there are more acts unless the story `is_whole`.
    `enrolments` are the steps it took in the MDMs, newest first.
    """

    row: DeviceRow
    acts: tuple[Line, ...]
    changes: Mapping[LedgerId, str] = field(default_factory=dict)
    is_whole: bool = True
    enrolments: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """What devices are filtered and moved by: the models and the depots there are, and whether an MDM was read."""

    models: tuple[KnownModel, ...]
    depots: tuple[str, ...]
    has_mdm: bool = False


@settled
def prepare(session: Session, codes: Sequence[str]) -> Receipt[list[str]]:
    """Make devices ready (wiped, cleaned, charged), all or none, and answer with their tags.

    Raises: NotPermitted, UnknownCode, StepNotAllowed, NotReleased.
    """
    session.require(Permission.STOCK)
    with session.transaction() as act:
        tags, found = [], []
        for code in devices.tags_in_order(session.base, codes):
            if (device := devices.locked(session.base, code)) is None:
                raise UnknownCode(code=code)
            ready = device_rules.step(device.state, DeviceEvent.PREPARED)
            act.change(Subject.DEVICE, device.id, {"state": device.state.value}, {"state": ready.value})
            tags.append(device.tag)
            found.append((int(device.id), device.tag))
        cautioning.must_be_released(session, found)
        return act(Action.PREPARED, tags, topics={Topic.DEVICES})


def count(session: Session, chosen: DeviceFilter) -> int:
    """Return how many devices the filter lets through."""
    session.require(Permission.STOCK)
    return devices.count(as_of_today(session, chosen))


def block(session: Session, chosen: DeviceFilter, sort: Sort, place: Place) -> list[DeviceRow]:
    """Return one block of the sorted list of devices."""
    session.require(Permission.STOCK)
    return _with_enrolments(session, devices.block(as_of_today(session, chosen), sort, place))


def as_of_today(session: Session, chosen: DeviceFilter) -> DeviceFilter:
    """Return the filter with the moment before which a device is silent; a base before 0008 knows of no MDM."""
    if chosen.in_mdm is None:
        return chosen
    is_known = mdm_accounts.are_here(session.base)
    return replace(chosen, silent_before=_silent_before(session)) if is_known else replace(chosen, in_mdm=None)


def _silent_before(session: Session) -> datetime:
    return session.now() - timedelta(days=session.settings.mdm_stale_days)


def _with_enrolments(session: Session, rows: Sequence[DeviceRow]) -> list[DeviceRow]:
    """Return the rows with where each device stands in the MDMs, once one was read; no MDM enrols a 4G key."""
    if not enrolments.are_all_read(session.base):
        return list(rows)
    states = device_enrolments.of(session.base, [row.id for row in rows], _silent_before(session))
    return [row if row.kind == DeviceKind.KEY_4G else replace(row, enrolment=states[row.id]) for row in rows]


def choices(session: Session) -> Choices:
    """Return what devices are filtered and moved by."""
    session.require(Permission.STOCK)
    models = sorted(arrivals.models(session.base), key=lambda model: (model.maker, model.name))
    return Choices(tuple(models), tuple(receptions.depots(session.base)), enrolments.are_all_read(session.base))


def schools_like(session: Session, typed: str, limit: int = 50) -> list[SchoolRow]:
    """Return the first schools that match what is typed, by name."""
    session.require(Permission.STOCK)
    return schools.block(typed, Place(0, limit))


def shown(session: Session, code: str) -> DeviceStory:
    """Return a device and its story. Raises: UnknownCode."""
    session.require(Permission.STOCK)
    if (found := devices.find(session.base, code)) is None or (row := devices.row(found.id)) is None:
        raise UnknownCode(code=code)
    lines = ledger.story(session.base, Subject.DEVICE.value, found.id, _TOLD + 1)
    changes = {line.id: _what(session, line.id) for line in lines[:_TOLD] if line.action == Action.CHANGED}
    steps = tuple(enrolments.story(session.base, found.id, _TOLD))
    (row,) = _with_enrolments(session, [row])
    return DeviceStory(row, tuple(lines[:_TOLD]), changes, len(lines) <= _TOLD, steps)


def scanned(session: Session, raw: str) -> DeviceStory:
    """Return the device that a scan names, or that of the loan it names.

    Raises: UnknownCode, ModelCode, UnknownLoan.
    """
    session.require(Permission.STOCK)
    found = finding.found(session.base, raw)
    named = found and (found.device or found.loan)
    if not named:
        raise finding.why_not_found(raw)
    return shown(session, named.tag)


def _what(session: Session, line_id: LedgerId) -> str:
    found = ledger.find(session.base, line_id)
    return CHANGE_WORDS.get(str(found[1].get("what")), "") if found and found[1] else ""


def export(session: Session, chosen: DeviceFilter, sort: Sort, out: Path) -> Export:
    """Write the devices the filter lets through, in the list's order, into a .csv or .xlsx file.

    Raises: NotPermitted, FileTrouble, DiskFull, BaseTrouble.
    """
    session.require(Permission.STOCK)
    columns = DEVICE_LIST if enrolments.are_all_read(session.base) else DEVICE_LIST[:-1]
    return reporting.exported(session, out, "devices", columns, _every(session, chosen, sort), tr(N_("Devices")))


def _every(session: Session, chosen: DeviceFilter, sort: Sort) -> Iterator[DeviceRow]:
    start = 0
    while found := block(session, chosen, sort, Place(start, _READ)):
        yield from found
        start += _READ
