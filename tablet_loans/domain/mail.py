"""A mail to a home about a loan: its server, its addresses, what it says, and what became of it."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.letter import Letter, LetterSender
from tablet_loans.text import N_

MAIL: Final = "mail"
FILE: Final = "file"
TEST: Final = "test"
QUIET_DAYS: Final = 3
"""The same letter about the same loan does not go to the same address again within so many days."""
_NOWHERE: Final = "tablet-loans.invalid"
_LONGEST_ADDRESS: Final = 254
_LONGEST_LOCAL: Final = 64
_LONGEST_REASON: Final = 200
_UNBROKEN: Final = "\u00a0\u202f"
"""The spaces of French punctuation, which count as not printable."""
_NUMBERED: Final = {"fr": "Prêt n°\u00a0{number}", "en": "Loan no. {number}"}
_LOCAL: Final = re.compile(r"[^\s@<>()\[\],;:\\\"]+")
_DOMAIN: Final = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_](?:[\w-]{0,61}[^\W_])?")
_HOST: Final = re.compile(r"[\w.:-]{1,253}", re.ASCII)
_IN_TEXT: Final = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[\w.-]+")
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Security(StrEnum):
    """How the line to a mail server is encrypted."""

    STARTTLS = "starttls"
    SSL = "ssl"
    NONE = "none"


class MessageState(StrEnum):
    """What became of a message; one left at `sending` may have left or not."""

    PRINTED = "printed"
    WRITTEN = "written"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"


MESSAGE_WORDS: Final[Mapping[str, str]] = {
    MessageState.PRINTED: N_("printed"),
    MessageState.WRITTEN: N_("written into a file"),
    MessageState.SENDING: N_("not known whether it left"),
    MessageState.SENT: N_("sent"),
    MessageState.REFUSED: N_("undeliverable"),
    MessageState.FAILED: N_("not sent"),
}
WAY_WORDS: Final[Mapping[str, str]] = {"paper": N_("on paper"), MAIL: N_("by mail"), FILE: N_("mail in a file")}


class Standing(StrEnum):
    """Whether a letter may go to an address, by what became of the last one."""

    DUE = "due"
    RECENT = "recent"
    DOUBTFUL = "doubtful"


class NoMailServer(Refusal):
    """No mail server is set."""

    sentence = N_("No mail server is set.")
    way_out = N_("An administrator sets one with “tablet-loans mail connect”, or write the mails with “mail files”.")


class NotAnAddress(Refusal):
    """The text is no mail address."""

    sentence = N_("“{address}” is not a mail address.")


class BadMailServer(Refusal):
    """The mail server's name, port, user or authority is not one."""

    sentence = N_("The mail server cannot be set so: {reason}.")


class PlainLine(BadMailServer):
    """Mails and passwords leave this computer encrypted or not at all."""

    sentence = N_("Without encryption, mails go to a server on this computer alone; {host} is another one.")
    way_out = N_("Choose --security starttls (port 587) or ssl (port 465).")


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes an authority's mails; its password is kept elsewhere.

    `sender` is the address mails come from, `authority_pem` the certificate authorities that are trusted instead of
    the computer's, none when empty.
    """

    host: str
    port: int
    user: str
    sender: str
    security: Security = Security.STARTTLS
    authority_pem: str = field(default="", repr=False)

    @property
    def is_here(self) -> bool:
        """Say whether the server is on this computer."""
        return self.host.lower() in _HERE

    @property
    def secret_name(self) -> str:
        """Return under which name its password is kept: that of one server is never told to another."""
        return f"mail {self.user}@{self.host.lower()}:{self.port}"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one home: clean texts and addresses; the same facts make the same mail.

    A draft may leave its sender to the program that sends it.
    """

    sender: str
    sender_name: str
    to: tuple[str, ...]
    subject: str
    paragraphs: tuple[str, ...]
    signature: tuple[str, ...]
    message_id: str
    written_at: datetime
    language: str
    reply_to: str = ""
    attached: bytes = field(default=b"", repr=False)
    attached_name: str = ""


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A line of the journal as lists show it; of an address, only what tells it from another."""

    at: datetime
    kind: str
    loan: str | None
    way: str
    address: str
    state: str
    reason: str


def is_address(text: str) -> bool:
    """Say whether a text is one mail address; letters of any script may stand on both sides of the @."""
    local, at, domain = text.rpartition("@")
    is_short = 0 < len(local) <= _LONGEST_LOCAL and len(text) <= _LONGEST_ADDRESS and text.isprintable()
    is_dotted_well = not (local.startswith(".") or local.endswith(".") or ".." in local)
    return bool(
        at
        and is_short
        and is_dotted_well
        and _LOCAL.fullmatch(local)
        and _DOMAIN.fullmatch(domain)
        and _ascii_domain(domain)
    )


def sendable(address: str) -> str:
    """Return an address as servers take it: its domain in ASCII. Source: RFC 5891, through IDNA 2003."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{_ascii_domain(domain)}"


