"""Allocations: who is eligible, what can be promised, and plans with their choices."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from tablet_loans.domain.allocation import Choice, Outcome, Stock
from tablet_loans.domain.device import Place
from tablet_loans.domain.matching import Shortage
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.ranking import Candidate
from tablet_loans.domain.school import SchoolId
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date, from_microseconds, words
from tablet_loans.storage.staging import Load

_ELIGIBLE: Final = (
    "SELECT pupil.id, pupil.school_id, need.equipment, need.is_priority, need.is_cellular, pupil.class_name,"
    " pupil.level, pupil.household, need.asked_on FROM need JOIN pupil ON pupil.id = need.pupil_id"
    " WHERE need.campaign_id = ? AND need.is_current AND need.equipment <> ?"
    " AND (pupil.left_on IS NULL OR pupil.left_on > ?)"
    " AND (NOT EXISTS (SELECT 1 FROM campaign_school listed WHERE listed.campaign_id = ?) OR EXISTS"
    " (SELECT 1 FROM campaign_school part WHERE part.campaign_id = ? AND part.school_id = pupil.school_id))"
    " AND NOT EXISTS (SELECT 1 FROM loan WHERE loan.pupil_id = pupil.id AND loan.kind = ? AND loan.state = 'open')"
    " AND NOT EXISTS (SELECT 1 FROM reservation promise WHERE promise.pupil_id = pupil.id AND promise.kind = ?"
    " AND promise.state = 'promised') ORDER BY pupil.id"
)
_LENT_TO_HOMES: Final = (
    "SELECT pupil.household, count(*) FROM loan JOIN pupil ON pupil.id = loan.pupil_id"
    " WHERE loan.state = 'open' AND loan.kind = ? AND pupil.household IS NOT NULL GROUP BY pupil.household"
)
_PROMISED_TO_HOMES: Final = (
    "SELECT pupil.household, count(*) FROM reservation promise JOIN pupil ON pupil.id = promise.pupil_id"
    " WHERE promise.state = 'promised' AND promise.kind = ? AND pupil.household IS NOT NULL GROUP BY pupil.household"
)
_READY: Final = (
    "SELECT model.features, device.place, device.depot, device.school_id, count(*) FROM device"
    " JOIN device_model model ON model.id = device.model_id WHERE device.state = 'ready' AND model.kind = ?"
    " AND NOT EXISTS (SELECT 1 FROM reservation promise WHERE promise.device_id = device.id"
    " AND promise.state = 'promised') GROUP BY model.features, device.place, device.depot, device.school_id"
)
_PLAN: Final = "id, campaign_id, made_at, made_by, rules, digest, instance, eligible, served, applied_at"
CHOICE_COLUMNS: Final = ("plan_id", "pupil_id", "rank", "outcome", "features", "home", "reason")


@dataclass(frozen=True, slots=True)
class FoundPlan:
    """A plan, and as text what it was made from."""

    id: int
    campaign_id: int
    made_at: datetime
    made_by: str
    rules: str
    digest: str
    instance: str
    eligible: int
    served: int
    applied_at: datetime | None


def are_here(base: Base) -> bool:
    """Say whether the base is new enough to hold plans."""
    return bool(base.database.table_exists("plan"))


def eligible(base: Base, campaign_id: int, kind: str, today: date, exam_classes: Sequence[str]) -> Iterator[Candidate]:
    """Yield the pupils who lack equipment and have neither a device of the kind nor a promise of one, by id."""
    received: Counter[int] = Counter()
    for query in (_LENT_TO_HOMES, _PROMISED_TO_HOMES):
        received.update(dict(base.execute(query, (kind,)).fetchall()))
    asked = (campaign_id, Equipment.OWN.value, today.isoformat(), campaign_id, campaign_id, kind, kind)
    for row in base.execute(_ELIGIBLE, asked).fetchall():
        pupil_id, school_id, equipment, is_priority, is_cellular, class_name, level, household, asked_on = row
        yield Candidate(
            pupil=PupilId(pupil_id),
            school=SchoolId(school_id),
            equipment=Equipment(equipment),
            is_priority=bool(is_priority),
            is_exam_year=(level or class_name).startswith(tuple(exam_classes)),
            household=household or pupil_id,
            received=received[household] if household else 0,
            asked_on=cast(date, as_date(asked_on)),
            required=frozenset({"cellular"} if is_cellular else ()),
        )


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
    keys = [(features, home), *sorted((key for key in there if key[0] == features), key=lambda key: key[1])]
    for key in keys:
        some = min(max(there[key], 0), count)
        there[key] -= some
        count -= some


def homes(base: Base) -> dict[SchoolId, str]:
    """Return from which depot each school is served first, where one is set."""
    rows = base.execute("SELECT id, depot FROM school WHERE depot <> ''").fetchall()
    return {SchoolId(row[0]): f"depot:{row[1]}" for row in rows}


def marks(base: Base, campaign_id: int) -> dict[PupilId, str]:
    """Return the pupils whom a person pinned or excluded in a campaign."""
    rows = base.execute(
        "SELECT pupil_id, kind FROM plan_mark WHERE campaign_id = ? AND is_current", (campaign_id,)
    ).fetchall()
    return {PupilId(row[0]): row[1] for row in rows}


def choice_load(plan_id: int, choices: Iterable[Choice]) -> Load:
    """Return a plan's choices as rows to be written in turns."""
    return Load(
        "plan_choice",
        CHOICE_COLUMNS,
        (
            (0, (plan_id, each.pupil, each.rank, each.outcome.value, _features(each), each.home, _reason(each)))
            for each in choices
        ),
    )


