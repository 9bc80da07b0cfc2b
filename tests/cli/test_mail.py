"""Mails from the command line, on both engines; what nobody may read stays out of argv, base, log and answers."""

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from tablet_loans import logs
from tablet_loans.__main__ import main
from tablet_loans.storage.database import open_database
from tests.builders import World
from tests.mail_server import PASSWORD, USER, LocalMailServer, certified, listening
from tests.services.mailed import SENDER, overdue

Run = Callable[..., tuple[int, Any]]
FAST = ("--per-minute", 1_000_000)


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ask for the password each time, and find it in the variable."""
    monkeypatch.setenv("TABLET_LOANS_MAIL_PASSWORD", PASSWORD)
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


@pytest.fixture
def numbers(world: World) -> list[str]:
    """Return two loans that were due years ago."""
    made = [overdue(world, name, f"{name.lower()}@familles.example") for name in ("Quéau", "Brun")]
    with world.base.atomic():
        world.base.execute("UPDATE loan SET due_on = '2021-07-02'")
    world.base.close()
    return made


@pytest.fixture
def run(numbers: list[str], url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command and return its exit code and its JSON."""
    assert numbers

    def call(*words: object) -> tuple[int, Any]:
        code = main(["--lang", "en", "--json", "--database", url, *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return call


def connected(script: LocalMailServer) -> tuple[object, ...]:
    return (
        "mail", "connect", "--host", "127.0.0.1", "--port", script.port, "--login", USER, "--from", SENDER,
        "--security", "none",
    )  # fmt: skip


def test_a_server_is_set_and_letters_are_mailed_once(run: Run, numbers: list[str], tmp_path: Path) -> None:
    with listening(LocalMailServer(needs_login=True)) as script:
        code, told = run(*connected(script))
        assert (code, told["host"], told["port"], told["password_kept"]) == (0, "127.0.0.1", script.port, False)
        assert run("mail", "test", "--to", "essai@metropole.example") == (0, {"state": "sent", "reason": ""})
        dry = run("mail", "send", "reminder_1", "--dry-run")[1]
        assert sorted(dry["to_send"], key=str) == sorted(
            [{"loan": numbers[0], "address": "q***@familles.example"},
             {"loan": numbers[1], "address": "b***@familles.example"}], key=str,
        )  # fmt: skip
        assert (dry["sent"], dry["ledger"], len(script.taken)) == (0, None, 1)
        code, sent = run("mail", "send", "reminder_1", *FAST)
        assert (code, sent["sent"], sent["recent"]) == (0, 2, 0)
        assert run("mail", "send", "reminder_1", *FAST)[1]["recent"] == 2
        rows = run("mail", "journal", "--loan", numbers[0])[1]["rows"]
        assert [(row["kind"], row["address"], row["state"]) for row in rows] == [
            ("reminder_1", "q***@familles.example", "sent")
        ]
        assert len(run("mail", "journal", "--state", "sent")[1]["rows"]) == 3
    files = run("mail", "files", "reminder_2", "--out", tmp_path / "out")[1]
    assert (files["mails"], len(list((tmp_path / "out").glob("*.eml")))) == (2, 2)
    code, told = run("mail", "connect", "--forget")
    assert (code, told["host"]) == (0, None)
    assert run("mail", "send", "reminder_1")[1]["refusal"] == "NoMailServer"


def test_neither_the_password_nor_a_pupil_is_written_where_others_read(
    run: Run, url: str, numbers: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    heard = StringIO()
    listener = logging.StreamHandler(heard)
    logs.LOG.addHandler(listener)
    with listening(LocalMailServer(needs_login=True)) as script:
        script.to["brun@familles.example"] = ["550 <brun@familles.example> unknown"]
        asked = (
            connected(script), ("mail", "send", "reminder_1", *FAST), ("mail", "journal"),
            ("mail", "test", "--to", "x"), ("mail", "send", "reminder_1", "99-K3-0001"),
        )  # fmt: skip
        told += [json.dumps(run(*words)[1], ensure_ascii=False) for words in asked]
        monkeypatch.setenv("TABLET_LOANS_MAIL_PASSWORD", "faux-mot")
        code, wrong = run("mail", "send", "reminder_2", *FAST)
        assert (code, wrong["trouble"]) == (3, "MailLoginRefused")
        told.append(json.dumps(wrong))
    logs.LOG.removeHandler(listener)
    base = open_database(url)
    told += [str(base.execute("SELECT * FROM setting").fetchall())]
    told += [str(base.execute("SELECT facts FROM ledger_facts").fetchall())]
    assert PASSWORD not in str(base.execute("SELECT * FROM message").fetchall())
    base.close()
    for said in (*told, heard.getvalue()):
        for secret in (PASSWORD, "faux-mot", "Quéau", "queau", "Brun", "brun@", "quéau@"):
            assert secret not in said, said
    assert "mail server set" in heard.getvalue()
    with pytest.raises(SystemExit) as usage:
        main(["mail", "connect", "--password", "x"])
    capsys.readouterr()
    assert usage.value.code == 2
    assert numbers


def test_a_certificate_is_trusted_from_a_file(run: Run, tmp_path: Path) -> None:
    tls, pem = certified(tmp_path)
    file = tmp_path / "ca.pem"
    file.write_text(pem, "ascii")
    with listening(LocalMailServer(tls=tls)) as script:
        words = ("mail", "connect", "--host", "localhost", "--port", script.port, "--from", SENDER)
        code, told = run(*words)
        assert (code, told["trouble"]) == (3, "MailNotTrusted")
        assert run(*words, "--ca", tmp_path / "none.pem")[1]["trouble"] == "FileMissing"
        assert run(*words, "--ca", file)[1]["security"] == "starttls"
    with pytest.raises(SystemExit):
        run("mail", "connect", "--host", "localhost")


def test_a_person_reads_what_became_of_the_mails(
    run: Run, url: str, numbers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def read(*words: object) -> str:
        assert main(["--lang", "en", "--database", url, *map(str, words)]) == 0
        return capsys.readouterr().out

    assert read("mail", "journal") == "No message matches.\n"
    with listening(LocalMailServer(to={"brun@familles.example": ["550 no"]})) as script:
        run(*connected(script))
        dry = read("mail", "send", "reminder_1", "--dry-run")
        assert "Mails: 2" in dry
        assert "q***@familles.example" in dry
        assert "nothing was written" in dry
        assert read("mail", "send", "reminder_1", *FAST).splitlines() == [
            "Mails sent: 1", f"Undeliverable: {numbers[1]}",
        ]  # fmt: skip
    listed = read("mail", "journal")
    assert "first reminder" in listed
    assert "Undeliverable: 1" in listed
