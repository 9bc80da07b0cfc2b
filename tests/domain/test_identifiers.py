"""Check characters, on the examples that the field gives and on what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablet_loans.domain import identifiers
from tablet_loans.domain.identifiers import Ine


@pytest.mark.parametrize("uai", ["0301674G", "0400740M", "0690026D", "0691670R", "0693331W", "0400193T", "0690142E"])
def test_a_uai_is_known_by_its_key(uai: str) -> None:
    assert identifiers.uai(uai) == uai
    assert identifiers.uai(uai.lower()[1:]) == uai


@pytest.mark.parametrize("text", ["0301674A", "", "abc", "03016744", "٠٣٠١٦٧٤G"])
def test_what_is_no_uai_is_none(text: str) -> None:
    assert identifiers.uai(text) is None


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("123456789AB", Ine.VALID),
        ("1234567890V", Ine.VALID),
        ("1234567890A", Ine.DOUBTFUL),
        ("1234A12345B", Ine.VALID),
        ("12345", Ine.INVALID),
    ],
)
def test_an_ine_is_known_by_its_form_and_only_warned_about(text: str, known: Ine) -> None:
    assert identifiers.ine(text) is known


@pytest.mark.parametrize(
    ("text", "imei"),
    [
        ("490154203237518", "490154203237518"),
        ("49015420323751", "490154203237518"),
        ("35686800004141", "356868000041418"),
        ("3568 6800 0041 418", "356868000041418"),
        ("3568680000414102", "356868000041418"),
        ("490154203237519", None),
        ("R52M70ABCDE", None),
        ("", None),
    ],
)
def test_an_imei_is_read_in_each_of_its_lengths(text: str, imei: str | None) -> None:
    assert identifiers.valid_imei(text) == imei


def test_a_gtin_keeps_its_check_digit_and_a_upc_gets_its_zero() -> None:
    assert identifiers.valid_gtin("3560070278831") == "3560070278831"
    assert identifiers.valid_gtin("036000291452") == "0036000291452"
    assert identifiers.valid_gtin("3560070278832") is None


@pytest.mark.parametrize(("number", "tag"), [(412, "ML-000412-2"), (398, "ML-000398-3"), (207, "ML-000207-C")])
def test_an_asset_tag_ends_with_its_check_character(number: int, tag: str) -> None:
    assert identifiers.asset_tag("ML", number) == tag
    assert identifiers.own_tag(tag.replace("-", "").lower()) == tag
    assert identifiers.tag_number(tag, "ML") == number


@given(st.integers(1, 999_999), st.integers(0, 8), st.sampled_from("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"))
def test_one_wrong_character_never_makes_another_tag(number: int, place: int, wrong: str) -> None:
    tag = identifiers.asset_tag("ML", number).replace("-", "")
    spoiled = tag[:place] + wrong + tag[place + 1 :]
    assert spoiled == tag or identifiers.own_tag(spoiled) is None


def test_a_foreign_tag_is_kept_as_it_is() -> None:
    assert identifiers.normal_tag(" inv-2019/042 ") == "INV-2019/042"
