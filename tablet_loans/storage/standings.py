"""Standings: how far the schools of a campaign have come, in figures that a few grouped queries give."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from tablet_loans.domain.need import Coverage, Equipment
from tablet_loans.domain.school import SchoolFilter, SchoolId, SchoolStanding
from tablet_loans.storage import recalls
from tablet_loans.storage.answers import COUNTING, ON_ROLL
from tablet_loans.storage.database import Base
from tablet_loans.storage.needs import to_confirm
from tablet_loans.storage.searching import Clause, is_hopeless, joined, shelf, words_of

_NO_CAMPAIGN: Final = 0
_SAID: Final = "need.equipment, need.is_cellular, need.is_priority, {0}"
_OF_CLASSES: Final = (
    f"SELECT pupil.class_name, {_SAID}, count(*) FROM pupil LEFT JOIN need ON {COUNTING}"
    f" WHERE pupil.school_id = ? AND {ON_ROLL} GROUP BY pupil.class_name, {_SAID}"
)
_OF_SCHOOLS: Final = (
    # The signs keep SQLite from going through the pupils in the order of an index, page by page, here and there.
    f"SELECT +pupil.school_id, {_SAID}, count(*) FROM need JOIN pupil ON {COUNTING} WHERE {ON_ROLL}"
    f" GROUP BY +pupil.school_id, {_SAID}"
)
_CLASSES: Final = f"SELECT +school_id, class_name FROM pupil WHERE {ON_ROLL} GROUP BY +school_id, class_name"
_CLASSES_HEARD: Final = (
    f"SELECT +pupil.school_id, pupil.class_name FROM need JOIN pupil ON {COUNTING} WHERE {ON_ROLL}"
    " GROUP BY +pupil.school_id, pupil.class_name"
)
_EVERYBODY: Final = "SELECT school_id, count(*) FROM pupil GROUP BY school_id"
_GONE: Final = "SELECT +school_id, count(*) FROM pupil WHERE left_on <= ? GROUP BY +school_id"
_LENT: Final = (
    "SELECT pupil.school_id, count(*) FROM loan JOIN pupil ON pupil.id = loan.pupil_id WHERE loan.state = 'open'"
    " GROUP BY pupil.school_id"
)
_TAKES_PART: Final = (
    "(NOT EXISTS (SELECT 1 FROM campaign_school listed WHERE listed.campaign_id = ?) OR EXISTS"
    " (SELECT 1 FROM campaign_school part WHERE part.campaign_id = ? AND part.school_id = school.id))"
)


@dataclass(slots=True)
class _Tally:
    """What some pupils answered, counted."""

    pupils: int = 0
    answered: int = 0
    cellular: int = 0
    priority: int = 0
    to_confirm: int = 0
    by_equipment: dict[Equipment, int] = field(default_factory=lambda: dict.fromkeys(Equipment, 0))

    def count(self, equipment: str, marks: Sequence[object], pupils: int) -> None:
        """Count so many pupils who gave one answer; its marks are cellular, priority and to confirm."""
        is_cellular, is_priority, is_to_confirm = marks
        self.answered += pupils
        self.by_equipment[Equipment(equipment)] += pupils
        self.cellular += pupils if is_cellular else 0
        self.priority += pupils if is_priority else 0
        self.to_confirm += pupils if is_to_confirm else 0

    def coverage(self, name: str) -> Coverage:
        """Return the figures under the name of a school or class."""
        return Coverage(
            name, self.pupils, self.answered, self.by_equipment, self.cellular, self.priority, self.to_confirm
        )


def coverage_by_school(base: Base, campaign_id: int, today: date) -> list[Coverage]:
    """Return what the pupils of each school that takes part answered, by school; those without pupils aside."""
    tallies = _tallies(base, campaign_id, today)
    return [
        tallies[row[0]].coverage(row[1])
        for row in _schools(base, campaign_id, "")
        if row[0] in tallies and tallies[row[0]].pupils
    ]


def coverage_by_class(base: Base, campaign_id: int, today: date, school_id: int) -> list[Coverage]:
    """Return what the pupils of each class of a school answered, by class."""
    tallies: dict[str, _Tally] = {}
    query = _OF_CLASSES.format(to_confirm(base))
    for name, equipment, *marks, pupils in base.execute(query, (campaign_id, school_id, today.isoformat())).fetchall():
        tally = tallies.setdefault(name, _Tally())
        tally.pupils += pupils
        if equipment is not None:
            tally.count(equipment, marks, pupils)
    return [tallies[name].coverage(name) for name in sorted(tallies)]


def silent_classes(base: Base, campaign_id: int, today: date) -> dict[int, list[str]]:
    """Return, by school, the classes of which nobody answered."""
    day = today.isoformat()
    every = {tuple(row) for row in base.execute(_CLASSES, (day,)).fetchall()}
    heard = {tuple(row) for row in base.execute(_CLASSES_HEARD, (campaign_id, day)).fetchall()}
    found: dict[int, list[str]] = {}
    for school_id, class_name in sorted(every - heard):
        found.setdefault(school_id, []).append(class_name)
    return found


def schools(base: Base, chosen: SchoolFilter, campaign_id: int | None, today: date) -> list[SchoolStanding]:
    """Return the schools that the filter lets through, by name; without a campaign, all and no answer."""
    if is_hopeless(chosen.search):
        return []
    campaign = _NO_CAMPAIGN if campaign_id is None else campaign_id
    tallies = _tallies(base, campaign, today)
    lent = dict(base.execute(_LENT).fetchall())
    called = Counter(each.school_id for each in recalls.gone(base))
    found = [
        _standing(row, tallies.get(row[0], _Tally()), lent, called) for row in _schools(base, campaign, chosen.search)
    ]
    return [standing for standing in found if _is_chosen(standing, chosen)]


def _is_chosen(standing: SchoolStanding, chosen: SchoolFilter) -> bool:
    is_silent, has_recalls = standing.answered < standing.pupils, standing.to_recall > 0
    return chosen.is_silent in (None, is_silent) and chosen.has_recalls in (None, has_recalls)


def _standing(row: Any, tally: _Tally, lent: Mapping[int, int], called: Mapping[SchoolId, int]) -> SchoolStanding:
    school_id, uai, name, kind, commune, email = row
    return SchoolStanding(
        id=school_id,
        uai=uai,
        name=name,
        kind=kind,
        commune=commune,
        email=email,
        pupils=tally.pupils,
        answered=tally.answered,
        lacking=tally.coverage("").lacking,
        lent=lent.get(school_id, 0),
        to_recall=called.get(school_id, 0),
    )


def _schools(base: Base, campaign_id: int, search: str) -> list[Any]:
    """Return the schools that take part and have these words, by name."""
    found = shelf("school", base)
    where = joined([Clause(_TAKES_PART, (campaign_id, campaign_id)), found.holding(words_of(search))])
    return found.select("id, uai, name, kind, commune, email", where, f"ORDER BY sort_key{found.binary}, id")


def _tallies(base: Base, campaign_id: int, today: date) -> dict[int, _Tally]:
    """Return what the pupils on the roll answered, by school."""
    day = today.isoformat()
    tallies = {row[0]: _Tally(row[1]) for row in base.execute(_EVERYBODY).fetchall()}
    for school_id, gone in base.execute(_GONE, (day,)).fetchall():
        tallies[school_id].pupils -= gone
    for school_id, equipment, *marks, pupils in base.execute(_OF_SCHOOLS.format(to_confirm(base)), (campaign_id, day)):
        tallies[school_id].count(equipment, marks, pupils)
    return tallies
