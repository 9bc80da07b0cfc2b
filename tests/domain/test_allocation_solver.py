"""Plans judged by another solver: OR-Tools finds the same pupils served, as little wasted, as few devices moved."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from random import Random

import pytest
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from tablet_loans.domain.allocation import Choice, Instance, Outcome, Stock, allocate
from tablet_loans.domain.matching import Features
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.ranking import Candidate, Criterion
from tablet_loans.domain.rules import Rules
from tablet_loans.domain.school import SchoolId

FEATURES = ("cellular", "keyboard", "large", "rugged", "stylus")
CLASSES = [frozenset(each) for size in range(6) for each in combinations(FEATURES, size)]
NEEDY = (Equipment.NONE, Equipment.PHONE, Equipment.SHARED)


@dataclass(slots=True)
class Flow:
    """A cheapest flow of one unit a pupil; the nodes are numbered as they are first named."""

    solver: SimpleMinCostFlow = field(default_factory=SimpleMinCostFlow)
    nodes: dict[object, int] = field(default_factory=dict)

    def node(self, name: object) -> int:
        return self.nodes.setdefault(name, len(self.nodes))

    def arc(self, start: object, end: object, room: int, cost: int = 0) -> int:
        number = self.solver.add_arc_with_capacity_and_unit_cost(self.node(start), self.node(end), room, cost)
        return int(number)

    def solve(self, units: int) -> None:
        self.solver.set_node_supply(self.node("from"), units)
        self.solver.set_node_supply(self.node("to"), -units)
        assert self.solver.solve() == self.solver.OPTIMAL


def an_instance(seed: int, *, candidates: int, classes: int, depots: int, devices: int) -> Instance:
    """Return an instance in which some is pinned, excluded, capped, served from two depots or none."""
    chance = Random(seed)
    kinds, homes = chance.sample(CLASSES, classes), [f"depot {number}" for number in range(depots)]
    needs = [*CLASSES[: chance.randrange(1, len(FEATURES) + 4)], *(each for each in kinds if len(each) < 3)]
    schools = range(1 + candidates // 3)
    people = [_candidate(number, chance, schools, needs) for number in range(candidates)]
    some = [chance.sample(people, candidates // 10) for _ in range(2)]
    return Instance(
        candidates=people,
        stock=[Stock(*pile, count) for pile, count in _piles(chance, kinds, [*homes, "apart"], devices).items()],
        homes={
            SchoolId(school): tuple(chance.sample(homes, chance.randrange(min(depots, 2) + 1))) for school in schools
        },
        seed=f"{seed}",
        rules=Rules(tuple(chance.sample(list(Criterion), chance.randrange(5))), chance.choice((30, 100))),
        pinned=frozenset(each.pupil for each in some[0]),
        excluded=frozenset(each.pupil for each in some[1]),
    )


def _piles(
    chance: Random, kinds: Sequence[Features], homes: Sequence[str], devices: int
) -> Counter[tuple[Features, str]]:
    return Counter((chance.choice(kinds), chance.choice(homes)) for _ in range(devices))


def _candidate(number: int, chance: Random, schools: range, needs: Sequence[Features]) -> Candidate:
    return Candidate(
        pupil=PupilId(number),
        school=SchoolId(chance.choice(schools)),
        equipment=chance.choice(NEEDY),
        is_priority=chance.random() < 0.2,
        is_exam_year=chance.random() < 0.3,
        household=chance.choice((number, number - number % 3)),
        received=chance.choice((0, 0, 1)),
        asked_on=date(2026, 4, 1) + timedelta(chance.randrange(9)),
        required=chance.choice(needs),
    )


def costs_of(instance: Instance, order: Sequence[Candidate], weight: int) -> list[dict[tuple[Features, str], int]]:
    """Return what each pupil's device costs, pile by pile: a feature wasted weighs `weight`, a device moved 1."""
    piles = {(each.features, each.home) for each in instance.stock}
    return [
        {
            pile: weight * len(pile[0] - each.required) + (pile[1] not in instance.homes[each.school])
            for pile in piles
            if each.required <= pile[0]
        }
        for each in order
    ]


def judged_at_once(instance: Instance, order: Sequence[Candidate]) -> tuple[set[PupilId], int]:
    """Return who is served and what it costs: a rank weighs more than all features, a feature more than all moves."""
    flow, weight = Flow(), len(order) + 1
    rank_weight = weight * (len(FEATURES) + 1) * weight
    unserved = []
    for place, (each, costs) in enumerate(zip(order, costs_of(instance, order, weight), strict=True)):
        flow.arc("from", each.pupil, 1)
        unserved.append(flow.arc(each.pupil, "to", 1, (len(order) - place) * rank_weight))
        for pile, cost in costs.items():
            flow.arc(each.pupil, pile, 1, cost)
    for stock in instance.stock:
        flow.arc((stock.features, stock.home), "to", stock.count)
    flow.solve(len(order))
    is_served = [not flow.solver.flow(arc) for arc in unserved]
    return (
        {each.pupil for each, is_taken in zip(order, is_served, strict=True) if is_taken},
        flow.solver.optimal_cost() % rank_weight,
    )


