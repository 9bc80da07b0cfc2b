"""Keyboard layouts: what a scanner's keys become on a computer set to another layout, and the way back.

Source: the xkb layouts us(basic) and fr(basic), with which Windows' own agree but for ² and the dead keys.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

_Layout = tuple[str, str]
_US: Final[_Layout] = (
    "`1234567890-=" + "qwertyuiop[]" + "asdfghjkl;'\\" + "zxcvbnm,./",
    "~!@#$%^&*()_+" + "QWERTYUIOP{}" + 'ASDFGHJKL:"|' + "ZXCVBNM<>?",
)
"""Each key without and with Shift, key by key in the same place in both layouts."""
_FRENCH: Final[_Layout] = (
    "²&é\"'(-è_çà)=" + "azertyuiop^$" + "qsdfghjklmù*" + "wxcvbn,;:!",
    "~1234567890°+" + "AZERTYUIOP¨£" + "QSDFGHJKLM%µ" + "WXCVBN?./§",
)
_FRENCH_ALTGR: Final = "#{[|`\\@]}"
_DEAD_KEYS: Final[Mapping[str, str]] = {"^": "\N{COMBINING CIRCUMFLEX ACCENT}", "¨": "\N{COMBINING DIAERESIS}"}
_FIGURES_IN_CAPITALS: Final = {"É": "é", "È": "è", "Ç": "ç", "À": "à", "Ù": "ù"}

_SOUND: Final = re.compile(r"(?:[A-Za-z0-9 ._/+\-\[\]{}\x1d]|\([0-9]{2,4}\))+")
_MET_IN_FOREIGN_TAGS: Final = frozenset("-_,;:$%*+.")


class Fault(StrEnum):
    """How the scanner's keyboard layout differs from the computer's."""

    NONE = ""
    SCANNER_US = "scanner_us"
    SCANNER_FRENCH = "scanner_french"


@dataclass(frozen=True, slots=True)
class Repair:
    """What the scanner may have meant.

    `is_marked` when what came holds a character that this fault makes of a figure, and no code of ours holds.
    """

    text: str
    fault: Fault
    is_marked: bool


_LAYOUTS: Final[Mapping[Fault, tuple[_Layout, _Layout]]] = {
    Fault.NONE: (_FRENCH, _FRENCH),
    Fault.SCANNER_US: (_US, _FRENCH),
    Fault.SCANNER_FRENCH: (_FRENCH, _US),
}
"""The layout the scanner is set to, and the computer's."""


def garbled(text: str, fault: Fault, *, caps_lock: bool = False) -> str:
    """Return what a computer shows of the code `text`; Caps Lock is French Windows', that shifts every key."""
    sent, seen = _LAYOUTS[fault]
    if seen is _US:
        lost = str.maketrans("", "", _FRENCH_ALTGR)
        return text.translate(lost).translate(_table(sent, seen))
    if fault is Fault.NONE and not caps_lock:
        return text
    return _with_dead_keys(text.translate(_table(sent, seen, caps_lock=caps_lock)))


def ungarbled(text: str, fault: Fault, *, caps_lock: bool = False) -> str:
    """Return the code of which a computer shows `text`; a character that it cannot show stays itself."""
    sent, seen = _LAYOUTS[fault]
    if seen is _US:
        return text.translate(_table(seen, sent))
    if fault is Fault.NONE and not caps_lock:
        return text
    return _without_dead_keys(text).translate(_table(seen, sent, caps_lock=caps_lock))


def repairs(text: str) -> tuple[Repair, ...]:
    """Return each other code that the scanner may have sent, the likeliest fault first.

    Only what a code can be made of is a repair. Codes are printed in capitals, so that Caps Lock shows none;
    with it alone on a French computer, no layout differs and the fault is NONE.
    """
    found: dict[str, Repair] = {}
    for fault, caps_lock in _FAULTS:
        if caps_lock and _holds_capitals(text):
            continue
        repaired = ungarbled(text, fault, caps_lock=caps_lock)
        if repaired.upper() != text.upper() and _SOUND.fullmatch(repaired):
            is_marked = not _MARKS[fault, caps_lock].isdisjoint(text)
            found.setdefault(repaired.upper(), Repair(repaired, fault, is_marked))
    return tuple(found.values())


def _holds_capitals(text: str) -> bool:
    """Say whether a code came in capitals; those of an AIM prefix, such as ]d1, tell nothing."""
    return any("A" <= mark <= "Z" for mark in text[3 if text[:1] in {"]", "£"} else 0 :])


@cache
def _table(sent: _Layout, seen: _Layout, *, caps_lock: bool = False) -> dict[int, str]:
    other = (seen[1], seen[0]) if caps_lock else seen
    return str.maketrans(dict(zip(sent[0] + sent[1], other[0] + other[1], strict=True)))


def _with_dead_keys(text: str) -> str:
    def combined(match: re.Match[str]) -> str:
        letter = unicodedata.normalize("NFC", match[2] + _DEAD_KEYS[match[1]])
        return letter if len(letter) == 1 else match[0]

    return re.sub(r"([\^¨])([A-Za-z])", combined, text)


def _without_dead_keys(text: str) -> str:
    dead = {accent: key for key, accent in _DEAD_KEYS.items()}
    marks = []
    for mark in unicodedata.normalize("NFC", text):
        letter, accent = unicodedata.normalize("NFD", mark)[0], unicodedata.normalize("NFD", mark)[1:]
        marks.append(dead[accent] + letter if accent in dead else _FIGURES_IN_CAPITALS.get(mark, mark))
    return "".join(marks)


_FAULTS: Final = (
    (Fault.SCANNER_US, False),
    (Fault.SCANNER_US, True),
    (Fault.SCANNER_FRENCH, False),
    (Fault.NONE, True),
)
_MARKS: Final = {
    (fault, caps_lock): frozenset(garbled("0123456789M-_", fault, caps_lock=caps_lock))
    - frozenset(mark for mark in map(chr, range(128)) if mark.isalnum())
    - _MET_IN_FOREIGN_TAGS
    for fault, caps_lock in _FAULTS
}
