"""The agreement read back: its text, its code, its fonts, its place on the page."""

import re
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium_c
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tablet_loans.domain.agreement import AgreementFacts, mark_in, mark_of
from tablet_loans.domain.trouble import FileTrouble, FontLacks
from tablet_loans.services.documents.barcodes import MODULE, QUIET_ZONE
from tablet_loans.services.documents.dates import in_words
from tablet_loans.services.documents.style import MARGIN, MM, PAGE_HEIGHT, PAGE_WIDTH
from tests.services.documents import bounds_of, codes_on, meet, objects_of, text_of
from tests.services.documents.agreed import FACTS, words_in, write


def bars_on(page: Any) -> list[str]:
    return [code for code, symbology in codes_on(page) if symbology == "Code128"]


def written(tmp_path: Path, *facts: AgreementFacts) -> Any:
    out = tmp_path / "agreements.pdf"
    assert write(out, *facts) >= 2 * len(facts)
    return pypdfium2.PdfDocument(out.read_bytes())


def test_a_page_says_what_the_loan_is(tmp_path: Path) -> None:
    document = written(tmp_path, FACTS)
    said = text_of(document[0])
    assert len(document) == 2
    assert "INE" not in said.replace("SIGNE", "")
    for expected in (
        "20-K3-0042", "Métropole de Lyon", "Continuité 2020", "Collège Les Iris, Villeurbanne (0690142E)",
        "Œuvrard Zoé", "5e B", "Tablette", "Samsung Galaxy Tab A8", "ML-000123-K", "R52M1234567", "Chargeur",
        "Câble USB-C", "Housse", "1er avril 2020", "3 juillet 2020", "Responsable légal", "Mme ŒUVRARD Anne",
        "12 rue des Lilas, 69100 Villeurbanne", "170,59 €", "Annexe : état de l’appareil",
    ):  # fmt: skip
        assert expected in said


def test_a_name_is_printed_as_it_is(tmp_path: Path) -> None:
    name = """<b>O'Brien & "Zoé"</b>"""
    document = written(tmp_path, replace(FACTS, pupil_family_name=name, school=f"Collège {name}", kit=(name,)))
    assert text_of(document[0]).count(name) == 3
    assert text_of(document[1]).count(name) >= 2


def test_a_decomposed_name_is_composed_and_what_has_no_shape_is_left_out(tmp_path: Path) -> None:
    document = written(tmp_path, replace(FACTS, pupil_given_name="Zoe\u0301\u200b\n  Anna"))
    assert "Œuvrard Zoé Anna" in text_of(document[0])


def test_names_of_latin_europe_are_in_the_font(tmp_path: Path) -> None:
    name = "Łukasz Đorđević Şükrü Ğ İıÿŒŐ Ňþðß Ț"
    assert name in text_of(written(tmp_path, replace(FACTS, pupil_given_name=name))[0])


def test_each_loan_has_its_page_in_the_order_given(tmp_path: Path) -> None:
    numbers = ["20-K3-0042", "20-AA-0001", "26-99-12345", "26-2ZK9-0007"]
    document = written(tmp_path, *(replace(FACTS, number=number) for number in numbers))
    assert [bars_on(document[2 * place]) for place in range(4)] == [[number] for number in numbers]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(number="99-00-0000")
@given(number=st.from_regex(r"[0-9]{2}-[A-Z0-9]{2,3}-[0-9]{4,6}", fullmatch=True))
def test_every_number_is_read_back_as_a_label_printer_prints_it(tmp_path: Path, number: str) -> None:
    page = written(tmp_path, replace(FACTS, number=number))[0]
    mark = mark_of(number, 1, words_in().digest, FACTS.tag)
    assert sorted(codes_on(page)) == sorted([(number, "Code128"), (str(mark), "QRCode")])
    assert mark_in(str(mark)) == mark


def test_the_bars_are_wide_high_and_alone(tmp_path: Path) -> None:
    places = [each.get_bounds() for each in objects_of(written(tmp_path, FACTS)[0])]
    bars = max(places, key=lambda place: (place[2] - place[0]) * (39 < place[3] - place[1] < 41))
    left, bottom, right, top = bars
    assert MODULE >= 0.33 * MM
    assert top - bottom >= 12 * MM
    quiet = (left - QUIET_ZONE, bottom, right + QUIET_ZONE, top)
    assert [place for place in places if meet(place, quiet)] == [bars]


def test_fonts_are_embedded_as_subsets(tmp_path: Path) -> None:
    fonts = [each.get_font() for each in objects_of(written(tmp_path, FACTS)[0]) if hasattr(each, "get_font")]
    assert {font.get_base_name().removeprefix("AAAAAA+") for font in fonts} == {"Roboto-Regular", "Roboto-Medium"}
    assert all(font.is_embedded for font in fonts)
    kept = (tmp_path / "agreements.pdf").read_bytes()
    assert set(re.findall(rb"/BaseFont /(\S+)", kept)) == {b"AAAAAA+Roboto-Regular", b"AAAAAA+Roboto-Medium"}
    assert len(kept) < 70_000


