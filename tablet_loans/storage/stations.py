"""The computers that act, each with its code and the head of its ledger chain."""

from dataclasses import dataclass
from typing import Final

from tablet_loans.domain.act import GENESIS
from tablet_loans.storage.database import Base, RaceLost

_ALPHABET: Final = "ABCDEFGHJKLMNPRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class StationHead:
    """Where a station stands: its last ledger line and its last loan number."""

    code: str
    sequence: int
    head: str
    loan_year: int
    loan_counter: int


def code_at(place: int) -> str:
    """Return the station code at a place in their order: AA, AB, ... 99, then AAA and so on."""
    length, base = 2, len(_ALPHABET)
    while place >= base**length:
        place -= base**length
        length += 1
    return "".join(_ALPHABET[place // base**power % base] for power in reversed(range(length)))


def registered(base: Base, machine: str) -> str:
    """Return the code of the station that runs on `machine`, giving it the next free one if needed."""
    for _ in range(20):
        found = base.execute("SELECT code FROM station WHERE machine = ?", (machine,)).fetchone()
        if found:
            return str(found[0])
        try:
            with base.atomic():
                (count,) = base.execute("SELECT count(*) FROM station").fetchone()
                base.execute(
                    "INSERT INTO station (code, machine, sequence, head, loan_year, loan_counter)"
                    " VALUES (?, ?, 0, ?, 0, 0)",
                    (code_at(count), machine, GENESIS),
                )
        except RaceLost:
            continue
    raise RuntimeError("no station code could be had")


def sequences(base: Base) -> dict[str, int]:
    """Return how many lines each station's chain has."""
    return {str(code): int(sequence) for code, sequence in base.execute("SELECT code, sequence FROM station")}


def locked(base: Base, code: str) -> StationHead:
    """Return the station's head, held until the transaction ends."""
    row = base.execute(
        "SELECT code, sequence, head, loan_year, loan_counter FROM station WHERE code = ?"
        + (" FOR UPDATE" if base.is_server else ""),
        (code,),
    ).fetchone()
    return StationHead(*row)


def advance(base: Base, head: StationHead) -> None:
    """Write where the station stands now."""
    base.execute(
        "UPDATE station SET sequence = ?, head = ?, loan_year = ?, loan_counter = ? WHERE code = ?",
        (head.sequence, head.head, head.loan_year, head.loan_counter, head.code),
    )


def heads(base: Base) -> list[StationHead]:
    """Return where every station stands, by code."""
    query = "SELECT code, sequence, head, loan_year, loan_counter FROM station ORDER BY code"
    return [StationHead(*row) for row in base.execute(query).fetchall()]
