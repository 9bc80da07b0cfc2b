"""Needs: each answer is kept, and one of a pupil's counts in a campaign."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol, cast
from weakref import WeakSet

from tablet_loans.domain.act import Subject
from tablet_loans.domain.need import Answer, Equipment, Heard, Source, Told, heard
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date, from_microseconds
from tablet_loans.storage.rows import stored
from tablet_loans.storage.searching import in_bites

_ANSWERED: Final = "pupil_id, id, equipment, is_cellular, is_priority, asked_on, answered_by, source"
_COLUMNS: Final = (
    "campaign_id", "pupil_id", "equipment", "is_cellular", "is_priority", "asked_on", "answered_by", "source",
    "recorded_at", "is_current",
)  # fmt: skip
_AT_ONCE: Final = 500
_CONFIRMING: Final[WeakSet[Base]] = WeakSet()
_ASKABLE: Final = (
    "SELECT pupil.id, pupil.left_on, school.uai,"
    " NOT EXISTS (SELECT 1 FROM campaign_school listed WHERE listed.campaign_id = ?) OR EXISTS"
    " (SELECT 1 FROM campaign_school part WHERE part.campaign_id = ? AND part.school_id = pupil.school_id)"
    " FROM pupil JOIN school ON school.id = pupil.school_id"
)


class Act(Protocol):
    """The act that writes: it remembers what it changed and created."""

    at: datetime

    def changed(self, subject: Subject, row_id: int, before: Mapping[str, object], after: Mapping[str, object]) -> None:
        """Remember a row's change."""

    def created(self, subject: Subject, row_id: int, **state: object) -> None:
        """Remember a new row."""


@dataclass(frozen=True, slots=True)
class KeptNeed:
    """An answer as it is kept."""

    id: int
    answer: Answer
    told: Told
    is_to_confirm: bool = False


@dataclass(frozen=True, slots=True)
class Askable:
    """What decides whether a pupil's answer is recorded in a campaign."""

    left_on: date | None
    school: str
    takes_part: bool


@dataclass(frozen=True, slots=True)
class _Given:
    pupil_id: int
    answer: Answer
    told: Told

    @property
    def day(self) -> tuple[int, Answer, date]:
        """Return what makes two answers of a pupil the same one."""
        return self.pupil_id, self.answer, self.told.asked_on


def current(base: Base, campaign_id: int, pupil_ids: Sequence[int]) -> dict[int, KeptNeed]:
    """Return the answers that count in a campaign, by pupil; who has not answered is not there."""
    return _current(base, campaign_id, pupil_ids, "")


def replace(base: Base, act: Act, campaign_id: int, pupil_id: int, answer: Answer, told: Told) -> Heard:
    """Keep a pupil's answer, which counts unless a later one does, and return what became of it."""
    return replace_many(base, act, campaign_id, [(pupil_id, answer, told)])[0]


def replace_many(base: Base, act: Act, campaign_id: int, answers: Sequence[tuple[int, Answer, Told]]) -> list[Heard]:
    """Keep many answers in the order they came, in a few statements, and return what became of each."""
    fates: dict[int, Heard] = {}
    for some in _rounds([_Given(*answer) for answer in answers]):
        found = _replaced(base, act, campaign_id, list(some.values()))
        fates |= dict(zip(some, found, strict=True))
    return [fates[place] for place in range(len(answers))]


def foreseen(base: Base, campaign_id: int, answers: Sequence[tuple[int, Answer, Told]]) -> list[Heard]:
    """Return what would become of many answers in the order they come, and write nothing."""
    every = [_Given(*answer) for answer in answers]
    pupils = list({given.pupil_id for given in every})
    counts = current(base, campaign_id, pupils)
    known, fates = _known(base, campaign_id, every), []
    for given in every:
        fate = _fate(counts.get(given.pupil_id), given)
        if fate is Heard.OLDER and given.day in known:
            fate = Heard.SAME
        if fate in (Heard.FIRST, Heard.CHANGED):
            counts[given.pupil_id] = KeptNeed(0, given.answer, given.told)
        known.add(given.day)
        fates.append(fate)
    return fates


def _rounds(answers: Sequence[_Given]) -> Iterator[dict[int, _Given]]:
    """Yield the answers by their places, some hundreds at a time, in each of which no pupil stands twice."""
    some: dict[int, _Given] = {}
    pupils: set[int] = set()
    for place, given in enumerate(answers):
        if given.pupil_id in pupils or len(some) == _AT_ONCE:
            yield some
            some, pupils = {}, set()
        some[place] = given
        pupils.add(given.pupil_id)
    if some:
        yield some


