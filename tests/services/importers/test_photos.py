"""Codes in pictures: read at least as often as by zxing-cpp alone, and never read wrong."""

import io
import random
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.trouble import FileUnreadable
from tablet_loans.services.importers import photos
from tablet_loans.services.importers.photos import SeenCode
from tests.files import labels

TAG = "ML-000123-K"
PICTURES = 40
MISREAD = 8


def png(picture: Image.Image, kind: str = "PNG") -> bytes:
    """Return a picture as a file's content."""
    content = io.BytesIO()
    picture.save(content, kind)
    return content.getvalue()


def held(picture: Image.Image) -> list[SeenCode]:
    """Return what is read of a picture that the camera sees for as many frames as there are looks."""
    for turn in range(photos.TURNS):
        if found := photos.codes_in_frame(picture.tobytes(), picture.width, picture.height, turn=turn):
            return found
    return []


def test_hard_labels_are_read_more_often_than_by_zxing_alone_and_never_wrong() -> None:
    alone, ours = set[int](), set[int]()
    for number, seen in enumerate(labels.pictures(PICTURES)):
        if seen.code in [found.text for found in zxingcpp.read_barcodes(seen.picture)]:
            alone.add(number)
        found = [code.text for code in held(seen.picture)]
        assert found in ([], [seen.code])
        if found:
            ours.add(number)
    assert alone
    assert ours > alone
    assert len(ours) * 3 >= len(alone) * 4


def test_a_code_128_that_zxing_alone_reads_wrong_is_not_taken_for_another() -> None:
    (seen,) = labels.pictures(1, first=MISREAD)
    assert [found.text for found in zxingcpp.read_barcodes(seen.picture)] not in ([], [seen.code])
    assert [code.text for code in held(seen.picture)] in ([], [seen.code])


@pytest.mark.parametrize(
    ("code", "symbology", "identifier"),
    [
        (TAG, zxingcpp.Code128, "]C0"),
        ("R52M70ABCDE", zxingcpp.Code128, "]C0"),
        (TAG, zxingcpp.DataMatrix, "]d1"),
        (TAG, zxingcpp.QRCode, "]Q1"),
        ("3560070278831", zxingcpp.EAN13, "]E0"),
        ("ML-42", zxingcpp.Code39, "]A0"),
    ],
)
def test_a_code_comes_as_a_scanner_types_it(code: str, symbology: zxingcpp.BarcodeFormat, identifier: str) -> None:
    picture = labels.photographed(labels.label(code, symbology))
    assert [seen.scan for seen in held(picture)] == [identifier + code]


def test_the_separator_of_gs1_is_kept() -> None:
    label = labels.label("(01)03560070278831(21)R52M70ABCDE(10)A", zxingcpp.DataMatrix, gs1=True)
    (seen,) = held(labels.photographed(label))
    assert seen.scan == "]d20103560070278831" + "21R52M70ABCDE\x1d10A"


def test_every_code_of_a_photo_is_listed_asset_tags_first_then_proved_ones() -> None:
    page = Image.new("L", (2000, 1600), 200)
    for row, code in enumerate(("R52M70ABCDE", TAG, "356868000041418")):
        page.paste(labels.label(code), (100 + 60 * row, 80 + 500 * row))
    codes = [seen.text for seen in photos.codes_in(png(page))]
    assert codes == [TAG, "356868000041418", "R52M70ABCDE"]


def test_a_photo_taken_on_its_side_is_read() -> None:
    sideways = labels.photographed(labels.label(TAG)).rotate(90, expand=True)
    assert [seen.text for seen in photos.codes_in(png(sideways, "JPEG"))] == [TAG]


def test_the_place_of_a_code_is_told() -> None:
    page = Image.new("L", (1600, 1200), 200)
    page.paste(labels.label(TAG).resize((500, 190)), (50, 900))
    (seen,) = photos.codes_in(png(page))
    assert seen.place == pytest.approx((300 / 1600, 0.82), abs=0.05)


def test_a_frame_whose_lines_are_padded_is_read() -> None:
    picture = labels.photographed(labels.label(TAG))
    lines = [picture.crop((0, y, picture.width, y + 1)).tobytes() + bytes(64) for y in range(picture.height)]
    found = photos.codes_in_frame(b"".join(lines), picture.width, picture.height, picture.width + 64)
    assert [seen.text for seen in found] == [TAG]


def test_nothing_is_read_where_there_is_no_code() -> None:
    chance = random.Random(5)
    noise = Image.frombytes("L", (640, 480), chance.randbytes(640 * 480))
    page = Image.new("L", (1280, 720), 240)
    for line in range(40):
        ImageDraw.Draw(page).text((30, 18 * line), "Convention de prêt d'une tablette " * 4, fill=20)
    for picture in (noise, page, Image.new("L", (1280, 720), 0), Image.new("L", (9, 5), 128)):
        assert photos.codes_in(png(picture)) == []


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4 not a picture", b"\x89PNG\r\n\x1a\nbroken"])
def test_a_file_that_is_no_photo_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(FileUnreadable) as refused:
        photos.codes_in(content, "notes.pdf")
    assert refused.value.facts["path"] == "notes.pdf"


def test_a_photo_cut_short_is_refused(tmp_path: Path) -> None:
    whole = png(labels.photographed(labels.label(TAG)), "JPEG")
    with pytest.raises(TabletLoansError):
        photos.codes_in(whole[: len(whole) // 2], str(tmp_path))
