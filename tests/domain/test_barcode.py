"""The grammar of a scan: what each code is, what proves it, and what a wrong keyboard layout leaves of it."""

from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tablet_loans.domain.barcode import (
    CodeKind,
    Command,
    Fault,
    command_code,
    kit_code,
    pupil_card,
    readings,
    sheet_code,
    symbology,
)
from tablet_loans.domain.identifiers import asset_tag, own_tag
from tablet_loans.domain.keyboard import garbled
from tablet_loans.domain.own_code import ALPHABET
from tablet_loans.domain.pupil import PupilId
from tests.domain.codes import codes, faults, first, prefixes, proved, proved_codes, tags

TAG, SERIAL, IMEI, GTIN, LOAN = CodeKind.TAG, CodeKind.SERIAL, CodeKind.IMEI, CodeKind.GTIN, CodeKind.LOAN
CARD = pupil_card(PupilId(1204))


# What a code is


@pytest.mark.parametrize(
    ("raw", "kind", "code", "is_proved"),
    [
        ("ML-000412-2", TAG, "ML-000412-2", True),
        ("ml0004122", TAG, "ML-000412-2", True),
        ("ML-000412-3", TAG, "ML-000412-3", False),
        ("inv-2019/042", TAG, "INV-2019/042", False),
        ("356868000041418", IMEI, "356868000041418", True),
        ("35 686800 004141 8", IMEI, "356868000041418", True),
        ("35686800004141", IMEI, "356868000041418", False),
        ("3568680000414102", IMEI, "356868000041418", False),
        ("3560070278831", GTIN, "3560070278831", True),
        ("036000291452", GTIN, "0036000291452", True),
        ("20-K3-0042", LOAN, "20-K3-0042", True),
        ("20-k3-0042", LOAN, "20-K3-0042", True),
        ("26-AAAB-12345", LOAN, "26-AAAB-12345", True),
        ("1234567890V", CodeKind.INE, "1234567890V", True),
        ("123456789ab", CodeKind.INE, "123456789AB", True),
        (CARD, CodeKind.PUPIL, CARD, True),
        (sheet_code(PupilId(7), 3), CodeKind.SHEET, sheet_code(PupilId(7), 3), True),
        (command_code(Command.UNDO), CodeKind.COMMAND, command_code(Command.UNDO), True),
        (kit_code("Housse"), CodeKind.COMMAND, kit_code("Housse"), True),
    ],
)
@pytest.mark.parametrize("ending", ["", "\r", "\r\n", "\t", "  "])
def test_each_kind_of_code_is_known(raw: str, kind: CodeKind, code: str, is_proved: bool, ending: str) -> None:
    assert first(raw + ending) == (kind, code, is_proved, Fault.NONE)


def test_an_unknown_text_may_be_a_foreign_tag_or_a_serial() -> None:
    assert codes("r52m-70abcde") == [(TAG, "R52M-70ABCDE"), (SERIAL, "R52M70ABCDE"), *codes("r52m-70abcde")[2:]]
    assert codes("R52M70ABCDE") == [(TAG, "R52M70ABCDE"), (SERIAL, "R52M70ABCDE")]
    assert proved("R52M70ABCDE") == []


def test_a_maker_s_serial_may_look_like_an_own_tag() -> None:
    assert codes("ML-000412-2") == [(TAG, "ML-000412-2"), (SERIAL, "ML0004122")]


def test_a_serial_whose_key_is_that_of_an_ine_by_chance_stays_a_serial_first() -> None:
    assert codes("R52M0000007") == [(TAG, "R52M0000007"), (SERIAL, "R52M0000007"), (CodeKind.INE, "R52M0000007")]
    assert proved("R52M0000007") == []


def test_an_ine_with_a_wrong_key_is_only_looked_up() -> None:
    assert (CodeKind.INE, "1234567890A") in codes("1234567890A")
    assert proved("1234567890A") == []


def test_the_form_of_an_ine_does_not_hide_what_caps_lock_may_have_done() -> None:
    assert first("123456789qb") == (CodeKind.INE, "123456789QB", True, Fault.NONE)
    assert (CodeKind.INE, "123456789AB") in codes("123456789qb")


def test_eight_or_fourteen_figures_are_a_gtin_only_when_the_scanner_says_so() -> None:
    assert proved("96385074") == proved("03560070278831") == []
    assert first("]E496385074") == (GTIN, "96385074", True, Fault.NONE)
    assert first("]I003560070278831") == (GTIN, "3560070278831", True, Fault.NONE)


@pytest.mark.parametrize("raw", ["", "   ", "\r\n", "=+", "/"])
def test_a_text_without_letter_or_figure_is_nothing(raw: str) -> None:
    assert readings(raw) == ()


