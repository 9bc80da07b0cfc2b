"""What an authority may set: names, defaults and limits, each with its usual value."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tablet_loans.domain.device import DeviceState
from tablet_loans.domain.mdm_rule import Caution, OwnerStyle


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one base; every field has a usable default."""

    authority: str = "Métropole"
    tag_prefix: str = "ML"
    tag_digits: int = 6
    arrival_state: DeviceState = DeviceState.READY
    scan_gap_ms: int = 50
    scan_least_length: int = 4
    double_read_ms: int = 1_000
    idle_lock_min: int = 10
    most_in_household: int = 6
    is_demonstration: bool = False
    is_recovery_confirmed: bool = True
    mdm_at_counter: Caution = Caution.WARN
    mdm_at_return: Caution = Caution.WARN
    mdm_stale_days: int = 14
    mdm_owner: OwnerStyle = OwnerStyle.CODE
    mdm_groups: Mapping[str, str] = field(default_factory=dict)
