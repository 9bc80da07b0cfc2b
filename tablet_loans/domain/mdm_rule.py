"""A rule on MDMs: what the counter says of a tablet that is not enrolled, what is asked of one that returned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.pupil import PupilId
from tablet_loans.text import N_


class Caution(StrEnum):
    """What is done about a tablet that is not as it should be."""

    WARN = "warn"
    REFUSE = "refuse"
    NOTHING = "nothing"


class OwnerStyle(StrEnum):
    """Whom an MDM is told to be a tablet's owner: the code on the pupil's card, the name, or nobody."""

    CODE = "code"
    NAME = "name"
    NONE = "none"


CAUTION_WORDS: Final[Mapping[str, str]] = {
    Caution.WARN: N_("warn"),
    Caution.REFUSE: N_("refuse"),
    Caution.NOTHING: N_("say nothing"),
}
OWNER_WORDS: Final[Mapping[str, str]] = {
    OwnerStyle.CODE: N_("the code of the pupil’s card"),
    OwnerStyle.NAME: N_("the pupil’s name"),
    OwnerStyle.NONE: N_("nobody"),
}

NOT_ENROLLED: Final = N_("Not enrolled in the MDM")
NOT_RELEASED: Final = N_("The MDM still has an owner for it")


class NotEnrolled(Refusal):
    """The tablet is in no MDM, and by a setting it is not lent so."""

    sentence = N_("Tablet {tag} is enrolled in no MDM.")
    way_out = N_("Enrol it, then read the MDM again; or take another one.")


class NotReleased(Refusal):
    """The tablet still has an owner in an MDM, and by a setting it is not made ready so."""

    sentence = N_("Tablet {tag} still has an owner in the MDM: it is not made ready so.")
    way_out = N_("Take the owner’s name off, or wipe it, then read the MDM again.")


class OwnersLeft(Refusal):
    """These tablets still have an owner in an MDM, and by a setting they are not made ready so."""

    sentence = N_("They still have an owner in the MDM: they are not made ready so.")
    way_out = N_("Take the owner’s name off, or wipe them, then read the MDM again.")


@dataclass(frozen=True, slots=True)
class MdmRules:
    """The settings that a comparison needs; `groups` says which MDM group the devices of a campaign are in."""

    stale_days: int = 14
    owner: OwnerStyle = OwnerStyle.CODE
    groups: Mapping[str, str] = field(default_factory=dict)


def owner_told(style: OwnerStyle, pupil_id: PupilId | None, name: str) -> str:
    """Return whom an MDM is told to be the owner of a device lent to this pupil."""
    if pupil_id is None or style is OwnerStyle.NONE:
        return ""
    return name if style is OwnerStyle.NAME else pupil_card(pupil_id)
