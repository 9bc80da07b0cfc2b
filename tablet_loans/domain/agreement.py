"""A loan agreement: its states, who signs it, the mark that tells its version, and the facts one copy shows."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from tablet_loans.domain.errors import Refusal, StepNotAllowed
from tablet_loans.text import N_, sort_key

_ADULT: Final = 18
_MARK: Final = re.compile(r"([0-9A-Z-]{4,24})\|v([0-9]{1,5})\|([0-9a-f]{6})", re.IGNORECASE)


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
        refused = AlreadySigned if state is AgreementState.SIGNED else NotPrintedYet
        raise refused(state=AGREEMENT_WORDS[state], event=event.value) from None


class AlreadySigned(StepNotAllowed):
    """The agreement was said to be signed before."""

    sentence = N_("This agreement is signed already.")
    way_out = N_("Nothing was changed; to take it back, undo the act that said so.")


class NotPrintedYet(StepNotAllowed):
    """What was never printed cannot have been signed."""

    sentence = N_("This agreement was never printed: it cannot be signed.")
    way_out = N_("Print it first, or name the blank agreement that was filled in.")


class SignedStays(Refusal):
    """A signed agreement keeps the wording that was signed."""

    sentence = N_("The agreement of loan {loan} is signed: it keeps the wording that was signed.")
    way_out = N_("Print it without --reword.")


class Signing(StrEnum):
    """Who signs for the pupil. Source: Code civil, articles 372-2 and 414."""

    GUARDIAN = "guardian"
    TWO_GUARDIANS = "two_guardians"
    PUPIL = "pupil"
    INSTITUTION = "institution"


@dataclass(frozen=True, slots=True)
class Carer:
    """A legal guardian, or the institution in whose care the pupil is; an address not known is empty."""

    name: str
    address: str
    is_institution: bool = False
    email: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """For whom one copy is: who lives there, and where; never another home's address."""

    names: tuple[str, ...] = ()
    address: str = ""


NO_HOME: Final = Home()


def homes(carers: Sequence[Carer]) -> tuple[Home, ...]:
    """Return one home for each address, in the order given; a copy is printed for each, at least one.

    Who has no known address shares a copy with nobody who has one: it would tell where the other lives. An
    institution in whose care the pupil is stands alone.
    """
    chosen = [each for each in carers if each.is_institution] or carers
    by_address: dict[str, Home] = {}
    for carer in chosen:
        key = sort_key(carer.address)
        known = by_address.get(key, Home(address=carer.address))
        names = known.names if carer.name in known.names or not carer.name else (*known.names, carer.name)
        by_address[key] = Home(names, known.address)
    return tuple(by_address.values()) or (NO_HOME,)


def who_signs(carers: Sequence[Carer], *, birth_date: date | None, on: date, are_two_asked: bool) -> Signing:
    """Return who signs on that day: an adult pupil alone, else the institution, else one guardian or two."""
    if birth_date is not None and is_adult(birth_date, on):
        return Signing.PUPIL
    if any(each.is_institution for each in carers):
        return Signing.INSTITUTION
    return Signing.TWO_GUARDIANS if are_two_asked else Signing.GUARDIAN


def is_adult(birth_date: date, on: date) -> bool:
    """Say whether somebody born that day is of age; who was born on 29 February is so on 1 March."""
    return (on.year - birth_date.year, on.month, on.day) >= (_ADULT, birth_date.month, birth_date.day)


@dataclass(frozen=True, slots=True)
class Mark:
    """What the square code of an agreement says: its number, the version of its wording, a short hash."""

    number: str
    version: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}|v{self.version}|{self.hash}"


def mark_of(number: str, version: int, digest: str, tag: str = "") -> Mark:
    """Return the mark of an agreement; `digest` is that of its wording."""
    covered = f"{number}|{version}|{digest}|{tag}"
    return Mark(number, version, hashlib.sha256(covered.encode()).hexdigest()[:6])


def mark_in(code: str) -> Mark | None:
    """Return the mark that a square code says, or None."""
    match = _MARK.fullmatch(code.strip())
    return None if match is None else Mark(match[1].upper(), int(match[2]), match[3].lower())


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """What the loan agreement of one device and one pupil says; no INE, no birth date, no income, no health.

    Without a day on which it is lent, the device is not known yet: its places are left to be written in.
    """

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
    lent_on: date | None
    due_on: date
    value_cents: int | None = None
    condition: str = ""
    place: str = ""
    homes: tuple[Home, ...] = field(default=(NO_HOME,))
    signing: Signing = Signing.GUARDIAN


class SignatureState(StrEnum):
    """How far the signatures of open loans have come; `missing` is every device lent without one."""

    MISSING = "missing"
    PRINTED = "printed"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """An agreement as lists show it; `version` is that of the wording it was printed with."""

    loan: str
    tag: str
    pupil: str
    class_name: str
    school: str
    agreement: str
    version: int | None
    printed_at: str | None
    printed_by: str
    signed_at: str | None
