"""Pupil cards and carton labels, on both engines: each is scanned at the counter or the depot."""

from datetime import date
from pathlib import Path

import pytest

from tablet_loans.domain.barcode import pupil_card, pupil_on_card
from tablet_loans.domain.carton import NoCartonYet
from tablet_loans.domain.errors import NotPermitted, UnknownSchool
from tablet_loans.domain.label import NobodyThere
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import carding, packing
from tablet_loans.services.labelling import LabelOptions
from tests.builders import CAMPAIGN, World, new_session
from tests.services.documents import codes_on, pages_of, text_of
from tests.services.promised import applied, in_need

IRIS = "0690142E"
CARDS = LabelOptions(stock=carding.CARD_STOCK)


def test_each_pupil_of_a_class_gets_a_card_in_the_order_of_the_register(world: World, tmp_path: Path) -> None:
    school = world.school(IRIS)
    second = world.pupil("Œuvrard", "Zoé", school_id=school)
    first = world.pupil("Kaya", "Emre", school_id=school)
    world.pupil("Roux", "Lou", school_id=school, class_name="6e A")
    world.pupil("Brun", "Ana", school_id=school, left_on=date(2020, 1, 1))
    out = tmp_path / "cards.pdf"
    printed = carding.print_cards(world.session, IRIS, out, CARDS, "5e B")
    assert (printed.labels, printed.pages) == (2, 1)
    (page,) = pages_of(out)
    said = text_of(page)
    assert said.index("KAYA Emre") < said.index("ŒUVRARD Zoé")
    assert {pupil_on_card(code) for code, _ in codes_on(page, 300)} == {first, second}
    assert carding.print_cards(world.session, IRIS, out, CARDS).labels == 3
    assert pupil_card(first) in {code for code, _ in codes_on(pages_of(out)[0], 300)}


def test_a_class_or_a_school_without_a_pupil_is_refused(sqlite_world: World, tmp_path: Path) -> None:
    sqlite_world.school(IRIS)
    with pytest.raises(NobodyThere):
        carding.print_cards(sqlite_world.session, IRIS, tmp_path / "cards.pdf", CARDS)
    with pytest.raises(UnknownSchool):
        carding.print_cards(sqlite_world.session, "0690001B", tmp_path / "cards.pdf", CARDS)
    with pytest.raises(NotPermitted):
        finance = new_session(sqlite_world.base, actor=Actor("F", Role.FINANCE))
        carding.print_cards(finance, IRIS, tmp_path / "cards.pdf", CARDS)


def test_a_carton_s_label_says_where_it_goes(world: World, tmp_path: Path) -> None:
    school, out = world.school(IRIS, "Collège Les Iris"), tmp_path / "cartons.pdf"
    options = LabelOptions(stock=carding.CARTON_STOCK)
    with pytest.raises(NoCartonYet):
        carding.print_carton_labels(world.session, CAMPAIGN, out, options)
    in_need(world, "Kaya", school_id=school, is_cellular=True)
    tag = world.device()
    applied(world)
    packed = packing.pack(world.session, CAMPAIGN, IRIS, tag).value
    assert carding.print_carton_labels(world.session, CAMPAIGN, out, options, IRIS).labels == 1
    (page,) = pages_of(out)
    assert [code for code, _ in codes_on(page)] == [packed.carton]
    assert all(words in text_of(page) for words in ("Collège Les Iris", IRIS, "1 tablet", "Villeurbanne"))
