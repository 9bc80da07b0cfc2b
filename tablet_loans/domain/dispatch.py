"""Dispatch: from which pile each group of pupils is served, wasting the fewest features, then moving fewest devices.

The pupils who are served are known here; all of them are, and as cheaply as can be (`transport`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tablet_loans.domain.matching import Features
from tablet_loans.domain.transport import Network

Group = tuple[Features, tuple[str, ...]]
"""Pupils who need the same, and whose schools are served from the same places without moving a device far."""
Pile = tuple[Features, str]
"""Devices of one class in one place."""
Way = tuple[Features, str | None]
"""How a need is met: from one place, or (None) from anywhere, which moves a device."""
_End = tuple[Features, str | None]
"""Where a way leads: to a pile, or to a class wherever it stands."""
_Arc = tuple[object, object, int, int]
"""From one named node to another: its room and what a unit costs."""


class _Flow:
    """A network whose nodes have names."""

    def __init__(self, arcs: Sequence[_Arc]) -> None:
        """Make the arcs, each with its room and its cost, and send all that can go from "from" to "to"."""
        nodes: dict[object, int] = {}
        named = [
            (nodes.setdefault(start, len(nodes)), nodes.setdefault(end, len(nodes)), room, cost)
            for start, end, room, cost in arcs
        ]
        self._network = Network(len(nodes))
        self._numbers = {arc[:2]: self._network.add(*ends) for arc, ends in zip(arcs, named, strict=True)}
        self._network.fill(nodes["from"], nodes["to"])

    def __getitem__(self, arc: tuple[object, object]) -> int:
        return self._network.through(self._numbers[arc])


def dispatched(groups: Mapping[Group, int], there: Mapping[Pile, int]) -> dict[Group, list[tuple[Pile, int]]]:
    """Return from which piles each group of pupils is served, all of them.

    A group takes its part of what all with its need take in one of its own places, or from anywhere.
    """
    classes = sorted({features for features, _ in there}, key=sorted)
    fits = {need: [each for each in classes if need <= each] for need, _ in groups}
    ways: dict[Group, list[Way]] = {}
    for need, own in sorted(groups, key=lambda group: (sorted(group[0]), group[1])):
        from_own = [(need, home) for home in own if any((each, home) in there for each in fits[need])]
        ways[need, own] = [*from_own, (need, None)]
    ends: dict[Way, list[_End]] = {
        (need, home): [(each, home) for each in fits[need] if home is None or (each, home) in there]
        for several in ways.values()
        for need, home in several
    }
    piles = sorted(there, key=lambda pile: (sorted(pile[0]), pile[1]))
    flow = _Flow([*_arcs_to_ends(groups, ways, ends), *_arcs_from_piles(piles, there)])
    lefts: dict[_End, list[_Left]] = {pile: [_Left(pile, there[pile])] for pile in piles}
    for pile in piles:
        lefts.setdefault((pile[0], None), []).append(_Left(pile, flow[("pile", (pile[0], None)), ("pile", pile)]))
    taken = {
        way: [_Left(*some) for end in several for some in _drawn(lefts[end], flow[("way", way), ("pile", end)])]
        for way, several in ends.items()
    }
    return {
        group: [some for way in several for some in _drawn(taken[way], flow[group, ("way", way)])]
        for group, several in ways.items()
    }


def _arcs_to_ends(
    groups: Mapping[Group, int], ways: Mapping[Group, Sequence[Way]], ends: Mapping[Way, Sequence[_End]]
) -> Iterator[_Arc]:
    most = sum(groups.values()) + 1  # a feature wasted weighs more than all moves together
    for group, several in ways.items():
        yield "from", group, groups[group], 0
        for way in several:
            yield group, ("way", way), groups[group], int(way[1] is None)
    for way, reached in ends.items():
        for end in reached:
            yield ("way", way), ("pile", end), most, most * len(end[0] - way[0])


def _arcs_from_piles(piles: Sequence[Pile], there: Mapping[Pile, int]) -> Iterator[_Arc]:
    for pile in piles:
        yield ("pile", (pile[0], None)), ("pile", pile), there[pile], 0
        yield ("pile", pile), "to", there[pile], 0


@dataclass(slots=True)
class _Left:
    """Devices of a pile that are still to be handed out."""

    pile: Pile
    count: int


def _drawn(piles: Iterable[_Left], wanted: int) -> list[tuple[Pile, int]]:
    """Take so many from the piles, in their order, and return what came from which."""
    taken = []
    for each in piles:
        if some := min(each.count, wanted):
            each.count -= some
            wanted -= some
            taken.append((each.pile, some))
    return taken
