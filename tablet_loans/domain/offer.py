"""An offer: a ready device that nobody was promised, and the first pupil in the waiting list whom it suits."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.matching import Features
from tablet_loans.domain.pupil import PupilId
from tablet_loans.text import N_

MOST_AT_ONCE: Final = 500


class NoOffer(Refusal):
    """Nothing is offered to anybody."""

    sentence = N_("No ready tablet is left over for those who wait.")
    way_out = N_("Make returned tablets ready, or receive a delivery.")


class TooManyOffers(Refusal):
    """More offers than one act takes."""

    sentence = N_("{count} offers are too many at once: {most} at most.")


class DeviceTaken(Refusal):
    """The device that was offered is no longer free."""

    sentence = N_("Tablet {tag} is no longer free: it was lent, promised or packed meanwhile.")
    way_out = N_("Look at the offers again.")


class DeviceOwed(Refusal):
    """The devices of this class are all promised or held in reserve."""

    sentence = N_("Tablet {tag} is owed: all of its class are promised or held in reserve.")
    way_out = N_("Look at the offers again.")


class NoLongerWaiting(Refusal):
    """The pupil to whom a device was offered no longer waits for one that this device suits."""

    sentence = N_("The pupil of rank {rank} ({school}) no longer waits for such a tablet.")
    way_out = N_("Look at the offers again.")


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A pupil who waits, with the rank in the plan and what the device must have; `school` is the UAI."""

    rank: int
    pupil_id: PupilId
    name: str
    class_name: str
    school: str
    school_name: str
    required: Features


@dataclass(frozen=True, slots=True)
class FreeDevice:
    """A ready device that is promised to nobody and lies in no carton; `home` is the place where it stands."""

    id: int
    tag: str
    model: str
    features: Features
    home: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A free device for a pupil who waits, by the rank of an applied plan."""

    campaign: str
    plan: int
    device: FreeDevice
    waiting: WaitingRow


def chosen_class(required: Features, free: Counter[Features], needs: Iterable[Features]) -> Features | None:
    """Return the class of device to give for a need: the one that suits the fewest other needs, then the plainest."""
    asked = list(needs)
    suiting = [each for each in free if free[each] > 0 and required <= each]
    return min(
        suiting, key=lambda each: (sum(need <= each for need in asked), len(each), sorted(each)), default=None
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Promised:
    """What is promised to a pupil: a device that has these features, or the exact one of this tag."""

    features: frozenset[str]
    tag: str | None = None
