"""Labels: the stocks of one's own, how far printers are off, and the journal of what was printed for which device."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import Any, Final, NamedTuple
from weakref import WeakSet

from tablet_loans.domain.device import DeviceState
from tablet_loans.domain.label import LabelRow, LabelState
from tablet_loans.domain.label_stock import LabelStock, stock_from, stock_said
from tablet_loans.domain.printer import PrinterOffset
from tablet_loans.storage import rows
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import from_microseconds, to_microseconds
from tablet_loans.storage.turns import in_turns

_BATCH: Final = 50
_ROWS: Final = (
    "SELECT label.id, device.tag, label.stock, label.state, label.printed_at, label.printed_by, label.settled_at"
    " FROM label_print label JOIN device ON device.id = label.device_id"
)
_PUPILS: Final = (
    "SELECT pupil.id, COALESCE(NULLIF(pupil.usage_name, ''), pupil.family_name), pupil.given_name, pupil.class_name,"
    " school.name FROM pupil JOIN school ON school.id = pupil.school_id"
    " WHERE school.uai = ? AND (pupil.left_on IS NULL OR pupil.left_on > ?)"
)
_GONE: Final = (DeviceState.LOST, DeviceState.STOLEN, DeviceState.RETIRED)
_WITH_LABELS: Final[WeakSet[Any]] = WeakSet()


class LabelDevice(NamedTuple):
    """A device that gets a label."""

    id: int
    tag: str
    serial: str | None


class CardPupil(NamedTuple):
    """A pupil as a card names her or him."""

    id: int
    family_name: str
    given_name: str
    class_name: str
    school: str


def are_here(base: Base) -> bool:
    """Say whether the base is new enough to keep labels; asked once a base."""
    if base.database not in _WITH_LABELS:
        if not base.database.table_exists("label_print"):
            return False
        _WITH_LABELS.add(base.database)
    return True


def own_stocks(base: Base) -> list[LabelStock]:
    """Return the stocks kept in the base, by name; a base of the version before has none."""
    if not are_here(base):
        return []
    found = base.execute("SELECT geometry FROM label_stock ORDER BY name").fetchall()
    return [stock_from(json.loads(row[0])) for row in found]


def keep_stock(base: Base, stock: LabelStock) -> None:
    """Keep a stock; one of the same name gives way."""
    base.execute("DELETE FROM label_stock WHERE name = ?", (stock.name,))
    said = json.dumps(stock_said(stock), ensure_ascii=False)
    base.execute("INSERT INTO label_stock (name, geometry) VALUES (?, ?)", (stock.name, said))


def printers(base: Base) -> list[PrinterOffset]:
    """Return how far each known printer is off, by name."""
    if not are_here(base):
        return []
    query = "SELECT printer, right_mm, down_mm, scale FROM printer_setting ORDER BY printer"
    return [PrinterOffset(*row) for row in base.execute(query).fetchall()]


def keep_printer(base: Base, printer: PrinterOffset) -> None:
    """Keep how far a printer is off."""
    base.execute("DELETE FROM printer_setting WHERE printer = ?", (printer.name,))
    base.execute(
        "INSERT INTO printer_setting (printer, right_mm, down_mm, scale) VALUES (?, ?, ?, ?)",
        (printer.name, printer.right_mm, printer.down_mm, printer.scale),
    )


def forget_stock(base: Base, name: str) -> None:
    """Forget the stock of this name."""
    base.execute("DELETE FROM label_stock WHERE name = ?", (name,))


def chosen(
    base: Base,
    *,
    state: str | None,
    school: str | None,
    span: tuple[str, str] | None,
    without: Sequence[LabelState] | None = None,
) -> list[LabelDevice]:
    """Return the devices of a state, of a school (a UAI) and of a range of tags, by tag.

    With `without`, those alone that have no label in these states, and that are still somewhere.
    """
    collated = ' COLLATE "C"' if base.is_server else ""
    conditions: list[str] = []
    values: list[object] = []
    if state is not None:
        conditions, values = [*conditions, "device.state = ?"], [*values, state]
    if school is not None:
        conditions, values = [*conditions, "school.uai = ?"], [*values, school]
    if span is not None:
        conditions += [f"device.tag{collated} >= ?", f"device.tag{collated} <= ?"]
        values += span
    if without is not None:
        conditions.append(
            "NOT EXISTS (SELECT 1 FROM label_print WHERE label_print.device_id = device.id"
            f" AND label_print.state IN ({', '.join('?' * len(without))}))"
        )
        values += [each.value for each in without]
        if state is None:
            conditions.append("device.state NOT IN (?, ?, ?)")
            values += [each.value for each in _GONE]
    joined = " AND ".join(conditions) or "1 = 1"
    found = base.execute(
        "SELECT device.id, device.tag, device.serial FROM device LEFT JOIN school ON school.id = device.school_id"
        f" WHERE {joined} ORDER BY device.tag{collated}",
        values,
    ).fetchall()
    return [LabelDevice(*row) for row in found]


def pupils_there(base: Base, *, today: date, school: str, class_name: str | None = None) -> list[CardPupil]:
    """Return the pupils of a school, or of one of its classes, who are there, by class and name."""
    collated = ' COLLATE "C"' if base.is_server else ""
    query, values = _PUPILS, [school, today.isoformat()]
    if class_name is not None:
        query, values = f"{query} AND pupil.class_name = ?", [*values, class_name]
    order = f"ORDER BY pupil.class_name{collated}, pupil.sort_key{collated}, pupil.id"
    return [CardPupil(*row) for row in base.execute(f"{query} {order}", values).fetchall()]


def write_down(base: Base, device_ids: Sequence[int], *, stock: str, at: datetime, by: str) -> None:
    """Write the labels of these devices into the journal in turns: the counter does not wait for thousands."""
    for _ in in_turns(base, _batches(device_ids), partial(_insert, base, (stock, LabelState.PRINTED.value, at, by))):
        pass


def _insert(base: Base, said: tuple[object, ...], device_ids: tuple[int, ...]) -> None:
    columns = ("device_id", "stock", "state", "printed_at", "printed_by")
    rows.insert_many(base, "label_print", columns, ((device_id, *said) for device_id in device_ids))


def _batches(device_ids: Sequence[int]) -> Iterable[tuple[int, ...]]:
    remaining = iter(device_ids)
    while batch := tuple(islice(remaining, _BATCH)):
        yield batch


def of_device(base: Base, device_id: int, *states: LabelState) -> list[LabelRow]:
    """Return a device's labels in these states, the newest first."""
    marks = ", ".join("?" * len(states))
    query = f"{_ROWS} WHERE label.device_id = ? AND label.state IN ({marks}) ORDER BY label.id DESC"
    return [_row(row) for row in base.execute(query, (device_id, *(state.value for state in states))).fetchall()]


