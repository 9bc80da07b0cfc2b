"""A snapshot holds every row of either engine, and goes to either."""

from pathlib import Path

import pytest

from tablet_loans.domain.trouble import BaseExists
from tablet_loans.services import checking, lending, opening
from tablet_loans.services.session import Progress
from tablet_loans.storage import schema, snapshot
from tablet_loans.storage.database import open_database
from tablet_loans.storage.ledger_models import BASE
from tests.builders import World, new_session
from tests.services.planned import in_need


def filled(world: World) -> World:
    """Fill a world with loans, one of them exchanged for a later one, and with an answer."""
    one, other = world.device(), world.device()
    in_need(world, "Brun", is_cellular=True)
    lending.check_out(world.session, code=one, pupil_id=world.pupil("Kaya", "Emre"))
    lending.check_out(world.session, code=other, pupil_id=world.pupil("Kaya", "Deniz"))
    lending.swap(world.session, code=one, other_code=other)
    return world


def test_a_snapshot_is_a_sound_base_of_its_own(world: World, tmp_path: Path) -> None:
    filled(world)
    out = tmp_path / "copy.sqlite"
    seen: list[tuple[int, int]] = []
    count = snapshot.write(world.base, out, None, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (count, count)
    copy = open_database(str(out))
    session = new_session(copy)
    assert checking.check(session).lines == checking.check(world.session).lines
    lending.check_in(session, code="R52M0000001")
    copy.close()
    BASE.initialize(world.base.database)
    with pytest.raises(BaseExists):
        snapshot.write(world.base, out, None, lambda _done, _total: None)


@pytest.mark.xdist_group("postgres")
def test_a_base_moves_to_a_server_and_goes_on_there(sqlite_world: World, postgres_url: str, tmp_path: Path) -> None:
    filled(sqlite_world)
    out = tmp_path / "copy.sqlite"
    opening.back_up(sqlite_world.session, out)
    opening.restore(postgres_url, out)
    moved = open_database(postgres_url)
    session = new_session(moved)
    lending.check_in(session, code="R52M0000001")
    assert checking.check(session).lines == 6
    World(session).pupil("Nouvelle")
    moved.close()


def test_a_cancelled_snapshot_leaves_nothing(world: World, tmp_path: Path) -> None:
    from tablet_loans.services.session import Cancelled

    with pytest.raises(Cancelled):
        opening.back_up(
            world.session, tmp_path / "copy.sqlite", is_plain=True, progress=Progress(is_cancelled=lambda: True)
        )
    assert not list(tmp_path.glob("copy*"))
    assert schema.version(world.base) == schema.versions()[-1]
