"""A plan for 200,000 pupils of 600 schools and 40,000 devices in 12 classes, against OR-Tools on the same instance.

Counted for the program: `allocating.draft` whole, on a base file of SQLite and in a process of its own: pupils, needs
and devices read, ranked, matched, given their reasons, stored with all they were made from, and signed in the ledger.
Counted for OR-Tools: arcs made in arrays, and one SimpleMinCostFlow that is built and solved. Its costs say who is
served (a rank weighs more than all that follows), least waste, fewest moves. Reading and ranking are not counted.

It is asked twice, and both answers must cost what the plan costs. Pupil by pupil: each has an arc to every class that
suits; the whole draft is held against this one. Alike together: pupils who need the same and are served from the same
places share a node, as they do in the program; that is the kindest form found, and tells no pupil's device. The
program's matching alone (its second and third step) is held against this one.
"""

import gc
import json
import resource
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Final

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from benchmarks import bases
from benchmarks.bases import Size
from benchmarks.measuring import Verdict, seconds
from tablet_loans.domain.allocation import Choice, Instance, allocate
from tablet_loans.domain.identifiers import asset_tag
from tablet_loans.domain.matching import Features
from tablet_loans.domain.ranking import Candidate, ranked
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import allocating, lending
from tablet_loans.services.session import Session
from tablet_loans.storage import rows
from tablet_loans.storage.database import Base, open_database

_SIZE: Final = Size(devices=0, pupils=200_000, lines=0)
_DEVICES: Final = 40_000
_DEPOTS: Final = 12
_MEMORY_MB: Final = 600
_TURNS: Final = 5
_FEATURES: Final = ("cellular", "keyboard", "large", "rugged", "stylus")
_CLASSES: Final = (
    (), ("cellular",), ("keyboard",), ("large",), ("cellular", "keyboard"), ("cellular", "large"), ("stylus", "large"),
    ("rugged",), ("cellular", "rugged"), ("cellular", "stylus", "large"), ("keyboard", "large"), _FEATURES,
)  # fmt: skip
Numbers = NDArray[np.int64]
Pile = tuple[Features, str]


