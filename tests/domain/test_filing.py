"""A pile: whose agreement each page is, and where nothing may be guessed."""

import pytest

from tablet_loans.domain.barcode import sheet_code
from tablet_loans.domain.filing import PageRead, Paper, PaperCode, code_in, leaves
from tablet_loans.domain.own_code import letters, sealed
from tablet_loans.domain.pupil import PupilId

SHEET = sheet_code(PupilId(12), 3)
SPARE = sealed("TLF" + letters(1, 6))


def pile(*codes: str) -> list[PageRead]:
    """Return pages that bear these codes, or none."""
    return [PageRead(0, place, (code,) if code else ()) for place, code in enumerate(codes, start=1)]


def places(pages: list[PageRead], pages_each: int | None = None) -> list[list[int]]:
    return [[page.page for page in leaf.pages] for leaf in leaves(pages, pages_each)]


ONE, TWO, THREE = "20-K3-0040", "20-K3-0041", "20-K3-0042"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ONE, PaperCode(Paper.LOAN, ONE)),
        (f" {ONE.lower()}|v12|ca25d5", PaperCode(Paper.LOAN, ONE, 12)),
        (SHEET, PaperCode(Paper.SHEET, SHEET)),
        (f"{SHEET}|v1|ca25d5", PaperCode(Paper.SHEET, SHEET, 1)),
        (SPARE, PaperCode(Paper.SPARE, SPARE)),
        (SPARE[:-1] + "B", None),
        ("ML-000412-2", None),
        ("3560070278831", None),
        ("https://example.org", None),
        ("", None),
    ],
)
def test_a_code_tells_whose_agreement_it_is_or_that_it_is_none(text: str, expected: PaperCode | None) -> None:
    assert code_in(text) == expected


def test_the_square_beside_the_bars_is_the_same_number_with_its_version() -> None:
    page = PageRead(0, 1, (ONE, f"{ONE}|v2|ca25d5", "ML-000412-2"))
    assert page.own_codes() == (PaperCode(Paper.LOAN, ONE, 2),)
    assert len(PageRead(0, 1, (ONE, TWO)).own_codes()) == 2


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((ONE, "", TWO, "", THREE, ""), [[1, 2], [3, 4], [5, 6]]),
        ((ONE, "", "", "", THREE, ""), [[1, 2], [3], [4], [5, 6]]),
        (("", "", TWO, ""), [[1], [2], [3, 4]]),
        ((ONE, TWO, "", THREE), [[1], [2], [3], [4]]),
        ((ONE, "", THREE), [[1], [2], [3]]),
        ((ONE, "other", TWO, ""), [[1], [2], [3, 4]]),
        ((ONE, ONE, TWO, TWO), [[1, 2], [3, 4]]),
        ((ONE, ONE, "", TWO, TWO), [[1, 2], [3], [4, 5]]),
        ((ONE,), [[1]]),
        (("",), [[1]]),
        ((), []),
    ],
)
def test_a_page_without_a_code_is_a_back_only_where_the_pile_proves_it(
    codes: tuple[str, ...], expected: list[list[int]]
) -> None:
    assert places(pile(*codes)) == expected


def test_who_scanned_may_say_how_many_pages_an_agreement_has() -> None:
    assert places(pile(ONE, "", TWO, THREE, ""), 2) == [[1, 2], [3], [4, 5]]
    assert places(pile(ONE, "", TWO, ""), 1) == [[1], [2], [3], [4]]
    assert places(pile(ONE, "", "", "", TWO), 4) == [[1, 2, 3, 4], [5]]


def test_a_back_turns_as_its_front_does() -> None:
    front = PageRead(0, 1, (ONE,), turn=180)
    (leaf,) = leaves([front, PageRead(0, 2)])
    assert [page.turn for page in leaf.pages] == [180, 180]
