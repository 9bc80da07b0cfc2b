"""How MDMs and register differ, device by device, and no pupil."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from tablet_loans.services.exporters.column import CellKind, Column
from tablet_loans.text import N_


@dataclass(frozen=True, slots=True)
class ListedDifference:
    """A difference as a file has it."""

    what: str
    tag: str
    serial: str
    model: str
    school: str
    since: date | None
    proposal: str
    mdm: str


DIFFERENCE_LIST: Final[tuple[Column[ListedDifference], ...]] = (
    Column(N_("What differs"), CellKind.TEXT, lambda row: row.what, 44),
    Column(N_("Asset tag"), CellKind.TEXT, lambda row: row.tag),
    Column(N_("Serial number"), CellKind.TEXT, lambda row: row.serial, 18),
    Column(N_("Model"), CellKind.TEXT, lambda row: row.model, 26),
    Column(N_("School"), CellKind.TEXT, lambda row: row.school, 30),
    Column(N_("Since"), CellKind.DATE, lambda row: row.since),
    Column(N_("To do"), CellKind.TEXT, lambda row: row.proposal, 36),
    Column(N_("MDM"), CellKind.TEXT, lambda row: row.mdm, 18),
)
