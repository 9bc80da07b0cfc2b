"""A device: what it is, the states it goes through, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
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


class InMdm(StrEnum):
    """How devices stand in the MDMs, as a list is narrowed to them; a silent one is enrolled, and not seen lately."""

    ENROLLED = "enrolled"
    SILENT = "silent"
    MISSING = "missing"


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


STAFF_EVENTS: Final = (
    DeviceEvent.PREPARED,
    DeviceEvent.SENT_TO_REPAIR,
    DeviceEvent.REPAIRED,
    DeviceEvent.DECLARED_LOST,
    DeviceEvent.DECLARED_STOLEN,
    DeviceEvent.FOUND,
    DeviceEvent.RETIRED,
)
"""What staff may say of devices away from the counter, where lending and returning belong."""

EVENT_WORDS: Final[Mapping[str, str]] = {
    DeviceEvent.PREPARED: N_("Prepared"),
    DeviceEvent.SENT_TO_REPAIR: N_("Sent to repair"),
    DeviceEvent.REPAIRED: N_("Back from repair"),
    DeviceEvent.DECLARED_LOST: N_("Declared lost"),
    DeviceEvent.DECLARED_STOLEN: N_("Declared stolen"),
    DeviceEvent.FOUND: N_("Found again"),
    DeviceEvent.RETIRED: N_("Withdrawn from use"),
}
_NOT_TO_BE_MOVED: Final = frozenset({DeviceState.ON_LOAN, DeviceState.LOST, DeviceState.STOLEN})


def step(state: DeviceState, event: DeviceEvent) -> DeviceState:
    """Return the state a device reaches when `event` happens. Raises: StepNotAllowed."""
    try:
        return STEPS[state, event]
    except KeyError:
        raise StepNotAllowed(state=STATE_WORDS[state], event=event.value) from None


@dataclass(frozen=True, slots=True)
class Happened:
    """Something happened to devices: their state goes one step."""

    event: DeviceEvent


@dataclass(frozen=True, slots=True)
class Moved:
    """Devices stand elsewhere: in a depot by its name, or in a school by its UAI."""

    place: Place
    depot: str = ""
    school: str | None = None


@dataclass(frozen=True, slots=True)
class Remodelled:
    """Devices are of another model than was written down."""

    model_id: int
    kind: str
    maker: str
    model: str


DeviceChange = Happened | Moved | Remodelled
MOVED: Final = "moved"
REMODELLED: Final = "remodelled"
CHANGE_WORDS: Final[Mapping[str, str]] = {**EVENT_WORDS, MOVED: N_("Moved"), REMODELLED: N_("Model corrected")}


def change_name(change: DeviceChange) -> str:
    """Return the name under which the ledger keeps a change."""
    match change:
        case Happened(event):
            return event.value
        case Moved():
            return MOVED
        case Remodelled():
            return REMODELLED


def reached(event: DeviceEvent) -> DeviceState:
    """Return the state in which an event leaves a device."""
    return next(after for (_, each), after in STEPS.items() if each is event)


def why_not_change(state: DeviceState, kind: str, change: DeviceChange) -> StepNotAllowed | None:
    """Return why a device in this state and of this kind is not changed so away from the counter, or None.

    A lent device keeps its state, its place and its kind until it is returned: its loan says the same of it.
    """
    is_kept = {
        Happened: state is DeviceState.ON_LOAN,
        Moved: state in _NOT_TO_BE_MOVED,
        Remodelled: state is DeviceState.ON_LOAN and isinstance(change, Remodelled) and change.kind != kind,
    }[type(change)]
    is_no_step = isinstance(change, Happened) and (state, change.event) not in STEPS
    return StepNotAllowed(state=STATE_WORDS[state]) if is_kept or is_no_step else None


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device as lists show it; `loan` is the number of its open loan, `enrolment` "" where no MDM was read."""

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
    enrolment: str = ""


def is_so_already(row: DeviceRow, change: DeviceChange) -> bool:
    """Say whether a device is already as the change would leave it."""
    match change:
        case Happened(event):
            return row.state == reached(event)
        case Moved(Place.SCHOOL, _, school):
            return (row.place, row.school) == (Place.SCHOOL, school)
        case Moved(place, depot):
            return (row.place, row.depot, row.school) == (place, depot, None)
        case Remodelled(_, kind, maker, model):
            return (row.kind, row.maker, row.model) == (kind, maker, model)


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
    """Which devices a list shows: `school` is a UAI, `model` a name; None and "" let everything through.

    A device not seen since `silent_before` is silent; services know when that is.
    """

    state: DeviceState | None = None
    school: str | None = None
    search: str = ""
    kind: str | None = None
    model: str = ""
    place: str | None = None
    depot: str = ""
    condition: str | None = None
    in_mdm: InMdm | None = None
    silent_before: datetime | None = None
