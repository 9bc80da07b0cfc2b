"""A problem: one line of a file that could not be taken as it is; and what an import did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tablet_loans.domain.errors import said_fact
from tablet_loans.text import N_, tr


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong on one line of a file; its sentence is spoken in the reader's language when it is read."""

    line: int
    template: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What is wrong, in the language in use."""
        return self.spoken()

    def spoken(self) -> str:
        """Return what is wrong, in the reader's language."""
        said = {name: said_fact(name, value) for name, value in self.facts.items()}
        return tr(self.template).format(**said)


class Fate(StrEnum):
    """What an import does with someone or something."""

    ARRIVES = "arrives"
    CHANGES = "changes"
    MOVES = "moves"
    LEAVES = "leaves"
    RETURNS = "returns"


FATE_WORDS: Final[Mapping[str, str]] = {
    Fate.ARRIVES: N_("Arrives"),
    Fate.CHANGES: N_("Changes"),
    Fate.MOVES: N_("Moves school"),
    Fate.LEAVES: N_("Leaves"),
    Fate.RETURNS: N_("Comes back"),
}

MOST_TOLD: Final = 5_000


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that an import does: to whom, on which line (0: none), and what changes, as (field, before, after).

    `loan` is the number of the open loan of a pupil who leaves or moves: it goes on the recall list.
    """

    fate: Fate
    line: int
    name: str
    school: str
    class_name: str
    changes: tuple[tuple[str, str, str], ...] = ()
    loan: str | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A line that may be somebody already here under a slightly other name or date; a person says which."""

    line: int
    name: str
    other_id: int
    other_name: str
    school: str
    why: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do.

    `rows` counts the file's lines with something on them, `left` the pupils who are no longer in their school's file,
    `moved` those updated who change school. `told` holds the first `MOST_TOLD` things it does, `doubts` the lines that
    wait for a person's word.
    """

    rows: int
    created: int
    updated: int
    unchanged: int
    left: int
    problems: tuple[Problem, ...]
    moved: int = 0
    told: tuple[Told, ...] = ()
    doubts: tuple[Doubt, ...] = ()
