"""Listings: to whom a hand-over is due, what receipts say, what lies in cartons, which loans nobody signed for."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple, cast

from tablet_loans.domain.act import Action, Subject, changes_from_facts
from tablet_loans.domain.listing import UnsignedLoan
from tablet_loans.domain.loan import LoanState
from tablet_loans.domain.matching import Features
from tablet_loans.domain.pupil import written_name
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date, from_microseconds, words

_PUPIL: Final = (
    "school.uai, school.name, school.commune, pupil.class_name, pupil.id, pupil.family_name, pupil.usage_name,"
    " pupil.given_name"
)
_THERE: Final = "(pupil.left_on IS NULL OR pupil.left_on > ?)"
_PROMISED: Final = (
    f"SELECT {_PUPIL}, promise.features, NULL, device.tag, NULL, exact.maker, exact.name, exact.kit, NULL,"
    " pupil.sort_key FROM reservation promise JOIN pupil ON pupil.id = promise.pupil_id"
    " JOIN school ON school.id = pupil.school_id LEFT JOIN device ON device.id = promise.device_id"
    " LEFT JOIN device_model exact ON exact.id = device.model_id"
    f" WHERE promise.campaign_id = ? AND promise.kind = ? AND promise.state = 'promised' AND {_THERE}"
    " AND NOT EXISTS (SELECT 1 FROM loan WHERE loan.pupil_id = pupil.id AND loan.kind = promise.kind"
    " AND loan.state = 'open')"
)
_LENT: Final = (
    f"SELECT {_PUPIL}, NULL, loan.number, device.tag, loan.opened_at, model.maker, model.name, model.kit,"
    " loan.missing_kit, pupil.sort_key FROM loan JOIN pupil ON pupil.id = loan.pupil_id"
    " JOIN school ON school.id = pupil.school_id JOIN device ON device.id = loan.device_id"
    " JOIN device_model model ON model.id = device.model_id"
    f" WHERE loan.campaign_id = ? AND loan.kind = ? AND loan.state = 'open' AND {_THERE}"
)
_MODELS: Final = "SELECT features, maker, name, kit FROM device_model WHERE kind = ? ORDER BY maker, name"
_KITS: Final = (
    "SELECT carton.school_id, model.maker, model.name, model.kit, device.missing_kit FROM carton"
    " JOIN carton_device item ON item.carton_id = carton.id AND item.state = 'packed'"
    " JOIN device ON device.id = item.device_id JOIN device_model model ON model.id = device.model_id"
    " WHERE carton.campaign_id = ?"
)
_RECEIPT: Final = (
    "SELECT loan.id, loan.number, loan.state, loan.campaign_id, campaign.name, pupil.family_name, pupil.usage_name,"
    " pupil.given_name, pupil.class_name, school.name, school.uai, loan.kind, model.maker, model.name, device.tag,"
    " device.serial, model.kit, loan.missing_kit, loan.condition_in, loan.opened_at, loan.due_on, loan.closed_at"
    " FROM loan JOIN campaign ON campaign.id = loan.campaign_id JOIN pupil ON pupil.id = loan.pupil_id"
    " JOIN school ON school.id = pupil.school_id JOIN device ON device.id = loan.device_id"
    " JOIN device_model model ON model.id = device.model_id WHERE loan.number = ?"
)
_TAKEN_BACK: Final = (
    "SELECT line.station, facts.facts FROM ledger_subject subject JOIN ledger_line line ON line.id = subject.line_id"
    " LEFT JOIN ledger_facts facts ON facts.line_id = line.id"
    " WHERE subject.kind = 'loan' AND subject.subject_id = ? AND line.action = ?"
    " AND NOT EXISTS (SELECT 1 FROM ledger_line later WHERE later.undoes = line.id)"
    " ORDER BY line.id DESC LIMIT 1"
)
_UNSIGNED: Final = (
    "SELECT school.uai, school.name, school.commune, pupil.class_name, pupil.family_name, pupil.usage_name,"
    " pupil.given_name, loan.number, device.tag, loan.opened_at, agreement.printed_at FROM loan"
    " JOIN device ON device.id = loan.device_id JOIN pupil ON pupil.id = loan.pupil_id"
    " JOIN school ON school.id = pupil.school_id LEFT JOIN agreement ON agreement.loan_id = loan.id"
    " WHERE loan.state = 'open' AND coalesce(agreement.state, 'drafted') <> 'signed'"
)


class DuePupil(NamedTuple):
    """A pupil to whom a device is promised (`features`), or lent (`loan`, `tag`, `lent_on`)."""

    uai: str
    school: str
    commune: str
    class_name: str
    id: int
    name: str
    features: Features
    loan: str
    tag: str
    lent_on: date | None
    model: str
    kit: tuple[str, ...]
    kept: tuple[str, ...]


class Kitted(NamedTuple):
    """A model of a class of device, and what comes with it."""

    model: str
    kit: tuple[str, ...]


class ReceiptFacts(NamedTuple):
    """What the base knows of a loan that has a receipt."""

    id: int
    number: str
    state: LoanState
    campaign_id: int
    campaign: str
    pupil: str
    class_name: str
    school: str
    uai: str
    kind: str
    model: str
    tag: str
    serial: str
    kit: tuple[str, ...]
    missing: tuple[str, ...]
    condition: str
    lent_on: date
    due_on: date
    closed_on: date | None


class TakenBack(NamedTuple):
    """At which station a device came back, and what had not been handed out with it."""

    station: str
    kept: tuple[str, ...]


def due_pupils(
    base: Base,
    campaign_id: int,
    *,
    kind: str,
    today: date,
    school_id: int | None = None,
    class_name: str | None = None,
) -> list[DuePupil]:
    """Return to whom a campaign promised or lent a device and who are still there, in the order of the register."""
    values: list[object] = [campaign_id, kind, today.isoformat()]
    only = ""
    if school_id is not None:
        only, values = f"{only} AND school.id = ?", [*values, school_id]
    if class_name is not None:
        only, values = f"{only} AND pupil.class_name = ?", [*values, class_name]
    found = [row for query in (_PROMISED, _LENT) for row in base.execute(query + only, values).fetchall()]
    # The order of code points, as the register has it: no collation of an engine decides.
    return [_due(row) for row in sorted(found, key=lambda row: (row[0], row[3], row[16], row[4]))]


def _due(row: Any) -> DuePupil:
    lent_on = None if row[11] is None else _local_day(row[11])
    model = f"{row[12] or ''} {row[13] or ''}".strip()
    name, features = written_name(*row[5:8]), frozenset(words(row[8]))
    return DuePupil._make(
        (*row[:5], name, features, row[9] or "", row[10] or "", lent_on, model, words(row[14]), words(row[15]))
    )


def kitted_models(base: Base, kind: str) -> dict[Features, list[Kitted]]:
    """Return the models of each class with their kits, by name."""
    found: dict[Features, list[Kitted]] = {}
    for features, maker, name, kit in base.execute(_MODELS, (kind,)).fetchall():
        found.setdefault(frozenset(words(features)), []).append(Kitted(f"{maker} {name}".strip(), words(kit)))
    return {features: sorted(models) for features, models in found.items()}


def packed_kits(base: Base, campaign_id: int) -> dict[int, list[tuple[str, tuple[str, ...], tuple[str, ...]]]]:
    """Return by school the model of each device in its cartons, the model's kit, and what of it is missing."""
    found: dict[int, list[tuple[str, tuple[str, ...], tuple[str, ...]]]] = {}
    for school, maker, name, kit, missing in base.execute(_KITS, (campaign_id,)).fetchall():
        found.setdefault(school, []).append((f"{maker} {name}".strip(), words(kit), words(missing)))
    return found


