"""What must never be in a base, as queries: each row found is a problem."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tablet_loans.storage.database import Base
from tablet_loans.text import N_

IMPOSSIBLE: Final = {
    N_("lent without an open loan"): (
        "SELECT tag FROM device WHERE state = 'on_loan' AND NOT EXISTS"
        " (SELECT 1 FROM loan WHERE loan.device_id = device.id AND loan.state = 'open')"
    ),
    N_("an open loan of a device that is not lent"): (
        "SELECT loan.number FROM loan JOIN device ON device.id = loan.device_id"
        " WHERE loan.state = 'open' AND device.state <> 'on_loan'"
    ),
    N_("at a pupil's without being lent"): (
        "SELECT tag FROM device WHERE place = 'pupil' AND state IN ('ready', 'to_prepare', 'in_repair', 'retired')"
    ),
    N_("an open loan with an end"): "SELECT number FROM loan WHERE state = 'open' AND closed_at IS NOT NULL",
    N_("an ended loan without an end"): "SELECT number FROM loan WHERE state <> 'open' AND closed_at IS NULL",
    N_("an exchanged loan without a successor"): (
        "SELECT number FROM loan WHERE state = 'exchanged' AND successor_id IS NULL"
    ),
    N_("a loan of another kind than its device"): (
        "SELECT loan.number FROM loan JOIN device ON device.id = loan.device_id"
        " JOIN device_model model ON model.id = device.model_id WHERE model.kind <> loan.kind"
    ),
    N_("an agreement of a cancelled loan that is signed"): (
        "SELECT loan.number FROM agreement JOIN loan ON loan.id = agreement.loan_id"
        " WHERE loan.state = 'cancelled' AND agreement.state = 'signed'"
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that must not be: what, and which."""

    what: str
    which: str


def impossible_states(base: Base, limit: int = 100) -> Iterator[Finding]:
    """Yield the impossible states, at most `limit` of each kind."""
    for what, query in IMPOSSIBLE.items():
        for row in base.execute(f"{query} LIMIT {limit}").fetchall():
            yield Finding(what, str(row[0]))


def damage(base: Base) -> Iterator[Finding]:
    """Yield what the engine itself finds: damaged pages, rows that point at nothing."""
    if base.is_server:
        return
    for (verdict,) in base.execute("PRAGMA integrity_check(100)").fetchall():
        if verdict != "ok":
            yield Finding(N_("damaged"), verdict)
    for row in base.execute("PRAGMA foreign_key_check").fetchall()[:100]:
        yield Finding(N_("a row that points at nothing"), f"{row[0]} {row[1]} -> {row[2]}")


def states(base: Base, table: str, name: str) -> Iterator[tuple[int, str, str]]:
    """Yield each row's id, state and name (its tag or number)."""
    for row in base.execute(f"SELECT id, state, {name} FROM {table}"):
        yield row[0], row[1], row[2]
