"""Dates and times as French writes them, or the language in use."""

from datetime import date, datetime
from typing import Final

from tablet_loans.text import language

_MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
_ENGLISH_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def in_words(day: date) -> str:
    """Return a date as French writes it: 3 juillet 2026, 1er avril 2026."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}\u00a0{_MONTHS[day.month - 1]}\u00a0{day.year}"


def in_english(day: date) -> str:
    """Return a date as English writes it: 3 July 2026."""
    return f"{day.day}\u00a0{_ENGLISH_MONTHS[day.month - 1]}\u00a0{day.year}"


def in_figures(day: date) -> str:
    """Return a date as a narrow column writes it: 03/07/2026."""
    return f"{day:%d/%m/%Y}"


def hour(moment: datetime) -> str:
    """Return the local time of day as a sentence says it: 9 h 05."""
    local = moment.astimezone()
    return f"{local.hour}\u00a0h\u00a0{local.minute:02d}"


def clock(moment: datetime) -> str:
    """Return the local time of day as a narrow column writes it: 9:05."""
    local = moment.astimezone()
    return f"{local.hour}:{local.minute:02d}"


def day_said(day: date) -> str:
    """Return a date as the language in use writes it in a sentence: 3 juillet 2026, 3 July 2026."""
    return in_words(day) if language() == "fr" else in_english(day)
