"""waiting lists and the devices that suit them; what each school is to receive, and cartons."""

from typing import Any


def register(nouns: Any) -> None:
    """Register the commands."""
