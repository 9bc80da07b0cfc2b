"""40,000 devices of an MDM read, matched, stored and reported, against bare httpx fetching the same pages."""

import json
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import sleep
from typing import Final

import httpx

from benchmarks import bases
from benchmarks.bases import Size
from benchmarks.measuring import Verdict, seconds
from tablet_loans.domain.enrolment import PROVIDER_WORDS, Provider, Reach, Secret
from tablet_loans.services import connecting_mdm, enrolling
from tablet_loans.services.mdm.making import connector
from tablet_loans.services.session import Session
from tablet_loans.storage import mdm_accounts, rows
from tablet_loans.storage.database import open_database
from tablet_loans.storage.mdm_accounts import Account

_DEVICES: Final = 40_000
_SIZE: Final = Size(devices=_DEVICES, pupils=40_000, lines=3_000)
_PAGES: Final = {Provider.INTUNE: 1_000, Provider.JAMF_SCHOOL: _DEVICES}
_MEGABITS: Final = 100  # of a line to the town's network; without any, JSON parsed in Python alone takes longer
_ONE_IN: Final = 200  # some 300 differences
_ROUNDS: Final = 3
_PROMISE: Final = 1.5
_NAME: Final = "Bench"
_ROOT: Final = Path(__file__).parent.parent
_LINK: Final = re.compile(rb'"@odata.nextLink": "([^"]+)"')


@dataclass(frozen=True, slots=True)
class Taken:
    """The seconds that each turn took: bare pages, the first sync, the second of unchanged devices."""

    bare: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    second: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Return how many times the bare pages the first sync takes."""
        return statistics.median(self.first) / statistics.median(self.bare)


def measure() -> Verdict:
    """Return the verdict on the worse of two MDMs: one that tells by pages, one that tells all in one answer."""
    with bases.folder() as folder:
        original = _with_their_serials(folder)
        over_line = {provider: _taken(provider, _MEGABITS, original, folder) for provider in _PAGES}
        at_once = {provider: _taken(provider, 0, original, folder) for provider in _PAGES}
    return Verdict(
        "mdm",
        f"{_DEVICES:,} devices over {_MEGABITS} Mbit/s fetched, matched, stored, reported: {_said(over_line, 'first')};"
        f" again, unchanged: {_said(over_line, 'second')}",
        f"bare httpx, same pages: {_said(over_line, 'bare')}",
        max(taken.ratio for taken in over_line.values()),
        _PROMISE,
        also=f"without a line {', '.join(f'{taken.ratio:.1f}' for taken in at_once.values())}",
    )


def _said(taken: Mapping[Provider, Taken], what: str) -> str:
    return ", ".join(f"{PROVIDER_WORDS[each]} {statistics.median(getattr(taken[each], what)):.2f} s" for each in taken)


def _with_their_serials(folder: Path) -> Path:
    """Return a base whose devices are those that the servers tell of."""
    path = bases.copied(_SIZE, folder / "original.sqlite")
    base = open_database(str(path), bind=False)
    with base.atomic():
        base.execute("UPDATE device SET serial = printf('DMPX%06dJ7', id - 1)")
    base.close()
    return path


def _taken(provider: Provider, megabits: int, original: Path, folder: Path) -> Taken:
    taken = Taken()
    with served(provider, megabits) as (reach, secret):
        for turn in range(_ROUNDS):
            path = folder / f"{provider}-{megabits}-{turn}.sqlite"
            path.write_bytes(original.read_bytes())
            session = bases.session_in(open_database(str(path)))
            account = connected(session, provider, reach)
            bases.settle()
            taken.bare.append(seconds(partial(_bare, provider, reach, secret)))
            for each in (taken.first, taken.second):
                each.append(seconds(partial(_synced, session, account.name, provider, reach, secret)))
            session.base.close()
            path.unlink()
    return taken


@contextmanager
def served(provider: Provider, megabits: int) -> Iterator[tuple[Reach, Secret]]:
    """Start the vendor's server in a process of its own, and yield the way to it."""
    devices = ("--devices", _DEVICES, "--page", _PAGES[provider], "--one-in", _ONE_IN)
    asked = map(str, (provider.value, *devices, "--megabits", megabits, "--beside"))
    command = [sys.executable, "-m", "tests.mdm_servers", *asked]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            told = json.loads(server.stdout.readline())
            key = Secret(told.pop("key"))
            sleep(0.2)
            yield Reach(**told), key
        finally:
            server.kill()


def connected(session: Session, provider: Provider, reach: Reach) -> Account:
    """Return an MDM to which the base is connected from now on."""
    now = session.now()
    way = mdm_accounts.reach_text(reach, {})
    known = {"name": _NAME, "provider": provider.value, "reach": way, "connected_at": now, "connected_by": "Bench"}
    with session.base.atomic():
        rows.insert(session.base, "mdm_account", {**known, "unfinished": ""})
    return connecting_mdm.known_account(session, _NAME)


def _synced(session: Session, name: str, provider: Provider, reach: Reach, secret: Secret) -> None:
    way = connector(provider, reach, secret)
    try:
        told = enrolling.sync(session, connecting_mdm.known_account(session, name), way).value
    finally:
        way.close()
    assert told.devices == _DEVICES


def _bare(provider: Provider, reach: Reach, secret: Secret) -> None:
    """Fetch the pages and look at nothing but where the next one is."""
    with httpx.Client(verify=False) as client:  # noqa: S501 - no TLS, whose roots would take a while to load
        if provider is Provider.JAMF_SCHOOL:
            headers = {"X-Server-Protocol-Version": "3"}
            found = client.get(f"{reach.address}/devices", auth=(reach.account, secret.text), headers=headers)
            assert found.is_success and found.content
            return
        form = {"grant_type": "client_credentials", "client_id": reach.account, "client_secret": secret.text}
        bought = client.post(f"{reach.address.removesuffix('/v1.0')}/{reach.tenant}/oauth2/v2.0/token", data=form)
        key = {"Authorization": f"Bearer {bought.json()['access_token']}"}
        place: str | None = f"{reach.address}/deviceManagement/managedDevices"
        while place is not None:
            found = client.get(place, headers=key)
            assert found.is_success
            following = _LINK.search(found.content)
            place = following[1].decode() if following else None
