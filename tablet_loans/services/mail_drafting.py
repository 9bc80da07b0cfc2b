"""Mails drafted from letters: to whom each goes, what is attached, and the files that mail programs open."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.letter import Letter, LetterChoice, LetterKind, LetterSender
from tablet_loans.domain.mail import FILE, MessageState, addresses, envelopes, is_mailed, mail_of
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import FileTrouble, reason_of
from tablet_loans.services import writing
from tablet_loans.services.documents.mail import mail_bytes
from tablet_loans.services.session import Progress, Receipt, Session, Topic
from tablet_loans.storage import messages, settings
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.messages import NewMessage

PER_MINUTE: Final = 30
_UNSEEN: Final = Progress()


@dataclass(frozen=True, slots=True)
class How:
    """How letters are mailed: in which language, how many a minute, the letter itself attached as a PDF or not.

    With `is_again` those that may have left go again; a dry run sends nothing.
    """

    language: str = "fr"
    per_minute: int = PER_MINUTE
    is_attached: bool = False
    is_again: bool = False
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail: a letter, and those of its home to whom it goes together."""

    letter: Letter
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrittenMails:
    """The drafts that were written into a folder; the loans without a mail address, or with something that is none."""

    mails: int
    without_email: tuple[str, ...]
    not_addresses: tuple[str, ...]
    folder: str


def in_envelopes(letters: Sequence[Letter]) -> Iterator[Envelope]:
    """Yield the mails of these letters, in their order."""
    for letter in letters:
        for to in envelopes(letter):
            yield Envelope(letter, to)


def without_email(letters: Sequence[Letter]) -> tuple[str, ...]:
    """Return the loans of which a letter has no mail address to go to."""
    return tuple(dict.fromkeys(letter.number for letter in letters if not is_mailed(letter)))


def with_wrong_email(letters: Sequence[Letter]) -> tuple[str, ...]:
    """Return the loans of which a letter names something that is no mail address."""
    return tuple(dict.fromkeys(letter.number for letter in letters if addresses(letter)[1]))


def content(
    each: Envelope, sender: LetterSender, address: str, at: datetime, how: How, *, is_draft: bool = False
) -> bytes:
    """Return a mail from this address as it is sent. Raises: FontLacks, FileTrouble."""
    mail = mail_of(each.letter, sender, each.to, address, at)
    if how.is_attached:
        name = f"{each.letter.number}.pdf"
        mail = replace(mail, attached=_page([each.letter], sender, at), attached_name=name)
    return mail_bytes(mail, is_draft=is_draft)


def must_be_drawable(letters: Sequence[Letter], sender: LetterSender, at: datetime, how: How) -> None:
    """Refuse, before anything is sent, letters that cannot be attached. Raises: FontLacks, FileTrouble."""
    if how.is_attached:
        _page([letter for letter in letters if is_mailed(letter)], sender, at)


def write_files(
    session: Session, kind: LetterKind, chosen: LetterChoice, out: Path, how: How, progress: Progress = _UNSEEN
) -> Receipt[WrittenMails]:
    """Write the letters as drafts that mail programs open, a file a mail, named by loan.

    Raises: as `writing.letters`, and FontLacks, FileTrouble, Cancelled.
    """
    session.require(Permission.WRITE_LETTERS)
    with troubles_spoken(session.base):
        messages.must_be_here(session.base)
        server = settings.mail_server(session.base)
    sender, letters = writing.letters(session, kind, chosen, language=how.language)
    at, mails = session.now(), [*in_envelopes(letters)]
    must_be_drawable(letters, sender, at, how)
    new: list[NewMessage] = []
    names = _Names()
    try:
        out.mkdir(parents=True, exist_ok=True)
        for done, each in enumerate(mails):
            progress.step(done, len(mails))
            said = content(each, sender, "" if server is None else server.sender, at, how, is_draft=True)
            _put(out / names.next(each.letter.number), said)
            new += _written(each)
    except OSError as error:
        raise FileTrouble(path=str(error.filename or out), reason=reason_of(error)) from error
    progress.step(len(mails), len(mails))
    with troubles_spoken(session.base):
        messages.add_many(session.base, new, at, session.actor.name)
    done_mails = WrittenMails(len(mails), without_email(letters), with_wrong_email(letters), str(out))
    with session.transaction() as act:
        return act(
            Action.LETTERS_WRITTEN,
            done_mails,
            topics={Topic.LOANS},
            about=[(Subject.LOAN, loan) for loan in sorted({each.loan_id for each in new})],
            letters=len(mails),
            kind=kind.value,
            way=FILE,
        )


def _written(each: Envelope) -> list[NewMessage]:
    letter = each.letter
    return [
        NewMessage(letter.kind.value, letter.loan_id, letter.pupil_id, FILE, to, MessageState.WRITTEN) for to in each.to
    ]


def _page(letters: Sequence[Letter], sender: LetterSender, at: datetime) -> bytes:
    from tablet_loans.services.documents.letter import write_letters  # reportlab: no window waits for it

    with tempfile.TemporaryDirectory(prefix="mails-") as folder:
        file = Path(folder) / "letter.pdf"
        write_letters(letters, file, sender=sender, written_at=at)
        return file.read_bytes()


def _put(path: Path, said: bytes) -> None:
    """Put a file in its place whole. Raises: OSError."""
    partial = path.with_name(f"{path.name}.part")
    try:
        partial.write_bytes(said)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@dataclass(slots=True)
class _Names:
    """The names of files, by loan: two homes have two files."""

    given: dict[str, int] = field(default_factory=dict)

    def next(self, number: str) -> str:
        """Return the next file's name about a loan."""
        self.given[number] = place = self.given.get(number, 0) + 1
        return f"{number}.eml" if place == 1 else f"{number}-{place}.eml"