@given(st.text())
def test_any_text_that_holds_a_letter_or_a_figure_has_a_reading(raw: str) -> None:
    assert readings(raw) or not any(mark.isalnum() for mark in raw)


@given(st.text())
def test_what_is_proved_comes_first_and_nothing_comes_twice(raw: str) -> None:
    found = readings(raw)
    assert [reading.is_proved for reading in found] == sorted((reading.is_proved for reading in found), reverse=True)
    assert len({(reading.kind, reading.code) for reading in found}) == len(found)


# Data identifiers of makers


def test_an_apple_box_says_s_before_the_serial() -> None:
    assert codes("SDMPXK1ABCDEF") == [(SERIAL, "DMPXK1ABCDEF"), (TAG, "SDMPXK1ABCDEF"), (SERIAL, "SDMPXK1ABCDEF")]
    assert codes("SH7G2K9PQ4X")[0] == (SERIAL, "H7G2K9PQ4X")


@pytest.mark.parametrize("serial", ["SFMPXK1ABCDE", "SH7G2K9PQ4", "SABCDEFGHJKLMN2"])
def test_a_serial_that_begins_with_s_is_first_taken_as_it_is(serial: str) -> None:
    assert codes(serial) == [(TAG, serial), (SERIAL, serial), (SERIAL, serial[1:])]


@pytest.mark.parametrize("text", ["SOUMISSION42", "S123456789012", "SAMSUNGTABLET", "S1"])
def test_what_apple_would_not_write_keeps_its_s(text: str) -> None:
    assert (SERIAL, text[1:]) not in codes(text)


def test_a_part_number_is_looked_up_with_and_without_its_identifier() -> None:
    assert codes("1PMW742NF/A") == [(TAG, "1PMW742NF/A"), (SERIAL, "1PMW742NFA"), (SERIAL, "MW742NFA")]


# AIM prefixes

NAMES = {
    "]C0": "Code 128", "]C1": "GS1-128", "]E0": "EAN-13 / UPC-A", "]E4": "EAN-8", "]A0": "Code 39", "]I0": "ITF",
    "]d1": "Data Matrix", "]d2": "GS1 DataMatrix", "]Q1": "QR Code", "]Q3": "GS1 QR Code", "]e0": "GS1 DataBar",
    "]G0": "Code 93", "]F0": "Codabar", "]L0": "PDF417", "]z0": "Aztec Code", "]J1": "GS1 DotCode",
}  # fmt: skip


@pytest.mark.parametrize(("prefix", "name"), NAMES.items())
def test_a_prefix_tells_the_symbology_and_is_no_part_of_the_code(prefix: str, name: str) -> None:
    assert symbology(f"{prefix}ML-000412-2\r") == name
    assert first(f"{prefix}ML-000412-2\r") == (TAG, "ML-000412-2", True, Fault.NONE)
    assert codes(f"{prefix}R52M70ABCDE") == codes("R52M70ABCDE")


@pytest.mark.parametrize(("prefix", "name"), NAMES.items())
def test_a_prefix_that_a_us_scanner_spoiled_is_known_again(prefix: str, name: str) -> None:
    raw = garbled(f"{prefix}ML-000412-2", Fault.SCANNER_US)
    assert symbology(raw) == name
    assert first(raw) == (TAG, "ML-000412-2", True, Fault.SCANNER_US)


@pytest.mark.parametrize("prefix", ["]C0", "]C1", "]E0", "]E4", "]A0", "]I0", "]d1", "]d2", "]Q1", "]Q3"])
def test_a_prefix_that_a_french_scanner_spoiled_is_left_out(prefix: str) -> None:
    raw = garbled(f"{prefix}ML-000412-2", Fault.SCANNER_FRENCH)
    assert first(raw) == (TAG, "ML-000412-2", True, Fault.SCANNER_FRENCH)


def test_caps_lock_does_not_hide_the_symbology() -> None:
    assert symbology("]c1") == ""
    assert symbology("]c1ml-000412-2") == "GS1-128"
    assert symbology(garbled("]C0ML-000412-2", Fault.SCANNER_US, caps_lock=True)) == "Code 128"


def test_without_a_prefix_no_symbology_is_told() -> None:
    assert symbology("ML-000412-2") == symbology("$C") == symbology("") == symbology("]X9ABC") == ""


def test_an_unknown_prefix_is_left_out_too() -> None:
    assert first("]X9ML-000412-2") == (TAG, "ML-000412-2", True, Fault.NONE)


# A wrong keyboard layout


