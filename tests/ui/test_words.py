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
