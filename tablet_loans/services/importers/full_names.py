"""A full name written in one cell, parted into a family name and a given name where it can be told."""

import re
from typing import Final

_PARTICLES: Final = frozenset(
    ("de", "du", "des", "da", "das", "do", "dos", "di", "del", "della", "la", "le", "el", "al", "ben", "van", "von",
     "der", "den", "ter", "bin", "ait", "ould", "d'", "l'")
)  # fmt: skip
_LOWER_START: Final = re.compile(r"^(?:Mc|Mac|[DLOdlo]['’])(?=[A-ZÀ-Þ])")
_NO_NAME: Final = re.compile(r"[0-9()\[\]/@;:+=]")


def parted(text: str, *, is_given_first: bool = False) -> tuple[str, str] | None:
    """Return the family name and the given name in `text`, or None where it cannot be told.

    The words in capitals are the family name. Without them there are two names, in the order that the title says,
    or a name after its particles.
    """
    if _NO_NAME.search(text):
        return None
    if text.count(",") == 1:
        family, given = (part.strip() for part in text.split(","))
        return (family, given) if family and given else None
    words = text.split()
    in_capitals = [_is_in_capitals(word) for word in words]
    if any(in_capitals) and not all(in_capitals):
        return _by_capitals(words, in_capitals)
    return _by_order(words, is_given_first=is_given_first)


def _is_in_capitals(word: str) -> bool:
    letters = [mark for mark in _LOWER_START.sub("", word) if mark.isalpha()]
    return len(letters) > 1 and all(mark.isupper() for mark in letters)


def _by_capitals(words: list[str], in_capitals: list[bool]) -> tuple[str, str] | None:
    first = in_capitals.index(True)
    end = len(words) - in_capitals[::-1].index(True)
    while first and words[first - 1] in _PARTICLES:
        first -= 1
    before, family, after = words[:first], words[first:end], words[end:]
    is_told = all(in_capitals[end - len(family) + place] or word in _PARTICLES for place, word in enumerate(family))
    if not is_told or bool(before) == bool(after):
        return None
    return " ".join(family), " ".join(before or after)


def _by_order(words: list[str], *, is_given_first: bool) -> tuple[str, str] | None:
    if len(words) < 2:
        return None
    inside = words[1:-1] if is_given_first else words[:-2]
    if any(word.lower() not in _PARTICLES for word in inside):
        return None
    if len(words) == 2 and words[-1 if is_given_first else 0].lower() in _PARTICLES:
        return None
    given = words[0] if is_given_first else words[-1]
    family = words[1:] if is_given_first else words[:-1]
    return " ".join(family), given
