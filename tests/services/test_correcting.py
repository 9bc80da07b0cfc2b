"""Correcting a pupil by hand, on both engines: what is refused, what is kept, and taking it back."""

from datetime import date

import pytest

from tablet_loans.domain.correction import (
    EmptyName,
    IneTaken,
    InvalidIne,
    NotABirthDate,
    NotCorrectable,
    TextTooLong,
)
from tablet_loans.domain.errors import NotPermitted, Refusal, UnknownPupil, UnknownSchool
from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import PupilFilter, PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import correcting, undoing
from tablet_loans.services.session import Topic
from tablet_loans.storage import ledger, pupils, rows
from tests.builders import World, new_session

LILAS, INE, DOUBTFUL = "0690026D", "012345678AB", "1234567890A"


def columns_of(world: World, pupil: PupilId, *columns: str) -> tuple[object, ...]:
    row = rows.current(world.base, "pupil", pupil, columns)
    assert row is not None
    return tuple(row.values())


def test_a_correction_is_found_kept_and_taken_back(world: World) -> None:
    pupil, lilas = world.pupil("Kaia", "Emre"), world.school(LILAS)
    changes: dict[str, str | date | None] = {
        "family_name": " Kaya ",
        "birth_date": date(2015, 11, 30),
        "ine": "0123 45678 ab",
        "school": "690026d",
    }
    receipt = correcting.correct(world.session, pupil, changes)
    assert receipt.topics == {Topic.PUPILS}
    (row,) = pupils.block(PupilFilter(search="kaya"), Place())
    assert (row.id, row.family_name, row.birth_date, row.ine, row.school) == (
        pupil, "Kaya", date(2015, 11, 30), INE, LILAS,
    )  # fmt: skip
    assert columns_of(world, pupil, "school_id", "sort_key", "corrected") == (
        lilas, "kaya emre", '["birth_date", "family_name", "ine", "school_id"]',
    )  # fmt: skip
    found = ledger.find(world.base, receipt.ledger_id)
    assert found is not None
    undoing.undo(world.session, receipt.ledger_id)
    assert columns_of(world, pupil, "family_name", "ine", "corrected") == ("Kaia", None, "[]")


def test_what_is_so_already_writes_nothing(world: World) -> None:
    pupil = world.pupil("Kaya", "Emre")
    receipt = correcting.correct(world.session, pupil, {"family_name": "Kaya", "ine": "", "birth_date": None})
    assert (receipt.ledger_id, receipt.topics) == ("", frozenset())
    assert columns_of(world, pupil, "corrected") == ("[]",)


def test_a_second_correction_adds_to_the_first(world: World) -> None:
    pupil = world.pupil("Kaya", "Emre")
    correcting.correct(world.session, pupil, {"class_name": "6e A"})
    correcting.correct(world.session, pupil, {"phone": "06 12 34 56 78", "ine": DOUBTFUL})
    assert columns_of(world, pupil, "corrected", "ine") == ('["class_name", "ine", "phone"]', DOUBTFUL)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"family_name": "  "}, EmptyName),
        ({"given_name": ""}, EmptyName),
        ({"class_name": "x" * 61}, TextTooLong),
        ({"ine": "12"}, InvalidIne),
        ({"ine": INE}, IneTaken),
        ({"birth_date": date(2030, 1, 1)}, NotABirthDate),
        ({"birth_date": "hier"}, NotABirthDate),
        ({"household": "1"}, NotCorrectable),
        ({"school": LILAS}, UnknownSchool),
    ],
)
def test_what_cannot_be_is_refused(world: World, changes: dict[str, str | date], refused: type[Refusal]) -> None:
    world.pupil("Diallo", "Awa", ine=INE)
    pupil = world.pupil("Kaya", "Emre")
    with pytest.raises(refused):
        correcting.correct(world.session, pupil, changes)
    assert columns_of(world, pupil, "family_name", "ine", "corrected") == ("Kaya", None, "[]")


def test_who_may_not_bring_pupils_in_corrects_nobody(world: World) -> None:
    pupil = world.pupil()
    with pytest.raises(NotPermitted):
        correcting.correct(new_session(world.base, actor=Actor("L", Role.LIAISON)), pupil, {"class_name": "6e"})
    with pytest.raises(UnknownPupil):
        correcting.correct(world.session, PupilId(9_999), {"class_name": "6e"})
