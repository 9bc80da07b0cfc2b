"""What all the leaves share: pages read ahead, a test of the connection, and what an MDM said to an order."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from tablet_loans.domain.enrolment import (
    Connected,
    ExternalRecord,
    KeyRefused,
    MdmAct,
    MdmGarbled,
    Order,
    Page,
    RightMissing,
    Secret,
    TaskState,
    Told,
)
from tablet_loans.services.mdm.ahead import Sheet, pages_ahead
from tablet_loans.services.mdm.fields import Json
from tablet_loans.services.mdm.polite import Answer, Manners, Polite
from tablet_loans.services.mdm.wire import NOTHING_THERE, OTHER_SHAPE
from tablet_loans.text import N_

NOT_OFFERED: Final = N_("this MDM does not offer it")
_UNKNOWN: Final = N_("the MDM no longer knows this device")
_REFUSED: Final = N_("the MDM refuses it")
_LONGEST_LIFE_S: Final = 86_400
_SAID_IN: Final = ("message", "description", "error", "errors")
_IN_WORDS: Final = re.compile(r"[A-Za-z][\w .,:;’'()/-]{3,160}")


class Leaf:
    """A connector, but for what is the vendor's own: `_sheets`, `_read`, the field of the identifier and the orders."""

    acts: frozenset[MdmAct] = frozenset()
    id_field = "id"

    def __init__(self, polite: Polite, manners: Manners, secret: Secret) -> None:
        self._polite = polite
        self._manners = manners
        self._secret = secret

    def pages(self, start: str = "") -> Iterator[Page]:
        """Yield the devices page by page. Raises: MdmTrouble."""
        deliver = partial(self._deliver, start)
        return pages_ahead(self._polite.mdm, deliver, self._read, self._manners.heard, start, self.id_field)

    def ask(self, order: Order) -> Told:
        """Pass an order on. Raises: MdmTrouble."""
        return self._ordered(order) if order.act in self.acts else Told(TaskState.FAILED, reason=NOT_OFFERED)

    def outcome(self, order: Order, reference: str) -> Told:  # noqa: ARG002 - some vendors tell more
        """Return what is known of an order: that it was accepted; the next sync shows the rest."""
        return Told(TaskState.ACCEPTED, reference)

    def close(self) -> None:
        """Let go of the connections."""
        self._polite.close()

    def _deliver(self, start: str, put: Callable[[Sheet], None]) -> None:
        told = 0
        for sheet in self._sheets(start):
            told += len(sheet.items)
            is_hollow = not sheet.items and told < (sheet.total or 0)  # the rest would be taken for gone
            is_no_place = not sheet.next.isprintable()  # the base keeps it, for a sync that ends early to go on
            if is_hollow or is_no_place:
                raise MdmGarbled(mdm=self._polite.mdm, reason=OTHER_SHAPE)
            put(sheet)

    def _sheets(self, start: str) -> Iterator[Sheet]:
        raise NotImplementedError

    def _read(self, record: Json) -> ExternalRecord:
        raise NotImplementedError

    def _ordered(self, order: Order) -> Told:
        raise NotImplementedError

    def _told(self, answer: Answer, state: TaskState = TaskState.ACCEPTED, reference: str = "") -> Told:
        """Return what an answer means, in the MDM's own words where it has some that hold no key."""
        if answer.is_good:
            return Told(state, reference)
        if answer.status in (404, 410):
            return Told(TaskState.FAILED, reason=_UNKNOWN)
        said = _words_in(answer.body)
        is_fit = _IN_WORDS.fullmatch(said) is not None and self._secret.text not in said
        return Told(TaskState.FAILED, reason=said if is_fit else _REFUSED)


def tested(account: str, count: Callable[[], int | None]) -> Connected:
    """Return what a test found: so many devices, or the right that reading them lacks. Raises: MdmTrouble."""
    missing = ""
    try:
        return Connected(account, count())
    except RightMissing as lack:
        missing = str(lack.facts["right"])
    return Connected(account, missing=(missing,))


def token_of(mdm: str, answer: Answer, usual_s: float = 300.0) -> tuple[str, float]:
    """Return the token that was bought, and for how many seconds it is good. Raises: KeyRefused, MdmGarbled."""
    if answer.status == 404:
        raise MdmGarbled(mdm=mdm, reason=NOTHING_THERE)
    body = answer.body
    token = body.get("access_token") or body.get("id_token") if isinstance(body, dict) else None
    if not answer.is_good or not isinstance(body, dict) or not isinstance(token, str):
        raise KeyRefused(mdm=mdm)
    life_s = body.get("expires_in")
    return token, float(min(life_s, _LONGEST_LIFE_S)) if isinstance(life_s, int | float) and life_s > 0 else usual_s


def whole(value: object) -> int | None:
    """Return a count as it is told, None where it is not."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _words_in(body: object) -> str:
    """Return the message of an error, wherever these MDMs put it."""
    if isinstance(body, str):
        return body
    if isinstance(body, list):
        return _words_in(body[0]) if body else ""
    if isinstance(body, dict):
        return _words_in(next((body[name] for name in _SAID_IN if body.get(name)), ""))
    return ""
