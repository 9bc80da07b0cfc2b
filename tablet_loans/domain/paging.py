"""How a long list is read: sorted by a column, block after block."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sort:
    """The column that orders a list."""

    column: str
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """The rows `start` to `start + size` of a sorted list."""

    start: int = 0
    size: int = 200
