"""Keyboard layouts: each key both ways, the faults of a scanner's layout, and what proves one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablet_loans.domain.keyboard import Fault, garbled, repairs, ungarbled

CODE = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/+", min_size=1, max_size=24)
FAULTS = [(Fault.SCANNER_US, False), (Fault.SCANNER_US, True), (Fault.SCANNER_FRENCH, False), (Fault.NONE, True)]
UNCHANGED = "bcdefghijklnoprstuvxyBCDEFGHIJKLNOPRSTUVXY =+"
ROWS = (
    "&1 é2 \"3 '4 (5 -6 è7 _8 ç9 à0 )- == "
    "1! 2@ 3# 4$ 5% 6^ 7& 8* 9( 0) °_ ++ "
    "aq zw qa wz ,m m; AQ ZW QA WZ ?M M: "
    "ù' %\" ;, .< :. /> !/ §? $] £} *\\ µ| ²` ^[ ¨{"
)
"""What a French computer shows, then what the scanner in US mode meant."""


@pytest.mark.parametrize(("shown", "meant"), ROWS.split())
def test_a_scanner_in_us_mode_is_read_key_by_key_on_a_french_computer(shown: str, meant: str) -> None:
    assert garbled(meant, Fault.SCANNER_US) == shown
    assert ungarbled(shown, Fault.SCANNER_US) == meant


@pytest.mark.parametrize(("meant", "shown"), [row for row in ROWS.split() if row[0] not in "²^¨"])
def test_a_scanner_in_french_mode_is_read_key_by_key_on_a_us_computer(meant: str, shown: str) -> None:
    assert garbled(meant, Fault.SCANNER_FRENCH) == shown
    assert ungarbled(shown, Fault.SCANNER_FRENCH) == meant


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("mark", [*UNCHANGED, "\x1d", "\r", "\t"])
def test_the_keys_that_both_layouts_share_never_change(mark: str, fault: Fault) -> None:
    assert garbled(mark, fault) == mark
    assert ungarbled(mark, fault) == mark


@pytest.mark.parametrize(
    ("meant", "shown"),
    [
        ("R52M70ABCDE", "R(é?èàQBCDE"),
        ("SDMPXK1ABCDEF", "SD?PXK&QBCDEF"),
        ("356868000041418", "\"(-_-_àààà'&'&_"),
        ("690-2020/0042", "-çà)éàéà!àà'é"),
        ("]C1", "$C&"),
        ("]d2", "$dé"),
        ("]Q3", '$A"'),
        ("]E0", "$Eà"),
        ("]A0", "$Qà"),
    ],
)
def test_whole_codes_of_a_scanner_in_us_mode(meant: str, shown: str) -> None:
    assert garbled(meant, Fault.SCANNER_US) == shown
    assert ungarbled(shown, Fault.SCANNER_US) == meant


def test_whole_codes_of_a_scanner_in_french_mode() -> None:
    assert garbled("1234567890", Fault.SCANNER_FRENCH) == "!@#$%^&*()"
    assert garbled("R52M70ABCDE", Fault.SCANNER_FRENCH) == "R%@:&)QBCDE"
    assert garbled("-/", Fault.SCANNER_FRENCH) == "6>"


def test_a_bracket_of_the_french_layout_is_lost_on_a_us_computer() -> None:
    assert garbled("]C1", Fault.SCANNER_FRENCH) == "C!"


def test_caps_lock_of_french_windows_leaves_the_figures_of_a_us_scanner() -> None:
    assert garbled("ML-000412-2", Fault.SCANNER_US, caps_lock=True) == ",l°000412°2"
    assert ungarbled(",l°000412°2", Fault.SCANNER_US, caps_lock=True) == "ML-000412-2"


def test_caps_lock_spoils_even_the_figures_of_a_french_scanner() -> None:
    assert garbled("ML-000412-2", Fault.NONE, caps_lock=True) == "ml6ààà'&é6é"
    assert garbled("ML-000412-2", Fault.NONE) == ungarbled("ML-000412-2", Fault.NONE) == "ML-000412-2"


def test_accented_capitals_of_caps_lock_are_figures() -> None:
    assert ungarbled("ÉÈÇÀ", Fault.SCANNER_US) == "2790"


@pytest.mark.parametrize(
    ("meant", "shown"), [("[a]", "^q$"), ("[i]", "î$"), ("{e}", "ë£"), ("[q]", "â$"), ("[[", "^^")]
)
def test_a_dead_key_is_taken_apart_from_the_letter_that_it_swallowed(meant: str, shown: str) -> None:
    assert ungarbled(shown, Fault.SCANNER_US) == meant


def test_a_dead_key_combines_only_with_the_letters_that_take_its_accent() -> None:
    assert garbled("[q]", Fault.SCANNER_US) == "â$"
    assert garbled("[k]", Fault.SCANNER_US) == "^k$"


@given(CODE, st.sampled_from(FAULTS))
def test_what_a_fault_garbled_is_among_its_repairs(code: str, fault: tuple[Fault, bool]) -> None:
    shown = garbled(code, fault[0], caps_lock=fault[1])
    assert ungarbled(shown, fault[0], caps_lock=fault[1]) == code
    assert shown.upper() == code.upper() or code.upper() in {repair.text.upper() for repair in repairs(shown)}


@given(st.text(max_size=24))
def test_a_repair_always_holds_what_a_code_is_made_of(text: str) -> None:
    for repair in repairs(text):
        assert repair.text.isascii()
        assert repair.text.upper() != text.upper()


@pytest.mark.parametrize("shown", list("&é\"'(èçà)?°"))
def test_a_character_that_no_code_holds_marks_a_scanner_in_us_mode(shown: str) -> None:
    assert (Fault.SCANNER_US, True) in {(repair.fault, repair.is_marked) for repair in repairs(f"R{shown}BCD")}


@pytest.mark.parametrize("shown", list("!@#^&*()"[:5]))
def test_a_sign_for_a_figure_marks_a_scanner_in_french_mode(shown: str) -> None:
    assert (Fault.SCANNER_FRENCH, True) in {(repair.fault, repair.is_marked) for repair in repairs(f"R{shown}BCD")}


@pytest.mark.parametrize("text", ["AB-CD", "AB_CD", "QZ_WA", "AB.CD", "AA:BB:CC", "AB$CD", "AB%CD", "*ABCD*"])
def test_a_dash_and_the_signs_of_foreign_tags_mark_nothing(text: str) -> None:
    assert not any(repair.is_marked for repair in repairs(text))


@pytest.mark.parametrize("text", ["R52M70ABCDE", "ML-000412-2", "356868000041418", "", "INV(2019)42"])
def test_a_sound_code_has_no_repair(text: str) -> None:
    assert repairs(text) == ()


def test_letters_that_only_trade_places_may_be_repaired_but_prove_nothing() -> None:
    (repair,) = repairs("QZWA")
    assert (repair.text, repair.fault, repair.is_marked) == ("AWZQ", Fault.SCANNER_US, False)


def test_caps_lock_is_not_thought_of_when_capitals_came() -> None:
    assert any(repair.text == "AB0001" for repair in repairs("qb0001"))
    assert repairs("QB0001") == ()
