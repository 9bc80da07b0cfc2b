"""Answers: the pupils of a campaign with what each answered, listed by blocks."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from tablet_loans.domain.need import NeedFilter, NeedRow
from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import PupilId
from tablet_loans.storage.database import Base
from tablet_loans.storage.needs import answer_of, has_to_confirm, to_confirm, told_of
from tablet_loans.storage.searching import (
    Clause,
    Shelf,
    in_bites,
    is_hopeless,
    joined,
    one_of,
    shelf,
    words_of,
)

ON_ROLL: Final = "(pupil.left_on IS NULL OR pupil.left_on > ?)"
COUNTING: Final = "need.campaign_id = ? AND need.pupil_id = pupil.id AND need.is_current"
_ROWS: Final = (
    "SELECT pupil.id, pupil.family_name, pupil.usage_name, pupil.given_name, school.uai, pupil.class_name,"
    " pupil.household, need.equipment, need.is_cellular, need.is_priority, need.asked_on, need.answered_by,"
    f" need.source, {{}} FROM pupil JOIN school ON school.id = pupil.school_id LEFT JOIN need ON {COUNTING}"
)
_LOANS: Final = "SELECT pupil_id, min(number) FROM loan WHERE state = 'open' AND {} GROUP BY pupil_id"
_AT_HOME: Final = (
    "SELECT pupil.household, pupil.id, count(*) FROM pupil JOIN loan ON loan.pupil_id = pupil.id"
    " AND loan.state = 'open' WHERE {} GROUP BY pupil.household, pupil.id"
)


def count(base: Base, chosen: NeedFilter, campaign_id: int, today: date) -> int:
    """Return how many pupils on the roll the filter lets through."""
    found = shelf("pupil", base)
    if (conditions := _conditions(base, found, chosen, campaign_id, today)) is None:
        return 0
    return int(found.select("count(*)", joined(conditions))[0][0])


def block(base: Base, chosen: NeedFilter, campaign_id: int, today: date, place: Place) -> list[NeedRow]:
    """Return one block of pupils on the roll, by school, class and name."""
    found = shelf("pupil", base)
    if (conditions := _conditions(base, found, chosen, campaign_id, today)) is None:
        return []
    return _rows(base, campaign_id, _ids(found, chosen, conditions, place))


def of_class(base: Base, campaign_id: int, today: date, school: str, class_name: str) -> list[NeedRow]:
    """Return the pupils of one class, by name."""
    every = Place(0, 2**31 - 1)
    return block(base, NeedFilter("", school=school, class_name=class_name), campaign_id, today, every)


def classes(base: Base, school_id: int, today: date) -> list[str]:
    """Return the classes of a school that have pupils on the roll; "" stands for those who have none."""
    binary = shelf("pupil", base).binary
    rows = base.execute(
        f"SELECT pupil.class_name{binary} FROM pupil WHERE pupil.school_id = ? AND {ON_ROLL} GROUP BY 1 ORDER BY 1",
        (school_id, today.isoformat()),
    ).fetchall()
    return [row[0] for row in rows]


def _conditions(base: Base, found: Shelf, chosen: NeedFilter, campaign_id: int, today: date) -> list[Clause] | None:
    """Return the conditions on a pupil, or None when nobody can meet them."""
    if is_hopeless(chosen.search) or (chosen.to_confirm and not has_to_confirm(base)):
        return None
    conditions = [Clause(ON_ROLL, (today.isoformat(),))]
    if chosen.school is not None:
        if not (schools := found.run("SELECT id FROM school WHERE uai = ?", (chosen.school,))):
            return None
        conditions.append(Clause("pupil.school_id = ?", (schools[0][0],)))
    elif found.run("SELECT 1 FROM campaign_school WHERE campaign_id = ? LIMIT 1", (campaign_id,)):
        part = "SELECT school_id FROM campaign_school WHERE campaign_id = ?"
        conditions.append(found.unindexed(Clause(f"pupil.school_id IN ({part})", (campaign_id,))))
    if chosen.class_name is not None:
        conditions.append(Clause("pupil.class_name = ?", (chosen.class_name,)))
    return [*conditions, *_answered(base, chosen, campaign_id), *_worded(found, chosen)]


def _answered(base: Base, chosen: NeedFilter, campaign_id: int) -> Iterator[Clause]:
    answer = f"EXISTS (SELECT 1 FROM need WHERE {COUNTING}"
    if chosen.is_answered is not None:
        yield Clause(f"{'' if chosen.is_answered else 'NOT '}{answer})", (campaign_id,))
    if chosen.equipment is not None:
        yield Clause(f"{answer} AND need.equipment = ?)", (campaign_id, chosen.equipment.value))
    if chosen.to_confirm is not None:
        asked = to_confirm(base) if chosen.to_confirm else f"NOT {to_confirm(base)}"
        yield Clause(f"{answer} AND {asked})", (campaign_id,))


def _worded(found: Shelf, chosen: NeedFilter) -> Iterator[Clause]:
    if words := words_of(chosen.search):
        if chosen.school is None and (few := found.few_with(words)) is not None:
            yield found.among(few)
        yield found.holding(words)


def _ids(found: Shelf, chosen: NeedFilter, conditions: Sequence[Clause], place: Place) -> Sequence[int]:
    """Return the pupils of a block: school after school, so that no whole territory is sorted."""
    ids: list[int] = []
    start = place.start
    for school_id, size in _schools(found, chosen, conditions, place):
        if size is not None and size <= start:
            start -= size
            continue
        ids += _of_school(found, school_id, conditions, Place(start, place.size - len(ids)))
        start = 0
        if len(ids) == place.size:
            break
    return ids


def _schools(
    found: Shelf, chosen: NeedFilter, conditions: Sequence[Clause], place: Place
) -> Iterator[tuple[int, int | None]]:
    """Yield the schools in order, each with how many of its pupils are listed unless the first ones are wanted."""
    if chosen.school is not None:
        yield found.run("SELECT id FROM school WHERE uai = ?", (chosen.school,))[0][0], None
        return
    in_order = [row[0] for row in found.run(f"SELECT id FROM school ORDER BY sort_key{found.binary}, id")]
    if place.start == 0 and not chosen.search:
        yield from ((school_id, None) for school_id in in_order)
        return
    # The sign keeps SQLite from going through the table in the order of an index, page by page, here and there.
    sizes = dict(found.select("+pupil.school_id, count(*)", joined(conditions), "GROUP BY +pupil.school_id"))
    yield from ((school_id, sizes[school_id]) for school_id in in_order if school_id in sizes)


def _of_school(found: Shelf, school_id: int, conditions: Sequence[Clause], place: Place) -> list[int]:
    where = joined([Clause("pupil.school_id = ?", (school_id,)), *conditions])
    order = f"pupil.class_name{found.binary}, pupil.sort_key{found.binary}, pupil.id"
    rows = found.select("pupil.id", where, f"ORDER BY {order} LIMIT ? OFFSET ?", place.size, place.start)
    return [row[0] for row in rows]


def _rows(base: Base, campaign_id: int, ids: Sequence[int]) -> list[NeedRow]:
    """Return these pupils in that order."""
    rows: dict[int, Any] = {}
    numbers: dict[int, str] = {}
    select = _ROWS.format(to_confirm(base))
    for some in in_bites(ids):
        wanted = one_of("pupil.id", some)
        rows |= {row[0]: row for row in base.execute(f"{select} WHERE {wanted.sql}", (campaign_id, *wanted.values))}
        lent = one_of("pupil_id", some)
        numbers |= dict(base.execute(_LOANS.format(lent.sql), lent.values).fetchall())
    at_home = _at_home(base, sorted({row[6] for row in rows.values() if row[6] is not None}))
    return [_row(rows[pupil_id], numbers.get(pupil_id), at_home) for pupil_id in ids if pupil_id in rows]


def _at_home(base: Base, households: Sequence[int]) -> Mapping[int, Mapping[int, int]]:
    """Return how many open loans each pupil of these households has, by household."""
    found: dict[int, dict[int, int]] = {}
    for some in in_bites(households):
        wanted = one_of("pupil.household", some)
        for household, pupil_id, loans in base.execute(_AT_HOME.format(wanted.sql), wanted.values):
            found.setdefault(household, {})[pupil_id] = loans
    return found


def _row(row: Sequence[Any], loan: str | None, at_home: Mapping[int, Mapping[int, int]]) -> NeedRow:
    answer, told = (None, None) if row[7] is None else (answer_of(row[7:10]), told_of(row[10:13]))
    others = at_home.get(row[6], {})
    household_loans = sum(loans for pupil_id, loans in others.items() if pupil_id != row[0])
    return NeedRow(
        PupilId(row[0]), row[1], row[2], row[3], row[4], row[5], answer, told, loan, household_loans, bool(row[13])
    )  # fmt: skip
