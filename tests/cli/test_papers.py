"""What is printed, from the command line, on both engines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.__main__ import main
from tablet_loans.domain.barcode import Command, command_code, on_sheet
from tests.builders import CAMPAIGN, World
from tests.services.documents import codes_on, pages_of

Run = Callable[..., tuple[int, Any]]
IRIS = "0690142E"


@pytest.fixture
def run(world: World, url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on the world's base and return its exit code and its JSON."""
    world.school(IRIS)
    world.pupil("Kaya", "Emre", ine="123456789AB", class_name="CM2 A")
    world.pupil("Œuvrard", "Zoé", class_name="CM2 B")
    world.model()
    world.base.close()

    def call(*words: object) -> tuple[int, Any]:
        code = main(["--lang", "en", "--json", "--database", url, *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return call


def test_agreements_are_printed_beforehand_for_a_school_a_class_or_a_pupil(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "sheets.pdf"
    before = ("agreements", "print", "--before", "--out", out)
    assert run(*before, "--campaign", CAMPAIGN, "--school", IRIS) == (
        0,
        {"agreements": 2, "pages": 2, "file": str(out)},
    )
    assert run(*before, "--school", IRIS, "--class", "CM2 B")[1]["pages"] == 1
    assert run(*before, "--pupil", "123456789AB")[1]["pages"] == 1
    ((code, _),) = codes_on(pages_of(out)[0])
    assert on_sheet(code) is not None


def test_what_is_not_printed_beforehand_is_refused(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "sheets.pdf"
    before = ("agreements", "print", "--before", "--out", out)
    for words, refusal in (
        ((), "NoSchoolChosen"),
        (("--school", IRIS, "--class", "6e"), "NobodyToPrintFor"),
        (("--pupil", "9999"), "UnknownPupil"),
    ):
        code, said = run(*before, *words)
        assert (code, said["refusal"]) == (1, refusal)
    assert not out.exists()


@pytest.mark.parametrize("words", [("--before", "26-K3-0001"), ("--pupil", "12")])
def test_words_that_do_not_go_together_are_a_usage_error(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("agreements", "print", "--out", tmp_path / "a.pdf", *words)
    assert ended.value.code == 2


def test_the_command_codes_are_printed(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "codes.pdf"
    assert run("labels", "commands", "--out", out) == (0, {"accessories": 2, "pages": 1, "file": str(out)})
    assert command_code(Command.UNDO) in {code for code, _ in codes_on(pages_of(out)[0])}
    assert run("labels", "commands", "--out", tmp_path / "codes.txt")[0] == 3
