"""What a scan is: the kinds of code, those the program prints, and the faults of a keyboard layout."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tablet_loans.domain import gs1, keyboard, own_code
from tablet_loans.domain.identifiers import Ine, compact, ine, normal_tag, own_tag, valid_gtin, valid_imei
from tablet_loans.domain.keyboard import Fault
from tablet_loans.domain.pupil import PupilId
from tablet_loans.text import N_, search_key

__all__ = [
    "COMMAND_WORDS",
    "CodeKind",
    "Command",
    "Fault",
    "Reading",
    "command_code",
    "command_in",
    "kit_code",
    "kit_item",
    "leaf_code",
    "leaf_in",
    "on_sheet",
    "pupil_card",
    "pupil_on_card",
    "readings",
    "sheet_code",
    "symbology",
]


class CodeKind(StrEnum):
    """What a code names."""

    TAG = "tag"
    SERIAL = "serial"
    IMEI = "imei"
    GTIN = "gtin"
    LOAN = "loan"
    SHEET = "sheet"
    SPARE = "spare"
    PUPIL = "pupil"
    INE = "ine"
    COMMAND = "command"
    ANSWER = "answer"


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
    Command.CANCEL: N_("Cancel what is half done"),
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


_SYMBOLOGIES: Final[Mapping[str, str]] = {
    "A": "Code 39", "B": "Telepen", "C": "Code 128", "C1": "GS1-128", "D": "Code One", "E": "EAN-13 / UPC-A",
    "E4": "EAN-8", "F": "Codabar", "G": "Code 93", "H": "Code 11", "I": "ITF", "J": "DotCode",
    "J1": "GS1 DotCode", "L": "PDF417", "Q": "QR Code", "Q3": "GS1 QR Code", "U": "MaxiCode", "d": "Data Matrix",
    "d2": "GS1 DataMatrix", "e": "GS1 DataBar", "z": "Aztec Code",
}  # fmt: skip
"""AIM identifiers, after the bracket: a letter, and a figure where it tells more. Source: ISO/IEC 15424."""
_GS1: Final = frozenset({"C1", "Q3", "d2", "e0", "J1"})
_AIM: Final = re.compile(r"\]([A-Za-z])([0-9A-Za-z])(?=.)", re.DOTALL)
_AIM_WITHOUT_BRACKET: Final = re.compile(r"[ACEIJQdez][0-6](?=.)", re.DOTALL)

_LOAN: Final = re.compile(r"[0-9]{2}-[A-HJ-NPR-Z2-9]{2,4}-[0-9]{4,7}")
_MARK: Final = re.compile(r"(?<=[0-9A-Z])\|v[0-9]{1,5}\|[0-9a-f]{6}$", re.IGNORECASE)
"""What an agreement's square code says after its number: the version of its wording, and a hash."""
_LEAF: Final = re.compile(r"([0-9]{2}-[A-Z0-9]{2,4}-[0-9]{4,7}|TL[FS][A-Z]+)/([2-9])", re.IGNORECASE)
"""What stands on a later page of an agreement: its number, and which page it is."""
_APPLE_SERIAL: Final = re.compile(r"(?=.*[0-9])(?=.*[A-HJ-NP-Z])[A-HJ-NP-Z0-9]{8,14}")
_USUAL_APPLE_LENGTHS: Final = (10, 12)
_PRINTED: Final[Mapping[str, CodeKind]] = {
    "TLC": CodeKind.COMMAND,
    "TLK": CodeKind.COMMAND,
    "TLF": CodeKind.SPARE,
    "TLN": CodeKind.ANSWER,
    "TLP": CodeKind.PUPIL,
    "TLS": CodeKind.SHEET,
}
_COMMAND_LETTERS: Final[Mapping[Command, str]] = {
    Command.LEND: "L",
    Command.RETURN: "R",
    Command.UNDO: "U",
    Command.NEXT_PUPIL: "N",
    Command.CANCEL: "C",
    Command.GOOD: "G",
    Command.WORN: "O",
    Command.DAMAGED: "D",
    Command.PUPIL_RECEIVED: "P",
    Command.GUARDIAN_RECEIVED: "H",
    Command.OTHER_RECEIVED: "T",
}
_ID_LETTERS: Final = 6
"""Enough for 85 million pupils; a card of another length is misread."""


