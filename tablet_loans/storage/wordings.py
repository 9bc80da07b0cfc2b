"""Wordings: the clauses of a campaign's agreement, by language and version; none is ever changed."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from tablet_loans.domain.trouble import UpgradeNeeded
from tablet_loans.domain.wording import AgreementWords, WordingVersion, from_kept
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import from_microseconds, to_microseconds

_SELECT: Final = "SELECT language, version, clauses, digest, id FROM agreement_wording"
_ADD: Final = (
    "INSERT INTO agreement_wording (campaign_id, language, version, clauses, digest, made_at, made_by)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (campaign_id, language, version) DO NOTHING"
)
_VERSIONS: Final = (
    "SELECT wording.version, wording.language, wording.made_at, wording.made_by,"
    " (SELECT count(*) FROM agreement WHERE agreement.wording_id = wording.id) FROM agreement_wording wording"
    " WHERE wording.campaign_id = ? AND wording.language = ? ORDER BY wording.version DESC"
)


def are_here(base: Base) -> bool:
    """Say whether the base is new enough to keep wordings, since 0007."""
    return bool(base.database.table_exists("agreement_wording"))


def must_be_here(base: Base) -> None:
    """Accept a base that keeps wordings. Raises: UpgradeNeeded."""
    if not are_here(base):
        raise UpgradeNeeded()


def last(base: Base, campaign_id: int, language: str) -> AgreementWords | None:
    """Return the newest wording of a campaign in a language, or None."""
    query = f"{_SELECT} WHERE campaign_id = ? AND language = ? ORDER BY version DESC LIMIT 1"
    row = base.execute(query, (campaign_id, language)).fetchone()
    return _found(row) if row else None


def of_version(base: Base, campaign_id: int, language: str, version: int) -> AgreementWords | None:
    """Return one version, or None."""
    query = f"{_SELECT} WHERE campaign_id = ? AND language = ? AND version = ?"
    row = base.execute(query, (campaign_id, language, version)).fetchone()
    return _found(row) if row else None


def with_ids(base: Base, ids: Collection[int]) -> dict[int, AgreementWords]:
    """Return these wordings, by id."""
    marks = ", ".join("?" * len(ids))
    rows = base.execute(f"{_SELECT} WHERE id IN ({marks})", tuple(ids)).fetchall() if ids else []
    return {int(row[4]): _found(row) for row in rows}


def of_loan(base: Base, loan_id: int) -> AgreementWords | None:
    """Return the wording that a loan's agreement was printed with, or None."""
    query = f"{_SELECT} WHERE id = (SELECT wording_id FROM agreement WHERE loan_id = ?)"
    row = base.execute(query, (loan_id,)).fetchone()
    return _found(row) if row else None


def only_of_loan(base: Base, loan_id: int) -> AgreementWords | None:
    """Return the wording of a loan's campaign where there has been one alone, or None."""
    query = f"{_SELECT} WHERE campaign_id = (SELECT campaign_id FROM loan WHERE id = ?) LIMIT 2"
    found = base.execute(query, (loan_id,)).fetchall()
    return _found(found[0]) if len(found) == 1 else None


def of_any_language(base: Base, campaign_id: int, version: int) -> list[AgreementWords]:
    """Return the wordings of a campaign with this version, one a language."""
    found = base.execute(f"{_SELECT} WHERE campaign_id = ? AND version = ? ORDER BY id", (campaign_id, version))
    return [_found(row) for row in found.fetchall()]


def add(base: Base, campaign_id: int, words: AgreementWords, clauses: str, at: datetime, by: str) -> bool:
    """Insert a version and say whether it was: where another station was faster, that one stands."""
    values = (campaign_id, words.language, words.version, clauses, words.digest, to_microseconds(at), by)
    return int(base.execute(_ADD, values).rowcount) > 0


def versions(base: Base, campaign_id: int, language: str) -> list[WordingVersion]:
    """Return a campaign's wordings in a language, the newest first, and how many agreements bear each."""
    rows = base.execute(_VERSIONS, (campaign_id, language)).fetchall()
    return [WordingVersion(row[0], row[1], from_microseconds(row[2]), row[3], int(row[4])) for row in rows]


def languages(base: Base, campaign_id: int) -> list[str]:
    """Return the languages in which a campaign has a wording."""
    query = "SELECT DISTINCT language FROM agreement_wording WHERE campaign_id = ? ORDER BY language"
    return [row[0] for row in base.execute(query, (campaign_id,)).fetchall()]


def _found(row: Any) -> AgreementWords:
    return AgreementWords(row[0], int(row[1]), from_kept(row[2]), row[3], int(row[4]))
