"""Spelling: which writing of a pupil's names is kept, of the one known and the one that a file has."""

from typing import NamedTuple

from tablet_loans.text import sort_key


class Names(NamedTuple):
    """The names of a pupil, "" where there is no usage name."""

    family_name: str
    usage_name: str
    given_name: str


def kept(known: Names, listed: Names, *, may_rename: bool) -> Names:
    """Return a pupil's names once a file was read: accents and capitals are never lost, nor the family name.

    A file that may not rename completes the names and no more; one that gives the usage name in the place of the
    family name, as many lists do, leaves the family name as it is.
    """
    family = _kept(known.family_name, listed.family_name, may_rename=may_rename)
    if known.usage_name and sort_key(listed.family_name) == sort_key(known.usage_name):
        family = known.family_name
    usage = _kept(known.usage_name, listed.usage_name, may_rename=may_rename)
    if usage and sort_key(usage) == sort_key(family):
        usage = known.usage_name
    return Names(family, usage, _kept(known.given_name, listed.given_name, may_rename=may_rename))


def _kept(known: str, listed: str, *, may_rename: bool) -> str:
    if known == listed or not listed:
        return known
    if known and sort_key(known) == sort_key(listed):
        return listed if _is_richer(listed, known) else known
    return listed if may_rename or not known else known


def _is_richer(one: str, other: str) -> bool:
    """Say whether a writing of a name has more accents or capitals than another, and no fewer of either."""
    (accents, is_mixed), (other_accents, is_other_mixed) = _richness(one), _richness(other)
    return accents >= other_accents and is_mixed >= is_other_mixed and (accents, is_mixed) != (
        other_accents, is_other_mixed,
    )  # fmt: skip


def _richness(name: str) -> tuple[int, bool]:
    accents = sum(letter.isalpha() and not letter.isascii() for letter in name)
    return accents, name not in (name.upper(), name.lower())
