"""GS1 codes of a box: with FNC1, in brackets, or with nothing that says where a value ends."""

import pytest

from tablet_loans.domain.barcode import CodeKind, Fault, readings
from tablet_loans.domain.keyboard import garbled
from tests.domain.codes import GTIN_OF_A_BOX as BOX
from tests.domain.codes import codes, first, proved

TAG, SERIAL, IMEI, GTIN = CodeKind.TAG, CodeKind.SERIAL, CodeKind.IMEI, CodeKind.GTIN
FNC1 = "\x1d"


@pytest.mark.parametrize(
    "raw",
    [
        f"]d2010{BOX}21R52M70ABCDE",
        f"]C1010{BOX}21R52M70ABCDE",
        f"]Q3010{BOX}21R52M70ABCDE{FNC1}10LOT7",
        f"]d221R52M70ABCDE{FNC1}010{BOX}",
        f"]C1{FNC1}010{BOX}10LOT7{FNC1}21R52M70ABCDE",
        f"010{BOX}10LOT7{FNC1}21R52M70ABCDE",
        f"010{BOX}11200406240MW742{FNC1}21R52M70ABCDE",
        f"(01)0{BOX}(21)R52M70ABCDE",
        f"(21)R52M70ABCDE(01)0{BOX}",
        f"(01)0{BOX}(10)LOT7(240)MW742(21)R52M70ABCDE",
    ],
)
def test_a_gs1_code_tells_the_serial_then_the_model(raw: str) -> None:
    assert [(one.kind, one.code, one.is_proved) for one in readings(raw)] == [
        (SERIAL, "R52M70ABCDE", True),
        (GTIN, BOX, True),
    ]


def test_a_gs1_code_of_which_nothing_says_so_is_read_greedily_and_proves_nothing() -> None:
    assert codes(f"010{BOX}21R52M70ABCDE")[:2] == [(SERIAL, "R52M70ABCDE"), (GTIN, BOX)]
    assert proved(f"010{BOX}21R52M70ABCDE") == []


def test_a_long_serial_is_no_gs1_code_when_its_check_digit_is_wrong() -> None:
    assert codes("010356007027883221R52M70ABCDE")[0] == (TAG, "010356007027883221R52M70ABCDE")


def test_a_serial_too_long_for_gs1_has_swallowed_its_neighbour_and_proves_nothing() -> None:
    assert [reading.kind for reading in proved(f"]C1010{BOX}21R52M70ABCDE10LOT700000")] == [GTIN]


@pytest.mark.parametrize(
    ("raw", "kind", "code"),
    [
        ("]C18002356868000041418", IMEI, "356868000041418"),
        ("(8002)A1B2C3D4", SERIAL, "A1B2C3D4"),
        ("(8004)3456INV42", TAG, "3456INV42"),
        ("(8004)ML0004122", TAG, "ML-000412-2"),
        (f"(8006)0{BOX}0102", GTIN, BOX),
        (f"]d280060{BOX}0102", GTIN, BOX),
        (f"]C1010{BOX}", GTIN, BOX),
        (f"]e0010{BOX}", GTIN, BOX),
    ],
)
def test_each_identifier_tells_its_kind(raw: str, kind: CodeKind, code: str) -> None:
    assert first(raw) == (kind, code, True, Fault.NONE)


def test_a_lot_alone_names_no_device() -> None:
    assert proved("]C110LOT7") == proved("(10)LOT7") == []


@pytest.mark.parametrize(
    "raw",
    ["]C1ML-000412-X", "]C1013560", "]C121", "]C1010356007027883X", "(01)35", f"AB{FNC1}CD", "(01", "(21)R52M(70"],
)
def test_what_does_not_follow_the_rules_is_no_gs1_code(raw: str) -> None:
    assert proved(raw) == []
    assert {TAG, SERIAL} <= {reading.kind for reading in readings(raw)}


@pytest.mark.parametrize(
    "code", [f"]d2010{BOX}21R52M70ABCDE{FNC1}10LOT7", f"(01)0{BOX}(21)R52M70ABCDE", f"010{BOX}21R52M70ABCDE"]
)
@pytest.mark.parametrize("fault", [Fault.SCANNER_US, Fault.SCANNER_FRENCH])
def test_a_gs1_code_is_repaired_whole(code: str, fault: Fault) -> None:
    found = readings(garbled(code, fault))
    serial = next(one for one in found if one.kind is SERIAL)
    assert (serial.code, serial.fault) == ("R52M70ABCDE", fault)
    assert (GTIN, BOX) in [(one.kind, one.code) for one in found]
