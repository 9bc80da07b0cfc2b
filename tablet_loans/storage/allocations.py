"""Allocations: what can be promised, from where, to whom a person gave a mark, and the promises of a plan."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from tablet_loans.domain.allocation import Choice, Stock
from tablet_loans.domain.device import Place
from tablet_loans.domain.pupil import PupilId, written_name
from tablet_loans.domain.school import SchoolId
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import words
from tablet_loans.storage.searching import in_bites
from tablet_loans.storage.staging import Load

_READY: Final = (
    "SELECT model.features, device.place, device.depot, device.school_id, count(*) FROM device"
    " JOIN device_model model ON model.id = device.model_id WHERE device.state = 'ready' AND model.kind = ?"
    " AND NOT EXISTS (SELECT 1 FROM reservation promise WHERE promise.device_id = device.id"
    " AND promise.state = 'promised') GROUP BY model.features, device.place, device.depot, device.school_id"
)


def are_here(base: Base) -> bool:
    """Say whether the base is new enough to hold plans."""
    return bool(base.database.table_exists("plan_school"))


def ready(base: Base, kind: str) -> list[Stock]:
    """Return what could be promised, class by class and place by place, less what is promised by class already."""
    there: Counter[tuple[frozenset[str], str]] = Counter()
    for features, place, depot, school_id, count in base.execute(_READY, (kind,)).fetchall():
        there[frozenset(words(features)), _home(place, depot, school_id)] += count
    promised = base.execute(
        "SELECT features, home, count(*) FROM reservation WHERE state = 'promised' AND kind = ? AND device_id IS NULL"
        " GROUP BY features, home",
        (kind,),
    ).fetchall()
    for features, home, count in promised:
        _take_off(there, frozenset(words(features)), home, count)
    return [Stock(*key, count) for key, count in sorted(there.items(), key=_by_name) if count > 0]


def _home(place: str, depot: str, school_id: int | None) -> str:
    return f"school:{school_id}" if place == Place.SCHOOL.value else f"depot:{depot}"


def _by_name(item: tuple[tuple[frozenset[str], str], int]) -> tuple[list[str], str]:
    (features, home), _ = item
    return sorted(features), home


def _take_off(there: Counter[tuple[frozenset[str], str]], features: frozenset[str], home: str, count: int) -> None:
    """Take promised devices off their own place, then off the others of their class, in the order of their names."""
    own = (features, home)
    some = min(max(there[own], 0), count)
    there[own] -= some
    if not (count := count - some):
        return
    for key in sorted((key for key in there if key[0] == features), key=lambda key: key[1]):
        some = min(max(there[key], 0), count)
        there[key] -= some
        count -= some


def homes(base: Base) -> dict[SchoolId, tuple[str, ...]]:
    """Return each school's own places, where a device need not move far from: its own stock, and its depot if set."""
    kept = base.execute("SELECT DISTINCT school_id FROM device WHERE place = ?", (Place.SCHOOL.value,)).fetchall()
    stocked = {row[0] for row in kept}
    places = {}
    for school_id, depot in base.execute("SELECT id, depot FROM school").fetchall():
        own = [f"school:{school_id}"] if school_id in stocked else []
        own += [f"depot:{depot}"] if depot else []
        if own:
            places[SchoolId(school_id)] = tuple(own)
    return places


def marks(base: Base, campaign_id: int) -> dict[PupilId, str]:
    """Return the pupils whom a person pinned or excluded in a campaign."""
    rows = base.execute(
        "SELECT pupil_id, kind FROM plan_mark WHERE campaign_id = ? AND is_current", (campaign_id,)
    ).fetchall()
    return {PupilId(row[0]): row[1] for row in rows}


def holders(base: Base, kind: str, pupil_ids: Sequence[PupilId]) -> set[PupilId]:
    """Return those of these pupils who hold a device of the kind, or a promise of one."""
    found = set()
    for some in in_bites(pupil_ids):
        marks = ", ".join("?" * len(some))
        query = (
            f"SELECT pupil_id FROM loan WHERE kind = ? AND state = 'open' AND pupil_id IN ({marks})"
            f" UNION SELECT pupil_id FROM reservation WHERE kind = ? AND state = 'promised' AND pupil_id IN ({marks})"
        )
        found |= {PupilId(row[0]) for row in base.execute(query, (kind, *some, kind, *some)).fetchall()}
    return found


def promise_load(campaign_id: int, plan_id: int, kind: str, choices: Iterable[Choice]) -> Load:
    """Return the promises that a plan makes, as rows to be written in turns."""
    columns = ("campaign_id", "pupil_id", "device_id", "state", "kind", "features", "home", "plan_id")
    promised = (
        (each.pupil, json.dumps(sorted(each.features)), each.home) for each in choices if each.features is not None
    )
    rows = (
        (0, (campaign_id, pupil, None, "promised", kind, features, home, plan_id)) for pupil, features, home in promised
    )
    return Load("reservation", columns, rows)


def notes(base: Base, campaign_id: int) -> dict[PupilId, str]:
    """Return what was noted about the pupils whom a person pinned or excluded in a campaign."""
    rows = base.execute(
        "SELECT pupil_id, note FROM plan_mark WHERE campaign_id = ? AND is_current", (campaign_id,)
    ).fetchall()
    return {PupilId(row[0]): row[1] for row in rows}


def people(base: Base, pupil_ids: Sequence[PupilId]) -> dict[PupilId, tuple[str, str]]:
    """Return the written name and the class of pupils."""
    found = {}
    for some in in_bites(pupil_ids):
        marks = ", ".join("?" * len(some))
        query = f"SELECT id, family_name, usage_name, given_name, class_name FROM pupil WHERE id IN ({marks})"
        for pupil_id, *name, class_name in base.execute(query, tuple(some)).fetchall():
            found[PupilId(pupil_id)] = written_name(*name), class_name
    return found


def terms(base: Base, campaign_id: int) -> tuple[str, str]:
    """Return a campaign's seed and its rules as JSON."""
    row = base.execute("SELECT seed, rules FROM campaign WHERE id = ?", (campaign_id,)).fetchone()
    return row[0], row[1]


def models_of(base: Base, kind: str) -> dict[frozenset[str], str]:
    """Return the first name, in order, of a model of each class."""
    rows = base.execute("SELECT features, maker, name FROM device_model WHERE kind = ?", (kind,)).fetchall()
    named: dict[frozenset[str], str] = {}
    for features, maker, name in sorted(rows, key=lambda row: (row[1], row[2])):
        named.setdefault(frozenset(words(features)), f"{maker} {name}".strip())
    return named


def uais(base: Base) -> dict[SchoolId, str]:
    """Return the UAI of each school."""
    return {SchoolId(row[0]): row[1] for row in base.execute("SELECT id, uai FROM school").fetchall()}
