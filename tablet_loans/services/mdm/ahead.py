"""Pages fetched ahead in one thread, so that what the caller does with a page overlaps the network."""

import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Final

from tablet_loans.domain.enrolment import ExternalRecord, MdmGarbled, OddRecord, Page
from tablet_loans.services.mdm.fields import Json, OddField, identifier
from tablet_loans.text import N_

_AHEAD: Final = 2
_LISTEN_S: Final = 0.05
_MOST_PAGES: Final = 20_000
_NOT_AN_OBJECT: Final = N_("it is not as the MDM documents it")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it came: its items, the place where the next begins ("" after the last), and how many there are."""

    items: Sequence[object]
    next: str = ""
    total: int | None = None


def pages_ahead(
    mdm: str,
    deliver: Callable[[Callable[[Sheet], None]], None],
    read: Callable[[Json], ExternalRecord],
    heard: Callable[[], None],
    start: str = "",
    id_field: str = "id",
) -> Iterator[Page]:
    """Yield the records of each sheet that `deliver` hands over, at most two sheets behind the network.

    The first is asked for at once, before anybody reads it. An odd record is named and passed over.

    Raises: MdmTrouble (MdmGarbled for a page that comes again), and what `heard` raises when it is cancelled.
    """
    shelf: Queue[Sheet | BaseException | None] = Queue(_AHEAD)
    is_over = Event()
    thread = Thread(target=_fill, args=(shelf, deliver, is_over), name="mdm", daemon=True)
    thread.start()

    def pages() -> Iterator[Page]:
        numbers, way = count(1), _Way(mdm, start)
        try:
            while (found := _taken(shelf, heard)) is not None:
                if isinstance(found, BaseException):
                    raise found
                page = _page(found, read, numbers, id_field)
                way.walk(page)
                yield page
        finally:
            is_over.set()
            thread.join(_LISTEN_S * 4)

    begun = pages()
    weakref.finalize(begun, is_over.set)  # nobody may ever read the first
    return begun


class _Over(BaseException):
    """Nobody reads any more."""


def _fill(
    shelf: "Queue[Sheet | BaseException | None]", deliver: Callable[[Callable[[Sheet], None]], None], is_over: Event
) -> None:
    def put(found: Sheet | BaseException | None) -> None:
        while not is_over.is_set():
            with suppress(Full):
                return shelf.put(found, timeout=_LISTEN_S)
        raise _Over

    with suppress(_Over):
        try:
            deliver(put)
        except _Over:
            return
        except BaseException as error:  # noqa: BLE001 - a cancel too is the caller's to hear
            put(error)
        else:
            put(None)


def _taken(shelf: "Queue[Sheet | BaseException | None]", heard: Callable[[], None]) -> Sheet | BaseException | None:
    while True:
        heard()
        with suppress(Empty):
            return shelf.get(timeout=_LISTEN_S)


class _Way:
    """The pages gone through, so that one that comes again is known."""

    def __init__(self, mdm: str, start: str) -> None:
        self._mdm = mdm
        self._places = {start}
        self._contents: set[frozenset[str]] = set()

    def walk(self, page: Page) -> None:
        """Take note of a page. Raises: MdmGarbled when it was here already, or sends back to where we were."""
        content = frozenset(record.external_id for record in page.records)
        is_again = bool(page.next) and page.next in self._places
        if is_again or (content and content in self._contents) or len(self._places) > _MOST_PAGES:
            raise MdmGarbled(mdm=self._mdm, reason=N_("a page comes again, so that it would never end"))
        self._places.add(page.next)
        self._contents.add(content)


def _page(sheet: Sheet, read: Callable[[Json], ExternalRecord], numbers: Iterator[int], id_field: str) -> Page:
    records: list[ExternalRecord] = []
    odd: list[OddRecord] = []
    for item, number in zip(sheet.items, numbers, strict=False):
        if not isinstance(item, dict):
            odd.append(OddRecord(str(number), _NOT_AN_OBJECT))
            continue
        try:
            records.append(read(item))
        except OddField as field:
            odd.append(OddRecord(str(number), str(field), _legible(item, id_field)))
    return Page(tuple(records), tuple(odd), sheet.next, sheet.total)


def _legible(item: Json, id_field: str) -> str:
    with suppress(OddField):
        return identifier(item, id_field)
    return ""
