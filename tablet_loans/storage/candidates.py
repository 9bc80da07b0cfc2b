"""Candidates: the pupils of a campaign in need of a device, since when they ask, and those who have one already."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Final, cast

from tablet_loans.domain.allocation import Claim
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.ranking import Candidate
from tablet_loans.domain.rules import sits_exam
from tablet_loans.domain.school import SchoolId
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date, from_microseconds

_IN_NEED: Final = (
    "SELECT pupil.id, pupil.school_id, need.equipment, need.is_priority, need.is_cellular, pupil.class_name,"
    " pupil.level, pupil.household, need.asked_on, need.id, need.recorded_at,"
    " CASE WHEN EXISTS (SELECT 1 FROM loan WHERE loan.pupil_id = pupil.id AND loan.kind = ? AND loan.state = 'open')"
    " OR EXISTS (SELECT 1 FROM reservation promise WHERE promise.pupil_id = pupil.id AND promise.kind = ?"
    " AND promise.state = 'promised') THEN 1 ELSE 0 END"
    " FROM need JOIN pupil ON pupil.id = need.pupil_id WHERE need.campaign_id = ?"
    " AND need.is_current AND need.equipment <> ? AND (pupil.left_on IS NULL OR pupil.left_on > ?)"
    " AND (NOT EXISTS (SELECT 1 FROM campaign_school listed WHERE listed.campaign_id = ?) OR EXISTS"
    " (SELECT 1 FROM campaign_school part WHERE part.campaign_id = ? AND part.school_id = pupil.school_id))"
    " ORDER BY pupil.id"
)
_LENT_TO_HOMES: Final = (
    "SELECT pupil.household, count(*) FROM loan JOIN pupil ON pupil.id = loan.pupil_id"
    " WHERE loan.state = 'open' AND loan.kind = ? AND pupil.household IS NOT NULL GROUP BY pupil.household"
)
_PROMISED_TO_HOMES: Final = (
    "SELECT pupil.household, count(*) FROM reservation promise JOIN pupil ON pupil.id = promise.pupil_id"
    " WHERE promise.state = 'promised' AND promise.kind = ? AND pupil.household IS NOT NULL GROUP BY pupil.household"
)
_EQUIPMENT: Final = {each.value: each for each in Equipment}
_CELLULAR: Final = frozenset({"cellular"})
_PLAIN: Final = frozenset[str]()


@dataclass(slots=True)
class InNeed:
    """The pupils in need who have nothing yet; of those who have a device, how many by school, and their priorities."""

    candidates: list[Candidate] = field(default_factory=list)
    equipped: Counter[SchoolId] = field(default_factory=Counter)
    claims: list[Claim] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Said:
    """An answer: the day it was given, its id, when it was recorded, and the equipment."""

    asked_on: date
    id: int
    recorded_at: int
    equipment: str


@dataclass(frozen=True, slots=True)
class _Past:
    """What was said in a campaign before the answers that count, and when it was created."""

    created_at: int
    created_on: date
    is_relaunch: bool
    answers: Mapping[int, list[_Said]]

    def since(self, pupil_id: int, said: _Said) -> date:
        """Return the first day since which a family says that equipment lacks, without having said otherwise after it.

        A day before the campaign was created counts as that one, unless the answer was carried over from another: else
        an answer of 1970 that is kept beside would come before all.
        """
        first = self._counted(said)
        for each in sorted(self.answers.get(pupil_id, ()), key=lambda each: (each.asked_on, each.id), reverse=True):
            if (each.asked_on, each.id) > (said.asked_on, said.id):
                continue
            if each.equipment == Equipment.OWN:
                break
            first = min(first, self._counted(each))
        return first

    def _counted(self, said: _Said) -> date:
        is_carried = self.is_relaunch and said.recorded_at <= self.created_at
        return said.asked_on if is_carried else max(said.asked_on, self.created_on)


def in_need(base: Base, campaign_id: int, kind: str, today: date, exam_classes: Sequence[str]) -> InNeed:
    """Return the pupils on the roll of a campaign's schools who lack equipment, by id.

    A request counts from the day the family first said so in the campaign: who says it again loses no place.
    """
    received: Counter[int] = Counter()
    for query in (_LENT_TO_HOMES, _PROMISED_TO_HOMES):
        received.update(dict(base.execute(query, (kind,)).fetchall()))
    days = cast(Callable[[object], date], cache(as_date))
    past, found = _past(base, campaign_id), InNeed()
    is_exam_year = cache(lambda level: sits_exam(level, exam_classes))
    asked = (kind, kind, campaign_id, Equipment.OWN.value, today.isoformat(), campaign_id, campaign_id)
    for row in base.execute(_IN_NEED, asked).fetchall():
        (
            pupil_id, school_id, equipment, is_priority, is_cellular, class_name, level, household, asked_on, need_id,
            recorded_at, has_one,
        ) = row  # fmt: skip
        first = days(asked_on)
        if pupil_id in past.answers or first < past.created_on:
            first = past.since(pupil_id, _Said(first, need_id, recorded_at, equipment))
        if has_one:
            found.equipped[school_id] += 1
            if is_priority:
                found.claims.append(Claim(PupilId(pupil_id), SchoolId(school_id), first))
            continue
        candidate = Candidate(
            PupilId(pupil_id),
            SchoolId(school_id),
            _EQUIPMENT[equipment],
            bool(is_priority),
            is_exam_year(level or class_name),
            household or pupil_id,
            received[household] if household else 0,
            first,
            _CELLULAR if is_cellular else _PLAIN,  # the same set for all: compared at a glance, and no room taken
        )
        found.candidates.append(candidate)
    return found


def _past(base: Base, campaign_id: int) -> _Past:
    query = "SELECT created_at, relaunches_id FROM campaign WHERE id = ?"
    created_at, relaunches = base.execute(query, (campaign_id,)).fetchone()
    answers: dict[int, list[_Said]] = {}
    query = "SELECT pupil_id, asked_on, id, recorded_at, equipment FROM need WHERE campaign_id = ? AND NOT is_current"
    for pupil_id, asked_on, *rest in base.execute(query, (campaign_id,)).fetchall():
        answers.setdefault(pupil_id, []).append(_Said(cast(date, as_date(asked_on)), *rest))
    created_on = from_microseconds(created_at).astimezone().date()
    return _Past(created_at, created_on, relaunches is not None, answers)
