"""Searching in folded text: every word typed must begin a word of the key."""

from typing import Any

from tablet_loans.text import search_key


def holds_words(key: Any, typed: str) -> list[Any]:
    """Return the conditions under which the column `key` holds every word of `typed`, by prefix."""
    return [key.contains(f" {word}") for word in search_key(typed).split()]
