"""The needs: what families answered, who looks after whom, households, corrections, mappings that are remembered."""

from typing import Any

from peewee import (
    SQL,
    AutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    DateField,
    ForeignKeyField,
    Model,
    TextField,
)

_COLUMNS = (
    "pupil ADD COLUMN phone VARCHAR(40) NOT NULL DEFAULT ''",
    "pupil ADD COLUMN household INTEGER",
    "pupil ADD COLUMN corrected TEXT NOT NULL DEFAULT '[]'",
    "pupil ADD COLUMN moved_from_id INTEGER REFERENCES school (id) ON DELETE RESTRICT",
    "pupil ADD COLUMN moved_on DATE",
    "campaign ADD COLUMN seal VARCHAR(64) NOT NULL DEFAULT ''",
    "campaign ADD COLUMN needs_closed_at BIGINT",
)


def up(_migrator: Any, db: Any) -> None:
    """Add the columns, then the tables."""
    for column in _COLUMNS:
        db.execute_sql(f"ALTER TABLE {column}")
    db.execute_sql("CREATE INDEX pupil_household ON pupil (household)")
    db.execute_sql("CREATE INDEX ledger_row_kind_row_id ON ledger_row (kind, row_id)")
    _add_tables(db)


def _add_tables(db: Any) -> None:
    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class School(Table):
        id = AutoField()

    class Pupil(Table):
        id = AutoField()

    class Campaign(Table):
        id = AutoField()

    class Guardian(Table):
        id = AutoField()
        school = ForeignKeyField(School, on_delete="RESTRICT")
        local_number = CharField(max_length=40, null=True)
        civility = CharField(max_length=10, default="")
        family_name = CharField(default="")
        given_name = CharField(default="")
        phone = CharField(max_length=40, default="")
        mobile = CharField(max_length=40, default="")
        email = CharField(default="")
        address = CharField(default="")
        postcode = CharField(max_length=10, default="")
        commune = CharField(max_length=120, default="")
        is_institution = BooleanField(default=False)
        name_key = TextField(default="")
        address_key = TextField(default="", index=True)

    class Guardianship(Table):
        id = AutoField()
        pupil = ForeignKeyField(Pupil, on_delete="RESTRICT", index=False)
        guardian = ForeignKeyField(Guardian, on_delete="RESTRICT")
        care = CharField(max_length=10)

        class Meta:
            indexes = ((("pupil", "guardian"), True),)

    class Need(Table):
        id = AutoField()
        campaign = ForeignKeyField(Campaign, on_delete="RESTRICT", index=False)
        pupil = ForeignKeyField(Pupil, on_delete="RESTRICT")
        equipment = CharField(max_length=10)
        is_cellular = BooleanField(default=False)
        is_priority = BooleanField(default=False)
        asked_on = DateField()
        answered_by = CharField(max_length=80, default="")
        source = CharField(max_length=10)
        recorded_at = BigIntegerField()
        is_current = BooleanField(default=True)

    Need.add_index(Need.campaign, Need.pupil, unique=True, where=SQL("is_current"), name="need_current")

    class ColumnMapping(Table):
        kind = CharField(max_length=20)
        headers = CharField(max_length=64)
        fields = TextField()

        class Meta:
            primary_key = CompositeKey("kind", "headers")

    db.create_tables([Guardian, Guardianship, Need, ColumnMapping], safe=False)
