"""Transport: a cheapest flow of whole units through a network; the same one on any machine.

Source: the primal-dual algorithm: shortest paths with potentials, then as many units as fit on all shortest ones
(E. A. Dinic, 1970). R. K. Ahuja et al., Network Flows (1993), 9.8.
"""

from heapq import heappop, heappush
from typing import Final

_FAR: Final = 1 << 62


class Network:
    """Nodes numbered from 0, and arcs of a whole capacity and a whole, non-negative cost a unit."""

    def __init__(self, nodes: int) -> None:
        """Make a network of so many nodes without an arc."""
        self._arcs: list[list[int]] = [[] for _ in range(nodes)]
        self._to: list[int] = []
        self._room: list[int] = []
        self._cost: list[int] = []

    def add(self, start: int, end: int, room: int, cost: int = 0) -> int:
        """Add an arc and return its number."""
        arc = len(self._to)
        for node, other, capacity, price in ((start, end, room, cost), (end, start, 0, -cost)):
            self._arcs[node].append(len(self._to))
            self._to.append(other)
            self._room.append(capacity)
            self._cost.append(price)
        return arc

    def through(self, arc: int) -> int:
        """Return how many units go through an arc."""
        return self._room[arc ^ 1]

    def fill(self, source: int, sink: int) -> int:
        """Send as many units as can go from `source` to `sink`, at the least total cost; return how many."""
        potential, sent = [0] * len(self._arcs), 0
        while self._is_reached(source, sink, potential):
            while (depth := self._levels(source, sink, potential)) is not None:
                following = [0] * len(self._arcs)
                while units := self._push(source, sink, potential, depth, following):
                    sent += units
        return sent

    def _is_reached(self, source: int, sink: int, potential: list[int]) -> bool:
        """Add to each potential how far its node is by the arcs with room; say whether the sink is reached at all."""
        far, waiting = [_FAR] * len(self._arcs), [(0, source)]
        far[source] = 0
        while waiting:
            distance, node = heappop(waiting)
            if distance > far[node]:
                continue
            for arc in self._arcs[node]:
                other = self._to[arc]
                if self._room[arc]:
                    along = distance + self._cost[arc] + potential[node] - potential[other]
                    if along < far[other]:
                        far[other] = along
                        heappush(waiting, (along, other))
        if far[sink] == _FAR:
            return False
        for node, distance in enumerate(far):
            potential[node] += min(distance, far[sink])
        return True

    def _levels(self, source: int, sink: int, potential: list[int]) -> list[int] | None:
        """Return how many shortest arcs lie between the source and each node, None when the sink is cut off."""
        depth, waiting = [-1] * len(self._arcs), [source]
        depth[source] = 0
        for node in waiting:
            for arc in self._arcs[node]:
                other = self._to[arc]
                is_tight = self._cost[arc] + potential[node] == potential[other]
                if self._room[arc] and is_tight and depth[other] < 0:
                    depth[other] = depth[node] + 1
                    waiting.append(other)
        return depth if depth[sink] >= 0 else None

    def _push(self, source: int, sink: int, potential: list[int], depth: list[int], following: list[int]) -> int:
        """Send units along one path of shortest arcs, each a level deeper; 0 when there is none left."""
        path: list[int] = []
        node = source
        while node != sink:
            arcs, place = self._arcs[node], following[node]
            while place < len(arcs) and not self._leads_on(arcs[place], node, potential, depth):
                place += 1
            following[node] = place
            if place < len(arcs):
                path.append(arcs[place])
                node = self._to[arcs[place]]
            elif path:
                node = self._to[path.pop() ^ 1]
                following[node] += 1
            else:
                return 0
        units = min(self._room[arc] for arc in path)
        for arc in path:
            self._room[arc] -= units
            self._room[arc ^ 1] += units
        return units

    def _leads_on(self, arc: int, node: int, potential: list[int], depth: list[int]) -> bool:
        other = self._to[arc]
        is_tight = self._cost[arc] + potential[node] == potential[other]
        return self._room[arc] > 0 and is_tight and depth[other] == depth[node] + 1
