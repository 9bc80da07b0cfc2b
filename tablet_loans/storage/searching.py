"""Searching in folded text: every word typed must begin a word of the key."""

from typing import Any

from peewee import Value

from tablet_loans.text import search_key


def holds_words(key: Any, typed: str) -> list[Any]:
    """Return the conditions under which the column `key` holds every word of `typed`, by prefix.

    Nothing typed lets every row through; signs without a letter or figure let none.
    """
    words = search_key(typed).split()
    return [key.contains(f" {word}") for word in words] if words else [Value(1) == int(not typed.strip())]
