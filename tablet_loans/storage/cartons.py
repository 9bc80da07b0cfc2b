"""Cartons: what schools are promised, what lies in which carton, and who took it out."""

from collections import defaultdict
from typing import Any, Final
from weakref import WeakSet

from tablet_loans.domain.carton import (
    CartonDevice,
    CartonRow,
    CartonState,
    Holding,
    InCarton,
    ItemState,
    PackSchool,
    Promised,
    carton_code,
)
from tablet_loans.domain.device import Place
from tablet_loans.domain.matching import Features
from tablet_loans.storage import rows
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import from_microseconds, words

_PLACE: Final = "device.place, device.depot, device.school_id"
_PROMISED: Final = (
    "SELECT pupil.school_id, promise.features, promise.home, count(*) FROM pupil JOIN reservation promise"
    " ON promise.pupil_id = pupil.id AND promise.state = 'promised' AND promise.kind = ?"
    " AND {plus}promise.device_id IS NULL"
    " WHERE {plus}promise.campaign_id = ?{only} GROUP BY pupil.school_id, promise.features, promise.home"
)
_EXACT: Final = (
    f"SELECT pupil.school_id, device.tag, model.features, {_PLACE} FROM pupil"
    " JOIN reservation promise ON promise.pupil_id = pupil.id AND promise.state = 'promised' AND promise.kind = ?"
    " JOIN device ON device.id = promise.device_id JOIN device_model model ON model.id = device.model_id"
    " WHERE {plus}promise.campaign_id = ?{only} ORDER BY device.tag"
)
_IN_CARTONS: Final = (
    f"SELECT carton.school_id, device.tag, model.features, {_PLACE} FROM carton"
    " JOIN carton_device item ON item.carton_id = carton.id AND item.state = 'packed'"
    " JOIN device ON device.id = item.device_id AND device.state = 'ready'"
    " JOIN device_model model ON model.id = device.model_id WHERE carton.campaign_id = ?{only} ORDER BY item.id"
)
_CARTON: Final = (
    "SELECT carton.id, carton.code, carton.state, carton.packed_at, carton.packed_by, school.id, school.uai,"
    " school.name, school.address, school.postcode, school.commune FROM carton"
    " JOIN school ON school.id = carton.school_id"
)
_CONTENTS: Final = (
    "SELECT item.carton_id, device.tag, model.maker, model.name, device.serial, device.state FROM carton"
    " JOIN carton_device item ON item.carton_id = carton.id AND item.state = 'packed'"
    " JOIN device ON device.id = item.device_id JOIN device_model model ON model.id = device.model_id"
    " WHERE carton.campaign_id = ? ORDER BY item.id"
)
_EVER: Final = (
    "SELECT item.carton_id, count(DISTINCT item.device_id) FROM carton JOIN carton_device item"
    " ON item.carton_id = carton.id AND item.state <> 'removed' WHERE carton.campaign_id = ? GROUP BY item.carton_id"
)
_HOLDING: Final = (
    "SELECT item.id, carton.id, carton.code, school.uai, school.name FROM carton_device item"
    " JOIN carton ON carton.id = item.carton_id JOIN school ON school.id = carton.school_id"
    " WHERE item.device_id = ? AND item.state = 'packed'"
)
_WITH_CARTONS: Final[WeakSet[Any]] = WeakSet()


def are_here(base: Base) -> bool:
    """Say whether the base is new enough to hold cartons; asked once a base."""
    if base.database not in _WITH_CARTONS:
        if not base.database.table_exists("carton_device"):
            return False
        _WITH_CARTONS.add(base.database)
    return True


def holding(base: Base, device_id: int) -> Holding | None:
    """Return the carton in which a device lies, or None."""
    row = base.execute(_HOLDING, (device_id,)).fetchone() if are_here(base) else None
    return None if row is None else Holding(*row)


def school_promised(base: Base, reservation_id: int) -> tuple[int, int, str]:
    """Return the campaign of a promise, and the id and the name of its pupil's school."""
    row = base.execute(
        "SELECT promise.campaign_id, school.id, school.name FROM reservation promise"
        " JOIN pupil ON pupil.id = promise.pupil_id JOIN school ON school.id = pupil.school_id WHERE promise.id = ?",
        (reservation_id,),
    ).fetchone()
    return row[0], row[1], row[2]


def school(base: Base, school_id: int, *, is_held: bool = False) -> PackSchool:
    """Return a school; `is_held` lets no other station pack for it until the transaction ends."""
    lock = " FOR NO KEY UPDATE" if is_held and base.is_server else ""
    query = f"SELECT id, uai, name, address, postcode, commune FROM school WHERE id = ?{lock}"
    return _school(base.execute(query, (school_id,)).fetchone())


def _school(row: Any) -> PackSchool:
    school_id, uai, name, address, postcode, commune = row
    return PackSchool(school_id, uai, name, address, f"{postcode} {commune}".strip())


def school_names(base: Base) -> dict[int, str]:
    """Return the name of each school."""
    return dict(base.execute("SELECT id, name FROM school").fetchall())


