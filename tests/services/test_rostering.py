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
    school = world.school(IRIS)
    rostering.import_pupils(world.session, files.BE1D, school=IRIS)
    known = pupil_named("oeuvrard").id
    rostering.import_pupils(world.session, files.ONDE, school=IRIS)
    assert pupil_named("oeuvrard").id == known
    assert pupil_named("oeuvrard").ine == "012345678AB"
    assert school


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
