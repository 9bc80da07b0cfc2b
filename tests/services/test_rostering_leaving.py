"""Who leaves by a file, on both engines: nobody of whom the file says, however badly, that he or she is there."""

from datetime import date
from pathlib import Path

import pytest

from tablet_loans.domain.problem import Fate, ImportReport
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import correcting, rostering
from tablet_loans.storage import rows
from tests.builders import World
from tests.files import siecle
from tests.files.siecle import Pupil

IRIS, LILAS = "0690142E", "0690026D"
INE = "123456789AB"
ONDE = "Nom élève;Prénom élève;Date naissance;INE;Libellé classe"
FULL = "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;INE;Libellé classe"
LIST = "Nom;Prénom;Date de naissance;INE;Classe"
BRUN = "Brun;Zoé;2014-06-03;;CM1"


def brought(world: World, folder: Path, *lines: str, school: str = IRIS) -> ImportReport:
    path = folder / "roll.csv"
    path.write_text("\n".join(lines), "utf-8")
    return rostering.import_pupils(world.session, path, school=school).value


def gone(world: World) -> list[str]:
    found = world.base.execute("SELECT given_name FROM pupil WHERE left_on IS NOT NULL ORDER BY given_name").fetchall()
    return [row[0] for row in found]


def pupil_called(world: World, given_name: str) -> PupilId:
    return PupilId(world.base.execute("SELECT id FROM pupil WHERE given_name = ?", (given_name,)).fetchone()[0])


@pytest.mark.parametrize(
    "unsure",
    [
        ("Martin;;Lea;2012-01-01;;CM1", "Martin;;Lea;2013-01-01;;CM2"),  # two lines for one
        ("Martin;;Lea;hier;;CM1",),
        ("Roy;Dupont;Lea;hier;;CM1",),
    ],
)
def test_a_usage_name_on_a_line_that_is_not_taken_says_who_is_there(
    world: World, tmp_path: Path, unsure: tuple[str, ...]
) -> None:
    world.school(IRIS)
    brought(world, tmp_path, FULL, "Dupont;Martin;Léa;;;CM1", "Brun;;Zoé;;;CM1")
    report = brought(world, tmp_path, FULL, *unsure, "Brun;;Zoé;;;CM1")
    assert (report.left, gone(world), len(report.problems)) == (0, [], len(unsure))


