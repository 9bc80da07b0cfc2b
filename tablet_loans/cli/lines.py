"""What a person reads of long answers: the first lines, none wider than a terminal, and how to see the others."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tablet_loans.cli.answer import Answer, Told, lines
from tablet_loans.domain.plan import PlanHead
from tablet_loans.text import N_, grouped, language, tr

WIDTH: Final = 100
FIRST: Final = 20
_BETWEEN: Final = " · "
DIGITS: Final = 12
"""How much of a digest tells one from another."""


def fitted(line: str) -> list[str]:
    """Return a line as lines that fit, those that follow indented further; it breaks between its parts if it can."""
    first = " " * (len(line) - len(line.lstrip(" ")))
    told: list[str] = []
    for part in line.strip().split(_BETWEEN):
        if told and len(told[-1]) + len(_BETWEEN) + len(part) <= WIDTH:
            told[-1] += f"{_BETWEEN}{part}"
            continue
        indent = f"{first}    " if told else first
        told += textwrap.wrap(
            part, WIDTH, initial_indent=indent, subsequent_indent=f"{first}    ", break_on_hyphens=False
        )
    return told


def fitting(said: Iterable[str]) -> Iterator[str]:
    """Yield lines that fit."""
    for line in said:
        yield from fitted(line)


def read(answer: Answer) -> Told:
    """Return an answer for a person alone, a line for each thing, none too wide."""
    return Told({}, fitting(lines(answer)))


def listed(rows: Sequence[Answer], way: str, nothing: str = "", most: int = FIRST) -> Iterator[str]:
    """Yield the first rows as a table, then how many more there are and the `way` to them; or what says there is none.

    `way` is what is typed, in no language.
    """
    if not rows:
        yield nothing
        return
    yield from lines({"rows": rows[:most]})
    yield from more(len(rows), way, most)


def more(total: int, way: str, most: int = FIRST) -> Iterator[str]:
    """Yield how many things are not shown, and how to see them."""
    if total > most:
        yield tr(N_("… and {count} more: see {way}.")).format(count=grouped(total - most), way=way)


def short_digest(head: PlanHead) -> str:
    """Return what tells a plan's dossier from another's at a glance."""
    return head.digest[:DIGITS]


def decimal(number: float) -> str:
    """Return a number with one decimal, as the language in use writes it."""
    said = f"{number:.1f}"
    return said.replace(".", ",") if language() == "fr" else said
