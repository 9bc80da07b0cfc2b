"""What goes wrong with an MDM, and the devices it tells of."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from stdnum import luhn


class Trap(StrEnum):
    """What a server may do, or its devices be."""

    BUSY = "busy"  # twice 429, with seconds to wait
    BUSY_DATE = "busy-date"  # twice 429, with a date to wait for
    BUSY_BARE = "busy-bare"  # twice 429, without
    ALWAYS_BUSY = "always-busy"
    BUSY_FOR_HOURS = "busy-for-hours"
    ERRORS = "errors"  # twice 500
    DOWN = "down"  # 500, always
    HTML = "html"
    CUT = "cut"  # JSON cut in the middle, as if it were whole
    DROPPED = "dropped"  # the connection goes in the middle of an answer
    DROPPED_ONCE = "dropped-once"
    OTHER_SHAPE = "other-shape"
    ERROR_INSIDE = "error-inside"  # 200, with an error
    LOOP = "loop"  # the last page sends back to the first
    REPEAT = "repeat"  # every page is the first
    HANG = "hang"
    EXPIRES = "expires"  # the key is over after the first page
    EXPIRES_FOR_GOOD = "expires-for-good"
    FORBIDDEN = "forbidden"
    ELSEWHERE = "elsewhere"  # the next page, or a redirect, is another server's
    EMPTY = "empty"  # 0 devices
    NULL_DATES = "null-dates"
    TWINS = "twins"  # one serial number in two records
    MESSY = "messy"  # spaces, lower case, a leading S
    BLANK = "blank"  # Unknown, 0, nothing
    ODD = "odd"  # three records that are not as documented


SECOND_0: Final = "2026-09-01T08:00:00Z"
SECOND_0_MS: Final = 1_788_249_600_000
SEEN: Final = "2026-11-02T10:30:00Z"
SEEN_MS: Final = 1_793_615_400_000
NULL_DATE: Final = "0001-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Tablet:
    """A device in any MDM; every tenth is still being set up, one that `is_gone` is told no more."""

    number: int
    serial: str
    imei: str
    enrolled_at: str
    seen_at: str
    is_enrolled: bool
    owner: str
    tag: str
    name: str
    is_lost: bool = False
    is_gone: bool = False


def serial(number: int) -> str:
    """Return the serial number that the register has of a tablet."""
    return f"DMPX{number:06d}J7"


def imei(number: int) -> str:
    """Return a tablet's IMEI."""
    begun = f"35{number:012d}"
    return begun + str(luhn.calc_check_digit(begun))


def tablets(count: int, traps: Collection[Trap] = (), one_in: int = 10) -> Iterator[Tablet]:
    """Yield so many tablets, told as the traps will; one in so many is still being set up.

    Every second has an owner, or as few as are being set up where these are rarer than usual.
    """
    owned = 2 if one_in == 10 else one_in
    for number in range(0 if Trap.EMPTY in traps else count):
        told = serial(0 if Trap.TWINS in traps and number == 1 else number)
        if Trap.MESSY in traps:
            told = (f" {told[:4].lower()} {told[4:]} ", f"S{told}", told.lower())[number % 3]
        if Trap.BLANK in traps:
            told = ("Unknown", "0", "  ")[number % 3]
        dates = (NULL_DATE, NULL_DATE) if Trap.NULL_DATES in traps else (SECOND_0, SEEN)
        yield Tablet(
            number,
            told,
            imei(number),
            *dates,
            number % one_in != one_in - 1,
            f"Élève {number}" if number % owned == 1 else "",
            f"TAB-{number:06d}",
            f"iPad {number}",
        )
