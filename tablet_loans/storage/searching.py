"""Searching in folded text: every word typed must begin a word of the key."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakSet

import peewee

from tablet_loans.storage.database import Base
from tablet_loans.storage.ledger_models import BASE
from tablet_loans.text import search_key

FEW: Final = 2_000
"""So many matches are fetched and sorted in a moment."""
SCATTERED: Final = 50_000
"""More matches than this are so dense that going through the sorted list finds them sooner."""
NEAR: Final = 2_000
"""So many rows at the beginning of a sorted list are looked at in a moment."""

_LONG: Final = 3
_LAST: Final = "\U0010ffff"
_IN_FILE: Final = "SELECT 1 FROM sqlite_master WHERE name = 'device_words'"
_ON_SERVER: Final = "SELECT to_regclass('device_words')"
_WITH_WORDS: Final[WeakSet[Any]] = WeakSet()


def words_of(typed: str) -> list[str]:
    """Return the words typed, folded as keys are, each once."""
    return list(dict.fromkeys(search_key(typed).split()))


def is_hopeless(typed: str) -> bool:
    """Say whether something was typed in which no letter and no figure is: nothing matches."""
    return bool(typed.strip()) and not words_of(typed)


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a statement, with the values of its `?`."""

    sql: str
    values: tuple[object, ...] = ()


def joined(clauses: Sequence[Clause], glue: str = " AND ") -> Clause:
    """Return one clause of several; of none, one that lets everything through."""
    if not clauses:
        return Clause("1 = 1")
    return Clause(
        glue.join(clause.sql for clause in clauses), tuple(value for each in clauses for value in each.values)
    )


def beginning(column: str, prefix: str) -> Clause:
    """Return the condition that `column`, in binary order, begins with `prefix`; an index answers it."""
    return Clause(f"{column} >= ? AND {column} < ?", (prefix, prefix + _LAST))


def one_of(column: str, ids: Sequence[int]) -> Clause:
    """Return the condition that `column` is one of a few ids."""
    return Clause(f"{column} IN ({', '.join('?' * len(ids)) or 'NULL'})", tuple(ids))


def in_bites(ids: Sequence[int], size: int = 1_000) -> Iterator[Sequence[int]]:
    """Yield the ids a thousand at a time: a statement has room for so many values."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


@dataclass(frozen=True, slots=True)
class Shelf:
    """A table whose rows have words, on the engine at hand."""

    database: Any
    table: str

    @property
    def is_server(self) -> bool:
        """Say whether the table is on PostgreSQL."""
        return isinstance(self.database, peewee.PostgresqlDatabase)

    @property
    def binary(self) -> str:
        """Return what makes PostgreSQL sort text as SQLite does, whatever the base's collation."""
        return ' COLLATE "C"' if self.is_server else ""

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        """Run one statement written with `?` and return its rows."""
        cursor = self.database.execute_sql(sql.replace("?", "%s") if self.is_server else sql, tuple(values))
        rows: list[Any] = cursor.fetchall()
        return rows

    def select(self, columns: str, where: Clause, tail: str = "", *values: object) -> list[Any]:
        """Return these columns of the rows that meet the conditions; `tail` says their order and how many."""
        return self.run(f"SELECT {columns} FROM {self.table} WHERE {where.sql} {tail}", (*where.values, *values))

    def near(self, columns: str, part: Clause, order: str, where: Clause, limit: int) -> list[Any]:
        """Return these columns of the rows that meet `where` among the first ones of a part of the table in its order.

        The order is not said again outside: both engines keep it, and stop at the limit instead of sorting.
        """
        first = f"SELECT * FROM {self.table} WHERE {part.sql} ORDER BY {order} LIMIT {NEAR}"
        sql = f"SELECT {columns} FROM ({first}) AS {self.table} WHERE {where.sql} LIMIT ?"
        return self.run(sql, (*part.values, *where.values, limit))

    def has_words(self) -> bool:
        """Say whether the words are indexed: a base one version behind has no such index yet."""
        if self.database not in _WITH_WORDS:
            if not (found := self.run(_ON_SERVER if self.is_server else _IN_FILE)) or found[0][0] is None:
                return False
            _WITH_WORDS.add(self.database)
        return True

    def matching(self, words: Sequence[str], *, is_whole: bool = False) -> Clause:
        """Return the query of the ids whose key has, for each word, one that begins with it, or is it."""
        if not self.has_words():
            held = self.holding(words)
            return Clause(f"SELECT id FROM {self.table} WHERE {held.sql}", held.values)
        if self.is_server:
            typed = " & ".join(f"'{word}'{'' if is_whole else ':*'}" for word in words)
            return Clause(f"SELECT id FROM {self.table}_words WHERE words @@ CAST(? AS tsquery)", (typed,))
        typed = " AND ".join(f'"{word}"{"" if is_whole else "*"}' for word in words)
        return Clause(f"SELECT rowid FROM {self.table}_words WHERE {self.table}_words MATCH ?", (typed,))

    def holding(self, words: Sequence[str]) -> Clause:
        """Return the condition under which a row has these words, asked of each row in turn."""
        return joined([Clause(f"{self.table}.search_key LIKE ?", (f"% {word}%",)) for word in words])

    def few(self, ids: Clause, most: int | None = None) -> list[int] | None:
        """Return the ids that a query gives when they are few, else None."""
        most = FEW if most is None else most
        found = self.run(f"{ids.sql} LIMIT {most + 1}", ids.values)
        return None if len(found) > most else list(dict.fromkeys(row[0] for row in found))

    def few_with(self, words: Sequence[str]) -> list[int] | None:
        """Return the ids of the rows that may have all words when they are few, else None; `holding` decides.

        A long word is asked for alone: it is rare, while PostgreSQL reads every row that has a short one.
        """
        longest = max(words, key=len)
        if len(words) > 1 and len(longest) >= _LONG and (found := self.few(self.matching([longest]))) is not None:
            return found
        return self.few(self.matching(words))

    def among(self, ids: Sequence[int]) -> Clause:
        """Return the condition that a row is one of these."""
        if self.is_server:
            return Clause(f"{self.table}.id = ANY(CAST(? AS INTEGER[]))", (list(ids),))
        return Clause(f"{self.table}.id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),))

    def unindexed(self, condition: Clause) -> Clause:
        """Return the condition so that SQLite does not look for an index of its own: the order's is the one to take."""
        return condition if self.is_server else Clause(f"+{condition.sql}", condition.values)


def shelf(table: str, base: Base | None = None) -> Shelf:
    """Return the table of a base, or of the base that the tables are bound to."""
    return Shelf(base.database if base is not None else BASE.obj, table)


@contextmanager
def words_apart(base: Base) -> Iterator[None]:
    """Let many rows into a base in a file without their words, which are then indexed all at once, far sooner."""
    made = "" if base.is_server else "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    triggers = [row for row in base.execute(made).fetchall() if row[0] == f"{row[1]}_words_added"] if made else []
    for name, _, _ in triggers:
        base.execute(f"DROP TRIGGER {name}")
    yield
    for _, table, statement in triggers:
        base.execute(statement)
        base.execute(f"INSERT INTO {table}_words ({table}_words) VALUES ('rebuild')")
