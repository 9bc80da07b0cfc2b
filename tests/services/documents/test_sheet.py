"""The agreement printed before a tablet is known, read back: the pupil's, with places to fill in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium_c
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tablet_loans.domain.barcode import on_sheet, sheet_code
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.sheet import SheetFacts, SheetOffer
from tablet_loans.domain.trouble import FontLacks
from tablet_loans.services.documents.agreement import about
from tablet_loans.services.documents.barcodes import QUIET_ZONE
from tablet_loans.services.documents.sheet import write_sheets
from tablet_loans.services.documents.style import MARGIN, MM, PAGE_WIDTH
from tests.services.documents import bounds_of, codes_on, meet, objects_of, pages_of, text_of
from tests.services.documents.agreed import words_in

OFFER = SheetOffer("Métropole de Lyon", "Continuité 2026", date(2026, 7, 3), (words_in(),))
ABOUT = about(1, "", "Métropole de Lyon")
FACTS = SheetFacts(
    pupil_id=1234,
    code=sheet_code(PupilId(1234), 3),
    school="Collège Les Iris",
    school_uai="0690142E",
    commune="Villeurbanne",
    family_name="Œuvrard",
    given_name="Zoé",
    class_name="5e B",
)


def bars_on(page: Any) -> str:
    (code,) = (code for code, symbology in codes_on(page) if symbology == "Code128")
    return code


def written(tmp_path: Path, *facts: SheetFacts, offer: SheetOffer = OFFER) -> list[Any]:
    out = tmp_path / "sheets.pdf"
    assert write_sheets(facts, out, offer=offer, total=len(facts), about=ABOUT) >= 2 * len(facts)
    return pages_of(out)[::2]


def test_a_sheet_says_who_borrows_and_leaves_the_tablet_blank(tmp_path: Path) -> None:
    (page,) = written(tmp_path, FACTS)
    said = text_of(page)
    for expected in (
        "Convention de prêt", "Métropole de Lyon", "Continuité 2026", "Collège Les Iris, Villeurbanne (0690142E)",
        "Œuvrard Zoé", "5e B", "3 juillet 2026", "Étiquette de la tablette", "Numéro de série",
        "Annexe : état de l’appareil",
    ):  # fmt: skip
        assert expected in said
    assert "–" not in said


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pupil=st.integers(1, 9_999_999), campaign=st.integers(1, 500))
def test_its_code_is_the_pupils_and_the_campaigns(tmp_path: Path, pupil: int, campaign: int) -> None:
    (page,) = written(tmp_path, replace(FACTS, code=sheet_code(PupilId(pupil), campaign)))
    read = {symbology: code for code, symbology in codes_on(page)}
    assert on_sheet(read["Code128"]) == on_sheet(read["QRCode"]) == (pupil, campaign)


def test_each_pupil_has_a_page_in_the_order_given(tmp_path: Path) -> None:
    facts = [replace(FACTS, code=sheet_code(PupilId(number), 3), given_name=f"Zoé {number}") for number in range(1, 6)]
    pages = written(tmp_path, *facts)
    assert [bars_on(page) for page in pages] == [each.code for each in facts]
    assert all(each.given_name in text_of(page) for each, page in zip(facts, pages, strict=True))


def test_the_places_to_fill_in_are_empty_and_wide_enough(tmp_path: Path) -> None:
    (page,) = written(tmp_path, FACTS)
    texts, paths = (bounds_of(page, kind) for kind in (pdfium_c.FPDF_PAGEOBJ_TEXT, pdfium_c.FPDF_PAGEOBJ_PATH))
    label = next(place for place in paths if 50 * MM < place[2] - place[0] < 60 * MM and place[3] - place[1] > 20 * MM)
    free = (label[0], label[1] + 4 * MM, label[2], label[3])
    assert (free[2] - free[0]) >= 50 * MM
    assert (free[3] - free[1]) >= 20 * MM
    assert not [place for place in (*texts, *(each for each in paths if each != label)) if meet(place, free)]


@pytest.mark.parametrize("name", ["Marie-Christine " * 60, "W" * 255])
def test_long_names_stay_within_the_margins_and_lose_nothing(tmp_path: Path, name: str) -> None:
    long = replace(FACTS, school=name, family_name=name, class_name=name[:60])
    page = written(tmp_path, long, offer=replace(OFFER, authority=name, campaign=name))[0]
    assert "".join(text_of(page).split()).count("".join(name.split())) >= 4
    assert bars_on(page) == FACTS.code
    for left, bottom, right, _ in (each.get_bounds() for each in objects_of(page)):
        assert left >= MARGIN - 1
        assert right <= PAGE_WIDTH - MARGIN + 1
        assert bottom >= 11 * MM
    texts = bounds_of(page, pdfium_c.FPDF_PAGEOBJ_TEXT)
    assert not [pair for pair in combinations(texts, 2) if meet(*pair)]


def test_the_longest_code_keeps_its_quiet_zone(tmp_path: Path) -> None:
    (page,) = written(tmp_path, replace(FACTS, code=sheet_code(PupilId(9_999_999), 9_999)))
    places = [each.get_bounds() for each in objects_of(page)]
    bars = max(places, key=lambda place: (place[2] - place[0]) * (39 < place[3] - place[1] < 41))
    quiet = (bars[0] - QUIET_ZONE, bars[1], bars[2] + QUIET_ZONE, bars[3])
    assert [place for place in places if meet(place, quiet)] == [bars]


def test_facts_are_read_one_by_one_and_nothing_is_left_of_a_stopped_batch(tmp_path: Path) -> None:
    read: list[int] = []

    def facts() -> Iterator[SheetFacts]:
        for number in range(3):
            read.append(number)
            yield FACTS

    def stop(done: int, total: int) -> None:
        assert (done, total, read) == (1, 3, [0])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sheets(facts(), tmp_path / "sheets.pdf", offer=OFFER, total=3, about=ABOUT, progress=stop)
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_a_character_without_a_shape_names_the_pupil_by_number(tmp_path: Path) -> None:
    with pytest.raises(FontLacks) as refused:
        written(tmp_path, FACTS, replace(FACTS, pupil_id=77, family_name="李"))
    assert refused.value.facts == {"characters": "李", "documents": "77"}
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_no_pupil_is_named_in_what_a_file_says_of_itself(tmp_path: Path) -> None:
    written(tmp_path, FACTS)
    kept = (tmp_path / "sheets.pdf").read_bytes()
    assert b"Zo" not in kept.split(b"/Producer")[0][-400:]
    assert "Œuvrard" not in str(kept)
