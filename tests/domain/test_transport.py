"""Flows: as many units as OR-Tools sends, as cheaply, and none made or lost on the way."""

from collections import Counter
from random import Random

import pytest
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from tablet_loans.domain.transport import Network

Arc = tuple[int, int, int, int]


def some_arcs(chance: Random, nodes: int, count: int) -> list[Arc]:
    """Return arcs that go up, so that the judge is never asked about a free way round in a circle."""
    ends = [sorted(chance.sample(range(nodes), 2)) for _ in range(count)]
    return [(start, end, chance.randrange(6), chance.randrange(9)) for start, end in ends]


def judged(arcs: list[Arc], nodes: int) -> tuple[int, int]:
    """Return how many units OR-Tools sends from the first node to the last, and at what cost."""
    solver = SimpleMinCostFlow()
    for arc in arcs:
        solver.add_arc_with_capacity_and_unit_cost(*arc)
    solver.set_node_supply(0, 1_000)
    solver.set_node_supply(nodes - 1, -1_000)
    assert solver.solve_max_flow_with_min_cost() == solver.OPTIMAL
    return int(solver.maximum_flow()), int(solver.optimal_cost())


@pytest.mark.parametrize(("seeds", "nodes", "arcs"), [(1_500, 6, 14), (60, 60, 400), (3, 400, 4_000)])
def test_as_many_units_go_as_cheaply_as_another_solver_sends_them(seeds: int, nodes: int, arcs: int) -> None:
    for seed in range(seeds):
        chosen = some_arcs(Random(seed), nodes, arcs)
        network = Network(nodes)
        numbers = [network.add(*arc) for arc in chosen]
        sent = network.fill(0, nodes - 1)
        through = [network.through(number) for number in numbers]
        assert all(0 <= units <= arc[2] for units, arc in zip(through, chosen, strict=True))
        kept = Counter({0: -sent, nodes - 1: sent})
        for units, (start, end, _, _) in zip(through, chosen, strict=True):
            kept[start] += units
            kept[end] -= units
        assert not any(kept.values())
        cost = sum(units * arc[3] for units, arc in zip(through, chosen, strict=True))
        assert (sent, cost) == judged(chosen, nodes), seed
