"""One polite HTTP client for all MDMs: it waits when asked to, tries again, trusts no stranger, and keeps the key.

No httpx error leaves this file, not even as a context: such an error carries the request, and the request the key.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Final

import httpx

from tablet_loans.domain.enrolment import KeyRefused, MdmAway, MdmBusy, MdmGarbled, MdmTrouble, Reach, RightMissing
from tablet_loans.services.mdm import wire
from tablet_loans.services.mdm.fields import Json, parsed
from tablet_loans.services.mdm.keys import Key
from tablet_loans.services.mdm.sieve import Sieve
from tablet_loans.text import N_

Params = Mapping[str, str | int]

_LIVES: Final = 6
_LIVES_OF: Final = {wire.SILENT: 3, wire.UNKNOWN: 3, wire.NO_ADDRESS: _LIVES}
"""What is not soon better, or costs a whole time-out each time, is tried less often."""
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 60.0
_LONGEST_ASKED_S: Final = 300.0
_TOTAL: Final = 10  # times the time-out of a single read, for a whole answer
_LARGEST: Final = 512 * 1024 * 1024
_HOPS: Final = 3


@dataclass(frozen=True, slots=True)
class Manners:
    """What waits, what hears a cancel (by raising), and the clock and the chance they go by."""

    wait: Callable[[float], None]
    heard: Callable[[], None]
    now: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Call:
    """One request; an order is not sent again when it may have been heard, an open one carries no key."""

    method: str
    target: str
    right: str = ""
    params: Params | None = None
    body: object = None
    form: Mapping[str, str] | None = None
    is_order: bool = False
    is_open: bool = False
    sieve: Sieve | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, below 500 and neither 401, 403, 405 nor 429; `next_link` is its Link header's."""

    status: int
    body: object = None
    next_link: str = ""

    @property
    def is_good(self) -> bool:
        """Whether it did what was asked."""
        return self.status < 300


@dataclass(frozen=True, slots=True)
class _Setback:
    """Why a try failed, after how long another may be made, and how much patience it costs."""

    trouble: MdmTrouble
    pause_s: float | None = None
    lives: int = 1


