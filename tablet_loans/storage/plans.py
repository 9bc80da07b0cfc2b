"""Plans as they are kept: a head, all it was made from, and its choices school by school as codes and their legend."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any, Final

from tablet_loans.domain.allocation import Choice, Outcome
from tablet_loans.domain.legend import Legend, legend_from, legend_said
from tablet_loans.domain.plan import PlanHead, PlanId, SchoolShare, Waiting
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.rules import rules_from
from tablet_loans.domain.school import SchoolId
from tablet_loans.storage import rows
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import from_microseconds
from tablet_loans.storage.turns import in_turns, lightly

_HEAD: Final = (
    "SELECT plan.id, campaign.name, plan.made_at, plan.made_by, plan.rules, plan.digest, plan.eligible, plan.served,"
    " plan.legend, plan.applied_at, plan.withdrawn_at FROM plan JOIN campaign ON campaign.id = plan.campaign_id"
)
_SHARE: Final = (
    "SELECT school.id, school.uai, school.name, school.commune, part.in_need, part.equipped, part.eligible, part.served"
    " FROM plan_school part JOIN school ON school.id = part.school_id WHERE part.plan_id = ?"
    " ORDER BY school.sort_key, school.uai"
)
_QUEUE: Final = 500


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of a plan that are written together: one school's part, or some of a queue."""

    table: str
    values: Mapping[str, object]


def begin(base: Base, campaign_id: int, values: Mapping[str, object]) -> PlanId:
    """Keep a plan's head and return its id; nobody sees it until it is complete."""
    with base.atomic():
        return PlanId(rows.insert(base, "plan", {"campaign_id": campaign_id, **values}))


def forget_unfinished(base: Base) -> None:
    """Throw away the plans that were never completed; nobody else makes one meanwhile."""
    for (plan_id,) in base.execute("SELECT id FROM plan WHERE NOT is_complete").fetchall():
        with base.atomic():
            for table in ("plan_school", "plan_queue"):
                base.execute(f"DELETE FROM {table} WHERE plan_id = ?", (plan_id,))
            base.execute("DELETE FROM plan WHERE id = ?", (plan_id,))


def pieces(
    plan_id: PlanId, choices: Sequence[Choice], standings: Mapping[SchoolId, tuple[int, int]]
) -> tuple[Legend, list[Piece]]:
    """Return a plan's choices as pieces to be written, and the legend of their codes.

    `standings` tells by school how many are in need, and how many of them are equipped already.
    """
    legend = Legend()
    coded = legend.coded(choices)
    parts = []
    for school in sorted({*coded, *standings}):
        some = coded.get(school, [])
        needing, equipped = standings.get(school, (len(some), 0))
        values = {
            "plan_id": plan_id, "school_id": school, "in_need": needing, "equipped": equipped,
            "eligible": len(some), "served": sum(row[3] >= 0 for row in some), "choices": _json(some),
        }  # fmt: skip
        parts.append(Piece("plan_school", values))
    return legend, parts + list(_queues(plan_id, choices))


def _queues(plan_id: PlanId, choices: Sequence[Choice]) -> Iterator[Piece]:
    """Yield those who wait, apart by what their device must have, some hundreds to a piece."""
    queues: dict[frozenset[str], list[tuple[int, int]]] = {}
    for each in choices:
        if each.outcome is Outcome.WAITING:
            queues.setdefault(each.grounds.required, []).append((each.rank, each.pupil))
    for required, queue in sorted(queues.items(), key=lambda item: sorted(item[0])):
        remaining = iter(queue)
        while some := list(islice(remaining, _QUEUE)):
            values = {
                "plan_id": plan_id, "required": _json(sorted(required)), "first_rank": some[0][0],
                "pupils": _json(some),
            }  # fmt: skip
            yield Piece("plan_queue", values)


def write(base: Base, parts: Sequence[Piece]) -> Iterator[None]:
    """Write the pieces in turns, between which the acts of others have theirs."""

    def insert(piece: Piece) -> None:
        marks = ", ".join("?" * len(piece.values))
        statement = f"INSERT INTO {piece.table} ({', '.join(piece.values)}) VALUES ({marks})"
        base.execute(statement, tuple(piece.values.values()))

    with lightly(base):
        yield from in_turns(base, parts, insert)


def complete(base: Base, plan_id: PlanId, legend: Legend, counts: Mapping[str, int], made_at: datetime) -> None:
    """Let a plan be seen, within the transaction of its ledger line."""
    said = _json({**legend_said(legend), "counts": dict(counts)})
    rows.update(base, "plan", plan_id, {"legend": said, "is_complete": True, "made_at": made_at})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def last(base: Base, campaign_id: int, *, is_applied: bool = False) -> PlanHead | None:
    """Return the campaign's last plan, or the last one applied and not withdrawn, or None."""
    applied = " AND plan.applied_at IS NOT NULL AND plan.withdrawn_at IS NULL" if is_applied else ""
    where = f"WHERE plan.campaign_id = ? AND plan.is_complete{applied} ORDER BY plan.id DESC LIMIT 1"
    row = base.execute(f"{_HEAD} {where}", (campaign_id,)).fetchone()
    return None if row is None else _head(row)


