"""What can go wrong, and its way out.

    TabletLoansError
    ├── Refusal            a rule says no; nothing was written             exit 1
    │   ├── Unknown...     the code, pupil, loan, campaign or school is not here
    │   ├── Lending        why a device is not lent, returned or renewed
    │   ├── Undoing        why an act is not undone
    │   └── Governing      permissions, campaigns, recovery phrase
    └── Trouble            the world failed: file, base, network, key       exit 3
        └── ...            in domain/trouble

Each carries its facts; its sentences are spoken in the reader's language when they are read.
"""

from contextlib import suppress
from datetime import date
from typing import ClassVar, Final

from tablet_loans.text import N_, language, tr

_MOST_SAID: Final = 400
"""How much of a fact is said: a name of a thousand characters or a list of hundreds must not hide the sentence."""


class TabletLoansError(Exception):
    """What the program expects to go wrong: a sentence, a way out, and the facts that fill them."""

    sentence: ClassVar[str] = ""
    way_out: ClassVar[str] = ""

    def __init__(self, **facts: object) -> None:
        super().__init__(facts)
        self.facts: dict[str, object] = facts

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (type(self), self.facts)

    def __str__(self) -> str:
        return self.spoken()

    def spoken(self) -> str:
        """Return what happened and what to do, in the reader's language."""
        said = {name: said_fact(name, value) for name, value in self.facts.items()}
        return " ".join(tr(part).format(**said) for part in (self.sentence, self.way_out) if part)


def spoken_day(day: date) -> str:
    """Return a day as the reader's language writes it."""
    return f"{day:%d/%m/%Y}" if language() == "fr" else f"{day:%Y-%m-%d}"


def said_fact(name: str, value: object) -> object:
    """Return a fact in the reader's language; a day may have been kept as its ISO text."""
    if isinstance(value, str) and (name == "due" or name.endswith("_on")):
        with suppress(ValueError):
            return spoken_day(date.fromisoformat(value))
    if isinstance(value, date):
        return spoken_day(value)
    if not isinstance(value, str):
        return value
    return said if len(said := tr(value)) <= _MOST_SAID else f"{said[: _MOST_SAID - 1]}…"


def _rebuilt(kind: type[TabletLoansError], facts: dict[str, object]) -> TabletLoansError:
    return kind(**facts)


class Refusal(TabletLoansError):
    """A rule says no; nothing was written."""


class Trouble(TabletLoansError):
    """The world failed: a file, the base, the network or the key."""


class UnknownCode(Refusal):
    """The scanned or typed code is no device's."""

    sentence = N_("No tablet is known by the code {code}.")
    way_out = N_("Check the label, or receive the tablet first.")


class UnknownPupil(Refusal):
    """No pupil has this INE or number."""

    sentence = N_("No pupil is known as {pupil}.")
    way_out = N_("Search by name, or import the school's list.")


class UnknownLoan(Refusal):
    """No loan has this number."""

    sentence = N_("No loan bears the number {loan}.")
    way_out = N_("Read the number on the agreement: year, station, counter.")


class UnknownCampaign(Refusal):
    """No campaign has this name."""

    sentence = N_("No campaign is called “{campaign}”.")
    way_out = N_("List the campaigns, or create this one.")


class UnknownSchool(Refusal):
    """No school has this UAI."""

    sentence = N_("No school bears the UAI {school}.")
    way_out = N_("Import the schools first, or correct the UAI.")


class InvalidUai(Refusal):
    """The UAI's key letter does not match its digits."""

    sentence = N_("{school} is not a UAI: seven digits and their key letter are expected.")


class DeviceNotReady(Refusal):
    """The device is in a state from which it is not lent."""

    sentence = N_("Tablet {tag} cannot be lent: {state}.")
    way_out = N_("Make it ready first, or take another one.")


class AlreadyLent(Refusal):
    """The device has an open loan."""

    sentence = N_("Tablet {tag} is already lent.")
    way_out = N_("Scan it again to return it, or take another one.")


class ReservedForAnother(Refusal):
    """The device is promised to another pupil."""

    sentence = N_("Tablet {tag} is reserved for another pupil.")
    way_out = N_("Take another one, or release the reservation.")


class AlreadyHasOne(Refusal):
    """The pupil holds an open loan of this kind of device."""

    sentence = N_("This pupil already has a device of this kind: {other} (loan {loan}).")
    way_out = N_("Return it first, or swap the two.")


class OtherSchool(Refusal):
    """The pupil's school is not one of the campaign's."""

    sentence = N_("The pupil's school, {school}, is not part of the campaign.")
    way_out = N_("Add the school to the campaign, or choose another campaign.")


class PupilHasLeft(Refusal):
    """The pupil is no longer on a school's roll."""

    sentence = N_("This pupil left the school on {left_on}.")
    way_out = N_("Import the new school's list first.")


class CampaignNotOpen(Refusal):
    """The campaign does not lend: draft, closing or closed."""

    sentence = N_("The campaign “{campaign}” is not open: {status}.")
    way_out = N_("Open it, or choose another campaign.")


