"""PDFs written as they are drawn: sound, repeatable, with the memory of a page; long wordings on more pages."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from tablet_loans.domain.clause import LONGEST, Clause, Group
from tablet_loans.domain.trouble import FileTrouble, FontLacks
from tablet_loans.domain.wording import AgreementWords, digest_of
from tablet_loans.services.documents.clauses import SIZES
from tablet_loans.services.documents.drawing import Drawing
from tablet_loans.services.documents.pdf_stream import About, new_stream
from tablet_loans.services.documents.style import MARGIN, PAGE_HEIGHT, STRONG
from tests.services.documents import bounds_of, pages_of, text_of
from tests.services.documents.agreed import FACTS, words_in, write

ABOUT = About("Titre – « é »", "Métropole", "Objet")


def drawn(out: Path, pages: int) -> int:
    """Write so many pages and return the most memory they took, in bytes."""
    tracemalloc.start()
    with new_stream(out, ABOUT) as document:
        for number in range(pages):
            page = Drawing(document)
            page.line(f"Page {number} œ€ł", 100, 500)
            page.line("Fort", 100, 480, face=STRONG)
            page.end_page()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_thousands_of_pages_are_all_there_in_order(tmp_path: Path) -> None:
    out = tmp_path / "many.pdf"
    drawn(out, 1_001)
    document = pypdfium2.PdfDocument(out)
    assert len(document) == 1_001
    for number in (0, 199, 200, 1_000):
        assert text_of(document[number]) == f"Page {number} œ€ł Fort"
    assert document.get_metadata_dict()["Title"] == ABOUT.title
    document.close()


def test_ten_times_the_pages_take_the_same_memory(tmp_path: Path) -> None:
    drawn(tmp_path / "warm.pdf", 10)
    few, many = drawn(tmp_path / "few.pdf", 400), drawn(tmp_path / "many.pdf", 4_000)
    assert many < few + 1_000_000


def test_a_name_that_is_no_pdf_s_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileTrouble), new_stream(tmp_path / "a.txt", ABOUT):
        pass
    assert list(tmp_path.iterdir()) == []


def reworded(*clauses: Clause) -> AgreementWords:
    kept = {each.group: each for each in words_in().clauses} | {each.group: each for each in clauses}
    return AgreementWords("fr", 2, tuple(kept.values()), digest_of(tuple(kept.values())))


def test_long_clauses_go_on_and_the_signatures_come_last(tmp_path: Path) -> None:
    long = "Une phrase assez longue pour remplir la colonne. " * (LONGEST // 50)
    words = reworded(Clause(Group.USE, "L’usage", long), Clause(Group.LOSS, "La perte", f"- {long}"))
    assert write(tmp_path / "a.pdf", FACTS, FACTS, texts=(words,)) == 8, "copies begin in front of a sheet"
    pages = pages_of(tmp_path / "a.pdf")
    said = [text_of(page) for page in pages]
    assert " ".join(said).count("Une phrase assez longue pour remplir") >= 2 * 2 * (LONGEST // 50) * 0.9
    assert ["Les signatures" in each for each in said[:4]] == [False, False, True, False]
    assert "Page 3 sur 3" in said[2]
    for page in pages:
        assert all(top <= PAGE_HEIGHT - MARGIN + 1 and bottom > 30 for _, bottom, _, top in bounds_of(page, 1))


def test_clauses_are_never_smaller_than_eight_points(tmp_path: Path) -> None:
    write(tmp_path / "a.pdf", FACTS)
    assert min(SIZES) >= 8


def test_a_clause_with_a_character_that_has_no_shape_is_named_by_its_title(tmp_path: Path) -> None:
    with pytest.raises(FontLacks) as refused:
        write(tmp_path / "a.pdf", FACTS, texts=(reworded(Clause(Group.USE, "L’usage", "Bravo 🎉")),))
    assert refused.value.facts == {"characters": "🎉", "documents": "L’usage"}
    assert not (tmp_path / "a.pdf").exists()


def test_words_written_from_right_to_left_are_named(tmp_path: Path) -> None:
    with pytest.raises(FontLacks) as refused:
        write(tmp_path / "a.pdf", replace(FACTS, pupil_family_name="علي"))
    assert refused.value.facts["documents"] == FACTS.number


def test_a_school_s_fixed_text_is_written_once(tmp_path: Path) -> None:
    write(tmp_path / "one.pdf", FACTS)
    write(tmp_path / "many.pdf", *(replace(FACTS, number=f"20-K3-{number:04d}") for number in range(50)))
    one, many = ((tmp_path / name).stat().st_size for name in ("one.pdf", "many.pdf"))
    assert (many - one) / 49 < 2_600


def test_what_belongs_together_stays_on_one_line(tmp_path: Path) -> None:
    number = "04\u00a000\u00a000\u00a000\u00a000"
    words = reworded(Clause(Group.USE, "L’usage", f"{'a' * 41} {number}"))
    write(tmp_path / "a.pdf", FACTS, texts=(words,))
    said = str(pages_of(tmp_path / "a.pdf")[1].get_textpage().get_text_range()).replace("\u00a0", " ")
    assert number.replace("\u00a0", " ") in said.splitlines()
