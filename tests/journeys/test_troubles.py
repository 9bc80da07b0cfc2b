"""The world fails in the middle of an act: it is refused aloud, never half done, and work goes on after."""

from dataclasses import replace
from datetime import datetime

import psycopg
import pytest

from tablet_loans.domain.trouble import BaseReadOnly, DiskFull, ServerAway
from tablet_loans.services import checking, lending, serving
from tablet_loans.services.desk import Did
from tablet_loans.storage import schema
from tablet_loans.storage.database import open_database
from tests.builders import NOON, World, new_session


@pytest.mark.xdist_group("postgres")
def test_a_server_that_goes_away_in_the_middle_of_an_act_leaves_nothing_of_it(postgres_url: str) -> None:
    base = open_database(postgres_url, create=True)
    schema.upgrade(base)
    world = World(new_session(base))
    world.campaign()
    tag, pupil = world.device(), world.pupil()
    reads = iter(range(100))

    def clock_that_cuts() -> datetime:
        """Tell the time; at the third reading, when the loan is written, every connection is cut."""
        if next(reads) == 2:
            with psycopg.connect(postgres_url, autocommit=True) as knife:
                knife.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        return NOON

    with pytest.raises(ServerAway):
        lending.check_out(replace(world.session, clock=clock_that_cuts), code=tag, pupil_id=pupil)
    assert next(reads) > 2
    base.close()
    assert world.loan_states() == []
    assert world.state_of(tag) == "ready"
    lending.check_out(world.session, code=tag, pupil_id=pupil)
    checking.check(world.session)
    base.close()


@pytest.mark.xdist_group("postgres")
def test_a_connection_cut_between_two_acts_is_made_again(postgres_url: str) -> None:
    base = open_database(postgres_url, create=True)
    schema.upgrade(base)
    world = World(new_session(base))
    world.campaign()
    tag, pupil = world.device(), world.pupil()
    with psycopg.connect(postgres_url, autocommit=True) as knife:
        knife.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    lending.check_out(world.session, code=tag, pupil_id=pupil)
    assert world.state_of(tag) == "on_loan"
    with psycopg.connect(postgres_url, autocommit=True) as knife:
        knife.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    with pytest.raises(ServerAway):
        serving.answer(world.session, tag)
    assert serving.answer(world.session, tag).did is Did.SHOWED_HOLDER
    base.close()


def test_a_full_disk_refuses_the_act_and_keeps_the_ones_before(sqlite_world: World) -> None:
    world = sqlite_world
    tags, pupil = [world.device() for _ in range(60)], world.pupil()
    pages = world.base.execute("PRAGMA page_count").fetchone()[0]
    world.base.execute(f"PRAGMA max_page_count = {pages + 4}")
    done = 0
    with pytest.raises(DiskFull):
        for tag in tags:
            lending.check_out(world.session, code=tag, pupil_id=pupil)
            lending.check_in(world.session, code=tag)
            done += 1
    assert done >= 1
    world.base.execute("PRAGMA max_page_count = 1073741823")
    sound = checking.check(world.session)
    assert sound.lines >= 1 + 2 * done
    other = world.pupil("Martin")
    lending.check_out(world.session, code=tags[-1], pupil_id=other)


def test_a_base_that_cannot_be_written_refuses_the_act(sqlite_world: World) -> None:
    world = sqlite_world
    tag, pupil = world.device(), world.pupil()
    world.base.execute("PRAGMA query_only = 1")
    with pytest.raises(BaseReadOnly):
        lending.check_out(world.session, code=tag, pupil_id=pupil)
    assert world.state_of(tag) == "ready"
