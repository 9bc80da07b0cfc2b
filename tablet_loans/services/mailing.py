"""Mailing: letters sent to families by mail, each written into the journal before and after it leaves."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.letter import Letter, LetterChoice, LetterKind, LetterSender
from tablet_loans.domain.mail import MAIL, MailServer, MessageRow, MessageState, Standing, masked, standing
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import MailTrouble
from tablet_loans.services import mail_connecting, mail_drafting, writing
from tablet_loans.services.mail_connecting import AskPassword
from tablet_loans.services.mail_drafting import Envelope, How
from tablet_loans.services.session import Cancelled, Progress, Receipt, Session, Topic
from tablet_loans.services.smtp import AnswerUnknown, Dropped, Line, PutOff, Reply
from tablet_loans.storage import messages
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.text import N_

Value = TypeVar("Value")
Wait = Callable[[float], None]

PAUSES_S: Final = (5.0, 30.0, 120.0)
"""How long a server that puts a mail off is left alone, each time longer; then the mail is not sent."""
_SLICE_S: Final = 0.5
_LONG_S: Final = 20.0
_UNSEEN: Final = Progress()
_RESENT: Final = N_("it may have left; sent again")
_NOT_TAKEN: Final = N_("the mail server did not take it")


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail that a dry run would send."""

    loan: str
    address: str


@dataclass(frozen=True, slots=True)
class MailRun:
    """What became of the letters, counted by address; loans that somebody must look at are named.

    `recent` had the same letter a few days ago, `doubtful` may have had it, `failed` were put off to the end;
    `undeliverable` cannot be reached, `without_email` have no address, `not_addresses` something that is none.
    """

    sent: int = 0
    recent: int = 0
    undeliverable: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    without_email: tuple[str, ...] = ()
    not_addresses: tuple[str, ...] = ()
    to_send: tuple[MailRow, ...] = ()


def send(
    session: Session,
    kind: LetterKind,
    chosen: LetterChoice,
    how: How,
    ask: AskPassword,
    *,
    progress: Progress = _UNSEEN,
    wait: Wait = time.sleep,
) -> Receipt[MailRun]:
    """Mail the letters about the loans chosen, and return what became of each; a dry run connects to nothing.

    Stopped, by whomever, it is asked again: nobody gets a letter twice. Raises: as `writing.letters`, and
    NoMailServer, DemonstrationBase, FontLacks, FileTrouble, MailTrouble, Cancelled.
    """
    session.require(Permission.WRITE_LETTERS)
    with troubles_spoken(session.base):
        messages.must_be_here(session.base)
    server = None if how.is_dry_run else mail_connecting.server(session)
    if server is not None:
        mail_connecting.must_be_real(session, server)
    sender, letters = writing.letters(session, kind, chosen, language=how.language)
    mail_drafting.must_be_drawable(letters, sender, session.now(), how)
    if server is None:
        return Receipt(_rehearsed(session, letters, how), LedgerId(""), frozenset())
    run = _Run(session, server, Line(server), sender, how, progress, wait)
    try:
        run.send_all(letters, ask)
    except (Cancelled, MailTrouble, KeyboardInterrupt) as stopped:
        _told(session, kind, run, letters)
        if isinstance(stopped, MailTrouble):
            stopped.facts["sent"] = run.sent
        raise
    finally:
        run.line.close()
    return _told(session, kind, run, letters)