def every(base: Base, campaign_id: int) -> list[PlanHead]:
    """Return the campaign's plans, the newest first."""
    where = "WHERE plan.campaign_id = ? AND plan.is_complete ORDER BY plan.id DESC"
    return [_head(row) for row in base.execute(f"{_HEAD} {where}", (campaign_id,)).fetchall()]


def numbers(base: Base, campaign_id: int) -> list[int]:
    """Return the numbers of the campaign's plans, in their order."""
    query = "SELECT id FROM plan WHERE campaign_id = ? AND is_complete ORDER BY id"
    return [row[0] for row in base.execute(query, (campaign_id,)).fetchall()]


def with_id(base: Base, campaign_id: int, plan_id: int) -> PlanHead | None:
    """Return one of the campaign's plans, or None."""
    where = "WHERE plan.campaign_id = ? AND plan.is_complete AND plan.id = ?"
    row = base.execute(f"{_HEAD} {where}", (campaign_id, plan_id)).fetchone()
    return None if row is None else _head(row)


def _head(row: Any) -> PlanHead:
    plan_id, campaign, made_at, made_by, rules, digest, eligible, served, legend, applied_at, withdrawn_at = row
    counts = json.loads(legend)["counts"]
    return PlanHead(
        PlanId(plan_id), campaign, from_microseconds(made_at), made_by, rules_from(json.loads(rules)), digest, eligible,
        served, counts["excluded"], counts["supply"], counts["unmet_pins"],
        None if applied_at is None else from_microseconds(applied_at),
        None if withdrawn_at is None else from_microseconds(withdrawn_at), counts.get("held_back", 0),
    )  # fmt: skip


def digest_of(base: Base, plan_id: int) -> str | None:
    """Return the digest of what a plan was made from, or None when there is no such plan."""
    row = base.execute("SELECT digest FROM plan WHERE id = ?", (plan_id,)).fetchone()
    return None if row is None else str(row[0])


def dossier(base: Base, plan_id: PlanId) -> str:
    """Return what a plan was made from, packed."""
    return str(base.execute("SELECT instance FROM plan WHERE id = ?", (plan_id,)).fetchone()[0])


def shares(base: Base, plan_id: PlanId) -> list[SchoolShare]:
    """Return each school's part of a plan, by name."""
    return [SchoolShare(SchoolId(row[0]), *row[1:]) for row in base.execute(_SHARE, (plan_id,)).fetchall()]


def choices(base: Base, plan_id: PlanId, school_id: int | None = None) -> list[Choice]:
    """Return a plan's choices, or those for one school's pupils, in the order of their ranks, the excluded last."""
    only = "" if school_id is None else " AND school_id = ?"
    found = base.execute(
        f"SELECT school_id, choices FROM plan_school WHERE plan_id = ?{only}",
        (plan_id, *(() if school_id is None else (school_id,))),
    ).fetchall()
    legend = _legend(base, plan_id)
    made = [each for school, text in found for each in legend.spoken(SchoolId(school), json.loads(text))]
    return sorted(made, key=lambda each: (each.rank == 0, each.rank, each.pupil))


def choice_for(base: Base, plan_id: PlanId, pupil_id: PupilId) -> Choice | None:
    """Return what a plan decides for a pupil, whose school may have changed since, or None if not eligible."""
    row = base.execute("SELECT school_id FROM pupil WHERE id = ?", (pupil_id,)).fetchone()
    for school_id in (row[0], None):
        for each in choices(base, plan_id, school_id):
            if each.pupil == pupil_id:
                return each
    return None


def _legend(base: Base, plan_id: PlanId) -> Legend:
    return legend_from(json.loads(base.execute("SELECT legend FROM plan WHERE id = ?", (plan_id,)).fetchone()[0]))


def queue(base: Base, plan_id: PlanId, features: frozenset[str] | None = None) -> Iterator[Waiting]:
    """Return those who wait for what a device of these features gives (None: for anything), in rank order."""
    kept = base.execute("SELECT DISTINCT required FROM plan_queue WHERE plan_id = ?", (plan_id,)).fetchall()
    queues = [(text, frozenset(json.loads(text))) for (text,) in kept]
    wanted = [each for each in queues if features is None or each[1] <= features]
    return merge(*(_of_queue(base, plan_id, *each) for each in wanted), key=lambda each: each.rank)


def _of_queue(base: Base, plan_id: PlanId, text: str, required: frozenset[str]) -> Iterator[Waiting]:
    last_rank = 0
    query = (
        "SELECT first_rank, pupils FROM plan_queue WHERE plan_id = ? AND required = ? AND first_rank > ?"
        " ORDER BY first_rank LIMIT 1"
    )
    while row := base.execute(query, (plan_id, text, last_rank)).fetchone():
        last_rank = row[0]
        yield from (Waiting(rank, pupil, required) for rank, pupil in json.loads(row[1]))
