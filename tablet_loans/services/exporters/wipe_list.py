"""The devices to be wiped in an MDM's own console: serial numbers, and no pupil."""

from dataclasses import dataclass
from typing import Final

from tablet_loans.services.exporters.column import CellKind, Column
from tablet_loans.text import N_


@dataclass(frozen=True, slots=True)
class ToWipe:
    """A device to be wiped."""

    tag: str
    serial: str
    mdm: str
    external_id: str


WIPE_LIST: Final[tuple[Column[ToWipe], ...]] = (
    Column(N_("Serial number"), CellKind.TEXT, lambda row: row.serial, 18),
    Column(N_("Asset tag"), CellKind.TEXT, lambda row: row.tag),
    Column(N_("MDM"), CellKind.TEXT, lambda row: row.mdm, 18),
    Column(N_("Number in the MDM"), CellKind.TEXT, lambda row: row.external_id, 38),
)
