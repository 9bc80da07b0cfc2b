"""The problems of a file as a file: what whoever made it has to correct."""

from typing import Final

from tablet_loans.domain.problem import Problem
from tablet_loans.services.exporters.column import CellKind, Column
from tablet_loans.text import N_

_LINE: Final[Column[Problem]] = Column(N_("Line"), CellKind.NUMBER, lambda row: row.line or None, 8)
_READ: Final[Column[Problem]] = Column(
    N_("What was read"), CellKind.TEXT, lambda row: str(row.facts.get("read", "")), 60
)
_WHY: Final[Column[Problem]] = Column(N_("What is wrong"), CellKind.TEXT, lambda row: row.spoken(), 90)

PROBLEM_LIST: Final = (_LINE, _WHY)
RETURNED_LIST: Final = (_LINE, _READ, _WHY)
