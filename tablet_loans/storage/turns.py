"""Turns: much is written in many short transactions, between which the acts of others have theirs."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from time import perf_counter, sleep
from typing import Final, TypeVar

import peewee

from tablet_loans.domain.trouble import BaseTrouble
from tablet_loans.storage.database import Base, RaceLost

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_AHEAD: Final = 16
_HOLD_S: Final = 0.004
_SERVER_HOLD_S: Final = 0.005  # a server holds back those alone who want the very same rows
_PAUSE_S: Final = 0.0025  # SQLite tries again after 1, then 2 ms: whoever waits finds the place free at the second
_CHECKPOINT_PAGES: Final = 500


def in_turns(
    base: Base, items: Iterable[Item], write: Callable[[Item], Answer], rescue: Callable[[Item], Answer] | None = None
) -> Iterator[Answer]:
    """Write the items, a few to a transaction that is over before anybody waits, and yield each answer.

    What is next is made ready outside of it; on SQLite a pause then lets in whoever waits for the one writer's place.
    An item that cannot be written is given to `rescue`, if any.
    """
    source, ready = iter(items), deque[Item]()
    while True:
        since = perf_counter()
        ready.extend(islice(source, _AHEAD - len(ready)))
        if not ready:
            return
        if not base.is_server and (left := _PAUSE_S - (perf_counter() - since)) > 0:
            sleep(left)
        base.precedence.let_pass()
        try:
            answers = _turn(base, ready, write)
        except BaseTrouble as trouble:
            if rescue is None or type(trouble) not in {BaseTrouble, RaceLost}:  # the others are the whole base's
                raise
            answers = _turn(base, [ready[0]], rescue)
        for answer in answers:
            ready.popleft()
            yield answer


def _turn(base: Base, ready: Iterable[Item], write: Callable[[Item], Answer]) -> list[Answer]:
    """Write the first items, as many as a moment takes; once more when an act of others crossed them."""
    try:
        return _written_at_once(base, ready, write)
    except RaceLost:
        return _written_at_once(base, ready, write)


def _written_at_once(base: Base, ready: Iterable[Item], write: Callable[[Item], Answer]) -> list[Answer]:
    answers: list[Answer] = []
    with base.atomic():
        until = perf_counter() + (_SERVER_HOLD_S if base.is_server else _HOLD_S)
        for item in ready:
            answers.append(write(item))
            if perf_counter() >= until:
                break
    return answers


def spaced(base: Base, items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items, each to be written as an act of its own, once those who waited meanwhile had their turn.

    Whoever waits for SQLite's one writer's place looks again ever more seldom: it stays free as long as it was held.
    """
    for item in items:
        base.precedence.let_pass()
        since = perf_counter()
        yield item
        if not base.is_server:
            sleep(max(perf_counter() - since, _PAUSE_S))


@contextmanager
def lightly(base: Base) -> Iterator[None]:
    """Let transactions end without waiting for the disk: a failure forgets the last ones, which are done again.

    The next that does wait brings all of them to the disk. On SQLite the pages written are brought home often, so that
    it is never the counter that pays for it.
    """
    if base.is_server:
        light, usual = ["SET synchronous_commit = off"], ["RESET synchronous_commit"]
    else:
        light = ["PRAGMA synchronous = normal", f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}"]
        usual = [
            f"PRAGMA {name} = {base.execute(f'PRAGMA {name}').fetchone()[0]}"
            for name in ("synchronous", "wal_autocheckpoint")
        ]
    for statement in light:
        base.execute(statement)
    try:
        yield
    finally:
        with suppress(peewee.DatabaseError, peewee.InterfaceError):  # a connection that is gone forgets it all
            for statement in usual:
                base.execute(statement)
