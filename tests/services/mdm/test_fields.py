"""What is read of a record: so that any base can keep it."""

from datetime import UTC, datetime

import pytest

from tablet_loans.services.mdm.fields import moment, names, parsed


def test_names_are_one_line_of_whole_names_that_any_base_keeps() -> None:
    assert names(["Prêt", 7, None, "a\0b", "\ud800c", "two\nlines"]) == "Prêt, ab, c, two lines"
    assert names([*["x" * 190] * 11, "y"]) == ", ".join([*["x" * 190] * 10, "y"])


def test_half_a_surrogate_pair_does_not_make_a_page_unreadable() -> None:
    assert parsed(b'[{"id": "a\\ud800"}, {"id": "b"}]') == [{"id": "a\ud800"}, {"id": "b"}]
    with pytest.raises(ValueError, match="Expecting"):
        parsed(b'[{"id": "a"}')


def test_a_date_whose_utc_no_calendar_has_is_unknown() -> None:
    assert moment("9999-12-31T23:59:59-14:00") is None
    assert moment("2026-11-02T12:30:00+02:00") == datetime(2026, 11, 2, 10, 30, tzinfo=UTC)
