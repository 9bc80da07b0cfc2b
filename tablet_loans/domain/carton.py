"""A carton of devices that goes to a school, and what each school is to receive by the promises made to its pupils."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tablet_loans.domain.device import Place
from tablet_loans.domain.errors import DeviceNotReady, NothingToPrint, Refusal
from tablet_loans.domain.identifiers import asset_tag
from tablet_loans.domain.matching import Features
from tablet_loans.text import N_

_PREFIX: Final = "C"


class CartonState(StrEnum):
    """A carton takes devices until it is closed."""

    OPEN = "open"
    CLOSED = "closed"


CARTON_WORDS: Final[Mapping[str, str]] = {
    CartonState.OPEN: N_("open carton"),
    CartonState.CLOSED: N_("closed carton"),
}


class ItemState(StrEnum):
    """A device is in one carton at a time; it is taken out again, or lent."""

    PACKED = "packed"
    REMOVED = "removed"
    LENT = "lent"


class NotReadyToPack(DeviceNotReady):
    """The device is in a state in which it goes to no school."""

    sentence = N_("Tablet {tag} is not packed: {state}.")
    way_out = N_("Make it ready first, or take another one.")


class AlreadyPacked(Refusal):
    """The device lies in a carton."""

    sentence = N_("Tablet {tag} is already in carton {carton}, for {school}.")
    way_out = N_("Take it out of that carton first.")


class PromisedElsewhere(Refusal):
    """The very device is promised to a pupil of another school, or in another campaign."""

    sentence = N_("Tablet {tag} is promised to a pupil of {school}.")
    way_out = N_("Put it aside for that school.")


class NothingPromised(Refusal):
    """The school's pupils were promised nothing."""

    sentence = N_("Nothing is promised to the pupils of {school} in this campaign.")
    way_out = N_("Apply a plan first, or choose another school.")


class ClassNotPromised(Refusal):
    """The school's pupils were promised other devices than this one."""

    sentence = N_("Tablet {tag} ({model}) is of no class promised to {school}.")
    way_out = N_("Look at its picking list for what it receives.")


class EnoughPacked(Refusal):
    """All devices of this class that were promised to the school are packed."""

    sentence = N_("{school} has its {promised} tablet(s) of this class already; {tag} is one too many.")
    way_out = N_("Put it back where it was.")


class UnknownCarton(Refusal):
    """No carton has this code."""

    sentence = N_("No carton bears the code {carton}.")
    way_out = N_("Read the code on the carton's sheet.")


class CartonClosed(Refusal):
    """The carton was closed before."""

    sentence = N_("Carton {carton} is already closed.")


class NotPacked(Refusal):
    """The device lies in no carton."""

    sentence = N_("Tablet {tag} is in no carton.")


class NothingToPack(NothingToPrint):
    """No promise waits to be packed."""

    sentence = N_("No device is promised: there is nothing to pick.")
    way_out = N_("Apply a plan first, or choose another school.")


class NoCartonYet(NothingToPrint):
    """No carton holds a device."""

    sentence = N_("No carton holds a tablet yet.")
    way_out = N_("Pack tablets first, or choose another school.")


class PackedForAnother(Refusal):
    """The device lies in a carton for another school than the pupil's."""

    sentence = N_("Tablet {tag} is packed in carton {carton}, for {school}.")
    way_out = N_("Take another one, or take it out of that carton first.")


def carton_code(number: int) -> str:
    """Return the code C-NUMBER-CHECK. Source: ISO 7064 Mod 37,36, as asset tags have."""
    return str(asset_tag(_PREFIX, number))


@dataclass(frozen=True, slots=True)
class PackSchool:
    """The school to which cartons go."""

    id: int
    uai: str
    name: str
    address: str
    commune: str


