"""An MDM of each vendor that was read once, a base that is put back as it was, and the command line before both."""

import io
import json
import shutil
import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from tablet_loans.__main__ import main
from tablet_loans.cli import program
from tablet_loans.domain.enrolment import Provider
from tablet_loans.services.mdm import making, sieve
from tablet_loans.storage import schema
from tablet_loans.storage.database import open_database
from tests.builders import World, new_session
from tests.mdm_servers.base import Asked, Given, MdmServer
from tests.mdm_servers.street import SERVERS, Street
from tests.mdm_servers.traps import Trap, serial, tablets
from tests.services.enrolled import dump

_DEVICES: Final = {
    Provider.HEADWIND: 520, Provider.JAMF_PRO: 220, Provider.ANDROID: 30,
}  # fmt: skip
"""So many that there are two or three pages, where the caller says how long one is."""
_BLOCK: Final = 20
_USUAL: Final = 60
_SHORT_S: Final = 0.15
_LATER: Final = "2026-11-20T10:30:00Z"
_RECORDS: Final = "SELECT external_id, device_id, enrolment, digest, gone_at IS NULL FROM external_record ORDER BY 1"
_STORY: Final = "SELECT device_id, before, after FROM enrolment_change ORDER BY device_id, id"
_TOLD: Final = """SELECT facts FROM ledger_facts JOIN ledger_line ON ledger_line.id = ledger_facts.line_id
 WHERE action = 'mdm_synced'"""
_parser = cache(program._parser)


class Springing(MdmServer):
    """A server that is sound for so many pages, then springs its traps, until it is sound again."""

    coming: frozenset[Trap] = frozenset()
    sound_for = 0
    goes_after = -1

    def spring(self, traps: Collection[Trap], after: int = 0) -> None:
        """Spring traps after so many pages."""
        self.heal()
        self.coming, self.sound_for = frozenset(traps), after

    def heal(self) -> None:
        """Be sound from now on."""
        self.coming = self.traps = frozenset()
        self.listings = 0
        self.prepare()

    def _answer(self, asked: Asked) -> Given:
        if self.is_listing(asked) and self.listings == self.goes_after:
            self.__exit__()
            return Given(body=b"[" * 100, is_cut=True)
        if self.coming and self.is_listing(asked) and self.listings >= self.sound_for:
            self.traps, self.coming = self.coming, frozenset()
            self.listings = int(Trap.EXPIRES in self.traps or Trap.EXPIRES_FOR_GOOD in self.traps)  # from the next one
            self.prepare()
        return super()._answer(asked)


