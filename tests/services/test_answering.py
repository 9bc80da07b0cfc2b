"""A survey's answers come in: each line finds its pupil, or says why not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tablet_loans.domain.errors import NoOpenCampaign, UnknownSchool
from tablet_loans.domain.need import Answer, Equipment, NeedFilter, Source, Told
from tablet_loans.domain.paging import Place
from tablet_loans.domain.problem import ImportReport
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.school_return import SEVERAL_ANSWERS
from tablet_loans.services import answering, asking, campaigning, undoing
from tablet_loans.services.session import Cancelled, Progress
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


def written(world: World) -> tuple[int, int]:
    """Return how many answers and how many acts of answering there are."""
    acts = world.base.execute("SELECT count(*) FROM ledger_line WHERE action = 'answered'").fetchone()[0]
    return world.base.execute("SELECT count(*) FROM need").fetchone()[0], acts


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


def a_class(world: World, tmp_path: Path, count: int) -> Path:
    """Return a survey in which so many pupils have nothing."""
    school = world.school(IRIS)
    names = [f"Nom{chr(65 + number // 26)}{chr(65 + number % 26)}" for number in range(count)]
    for name in names:
        world.pupil(name, school_id=school)
    return survey(tmp_path, *(f";{name};Inès;;;rien;;;" for name in names))


def test_a_file_is_one_act_undone_as_one_and_may_then_come_again(world: World, tmp_path: Path) -> None:
    path = a_class(world, tmp_path, 405)
    receipt = answering.import_answers(world.session, path, school=IRIS)
    assert counts(receipt.value) == (405, 0, 0, 0)
    undoing.undo(world.session, receipt.ledger_id)
    assert set(answers(world).values()) == {None}
    assert counts(brought(world, path, school=IRIS)) == (405, 0, 0, 0)


@pytest.mark.parametrize("most", [5_000, 10])
def test_it_is_cancelled_before_the_first_answer_or_not_at_all(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(answering, "MOST_OF_A_FILE", most)
    path = a_class(world, tmp_path, 25)
    after = Progress(is_cancelled=lambda: any(answers(world).values()))
    assert answering.import_answers(world.session, path, school=IRIS, progress=after).value.created == 25
    assert written(world) == (25, -(-25 // most))
    with pytest.raises(Cancelled):
        answering.import_answers(world.session, path, school=IRIS, progress=Progress(is_cancelled=lambda: True))


def test_a_file_that_comes_again_later_beats_no_newer_answer(world: World, tmp_path: Path) -> None:
    school = world.school(IRIS)
    pupil, late = world.pupil("Al", school_id=school), world.pupil("Bo", school_id=world.school())
    path = survey(tmp_path, ";Al;Inès;;;rien;;;", ";Bo;Inès;;;rien;;;")
    first = answering.import_answers(world.session, path, school=IRIS)
    assert counts(first.value) == (1, 0, 0, 1)
    told = Told(NOON.date() + timedelta(3), "", Source.GRID)
    in_days = [replace(world.session, clock=ticking_clock(NOON + timedelta(days))) for days in (3, 5)]
    asking.set_answer(in_days[0], pupil=str(pupil), answer=Answer(Equipment.OWN), told=told)
    with world.base.atomic():
        world.base.execute("UPDATE pupil SET school_id = ? WHERE id = ?", (school, late))
    again = answering.import_answers(in_days[1], path, school=IRIS)
    assert counts(again.value) == (1, 0, 1, 0)
    assert answers(world) == {pupil: Answer(Equipment.OWN), late: Answer(Equipment.NONE)}
    assert answering.import_answers(in_days[1], path, school=IRIS).ledger_id == ""


def test_whom_a_file_told_nothing_new_it_tells_nothing_later_either(world: World, tmp_path: Path) -> None:
    school = world.school(IRIS)
    known, other = world.pupil("Al", school_id=school), world.pupil("Bo", school_id=school)
    nothing = Told(NOON.date(), "", Source.GRID)
    asking.set_answer(world.session, pupil=str(known), answer=Answer(Equipment.NONE), told=nothing)
    path = survey(tmp_path, ";Al;Inès;;;rien;;;", ";Bo;Inès;;;rien;;;")
    assert counts(brought(world, path, school=IRIS)) == (1, 0, 1, 0)
    asking.set_answer(world.session, pupil=str(known), answer=Answer(Equipment.OWN), told=nothing)
    assert counts(brought(world, path, school=IRIS)) == (0, 0, 2, 0)
    assert answers(world) == {known: Answer(Equipment.OWN), other: Answer(Equipment.NONE)}


def test_two_lines_of_a_pupil_that_differ_are_told_and_none_is_taken(world: World, tmp_path: Path) -> None:
    school = world.school(IRIS)
    pupils = [world.pupil(name, school_id=school) for name in ("Al", "Bo", "Cy")]
    path = survey(
        tmp_path, ";Al;Inès;;;rien;;;", ";Al;Inès;;;équipé;;;", ";Bo;Inès;;;rien;;;02/04/2026",
        ";Bo;Inès;;;équipé;;;02/04/2026", ";Cy;Inès;;;rien;;;02/04/2026", ";Cy;Inès;;;rien;;;",
    )  # fmt: skip
    report = brought(world, path, school=IRIS)
    assert counts(report) == (1, 0, 1, 4)
    assert {problem.template for problem in report.problems} == {SEVERAL_ANSWERS}
    assert answers(world) == dict(zip(pupils, (None, None, Answer(Equipment.NONE)), strict=True))
    assert counts(brought(world, path, school=IRIS)) == (0, 0, 2, 4)
    assert written(world) == (1, 1)


def test_an_older_answer_that_is_kept_already_chains_no_line(world: World, tmp_path: Path) -> None:
    pupil = world.pupil("Al", school_id=world.school(IRIS))
    brought(world, survey(tmp_path, ";Al;Inès;;;rien;;;01/04/2026"), school=IRIS)
    told = Told(date(2026, 4, 3), "", Source.GRID)
    asking.set_answer(world.session, pupil=str(pupil), answer=Answer(Equipment.OWN), told=told)
    saved_anew = survey(tmp_path, ";AL;INES;;;rien;;;01/04/2026")
    assert answering.import_answers(world.session, saved_anew, school=IRIS).ledger_id == ""
    assert written(world) == (2, 2)


def test_a_pupil_of_another_school_than_the_one_named_is_told(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    pupil = world.pupil("Al", school_id=world.school(), ine="123456789AB")
    path = survey(tmp_path, "123456789AB;;;;;rien;;;")
    assert counts(brought(world, path, school=IRIS)) == (0, 0, 0, 1)
    assert counts(brought(world, path)) == (1, 0, 0, 0)
    assert answers(world) == {pupil: Answer(Equipment.NONE)}


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