def promised(base: Base, campaign_id: int, kind: str, school_id: int | None = None) -> dict[int, list[Promised]]:
    """Return by school what is promised to its pupils and not lent yet."""
    only, asked = _only("pupil", (kind, campaign_id), school_id)
    plus = "" if school_id is None else "+"  # a school's few pupils, not all promises of the campaign
    found: defaultdict[int, list[Promised]] = defaultdict(list)
    for school, features, home, count in base.execute(_PROMISED.format(only=only, plus=plus), asked).fetchall():
        found[school].append(Promised(frozenset(words(features)), home, count))
    for lines in found.values():
        lines.sort(key=lambda each: (sorted(each.features), each.home))
    for school, tag, features, *place in base.execute(_EXACT.format(only=only, plus=plus), asked).fetchall():
        found[school].append(Promised(frozenset(words(features)), _home(*place), 1, tag))
    return dict(found)


def in_cartons(base: Base, campaign_id: int, school_id: int | None = None) -> dict[int, list[InCarton]]:
    """Return by school the ready devices that lie in its cartons."""
    only, asked = _only("carton", (campaign_id,), school_id)
    found: defaultdict[int, list[InCarton]] = defaultdict(list)
    for school, tag, features, *place in base.execute(_IN_CARTONS.format(only=only), asked).fetchall():
        found[school].append(InCarton(tag, frozenset(words(features)), _home(*place)))
    return dict(found)


def _only(table: str, asked: tuple[object, ...], school_id: int | None) -> tuple[str, tuple[object, ...]]:
    return ("", asked) if school_id is None else (f" AND {table}.school_id = ?", (*asked, school_id))


def _home(place: str, depot: str, school_id: int | None) -> str:
    return f"school:{school_id}" if place == Place.SCHOOL.value else f"depot:{depot}"


def features_of(base: Base, device_id: int) -> Features:
    """Return a device's class."""
    row = base.execute(
        "SELECT model.features FROM device JOIN device_model model ON model.id = device.model_id WHERE device.id = ?",
        (device_id,),
    ).fetchone()
    return frozenset(words(row[0]))


def models(base: Base, kind: str) -> dict[Features, list[str]]:
    """Return the models of each class, by name."""
    named: defaultdict[Features, list[str]] = defaultdict(list)
    query = "SELECT features, maker, name FROM device_model WHERE kind = ?"
    for features, maker, name in base.execute(query, (kind,)).fetchall():
        named[frozenset(words(features))].append(f"{maker} {name}".strip())
    return {features: sorted(names) for features, names in named.items()}


def open_carton(base: Base, campaign_id: int, school_id: int) -> tuple[int, str] | None:
    """Return the id and the code of the school's open carton, the oldest of several, or None."""
    row = base.execute(
        "SELECT id, code FROM carton WHERE campaign_id = ? AND school_id = ? AND state = 'open' ORDER BY id LIMIT 1",
        (campaign_id, school_id),
    ).fetchone()
    return None if row is None else (row[0], row[1])


def begin(base: Base, campaign_id: int, school_id: int, at: object, by: str) -> tuple[int, str]:
    """Begin a carton, and return its id and its code: that of a number greater than all ids."""
    number = base.execute("SELECT COALESCE(max(id), 0) + 1 FROM carton").fetchone()[0]
    code = carton_code(number)
    values = {
        "code": code, "campaign_id": campaign_id, "school_id": school_id, "packed_at": at, "packed_by": by,
        "state": CartonState.OPEN.value,
    }  # fmt: skip
    return rows.insert(base, "carton", values), code


def put(base: Base, carton_id: int, device_id: int) -> int:
    """Put a device into a carton and return the line's id."""
    values = {"carton_id": carton_id, "device_id": device_id, "state": ItemState.PACKED.value}
    return rows.insert(base, "carton_device", values)


def count(base: Base, carton_id: int) -> int:
    """Return how many devices lie in a carton."""
    query = "SELECT count(*) FROM carton_device WHERE carton_id = ? AND state = 'packed'"
    return int(base.execute(query, (carton_id,)).fetchone()[0])


def with_code(base: Base, code: str) -> tuple[int, str, CartonState, str] | None:
    """Return the id, code, state and school's UAI of a carton, held until the transaction ends, or None."""
    lock = " FOR UPDATE OF carton" if base.is_server else ""
    row = base.execute(
        "SELECT carton.id, carton.code, carton.state, school.uai FROM carton"
        f" JOIN school ON school.id = carton.school_id WHERE carton.code = ?{lock}",
        (code,),
    ).fetchone()
    return None if row is None else (row[0], row[1], CartonState(row[2]), row[3])


def of_campaign(base: Base, campaign_id: int, school_id: int | None = None) -> list[CartonRow]:
    """Return the cartons of a campaign, or those of a school, by school and in the order begun."""
    contents: defaultdict[int, list[CartonDevice]] = defaultdict(list)
    for carton, tag, maker, name, serial, state in base.execute(_CONTENTS, (campaign_id,)).fetchall():
        contents[carton].append(CartonDevice(tag, f"{maker} {name}".strip(), serial or "", state))
    ever = dict(base.execute(_EVER, (campaign_id,)).fetchall())
    only, asked = _only("carton", (campaign_id,), school_id)
    query = f"{_CARTON} WHERE carton.campaign_id = ?{only} ORDER BY school.sort_key, school.uai, carton.id"
    return [
        CartonRow(
            row[0], row[1], _school(row[5:]), CartonState(row[2]), from_microseconds(row[3]), row[4],
            tuple(contents[row[0]]), ever.get(row[0], 0),
        )
        for row in base.execute(query, asked).fetchall()
    ]  # fmt: skip
