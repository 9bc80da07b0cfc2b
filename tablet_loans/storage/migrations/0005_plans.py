"""Plans: a campaign's seed and rules, drafts with each choice, pins and exclusions, promises of a class of device."""

from typing import Any

from peewee import (
    SQL,
    AutoField,
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)

_COLUMNS = (
    "school ADD COLUMN depot VARCHAR(80) NOT NULL DEFAULT ''",
    "campaign ADD COLUMN seed VARCHAR(64) NOT NULL DEFAULT ''",
    "campaign ADD COLUMN rules TEXT NOT NULL DEFAULT '{}'",
)
_KEPT = "id, campaign_id, pupil_id, device_id, state"


def up(_migrator: Any, db: Any) -> None:
    """Add the columns and the tables; promises are copied into a table whose device may be unsaid."""
    for column in _COLUMNS:
        db.execute_sql(f"ALTER TABLE {column}")
    kept = db.execute_sql(f"SELECT {_KEPT} FROM reservation").fetchall()
    db.execute_sql("DROP TABLE reservation")
    _add_tables(db)
    mark = "?" if isinstance(db, SqliteDatabase) else "%s"
    for row in kept:
        db.execute_sql(f"INSERT INTO reservation ({_KEPT}) VALUES ({', '.join([mark] * 5)})", row)
    if mark == "%s" and kept:
        db.execute_sql("SELECT setval(pg_get_serial_sequence('reservation', 'id'), max(id)) FROM reservation")


def _add_tables(db: Any) -> None:
    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Pupil(Table):
        id = AutoField()

    class Device(Table):
        id = AutoField()

    class Campaign(Table):
        id = AutoField()

    class Plan(Table):
        id = AutoField()
        campaign = ForeignKeyField(Campaign, on_delete="RESTRICT")
        made_at = BigIntegerField()
        made_by = CharField(max_length=80)
        rules = TextField()
        digest = CharField(max_length=64)
        instance = TextField()
        eligible = IntegerField()
        served = IntegerField()
        applied_at = BigIntegerField(null=True)

    class PlanChoice(Table):
        id = BigAutoField()
        plan = ForeignKeyField(Plan, on_delete="RESTRICT", index=False)
        pupil = ForeignKeyField(Pupil, on_delete="RESTRICT")
        rank = IntegerField()
        outcome = CharField(max_length=10)
        features = TextField(null=True)
        home = CharField(max_length=80, default="")
        reason = TextField(default="{}")

        class Meta:
            indexes = ((("plan", "rank"), False),)

    class PlanMark(Table):
        id = AutoField()
        campaign = ForeignKeyField(Campaign, on_delete="RESTRICT")
        pupil = ForeignKeyField(Pupil, on_delete="RESTRICT")
        kind = CharField(max_length=10)
        note = CharField(default="")
        made_at = BigIntegerField()
        made_by = CharField(max_length=80)
        is_current = BooleanField(default=True)

    class Reservation(Table):
        id = AutoField()
        campaign = ForeignKeyField(Campaign, on_delete="RESTRICT")
        pupil = ForeignKeyField(Pupil, on_delete="RESTRICT")
        device = ForeignKeyField(Device, null=True, on_delete="RESTRICT", index=False)
        state = CharField(max_length=10, constraints=[SQL("DEFAULT 'promised'")])
        kind = CharField(max_length=20, constraints=[SQL("DEFAULT 'tablet'")])
        features = TextField(constraints=[SQL("DEFAULT '[]'")])
        home = CharField(max_length=80, constraints=[SQL("DEFAULT ''")])
        plan = ForeignKeyField(Plan, null=True, on_delete="RESTRICT", index=False)

    Reservation.add_index(
        Reservation.pupil, Reservation.kind, unique=True, where=SQL("state = 'promised'"), name="reservation_pupil_kind"
    )
    Reservation.add_index(Reservation.device, unique=True, where=SQL("state = 'promised'"), name="reservation_device")
    db.create_tables([Plan, PlanChoice, PlanMark, Reservation], safe=False)
