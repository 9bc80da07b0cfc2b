"""Sittings: what a station did since a moment, and what is still out from before it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from tablet_loans.domain.act import Action
from tablet_loans.domain.device import Condition
from tablet_loans.domain.loan import LoanState, ReceivedBy
from tablet_loans.domain.pupil import written_name
from tablet_loans.domain.sitting import ExpectedLine, Holding, LentLine, ReturnedLine, SwappedLine, UndoneLine
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date, from_microseconds, to_microseconds, words

_HOLDING: Final = (
    "pupil.family_name, pupil.usage_name, pupil.given_name, pupil.class_name, school.name, device.tag, loan.number"
)
_HELD: Final = (
    " JOIN device ON device.id = loan.device_id JOIN pupil ON pupil.id = loan.pupil_id"
    " JOIN school ON school.id = pupil.school_id"
)
_ABOUT: Final = (
    " FROM ledger_line line JOIN ledger_subject subject ON subject.line_id = line.id AND subject.kind = 'loan'"
    f" JOIN loan ON loan.id = subject.subject_id{_HELD}"
)
_SINCE: Final = " WHERE line.station = ? AND line.sequence > ? AND line.action = ?"
_STANDS: Final = " AND NOT EXISTS (SELECT 1 FROM ledger_line later WHERE later.undoes = line.id)"
_ORDER: Final = " ORDER BY line.sequence, loan.id"
_FORMER: Final = (
    " JOIN loan former ON former.successor_id = loan.id JOIN device former_device"
    " ON former_device.id = former.device_id JOIN ledger_subject ended"
    " ON ended.line_id = line.id AND ended.kind = 'loan' AND ended.subject_id = former.id"
)
_UNDONE: Final = (
    f"SELECT line.effective_at, undone.action, {_HOLDING} FROM ledger_line line"
    " JOIN ledger_line undone ON undone.id = line.undoes JOIN ledger_subject subject"
    f" ON subject.line_id = undone.id AND subject.kind = 'loan' JOIN loan ON loan.id = subject.subject_id{_HELD}"
    f"{_SINCE} AND (undone.action <> ? OR loan.state <> ?)"
)
_GONE_ON: Final = (
    "WITH RECURSIVE gone_on(id) AS (SELECT former.successor_id FROM loan former"
    " WHERE former.state = 'exchanged' AND former.opened_at < ? UNION SELECT later.successor_id FROM gone_on"
    " JOIN loan later ON later.id = gone_on.id WHERE later.state = 'exchanged') SELECT id FROM gone_on"
)
_LISTED: Final = (Action.CHECKED_OUT, Action.CHECKED_IN, Action.SWAPPED, Action.RENEWED, Action.AGREEMENT_SIGNED)


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a sitting begins: its station, the time, and the station's last line before it."""

    station: str
    at: datetime
    sequence: int


def beginning(base: Base, station: str, at: datetime) -> Beginning:
    """Return where the station stood at that moment."""
    row = base.execute(
        "SELECT sequence FROM ledger_line WHERE station = ? AND recorded_at < ? ORDER BY sequence DESC LIMIT 1",
        (station, to_microseconds(at)),
    ).fetchone()
    return Beginning(station, at, row[0] if row else 0)


def lent(base: Base, since: Beginning) -> tuple[LentLine, ...]:
    """Return what was lent and stands, in the order it was."""
    query = (
        f"SELECT line.effective_at, {_HOLDING}, loan.received_by, loan.received_name,"
        " CASE WHEN loan.condition_in IS NULL THEN loan.missing_kit END"
    )
    rows = _since(base, query + _ABOUT + _SINCE + _STANDS + _ORDER, since, Action.CHECKED_OUT)
    return tuple(LentLine(at, holding, ReceivedBy(by), name, words(missing)) for at, holding, by, name, missing in rows)