class NoOpenCampaign(Refusal):
    """No campaign is open."""

    sentence = N_("No campaign is open.")
    way_out = N_("Create or open one first.")


class SeveralOpenCampaigns(Refusal):
    """Several campaigns are open and none was named."""

    sentence = N_("Several campaigns are open: {campaigns}.")
    way_out = N_("Say which one.")


class DueDatePast(Refusal):
    """The due date lies before today."""

    sentence = N_("The return date {due} is past.")
    way_out = N_("Choose a later date.")


class NotLent(Refusal):
    """The device has no open loan to return, renew or swap."""

    sentence = N_("Tablet {tag} is not lent; it may already have been returned.")


class NothingLent(Refusal):
    """The pupil has no open loan of this kind of device."""

    sentence = N_("This pupil has nothing to return.")
    way_out = N_("Scan the tablet alone to return it.")


class ModelCode(Refusal):
    """The code is that of a model, printed on every box, and names no device."""

    sentence = N_("{code} is the code of a model, the same on every box.")
    way_out = N_("Scan the tablet's label or its serial number.")


class LoanNotOpen(Refusal):
    """The loan is no longer open."""

    sentence = N_("Loan {loan} is not open: {state}.")


class StepNotAllowed(Refusal):
    """The state does not allow this step."""

    sentence = N_("This is not possible in the state “{state}”.")
    way_out = "{remedy}"

    def __init__(self, **facts: object) -> None:
        super().__init__(**{"remedy": N_("Look at its state first: another step may be due before this one."), **facts})


class SameLoan(Refusal):
    """The two devices to swap are one and the same."""

    sentence = N_("Two different lent tablets are needed to swap them.")


class UnknownKitItem(Refusal):
    """The accessory is not part of the model's kit."""

    sentence = N_("“{item}” is not an accessory of this model.")
    way_out = N_("Its accessories are: {kit}.")


class TagTaken(Refusal):
    """The asset tag is another device's."""

    sentence = N_("The asset tag {tag} is already another tablet's.")


class NothingToPrint(Refusal):
    """No open loan was chosen."""

    sentence = N_("No open loan matches: there is no agreement to print.")
    way_out = N_("Choose another campaign, school or class.")


class NothingToUndo(Refusal):
    """This station has no act left to undo."""

    sentence = N_("There is nothing left to undo at this station.")


class AlreadyUndone(Refusal):
    """The act was undone before."""

    sentence = N_("This act has already been undone.")


class NotUndoable(Refusal):
    """This kind of act has no undo, or its facts were erased."""

    sentence = N_("This act cannot be undone: {action}.")


class ChangedSince(Refusal):
    """A later act changed what this one would restore."""

    sentence = N_("Something changed since this act: {subject}.")
    way_out = N_("Undo the later act first.")


class ImportBuiltOn(Refusal):
    """What an import brought has been used or changed since."""

    sentence = N_("{count} of what this import brought or changed have been used or changed since.")
    way_out = N_("Undo the later acts and imports first, or correct by hand.")


class ErasureStays(Refusal):
    """The facts of an erasure are its proof."""

    sentence = N_("What an erasure tells cannot be erased: it proves that the others were erased by right.")


class InvalidCampaignName(Refusal):
    """A campaign's name is empty or too long."""

    sentence = N_("A campaign needs a name of 1 to {longest} characters.")


class KindsDiffer(Refusal):
    """Only devices of one kind are swapped."""

    sentence = N_("Two devices of the same kind are needed to swap them.")


class NotPermitted(Refusal):
    """The actor's role does not hold the permission."""

    sentence = N_("Your role does not allow this: {permission}.")
    way_out = N_("Ask an administrator.")


class CampaignNameTaken(Refusal):
    """Another campaign bears this name."""

    sentence = N_("A campaign is already called “{campaign}”.")


class RecoveryPhraseNotTypedBack(Refusal):
    """Real data waits until the recovery phrase was typed back."""

    sentence = N_("This base does not accept pupils' data yet: its recovery phrase was not typed back.")
    way_out = N_("Run “tablet-loans recovery confirm” with the phrase noted at its creation.")


class WrongRecoveryPhrase(Refusal):
    """The phrase typed back is not the base's."""

    sentence = N_("This is not the recovery phrase of this base.")
    way_out = N_("Type the words as they were shown, in order.")


class DemonstrationBase(Refusal):
    """The demonstration base is plain and takes no real pupil."""

    sentence = N_("This is a demonstration base: it is not encrypted and holds fictional people.")
    way_out = N_("Create a real base with “tablet-loans init”.")


class NotEmpty(Refusal):
    """A demonstration is only made in an empty base."""

    sentence = N_("This base is not empty.")
    way_out = N_("Choose another path for the demonstration.")


class ImportUnderWay(Refusal):
    """Imports come one after the other."""

    sentence = N_("Another import is under way in this base.")
    way_out = N_("Wait until it has ended, then import the file.")


class PlanUnderWay(ImportUnderWay):
    """Plans are made, applied and withdrawn one after the other, and not beside an import."""

    sentence = N_("Somebody else is making or applying a plan in this base, or importing a file.")
    way_out = N_("Wait until that has ended, then look at the plans again.")
