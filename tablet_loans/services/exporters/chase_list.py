"""The list of schools to chase as a file: whom to write to, and what is missing; no pupil is on it."""

from typing import Final

from tablet_loans.domain.need import SilentSchool
from tablet_loans.services.exporters.column import CellKind, Column
from tablet_loans.text import N_

CHASE: Final[tuple[Column[SilentSchool], ...]] = (
    Column(N_("UAI"), CellKind.TEXT, lambda row: row.uai, 10),
    Column(N_("School"), CellKind.TEXT, lambda row: row.name, 30),
    Column(N_("Mail address"), CellKind.TEXT, lambda row: row.email, 28),
    Column(N_("Commune"), CellKind.TEXT, lambda row: row.commune, 18),
    Column(N_("Pupils"), CellKind.NUMBER, lambda row: row.pupils, 8),
    Column(N_("Answered"), CellKind.NUMBER, lambda row: row.answered, 10),
    Column(N_("Missing"), CellKind.NUMBER, lambda row: row.missing, 10),
    Column(
        N_("Classes without any answer"), CellKind.TEXT, lambda row: ", ".join(filter(None, row.silent_classes)), 40
    ),
)