def promise_load(plan: FoundPlan, kind: str, choices: Iterable[Choice]) -> Load:
    """Return the promises that a plan makes, as rows to be written in turns."""
    columns = ("campaign_id", "pupil_id", "device_id", "state", "kind", "features", "home", "plan_id")
    return Load(
        "reservation",
        columns,
        (
            (0, (plan.campaign_id, each.pupil, None, "promised", kind, _features(each), each.home, plan.id))
            for each in choices
            if each.outcome is Outcome.SERVED
        ),
    )


def _features(choice: Choice) -> str | None:
    return None if choice.features is None else json.dumps(sorted(choice.features))


def _reason(choice: Choice) -> str:
    if choice.shortage is None:
        return "{}"
    classes = sorted(sorted(each) for each in choice.shortage.classes)
    return json.dumps({"ran_out_at": choice.shortage.rank, "classes": classes, "ahead": choice.ahead})


def free_plan_id(base: Base) -> int:
    """Return the id of the next plan, within an import's place: nobody else makes one meanwhile."""
    if base.is_server:
        row = base.execute("SELECT nextval(pg_get_serial_sequence('plan', 'id'))").fetchone()
    else:
        row = base.execute("SELECT coalesce(max(id), 0) + 1 FROM plan").fetchone()
    return int(row[0])


def last_plan(base: Base, campaign_id: int, *, is_applied: bool = False) -> FoundPlan | None:
    """Return the campaign's last plan, or the last that was applied, or None."""
    applied = " AND applied_at IS NOT NULL" if is_applied else ""
    row = base.execute(
        f"SELECT {_PLAN} FROM plan WHERE campaign_id = ?{applied} ORDER BY id DESC LIMIT 1", (campaign_id,)
    ).fetchone()
    return None if row is None else _found(row)


def _found(row: Any) -> FoundPlan:
    plan_id, campaign_id, made_at, made_by, rules, digest, instance, eligible_count, served, applied_at = row
    applied = None if applied_at is None else from_microseconds(applied_at)
    return FoundPlan(
        plan_id,
        campaign_id,
        from_microseconds(made_at),
        made_by,
        rules,
        digest,
        instance,
        eligible_count,
        served,
        applied,
    )


def choices_of(base: Base, plan_id: int) -> Iterator[Choice]:
    """Yield a plan's choices in the order of their ranks, the excluded last, as they were made."""
    rows = base.execute(
        "SELECT choice.pupil_id, pupil.school_id, choice.rank, choice.outcome, choice.features, choice.home,"
        " choice.reason FROM plan_choice choice JOIN pupil ON pupil.id = choice.pupil_id WHERE choice.plan_id = ?"
        " ORDER BY choice.rank = 0, choice.rank, choice.pupil_id",
        (plan_id,),
    ).fetchall()
    return map(_choice, rows)


def choice_for(base: Base, plan_id: int, pupil_id: PupilId) -> Choice | None:
    """Return what a plan decides for a pupil, or None when she or he was not eligible."""
    row = base.execute(
        "SELECT choice.pupil_id, pupil.school_id, choice.rank, choice.outcome, choice.features, choice.home,"
        " choice.reason FROM plan_choice choice JOIN pupil ON pupil.id = choice.pupil_id"
        " WHERE choice.plan_id = ? AND choice.pupil_id = ?",
        (plan_id, pupil_id),
    ).fetchone()
    return None if row is None else _choice(row)


def _choice(row: Any) -> Choice:
    said: Mapping[str, Any] = json.loads(row[6])
    shortage = None
    if "ran_out_at" in said:
        shortage = Shortage(frozenset(map(frozenset, said["classes"])), said["ran_out_at"])
    features = None if row[4] is None else frozenset(words(row[4]))
    return Choice(
        PupilId(row[0]), SchoolId(row[1]), row[2], Outcome(row[3]), features, row[5], shortage, said.get("ahead", 0)
    )


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
