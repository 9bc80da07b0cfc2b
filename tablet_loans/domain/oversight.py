"""Oversight of agreements: how many are to print, printed and signed, and what became of one that was scanned."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tablet_loans.domain.errors import Refusal
from tablet_loans.text import N_


class NotAnAgreement(Refusal):
    """What was scanned is no agreement of this program's."""

    sentence = N_("{code} is not the code of an agreement.")
    way_out = N_("Scan the code at the top of the signed sheet.")


class NoLoanYet(Refusal):
    """The agreement was printed beforehand, and its tablet is not lent yet."""

    sentence = N_("No tablet is lent to {pupil} yet: the signed sheet belongs at the counter.")
    way_out = N_("Scan it there with the tablet: it then counts as signed.")


class FormNotUsed(Refusal):
    """A blank agreement came back that was filled in for no loan the program knows of."""

    sentence = N_("The blank agreement {code} stands for no loan yet.")
    way_out = N_("Lend the tablet with it at the counter first.")


class SeveralLoans(Refusal):
    """A sheet printed beforehand whose pupil had several tablets, all of them returned."""

    sentence = N_("{pupil} had several tablets, and holds none now: which one the sheet is for is not known.")
    way_out = N_("Scan the agreement of the loan itself.")


class Among(StrEnum):
    """Which agreements are printed: all, those never printed, or those lent without a signature."""

    ALL = "all"
    UNPRINTED = "unprinted"
    UNSIGNED = "unsigned"


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a campaign's agreements that is printed; without schools, those of every school."""

    among: Among = Among.ALL
    schools: tuple[str, ...] = ()


EVERYTHING = Part()


@dataclass(frozen=True, slots=True)
class PaperCount:
    """How far the agreements of a class, a school or a campaign have come.

    `promised` pupils wait for their tablet, `beforehand` of them have their agreement printed. Of the `lent` devices,
    `printed` have an agreement on paper, signed or not, and `signed` a signature.
    """

    promised: int = 0
    beforehand: int = 0
    lent: int = 0
    printed: int = 0
    signed: int = 0

    @property
    def to_print(self) -> int:
        """Return how many agreements are to be printed before the hand-over."""
        return self.promised - self.beforehand

    @property
    def unprinted(self) -> int:
        """Return how many devices are lent without an agreement on paper."""
        return self.lent - self.printed

    @property
    def on_no_paper(self) -> int:
        """Return how many agreements are to be printed, before the hand-over or after it."""
        return self.to_print + self.unprinted

    @property
    def unsigned(self) -> int:
        """Return how many devices are lent without a signature."""
        return self.lent - self.signed

    def __add__(self, other: "PaperCount") -> "PaperCount":
        return PaperCount(
            self.promised + other.promised,
            self.beforehand + other.beforehand,
            self.lent + other.lent,
            self.printed + other.printed,
            self.signed + other.signed,
        )


@dataclass(frozen=True, slots=True)
class SchoolPapers:
    """A school and how far its agreements have come."""

    uai: str
    name: str
    commune: str
    count: PaperCount


@dataclass(frozen=True, slots=True)
class ClassPapers:
    """A class of a school and how far its agreements have come."""

    name: str
    count: PaperCount


@dataclass(frozen=True, slots=True)
class UnsignedLoan:
    """A device that is lent without a signature; without a moment, its agreement was never printed."""

    loan: str
    pupil: str
    class_name: str
    tag: str
    lent_on: date
    printed_at: datetime | None


class PaperFate(StrEnum):
    """What became of an agreement: signed now, signed before, or its signature taken back."""

    SIGNED = "signed"
    BEFORE = "signed_before"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class SignedPaper:
    """Whose agreement was scanned, ticked or taken back; `signed_at` tells since when it is signed."""

    loan: str
    tag: str
    pupil: str
    class_name: str
    school: str
    fate: PaperFate
    signed_at: datetime | None = None
