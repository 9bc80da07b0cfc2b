"""Agreements counted by school and by class: promised, printed beforehand, lent, printed, signed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.oversight import ClassPapers, PaperCount, PaperFate, SchoolPapers, SignedPaper, UnsignedLoan
from tablet_loans.domain.pupil import written_name
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import from_microseconds

_PRINTED_BEFOREHAND: Final = (
    "SELECT DISTINCT printed.subject_id FROM ledger_subject printed WHERE printed.kind = ? AND printed.line_id IN"
    " (SELECT line.id FROM ledger_subject printing JOIN ledger_line line ON line.id = printing.line_id"
    " WHERE printing.kind = ? AND printing.subject_id = ? AND line.action = ?)"
)
_PROMISED: Final = (
    "SELECT {by}, pupil.id FROM reservation promise JOIN pupil ON pupil.id = promise.pupil_id"
    " WHERE promise.campaign_id = ? AND promise.kind = ? AND promise.state = 'promised'"
    " AND (pupil.left_on IS NULL OR pupil.left_on > ?) AND NOT EXISTS (SELECT 1 FROM loan"
    " WHERE loan.pupil_id = pupil.id AND loan.kind = promise.kind AND loan.state = 'open'){within}"
)
_LENT: Final = (
    "SELECT {by}, count(*), sum(CASE WHEN agreement.state IN ('printed', 'signed') THEN 1 ELSE 0 END),"
    " sum(CASE WHEN agreement.state = 'signed' THEN 1 ELSE 0 END) FROM loan"
    " JOIN pupil ON pupil.id = loan.pupil_id LEFT JOIN agreement ON agreement.loan_id = loan.id"
    " WHERE loan.campaign_id = ? AND loan.state = 'open'{within} GROUP BY {by}"
)
_UNSIGNED: Final = (
    "SELECT loan.number, pupil.family_name, pupil.usage_name, pupil.given_name, pupil.class_name, device.tag,"
    " loan.opened_at, agreement.printed_at FROM loan JOIN pupil ON pupil.id = loan.pupil_id"
    " JOIN school ON school.id = pupil.school_id JOIN device ON device.id = loan.device_id"
    " LEFT JOIN agreement ON agreement.loan_id = loan.id WHERE loan.campaign_id = ? AND school.uai = ?"
    " AND loan.state = 'open' AND coalesce(agreement.state, 'drafted') <> 'signed' ORDER BY {order}, loan.number"
)
_WITHOUT: Final = (
    "SELECT loan.id FROM loan LEFT JOIN agreement ON agreement.loan_id = loan.id WHERE loan.state = 'open'"
    " AND coalesce(agreement.state, 'drafted') NOT IN (?, ?)"
)
_THERE: Final = "SELECT pupil.id FROM pupil JOIN school ON school.id = pupil.school_id WHERE school.uai IN"
_AT_ONCE: Final = 500
_WHOSE: Final = (
    "SELECT loan.number, device.tag, pupil.family_name, pupil.usage_name, pupil.given_name, pupil.class_name,"
    " school.name, agreement.signed_at FROM loan JOIN pupil ON pupil.id = loan.pupil_id"
    " JOIN school ON school.id = pupil.school_id JOIN device ON device.id = loan.device_id"
    " LEFT JOIN agreement ON agreement.loan_id = loan.id WHERE loan.number = ?"
)


def printed_beforehand(base: Base, campaign_id: int) -> set[int]:
    """Return the pupils whose agreement was printed in a campaign before they had a tablet, as the ledger knows."""
    asked = (Subject.PUPIL.value, Subject.CAMPAIGN.value, campaign_id, Action.AGREEMENTS_PRINTED.value)
    return {int(row[0]) for row in base.execute(_PRINTED_BEFOREHAND, asked).fetchall()}


def without_paper(base: Base, *, is_printed_enough: bool) -> set[int]:
    """Return the open loans whose agreement is not signed, or, where printed is enough, was never printed."""
    enough = ("printed", "signed") if is_printed_enough else ("signed", "signed")
    return {int(row[0]) for row in base.execute(_WITHOUT, enough).fetchall()}


def of_schools(base: Base, pupils: Sequence[int], schools: Sequence[str]) -> list[int]:
    """Return those of the pupils who are at one of these schools, in the order given."""
    there: set[int] = set()
    for start in range(0, len(schools), _AT_ONCE):
        some = tuple(schools[start : start + _AT_ONCE])
        there.update(row[0] for row in base.execute(f"{_THERE} ({', '.join('?' * len(some))})", some).fetchall())
    return [pupil for pupil in pupils if pupil in there]


def by_school(base: Base, campaign_id: int, kind: str, today: date) -> list[SchoolPapers]:
    """Return the schools to which a campaign promised or lent something, in the order of the register."""
    counts = _counted(base, campaign_id, kind, today, "pupil.school_id")
    schools = base.execute("SELECT id, uai, name, commune FROM school").fetchall()
    found = [SchoolPapers(uai, name, commune, counts[row]) for row, uai, name, commune in schools if row in counts]
    return sorted(found, key=lambda each: each.uai)


def by_class(base: Base, campaign_id: int, kind: str, today: date, school: str) -> list[ClassPapers]:
    """Return the classes of a school to which a campaign promised or lent something, in the order of the register."""
    row = base.execute("SELECT id FROM school WHERE uai = ?", (school,)).fetchone()
    if row is None:
        return []
    counts = _counted(base, campaign_id, kind, today, "pupil.class_name", int(row[0]))
    return [ClassPapers(name, counts[name]) for name in sorted(counts)]


def unsigned(base: Base, campaign_id: int, school: str) -> list[UnsignedLoan]:
    """Return the loans of a school without a signature, in the order of the register."""
    collated = ' COLLATE "C"' if base.is_server else ""
    order = ", ".join(f"{column}{collated}" for column in ("pupil.class_name", "pupil.sort_key"))
    return [
        UnsignedLoan(
            row[0], written_name(*row[1:4]), row[4], row[5], from_microseconds(row[6]).astimezone().date(),
            None if row[7] is None else from_microseconds(row[7]),
        )
        for row in base.execute(_UNSIGNED.format(order=order), (campaign_id, school)).fetchall()
    ]  # fmt: skip


def whose(base: Base, number: str, fate: PaperFate) -> SignedPaper:
    """Return whose agreement that of the loan with this number is, and what became of it."""
    row = base.execute(_WHOSE, (number,)).fetchone()
    signed_at = None if row[7] is None else from_microseconds(row[7])
    return SignedPaper(row[0], row[1], written_name(*row[2:5]), row[5], row[6], fate, signed_at)


def _counted(
    base: Base, campaign_id: int, kind: str, today: date, by: str, school_id: int | None = None
) -> Mapping[Any, PaperCount]:
    within = "" if school_id is None else " AND pupil.school_id = ?"
    inside = () if school_id is None else (school_id,)
    # Two short reads joined here: joined by the engine, the printings are gone through once for each promise.
    asked = (campaign_id, kind, today.isoformat(), *inside)
    waiting = base.execute(_PROMISED.format(by=by, within=within), asked).fetchall()
    printed = printed_beforehand(base, campaign_id) if waiting else set()
    promised = Counter(place for place, _ in waiting)
    beforehand = Counter(place for place, pupil in waiting if pupil in printed)
    lent = base.execute(_LENT.format(by=by, within=within), (campaign_id, *inside)).fetchall()
    found: dict[Any, PaperCount] = {
        place: PaperCount(promised=count, beforehand=beforehand[place]) for place, count in promised.items()
    }
    for place, *counts in lent:
        found[place] = found.get(place, PaperCount()) + PaperCount(0, 0, *map(int, counts))
    return found
