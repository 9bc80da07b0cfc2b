"""Files of one school and of many, on both engines: whose they are, who moves, who is doubted, what stays."""

from datetime import date
from pathlib import Path

import pytest

from tablet_loans.domain.errors import UnknownSchool
from tablet_loans.domain.paging import Place
from tablet_loans.domain.problem import Fate, ImportReport, Told
from tablet_loans.domain.pupil import PupilFilter, PupilRow
from tablet_loans.domain.recognition import SchoolNotSaid, WrongSchool
from tablet_loans.services import checking, correcting, lending, rostering
from tablet_loans.services.session import Receipt
from tablet_loans.storage import pupils, rows
from tests import files
from tests.builders import World

IRIS, LILAS, ELSEWHERE = "0690142E", "0690026D", "0691670R"
INE_1, INE_2, INE_3 = "012345678AB", "123456789CD", "234567890EF"
EMRE = f"Kaya;Emre;30/11/2015;{INE_1};CM1 B"
ADA = f"Kaya;Ada;02/01/2017;{INE_2};CE2"
AWA = f"Diallo;Awa;05/05/2016;{INE_3};CP"


def onde(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "CSVExtraction.csv"
    path.write_text("\n".join(("Nom élève;Prénom élève;Date naissance;INE;Classe", *lines)), "utf-8")
    return path


def of_schools(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "elèves.csv"
    path.write_text("\n".join(("Nom;Prénom;Date de naissance;INE;Classe;UAI", *lines)), "utf-8")
    return path


def bare(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "liste.csv"
    path.write_text("\n".join(("Nom;Prénom;Classe;Téléphone", *lines)), "utf-8")
    return path


def brought(world: World, path: Path, **chosen: object) -> ImportReport:
    receipt: Receipt[ImportReport] = rostering.import_pupils(world.session, path, **chosen)  # type: ignore[arg-type]
    return receipt.value


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.created, report.updated, report.unchanged, report.left, report.moved


def pupil_named(name: str) -> PupilRow:
    (row,) = pupils.block(PupilFilter(search=name), Place())
    return row


def columns_of(world: World, pupil_id: int, *columns: str) -> tuple[object, ...]:
    row = rows.current(world.base, "pupil", pupil_id, columns)
    assert row is not None
    return tuple(row.values())


def ledger_lines(world: World) -> int:
    return int(world.base.execute("SELECT count(*) FROM ledger_line").fetchone()[0])


def test_the_file_says_whose_it_is(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    world.school(LILAS)
    with pytest.raises(SchoolNotSaid):
        brought(world, onde(tmp_path, EMRE))
    path = of_schools(tmp_path, f"{EMRE};{IRIS}", f"{ADA};{IRIS}")
    with pytest.raises(WrongSchool) as refused:
        brought(world, path, school=LILAS)
    assert refused.value.facts == {"school": LILAS, "said": IRIS}
    assert counts(brought(world, path)) == (2, 0, 0, 0, 0)
    assert pupil_named("emre").school == IRIS


def test_no_school_is_ever_created(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    path = of_schools(tmp_path, f"{EMRE};{LILAS}", f"{ADA};{LILAS}")
    with pytest.raises(UnknownSchool):
        brought(world, path)
    several = of_schools(tmp_path, f"{EMRE};{LILAS}", f"{ADA};{LILAS}", f"{AWA};{IRIS}", f"Petit;Lou;;;CP;{ELSEWHERE}")
    report = brought(world, several)
    assert counts(report) == (1, 0, 0, 0, 0)
    assert [(problem.line, problem.facts) for problem in report.problems] == [
        (2, {"school": LILAS, "count": 2}),
        (5, {"school": ELSEWHERE, "count": 1}),
    ]
    assert report.rows == 4
    assert world.base.execute("SELECT count(*) FROM school").fetchone()[0] == 1


def test_of_a_file_of_many_schools_one_is_taken_when_it_is_named(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    world.school(LILAS)
    path = of_schools(tmp_path, f"{EMRE};{IRIS}", f"{ADA};{LILAS}")
    assert counts(brought(world, path, school=LILAS)) == (1, 0, 0, 0, 0)
    assert counts(brought(world, path)) == (1, 0, 1, 0, 0)


def test_who_changes_school_moves_and_comes_back(world: World, tmp_path: Path) -> None:
    iris, lilas = world.school(IRIS), world.school(LILAS)
    brought(world, of_schools(tmp_path, f"{EMRE};{IRIS}", f"{ADA};{IRIS}", f"{AWA};{LILAS}"))
    emre = pupil_named("emre").id
    loan = lending.check_out(world.session, code=world.device(), pupil_id=emre).value.number
    moved = of_schools(tmp_path, f"Kaya;Emre;30/11/2015;{INE_1};6e A;{LILAS}", f"{ADA};{IRIS}", f"{AWA};{LILAS}")
    dry = brought(world, moved, is_dry_run=True)
    report = brought(world, moved)
    assert report == dry
    assert counts(report) == (0, 1, 2, 0, 1)
    assert report.told == (
        Told(
            Fate.MOVES, 2, "KAYA Emre", LILAS, "6e A", (("school", IRIS, LILAS), ("class_name", "CM1 B", "6e A")), loan
        ),
    )
    moved_on = date(2026, 4, 6).isoformat()
    assert columns_of(world, emre, "school_id", "moved_from_id", "moved_on") == (lilas, iris, moved_on)
    before = ledger_lines(world)
    assert counts(brought(world, moved)) == (0, 0, 3, 0, 0)
    assert ledger_lines(world) == before
    brought(world, of_schools(tmp_path, f"{EMRE};{IRIS}", f"{ADA};{IRIS}", f"{AWA};{LILAS}"))
    assert columns_of(world, emre, "school_id", "moved_from_id", "moved_on") == (iris, None, None)
    checking.check(world.session)


def test_who_moves_out_of_one_file_leaves_nobody(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    world.school(LILAS)
    brought(world, onde(tmp_path, EMRE, ADA), school=IRIS)
    report = brought(world, onde(tmp_path, EMRE, AWA), school=LILAS)
    assert counts(report) == (1, 1, 0, 0, 1)
    assert counts(brought(world, onde(tmp_path, ADA), school=IRIS)) == (0, 0, 1, 0, 0)


def test_the_report_tells_who_comes_changes_leaves_and_returns(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    brought(world, onde(tmp_path, EMRE, ADA), school=IRIS)
    loan = lending.check_out(world.session, code=world.device(), pupil_id=pupil_named("ada").id).value.number
    report = brought(world, onde(tmp_path, f"Kaya;Emre;30/11/2015;{INE_1};CM2", AWA), school=IRIS)
    assert [(told.fate, told.line, told.name, told.class_name, told.loan) for told in report.told] == [
        (Fate.LEAVES, 0, "KAYA Ada", "CE2", loan),
        (Fate.CHANGES, 2, "KAYA Emre", "CM2", None),
        (Fate.ARRIVES, 3, "DIALLO Awa", "CP", None),
    ]
    again = brought(world, onde(tmp_path, f"Kaya;Emre;30/11/2015;{INE_1};CM2", AWA, ADA), school=IRIS)
    assert [(told.fate, told.name, told.changes) for told in again.told] == [(Fate.RETURNS, "KAYA Ada", ())]
    assert pupil_named("ada").left_on is None


def test_a_bare_list_makes_nobody_leave_and_the_next_roster_completes_it(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    brought(world, onde(tmp_path, ADA), school=IRIS)
    path = bare(tmp_path, "Kaya;Emre;CM1;06 12 34 56 78", "Diallo;Awa;CP;")
    assert counts(brought(world, path, school=IRIS)) == (2, 0, 0, 0, 0)
    emre = pupil_named("emre")
    assert (emre.ine, emre.birth_date) == (None, None)
    report = brought(world, onde(tmp_path, EMRE, ADA, AWA), school=IRIS)
    assert counts(report) == (0, 2, 1, 0, 0)
    completed = pupil_named("emre")
    assert (completed.id, completed.ine, completed.birth_date) == (emre.id, INE_1, date(2015, 11, 30))
    assert columns_of(world, emre.id, "phone", "class_name") == ("06 12 34 56 78", "CM1 B")


def test_a_doubted_line_waits_and_makes_nobody_leave(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    brought(world, onde(tmp_path, "Abdelmalek;Inès;30/11/2015;;CM1 B", ADA), school=IRIS)
    ines = pupil_named("abdelmalek").id
    path = onde(tmp_path, "Abdelmaleck;Inès;30/11/2015;;CM2", ADA)
    report = brought(world, path, school=IRIS)
    assert counts(report) == (0, 0, 1, 0, 0)
    assert [(doubt.line, doubt.name, doubt.other_id, doubt.other_name) for doubt in report.doubts] == [
        (2, "ABDELMALECK Inès", ines, "ABDELMALEK Inès")
    ]
    assert [problem.line for problem in report.problems] == [2]
    assert counts(brought(world, path, school=IRIS, new=[2], is_dry_run=True)) == (1, 0, 1, 1, 0)
    assert counts(brought(world, path, school=IRIS, same=[2])) == (0, 1, 1, 0, 0)
    assert pupil_named("abdelmaleck").id == ines
    again = brought(world, path, school=IRIS)
    assert (counts(again), again.doubts) == ((0, 0, 2, 0, 0), ())


def test_a_correction_by_hand_is_not_undone_by_the_next_file(world: World, tmp_path: Path) -> None:
    iris, lilas = world.school(IRIS), world.school(LILAS)
    lines = "Kaia;Emre;30/11/2015;;CM1 B", ADA, AWA
    brought(world, onde(tmp_path, *lines), school=IRIS)
    emre, ada = pupil_named("emre").id, pupil_named("ada").id
    correcting.correct(world.session, emre, {"family_name": "Kaya", "birth_date": date(2014, 6, 1), "class_name": "6e"})
    correcting.correct(world.session, ada, {"school": LILAS})
    report = brought(world, onde(tmp_path, *lines), school=IRIS)
    assert (counts(report), report.problems) == ((0, 0, 3, 0, 0), ())
    assert pupil_named("emre").birth_date == date(2014, 6, 1)
    assert columns_of(world, emre, "family_name", "class_name", "left_on") == ("Kaya", "6e", None)
    assert columns_of(world, ada, "school_id", "moved_from_id") == (lilas, iris)
    next_year = f"Kaia;Emre;30/11/2015;{INE_1};CM2", ADA, AWA
    assert counts(brought(world, onde(tmp_path, *next_year), school=IRIS)) == (0, 1, 2, 0, 0)
    assert (pupil_named("emre").ine, pupil_named("emre").class_name) == (INE_1, "6e")


def test_a_file_that_lacks_a_third_of_the_school_is_told(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    lines = [f"Nom{place};Prénom{place};0{place % 9 + 1}/02/201{place % 8};;CM1" for place in range(32)]
    brought(world, onde(tmp_path, *lines), school=IRIS)
    report = brought(world, onde(tmp_path, *lines[:21]), school=IRIS, is_dry_run=True)
    assert (report.left, [(problem.line, problem.facts) for problem in report.problems]) == (
        11,
        [(0, {"left": 11, "present": 32, "school": IRIS})],
    )
    assert brought(world, onde(tmp_path, *lines[:22]), school=IRIS, is_dry_run=True).problems == ()


def test_the_known_files_still_come_in_whole(world: World) -> None:
    world.school(IRIS)
    report = brought(world, files.ONDE, school=IRIS)
    assert (report.created, [told.fate for told in report.told]) == (3, [Fate.ARRIVES] * 3)


def test_a_list_without_most_of_a_school_sends_nobody_away(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    everybody = [f"Diallo;Awa{place};{1 + place:02d}/05/2016;;CM{1 + place % 2}" for place in range(24)]
    brought(world, onde(tmp_path, *everybody), school=IRIS)
    some = tmp_path / "liste.csv"
    some.write_text("\n".join(("Nom;Prénom;Date de naissance;INE;Classe", *everybody[:4])), "utf-8")

    report = brought(world, some, school=IRIS)

    assert counts(report) == (0, 0, 4, 0, 0)
    assert [problem.facts["left"] for problem in report.problems] == [20]
    assert brought(world, onde(tmp_path, *everybody[:4]), school=IRIS).left == 20
