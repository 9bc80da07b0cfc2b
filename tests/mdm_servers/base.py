"""What all the servers share: HTTP on this computer, the keys they take, and the traps of any server."""

import json
import ssl
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import ClassVar, Final, Self
from urllib.parse import parse_qs, urlsplit

from tests.mdm_servers.fleet import Fleet
from tests.mdm_servers.traps import Trap, tablets

KEY: Final = "s3cr3t-that-nobody-may-see-7Qx"
ASKED_S: Final = 7
ELSEWHERE: Final = "http://127.0.0.1:9"
SWITCHED_ON: Final = "/switched-on/"
"""Where a person who tries the program by hand lets a tablet enrol, by its serial number."""
_TIMES: Final = 2
_LIFE: Final = 2  # listings for which a key that expires is good


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as it came."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    raw_query: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> object:
        """Return its body."""
        return json.loads(self.body)

    def form(self) -> Mapping[str, str]:
        """Return its form."""
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    def one(self, name: str, usual: str = "") -> str:
        """Return a parameter of its query."""
        return self.query.get(name, [usual])[0]


@dataclass(frozen=True, slots=True)
class Given:
    """An answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False


def given(said: object, status: int = 200, **headers: str) -> Given:
    """Return an answer of JSON."""
    return Given(status, json.dumps(said).encode(), {"Content-Type": "application/json", **headers})


class MdmServer(Fleet):
    """A vendor's server; `requests` are those that came, `tablets` those it tells of."""

    forbidden: ClassVar[int] = 403
    unauthorized: ClassVar[object] = {"error": "unauthorized"}
    page: ClassVar[int] = 100
    one_in: ClassVar[int] = 10
    megabits: ClassVar[float] = 0.0
    """How many megabits a second an answer comes at, as over a real line; 0 for as fast as it goes."""

    def __init__(self, devices: int = 30, traps: Collection[Trap] = (), port: int = 0) -> None:
        self.traps = frozenset(traps)
        super().__init__(tuple(tablets(devices, self.traps, self.one_in)))
        self.requests: list[Asked] = []
        self.listings = 0
        self.tokens = 0
        self._good = 0
        self._released = Event()
        self._lock = Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self.begin()
        self.tell()
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    def secure(self, certificate: str) -> None:
        """Speak TLS, with the certificate and key of a file."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.address = self.address.replace("http:", "https:")

    def serve(self) -> None:
        """Serve until it is interrupted."""
        self._server.serve_forever()

    def begin(self) -> None:
        """Keep what is asked of it, from now on."""

    def is_listing(self, asked: Asked) -> bool:
        """Say whether a request is for a page of devices."""
        raise NotImplementedError

    def is_known(self, asked: Asked) -> bool:
        """Say whether the key is right."""
        raise NotImplementedError

    def answered(self, asked: Asked) -> Given:
        """Answer a request whose key is right."""
        raise NotImplementedError

    def sold(self, asked: Asked) -> Given | None:
        """Answer a request for a token, None when it is for something else."""
        del asked
        return None

    def token(self) -> str:
        """Return a new token, the only good one from now on."""
        with self._lock:
            self.tokens += 1
            self._good = self.tokens
        return f"t0ken-that-nobody-may-see-{self.tokens}"

    def is_good(self, asked: Asked) -> bool:
        """Say whether a request carries the last token."""
        return self._good > 0 and asked.headers.get("authorization") == f"Bearer t0ken-that-nobody-may-see-{self._good}"

    def pages_of(self, records: Sequence[object], size: int | None = None) -> list[list[object]]:
        """Return the records by pages, an empty one where there are none, the odd ones in the first."""
        told = list(records)
        if Trap.ODD in self.traps:
            told[1:4] = odd(told[1:4])
        step = size or self.page
        return [told[begun : begun + step] for begun in range(0, len(told), step)] or [[]]

    def _answer(self, asked: Asked) -> Given:
        with self._lock:
            self.requests.append(asked)
        if asked.path.startswith(SWITCHED_ON):
            self.enrol(asked.path.removeprefix(SWITCHED_ON))
            return Given(204)
        sold = self.sold(asked)
        if sold is not None:
            return sold
        if not self.is_known(asked):
            return given(self.unauthorized, 401)
        if not self.is_listing(asked):
            return self.answered(asked)
        with self._lock:
            self.listings += 1
            self.tell()
        trapped = self._trapped(self.listings)
        if trapped is not None:
            return trapped
        answer = self.answered(asked)
        half = answer.body[: len(answer.body) // 2]
        if Trap.CUT in self.traps:
            return Given(answer.status, half, answer.headers)
        if Trap.DROPPED in self.traps or (Trap.DROPPED_ONCE in self.traps and self.listings == 1):
            return Given(answer.status, answer.body, answer.headers, is_cut=True)
        return answer

    def _trapped(self, turn: int) -> Given | None:  # noqa: C901 - one line a trap
        traps = self.traps
        if (Trap.EXPIRES in traps and turn == _LIFE) or (Trap.EXPIRES_FOR_GOOD in traps and turn >= _LIFE):
            return given(self.unauthorized, 401)
        if Trap.BUSY in traps and turn <= _TIMES:
            return given({}, 429, **{"Retry-After": str(ASKED_S)})
        if Trap.BUSY_DATE in traps and turn <= _TIMES:
            until = datetime.now(UTC) + timedelta(seconds=ASKED_S)
            return given({}, 429, **{"Retry-After": format_datetime(until, usegmt=True)})
        if (Trap.BUSY_BARE in traps and turn <= _TIMES) or Trap.ALWAYS_BUSY in traps:
            return given({}, 429)
        if Trap.BUSY_FOR_HOURS in traps:
            return given({}, 429, **{"Retry-After": "7200"})
        if (Trap.ERRORS in traps and turn <= _TIMES) or Trap.DOWN in traps:
            return given({"error": "internal"}, 500)
        if Trap.HTML in traps:
            return Given(200, b"<!DOCTYPE html><title>Portal</title>", {"Content-Type": "text/html"})
        if Trap.OTHER_SHAPE in traps:
            return given({"unexpected": ["shape"]})
        if Trap.FORBIDDEN in traps:
            return given({"error": {"code": self.forbidden, "message": "Forbidden"}}, self.forbidden)
        if Trap.HANG in traps:
            self._released.wait(30)
        return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            """Hands requests over."""

            protocol_version = "HTTP/1.1"
            wbufsize = 65536
            disable_nagle_algorithm = True

            def _do(self) -> None:
                parted = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                query = parse_qs(parted.query, keep_blank_values=True)
                asked = Asked(self.command, parted.path, query, parted.query, headers, body)
                answer = server._answer(asked)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self._send(answer.body[: len(answer.body) // 2] if answer.is_cut else answer.body)
                self.close_connection = self.close_connection or answer.is_cut

            def _send(self, body: bytes) -> None:
                begun = time.monotonic()
                step = len(body) or 1 if not server.megabits else 32768
                for place in range(0, len(body), step):
                    self.wfile.write(body[place : place + step])
                    self.wfile.flush()
                    if server.megabits:
                        due = begun + (place + step) * 8 / (server.megabits * 1e6)
                        time.sleep(max(due - time.monotonic(), 0))
                self.wfile.flush()

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _do  # noqa: N815 - http.server's names

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        return Handler


def odd(records: Sequence[object]) -> list[object]:
    """Return records that are not as documented: no identifier, no object, a number that is a list."""
    first = records[0]
    assert isinstance(first, dict)
    nameless = {
        name: value for name, value in first.items() if name not in ("UDID", "id", "name", "number", "mobileDeviceId")
    }
    return [nameless, "not a device", {name: ["x"] for name in first}]
