"""Codes to scan: valid ones of each kind, and the faults of a layout, drawn by hypothesis."""

from hypothesis import strategies as st
from stdnum import ean, luhn

from tablet_loans.domain.barcode import (
    CodeKind,
    Command,
    Fault,
    Reading,
    command_code,
    kit_code,
    pupil_card,
    readings,
    sheet_code,
)
from tablet_loans.domain.identifiers import asset_tag
from tablet_loans.domain.loan import loan_number
from tablet_loans.domain.pupil import PupilId

COMMANDS = [command for command in Command if command is not Command.MISSING]
GTIN_OF_A_BOX = "3560070278831"

tags = st.builds(
    asset_tag,
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=4),
    st.integers(0, 999_999),
    st.integers(4, 6),
)
imeis = st.integers(10**13, 10**14 - 1).map(lambda number: f"{number}{luhn.calc_check_digit(str(number))}")
gtins = st.integers(10**11, 10**12 - 1).map(lambda number: f"{number}{ean.calc_check_digit(str(number))}")
loan_numbers = st.builds(
    loan_number,
    st.integers(2020, 2099),
    st.text("ABCDEFGHJKLMNPRSTUVWXYZ23456789", min_size=2, max_size=4),
    st.integers(1, 99_999),
)
cards = st.integers(1, 10_000_000).map(lambda number: pupil_card(PupilId(number)))
sheets = st.builds(sheet_code, st.integers(1, 10_000_000).map(PupilId), st.integers(1, 100_000))
kits = st.text(min_size=1, max_size=20).map(kit_code)
commands = st.sampled_from(COMMANDS).map(command_code)
printed_codes = st.one_of(cards, sheets, kits, commands)
proved_codes = st.one_of(tags, imeis, gtins, loan_numbers, printed_codes)
faults = st.sampled_from(
    [(Fault.SCANNER_US, False), (Fault.SCANNER_US, True), (Fault.SCANNER_FRENCH, False), (Fault.NONE, True)]
)
prefixes = st.sampled_from(["", "]C0", "]A0", "]Q1", "]d1"])


def first(raw: str) -> tuple[CodeKind, str, bool, Fault]:
    """Return the facts of the likeliest reading."""
    reading = readings(raw)[0]
    return reading.kind, reading.code, reading.is_proved, reading.fault


def proved(raw: str) -> list[Reading]:
    """Return the readings that need no known code."""
    return [reading for reading in readings(raw) if reading.is_proved]


def codes(raw: str) -> list[tuple[CodeKind, str]]:
    """Return what is looked up, in order."""
    return [(reading.kind, reading.code) for reading in readings(raw)]
