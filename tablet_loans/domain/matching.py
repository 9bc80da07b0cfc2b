"""Matching: which pupils, in rank order, can all be served from the devices there are; exactly, and explained.

A pupil's need is a set of features, and so is a class of devices; a class serves the needs it contains. The sets of
pupils that can be served are the independent sets of a transversal matroid: taking each pupil in rank order whenever
an exchange among those already taken makes room gives the lexicographically best set.
Source: J. Edmonds, Matroids and the greedy algorithm (1971).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

Features = frozenset[str]
_ENDLESS: Final = 2**60


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why pupils with one need wait: what could serve them ran out when the pupil of `rank` was served.

    `rank` is 0 where there was no such device from the start. `classes` are all those of which a device would have
    made room, whoever holds them changing.
    """

    classes: frozenset[Features]
    rank: int


@dataclass(slots=True)
class _Hall:
    """How many pupils of each need hold a device of each class, as the pupils come in."""

    free: dict[Features, int]
    fits: dict[Features, tuple[Features, ...]]
    held: dict[Features, dict[Features, int]] = field(default_factory=dict)
    last_ranks: dict[Features, int] = field(default_factory=dict)
    shortages: dict[Features, Shortage] = field(default_factory=dict)

    def with_endless(self, need: Features) -> "_Hall":
        """Return the hall as it stands, with devices of just this need without end."""
        fits = {each: (need, *classes) if each <= need else classes for each, classes in self.fits.items()}
        held = {each: dict(classes) for each, classes in self.held.items()}
        return _Hall({**self.free, need: _ENDLESS}, fits, held)

    def serve(self, need: Features, rank: int) -> Shortage | None:
        """Serve one more pupil with this need, others changing class if that makes room; return why not, if not.

        What is exhausted stays so, for nobody gives a device back here: a shortage is found once.
        """
        for each in self.fits[need]:
            if self.free[each]:
                self._pass_on(need, each, {})
                break
        else:
            if short := self._exchange(need):
                return self.shortages.setdefault(need, short)
        self.last_ranks[need] = rank
        return None

    def _exchange(self, need: Features) -> Shortage | None:
        """Serve `need` with a class that others give up, one after the other, for one that is free; or return why not.

        What `need` itself holds is of no use to it, and each need is reached by the shortest way.
        """
        before: dict[Features, tuple[Features, Features]] = {}
        reached, waiting = set[Features](), [need]
        for current in waiting:
            for each in self.fits[current]:
                if self.free[each]:
                    self._pass_on(current, each, before)
                    return None
                if each in reached:
                    continue
                reached.add(each)
                for other, classes in self.held.items():
                    if classes.get(each) and other != need and other not in before:
                        before[other] = (current, each)
                        waiting.append(other)
        return Shortage(frozenset(reached), max(self.last_ranks.get(each, 0) for each in waiting))

    def _pass_on(self, need: Features, each: Features, before: Mapping[Features, tuple[Features, Features]]) -> None:
        """Give a free device to `need`, what it held so far to the need before it, and so on back to the first."""
        self.free[each] -= 1
        self._hold(need, each, 1)
        while need in before:
            earlier, passed = before[need]
            self._hold(need, passed, -1)
            self._hold(earlier, passed, 1)
            need = earlier

    def _hold(self, need: Features, each: Features, count: int) -> None:
        classes = self.held.setdefault(need, {})
        classes[each] = classes.get(each, 0) + count


def served(needs: Sequence[Features], supply: Mapping[Features, int]) -> list[Shortage | None]:
    """Return, for each pupil in rank order, None when she or he is served, else why not."""
    return _filled(needs, supply)[1]


def served_with_ahead(
    needs: Sequence[Features], supply: Mapping[Features, int]
) -> tuple[list[Shortage | None], list[int]]:
    """Return `served`, and for each who waits how many devices of just that need it takes beside her or his own.

    Were there such devices without end, so many of those who wait before would be served then: one more device serves
    one more of them, in rank order, whatever changes hands. Who is served already stays so, and need not be asked.
    """
    hall, shortages = _filled(needs, supply)
    places = [place for place, shortage in enumerate(shortages) if shortage is not None]
    wanted, ahead = [needs[place] for place in places], [0] * len(needs)
    for own in set(wanted):
        counted = _served_too(wanted, hall, own)
        before = accumulate(counted, initial=0)
        for place, need, count in zip(places, wanted, before, strict=False):
            if need == own:
                ahead[place] = count
    return shortages, ahead


def _served_too(wanted: Sequence[Features], hall: _Hall, own: Features) -> list[bool]:
    """Return for each who waits whether she or he is served where there are devices of just `own` without end."""
    endless, suited = hall.with_endless(own), {need for need in hall.fits if need <= own}
    counted = [need in suited for need in wanted]
    others = set(wanted) - suited
    for place, need in enumerate(wanted):
        if not others:
            break
        if need in others:
            counted[place] = endless.serve(need, 0) is None
            if not counted[place]:
                others.remove(need)
    return counted


def _filled(needs: Sequence[Features], supply: Mapping[Features, int]) -> tuple[_Hall, list[Shortage | None]]:
    """Return the hall once all had their turn, and why each is not served, or None.

    Classes that suit few needs are taken first, so that few have to change; the answer is the same in any order.
    """
    different = set(needs)
    suited = {each: sum(need <= each for need in different) for each in supply}
    by_suited = sorted(supply, key=lambda each: (suited[each], sorted(each)))
    hall = _Hall(dict(supply), {need: tuple(each for each in by_suited if need <= each) for need in different})
    return hall, [hall.shortages.get(need) or hall.serve(need, rank) for rank, need in enumerate(needs, 1)]
