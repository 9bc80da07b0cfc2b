"""The base from the command line: created, encrypted, unlocked, copied, upgraded, checked."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import PasswordSetError

from tablet_loans.__main__ import main
from tablet_loans.services import opening
from tablet_loans.storage import schema, secrets
from tablet_loans.storage.database import open_database

Run = Callable[..., tuple[int, Any]]
KEY = "ab" * 32


class MemoryKeyring(KeyringBackend):
    """A keyring that lives as long as a test."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    """Begin each test on a computer without a keyring."""
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


@pytest.fixture
def memory_keyring() -> MemoryKeyring:
    """Give the computer a keyring."""
    made = MemoryKeyring()
    keyring.set_keyring(made)
    return made


@pytest.fixture
def run(url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on an empty base of either engine and return its exit code and JSON."""

    def call(*words: str, database: str = url) -> tuple[int, Any]:
        code = main(["--lang", "en", "--json", "--database", database, *words])
        return code, json.loads(capsys.readouterr().out)

    return call


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Return where an SQLite base may be made."""
    return str(tmp_path / "real.sqlite")


def test_a_plain_base_is_made_when_it_is_spoken_aloud(run: Run) -> None:
    code, said = run("init", "--no-encryption")
    assert (code, said["encrypted"]) == (0, False)
    code, said = run("init", "--no-encryption")
    assert (code, said["trouble"]) == (3, "BaseExists")
    assert run("check")[1]["sound"] is True


def test_without_a_keyring_init_says_how_to_go_on(run: Run, path: str) -> None:
    code, said = run("init", database=path)
    assert (code, said["trouble"]) == (3, "NoKeyring")
    assert "TABLET_LOANS_KEY" in said["sentence"]
    assert "--no-encryption" in said["sentence"]
    assert not Path(path).exists()


def test_a_key_from_the_environment_encrypts_the_base(run: Run, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLET_LOANS_KEY", KEY)
    assert run("init", database=path)[1]["encrypted"] is True
    assert run("campaign", "create", "Secrète", "--due", "2099-07-03", database=path)[0] == 0
    assert b"Secr" not in Path(path).read_bytes()
    monkeypatch.delenv("TABLET_LOANS_KEY")
    monkeypatch.setattr("sys.stdin", StringIO(""))
    assert run("check", database=path)[1]["trouble"] == "KeyMissing"
    monkeypatch.setenv("TABLET_LOANS_KEY", "cd" * 32)
    assert run("check", database=path)[1]["trouble"] == "WrongKey"
    monkeypatch.setenv("TABLET_LOANS_KEY", "not a key")
    assert run("check", database=path)[1]["trouble"] == "BadKey"


def test_the_phrase_must_be_typed_back_before_a_pupil_comes_in(
    run: Run, path: str, memory_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = opening.create_base(path)
    assert made.phrase is not None
    assert [len(key) for key in memory_keyring.kept.values()] == [64]
    roster = Path(path).with_name("CSVExtraction.csv")
    roster.write_text("Nom élève;Prénom élève;Date naissance;Niveau\nMartin;Jules;2014-05-06;CM2\n", "cp1252")
    code, said = run("import", "pupils", str(roster), "--school", "0690142E", database=path)
    assert (code, said["refusal"]) == (1, "RecoveryPhraseNotTypedBack")
    monkeypatch.setattr("sys.stdin", StringIO(secrets.new_key("en").phrase))
    assert run("recovery", "confirm", database=path)[1]["refusal"] == "WrongRecoveryPhrase"
    monkeypatch.setattr("sys.stdin", StringIO(made.phrase.upper()))
    assert run("recovery", "confirm", database=path) == (0, {"recovery_confirmed": True})
    assert run("import", "pupils", str(roster), "--school", "0690142E", database=path)[1]["refusal"] == "UnknownSchool"


def test_the_phrase_opens_the_base_when_the_keyring_is_lost(
    run: Run, path: str, memory_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    phrase = opening.create_base(path).phrase
    memory_keyring.kept.clear()
    monkeypatch.setenv("TABLET_LOANS_KEY", str(phrase))
    assert run("check", database=path)[0] == 0


def test_a_copy_is_verified_encrypted_and_restored(run: Run, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLET_LOANS_KEY", KEY)
    run("init", "--no-encryption")
    run("campaign", "create", "À garder", "--due", "2099-07-03")
    copy = f"{path}.copy"
    code, said = run("backup", copy)
    assert code == 0
    assert said["rows_copied"] > 3
    assert run("restore", copy, database=path)[0] == 0
    assert [row["name"] for row in run("campaign", "list", database=path)[1]["rows"]] == ["À garder"]
    assert run("check", database=path)[0] == 0
    assert run("backup", copy)[1]["trouble"] == "BaseExists"


def test_one_version_older_goes_on_and_an_upgrade_makes_a_copy_first(
    run: Run, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABLET_LOANS_KEY", KEY)
    before = open_database(url, create=True)
    schema.upgrade(before, schema.versions()[-2])
    before.close()
    assert run("campaign", "create", "Avant", "--due", "2099-07-03")[0] == 0
    code, said = run("upgrade")
    assert (code, said["versions"]) == (0, schema.versions()[-1:])
    assert run("campaign", "list", database=said["copy"])[1]["rows"][0]["name"] == "Avant"
    assert run("upgrade")[1] == {"versions": [], "copy": None}
    assert run("check")[0] == 0


def test_a_newer_base_is_refused_in_words(run: Run, url: str) -> None:
    run("init", "--no-encryption")
    base = open_database(url)
    with base.atomic():
        base.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_future', '2030-01-01')")
    base.close()
    assert run("devices", "list")[1]["trouble"] == "BaseNewer"


def test_each_broken_file_is_named_for_what_it_is(run: Run, path: str, tmp_path: Path) -> None:
    file = Path(path)
    assert run("check", database=path)[1]["trouble"] == "BaseMissing"
    file.write_bytes(b"")
    assert run("check", database=path)[1]["trouble"] == "NotABase"
    file.write_text("Nom;Prénom\n" * 1000)
    assert run("check", database=path)[1]["trouble"] == "NotABase"
    file.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE something (else_ TEXT)")
    other.commit()
    other.close()
    assert run("check", database=path)[1]["trouble"] == "NotABase"
    file.unlink()
    run("init", "--no-encryption", database=path)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    code, said = run("check", database=path)
    assert (code, said["trouble"]) == (3, "BaseDamaged")
    assert run("check", database=str(tmp_path))[1]["trouble"] == "BaseMissing"


def test_a_read_only_base_is_refused_for_writing(run: Run, path: str) -> None:
    run("init", "--no-encryption", database=path)
    run("campaign", "list", database=path)
    folder = Path(path).parent / "sealed"
    folder.mkdir()
    sealed = folder / "base.sqlite"
    shutil.copy(path, sealed)
    sealed.chmod(0o400)
    folder.chmod(0o500)
    if _may_write_anyway(sealed):
        pytest.skip("this user writes into read-only files")
    assert run("campaign", "create", "X", "--due", "2099-07-03", database=str(sealed))[1]["trouble"] == "BaseReadOnly"


def _may_write_anyway(path: Path) -> bool:
    try:
        with path.open("rb+"):
            return True
    except PermissionError:
        return False


def test_a_base_held_by_another_program_says_so(path: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("init", "--no-encryption", database=path)
    run("campaign", "list", database=path)
    monkeypatch.setattr("tablet_loans.storage.database.BUSY_TIMEOUT_S", 0.1)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    code, said = run("campaign", "create", "X", "--due", "2099-07-03", database=path)
    holder.close()
    assert (code, said["trouble"]) == (3, "BaseLocked")


def test_a_server_that_is_away_is_said_in_words(run: Run) -> None:
    code, said = run("check", database="postgresql://nobody:secret@127.0.0.1:1/none")
    assert (code, said["trouble"]) == (3, "ServerAway")
    assert "secret" not in json.dumps(said)


def test_usage_errors_exit_with_two(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["check-out"], ["campaign", "create", "X", "--due", "tomorrow"], ["undo", "--last", "0"], []):
        with pytest.raises(SystemExit) as stopped:
            run(*words)
        assert stopped.value.code == 2
        assert json.loads(capsys.readouterr().out)["usage"]


def test_a_database_of_another_kind_makes_no_folder(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init", "--no-encryption", database="mysql://server/base")[1]["trouble"] == "NotABase"
    assert not list(tmp_path.iterdir())
    assert run("init", "--no-encryption", database=str(tmp_path / ("x" * 300)))[1]["trouble"] == "FileTrouble"


def test_a_keyring_that_says_no_leaves_no_base_that_nobody_could_open(
    run: Run, path: str, memory_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_words: str) -> None:
        raise PasswordSetError("denied")

    monkeypatch.setattr(memory_keyring, "set_password", denied)
    assert run("init", database=path)[1]["trouble"] == "NoKeyring"
    assert not Path(path).exists()


def test_a_name_with_french_spaces_is_a_name(run: Run) -> None:
    run("init", "--no-encryption")
    name = "Continuité\u00a0: «\u202fété\u202f»"
    assert run("campaign", "create", name, "--due", "2099-07-03")[1]["name"] == name


def test_a_search_for_signs_finds_nothing_and_breaks_nothing(run: Run) -> None:
    run("init", "--no-encryption")
    for typed in ("'", "%_", "—", '"'):
        assert run("pupils", "list", "--search", typed) == (0, {"rows": []})
        assert run("devices", "list", "--search", typed) == (0, {"rows": []})


def test_a_campaign_needs_a_name(run: Run) -> None:
    run("init", "--no-encryption")
    for name in ("", "  ", "x" * 121):
        assert run("campaign", "create", name, "--due", "2099-07-03")[1]["refusal"] == "InvalidCampaignName"
    assert run("campaign", "create", " Été ", "--due", "2099-07-03")[1]["name"] == "Été"
    assert run("campaign", "create", "Été", "--due", "2099-07-03")[1]["refusal"] == "CampaignNameTaken"


def test_nothing_is_written_over_the_base(run: Run, path: str) -> None:
    run("init", "--no-encryption", database=path)
    for words in (["agreements", "print", "--out", path], ["log", "save", path], ["export", "loans", "--out", path]):
        assert run(*words, database=path)[0] != 0
    assert run("check", database=path)[0] == 0


def test_the_log_is_saved_without_a_name(run: Run, tmp_path: Path) -> None:
    run("init", "--no-encryption")
    run("check-out", "ML-000001-X", "Zoé-Œuvrard")
    report = tmp_path / "report.txt"
    assert run("log", "save", str(report))[0] == 0
    assert "Œuvrard" not in report.read_text("utf-8")


@pytest.mark.parametrize("key", ["", KEY], ids=["plain", "sqlcipher"])
def test_a_damaged_page_is_trouble_in_words(run: Run, path: str, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLET_LOANS_KEY", key)
    run("init", *([] if key else ["--no-encryption"]), database=path)
    run("campaign", "create", "Été", "--due", "2099-07-03", database=path)
    whole = Path(path).read_bytes()
    pages, answers = len(whole) // 4096, set()
    for page in range(1, pages, 5):
        Path(path).write_bytes(whole[: page * 4096] + b"\xff" * 4096 + whole[(page + 1) * 4096 :])
        for words in (["check"], ["devices", "list"], ["campaign", "list"]):
            code, said = run(*words, database=path)
            assert code in (0, 3)
            answers.add(said.get("trouble"))
    assert "ProgramFault" not in answers
    assert answers & {"BaseDamaged", "BaseUnsound", "WrongKey"}
