"""The sheet of a sitting read back: its lines, its totals, its pages."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium_c
import pytest

from tablet_loans.domain.act import Action
from tablet_loans.domain.device import Condition
from tablet_loans.domain.loan import ReceivedBy
from tablet_loans.domain.sitting import (
    ExpectedLine,
    Holding,
    LentLine,
    RefusedLine,
    ReturnedLine,
    SittingFacts,
    SwappedLine,
    UndoneLine,
)
from tablet_loans.domain.trouble import FontLacks
from tablet_loans.services.documents.dates import clock
from tablet_loans.services.documents.session_sheet import write_session_sheet
from tablet_loans.services.documents.style import MARGIN, MM, PAGE_HEIGHT, PAGE_WIDTH
from tests.services.documents import bounds_of, meet, objects_of, pages_of, text_of

AT = datetime(2026, 4, 6, 8, 0, tzinfo=UTC)
IRIS, MACE = "Collège Les Iris", "École Jean-Macé"
EMPTY = SittingFacts("Métropole de Lyon", "K3", "C. Morel", "Continuité 2026", (IRIS,), AT, AT + timedelta(hours=3))


def held(number: int = 1, pupil: str = "ŒUVRARD Zoé", school: str = IRIS) -> Holding:
    return Holding(pupil, "5e B", school, f"ML-{number:06d}-K", f"26-K3-{number:04d}")


def written(tmp_path: Path, facts: SittingFacts) -> list[Any]:
    out = tmp_path / "session.pdf"
    pages = write_session_sheet(facts, out)
    read = pages_of(out)
    assert len(read) == pages
    return read


def test_a_sitting_is_told_line_by_line(tmp_path: Path) -> None:
    facts = replace(
        EMPTY,
        lent=(LentLine(AT, held(1), ReceivedBy.OTHER, "Mme Kaya, tante", ("Housse",)),),
        returned=(ReturnedLine(AT, held(2, "KAYA Emre"), Condition.DAMAGED, ("Chargeur",)),),
        swapped=(SwappedLine(AT, held(3), "ML-000009-X"),),
        undone=(UndoneLine(AT, Action.CHECKED_OUT, held(4)),),
        refused=(RefusedLine(AT, "ML-000005-K", "Cette tablette est déjà prêtée."),),
        expected=(ExpectedLine(held(6), date(2026, 7, 3)),),
        expected_count=1,
    )
    (page,) = written(tmp_path, facts)
    said = text_of(page)
    for expected in (
        "Feuille de séance", "Métropole de Lyon", "Continuité 2026", "Collège Les Iris", "K3", "C. Morel",
        f"{clock(AT)} ŒUVRARD Zoé 5e B ML-000001-K 26-K3-0001 Mme Kaya, tante, sans : Housse",
        f"{clock(AT)} KAYA Emre 5e B ML-000002-K 26-K3-0002 abîmée, manque : Chargeur",
        f"{clock(AT)} ŒUVRARD Zoé 5e B ML-000003-K 26-K3-0003 ML-000009-X",
        f"{clock(AT)} ŒUVRARD Zoé 5e B ML-000004-K 26-K3-0004 prêt annulé",
        f"{clock(AT)} ML-000005-K Cette tablette est déjà prêtée.",
        "ŒUVRARD Zoé 5e B ML-000006-K 26-K3-0006 03/07/2026",
        "Pour la collectivité", "Pour l’établissement", "Page 1 sur 1",
    ):  # fmt: skip
        assert expected in said, expected
    assert "1 prêtée 1 rendue 1 prêt corrigé 1 opération annulée 1 refusée 1 encore attendue" in said


def test_a_sitting_in_which_nothing_happened_says_so_on_one_page(tmp_path: Path) -> None:
    (page,) = written(tmp_path, EMPTY)
    said = text_of(page)
    assert said.count("Aucune.") == 3
    assert "0 prêtée" in said
    assert "annulées" not in said


def test_three_hundred_loans_fill_pages_that_each_say_their_columns(tmp_path: Path) -> None:
    lent = tuple(LentLine(AT + timedelta(seconds=42 * turn), held(turn), ReceivedBy.GUARDIAN) for turn in range(300))
    said = [text_of(page) for page in written(tmp_path, replace(EMPTY, lent=lent))]
    assert 6 <= len(said) <= 9
    assert [f"Page {number} sur {len(said)}" in page for number, page in enumerate(said, start=1)] == [True] * len(said)
    assert all(" ".join(said).count(line.holding.tag) == 1 for line in lent)
    assert all("Heure Élève Classe Tablette Prêt Remise à" in page for page in said if "ML-" in page)
    assert "Tablettes prêtées (300) (suite)" in said[1]
    assert "Pour l’établissement" in said[-1]
    assert "300 prêtées" in said[0]


def test_several_schools_stand_apart_also_on_the_next_page(tmp_path: Path) -> None:
    lent = tuple(
        LentLine(AT, held(turn, school=IRIS if turn % 2 else MACE), ReceivedBy.PUPIL, "") for turn in range(120)
    )
    said = [text_of(page) for page in written(tmp_path, replace(EMPTY, schools=(IRIS, MACE), lent=lent))]
    whole = " ".join(said)
    lists = whole[whole.index("Tablettes prêtées") :]
    assert lists.index(IRIS) < lists.index("ML-000001-K") < lists.index("ML-000119-K") < lists.index("ML-000000-K")
    assert lists.index("ML-000119-K") < lists.index(MACE) < lists.index("ML-000000-K")
    assert said[1].startswith(
        f"Tablettes prêtées (120) (suite) Heure Élève Classe Tablette Prêt Remise à {IRIS} (suite)"
    )


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    facts = replace(EMPTY, expected=(ExpectedLine(held(6), date(2026, 7, 3)),), expected_count=2_001)
    (page,) = written(tmp_path, facts)
    said = text_of(page)
    assert "2 001 encore attendues" in said
    assert "Et 2 000 de plus" in said


@pytest.mark.parametrize("name", ["DE LA ROCHEFOUCAULD-MONTBEL Marie-Christine " * 3, "W" * 120])
def test_long_names_stay_within_the_margins_and_lie_over_nothing(tmp_path: Path, name: str) -> None:
    line = Holding(name, name[:60], name, name[:40], "26-K3-0001")
    facts = replace(
        EMPTY, authority=name[:50], station="K3", technician=name, campaign=name, schools=(name, IRIS),
        lent=(LentLine(AT, line, ReceivedBy.OTHER, name[:80], (name[:60],)), LentLine(AT, held(2), ReceivedBy.PUPIL)),
        refused=(RefusedLine(AT, name, f"{name} {name}"),),
    )  # fmt: skip
    for page in written(tmp_path, facts):
        for left, bottom, right, top in (each.get_bounds() for each in objects_of(page)):
            assert left >= MARGIN - 1
            assert right <= PAGE_WIDTH - MARGIN + 1
            assert bottom >= 11 * MM
            assert top <= PAGE_HEIGHT - 14 * MM
        texts = bounds_of(page, pdfium_c.FPDF_PAGEOBJ_TEXT)
        assert not [pair for pair in combinations(texts, 2) if meet(*pair)]


def test_the_signatures_are_never_cut_in_two(tmp_path: Path) -> None:
    for count in range(22, 40):
        lent = tuple(LentLine(AT, held(turn), ReceivedBy.PUPIL) for turn in range(count))
        last = text_of(written(tmp_path, replace(EMPTY, lent=lent))[-1])
        assert last.count("Signature") == 2
        assert f"Vérifié ensemble : {count} prêtées, 0 rendue" in last


def test_a_character_without_a_shape_is_named_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(FontLacks):
        written(tmp_path, replace(EMPTY, lent=(LentLine(AT, held(1, "李 Zoé"), ReceivedBy.PUPIL),)))
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_a_sitting_over_midnight_says_both_days(tmp_path: Path) -> None:
    (page,) = written(tmp_path, replace(EMPTY, ended_at=AT + timedelta(days=1)))
    assert "du 6 avril 2026 à" in text_of(page)
    assert "au 7 avril 2026 à" in text_of(page)