def journal(base: Base, *, state: LabelState | None = None, limit: int = 500, search: str = "") -> list[LabelRow]:
    """Return the newest lines of the journal of labels, of those devices alone whose tags hold what is searched."""
    conditions, values = list[str](), list[object]()
    if state is not None:
        conditions, values = ["label.state = ?"], [state.value]
    if typed := "".join(mark for mark in search.upper() if mark.isalnum()):
        conditions.append("REPLACE(device.tag, '-', '') LIKE ?")
        values.append(f"%{typed}%")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    query = f"{_ROWS}{where} ORDER BY label.id DESC LIMIT ?"
    return [_row(row) for row in base.execute(query, (*values, limit)).fetchall()]


def counts(base: Base) -> dict[LabelState, int]:
    """Return how many labels of the journal are in each state."""
    found = base.execute("SELECT state, count(*) FROM label_print GROUP BY state").fetchall()
    return {LabelState(row[0]): int(row[1]) for row in found}


def of_batch(base: Base, printed_at: datetime) -> tuple[int, int]:
    """Return how many labels printed at that moment are confirmed, and how many there are but for the spoiled."""
    query = (
        "SELECT count(CASE WHEN state = ? THEN 1 END), count(CASE WHEN state <> ? THEN 1 END) FROM label_print"
        " WHERE printed_at = ?"
    )
    values = (LabelState.CONFIRMED.value, LabelState.SPOILED.value, to_microseconds(printed_at))
    row = base.execute(query, values).fetchone()
    return int(row[0]), int(row[1])


def _row(row: Any) -> LabelRow:
    settled = None if row[6] is None else from_microseconds(row[6])
    return LabelRow(row[0], row[1], row[2], LabelState(row[3]), from_microseconds(row[4]), row[5], settled)
