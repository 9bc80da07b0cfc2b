"""Choosing devices: which a filter lets through and in which order, as ids, among a million in a moment.

A filter that lets few through is answered by the index of what is rarest in it; one that lets many through by going
through the sorted list, for then the next one that matches is never far; which of the two, a glance at both tells.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tablet_loans.domain.device import DeviceFilter, DeviceKind, InMdm
from tablet_loans.domain.paging import Place, Sort
from tablet_loans.storage import device_enrolments, searching
from tablet_loans.storage.searching import Clause, Shelf, is_hopeless, joined, one_of, words_of
from tablet_loans.text import search_key

_ORDERS: Final = {
    "tag": "device.tag{binary} {way}, device.id {way}",
    "serial": "device.serial{binary} {way} NULLS {nulls}, device.id {way}",
    "state": "device.state{binary} {way}, device.tag{binary} {way}, device.id {way}",
}
_GROUPS: Final = {"model": "model_id", "kind": "model_id", "school": "school_id"}


@dataclass(frozen=True, slots=True)
class _Model:
    """A model, as devices are filtered and sorted by it."""

    id: int
    kind: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A filter as conditions on a row: those on indexed columns, the others, and the words of devices.

    `sources` are queries of ids, one of which may give so few that there is no need to go through the list.
    """

    indexed: Mapping[str, Clause]
    others: Sequence[Clause]
    words: Sequence[str]
    sources: Sequence[Clause]

    def conditions(self, found: Shelf) -> list[Clause]:
        """Return every condition on a row."""
        return [*self.indexed.values(), *self.others, *([found.holding(self.words)] if self.words else [])]


def count(found: Shelf, chosen: DeviceFilter) -> int:
    """Return how many devices the filter lets through."""
    if (wanted := _wanted(found, chosen)) is None:
        return 0
    if (few := _few(found, wanted)) is not None:
        return len(few)
    if wanted.words and not (wanted.indexed or wanted.others or found.is_server):
        matching = found.matching(wanted.words)
        return int(found.run(f"SELECT count(*) FROM ({matching.sql})", matching.values)[0][0])
    return int(found.select("count(*)", joined(wanted.conditions(found)))[0][0])


def ids(found: Shelf, chosen: DeviceFilter, sort: Sort, place: Place) -> list[int]:
    """Return the ids of one block of the sorted list."""
    if (wanted := _wanted(found, chosen)) is None:
        return []
    if not wanted.sources:
        return _walked(found, wanted, sort, place)
    end = place.start + place.size
    if len(near := _near(found, wanted, sort, end)) == end:
        return near[place.start :]
    if (few := _few(found, wanted)) is None and (few := _few(found, wanted, searching.SCATTERED)) is None:
        return _walked(found, wanted, sort, place)
    few.sort(key=_key(found, sort), reverse=sort.is_descending)
    return [row[0] for row in few[place.start : end]]


def _wanted(found: Shelf, chosen: DeviceFilter) -> _Wanted | None:
    """Return what the filter asks, or None when nothing can meet it."""
    if is_hopeless(chosen.search):
        return None
    indexed = dict(_indexed(found, chosen))
    plain = {"place": chosen.place, "condition": chosen.condition, "depot": chosen.depot or None}
    others = [Clause(f"device.{column} = ?", (str(value),)) for column, value in plain.items() if value is not None]
    sources = [_ids_where(condition) for condition in indexed.values()]
    if (in_mdm := _in_mdm(found, chosen)) is not None:
        others.append(in_mdm)
    words = []
    models = _models(found) if chosen.search else []
    for word in words_of(chosen.search):
        if alike := [model.id for model in models if f" {word}" in model.words]:
            of_models, holding = one_of("device.model_id", alike), found.holding([word])
            others.append(Clause(f"({of_models.sql} OR {holding.sql})", of_models.values + holding.values))
            sources.append(joined([_ids_where(of_models), found.matching([word])], " UNION ALL "))
        else:
            words.append(word)
    if words:
        sources.insert(0, found.matching(words))
    return _Wanted(indexed, others, words, sources)


def _indexed(found: Shelf, chosen: DeviceFilter) -> Iterator[tuple[str, Clause]]:
    if chosen.state is not None:
        yield "state", Clause("device.state = ?", (str(chosen.state),))
    if chosen.school is not None:
        schools = found.run("SELECT id FROM school WHERE uai = ?", (chosen.school,))
        yield "school_id", one_of("device.school_id", [row[0] for row in schools])
    if chosen.kind is not None or chosen.model:
        alike = [
            model.id
            for model in _models(found)
            if chosen.kind in (None, model.kind) and chosen.model in ("", model.name)
        ]
        yield "model_id", one_of("device.model_id", alike)


def _in_mdm(found: Shelf, chosen: DeviceFilter) -> Clause | None:
    """Return the condition that a device stands so in the MDMs: one that none can enrol is missing from none."""
    if chosen.in_mdm is None or chosen.silent_before is None:
        return None
    stands_so = device_enrolments.condition(chosen.in_mdm, chosen.silent_before)
    if chosen.in_mdm != InMdm.MISSING:
        return stands_so
    enrolling = [model.id for model in _models(found) if model.kind != DeviceKind.KEY_4G]
    return joined([one_of("device.model_id", enrolling), stands_so])


def _ids_where(condition: Clause) -> Clause:
    return Clause(f"SELECT id FROM device WHERE {condition.sql}", condition.values)


def _models(found: Shelf) -> list[_Model]:
    """Return all models by maker and name: there are dozens."""
    rows = found.run("SELECT id, kind, maker, name FROM device_model")
    models = [_Model(row[0], row[1], row[3], search_key(row[2], row[3])) for row in rows]
    return sorted(models, key=lambda model: (model.words, model.id))


