"""GS1 element strings: what stands behind each application identifier. Source: GS1 General Specifications 24."""

import re
from dataclasses import dataclass
from typing import Final

from tablet_loans.domain.identifiers import valid_gtin

FNC1: Final = "\x1d"
_BRACKETED: Final = re.compile(r"\(([0-9]{2,4})\)([^(]+)")
_FIXED: Final = {
    "00": 18, "01": 14, "02": 14, "03": 14, "04": 16, "11": 6, "12": 6, "13": 6, "14": 6, "15": 6, "16": 6, "17": 6,
    "18": 6, "19": 6, "20": 2, "31": 6, "32": 6, "33": 6, "34": 6, "35": 6, "36": 6, "41": 13,
}  # fmt: skip
"""How long the value is behind an identifier that begins so; FNC1 ends any other."""
_DIGITS: Final = {
    **dict.fromkeys(("23", "24", "25", "40", "41", "42", "71"), 3),
    **dict.fromkeys(("31", "32", "33", "34", "35", "36", "39", "43", "70", "72", "80", "81", "82"), 4),
    **dict.fromkeys(("21", "22", "30", "37", "10", *map(str, range(90, 100))), 2),
}
"""How many digits an identifier has that begins so, when it is not two of a fixed length."""
_LONGEST: Final = {"21": 20, "10": 20, "240": 30, "8002": 20, "8004": 30}


@dataclass(frozen=True, slots=True)
class Element:
    """One value and its application identifier, such as 21; `is_guessed` when nothing says where it ends."""

    identifier: str
    value: str
    is_guessed: bool = False


def elements(text: str, *, is_announced: bool) -> tuple[Element, ...]:
    """Return the elements of a GS1 code, none when it is not one; `is_announced` when the scanner says that it is."""
    if text.startswith("("):
        bracketed = tuple(Element(*found) for found in _BRACKETED.findall(text))
        is_whole = "".join(f"({element.identifier}){element.value}" for element in bracketed) == text
        return bracketed if is_whole else ()
    if is_announced or FNC1 in text:
        return _walked(text)
    trade_item, serial = text[2:16], text[18:]
    if text.startswith("01") and text[16:18] == "21" and serial and valid_gtin(trade_item):
        return Element("01", trade_item, is_guessed=True), Element("21", serial, is_guessed=True)
    return ()


def _walked(text: str) -> tuple[Element, ...]:
    """Read identifier after identifier; what does not follow the rules is no GS1 code at all."""
    found, rest = [], text.lstrip(FNC1)
    while rest:
        begins = rest[:2]
        if begins not in _FIXED and begins not in _DIGITS:
            return ()
        identifier, rest = rest[: _DIGITS.get(begins, 2)], rest[_DIGITS.get(begins, 2) :]
        length = _FIXED.get(begins)
        value = rest.partition(FNC1)[0] if length is None else rest[:length]
        if not value or not identifier.isdigit() or (length is not None and not _is_figures(value, length)):
            return ()
        found.append(Element(identifier, value, is_guessed=len(value) > _LONGEST.get(identifier, 90)))
        rest = rest[len(value) :].lstrip(FNC1)
    return tuple(found)


def _is_figures(value: str, length: int) -> bool:
    return len(value) == length and value.isascii() and value.isdigit()
