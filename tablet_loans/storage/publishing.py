"""Publishing: what a campaign's report and letters say besides its plans, and to whom letters go."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.campaign import Wording, wording_from
from tablet_loans.domain.decision import Home
from tablet_loans.domain.household import guardian_name
from tablet_loans.domain.mark import MarkKind
from tablet_loans.domain.masking import published, without_names
from tablet_loans.domain.plan import PlanId, SchoolShare
from tablet_loans.domain.public_report import HandMade
from tablet_loans.domain.pupil import PupilId, written_name
from tablet_loans.domain.roster import Care
from tablet_loans.domain.rule_change import RuleChange
from tablet_loans.domain.rules import Rules, rules_from
from tablet_loans.domain.school import SchoolId
from tablet_loans.storage import candidates
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date, from_microseconds
from tablet_loans.storage.searching import in_bites

_TERMS: Final = (
    "SELECT seed, rules, wording, starts_on, due_on, needs_until, needs_closed_at FROM campaign WHERE id = ?"
)
_MARKS: Final = (
    "SELECT mark.pupil_id, mark.kind, mark.made_at, mark.note, mark.is_current, mark.made_by, pupil.family_name,"
    " pupil.usage_name, pupil.given_name FROM plan_mark mark JOIN pupil ON pupil.id = mark.pupil_id"
    " WHERE mark.campaign_id = ? ORDER BY mark.made_at DESC, mark.id DESC"
)
_GUARDIANS_OF_MARKED: Final = (
    "SELECT link.pupil_id, guardian.family_name, guardian.given_name FROM guardianship link"
    " JOIN guardian ON guardian.id = link.guardian_id"
    " WHERE link.pupil_id IN (SELECT mark.pupil_id FROM plan_mark mark WHERE mark.campaign_id = ?)"
)
_RULED: Final = (
    "SELECT line.effective_at, line.actor, line.action, facts.facts FROM ledger_subject about"
    " JOIN ledger_line line ON line.id = about.line_id LEFT JOIN ledger_facts facts ON facts.line_id = line.id"
    " WHERE about.kind = ? AND about.subject_id = ? AND line.action IN (?, ?)"
    " ORDER BY line.effective_at DESC, line.id DESC"
)
_LAST_ACT: Final = "SELECT recorded_at FROM ledger_line WHERE action <> ? ORDER BY id DESC LIMIT 1"
_PARTS: Final = (
    "SELECT school.id, school.uai, school.name, school.commune, part.eligible FROM plan_school part"
    " JOIN school ON school.id = part.school_id WHERE part.plan_id = ?"
)
_HOMES: Final = (
    "SELECT link.pupil_id, guardian.school_id = pupil.school_id, guardian.name_key, guardian.id, guardian.civility,"
    " guardian.family_name, guardian.given_name, guardian.address, guardian.postcode, guardian.commune"
    " FROM guardianship link JOIN guardian ON guardian.id = link.guardian_id JOIN pupil ON pupil.id = link.pupil_id"
)


@dataclass(frozen=True, slots=True)
class PublishedTerms:
    """A campaign's seed, its rules as JSON, its wording and its days."""

    seed: str
    rules: str
    wording: Wording
    starts_on: date | None
    due_on: date
    needs_until: date | None
    needs_closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlanPart:
    """A school in a plan, and how many of its pupils the plan decides for."""

    school: SchoolId
    uai: str
    name: str
    commune: str
    eligible: int


@dataclass(frozen=True, slots=True)
class Written:
    """A pupil as a letter names her or him, and what puts letters in order."""

    name: str
    class_name: str
    sort_key: str


def terms(base: Base, campaign_id: int) -> PublishedTerms:
    """Return what a campaign is held to."""
    seed, rules, wording, starts_on, due_on, needs_until, closed_at = base.execute(_TERMS, (campaign_id,)).fetchone()
    due = as_date(due_on)
    assert due is not None  # noqa: S101 - a column that is never null
    closed = None if closed_at is None else from_microseconds(closed_at)
    said = wording_from(json.loads(wording))
    return PublishedTerms(seed, rules, said, as_date(starts_on), due, as_date(needs_until), closed)


def hand_made(base: Base, campaign_id: int) -> tuple[HandMade, ...]:
    """Return the marks of a campaign, those taken back too, the newest first.

    A note that names the pupil, the guardians or who wrote it is not told.
    """
    guardians: dict[int, list[str]] = {}
    for pupil_id, *names in base.execute(_GUARDIANS_OF_MARKED, (campaign_id,)).fetchall():
        guardians.setdefault(pupil_id, []).extend(names)
    return tuple(
        HandMade(
            MarkKind(kind), from_microseconds(at),
            "" if _names_somebody(base, note) else published(note, [*names, *guardians.get(pupil_id, ())]),
            bool(is_current),
        )
        for pupil_id, kind, at, note, is_current, *names in base.execute(_MARKS, (campaign_id,)).fetchall()
    )  # fmt: skip


