"""Cautioning: what MDMs say of a tablet where people work: when it is lent, and when it is made ready."""

from collections.abc import Sequence

from tablet_loans.domain.mdm_rule import Caution, NotEnrolled, NotReleased
from tablet_loans.services.session import Session
from tablet_loans.storage import devices, enrolments
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.devices import FoundDevice


def is_warned_of(session: Session, device: FoundDevice) -> bool:
    """Say whether the counter warns that a tablet is enrolled in no MDM; where none is connected, it does not."""
    return session.settings.mdm_at_counter is Caution.WARN and enrolments.is_unenrolled(session.base, device.id)


def must_be_enrolled(session: Session, device: FoundDevice) -> None:
    """Refuse a tablet that is enrolled in no MDM, where the setting says so. Raises: NotEnrolled."""
    if session.settings.mdm_at_counter is Caution.REFUSE and enrolments.is_unenrolled(session.base, device.id):
        raise NotEnrolled(tag=device.tag)


def must_be_released(session: Session, found: Sequence[tuple[int, str]]) -> None:
    """Refuse tablets, by id and tag, that an MDM still has an owner for, where so set. Raises: NotReleased."""
    kept = held_back(session, [device_id for device_id, _ in found])
    for device_id, tag in found:
        if device_id in kept:
            raise NotReleased(tag=tag)


def held_back(session: Session, device_ids: Sequence[int]) -> set[int]:
    """Return those of the devices that are not made ready, for an MDM has an owner for them: where so set."""
    is_refused = session.settings.mdm_at_return is Caution.REFUSE
    return enrolments.unreleased(session.base, device_ids) if is_refused else set()


def unreleased(session: Session, tags: Sequence[str]) -> list[str]:
    """Return the tags of those tablets that an MDM still has an owner for, where a warning is set."""
    if session.settings.mdm_at_return is not Caution.WARN:
        return []
    with troubles_spoken(session.base):
        found = {device.id: tag for tag in tags if (device := devices.find(session.base, tag))}
        kept = enrolments.unreleased(session.base, list(found))
    return [tag for device_id, tag in found.items() if device_id in kept]
