"""Which part of a room's list shows what a concern speaks of."""

from collections.abc import Mapping
from typing import Final

from tablet_loans.domain.concern import Concern
from tablet_loans.domain.device import DeviceState

PARTS: Final[Mapping[Concern, str]] = {
    Concern.SILENT_SCHOOLS: "silent",
    Concern.TO_CONFIRM: "to_confirm",
    Concern.NO_DEVICES: DeviceState.TO_PREPARE,
    Concern.TO_PREPARE: DeviceState.TO_PREPARE,
    Concern.SHORT: DeviceState.TO_PREPARE,
    Concern.IN_REPAIR: DeviceState.IN_REPAIR,
    Concern.STILL_OUT: DeviceState.ON_LOAN,
    Concern.UNSIGNED: "unsigned",
}
