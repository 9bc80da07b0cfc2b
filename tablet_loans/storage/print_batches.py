"""Batches of papers, taken up again where they stopped, and the blank forms whose numbers are reserved."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tablet_loans.domain.own_code import letters, number, sealed, unsealed
from tablet_loans.storage import rows
from tablet_loans.storage.database import Base

SPARE: Final = "TLF"
_LETTERS: Final = 6


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that was begun, and the files of it that are done: how many agreements and pages each holds."""

    id: int
    done: Mapping[str, tuple[int, int]]
    codes: tuple[str, ...] = ()


def unfinished(base: Base, campaign_id: int, asked: str) -> Batch | None:
    """Return the newest batch of a campaign for which the same was asked and that did not end, or None."""
    row = base.execute(
        "SELECT id, done FROM print_batch WHERE campaign_id = ? AND asked = ? AND ended_at IS NULL"
        " ORDER BY id DESC LIMIT 1",
        (campaign_id, asked),
    ).fetchone()
    return None if row is None else _batch(int(row[0]), row[1])


def begin(base: Base, campaign_id: int, asked: str, at: datetime, by: str, codes: Sequence[str] = ()) -> Batch:
    """Insert a batch and return it."""
    done = json.dumps({"files": {}, "codes": list(codes)})
    values = {"campaign_id": campaign_id, "asked": asked, "done": done, "begun_at": at, "begun_by": by}
    return _batch(rows.insert(base, "print_batch", values), done)


def keep_done(base: Base, batch: Batch, file: str, agreements: int, pages: int) -> Batch:
    """Keep that a file of a batch is done, and return the batch as it stands."""
    files = {**batch.done, file: (agreements, pages)}
    done = json.dumps({"files": files, "codes": list(batch.codes)}, ensure_ascii=False)
    rows.update(base, "print_batch", batch.id, {"done": done})
    return Batch(batch.id, files, batch.codes)


def end(base: Base, batch: Batch, at: datetime) -> None:
    """Keep that a batch ended: the same asked again is another one."""
    rows.update(base, "print_batch", batch.id, {"ended_at": at})


def reserve(base: Base, campaign_id: int, count: int, at: datetime, by: str) -> list[str]:
    """Reserve so many numbers of blank agreements, which no other station gets, and return their codes."""
    if base.is_server:
        base.execute("LOCK TABLE spare_form IN EXCLUSIVE MODE")
    last = base.execute("SELECT code FROM spare_form ORDER BY id DESC LIMIT 1").fetchone()
    first = 1 if last is None else _number(last[0]) + 1
    codes = [spare_code(place) for place in range(first, first + count)]
    columns = ("code", "campaign_id", "reserved_at", "reserved_by")
    rows.insert_many(base, "spare_form", columns, ((code, campaign_id, at, by) for code in codes))
    return codes


def spare_code(place: int) -> str:
    """Return the code on a blank agreement."""
    return sealed(SPARE + letters(place, _LETTERS))


def _number(code: str) -> int:
    body = unsealed(code) or SPARE
    return number(body.removeprefix(SPARE))


def _batch(batch_id: int, done: str) -> Batch:
    said = json.loads(done)
    files = {file: (int(counts[0]), int(counts[1])) for file, counts in said["files"].items()}
    return Batch(batch_id, files, tuple(said["codes"]))
