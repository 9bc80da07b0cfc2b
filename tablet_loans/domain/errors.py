"""What can go wrong, and its way out.

    TabletLoansError
    ├── Refusal            a rule says no; nothing was written             exit 1
    │   ├── Unknown...     the code, pupil, loan, campaign or school is not here
    │   ├── Lending        why a device is not lent, returned or renewed
    │   ├── Undoing        why an act is not undone
    │   └── Governing      permissions, campaigns, recovery phrase
    └── Trouble            the world failed: file, base, network, key       exit 3
        ├── BaseTrouble    missing, damaged, newer, locked, wrong key, away
        └── FileTrouble    a file that cannot be read or written

Each carries its facts; its sentences are spoken in the reader's language when they are read.
"""

from typing import ClassVar

from tablet_loans.text import N_, tr


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
        said = {name: tr(value) if isinstance(value, str) else value for name, value in self.facts.items()}
        return " ".join(tr(part).format(**said) for part in (self.sentence, self.way_out) if part)


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


class LoanNotOpen(Refusal):
    """The loan is no longer open."""

    sentence = N_("Loan {loan} is not open: {state}.")


class StepNotAllowed(Refusal):
    """The state does not allow this step."""

    sentence = N_("From “{state}”, the step “{event}” is not possible.")


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


class ProgramFault(Trouble):
    """The program itself is at fault."""

    sentence = N_("The program made a mistake; the act under way was not recorded.")
    way_out = N_("Save the log with “tablet-loans log save FILE” and send it to whoever looks after the program.")


class BaseTrouble(Trouble):
    """The base cannot be used."""

    sentence = N_("The base cannot be used: {reason}.")


class BaseMissing(BaseTrouble):
    """There is no base at this path."""

    sentence = N_("There is no base at {path}.")
    way_out = N_("Create it with “tablet-loans init”, or name another with --database.")


class BaseExists(BaseTrouble):
    """A base is already there."""

    sentence = N_("There is already a base at {path}.")
    way_out = N_("Choose another path; nothing was changed.")


class BaseReadOnly(BaseTrouble):
    """The base cannot be written."""

    sentence = N_("The base is read-only: {path}.")
    way_out = N_("Ask for the right to write in its folder.")


class BaseLocked(BaseTrouble):
    """Another program holds the base."""

    sentence = N_("Another program keeps the base busy.")
    way_out = N_("Try again in a moment; nothing was written.")


class BaseDamaged(BaseTrouble):
    """The base is truncated or damaged."""

    sentence = N_("The base is damaged: {reason}.")
    way_out = N_("Keep the file as it is and restore the last backup.")


class NotABase(BaseTrouble):
    """The file is something else."""

    sentence = N_("{path} is not a base of tablet-loans.")
    way_out = N_("Name another file with --database.")


class WrongKey(BaseTrouble):
    """The key does not open the base."""

    sentence = N_("The key does not open the base {path}, or the file is not a base.")
    way_out = N_("Give the recovery phrase in $TABLET_LOANS_KEY.")


class KeyMissing(BaseTrouble):
    """The base is encrypted and no key is at hand."""

    sentence = N_("The base {path} is encrypted and its key is not on this computer.")
    way_out = N_("Give its recovery phrase in $TABLET_LOANS_KEY or at the prompt.")


class BadKey(BaseTrouble):
    """What was given as a key is neither a phrase nor a key."""

    sentence = N_("This is neither a recovery phrase of 12 words nor a key of 64 hexadecimal digits.")


class NoKeyring(BaseTrouble):
    """The system offers no safe place for the key."""

    sentence = N_("This computer has no keyring to keep the base's key in.")
    way_out = N_(
        "Give a key in $TABLET_LOANS_KEY or at the prompt, or create the base with --no-encryption "
        "if it will never hold a real pupil's name."
    )


class BaseNewer(BaseTrouble):
    """The base was made by a newer program."""

    sentence = N_("The base was made by a newer version of the program ({version}).")
    way_out = N_("Install that version on this computer.")


class UpgradeNeeded(BaseTrouble):
    """The base is more than one version behind."""

    sentence = N_("The base is too old for this version of the program.")
    way_out = N_("An administrator must run “tablet-loans upgrade”; a copy is made first.")


class NetworkDrive(BaseTrouble):
    """An SQLite base on a network drive would be damaged."""

    sentence = N_("{path} is on a network drive, where this kind of base gets damaged.")
    way_out = N_("Use a PostgreSQL server for several computers, or a local disk.")


class ServerAway(BaseTrouble):
    """The PostgreSQL server does not answer or went away."""

    sentence = N_("The database server does not answer.")
    way_out = N_("Nothing was written by this act; check the network and try again.")


class AnswerLost(BaseTrouble):
    """The server went away after the act was sent and before it answered."""

    sentence = N_("The database server went away while the act was being recorded.")
    way_out = N_("Look whether it is in the list before doing it again.")


class DiskFull(BaseTrouble):
    """The disk is full."""

    sentence = N_("The disk is full.")
    way_out = N_("Nothing was written by this act; free some space and try again.")


class BaseUnsound(BaseTrouble):
    """A check found what must not be."""

    sentence = N_("The check found {count} problem(s) in the base.")
    way_out = N_("Keep the file as it is, and compare it with the last backup.")


class SnapshotFailed(BaseTrouble):
    """The copy made first could not be verified."""

    sentence = N_("The copy of the base could not be verified: {reason}.")
    way_out = N_("Nothing was changed; try again on another disk.")


class FileTrouble(Trouble):
    """A file cannot be read or written."""

    sentence = N_("The file {path} cannot be used: {reason}.")


class FileMissing(FileTrouble):
    """There is no such file."""

    sentence = N_("There is no file {path}.")


class WrongFile(FileTrouble):
    """The file is of another kind than expected."""

    sentence = N_("{path} is {found}; {expected} was expected.")
    way_out = N_("Nothing was imported.")


class FileUnreadable(FileTrouble):
    """The file is damaged, empty or protected."""

    sentence = N_("{path} cannot be read: {reason}.")
    way_out = N_("Nothing was imported.")


class MissingColumns(FileTrouble):
    """A column that must be there is not."""

    sentence = N_("{path} lacks the columns: {columns}.")
    way_out = N_("Name them with --map COLUMN=FIELD.")


class UnknownField(FileTrouble):
    """A column was named for a field that does not exist."""

    sentence = N_("There is no field called “{field}”.")
    way_out = N_("The fields are: {fields}.")


class FontLacks(FileTrouble):
    """The document's font cannot draw a character."""

    sentence = N_("The document's font has no character for {characters}.")
    way_out = N_("Correct the name, or write it in Latin letters.")
