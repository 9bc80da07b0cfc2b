"""Migrations: they make what the models say, and the version before goes on working."""

from typing import Any

import pytest

from tablet_loans.domain.errors import ReservedForAnother
from tablet_loans.domain.trouble import UpgradeNeeded
from tablet_loans.services import lending, undoing
from tablet_loans.storage import rows, schema
from tablet_loans.storage.database import Base, RaceLost, open_database
from tablet_loans.storage.models import TABLES
from tests.builders import World, new_session


def shape(base: Base) -> dict[str, Any]:
    """Return the columns and indexes of every table."""
    tables = {}
    for table in sorted(table._meta.table_name for table in TABLES):
        columns = [(column.name, column.null) for column in base.database.get_columns(table)]
        indexes = {
            (tuple(index.columns), index.unique)
            for index in base.database.get_indexes(table)
            if tuple(index.columns) != ("id",) and "_by_" not in index.name  # binary orders, which no model can state
        }
        tables[table] = (columns, indexes)
    return tables


def test_the_migrations_make_the_tables_of_the_models(base: Base) -> None:
    migrated = shape(base)
    base.database.drop_tables(list(reversed(TABLES)), cascade=base.is_server)
    base.database.create_tables(TABLES)
    modelled = shape(base)
    for table, (columns, indexes) in modelled.items():
        assert migrated[table][0] == columns
        primary = {tuple(base.database.get_primary_keys(table))}
        assert {each for each in migrated[table][1] if each[0] not in primary} == {
            each for each in indexes if each[0] not in primary
        }


def test_a_day_at_the_counter_works_on_the_version_before_and_is_kept_by_the_upgrade(url: str) -> None:
    base = open_database(url, create=True)
    schema.upgrade(base, schema.versions()[-2])
    schema.must_be_usable(base)
    world = World(new_session(base))
    world.campaign()
    one, other = world.device(), world.device()
    lending.check_out(world.session, code=one, pupil_id=world.pupil())
    lending.check_in(world.session, code=one)
    lending.check_out(world.session, code=other, pupil_id=world.pupil("Martin"))
    undoing.undo_last(world.session)
    assert schema.upgrade(base) == schema.versions()[-1:]
    assert world.loan_states() == ["returned", "cancelled"]
    lending.check_out(world.session, code=other, pupil_id=world.pupil("Kaya"))
    base.close()


def test_a_base_two_versions_behind_must_be_upgraded(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    base = open_database(url, create=True)
    schema.upgrade(base, schema.versions()[-2])
    known = [*schema.versions(), "9999_later"]
    monkeypatch.setattr(schema, "versions", lambda: known)
    with pytest.raises(UpgradeNeeded):
        schema.must_be_usable(base)
    base.close()


def test_the_base_itself_refuses_a_second_open_loan(world: World) -> None:
    tag, pupil = world.device(), world.pupil()
    loan = lending.check_out(world.session, code=tag, pupil_id=pupil).value
    columns = ["device_id", "pupil_id", "campaign_id", "kind", "state", "opened_at", "due_on", "received_by"]
    row = rows.current(world.base, "loan", loan.loan_id, columns)
    assert row is not None
    with pytest.raises(RaceLost), world.base.atomic():
        rows.insert(world.base, "loan", {**row, "number": "26-ZZ-0001", "missing_kit": ()})


def test_promises_are_kept_when_their_table_is_made_anew(url: str) -> None:
    base = open_database(url, create=True)
    schema.upgrade(base, "0004_needs")
    world = World(new_session(base))
    world.campaign()
    tag, pupil = world.device(), world.pupil()
    with base.atomic():
        base.execute(
            "INSERT INTO reservation (campaign_id, pupil_id, device_id, state)"
            " SELECT campaign.id, ?, device.id, 'promised' FROM campaign, device WHERE device.tag = ?",
            (pupil, tag),
        )
    schema.upgrade(base)
    with pytest.raises(ReservedForAnother):
        lending.check_out(world.session, code=tag, pupil_id=world.pupil("Martin"))
    lending.check_out(world.session, code=tag, pupil_id=pupil)
    base.close()
