"""What an authority may set: names, defaults and limits, each with its usual value."""

from dataclasses import dataclass

from tablet_loans.domain.device import DeviceState


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
