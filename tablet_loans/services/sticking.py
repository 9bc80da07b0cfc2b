"""Sticking: labels scanned back once they stick, those that still wait, and those spoiled."""

from dataclasses import dataclass

from tablet_loans.domain.label import LabelRow, LabelState
from tablet_loans.domain.roles import Permission
from tablet_loans.services import calibrating, labelling
from tablet_loans.services.session import Receipt, Session
from tablet_loans.storage import labels as shelf
from tablet_loans.storage.database import troubles_spoken


@dataclass(frozen=True, slots=True)
class Stuck:
    """A label that was scanned back: how many of those printed with it are confirmed, and how many there are."""

    tag: str
    confirmed: int
    labels: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """The labels to scan back, those printed last first; how many wait in all, and how far one batch of them is."""

    rows: tuple[LabelRow, ...]
    count: int
    confirmed: int
    labels: int


def stick(session: Session, raw: str) -> Receipt[Stuck]:
    """Confirm the label that was scanned back, and tell how far those printed with it are.

    Raises: what `labelling.confirm` does.
    """
    receipt = labelling.confirm(session, raw)
    with troubles_spoken(session.base):
        (newest, *_) = shelf.journal(session.base, state=LabelState.CONFIRMED, limit=1, search=receipt.value)
        confirmed, count = shelf.of_batch(session.base, newest.printed_at)
    return Receipt(Stuck(receipt.value, confirmed, count), receipt.ledger_id, receipt.topics)


def waiting(session: Session, limit: int = 500, tag: str = "") -> Waiting:
    """Return the labels that wait to be scanned back, batch by batch, the newest first, each in its printed order.

    The batch that is counted is that of a tablet's newest label, else the newest that waits.
    Raises: NotPermitted, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.STOCK)
    calibrating.must_be_here(session)
    with troubles_spoken(session.base):
        rows = shelf.journal(session.base, state=LabelState.PRINTED, limit=limit)
        count = shelf.counts(session.base).get(LabelState.PRINTED, 0)
        batch = (shelf.journal(session.base, limit=1, search=tag) if tag else []) or rows
        confirmed, labels = shelf.of_batch(session.base, batch[0].printed_at) if batch else (0, 0)
    ordered = sorted(rows, key=lambda row: (-row.printed_at.timestamp(), row.id))
    return Waiting(tuple(ordered), count, confirmed, labels)
