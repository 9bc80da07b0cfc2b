"""The problems of an import as a file: what whoever made the list has to correct."""

from typing import Final

from tablet_loans.domain.problem import Problem
from tablet_loans.services.exporters.column import CellKind, Column
from tablet_loans.text import N_

PROBLEM_LIST: Final[tuple[Column[Problem], ...]] = (
    Column(N_("Line"), CellKind.NUMBER, lambda row: row.line or None, 8),
    Column(N_("What is wrong"), CellKind.TEXT, lambda row: row.spoken(), 90),
)
