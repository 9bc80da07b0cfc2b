"""An MDM's key, looked for while a process of its own works with it, when it is killed, and once it is over."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tablet_loans.domain.enrolment import Provider
from tests.builders import World
from tests.mdm_servers.base import MdmServer
from tests.mdm_servers.street import SERVERS, Street
from tests.mdm_servers.traps import Trap
from tests.services.mdm.connected import keys

_KEYRING: Final = '''
import json, os, pathlib
from keyring.backend import KeyringBackend

class Drawer(KeyringBackend):
    """The system's keyring, which the tests look into; it breaks the program where it is asked to."""

    priority = 1
    file = pathlib.Path(os.environ["DRAWER"])

    def _kept(self):
        return json.loads(self.file.read_text()) if self.file.exists() else {}

    def get_password(self, service, username):
        if "BREAKS" in os.environ:
            from tablet_loans.services import enrolling
            kept = str(self._kept())
            enrolling.sync = lambda *given, **named: {}[kept]
        return self._kept().get(service + username)

    def set_password(self, service, username, password):
        self.file.write_text(json.dumps({**self._kept(), service + username: password}))
'''
_PATIENCE_S: Final = 60.0


@dataclass(slots=True)
class Desk:
    """A computer of its own: a base, a home, a place for what is temporary, and a keyring apart from all of them."""

    place: Path
    base: Path
    drawer: Path

    def begin(self, *words: str, **more: str) -> "subprocess.Popen[str]":
        """Start a command."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("TABLET_LOANS", "XDG"))}
        homes = {
            name: str(self.place / "home") for name in ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
        }
        rest = {
            "TMPDIR": str(self.place / "temporary"), "PYTHON_KEYRING_BACKEND": "drawer.Drawer",
            "PYTHONPATH": str(self.drawer.parent), "DRAWER": str(self.drawer),
        }  # fmt: skip
        command = [sys.executable, "-m", "tablet_loans", "--lang", "en", "--json", "--database", str(self.base), *words]
        piped = subprocess.PIPE
        return subprocess.Popen(
            command, stdin=piped, stdout=piped, stderr=piped, text=True, env={**own, **homes, **rest, **more}
        )

    def run(self, *words: str, typed: str = "", **more: str) -> tuple[int, str]:
        """Run a command to its end and return its exit code and all that it says."""
        with self.begin(*words, **more) as process:
            out, told = process.communicate(typed, _PATIENCE_S)
        return process.returncode, out + told

    def written(self) -> list[Path]:
        """Return all files there are, but the keyring's."""
        return [
            path for path in self.place.rglob("*") if path.is_file() and not path.is_relative_to(self.drawer.parent)
        ]

    @contextmanager
    def stopped_at_the_server(self, server: MdmServer, *words: str, typed: str = "") -> Iterator[str]:
        """Give all that can be read of a process while the server keeps it waiting; then kill it."""
        server.traps, count = frozenset({Trap.HANG}), server.listings
        with self.begin(*words) as process:
            assert process.stdin is not None
            process.stdin.write(typed)
            process.stdin.close()
            until = time.monotonic() + _PATIENCE_S
            while server.listings == count and process.poll() is None and time.monotonic() < until:
                time.sleep(0.02)
            try:
                assert server.listings > count
                seen = Path("/proc", str(process.pid))
                yield "".join((seen / name).read_bytes().decode("latin-1") for name in ("cmdline", "environ"))
            finally:
                process.kill()
        server.traps = frozenset()


@pytest.fixture
def desk(sqlite_world: World, tmp_path: Path) -> Desk:
    made = Desk(tmp_path, Path(str(sqlite_world.base.path)), tmp_path / "apart" / "kept.json")
    for folder in ("home", "temporary", "apart"):
        (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / "apart" / "drawer.py").write_text(_KEYRING)
    return made


def _leaks(desk: Desk, shown: str) -> list[str]:
    texts = {str(path): path.read_bytes().decode("latin-1") for path in desk.written()}
    return [place for place, text in {**texts, "shown": shown}.items() if any(key in text for key in keys())]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="the system tells of its processes otherwise")
def test_no_process_shows_or_leaves_a_key(desk: Desk) -> None:
    provider = Provider.ANDROID  # its key has many lines, and buys a token
    with SERVERS[provider](30) as server:
        street = Street(provider, server)
        reach, key = street.reach(), street.secret().text
        connect = ("mdm", "connect", provider.value, "--address", reach.address, "--account", reach.account)
        with desk.stopped_at_the_server(server, *connect, typed=key) as shown:
            assert provider.value in shown
            assert not _leaks(desk, shown)
        assert not _leaks(desk, "")
        code, said = desk.run(*connect, typed=key)
        assert (code, json.loads(said)["key_kept"]) == (0, True)
        assert any(each in desk.drawer.read_text() for each in keys())
        code, more = desk.run("mdm", "sync")
        assert (code, json.loads(more)["new"]) == (0, 30)
        said += more
        with desk.stopped_at_the_server(server, "mdm", "sync") as shown:
            assert any(path.name.endswith("-wal") for path in desk.written())
            assert not _leaks(desk, shown + said)
        server.traps = frozenset({Trap.FORBIDDEN})
        for named in ({}, {"BREAKS": "1"}):
            code, more = desk.run("mdm", "sync", **named)
            assert (code, json.loads(more)["trouble"]) == (3, "ProgramFault" if named else "RightMissing")
            said += more
    assert desk.run("log", "save", str(desk.place / "report.txt"))[0] == 0
    assert "KeyError" in (desk.place / "report.txt").read_text("utf-8")
    assert not _leaks(desk, said)
