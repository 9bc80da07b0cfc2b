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
        (f" {ONE.lower()}|v12|ca25d5", PaperCode(Paper.LOAN, ONE, 12, "ca25d5")),
        (f"{ONE}/2", PaperCode(Paper.LOAN, ONE, page=2)),
        (f" {SPARE.lower()}/3", PaperCode(Paper.SPARE, SPARE, page=3)),
        (SHEET, PaperCode(Paper.SHEET, SHEET)),
        (f"{SHEET}|v1|ca25d5", PaperCode(Paper.SHEET, SHEET, 1, "ca25d5")),
        (f"{SHEET}/2", PaperCode(Paper.SHEET, SHEET, page=2)),
        (f"{ONE}/1", None),
        (f"{ONE}/22", None),
        ("R52M70ABCDE/2", None),
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
    assert page.own_codes() == (PaperCode(Paper.LOAN, ONE, 2, "ca25d5"),)
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


B1, B2 = f"{ONE}/2", f"{TWO}/2"


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((ONE, B1, TWO, B2), [[1, 2], [3, 4]]),
        ((B1, ONE, B2, TWO), [[2, 1], [4, 3]]),
        ((ONE, TWO, B2, B1), [[1, 4], [2, 3]]),
        ((ONE, TWO, B1, B2), [[1, 3], [2, 4]]),
        ((B2, ONE, B1, TWO), [[2, 3], [4, 1]]),
        ((ONE, "", B1), [[1, 3], [2]]),
        ((ONE, "", B1, ""), [[1, 3], [2], [4]]),
        ((ONE, B1, "", TWO, B2), [[1, 2], [3], [4, 5]]),
        ((ONE, "", TWO, B2), [[1, 2], [3, 4]]),
        (("", B1, TWO, B2), [[1], [2], [3, 4]]),
        ((ONE, B1, f"{ONE}/3", TWO), [[1, 2, 3], [4]]),
        ((ONE, B1, ONE, B1), [[1, 2, 3, 4]]),
        ((B1, B2), [[1], [2]]),
        ((B1, ""), [[1], [2]]),
    ],
)
def test_a_back_with_a_mark_of_its_own_finds_its_front_wherever_it_lies(
    codes: tuple[str, ...], expected: list[list[int]]
) -> None:
    assert places(pile(*codes)) == expected


def test_a_back_that_lies_elsewhere_turns_as_its_own_mark_lies() -> None:
    pages = [PageRead(0, 1, (ONE,), turn=180), PageRead(0, 2, (TWO,)), PageRead(0, 3, (B1,), turn=90)]
    first, _ = leaves(pages)
    assert [(page.page, page.turn) for page in first.pages] == [(1, 180), (3, 90)]
    assert first.codes == (PaperCode(Paper.LOAN, ONE),)


def test_who_scanned_may_say_how_many_pages_an_agreement_has() -> None:
    assert places(pile(ONE, "", TWO, THREE, ""), 2) == [[1, 2], [3], [4, 5]]
    assert places(pile(ONE, "", TWO, ""), 1) == [[1], [2], [3], [4]]
    assert places(pile(ONE, "", "", "", TWO), 4) == [[1, 2, 3, 4], [5]]


def test_a_back_turns_as_its_front_does() -> None:
    front = PageRead(0, 1, (ONE,), turn=180)
    (leaf,) = leaves([front, PageRead(0, 2)])
    assert [page.turn for page in leaf.pages] == [180, 180]
