"""The list of what is lent and not signed as a file: who is asked for a signature, in which class."""

from typing import Final

from tablet_loans.domain.listing import UnsignedLoan
from tablet_loans.services.exporters.column import CellKind, Column
from tablet_loans.text import N_

UNSIGNED: Final[tuple[Column[UnsignedLoan], ...]] = (
    Column(N_("UAI"), CellKind.TEXT, lambda row: row.uai, 10),
    Column(N_("School"), CellKind.TEXT, lambda row: row.school, 30),
    Column(N_("Class"), CellKind.TEXT, lambda row: row.class_name, 10),
    Column(N_("Pupil"), CellKind.TEXT, lambda row: row.pupil, 28),
    Column(N_("Loan"), CellKind.TEXT, lambda row: row.loan),
    Column(N_("Asset tag"), CellKind.TEXT, lambda row: row.tag),
    Column(N_("Lent on"), CellKind.DATE, lambda row: row.lent_on),
    Column(N_("Printed on"), CellKind.DATE, lambda row: row.printed_on),
)
