"""MDMs in the hands of people: what they forget, mistype or cannot open, and what cron finds."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.errors import KeyringLocked

from tablet_loans.__main__ import main
from tablet_loans.domain.enrolment import Provider
from tests.builders import CAMPAIGN, World
from tests.cli.test_mdm import ForgettingKeyring, Run, connect, kept, run
from tests.mdm_servers.base import KEY, MdmServer
from tests.mdm_servers.street import SERVERS, Street
from tests.mdm_servers.traps import serial

Say = Callable[..., str]
pytestmark = pytest.mark.usefixtures("world")
__all__ = ["kept", "run"]


class LockedKeyring(ForgettingKeyring):
    """A keyring that does not open."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked(service, username)


class Terminal(io.StringIO):
    """A keyboard with somebody at it."""

    def isatty(self) -> bool:
        """Say that it is."""
        return True


@pytest.fixture
def server() -> Iterator[MdmServer]:
    """Give a server of three devices."""
    with SERVERS[Provider.JAMF_SCHOOL](3) as started:
        yield started


@pytest.fixture
def say(url: str, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command that is done, and return what a person reads."""

    def call(*words: object) -> str:
        assert main(["--lang", "en", "--database", url, "mdm", *map(str, words)]) == 0
        return capsys.readouterr().out

    return call


def test_somebody_new_is_told_what_is_not_there_yet(run: Run, say: Say, tmp_path: Path) -> None:
    assert run("mdm", "sync")[1]["refusal"] == "NoMdm"
    assert say("list").strip()
    (tmp_path / "mdm.csv").write_text("Serial\n", "utf-8")
    say("connect", "file", "--address", tmp_path / "mdm.csv")
    assert say("report").strip()
    assert run("mdm", "report", "--mdm", "Lycées")[1]["refusal"] == "UnknownMdm"


def test_a_sync_is_said_in_words_of_its_own(
    server: MdmServer, run: Run, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(run, Provider.JAMF_SCHOOL, server, monkeypatch)
    said = say("sync")
    assert "Told for the first time: 3" in said
    assert "plan" not in said
    assert "Went on" not in said


@pytest.mark.parametrize("address", ["http://[::1", "https://x y/api", "", "ftp://x/api"])
def test_an_address_that_is_none_is_refused_before_the_key_is_asked(address: str, run: Run) -> None:
    code, said = run("mdm", "connect", "jamf-school", "--address", address, "--account", "1")
    assert (code, said["refusal"]) == (1, "NotAnAddress")


def test_the_group_of_a_campaign_is_set_and_forgotten_and_no_campaign_is_made_up(run: Run) -> None:
    assert run("mdm", "rules", "--group", "Continuité=Prêts")[1]["refusal"] == "UnknownCampaign"
    assert run("mdm", "rules", "--group", f"{CAMPAIGN}=Prêts")[1]["groups"] == {CAMPAIGN: "Prêts"}
    assert run("mdm", "rules", "--group", f"{CAMPAIGN}=")[1]["groups"] == {}


def test_tasks_are_listed_where_the_mdm_cannot_be_asked_and_after_it_is_gone(
    world: World, server: MdmServer, run: Run, monkeypatch: pytest.MonkeyPatch, kept: dict[tuple[str, str], str]
) -> None:
    tag = world.device(serial=serial(0))
    connect(run, Provider.JAMF_SCHOOL, server, monkeypatch)
    run("mdm", "sync")
    assert run("mdm", "act", "wipe", tag)[0] == 0
    kept.clear()  # cron runs as somebody else
    code, said = run("mdm", "tasks")
    assert (code, [row["tag"] for row in said["rows"]]) == (0, [tag])
    assert [each["trouble"] for each in said["not_asked"]] == ["NoMdmKey"]
    run("mdm", "disconnect", "School")
    said = run("mdm", "tasks")[1]
    assert ([row["state"] for row in said["rows"]], said["not_asked"]) == (["failed"], [])


def test_a_key_of_many_lines_is_given_by_the_path_of_its_file(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: dict[tuple[str, str], str]
) -> None:
    with SERVERS[Provider.ANDROID](3) as server:
        street = Street(Provider.ANDROID, server)
        (tmp_path / "clé.json").write_text(street.secret().text, "utf-8")
        monkeypatch.setattr("sys.stdin", Terminal())
        monkeypatch.setattr("getpass.getpass", lambda _prompt: f" {tmp_path / 'clé.json'} ")
        named = ("--address", street.reach().address, "--account", street.reach().account)
        assert run("mdm", "connect", "android", *named)[1]["key_kept"]
    assert kept[next(iter(kept))] == street.secret().text.strip()


def test_a_key_that_is_typed_is_no_path(server: MdmServer, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal())
    reach = Street(Provider.JAMF_SCHOOL, server).reach()
    for typed, code in ((KEY, 0), ("x" * 5_000, 3), (".", 3), ("\0", 3), ("~nobody-here", 3)):
        monkeypatch.setattr("getpass.getpass", lambda _prompt, typed=typed: typed)
        named = ("--address", reach.address, "--account", reach.account)
        assert run("mdm", "connect", "jamf-school", *named)[0] == code


def test_a_keyring_that_does_not_open_keeps_a_key_and_that_is_said(
    server: MdmServer, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(run, Provider.JAMF_SCHOOL, server, monkeypatch)
    before: Any = keyring.get_keyring()
    keyring.set_keyring(LockedKeyring())
    code, said = run("mdm", "disconnect", "School")
    assert (code, said["key_kept"], bool(said["sentence"])) == (0, True, True)
    keyring.set_keyring(before)
    connect(run, Provider.JAMF_SCHOOL, server, monkeypatch)
    assert run("mdm", "disconnect", "School")[1]["key_kept"] is False
