"""A line to a mail server: opened when needed, encrypted and checked, and honest about what was taken. An adapter."""

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Final, NamedTuple, Self

from tablet_loans.domain.mail import MailServer, MessageState, Security, told_reason
from tablet_loans.domain.trouble import (
    MailLoginRefused,
    MailNotEncrypted,
    MailNotTrusted,
    MailSenderRefused,
    MailServerAway,
)
from tablet_loans.text import N_

TIMEOUT_S = 60.0
MOST_ON_A_LINE: Final = 100
_LEADING_DOT: Final = re.compile(rb"(?m)^\.")
_CLOSING: Final = 421
_GO_ON: Final = 354


class Reply(NamedTuple):
    """What a server said of one recipient: three figures, and words."""

    code: int
    words: str

    @property
    def is_taken(self) -> bool:
        """Say whether the server took it."""
        return 200 <= self.code < 300

    @property
    def is_put_off(self) -> bool:
        """Say whether the server may take it later."""
        return 400 <= self.code < 500

    @property
    def state(self) -> MessageState:
        """Return what became of a mail by this answer."""
        if self.is_taken:
            return MessageState.SENT
        return MessageState.FAILED if self.is_put_off else MessageState.REFUSED

    def __str__(self) -> str:
        return told_reason(f"{self.code} {self.words}")


_NOT_HERE: Final = Reply(553, "5.6.7 SMTPUTF8")
"""What a server without international addresses would answer. Source: RFC 6531, section 3.5."""


class PutOff(Exception):
    """The server wants nothing now; nothing was given to it."""


class Dropped(Exception):
    """The line broke before the mail was given: it did not leave."""


class AnswerUnknown(Exception):
    """The line broke after the mail was given, before the answer: it may have left."""


