"""An import lies ready in pieces, each written in a moment of its own: the counter never waits for it."""

from typing import Any

from peewee import AutoField, BigAutoField, CharField, ForeignKeyField, IntegerField, Model, TextField


def up(_migrator: Any, db: Any) -> None:
    """Add the imports under way and their pieces."""

    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class LedgerLine(Table):
        id = CharField(max_length=36, primary_key=True)

    class ImportRun(Table):
        id = AutoField()
        line = ForeignKeyField(LedgerLine, null=True, on_delete="RESTRICT", index=False)
        tag_prefix = CharField(max_length=40, default="")
        last_tag = IntegerField(default=0)

    class ImportPiece(Table):
        id = BigAutoField()
        run = ForeignKeyField(ImportRun, on_delete="RESTRICT", index=False)
        kind = CharField(max_length=12)
        rows = TextField()

    db.create_tables([ImportRun, ImportPiece], safe=False)
