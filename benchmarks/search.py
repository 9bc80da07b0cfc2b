"""A name, a tag or a serial typed letter by letter, on both engines, against the bare words index of SQLite."""

import sqlite3
import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random
from typing import Final

from benchmarks import bases
from benchmarks.bases import Size
from benchmarks.measuring import Verdict, ratio, seconds
from tablet_loans.domain.device import DeviceFilter
from tablet_loans.domain.identifiers import asset_tag
from tablet_loans.domain.paging import Place, Sort
from tablet_loans.services import finding, stocking
from tablet_loans.services.session import Session
from tablet_loans.storage.database import open_database

_SIZES: Final = {50: Size(200_000, 200_000, 3_000), 200: Size(1_000_000, 1_000_000, 3_000)}
"""The sizes, by the milliseconds in which a keystroke is to be answered."""
_PROMISE: Final = 2.0
_NAMES, _CODES, _SHOWN = 12, 8, 8
_BARE: Final = (
    "SELECT pupil.* FROM pupil_words JOIN pupil ON pupil.id = pupil_words.rowid WHERE pupil_words MATCH ?"
    " ORDER BY pupil.sort_key LIMIT 8"
)


def measure() -> Verdict:
    """Return the verdict on the slowest of the counter and the list of devices, and the ratio on the largest base."""
    said, is_kept, against = [], True, 0.0
    with bases.server() as server:
        for most_ms, size in _SIZES.items():
            files = {"SQLite": str(bases.original(size)), "PostgreSQL": bases.on_server(size, server, f"b{most_ms}")}
            for engine, url in files.items():
                session = bases.session_in(open_database(url))
                counter, stock = _counter(session, size), _stock(session, size)
                session.base.close()
                slowest = max(statistics.median(counter), statistics.median(stock)) * 1000
                said.append(f"{size.pupils // 1000}k {engine} {slowest:.1f} ms")
                is_kept = is_kept and slowest <= most_ms
                if engine == "SQLite":
                    bare = _bare(url, size)
                    against = ratio(counter, bare)
    yardstick = f"bare FTS5 {statistics.median(bare) * 1000:.1f} ms"
    also = "50 ms at 200k, 200 ms at 1000k"
    return Verdict("search", ", ".join(said), yardstick, against, _PROMISE, also=also, is_also_kept=is_kept)


def _letters(words: str) -> Iterator[str]:
    return (words[:end] for end in range(1, len(words) + 1))


def _names(size: Size) -> list[str]:
    """Return every keystroke of some names, family or given name first."""
    rng, typed = Random(3), list[str]()
    for turn in range(_NAMES):
        number = rng.randrange(size.pupils)
        words = (bases.family_name(number).lower(), bases.given_name(number).lower())
        typed += _letters(" ".join(words if turn % 2 else reversed(words)))
    return typed


def _codes(size: Size) -> list[str]:
    """Return every keystroke of some tags, numbers, serials and models."""
    rng, typed = Random(4), list[str]()
    for turn in range(_CODES):
        number = rng.randrange(1, size.devices)
        tag = asset_tag("ML", number)
        typed += _letters((tag, f"r52m{number:07d}", tag[3:9], f"galaxy a10 {tag[3:9]}")[turn % 4])
    return typed


def _counter(session: Session, size: Size) -> list[float]:
    """Return how long the counter's suggestions take: pupils, and tablets by the end of their serial."""
    endings = [f"{number * 7919 % 10_000:04d}" for number in range(20)]
    return _timed([partial(finding.suggested, session.base, each, (), _SHOWN) for each in (*_names(size), *endings)])


def _stock(session: Session, size: Size) -> list[float]:
    sort, place = Sort("tag"), Place()
    return _timed([partial(stocking.block, session, DeviceFilter(search=each), sort, place) for each in _codes(size)])


def _bare(path: str, size: Size) -> list[float]:
    """Return how long the words index alone takes to answer the same names."""
    connection = sqlite3.connect(path)
    for pragma in bases.PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    asked = [" AND ".join(f'"{word}"*' for word in typed.split()) for typed in _names(size)]
    return _timed([partial(_answered, connection, each) for each in asked])


def _answered(connection: sqlite3.Connection, asked: str) -> list[object]:
    return connection.execute(_BARE, (asked,)).fetchall()


def _timed(calls: Sequence[Callable[[], object]]) -> list[float]:
    """Return the seconds each takes, the second time: the base is open all day."""
    for call in calls:
        call()
    return [seconds(call) for call in calls]