def measure() -> Verdict:
    """Return the verdict on a draft, the median of five, and on its matching alone; with the most memory it took."""
    with bases.folder() as folder:
        path = bases.copied(_SIZE, folder / "base.sqlite")
        _fill(path)
        bases.settle()
        with get_context("spawn").Pool(1, maxtasksperchild=1) as apart:
            turns = [(apart.apply(_drafted, (str(path),)), apart.apply(_solved, (str(path),))) for _ in range(_TURNS)]
    taken, peak = median(draft.seconds for draft, _ in turns), max(draft.peak for draft, _ in turns)
    singly, together = median(solved.singly for _, solved in turns), median(solved.together for _, solved in turns)
    matched = median(solved.matched for _, solved in turns)
    return Verdict(
        "allocation",
        f"{_SIZE.pupils} pupils drafted in {taken:.2f} s, of which matched in {matched:.2f}; peak {peak} MB",
        f"OR-Tools pupil by pupil {singly:.2f} s, alike together {together:.2f} s (the draft is"
        f" {taken / together:.0f} times that, its matching {matched / together:.2f})",
        taken / singly,
        1.0,
        also=f"matching alone <= 1, {_MEMORY_MB} MB",
        is_also_kept=peak <= _MEMORY_MB and matched <= together,
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """How long a draft took, and the most memory in MB that its process ever had."""

    seconds: float
    peak: int


@dataclass(frozen=True, slots=True)
class Solved:
    """How long OR-Tools takes both ways, and how long the program's matching of the same instance."""

    singly: float
    together: float
    matched: float


def _drafted(url: str) -> Draft:
    session = _session(url)
    taken = seconds(lambda: allocating.draft(session, None))
    session.base.close()
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return Draft(taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit)


def _solved(url: str) -> Solved:
    """Let the program and OR-Tools solve the instance in turn, and hold the answers against each other."""
    session = _session(url)
    instance = allocating.instance_now(session, lending.chosen_campaign(session, None))
    session.base.close()
    gc.disable()
    order = ranked(instance.candidates, instance.rules.criteria, instance.seed, equipped=instance.equipped)
    problem = Problem(instance, order)
    steps: list[float] = []
    choices = allocate(instance, lambda _done, _total: steps.append(perf_counter()))
    cost = problem.cost_of(choices)
    return Solved(
        singly=seconds(lambda: _must_cost(cost, problem, _pupil_by_pupil)),
        together=seconds(lambda: _must_cost(cost, problem, _alike_together)),
        matched=steps[3] - steps[1],
    )


def _must_cost(cost: int, problem: "Problem", form: Callable[["Problem"], "Arcs"]) -> None:
    assert form(problem).solved(len(problem.order)) == cost, "OR-Tools finds another plan"


@dataclass(slots=True)
class Arcs:
    """Arcs in bulk, between nodes that are numbered as they are named; 0 is where pupils come from, 1 where they go."""

    nodes: dict[object, int] = field(default_factory=lambda: {"from": 0, "to": 1})
    columns: list[Numbers] = field(default_factory=list)

    def node(self, name: object) -> int:
        """Return the number of a node."""
        return self.nodes.setdefault(name, len(self.nodes))

    def add(self, start: Numbers | int, end: Numbers | int, room: Numbers | int, cost: Numbers | int) -> None:
        """Add arcs, of which single numbers are those of all."""
        self.columns.append(np.vstack(np.broadcast_arrays(*map(np.atleast_1d, (start, end, room, cost)))))

    def solved(self, units: int) -> int:
        """Return the least cost of sending so many units."""
        solver = SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(*np.hstack(self.columns))
        solver.set_node_supply(0, units)
        solver.set_node_supply(1, -units)
        assert solver.solve() == solver.OPTIMAL
        return int(solver.optimal_cost())


class Problem:
    """The instance as OR-Tools is asked: one flow, whose costs keep the order of importance.

    A cheapest flow has no cycle that would be cheaper, and a cycle goes through each pile once at most: a feature need
    only weigh more than the moves of one cycle, and a rank more than its features. So nothing overflows.
    """

    def __init__(self, instance: Instance, order: Sequence[Candidate]) -> None:
        """Say what it costs to serve each, in the order of ranks."""
        self.order = order
        self.homes = instance.homes
        self.piles: Counter[Pile] = Counter()
        for each in instance.stock:
            self.piles[each.features, each.home] += each.count
        self.classes = sorted({features for features, _ in self.piles}, key=sorted)
        self.feature = 2 * len(self.piles) + 1
        self.rank = (len(_FEATURES) * self.feature + 1) * self.feature

    def gains(self) -> Numbers:
        """Return what is gained by serving each."""
        return np.arange(-len(self.order), 0, dtype=np.int64) * self.rank

    def fits(self, need: Features) -> Iterator[tuple[Features, int]]:
        """Yield the classes that serve a need, and what they waste."""
        return ((each, self.feature * len(each - need)) for each in self.classes if need <= each)

    def own(self, need: Features, homes: Sequence[str]) -> Iterator[tuple[Pile, int]]:
        """Yield the piles in these places that serve a need, and what they waste."""
        return (
            ((each, home), waste) for each, waste in self.fits(need) for home in homes if (each, home) in self.piles
        )

    def groups(self) -> tuple[dict[tuple[Features, tuple[str, ...]], int], Numbers]:
        """Return the groups of pupils alike, and the number of each pupil's."""
        numbers: dict[tuple[Features, tuple[str, ...]], int] = {}
        of = (numbers.setdefault((each.required, self.homes.get(each.school, ())), len(numbers)) for each in self.order)
        return numbers, np.fromiter(of, np.int64, len(self.order))

    def cost_of(self, choices: Sequence[Choice]) -> int:
        """Return what a plan costs, counted in the same way."""
        required = {each.pupil: each.required for each in self.order}
        gains, cost = self.gains(), 0
        for each in choices:
            if each.features is not None:
                wasted = len(each.features - required[each.pupil])
                is_moved = each.home not in self.homes.get(each.school, ())
                cost += int(gains[each.rank - 1]) + self.feature * wasted + is_moved
        return cost


def _pupil_by_pupil(problem: Problem) -> Arcs:
    """Give each pupil a node, and an arc to each class, or to each pile of the school's own places, that suits."""
    arcs, count = _supply(problem), len(problem.order)
    groups, of = problem.groups()
    pupils = 2 + len(problem.classes) + len(problem.piles) + np.arange(count)
    arcs.add(0, pupils, 1, problem.gains())
    for (need, homes), number in groups.items():
        members = pupils[of == number]
        ends = [(arcs.node(each), waste + 1) for each, waste in problem.fits(need)]
        ends += [(arcs.node(pile), waste) for pile, waste in problem.own(need, homes)]
        for end, cost in ends:
            arcs.add(members, end, 1, cost)
    return arcs


def _alike_together(problem: Problem) -> Arcs:
    """Give each group of pupils alike a node, to which each of its pupils is an arc."""
    arcs, count = _supply(problem), len(problem.order)
    groups, of = problem.groups()
    nodes = np.array([arcs.node(("group", group)) for group in groups])
    arcs.add(0, nodes[of], 1, problem.gains())
    for group in groups:
        need, homes = group
        arcs.add(arcs.node(("group", group)), arcs.node(("need", need)), count, 1)
        for pile, waste in problem.own(need, homes):
            arcs.add(arcs.node(("group", group)), arcs.node(pile), count, waste)
    for need in {need for need, _ in groups}:
        for each, waste in problem.fits(need):
            arcs.add(arcs.node(("need", need)), arcs.node(each), count, waste)
    return arcs


def _supply(problem: Problem) -> Arcs:
    """Return the arcs from the classes to their piles, from these to the end, and for those who are not served."""
    arcs = Arcs()
    for each in problem.classes:
        arcs.node(each)
    for pile, count in problem.piles.items():
        arcs.add(arcs.node(pile[0]), arcs.node(pile), count, 0)
        arcs.add(arcs.node(pile), 1, count, 0)
    arcs.add(0, 1, len(problem.order), 0)
    return arcs


def _session(url: str) -> Session:
    session = bases.session_in(open_database(url))
    return Session(session.base, Actor("Bench", Role.ADMINISTRATOR), session.station, session.settings)


def _fill(path: Path) -> None:
    """Write what the plan needs: schools of unequal size with their depots, homes, answers, twelve models' devices."""
    base, chance = open_database(str(path), bind=False), Random(1)
    with base.atomic():
        base.execute("UPDATE campaign SET seed = 'drawn for the benchmark', created_at = 0")
        base.execute(f"UPDATE school SET depot = 'Depot ' || (id % {_DEPOTS})")
        base.execute("UPDATE pupil SET school_id = 1 + min(id * 7919 % 600, id * 104729 % 599)")
        base.execute("UPDATE pupil SET household = id - id % 10 + 4 WHERE id % 10 IN (4, 5)")
        base.execute("DELETE FROM device_model")
        _insert(base, "device_model", _models())
        _insert(base, "need", (_answer(chance, pupil) for pupil in range(1, _SIZE.pupils + 1)))
        _insert(base, "device", (_device(chance, number) for number in range(1, _DEVICES + 1)))
    base.close()


def _insert(base: Base, table: str, values: Iterable[dict[str, object]]) -> None:
    remaining = iter(values)
    first = next(remaining)
    rows.insert_many(base, table, tuple(first), (tuple(each.values()) for each in chain((first,), remaining)))


def _models() -> Iterator[dict[str, object]]:
    for number, features in enumerate(_CLASSES, 1):
        yield {
            "id": number, "kind": "tablet", "maker": "Maker", "name": f"Model {number}", "gtin": "", "kit": "[]",
            "features": json.dumps(features),
        }  # fmt: skip


def _answer(chance: Random, pupil: int) -> dict[str, object]:
    return {
        "campaign_id": 1, "pupil_id": pupil, "equipment": chance.choices(("none", "phone", "shared"), (1, 2, 3))[0],
        "is_cellular": int(chance.random() < 0.3), "is_priority": int(chance.random() < 0.12),
        "asked_on": date(2026, 3, 16) + timedelta(chance.randrange(20)), "answered_by": "", "source": "workbook",
        "recorded_at": 0, "is_current": 1,
    }  # fmt: skip


def _device(chance: Random, number: int) -> dict[str, object]:
    tag, is_at_school = asset_tag("ML", number), chance.random() < 0.1
    return {
        "tag": tag, "iccid": "", "phone_line": "", "model_id": 1 + chance.randrange(len(_CLASSES)), "state": "ready",
        "place": "school" if is_at_school else "depot",
        "depot": "" if is_at_school else f"Depot {chance.randrange(_DEPOTS)}",
        "school_id": 1 + chance.randrange(60) * 10 if is_at_school else None, "condition": "good",
        "missing_kit": "[]", "search_key": tag.lower(),
    }  # fmt: skip
