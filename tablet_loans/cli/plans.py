"""plan: rules compared, pins and exclusions, plans and their history."""

from typing import Any


def register(nouns: Any) -> None:
    """Register the commands."""