class Run:
    """The command line: a call returns its exit code and its JSON; `typed` is piped in."""

    def __init__(self, base: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._base, self._capsys, self._monkeypatch = base, capsys, monkeypatch

    def __call__(self, *words: object, typed: str = "") -> tuple[int, Any]:
        """Run a command."""
        self._monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = main(["--lang", "en", "--json", "--database", str(self._base), *map(str, words)])
        return code, json.loads(self._capsys.readouterr().out)


class Now(NamedTuple):
    """How a sync leaves the base, but for its times."""

    records: tuple[tuple[Any, ...], ...]
    unfinished: tuple[tuple[Any, ...], ...]
    report: tuple[int, Any]


class Outcome(NamedTuple):
    """How a sync leaves the base, the story of its devices, and how much its lines tell, however many they are."""

    now: Now
    story: tuple[tuple[Any, ...], ...]
    told: tuple[int, int, int]


@dataclass(slots=True)
class Post:
    """A server, and a base that knows it; `expected` is what a sync leaves in it that meets no trap."""

    provider: Provider
    base: Path
    server: Springing = field(init=False)
    run: Run = field(init=False)
    expected: Outcome = field(init=False)

    def __post_init__(self) -> None:
        self.serve()

    def serve(self, port: int = 0, certificate: str = "") -> None:
        """Start the server, as at first or once it is gone, there where it stood."""
        kind = SERVERS[self.provider]
        self.server = type(kind.__name__, (Springing, kind), {})(_DEVICES.get(self.provider, _USUAL), (), port)
        if certificate:
            self.server.secure(certificate)
            self.server.prepare()
        self.server.__enter__()

    def serve_again(self, certificate: str = "") -> None:
        """Start the server anew, where it stood."""
        self.server.__exit__()
        self.serve(int(self.server.address.rpartition(":")[2]), certificate)
        self.tell()
        self.server.heal()

    def prepare(self) -> None:
        """Make a base of a few of the MDM's devices, read it once, and let the MDM change since."""
        with closing(open_database(str(self.base), create=True)) as base:
            schema.upgrade(base)
            world = World(new_session(base))
            world.campaign()
            for number in (0, 1, 4, len(self.server.tablets) - 1, len(self.server.tablets)):
                world.device(serial=serial(number))
        assert self.connect()[0] == 0
        assert self.run("mdm", "sync")[0] == 0
        self._kept().unlink(missing_ok=True)
        with closing(sqlite3.connect(self.base)) as read, closing(sqlite3.connect(self._kept())) as kept:
            read.backup(kept)
        self.tell()
        self.server.heal()
        assert self.run("mdm", "sync")[0] == 0
        self.expected = self.outcome()

    def connect(self, *, name: str = "School", key: str = "", ca: str = "") -> tuple[int, Any]:
        """Connect the MDM."""
        street = Street(self.provider, self.server)
        reach = street.reach()
        given = ("--address", reach.address, "--account", reach.account, "--tenant", reach.tenant, "--ca", ca)
        return self.run(
            "mdm", "connect", self.provider.value, "--name", name, *given, typed=key or street.secret().text
        )

    def tell(self, *traps: Trap) -> None:
        """Let the MDM tell of its devices as they are since the base was made, and as a trap of records has it."""
        told = list(tablets(_DEVICES.get(self.provider, _USUAL) + 2, traps))
        if not told:
            self.server.tablets = ()
            return
        told[0] = replace(told[0], seen_at=_LATER, owner="Autre")
        told[4] = replace(told[4], is_enrolled=False)
        del told[-4], told[2]
        self.server.tablets = told

    def put_back(self) -> None:
        """Put the base back as it was when the MDM was read once."""
        for left in self.base.parent.glob(f"{self.base.name}*"):
            left.unlink()
        shutil.copy(self._kept(), self.base)

    def everything(self, *but: str) -> dict[str, list[tuple[object, ...]]]:
        """Return all rows of all tables, but for some tables."""
        with closing(open_database(str(self.base))) as base:
            return {name: rows for name, rows in dump(base).items() if name not in but}

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return rows of the base."""
        with closing(sqlite3.connect(self.base)) as read:
            return read.execute(statement).fetchall()

    def records(self) -> list[tuple[Any, ...]]:
        """Return what is kept of each record, but for its times."""
        return self.rows(_RECORDS)

    def outcome(self) -> Outcome:
        """Return all that a sync leaves."""
        told = [json.loads(facts) for (facts,) in self.rows(_TOLD)]
        new, changed, gone = (sum(each[name] for each in told) for name in ("new", "changed", "gone"))
        unfinished = self.rows("SELECT unfinished FROM mdm_account")
        now = Now(tuple(self.records()), tuple(unfinished), self.run("mdm", "report"))
        return Outcome(now, tuple(self.rows(_STORY)), (new, changed, gone))

    def _kept(self) -> Path:
        return self.base.with_suffix(".kept")


def hurried(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let connectors wait for nobody, give up soon a server that hangs, and read what comes whole by small blocks.

    The commands are registered once: a hundred parsers take longer than all else.
    """

    def made(provider: Provider, reach: Any, *others: Any, **named: Any) -> Any:
        if Trap.HANG in post.server.coming:
            reach = replace(reach, timeout_s=_SHORT_S)
        return making.connector(provider, reach, *others, **{**named, "wait": lambda _seconds: None})

    monkeypatch.setattr("tablet_loans.services.connecting_mdm.connector", made)
    monkeypatch.setattr(sieve, "_BLOCK", _BLOCK)
    monkeypatch.setattr(program, "_parser", _parser)
