"""The troubles of the world, each with its way out: the base, its key, its server, its disk, the files.

Trouble
├── ProgramFault       the program itself is at fault
├── BaseTrouble        missing, damaged, newer, locked, wrong key, away, full
├── FileTrouble        a file that cannot be read or written
└── MailTrouble        the mail server: away, not trusted, refusing, busy
"""

import errno
from collections.abc import Mapping
from typing import Final

from tablet_loans.domain.errors import Trouble
from tablet_loans.text import N_

_REASONS: Final[Mapping[int | None, str]] = {
    errno.ENOENT: N_("its folder does not exist"),
    errno.ENOTDIR: N_("its folder does not exist"),
    errno.EEXIST: N_("a file has this name, where a folder is needed"),
    errno.EISDIR: N_("it is a folder"),
    errno.EACCES: N_("it is open elsewhere, or you may not write there"),
    errno.EPERM: N_("it is open elsewhere, or you may not write there"),
    errno.EROFS: N_("its disk is read-only"),
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("the disk is full"),
    errno.ENAMETOOLONG: N_("its name is too long"),
}


def reason_of(error: OSError) -> str:
    """Return, in the program's words, why a file cannot be used."""
    return _REASONS.get(error.errno, N_("the disk does not answer"))


class ProgramFault(Trouble):
    """The program itself is at fault."""

    sentence = N_("The program made a mistake. Look whether the act is in the list before doing it again.")
    way_out = N_("Save the log with “tablet-loans log save FILE” and send it to whoever looks after the program.")


class ProcessLost(Trouble):
    """The process that did long work ended without an answer: killed, or out of memory."""

    sentence = N_("The work was stopped from outside before its end.")
    way_out = N_("Do it again: nothing is half done. If it happens again, close other programs first.")


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

    sentence = N_("{path} is {found}. Expected: {expected}.")
    way_out = N_("Nothing was imported.")


class FileUnreadable(FileTrouble):
    """The file is damaged, empty or protected."""

    sentence = N_("{path} cannot be read: {reason}.")
    way_out = N_("Nothing was imported.")


class LineUnreadable(FileUnreadable):
    """The file is damaged from a certain line on."""

    sentence = N_("{path} cannot be read from line {line} on: {reason}.")


class FileTooLarge(FileTrouble):
    """The file is far larger than any real one."""

    sentence = N_("{path} is too large: {size} MB, where {largest} MB is the most.")
    way_out = N_("Nothing was imported; export one school at a time.")


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

    sentence = N_("The document's font has no character for {characters} ({documents}).")
    way_out = N_("Correct the name, or write it in Latin letters.")


class NoPrinter(Trouble):
    """There is no printer, or it takes nothing."""

    sentence = N_("No printer takes the document.")
    way_out = N_("Choose a printer, or print the file yourself: {path}.")


class NoPlaceForSecret(NoKeyring):
    """The system offers no safe place for a password."""

    sentence = N_("This computer has no keyring to keep the password in.")
    way_out = N_("It is asked for each time, or taken from $TABLET_LOANS_MAIL_PASSWORD.")


class NoMdmKey(Trouble):
    """The MDM's key is nowhere, and nobody is there to be asked."""

    sentence = N_("The key of {mdm} is not in this computer’s keyring.")
    way_out = N_("Run “tablet-loans mdm connect” again, or give it in ${variable}.")


class MailTrouble(Trouble):
    """The mail server cannot be used; what was sent before stays sent, and is not sent again."""

    sentence = N_("The mail server {host} cannot be used: {reason}.")
    way_out = N_("Ask again later: what was sent is kept, and is not sent twice.")


class MailServerAway(MailTrouble):
    """The mail server does not answer."""

    sentence = N_("The mail server {host} does not answer on port {port}: {reason}.")
    way_out = N_("Check its name, its port and the network, then ask again: nobody gets a mail twice.")


class MailNotTrusted(MailTrouble):
    """The mail server's certificate is not trusted."""

    sentence = N_("The mail server {host} shows a certificate that is not trusted: {reason}.")
    way_out = N_("Name the server as its certificate does, or give the authority that signed it with --ca FILE.")


class MailNotEncrypted(MailTrouble):
    """The mail server offers no encrypted line this way."""

    sentence = N_("The mail server {host} offers no encrypted line of this kind on port {port}.")
    way_out = N_("Try --security starttls with port 587, or --security ssl with port 465.")


class MailLoginRefused(MailTrouble):
    """The mail server does not accept the user or the password."""

    sentence = N_("The mail server {host} refuses the user “{user}” or the password.")
    way_out = N_(
        "Check both and run “tablet-loans mail connect” again; some servers want a password made for programs."
    )


class MailSenderRefused(MailTrouble):
    """The mail server takes no mail from this address."""

    sentence = N_("The mail server takes no mail from {sender}: {reason}.")
    way_out = N_("Set an address with --from that this user may send from.")


class MailServerBusy(MailTrouble):
    """The mail server puts everything off."""

    sentence = N_("The mail server {host} asks to come back later: {reason}.")
