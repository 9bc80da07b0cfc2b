"""Stocks of labels: the usual ones lie on their pages, and what cannot lie there is refused by name."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablet_loans.domain.label_stock import (
    PAPERS,
    ROLL,
    LabelsBeyondPage,
    LabelsOverlap,
    LabelStock,
    StartBeyondSheet,
    StockFieldUnknown,
    StockFieldWrong,
    StockNameless,
    StockRefused,
    UnknownPaper,
    UnknownStock,
    chosen_stock,
    first_place,
    stock_from,
    stock_said,
)
from tablet_loans.services.calibrating import usual_stocks

SHEET: dict[str, Any] = {
    "name": "Mine", "paper": "A4", "columns": 3, "rows": 7, "width": 63.5, "height": 38.1, "left": 7.25, "top": 15.15,
    "pitch_x": 66.0, "pitch_y": 38.1,
}  # fmt: skip
STOCKS = usual_stocks()


def test_at_least_twelve_sheets_and_five_rolls_come_with_the_program() -> None:
    assert sum(stock.paper == "A4" for stock in STOCKS) >= 12
    assert sum(stock.paper == "Letter" for stock in STOCKS) >= 6
    assert sum(stock.paper == ROLL for stock in STOCKS) >= 5
    names = [name.casefold() for stock in STOCKS for name in (stock.name, *stock.aliases)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("stock", STOCKS, ids=lambda stock: stock.name)
def test_the_margins_of_a_usual_stock_are_the_same_on_both_sides(stock: LabelStock) -> None:
    width, height = stock.page
    left, top = stock.place(stock.count - 1)
    assert math.isclose(width - left - stock.width, stock.left, abs_tol=0.1)
    assert math.isclose(height - top - stock.height, stock.top, abs_tol=0.1)


@given(
    columns=st.integers(1, 8), rows=st.integers(1, 20), width=st.floats(5, 120), height=st.floats(5, 120),
    left=st.floats(0, 30), top=st.floats(0, 30), gap_x=st.floats(-5, 10), gap_y=st.floats(-5, 10),
    paper=st.sampled_from(sorted(PAPERS)),
)  # fmt: skip
def test_a_stock_is_taken_just_when_no_label_leaves_the_page_or_meets_another(
    columns: int, rows: int, width: float, height: float, left: float, top: float, gap_x: float, gap_y: float,
    paper: str,
) -> None:  # fmt: skip
    said = {
        "name": "Any", "paper": paper, "columns": columns, "rows": rows, "width": width, "height": height,
        "left": left, "top": top, "pitch_x": max(width + gap_x, 0.0), "pitch_y": max(height + gap_y, 0.0),
    }  # fmt: skip
    try:
        stock = stock_from(said)
    except StockRefused:
        across, down = left + (columns - 1) * (width + gap_x) + width, top + (rows - 1) * (height + gap_y) + height
        beyond = across > PAPERS[paper][0] or down > PAPERS[paper][1]
        assert beyond or (columns > 1 and gap_x < 0) or (rows > 1 and gap_y < 0)
        return
    page_width, page_height = stock.page
    places = [stock.place(number) for number in range(stock.count)]
    assert len(set(places)) == len(places)
    assert all(x >= 0 and x + width <= page_width + 0.1 for x, _ in places)
    assert all(y >= 0 and y + height <= page_height + 0.1 for _, y in places)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"pitch_x": 60}, LabelsOverlap),
        ({"pitch_y": 38}, LabelsOverlap),
        ({"rows": 8}, LabelsBeyondPage),
        ({"left": 20}, LabelsBeyondPage),
        ({"width": 0}, StockFieldWrong),
        ({"height": -38.1}, StockFieldWrong),
        ({"width": float("nan")}, StockFieldWrong),
        ({"width": float("inf")}, StockFieldWrong),
        ({"width": "63.5"}, StockFieldWrong),
        ({"left": -1}, StockFieldWrong),
        ({"columns": 0}, StockFieldWrong),
        ({"columns": True}, StockFieldWrong),
        ({"columns": 2.5}, StockFieldWrong),
        ({"rows": 10**9}, StockFieldWrong),
        ({"corner": 30}, StockFieldWrong),
        ({"dpi": 20}, StockFieldWrong),
        ({"paper": "A5"}, UnknownPaper),
        ({"paper": None}, UnknownPaper),
        ({"name": " "}, StockNameless),
        ({"name": "x" * 61}, StockNameless),
        ({"colour": "red"}, StockFieldUnknown),
    ],
)
def test_an_impossible_stock_is_refused(wrong: dict[str, Any], refusal: type[StockRefused]) -> None:
    with pytest.raises(refusal):
        stock_from({**SHEET, **wrong})


def test_a_missing_measure_is_named() -> None:
    with pytest.raises(StockFieldWrong) as refused:
        stock_from({key: value for key, value in SHEET.items() if key != "width"})
    assert refused.value.facts["field"] == "width"


def test_a_stock_is_made_again_from_what_is_kept_of_it() -> None:
    assert [stock_from(stock_said(stock)) for stock in STOCKS] == STOCKS


@pytest.mark.parametrize("name", ["Avery L7160", "avery l7160", "L7160", "AVERY-L7160", "HERMA 4677", "4677"])
def test_a_stock_is_found_by_its_name_its_alias_or_its_number(name: str) -> None:
    assert chosen_stock(STOCKS, name).name == "Avery L7160"


def test_an_unknown_stock_is_told_with_those_near_it() -> None:
    with pytest.raises(UnknownStock) as refused:
        chosen_stock(STOCKS, "Avery L7166")
    assert "L716" in str(refused.value.facts["near"])
    with pytest.raises(UnknownStock):
        chosen_stock(STOCKS, "")


def test_a_sheet_starts_at_one_of_its_labels() -> None:
    stock = stock_from(SHEET)
    assert (first_place(stock, 1), first_place(stock, 21)) == (0, 20)
    for start in (0, 22):
        with pytest.raises(StartBeyondSheet) as refused:
            first_place(stock, start)
        assert refused.value.facts["most"] == 21
