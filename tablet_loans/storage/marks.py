"""Marks: the pupils whom a person pinned or set aside in a campaign, those taken back too."""

from typing import Final

from tablet_loans.domain.mark import MarkKind, MarkRow
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.pupil import PupilId, written_name
from tablet_loans.storage import rows
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import from_microseconds

_ROWS: Final = (
    "SELECT mark.pupil_id, pupil.family_name, pupil.usage_name, pupil.given_name, school.uai, mark.kind, mark.note,"
    " mark.made_by, mark.made_at, mark.is_current FROM plan_mark mark JOIN pupil ON pupil.id = mark.pupil_id"
    " JOIN school ON school.id = pupil.school_id WHERE mark.campaign_id = ? ORDER BY mark.id DESC"
)


def of_campaign(base: Base, campaign_id: int) -> list[MarkRow]:
    """Return a campaign's marks, the newest first."""
    return [
        MarkRow(
            PupilId(row[0]), written_name(*row[1:4]), row[4], MarkKind(row[5]), row[6], row[7],
            from_microseconds(row[8]), bool(row[9]),
        )
        for row in base.execute(_ROWS, (campaign_id,)).fetchall()
    ]  # fmt: skip


def current(base: Base, campaign_id: int, pupil_id: PupilId) -> list[int]:
    """Return the ids of a pupil's marks that stand in a campaign."""
    query = "SELECT id FROM plan_mark WHERE campaign_id = ? AND pupil_id = ? AND is_current ORDER BY id"
    return [int(row[0]) for row in base.execute(query, (campaign_id, pupil_id)).fetchall()]


def standing(base: Base, campaign_id: int, pupil_id: PupilId) -> list[tuple[str, str]]:
    """Return the kind and the note of a pupil's marks that stand in a campaign."""
    query = "SELECT kind, note FROM plan_mark WHERE campaign_id = ? AND pupil_id = ? AND is_current ORDER BY id"
    return [(row[0], row[1]) for row in base.execute(query, (campaign_id, pupil_id)).fetchall()]


def holdings(base: Base, pupil_id: PupilId, kind: str) -> tuple[bool, bool]:
    """Say whether a device of the kind is lent to a pupil, and whether one is promised."""
    lent = base.execute(
        "SELECT 1 FROM loan WHERE pupil_id = ? AND kind = ? AND state = 'open' LIMIT 1", (pupil_id, kind)
    ).fetchone()
    promised = base.execute(
        "SELECT 1 FROM reservation WHERE pupil_id = ? AND kind = ? AND state = 'promised' LIMIT 1", (pupil_id, kind)
    ).fetchone()
    return lent is not None, promised is not None


def equipment(base: Base, campaign_id: int, pupil_id: PupilId) -> Equipment | None:
    """Return what a pupil has at home by the answer that counts in a campaign, or None."""
    query = "SELECT equipment FROM need WHERE campaign_id = ? AND pupil_id = ? AND is_current"
    row = base.execute(query, (campaign_id, pupil_id)).fetchone()
    return None if row is None else Equipment(row[0])


def names_held(base: Base, pupil_id: PupilId) -> list[str]:
    """Return a pupil's names, and let nobody else decide about her or him until the transaction ends."""
    found = rows.current(base, "pupil", pupil_id, ["family_name", "usage_name", "given_name"])
    return [str(name) for name in (found or {}).values()]
