"""Letters: which loans call for one, what it says of each, and which reminders were sent before."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple, cast

from tablet_loans.domain.act import Action, Subject, changes_from_facts
from tablet_loans.domain.device import Condition
from tablet_loans.domain.letter import REMINDERS, LetterKind, ReminderRow, next_reminder
from tablet_loans.domain.loan import LoanFilter, LoanState
from tablet_loans.domain.pupil import written_name
from tablet_loans.storage import messages
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date, from_microseconds, to_microseconds, words
from tablet_loans.storage.searching import in_bites

_JOINED: Final = (
    " FROM loan JOIN device ON device.id = loan.device_id JOIN device_model model ON model.id = device.model_id"
    " JOIN pupil ON pupil.id = loan.pupil_id JOIN school ON school.id = pupil.school_id"
    " JOIN campaign ON campaign.id = loan.campaign_id LEFT JOIN agreement ON agreement.loan_id = loan.id"
)
_LISTED: Final = (
    "SELECT loan.id, loan.number, campaign.name, loan.campaign_id, loan.state, loan.due_on, pupil.class_name,"
    f" loan.condition_in, loan.missing_kit, school.uai, pupil.family_name, pupil.usage_name, pupil.given_name{_JOINED}"
)
_SAID: Final = (
    "SELECT loan.id, loan.number, loan.state, pupil.id, pupil.family_name, pupil.usage_name, pupil.given_name,"
    " pupil.class_name, pupil.birth_date, school.name, school.uai, school.commune, loan.kind, model.maker, model.name,"
    " device.tag, device.serial, device.price_cents, model.kit, loan.missing_kit, loan.condition_in,"
    f" loan.opened_at, loan.due_on, loan.closed_at, agreement.wording_id{_JOINED}"
)
_CALLING: Final = {
    LetterKind.RECALL: "loan.state = 'open'",
    LetterKind.DAMAGE: "loan.state = 'returned' AND (loan.condition_in = 'damaged' OR loan.missing_kit <> '[]')",
    LetterKind.LOSS: (
        "(loan.state IN ('lost', 'stolen') OR (loan.state = 'open' AND device.state IN ('lost', 'stolen')))"
    ),
}
_OVERDUE: Final = "loan.state = 'open' AND loan.due_on < ?"
_NOT_WRITTEN: Final = (
    "NOT EXISTS (SELECT 1 FROM message WHERE message.loan_id = loan.id AND message.kind = ?"
    " AND message.state IN ('printed', 'sent') AND message.way {way} 'paper' AND message.made_at < ?)"
)
_TAKEN_BACK: Final = (
    "SELECT about.subject_id, facts.facts FROM ledger_subject about"
    " JOIN ledger_line line ON line.id = about.line_id JOIN ledger_facts facts ON facts.line_id = line.id"
    " WHERE about.kind = ? AND line.action = ? AND about.subject_id IN"
)
_REMINDED: Final = (
    "SELECT message.loan_id, message.kind, message.made_at, loan.due_on FROM message"
    " JOIN loan ON loan.id = message.loan_id WHERE message.kind IN (?, ?, ?) AND message.state IN ('printed', 'sent')"
    " AND message.loan_id IN"
)

_WRITTEN: Final = (
    "SELECT loan_id, max(made_at) FROM message WHERE kind = ? AND state IN ('printed', 'sent') AND loan_id IN"
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A loan that may call for a letter."""

    id: int
    number: str
    campaign: str
    campaign_id: int
    state: LoanState
    due_on: date
    class_name: str
    condition_in: str | None
    missing: tuple[str, ...]
    uai: str
    pupil: str


class LentFacts(NamedTuple):
    """What a letter says of a loan, as the base has it."""

    id: int
    number: str
    state: LoanState
    pupil_id: int
    pupil: str
    class_name: str
    birth_date: date | None
    school: str
    uai: str
    commune: str
    kind: str
    device: str
    tag: str
    serial: str
    price_cents: int | None
    kit: tuple[str, ...]
    missing: tuple[str, ...]
    condition_in: str | None
    lent_on: date
    due_on: date
    closed_on: date | None
    wording: int | None


class Before(NamedTuple):
    """How a device was when it was lent: what is noted of it on return is new only beyond that."""

    condition: str
    missing: tuple[str, ...]


class Written(NamedTuple):
    """What was written of a loan before, on paper or else, until when."""

    is_paper: bool
    before: datetime


class Reminded(NamedTuple):
    """The last reminder of a loan since it was due, and on which day."""

    kind: LetterKind
    on: date


def called_for(
    base: Base, kind: LetterKind, chosen: LoanFilter, *, numbers: Sequence[str] = (), unless: Written | None = None
) -> list[Chosen]:
    """Return the loans chosen that call for a letter, in the order of the register; those named, whatever calls.

    Of damage and loss, `unless` tells which were written of before.
    """
    asked = [
        ("campaign.name = ?", chosen.campaign),
        ("school.uai = ?", chosen.school),
        ("pupil.class_name = ?", chosen.class_name),
    ]
    where = [condition for condition, value in asked if value is not None]
    values: list[object] = [value for _, value in asked if value is not None]
    if numbers:
        where, values = [*where, f"loan.number IN ({', '.join('?' * len(numbers))})"], [*values, *numbers]
    elif kind in REMINDERS:
        where, values = [*where, _OVERDUE], [*values, cast(date, chosen.overdue_on).isoformat()]
    else:
        where.append(_CALLING[kind])
        if kind in (LetterKind.DAMAGE, LetterKind.LOSS) and unless is not None:
            where.append(_NOT_WRITTEN.format(way="=" if unless.is_paper else "<>"))
            values += [kind.value, to_microseconds(unless.before)]
    collated = ' COLLATE "C"' if base.is_server else ""
    order = ", ".join(f"{column}{collated}" for column in ("school.uai", "pupil.class_name", "pupil.sort_key"))
    query = f"{_LISTED} WHERE {' AND '.join(where)} ORDER BY {order}, loan.number"
    return [_chosen(row) for row in base.execute(query, values).fetchall()]


