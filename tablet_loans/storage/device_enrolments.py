"""Device enrolments: where devices stand in all MDMs taken together, as their lists show it and are narrowed by it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tablet_loans.domain.device import InMdm
from tablet_loans.domain.enrolment import Enrolment
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import to_microseconds
from tablet_loans.storage.searching import Clause, in_bites

_LIKELIEST: Final = (Enrolment.NEVER_SEEN, Enrolment.UNENROLLED, Enrolment.PENDING, Enrolment.STALE, Enrolment.ENROLLED)
_RANK: Final = {state: rank for rank, state in enumerate(_LIKELIEST)}
_IS_ENROLLED: Final = "enrolment = 'enrolled'"
_IS_HEARD: Final = f"{_IS_ENROLLED} AND (last_seen_at IS NULL OR last_seen_at >= ?)"


def of(base: Base, device_ids: Sequence[int], silent_before: datetime) -> dict[int, Enrolment]:
    """Return where each of these devices stands: in the MDM that knows it best, silent since that moment or not."""
    found = dict.fromkeys(device_ids, Enrolment.NEVER_SEEN)
    since = to_microseconds(silent_before)
    for some in in_bites(device_ids):
        query = (
            "SELECT device_id, enrolment, last_seen_at FROM external_record"
            f" WHERE device_id IN ({', '.join('?' * len(some))})"
        )
        for device_id, stored, seen_at in base.execute(query, tuple(some)).fetchall():
            is_silent = stored == Enrolment.ENROLLED and seen_at is not None and seen_at < since
            state = Enrolment.STALE if is_silent else Enrolment(stored)
            found[device_id] = max(found[device_id], state, key=_RANK.__getitem__)
    return found


def condition(wanted: InMdm, silent_before: datetime) -> Clause:
    """Return the condition that a device stands so in the MDMs."""
    since = (to_microseconds(silent_before),)
    match wanted:
        case InMdm.ENROLLED:
            return Clause(_told(_IS_HEARD), since)
        case InMdm.SILENT:
            return Clause(f"{_told(_IS_ENROLLED)} AND NOT {_told(_IS_HEARD)}", since)
    return Clause(f"NOT {_told(_IS_ENROLLED)}")


def _told(what: str) -> str:
    return f"EXISTS (SELECT 1 FROM external_record WHERE external_record.device_id = device.id AND {what})"