@dataclass(frozen=True, slots=True)
class PickingLine:
    """What is fetched for a school from one place: devices of a class, any of these models, or the exact `tag`.

    `where` is a depot's or a school's name, as `place` says.
    """

    model: str
    place: Place
    where: str
    promised: int
    packed: int
    tag: str = ""

    @property
    def to_pick(self) -> int:
        """Return how many are still to be fetched."""
        return max(self.promised - self.packed, 0)


@dataclass(frozen=True, slots=True)
class SchoolPicking:
    """What a school is to receive, line by line."""

    school: PackSchool
    lines: tuple[PickingLine, ...]

    @property
    def promised(self) -> int:
        """Return how many devices are promised and not lent yet."""
        return sum(line.promised for line in self.lines)

    @property
    def packed(self) -> int:
        """Return how many lie in cartons."""
        return sum(line.packed for line in self.lines)


@dataclass(frozen=True, slots=True)
class CartonDevice:
    """A device in a carton, with its state."""

    tag: str
    model: str
    serial: str
    state: str


@dataclass(frozen=True, slots=True)
class CartonRow:
    """A carton with what lies in it now, in the order packed; `packed` counts those too that were lent from it."""

    id: int
    code: str
    school: PackSchool
    state: CartonState
    packed_at: datetime
    packed_by: str
    devices: tuple[CartonDevice, ...]
    packed: int = 0


@dataclass(frozen=True, slots=True)
class Holding:
    """The carton in which a device lies: the line that puts it there, the code, and for which school (by UAI)."""

    item: int
    carton_id: int
    carton: str
    school: str
    school_name: str


@dataclass(frozen=True, slots=True)
class Packed:
    """A device that was put into a carton, or taken out, and how many lie in it now."""

    carton: str
    tag: str
    model: str
    school: str
    devices: int


@dataclass(frozen=True, slots=True)
class Promised:
    """Devices of one class promised from one place to a school's pupils; an exact one has its tag."""

    features: Features
    home: str
    count: int
    tag: str = ""


@dataclass(frozen=True, slots=True)
class InCarton:
    """A device in a carton of the school: its class, and the place from where it came."""

    tag: str
    features: Features
    home: str


def why_not_class(
    promised: Iterable[Promised], packed: Iterable[InCarton], features: Features, **facts: object
) -> Refusal | None:
    """Return why one more device of this class is not packed for a school, or None."""
    wanted = [each for each in promised if not each.tag and each.features == features]
    count = sum(each.count for each in wanted)
    if not count:
        return ClassNotPromised(**facts)
    if sum(each.features == features for each in packed) >= count:
        return EnoughPacked(**facts, promised=count)
    return None


def packed_by_line(promised: Sequence[Promised], packed: Iterable[InCarton]) -> list[int]:
    """Return for each line how many are packed: those from its own place first, then others of its class.

    What lies in cartons beyond the promises, because these were fulfilled otherwise, counts nowhere.
    """
    exact = {each.tag: place for place, each in enumerate(promised) if each.tag}
    counts = [0] * len(promised)
    loose: Counter[tuple[Features, str]] = Counter()
    for device in packed:
        if device.tag in exact:
            counts[exact[device.tag]] = 1
        else:
            loose[device.features, device.home] += 1
    lines = [(place, each) for place, each in enumerate(promised) if not each.tag]
    for place, each in lines:
        counts[place] = some = min(each.count, loose[each.features, each.home])
        loose[each.features, each.home] -= some
    for place, each in lines:
        for key in sorted(key for key in loose if key[0] == each.features):
            some = min(each.count - counts[place], loose[key])
            counts[place] += some
            loose[key] -= some
    return counts


def why_not_hand_out(tag: str, held: Holding | None, school: str) -> PackedForAnother | None:
    """Return why a device is not lent to a pupil of the school with this UAI, or None."""
    if held is None or held.school == school:
        return None
    return PackedForAnother(tag=tag, carton=held.carton, school=held.school_name)


def why_not_close(code: str, state: CartonState) -> CartonClosed | None:
    """Return why a carton is not closed, or None."""
    return CartonClosed(carton=code) if state is CartonState.CLOSED else None