def _replaced(base: Base, act: Act, campaign_id: int, answers: Sequence[_Given]) -> list[Heard]:
    """Keep answers of different pupils: first no longer count those replaced, then insert the new ones."""
    lock = " FOR UPDATE" if base.is_server else ""
    before = _current(base, campaign_id, [given.pupil_id for given in answers], lock)
    fates = [_fate(before.get(given.pupil_id), given) for given in answers]
    older = [given for given, fate in zip(answers, fates, strict=True) if fate is Heard.OLDER]
    known = _known(base, campaign_id, older) if older else set()
    fates = [Heard.SAME if given.day in known else fate for given, fate in zip(answers, fates, strict=True)]
    judged = list(zip(answers, fates, strict=True))
    _retire(base, act, [before[given.pupil_id].id for given, fate in judged if fate is Heard.CHANGED])
    _insert(base, act, campaign_id, [(given, fate) for given, fate in judged if fate is not Heard.SAME])
    return fates


def _fate(counts: KeptNeed | None, given: _Given) -> Heard:
    if counts is None:
        return heard(None, given.answer, given.told)
    return heard((counts.answer, counts.told), given.answer, given.told, is_to_confirm=counts.is_to_confirm)


def _known(base: Base, campaign_id: int, answers: Sequence[_Given]) -> set[tuple[int, Answer, date]]:
    """Return which answers are kept already, whether they count or not."""
    return {
        (pupil_id, kept.answer, kept.told.asked_on)
        for pupil_id, kept in _kept(base, campaign_id, list({given.pupil_id for given in answers}), "")
    }


def _retire(base: Base, act: Act, need_ids: Sequence[int]) -> None:
    if not need_ids:
        return
    marks = ", ".join("?" * len(need_ids))
    base.execute(f"UPDATE need SET is_current = ? WHERE id IN ({marks})", (False, *need_ids))
    for need_id in need_ids:
        act.changed(Subject.NEED, need_id, {"is_current": True}, {"is_current": False})


def _insert(base: Base, act: Act, campaign_id: int, answers: Sequence[tuple[_Given, Heard]]) -> None:
    """Insert answers of different pupils, which tell the new ids apart."""
    if not answers:
        return
    states = {given.pupil_id: _state(given, fate) for given, fate in answers}
    one = f"({', '.join('?' * len(_COLUMNS))})"
    made = base.execute(
        f"INSERT INTO need ({', '.join(_COLUMNS)}) VALUES {', '.join([one] * len(answers))} RETURNING pupil_id, id",
        [value for given, fate in answers for value in _values(campaign_id, given, fate, act.at)],
    ).fetchall()
    for pupil_id, need_id in sorted(made):
        act.created(Subject.NEED, need_id, **states[pupil_id])


def _state(given: _Given, fate: Heard) -> dict[str, object]:
    answer = given.answer
    return {
        "equipment": answer.equipment.value,
        "is_cellular": answer.is_cellular,
        "is_priority": answer.is_priority,
        "is_current": fate is not Heard.OLDER,
    }


def _values(campaign_id: int, given: _Given, fate: Heard, at: datetime) -> tuple[Any, ...]:
    answer, told = given.answer, given.told
    return (
        campaign_id, given.pupil_id, answer.equipment.value, answer.is_cellular, answer.is_priority,
        stored(told.asked_on), told.answered_by, told.source.value, stored(at), fate is not Heard.OLDER,
    )  # fmt: skip


def _current(base: Base, campaign_id: int, pupil_ids: Sequence[int], lock: str) -> dict[int, KeptNeed]:
    return dict(_kept(base, campaign_id, pupil_ids, f" AND is_current{lock}"))


def _kept(base: Base, campaign_id: int, pupil_ids: Sequence[int], tail: str) -> Iterator[tuple[int, KeptNeed]]:
    columns = f"{_ANSWERED}, {to_confirm(base)}"
    for some in in_bites(pupil_ids):
        rows = base.execute(
            f"SELECT {columns} FROM need WHERE campaign_id = ? AND pupil_id IN ({', '.join('?' * len(some))}){tail}",
            (campaign_id, *some),
        ).fetchall()
        for row in rows:
            yield row[0], KeptNeed(row[1], answer_of(row[2:5]), told_of(row[5:8]), bool(row[8]))


def has_to_confirm(base: Base) -> bool:
    """Say whether the base is new enough to keep which answers are to be confirmed."""
    if base not in _CONFIRMING:
        if all(column.name != "to_confirm" for column in base.database.get_columns("need")):
            return False
        _CONFIRMING.add(base)
    return True


