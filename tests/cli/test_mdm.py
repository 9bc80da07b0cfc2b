"""MDMs from the command line, each against its server, on both engines; their keys are nowhere but in the keyring."""

import io
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from tablet_loans.__main__ import main
from tablet_loans.domain.enrolment import Provider
from tests.builders import CAMPAIGN, World
from tests.cli.test_base_commands import MemoryKeyring
from tests.mdm_servers.base import KEY, MdmServer
from tests.mdm_servers.street import SERVERS, Street
from tests.mdm_servers.traps import Trap, serial
from tests.services.enrolled import dump
from tests.services.mdm.connected import keys

Run = Callable[..., tuple[int, Any]]
PROVIDERS = tuple(SERVERS)


class ForgettingKeyring(MemoryKeyring):
    """A keyring that can forget."""

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[tuple[str, str], str]]:
    """Give the computer a keyring, and nobody at its keyboard."""
    before, made = keyring.get_keyring(), ForgettingKeyring()
    keyring.set_keyring(made)
    monkeypatch.delenv("TABLET_LOANS_MDM_KEY", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    yield made.kept
    keyring.set_keyring(before)


@pytest.fixture
def run(url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command and return its exit code and its JSON."""

    def call(*words: object) -> tuple[int, Any]:
        code = main(["--lang", "en", "--json", "--database", url, *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return call


def connect(run: Run, provider: str, server: MdmServer, monkeypatch: pytest.MonkeyPatch, key: str = "") -> Any:
    street = Street(provider, server)
    reach = street.reach()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{key or street.secret().text}\n"))
    named = ("--address", reach.address, "--account", reach.account, "--tenant", reach.tenant)
    answer = run("mdm", "connect", provider, "--name", "School", *named)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    return answer


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_mdm_is_connected_read_and_reported(
    provider: str, world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags = [world.device(serial=serial(number)) for number in range(4)]
    with SERVERS[provider](30) as server:
        code, said = connect(run, provider, server, monkeypatch)
        assert (code, said["mdm"], said["missing_rights"], said["key_kept"]) == (0, "School", [], True)
        before = dump(world.base)
        dry = run("mdm", "sync", "--dry-run")
        assert dump(world.base) == before
        code, said = run("mdm", "sync", "School")
        assert (code, said["devices"], said["new"], dry) == (0, 30, 30, (0, {**said, "ledger": None}))
        rows = run("mdm", "report")[1]["rows"]
        assert [row["serial"] for row in rows if row["kind"] == "not_in_register"] == [
            serial(number) for number in range(4, 30)
        ]
        assert {row["tag"] for row in rows} <= {"", *tags}
        before = dump(world.base)
        code, again = run("mdm", "sync")
        assert (code, again["unchanged"], again["ledger"]) == (0, 30, None)
        assert dump(world.base) == before
        row = run("mdm", "list")[1]["rows"][0]
        assert row["provider"] == provider
        assert row["read_at"]


@pytest.mark.parametrize(
    ("trap", "name"),
    [
        (Trap.HTML, "MdmGarbled"),
        (Trap.CUT, "MdmGarbled"),
        (Trap.EXPIRES_FOR_GOOD, "KeyRefused"),
        (Trap.FORBIDDEN, "RightMissing"),
        (Trap.EMPTY, "NoDevicesTold"),
    ],
)
def test_what_goes_wrong_is_said_and_nothing_is_written(
    trap: Trap, name: str, world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = Provider.HEADWIND
    with SERVERS[provider](30) as server:
        connect(run, provider, server, monkeypatch)
        assert run("mdm", "sync")[0] == 0
        before = dump(world.base)
        server.traps, server.listings = frozenset({trap}), 2
        if trap is Trap.EMPTY:
            server.tablets = ()
            server.prepare()
        code, said = run("mdm", "sync")
        assert (code, said.get("trouble") or said.get("refusal")) == (1 if trap is Trap.EMPTY else 3, name)
        assert dump(world.base) == before


def test_a_wrong_key_connects_nothing_and_a_missing_right_is_named(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch, kept: dict[tuple[str, str], str]
) -> None:
    provider = Provider.JAMF_SCHOOL
    before = dump(world.base)
    with SERVERS[provider](3) as server:
        code, said = connect(run, provider, server, monkeypatch, key="wrong")
        assert (code, said["trouble"]) == (3, "KeyRefused")
        assert run("mdm", "sync")[1]["refusal"] == "NoMdm"
    assert dump(world.base) == before
    assert not kept
    with SERVERS[provider](3, [Trap.FORBIDDEN]) as server:
        assert connect(run, provider, server, monkeypatch)[1]["missing_rights"]


def test_where_there_is_no_keyring_the_key_is_asked_each_time(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    provider = Provider.MERAKI
    with SERVERS[provider](3) as server:
        code, said = connect(run, provider, server, monkeypatch)
        assert (code, said["key_kept"]) == (0, False)
        assert said["sentence"]
        assert run("mdm", "sync")[1]["trouble"] == "NoMdmKey"  # cron: nobody is asked
        monkeypatch.setenv("TABLET_LOANS_MDM_KEY", KEY)
        assert run("mdm", "sync")[1]["new"] == 3
    assert len(dump(world.base)["external_record"]) == 3


def test_a_password_does_not_come_in_by_an_address(world: World, run: Run) -> None:
    before = dump(world.base)
    for words in (("--address", "https://me:pw@jamf.example/api"), ("--address", "https://x", "--proxy", "a:b@p:80")):
        assert run("mdm", "connect", "jamf-school", *words)[1]["refusal"] == "PasswordInAddress"
    assert dump(world.base) == before


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_key_is_in_the_keyring_and_nowhere_else(
    provider: str, world: World, run: Run, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path, kept: dict[tuple[str, str], str],
) -> None:  # fmt: skip
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    with SERVERS[provider](30) as server:
        connect(run, provider, server, monkeypatch)
        said = [run("mdm", "sync"), run("mdm", "list"), run("mdm", "report")]
        server.traps = frozenset({Trap.EXPIRES_FOR_GOOD})
        said += [run("mdm", "sync"), run("mdm", "connect", provider)]

        def fail(*_args: object, **_named: object) -> None:
            raise RuntimeError("a bug")

        monkeypatch.setattr("tablet_loans.services.enrolling.sync", fail)
        said.append(run("mdm", "sync"))
        assert said[-1][1]["trouble"] == "ProgramFault"
    assert run("log", "save", tmp_path / "report.txt")[0] == 0
    assert any(key in text for key in keys() for text in kept.values())
    shown = caplog.text + repr(said) + repr(dump(world.base)) + "".join(
        path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()
    )  # fmt: skip
    assert not [key for key in keys() if key in shown]


def test_an_act_is_asked_followed_and_an_mdm_is_forgotten(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch, kept: dict[tuple[str, str], str], tmp_path: Path
) -> None:
    tag, other = world.device(serial=serial(0)), world.device(serial=serial(1))
    with SERVERS[Provider.JAMF_SCHOOL](3) as server:
        connect(run, Provider.JAMF_SCHOOL, server, monkeypatch)
        run("mdm", "sync")
        assert run("mdm", "act", "wipe", tag, other, "--dry-run")[1]["refused"][0]["refusal"] == "WipeOneByOne"
        assert run("mdm", "act", "wipe", tag, other)[0] == 1
        code, said = run("mdm", "act", "wipe", tag)
        assert (code, said["tasks"][0]["state"], said["tasks"][0]["tag"]) == (0, "accepted", tag)
        assert run("mdm", "tasks")[1]["rows"][0]["act"] == "wipe"
        assert run("mdm", "act", "lost_mode_on", tag, "--message", "x")[1]["refusal"] == "ActNotOffered"
        world.base.execute("UPDATE device SET state = 'to_prepare' WHERE tag = ?", (other,))
        assert run("mdm", "wipe-list", "--out", tmp_path / "wipe.csv") == (
            0, {"rows": 1, "file": str(tmp_path / "wipe.csv")},
        )  # fmt: skip
        assert run("prepare", other)[1]["not_released"] == [other]
        assert run("devices", "show", other)[1]["enrolments"][0]["after"] == "enrolled"
        assert run("mdm", "counts")[1]["devices"] == {"stale": 2}  # the server's devices reported long ago
    assert run("mdm", "disconnect", "School")[0] == 0
    assert not kept
    assert run("mdm", "list")[1]["rows"] == []
    left = dump(world.base)
    assert (left["external_record"], len(left["mdm_task"]), len(left["enrolment_change"])) == ([], 1, 2)


def test_a_file_of_any_other_mdm_is_read_again_each_time(world: World, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mdm.csv"
    tag = world.device(serial="R52M4444444")
    file.write_text("Ref;Nº de série;Utilisateur\n7;R52M4444444;Inès\n8;R52M5555555;\n", "utf-8")
    code, said = run("mdm", "connect", "file", "--address", file, "--map", "Ref=external_id")
    assert (code, said["devices"]) == (0, 2)
    assert run("mdm", "sync")[1]["findings"] == {"not_in_register": 1, "not_released": 1}
    assert run("mdm", "report", "--kind", "not_released")[1]["rows"][0]["tag"] == tag
    file.unlink()
    assert run("mdm", "sync")[0] == 3


def test_the_rules_are_set_and_obeyed(world: World, run: Run, tmp_path: Path) -> None:
    (tmp_path / "mdm.csv").write_text("Serial\nR52M5555555\n", "utf-8")
    run("mdm", "connect", "file", "--address", tmp_path / "mdm.csv")
    run("mdm", "sync")
    tag, pupil = world.device(), world.pupil()
    code, said = run("mdm", "rules", "--at-counter", "refuse", "--group", f"{CAMPAIGN}=Prêts")
    assert (code, said["at_counter"], said["groups"]) == (0, "refuse", {CAMPAIGN: "Prêts"})
    assert run("check-out", tag, pupil, "--due", "2099-07-03")[1]["refusal"] == "NotEnrolled"


@pytest.mark.usefixtures("world")
def test_a_person_reads_it_in_words(url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "mdm.csv").write_text("Serial\nR52M5555555\n", "utf-8")
    for words in (
        ["connect", "file", "--address", str(tmp_path / "mdm.csv")],
        ["sync"],
        ["report"],
        ["list"],
        ["counts"],
        ["rules"],
        ["tasks"],
    ):
        assert main(["--lang", "en", "--database", url, "mdm", *words]) == 0
    out = capsys.readouterr().out
    assert "In the MDM, and not in the register" in out
    assert not any(mark in out for mark in ("None", "{", "[", "not_in_register", "at_counter"))
