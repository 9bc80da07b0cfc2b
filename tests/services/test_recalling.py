"""What a school calls back: the tablets of pupils who left or moved."""

from datetime import date

from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.school import Recall
from tablet_loans.services import lending, recalling
from tablet_loans.storage import rows
from tests.builders import DUE, World

IRIS, LILAS = "0690142E", "0690026D"


def lent(world: World, pupil: PupilId) -> tuple[str, str]:
    tag = world.device()
    return lending.check_out(world.session, code=tag, pupil_id=pupil).value.number, tag


def write(world: World, pupil: PupilId, **values: object) -> None:
    with world.base.atomic():
        rows.update(world.base, "pupil", pupil, values)


def test_a_school_calls_back_what_it_lent_to_those_who_are_gone(world: World) -> None:
    iris, lilas = world.school(IRIS), world.school(LILAS)
    left, moved = world.pupil("Kaya", "Emre", school_id=iris), world.pupil("Diallo", "Awa", school_id=iris)
    stays, came = world.pupil("Petit", "Lou", school_id=iris), world.pupil("Roux", "Zoé", school_id=lilas)
    (loan_1, tag_1), (loan_2, tag_2), _, _ = (lent(world, each) for each in (left, moved, stays, came))
    write(world, left, left_on=date(2026, 4, 7))
    write(world, moved, school_id=lilas, moved_from_id=iris, moved_on=date(2026, 4, 8))
    write(world, came, moved_from_id=iris, moved_on=date(2026, 1, 5))  # lent after, by the school where he is
    of_iris = [
        Recall(loan_2, tag_2, "DIALLO Awa", "5e B", date(2026, 4, 8), LILAS, DUE),
        Recall(loan_1, tag_1, "KAYA Emre", "5e B", date(2026, 4, 7), None, DUE),
    ]
    assert recalling.recalls(world.session, IRIS) == of_iris
    assert recalling.recalls(world.session, LILAS) == []
    assert recalling.recalls(world.session, None) == of_iris


def test_what_was_returned_is_not_called_back(world: World) -> None:
    pupil = world.pupil()
    _, tag = lent(world, pupil)
    write(world, pupil, left_on=date(2026, 4, 7))
    lending.check_in(world.session, code=tag)
    assert recalling.recalls(world.session, None) == []