def judged_in_two(instance: Instance, order: Sequence[Candidate]) -> tuple[set[PupilId], int]:
    """Return the same in two flows, whose costs stay small: first who is served, then from where."""
    classes = Counter[Features]()
    for stock in instance.stock:
        classes[stock.features] += stock.count
    flow = Flow()
    unserved = []
    for place, each in enumerate(order):
        flow.arc("from", each.pupil, 1)
        unserved.append(flow.arc(each.pupil, "to", 1, len(order) - place))
        flow.arc(each.pupil, ("need", each.required), 1)
    for need in {each.required for each in order}:
        for features, count in classes.items():
            if need <= features:
                flow.arc(("need", need), features, count)
    for features, count in classes.items():
        flow.arc(features, "to", count)
    flow.solve(len(order))
    taken = [each for each, arc in zip(order, unserved, strict=True) if not flow.solver.flow(arc)]
    return {each.pupil for each in taken}, _least_cost(instance, taken, len(order) + 1)


def _least_cost(instance: Instance, taken: Sequence[Candidate], weight: int) -> int:
    """Return the least cost at which these pupils are served, those alike and from the same depots together."""
    flow, alike = Flow(), Counter((each.required, instance.homes[each.school]) for each in taken)
    for (need, homes), count in alike.items():
        flow.arc("from", ("pupils", need, homes), count)
        for pile in instance.stock:
            if need <= pile.features:
                cost = weight * len(pile.features - need) + (pile.home not in homes)
                flow.arc(("pupils", need, homes), (pile.features, pile.home), count, cost)
    for pile in instance.stock:
        flow.arc((pile.features, pile.home), "to", pile.count)
    flow.solve(len(taken))
    return int(flow.solver.optimal_cost())


def assert_feasible(instance: Instance, choices: Sequence[Choice]) -> None:
    by_pupil = {each.pupil: each for each in instance.candidates}
    given = Counter((each.features, each.home) for each in choices if each.outcome is Outcome.SERVED)
    there = Counter[tuple[Features | None, str]]()
    for each in instance.stock:
        there[each.features, each.home] += each.count
    assert not given - there
    assert sorted(each.pupil for each in choices) == sorted(by_pupil)
    for choice in choices:
        assert (choice.outcome is Outcome.EXCLUDED) == (choice.pupil in instance.excluded)
        if choice.outcome is Outcome.SERVED:
            assert choice.features is not None
            assert by_pupil[choice.pupil].required <= choice.features


def in_order(instance: Instance, choices: Sequence[Choice]) -> list[Candidate]:
    by_pupil = {each.pupil: each for each in instance.candidates}
    return [by_pupil[each.pupil] for each in choices if each.rank]


def of_plan(instance: Instance, choices: Sequence[Choice]) -> tuple[set[PupilId], int]:
    """Return who is served by a plan and what it costs, as the judge counts."""
    by_pupil = {each.pupil: each for each in instance.candidates}
    weight, cost, taken = len(in_order(instance, choices)) + 1, 0, set()
    for each in choices:
        if each.features is not None:
            taken.add(each.pupil)
            cost += weight * len(each.features - by_pupil[each.pupil].required)
            cost += each.home not in instance.homes[each.school]
    return taken, cost


@pytest.mark.parametrize("first", range(0, 6_000, 1_000))
def test_another_solver_serves_the_same_pupils_at_the_same_cost(first: int) -> None:
    for seed in range(first, first + 1_000):
        chance = Random(-1 - seed)
        instance = an_instance(
            seed,
            candidates=chance.randrange(25),
            classes=chance.randrange(1, 8),
            depots=chance.randrange(1, 4),
            devices=chance.randrange(22),
        )
        choices = allocate(instance)
        assert_feasible(instance, choices)
        order = in_order(instance, choices)
        assert of_plan(instance, choices) == judged_at_once(instance, order) == judged_in_two(instance, order), seed


@pytest.mark.parametrize(("seed", "devices"), [(1, 4_000), (2, 12_000), (3, 19_000), (4, 30_000)])
def test_another_solver_serves_the_same_of_twenty_thousand(seed: int, devices: int) -> None:
    instance = an_instance(seed, candidates=20_000, classes=12, depots=8, devices=devices)
    choices = allocate(instance)
    assert_feasible(instance, choices)
    assert of_plan(instance, choices) == judged_in_two(instance, in_order(instance, choices))
