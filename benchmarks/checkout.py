"""Check-out and check-in at the counter, against the same statements in raw sqlite3."""

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import bases
from benchmarks.bases import BIG
from benchmarks.measuring import Statement, Verdict, ratio, recording, replay, seconds, shown_ms
from tablet_loans.services import lending
from tablet_loans.services.session import Session
from tablet_loans.storage.database import open_database

_WARMING, _ROUNDS = 100, 500
_PROMISE = 6.0


def measure() -> Verdict:
    """Return the verdict on the slower of the two acts."""
    with bases.folder() as folder:
        session = bases.session_in(open_database(str(bases.copied(BIG, folder / "program.sqlite")), bind=False))
        session.base.close()
        raw = _raw(Path(session.base.url), folder / "raw.sqlite")
        bases.settle()
        lent, lent_raw, returned, returned_raw = _measured(session, raw)
        raw.close()
        session.base.close()
    taken, yardstick, act = max(
        (lent, lent_raw, "check-out"), (returned, returned_raw, "check-in"), key=lambda each: ratio(each[0], each[1])
    )
    return Verdict(
        "checkout", f"{act} {shown_ms(taken)}", f"raw sqlite3 {shown_ms(yardstick)}", ratio(taken, yardstick), _PROMISE
    )


def _raw(source: Path, target: Path) -> sqlite3.Connection:
    target.write_bytes(source.read_bytes())
    connection = sqlite3.connect(target, isolation_level=None)
    for pragma in bases.PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _measured(session: Session, raw: sqlite3.Connection) -> tuple[list[float], ...]:
    taken: tuple[list[float], ...] = ([], [], [], [])
    with recording(session.base.database) as kept:
        for turn, (tag, pupil_id) in enumerate(bases.pairs(BIG, _WARMING + _ROUNDS)):
            acts: tuple[Callable[[], object], ...] = (
                partial(lending.check_out, session, code=tag, pupil_id=pupil_id),
                partial(lending.check_in, session, code=tag),
            )
            for place, act in enumerate(acts):
                kept.clear()
                measured, yardstick = seconds(act), 0.0
                statements: list[Statement] = list(kept)
                yardstick = seconds(partial(replay, raw, statements))
                if turn >= _WARMING:
                    taken[2 * place].append(measured)
                    taken[2 * place + 1].append(yardstick)
    return taken
