"""A disk that is full in the middle of a paper: no half file, nothing marked, and the same works once there is room."""

import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tablet_loans.domain.label import LabelState
from tablet_loans.domain.letter import LetterChoice, LetterKind
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.trouble import FileTrouble
from tablet_loans.services import (
    agreeing,
    batching,
    calibrating,
    carding,
    labelling,
    lending,
    listing,
    mailing,
    receipting,
    writing,
)
from tablet_loans.services.labelling import LabelDevices, LabelOptions
from tablet_loans.storage import schema
from tablet_loans.storage.database import open_database
from tests.builders import World, new_session

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the system limits no file's size"),
    pytest.mark.xdist_group("postgres"),
]
ROOM = 6_000
SCHOOL = "0690142E"

Write = Callable[[World, Path], object]


@pytest.fixture
def served(postgres_url: str) -> Iterator[World]:
    """Return a base on a server, whose files no limit of this process touches, with three tablets lent."""
    base = open_database(postgres_url, create=True)
    schema.upgrade(base)
    world = World(new_session(base))
    world.campaign()
    school = world.school(SCHOOL)
    for name in ("Abdelmalek", "Benali", "Çelik"):
        pupil = world.pupil(name, class_name="5e B", school_id=school)
        lending.check_out(world.session, code=world.device(), pupil_id=pupil)
    world.pupil("Sans Tablette", class_name="5e B", school_id=school)
    yield world
    base.close()


@contextmanager
def a_disk_with(room: int) -> Iterator[None]:
    """Let no file of this process grow beyond `room` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def numbers(world: World) -> tuple[str, ...]:
    return tuple(row.loan for row in agreeing.listed(world.session))


PAPERS: dict[str, Write] = {
    "agreements": lambda world, out: agreeing.print_agreements(world.session, LoanFilter(is_open=True), out),
    "sheets": lambda world, out: agreeing.print_sheets(world.session, school=SCHOOL, out=out),
    "spare": lambda world, out: batching.print_spare(world.session, 2, out),
    "labels": lambda world, out: labelling.print_labels(
        world.session, LabelDevices(school=None, state=None, span="ML-000000..ML-999999"), out, LabelOptions()
    ),
    "cards": lambda world, out: carding.print_cards(world.session, SCHOOL, out, LabelOptions(stock=carding.CARD_STOCK)),
    "letters": lambda world, out: writing.write_letters(
        world.session, LetterKind.LOSS, LetterChoice(numbers=numbers(world)), out
    ),
    "hand-over lists": lambda world, out: listing.print_hand_overs(world.session, None, out),
    "unsigned": lambda world, out: listing.print_unsigned(world.session, out),
    "receipts": lambda world, out: listing.print_hand_over_receipts(world.session, numbers(world), out),
    "label receipts": lambda world, out: receipting.print_receipts(
        world.session, numbers(world), out, LabelOptions(stock=receipting.RECEIPT_STOCK)
    ),
    "calibration": lambda world, out: calibrating.print_calibration(world.session, "Avery L7159", out),
}


@pytest.mark.parametrize("paper", PAPERS)
def test_a_disk_full_in_the_middle_leaves_no_half_paper(served: World, tmp_path: Path, paper: str) -> None:
    out = tmp_path / "paper.pdf"
    with a_disk_with(ROOM), pytest.raises(FileTrouble):
        PAPERS[paper](served, out)
    assert list(tmp_path.iterdir()) == []
    assert [row.agreement for row in agreeing.listed(served.session)] == ["drafted"] * 3
    assert labelling.journal(served.session, LabelState.PRINTED) == []
    assert mailing.journal(served.session) == []
    PAPERS[paper](served, out)
    assert out.stat().st_size > ROOM
