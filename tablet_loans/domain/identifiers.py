"""Check characters of the field: UAI, INE, IMEI, GTIN, ICCID and the asset tag.

stdnum is imported where it serves: 30 ms that the window's start does not wait for.
"""

import re
from enum import StrEnum
from typing import Final

from tablet_loans.domain.device import AssetTag

_ALPHABET_23: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
_UAI: Final = re.compile(r"[0-9]{7}[A-Z]")
_OWN_TAG: Final = re.compile(r"([A-Z]{1,4})-?([0-9]{4,9})-?([0-9A-Z])")


class Ine(StrEnum):
    """What is known of an INE: its form is right, its key is wrong, or it is none."""

    VALID = "valid"
    DOUBTFUL = "doubtful"
    INVALID = "invalid"


def compact(code: str) -> str:
    """Return a code in capitals without spaces, dots, dashes and slashes."""
    return (code if code.isalnum() else re.sub(r"[\s.\-/]", "", code)).upper()


def uai_key(digits: str) -> str:
    """Return the key letter of a UAI's seven digits. Source: ministry's RNE, number modulo 23."""
    return _ALPHABET_23[int(digits) % 23]


def uai(text: str) -> str | None:
    """Return the UAI in its 8 characters (a zero lost by a spreadsheet is given back), or None."""
    candidate = compact(text).zfill(8)
    is_right = _UAI.fullmatch(candidate) is not None and uai_key(candidate[:7]) == candidate[7]
    return candidate if is_right else None


def ine(text: str) -> Ine:
    """Say what is known of an INE; a wrong key is met in real files and only deserves a warning."""
    code = compact(text)
    if re.fullmatch(r"[0-9]{9}[A-Z]{2}|[0-9]{4}A[0-9]{5}[A-Z]", code):
        return Ine.VALID
    if re.fullmatch(r"[0-9]{10}[A-Z]", code):
        return Ine.VALID if _ALPHABET_23[int(code[:10]) % 23] == code[10] else Ine.DOUBTFUL
    if re.fullmatch(r"[0-9A-Z]{10}[0-9]", code):
        weighed = 6 * sum(int(mark, 36) for mark in code[:9]) + int(code[9], 36)
        return Ine.VALID if weighed % 10 == int(code[10]) else Ine.DOUBTFUL
    return Ine.INVALID


def valid_imei(text: str) -> str | None:
    """Return the 15 digits of an IMEI (its Luhn digit added to 14, an IMEISV's version dropped), or None."""
    from stdnum import luhn

    code = compact(text)
    if not code.isascii() or not code.isdigit():
        return None
    if len(code) in (14, 16):
        return code[:14] + str(luhn.calc_check_digit(code[:14]))
    return code if len(code) == 15 and luhn.is_valid(code) else None


def valid_gtin(text: str) -> str | None:
    """Return the GTIN-13 (or 8, 14) of a barcode, a UPC-A padded to 13 digits, or None."""
    from stdnum import ean

    code = compact(text)
    code = code.zfill(13) if len(code) == 12 else code
    return code if ean.is_valid(code) else None


def valid_iccid(text: str) -> str | None:
    """Return the 19 or 20 digits of a SIM card, or None. Source: ITU-T E.118."""
    code = compact(text).removesuffix("F")
    is_right = code.isascii() and code.isdigit() and code.startswith("89") and 18 <= len(code) <= 20
    return code if is_right else None


def asset_tag(prefix: str, number: int, digits: int = 6) -> AssetTag:
    """Return the tag PREFIX-NUMBER-CHECK. Source: ISO 7064 Mod 37,36 over prefix and number."""
    from stdnum.iso7064 import mod_37_36

    figures = f"{number:0{digits}d}"
    return AssetTag(f"{prefix}-{figures}-{mod_37_36.calc_check_digit(prefix + figures)}")


def own_tag(text: str) -> AssetTag | None:
    """Return the asset tag in its printed form when its check character is right, else None."""
    from stdnum.iso7064 import mod_37_36

    match = _OWN_TAG.fullmatch(text.strip().upper())
    if match is None or not mod_37_36.is_valid("".join(match.groups())):
        return None
    return AssetTag("-".join(match.groups()))


def normal_tag(text: str) -> AssetTag:
    """Return the tag as it is stored: our own in its printed form, a foreign one trimmed in capitals."""
    return own_tag(text) or AssetTag(text.strip().upper())


def tag_number(tag: str, prefix: str) -> int | None:
    """Return the number in one of our own tags with that prefix, or None."""
    match = _OWN_TAG.fullmatch(tag)
    return int(match.group(2)) if match and match.group(1) == prefix else None
