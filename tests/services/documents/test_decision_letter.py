"""Letters read back: what each says, where its address stands, and that nothing is cut off."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2.raw as pdfium_c
import pytest

from tablet_loans.domain.allocation import Choice, Grounds, Outcome
from tablet_loans.domain.campaign import LONGEST_WORDING, Wording
from tablet_loans.domain.decision import Decision, Home, LetterHead
from tablet_loans.domain.mark import LONGEST_NOTE
from tablet_loans.domain.matching import Shortage
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.plan import PlanId
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.school import SchoolId
from tablet_loans.domain.trouble import FileTrouble, FontLacks
from tablet_loans.services.documents.decision_letter import write_letters
from tablet_loans.services.documents.style import MARGIN, MM, PAGE_HEIGHT, PAGE_WIDTH
from tests.builders import NOON
from tests.services.documents import bounds_of, meet, pages_of, text_of

HEAD = LetterHead("Métropole de Lyon", "Continuité 2026", Wording())
GROUNDS = Grounds(Equipment.NONE, False, False, True, 0, False, frozenset({"cellular"}))
SERVED = Choice(PupilId(7), SchoolId(1), 3, Outcome.SERVED, GROUNDS, frozenset({"cellular"}), "depot:")
WAITING = replace(
    SERVED, rank=41, outcome=Outcome.WAITING, features=None, home="",
    shortage=Shortage(frozenset({frozenset({"cellular"})}), 40), ahead=2,
)  # fmt: skip
EXCLUDED = replace(WAITING, rank=0, outcome=Outcome.EXCLUDED, shortage=None, ahead=0)
HOME = Home("Mme ŒUVRARD Léa", "5 rue des Roses", "69100", "Villeurbanne")
LETTER = Decision(
    PlanId(2), date(2026, 4, 6), PupilId(7), "ŒUVRARD Zoé", "5e B", "Collège Les Iris", "Villeurbanne", SERVED, 200, "",
    HOME,
)  # fmt: skip


def written(tmp_path: Path, *decisions: Decision, head: LetterHead = HEAD, name: str = "letters.pdf") -> list[str]:
    out = tmp_path / name
    pages = write_letters(iter(decisions), out, head=head, total=len(decisions), written_at=NOON)
    read = pages_of(out)
    assert len(read) == pages == len(decisions)
    return [text_of(page) for page in read]


def test_a_letter_tells_the_decision_its_reason_the_algorithm_and_the_appeal(tmp_path: Path) -> None:
    (said,) = written(tmp_path, LETTER)
    for expected in (
        "Métropole de Lyon", "Continuité 2026", "Mme ŒUVRARD Léa 5 rue des Roses 69100 Villeurbanne",
        "On 6 April 2026", "tablet for ŒUVRARD Zoé, 5e B, Collège Les Iris", "A tablet is attributed to ŒUVRARD Zoé.",
        "rank 3 of 200", "no equipment at home", "exam year", "L. 311-3-1", "R. 311-3-1-2", "CADA",
        "recours gracieux", "administrative court", "Plan no. 2, pupil no. 7",
    ):  # fmt: skip
        assert expected in said, expected


def test_who_waits_hears_the_rank_and_what_would_change_it(tmp_path: Path) -> None:
    (said,) = written(tmp_path, replace(LETTER, choice=WAITING))
    for expected in (
        "the request waits at rank 41",
        "All tablets with a SIM card are attributed before this rank, the last one at rank 40",
        "3 more tablets with a SIM card would do",
    ):
        assert expected in said, expected


def test_who_was_set_aside_reads_the_note(tmp_path: Path) -> None:
    (said,) = written(tmp_path, replace(LETTER, choice=EXCLUDED, note="Déjà équipée par le département"))
    assert "set aside by a person" in said
    assert said.count("Déjà équipée par le département") == 1
    assert "rank 0" not in said


def test_a_note_about_someone_served_by_rank_stays_inside(tmp_path: Path) -> None:
    (said,) = written(tmp_path, replace(LETTER, note="Vu avec l’école"))
    assert "Vu avec l’école" not in said


def test_the_campaigns_own_words_replace_the_usual_ones(tmp_path: Path) -> None:
    wording = Wording(helpline="04 00 00 00 00", appeal="Écrivez au médiateur.", place="Lyon")
    (said,) = written(tmp_path, LETTER, head=replace(HEAD, wording=wording))
    for expected in ("04 00 00 00 00", "Écrivez au médiateur.", "Lyon, on 6 April 2026"):
        assert expected in said, expected
    assert "recours gracieux" not in said


@pytest.mark.parametrize("home", [Home(), Home("Mme ŒUVRARD Léa")])
def test_without_an_address_the_school_hands_the_letter_over(tmp_path: Path, home: Home) -> None:
    (said,) = written(tmp_path, replace(LETTER, home=home))
    to = home.name or "To the legal guardians of ŒUVRARD Zoé"
    assert f"{to} by way of the school Collège Les Iris, Villeurbanne" in said


def test_a_name_is_printed_as_it_is(tmp_path: Path) -> None:
    name = """<b>O'Brien & "Zoe"</b> =1+1"""
    (said,) = written(tmp_path, replace(LETTER, name=name))
    assert f"A tablet is attributed to {name}." in said


