"""Moves, by file and by hand, on both engines: the school that lent calls back, and the new school's class counts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import checking, correcting, lending, recalling, rostering, undoing
from tablet_loans.services.session import Session
from tablet_loans.storage import rows
from tests.builders import NOON, World, ticking_clock

A, B, C = "0690142E", "0690026D", "0691670R"
ONDE = "Nom élève;Prénom élève;Date naissance;INE;Libellé classe;Niveau"
EMRE = "Kaya;Emre;2014-05-02;123456789AB"

Move = Callable[[World, PupilId, str, int], None]


def on_day(world: World, day: int) -> Session:
    return replace(world.session, clock=ticking_clock(NOON + timedelta(days=day)))


def brought(session: Session, folder: Path, school: str, line: str = f"{EMRE};CM1;CM1") -> LedgerId:
    path = folder / "roll.csv"
    path.write_text(f"{ONDE}\n{line}", "utf-8")
    return rostering.import_pupils(session, path, school=school).ledger_id


@pytest.fixture
def emre(world: World, tmp_path: Path) -> PupilId:
    """Return a pupil of A."""
    for school in (A, B, C):
        world.school(school)
    brought(world.session, tmp_path, A)
    return PupilId(world.base.execute("SELECT id FROM pupil").fetchone()[0])


@pytest.fixture(params=["file", "hand"])
def move(request: pytest.FixtureRequest, tmp_path: Path) -> Move:
    """Return a function that moves a pupil to a school on a day."""

    def by_file(world: World, _: PupilId, school: str, day: int) -> None:
        brought(on_day(world, day), tmp_path, school)

    def by_hand(world: World, pupil: PupilId, school: str, day: int) -> None:
        correcting.correct(on_day(world, day), pupil, {"school": school})

    return by_file if request.param == "file" else by_hand


def recalls(world: World) -> list[int]:
    return [len(recalling.recalls(world.session, school)) for school in (A, B, C)]


def test_the_school_that_lent_calls_back_however_often_a_pupil_moves(world: World, emre: PupilId, move: Move) -> None:
    lending.check_out(world.session, code=world.device(), pupil_id=emre)
    assert recalls(world) == [0, 0, 0]
    move(world, emre, B, 10)
    assert recalls(world) == [1, 0, 0]
    move(world, emre, C, 20)
    assert recalls(world) == [1, 0, 0]
    move(world, emre, A, 30)
    assert recalls(world) == [0, 0, 0]


def test_who_borrows_after_a_move_and_goes_back_is_called_by_the_lender(
    world: World, emre: PupilId, move: Move
) -> None:
    move(world, emre, B, 10)
    lending.check_out(on_day(world, 11), code=world.device(), pupil_id=emre)
    assert recalls(world) == [0, 0, 0]
    move(world, emre, A, 20)
    assert recalls(world) == [0, 1, 0]
    move(world, emre, C, 30)
    assert recalls(world) == [0, 1, 0]


def test_a_move_by_hand_taken_back_recalls_nothing(world: World, emre: PupilId) -> None:
    columns = ("local_number", "moved_from_id", "moved_on", "corrected")
    with world.base.atomic():
        rows.update(world.base, "pupil", emre, {"local_number": "41"})
    before = rows.current(world.base, "pupil", emre, columns)
    lending.check_out(world.session, code=world.device(), pupil_id=emre)
    moved = correcting.correct(on_day(world, 10), emre, {"school": B})
    assert rows.current(world.base, "pupil", emre, ("local_number",)) == {"local_number": None}  # another's at B
    undoing.undo(world.session, moved.ledger_id)
    assert (recalls(world), rows.current(world.base, "pupil", emre, columns)) == ([0, 0, 0], before)
    checking.check(world.session)


def test_what_was_corrected_of_a_class_ends_with_the_school(world: World, emre: PupilId, tmp_path: Path) -> None:
    correcting.correct(world.session, emre, {"class_name": "CM1 bis", "level": "CM", "phone": "06 12 34 56 78"})
    brought(world.session, tmp_path, A)
    columns = ("class_name", "level", "phone", "corrected")
    before = rows.current(world.base, "pupil", emre, columns)
    assert before == {
        "class_name": "CM1 bis", "level": "CM", "phone": "06 12 34 56 78",
        "corrected": '["class_name", "level", "phone"]',
    }  # fmt: skip
    moved = brought(world.session, tmp_path, B, f"{EMRE};6e A;6e")
    assert rows.current(world.base, "pupil", emre, columns) == {
        "class_name": "6e A", "level": "6e", "phone": "06 12 34 56 78", "corrected": '["phone"]',
    }  # fmt: skip
    undoing.undo(world.session, moved)
    assert rows.current(world.base, "pupil", emre, columns) == before


def test_the_class_of_a_school_corrected_by_hand_is_that_of_its_next_file(
    world: World, emre: PupilId, tmp_path: Path
) -> None:
    correcting.correct(world.session, emre, {"class_name": "CM1 bis"})
    correcting.correct(world.session, emre, {"school": B, "level": "6e"})
    brought(world.session, tmp_path, B, f"{EMRE};6e A;7e")
    assert rows.current(world.base, "pupil", emre, ("class_name", "level", "corrected")) == {
        "class_name": "6e A", "level": "6e", "corrected": '["level", "school_id"]',
    }  # fmt: skip
