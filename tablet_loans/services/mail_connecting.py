"""The mail server of an authority: set, tried, forgotten; its password is in the keyring or asked for, nowhere else."""

import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tablet_loans import logs
from tablet_loans.domain.errors import DemonstrationBase
from tablet_loans.domain.mail import (
    MAIL,
    TEST,
    BadMailServer,
    Mail,
    MailServer,
    MessageState,
    NoMailServer,
    NotAnAddress,
    Security,
    is_address,
    one_line,
    sendable,
    why_not_server,
)
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import MailServerAway, MailServerBusy, NoPlaceForSecret
from tablet_loans.services.documents.mail import mail_bytes
from tablet_loans.services.session import Session
from tablet_loans.services.smtp import AnswerUnknown, Dropped, Line, PutOff
from tablet_loans.storage import messages, secrets, settings
from tablet_loans.storage.database import shown, troubles_spoken
from tablet_loans.text import N_, language, tr

AskPassword = Callable[[], str]
PASSWORD_VARIABLE: Final = "TABLET_LOANS_MAIL_PASSWORD"  # noqa: S105 - a name
_SUBJECT: Final = N_("Test of the mails of tablet-loans")
_TEXT: Final = N_("This mail was sent to try the mail server. Nothing is asked of you.")


@dataclass(frozen=True, slots=True)
class Connected:
    """The mail server as it was tried and kept; a password that is not kept is asked for each time."""

    host: str
    port: int
    security: Security
    user: str
    sender: str
    is_password_kept: bool


@dataclass(frozen=True, slots=True)
class Tested:
    """What became of a test mail."""

    state: MessageState
    reason: str


def server(session: Session) -> MailServer:
    """Return the mail server. Raises: NoMailServer, BaseTrouble."""
    with troubles_spoken(session.base):
        found = settings.mail_server(session.base)
    if found is None:
        raise NoMailServer()
    return found


def connect(session: Session, asked: MailServer, ask: AskPassword) -> Connected:
    """Try a mail server and keep it; one that cannot be used changes nothing.

    Raises: NotPermitted, BadMailServer, NotAnAddress, MailTrouble, BaseTrouble.
    """
    session.require(Permission.ADMINISTER)
    if refusal := why_not_server(asked):
        raise refusal
    _must_be_certificates(asked.authority_pem)
    password = (os.environ.get(PASSWORD_VARIABLE) or ask()) if asked.user else ""
    with Line(asked, password) as line:
        _opened(asked, line)
    with session.transaction():
        before = settings.mail_server(session.base)
        settings.keep_mail_server(session.base, asked)
    if before is not None and before.secret_name != asked.secret_name:
        secrets.forget_secret(_place(session), before.secret_name)
    is_kept = bool(asked.user) and _is_kept(session, asked, password)
    logs.LOG.info("mail server set, security=%s", asked.security)
    return Connected(asked.host, asked.port, asked.security, asked.user, asked.sender, is_kept)


def forget(session: Session) -> None:
    """Forget the mail server and its password. Raises: NotPermitted, NoMailServer, BaseTrouble."""
    session.require(Permission.ADMINISTER)
    former = server(session)
    with session.transaction():
        settings.keep_mail_server(session.base, None)
    secrets.forget_secret(_place(session), former.secret_name)
    logs.LOG.info("mail server forgotten")


def test(session: Session, to: str, ask: AskPassword) -> Tested:
    """Send a test mail and return what the server said.

    Raises: NotPermitted, NoMailServer, NotAnAddress, DemonstrationBase, MailTrouble, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.ADMINISTER)
    if not is_address(to):
        raise NotAnAddress(address=one_line(to))
    messages.must_be_here(session.base)
    chosen = server(session)
    must_be_real(session, chosen)
    address = sendable(to)
    with session.transaction() as act:
        kept = messages.add(session.base, TEST, MAIL, address, MessageState.SENDING, at=act.at, by=session.actor.name)
    state, reason = MessageState.FAILED, ""
    try:
        with Line(chosen, password(session, chosen, ask)) as line:
            _opened(chosen, line)
            reply = line.send([address], _test_mail(session, chosen, address))[address]
            state, reason = reply.state, "" if reply.is_taken else str(reply)
    except AnswerUnknown:
        state = MessageState.SENDING
    except (PutOff, Dropped) as error:
        raise gave_up(chosen, error) from error
    finally:
        with session.transaction():
            messages.settle(session.base, kept, state, reason)
    return Tested(state, reason)


def password(session: Session, chosen: MailServer, ask: AskPassword) -> str:
    """Return the password of the mail server: the variable's, the keyring's, else the one asked for."""
    if not chosen.user:
        return ""
    return os.environ.get(PASSWORD_VARIABLE) or secrets.secret(_place(session), chosen.secret_name) or ask()


def must_be_real(session: Session, chosen: MailServer) -> None:
    """Refuse to write to the people of a demonstration, unless to this computer. Raises: DemonstrationBase."""
    if session.settings.is_demonstration and not chosen.is_here:
        raise DemonstrationBase()


def gave_up(chosen: MailServer, error: PutOff | Dropped) -> MailServerBusy | MailServerAway:
    """Return what is said when a server puts everything off, or hangs up each time."""
    if isinstance(error, PutOff):
        return MailServerBusy(host=chosen.host, reason=str(error))
    return MailServerAway(host=chosen.host, port=chosen.port, reason=N_("it hung up"))


def _opened(chosen: MailServer, line: Line) -> None:
    try:
        line.open()
    except PutOff as error:
        raise gave_up(chosen, error) from error


def _is_kept(session: Session, asked: MailServer, password: str) -> bool:
    try:
        secrets.keep_secret(_place(session), asked.secret_name, password)
    except NoPlaceForSecret:
        return False
    return True


def _must_be_certificates(pem: str) -> None:
    """Refuse a file of trusted authorities that holds none. Raises: BadMailServer."""
    if not pem:
        return
    try:
        ssl.create_default_context(cadata=pem)
    except (ssl.SSLError, ValueError, TypeError):
        raise BadMailServer(reason=N_("the file of authorities holds no certificate")) from None


def _test_mail(session: Session, chosen: MailServer, address: str) -> bytes:
    at = session.now()
    mail = Mail(
        sender=chosen.sender,
        sender_name=one_line(session.settings.authority),
        to=(address,),
        subject=tr(_SUBJECT),
        paragraphs=(tr(_TEXT),),
        signature=(one_line(session.settings.authority),),
        message_id=f"<test.{at:%Y%m%d%H%M%S%f}@{chosen.sender.rpartition('@')[2]}>",
        written_at=at,
        language=language(),
    )
    return mail_bytes(mail)


def _place(session: Session) -> str:
    """Return the base's address, under which the keyring keeps its secrets."""
    return str(session.base.path.absolute()) if session.base.path is not None else shown(session.base.url)