def test_the_ine_of_a_line_without_a_name_says_who_is_there(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    brought(world, tmp_path, FULL, "Dupont;;Léa;2012-01-01;012345678AB;CM1", "Brun;;Zoé;2012-02-01;;CM1")
    report = brought(world, tmp_path, FULL, ";;Léa;2012-01-01;012345678AB;CM1", "Brun;;Zoé;2012-02-01;;CM1")
    assert (report.left, gone(world), len(report.problems)) == (0, [], 1)


def test_of_two_whom_a_line_may_be_neither_leaves(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    brought(world, tmp_path, FULL, "Dupont;Martin;Léa;2012-01-01;;CM1", "Durand;Martin;Léa;2013-01-01;;CM1")
    report = brought(world, tmp_path, FULL, "Martin;;Léa;;;CM1", "Brun;;Zoé;;;CM1")
    assert (report.created, report.left, [problem.line for problem in report.problems]) == (1, 0, [2])


def test_a_brothers_ine_makes_nobody_another_child(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    brought(world, tmp_path, ONDE, f"Kaya;Emre;2014-05-02;{INE};CM1", BRUN)
    report = brought(world, tmp_path, ONDE, f"Kaya;Leyla;2016-11-20;{INE};CP", BRUN)
    assert (report.created, report.updated, report.left) == (0, 0, 0)
    assert [(problem.line, problem.facts) for problem in report.problems] == [(2, {"ine": INE})]
    emre = rows.current(world.base, "pupil", pupil_called(world, "Emre"), ("birth_date", "left_on"))
    assert emre == {"birth_date": "2014-05-02", "left_on": None}


def test_whose_school_was_corrected_by_hand_leaves_by_no_file_and_comes_back(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    lilas = world.school(LILAS)
    emre_there = "Kaya;Emre;2014-05-02;123456789AB;CM1"
    brought(world, tmp_path, ONDE, emre_there, BRUN)
    brought(world, tmp_path, ONDE, "Roux;Lou;2014-05-02;;CM1", school=LILAS)
    emre = pupil_called(world, "Emre")
    correcting.correct(world.session, emre, {"school": LILAS})
    assert brought(world, tmp_path, ONDE, "Roux;Lou;2014-05-02;;CM1", school=LILAS).left == 0
    with world.base.atomic():
        rows.update(world.base, "pupil", emre, {"left_on": date(2026, 4, 1)})
    report = brought(world, tmp_path, ONDE, emre_there, BRUN)
    assert [(told.fate, told.name, told.school) for told in report.told] == [(Fate.RETURNS, "KAYA Emre", LILAS)]
    assert rows.current(world.base, "pupil", emre, ("school_id", "left_on")) == {"school_id": lilas, "left_on": None}
    assert brought(world, tmp_path, ONDE, emre_there, BRUN).unchanged == 2


def test_a_list_without_a_class_is_a_part_of_the_school(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    everybody = [f"Diallo;Awa{place};{1 + place % 28:02d}/05/2016;;{3 + place // 40}e" for place in range(82)]
    brought(world, tmp_path, LIST, *everybody)  # 40 in 3e, 40 in 4e, 2 in 5e
    without_class = brought(world, tmp_path, LIST, *everybody[:80])
    assert (without_class.left, [problem.facts["left"] for problem in without_class.problems]) == (0, [2])
    assert brought(world, tmp_path, LIST, *everybody[9:]).left == 0
    assert brought(world, tmp_path, LIST, *everybody[8:]).left == 8
    assert brought(world, tmp_path, ONDE, *everybody[8:80]).left == 2


def test_a_list_without_classes_lacks_none_and_a_class_that_goes_up_is_there(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    everybody = [f"Diallo;Awa{place};{1 + place % 28:02d}/05/2016;;{3 + place // 40}e" for place in range(80)]
    brought(world, tmp_path, LIST, *everybody)
    undivided = [line.rpartition(";")[0] for line in everybody]
    assert brought(world, tmp_path, LIST.removesuffix(";Classe"), *undivided[1:]).left == 1
    next_year = [line.replace(";4e", ";5e").replace(";3e", ";4e") for line in everybody]
    report = brought(world, tmp_path, LIST, *next_year[2:])
    assert (report.left, report.problems) == (1, ())


def test_whom_a_list_names_with_an_ine_keeps_name_and_accents(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    brought(world, tmp_path, FULL, f"Lefèvre;Martin;Zoé;2012-01-01;{INE};CM1", "Brun;;Lou;;;CM1")
    for line in (f"LEFEVRE;ZOE;;{INE};CM1", f"Martin;Zoé;;{INE};CM1", f"Lefebure;Zoë;;{INE};CM1"):
        report = brought(world, tmp_path, LIST, line, "Brun;Lou;;;CM1")
        assert (report.updated, report.unchanged, report.problems) == (0, 2, ())
    assert brought(world, tmp_path, ONDE, f"Roy;Zoé;;{INE};CM1", "Brun;Lou;;;CM1").updated == 1


def test_siecles_exits_count_once_their_day_has_come(world: World, tmp_path: Path) -> None:
    world.school(IRIS)

    def listed(left_on: str) -> ImportReport:
        emre = Pupil("1", "Kaya", "Emre", "12", left_on=left_on)
        path = siecle.written(tmp_path, siecle.pupils_xml([emre, Pupil("2", "Brun", "Zoé")]))
        return rostering.import_pupils(world.session, path).value

    assert listed("").created == 2
    later = listed("31/08/2026")
    assert (later.rows, later.unchanged, later.left, len(later.problems)) == (2, 2, 0, 1)
    today = listed("06/04/2026")
    assert (today.rows, today.unchanged, today.left, today.problems) == (1, 1, 1, ())
    assert gone(world) == ["Emre"]