def to_confirm(base: Base) -> str:
    """Return what a statement asks of a need to know whether it is to be confirmed: on an older base, none is."""
    return "need.to_confirm" if has_to_confirm(base) else "(1 = 0)"  # PostgreSQL groups by no constant


def counts(base: Base, campaign_id: int) -> tuple[int, int]:
    """Return how many answers count in a campaign, and how many of these are to be confirmed."""
    row = base.execute(
        f"SELECT count(*), coalesce(sum(CASE WHEN {to_confirm(base)} THEN 1 ELSE 0 END), 0) FROM need"
        " WHERE campaign_id = ? AND is_current",
        (campaign_id,),
    ).fetchone()
    return row[0], int(row[1])


def count_current(base: Base, campaign_id: int) -> int:
    """Return how many answers count in a campaign, from an index alone."""
    query = "SELECT count(*) FROM need WHERE campaign_id = ? AND is_current"
    return int(base.execute(query, (campaign_id,)).fetchone()[0])


def unconfirmed(
    base: Base, campaign_id: int, school_id: int, today: date, class_name: str | None = None
) -> list[tuple[int, int]]:
    """Return the needs to confirm of a school's pupils on the roll, or of one class, each with its pupil."""
    only = "" if class_name is None else " AND pupil.class_name = ?"
    found = base.execute(
        # Crossed, so that SQLite goes from the school's pupils to their needs, not through the whole campaign.
        "SELECT need.id, pupil.id FROM pupil CROSS JOIN need WHERE need.campaign_id = ? AND need.pupil_id = pupil.id"
        " AND need.is_current AND pupil.school_id = ? AND need.to_confirm"
        f" AND (pupil.left_on IS NULL OR pupil.left_on > ?){only} ORDER BY need.id",
        (campaign_id, school_id, today.isoformat(), *(() if class_name is None else (class_name,))),
    ).fetchall()
    return [(row[0], row[1]) for row in found]


def schools_to_confirm(base: Base, campaign_id: int) -> list[int]:
    """Return the schools of which a pupil's answer is to be confirmed."""
    query = (
        "SELECT DISTINCT pupil.school_id FROM need JOIN pupil ON pupil.id = need.pupil_id"
        " WHERE need.campaign_id = ? AND need.is_current AND need.to_confirm"
    )
    return sorted(row[0] for row in base.execute(query, (campaign_id,)).fetchall())


def confirm(base: Base, act: Act, need_ids: Sequence[int]) -> list[int]:
    """Let answers stand that were to be confirmed, and return those that still were."""
    confirmed: list[int] = []
    for some in in_bites(need_ids):
        marks = ", ".join("?" * len(some))
        rows = base.execute(
            f"UPDATE need SET to_confirm = ? WHERE id IN ({marks}) AND is_current AND to_confirm RETURNING id",
            (False, *some),
        ).fetchall()
        confirmed += sorted(row[0] for row in rows)
    for need_id in confirmed:
        act.changed(Subject.NEED, need_id, {"to_confirm": True}, {"to_confirm": False})
    return confirmed


def answer_of(columns: Sequence[Any]) -> Answer:
    """Return the answer of a row's equipment, cellular and priority columns."""
    return Answer(Equipment(columns[0]), bool(columns[1]), bool(columns[2]))


def told_of(columns: Sequence[Any]) -> Told:
    """Return when, by whom and how an answer came, of a row's three columns."""
    return Told(cast(date, as_date(columns[0])), columns[1], Source(columns[2]))


def closed_at(base: Base, campaign_id: int) -> datetime | None:
    """Return when a campaign's needs were closed, None while they are open."""
    row = base.execute("SELECT needs_closed_at FROM campaign WHERE id = ?", (campaign_id,)).fetchone()
    return None if row is None or row[0] is None else from_microseconds(row[0])


def askable(base: Base, campaign_id: int, pupil_ids: Sequence[int]) -> dict[int, Askable]:
    """Return what decides whether these pupils' answers are recorded, by pupil; who is not here is not there."""
    found: dict[int, Askable] = {}
    for some in in_bites(pupil_ids):
        rows = base.execute(
            f"{_ASKABLE} WHERE pupil.id IN ({', '.join('?' * len(some))})", (campaign_id, campaign_id, *some)
        ).fetchall()
        found |= {row[0]: Askable(as_date(row[1]), row[2], bool(row[3])) for row in rows}
    return found
