"""Workbooks out and back, from the command line, on both engines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.__main__ import main
from tests.builders import CAMPAIGN, World
from tests.services.filled import FilledSheet

Run = Callable[..., tuple[int, Any]]
IRIS = "0690142E"


@pytest.fixture
def run(world: World, url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on the world's base and return its exit code and its JSON."""
    world.school(IRIS)
    world.pupil("Kaya", "Emre", class_name="CM2 A")
    world.pupil("Œuvrard", "Zoé", class_name="CM2 B")
    world.base.close()

    def call(*words: object) -> tuple[int, Any]:
        code = main(["--lang", "en", "--json", "--database", url, *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return call


def test_a_workbook_goes_out_and_its_answers_come_in(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    written = run("schools", "workbook", "--campaign", CAMPAIGN, "--school", IRIS, "--out", out, "--by", "20/04/2026")
    assert written == (0, {"files": 1, "pupils": 2, "folder": str(out)})
    sheet = FilledSheet(next(out.iterdir()))
    sheet.write(sheet.line_of("Kaya"), EQUIPMENT="Rien")
    unclear = sheet.line_of("Œuvrard")
    sheet.write(unclear, EQUIPMENT="??")
    file, mail = sheet.save(tmp_path / "back.xlsx"), tmp_path / "mail.txt"
    mail.write_text("Bonjour", encoding="utf-8")
    said = ("import", "school-return", file, mail, "--campaign", CAMPAIGN, "--problems", tmp_path / "p")
    for words in ((*said, "--dry-run"), said):
        code, answer = run(*words)
        first, second = answer["schools"]
        assert (code, first["school"], first["read"], first["changed"], first["refused"]) == (0, IRIS, 1, 1, None)
        assert [problem["line"] for problem in first["problems"]] == [unclear]
        assert (second["refused"]["refusal"], second["changed"]) == ("WrongFile", 0)
    assert len(list((tmp_path / "p").iterdir())) == 1
    (row,) = run("schools", "list", "--campaign", CAMPAIGN)[1]["rows"]
    assert (row["uai"], row["pupils"], row["answered"], row["lacking"]) == (IRIS, 2, 1, 1)
    assert run("schools", "recall", "--school", IRIS) == (0, {"rows": []})
