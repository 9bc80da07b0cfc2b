"""The class form read back: every pupil's card and every answer, on every page, no two on one height."""

from itertools import combinations
from pathlib import Path

import pypdfium2.raw as pdfium_c
import pytest

from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.class_form import FORM_CODES, ClassForm, FormHead, FormPupil
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.trouble import FileTrouble, FontLacks
from tablet_loans.services.documents.class_form import write_class_forms
from tablet_loans.services.documents.style import MM, PAGE_WIDTH
from tests.services.documents import bounds_of, codes_on, meet, pages_of, text_of

HEAD = FormHead("Métropole de Lyon", "Continuité 2026", "Collège Les Iris", "0690142E", "Villeurbanne")
LONG = "DE LA ROCHE-VILLENEUVE DE SAINT-EXUPÉRY Marie-Antoinette Joséphine Bérengère"


def form(size: int, class_name: str = "5e B", name: str = "KAYA Emre") -> ClassForm:
    pupils = (FormPupil(number, pupil_card(PupilId(number)), name) for number in range(1, size + 1))
    return ClassForm(class_name, tuple(pupils))


def test_each_page_scans_back_to_its_pupils_and_all_the_answers(tmp_path: Path) -> None:
    out, asked = tmp_path / "forms.pdf", form(30)
    assert write_class_forms(HEAD, [asked], out) == 2
    pages = [[code for code, _ in codes_on(page)] for page in pages_of(out)]
    cards = [[code for code in codes if code not in FORM_CODES] for codes in pages]
    assert all(sorted(set(codes) & set(FORM_CODES)) == sorted(FORM_CODES) for codes in pages)
    assert cards[0] + cards[1] == [pupil.code for pupil in asked.pupils]


def test_each_class_has_its_own_pages_that_say_where(tmp_path: Path) -> None:
    out = tmp_path / "forms.pdf"
    write_class_forms(HEAD, [form(3, "5e A"), form(1, "")], out)
    said = [text_of(page) for page in pages_of(out)]
    assert len(said) == 2
    for expected in ("Collège Les Iris", "Villeurbanne", "0690142E", "Continuité 2026", "KAYA Emre", "5e A", "1 sur 1"):
        assert expected in said[0]
    assert "5e A : 3 élèves" in said[0]
    assert "Sans classe : 1 élève" in said[1]


def test_no_two_codes_stand_on_one_height_side_by_side(tmp_path: Path) -> None:
    out = tmp_path / "forms.pdf"
    write_class_forms(HEAD, [form(19)], out)
    bars = [each for each in bounds_of(pages_of(out)[0], pdfium_c.FPDF_PAGEOBJ_PATH) if each[3] - each[1] > 6 * MM
            and each[2] - each[0] > 20 * MM]  # fmt: skip
    neighbours = [pair for pair in combinations(bars, 2) if min(pair[0][3], pair[1][3]) > max(pair[0][1], pair[1][1])]
    apart = [abs(one[0] - other[0]) for one, other in neighbours]
    assert all(distance > 80 * MM for distance in apart)


@pytest.mark.parametrize("name", [LONG, "W" * 120])
def test_long_names_lie_over_nothing_and_stay_on_the_page(tmp_path: Path, name: str) -> None:
    out = tmp_path / "forms.pdf"
    head = FormHead(name, name, name, "0690142E", name)
    write_class_forms(head, [form(4, name[:60], name)], out)
    page = pages_of(out)[0]
    texts = bounds_of(page, pdfium_c.FPDF_PAGEOBJ_TEXT)
    bars = [each for each in bounds_of(page, pdfium_c.FPDF_PAGEOBJ_PATH) if each[2] - each[0] > 20 * MM
            and each[3] - each[1] > 6 * MM]  # fmt: skip
    assert not [pair for pair in combinations(texts, 2) if meet(*pair)]
    assert not [(text, bar) for text in texts for bar in bars if meet(text, bar)]
    assert all(left > 10 * MM and right < PAGE_WIDTH - 10 * MM for left, _, right, _ in texts)


def test_a_name_that_the_font_lacks_is_told_with_its_class(tmp_path: Path) -> None:
    out = tmp_path / "forms.pdf"
    with pytest.raises(FontLacks) as refused:
        write_class_forms(HEAD, [form(1, "5e A"), form(1, "5e B", "李 Mei")], out)
    assert refused.value.facts == {"characters": "李", "documents": "5e B"}
    assert not out.exists()


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileTrouble):
        write_class_forms(HEAD, [form(1)], tmp_path / "forms.txt")
