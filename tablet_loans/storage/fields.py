"""Columns that mean the same on both engines."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import peewee

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_microseconds(moment: datetime) -> int:
    """Return an aware time as microseconds since 1970, UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(stored: int) -> datetime:
    """Return the aware UTC time of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=stored)


class UtcField(peewee.BigIntegerField):
    """An aware UTC time, stored as microseconds since 1970: it sorts and compares alike everywhere."""

    def db_value(self, value: datetime | int | None) -> int | None:
        """Return what is stored."""
        return to_microseconds(value) if isinstance(value, datetime) else value

    def python_value(self, value: int | None) -> datetime | None:
        """Return the aware time."""
        return None if value is None else from_microseconds(value)


class WordsField(peewee.TextField):
    """A tuple of words, stored as a JSON list."""

    def db_value(self, value: Any) -> str | None:
        """Return what is stored."""
        return value if value is None or isinstance(value, str) else json.dumps(list(value), ensure_ascii=False)

    def python_value(self, value: str | None) -> tuple[str, ...]:
        """Return the words."""
        return words(value)


def as_date(stored: date | str | None) -> date | None:
    """Return the date of a column read without its model: PostgreSQL gives a date, SQLite its text."""
    return date.fromisoformat(stored) if isinstance(stored, str) else stored


def words(stored: str | None) -> tuple[str, ...]:
    """Return the words of a WordsField column read without its model."""
    return tuple(json.loads(stored)) if stored else ()
