"""Letters about loans read back: what each says, where its address stands, and that nothing is cut off."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2.raw as pdfium_c
import pytest

from tablet_loans.domain.agreement import NO_HOME, Home
from tablet_loans.domain.letter import Letter, LetterKind, LetterSender
from tablet_loans.domain.trouble import FileTrouble, FontLacks
from tablet_loans.services.documents.letter import write_letters
from tablet_loans.services.documents.style import MARGIN, MM, PAGE_HEIGHT, PAGE_WIDTH
from tests.builders import NOON
from tests.services.documents import bounds_of, codes_on, meet, pages_of, text_of

SENDER = LetterSender(
    "Métropole de Lyon", "Continuité 2026", "Lyon", "04 00 00 00 00", date(2026, 7, 6), "fr", "Le Président"
)
HOME = Home(("Mme ŒUVRARD Anne", "M. ŒUVRARD Léo"), "12 bis, rue des Lilas, 69100 Villeurbanne")
LETTER = Letter(
    kind=LetterKind.REMINDER_1,
    loan_id=1,
    number="26-K3-0042",
    pupil_id=7,
    name="ŒUVRARD Zoé",
    class_name="5e B",
    school="Collège Les Iris",
    school_uai="0690142E",
    subject="Appareil prêté à ŒUVRARD Zoé : à rendre",
    paragraphs=("Madame, Monsieur,", "Merci de rendre « l’appareil » : il manque.", "Salutations."),
    home=HOME,
    emails=("anne@example.org",),
    device="Tablette Samsung Galaxy Tab A8",
    tag="ML-000123-K",
    serial="R52M1234567",
)
WINDOW = (100 * MM, PAGE_HEIGHT - 85 * MM, 200 * MM, PAGE_HEIGHT - 45 * MM)
LONG = "Saint-Exupéry de la Croix-Rousse-et-des-Monts-d’Or "


def written(tmp_path: Path, *letters: Letter, sender: LetterSender = SENDER, name: str = "letters.pdf") -> list[str]:
    out = tmp_path / name
    assert write_letters(iter(letters), out, sender=sender, written_at=NOON) == len(letters)
    return [text_of(page) for page in pages_of(out)]


def test_a_letter_tells_its_loan_its_device_and_its_text(tmp_path: Path) -> None:
    (said,) = written(tmp_path, LETTER)
    for expected in (
        "Métropole de Lyon", "Continuité 2026", "26-K3-0042", "Tablette Samsung Galaxy Tab A8", "ML-000123-K",
        "R52M1234567", "Mme ŒUVRARD Anne M. ŒUVRARD Léo 12 bis, rue des Lilas 69100 Villeurbanne",
        "Lyon, le 6 juillet 2026", "Objet : Appareil prêté à ŒUVRARD Zoé : à rendre", "Madame, Monsieur,",
        "Merci de rendre « l’appareil » : il manque.", "Pour la collectivité Le Président",
    ):  # fmt: skip
        assert expected in said, expected
    assert "example.org" not in said


def test_a_letter_in_english_says_so_around_its_text(tmp_path: Path) -> None:
    (said,) = written(tmp_path, LETTER, sender=replace(SENDER, language="en", place=""))
    assert "On 6 July 2026" in said
    assert "Subject:" in said


def test_the_loan_is_read_from_the_bars_at_the_foot(tmp_path: Path) -> None:
    written(tmp_path, LETTER, replace(LETTER, number="26-ABCD-12345"))
    pages = pages_of(tmp_path / "letters.pdf")
    assert [codes_on(page) for page in pages] == [[("26-K3-0042", "Code128")], [("26-ABCD-12345", "Code128")]]


def test_the_address_stands_in_the_window_and_alone(tmp_path: Path) -> None:
    written(tmp_path, LETTER)
    (page,) = pages_of(tmp_path / "letters.pdf")
    within = [place for place in bounds_of(page, pdfium_c.FPDF_PAGEOBJ_TEXT) if meet(place, WINDOW)]
    assert len(within) == 4
    for left, bottom, right, top in within:
        assert WINDOW[0] < left < right < WINDOW[2]
        assert WINDOW[1] < bottom < top < WINDOW[3]


@pytest.mark.parametrize(
    ("home", "names"), [(NO_HOME, "les responsables légaux de ŒUVRARD Zoé"), (Home(("Mme LUNE",), ""), "Mme LUNE")]
)
def test_without_an_address_the_window_is_empty_and_the_school_hands_over(
    tmp_path: Path, home: Home, names: str
) -> None:
    (said,) = written(tmp_path, replace(LETTER, home=home))
    assert f"À remettre par l’établissement Collège Les Iris, à l’attention de : {names}" in said
    (page,) = pages_of(tmp_path / "letters.pdf")
    assert not [place for place in bounds_of(page, pdfium_c.FPDF_PAGEOBJ_TEXT) if meet(place, WINDOW)]


def test_a_name_is_printed_as_it_is(tmp_path: Path) -> None:
    name = """<b>O'Brien & "Zoé"</b> {tag} [x]"""
    (said,) = written(tmp_path, replace(LETTER, subject=name, home=Home((name,), HOME.address)))
    assert said.count(name) == 2


