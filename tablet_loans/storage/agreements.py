"""Agreements: what they say, which loans have theirs printed, by whom, in which wording, and signed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Final, NamedTuple, cast

from tablet_loans.domain.agreement import AgreementEvent, AgreementRow, AgreementState, Carer, SignatureState, step
from tablet_loans.domain.household import guardian_name
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.pupil import written_name
from tablet_loans.domain.roster import Care
from tablet_loans.domain.wording import AgreementWords
from tablet_loans.storage import loans, rows, wordings
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date, from_microseconds, words
from tablet_loans.storage.turns import in_turns

_BATCH: Final = 20
_SAID: Final = (
    "SELECT loan.id, loan.number, campaign.name, school.name, school.uai, school.commune, pupil.id, pupil.family_name,"
    " pupil.usage_name, pupil.given_name, pupil.class_name, loan.kind, model.maker, model.name, device.tag,"
    " device.serial, device.condition, device.price_cents, model.kit, loan.opened_at, loan.due_on, loan.campaign_id,"
    " agreement.state, {wording}, pupil.birth_date"
    " FROM loan JOIN device ON device.id = loan.device_id JOIN device_model model ON model.id = device.model_id"
    " JOIN pupil ON pupil.id = loan.pupil_id JOIN school ON school.id = pupil.school_id"
    " JOIN campaign ON campaign.id = loan.campaign_id LEFT JOIN agreement ON agreement.loan_id = loan.id"
)
_TO_MARK: Final = (
    "SELECT loan.number, loan.id, agreement.id, agreement.state FROM loan"
    " LEFT JOIN agreement ON agreement.loan_id = loan.id WHERE loan.number IN"
)
_CARERS: Final = (
    "SELECT pupil_id, care, guardian.school_id = pupil.school_id, guardian.civility, guardian.family_name,"
    " guardian.given_name, guardian.address, guardian.postcode, guardian.commune, guardian.is_institution,"
    " guardian.email"
    " FROM guardianship JOIN guardian ON guardian.id = guardian_id JOIN pupil ON pupil.id = pupil_id"
    " WHERE care <> 'contact' AND pupil_id IN"
)
_BY_CARE: Final = "ORDER BY pupil_id, guardianship.id"
_LISTED: Final = (
    "SELECT loan.number, device.tag, pupil.family_name, pupil.usage_name, pupil.given_name, pupil.class_name,"
    " school.uai, agreement.state, agreement.version, agreement.printed_at, {columns} FROM loan"
    " JOIN device ON device.id = loan.device_id JOIN pupil ON pupil.id = loan.pupil_id"
    " JOIN school ON school.id = pupil.school_id LEFT JOIN agreement ON agreement.loan_id = loan.id"
)
_STANDING: Final[Mapping[SignatureState, str]] = {
    SignatureState.MISSING: "coalesce(agreement.state, 'drafted') <> 'signed'",
    SignatureState.PRINTED: "agreement.state = 'printed'",
    SignatureState.SIGNED: "agreement.state = 'signed'",
}


class Listed(NamedTuple):
    """A loan in the order of the register."""

    id: int
    number: str
    uai: str
    school: str


class LentFacts(NamedTuple):
    """What an agreement says, as the base has it; `wording` is the one it was printed with before, or None."""

    id: int
    number: str
    campaign: str
    school: str
    uai: str
    commune: str
    pupil_id: int
    family_name: str
    usage_name: str
    given_name: str
    class_name: str
    kind: str
    maker: str
    model: str
    tag: str
    serial: str | None
    condition: str
    price_cents: int | None
    kit: tuple[str, ...]
    lent_on: date
    due_on: date
    campaign_id: int
    state: str | None
    wording: int | None
    birth_date: date | str | None


def mark_printed(
    base: Base, numbers: Sequence[str], at: datetime, by: str = "", printed: Mapping[str, AgreementWords] | None = None
) -> None:
    """Insert or step the agreements of these loans in turns: the counter does not wait for a whole school's.

    `printed` tells each loan's wording, which its agreement keeps.
    """
    keeps = wordings.are_here(base)
    for _ in in_turns(
        base, _batches(numbers), lambda some: _mark(base, at, some, by if keeps else None, printed or {})
    ):
        pass


def _mark(
    base: Base, at: datetime, numbers: tuple[str, ...], by: str | None, printed: Mapping[str, AgreementWords]
) -> None:
    if base.is_server:  # two stations that print the same class mark it one after the other
        base.execute("LOCK TABLE agreement IN EXCLUSIVE MODE")
    first = step(AgreementState.DRAFTED, AgreementEvent.PRINTED).value
    marks = ", ".join("?" * len(numbers))
    for number, loan_id, agreement_id, state in base.execute(f"{_TO_MARK} ({marks})", numbers).fetchall():
        values: dict[str, object] = {"printed_at": at}
        if by is not None:
            values |= {"printed_by": by}
        if (words := printed.get(number)) is not None:
            values |= {"version": words.version, **({} if by is None else {"wording_id": words.id})}
        if agreement_id is None:
            rows.insert(base, "agreement", {"version": 1, **values, "loan_id": loan_id, "state": first})
        else:
            again = step(AgreementState(state), AgreementEvent.PRINTED)
            rows.update(base, "agreement", agreement_id, {**values, "state": again.value})


def register(chosen: LoanFilter) -> list[Listed]:
    """Return the loans chosen in the order of the register, as little of each as a batch of 40,000 can keep."""
    return [Listed(*row) for row in loans.register_rows(chosen)]


def said_of(base: Base, ids: Sequence[int]) -> list[LentFacts]:
    """Return what the agreements of these loans say, in the order given."""
    marks = ", ".join("?" * len(ids))
    wording = "agreement.wording_id" if wordings.are_here(base) else "NULL"
    found = {
        row[0]: LentFacts._make((*row[:18], words(row[18]), _local_day(row[19]), _day(row[20]), *row[21:]))
        for row in base.execute(f"{_SAID.format(wording=wording)} WHERE loan.id IN ({marks})", tuple(ids)).fetchall()
    }
    return [found[loan] for loan in ids if loan in found]


def carers_of(base: Base, pupil_ids: Sequence[int]) -> dict[int, list[Carer]]:
    """Return who answers for these pupils: their legal guardians, else who is in charge, as their own school says."""
    found: dict[int, list[tuple[str, bool, Carer]]] = {}
    for row in base.execute(f"{_CARERS} ({', '.join('?' * len(pupil_ids))}) {_BY_CARE}", tuple(pupil_ids)).fetchall():
        address = ", ".join(part for part in (row[6], f"{row[7]} {row[8]}".strip()) if part)
        carer = Carer(guardian_name(row[3], row[4], row[5]), address, bool(row[9]), row[10])
        found.setdefault(int(row[0]), []).append((row[1], bool(row[2]), carer))
    return {pupil: _answering(known) for pupil, known in found.items()}


def _answering(known: Sequence[tuple[str, bool, Carer]]) -> list[Carer]:
    own = [each for each in known if each[1]] or known
    legal = [each for each in own if each[0] == Care.LEGAL or each[2].is_institution]
    return [carer for _, _, carer in legal or own]


def standing(base: Base, school: str | None, state: SignatureState | None) -> list[AgreementRow]:
    """Return how far the agreements of open loans are, in the order of the register."""
    keeps = wordings.are_here(base)
    columns = "agreement.printed_by, agreement.signed_at" if keeps else "'', agreement.signed_at"
    where, values = ["loan.state = 'open'"], list[str]()
    if school is not None:
        where, values = [*where, "school.uai = ?"], [school]
    if state is not None:
        where.append(_STANDING[state])
    collated = ' COLLATE "C"' if base.is_server else ""
    order = ", ".join(f"{column}{collated}" for column in ("school.uai", "pupil.class_name", "pupil.sort_key"))
    query = f"{_LISTED.format(columns=columns)} WHERE {' AND '.join(where)} ORDER BY {order}, loan.number"
    return [
        AgreementRow(
            row[0], row[1], written_name(*row[2:5]), row[5], row[6], row[7] or AgreementState.DRAFTED.value, row[8],
            _moment(row[9]), row[10] or "", _moment(row[11]),
        )
        for row in base.execute(query, values).fetchall()
    ]  # fmt: skip


def _moment(stored: int | None) -> str | None:
    return None if stored is None else from_microseconds(stored).astimezone().isoformat(timespec="seconds")


def _local_day(stored: int) -> date:
    return from_microseconds(stored).astimezone().date()


def _day(stored: date | str) -> date:
    return cast(date, as_date(stored))


def add_printed(base: Base, loan_id: int) -> int:
    """Insert the agreement of a new loan whose sheet was printed before it, and return its id.

    Its wording is known only where the campaign has had one alone; else the page that is filed tells it.
    """
    printed = step(AgreementState.DRAFTED, AgreementEvent.PRINTED).value
    values: dict[str, object] = {"loan_id": loan_id, "state": printed, "version": 1}
    words = wordings.only_of_loan(base, loan_id) if wordings.are_here(base) else None
    if words is not None:
        values |= {"wording_id": words.id, "version": words.version}
    return rows.insert(base, "agreement", values)


def state_of(base: Base, loan_id: int) -> AgreementState:
    """Return the state of a loan's agreement; without a row it is yet to print."""
    row = base.execute("SELECT state FROM agreement WHERE loan_id = ?", (loan_id,)).fetchone()
    return AgreementState(row[0]) if row else AgreementState.DRAFTED


def _batches(numbers: Sequence[str]) -> Iterator[tuple[str, ...]]:
    remaining = iter(numbers)
    while batch := tuple(islice(remaining, _BATCH)):
        yield batch