def _ascii_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def masked(address: str) -> str:
    """Return what a list shows of an address: j***@example.org."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}***{at}{domain}" if address else ""


def told_reason(reply: str) -> str:
    """Return what a server said as the journal keeps it: on a line, short, its addresses masked."""
    return _IN_TEXT.sub(lambda found: masked(found[0]), one_line(reply))[:_LONGEST_REASON]


def one_line(text: str) -> str:
    """Return a text that is safe in a header: no line end, no control character, no half character."""
    kept = "".join(mark if mark.isprintable() or mark in _UNBROKEN else " " for mark in text)
    return " ".join(part for part in kept.split(" ") if part).strip()


def several_lines(text: str) -> str:
    """Return a text whose only control characters are line ends."""
    return "\n".join(one_line(line) for line in text.splitlines())


def why_not_server(server: MailServer) -> Refusal | None:
    """Return why a mail server cannot be set so, or None."""
    if not _HOST.fullmatch(server.host):
        return BadMailServer(reason=N_("its name holds a sign that no server's name holds"))
    if not 1 <= server.port <= 65_535:
        return BadMailServer(reason=N_("a port lies between 1 and 65535"))
    if server.user != one_line(server.user):
        return BadMailServer(reason=N_("the user holds a sign that no user's name holds"))
    if not is_address(server.sender) or not server.sender.isascii():
        return NotAnAddress(address=one_line(server.sender))
    if server.security is Security.NONE and not server.is_here:
        return PlainLine(host=server.host)
    return None


def addresses(letter: Letter) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the addresses of a letter's home that are some, each once, and those that are none."""
    said = dict.fromkeys(text for each in letter.emails if (text := each.strip()))
    right = {sendable(each).lower(): sendable(each) for each in reversed(said) if is_address(each)}
    return tuple(reversed(right.values())), tuple(each for each in said if not is_address(each))


def envelopes(letter: Letter) -> list[tuple[str, ...]]:
    """Return to which addresses each mail of a letter goes; who is in one sees the others.

    Those of one home share a mail. Where nobody knows whether they live together each has one, and so has an address
    with letters beyond ASCII, which some servers refuse.
    """
    right, _ = addresses(letter)
    together = tuple(each for each in right if each.isascii()) if letter.home.address else ()
    return [*([together] if together else []), *((each,) for each in right if each not in together)]


def mail_of(letter: Letter, sender: LetterSender, to: Sequence[str], server_sender: str, at: datetime) -> Mail:
    """Return the mail that brings a letter to these addresses of its home."""
    reply_to = one_line(sender.helpline)
    numbered = _NUMBERED.get(sender.language, _NUMBERED["fr"]).format(number=letter.number)
    signature = tuple(filter(None, map(one_line, (sender.authority, sender.helpline, numbered))))
    return Mail(
        sender=server_sender,
        sender_name=one_line(sender.authority),
        to=tuple(to),
        subject=one_line(letter.subject),
        paragraphs=tuple(map(several_lines, letter.paragraphs)),
        signature=signature,
        message_id=message_id(letter, sender.written_on, server_sender),
        written_at=at,
        language=sender.language,
        reply_to=reply_to if is_address(reply_to) and reply_to.isascii() else "",
    )


def message_id(letter: Letter, on: date, server_sender: str) -> str:
    """Return a mail's number: the same for the same letter to the same home on the same day."""
    home = "|".join(sorted(each.lower() for each in addresses(letter)[0]))
    said = f"{letter.number}|{letter.kind}|{home}|{on.isoformat()}"
    place = server_sender.rpartition("@")[2] or _NOWHERE
    return f"<{hashlib.sha256(said.encode()).hexdigest()[:32]}@{place}>"


def is_mailed(letter: Letter) -> bool:
    """Say whether a letter has an address to go to."""
    return bool(addresses(letter)[0])


def standing(last_state: str, last_at: datetime, now: datetime) -> Standing:
    """Return whether a letter may go again, by the last one of its kind about its loan to its address."""
    if last_state == MessageState.SENDING:
        return Standing.DOUBTFUL
    if last_state == MessageState.SENT and now - last_at < timedelta(days=QUIET_DAYS):
        return Standing.RECENT
    return Standing.DUE
