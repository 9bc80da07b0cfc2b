"""What a scan is: the kinds of code, those the program prints, and the faults of a keyboard layout."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tablet_loans.domain.pupil import PupilId
from tablet_loans.text import N_


class CodeKind(StrEnum):
    """What a code names."""

    TAG = "tag"
    SERIAL = "serial"
    IMEI = "imei"
    GTIN = "gtin"
    LOAN = "loan"
    SHEET = "sheet"
    PUPIL = "pupil"
    INE = "ine"
    COMMAND = "command"


class Fault(StrEnum):
    """How the scanner's keyboard layout differs from the computer's."""

    NONE = ""
    SCANNER_US = "scanner_us"
    SCANNER_FRENCH = "scanner_french"


class Command(StrEnum):
    """What a command code asks the counter to do."""

    LEND = "lend"
    RETURN = "return"
    UNDO = "undo"
    NEXT_PUPIL = "next_pupil"
    CANCEL = "cancel"
    GOOD = "good"
    WORN = "worn"
    DAMAGED = "damaged"
    PUPIL_RECEIVED = "pupil_received"
    GUARDIAN_RECEIVED = "guardian_received"
    OTHER_RECEIVED = "other_received"
    MISSING = "missing"


COMMAND_WORDS: Final[Mapping[str, str]] = {
    Command.LEND: N_("Lend"),
    Command.RETURN: N_("Return"),
    Command.UNDO: N_("Undo"),
    Command.NEXT_PUPIL: N_("Next pupil"),
    Command.CANCEL: N_("Cancel"),
    Command.GOOD: N_("Good condition"),
    Command.WORN: N_("Worn"),
    Command.DAMAGED: N_("Damaged"),
    Command.PUPIL_RECEIVED: N_("Received by the pupil"),
    Command.GUARDIAN_RECEIVED: N_("Received by a guardian"),
    Command.OTHER_RECEIVED: N_("Received by another person"),
    Command.MISSING: N_("Missing: {kit}"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing a scan may be; unless it `is_proved` by its form or a check character, only a known code proves it.

    `code` is normal: ready to look up.
    """

    kind: CodeKind
    code: str
    is_proved: bool
    fault: Fault = Fault.NONE


def readings(raw: str) -> tuple[Reading, ...]:
    """Return what a scan may be, the likeliest first; never empty for a text that holds a letter or a figure."""
    raise NotImplementedError(raw)


def pupil_card(pupil_id: PupilId) -> str:
    """Return the code on a pupil's card."""
    raise NotImplementedError(pupil_id)


def pupil_on_card(code: str) -> PupilId | None:
    """Return the pupil of a card's code, or None when it is none or its check letters are wrong."""
    raise NotImplementedError(code)


def sheet_code(pupil_id: PupilId, campaign_id: int) -> str:
    """Return the code on a pupil's agreement printed before a tablet is known."""
    raise NotImplementedError(pupil_id, campaign_id)


def on_sheet(code: str) -> tuple[PupilId, int] | None:
    """Return the pupil and the campaign's id on a printed sheet, or None."""
    raise NotImplementedError(code)


def command_code(command: Command) -> str:
    """Return the code that asks for `command`; MISSING has one for each accessory, `kit_code`."""
    raise NotImplementedError(command)


def kit_code(item: str) -> str:
    """Return the code that says that the accessory `item`, whatever its case and accents, is missing."""
    raise NotImplementedError(item)


def command_in(code: str) -> Command | None:
    """Return the command of a code (MISSING for any accessory's), or None."""
    raise NotImplementedError(code)