def _chosen(row: Any) -> Chosen:
    due_on = cast(date, as_date(row[5]))
    said = (*row[6:8], words(row[8]), row[9], written_name(*row[10:]))
    values = (*row[:4], LoanState(row[4]), due_on, *said)
    return Chosen(*values)


def said_of(base: Base, ids: Sequence[int]) -> list[LentFacts]:
    """Return what letters say of these loans, in the order given."""
    rows = base.execute(f"{_SAID} WHERE loan.id IN ({', '.join('?' * len(ids))})", tuple(ids)).fetchall()
    found = {row[0]: _facts(row) for row in rows}
    return [found[loan] for loan in ids if loan in found]


def _facts(row: Any) -> LentFacts:
    values = (
        *row[:2], LoanState(row[2]), row[3], written_name(*row[4:7]), row[7], as_date(row[8]), *row[9:13],
        f"{row[13]} {row[14]}".strip(), row[15], row[16] or "", row[17], words(row[18]), words(row[19]), row[20],
        _local_day(row[21]), cast(date, as_date(row[22])), None if row[23] is None else _local_day(row[23]), row[24],
    )  # fmt: skip
    return LentFacts._make(values)


def _local_day(stored: int) -> date:
    return from_microseconds(stored).astimezone().date()


def as_lent(base: Base, loan_ids: Sequence[int]) -> dict[int, Before]:
    """Return how each device was when it was lent, as its return remembers; none where that was erased."""
    found: dict[int, Before] = {}
    for some in in_bites(loan_ids):
        query = f"{_TAKEN_BACK} ({', '.join('?' * len(some))}) ORDER BY line.effective_at, line.id"
        values = (Subject.LOAN.value, Action.CHECKED_IN.value, *some)
        for loan_id, facts in base.execute(query, values).fetchall():
            befores = {change.subject: change.before for change in changes_from_facts(json.loads(facts))}
            if (loan := befores.get(Subject.LOAN)) and (device := befores.get(Subject.DEVICE)):
                missing = words(cast(str, loan["missing_kit"]))
                found[loan_id] = Before(str(device.get("condition", Condition.GOOD.value)), missing)
    return found


def reminded(base: Base, loan_ids: Collection[int]) -> dict[int, Reminded]:
    """Return the highest reminder of each loan since its device was due, and the day of its last sending."""
    if not messages.are_here(base):
        return {}
    found: dict[int, Reminded] = {}
    for some in in_bites(list(loan_ids)):
        query = f"{_REMINDED} ({', '.join('?' * len(some))}) ORDER BY message.id"
        for loan_id, kind, made_at, due_on in base.execute(query, (*REMINDERS, *some)).fetchall():
            level, on = LetterKind(kind), _local_day(made_at)
            is_higher = loan_id not in found or level >= found[loan_id].kind
            if on > cast(date, as_date(due_on)) and is_higher:
                found[loan_id] = Reminded(level, on)
    return found


def last_written(base: Base, kind: LetterKind, loan_ids: Collection[int]) -> dict[int, date]:
    """Return the day on which a letter of this kind about each loan was last printed or sent, none where it was not."""
    if not messages.are_here(base):
        return {}
    found: dict[int, date] = {}
    for some in in_bites(list(loan_ids)):
        query = f"{_WRITTEN} ({', '.join('?' * len(some))}) GROUP BY loan_id"
        found.update((row[0], _local_day(row[1])) for row in base.execute(query, (kind.value, *some)).fetchall())
    return found


def overdue(base: Base, chosen: LoanFilter, today: date) -> list[ReminderRow]:
    """Return the overdue loans chosen and how far their reminders are, in the order of the register."""
    late = called_for(base, LetterKind.REMINDER_1, chosen)
    sent = reminded(base, [each.id for each in late])
    return [_row(each, sent.get(each.id), today) for each in late]


def _row(each: Chosen, last: Reminded | None, today: date) -> ReminderRow:
    kind = None if last is None else last.kind
    return ReminderRow(
        each.number, each.pupil, each.uai, each.class_name, each.due_on, (today - each.due_on).days, kind,
        None if last is None else last.on, next_reminder(kind),
    )  # fmt: skip


def schools(base: Base, ids: Iterable[int]) -> dict[int, tuple[str, str, str]]:
    """Return the UAI, the name and the commune of these schools, by id."""
    found: dict[int, tuple[str, str, str]] = {}
    for some in in_bites(list(set(ids))):
        query = f"SELECT id, uai, name, commune FROM school WHERE id IN ({', '.join('?' * len(some))})"
        found.update((row[0], (row[1], row[2], row[3])) for row in base.execute(query, tuple(some)).fetchall())
    return found
