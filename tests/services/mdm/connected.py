"""A connector to a server of the tests, that waits for nobody, and a search for keys where none may be."""

import traceback
from base64 import b64encode
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tablet_loans.domain.enrolment import ExternalRecord, OddRecord, Page, Provider, Secret
from tablet_loans.services.mdm import Connector
from tablet_loans.services.mdm.making import connector
from tests.mdm_servers import android, apple, jamf_school
from tests.mdm_servers.base import KEY, MdmServer
from tests.mdm_servers.street import SERVERS, Street
from tests.mdm_servers.traps import Trap

PROVIDERS = tuple(Provider(name) for name in SERVERS)
BY_TOKEN = tuple(each for each in PROVIDERS if each not in (Provider.JAMF_SCHOOL, Provider.MERAKI))
PAGED = tuple(each for each in PROVIDERS if each is not Provider.JAMF_SCHOOL)


class Cancelled(Exception):
    """The caller gave up."""


@dataclass(slots=True)
class Link:
    """A server, the connector to it, and for how long it would have waited."""

    server: MdmServer
    mdm: Connector
    waits: list[float] = field(default_factory=list)

    def pages(self, start: str = "") -> list[Page]:
        """Return all the pages."""
        return list(self.mdm.pages(start))

    def records(self) -> list[ExternalRecord]:
        """Return all the records."""
        return [record for page in self.pages() for record in page.records]

    def odd(self) -> list[OddRecord]:
        """Return what could not be read."""
        return [record for page in self.pages() for record in page.odd]


@contextmanager
def linked(
    provider: Provider,
    *traps: Trap,
    devices: int = 30,
    key: str | None = None,
    timeout_s: float = 5.0,
    cancelled: Callable[[], None] = lambda: None,
    server: MdmServer | None = None,
) -> Iterator[Link]:
    """Start a vendor's server with its traps, and yield the way to it."""
    with server or SERVERS[provider](devices, traps) as started:
        street = Street(provider, started)
        secret = street.secret() if key is None else Secret(key)
        waits: list[float] = []
        mdm = connector(provider, street.reach(timeout_s), secret, wait=waits.append, cancelled=cancelled)
        try:
            yield Link(started, mdm, waits)
        finally:
            mdm.close()


def keys() -> Collection[str]:
    """Return what nobody may see, in each form in which it travels."""
    basic = b64encode(f"{jamf_school.NETWORK}:{KEY}".encode()).decode()
    lines = (*android.pair()[0].splitlines()[1:3], *apple.pair()[0].splitlines()[1:2])
    return {KEY, basic, "t0ken-that-nobody-may-see", *lines}


def leaks_of(error: BaseException, log: str) -> list[str]:
    """Return the keys that an error, what lies behind it, or the log shows."""
    shown = [log, *traceback.format_exception(error)]
    behind: BaseException | None = error
    while behind is not None:
        shown += [str(behind), repr(behind), repr(vars(behind))]
        behind = behind.__cause__ or behind.__context__
    return [key for key in keys() if any(key in text for text in shown)]
