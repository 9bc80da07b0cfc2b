"""Enrolment: what an MDM says of a device, in one form for all of them, and what it may be asked to do.

MdmTrouble
├── KeyRefused       the key, or the account, is not accepted (any more)
├── RightMissing     the account lacks a right, by its name
├── MdmAway          no network, no answer in time, an error of the server's
├── MdmBusy          asked to wait, again and again
├── TlsRefused       the server's certificate is not trusted
└── MdmGarbled       an answer that is not what the MDM documents: HTML, cut short, a page that comes again
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from tablet_loans.domain.errors import Trouble
from tablet_loans.domain.identifiers import compact
from tablet_loans.text import N_


class Provider(StrEnum):
    """The MDMs that can be asked, and a file from any other."""

    JAMF_SCHOOL = "jamf-school"
    INTUNE = "intune"
    ANDROID = "android"
    HEADWIND = "headwind"
    FILE = "file"
    JAMF_PRO = "jamf-pro"
    MERAKI = "meraki"
    APPLE = "apple"


PROVIDER_WORDS: Final[Mapping[str, str]] = {
    Provider.JAMF_SCHOOL: "Jamf School",
    Provider.INTUNE: "Microsoft Intune",
    Provider.ANDROID: "Android Management",
    Provider.HEADWIND: "Headwind MDM",
    Provider.FILE: N_("a file"),
    Provider.JAMF_PRO: "Jamf Pro",
    Provider.MERAKI: "Meraki Systems Manager",
    Provider.APPLE: "Apple School Manager",
}


class Enrolment(StrEnum):
    """Where a device of the register stands in an MDM."""

    NEVER_SEEN = "never_seen"
    PENDING = "pending"
    ENROLLED = "enrolled"
    STALE = "stale"
    UNENROLLED = "unenrolled"


ENROLMENT_WORDS: Final[Mapping[str, str]] = {
    Enrolment.NEVER_SEEN: N_("never seen"),
    Enrolment.PENDING: N_("enrolment begun"),
    Enrolment.ENROLLED: N_("enrolled"),
    Enrolment.STALE: N_("not seen lately"),
    Enrolment.UNENROLLED: N_("no longer enrolled"),
}


class MdmAct(StrEnum):
    """What an MDM may be asked to do with one device."""

    NAME = "name"
    LOCK = "lock"
    LOST_MODE_ON = "lost_mode_on"
    LOST_MODE_OFF = "lost_mode_off"
    REMOVE_OWNER = "remove_owner"
    UNENROL = "unenrol"
    WIPE = "wipe"


MDM_ACT_WORDS: Final[Mapping[str, str]] = {
    MdmAct.NAME: N_("write name, asset tag and owner"),
    MdmAct.LOCK: N_("lock"),
    MdmAct.LOST_MODE_ON: N_("put in lost mode"),
    MdmAct.LOST_MODE_OFF: N_("end lost mode"),
    MdmAct.REMOVE_OWNER: N_("take the owner’s name off"),
    MdmAct.UNENROL: N_("unenrol"),
    MdmAct.WIPE: N_("wipe"),
}


class TaskState(StrEnum):
    """The life of what an MDM was asked: it accepts at once, the device does it when it next reports."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DONE = "done"
    FAILED = "failed"


class MdmTrouble(Trouble):
    """An MDM cannot be asked."""

    sentence = N_("{mdm} cannot be asked.")


class KeyRefused(MdmTrouble):
    """The key is wrong, or over."""

    sentence = N_("{mdm} does not accept the key.")
    way_out = N_("Make a new one there, and give it with “tablet-loans mdm connect”.")


class RightMissing(MdmTrouble):
    """The account may not do this."""

    sentence = N_("{mdm}: the account lacks the right “{right}”.")
    way_out = N_("Give it that right there, then try again.")


