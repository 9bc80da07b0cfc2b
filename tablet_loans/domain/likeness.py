"""Likeness: how near two names are, and why a line may be somebody already here under a slightly other name or date."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from tablet_loans.text import N_, sort_key

_MOST_APART: Final = 2
_SHORTEST_PART: Final = 3
_SHORT: Final = 6

NEAR_NAME: Final = N_("almost the same name, born on the same day")
OTHER_FAMILY_NAME: Final = N_("another family name, born on the same day")
NEAR_DATE: Final = N_("the same name, almost the same birth date")
NO_DATE: Final = N_("almost the same name, a birth date is missing")


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why a line is doubted, and how far the two are apart: the smaller, the likelier they are one."""

    distance: int
    why: str


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a person is told from others: folded family names (the usage name too), given name, and birth date."""

    families: frozenset[str]
    given: str
    day: date | None


def identity(family_name: str, usage_name: str, given_name: str, day: date | None) -> Identity:
    """Return by what a person of these names is known."""
    families = {sort_key(family_name), sort_key(usage_name)} if usage_name else {sort_key(family_name)}
    return Identity(frozenset(families), sort_key(given_name), day)


def is_same_name(one: Identity, other: Identity) -> bool:
    """Say whether two people bear the same names, accents, capitals and hyphens aside."""
    return one.given == other.given and not one.families.isdisjoint(other.families)


def why_doubted(one: Identity, other: Identity) -> Likeness | None:
    """Return why two people may be one although their names or dates differ, or None.

    Brothers and sisters, and twins, are told apart by their given names.
    """
    is_dated = one.day is not None and other.day is not None
    if one.day is not None and other.day is not None and one.day != other.day:
        is_near = is_same_name(one, other) and is_slip(one.day, other.day)
        return Likeness(_MOST_APART, NEAR_DATE) if is_near else None
    pairs = ((a, b) for a in one.families for b in other.families)
    family = min((far for pair in pairs if (far := apart(*pair)) is not None), default=None)
    given = apart(one.given, other.given)
    if family is None or given is None:
        is_renamed = is_dated and given == 0
        return Likeness(3 * _MOST_APART, OTHER_FAMILY_NAME) if is_renamed else None
    if is_dated:
        return Likeness(family + given, NEAR_NAME)
    is_likely = min(family, given) == 0 and _is_likely_undated(one, other)
    return Likeness(_MOST_APART + family + given, NO_DATE) if is_likely else None


def _is_likely_undated(one: Identity, other: Identity) -> bool:
    """Say whether a name is long enough to be mistyped: without a date, Ada and Ana are two sisters."""
    if one.given == other.given:
        return True
    a, b = _joined(one.given), _joined(other.given)
    return a == b or _is_part(one.given, other.given) or min(len(a), len(b)) >= _SHORT


def is_slip(one: date, other: date) -> bool:
    """Say whether a date is the other with day and month exchanged, or with one digit mistyped."""
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return True
    return sum(a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True)) == 1


def apart(one: str, other: str) -> int | None:
    """Return how far two folded names are apart, 0 when they are the same, None when they are two names."""
    if one == other:
        return 0
    a, b = _joined(one), _joined(other)
    if a == b or _is_part(one, other):
        return 1
    most = min(_MOST_APART, min(len(a), len(b)) // 2)
    found = distance(a, b, most)
    return found if found <= most else None


def _is_part(one: str, other: str) -> bool:
    """Say whether a name is a part of the other: Silva of Da Silva, Alex of Alexandre."""
    short, long = sorted((one, other), key=len)
    if len(short) < _SHORTEST_PART:
        return False
    return _joined(short) in _joined(long) or set(short.split()) <= set(long.split())


def _joined(name: str) -> str:
    return name.replace(" ", "")


def distance(one: str, other: str, most: int) -> int:
    """Return in how many letters two texts differ, or any number beyond `most`. Source: Levenshtein 1965."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    previous = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, counterpart in enumerate(other, 1):
            changed = previous[column - 1] + (letter != counterpart)
            current.append(min(changed, previous[column] + 1, current[-1] + 1))
        if min(current) > most:
            return most + 1
        previous = current
    return previous[-1]
