"""How far the schools have come, whom to chase, the forms they fill in, and needs closed for good."""

import csv
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.errors import AlreadyUndone, NotPermitted, UnknownCampaign, UnknownSchool
from tablet_loans.domain.need import Answer, ClosedNeeds, Equipment, NeedsClosed, NobodyToAsk, Source, Told
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.school import SchoolFilter, SchoolStanding
from tablet_loans.services import asking, checking, correcting, lending, undoing
from tests.builders import CAMPAIGN, World, new_session
from tests.services.documents import codes_on, pages_of

NOTHING, OWN = Answer(Equipment.NONE, is_priority=True), Answer(Equipment.OWN)
PHONE = Answer(Equipment.PHONE, is_cellular=True)
TOLD = Told(date(2026, 3, 30), "Mme Perrin", Source.GRID)
IRIS, ZOLA = "0690142E", "0690143F"


def answer(world: World, *answers: tuple[PupilId, Answer]) -> None:
    asking.set_answers(world.session, campaign=CAMPAIGN, answers=answers, told=TOLD)


def two_schools(world: World) -> tuple[int, int]:
    return world.school(ZOLA, "Collège Zola"), world.school(IRIS, "Collège Les Iris")


def standings(world: World, **chosen: object) -> dict[str, SchoolStanding]:
    found = asking.schools_standing(world.session, SchoolFilter(CAMPAIGN, **chosen))  # type: ignore[arg-type]
    return {each.uai: each for each in found}


def test_coverage_is_by_school_or_by_class_of_one(world: World) -> None:
    zola, iris = two_schools(world)
    al, bo = (world.pupil(name, school_id=iris, class_name="5e A") for name in ("Al", "Bo"))
    cy, _ = (world.pupil(name, school_id=iris, class_name="3e C") for name in ("Cy", "Do"))
    world.pupil("Gone", school_id=iris, left_on=date(2026, 1, 5))
    world.pupil(school_id=zola)
    answer(world, (al, NOTHING), (bo, PHONE), (cy, OWN))
    by_school = asking.coverage(world.session, CAMPAIGN)
    assert [(each.name, each.pupils, each.answered, each.lacking) for each in by_school] == [
        (IRIS, 4, 3, 2),
        (ZOLA, 1, 0, 0),
    ]
    assert (by_school[0].cellular, by_school[0].priority) == (1, 1)
    by_class = asking.coverage(world.session, school=IRIS)
    assert [(each.name, each.pupils, each.answered, each.by_equipment[Equipment.OWN]) for each in by_class] == [
        ("3e C", 2, 1, 1),
        ("5e A", 2, 2, 0),
    ]


def test_only_the_answer_that_counts_is_counted(world: World) -> None:
    pupil = world.pupil(school_id=world.school(IRIS))
    answer(world, (pupil, NOTHING))
    answer(world, (pupil, OWN))
    (covered,) = asking.coverage(world.session, CAMPAIGN)
    assert (covered.answered, covered.lacking) == (1, 0)
    assert (standings(world)[IRIS].answered, standings(world)[IRIS].lacking) == (1, 0)


def test_a_school_stands_where_its_pupils_and_loans_do(world: World) -> None:
    zola, iris = two_schools(world)
    stays, leaves, moves = (world.pupil(name, school_id=iris) for name in ("Al", "Bo", "Cy"))
    for pupil in (stays, leaves, moves):
        lending.check_out(world.session, code=world.device(), pupil_id=pupil)
    answer(world, (stays, NOTHING))
    world.base.execute("UPDATE pupil SET left_on = '2026-04-06' WHERE id = ?", (leaves,))
    world.base.execute(
        "UPDATE pupil SET school_id = ?, moved_from_id = ?, moved_on = '2026-04-07' WHERE id = ?", (zola, iris, moves)
    )
    found = standings(world)
    assert list(found) == [IRIS, ZOLA]
    figures = {
        uai: (each.pupils, each.answered, each.lacking, each.lent, each.to_recall) for uai, each in found.items()
    }
    assert figures == {IRIS: (1, 1, 1, 2, 2), ZOLA: (1, 0, 0, 1, 0)}
    assert list(standings(world, has_recalls=True)) == [IRIS]


