"""The alphabet of the program's own printed codes, which no keyboard layout spoils, and their check letters."""

from typing import Final

ALPHABET: Final = "BCDEFGHIJKLNOPRSTUVXY"
"""The letters that US QWERTY and French AZERTY have in the same place; figures, A Q W Z M and signs move."""
_BASE: Final = len(ALPHABET)
_MODULUS: Final = 439
"""The greatest prime that two letters can write: no wrong letter and no swap of two leaves the remainder."""


def letters(number: int, width: int = 1) -> str:
    """Return a number in base 21, in at least `width` letters."""
    written = ""
    while number > 0 or len(written) < width:
        number, place = divmod(number, _BASE)
        written = ALPHABET[place] + written
    return written


def number(written: str) -> int:
    """Return the number that `letters` wrote. Raises: ValueError when a letter is not of the alphabet."""
    value = 0
    for letter in written:
        value = value * _BASE + ALPHABET.index(letter)
    return value


def sealed(body: str) -> str:
    """Return `body` with its two check letters: read as one number, the code leaves 1 modulo 439."""
    return body + letters((1 - number(body) * _BASE**2) % _MODULUS, 2)


def unsealed(code: str) -> str | None:
    """Return the body of a code whose check letters are right, in capitals, or None."""
    capitals = code.strip().upper()
    is_right = len(capitals) > 2 and set(capitals) <= set(ALPHABET) and number(capitals) % _MODULUS == 1
    return capitals[:-2] if is_right else None
