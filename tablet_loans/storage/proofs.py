"""Proofs: what was chained and promised of a plan, to hold the plan against."""

import json
from typing import Any, Final

from tablet_loans.domain.act import Action, Subject, facts_digest, line_hash
from tablet_loans.domain.proof import Promised
from tablet_loans.domain.pupil import PupilId
from tablet_loans.storage import ledger
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import words

_LINES: Final = (
    "SELECT line.station, line.sequence FROM ledger_subject subject JOIN ledger_line line ON line.id = subject.line_id"
    " WHERE subject.kind = ? AND subject.subject_id = ? AND line.action = ? ORDER BY line.id"
)


def applied_digests(base: Base, campaign_id: int, plan_id: int) -> set[str]:
    """Return the digests of which chained lines say that the plan was applied; a line that was altered says nothing."""
    said = _said(base, campaign_id, Action.ALLOCATED)
    return {str(facts.get("digest")) for facts in said if facts.get("plan") == plan_id}


def published_hash(base: Base, campaign_id: int, name: str) -> str | None:
    """Return the hash of the seed as it was chained when the campaign was created, or None where none was."""
    said = _said(base, campaign_id, Action.CAMPAIGN_CREATED)
    hashes = (facts.get("seed_hash") for facts in said if facts.get("name") == name)
    return next((str(each) for each in hashes if each), None)


def promises(base: Base, plan_id: int) -> list[Promised]:
    """Return to whom a plan promised which class, whatever became of it."""
    query = "SELECT pupil_id, features FROM reservation WHERE plan_id = ? AND device_id IS NULL"
    return [(PupilId(row[0]), frozenset(words(row[1]))) for row in base.execute(query, (plan_id,)).fetchall()]


def _said(base: Base, campaign_id: int, action: Action) -> list[dict[str, Any]]:
    """Return the facts of a campaign's acts, of those whose facts and hash are as they were chained."""
    said = []
    asked = (Subject.CAMPAIGN.value, campaign_id, action.value)
    for station, sequence in base.execute(_LINES, asked).fetchall():
        for link in ledger.chain(base, station, sequence - 1, 1):
            if link.salt is None or link.facts is None or line_hash(link.line) != link.hash:
                continue
            if facts_digest(link.salt, link.facts) == link.line.digest:
                said.append(json.loads(link.facts))
    return said