def returned(base: Base, since: Beginning) -> tuple[ReturnedLine, ...]:
    """Return what was taken back and stands, in the order it was."""
    query = f"SELECT line.effective_at, {_HOLDING}, loan.condition_in, loan.missing_kit"
    rows = _since(base, query + _ABOUT + _SINCE + _STANDS + _ORDER, since, Action.CHECKED_IN)
    return tuple(
        ReturnedLine(at, holding, Condition(condition or Condition.GOOD), words(missing))
        for at, holding, condition, missing in rows
    )


def swapped(base: Base, since: Beginning) -> tuple[SwappedLine, ...]:
    """Return the records put right, each pupil's own, with the tablet that stood there before."""
    query = f"SELECT line.effective_at, {_HOLDING}, former_device.tag"
    rows = _since(base, query + _ABOUT + _FORMER + _SINCE + _STANDS + _ORDER, since, Action.SWAPPED)
    return tuple(SwappedLine(at, holding, tag) for at, holding, tag in rows)


def undone(base: Base, since: Beginning) -> tuple[UndoneLine, ...]:
    """Return the acts on loans that were undone; of a swap, the loans that stand again."""
    acts = ", ".join("?" * len(_LISTED))
    values = (
        since.station, since.sequence, Action.UNDONE.value, Action.SWAPPED.value, LoanState.CANCELLED.value,
        *(action.value for action in _LISTED),
    )  # fmt: skip
    rows = base.execute(f"{_UNDONE} AND undone.action IN ({acts}){_ORDER}", values).fetchall()
    return tuple(UndoneLine(from_microseconds(row[0]), Action(row[1]), _holding(row[2:9])) for row in rows)


def expected_count(base: Base, since: Beginning, schools: Sequence[str], campaign: str | None) -> int:
    """Return how many tablets lent before the sitting are still out, in these schools (none: all) and the campaign."""
    condition, values = _expected(since, schools, campaign)
    return int(base.execute(f"SELECT count(*) {condition}", values).fetchone()[0])


def expected(
    base: Base, since: Beginning, schools: Sequence[str], campaign: str | None, limit: int
) -> tuple[ExpectedLine, ...]:
    """Return the first of them, in the order of the register."""
    condition, values = _expected(since, schools, campaign)
    collated = ' COLLATE "C"' if base.is_server else ""
    order = f"school.uai{collated}, pupil.class_name{collated}, pupil.sort_key{collated}, loan.id"
    rows = base.execute(
        f"SELECT {_HOLDING}, loan.due_on {condition} ORDER BY {order} LIMIT ?", (*values, limit)
    ).fetchall()
    return tuple(ExpectedLine(_holding(row[:7]), cast(date, as_date(row[7]))) for row in rows)


def _expected(since: Beginning, schools: Sequence[str], campaign: str | None) -> tuple[str, list[object]]:
    """Return the condition and its values; a record put right, even twice, goes on from its first loan."""
    moment = to_microseconds(since.at)
    condition = (
        f"FROM loan{_HELD} JOIN campaign ON campaign.id = loan.campaign_id WHERE loan.state = 'open' AND"
        f" (loan.opened_at < ? OR loan.id IN ({_GONE_ON}))"
    )
    values: list[object] = [moment, moment]
    if schools:
        condition, values = f"{condition} AND school.uai IN ({', '.join('?' * len(schools))})", [*values, *schools]
    if campaign is not None:
        condition, values = f"{condition} AND campaign.name = ?", [*values, campaign]
    return condition, values


def _since(base: Base, query: str, since: Beginning, action: Action) -> Iterator[tuple[Any, ...]]:
    """Yield the time, the holding, and what else the query asks."""
    for row in base.execute(query, (since.station, since.sequence, action.value)).fetchall():
        yield from_microseconds(row[0]), _holding(row[1:8]), *row[8:]


def _holding(row: Sequence[Any]) -> Holding:
    family_name, usage_name, given_name, class_name, school, tag, number = row
    return Holding(written_name(family_name, usage_name, given_name), class_name, school, tag, number)
