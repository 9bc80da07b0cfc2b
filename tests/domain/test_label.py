"""Layouts: whole dots, quiet zones, nothing squeezed, nothing on anything else."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablet_loans.domain.label import CodeDoesNotFit, CodeStyle, Layout, Room, layout_of, least_dots, module_for
from tablet_loans.domain.label_stock import LabelStock, chosen_stock, stock_from
from tablet_loans.services.calibrating import usual_stocks

STOCKS = usual_stocks()
BARS = 145
QUIET = {CodeStyle.CODE128: 10, CodeStyle.QR: 4, CodeStyle.DATAMATRIX: 1}
SIZES = {CodeStyle.CODE128: (BARS, 1), CodeStyle.QR: (21, 21), CodeStyle.DATAMATRIX: (14, 14)}


def laid(stock: LabelStock, style: CodeStyle, dpi: int, above: int = 1, below: int = 2) -> Layout:
    return layout_of(stock, style, "ML-000412-2", *SIZES[style], above, below, dpi)


def own(width: float, height: float) -> LabelStock:
    return stock_from({"name": "Mine", "paper": "roll", "width": width, "height": height})


def overlap(one: Room, other: Room) -> bool:
    across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    return across > 1e-6 and down > 1e-6


@pytest.mark.parametrize(("dpi", "dots"), [(180, 2), (203, 2), (300, 3), (360, 4), (600, 6), (1200, 12)])
def test_the_narrowest_bar_is_a_quarter_of_a_millimetre_in_whole_dots(dpi: int, dots: int) -> None:
    assert least_dots(dpi) == dots
    assert dots * 25.4 / dpi >= 0.249


@given(
    width=st.floats(8, 210), height=st.floats(6, 120), style=st.sampled_from(CodeStyle),
    dpi=st.sampled_from([180, 203, 300, 600]), above=st.integers(0, 2), below=st.integers(0, 3),
)  # fmt: skip
def test_a_code_keeps_its_dots_and_its_white_or_is_refused(
    width: float, height: float, style: CodeStyle, dpi: int, above: int, below: int
) -> None:
    try:
        layout = laid(own(width, height), style, dpi, above, below)
    except CodeDoesNotFit:
        return
    dots = layout.module_mm * dpi / 25.4
    assert math.isclose(dots, round(dots), abs_tol=1e-6)
    assert layout.module_mm >= 0.249
    code, white = layout.code, QUIET[style] * layout.module_mm
    assert math.isclose(code.width, SIZES[style][0] * layout.module_mm, rel_tol=1e-9)
    up = 0.0 if style is CodeStyle.CODE128 else white
    zone = Room(code.left - white, code.top - up, code.width + 2 * white, code.height + 2 * up)
    assert zone.left >= 0
    assert zone.left + zone.width <= width + 1e-6
    assert zone.top >= -1e-6
    assert zone.top + zone.height <= height + 1e-6
    assert len(layout.rooms) == above + 1 + below
    for room in layout.rooms:
        assert room.width > 0
        assert room.height > 0
        assert not overlap(room, zone)
        assert room.left >= 0
        assert room.left + room.width <= width + 1e-6
        assert room.top >= 0
        assert room.top + room.height <= height + 1e-6


def test_a_code_too_wide_is_refused_with_what_it_needs() -> None:
    stock = chosen_stock(STOCKS, "Avery L7651")
    with pytest.raises(CodeDoesNotFit) as refused:
        laid(stock, CodeStyle.CODE128, 300)
    needed = float(str(refused.value.facts["needed_mm"]))
    assert needed == pytest.approx(165 * 3 * 25.4 / 300, abs=0.1)
    assert refused.value.facts["available_mm"] == "36.1"
    laid(own(needed + 2.1, 21.2), CodeStyle.CODE128, 300)
    laid(stock, CodeStyle.QR, 300)


def test_a_code_too_high_is_refused() -> None:
    for style in CodeStyle:
        with pytest.raises(CodeDoesNotFit):
            laid(own(60, 5), style, 300)


def test_a_module_is_as_wide_as_the_room_lets_it_be_up_to_what_reads_well() -> None:
    dot = 25.4 / 600
    assert module_for(600, 100, 1_000, 0.38) == pytest.approx(8 * dot)
    assert module_for(600, 100, 700 * dot, 0.38) == pytest.approx(7 * dot)
    assert module_for(600, 100, 599 * dot, 0.38) is None
