"""Measuring: the same statements, in turn, by the program and by its yardstick; and one line that tells."""

import sqlite3
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

Statement = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a benchmark found; `at_most` is the promised ratio, `at_least` another kind of promise."""

    name: str
    measured: str
    yardstick: str
    ratio: float
    promise: float
    is_least: bool = False
    also: str = ""
    is_also_kept: bool = True

    @property
    def is_kept(self) -> bool:
        """Say whether the promise holds."""
        holds = self.ratio >= self.promise if self.is_least else self.ratio <= self.promise
        return holds and self.is_also_kept

    def line(self) -> str:
        """Return the one line of the benchmark."""
        sign = ">=" if self.is_least else "<="
        promise = f"{sign} {self.promise:g}{f', {self.also}' if self.also else ''}"
        verdict = "kept" if self.is_kept else "missed"
        return f"{self.name} | {self.measured} | {self.yardstick} | {self.ratio:.2f} | {promise} | {verdict}"


def seconds(act: Callable[[], object]) -> float:
    """Return how long `act` takes."""
    start = perf_counter()
    act()
    return perf_counter() - start


def in_turn(
    rounds: Sequence[tuple[Callable[[], object], Callable[[], object]]],
) -> tuple[list[float], list[float]]:
    """Time both acts of each round, the other one first every second time."""
    first: list[float] = []
    second: list[float] = []
    for place, (one, other) in enumerate(rounds):
        if place % 2:
            second.append(seconds(other))
            first.append(seconds(one))
        else:
            first.append(seconds(one))
            second.append(seconds(other))
    return first, second


def shown_ms(taken: Sequence[float]) -> str:
    """Return the median as milliseconds."""
    return f"{statistics.median(taken) * 1000:.2f} ms"


def ratio(taken: Sequence[float], yardstick: Sequence[float]) -> float:
    """Return the ratio of the medians."""
    return statistics.median(taken) / statistics.median(yardstick)


@contextmanager
def recording(database: Any) -> Iterator[list[Statement]]:
    """Give the list in which every statement run on a peewee database is kept, with its parameters."""
    kept: list[Statement] = []
    run = database.execute_sql

    def recorded(sql: str, params: Sequence[Any] | None = None) -> Any:
        kept.append((sql, tuple(params or ())))
        return run(sql, params)

    database.execute_sql = recorded
    try:
        yield kept
    finally:
        del database.execute_sql


def replay(connection: sqlite3.Connection, statements: Sequence[Statement]) -> None:
    """Run the statements as plain as can be, and read what they answer."""
    for sql, params in statements:
        cursor = connection.execute(sql, params)
        if cursor.description is not None:
            cursor.fetchall()