def _few(found: Shelf, wanted: _Wanted, most: int | None = None) -> list[Any] | None:
    """Return id, tag, serial, state, model and school of the devices wanted when an index says they are few."""
    few = found.few_with(wanted.words) if wanted.words and most is None else None
    for source in () if few is not None else wanted.sources:
        if (few := found.few(source, most)) is not None:
            break
    if few is None:
        return None
    where = joined([found.among(few), *wanted.conditions(found)])
    return found.select("id, tag, serial, state, model_id, school_id", where)


def _key(found: Shelf, sort: Sort) -> Any:
    """Return what sorts the rows of `_few` as the list is."""
    if sort.column in _GROUPS:
        rank = {group: place for place, group in enumerate(_groups(found, sort.column))}
        column = 4 if _GROUPS[sort.column] == "model_id" else 5
        return lambda row: (rank[row[column]], row[0])
    return {
        "tag": lambda row: (row[1], row[0]),
        "serial": lambda row: (row[2] is not None, row[2] or "", row[0]),
        "state": lambda row: (row[3], row[1], row[0]),
    }[sort.column]


def _groups(found: Shelf, column: str) -> list[int | None]:
    """Return the models or the schools in the order of the list; devices without a school come first."""
    if column == "school":
        return [None, *(row[0] for row in found.run(f"SELECT id FROM school ORDER BY uai{found.binary}"))]
    models = _models(found)
    return [model.id for model in (sorted(models, key=lambda model: model.kind) if column == "kind" else models)]


def _near(found: Shelf, wanted: _Wanted, sort: Sort, size: int) -> list[int]:
    """Return the ids of the first devices wanted among the first of all; those of a model or school are too many."""
    if sort.column in _GROUPS or size > searching.NEAR:
        return []
    where = joined(wanted.conditions(found))
    return [row[0] for row in found.near("id", joined([]), _order(found, sort), where, size)]


def _order(found: Shelf, sort: Sort) -> str:
    way, nulls = ("DESC", "LAST") if sort.is_descending else ("ASC", "FIRST")
    return _ORDERS[sort.column].format(binary=found.binary, way=way, nulls=nulls)


def _walked(found: Shelf, wanted: _Wanted, sort: Sort, place: Place) -> list[int]:
    """Return the ids of a block, found by going through the whole list in its order."""
    if sort.column in _GROUPS:
        return _through_groups(found, wanted, sort, place)
    where = joined(_unled(found, wanted, ["state"] if sort.column in ("tag", "state") else []))
    tail = f"ORDER BY {_order(found, sort)} LIMIT ? OFFSET ?"
    return [row[0] for row in found.select("device.id", where, tail, place.size, place.start)]


def _unled(found: Shelf, wanted: _Wanted, led: Sequence[str]) -> list[Clause]:
    """Return the conditions; SQLite may take an index only for those named, else it would sort a million rows."""
    free = [wanted.indexed[column] for column in led if column in wanted.indexed]
    bound = [found.unindexed(each) for column, each in wanted.indexed.items() if column not in led]
    return [*free, *bound, *wanted.others, *([found.holding(wanted.words)] if wanted.words else [])]


def _through_groups(found: Shelf, wanted: _Wanted, sort: Sort, place: Place) -> list[int]:
    """Find a block by going from model to model, or from school to school, in their order."""
    column = _GROUPS[sort.column]
    groups: list[int | None] = _groups(found, sort.column)
    if column in wanted.indexed:
        groups = [group for group in groups if group in wanted.indexed[column].values]
    if sort.is_descending:
        groups.reverse()
    where = _unled(found, wanted, [])
    order = f"ORDER BY device.id {'DESC' if sort.is_descending else 'ASC'}"
    start, chosen = place.start, list[int]()
    stretches = _stretches(found, groups)
    for stretch in stretches:
        inside = joined([_inside(column, stretch), *where])
        if start and stretch is not stretches[-1]:
            size = found.select("count(*)", inside)[0][0]
            if size <= start:
                start -= size
                continue
        left = place.size - len(chosen)
        if len(stretch) == 1:
            rows = found.select("device.id", inside, f"{order} LIMIT ? OFFSET ?", left, start)
        else:
            rows = _one_after_another(found, column, stretch, joined(where), order, left, start)
        chosen, start = [*chosen, *(row[0] for row in rows)], 0
        if len(chosen) == place.size:
            break
    return chosen


def _stretches(found: Shelf, groups: Sequence[int | None]) -> list[list[int | None]]:
    """Return the groups one by one; to a server, which is far, go all those with a number at once."""
    if not found.is_server:
        return [[group] for group in groups]
    nameless: list[int | None] = [group for group in groups if group is None]
    named: list[int | None] = [group for group in groups if group is not None]
    in_order = [nameless, named] if groups[:1] == [None] else [named, nameless]
    return [stretch for stretch in in_order if stretch]


def _inside(column: str, stretch: Sequence[int | None]) -> Clause:
    if stretch[0] is None:
        return Clause(f"device.{column} IS NULL")
    return one_of(f"device.{column}", [group for group in stretch if group is not None])


def _one_after_another(
    found: Shelf, column: str, stretch: Sequence[int | None], where: Clause, order: str, size: int, start: int
) -> list[Any]:
    """Read the groups in their order, no further than needed."""
    of_group = f"SELECT device.id FROM device WHERE device.{column} = chosen.id AND {where.sql} {order}"
    return found.run(
        "SELECT member.id FROM unnest(CAST(? AS INTEGER[])) WITH ORDINALITY AS chosen (id, rank),"
        f" LATERAL ({of_group}) AS member LIMIT ? OFFSET ?",
        (list(stretch), *where.values, size, start),
    )