def test_title_author_and_language_are_set_and_no_name_is(tmp_path: Path) -> None:
    document = written(tmp_path, FACTS)
    metadata = document.get_metadata_dict()
    assert metadata["Title"] == "Convention de prêt 20-K3-0042"
    assert metadata["Author"] == "Métropole de Lyon"
    assert metadata["CreationDate"] == "D:20200401083000Z"
    assert not [value for value in metadata.values() if "Œuvrard" in value or "Zoé" in value]
    assert b"/Lang (fr-FR)" in (tmp_path / "agreements.pdf").read_bytes()


def test_the_same_facts_give_the_same_bytes(tmp_path: Path) -> None:
    written(tmp_path, FACTS)
    before = (tmp_path / "agreements.pdf").read_bytes()
    written(tmp_path, FACTS)
    assert (tmp_path / "agreements.pdf").read_bytes() == before


@pytest.mark.parametrize("name", ["Marie-Christine " * 60, "x" * 1000, "W" * 255, "Saint-Exupéry et " * 6])
def test_long_names_stay_within_the_margins_and_lose_nothing(tmp_path: Path, name: str) -> None:
    long = replace(
        FACTS, authority=name, campaign=name, school=name, pupil_family_name=name, class_name=name[:60], model=name,
        tag=name[:40], serial=name[:60], kit=(name[:200], *(f"Accessoire {number}" for number in range(20))),
    )  # fmt: skip
    document = written(tmp_path, long)
    squeezed = "".join(text_of(document[0]).split())
    assert squeezed.count("".join(name.split())) >= 5
    for each in (each for page in document for each in objects_of(page)):
        left, bottom, right, top = each.get_bounds()
        assert left >= MARGIN - 1
        assert right <= PAGE_WIDTH - MARGIN + 1
        assert bottom >= 6.9 * MM  # the mark of a back: a printer leaves 5 mm
        assert top <= PAGE_HEIGHT - MARGIN + 1


def test_long_names_do_not_lie_over_anything_else(tmp_path: Path) -> None:
    name = "Collège intercommunal Antoine-de-Saint-Exupéry " * 5
    page = written(
        tmp_path, replace(FACTS, authority=name, school=name, model=name, kit=("Housse de protection",) * 12)
    )[0]
    texts, paths = (bounds_of(page, kind) for kind in (pdfium_c.FPDF_PAGEOBJ_TEXT, pdfium_c.FPDF_PAGEOBJ_PATH))
    rules = [(left, bottom - 1, right, top + 1) for left, bottom, right, top in paths if top - bottom < 2]
    assert len(rules) > 10
    assert not [(one, other) for one, other in combinations(texts, 2) if meet(one, other)]
    assert not [(text, rule) for text in texts for rule in rules if meet(text, rule)]


def test_a_model_without_kit_or_serial_says_so(tmp_path: Path) -> None:
    said = text_of(written(tmp_path, replace(FACTS, kit=(), serial="", class_name=""))[0])
    assert "aucun" in said
    assert "–" in said


def test_characters_that_the_font_lacks_are_named_and_nothing_is_written(tmp_path: Path) -> None:
    out = tmp_path / "agreements.pdf"
    out.write_bytes(b"yesterday's")
    lacking = [
        FACTS,
        replace(FACTS, number="20-K3-0043", pupil_family_name="李"),
        replace(FACTS, number="20-K3-0044", pupil_given_name="Zoé 😀"),
    ]
    with pytest.raises(FontLacks) as refused:
        write(out, *lacking)
    assert refused.value.facts == {"characters": "李 😀", "documents": "20-K3-0043, 20-K3-0044"}
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["agreements.pdf"]
    assert out.read_bytes() == b"yesterday's"


def test_a_batch_that_is_stopped_leaves_no_file(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []

    def stop_at_two(done: int, total: int) -> None:
        heard.append((done, total))
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "agreements.pdf", *[FACTS] * 3, progress=stop_at_two)
    assert heard == [(1, 3), (2, 3)]
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_a_folder_that_is_not_there_is_a_trouble(tmp_path: Path) -> None:
    for out in (tmp_path / "nowhere" / "agreements.pdf", tmp_path):
        with pytest.raises(FileTrouble):
            write(out, FACTS)


def test_dates_are_written_in_words() -> None:
    assert in_words(date(2026, 7, 3)).replace("\u00a0", " ") == "3 juillet 2026"
    assert in_words(date(2026, 8, 1)).replace("\u00a0", " ") == "1er août 2026"
