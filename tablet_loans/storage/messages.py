"""Messages: the journal of letters and mails about loans, of whom little is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Final, NamedTuple
from weakref import WeakSet

from tablet_loans.domain.mail import MAIL, MessageRow, masked
from tablet_loans.domain.trouble import UpgradeNeeded
from tablet_loans.storage import rows
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import from_microseconds
from tablet_loans.storage.turns import in_turns

_BATCH: Final = 50
_COLUMNS: Final = ("kind", "loan_id", "pupil_id", "way", "address", "state", "reason", "made_at", "made_by")
_LAST: Final = (
    "SELECT address, id, state, made_at FROM message WHERE kind = ? AND loan_id = ? AND way = ? ORDER BY made_at, id"
)
_ROWS: Final = (
    "SELECT message.made_at, message.kind, loan.number, message.way, message.address, message.state, message.reason"
    " FROM message LEFT JOIN loan ON loan.id = message.loan_id"
)
_WITH_MESSAGES: Final[WeakSet[Any]] = WeakSet()


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A letter or mail about a loan, as the journal is told of it; a letter on paper keeps no address."""

    kind: str
    loan_id: int
    pupil_id: int
    way: str
    address: str
    state: str
    reason: str = ""


class LastMessage(NamedTuple):
    """The last message of a kind about a loan to an address."""

    id: int
    state: str
    at: datetime


def are_here(base: Base) -> bool:
    """Say whether the base is new enough to keep messages; asked once a base."""
    if base.database not in _WITH_MESSAGES:
        if not base.database.table_exists("message"):
            return False
        _WITH_MESSAGES.add(base.database)
    return True


def must_be_here(base: Base) -> None:
    """Accept a base that keeps messages. Raises: UpgradeNeeded."""
    if not are_here(base):
        raise UpgradeNeeded()


def add_many(base: Base, new: Sequence[NewMessage], at: datetime, by: str) -> None:
    """Write these messages into the journal in turns: the counter does not wait for thousands."""
    for _ in in_turns(base, _batches(new), partial(_insert, base, at, by)):
        pass


def _insert(base: Base, at: datetime, by: str, some: Sequence[NewMessage]) -> None:
    said = (
        (each.kind, each.loan_id, each.pupil_id, each.way, each.address, each.state, each.reason, at, by)
        for each in some
    )
    rows.insert_many(base, "message", _COLUMNS, said)


def _batches(new: Sequence[NewMessage]) -> Iterator[tuple[NewMessage, ...]]:
    remaining = iter(new)
    while batch := tuple(islice(remaining, _BATCH)):
        yield batch


def one_at_a_time(base: Base) -> None:
    """Let no other station write messages until the act is over: two of them never send the same mail."""
    if base.is_server:
        base.execute("LOCK TABLE message IN EXCLUSIVE MODE")


def last_mails(base: Base, kind: str, loan_id: int) -> dict[str, LastMessage]:
    """Return the last mail of a kind about a loan to each address, in lower case."""
    found = base.execute(_LAST, (kind, loan_id, MAIL)).fetchall()
    return {address.lower(): LastMessage(key, state, from_microseconds(at)) for address, key, state, at in found}


def add(base: Base, kind: str, way: str, address: str, state: str, at: datetime, by: str, **about: int) -> int:
    """Write a message into the journal, `about` a loan_id and a pupil_id or nobody, and return its id."""
    values = {"kind": kind, "way": way, "address": address, "state": state, "reason": "", "made_at": at, "made_by": by}
    return rows.insert(base, "message", {**values, **about})


def settle(base: Base, message_id: int, state: str, reason: str = "") -> None:
    """Write what became of a message."""
    rows.update(base, "message", message_id, {"state": state, "reason": reason})


def listed(base: Base, state: str | None = None, loan: str | None = None) -> list[MessageRow]:
    """Return the journal, newest first: in one state, about one loan, or all; addresses are masked."""
    conditions = {"message.state = ?": state, "loan.number = ?": loan}
    chosen = {condition: value for condition, value in conditions.items() if value is not None}
    where = f" WHERE {' AND '.join(chosen)}" if chosen else ""
    found = base.execute(f"{_ROWS}{where} ORDER BY message.made_at DESC, message.id DESC", (*chosen.values(),))
    return [
        MessageRow(from_microseconds(at), kind, number, way, masked(address), state, reason)
        for at, kind, number, way, address, state, reason in found.fetchall()
    ]
