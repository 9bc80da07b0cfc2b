"""The list of recalls as a file: which tablet each school calls back, and from whom."""

from typing import Final

from tablet_loans.domain.school import Recall, SchoolStanding
from tablet_loans.services.exporters.column import CellKind, Column
from tablet_loans.text import N_

RECALLS: Final[tuple[Column[tuple[SchoolStanding, Recall]], ...]] = (
    Column(N_("UAI"), CellKind.TEXT, lambda row: row[0].uai, 10),
    Column(N_("School"), CellKind.TEXT, lambda row: row[0].name, 30),
    Column(N_("Loan"), CellKind.TEXT, lambda row: row[1].loan),
    Column(N_("Asset tag"), CellKind.TEXT, lambda row: row[1].tag),
    Column(N_("Pupil"), CellKind.TEXT, lambda row: row[1].pupil, 28),
    Column(N_("Class"), CellKind.TEXT, lambda row: row[1].class_name, 10),
    Column(N_("Gone on"), CellKind.DATE, lambda row: row[1].gone_on),
    Column(N_("Moved to"), CellKind.TEXT, lambda row: row[1].moved_to),
    Column(N_("Due on"), CellKind.DATE, lambda row: row[1].due_on),
)
