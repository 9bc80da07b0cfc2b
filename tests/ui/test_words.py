"""Dates and numbers in both languages."""

from datetime import date

import pytest

from tablet_loans import paths, text
from ui import words


@pytest.mark.parametrize(
    ("language", "written"),
    [("fr", ("3 juillet 2020", "3 juil.", "12\u202f480")), ("en", ("3 July 2020", "3 Jul", "12,480"))],
)
def test_dates_and_numbers_are_written_as_the_reader_does(language: str, written: tuple[str, str, str]) -> None:
    text.set_language(language, paths.catalogues())
    day = date(2020, 7, 3)
    assert (words.long_date(day), words.short_date(day), words.number(12_480)) == written


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1/6", date(2026, 6, 1)),
        ("01/06/2026", date(2026, 6, 1)),
        ("010626", date(2026, 6, 1)),
        ("1.6.26", date(2026, 6, 1)),
        ("6/4", date(2027, 4, 6)),
        ("0102", date(2027, 2, 1)),
        ("31/6", None),
        ("29/2", None),
        ("demain", None),
    ],
)
def test_a_day_is_typed_in_many_ways(typed: str, meant: date | None) -> None:
    assert words.typed_day(typed, date(2026, 4, 6)) == meant