@pytest.mark.parametrize(
    ("raw", "kind", "code", "is_proved", "fault"),
    [
        ("R(é?èàQBCDE", TAG, "R52M70ABCDE", False, Fault.SCANNER_US),
        ("SD?PXK&QBCDEF", SERIAL, "DMPXK1ABCDEF", False, Fault.SCANNER_US),
        ("\"(-_-_àààà'&'&_", IMEI, "356868000041418", True, Fault.SCANNER_US),
        ("-çà)éàéà!àà'é", TAG, "690-2020/0042", False, Fault.SCANNER_US),
        ("?L)ààà'&é)é", TAG, "ML-000412-2", True, Fault.SCANNER_US),
        (",l°000412°2", TAG, "ML-000412-2", True, Fault.SCANNER_US),
        ("éà)K\")àà'é", LOAN, "20-K3-0042", True, Fault.SCANNER_US),
        ("20°k3°0042", LOAN, "20-K3-0042", True, Fault.SCANNER_US),
        ('"(-ààèàéè__"&', GTIN, "3560070278831", True, Fault.SCANNER_US),
        ("&é\"'(-è_çàV", CodeKind.INE, "1234567890V", True, Fault.SCANNER_US),
        ("R%@:&)QBCDE", TAG, "R52M70ABCDE", False, Fault.SCANNER_FRENCH),
        (":L6)))$!@6@", TAG, "ML-000412-2", True, Fault.SCANNER_FRENCH),
        ("@)6K#6))$@", LOAN, "20-K3-0042", True, Fault.SCANNER_FRENCH),
        ("ml6ààà'&é6é", TAG, "ML-000412-2", True, Fault.NONE),
    ],
)
def test_a_wrong_layout_is_repaired(raw: str, kind: CodeKind, code: str, is_proved: bool, fault: Fault) -> None:
    assert first(raw) == (kind, code, is_proved, fault)


def test_letters_that_trade_places_wait_for_a_known_code() -> None:
    assert [(one.code, one.fault) for one in readings("QZWA") if one.kind is TAG] == [
        ("QZWA", Fault.NONE),
        ("AWZQ", Fault.SCANNER_US),
    ]


def test_letters_are_repaired_when_only_so_the_check_character_is_right() -> None:
    tag = asset_tag("QL", 412)
    assert first(tag.replace("-", "").replace("Q", "a").lower()) == (TAG, tag, True, Fault.SCANNER_US)


def test_a_real_dash_proves_nothing() -> None:
    assert first("AB-CDQ") == (TAG, "AB-CDQ", False, Fault.NONE)
    assert first("AB_CDQ") == (TAG, "AB_CDQ", False, Fault.NONE)


def test_a_sign_that_either_layout_may_have_made_proves_neither() -> None:
    assert [one.code for one in readings("R(BCDE") if one.kind is TAG] == ["R(BCDE", "R5BCDE", "R9BCDE"]


def test_two_repairs_that_both_check_prove_neither() -> None:
    by_us, by_french = str.maketrans("&()", "15-"), str.maketrans("&()", "790")
    shown = (f"{a}{b}){''.join(signs)})&" for a, b, *signs in product(ALPHABET, ALPHABET, *["&("] * 5))
    both = next(raw for raw in shown if own_tag(raw.translate(by_us)) and own_tag(raw.translate(by_french)))
    assert proved(both) == []
    assert {one.fault for one in readings(both)} == {Fault.NONE, Fault.SCANNER_US, Fault.SCANNER_FRENCH}


@given(proved_codes, prefixes, st.sampled_from(["", "\r", "\r\n", "\t"]))
def test_a_valid_code_is_read_as_it_is_and_as_nothing_else(code: str, prefix: str, ending: str) -> None:
    for raw in (prefix + code + ending, code.lower() + ending):
        (reading,) = proved(raw)
        assert (reading.code, reading.fault) == (code, Fault.NONE)
        assert reading == readings(raw)[0]
        assert {one.fault for one in readings(raw)} == {Fault.NONE}


@given(proved_codes, prefixes, faults)
def test_a_garbled_code_is_repaired_into_itself_or_not_at_all(
    code: str, prefix: str, fault: tuple[Fault, bool]
) -> None:
    raw = garbled(prefix + code, fault[0], caps_lock=fault[1])
    assert {one.code for one in proved(raw)} <= {code}
    assert code in {one.code for one in readings(raw)}


@given(tags, tags, faults)
def test_no_valid_tag_is_ever_repaired_into_another(one: str, other: str, fault: tuple[Fault, bool]) -> None:
    assume(one != other)
    assert other not in {
        reading.code for reading in readings(garbled(one, fault[0], caps_lock=fault[1])) if reading.is_proved
    }