@pytest.mark.parametrize("mark", ["😀", "א", "ع", "王"])
def test_characters_the_font_lacks_are_named_with_the_loan_and_no_file_is_left(tmp_path: Path, mark: str) -> None:
    with pytest.raises(FontLacks) as refused:
        written(tmp_path, LETTER, replace(LETTER, number="26-K3-0043", home=Home((f"Zoé {mark}",), HOME.address)))
    assert refused.value.facts == {"characters": mark, "documents": "26-K3-0043"}
    assert list(tmp_path.iterdir()) == []


def test_the_longest_texts_stay_on_the_page_and_apart(tmp_path: Path) -> None:
    text = "Un texte très long, qui ne finit pas. " * 30
    sender = replace(SENDER, authority=LONG * 5, campaign=LONG * 4, place=LONG, representative=text[:400])
    full = replace(
        LETTER, name=LONG * 20, school=LONG * 5, subject=LONG * 20, paragraphs=(text,) * 6, device=LONG * 3,
        serial="R" * 60, home=Home((LONG * 20, LONG * 4), f"{LONG * 4}, 69100 {LONG * 2}"),
    )  # fmt: skip
    written(tmp_path, full, replace(full, home=NO_HOME), sender=sender)
    for page in pages_of(tmp_path / "letters.pdf"):
        places = bounds_of(page, pdfium_c.FPDF_PAGEOBJ_TEXT)
        for left, bottom, right, top in places:
            assert left >= MARGIN - 1
            assert right <= PAGE_WIDTH - 10 * MM
            assert bottom >= 8 * MM
            assert top <= PAGE_HEIGHT - 10 * MM
        assert not [(one, other) for one in places for other in places if one < other and meet(one, other)]


def test_the_same_letters_have_the_same_bytes_and_no_name_in_their_title(tmp_path: Path) -> None:
    written(tmp_path, LETTER, name="one.pdf")
    written(tmp_path, LETTER, name="other.pdf")
    content = (tmp_path / "one.pdf").read_bytes()
    assert content == (tmp_path / "other.pdf").read_bytes()
    assert b"/Lang (fr-FR)" in content
    assert b"/Duplex /Simplex" in content
    assert "Zoé".encode("utf-16-be").hex().encode() not in content


def test_letters_are_read_one_by_one_and_what_stops_them_leaves_no_file(tmp_path: Path) -> None:
    drawn: list[int] = []

    def letters() -> Iterator[Letter]:
        yield LETTER
        yield LETTER
        assert drawn == [1, 2]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_letters(letters(), tmp_path / "letters.pdf", sender=SENDER, progress=drawn.append)
    assert list(tmp_path.iterdir()) == []


def test_only_a_pdf_in_a_folder_that_is_there_is_written(tmp_path: Path) -> None:
    for out in (tmp_path / "letters.txt", tmp_path / "none" / "letters.pdf"):
        with pytest.raises(FileTrouble):
            write_letters([LETTER], out, sender=SENDER)
