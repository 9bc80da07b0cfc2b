"""Rostering on both engines: schools, and pupils who come, move, leave and come back."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tablet_loans.domain.errors import (
    DemonstrationBase,
    InvalidUai,
    NotPermitted,
    RecoveryPhraseNotTypedBack,
    UnknownSchool,
)
from tablet_loans.domain.paging import Place
from tablet_loans.domain.problem import ImportReport
from tablet_loans.domain.pupil import PupilFilter, PupilRow
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import checking, lending, rostering
from tablet_loans.services.session import Receipt
from tablet_loans.storage import ledger, pupils, schools
from tests import files
from tests.builders import World, new_session

IRIS = "0690142E"
INE_1, INE_2 = "012345678AB", "123456789CD"
DOUBTFUL_1, DOUBTFUL_2, DOUBTFUL_3 = "1234567890A", "1234567890B", "1234567890C"
EMRE_AND_ADA = (f"Kaya;Emre;30/11/2015;{INE_1};CM1 B", "Kaya;Ada;02/01/2017;;CE2")


def counts(receipt: Receipt[ImportReport]) -> tuple[int, int, int, int, int]:
    report = receipt.value
    return report.rows, report.created, report.updated, report.unchanged, report.left


def pupil_named(name: str) -> PupilRow:
    (row,) = pupils.block(PupilFilter(search=name), Place())
    return row


def a_list(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "CSVExtraction.csv"
    path.write_bytes("\r\n".join(("Nom élève;Prénom élève;Date naissance;INE;Classe", *lines)).encode("cp1252"))
    return path


def test_the_directory_brings_each_school_once(world: World) -> None:
    report = rostering.import_schools(world.session, files.DIRECTORY).value
    assert (report.rows, report.created, len(report.problems)) == (5, 2, 2)
    assert [school.uai for school in schools.block("iris", Place())] == [IRIS]
    again = rostering.import_schools(world.session, files.DIRECTORY)
    assert counts(again) == (5, 0, 0, 2, 0)
    assert again.topics == frozenset()


def test_a_school_known_by_its_uai_is_brought_up_to_date(world: World) -> None:
    world.school(IRIS, name="Ancien nom")
    assert counts(rostering.import_schools(world.session, files.DIRECTORY))[1:3] == (1, 1)
    assert schools.block("iris", Place())[0].name == "Collège Les Iris"


def test_onde_brings_the_pupils_of_a_school_once(world: World) -> None:
    world.school(IRIS)
    dry = rostering.import_pupils(world.session, files.ONDE, school=IRIS, is_dry_run=True)
    assert pupils.count(PupilFilter()) == 0
    receipt = rostering.import_pupils(world.session, files.ONDE, school="690142e")
    assert receipt.value == dry.value
    assert counts(receipt) == (3, 3, 0, 0, 0)
    row = pupil_named("oeuvrard zoe")
    assert (row.ine, row.birth_date, row.class_name, row.school) == ("012345678AB", date(2015, 8, 17), "CM1 B", IRIS)
    assert pupil_named("costa").name == "DA SILVA-COSTA Léo"
    again = rostering.import_pupils(world.session, files.ONDE, school=IRIS)
    assert counts(again) == (3, 0, 0, 3, 0)


def test_no_name_goes_into_the_ledger(world: World) -> None:
    world.school(IRIS)
    receipt = rostering.import_pupils(world.session, files.ONDE, school=IRIS)
    found = ledger.find(world.base, receipt.ledger_id)
    assert found is not None
    assert "uvrard" not in str(found[1])


def test_the_older_list_finds_by_names_who_has_an_ine(world: World) -> None:
    world.school(IRIS)
    rostering.import_pupils(world.session, files.ONDE, school=IRIS)
    assert counts(rostering.import_pupils(world.session, files.BE1D, school=IRIS)) == (2, 1, 0, 1, 2)
    assert pupil_named("oeuvrard").ine == "012345678AB"


def test_who_is_no_longer_listed_has_left_and_may_come_back(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    rostering.import_pupils(world.session, files.ONDE, school=IRIS)
    emre = pupil_named("kaya")
    lending.check_out(world.session, code=world.device(), pupil_id=emre.id)
    shorter = a_list(tmp_path, "ŒUVRARD;Zoé;17/08/2015;012345678AB;CM2", "Da Silva;Léo;2016-01-02;123456789CD;CE2")
    assert counts(rostering.import_pupils(world.session, shorter, school=IRIS)) == (2, 0, 2, 0, 1)
    assert pupil_named("kaya").left_on == date(2026, 4, 6)
    assert pupil_named("kaya").loan is not None
    assert counts(rostering.import_pupils(world.session, shorter, school=IRIS)) == (2, 0, 0, 2, 0)
    assert counts(rostering.import_pupils(world.session, files.ONDE, school=IRIS))[1:] == (0, 3, 0, 0)
    assert pupil_named("kaya").left_on is None
    assert pupil_named("kaya").id == emre.id
    checking.check(world.session)  # raises when the base is unsound


def test_a_spoilt_line_makes_nobody_leave(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    rostering.import_pupils(world.session, files.ONDE, school=IRIS)
    path = a_list(
        tmp_path, "Œuvrard;Zoé;hier;;CM1", "Da Silva;Léo;2016-01-02;123456789CD;CE1 A", "Kaya;Emre;30/11/2015;12;CM1 B"
    )
    receipt = rostering.import_pupils(world.session, path, school=IRIS)
    assert counts(receipt) == (3, 0, 0, 2, 0)
    assert [problem.line for problem in receipt.value.problems] == [2, 4]
    only_bad = a_list(tmp_path, "Œuvrard;Zoé;hier;;CM1", ";;;;")
    assert counts(rostering.import_pupils(world.session, only_bad, school=IRIS)) == (1, 0, 0, 0, 0)


def test_a_pupil_known_by_ine_moves_to_the_new_school(world: World) -> None:
    elsewhere = world.school()
    world.school(IRIS)
    moved = world.pupil("Œuvrard", "Zoé", ine="012345678AB", school_id=elsewhere, left_on=date(2026, 1, 5))
    assert counts(rostering.import_pupils(world.session, files.ONDE, school=IRIS)) == (3, 2, 1, 0, 0)
    row = pupil_named("oeuvrard")
    assert (row.id, row.school, row.left_on) == (moved, IRIS, None)


def test_an_ine_that_comes_later_completes_the_pupil(world: World) -> None:
    world.school(IRIS)
    rostering.import_pupils(world.session, files.BE1D, school=IRIS)
    known = pupil_named("oeuvrard")
    assert known.ine is None
    receipt = rostering.import_pupils(world.session, files.ONDE, school=IRIS)
    assert counts(receipt) == (3, 2, 1, 0, 1)  # Léo and Emre come, Zoé gets her INE, Anaïs is not listed
    assert pupil_named("oeuvrard") == replace(known, ine="012345678AB")


def test_a_list_without_birth_dates_finds_everybody_and_erases_nothing(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    dated = a_list(tmp_path, *EMRE_AND_ADA)
    rostering.import_pupils(world.session, dated, school=IRIS)
    emre = pupil_named("kaya emre")
    lending.check_out(world.session, code=world.device(), pupil_id=emre.id)
    undated = tmp_path / "sans dates.csv"
    undated.write_text("Nom;Prénom;Classe\nKaya;Emre;CM2\nKaya;Ada;CE2\n", "utf-8")
    assert counts(rostering.import_pupils(world.session, undated, school=IRIS)) == (2, 0, 1, 1, 0)
    assert counts(rostering.import_pupils(world.session, undated, school=IRIS)) == (2, 0, 0, 2, 0)
    assert counts(rostering.import_pupils(world.session, dated, school=IRIS)) == (2, 0, 1, 1, 0)
    after = pupil_named("kaya emre")
    assert (after.id, after.birth_date, after.ine, after.left_on) == (emre.id, date(2015, 11, 30), INE_1, None)
    assert after.loan is not None


def test_birth_dates_that_come_later_complete_the_pupils(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    rostering.import_pupils(world.session, a_list(tmp_path, "Kaya;Emre;;;CM1 B", "Kaya;Ada;;;CE2"), school=IRIS)
    dated = a_list(tmp_path, "Kaya;Emre;30/11/2015;;CM1 B", "Kaya;Ada;02/01/2017;;CE2")
    assert counts(rostering.import_pupils(world.session, dated, school=IRIS)) == (2, 0, 2, 0, 0)
    assert pupil_named("kaya ada").birth_date == date(2017, 1, 2)


def test_namesakes_wait_for_a_person_and_none_of_them_leaves(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    both = a_list(tmp_path, "Kaya;Emre;30/11/2015;;CM1 B", "Kaya;Emre;04/03/2013;;CM2", "Kaya;Ada;02/01/2017;;CE2")
    rostering.import_pupils(world.session, both, school=IRIS)
    receipt = rostering.import_pupils(world.session, a_list(tmp_path, "Kaya;Emre;;;6e", "Kaya;Ada;;;CE2"), school=IRIS)
    assert counts(receipt) == (2, 0, 0, 1, 0)
    assert [problem.line for problem in receipt.value.problems] == [2]
    assert receipt.topics == frozenset()
    one_dated = a_list(tmp_path, "Kaya;Emre;;;CM2", "Kaya;Emre;30/11/2015;;CM1 B", "Kaya;Ada;;;CE2")
    assert counts(rostering.import_pupils(world.session, one_dated, school=IRIS)) == (3, 0, 0, 3, 0)


def test_two_lines_for_one_undated_pupil_wait_for_a_person(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    rostering.import_pupils(world.session, a_list(tmp_path, "Kaya;Emre;;;CM1 B"), school=IRIS)
    known = pupil_named("kaya").id
    lines = ("Kaya;Emre;30/11/2015;;CM1 B", "Kaya;Emre;04/03/2013;;CM2")
    receipt = rostering.import_pupils(world.session, a_list(tmp_path, *lines), school=IRIS)
    assert counts(receipt) == (2, 0, 0, 0, 0)
    assert [(problem.line, problem.facts) for problem in receipt.value.problems] == [
        (2, {"other": 3}),
        (3, {"other": 2}),
    ]
    assert counts(rostering.import_pupils(world.session, a_list(tmp_path, lines[0]), school=IRIS)) == (1, 0, 1, 0, 0)
    assert counts(rostering.import_pupils(world.session, a_list(tmp_path, *lines), school=IRIS)) == (2, 1, 0, 1, 0)
    assert pupil_named("cm1").id == known


def test_twins_of_one_name_and_date_are_told_apart_by_their_ines(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    twins = a_list(tmp_path, f"Kaya;Emre;30/11/2015;{INE_1};CM1 A", f"Kaya;Emre;30/11/2015;{INE_2};CM1 B")
    assert counts(rostering.import_pupils(world.session, twins, school=IRIS)) == (2, 2, 0, 0, 0)
    assert counts(rostering.import_pupils(world.session, twins, school=IRIS)) == (2, 0, 0, 2, 0)
    nameless = a_list(tmp_path, "Kaya;Emre;30/11/2015;;CM1 A")
    receipt = rostering.import_pupils(world.session, nameless, school=IRIS)
    assert counts(receipt) == (1, 0, 0, 0, 0)
    assert [problem.line for problem in receipt.value.problems] == [2]
    one_known = a_list(tmp_path, "Kaya;Emre;;;CM2", f"Kaya;Emre;30/11/2015;{INE_1};CM1 A")
    assert counts(rostering.import_pupils(world.session, one_known, school=IRIS)) == (2, 0, 1, 1, 0)
    assert (pupil_named("cm1 a").ine, pupil_named("cm2").ine) == (INE_1, INE_2)


@pytest.mark.parametrize("day", ["02/01/2017", ""])
@pytest.mark.parametrize("second", ["Diallo;Awa", "Kaya;Ada"])  # a stranger, and a sister
def test_exchanged_ines_rename_nobody(world: World, tmp_path: Path, second: str, day: str) -> None:
    world.school(IRIS)
    right = f"Kaya;Emre;30/11/2015;{INE_1};CM1 B", f"{second};02/01/2017;{INE_2};CE2"
    rostering.import_pupils(world.session, a_list(tmp_path, *right), school=IRIS)
    before = pupils.block(PupilFilter(), Place())
    exchanged = a_list(tmp_path, f"Kaya;Emre;;{INE_2};CM1 B", f"{second};{day};{INE_1};CE2")
    receipt = rostering.import_pupils(world.session, exchanged, school=IRIS)
    assert counts(receipt) == (2, 0, 0, 0, 0)
    assert [(problem.line, problem.facts) for problem in receipt.value.problems] == [
        (2, {"ine": INE_2}),
        (3, {"ine": INE_1}),
    ]
    assert pupils.block(PupilFilter(), Place()) == before
    assert counts(rostering.import_pupils(world.session, a_list(tmp_path, *right), school=IRIS)) == (2, 0, 0, 2, 0)


def test_an_ine_given_to_a_newcomer_makes_nobody_leave(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    rostering.import_pupils(world.session, a_list(tmp_path, *EMRE_AND_ADA), school=IRIS)
    mixed = a_list(tmp_path, f"Diallo;Awa;05/05/2016;{INE_1};CP", "Kaya;Ada;02/01/2017;;CE2")
    receipt = rostering.import_pupils(world.session, mixed, school=IRIS)
    assert counts(receipt) == (2, 0, 0, 1, 0)
    assert [problem.line for problem in receipt.value.problems] == [2]
    assert pupil_named("kaya emre").ine == INE_1


def test_a_pupil_known_by_ine_may_be_renamed(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    rostering.import_pupils(world.session, a_list(tmp_path, *EMRE_AND_ADA), school=IRIS)
    emre = pupil_named("kaya emre").id
    renamed = a_list(tmp_path, f"Yildiz;Emre;01/12/2015;{INE_1};CM1 B", EMRE_AND_ADA[1])
    receipt = rostering.import_pupils(world.session, renamed, school=IRIS)
    assert (counts(receipt), receipt.value.problems) == ((2, 0, 1, 1, 0), ())
    assert pupil_named("yildiz").id == emre


def test_a_doubtful_ine_is_a_warning_and_makes_no_second_pupil(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    rostering.import_pupils(world.session, a_list(tmp_path, *EMRE_AND_ADA), school=IRIS)
    emre, ada = pupil_named("kaya emre"), pupil_named("kaya ada")
    doubtful = a_list(
        tmp_path, f"Kaya;Emre;30/11/2015;{DOUBTFUL_1};CM1 B", f"Kaya;Ada;02/01/2017;{DOUBTFUL_2};CE2",
        f"Diallo;Awa;05/05/2016;{DOUBTFUL_3};CP",
    )  # fmt: skip
    receipt = rostering.import_pupils(world.session, doubtful, school=IRIS)
    assert counts(receipt) == (3, 1, 1, 1, 0)
    assert [problem.line for problem in receipt.value.problems] == [2, 3, 4]
    assert pupil_named("kaya emre") == emre  # a known INE stays
    assert (pupil_named("kaya ada").id, pupil_named("kaya ada").ine) == (ada.id, DOUBTFUL_2)
    assert pupil_named("diallo").ine == DOUBTFUL_3
    again = rostering.import_pupils(world.session, doubtful, school=IRIS)
    assert counts(again) == (3, 0, 0, 3, 0)
    corrected = a_list(tmp_path, *EMRE_AND_ADA, f"Diallo;Awa;05/05/2016;{INE_2};CP")
    assert counts(rostering.import_pupils(world.session, corrected, school=IRIS)) == (3, 0, 1, 2, 0)
    assert pupil_named("diallo").ine == INE_2


def test_real_pupils_wait_for_a_real_base_a_phrase_and_a_school(world: World) -> None:
    session, settings = world.session, world.session.settings
    with pytest.raises(InvalidUai):
        rostering.import_pupils(session, files.ONDE, school="0690142A")
    with pytest.raises(UnknownSchool):
        rostering.import_pupils(session, files.ONDE, school=IRIS)
    with pytest.raises(DemonstrationBase):
        rostering.import_pupils(
            replace(session, settings=replace(settings, is_demonstration=True)), files.ONDE, school=IRIS
        )
    with pytest.raises(RecoveryPhraseNotTypedBack):
        rostering.import_pupils(
            replace(session, settings=replace(settings, is_recovery_confirmed=False)), files.ONDE, school=IRIS
        )
    with pytest.raises(NotPermitted):
        rostering.import_pupils(new_session(world.base, actor=Actor("F", Role.FINANCE)), files.ONDE, school=IRIS)
