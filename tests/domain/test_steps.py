"""The tables of steps: each step that stands there goes, every other is refused by name."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from itertools import product
from typing import Any

import pytest

from tablet_loans.domain import agreement, campaign, device, loan
from tablet_loans.domain.errors import StepNotAllowed

TABLES: list[tuple[Mapping[Any, Any], Callable[[Any, Any], Any], type[StrEnum], type[StrEnum]]] = [
    (device.STEPS, device.step, device.DeviceState, device.DeviceEvent),
    (loan.STEPS, loan.step, loan.LoanState, loan.LoanEvent),
    (campaign.STEPS, campaign.step, campaign.CampaignStatus, campaign.CampaignEvent),
    (agreement.STEPS, agreement.step, agreement.AgreementState, agreement.AgreementEvent),
]


@pytest.mark.parametrize(("steps", "step", "states", "events"), TABLES)
def test_a_step_goes_where_the_table_says_or_is_refused(
    steps: Mapping[Any, Any], step: Callable[[Any, Any], Any], states: type[StrEnum], events: type[StrEnum]
) -> None:
    for state, event in product(states, events):
        if (state, event) in steps:
            assert step(state, event) is steps[state, event]
        else:
            with pytest.raises(StepNotAllowed):
                step(state, event)


def test_a_returned_tablet_is_prepared_before_it_is_lent_again() -> None:
    assert device.step(device.DeviceState.ON_LOAN, device.DeviceEvent.CHECKED_IN) is device.DeviceState.TO_PREPARE
    with pytest.raises(StepNotAllowed):
        device.step(device.DeviceState.TO_PREPARE, device.DeviceEvent.CHECKED_OUT)


def test_a_loan_number_needs_no_other_station() -> None:
    assert loan.loan_number(2020, "K3", 42) == "20-K3-0042"
    assert loan.loan_number(2020, "K3", 12345) == "20-K3-12345"