class Line:
    """A line to one server; it is opened again after many mails, and after it broke."""

    def __init__(self, server: MailServer, password: str = "", *, timeout_s: float | None = None) -> None:
        """Remember what opens the line; nothing is opened yet."""
        self.password = password
        self._server = server
        self._timeout_s = TIMEOUT_S if timeout_s is None else timeout_s
        self._open: smtplib.SMTP | None = None
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Take leave of the server."""
        if self._open is not None:
            with suppress(OSError):
                self._open.quit()
            self._open.close()
        self._open = None

    def open(self) -> smtplib.SMTP:
        """Return the line, encrypted and logged in.

        Raises: MailServerAway, MailNotTrusted, MailNotEncrypted, MailLoginRefused, PutOff.
        """
        if self._open is not None and self._count >= MOST_ON_A_LINE:
            self.close()
        if self._open is None:
            self._open, self._count = self._opened(), 0
        return self._open

    def send(self, recipients: Sequence[str], content: bytes) -> dict[str, Reply]:
        """Give one mail to the server and return what it said of each recipient.

        Raises: PutOff, Dropped, AnswerUnknown, MailSenderRefused and what `open` raises.
        """
        line = self.open()
        if not (all(each.isascii() for each in recipients) or line.has_extn("smtputf8")):
            return dict.fromkeys(recipients, _NOT_HERE)
        self._count += 1
        with self._breaking(line):
            self._say_sender(line, recipients)
            replies = {each: Reply(*_decoded(line.rcpt(each))) for each in recipients}
            if closing := next((each for each in replies.values() if each.code == _CLOSING), None):
                raise PutOff(str(closing))
            taken = [each for each, reply in replies.items() if reply.is_taken]
            begun = Reply(*_decoded(line.docmd("DATA"))) if taken else None
            if begun is not None and begun.code == _CLOSING:
                raise PutOff(str(begun))
            if begun is None or begun.code != _GO_ON:
                line.rset()
                return replies if begun is None else {**replies, **dict.fromkeys(taken, begun)}
        return {**replies, **dict.fromkeys(taken, self._given(line, content))}

    def _say_sender(self, line: smtplib.SMTP, recipients: Sequence[str]) -> None:
        """Say who sends. Raises: PutOff, MailSenderRefused, MailLoginRefused."""
        is_international = not all(each.isascii() for each in recipients)
        options = ["SMTPUTF8", "BODY=8BITMIME"] if is_international else []
        line.command_encoding = "ascii"
        said = Reply(*_decoded(line.mail(self._server.sender, options)))
        if said.is_taken:
            return
        if said.is_put_off:
            raise PutOff(str(said))
        if said.code == 530:
            raise MailLoginRefused(host=self._server.host, user=self._server.user)
        raise MailSenderRefused(host=self._server.host, sender=self._server.sender, reason=str(said))

    def _given(self, line: smtplib.SMTP, content: bytes) -> Reply:
        """Give the mail itself and return the answer. Raises: AnswerUnknown, PutOff."""
        dotted = _LEADING_DOT.sub(b"..", content)
        try:
            line.send(dotted + (b".\r\n" if dotted.endswith(b"\r\n") else b"\r\n.\r\n"))
            answer = Reply(*_decoded(line.getreply()))
        except BaseException as error:
            self._forget(line)
            if isinstance(error, OSError):
                raise AnswerUnknown from error
            raise
        if answer.code == _CLOSING:
            self._forget(line)
            raise PutOff(str(answer))
        return answer

    @contextmanager
    def _breaking(self, line: smtplib.SMTP) -> Iterator[None]:
        """Forget a line that broke or closes. Raises: Dropped, PutOff."""
        try:
            yield
        except BaseException as error:  # also Ctrl+C: nobody waits for the leave-taking of a line in mid-sentence
            self._forget(line)
            if isinstance(error, OSError):
                raise Dropped from error
            raise

    def _forget(self, line: smtplib.SMTP) -> None:
        line.close()
        self._open = None

    def _opened(self) -> smtplib.SMTP:
        server = self._server
        try:
            return self._logged_in(self._encrypted())
        except ssl.SSLCertVerificationError as error:
            reason = told_reason(error.verify_message or "?")
            raise MailNotTrusted(host=server.host, reason=reason) from error
        except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
            raise MailNotEncrypted(host=server.host, port=server.port) from error
        except smtplib.SMTPResponseException as error:
            if 400 <= error.smtp_code < 500:
                raise PutOff(str(Reply(*_decoded((error.smtp_code, error.smtp_error))))) from error
            raise MailServerAway(host=server.host, port=server.port, reason=N_("it takes no program in")) from error
        except OSError as error:
            raise MailServerAway(host=server.host, port=server.port, reason=_why_away(error)) from error

    def _encrypted(self) -> smtplib.SMTP:
        server = self._server
        trusted = ssl.create_default_context(cadata=server.authority_pem or None)
        own_name = server.sender.rpartition("@")[2]  # a server is told the authority's name, not this computer's
        if server.security is Security.SSL:
            return smtplib.SMTP_SSL(
                server.host, server.port, local_hostname=own_name, timeout=self._timeout_s, context=trusted
            )
        line = smtplib.SMTP(server.host, server.port, local_hostname=own_name, timeout=self._timeout_s)
        if server.security is Security.STARTTLS:
            try:
                line.starttls(context=trusted)
            except BaseException:
                line.close()
                raise
        return line

    def _logged_in(self, line: smtplib.SMTP) -> smtplib.SMTP:
        try:
            line.ehlo_or_helo_if_needed()
            if self._server.user:
                self._log_in(line)
        except BaseException:
            line.close()
            raise
        return line

    def _log_in(self, line: smtplib.SMTP) -> None:
        """Log in; a password may hold any letter. Raises: MailLoginRefused. Source: RFC 4616 (PLAIN)."""
        user, refused = self._server.user, MailLoginRefused(host=self._server.host, user=self._server.user)
        try:
            if "PLAIN" in line.esmtp_features.get("auth", "").upper().split():
                said = base64.b64encode(f"\0{user}\0{self.password}".encode()).decode("ascii")
                code, words = line.docmd("AUTH", f"PLAIN {said}")
            else:
                code, words = line.login(user, self.password)
        except smtplib.SMTPAuthenticationError as error:
            code, words = error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""
        except (smtplib.SMTPNotSupportedError, UnicodeEncodeError):
            raise refused from None
        if 400 <= code < 500:
            raise smtplib.SMTPResponseException(code, words)
        if code not in {235, 503}:
            raise refused


def _decoded(said: tuple[int, bytes | str]) -> tuple[int, str]:
    code, words = said
    return code, words if isinstance(words, str) else words.decode("utf-8", errors="replace")


def _why_away(error: Exception) -> str:
    match error:
        case TimeoutError():
            return N_("no answer in time")
        case ConnectionRefusedError():
            return N_("nothing listens there")
        case socket.gaierror():
            return N_("no computer has this name")
        case smtplib.SMTPServerDisconnected() | ConnectionResetError():
            return N_("it hung up")
        case _:
            return N_("the network does not lead there")
