"""Surveys: what a school's workbook shows, the key that seals it, and which returned files were taken."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.workbook import AskedPupil, told_apart
from tablet_loans.storage import ledger
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date
from tablet_loans.storage.needs import answer_of, told_of
from tablet_loans.storage.searching import in_bites
from tablet_loans.text import sort_key

_PUPILS: Final = (
    "SELECT pupil.id, pupil.class_name, pupil.family_name, pupil.usage_name, pupil.given_name, pupil.sort_key,"
    " need.equipment, need.is_cellular, need.is_priority, need.asked_on, need.answered_by, need.source,"
    " pupil.birth_date FROM pupil"
    " LEFT JOIN need ON need.campaign_id = ? AND need.pupil_id = pupil.id AND need.is_current"
    " WHERE pupil.school_id = ? AND (pupil.left_on IS NULL OR pupil.left_on > ?)"
)
_SCHOOLS: Final = (
    "SELECT school.id, school.uai, school.name FROM school"
    " WHERE (NOT EXISTS (SELECT 1 FROM campaign_school listed WHERE listed.campaign_id = ?) OR EXISTS"
    " (SELECT 1 FROM campaign_school part WHERE part.campaign_id = ? AND part.school_id = school.id))"
    " ORDER BY school.uai"
)
_TAKEN: Final = (
    "SELECT line.id, facts.facts FROM ledger_line line JOIN ledger_facts facts ON facts.line_id = line.id"
    " WHERE line.id IN (SELECT line_id FROM ledger_subject WHERE kind = ? AND subject_id IN ({}))"
    " AND line.action = ? AND facts.facts LIKE ?"
    " AND NOT EXISTS (SELECT 1 FROM ledger_line undo WHERE undo.undoes = line.id)"
)


class AskedSchool(NamedTuple):
    """A school that takes part in a campaign."""

    id: int
    uai: str
    name: str


def seal(base: Base, campaign_id: int, made: str = "") -> str:
    """Return the key that seals a campaign's workbooks: `made` when it had none yet."""
    if made:
        base.execute("UPDATE campaign SET seal = ? WHERE id = ? AND seal = ''", (made, campaign_id))
    return str(base.execute("SELECT seal FROM campaign WHERE id = ?", (campaign_id,)).fetchone()[0])


def schools(base: Base, campaign_id: int) -> list[AskedSchool]:
    """Return the schools that take part in a campaign, by UAI."""
    return [AskedSchool(*row) for row in base.execute(_SCHOOLS, (campaign_id, campaign_id)).fetchall()]


def pupils(base: Base, campaign_id: int, school_id: int, today: date) -> list[AskedPupil]:
    """Return the pupils on a school's roll with the answers that count, by class and name, homonyms told apart."""
    rows = base.execute(_PUPILS, (campaign_id, school_id, today.isoformat())).fetchall()
    classes = {name: sort_key(name) for name in {row[1] for row in rows}}
    rows.sort(key=lambda row: (classes[row[1]], row[1], row[5], row[0]))
    births = {row[0]: born for row in rows if (born := as_date(row[12])) is not None}
    return told_apart([_pupil(row) for row in rows], births)


def _pupil(row: Any) -> AskedPupil:
    if row[6] is None:
        return AskedPupil(row[0], row[1], row[3] or row[2], row[4])
    return AskedPupil(row[0], row[1], row[3] or row[2], row[4], answer_of(row[6:9]), told_of(row[9:12]))


def is_taken(base: Base, school_id: int, sha256: str) -> bool:
    """Say whether the answers of a file with these bytes were taken for this school, and stand."""
    return any(True for _ in _taken(base, Subject.SCHOOL, [school_id], sha256))


def told_already(base: Base, campaign_id: int, sha256: str, pupil_ids: Collection[int]) -> set[int]:
    """Return of which pupils a file with these bytes was heard in this campaign by an act that stands."""
    told: set[int] = set()
    for line_id, facts in _taken(base, Subject.PUPIL, sorted(pupil_ids), sha256):
        if facts.get("campaign") == campaign_id:
            subjects = ledger.subjects_of(base, line_id)
            told.update(row_id for kind, row_id in subjects if kind == Subject.PUPIL)
            told.update(facts.get("known", ()))
    return told


def _taken(base: Base, kind: Subject, ids: Sequence[int], sha256: str) -> Iterator[tuple[LedgerId, dict[str, Any]]]:
    """Yield the acts that stand by which the answers of these bytes were taken, about one of these, each once."""
    seen: set[str] = set()
    for some in in_bites(ids):
        values = (kind.value, *some, Action.ANSWERED.value, f'%"sha256":"{sha256}"%')
        for line_id, facts in base.execute(_TAKEN.format(", ".join("?" * len(some))), values).fetchall():
            if line_id not in seen:
                seen.add(line_id)
                yield LedgerId(line_id), json.loads(facts)
