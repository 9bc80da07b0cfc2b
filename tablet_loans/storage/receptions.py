"""Receptions: devices recorded one by one, the next asset tag, and where a device already here came from."""

from datetime import datetime
from typing import Final

from tablet_loans.domain.act import Action
from tablet_loans.domain.identifiers import tag_number
from tablet_loans.storage import arrivals
from tablet_loans.storage.arrivals import KnownModel, PurchaseFacts
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import from_microseconds
from tablet_loans.text import sort_key

_TAGS_LOCK: Final = 20_200_407
_LOOKED_AT: Final = 200


def alone(base: Base) -> None:
    """Hold every other station that gives a tag until the transaction ends; SQLite has one writer at a time anyway."""
    if base.is_server:
        base.execute("SELECT pg_advisory_xact_lock(?)", (_TAGS_LOCK,))


def highest_tag_number(base: Base, prefix: str, digits: int) -> int:
    """Return the highest number among our own asset tags of so many figures, 0 when there is none.

    The tags are walked from the last one down, by the index; once the figures are used up, all are read.
    """
    tag = 'tag COLLATE "C"' if base.is_server else "tag"
    rows = base.execute(
        f"SELECT tag FROM device WHERE {tag} >= ? AND {tag} < ? AND length(tag) = ? ORDER BY {tag} DESC LIMIT ?",
        (f"{prefix}-0", f"{prefix}-:", len(prefix) + digits + 3, _LOOKED_AT),
    ).fetchall()
    highest = next((number for row in rows if (number := tag_number(row[0], prefix)) is not None), 0)
    is_used_up = highest == 10**digits - 1 or (not highest and len(rows) == _LOOKED_AT)
    if is_used_up:
        return arrivals.last_tag_number(base, prefix)
    return max(highest, arrivals.last_reserved(base, prefix))


def model_like(base: Base, kind: str, maker: str, name: str) -> KnownModel | None:
    """Return the model of that kind, maker and name, whatever its case and accents, or None."""
    wanted = (kind, sort_key(maker), sort_key(name))
    return next(
        (
            model
            for model in arrivals.models(base)
            if (model.kind, sort_key(model.maker), sort_key(model.name)) == wanted
        ),
        None,
    )


def purchase_id(base: Base, facts: PurchaseFacts) -> int | None:
    """Return the id of the purchase with exactly these facts, or None."""
    supplier, invoice, mandate, account, purchased_on = facts
    row = base.execute(
        "SELECT id FROM purchase WHERE supplier = ? AND invoice = ? AND mandate = ? AND account = ?"
        f" AND purchased_on {'IS NULL' if purchased_on is None else '= ?'} ORDER BY id LIMIT 1",
        (supplier, invoice, mandate, account, *([] if purchased_on is None else [purchased_on.isoformat()])),
    ).fetchone()
    return None if row is None else int(row[0])


def recorded_at(base: Base, device_id: int) -> datetime | None:
    """Return when a device came in, None when nothing tells."""
    told = base.execute(
        "SELECT line.recorded_at FROM ledger_subject subject JOIN ledger_line line ON line.id = subject.line_id"
        " WHERE subject.kind = 'device' AND subject.subject_id = ? AND line.action = ? ORDER BY line.id LIMIT 1",
        (device_id, Action.RECEIVED.value),
    ).fetchone()
    told = (
        told
        or base.execute(
            "SELECT line.recorded_at FROM ledger_row kept JOIN ledger_line line ON line.id = kept.line_id"
            " WHERE kept.kind = 'device' AND kept.row_id = ? AND kept.before IS NULL ORDER BY kept.id LIMIT 1",
            (device_id,),
        ).fetchone()
    )
    return None if told is None else from_microseconds(told[0])


def depots(base: Base) -> list[str]:
    """Return the names of the depots in which devices stand, in order."""
    rows = base.execute("SELECT DISTINCT depot FROM device WHERE depot <> ''").fetchall()
    return sorted((row[0] for row in rows), key=sort_key)
