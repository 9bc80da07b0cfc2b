"""Words find pupils, devices and schools alike on both engines, whoever wrote them and however many they are."""

from pathlib import Path

import pytest

from tablet_loans.domain.device import DeviceFilter
from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import PupilFilter
from tablet_loans.storage import devices, pupils, rows, schema, schools, searching, snapshot
from tablet_loans.storage.database import Base, open_database
from tablet_loans.text import search_key
from tests.builders import World, new_session


@pytest.fixture(autouse=True)
def _far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no glance at the beginning of a list find what the index is there for, as if all tables were long."""
    monkeypatch.setattr(searching, "NEAR", 0)


def names(world: World, typed: str, schools_of: tuple[str, ...] = (), limit: int = 8) -> list[str]:
    return [row.name for row in pupils.suggested(world.base, typed, schools_of, limit)]


def listed(typed: str) -> list[str]:
    return [row.name for row in pupils.block(PupilFilter(search=typed), Place())]


def must_be_in_step(base: Base) -> None:
    """Fail unless the index has the words of the rows that are there, and no others."""
    for table in ("pupil", "device"):
        if base.is_server:
            rows = base.execute(f"SELECT id FROM {table}_words EXCEPT SELECT id FROM {table}").fetchall()  # noqa: S608
            assert not rows
        else:
            base.execute(f"INSERT INTO {table}_words ({table}_words, rank) VALUES ('integrity-check', 1)")  # noqa: S608


@pytest.mark.parametrize("typed", ["ine abdel", "Abdel", "INÈS", "ines 5e", "abdelmalek, inès", "  b 5e ines "])
def test_words_in_any_order_find_a_pupil_by_their_beginnings(world: World, typed: str) -> None:
    world.pupil("Abdelmalek", "Inès")
    world.pupil("Kaya", "Emre", class_name="6e A")
    assert names(world, typed) == listed(typed) == ["ABDELMALEK Inès"]


@pytest.mark.parametrize("typed", ["nes", "malek", "abdelmalek ines kaya", "5eb", "%", "_", "'", '"', "*", "—"])
def test_what_begins_no_word_finds_nobody(world: World, typed: str) -> None:
    world.pupil("Abdelmalek", "Inès")
    assert names(world, typed) == listed(typed) == []


@pytest.mark.parametrize("typed", ["jean-baptiste", "jean baptiste", "JEAN BAPT", "ŒUV", "oeuvrard"])
def test_hyphens_accents_and_ligatures_are_typed_or_not(world: World, typed: str) -> None:
    world.pupil("Œuvrard", "Jean-Baptiste")
    assert names(world, typed) == ["ŒUVRARD Jean-Baptiste"]


@pytest.mark.parametrize("typed", ["n'diaye", "ndiaye", "N Diaye", "jean luc", "jeanluc", "jeanl ndia"])
def test_a_name_of_several_words_is_found_in_one_too(world: World, typed: str) -> None:
    world.pupil("N’Diaye", "Jean-Luc")
    assert names(world, typed) == ["N’DIAYE Jean-Luc"]


@pytest.mark.parametrize("typed", ["And", "or", "not", "near", "ines or kaya", "null", "and not"])
def test_a_word_of_the_engine_is_a_name_like_another(world: World, typed: str) -> None:
    world.pupil("Andor", "Orane")
    world.pupil("Notaire", "Nearchos")
    found = {"And": ["ANDOR Orane"], "or": ["ANDOR Orane"], "not": ["NOTAIRE Nearchos"], "near": ["NOTAIRE Nearchos"]}
    assert names(world, typed) == found.get(typed, [])


def test_names_of_other_alphabets_are_found(world: World) -> None:
    world.pupil("Шевченко", "Олена")
    world.pupil("王", "小明")
    assert names(world, "шев") == ["ШЕВЧЕНКО Олена"]
    assert names(world, "小") == ["王 小明"]


def test_the_words_follow_a_change_a_deletion_and_its_return(world: World) -> None:
    pupil = world.pupil("Martin", "Léa")
    with world.base.atomic():
        rows.update(world.base, "pupil", pupil, {"family_name": "Kaya", "search_key": search_key("Kaya", "Léa")})
    assert (names(world, "martin"), names(world, "kaya")) == ([], ["KAYA Léa"])
    with world.base.atomic():
        world.base.execute("DELETE FROM pupil WHERE id = ?", (pupil,))
    assert names(world, "kaya") == []
    must_be_in_step(world.base)
    world.pupil("Kaya", "Emre")
    assert names(world, "kaya") == ["KAYA Emre"]


def test_what_is_rolled_back_is_not_found(world: World) -> None:
    with pytest.raises(LookupError), world.base.atomic():
        world.base.execute(
            "INSERT INTO school (uai, name, kind, address, postcode, commune, phone, email, search_key, sort_key)"
            " VALUES ('0690001A', 'Zola', '', '', '', '', '', '', ' zola', 'zola')"
        )
        raise LookupError
    assert schools.suggested(world.base, "zola", 5) == []


@pytest.mark.parametrize("few", [2_000, 0])
def test_a_search_answers_the_same_however_dense_its_matches(
    world: World, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    for bound in ("FEW", "SCATTERED", "NEAR"):
        monkeypatch.setattr(searching, bound, few)
    one, other = world.school("0690001A"), world.school("0690002B")
    for family, given, school in (
        ("Zola", "Marie", one), ("Martin", "Zoé", one), ("Marty", "Abel", other), ("Abel", "Marc", other),
        ("Kaya", "Emre", one), ("Martin", "Abel", other),
    ):  # fmt: skip
        world.pupil(family, given, school_id=school)
    assert names(world, "mar") == ["MARTIN Abel", "MARTIN Zoé", "MARTY Abel", "ABEL Marc", "ZOLA Marie"]
    assert names(world, "mar", limit=4) == ["MARTIN Abel", "MARTIN Zoé", "MARTY Abel", "ABEL Marc"]
    assert names(world, "abel mar") == ["ABEL Marc", "MARTIN Abel", "MARTY Abel"]
    assert names(world, "mar", ("0690001A",)) == ["MARTIN Zoé", "ZOLA Marie"]
    assert names(world, "mar", ("0690001A", "0690002B"), limit=2) == ["MARTIN Abel", "MARTIN Zoé"]
    assert names(world, "mar", ("0699999Z",)) == []
    monkeypatch.setattr(pupils, "_FEW_SCHOOLS", 0)
    assert names(world, "mar", ("0690001A",)) == ["MARTIN Zoé", "ZOLA Marie"]
    assert listed("mar") == ["ABEL Marc", "MARTIN Abel", "MARTIN Zoé", "MARTY Abel", "ZOLA Marie"]
    assert pupils.count(PupilFilter(search="mar")) == 5
    assert pupils.count(PupilFilter(school="0690001A", search="mar")) == 2
    assert devices.count(DeviceFilter(search="mar")) == 0


def test_a_base_one_version_behind_is_searched_without_its_index(url: str) -> None:
    base = open_database(url, create=True)
    schema.upgrade(base, "0002_overdue_loans")
    world = World(new_session(base))
    tag, pupil = world.device(serial="R52ABC1234"), world.pupil("Martin", "Léa")
    assert names(world, "lea mar") == listed("lea mar") == ["MARTIN Léa"]
    assert pupils.count(PupilFilter(search="mar")) == 1
    assert [row.tag for row in devices.ending_with(base, "1234", 5)] == [tag]
    schema.upgrade(base)
    assert names(world, "lea mar") == ["MARTIN Léa"]
    with base.atomic():
        rows.update(base, "pupil", pupil, {"search_key": " other"})
    assert names(world, "lea mar") == []
    base.close()


def test_a_snapshot_carries_the_words_of_either_engine(world: World, tmp_path: Path) -> None:
    world.pupil("Martin", "Léa")
    tag = world.device(serial="R52ABC1234")
    snapshot.write(world.base, tmp_path / "copy.sqlite", None, lambda _done, _total: None)
    copy = open_database(str(tmp_path / "copy.sqlite"), bind=False)
    assert [row.name for row in pupils.suggested(copy, "lea", (), 5)] == ["MARTIN Léa"]
    assert [row.tag for row in devices.ending_with(copy, "1234", 5)] == [tag]
    must_be_in_step(copy)
    World(new_session(copy)).pupil("Kaya", "Emre")
    assert [row.name for row in pupils.suggested(copy, "emre", (), 5)] == ["KAYA Emre"]
    copy.close()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("iris", ["Les Iris"]), ("0690001", ["Jean Moulin"]), ("vill", ["Jean Moulin", "Les Iris"]), ("", []), ("—", [])],
)
def test_schools_are_suggested_by_words_or_by_the_beginning_of_their_uai(
    world: World, typed: str, expected: list[str]
) -> None:
    for uai, name in (("0690002B", "Les Iris"), ("0690001A", "Jean Moulin")):
        world.school(uai, name)
    assert [row.name for row in schools.suggested(world.base, typed, 5)] == expected
