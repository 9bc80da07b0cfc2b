"""A task for an MDM: what it is asked to do with one device, why it is not asked, and the steps of its life."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NewType

from tablet_loans.domain.device import STATE_WORDS, DeviceState
from tablet_loans.domain.enrolment import MDM_ACT_WORDS, MdmAct, TaskState
from tablet_loans.domain.errors import Refusal, StepNotAllowed
from tablet_loans.text import N_, sort_key

TaskId = NewType("TaskId", int)

TASK_WORDS: Final[Mapping[str, str]] = {
    TaskState.ASKED: N_("asked"),
    TaskState.ACCEPTED: N_("accepted"),
    TaskState.DONE: N_("done"),
    TaskState.FAILED: N_("failed"),
}
STEPS: Final[frozenset[tuple[TaskState, TaskState]]] = frozenset(
    {
        (TaskState.ASKED, TaskState.ACCEPTED),
        (TaskState.ASKED, TaskState.DONE),
        (TaskState.ASKED, TaskState.FAILED),
        (TaskState.ACCEPTED, TaskState.DONE),
        (TaskState.ACCEPTED, TaskState.FAILED),
    }
)
WIPED_WITHIN: Final = timedelta(days=1)
"""After so long a device that was asked to be wiped may be asked again."""
_LOST: Final = frozenset({DeviceState.LOST, DeviceState.STOLEN})


class NoMdm(Refusal):
    """No MDM is connected at all."""

    sentence = N_("No MDM is connected.")
    way_out = N_("Connect one with “tablet-loans mdm connect”.")


class UnknownMdm(Refusal):
    """No MDM of that name is connected."""

    sentence = N_("No MDM called “{mdm}” is connected.")
    way_out = N_("“tablet-loans mdm list” names those that are.")


class MdmNotSaid(Refusal):
    """Several MDMs are connected, and none is named."""

    sentence = N_("Several MDMs are connected: {mdms}.")
    way_out = N_("Name the one that is meant.")


class MdmNameTaken(Refusal):
    """An MDM of that name is connected already, of another provider."""

    sentence = N_("“{mdm}” is the name of another MDM.")
    way_out = N_("Choose another name with --name.")


class MdmBeingRead(Refusal):
    """Somebody else reads this MDM into the same base: one reading at a time."""

    sentence = N_("{mdm} is being read already, from this computer or another.")
    way_out = N_("Wait until that has ended: what it reads is for everybody.")


class NotAnAddress(Refusal):
    """Neither an MDM nor a proxy is reached at this address."""

    sentence = N_("“{address}” is no address to reach an MDM or a proxy at.")
    way_out = N_("An MDM’s is that of its console, with https:// before it and no spaces.")


class PasswordInAddress(Refusal):
    """An address holds a password, which the base would keep."""

    sentence = N_("An address does not hold a password: the base would keep it.")
    way_out = N_("Give it without; a proxy that asks for one is set in the system.")


class NoDevicesTold(Refusal):
    """The MDM tells of no device, where there were some."""

    sentence = N_("{mdm} tells of no device, where there were {count}: that is not believed.")
    way_out = N_("Look there; if it is so, say --believe-empty.")


class NotInMdm(Refusal):
    """The device is not in this MDM."""

    sentence = N_("{mdm} does not tell of tablet {tag}.")
    way_out = N_("Read the MDM again, or choose another one.")


class ActNotOffered(Refusal):
    """The MDM does not offer this act for this device."""

    sentence = N_("{mdm} does not offer this for tablet {tag}: {act}.")
    way_out = N_("Do it in its own console.")


class WipeOneByOne(Refusal):
    """A wipe is for one device at a time."""

    sentence = N_("Tablets are wiped one at a time, not {count} at once.")
    way_out = N_("“tablet-loans mdm wipe-list” makes a list for the MDM’s own console.")


class WipeUnderWay(Refusal):
    """The MDM was asked already to wipe the device, and has not told what became of it."""

    sentence = N_("Tablet {tag} is about to be wiped already: {mdm} was asked less than a day ago.")
    way_out = N_("Wait for what it tells: a second wipe could come after the tablet was made ready again.")


class NothingToWipe(Refusal):
    """Of the devices for a wipe list, all are lent or enrolled nowhere."""

    sentence = N_("There is no tablet to wipe: they are lent, or no MDM tells that they are enrolled.")
    way_out = N_("Take them back first, or read the MDM again.")


class SecondPersonNeeded(Refusal):
    """A lent device is wiped by two persons."""

    sentence = N_("Tablet {tag} is lent: a second person must agree that it is wiped.")
    way_out = N_("She gives her name with --second, which is not that of whoever asks.")


class LostModeForLost(Refusal):
    """Lost mode is for devices that were declared lost or stolen."""

    sentence = N_("Tablet {tag} is not declared lost or stolen: {state}.")
    way_out = N_("Declare it first; lost mode is for nothing else.")


class NothingToSay(Refusal):
    """Lost mode says something to whoever finds the device."""

    sentence = N_("Lost mode needs a message or a phone number for whoever finds the tablet.")
    way_out = N_("Give them with --message and --phone.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A device of which an MDM is to be asked something: where it stands, and what the MDM offers for it.

    `is_wiped_soon` says that it was asked to be wiped within `WIPED_WITHIN`, and that nobody knows yet whether it was.
    """

    tag: str
    device_id: int
    state: DeviceState
    mdm: str
    external_id: str = ""
    offered: frozenset[MdmAct] = frozenset()
    is_wiped_soon: bool = False


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as lists show it."""

    id: TaskId
    mdm: str
    tag: str
    device_id: int
    external_id: str
    act: MdmAct
    state: TaskState
    asked_at: datetime
    asked_by: str
    second_by: str = ""
    reference: str = ""
    told_at: datetime | None = None
    reason: str = ""


def step(state: TaskState, told: TaskState) -> TaskState:
    """Return the state a task reaches when the MDM tells one. Raises: StepNotAllowed."""
    if (state, told) not in STEPS:
        raise StepNotAllowed(state=TASK_WORDS[state], event=told.value)
    return told


def why_not_ask(act: MdmAct, device: Asked, *, count: int, asker: str, second: str) -> Refusal | None:
    """Return why an MDM is not asked this, or None: of `count` devices, by `asker`, with a `second` person or none."""
    if act is MdmAct.WIPE and count > 1:
        return WipeOneByOne(count=count)
    if not device.external_id:
        return NotInMdm(tag=device.tag, mdm=device.mdm)
    if act not in device.offered:
        return ActNotOffered(tag=device.tag, mdm=device.mdm, act=MDM_ACT_WORDS[act])
    if act is MdmAct.LOST_MODE_ON and device.state not in _LOST:
        return LostModeForLost(tag=device.tag, state=STATE_WORDS[device.state])
    if act is MdmAct.WIPE and device.is_wiped_soon:
        return WipeUnderWay(tag=device.tag, mdm=device.mdm)
    if act is MdmAct.WIPE and device.state is DeviceState.ON_LOAN and not is_second(second, asker):
        return SecondPersonNeeded(tag=device.tag)
    return None


def is_second(second: str, asker: str) -> bool:
    """Say whether a second person is named, who is not the first: case and accents make nobody another."""
    return bool(sort_key(second).strip()) and sort_key(second).split() != sort_key(asker).split()
