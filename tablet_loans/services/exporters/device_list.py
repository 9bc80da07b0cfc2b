"""The list of devices as a file: what the screen shows, and no pupil; the last column where an MDM was read."""

from typing import Final

from tablet_loans.domain.device import CONDITION_WORDS, KIND_WORDS, PLACE_WORDS, STATE_WORDS, DeviceRow
from tablet_loans.domain.enrolment import ENROLMENT_WORDS
from tablet_loans.services.exporters.column import CellKind, Column
from tablet_loans.text import N_, tr

DEVICE_LIST: Final[tuple[Column[DeviceRow], ...]] = (
    Column(N_("Asset tag"), CellKind.TEXT, lambda row: row.tag),
    Column(N_("Serial number"), CellKind.TEXT, lambda row: row.serial, 18),
    Column(N_("IMEI"), CellKind.TEXT, lambda row: row.imei, 18),
    Column(N_("Kind"), CellKind.TEXT, lambda row: tr(KIND_WORDS[row.kind])),
    Column(N_("Maker"), CellKind.TEXT, lambda row: row.maker),
    Column(N_("Model"), CellKind.TEXT, lambda row: row.model, 26),
    Column(N_("State"), CellKind.TEXT, lambda row: tr(STATE_WORDS[row.state])),
    Column(N_("Condition"), CellKind.TEXT, lambda row: tr(CONDITION_WORDS[row.condition])),
    Column(N_("Place"), CellKind.TEXT, lambda row: tr(PLACE_WORDS[row.place]), 12),
    Column(N_("Depot"), CellKind.TEXT, lambda row: row.depot, 18),
    Column(N_("School"), CellKind.TEXT, lambda row: row.school, 12),
    Column(N_("Loan"), CellKind.TEXT, lambda row: row.loan),
    Column(N_("MDM"), CellKind.TEXT, lambda row: tr(ENROLMENT_WORDS.get(row.enrolment, "")), 18),
)
