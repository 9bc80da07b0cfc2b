"""The codes of a tablet as they are scanned: what each one is, what still lacks, what is refused."""

from datetime import date

import pytest

from tablet_loans.domain.arrival import (
    Arrival,
    Codes,
    Draft,
    ImeiNotAsked,
    LabelNotAsked,
    Labels,
    NotADate,
    NotAPrice,
    NotOfADevice,
    OtherModel,
    Piece,
    PieceAwaited,
    Way,
    WrongCheckCharacter,
    day,
    price_cents,
    taken,
)
from tablet_loans.domain.barcode import pupil_card, readings
from tablet_loans.domain.errors import ModelCode, Refusal
from tablet_loans.domain.identifiers import asset_tag
from tablet_loans.domain.pupil import PupilId

TAG = asset_tag("ML", 123)
IMEI = "490154203237518"
GTIN = "3560070278831"
SAMSUNG = Arrival("Galaxy Tab A8", "Samsung", gtin=GTIN)
APPLE = Arrival("iPad", "Apple")
IN_ORDER = Way(prefix="ML")
OURS = Way(Labels.OURS, prefix="ML")
OTHERS = Way(Labels.OTHERS, prefix="ML")
BOTH = Way(codes=Codes.SERIAL_AND_IMEI, prefix="ML")


def scanned(*codes: str, way: Way = IN_ORDER, arrival: Arrival = SAMSUNG) -> Draft:
    draft = Draft()
    for code in codes:
        draft = taken(draft, readings(code), way, arrival)
    return draft


@pytest.mark.parametrize(
    ("way", "codes", "expected"),
    [
        (IN_ORDER, ["R52M70ABCDE"], Draft(serial="R52M70ABCDE")),
        (IN_ORDER, ["R(é?èàQBCDE"], Draft(serial="R52M70ABCDE")),
        (IN_ORDER, [f"(01)0{GTIN}(21)R52M70ABCDE"], Draft(serial="R52M70ABCDE")),
        (OURS, [TAG, "R52M70ABCDE"], Draft(TAG, "R52M70ABCDE")),
        (OURS, ["R52M70ABCDE", TAG], Draft(TAG, "R52M70ABCDE")),
        (OURS, [TAG, TAG, "R52M70ABCDE"], Draft(TAG, "R52M70ABCDE")),
        (OTHERS, ["690-2020/0042", "R52M70ABCDE"], Draft("690-2020/0042", "R52M70ABCDE")),
        (BOTH, [IMEI, "R52M70ABCDE"], Draft(serial="R52M70ABCDE", imei=IMEI)),
        (BOTH, ["R52M70ABCDE", IMEI], Draft(serial="R52M70ABCDE", imei=IMEI)),
        (BOTH, ["R52M70ABCDE", IMEI[:14]], Draft(serial="R52M70ABCDE", imei=IMEI)),
        (Way(codes=Codes.IMEI), [IMEI], Draft(imei=IMEI)),
    ],
)
def test_codes_come_in_any_order_and_fall_into_their_place(way: Way, codes: list[str], expected: Draft) -> None:
    assert scanned(*codes, way=way) == expected
    assert not expected.lacks(way)


def test_what_still_lacks_is_known() -> None:
    assert Draft().lacks(OURS) == (Piece.TAG, Piece.SERIAL)
    assert scanned("R52M70ABCDE", way=OURS).lacks(OURS) == (Piece.TAG,)
    assert scanned("R52M70ABCDE", way=BOTH).lacks(BOTH) == (Piece.IMEI,)


def test_apples_s_is_no_part_of_the_serial_but_anothers_is() -> None:
    assert scanned("SDMPXK1ABCDEF", arrival=APPLE) == Draft(serial="DMPXK1ABCDEF")
    assert scanned("SDMPXK1ABCDEF") == Draft(serial="SDMPXK1ABCDEF")
    with pytest.raises(NotOfADevice):
        scanned("1PMK2K2LL", arrival=APPLE)


@pytest.mark.parametrize(
    ("way", "codes", "refusal"),
    [
        (IN_ORDER, [GTIN], ModelCode),
        (IN_ORDER, ["8806094769524"], OtherModel),
        (IN_ORDER, ["(01)08806094769524(21)R52M70ABCDE"], OtherModel),
        (IN_ORDER, [TAG], LabelNotAsked),
        (IN_ORDER, [IMEI], ImeiNotAsked),
        (IN_ORDER, ["ML-000123-9"], WrongCheckCharacter),
        (OURS, ["R52M70ABCDE", "R52M70ABCDF"], PieceAwaited),
        (OURS, [TAG, asset_tag("ML", 124)], PieceAwaited),
        (IN_ORDER, [pupil_card(PupilId(12))], NotOfADevice),
        (IN_ORDER, ["20-K3-0042"], NotOfADevice),
        (IN_ORDER, ["https://example.org/tablet?id=12"], NotOfADevice),
    ],
)
def test_a_code_that_does_not_belong_there_is_refused(way: Way, codes: list[str], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        scanned(*codes, way=way)
    assert type(refused.value) is refusal


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("", None), ("189,50", 18950), ("189.5 €", 18950), ("1 189", 118900), ("0", 0)],
)
def test_a_price_is_read_as_it_is_typed(typed: str, cents: int | None) -> None:
    assert price_cents(typed) == cents


@pytest.mark.parametrize("typed", ["1.189,50", "dix", "-5", "189,505"])
def test_what_is_no_price_is_refused(typed: str) -> None:
    with pytest.raises(NotAPrice):
        price_cents(typed)


def test_a_date_is_read_as_it_is_typed() -> None:
    assert (day(""), day("2/4/2026"), day("2026-04-02")) == (None, date(2026, 4, 2), date(2026, 4, 2))
    for typed in ("31/02/2026", "2 avril", "04/2026"):
        with pytest.raises(NotADate):
            day(typed)