def readings(raw: str) -> tuple[Reading, ...]:
    """Return what a scan may be, the likeliest first; never empty for a text that holds a letter or a figure.

    A text that a check character proves is never repaired. A repair comes first when a check proves it alone, or a
    character that only a wrong layout gives; else after what was read, for a known code to prove.
    """
    text = raw.strip(" \t\r\n")
    as_read = _classified(text)
    if _is_certain(as_read):
        return as_read
    repaired = [(repair.is_marked, _repaired(repair)) for repair in keyboard.repairs(text)]
    proved = [group for _, group in repaired if _is_certain(group)]
    marked = [group for is_marked, group in repaired if is_marked]
    chosen = proved or marked
    first = chosen[0] if len(chosen) == 1 else ()
    others = (replace(one, is_proved=False) for _, group in repaired if group is not first for one in group)
    return _each_once((*first, *as_read, *others))


def symbology(raw: str) -> str:
    """Return the name of the symbology that the scanner's AIM prefix tells, even one a layout spoiled, or ""."""
    text = raw.strip(" \t\r\n")
    for spelled in (text, *(repair.text for repair in keyboard.repairs(text))):
        if key := _without_aim(spelled)[0]:
            return _SYMBOLOGIES.get(key) or _SYMBOLOGIES.get(key[0], "")
    return ""


def pupil_card(pupil_id: PupilId) -> str:
    """Return the code on a pupil's card."""
    return own_code.sealed("TLP" + own_code.letters(pupil_id, _ID_LETTERS))


def pupil_on_card(code: str) -> PupilId | None:
    """Return the pupil of a card's code, or None when it is none or its check letters are wrong."""
    written = _printed_body(code, CodeKind.PUPIL)
    if written is None:
        return None
    pupil_id = PupilId(own_code.number(written[3:]))
    return pupil_id if written[3:] == own_code.letters(pupil_id, _ID_LETTERS) else None


def sheet_code(pupil_id: PupilId, campaign_id: int) -> str:
    """Return the code on a pupil's agreement printed before a tablet is known."""
    campaign = own_code.letters(campaign_id)
    return own_code.sealed("TLS" + own_code.letters(len(campaign)) + campaign + own_code.letters(pupil_id, _ID_LETTERS))


def on_sheet(code: str) -> tuple[PupilId, int] | None:
    """Return the pupil and the campaign's id on a printed sheet, or None."""
    written = _printed_body(code, CodeKind.SHEET)
    if written is None:
        return None
    end = 4 + own_code.number(written[3:4])
    pupil_id, campaign_id = PupilId(own_code.number(written[end:])), own_code.number(written[4:end])
    is_right = own_code.sealed(written) == sheet_code(pupil_id, campaign_id)
    return (pupil_id, campaign_id) if is_right else None


def leaf_code(number: str, page: int) -> str:
    """Return the code on a later page of the agreement of that number, from the second on."""
    return f"{number}/{page}"


def leaf_in(code: str) -> tuple[str, int]:
    """Return the number of an agreement and which of its pages bears the code; what says no page is the first."""
    match = _LEAF.fullmatch(code)
    return (code, 1) if match is None else (match[1], int(match[2]))


def command_code(command: Command) -> str:
    """Return the code that asks for `command`. Raises: KeyError for MISSING, which has one for each accessory."""
    return own_code.sealed("TLC" + _COMMAND_LETTERS[command])


def kit_code(item: str) -> str:
    """Return the code that says that the accessory `item`, whatever its case and accents, is missing."""
    digest = int.from_bytes(hashlib.sha256(search_key(item).encode()).digest())
    return own_code.sealed("TLK" + own_code.letters(digest % len(own_code.ALPHABET) ** _ID_LETTERS, _ID_LETTERS))


def kit_item(code: str, items: Iterable[str]) -> str | None:
    """Return which of these accessories a code says is missing, or None."""
    written = _printed_body(code, CodeKind.COMMAND)
    return next((item for item in items if written is not None and kit_code(item) == own_code.sealed(written)), None)


def command_in(code: str) -> Command | None:
    """Return the command of a code (MISSING for any accessory's), or None."""
    written = _printed_body(code, CodeKind.COMMAND) or ""
    if written.startswith("TLK"):
        return Command.MISSING
    return next((command for command, letter in _COMMAND_LETTERS.items() if letter == written[3:]), None)


_Form = tuple[CodeKind, str, bool]


def _classified(text: str, fault: Fault = Fault.NONE) -> tuple[Reading, ...]:
    """Return what a text may be as it stands, what is proved first."""
    aim, bare = _without_aim(text)
    bare = leaf_in(_MARK.sub("", bare))[0]
    forms = [*_printed(bare)] or [*_in_gs1(bare, aim)]
    if not any(is_proved for _, _, is_proved in forms):
        forms += [*_checked(bare, aim), *_foreign(bare)]
    forms.sort(key=lambda form: (not form[2], form[0] is CodeKind.INE))
    return _each_once(Reading(*form, fault) for form in forms)


