"""Readiness and drill from the command line, as JSON."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.__main__ import main
from tablet_loans.domain.concern import MENDED, Concern
from tests.services.documents import pages_of

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a plain base and return its exit code and JSON."""

    def call(*words: str) -> tuple[int, Any]:
        code = main(["--lang", "en", "--json", "--database", str(tmp_path / "base.sqlite"), *words])
        return code, json.loads(capsys.readouterr().out)

    return call


def test_a_campaign_says_what_is_left_to_do_and_each_line_its_command(run: Run) -> None:
    run("init", "--no-encryption")
    run("campaign", "create", "Été", "--due", "2099-07-03", "--draft")
    code, said = run("campaign", "readiness", "Été")
    assert (code, said["ready"]) == (0, False)
    assert set(said["lines"][0]) == {"code", "count", "blocking", "sentence", "action", "command", "room"}
    commands = {line["code"]: line["command"] for line in said["lines"]}
    assert commands["not_open"] == 'campaign open "Été"'
    assert run("campaign", "open", "Été")[0] == 0
    codes = [line["code"] for line in run("campaign", "readiness", "Été", "--thorough")[1]["lines"]]
    assert "not_open" not in codes


def test_a_drill_answers_with_its_steps_and_prints_its_page(run: Run, tmp_path: Path) -> None:
    run("demo", "--schools", "3", "--pupils", "200", "--devices", "60")
    name = next(row["name"] for row in run("campaign", "list")[1]["rows"] if row["status"] == "open")
    before = run("check")[1]["heads"]
    out = tmp_path / "drill.pdf"
    code, said = run("campaign", "drill", name, "--out", str(out), "--pace", "40")
    assert (code, said["well"], said["pages"], said["file"]) == (0, True, len(pages_of(out)), str(out))
    assert said["steps"][0]["step"] == "copy"
    assert all(step["wrong"] == [] for step in said["steps"])
    assert said["day"]["pace_s"] == 40
    assert run("check")[1]["heads"] == before


def test_an_unknown_campaign_is_refused(run: Run) -> None:
    run("init", "--no-encryption")
    for verb in ("readiness", "drill"):
        code, said = run("campaign", verb, "Ailleurs")
        assert (code, said["refusal"]) == (1, "UnknownCampaign")


@pytest.mark.parametrize("concern", Concern)
def test_each_command_that_mends_is_one_of_the_program_s(
    concern: Concern, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said_by_hand = MENDED[concern][1].format(name="Ailleurs", over="Ailleurs")
    words = said_by_hand.replace("DATE", "2099-07-03").replace("--reserve N", "--reserve 1")
    code = main(["--lang", "en", "--json", "--database", str(tmp_path / "none.sqlite"), *words.split()])
    said = json.loads(capsys.readouterr().out)
    assert code in (1, 3), said
    assert said.get("trouble", said.get("refusal")) in ("BaseMissing", "NotConfirmed")
