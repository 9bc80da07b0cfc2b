"""The counter: pupils and devices found by words, devices sorted, who took a loan, imports that lie ready in pieces."""

from typing import Any, Final

from peewee import AutoField, BigAutoField, CharField, ForeignKeyField, IntegerField, Model, SqliteDatabase, TextField

_SEARCHED: Final = ("pupil", "device")
_PREFIXES: Final = {"pupil": "1 2 3", "device": "1 2 3 4"}
_SORTS: Final = (
    'CREATE INDEX pupil_by_name ON pupil (sort_key COLLATE "C", id)',
    'CREATE INDEX pupil_by_school ON pupil (school_id, sort_key COLLATE "C", id)',
    'CREATE INDEX device_by_tag ON device (tag COLLATE "C", id)',
    'CREATE INDEX device_by_serial ON device (serial COLLATE "C" NULLS FIRST, id)',
    'CREATE INDEX device_by_state ON device (state COLLATE "C", tag COLLATE "C", id)',
    "CREATE INDEX device_by_model ON device (model_id, id)",
    "CREATE INDEX device_by_school ON device (school_id, id)",
)


def up(_migrator: Any, db: Any) -> None:
    """Add the words, kept by triggers so that no writer has to know of them, the orders and the column."""
    db.execute_sql("ALTER TABLE loan ADD COLUMN received_name VARCHAR(80) NOT NULL DEFAULT ''")
    is_sqlite = isinstance(db, SqliteDatabase)
    for table in _SEARCHED:
        for statement in _words_of_a_file(table) if is_sqlite else _words_of_a_server(table):
            db.execute_sql(statement)
    for statement in () if is_sqlite else _SORTS:  # SQLite's own indexes give these orders already
        db.execute_sql(statement)
    _add_import_pieces(db)


def _add_import_pieces(db: Any) -> None:
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


def _words_of_a_file(table: str) -> tuple[str, ...]:
    """Index the words that stand in the table; short prefixes are indexed apart, for they have many rows."""
    words = f"{table}_words"
    add = f"INSERT INTO {words} (rowid, search_key) VALUES (new.id, new.search_key);"
    remove = f"INSERT INTO {words} ({words}, rowid, search_key) VALUES ('delete', old.id, old.search_key);"
    lean = "tokenize = 'ascii', detail = none, columnsize = 0"
    options = f"search_key, {lean}, content = '{table}', content_rowid = 'id', prefix = '{_PREFIXES[table]}'"
    changed = "WHEN old.search_key <> new.search_key"
    return (
        f"CREATE VIRTUAL TABLE {words} USING fts5 ({options})",
        f"INSERT INTO {words} ({words}) VALUES ('rebuild')",
        f"CREATE TRIGGER {words}_added AFTER INSERT ON {table} BEGIN {add} END",
        f"CREATE TRIGGER {words}_removed AFTER DELETE ON {table} BEGIN {remove} END",
        f"CREATE TRIGGER {words}_changed AFTER UPDATE OF search_key ON {table} {changed} BEGIN {remove} {add} END",
    )


def _words_of_a_server(table: str) -> tuple[str, ...]:
    """Keep the words beside the table: on the table, each loan would write its device's words again."""
    words = f"{table}_words"
    split = "array_to_tsvector(array_remove(string_to_array({row}search_key, ' '), ''))"
    remove = f"IF TG_OP <> 'INSERT' THEN DELETE FROM {words} WHERE id = OLD.id; END IF;"
    add = f"IF TG_OP <> 'DELETE' THEN INSERT INTO {words} VALUES (NEW.id, {split.format(row='NEW.')}); END IF;"
    body = f"BEGIN {remove} {add} RETURN NULL; END"
    when = f"AFTER INSERT OR DELETE OR UPDATE OF search_key ON {table} FOR EACH ROW"
    return (
        f"CREATE TABLE {words} (id INTEGER PRIMARY KEY, words TSVECTOR NOT NULL)",
        f"INSERT INTO {words} SELECT id, {split.format(row='')} FROM {table}",
        f"CREATE INDEX {words}_found ON {words} USING gin (words) WITH (fastupdate = off)",
        f"CREATE FUNCTION {words}_kept() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        f"CREATE TRIGGER {words}_kept {when} EXECUTE FUNCTION {words}_kept()",
    )