def test_a_pupil_lent_to_after_the_move_is_not_called_back(world: World) -> None:
    zola, iris = two_schools(world)
    pupil = world.pupil(school_id=zola)
    world.base.execute("UPDATE pupil SET moved_from_id = ?, moved_on = '2026-04-01' WHERE id = ?", (iris, pupil))
    lending.check_out(world.session, code=world.device(), pupil_id=pupil)
    assert [each.to_recall for each in standings(world).values()] == [0, 0]


def test_schools_are_chosen_by_words_silence_and_campaign(world: World) -> None:
    zola, iris = two_schools(world)
    done = world.pupil(school_id=iris)
    world.pupil("Bo", school_id=zola)
    answer(world, (done, OWN))
    assert list(standings(world, is_silent=True)) == [ZOLA]
    assert list(standings(world, is_silent=False)) == [IRIS]
    assert list(standings(world, search="iris")) == [IRIS]
    assert standings(world, search="!") == {}
    world.campaign("Rive gauche", schools=(ZOLA,))
    assert [each.uai for each in asking.schools_standing(world.session, SchoolFilter("Rive gauche"))] == [ZOLA]
    every = asking.schools_standing(world.session, SchoolFilter())
    assert [(each.uai, each.pupils, each.answered) for each in every] == [(IRIS, 1, 0), (ZOLA, 1, 0)]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_chase_list_says_whom_to_write_to_and_what_is_missing(world: World, tmp_path: Path, ending: str) -> None:
    zola, iris = two_schools(world)
    world.base.execute("UPDATE school SET email = '=iris@exemple.fr' WHERE id = ?", (iris,))
    done, half = world.pupil(school_id=zola), world.pupil("Bo", school_id=iris, class_name="5e A")
    for name, class_name in (("Cy", "5e A"), ("Do", "3e C"), ("Ed", "3e C")):
        world.pupil(name, school_id=iris, class_name=class_name)
    answer(world, (done, OWN), (half, OWN))
    out = tmp_path / f"chase.{ending}"
    assert asking.export_chase(world.session, CAMPAIGN, out) == (1, out)
    assert [str(cell).removesuffix(".0") for cell in written(out)[1]] == [
        IRIS, "Collège Les Iris", "'=iris@exemple.fr", "Villeurbanne", "4", "1", "3", "3e C",
    ]  # fmt: skip
    assert not [cell for row in written(out) for cell in row if "Abdelmalek" in str(cell) or "Inès" in str(cell)]


def written(out: Path) -> list[list[object]]:
    if out.suffix == ".csv":
        return list(csv.reader(out.read_text("utf-8-sig").splitlines(), delimiter=";"))  # type: ignore[arg-type]
    return [list(row) for row in CalamineWorkbook.from_path(out).get_sheet_by_index(0).to_python()]


def test_closed_needs_are_answered_no_more_and_not_closed_again(world: World) -> None:
    needy, equipped = world.pupil("Al"), world.pupil("Bo")
    answer(world, (needy, NOTHING), (equipped, OWN))
    world.base.execute("UPDATE pupil SET phone = '04 72 00 00 00'")
    closed = asking.close_needs(world.session, CAMPAIGN)
    assert closed.value == ClosedNeeds(guardians=0, phones=1)
    assert closed.ledger_id
    with pytest.raises(NeedsClosed):
        answer(world, (equipped, NOTHING))
    with pytest.raises(NeedsClosed):
        asking.close_needs(world.session, CAMPAIGN)
    with pytest.raises(UnknownCampaign):
        asking.close_needs(world.session, "Hiver")
    assert asking.coverage(world.session, CAMPAIGN)[0].answered == 2


