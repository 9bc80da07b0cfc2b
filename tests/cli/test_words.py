"""Without --json, a person reads lines; the language is the system's or the one asked for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tablet_loans.__main__ import main


def test_a_list_is_a_table_and_a_refusal_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = str(tmp_path / "base.sqlite")
    assert main(["--lang", "fr", "--database", base, "init", "--no-encryption"]) == 0
    assert "n’est pas chiffrée" in capsys.readouterr().err
    assert main(["--lang", "fr", "--database", base, "campaign", "create", "Été", "--due", "03/07/2099"]) == 0
    capsys.readouterr()
    assert main(["--lang", "fr", "--database", base, "campaign", "list"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["name", "status", "due"]
    assert row.split()[:3] == ["Été", "open", "2099-07-03"]
    assert main(["--lang", "fr", "--database", base, "undo"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "Cette opération ne s’annule pas\u00a0: Campagne créée.\n")


@pytest.mark.parametrize(
    ("lang", "said"), [("fr_FR.UTF-8", "Il n’y a pas de base"), ("en_GB.UTF-8", "There is no base")]
)
def test_the_language_follows_the_system(tmp_path: Path, lang: str, said: str) -> None:
    environment = {**os.environ, "LANG": lang, "LC_ALL": lang, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "tablet_loans", "--database", str(tmp_path / "none.sqlite"), "check"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)
    assert done.returncode == 3
    assert done.stderr.startswith(said)


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    base = str(tmp_path / "base.sqlite")
    main(["--database", base, "demo", "--schools", "2", "--pupils", "50", "--devices", "3000"])
    command = [sys.executable, "-m", "tablet_loans", "--database", base, "devices", "list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        assert listing.stdout.readline().startswith("tag")
        listing.stdout.close()
        assert listing.stderr.read() == ""
