"""Pupils are listed by name, in binary order of the folded name, whatever the engine."""

import pytest

from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import PupilFilter
from tablet_loans.services import lending
from tablet_loans.storage import pupils, rows
from tests.builders import World

FOLK = (("Le Gall", "Yann"), ("Legall", "Anne"), ("Łukasz", "Ewa"), ("Élie", "Zoé"), ("Elie", "Abel"), ("Zola", "Ève"))
BY_NAME = ["ELIE Abel", "ÉLIE Zoé", "LE GALL Yann", "LEGALL Anne", "ŁUKASZ Ewa", "ZOLA Ève"]


@pytest.fixture
def folk(world: World) -> World:
    """Return a world with pupils of two schools."""
    schools = (world.school("0690001A"), world.school("0690002B"))
    for number, (family, given) in enumerate(FOLK):
        world.pupil(family, given, school_id=schools[number % 2])
    return world


def test_pupils_are_listed_by_name_block_after_block(folk: World) -> None:
    assert folk.base
    blocks = [pupils.block(PupilFilter(), Place(start, 4)) for start in (0, 4, 8)]
    assert [[row.name for row in block] for block in blocks] == [BY_NAME[:4], BY_NAME[4:], []]
    assert pupils.count(PupilFilter()) == 6


def test_a_school_has_its_own_pupils(folk: World) -> None:
    assert folk.base
    chosen = PupilFilter(school="0690001A")
    assert [row.name for row in pupils.block(chosen, Place())] == ["ELIE Abel", "LE GALL Yann", "ŁUKASZ Ewa"]
    assert pupils.count(chosen) == 3
    assert pupils.count(PupilFilter(school="0699999Z")) == len(pupils.block(PupilFilter(school="0699999Z"), Place()))


def test_a_pupil_with_two_open_loans_is_listed_once_a_loan_and_suggested_once(world: World) -> None:
    pupil = world.pupil("Martin", "Léa")
    for kind in ("tablet", "laptop"):
        lending.check_out(world.session, code=world.device(kind=kind), pupil_id=pupil)
    loans = [row.loan for row in pupils.block(PupilFilter(search="martin"), Place())]
    assert len(loans) == 2
    assert loans == sorted(loans, key=str)
    assert [row.loan for row in pupils.suggested(world.base, "lea", (), 8)] == loans[:1]


def test_a_usage_name_finds_its_pupil_too(world: World) -> None:
    pupil = world.pupil("Abdelmalek", "Inès")
    with world.base.atomic():
        usage = {"usage_name": "Kaya", "search_key": pupils.pupil_key("Abdelmalek", "Kaya", "Inès", "5e B")}
        rows.update(world.base, "pupil", pupil, usage)
    for typed in ("kaya", "abdelmalek", "ines kaya", "abdel kay"):
        assert [row.name for row in pupils.suggested(world.base, typed, (), 8)] == ["KAYA Inès"]
