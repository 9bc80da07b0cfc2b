"""Cautioning: what MDMs say of a tablet where people work: when it is lent, and when it is made ready."""

from collections.abc import Sequence

from tablet_loans.domain.device import DeviceKind
from tablet_loans.domain.mdm_rule import Caution, NotEnrolled, NotReleased
from tablet_loans.services.session import Session
from tablet_loans.storage import devices, enrolments
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.devices import FoundDevice


def is_warned_of(session: Session, device: FoundDevice) -> bool:
    """Say whether a tablet that is chosen is enrolled in no MDM, and somebody wants to know: it may be refused next."""
    return session.settings.mdm_at_counter is not Caution.NOTHING and _is_unenrolled(session, device)


def must_be_enrolled(session: Session, device: FoundDevice) -> None:
    """Refuse a tablet that is enrolled in no MDM, where the setting says so. Raises: NotEnrolled."""
    if session.settings.mdm_at_counter is Caution.REFUSE and _is_unenrolled(session, device):
        raise NotEnrolled(tag=device.tag)


def _is_unenrolled(session: Session, device: FoundDevice) -> bool:
    """Say whether a device that can be enrolled is not: no MDM enrols a 4G key."""
    can_be = device.kind != DeviceKind.KEY_4G
    return can_be and enrolments.are_all_read(session.base) and not enrolments.is_enrolled(session.base, device.id)


def must_be_released(session: Session, found: Sequence[tuple[int, str]]) -> None:
    """Refuse tablets, by id and tag, that an MDM still has an owner for, where so set. Raises: NotReleased."""
    kept = still_owned(session, [device_id for device_id, _ in found], Caution.REFUSE)
    for device_id, tag in found:
        if device_id in kept:
            raise NotReleased(tag=tag)


def still_owned(session: Session, device_ids: Sequence[int], caution: Caution) -> set[int]:
    """Return those of the devices that an MDM has an owner for, where the setting at their return is this one."""
    is_so_set = session.settings.mdm_at_return is caution
    return enrolments.unreleased(session.base, device_ids) if is_so_set else set()


def unreleased(session: Session, tags: Sequence[str]) -> list[str]:
    """Return the tags of those tablets that an MDM still has an owner for, where a warning is set."""
    if session.settings.mdm_at_return is not Caution.WARN:
        return []
    with troubles_spoken(session.base):
        found = {device.id: tag for tag in tags if (device := devices.find(session.base, tag))}
        kept = still_owned(session, list(found), Caution.WARN)
    return [tag for device_id, tag in found.items() if device_id in kept]
