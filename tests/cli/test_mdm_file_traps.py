"""The list of any other MDM, when it is not what it was: what is wrong is said, and nothing is changed."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.builders import World
from tests.cli.mdm_post import Run
from tests.mdm_servers.traps import serial
from tests.services.enrolled import dump

_GOOD: Final = "N° de série;Utilisateur;Statut\n" + "".join(f"{serial(n)};Élève {n};Enrôlé\n" for n in range(4))


def _zipped() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("parc.csv", _GOOD)
    return kept.getvalue()


BAD: Final = {
    "empty": (b"", "MissingColumns"),
    "only-spaces": (b" \n\n  \r\n", "MissingColumns"),
    "no-serial": (b"Nom;Utilisateur\niPad;Lea\n", "MissingColumns"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 9, "MissingColumns"),
    "zip": (_zipped(), "FileUnreadable"),
    "half-a-zip": (_zipped()[:40], "FileUnreadable"),
    "old-excel-that-is-none": (b"\xd0\xcf\x11\xe0" * 9, "FileUnreadable"),
    "open-quote": (_GOOD.encode() + b'"' + b"x;y\n" * 400_000, "FileUnreadable"),
}


@pytest.fixture
def run(sqlite_world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    assert sqlite_world.base.path is not None
    return Run(sqlite_world.base.path, capsys, monkeypatch)


@pytest.fixture
def file(sqlite_world: World, run: Run, tmp_path: Path) -> Path:
    made = tmp_path / "parc.csv"
    made.write_text(_GOOD, "utf-8")
    sqlite_world.device(serial=serial(0))
    assert run("mdm", "connect", "file", "--address", made)[0] == 0
    assert run("mdm", "sync")[1]["new"] == 4
    return made


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_list_is_refused_and_nothing_is_changed(
    name: str, sqlite_world: World, run: Run, file: Path
) -> None:
    content, trouble = BAD[name]
    before = dump(sqlite_world.base)
    file.write_bytes(content)
    for words in (("sync",), ("sync", "--dry-run"), ("connect", "file", "--address", file, "--name", "Other")):
        code, said = run("mdm", *words)
        assert (code, said.get("trouble") or said.get("refusal")) == (3, trouble), said
    assert dump(sqlite_world.base) == before
    file.write_text(_GOOD, "utf-8")
    assert run("mdm", "sync")[1]["ledger"] is None


def _directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(("harm", "trouble"), [(Path.unlink, "FileMissing"), (_directory, "FileUnreadable")])
def test_a_file_that_is_not_there_is_said_so(
    harm: Callable[[Path], None], trouble: str, sqlite_world: World, run: Run, file: Path
) -> None:
    before = dump(sqlite_world.base)
    harm(file)
    code, said = run("mdm", "sync")
    assert (code, said["trouble"]) == (3, trouble)
    assert dump(sqlite_world.base) == before


def test_a_list_without_lines_is_not_believed(sqlite_world: World, run: Run, file: Path) -> None:
    before = dump(sqlite_world.base)
    file.write_text(_GOOD.splitlines()[0] + "\n", "utf-8")
    code, said = run("mdm", "sync")
    assert (code, said["refusal"], said["facts"]["count"]) == (1, "NoDevicesTold", 4)
    assert dump(sqlite_world.base) == before
    assert run("mdm", "sync", "--believe-empty")[1]["not_told"] == 4


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig", "utf-16-le"])
@pytest.mark.usefixtures("sqlite_world")
def test_a_list_saved_in_another_encoding_changes_nothing(encoding: str, run: Run, file: Path) -> None:
    file.write_bytes(_GOOD.encode(encoding))
    code, said = run("mdm", "sync")
    assert (code, said["unchanged"], said["ledger"]) == (0, 4, None), said


@pytest.mark.usefixtures("sqlite_world")
def test_messy_lines_are_read_and_odd_ones_named(run: Run, file: Path) -> None:
    messy = _GOOD.replace(serial(1), f" {serial(1).lower()} ").replace(serial(2), f"S{serial(2)}")
    file.write_text(f"{messy};Nobody;\n{serial(3)};Élève 3;Enrôlé\n", "utf-8")
    code, said = run("mdm", "sync")
    assert (code, said["unchanged"], said["unreadable"], [each["place"] for each in said["problems"]]) == (
        0,
        4,
        1,
        ["6"],
    )


@pytest.mark.usefixtures("sqlite_world")
def test_a_quote_that_is_never_closed_loses_no_line(run: Run, file: Path) -> None:
    lines = _GOOD.splitlines()
    lines[2] = lines[2].replace("Élève", '"Élève')
    file.write_text("\n".join(lines) + "\n", "utf-8")
    code, said = run("mdm", "sync")
    assert (code, said.get("not_told", 0)) != (0, 2), said


@pytest.mark.parametrize("address", ["~nobody-of-that-name/parc.csv", "", "parc\n.csv"])
@pytest.mark.usefixtures("sqlite_world")
def test_a_path_that_is_none_is_a_trouble_of_files(address: str, run: Run) -> None:
    code, said = run("mdm", "connect", "file", "--address", address)
    assert (code, said["trouble"]) in ((3, "FileMissing"), (3, "FileUnreadable"))
