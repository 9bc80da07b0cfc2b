"""Columns: what each list shows, in which order, and as what kind of cell; for every form of file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Generic, TypeVar

from tablet_loans.domain.agreement import AGREEMENT_WORDS
from tablet_loans.domain.device import KIND_WORDS, PLACE_WORDS, STATE_WORDS, AssetRow
from tablet_loans.domain.loan import LOAN_WORDS, LoanRow, LoanState
from tablet_loans.text import N_, tr

Row = TypeVar("Row")
Cell = str | int | date | None

_FORMULA_MARKS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


class CellKind(StrEnum):
    """What a cell holds: text, a date, an amount in cents, or a whole number."""

    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: its title, its kind, its cell of a row, and its width in characters."""

    title: str
    kind: CellKind
    cell: Callable[[Row], Cell]
    width: int = 14


def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula. Source: OWASP, CSV injection."""
    return f"'{text}" if text.startswith(_FORMULA_MARKS) else text


def _word(words: Mapping[str, str], code: str) -> str:
    return tr(words.get(code, code))


ASSETS: Final[tuple[Column[AssetRow], ...]] = (
    Column(N_("Asset tag"), CellKind.TEXT, lambda row: row.tag),
    Column(N_("Serial number"), CellKind.TEXT, lambda row: row.serial, 18),
    Column(N_("IMEI"), CellKind.TEXT, lambda row: row.imei, 18),
    Column(N_("Kind"), CellKind.TEXT, lambda row: _word(KIND_WORDS, row.kind)),
    Column(N_("Model"), CellKind.TEXT, lambda row: row.model, 26),
    Column(N_("Maker"), CellKind.TEXT, lambda row: row.maker),
    Column(N_("Supplier"), CellKind.TEXT, lambda row: row.supplier, 22),
    Column(N_("Invoice"), CellKind.TEXT, lambda row: row.invoice, 16),
    Column(N_("Mandate"), CellKind.TEXT, lambda row: row.mandate),
    Column(N_("Account"), CellKind.TEXT, lambda row: row.account, 10),
    Column(N_("Purchased on"), CellKind.DATE, lambda row: row.purchased_on),
    Column(N_("In service on"), CellKind.DATE, lambda row: row.in_service_on),
    Column(N_("Price incl. tax"), CellKind.MONEY, lambda row: row.price_cents),
    Column(N_("State"), CellKind.TEXT, lambda row: _word(STATE_WORDS, row.state)),
    Column(N_("Place"), CellKind.TEXT, lambda row: _word(PLACE_WORDS, row.place), 10),
    Column(N_("School"), CellKind.TEXT, lambda row: row.school, 12),
)


def loan_columns(today: date) -> tuple[Column[LoanRow], ...]:
    """Return the columns of the list of loans as it stands on `today`."""
    return (
        Column(N_("Loan"), CellKind.TEXT, lambda row: row.number),
        Column(N_("Asset tag"), CellKind.TEXT, lambda row: row.tag),
        Column(N_("Serial number"), CellKind.TEXT, lambda row: row.serial, 18),
        Column(N_("Kind"), CellKind.TEXT, lambda row: _word(KIND_WORDS, row.kind)),
        Column(N_("Model"), CellKind.TEXT, lambda row: row.model, 26),
        Column(N_("Pupil"), CellKind.TEXT, lambda row: row.pupil, 28),
        Column(N_("Class"), CellKind.TEXT, lambda row: row.class_name, 10),
        Column(N_("UAI"), CellKind.TEXT, lambda row: row.school, 10),
        Column(N_("School"), CellKind.TEXT, lambda row: row.school_name, 30),
        Column(N_("Campaign"), CellKind.TEXT, lambda row: row.campaign, 20),
        Column(N_("Lent on"), CellKind.DATE, lambda row: row.opened_at.astimezone().date()),
        Column(N_("Due on"), CellKind.DATE, lambda row: row.due_on),
        Column(N_("Returned on"), CellKind.DATE, _returned_on),
        Column(N_("State"), CellKind.TEXT, lambda row: _word(LOAN_WORDS, row.state)),
        Column(N_("Days overdue"), CellKind.NUMBER, lambda row: row.overdue_days(today), 12),
        Column(N_("Agreement"), CellKind.TEXT, lambda row: _word(AGREEMENT_WORDS, row.agreement)),
    )


def _returned_on(row: LoanRow) -> date | None:
    is_returned = row.state == LoanState.RETURNED and row.closed_at is not None
    return row.closed_at.astimezone().date() if is_returned and row.closed_at else None