def rule_changes(base: Base, campaign_id: int) -> tuple[RuleChange, ...]:
    """Return how a campaign's rules were changed, the newest first; what was undone, and that it was, is told too."""
    asked = (Subject.CAMPAIGN.value, campaign_id, Action.RULED.value, Action.UNDONE.value)
    found = []
    for at, by, action, text in base.execute(_RULED, asked).fetchall():
        facts = json.loads(text or "{}")
        before, after = _rules_changed(facts)
        if action == Action.RULED or after is not None:
            note = without_names(str(facts.get("note", "")), [by])
            note = "" if _names_somebody(base, note) else note
            is_undo = action == Action.UNDONE
            found.append(RuleChange(from_microseconds(at), before, after, note, facts.get("plan"), is_undo))
    return tuple(found)


def _names_somebody(base: Base, note: str) -> bool:
    """Say whether a word of the note, written as a name is, is the family name of a pupil here."""
    words = [word for word in re.findall(r"\w+", note) if len(word) > 2 and word[0].isupper()]
    spellings = sorted({spelling for word in words for spelling in (word, word.upper(), word.capitalize())})
    marks = ", ".join("?" * len(spellings))
    query = f"SELECT 1 FROM pupil WHERE family_name IN ({marks}) OR usage_name IN ({marks}) LIMIT 1"
    return bool(spellings) and base.execute(query, (*spellings, *spellings)).fetchone() is not None


def _rules_changed(facts: dict[str, Any]) -> tuple[Rules | None, Rules | None]:
    """Return the rules before and after an act, as far as its line tells."""
    for kind, _, before, after in facts.get("changes", ()):
        if kind == Subject.CAMPAIGN and before and "rules" in after:
            return rules_from(json.loads(before["rules"])), rules_from(json.loads(after["rules"]))
    return None, rules_from(facts["rules"]) if "rules" in facts else None


def released(base: Base, pupil_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Return the plans and pupils whose promise was released since: what was decided stands no more."""
    found: set[tuple[int, int]] = set()
    for some in in_bites(pupil_ids):
        marks = ", ".join("?" * len(some))
        query = f"SELECT plan_id, pupil_id FROM reservation WHERE state = 'released' AND pupil_id IN ({marks})"
        found.update((row[0], row[1]) for row in base.execute(query, tuple(some)).fetchall())
    return found


def last_act_at(base: Base) -> datetime | None:
    """Return when the base last changed, or None; a file that was written changes nothing."""
    row = base.execute(_LAST_ACT, (Action.EXPORTED.value,)).fetchone()
    return None if row is None else from_microseconds(row[0])


def shares_on(base: Base, campaign_id: int, kind: str, day: date) -> list[SchoolShare]:
    """Return how many of each school's pupils are in need, and how many of them hold or were promised a device."""
    found = candidates.in_need(base, campaign_id, kind, day, ())
    in_need = found.equipped + Counter(each.school for each in found.candidates)
    schools = base.execute("SELECT id, uai, name, commune FROM school").fetchall()
    return [
        SchoolShare(
            SchoolId(school_id), uai, name, commune, in_need[school_id], found.equipped[school_id],
            in_need[school_id] - found.equipped[school_id], 0,
        )
        for school_id, uai, name, commune in schools
        if in_need[school_id]
    ]  # fmt: skip


def parts(base: Base, plan_id: PlanId) -> list[PlanPart]:
    """Return the schools of a plan, by UAI."""
    rows = base.execute(_PARTS, (plan_id,)).fetchall()
    return sorted((PlanPart(SchoolId(row[0]), *row[1:]) for row in rows), key=lambda each: each.uai)


def school_names(base: Base) -> dict[str, str]:
    """Return the name of each school, by UAI."""
    return dict(base.execute("SELECT uai, name FROM school").fetchall())


def written(base: Base, pupil_ids: Sequence[PupilId]) -> dict[PupilId, Written]:
    """Return how these pupils are written to."""
    found: dict[PupilId, Written] = {}
    for some in in_bites(pupil_ids):
        marks = ", ".join("?" * len(some))
        query = f"SELECT id, class_name, sort_key, family_name, usage_name, given_name FROM pupil WHERE id IN ({marks})"
        for pupil_id, class_name, sort_key, *name in base.execute(query, tuple(some)).fetchall():
            found[PupilId(pupil_id)] = Written(written_name(*name), class_name, sort_key)
    return found


def homes(base: Base, pupil_ids: Sequence[PupilId]) -> dict[PupilId, Home]:
    """Return the first legal guardian's name and address, those that the pupil's own school told first, by pupil."""
    found: dict[PupilId, tuple[tuple[bool, str, int], Home]] = {}
    for some in in_bites(pupil_ids):
        query = f"{_HOMES} WHERE link.care = ? AND link.pupil_id IN ({', '.join('?' * len(some))})"
        for pupil_id, is_own, name_key, guardian_id, *who in base.execute(query, (Care.LEGAL.value, *some)).fetchall():
            place, home = (not is_own, name_key, guardian_id), Home(guardian_name(*who[:3]), *who[3:])
            if pupil_id not in found or place < found[pupil_id][0]:
                found[pupil_id] = place, home
    return {pupil_id: home for pupil_id, (_, home) in found.items()}
