"""A real mail server on this computer, which answers as a test says: it takes, refuses, puts off, hangs up or hangs."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Final, NamedTuple

DROP: Final = "DROP"
HANG: Final = "HANG"
USER: Final = "envois"
PASSWORD: Final = "Mot-de-passe-été-17"  # noqa: S105 - of this server alone


class Taken(NamedTuple):
    """A mail that the server took."""

    sender: str
    to: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """Return the mail as a mail program reads it."""
        return message_from_bytes(self.content, policy=policy.default)


@dataclass
class LocalMailServer:
    """What the server answers and what it took; answers are used up one by one, then it accepts."""

    offers: tuple[str, ...] = ("AUTH PLAIN LOGIN", "8BITMIME", "SMTPUTF8")
    greetings: list[str] = field(default_factory=list)
    to: dict[str, list[str]] = field(default_factory=dict)
    senders: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    needs_login: bool = False
    after_taken: Callable[[], None] = lambda: None
    tls: ssl.SSLContext | None = None
    is_ssl: bool = False
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def got(self) -> list[str]:
        """Return the addresses that got a mail, in order."""
        return [address for each in self.taken for address in each.to]


class _Talk(socketserver.StreamRequestHandler):
    """One connection."""

    server: "_Server"

    def setup(self) -> None:
        if self.server.script.is_ssl:
            self.request = self._encrypted()
        super().setup()

    def _encrypted(self) -> ssl.SSLSocket:
        context = self.server.script.tls
        assert context is not None
        return context.wrap_socket(self.request, server_side=True)

    def handle(self) -> None:
        script = self.server.script
        script.connections += 1
        self.sender, self.recipients, self.is_known = "", list[str](), False
        try:
            if self._say(_next(script.greetings, "220 mail.example ESMTP")):
                while (line := self.rfile.readline()) and self._answer(line.decode("utf-8").strip()):
                    pass
        except (OSError, ValueError):
            return

    def _say(self, answer: str) -> bool:
        """Say the answer, and whether the talk goes on."""
        if answer == DROP:
            return False
        if answer == HANG:
            self.server.script.is_over.wait(20)
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        return not answer.startswith("421")

    def _answer(self, line: str) -> bool:
        word, _, rest = line.partition(" ")
        match word.upper():
            case "EHLO":
                return self._say(
                    "\r\n".join(f"250-{each}" for each in ("mail.example", *self._offers())) + "\r\n250 OK"
                )
            case "STARTTLS":
                self._say("220 go ahead")
                self.request = self._encrypted()
                super().setup()
                return True
            case "AUTH":
                return self._log_in(rest)
            case "MAIL":
                return self._begin(rest)
            case "RCPT":
                return self._add(rest.partition("<")[2].partition(">")[0])
            case "DATA":
                return self._take()
            case "QUIT":
                self._say("221 bye")
                return False
            case _:
                return self._say("250 OK")

    def _offers(self) -> tuple[str, ...]:
        script = self.server.script
        is_plain = script.tls is not None and not isinstance(self.request, ssl.SSLSocket)
        return (*script.offers, "STARTTLS") if is_plain else script.offers

    def _log_in(self, rest: str) -> bool:
        self.is_known = rest == "PLAIN " + base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
        return self._say("235 welcome" if self.is_known else "535 5.7.8 no")

    def _begin(self, rest: str) -> bool:
        script = self.server.script
        self.sender, self.recipients = rest.partition("<")[2].partition(">")[0], []
        accepted = "530 5.7.0 log in first" if script.needs_login and not self.is_known else "250 OK"
        return self._say(_next(script.senders, accepted))

    def _add(self, address: str) -> bool:
        answer = _next(self.server.script.to.get(address, []), "250 OK")
        if answer.startswith("250"):
            self.recipients.append(address)
        return self._say(answer)

    def _take(self) -> bool:
        script = self.server.script
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        answer = _next(script.ends, "250 taken")
        if answer.startswith("250") or answer == DROP:
            script.taken.append(Taken(self.sender, tuple(self.recipients), b"".join(lines)))
            script.after_taken()
        return self._say(answer)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, script: LocalMailServer) -> None:
        self.script = script
        super().__init__(("127.0.0.1", 0), _Talk)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that does not trust the certificate leaves in the middle."""


def _next(answers: list[str], usual: str) -> str:
    return answers.pop(0) if answers else usual


@contextmanager
def listening(script: LocalMailServer) -> Iterator[LocalMailServer]:
    """Let the server listen, on a free port that its `port` says."""
    with _Server(script) as server:
        script.port = int(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield script
        finally:
            script.is_over.set()
            server.shutdown()
            thread.join()


def certified(folder: Path) -> tuple[ssl.SSLContext, str]:
    """Return how a server of this computer encrypts, and the certificate that trusts it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "server.pem"
    file.write_bytes(secret + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, pem.decode("ascii")
