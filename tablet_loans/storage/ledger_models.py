"""The tables of the ledger: stations, their lines, what undo needs, and imports under way."""

from typing import Final

from peewee import (
    AutoField,
    BigAutoField,
    CharField,
    CompositeKey,
    DatabaseProxy,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

from tablet_loans.storage.fields import UtcField

BASE: Final = DatabaseProxy()


class Table(Model):
    """A table of the base in use."""

    class Meta:
        database = BASE
        legacy_table_names = False


class Station(Table):
    """A computer that acts: its code in loan numbers, and the head of its ledger chain."""

    code = CharField(max_length=4, primary_key=True)
    machine = CharField(max_length=64, unique=True)
    sequence = IntegerField(default=0)
    head = CharField(max_length=64)
    loan_year = IntegerField(default=0)
    loan_counter = IntegerField(default=0)


class LedgerLine(Table):
    """One act; the chain of its station goes through `previous_hash` and `hash`."""

    id = CharField(max_length=36, primary_key=True)
    station = ForeignKeyField(Station, column_name="station", lazy_load=False, on_delete="RESTRICT", index=False)
    sequence = IntegerField()
    recorded_at = UtcField()
    effective_at = UtcField()
    actor = CharField(max_length=80)
    action = CharField(max_length=24)
    undoes = ForeignKeyField("self", column_name="undoes", null=True, lazy_load=False, unique=True)
    digest = CharField(max_length=64)
    previous_hash = CharField(max_length=64)
    hash = CharField(max_length=64)

    class Meta:
        indexes = ((("station", "sequence"), True),)


class LedgerFacts(Table):
    """The facts of an act, which can be erased without breaking the chain."""

    line = ForeignKeyField(LedgerLine, primary_key=True, lazy_load=False, on_delete="RESTRICT")
    salt = CharField(max_length=32)
    facts = TextField()


class LedgerSubject(Table):
    """What an act is about: a tablet's story is one query."""

    kind = CharField(max_length=20)
    subject_id = IntegerField()
    line = ForeignKeyField(LedgerLine, lazy_load=False, on_delete="RESTRICT")

    class Meta:
        primary_key = CompositeKey("kind", "subject_id", "line")


class LedgerRow(Table):
    """One row that an import created or changed, kept apart to undo it."""

    id = BigAutoField()
    line = ForeignKeyField(LedgerLine, lazy_load=False, on_delete="RESTRICT")
    kind = CharField(max_length=12)
    row_id = IntegerField()
    before = TextField(null=True)

    class Meta:
        indexes = ((("kind", "row_id"), False),)


class ImportRun(Table):
    """An import under way: it may vanish until it has its ledger line, and is then finished, whoever comes."""

    id = AutoField()
    line = ForeignKeyField(LedgerLine, null=True, lazy_load=False, on_delete="RESTRICT", index=False)
    tag_prefix = CharField(max_length=40, default="")
    last_tag = IntegerField(default=0)


class ImportPiece(Table):
    """A few rows that an import is about to write, all into one table, as JSON."""

    id = BigAutoField()
    run = ForeignKeyField(ImportRun, lazy_load=False, on_delete="RESTRICT", index=False)
    kind = CharField(max_length=12)
    rows = TextField()
