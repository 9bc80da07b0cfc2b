"""The agreement of an invented pupil on both engines: what is tried is seen, named when it cannot be, and not kept."""

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium_c
import pytest

from tablet_loans.domain.campaign import Wording
from tablet_loans.domain.clause import LONGEST_TITLE, Clause, Group, UnknownField
from tablet_loans.domain.errors import NotPermitted
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.trouble import FontLacks
from tablet_loans.domain.wording import LEAST_SIZE, Room, reworded
from tablet_loans.services import campaigning, exemplifying, wording
from tablet_loans.services.documents.style import MARGIN, MM, PAGE_WIDTH
from tests.builders import CAMPAIGN, World, new_session
from tests.services.documents import bounds_of, meet

PHRASE = "Une phrase de plus, qui est longue. "


def tried(world: World, out: Path, *clauses: Clause, language: str = "fr") -> Room:
    all_of_them = reworded(wording.usual(language), clauses)
    return exemplifying.exemplify(world.session, CAMPAIGN, all_of_them, language=language, version=1, out=out).room


def said_in(out: Path) -> str:
    pages: Iterable[pypdfium2.PdfPage] = pypdfium2.PdfDocument(out.read_bytes())
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())


@pytest.mark.parametrize(("language", "title"), [("fr", "Convention de prêt"), ("en", "Loan agreement")])
def test_the_usual_texts_lie_on_two_pages(world: World, tmp_path: Path, language: str, title: str) -> None:
    texts = {
        "authority": "Métropole de l’Exemple", "representative": "son président, Camille Exemple",
        "deliberation": "n° 2026-0412 du 30 mars 2026", "return_place": "20 rue du Lac, 69003 Lyon, bâtiment C",
        "dpo": "dpo@exemple.fr, 20 rue du Lac, 69003 Lyon", "helpline": "04 00 00 00 00, du lundi au vendredi",
        "signatures": "2",
    }  # fmt: skip
    campaigning.edit(world.session, CAMPAIGN, wording=Wording(**texts))
    room = tried(world, tmp_path / "a.pdf", language=language)
    assert (room.pages, room.lines_over, room.cramped) == (2, 0, ())
    assert room.size > LEAST_SIZE
    said = said_in(tmp_path / "a.pdf")
    for expected in (
        title,
        "EXEMPLE Camille",
        "son président, Camille Exemple",
        "20 rue du Lac, 69003 Lyon, bâtiment C",
    ):
        assert expected in said


def test_what_is_tried_is_seen_and_not_kept(world: World, tmp_path: Path) -> None:
    tried(world, tmp_path / "a.pdf", Clause(Group.DEPOSIT, "La caution", "Rien pour {campaign}."))
    assert f"Rien pour {CAMPAIGN}." in said_in(tmp_path / "a.pdf")
    assert wording.versions(world.session, CAMPAIGN) == []
    assert int(world.base.execute("SELECT count(*) FROM agreement").fetchone()[0]) == 0


def test_clauses_that_do_not_fit_tell_by_how_much(world: World, tmp_path: Path) -> None:
    some, more = (tried(world, tmp_path / "a.pdf", Clause(Group.USE, "L’usage", PHRASE * count)) for count in (60, 80))
    assert (some.pages, some.size) == (3, LEAST_SIZE)
    assert 0 < some.lines_over < more.lines_over
    assert len(pypdfium2.PdfDocument((tmp_path / "a.pdf").read_bytes())) == 4


@pytest.mark.parametrize("group", [Group.CONDITION, Group.SIGNATURES, Group.RECEIPT])
def test_a_clause_too_long_for_its_own_place_is_named(world: World, tmp_path: Path, group: Group) -> None:
    assert tried(world, tmp_path / "a.pdf", Clause(group, "Titre", PHRASE)).cramped == ()
    assert tried(world, tmp_path / "a.pdf", Clause(group, "Titre", PHRASE * 40)).cramped == (group,)


@pytest.mark.parametrize("group", [Group.CONDITION, Group.SIGNATURES, Group.RECEIPT, Group.USE])
def test_a_long_title_stays_within_the_margins(world: World, tmp_path: Path, group: Group) -> None:
    tried(world, tmp_path / "a.pdf", Clause(group, "W" * LONGEST_TITLE, PHRASE))
    for page in pypdfium2.PdfDocument((tmp_path / "a.pdf").read_bytes()):
        texts = bounds_of(page, pdfium_c.FPDF_PAGEOBJ_TEXT)
        assert not [(one, other) for one, other in combinations(texts, 2) if meet(one, other)]
        for left, bottom, right, _ in texts:
            assert left >= MARGIN - 1
            assert right <= PAGE_WIDTH - MARGIN + 1
            assert bottom >= 11 * MM


def test_what_cannot_be_printed_is_named_and_writes_nothing(world: World, tmp_path: Path) -> None:
    out = tmp_path / "a.pdf"
    usual = wording.usual("fr")[1:]
    for text, kind in (("{prix}", UnknownField), ("Bravo 😀", FontLacks)):
        clauses = (Clause(Group.PARTIES, "Entre", text), *usual)
        with pytest.raises(kind):
            exemplifying.exemplify(world.session, CAMPAIGN, clauses, language="fr", version=1, out=out)
    finance = new_session(world.base, actor=Actor("F", Role.FINANCE))
    with pytest.raises(NotPermitted):
        exemplifying.exemplify(finance, CAMPAIGN, usual, language="fr", version=1, out=out)
    assert not out.exists()
