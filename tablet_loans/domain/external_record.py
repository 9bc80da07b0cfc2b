"""An external record as lists show it: what an MDM tells of a device, and which of ours it is; no owner."""

from dataclasses import dataclass
from datetime import datetime

from tablet_loans.domain.enrolment import Enrolment


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record; `tag` is empty where it is no device of the register, `gone_at` set where it is told no more."""

    id: int
    mdm: str
    external_id: str
    serial: str
    tag: str
    enrolment: Enrolment
    enrolled_at: datetime | None
    last_seen_at: datetime | None
    model: str
    state: str
    is_lost: bool | None
    first_seen_at: datetime
    changed_at: datetime
    gone_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which records a list shows; None and "" let everything through, gone ones only where `is_gone`."""

    mdm: str = ""
    enrolment: Enrolment | None = None
    is_known: bool | None = None
    is_gone: bool = False
