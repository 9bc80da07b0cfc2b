"""campaign readiness, campaign drill."""

from typing import Any


def register(verbs: Any) -> None:
    """Register the commands."""
