"""A survey's answers come in: each line finds its pupil, or says why not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tablet_loans.domain.errors import NoOpenCampaign, UnknownSchool
from tablet_loans.domain.need import Answer, Equipment, NeedFilter, Source
from tablet_loans.domain.paging import Place
from tablet_loans.domain.problem import ImportReport
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import answering, asking, campaigning, undoing
from tests.builders import CAMPAIGN, NOON, World, ticking_clock

HEAD = "INE;Nom;Prénom;Date de naissance;Classe;Équipement;4G;Prioritaire;Date de réponse\r\n"
IRIS = "0690142E"


def survey(tmp_path: Path, *lines: str, head: str = HEAD) -> Path:
    path = tmp_path / "réponses.csv"
    path.write_text(head + "".join(f"{line}\r\n" for line in lines), "utf-8-sig", newline="")
    return path


def brought(world: World, path: Path, **named: object) -> ImportReport:
    return answering.import_answers(world.session, path, **named).value  # type: ignore[arg-type]


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, len(report.problems)


def answers(world: World) -> Mapping[PupilId, Answer | None]:
    return {row.pupil_id: row.answer for row in asking.block(world.session, NeedFilter(CAMPAIGN), Place())}


def test_pupils_are_known_by_ine_or_by_name_in_the_school_said(world: World, tmp_path: Path) -> None:
    school = world.school(IRIS)
    known, named = world.pupil("Al", ine="123456789AB"), world.pupil("L'Hôte", "Zoé", school_id=school)
    path = survey(tmp_path, "123456789AB;;;;;rien;oui;;01/04/2026", ";LHOTE;Zoe;;5E B;Partagé;;x;02/04/2026")
    assert counts(brought(world, path, school=IRIS)) == (1, 0, 0, 1)
    path = survey(tmp_path, "123456789AB;;;;;rien;oui;;01/04/2026", ";L'HOTE;Zoe;;5E B;Partagé;;x;02/04/2026")
    assert counts(brought(world, path, school=IRIS)) == (1, 0, 1, 0)
    assert answers(world) == {
        known: Answer(Equipment.NONE, is_cellular=True),
        named: Answer(Equipment.SHARED, is_priority=True),
    }
    row = asking.block(world.session, NeedFilter(CAMPAIGN), Place())[0]
    assert row.told is not None
    assert (row.told.asked_on, row.told.source) == (date(2026, 4, 1), Source.SURVEY)


def test_the_same_file_twice_changes_nothing(world: World, tmp_path: Path) -> None:
    pupil = world.pupil("Al", school_id=world.school(IRIS))
    path = survey(tmp_path, ";Al;Inès;;;rien;;;", ";AL;Ines;;;rien;;;")
    assert counts(brought(world, path, school=IRIS)) == (1, 0, 1, 0)
    again = answering.import_answers(world.session, path, school=IRIS)
    assert counts(again.value) == (0, 0, 2, 0)
    assert (again.ledger_id, again.topics) == ("", frozenset())
    assert answers(world) == {pupil: Answer(Equipment.NONE)}


def test_a_line_without_a_date_that_says_what_counts_is_nothing_new_the_next_day(world: World, tmp_path: Path) -> None:
    world.pupil("Al", school_id=world.school(IRIS))
    path = survey(tmp_path, ";Al;Inès;;;rien;;;")
    brought(world, path, school=IRIS)
    tomorrow = replace(world.session, clock=ticking_clock(NOON + timedelta(1)))
    assert counts(answering.import_answers(tomorrow, path, school=IRIS).value) == (0, 0, 1, 0)
    other = survey(tmp_path, ";Al;Inès;;;équipé;;;")
    assert counts(answering.import_answers(tomorrow, other, school=IRIS).value) == (0, 1, 0, 0)


def test_a_dry_run_says_the_same_and_writes_nothing(world: World, tmp_path: Path) -> None:
    pupil = world.pupil("Al", school_id=world.school(IRIS))
    path = survey(tmp_path, ";Al;Inès;;;rien;;;01/04/2026", ";Al;Inès;;;équipé;;;02/04/2026", ";Bo;Inès;;;rien;;;")
    foreseen = brought(world, path, school=IRIS, is_dry_run=True)
    assert answers(world) == {pupil: None}
    assert foreseen == brought(world, path, school=IRIS)
    assert counts(foreseen) == (1, 1, 0, 1)
    assert answers(world) == {pupil: Answer(Equipment.OWN)}


def test_namesakes_are_told_apart_or_left_to_a_person(world: World, tmp_path: Path) -> None:
    school = world.school(IRIS)
    first, second = (world.pupil("Al", school_id=school, class_name=of) for of in ("5e A", "5e B"))
    world.base.execute("UPDATE pupil SET birth_date = '2013-05-01' WHERE id = ?", (first,))
    world.base.execute("UPDATE pupil SET birth_date = '2013-06-02' WHERE id = ?", (second,))
    path = survey(tmp_path, ";Al;Inès;;;rien;;;", ";Al;Inès;;5EB;téléphone;;;", ";Al;Inès;01/05/2013;;équipé;;;",
                  ";Al;Inès;02/05/2013;;équipé;;;")  # fmt: skip
    report = brought(world, path, school=IRIS)
    assert [problem.line for problem in report.problems] == [2, 5]
    assert answers(world) == {first: Answer(Equipment.OWN), second: Answer(Equipment.PHONE)}


def test_what_is_not_taken_is_told_by_line(world: World, tmp_path: Path) -> None:
    school = world.school(IRIS)
    world.pupil("Al", school_id=school, ine="123456789AB")
    world.pupil("Bo", school_id=school, left_on=date(2026, 1, 5))
    lines = (
        "123456789AB;Kaya;Emre;;;rien;;;", "123456789AC;;;;;rien;;;", ";Bo;Inès;;;rien;;;",
        ";Al;Inès;;;rien;;;01/12/2026", ";Cy;Inès;;;rien;;;",
    )  # fmt: skip
    report = brought(world, survey(tmp_path, *lines), school=IRIS)
    assert [problem.line for problem in report.problems] == [2, 3, 4, 5, 6]
    assert (report.rows, report.created) == (5, 0)


def test_a_line_without_ine_needs_a_school(world: World, tmp_path: Path) -> None:
    here, elsewhere = world.school(IRIS), world.school()
    world.pupil("Al", school_id=here)
    world.pupil("Al", school_id=elsewhere)
    head = HEAD.replace("Classe", "UAI")
    path = survey(tmp_path, ";Al;Inès;;;rien;;;", f";Al;Inès;;{IRIS};rien;;;", ";Al;Inès;;0699999T;rien;;;", head=head)
    assert counts(brought(world, path)) == (1, 0, 0, 2)
    assert counts(brought(world, path, school=IRIS)) == (0, 0, 2, 1)


def test_a_line_older_than_what_counts_is_kept_beside_it(world: World, tmp_path: Path) -> None:
    pupil = world.pupil("Al", ine="123456789AB")
    brought(world, survey(tmp_path, "123456789AB;;;;;rien;;;02/04/2026"))
    older = survey(tmp_path, "123456789AB;;;;;équipé;;;01/04/2026")
    assert counts(brought(world, older)) == (0, 0, 1, 0)
    assert answers(world) == {pupil: Answer(Equipment.NONE)}
    assert world.base.execute("SELECT count(*) FROM need").fetchone()[0] == 2


def test_an_import_is_several_acts_each_undone_alone(world: World, tmp_path: Path) -> None:
    school = world.school(IRIS)
    names = [f"Nom{chr(65 + number // 26)}{chr(65 + number % 26)}" for number in range(205)]
    for name in names:
        world.pupil(name, school_id=school)
    path = survey(tmp_path, *(f";{name};Inès;;;rien;;;" for name in names))
    receipt = answering.import_answers(world.session, path, school=IRIS)
    assert counts(receipt.value) == (205, 0, 0, 0)
    undoing.undo(world.session, receipt.ledger_id)
    assert sum(answer is not None for answer in answers(world).values()) in (200, 195)


def test_the_columns_of_a_survey_are_named_by_a_mapping(world: World, tmp_path: Path) -> None:
    pupil = world.pupil("Al", school_id=world.school(IRIS))
    head = "Nom de votre enfant;Prénom de votre enfant;Qu'avez-vous à la maison ?\r\n"
    mapping = dict(zip(head.strip().split(";"), ("family_name", "given_name", "equipment"), strict=True))
    brought(world, survey(tmp_path, "Al;Inès;rien", head=head), school=IRIS, mapping=mapping)
    assert answers(world) == {pupil: Answer(Equipment.NONE)}


def test_nothing_comes_in_for_no_campaign_or_an_unknown_school(world: World, tmp_path: Path) -> None:
    path = survey(tmp_path, ";Al;Inès;;;rien;;;")
    with pytest.raises(UnknownSchool):
        brought(world, path, school=IRIS)
    campaigning.close(world.session, CAMPAIGN)
    with pytest.raises(NoOpenCampaign):
        brought(world, path)
