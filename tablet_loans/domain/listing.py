"""Lists and receipts: what stands on the papers of a hand-over, a delivery, a return, and of what is not signed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from tablet_loans.domain.carton import CartonRow, PackSchool
from tablet_loans.domain.errors import NothingToPrint, Refusal
from tablet_loans.domain.loan import LOAN_WORDS, LoanState
from tablet_loans.text import N_


class NobodyToHandTo(NothingToPrint):
    """No pupil chosen was promised a device, or has one."""

    sentence = N_("No pupil chosen is promised a tablet or has one: there is no hand-over to list.")
    way_out = N_("Apply a plan first, or choose another school or class.")


class AllSigned(NothingToPrint):
    """No open loan chosen lacks its signature."""

    sentence = N_("Every open loan chosen has its signed agreement: there is nothing to list.")
    way_out = N_("Choose another campaign or school.")


class NotReturned(Refusal):
    """What was not given back has no return receipt."""

    sentence = N_("Loan {loan} is {state}: it has no return receipt.")
    way_out = N_("Take the tablet back first.")


class NotHandedOver(Refusal):
    """What is not lent has no receipt of a hand-over."""

    sentence = N_("Loan {loan} is {state}: it has no receipt of a hand-over.")
    way_out = N_("Lend the tablet first.")


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """A pupil of a class to whom a device is promised, or lent already: then `loan`, `tag` and `lent_on` say so.

    `kit` is what comes with it, `kept` what of it was not handed out; `code` is that of the agreement's sheet.
    """

    pupil_id: int
    pupil: str
    model: str
    kit: tuple[str, ...]
    code: str
    loan: str = ""
    tag: str = ""
    lent_on: date | None = None
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOverClass:
    """The pupils of one class in the order of the register; no birth date, no household, no address."""

    uai: str
    school: str
    commune: str
    class_name: str
    rows: tuple[HandOverRow, ...]

    @property
    def handed_over(self) -> int:
        """Return how many have their device."""
        return sum(bool(row.loan) for row in self.rows)

    @property
    def models(self) -> list[tuple[str, int]]:
        """Return how many of each model are still to be handed over, by name."""
        return sorted(Counter(row.model for row in self.rows if not row.loan).items())


@dataclass(frozen=True, slots=True)
class DeliveredModel:
    """How many devices of a model leave, and how many of each accessory with them."""

    model: str
    devices: int
    kit: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What leaves the depot for one school: its cartons that hold a device, and what lies in them by model."""

    school: PackSchool
    cartons: tuple[CartonRow, ...]
    models: tuple[DeliveredModel, ...]

    @property
    def devices(self) -> int:
        """Return how many devices leave."""
        return sum(len(each.devices) for each in self.cartons)

    @property
    def accessories(self) -> int:
        """Return how many accessories leave."""
        return sum(count for model in self.models for _, count in model.kit)


def delivered_models(packed: Iterable[tuple[str, Sequence[str], Sequence[str]]]) -> tuple[DeliveredModel, ...]:
    """Return what devices make up, each given as its model, the model's kit and what of it is missing; by model."""
    devices: Counter[str] = Counter()
    kits: dict[str, Counter[str]] = {}
    for model, kit, missing in packed:
        devices[model] += 1
        counts = kits.setdefault(model, Counter(dict.fromkeys(kit, 0)))
        counts.update(item for item in kit if item not in missing)
    return tuple(DeliveredModel(model, devices[model], tuple(kits[model].items())) for model in sorted(devices))


@dataclass(frozen=True, slots=True)
class LoanReceipt:
    """What a receipt says of a loan: of its hand-over, or of its return by `station` on `returned_on`.

    `missing` is what was not handed out, or what was and did not come back.
    """

    number: str
    authority: str
    campaign: str
    pupil: str
    class_name: str
    school: str
    school_uai: str
    kind: str
    model: str
    tag: str
    serial: str
    lent_on: date
    due_on: date
    kit: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    returned_on: date | None = None
    condition: str = ""
    station: str = ""
    return_place: str = ""
    helpline: str = ""


def why_no_return_receipt(number: str, state: LoanState) -> NotReturned | None:
    """Return why a loan has no return receipt, or None."""
    return None if state is LoanState.RETURNED else NotReturned(loan=number, state=LOAN_WORDS[state])


def why_no_hand_over_receipt(number: str, state: LoanState) -> NotHandedOver | None:
    """Return why a loan has no receipt of its hand-over, or None."""
    return None if state is LoanState.OPEN else NotHandedOver(loan=number, state=LOAN_WORDS[state])


@dataclass(frozen=True, slots=True)
class UnsignedLoan:
    """A device that is lent without a signed agreement; `printed_on` is None when it was never printed."""

    uai: str
    school: str
    commune: str
    class_name: str
    pupil: str
    loan: str
    tag: str
    lent_on: date
    printed_on: date | None


@dataclass(frozen=True, slots=True)
class UnsignedSchool:
    """The loans of one school whose agreements are not signed, by class and name."""

    uai: str
    school: str
    commune: str
    rows: tuple[UnsignedLoan, ...]


def by_school(found: Iterable[UnsignedLoan]) -> list[UnsignedSchool]:
    """Return loans that come in the order of the register school by school."""
    grouped = groupby(found, key=lambda each: (each.uai, each.school, each.commune))
    return [UnsignedSchool(*place, tuple(rows)) for place, rows in grouped]
