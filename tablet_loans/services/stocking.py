"""The stock: devices made ready, shown with their story, listed by blocks."""

from collections.abc import Sequence
from dataclasses import dataclass

from tablet_loans.domain import device as device_rules
from tablet_loans.domain.act import Action, Line, Subject
from tablet_loans.domain.device import DeviceEvent, DeviceFilter, DeviceRow
from tablet_loans.domain.errors import UnknownCode
from tablet_loans.domain.paging import Place, Sort
from tablet_loans.domain.roles import Permission
from tablet_loans.services.session import Receipt, Session, Topic, settled
from tablet_loans.storage import devices, ledger


@dataclass(frozen=True, slots=True)
class DeviceStory:
    """A device and its last acts, newest first."""

    row: DeviceRow
    acts: tuple[Line, ...]


@settled
def prepare(session: Session, codes: Sequence[str]) -> Receipt[list[str]]:
    """Make devices ready (wiped, cleaned, charged), all or none, and answer with their tags.

    Raises: NotPermitted, UnknownCode, StepNotAllowed.
    """
    session.require(Permission.STOCK)
    with session.transaction() as act:
        tags = []
        for code in devices.tags_in_order(session.base, codes):
            if (device := devices.locked(session.base, code)) is None:
                raise UnknownCode(code=code)
            ready = device_rules.step(device.state, DeviceEvent.PREPARED)
            act.change(Subject.DEVICE, device.id, {"state": device.state.value}, {"state": ready.value})
            tags.append(device.tag)
        return act(Action.PREPARED, tags, topics={Topic.DEVICES})


def count(session: Session, chosen: DeviceFilter) -> int:
    """Return how many devices the filter lets through."""
    session.require(Permission.STOCK)
    return devices.count(chosen)


def block(session: Session, chosen: DeviceFilter, sort: Sort, place: Place) -> list[DeviceRow]:
    """Return one block of the sorted list of devices."""
    session.require(Permission.STOCK)
    return devices.block(chosen, sort, place)


def shown(session: Session, code: str) -> DeviceStory:
    """Return a device and its story. Raises: UnknownCode."""
    session.require(Permission.STOCK)
    if (found := devices.find(session.base, code)) is None or (row := devices.row(found.id)) is None:
        raise UnknownCode(code=code)
    return DeviceStory(row, tuple(ledger.story(session.base, Subject.DEVICE.value, found.id)))
