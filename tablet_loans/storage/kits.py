"""Kits: the accessories that models come with."""

from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import words
from tablet_loans.text import search_key


def accessories(base: Base) -> list[str]:
    """Return the accessories of all models, by name; those that case or accents alone tell apart once."""
    by_key: dict[str, str] = {}
    for (kit,) in base.execute("SELECT DISTINCT kit FROM device_model").fetchall():
        for item in words(kit):
            key = search_key(item)
            by_key[key] = min(by_key.get(key, item), item)
    return [by_key[key] for key in sorted(by_key)]
