"""Campaigns in full: their dates, kit and wording, needs to confirm, plans school by school, waiting lists, cartons."""

from typing import Any

from peewee import (
    SQL,
    AutoField,
    BigIntegerField,
    CharField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)

_NO = "BOOLEAN NOT NULL DEFAULT {no}"
_COLUMNS = (
    "campaign ADD COLUMN starts_on DATE",
    "campaign ADD COLUMN needs_until DATE",
    "campaign ADD COLUMN kit TEXT NOT NULL DEFAULT '[]'",
    "campaign ADD COLUMN wording TEXT NOT NULL DEFAULT '{{}}'",
    "campaign ADD COLUMN relaunches_id INTEGER REFERENCES campaign (id)",
    f"need ADD COLUMN to_confirm {_NO}",
    "plan ADD COLUMN legend TEXT NOT NULL DEFAULT '{{}}'",
    f"plan ADD COLUMN is_complete {_NO}",
    "plan ADD COLUMN withdrawn_at BIGINT",
)


def up(_migrator: Any, db: Any) -> None:
    """Add columns and tables; plans of the version before are made anew, and their promises stay."""
    no = "0" if isinstance(db, SqliteDatabase) else "FALSE"
    for column in _COLUMNS:
        db.execute_sql(f"ALTER TABLE {column.format(no=no)}")
    for statement in ("UPDATE reservation SET plan_id = NULL", "DROP TABLE plan_choice", "DELETE FROM plan"):
        db.execute_sql(statement)
    if not isinstance(db, SqliteDatabase):  # "carton_device" is longer than what a line was about before
        db.execute_sql("ALTER TABLE ledger_subject ALTER COLUMN kind TYPE VARCHAR(20)")
    _add_tables(db)


def _add_tables(db: Any) -> None:
    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class School(Table):
        id = AutoField()

    class Device(Table):
        id = AutoField()

    class Campaign(Table):
        id = AutoField()

    class Plan(Table):
        id = AutoField()

    class PlanSchool(Table):
        plan = ForeignKeyField(Plan, on_delete="CASCADE", index=False)
        school = ForeignKeyField(School, on_delete="RESTRICT")
        in_need = IntegerField()
        equipped = IntegerField()
        eligible = IntegerField()
        served = IntegerField()
        choices = TextField()

        class Meta:
            primary_key = CompositeKey("plan", "school")

    class PlanQueue(Table):
        id = AutoField()
        plan = ForeignKeyField(Plan, on_delete="CASCADE", index=False)
        required = TextField()
        first_rank = IntegerField()
        pupils = TextField()

        class Meta:
            indexes = ((("plan", "required", "first_rank"), True),)

    class Carton(Table):
        id = AutoField()
        code = CharField(max_length=20, unique=True)
        campaign = ForeignKeyField(Campaign, on_delete="RESTRICT", index=False)
        school = ForeignKeyField(School, on_delete="RESTRICT", index=False)
        packed_at = BigIntegerField()
        packed_by = CharField(max_length=80)
        state = CharField(max_length=8, constraints=[SQL("DEFAULT 'open'")])

        class Meta:
            indexes = ((("campaign", "school"), False),)

    class CartonDevice(Table):
        id = AutoField()
        carton = ForeignKeyField(Carton, on_delete="RESTRICT")
        device = ForeignKeyField(Device, on_delete="RESTRICT", index=False)
        state = CharField(max_length=8, constraints=[SQL("DEFAULT 'packed'")])

    CartonDevice.add_index(CartonDevice.device, unique=True, where=SQL("state = 'packed'"), name="carton_device_packed")
    db.create_tables([PlanSchool, PlanQueue, Carton, CartonDevice], safe=False)
