"""The ministry's formats into the base, one after the other: the same pupils, whoever names them."""

from pathlib import Path

import pytest

from tablet_loans.domain.errors import InvalidUai, UnknownSchool
from tablet_loans.domain.problem import ImportReport
from tablet_loans.domain.recognition import WrongSchool
from tablet_loans.services import checking, rostering
from tests.builders import World
from tests.files import aaf, siecle
from tests.files.siecle import Pupil

IRIS, LILAS = aaf.SCHOOL[1], aaf.OTHER[1]
FIFTH = (("5E B", "D"), ("AGL1", "G"))
EMRE = Pupil("11", "Kaya", "Emre", birth_date="06/06/2008", classes=FIFTH)
ADA = Pupil("12", "Kaya", "Ada", "012345678AB", classes=FIFTH)


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.created, report.updated, report.unchanged, report.left, report.moved


def brought(world: World, path: Path, school: str | None = None) -> tuple[int, int, int, int, int]:
    return counts(rostering.import_pupils(world.session, path, school=school).value)


def of_siecle(tmp_path: Path, *pupils: Pupil, school: str = IRIS) -> Path:
    return siecle.written(tmp_path, siecle.pupils_xml(pupils, school=school))


def of_aaf(tmp_path: Path, *records: str) -> Path:
    schools = [aaf.school(*aaf.SCHOOL), aaf.school(*aaf.OTHER)]
    return siecle.written(tmp_path, aaf.delivery({"EtabEducNat_0000": schools, "Eleve_0000": records}), "aaf.bin")


def test_siecle_names_its_school_and_completes_a_bare_list(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    world.school(LILAS)
    bare = siecle.written(tmp_path, "Nom;Prénom;Classe;Tél\nKaya;Emre;5B;0612345678\n".encode(), "liste")
    assert brought(world, bare, IRIS) == (1, 0, 0, 0, 0)
    path = of_siecle(tmp_path, EMRE, ADA)
    with pytest.raises(WrongSchool):
        brought(world, path, LILAS)
    assert brought(world, path) == (1, 1, 0, 0, 0)
    assert brought(world, path) == (0, 0, 2, 0, 0)
    row = world.base.execute("SELECT local_number, phone, class_name FROM pupil WHERE given_name = 'Emre'").fetchone()
    assert tuple(row) == ("11", "0612345678", "5E B")


def test_siecles_number_finds_who_was_renamed_and_has_no_ine(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    brought(world, of_siecle(tmp_path, EMRE, ADA))
    renamed = Pupil("11", "Yildiz", "Emre", birth_date="06/06/2008", classes=FIFTH)
    assert brought(world, of_siecle(tmp_path, renamed, ADA)) == (0, 1, 1, 0, 0)


def test_a_school_that_is_not_here_stops_its_own_file(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    with pytest.raises(UnknownSchool):
        brought(world, of_siecle(tmp_path, EMRE, school=LILAS))
    with pytest.raises(InvalidUai):
        brought(world, of_siecle(tmp_path, EMRE, school="0690142A"))


def test_the_whole_aaf_moves_and_lets_leave_in_each_school(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    world.school(LILAS)
    brought(world, of_siecle(tmp_path, EMRE, ADA))
    emre = aaf.pupil("901", "Kaya", "Emre", "4101", "5E B", local_number="11")
    ada = aaf.pupil("902", "Kaya", "Ada", "4102", "4E A", local_number="77", ENTEleveINE="012345678AB")
    path = of_aaf(tmp_path, emre, ada)
    assert brought(world, path) == (0, 1, 1, 0, 1)
    assert brought(world, path) == (0, 0, 2, 0, 0)
    lou = aaf.pupil("903", "Petit", "Lou", "4101", "6E A", local_number="13")
    assert brought(world, of_aaf(tmp_path, ada, lou)) == (1, 0, 1, 1, 0)
    checking.check(world.session)
