"""The rules of a need: which answer counts, who is asked, and until when."""

from datetime import date

import pytest

from tablet_loans.domain.campaign import CampaignStatus
from tablet_loans.domain.errors import CampaignNotOpen, OtherSchool, PupilHasLeft, Refusal
from tablet_loans.domain.need import (
    Answer,
    AskedLater,
    Coverage,
    Equipment,
    Heard,
    NeedsClosed,
    Source,
    Told,
    heard,
    is_same_class,
    lacks,
    why_not_answer,
    why_not_ask,
    why_not_told,
)

TODAY = date(2026, 4, 6)
NOTHING, OWN = Answer(Equipment.NONE), Answer(Equipment.OWN)


def told(day: int) -> Told:
    return Told(date(2026, 4, day), "", Source.GRID)


@pytest.mark.parametrize(
    ("counts", "answer", "day", "fate"),
    [
        (None, OWN, 1, Heard.FIRST),
        ((NOTHING, told(2)), OWN, 1, Heard.OLDER),
        ((NOTHING, told(2)), NOTHING, 1, Heard.SAME),
        ((NOTHING, told(2)), NOTHING, 2, Heard.SAME),
        ((NOTHING, told(2)), OWN, 2, Heard.CHANGED),
        ((NOTHING, told(2)), NOTHING, 3, Heard.CHANGED),
    ],
)
def test_the_later_answer_counts(counts: tuple[Answer, Told] | None, answer: Answer, day: int, fate: Heard) -> None:
    assert heard(counts, answer, told(day)) is fate


@pytest.mark.parametrize(
    ("answer", "day", "fate"),
    [
        (NOTHING, 1, Heard.SAME),
        (OWN, 1, Heard.OLDER),
        (NOTHING, 2, Heard.CHANGED),
        (NOTHING, 3, Heard.CHANGED),
        (OWN, 2, Heard.CHANGED),
    ],
)
def test_an_answer_to_confirm_is_replaced_by_the_same_unless_that_is_older(
    answer: Answer, day: int, fate: Heard
) -> None:
    assert heard((NOTHING, told(2)), answer, told(day), is_to_confirm=True) is fate


@pytest.mark.parametrize(
    ("status", "is_closed", "refusal"),
    [
        (CampaignStatus.DRAFT, False, None),
        (CampaignStatus.OPEN, False, None),
        (CampaignStatus.CLOSING, False, CampaignNotOpen),
        (CampaignStatus.CLOSED, False, CampaignNotOpen),
        (CampaignStatus.OPEN, True, NeedsClosed),
    ],
)
def test_a_campaign_asks_until_it_closes(
    status: CampaignStatus, is_closed: bool, refusal: type[Refusal] | None
) -> None:
    assert type(why_not_ask("Printemps", status, is_closed=is_closed)) is (refusal or type(None))


@pytest.mark.parametrize(
    ("left_on", "takes_part", "refusal"),
    [
        (None, True, None),
        (date(2026, 4, 7), True, None),
        (TODAY, True, PupilHasLeft),
        (date(2026, 1, 5), True, PupilHasLeft),
        (None, False, OtherSchool),
    ],
)
def test_who_has_left_or_takes_no_part_is_not_asked(
    left_on: date | None, takes_part: bool, refusal: type[Refusal] | None
) -> None:
    why = why_not_answer(left_on=left_on, school="0690142E", takes_part=takes_part, today=TODAY)
    assert type(why) is (refusal or type(None))


def test_nobody_answers_tomorrow() -> None:
    assert why_not_told(told(6), TODAY) is None
    assert isinstance(why_not_told(told(7), TODAY), AskedLater)


def test_a_class_is_the_same_however_it_is_written() -> None:
    assert is_same_class("5e B", "5EB")
    assert is_same_class("5e-b", "5E B")
    assert not is_same_class("5e B", "5e A")


def test_a_phone_or_what_is_shared_is_a_lack() -> None:
    assert [lacks(each) for each in Equipment] == [True, True, True, False]
    assert Coverage("5e B", 9, 6, {Equipment.NONE: 1, Equipment.SHARED: 2, Equipment.OWN: 3}, 0, 0).lacking == 3