def test_a_closing_that_was_stopped_is_finished_by_the_next_one(world: World) -> None:
    world.pupil("Al")
    asking.close_needs(world.session, CAMPAIGN)
    world.base.execute("UPDATE pupil SET phone = '04 72 00 00 00'")
    again = asking.close_needs(world.session, CAMPAIGN)
    assert (again.value, again.ledger_id) == (ClosedNeeds(guardians=0, phones=1), "")


def test_a_forgotten_phone_number_stays_in_no_correction(world: World) -> None:
    needy, equipped = world.pupil("Al"), world.pupil("Bo")
    answer(world, (needy, NOTHING), (equipped, OWN))
    correcting.correct(world.session, needy, {"phone": "06 11 11 11 11"})
    undone = correcting.correct(world.session, equipped, {"phone": "06 22 22 22 22"}).ledger_id
    undoing.undo(world.session, undone)
    kept = correcting.correct(world.session, equipped, {"class_name": "5e C"}).ledger_id
    asking.close_needs(world.session, CAMPAIGN)
    facts = [row[0] for row in world.base.execute("SELECT facts FROM ledger_facts").fetchall()]
    assert not any("22 22" in each for each in facts)
    assert any("11 11" in each for each in facts)
    assert checking.check(world.session).erased == 2
    undoing.undo(world.session, kept)
    with pytest.raises(AlreadyUndone):
        undoing.undo(world.session, undone)
    with pytest.raises(NeedsClosed):
        asking.close_needs(world.session, CAMPAIGN)


def test_answers_of_closed_needs_are_not_undone(world: World) -> None:
    first, second = (
        asking.set_answer(
            world.session, campaign=CAMPAIGN, pupil=str(world.pupil(name)), answer=NOTHING,
            told=Told(date(2026, 4, 1), "", Source.GRID),
        )
        for name in ("Al", "Bo")
    )  # fmt: skip
    undoing.undo(world.session, second.ledger_id)
    asking.close_needs(world.session, CAMPAIGN)
    with pytest.raises(NeedsClosed):
        undoing.undo(world.session, first.ledger_id)


def test_forms_are_printed_class_by_class_and_scan_back(world: World, tmp_path: Path) -> None:
    school, out = world.school(IRIS), tmp_path / "forms.pdf"
    wanted = [world.pupil(name, school_id=school, class_name=of) for name, of in (("Bo", "5e A"), ("Al", "5e B"))]
    world.pupil("Gone", school_id=school, left_on=date(2026, 1, 5))
    printed = asking.print_forms(world.session, campaign=CAMPAIGN, school=IRIS, out=out).value
    assert printed == asking.PrintedForms(pupils=2, classes=2, pages=2, file=str(out))
    for page, pupil in zip(pages_of(out), wanted, strict=True):
        assert pupil_card(pupil) in [code for code, _ in codes_on(page)]
    one = asking.print_forms(world.session, school=IRIS, class_name="5e B", out=out).value
    assert (one.pupils, one.pages) == (1, 1)
    with pytest.raises(NobodyToAsk):
        asking.print_forms(world.session, school=IRIS, class_name="6e Z", out=out)
    with pytest.raises(UnknownSchool):
        asking.print_forms(world.session, school=ZOLA, out=out)


def test_who_may_not_ask_neither_chases_nor_closes(world: World, tmp_path: Path) -> None:
    school = world.school(IRIS)
    world.pupil(school_id=school)
    finance, liaison = (new_session(world.base, actor=Actor("F. Blanc", role)) for role in (Role.FINANCE, Role.LIAISON))
    for gesture in (
        lambda: asking.export_chase(finance, CAMPAIGN, tmp_path / "chase.csv"),
        lambda: asking.print_forms(finance, school=IRIS, out=tmp_path / "forms.pdf"),
        lambda: asking.schools_standing(finance, SchoolFilter()),
        lambda: asking.close_needs(liaison, CAMPAIGN),
    ):
        with pytest.raises(NotPermitted):
            gesture()
    assert not list(tmp_path.glob("*.csv")) + list(tmp_path.glob("*.pdf"))
