"""Workbooks out and back, from the command line, on both engines."""

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.__main__ import main
from tablet_loans.domain import workbook as layout
from tablet_loans.services import lending
from tablet_loans.storage import rows
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
    return commands(url, capsys)


def commands(url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return how a command is run on a base."""

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
    assert run("schools", "list")[1]["rows"] == [row]
    assert run("needs", "coverage")[1]["rows"][0]["school_name"]


def test_nothing_taken_is_no_success(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "back"
    folder.mkdir()
    code, answer = run("import", "school-return", folder, "--dry-run")
    assert (code, answer["refusal"]) == (1, "NoWorkbookThere")
    mail = folder / "mail.txt"
    mail.write_text("Bonjour", encoding="utf-8")
    code, answer = run("import", "school-return", mail)
    assert (code, [each["refused"]["refusal"] for each in answer["schools"]]) == (1, ["WrongFile"])


def test_needs_are_closed_by_somebody_who_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("y\n"))
    assert run("needs", "close", CAMPAIGN)[1]["refusal"] == "NotConfirmed"
    (row, *_) = run("pupils", "list")[1]["rows"]
    assert run("need", "set", row["id"], "--equipment", "own", "--asked-on", "2026-01-02")[1]["counts"] is True
    assert run("needs", "close", CAMPAIGN, "--yes")[1]["closed"] is True
    assert run("need", "set", row["id"], "--equipment", "own")[1]["refusal"] == "NeedsClosed"


def test_an_older_answer_is_said_not_to_count(run: Run) -> None:
    pupil = run("pupils", "list")[1]["rows"][0]["id"]
    assert run("need", "set", pupil, "--equipment", "phone", "--asked-on", "2026-01-05")[1]["counts"] is True
    assert run("need", "set", pupil, "--equipment", "own", "--asked-on", "2026-01-02")[1]["counts"] is False
    shown = run("pupils", "show", pupil)[1]
    assert (shown["need"]["equipment"], shown["need"]["asked_on"]) == ("phone", "2026-01-05")
    assert (shown["guardians"], shown["household"], shown["phone"]) == ([], [], "")


def test_an_unknown_word_names_those_that_are_known(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["need", "set", 1, "--equipment", "?"], ["devices", "list", "--state", "?"]):
        with pytest.raises(SystemExit):
            run(*words)
        said = capsys.readouterr().out
        assert "DeviceState" not in said
        assert "Equipment" not in said


def test_recalls_name_the_school_that_calls(
    world: World, url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pupil = world.pupil("Kaya", "Emre", school_id=world.school(IRIS, "École Les Iris"))
    lending.check_out(world.session, code=world.device(), pupil_id=pupil)
    with world.base.atomic():
        rows.update(world.base, "pupil", pupil, {"left_on": date(2026, 4, 7)})
    world.base.close()
    run = commands(url, capsys)
    (row,) = run("schools", "recall")[1]["rows"]
    assert (row["school"], row["school_name"], row["pupil"]) == (IRIS, "École Les Iris", "KAYA Emre")
    assert run("schools", "recall", "--school", IRIS)[1]["rows"] == [row]
    out = tmp_path / "recalls.csv"
    assert run("schools", "recall", "--out", out) == (0, {"rows": 1, "file": str(out)})
    assert "École Les Iris" in out.read_text("utf-8-sig")


def test_homonyms_are_told_apart_in_the_workbook_and_answered(
    world: World, url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    school = world.school(IRIS)
    for year in (2013, 2014):
        pupil = world.pupil("Kaya", "Lina", school_id=school)
        with world.base.atomic():
            rows.update(world.base, "pupil", pupil, {"birth_date": date(year, 2, 3)})
    world.base.close()
    run = commands(url, capsys)
    assert run("schools", "workbook", "--out", tmp_path / "out")[0] == 0
    sheet = FilledSheet(next((tmp_path / "out").iterdir()))
    shown = [sheet.text(line, layout.GIVEN) for line in sheet.lines()]
    assert sorted(shown) == ["Lina (03/02/2013)", "Lina (03/02/2014)"]
    sheet.write(sheet.lines()[shown.index("Lina (03/02/2014)")], EQUIPMENT="Rien")
    assert run("import", "school-return", sheet.save(tmp_path / "back.xlsx"))[0] == 0
    told = {row["id"]: row["equipment"] for row in run("needs", "list")[1]["rows"]}
    assert (told[pupil], sorted(map(str, told.values()))) == ("none", ["None", "none"])