class MdmAway(MdmTrouble):
    """No answer, or an error of the server's own."""

    sentence = N_("{mdm} does not answer: {reason}.")
    way_out = N_("Look at the address and the network, then try again: what was read is kept.")


class MdmBusy(MdmTrouble):
    """Asked to wait, again and again."""

    sentence = N_("{mdm} asks to wait: too much was asked of it.")
    way_out = N_("What was read is kept: try again in a quarter of an hour.")


class TlsRefused(MdmTrouble):
    """The server cannot prove who it is."""

    sentence = N_("{mdm}: the server’s certificate is not trusted: {reason}.")
    way_out = N_("Give an address in https; behind a filtering proxy, its certificate with --ca.")


class MdmGarbled(MdmTrouble):
    """An answer that is not what the MDM documents."""

    sentence = N_("{mdm} gave an answer that is not its own: {reason}.")
    way_out = N_("Look at the address, and whether a proxy stands between.")


class ExternalRecord(NamedTuple):
    """A device as an MDM tells it; `serial` is bare (no spaces, upper case, no leading S of a barcode), or empty.

    Times are UTC; None is "not told", as a date of year 1 is. `acts` is what may be asked of this very device.
    """

    external_id: str
    serial: str
    imeis: tuple[str, ...] = ()
    is_enrolled: bool = False
    enrolled_at: datetime | None = None
    last_seen_at: datetime | None = None
    state: str = ""
    is_supervised: bool | None = None
    is_lost: bool | None = None
    owner: str = ""
    name: str = ""
    asset_tag: str = ""
    group: str = ""
    model: str = ""
    acts: frozenset[MdmAct] = frozenset()


@dataclass(frozen=True, slots=True)
class OddRecord:
    """A record that could not be read: where it stood, why, in words, and whose it is, as far as that is legible."""

    place: str
    reason: str
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an MDM's devices; `next` is where the following one begins, "" after the last."""

    records: tuple[ExternalRecord, ...]
    odd: tuple[OddRecord, ...] = ()
    next: str = ""
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How a server is reached: its address, who asks, and what stands between; the key is not among it."""

    address: str
    account: str = ""
    tenant: str = ""
    proxy: str = ""
    ca_file: str = ""
    timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Connected:
    """What a test of the connection found: whom the key is for, how many devices, which rights are missing."""

    account: str
    devices: int | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """An act asked of an MDM for one device, with what it says; a wipe says nothing."""

    act: MdmAct
    external_id: str
    name: str = ""
    asset_tag: str = ""
    owner: str = ""
    message: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What an MDM answered to an order: its state, its own reference to ask again by, and why it failed."""

    state: TaskState
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Secret:
    """A key on its way from the keyring to a server; nothing prints it."""

    text: str = field(repr=False)


_NO_SERIAL: Final = frozenset(
    {"NA", "NONE", "NULL", "UNKNOWN", "INCONNU", "NOSERIAL", "NOTAVAILABLE", "NOTAPPLICABLE", "NOTSPECIFIED"}
    | {"SYSTEMSERIALNUMBER", "DEFAULTSTRING", "TOBEFILLEDBYOEM", "0123456789ABCDEF", "123456789"}
)
_APPLE_BARCODE: Final = re.compile(r"S(?=.*[0-9])(?=.*[A-HJ-NP-Z])([A-HJ-NP-Z0-9]{10}|[A-HJ-NP-Z0-9]{12})")


def bare_serial(text: str, maker: str = "") -> str:
    """Return a serial number as the register keeps it, or "" for none: Unknown, 0, N/A.

    The S of an Apple barcode is dropped, unless `maker` is another's: an Apple number has 10 or 12 characters.
    """
    code = compact(text)
    if len(code) < 3 or len(code) > 60 or code in _NO_SERIAL or not code.strip("0"):
        return ""
    if not maker or maker.casefold().startswith("apple"):
        printed = _APPLE_BARCODE.fullmatch(code)
        return printed[1] if printed else code
    return code