class Polite:
    """The way to one MDM. All that asks may raise MdmTrouble, and what `manners.heard` raises."""

    def __init__(
        self,
        mdm: str,
        reach: Reach,
        key: Key,
        manners: Manners,
        per_second: float,
        connections: int = 2,
        refusal: int = 401,
    ):
        self.mdm = mdm
        self.base = wire.base_of(mdm, reach.address)
        self._client = wire.client_of(mdm, reach, self.base, connections)
        self._key = key
        self._manners = manners
        self._total_s = reach.timeout_s * _TOTAL
        self._pace_s = 1 / per_second
        self._refusal = refusal
        self._turn = 0.0
        self._lock = Lock()

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def read(
        self, target: str, right: str, params: Params | None = None, *, by: str = "GET", body: object = None
    ) -> Json:
        """Return the object that stands at `target`."""
        found = self.ask(Call(by, target, right, params, body)).body
        if not isinstance(found, dict):
            raise MdmGarbled(mdm=self.mdm, reason=wire.OTHER_SHAPE)
        return found

    def ask(self, call: Call) -> Answer:
        """Return what the server did as it was asked. Raises: MdmGarbled when there is no such thing."""
        answer = self.send(call)
        if not answer.is_good:
            raise MdmGarbled(mdm=self.mdm, reason=wire.NOTHING_THERE)
        return answer

    def send(self, call: Call) -> Answer:
        """Return what the server answered, after as many tries as patience allows."""
        lives, turn, is_renewed = _LIVES, 0, False
        while True:
            self._take_turn()
            found = self._tried(call)
            if isinstance(found, Answer):
                if found.status != 401 or call.is_open:
                    return found
                if is_renewed or not self._key.renew():
                    raise KeyRefused(mdm=self.mdm)
                is_renewed = True
                continue
            lives -= found.lives
            if lives <= 0:
                raise found.trouble
            self._manners.wait(found.pause_s if found.pause_s is not None else self._pause_s(turn))
            turn += 1

    def _take_turn(self) -> None:
        self._manners.heard()
        with self._lock:
            now = self._manners.now()
            turn = max(now, self._turn)
            self._turn = turn + self._pace_s
        if turn > now:
            self._manners.wait(turn - now)

    def _pause_s(self, turn: int) -> float:
        """Return an exponential pause, of which half is chance, so that stations don't come back together."""
        most = min(_FIRST_PAUSE_S * 2.0**turn, _LONGEST_PAUSE_S)
        return most * (1 + self._manners.chance()) / 2

    def _tried(self, call: Call) -> "Answer | _Setback":
        reply = self._exchanged(call)
        if isinstance(reply, MdmTrouble):
            is_begun = call.sieve is not None and call.sieve.count > 0  # again would be from the beginning
            if call.is_order or is_begun or not isinstance(reply, MdmAway):
                raise reply
            return _Setback(reply, lives=_LIVES_OF.get(str(reply.facts["reason"]), 1))
        status = 401 if reply.status == self._refusal else reply.status
        if status == 429 or (status == 503 and "retry-after" in reply.headers):
            return self._asked_to_wait(reply)
        if status >= 500:
            away = MdmAway(mdm=self.mdm, reason=N_("its server has an error of its own"))
            if call.is_order and status != 503:
                raise away
            return _Setback(away)
        if status in (403, 405) and not reply.is_page and not call.is_open:
            raise RightMissing(mdm=self.mdm, right=call.right)
        if reply.is_page and status not in (401, 404):
            raise MdmGarbled(mdm=self.mdm, reason=N_("it is a web page"))
        return Answer(status, self._body(reply), reply.next_link)

    def _asked_to_wait(self, reply: "wire.Reply") -> _Setback:
        asked_s = _retry_after_s(reply.headers)
        if asked_s is not None and asked_s > _LONGEST_ASKED_S:
            raise MdmBusy(mdm=self.mdm)
        return _Setback(MdmBusy(mdm=self.mdm), asked_s)

    def _body(self, reply: "wire.Reply") -> object:
        if not reply.content.strip():
            return None
        try:
            return parsed(reply.content)
        except (ValueError, RecursionError):
            is_needed = reply.status < 300
        if is_needed:
            raise MdmGarbled(mdm=self.mdm, reason=N_("it is cut short, or no JSON"))
        return None

    def _exchanged(self, call: Call) -> "wire.Reply | MdmTrouble":
        """Return the reply, through redirects to the same server only; the key goes nowhere else."""
        target = call.target if call.is_open else wire.at_home(self.mdm, self.base, call.target)
        headers = {} if call.is_open else self._key.headers()
        if not all(value.isascii() and value.isprintable() and value == value.strip() for value in headers.values()):
            raise KeyRefused(mdm=self.mdm)
        for _hop in range(_HOPS):
            reply = self._fetched(call, target, headers)
            if isinstance(reply, MdmTrouble) or not reply.location:
                return reply
            if call.method != "GET":
                break
            target = wire.at_home(self.mdm, self.base, reply.location)
        raise MdmGarbled(mdm=self.mdm, reason=wire.ELSEWHERE)

    def _fetched(self, call: Call, target: str, headers: Mapping[str, str]) -> "wire.Reply | MdmTrouble":
        until, sieve = self._manners.now() + self._total_s, call.sieve
        if sieve is not None:
            sieve.begin()
        try:
            request = self._client.build_request(
                call.method, target, params=call.params, json=call.body, data=call.form, headers=headers
            )
            response = self._client.send(request, stream=True)
            try:
                content, length = bytearray(), 0
                is_sifted = sieve is not None and wire.is_json(response)
                for chunk in response.iter_bytes():
                    length += len(chunk)
                    if sieve is not None and is_sifted:
                        sieve.feed(chunk)
                    else:
                        content += chunk
                    self._manners.heard()
                    if self._manners.now() > until:
                        return MdmAway(mdm=self.mdm, reason=wire.SILENT)
                    if length > _LARGEST:
                        return MdmGarbled(mdm=self.mdm, reason=N_("it is far too long"))
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return wire.trouble_of(self.mdm, error)
        return wire.Reply.of(response, sieve.remains() if sieve is not None and is_sifted else bytes(content))


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return for how long a server asks to wait: seconds, or a date beside its own clock's."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        until = parsedate_to_datetime(said)
        its_now = parsedate_to_datetime(headers["date"]) if "date" in headers else datetime.now(UTC)
        return max((until - its_now).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None
