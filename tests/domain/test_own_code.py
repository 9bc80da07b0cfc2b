"""The codes that the program prints: what they tell, and that nothing spoils them unseen."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tablet_loans.domain import own_code
from tablet_loans.domain.barcode import (
    Command,
    Fault,
    command_code,
    command_in,
    kit_code,
    kit_item,
    on_sheet,
    pupil_card,
    pupil_on_card,
    readings,
    sheet_code,
)
from tablet_loans.domain.keyboard import garbled
from tablet_loans.domain.pupil import PupilId
from tests.domain.codes import COMMANDS, faults, printed_codes

CARD = pupil_card(PupilId(1204))


@given(st.integers(1, 10**9))
def test_a_pupil_s_card_tells_the_pupil(number: int) -> None:
    assert pupil_on_card(pupil_card(PupilId(number))) == number
    assert pupil_on_card(f"]C0{pupil_card(PupilId(number)).lower()}\r\n") == number


@given(st.integers(1, 10**8), st.integers(1, 10**7))
def test_a_sheet_tells_the_pupil_and_the_campaign(number: int, campaign_id: int) -> None:
    assert on_sheet(sheet_code(PupilId(number), campaign_id)) == (number, campaign_id)


@pytest.mark.parametrize("code", ["ML-000412-2", "Durand", "", CARD[:-1], sheet_code(PupilId(7), 3), CARD])
def test_a_code_of_another_kind_tells_nothing(code: str) -> None:
    assert code == CARD or pupil_on_card(code) is None
    assert code == sheet_code(PupilId(7), 3) or on_sheet(code) is None
    assert command_in(code) is None
    assert kit_item(code, ["Housse"]) is None


def test_a_code_rightly_sealed_but_written_otherwise_tells_nothing() -> None:
    assert pupil_on_card(own_code.sealed("TLPBC")) is None
    assert on_sheet(own_code.sealed("TLSCBBBBBBBC")) is None
    assert command_in(own_code.sealed("TLCLL")) is None


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_code_tells_its_command(command: Command) -> None:
    assert command_in(command_code(command)) is command
    assert command_in(f"]C0{command_code(command).lower()}\r") is command


def test_the_codes_on_paper_never_change() -> None:
    assert [command_code(command) for command in COMMANDS] == [
        "TLCLRU", "TLCRRK", "TLCURE", "TLCNRS", "TLCCSR", "TLCGSH", "TLCORP", "TLCDSO", "TLCPRN", "TLCHSF", "TLCTRG",
    ]  # fmt: skip
    assert pupil_card(PupilId(10_000_000)) == "TLPDKJTSLPB"
    assert sheet_code(PupilId(9_999_999), 20) == "TLSCYDKJTSKRL"
    assert kit_code("Chargeur") == "TLKSCJDPEHC"


def test_a_kit_code_names_its_accessory_whatever_its_case_and_accents() -> None:
    kit = ["Housse", "Câble USB-C", "Chargeur"]
    assert kit_item(kit_code("CABLE  usb-c"), kit) == "Câble USB-C"
    assert kit_item(kit_code("Clavier"), kit) is None
    assert command_in(kit_code("Clavier")) is Command.MISSING


def test_missing_alone_has_no_code() -> None:
    with pytest.raises(KeyError):
        command_code(Command.MISSING)


@given(st.integers(1, 10_000_000), st.integers(1, 190_000))
def test_a_printed_code_is_short_and_of_letters_that_no_layout_moves(number: int, campaign_id: int) -> None:
    for code in (pupil_card(PupilId(number)), sheet_code(PupilId(number), campaign_id)):
        assert len(code) <= 16
        assert set(code) <= set("BCDEFGHIJKLNOPRSTUVXY")


@given(printed_codes, faults)
def test_no_layout_spoils_a_printed_code(code: str, fault: tuple[Fault, bool]) -> None:
    raw = garbled(code, fault[0], caps_lock=fault[1])
    assert raw.upper() == code
    assert [(one.code, one.is_proved, one.fault) for one in readings(raw)] == [(code, True, Fault.NONE)]


@given(printed_codes, st.data())
def test_one_wrong_letter_spoils_a_printed_code(code: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"))
    assume(wrong != code[place])
    assert own_code.unsealed(code[:place] + wrong + code[place + 1 :]) is None


@given(printed_codes, st.data())
def test_two_neighbours_swapped_spoil_a_printed_code(code: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(code) - 2))
    assume(code[place] != code[place + 1])
    assert own_code.unsealed(code[:place] + code[place + 1] + code[place] + code[place + 2 :]) is None
