"""The page of a drill read back: its steps, what went wrong, the stations, and what is still to see to."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium_c
import pytest

from tablet_loans.domain.concern import Concern
from tablet_loans.domain.drill import Drill, DrillStep, StepDone, Wrong
from tablet_loans.domain.readiness import Readiness, ReadinessLine, action_of, sentence_of
from tablet_loans.domain.trouble import FileTrouble, FontLacks
from tablet_loans.services.documents.drill_page import write_drill_page
from tablet_loans.services.documents.style import MARGIN, PAGE_WIDTH
from tests.services.documents import bounds_of, meet, objects_of, pages_of, text_of

AT = datetime(2026, 4, 3, 16, 0, tzinfo=UTC)
STEPS = tuple(StepDone(step, 200, 200, 2.5) for step in DrillStep)
LINES = (
    ReadinessLine(Concern.NOT_APPLIED, 1, True, "allocation", ""),
    ReadinessLine(Concern.TO_PREPARE, 3_766, False, "devices", ""),
)
DONE = Drill(
    "Continuité 2026", "Métropole de Lyon", AT, 600, 198_028, 10_178, 37_510, 10_178, STEPS, Readiness(False, LINES)
)


def written(tmp_path: Path, drill: Drill) -> list[Any]:
    out = tmp_path / "drill.pdf"
    pages = write_drill_page(drill, out)
    read = pages_of(out)
    assert len(read) == pages
    return read


def said(tmp_path: Path, drill: Drill) -> str:
    return " ".join(map(text_of, written(tmp_path, drill)))


def test_an_ordinary_drill_is_one_page_with_its_figures(tmp_path: Path) -> None:
    (page,) = written(tmp_path, DONE)
    text = text_of(page)
    for figure in ("Continuité 2026", "Métropole de Lyon", "3 avril 2026", "198 028", "10 178"):
        assert figure in text
    assert "288 000" not in text  # what a computer does in an hour says nothing of the day
    for stations in ("11 postes", "6 postes", "3 postes", "25 s"):
        assert stations in text
    assert all(sentence_of(line) in text and action_of(line) in text for line in LINES)


def test_what_went_wrong_is_told_with_how_often(tmp_path: Path) -> None:
    wrong = StepDone(DrillStep.LEND, 8, 10, 1.0, (Wrong("PupilHasLeft", 2, "Parti le 1er avril."),))
    text = said(tmp_path, replace(DONE, steps=(wrong,)))
    assert "2 Parti le 1er avril. (PupilHasLeft)" in text
    assert "PupilHasLeft" not in said(tmp_path, DONE)


def test_a_refusal_that_tells_of_a_character_nobody_can_draw_is_printed_without_it(tmp_path: Path) -> None:
    wrong = StepDone(DrillStep.PRINT, 0, 3, 1.0, (Wrong("FontLacks", 1, "Pas de caractère pour 陳 (412)."),))
    assert "Pas de caractère pour ? (412)." in said(tmp_path, replace(DONE, steps=(wrong,)))


def test_what_was_done_in_part_is_told_with_the_time_for_all(tmp_path: Path) -> None:
    text = said(tmp_path, replace(DONE, steps=(StepDone(DrillStep.LEND, 100, 20_000, 60.0),)))
    assert "100 sur 20 000 prêts ; pour tout : 3 h 20" in text


def test_nothing_leaves_the_page_and_nothing_meets(tmp_path: Path) -> None:
    long = "Une phrase qui ne tient certainement pas sur une seule ligne de ce tableau, même écrite en petit. " * 3
    wrong = StepDone(DrillStep.LEND, 8, 10, 1.0, tuple(Wrong(f"Refus{number}", 2, long) for number in range(12)))
    named = replace(DONE, campaign="Continuité " * 10, authority="Métropole " * 20, steps=(*STEPS, wrong))
    pages = written(tmp_path, named)
    assert len(pages) > 1
    for page in pages:
        places = bounds_of(page, pdfium_c.FPDF_PAGEOBJ_TEXT)
        assert objects_of(page)
        assert all(left >= MARGIN - 1 and right <= PAGE_WIDTH - MARGIN + 1 for left, _, right, _ in places)
        assert not [pair for pair in combinations(places, 2) if meet(*pair)]


def test_a_drill_in_which_nobody_was_promised_anything_is_a_page_too(tmp_path: Path) -> None:
    text = said(tmp_path, replace(DONE, promised=0, readiness=Readiness(True, ())))
    assert "postes" not in text


def test_the_same_drill_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "one.pdf", tmp_path / "two.pdf"
    write_drill_page(DONE, first)
    write_drill_page(DONE, second)
    assert first.read_bytes() == second.read_bytes()


def test_what_cannot_be_drawn_or_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FontLacks):
        write_drill_page(replace(DONE, campaign="キャンペーン"), tmp_path / "drill.pdf")
    with pytest.raises(FileTrouble):
        write_drill_page(DONE, tmp_path / "drill.odt")
    with pytest.raises(FileTrouble):
        write_drill_page(DONE, tmp_path / "nowhere" / "drill.pdf")


def test_a_step_too_short_to_measure_says_so(tmp_path: Path) -> None:
    text = said(tmp_path, replace(DONE, steps=(StepDone(DrillStep.LEND, 8, 8, 0.04),)))
    assert "< 0,1 s" in text.replace("\u00a0", " ")
