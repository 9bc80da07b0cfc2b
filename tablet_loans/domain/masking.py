"""Masking: counts of fewer than five pupils are left out of a public table, and cannot be worked out from the others.

A line tells three counts that exclude each other (equipped before, equipped by the plan, still without) by their sums.
Lines whose total is shown are masked two or more at a time, until those masked, added up, would be a line to show:
a pupil more in one of them and a pupil less in another then make a table that prints the same, whatever was small.
Source: complementary suppression, A. Hundepool and others, Statistical Disclosure Control (2012), chapter 4.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from tablet_loans.text import sort_key

LEAST_SHOWN: Final = 5
LONGEST_PUBLISHED: Final = 120


class Mask(IntEnum):
    """What a line leaves out: nothing, who is equipped, or all its counts."""

    NOTHING = 0
    EQUIPPED = 1
    ALL = 2


@dataclass(frozen=True, slots=True)
class Counts:
    """Pupils in need: equipped before the plan, equipped by it, and still without."""

    before: int
    served: int
    waiting: int

    @property
    def in_need(self) -> int:
        """Return all of them."""
        return self.before + self.served + self.waiting

    @property
    def after(self) -> int:
        """Return how many are equipped once the plan is applied."""
        return self.before + self.served


@dataclass(frozen=True, slots=True)
class Masks:
    """What a table leaves out: in its total, in each group's line, and in each line of each group."""

    total: Mask
    groups: tuple[Mask, ...]
    lines: tuple[tuple[Mask, ...], ...]


def added(lines: Iterable[Counts]) -> Counts:
    """Return the sum of lines."""
    every = list(lines)
    return Counts(sum(each.before for each in every), sum(each.served for each in every),
                  sum(each.waiting for each in every))  # fmt: skip


def masks(groups: Sequence[Sequence[Counts]]) -> Masks:
    """Return what a table of groups of lines leaves out, where each group's sum is a line too, and the total of all."""
    lines = [_among(group) for group in groups]
    sums = [added(group) for group in groups]
    wanted = [max(_own(line), beyond) for line, (_, beyond) in zip(sums, lines, strict=True)]
    shown, total = _among(sums, wanted)
    return Masks(
        total,
        tuple(shown),
        tuple(
            tuple(max(mask, above) if above else mask for mask in each)
            for above, (each, _) in zip(shown, lines, strict=True)
        ),
    )


def _own(line: Counts) -> Mask:
    """Return what a line leaves out for its own sake."""
    if 0 < line.in_need < LEAST_SHOWN:
        return Mask.ALL
    small = any(0 < count < LEAST_SHOWN for count in (line.before, line.served, line.waiting))
    return Mask.EQUIPPED if small else Mask.NOTHING


def _among(lines: Sequence[Counts], wanted: Sequence[Mask] | None = None) -> tuple[list[Mask], Mask]:
    """Return what lines whose sum is shown leave out, and what that sum must leave out where this is not enough."""
    found = [_own(line) for line in lines] if wanted is None else list(wanted)
    beyond = Mask.NOTHING
    for mask in (Mask.ALL, Mask.EQUIPPED):
        masked = [place for place, each in enumerate(found) if each >= mask]
        others = [place for place, each in enumerate(found) if each < mask and lines[place].in_need]
        others.sort(key=lambda place: (lines[place].in_need, place))
        keeps_a_secret = any(found[place] > _own(lines[place]) for place in masked)
        while masked and not (_is_safe([lines[place] for place in masked], mask) and len(masked) > keeps_a_secret):
            if not others:
                beyond = max(beyond, mask)
                break
            masked.append(others.pop(0))
        for place in masked:
            found[place] = max(found[place], mask)
    return found, beyond


def _is_safe(masked: Sequence[Counts], mask: Mask) -> bool:
    """Say whether lines that are masked together, whose sum anyone can work out, give nothing away.

    One alone always does: it is its own sum. So do small counts whose sum only the least or the greatest of them make:
    five that add up to 5 are 1 each.
    """
    if _own(added(masked)) >= mask:
        return False
    hidden = (
        [(each.in_need,) for each in masked]
        if mask is Mask.ALL
        else [(each.before, each.served, each.waiting) for each in masked]
    )
    return not any(_is_forced(counts) for counts in zip(*hidden, strict=True))


def _is_forced(counts: Sequence[int]) -> bool:
    """Say whether counts known to be small are known altogether by their sum."""
    are_small = all(0 < count < LEAST_SHOWN for count in counts)
    return are_small and sum(counts) in (len(counts), len(counts) * (LEAST_SHOWN - 1))


def without_names(note: str, names: Iterable[str]) -> str:
    """Return a note with each word that is one of these names left out."""
    known = {part for name in names for part in sort_key(name).split() if len(part) > 1}
    words = (word if known.isdisjoint(sort_key(word).split()) else "[…]" for word in note.split())
    return " ".join(words)


def published(note: str, names: Iterable[str]) -> str:
    """Return a note that a public table may show: short, without any of these names; else nothing."""
    said = " ".join(note.split())
    return said if len(said) <= LONGEST_PUBLISHED and without_names(said, names) == said else ""
