"""A survey: what families answered, as a file has it, and the words in which they answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from tablet_loans.domain.need import Equipment
from tablet_loans.domain.problem import Problem
from tablet_loans.text import sort_key


@dataclass(frozen=True, slots=True)
class ListedAnswer:
    """An answer as a file has it; "" and None stand for what it does not say.

    `school` is the UAI that the line says; a pupil without an INE is told by names, class and birth date.
    """

    line: int
    ine: str | None
    family_name: str
    given_name: str
    birth_date: date | None
    class_name: str
    school: str
    equipment: Equipment
    is_cellular: bool
    is_priority: bool
    asked_on: date | None
    answered_by: str


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """A file of answers being read: the UAIs it says, about how many lines it has, and its lines, read once."""

    schools: tuple[str, ...]
    size: int
    lines: Iterator["ListedAnswer | Problem"]


_CODES: Final = {
    **{code.value: code for code in Equipment},
    "0": Equipment.NONE, "non": Equipment.NONE, "no": Equipment.NONE, "n": Equipment.NONE, "rien": Equipment.NONE,
    "oui": Equipment.OWN, "yes": Equipment.OWN, "o": Equipment.OWN, "y": Equipment.OWN,
}  # fmt: skip
_DENIALS: Final = ("aucun", "rien", "none", "nothing", "sans", "pas", "non", "no", "not", "without", "ni", "neither")
_ONLY: Final = ("seulement", "uniquement", "juste", "mais", "que", "qu", "only", "just", "but", "sauf", "except")
_PHONES: Final = ("telephon", "smartphon", "phone", "gsm", "iphone")
_SHARED: Final = ("partag", "share", "sharing", "commun", "famili", "fratrie", "family", "plusieurs", "several")
_MACHINES: Final = (
    "ordi", "computer", "pc", "tablet", "ipad", "laptop", "chromebook", "mac", "equip", "materiel", "device",
)  # fmt: skip
_DOUBTS: Final = ("sous", "peu", "mal", "insuffisant", "panne", "casse", "broken", "vieux", "vieil", "old", "hors")
_OWN: Final = ("personnel", "own", "propre", "individuel", "perso")
_YES: Final = ("oui", "yes", "x", "1", "vrai", "true", "o", "y", "ok")
_NO: Final = ("", "non", "no", "0", "faux", "false", "n")


def told_equipment(text: str) -> Equipment | None:
    """Return the equipment that a family's words tell, or None where they could tell another."""
    key = sort_key(text)
    if (code := _CODES.get(key)) is not None:
        return code
    words = key.split()
    if "?" in text or any(word in _DOUBTS for word in words):
        return None
    is_denied = any(word in _DENIALS or word.startswith("aucun") for word in words)
    is_only = any(word in _ONLY for word in words)
    has_phone, is_shared = _has(words, _PHONES), _has(words, _SHARED)
    has_machine, is_own = _has(words, _MACHINES), _has(words, _OWN)
    if has_phone:
        is_phone_alone = is_only or not (is_denied or has_machine)
        return Equipment.PHONE if is_phone_alone and not is_shared else None
    if is_denied:
        return None if is_shared or is_own or is_only else Equipment.NONE
    if is_shared:
        return None if is_own else Equipment.SHARED
    return Equipment.OWN if has_machine or is_own else None


def _has(words: list[str], beginnings: tuple[str, ...]) -> bool:
    return any(word.startswith(beginnings) for word in words)


def told_yes_or_no(text: str) -> bool | None:
    """Return what a box or a word says, or None where it says neither; an empty one says no."""
    key = sort_key(text)
    if text.strip() in ("✓", "✔", "☑", "☒"):
        return True
    word = key.split()[0] if key else ""
    return True if word in _YES else False if word in _NO and (word or not text.strip()) else None
