"""A record seen: what an MDM told of a device, and when it was first and last told so."""

from dataclasses import dataclass
from datetime import datetime

from tablet_loans.domain.enrolment import Enrolment, MdmAct


@dataclass(frozen=True, slots=True)
class RecordSeen:
    """A record as its MDM last told it, when it was first told, and since when it is told no more."""

    mdm: str
    external_id: str
    serial: str
    imeis: tuple[str, ...]
    enrolment: Enrolment
    enrolled_at: datetime | None
    last_seen_at: datetime | None
    state: str
    is_lost: bool
    owner: str
    name: str
    asset_tag: str
    group: str
    model: str
    acts: frozenset[MdmAct]
    first_told_at: datetime
    changed_at: datetime
    gone_at: datetime | None = None
