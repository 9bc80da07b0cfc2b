"""The outcome of a task that its MDM does not tell: what was read of the device since shows it, or nobody will."""

from datetime import timedelta
from typing import Final, NamedTuple

from tablet_loans.domain.enrolment import MdmAct, TaskState, Told
from tablet_loans.text import N_

HEARD_WITHIN: Final = timedelta(hours=3)
"""One answer is waited for half an hour at the most, and two computers' clocks may be two hours apart."""
ABANDONED: Final = Told(
    TaskState.FAILED, reason=N_("the program stopped before the answer came: look in the MDM whether it was done")
)


class Standing(NamedTuple):
    """What an MDM told last of a device; one that is gone is told no more."""

    is_gone: bool
    is_enrolled: bool
    is_lost: bool | None
    owner: str


def is_shown(act: MdmAct, now: Standing) -> bool:
    """Say whether what is told of a device shows that an act asked of it was done."""
    match act:
        case MdmAct.WIPE | MdmAct.UNENROL:
            return now.is_gone or not now.is_enrolled
        case MdmAct.LOST_MODE_ON:
            return not now.is_gone and now.is_lost is True
        case MdmAct.LOST_MODE_OFF:
            return not now.is_gone and now.is_lost is False
        case MdmAct.REMOVE_OWNER:
            return not now.owner
        case MdmAct.NAME | MdmAct.LOCK:
            return False
