"""Without --json, a person reads lines; the language is the system's or the one asked for."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tablet_loans.__main__ import main
from tablet_loans.cli.answer import AllRefused, say
from tablet_loans.domain.errors import DueDatePast
from tablet_loans.domain.pupil import HouseholdMember, PupilId


def test_a_list_is_a_table_and_a_refusal_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = str(tmp_path / "base.sqlite")
    assert main(["--lang", "fr", "--database", base, "init", "--no-encryption"]) == 0
    assert "n’est pas chiffrée" in capsys.readouterr().err
    assert main(["--lang", "fr", "--database", base, "campaign", "create", "Été", "--due", "03/07/2099"]) == 0
    capsys.readouterr()
    assert main(["--lang", "fr", "--database", base, "campaign", "list"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split()[:2] == ["Nom", "État"]
    assert "03/07/2099" in row
    assert main(["--lang", "fr", "--database", base, "--json", "campaign", "list"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"][0]["due"] == "2099-07-03"
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
    command = [sys.executable, "-m", "tablet_loans", "--lang", "en", "--database", base, "devices", "list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        assert listing.stdout.readline().startswith("Asset tag")
        listing.stdout.close()
        assert listing.stderr.read() == ""


def test_a_person_reads_lines_and_never_the_program_s_own_words() -> None:
    out = io.StringIO()
    home = (HouseholdMember(PupilId(4), "KAYA Ada", "Les Iris", "", None),)
    said = {
        "rows": 2, "loan": None, "problems": [], "doubts": [{"line": 3, "name": "KAYA Ada", "other": "KAYA Adà"}],
        "changes": [{"fate": "changes", "line": 2, "changes": [{"field": "class_name", "before": "", "after": "CM2"}]}],
        "household": home, "refused": {"refusal": "X", "sentence": "It is refused.", "facts": {"a": 1}}, "closed": True,
    }  # fmt: skip
    assert say(said, as_json=False, out=out, is_dry_run=True) == 0
    text = out.getvalue()
    assert not any(mark in text for mark in ("None", "[", "{", "True", "HouseholdMember", "class_name", "facts"))
    assert "KAYA Ada" in text
    assert "It is refused." in text
    assert "Dry run" in text
    assert say(AllRefused(schools=[]), as_json=True, out=out) == 1


def test_a_day_in_a_sentence_is_written_as_its_reader_does(tmp_path: Path) -> None:
    base = str(tmp_path / "none.sqlite")
    for lang, day in (("fr", "03/07/2020"), ("en", "2020-07-03")):
        main(["--lang", lang, "--database", base, "check"])
        assert day in DueDatePast(due="2020-07-03").spoken()
    main(["--lang", "en", "--database", base, "check"])
