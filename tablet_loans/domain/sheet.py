"""A sheet: a pupil's agreement printed before a tablet is known, to be signed at home."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from tablet_loans.domain.agreement import NO_HOME, Home, Signing
from tablet_loans.domain.campaign import NO_WORDING, Wording
from tablet_loans.domain.errors import AlreadyHasOne, NothingToPrint, OtherSchool, PupilHasLeft, Refusal
from tablet_loans.domain.wording import AgreementWords
from tablet_loans.text import N_

MOST_SPARE: Final = 1_000


class NobodyToPrintFor(NothingToPrint):
    """Every pupil chosen holds a tablet or has left."""

    sentence = N_("No pupil chosen is without a tablet: there is no agreement to print.")


class NobodyPromised(NobodyToPrintFor):
    """Nobody chosen waits for a device that the campaign promised."""

    sentence = N_("The campaign {campaign} has promised a tablet to none of the pupils chosen who have none yet.")
    way_out = N_("Apply a plan first (allocate --apply), or print for a school, promised or not.")


class NoSchoolChosen(Refusal):
    """Sheets were asked for everybody."""

    sentence = N_("Agreements are printed beforehand for one school or for named pupils.")
    way_out = N_("Choose a school.")


class TooManyForms(Refusal):
    """Blank agreements were asked for in a number that nobody fills in by hand."""

    sentence = N_("Blank agreements are printed from 1 to {most} at a time.")


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What one pupil's sheet says; `code` is what the counter scans instead of the pupil's card."""

    pupil_id: int
    code: str
    school: str
    school_uai: str
    commune: str
    family_name: str
    given_name: str
    class_name: str
    homes: tuple[Home, ...] = (NO_HOME,)
    signing: Signing = Signing.GUARDIAN


@dataclass(frozen=True, slots=True)
class SheetOffer:
    """What the sheets of one printing say alike; without a kit, what comes with the device is written by hand."""

    authority: str
    campaign: str
    due_on: date
    texts: tuple[AgreementWords, ...]
    wording: Wording = NO_WORDING
    kit: tuple[str, ...] = ()


def spare_facts(code: str) -> SheetFacts:
    """Return what a blank agreement says: its number alone."""
    return SheetFacts(
        pupil_id=0, code=code, school="", school_uai="", commune="", family_name="", given_name="", class_name=""
    )


def why_no_sheet(
    *,
    school: str,
    school_takes_part: bool,
    left_on: date | None,
    other_tag: str | None,
    other_loan: str | None,
    today: date,
) -> Refusal | None:
    """Return why a pupil gets no sheet, or None."""
    if left_on is not None and left_on <= today:
        return PupilHasLeft(left_on=left_on.isoformat())
    if not school_takes_part:
        return OtherSchool(school=school)
    return None if other_loan is None else AlreadyHasOne(other=other_tag, loan=other_loan)
