"""An MDM from the command line alone, under cron and without a keyring: what the board proposes empties it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from tablet_loans.__main__ import main
from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.enrolment import Provider
from tablet_loans.domain.mdm_outcome import HEARD_WITHIN
from tablet_loans.services.connecting_mdm import KEY_VARIABLE
from tests.builders import World
from tests.mdm_servers.base import KEY, Asked, Given
from tests.mdm_servers.jamf_pro import JamfProServer
from tests.mdm_servers.street import Street
from tests.mdm_servers.traps import serial
from tests.services.enrolled import dump

Run = Callable[..., Any]
TIMEOUT_S = 60
ALONE = {**os.environ, KEY_VARIABLE: KEY, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
WORDS = ("--message", "Merci de rapporter cette tablette", "--phone", "04 00 00 00 00")


@pytest.fixture
def run(url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command that ends well, and return its JSON."""
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    monkeypatch.setenv(KEY_VARIABLE, KEY)

    def call(*words: object) -> Any:
        code = main(["--lang", "en", "--json", "--database", url, *map(str, words)])
        said = json.loads(capsys.readouterr().out)
        assert code == 0, said
        return said

    yield call
    keyring.set_keyring(before)


class Deaf(JamfProServer):
    """A server that hears an order, says so to the test, and never answers it."""

    def begin(self) -> None:
        """Keep when it was heard."""
        super().begin()
        self.heard = Event()

    def answered(self, asked: Asked) -> Given:
        """Answer all but orders, until one was heard."""
        answer = super().answered(asked)
        if asked.method == "POST" and not self.heard.is_set():
            self.heard.set()
            self._released.wait(TIMEOUT_S)
        return answer


def connect(run: Run, server: JamfProServer) -> None:
    """Connect a server."""
    reach = Street(Provider.JAMF_PRO, server).reach()
    run("mdm", "connect", "jamf-pro", "--address", reach.address, "--account", reach.account)


def offered(run: Run) -> dict[str, set[str]]:
    """Return what the board proposes that the MDM can be asked, as acts and their tablets."""
    proposed: dict[str, set[str]] = {}
    for row in run("mdm", "report")["rows"]:
        if row["offered"]:
            proposed.setdefault(row["act"], set()).add(row["tag"])
    return proposed


def test_what_the_board_proposes_is_asked_and_empties_it(world: World, run: Run) -> None:
    found, left, lent, lost, wiped = (
        str(world.device(serial=serial(number), state="lost" if number == 6 else "ready")) for number in (0, 1, 2, 6, 4)
    )
    pupil = world.pupil()
    run("check-out", lent, pupil, "--due", "2099-07-03")
    with JamfProServer(8) as server:
        connect(run, server)
        before = dump(world.base)
        dry = run("mdm", "sync", "--dry-run")
        assert dump(world.base) == before
        assert {**run("mdm", "sync"), "ledger": None} == dry
        assert offered(run) == {
            "lost_mode_off": {found},
            "lost_mode_on": {lost},
            "remove_owner": {left},
            "name": {found, left, lent, lost, wiped},
        }
        for act, tags in offered(run).items():
            assert run("mdm", "act", act, *sorted(tags), *WORDS)["tasks"]
        run("mdm", "act", "wipe", wiped)
        states = [(row["act"], row["state"]) for row in run("mdm", "tasks")["rows"]]
        assert states.count(("wipe", "accepted")) == 1
        assert run("mdm", "sync")["updated"] == 5
        assert {row["state"] for row in run("mdm", "tasks")["rows"]} == {"done"}
        assert offered(run) == {}
        assert run("mdm", "counts")["tasks_waiting"] == 0
        before = dump(world.base)
        assert run("mdm", "sync")["unchanged"] == 8
        assert dump(world.base) == before
    told = {tablet.serial: tablet for tablet in server.tablets}
    assert told[serial(6)].is_lost
    assert not told[serial(0)].is_lost
    assert told[serial(2)].owner == pupil_card(pupil)
    assert not told[serial(4)].is_enrolled


def test_an_order_of_a_program_that_was_killed_is_seen_and_asked_again_by_a_person_alone(
    world: World, url: str, run: Run
) -> None:
    tag = str(world.device(serial=serial(1)))
    with Deaf(3) as server:
        connect(run, server)
        run("mdm", "sync")
        words = [sys.executable, "-m", "tablet_loans", "--database", url, "mdm", "act", "lock", tag]
        with subprocess.Popen(words, env=ALONE) as asking:
            assert server.heard.wait(TIMEOUT_S)
            asking.kill()
        (task,) = run("mdm", "tasks")["rows"]
        assert (task["state"], task["reason"]) == ("asked", "")
        since = round(HEARD_WITHIN.total_seconds() * 1e6) * 2
        world.base.execute("UPDATE mdm_task SET asked_at = asked_at - ?", (since,))
        (task,) = run("mdm", "tasks")["rows"]
        assert task["state"] == "failed"
        assert task["reason"]
        assert len(server.commands) == 1
        run("mdm", "act", "lock", tag)
        assert [row["state"] for row in run("mdm", "tasks")["rows"]] == ["accepted", "failed"]
    assert len(server.commands) == 2