def test_characters_the_font_lacks_are_named_and_no_file_is_left(tmp_path: Path) -> None:
    with pytest.raises(FontLacks) as refused:
        written(tmp_path, LETTER, replace(LETTER, pupil=PupilId(8), name="王 Zoé"))
    assert refused.value.facts == {"characters": "王", "documents": "8"}
    assert list(tmp_path.iterdir()) == []


def test_only_a_pdf_is_written(tmp_path: Path) -> None:
    with pytest.raises(FileTrouble):
        write_letters([LETTER], tmp_path / "letters.txt", head=HEAD, total=1)


def test_the_same_letters_have_the_same_bytes(tmp_path: Path) -> None:
    written(tmp_path, LETTER, name="one.pdf")
    written(tmp_path, LETTER, name="other.pdf")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "other.pdf").read_bytes()


def test_what_is_stopped_leaves_no_file(tmp_path: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_letters([LETTER], tmp_path / "letters.pdf", head=HEAD, total=1, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_letters_are_read_one_by_one(tmp_path: Path) -> None:
    drawn: list[int] = []

    def decisions() -> Iterator[Decision]:
        for number in range(3):
            assert drawn == list(range(1, number + 1))
            yield LETTER

    out = tmp_path / "letters.pdf"
    write_letters(decisions(), out, head=HEAD, total=3, progress=lambda done, _total: drawn.append(done))
    assert drawn == [1, 2, 3]


LONG = "Saint-Exupéry de la Croix-Rousse-et-des-Monts-d’Or-Élisabeth-Marguerite "
FULL = Decision(
    PlanId(123_456), date(2026, 9, 30), PupilId(1_234_567), LONG * 3, LONG, LONG * 2, LONG, EXCLUDED, 200_000,
    "Motif long " * 22, Home(LONG * 2, LONG * 3, "69100", LONG),
)  # fmt: skip


@pytest.mark.parametrize("choice", [SERVED, WAITING, EXCLUDED])
def test_the_longest_texts_stay_on_the_page_and_apart(tmp_path: Path, choice: Choice) -> None:
    text = ("Un texte très long. " * 40)[:LONGEST_WORDING]
    head = LetterHead(text[:250], LONG, Wording("", text, text, LONG))
    out = tmp_path / "long.pdf"
    write_letters([replace(FULL, choice=choice, note=FULL.note[:LONGEST_NOTE])], out, head=head, total=1)
    (page,) = pages_of(out)
    places = bounds_of(page, pdfium_c.FPDF_PAGEOBJ_TEXT)
    for place in places:
        assert place[0] >= MARGIN - 1
        assert place[2] <= PAGE_WIDTH - 10 * MM
        assert place[1] >= 8 * MM
        assert place[3] <= PAGE_HEIGHT - 10 * MM
    assert not [(one, other) for one in places for other in places if one < other and meet(one, other)]


def test_the_address_stands_in_the_window_and_alone(tmp_path: Path) -> None:
    out = tmp_path / "letters.pdf"
    write_letters([LETTER], out, head=HEAD, total=1)
    (page,) = pages_of(out)
    window = (100 * MM, PAGE_HEIGHT - 85 * MM, 200 * MM, PAGE_HEIGHT - 45 * MM)
    within = [place for place in bounds_of(page, pdfium_c.FPDF_PAGEOBJ_TEXT) if meet(place, window)]
    assert len(within) == 3
    for left, bottom, right, top in within:
        assert window[0] < left < right < window[2]
        assert window[1] < bottom < top < window[3]
