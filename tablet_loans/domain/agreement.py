"""A loan agreement: its states and the facts one page shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tablet_loans.domain.errors import StepNotAllowed
from tablet_loans.text import N_


class AgreementState(StrEnum):
    """The life of an agreement; `missing` is a device lent without a signature."""

    DRAFTED = "drafted"
    PRINTED = "printed"
    SIGNED = "signed"
    MISSING = "missing"


class AgreementEvent(StrEnum):
    """What happens to an agreement."""

    PRINTED = "printed"
    SIGNED = "signed"


STEPS: Final[Mapping[tuple[AgreementState, AgreementEvent], AgreementState]] = {
    (AgreementState.DRAFTED, AgreementEvent.PRINTED): AgreementState.PRINTED,
    (AgreementState.PRINTED, AgreementEvent.PRINTED): AgreementState.PRINTED,
    (AgreementState.SIGNED, AgreementEvent.PRINTED): AgreementState.SIGNED,
    (AgreementState.MISSING, AgreementEvent.PRINTED): AgreementState.PRINTED,
    (AgreementState.PRINTED, AgreementEvent.SIGNED): AgreementState.SIGNED,
    (AgreementState.MISSING, AgreementEvent.SIGNED): AgreementState.SIGNED,
}

AGREEMENT_WORDS: Final[Mapping[str, str]] = {
    AgreementState.DRAFTED: N_("to print"),
    AgreementState.PRINTED: N_("printed"),
    AgreementState.SIGNED: N_("signed"),
    AgreementState.MISSING: N_("missing"),
}


def step(state: AgreementState, event: AgreementEvent) -> AgreementState:
    """Return the state an agreement reaches when `event` happens. Raises: StepNotAllowed."""
    try:
        return STEPS[state, event]
    except KeyError:
        raise StepNotAllowed(state=AGREEMENT_WORDS[state], event=event.value) from None


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """What the loan agreement of one device and one pupil says; no INE and no birth date."""

    number: str
    authority: str
    campaign: str
    school: str
    school_uai: str
    commune: str
    pupil_family_name: str
    pupil_given_name: str
    class_name: str
    kind: str
    maker: str
    model: str
    tag: str
    serial: str
    kit: tuple[str, ...]
    lent_on: date
    due_on: date
