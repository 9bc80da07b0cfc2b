"""A problem: one line of a file that could not be taken as it is; and what an import did."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tablet_loans.text import tr


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
        said = {name: tr(value) if isinstance(value, str) else value for name, value in self.facts.items()}
        return tr(self.template).format(**said)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do.

    `rows` counts the file's lines with something on them, `left` the pupils who are no longer in their school's file.
    """

    rows: int
    created: int
    updated: int
    unchanged: int
    left: int
    problems: tuple[Problem, ...]