def journal(session: Session, *, state: MessageState | None = None, loan: str | None = None) -> list[MessageRow]:
    """Return what was sent, printed and refused, newest first; addresses are masked.

    Raises: NotPermitted, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.WRITE_LETTERS)
    with troubles_spoken(session.base):
        messages.must_be_here(session.base)
        return messages.listed(session.base, state, None if loan is None else loan.strip().upper())


@dataclass(slots=True)
class _Run:
    """Mails on their way: each address is claimed in the journal before, and settled after."""

    session: Session
    server: MailServer
    line: Line
    sender: LetterSender
    how: How
    progress: Progress
    wait: Wait
    sent: int = 0
    recent: int = 0
    refused: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    loans: set[int] = field(default_factory=set)
    last_at: datetime | None = None

    def send_all(self, letters: Sequence[Letter], ask: AskPassword) -> None:
        """Send all mails; what is put off is tried again after the others. Raises: MailTrouble, Cancelled."""
        left = [due for each in mail_drafting.in_envelopes(letters) if (due := self._due(each)).to]
        if left:
            self.line.password = mail_connecting.password(self.session, self.server, ask)
            self._patiently(self.line.open)
        total = len(left)
        for pause in (0.0, *PAUSES_S):
            self._rest(pause if left else 0)
            done, later = total - len(left), []
            for place, each in enumerate(left):
                self.progress.step(done + place, total)
                later += self._sent(each)
            left = later
        self.failed += [each.letter.number for each in left]
        self.progress.step(total, total)

    def _due(self, each: Envelope) -> Envelope:
        """Return a mail for those who may get it, and count who may not."""
        to = []
        for address, told in _standings(self.session, each).items():
            if _may_go(told, self.how):
                to.append(address)
            elif told is Standing.RECENT:
                self.recent += 1
            else:
                self.doubtful.append(each.letter.number)
        return Envelope(each.letter, tuple(to))

    def _sent(self, each: Envelope) -> list[Envelope]:
        """Send one mail, and return it for those who must be tried again. Raises: MailTrouble, Cancelled."""
        self._keep_pace()
        claimed = self._claimed(each)
        if not claimed:
            return []
        mail = Envelope(each.letter, tuple(claimed))
        said = mail_drafting.content(mail, self.sender, self.server.sender, self.session.now(), self.how)
        try:
            replies = self._patiently(lambda: self.line.send(mail.to, said))
        except AnswerUnknown:
            self.doubtful.append(each.letter.number)
            return []
        except (Cancelled, MailTrouble):
            self._settle(dict.fromkeys(claimed.values(), (MessageState.FAILED, _NOT_TAKEN)))
            raise
        later = self._kept(each.letter, claimed, replies)
        return [Envelope(each.letter, later)] if later else []

    def _claimed(self, each: Envelope) -> dict[str, int]:
        """Write into the journal that a mail is being sent, to those who may still get it; return its lines."""
        base, kind, loan_id = self.session.base, each.letter.kind.value, each.letter.loan_id
        with self.session.transaction() as act:
            messages.one_at_a_time(base)
            past = messages.last_mails(base, kind, loan_id)
            claimed = {}
            for address in self._due(each).to:
                if (last := past.get(address.lower())) is not None and last.state == MessageState.SENDING:
                    messages.settle(base, last.id, MessageState.FAILED, _RESENT)
                claimed[address] = messages.add(
                    base, kind, MAIL, address, MessageState.SENDING, act.at, self.session.actor.name,
                    loan_id=loan_id, pupil_id=each.letter.pupil_id,
                )  # fmt: skip
        return claimed

    def _kept(self, letter: Letter, claimed: dict[str, int], replies: dict[str, Reply]) -> tuple[str, ...]:
        """Settle what the server said, and return the addresses to try again."""
        settled, later = {}, []
        for address, reply in replies.items():
            settled[claimed[address]] = reply.state, "" if reply.is_taken else str(reply)
            if reply.is_taken:
                self.sent += 1
                self.loans.add(letter.loan_id)
            elif reply.is_put_off:
                later.append(address)
            else:
                self.refused.append(letter.number)
        self._settle(settled)
        return tuple(later)

    def _settle(self, settled: dict[int, tuple[MessageState, str]]) -> None:
        with self.session.transaction():
            for line, (state, reason) in settled.items():
                messages.settle(self.session.base, line, state, reason)

    def _patiently(self, act: Callable[[], Value]) -> Value:
        """Do it, again after a pause when the server puts it off or hangs up. Raises: MailTrouble, Cancelled."""
        for pause in PAUSES_S:
            try:
                return act()
            except (PutOff, Dropped):
                self._rest(pause)
        try:
            return act()
        except (PutOff, Dropped) as error:
            raise mail_connecting.gave_up(self.server, error) from error

    def _keep_pace(self) -> None:
        """Wait until the next mail may leave. Raises: Cancelled."""
        if self.last_at is not None:
            passed = max((self.session.now() - self.last_at).total_seconds(), 0)
            self._rest(60 / self.how.per_minute - passed)
        self.last_at = self.session.now()

    def _rest(self, seconds: float) -> None:
        """Wait, and stop when asked; a long rest takes leave of the server first. Raises: Cancelled."""
        if seconds >= _LONG_S:
            self.line.close()
        while seconds > 0:
            if self.progress.is_cancelled():
                raise Cancelled
            self.wait(min(seconds, _SLICE_S))
            seconds -= _SLICE_S


def _rehearsed(session: Session, letters: Sequence[Letter], how: How) -> MailRun:
    """Return what would become of the letters."""
    rows: dict[tuple[int, str], MailRow] = {}
    recent, doubtful = 0, []
    for each in mail_drafting.in_envelopes(letters):
        for address, told in _standings(session, each).items():
            mine = each.letter.loan_id, address.lower()
            if told is Standing.RECENT or mine in rows:
                recent += 1
            elif _may_go(told, how):
                rows[mine] = MailRow(each.letter.number, masked(address))
            else:
                doubtful.append(each.letter.number)
    return MailRun(
        recent=recent,
        doubtful=tuple(dict.fromkeys(doubtful)),
        without_email=mail_drafting.without_email(letters),
        not_addresses=mail_drafting.with_wrong_email(letters),
        to_send=tuple(rows.values()),
    )


def _told(session: Session, kind: LetterKind, run: _Run, letters: Sequence[Letter]) -> Receipt[MailRun]:
    """Chain what was done, if anything was, and return it."""
    told = MailRun(
        run.sent,
        run.recent,
        tuple(dict.fromkeys(run.refused)),
        tuple(dict.fromkeys(run.failed)),
        tuple(dict.fromkeys(run.doubtful)),
        mail_drafting.without_email(letters),
        mail_drafting.with_wrong_email(letters),
    )
    if not (run.sent or run.refused or run.failed):
        return Receipt(told, LedgerId(""), frozenset())
    with session.transaction() as act:
        return act(
            Action.MESSAGES_SENT,
            told,
            topics={Topic.LOANS},
            about=[(Subject.LOAN, loan) for loan in sorted(run.loans)],
            kind=kind.value,
            sent=run.sent,
            refused=len(run.refused),
            failed=len(run.failed),
            doubtful=len(told.doubtful),
        )


def _standings(session: Session, each: Envelope) -> dict[str, Standing]:
    """Return whether each address of a mail may get it, by the journal."""
    with troubles_spoken(session.base):
        past = messages.last_mails(session.base, each.letter.kind.value, each.letter.loan_id)
    now, lasts = session.now(), {address: past.get(address.lower()) for address in each.to}
    return {
        address: Standing.DUE if last is None else standing(last.state, last.at, now) for address, last in lasts.items()
    }


def _may_go(told: Standing, how: How) -> bool:
    return told is Standing.DUE or (told is Standing.DOUBTFUL and how.is_again)
