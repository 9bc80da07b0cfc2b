"""A device: what it is, the states it goes through, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NewType

from tablet_loans.domain.errors import StepNotAllowed
from tablet_loans.text import N_

DeviceId = NewType("DeviceId", int)
AssetTag = NewType("AssetTag", str)


class DeviceKind(StrEnum):
    """The kinds of device that are lent; "already has one" counts by kind."""

    TABLET = "tablet"
    LAPTOP = "laptop"
    KEY_4G = "key_4g"


class DeviceState(StrEnum):
    """The life of a device."""

    TO_PREPARE = "to_prepare"
    READY = "ready"
    ON_LOAN = "on_loan"
    IN_REPAIR = "in_repair"
    LOST = "lost"
    STOLEN = "stolen"
    RETIRED = "retired"


class DeviceEvent(StrEnum):
    """What happens to a device."""

    PREPARED = "prepared"
    CHECKED_OUT = "checked_out"
    CHECKED_IN = "checked_in"
    SENT_TO_REPAIR = "sent_to_repair"
    REPAIRED = "repaired"
    DECLARED_LOST = "declared_lost"
    DECLARED_STOLEN = "declared_stolen"
    FOUND = "found"
    RETIRED = "retired"


class Place(StrEnum):
    """Where a device stands, apart from its state."""

    DEPOT = "depot"
    SCHOOL = "school"
    PUPIL = "pupil"


class Condition(StrEnum):
    """How a returned device looks."""

    GOOD = "good"
    WORN = "worn"
    DAMAGED = "damaged"


_AT_REST = (DeviceState.TO_PREPARE, DeviceState.READY)

STEPS: Final[Mapping[tuple[DeviceState, DeviceEvent], DeviceState]] = {
    (DeviceState.TO_PREPARE, DeviceEvent.PREPARED): DeviceState.READY,
    (DeviceState.READY, DeviceEvent.CHECKED_OUT): DeviceState.ON_LOAN,
    (DeviceState.ON_LOAN, DeviceEvent.CHECKED_IN): DeviceState.TO_PREPARE,
    (DeviceState.ON_LOAN, DeviceEvent.DECLARED_LOST): DeviceState.LOST,
    (DeviceState.ON_LOAN, DeviceEvent.DECLARED_STOLEN): DeviceState.STOLEN,
    (DeviceState.LOST, DeviceEvent.FOUND): DeviceState.TO_PREPARE,
    (DeviceState.STOLEN, DeviceEvent.FOUND): DeviceState.TO_PREPARE,
    (DeviceState.IN_REPAIR, DeviceEvent.REPAIRED): DeviceState.TO_PREPARE,
    (DeviceState.IN_REPAIR, DeviceEvent.RETIRED): DeviceState.RETIRED,
    **{(state, DeviceEvent.SENT_TO_REPAIR): DeviceState.IN_REPAIR for state in _AT_REST},
    **{(state, DeviceEvent.DECLARED_LOST): DeviceState.LOST for state in _AT_REST},
    **{(state, DeviceEvent.DECLARED_STOLEN): DeviceState.STOLEN for state in _AT_REST},
    **{(state, DeviceEvent.RETIRED): DeviceState.RETIRED for state in _AT_REST},
}

KIND_WORDS: Final[Mapping[str, str]] = {
    DeviceKind.TABLET: N_("tablet"),
    DeviceKind.LAPTOP: N_("laptop"),
    DeviceKind.KEY_4G: N_("4G key"),
}
STATE_WORDS: Final[Mapping[str, str]] = {
    DeviceState.TO_PREPARE: N_("to prepare"),
    DeviceState.READY: N_("ready"),
    DeviceState.ON_LOAN: N_("on loan"),
    DeviceState.IN_REPAIR: N_("in repair"),
    DeviceState.LOST: N_("lost"),
    DeviceState.STOLEN: N_("stolen"),
    DeviceState.RETIRED: N_("retired"),
}
PLACE_WORDS: Final[Mapping[str, str]] = {
    Place.DEPOT: N_("depot"),
    Place.SCHOOL: N_("school"),
    Place.PUPIL: N_("pupil"),
}
CONDITION_WORDS: Final[Mapping[str, str]] = {
    Condition.GOOD: N_("good"),
    Condition.WORN: N_("worn"),
    Condition.DAMAGED: N_("damaged"),
}


def step(state: DeviceState, event: DeviceEvent) -> DeviceState:
    """Return the state a device reaches when `event` happens. Raises: StepNotAllowed."""
    try:
        return STEPS[state, event]
    except KeyError:
        raise StepNotAllowed(state=STATE_WORDS[state], event=event.value) from None


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device as lists show it; `loan` is the number of its open loan."""

    id: DeviceId
    tag: str
    serial: str | None
    imei: str | None
    kind: str
    maker: str
    model: str
    state: str
    place: str
    depot: str
    school: str | None
    loan: str | None
    condition: str


@dataclass(frozen=True, slots=True)
class AssetRow:
    """A device as finance needs it: never a pupil's name; money in cents, all taxes included."""

    tag: str
    serial: str | None
    imei: str | None
    kind: str
    maker: str
    model: str
    supplier: str | None
    invoice: str | None
    mandate: str | None
    account: str | None
    purchased_on: date | None
    in_service_on: date | None
    price_cents: int | None
    state: str
    place: str
    school: str | None


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """Which devices a list shows; None and "" let everything through."""

    state: DeviceState | None = None
    school: str | None = None
    search: str = ""
