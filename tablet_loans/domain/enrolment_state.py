"""An enrolment's state: the steps it goes through by what an MDM tells, sync after sync."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from tablet_loans.domain.enrolment import Enrolment


class EnrolmentEvent(StrEnum):
    """What a sync finds of a device."""

    TOLD_ENROLLED = "told_enrolled"
    TOLD_NOT = "told_not"
    GONE = "gone"


STEPS: Final[Mapping[tuple[Enrolment, EnrolmentEvent], Enrolment]] = {
    **{
        (state, EnrolmentEvent.TOLD_ENROLLED): Enrolment.ENROLLED
        for state in (Enrolment.NEVER_SEEN, Enrolment.PENDING, Enrolment.ENROLLED, Enrolment.UNENROLLED)
    },
    (Enrolment.NEVER_SEEN, EnrolmentEvent.TOLD_NOT): Enrolment.PENDING,
    (Enrolment.PENDING, EnrolmentEvent.TOLD_NOT): Enrolment.PENDING,
    (Enrolment.ENROLLED, EnrolmentEvent.TOLD_NOT): Enrolment.UNENROLLED,
    (Enrolment.UNENROLLED, EnrolmentEvent.TOLD_NOT): Enrolment.UNENROLLED,
    (Enrolment.NEVER_SEEN, EnrolmentEvent.GONE): Enrolment.NEVER_SEEN,
    (Enrolment.PENDING, EnrolmentEvent.GONE): Enrolment.NEVER_SEEN,
    (Enrolment.ENROLLED, EnrolmentEvent.GONE): Enrolment.UNENROLLED,
    (Enrolment.UNENROLLED, EnrolmentEvent.GONE): Enrolment.UNENROLLED,
}


def step(state: Enrolment, event: EnrolmentEvent) -> Enrolment:
    """Return the state an enrolment reaches when a sync finds `event`; stale is a matter of the day, and not kept."""
    return STEPS[state, event]
