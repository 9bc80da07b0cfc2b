"""The sheet of command codes read back: every command, every accessory, no two codes on one height."""

from itertools import combinations
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium_c
import pytest

from tablet_loans.domain.barcode import Command, command_code, command_in, kit_code, kit_item
from tablet_loans.domain.trouble import FileTrouble, FontLacks
from tablet_loans.services.documents.barcodes import MODULE, QUIET_ZONE
from tablet_loans.services.documents.commands import write_commands
from tablet_loans.services.documents.style import MM, PAGE_WIDTH
from tests.services.documents import bounds_of, codes_on, meet, pages_of, text_of

KIT = ("Câble USB-C", "Chargeur", "Housse", "Stylet")
COMMANDS = {command_code(command) for command in Command if command is not Command.MISSING}


def printed(tmp_path: Path, *kit: str) -> list[Any]:
    out = tmp_path / "commands.pdf"
    pages = write_commands(kit, out)
    read = pages_of(out)
    assert len(read) == pages
    return read


def bars_of(page: Any) -> list[tuple[float, float, float, float]]:
    return [
        place for place in bounds_of(page, pdfium_c.FPDF_PAGEOBJ_PATH) if place[3] - place[1] > 8 * MM < width(place)
    ]


def width(place: tuple[float, float, float, float]) -> float:
    return place[2] - place[0]


def test_every_command_and_accessory_is_read_from_one_page(tmp_path: Path) -> None:
    (page,) = printed(tmp_path, *KIT)
    read = codes_on(page)
    assert {symbology for _, symbology in read} == {"Code128"}
    assert sorted(code for code, _ in read) == sorted(COMMANDS | {kit_code(item) for item in KIT})
    assert {command_in(code) for code, _ in read} == set(Command)
    assert {kit_item(code, KIT) for code, _ in read} == {None, *KIT}


def test_each_word_stands_with_its_own_code(tmp_path: Path) -> None:
    (page,) = printed(tmp_path, *KIT)
    texts = page.get_textpage()
    for word, code in (
        ("Prêter", command_code(Command.LEND)),
        ("Rendre", command_code(Command.RETURN)),
        ("Annuler", command_code(Command.UNDO)),
        ("Élève suivant", command_code(Command.NEXT_PUPIL)),
        ("Abandonner", command_code(Command.CANCEL)),
        ("L’élève", command_code(Command.PUPIL_RECEIVED)),
        ("Un responsable", command_code(Command.GUARDIAN_RECEIVED)),
        ("Une autre personne", command_code(Command.OTHER_RECEIVED)),
        ("Bon état", command_code(Command.GOOD)),
        ("Usée", command_code(Command.WORN)),
        ("Abîmée", command_code(Command.DAMAGED)),
        ("Câble USB-C", kit_code("Câble USB-C")),
        ("Stylet", kit_code("Stylet")),
    ):
        start, count = texts.search(word, match_case=True).get_next()
        left, bottom, _, top = texts.get_charbox(start)
        assert count == len(word)
        assert code_near(page, left, (bottom + top) / 2) == code, word


def code_near(page: Any, left: float, middle: float) -> str:
    """Return the code read from the card that a word stands in: its bars begin where the word does."""
    paths = bounds_of(page, pdfium_c.FPDF_PAGEOBJ_PATH)
    rules = [place[1] for place in paths if width(place) > PAGE_WIDTH / 2]

    def row_of(height: float) -> float:
        return min(rule for rule in rules if rule > height)

    (bars,) = [
        place
        for place in bars_of(page)
        if abs(place[0] - left) < 2 * MM and row_of((place[1] + place[3]) / 2) == row_of(middle)
    ]
    zone = (bars[0] - QUIET_ZONE, bars[1], bars[2] + QUIET_ZONE, bars[3])
    ((code, _),) = codes_on(Cropped(page, zone))
    return code


class Cropped:
    """A part of a page, rendered alone."""

    def __init__(self, page: Any, place: tuple[float, float, float, float]) -> None:
        self.page, self.place = page, place

    def render(self, **options: Any) -> Any:
        across, up = self.page.get_size()
        left, bottom, right, top = self.place
        return self.page.render(crop=(left, bottom, across - right, up - top), **options)


def test_no_two_codes_stand_on_one_height_side_by_side(tmp_path: Path) -> None:
    (page,) = printed(tmp_path, *KIT)
    bars = bars_of(page)
    assert len(bars) == 15
    rows = [pair for pair in combinations(bars, 2) if min(pair[0][3], pair[1][3]) > max(pair[0][1], pair[1][1])]
    assert all(abs(one[0] - other[0]) > PAGE_WIDTH / 2 for one, other in rows)
    quiet = [(left - QUIET_ZONE, bottom, right + QUIET_ZONE, top) for left, bottom, right, top in bars]
    drawn = [*bounds_of(page, pdfium_c.FPDF_PAGEOBJ_TEXT), *bounds_of(page, pdfium_c.FPDF_PAGEOBJ_PATH)]
    assert not [(zone, place) for zone, own in zip(quiet, bars, strict=True) for place in drawn
                if place != own and meet(zone, place)]  # fmt: skip
    assert MODULE >= 0.33 * MM


def test_more_accessories_than_a_page_holds_go_on_the_next(tmp_path: Path) -> None:
    kit = tuple(f"Accessoire {number}" for number in range(20))
    first, second = printed(tmp_path, *kit)
    assert {code for page in (first, second) for code, _ in codes_on(page)} == COMMANDS | set(map(kit_code, kit))
    assert "(suite)" in text_of(second)
    assert "(suite)" not in text_of(first)


def test_twelve_accessories_fit_on_one_page(tmp_path: Path) -> None:
    assert len(printed(tmp_path, *(f"Accessoire {number}" for number in range(12)))) == 1


def test_without_accessories_the_commands_stand_alone(tmp_path: Path) -> None:
    (page,) = printed(tmp_path)
    assert {code for code, _ in codes_on(page)} == COMMANDS
    assert "manque" not in text_of(page)


def test_an_accessory_written_twice_has_one_code(tmp_path: Path) -> None:
    (page,) = printed(tmp_path, "Chargeur", "CHARGEUR", " chargeur ", "")
    assert len(codes_on(page)) == len(COMMANDS) + 1


@pytest.mark.parametrize("name", ["Adaptateur secteur universel avec câble détachable de deux mètres", "W" * 200])
def test_a_long_accessory_stays_in_its_card(tmp_path: Path, name: str) -> None:
    (page,) = printed(tmp_path, name, "Housse")
    texts = bounds_of(page, pdfium_c.FPDF_PAGEOBJ_TEXT)
    assert "".join(name.split()) in "".join(text_of(page).split())
    assert not [pair for pair in combinations(texts, 2) if meet(*pair)]
    assert not [(text, bars) for text in texts for bars in bars_of(page) if meet(text, bars)]


def test_what_cannot_be_printed_is_said(tmp_path: Path) -> None:
    with pytest.raises(FontLacks):
        write_commands(("李",), tmp_path / "commands.pdf")
    for out in (tmp_path / "commands.txt", tmp_path / "nowhere" / "commands.pdf"):
        with pytest.raises(FileTrouble):
            write_commands((), out)
    assert not [path for path in tmp_path.iterdir() if path.is_file()]