def _repaired(repair: keyboard.Repair) -> tuple[Reading, ...]:
    found = _classified(repair.text, repair.fault)
    if repair.fault is Fault.SCANNER_FRENCH and _AIM_WITHOUT_BRACKET.match(repair.text):
        found += _classified("]" + repair.text, repair.fault)
    return tuple(sorted(found, key=lambda reading: not reading.is_proved))


def _is_certain(found: Iterable[Reading]) -> bool:
    """Say whether a check proves one of these; an INE's form alone outweighs no other reading."""
    return any(reading.is_proved and reading.kind is not CodeKind.INE for reading in found)


def _each_once(found: Iterable[Reading]) -> tuple[Reading, ...]:
    first: dict[tuple[CodeKind, str], Reading] = {}
    for reading in found:
        first.setdefault((reading.kind, reading.code), reading)
    return tuple(first.values())


def _without_aim(text: str) -> tuple[str, str]:
    """Return the AIM identifier without its bracket, or "", and the rest; Caps Lock may have turned its case."""
    if (match := _AIM.match(text)) is None or not any(map(str.isalnum, text[3:])):
        return "", text
    key = match[1] + match[2]
    is_known = any(name in _SYMBOLOGIES for name in (key, match[1]))
    return key if is_known else key.swapcase(), text[3:].strip(" ")


def _printed(text: str) -> Iterator[_Form]:
    if (kind := _PRINTED.get(text[:3].upper())) is not None and own_code.unsealed(text) is not None:
        yield kind, text.upper(), True


def _printed_body(code: str, kind: CodeKind) -> str | None:
    """Return a printed code of this kind without its check letters, as the scanner sent it or bare, or None."""
    found = (own_code.unsealed(reading.code) for reading in readings(code) if reading.kind is kind)
    return next(found, None)


def _in_gs1(text: str, aim: str) -> Iterator[_Form]:
    """Yield the device's own codes, then its model's; a lot and a part number name no device."""
    elements = gs1.elements(text, is_announced=aim in _GS1)
    for element in elements:
        is_proved = not element.is_guessed
        if element.identifier == "8002" and (imei := valid_imei(element.value)) is not None:
            yield CodeKind.IMEI, imei, is_proved and len(element.value) == 15
        elif element.identifier in {"21", "8002"}:
            yield CodeKind.SERIAL, compact(element.value), is_proved
        elif element.identifier == "8004":
            yield CodeKind.TAG, normal_tag(element.value), is_proved
    for element in elements:
        if element.identifier in {"01", "8006"} and (gtin := valid_gtin(element.value[:14])) is not None:
            yield CodeKind.GTIN, _short_gtin(gtin), not element.is_guessed


def _checked(text: str, aim: str) -> Iterator[_Form]:
    """Yield what a check character or a form of its own tells."""
    if (tag := own_tag(text)) is not None:
        yield CodeKind.TAG, tag, True
    if _LOAN.fullmatch(text.upper()):
        yield CodeKind.LOAN, text.upper(), True
    if re.fullmatch(r"[0-9 \-/]+", text) and (imei := valid_imei(text)) is not None:
        yield CodeKind.IMEI, imei, len(compact(text)) == 15
    if re.fullmatch(r"[0-9 ]+", text) and (gtin := valid_gtin(text)) is not None:
        yield CodeKind.GTIN, _short_gtin(gtin), aim[:1] in {"E", "I"} or len(compact(text)) in {12, 13}
    known = ine(text)
    if known is not Ine.INVALID:
        yield CodeKind.INE, compact(text), known is Ine.VALID and not text[-1:].isdigit()


def _foreign(text: str) -> Iterator[_Form]:
    """Yield what only the base can tell: another's tag, a maker's serial with or without its data identifier."""
    serial = compact(text)
    if not any(mark.isalnum() for mark in serial):
        return
    apple = serial[1:] if serial.startswith("S") and _APPLE_SERIAL.fullmatch(serial[1:]) else ""
    if len(apple) in _USUAL_APPLE_LENGTHS:
        yield CodeKind.SERIAL, apple, False
    yield CodeKind.TAG, normal_tag(text), False
    yield CodeKind.SERIAL, serial, False
    if bare := apple or (serial[2:] if serial.startswith("1P") else ""):
        yield CodeKind.SERIAL, bare, False


def _short_gtin(gtin: str) -> str:
    """Return a GTIN-14 of a single item as the GTIN-13 that its box carries."""
    return gtin[1:] if len(gtin) == 14 and gtin.startswith("0") else gtin
