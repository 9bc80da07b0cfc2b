"""Piles as a scanner gives them: what is read of each page, what is kept, and what is no pile."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
import zxingcpp
from PIL import Image, ImageOps
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.agreement import mark_of
from tablet_loans.domain.filing import PageRead
from tablet_loans.domain.trouble import FileMissing, FileTrouble, FileUnreadable, WrongFile
from tablet_loans.services.documents import piles
from tests.services.documents import pages_of
from tests.services.documents.agreed import FACTS, words_in, write
from tests.services.piled import joined, pictures_of, scanned, spoilt, unmarked

CODES = {str(mark_of(FACTS.number, 1, words_in().digest, FACTS.tag))}
BACK = {"20-K3-0042/2"}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[Image.Image]:
    out = tmp_path_factory.mktemp("printed") / "one.pdf"
    write(out, FACTS)
    return pictures_of(out)


def read(path: Path) -> list[PageRead]:
    with piles.opened(path) as pile:
        return [pile.read(page) for page in range(1, pile.count + 1)]


@pytest.mark.parametrize(
    ("angle", "turn"), [(0, 0), (90, 270), (180, 180), (270, 90), (1.5, 0), (-2, 0), (178.5, 180), (88, 270)]
)
def test_a_page_is_read_as_it_lies_and_kept_upright(
    printed: list[Image.Image], tmp_path: Path, angle: float, turn: int
) -> None:
    path = joined([scanned(printed[0], angle)], tmp_path / "pile.pdf")
    (page,) = read(path)
    assert (set(page.codes), page.turn) == (CODES, turn)
    with piles.opened(path) as pile:
        kept = pile.kept(page)
        assert pile.kept(page) == kept
    (tmp_path / "kept.jpg").write_bytes(kept)
    upright = Image.open(tmp_path / "kept.jpg")
    assert {round(code.orientation / 45) for code in zxingcpp.read_barcodes(upright)} == {0}
    assert len(kept) < 400_000


def test_a_pale_page_is_read_and_a_stained_one_is_not(printed: list[Image.Image], tmp_path: Path) -> None:
    pages = [scanned(printed[0], contrast=0.12), scanned(spoilt(printed[0])), scanned(unmarked(printed[1]))]
    pale, stained, back = read(joined(pages, tmp_path / "pile.pdf"))
    assert set(pale.codes) >= CODES
    assert stained == PageRead(0, 2)
    assert back == PageRead(0, 3)


def test_bars_alone_are_read_where_the_square_is_torn_away(printed: list[Image.Image], tmp_path: Path) -> None:
    torn = printed[0].copy()
    torn.paste(255, (600, 0, 1080, 300))
    (page,) = read(joined([scanned(torn)], tmp_path / "pile.pdf"))
    assert page.codes == ("20-K3-0042",)


@pytest.mark.parametrize("angle", [0, 90, 180, 270, 1.5, -2])
@pytest.mark.parametrize("dpi", [150, 203, 300])
def test_the_mark_on_a_back_is_read_as_it_lies(tmp_path: Path, angle: float, dpi: int) -> None:
    write(tmp_path / "one.pdf", FACTS)
    back = scanned(pictures_of(tmp_path / "one.pdf", dpi)[1], angle)
    back.save(tmp_path / "back.png")
    (page,) = read(tmp_path / "back.png")
    assert (set(page.codes), page.turn) == (BACK, round(-angle / 90) * 90 % 360)


def test_a_page_is_drawn_once_as_long_as_there_is_room(printed: list[Image.Image], tmp_path: Path) -> None:
    path = joined([scanned(page) for page in printed], tmp_path / "pile.pdf")
    kept = []
    for room in (0, 10**9):
        at_hand = piles.AtHand(room)
        with piles.opened(path, at_hand=at_hand) as pile:
            pages = [pile.read(page) for page in (1, 2)]
            assert len(at_hand.pages) == (2 if room else 0)
            kept.append([pile.kept(page) for page in pages])
        assert (at_hand.pages, at_hand.room) == ({}, room)
    assert kept[0] == kept[1]


def test_an_empty_page_is_known_despite_its_specks(printed: list[Image.Image], tmp_path: Path) -> None:
    white, grey = Image.new("L", printed[0].size, 250), Image.new("L", printed[0].size, 200)
    found = read(joined([scanned(white), scanned(grey, 90), printed[1]], tmp_path / "pile.pdf"))
    assert [page.is_empty for page in found] == [True, True, False]


@pytest.mark.parametrize("suffix", ["jpg", "png", "tiff"])
def test_pictures_are_piles_too_and_a_telephone_tells_how_it_was_held(
    printed: list[Image.Image], tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"page.{suffix}"
    scanned(printed[0]).convert("RGB").save(path, save_all=suffix == "tiff", **_more(suffix, printed))
    assert [set(page.codes) for page in read(path)] == ([CODES, BACK] if suffix == "tiff" else [CODES])


def _more(suffix: str, printed: list[Image.Image]) -> dict[str, Any]:
    if suffix == "tiff":
        return {"append_images": [printed[1].convert("RGB")]}
    exif = Image.Exif()
    exif[0x0112] = 6
    return {"exif": exif} if suffix == "jpg" else {}


def test_what_is_no_pile_is_refused_by_its_reason(printed: list[Image.Image], tmp_path: Path) -> None:
    whole = joined([printed[0]], tmp_path / "whole.pdf").read_bytes()
    locked = Canvas(str(tmp_path / "locked.pdf"), encrypt=StandardEncryption("secret"))
    locked.showPage()
    locked.save()
    bomb = Image.new("1", (30_000, 30_000))
    bomb.save(tmp_path / "bomb.png")
    for name, content, expected in (
        ("none.pdf", None, FileMissing),
        ("empty.pdf", b"", FileUnreadable),
        ("words.pdf", b"not a pile at all", WrongFile),
        ("cut.pdf", whole[:200], FileUnreadable),
        ("locked.pdf", None, FileUnreadable),
        ("bomb.png", None, FileUnreadable),
    ):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(FileTrouble) as refused, piles.opened(tmp_path / name):
            pass
        assert type(refused.value) is expected, name
    with pytest.raises(FileTrouble), piles.opened(tmp_path):
        pass


def test_a_picture_too_large_within_a_page_leaves_the_others_readable(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.png"
    Image.new("1", (9_500, 9_300)).save(bomb)
    canvas = Canvas(str(tmp_path / "pile.pdf"))
    canvas.drawImage(str(bomb), 0, 0, 500, 500)
    canvas.showPage()
    canvas.setPageSize((14_000, 14_000))
    canvas.rect(100, 100, 9_000, 9_000, fill=1)
    canvas.showPage()
    canvas.save()
    assert read(tmp_path / "pile.pdf") == [PageRead(0, 1), PageRead(0, 2)]
    with piles.opened(tmp_path / "pile.pdf") as pile, pytest.raises(piles.PageLost):
        pile.kept(PageRead(0, 1))


def test_two_hundred_pages_take_the_memory_of_a_few(printed: list[Image.Image], tmp_path: Path) -> None:
    small = ImageOps.scale(printed[1], 0.4)
    path = joined([small] * 200, tmp_path / "pile.pdf")
    with piles.opened(path) as pile:
        for page in range(1, 21):
            pile.picture(page, 150)
        before = psutil.Process().memory_info().rss
        for page in range(21, 201):
            pile.picture(page, 150)
    assert psutil.Process().memory_info().rss - before < 20_000_000


def test_kept_pages_are_bound_again_upright_or_wide(printed: list[Image.Image], tmp_path: Path) -> None:
    path = joined([printed[0], unmarked(printed[1]).rotate(90, expand=True)], tmp_path / "pile.pdf")
    with piles.opened(path) as pile:
        kept = [pile.kept(pile.read(page)) for page in (1, 2)]
        assert pile.save_look(1, tmp_path / "look.png")
    assert piles.bind(iter(kept), tmp_path / "bound.pdf", title="20-K3-0042", author="Métropole") == 2
    assert [page.get_width() > page.get_height() for page in pages_of(tmp_path / "bound.pdf")] == [False, True]
    assert Image.open(tmp_path / "look.png").height < 700
    assert [set(page.codes) for page in read(tmp_path / "bound.pdf")] == [CODES, set()]
    with pytest.raises(FileTrouble):
        piles.save(b"", tmp_path / "nowhere" / "look.png")


def test_two_numbers_on_a_page_are_both_told(printed: list[Image.Image], tmp_path: Path) -> None:
    write(tmp_path / "other.pdf", replace(FACTS, number="20-K3-0043"))
    both = printed[0].copy()
    both.paste(pictures_of(tmp_path / "other.pdf")[0].crop((800, 0, 1654, 420)), (0, 1900))
    (page,) = read(joined([both], tmp_path / "pile.pdf"))
    assert {code.text for code in page.own_codes()} == {"20-K3-0042", "20-K3-0043"}