def receipt_facts(base: Base, number: str) -> ReceiptFacts | None:
    """Return what a receipt says of the loan with this number, or None."""
    row = base.execute(_RECEIPT, (number.strip().upper(),)).fetchone()
    if row is None:
        return None
    closed_on = None if row[21] is None else _local_day(row[21])
    names = (row[0], row[1], LoanState(row[2]), row[3], row[4], written_name(*row[5:8]), *row[8:12])
    device = (f"{row[12]} {row[13]}".strip(), row[14], row[15] or "", words(row[16]), words(row[17]), row[18] or "")
    return ReceiptFacts._make((*names, *device, _local_day(row[19]), cast(date, as_date(row[20])), closed_on))


def taken_back(base: Base, loan_id: int) -> TakenBack | None:
    """Return how a loan came back, as the ledger tells it, or None."""
    row = base.execute(_TAKEN_BACK, (loan_id, Action.CHECKED_IN.value)).fetchone()
    if row is None:
        return None
    changes = [] if row[1] is None else changes_from_facts(json.loads(row[1]))
    of_loan = (each.before or {} for each in changes if (each.subject, each.row_id) == (Subject.LOAN, loan_id))
    kept = next((before.get("missing_kit") for before in of_loan), None)
    return TakenBack(row[0], words(cast(str | None, kept)))


def unsigned(base: Base, *, campaign_id: int | None, school_id: int | None) -> list[UnsignedLoan]:
    """Return the open loans whose agreement is not signed, in the order of the register."""
    only, values = "", list[int]()
    for column, value in (("loan.campaign_id", campaign_id), ("school.id", school_id)):
        if value is not None:
            only, values = f"{only} AND {column} = ?", [*values, value]
    collated = ' COLLATE "C"' if base.is_server else ""
    order = ", ".join(f"{column}{collated}" for column in ("school.uai", "pupil.class_name", "pupil.sort_key"))
    found: Sequence[Any] = base.execute(f"{_UNSIGNED}{only} ORDER BY {order}, loan.number", values).fetchall()
    return [
        UnsignedLoan(
            row[0], row[1], row[2], row[3], written_name(*row[4:7]), row[7], row[8], _local_day(row[9]),
            None if row[10] is None else _local_day(row[10]),
        )
        for row in found
    ]  # fmt: skip


def _local_day(stored: int) -> date:
    return from_microseconds(stored).astimezone().date()
