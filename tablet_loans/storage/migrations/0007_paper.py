"""Paper: wordings by version, signed pages, forms with reserved numbers, batches, labels and messages."""

from typing import Any

from peewee import (
    SQL,
    AutoField,
    BigIntegerField,
    BlobField,
    CharField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

_COLUMNS = (
    "agreement ADD COLUMN wording_id INTEGER REFERENCES agreement_wording (id)",
    "agreement ADD COLUMN printed_by VARCHAR(80) NOT NULL DEFAULT ''",
)


def up(_migrator: Any, db: Any) -> None:
    """Add the tables, then what an agreement says of its wording."""
    _add_tables(db)
    for column in _COLUMNS:
        db.execute_sql(f"ALTER TABLE {column}")


def _add_tables(db: Any) -> None:
    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Campaign(Table):
        id = AutoField()

    class Pupil(Table):
        id = AutoField()

    class Device(Table):
        id = AutoField()

    class Loan(Table):
        id = AutoField()

    class AgreementWording(Table):
        id = AutoField()
        campaign = ForeignKeyField(Campaign, on_delete="RESTRICT", index=False)
        language = CharField(max_length=5)
        version = IntegerField()
        clauses = TextField()
        digest = CharField(max_length=64)
        made_at = BigIntegerField()
        made_by = CharField(max_length=80)

        class Meta:
            indexes = ((("campaign", "language", "version"), True),)

    class AgreementScan(Table):
        id = AutoField()
        loan = ForeignKeyField(Loan, on_delete="RESTRICT")
        page = IntegerField()
        media = CharField(max_length=20)
        content = BlobField()
        sha256 = CharField(max_length=64)
        file_name = CharField(max_length=255)
        attached_at = BigIntegerField()
        attached_by = CharField(max_length=80)

        class Meta:
            indexes = ((("loan", "sha256"), True),)

    class SpareForm(Table):
        id = AutoField()
        code = CharField(max_length=20, unique=True)
        campaign = ForeignKeyField(Campaign, on_delete="RESTRICT", index=False)
        reserved_at = BigIntegerField()
        reserved_by = CharField(max_length=80)
        loan = ForeignKeyField(Loan, null=True, on_delete="RESTRICT", index=False)

    class PrintBatch(Table):
        id = AutoField()
        campaign = ForeignKeyField(Campaign, on_delete="RESTRICT", index=False)
        asked = TextField()
        done = TextField(default="[]")
        begun_at = BigIntegerField()
        begun_by = CharField(max_length=80)
        ended_at = BigIntegerField(null=True)

    class LabelPrint(Table):
        id = AutoField()
        device = ForeignKeyField(Device, on_delete="RESTRICT")
        stock = CharField(max_length=60)
        state = CharField(max_length=10, constraints=[SQL("DEFAULT 'printed'")])
        printed_at = BigIntegerField()
        printed_by = CharField(max_length=80)
        settled_at = BigIntegerField(null=True)

    LabelPrint.add_index(LabelPrint.device, where=SQL("state = 'printed'"), name="label_print_open")

    class LabelStock(Table):
        name = CharField(max_length=60, primary_key=True)
        geometry = TextField()

    class PrinterSetting(Table):
        printer = CharField(max_length=160, primary_key=True)
        right_mm = FloatField(default=0)
        down_mm = FloatField(default=0)
        scale = FloatField(default=1)

    class Message(Table):
        id = AutoField()
        kind = CharField(max_length=20)
        loan = ForeignKeyField(Loan, null=True, on_delete="RESTRICT")
        pupil = ForeignKeyField(Pupil, null=True, on_delete="RESTRICT")
        way = CharField(max_length=8)
        address = CharField(default="")
        state = CharField(max_length=8)
        reason = CharField(default="")
        made_at = BigIntegerField()
        made_by = CharField(max_length=80)

    db.create_tables(
        [AgreementWording, AgreementScan, SpareForm, PrintBatch, LabelPrint, LabelStock, PrinterSetting, Message],
        safe=False,
    )
