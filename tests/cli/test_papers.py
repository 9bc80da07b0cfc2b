"""What is printed, from the command line, on both engines."""

import json
from collections.abc import Callable
from errno import EEXIST
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.__main__ import main
from tablet_loans.domain.barcode import Command, command_code, on_sheet
from tablet_loans.domain.trouble import reason_of
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
        {"agreements": 2, "pages": 4, "file": str(out)},
    )
    assert run(*before, "--school", IRIS, "--class", "CM2 B")[1]["pages"] == 2
    assert run(*before, "--pupil", "123456789AB")[1]["pages"] == 2
    assert all(on_sheet(code) is not None for code, _ in codes_on(pages_of(out)[0]))


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


def test_blank_agreements_and_a_file_a_school_are_printed(run: Run, tmp_path: Path) -> None:
    printing = ("agreements", "print", "--out")
    assert run(*printing, tmp_path / "spare.pdf", "--spare", 2)[1]["agreements"] == 2
    code, said = run(*printing, tmp_path / "out", "--before", "--school", IRIS, "--per-school")
    assert (code, said["files"], said["agreements"], said["resumed"]) == (0, 1, 2, 0)
    assert run(*printing, tmp_path / "p.pdf", "--promised")[1]["refusal"] == "NobodyPromised"
    assert run(*printing, tmp_path / "p.pdf", "--spare", 1, "--language", "de")[1]["refusal"] == "LanguageUnwritten"


def test_a_campaign_or_a_school_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    for words, refusal in (
        (("--campaign", "Rien"), "UnknownCampaign"),
        (("--school", "0690142A"), "InvalidUai"),
        (("--school", "0691111A", "--per-school"), "InvalidUai"),
        (("--campaign", "Rien", "--per-school"), "UnknownCampaign"),
    ):
        code, said = run("agreements", "print", *words, "--out", tmp_path / "out.pdf")
        assert (code, said["refusal"]) == (1, refusal)
    assert not list(tmp_path.glob("out*"))


def test_what_is_asked_of_a_file_that_is_not_there_or_is_no_folder_is_said_of_it(run: Run, tmp_path: Path) -> None:
    assert run("agreements", "wording", "--edit", tmp_path / "damage.txt")[1]["trouble"] == "FileMissing"
    assert (
        run("mail", "connect", "--host", "h", "--from", "a@b.fr", "--ca", tmp_path / "ca")[1]["trouble"]
        == "FileMissing"
    )
    (tmp_path / "file").write_text("")
    code, said = run("agreements", "print", "--before", "--school", IRIS, "--per-school", "--out", tmp_path / "file")
    assert (code, said["facts"]["reason"]) == (3, reason_of(FileExistsError(EEXIST, "")))


def test_the_wording_is_shown_edited_and_an_unknown_field_is_named(run: Run, tmp_path: Path) -> None:
    shown = run("agreements", "wording", "--campaign", CAMPAIGN)[1]
    assert (shown["version"], len(shown["rows"])) == (1, 16)
    file = tmp_path / "08_loss.txt"
    file.write_text("La perte\nAppeler {helpline}.", "utf-8")
    edited = run("agreements", "wording", "--edit", file)[1]
    assert next(row for row in edited["rows"] if row["group"] == "loss")["title"] == "La perte"
    file.write_text("La perte\nAppeler {telephone}.", "utf-8")
    code, said = run("agreements", "wording", "--edit", file)
    assert (code, said["refusal"], said["facts"]["field"]) == (1, "UnknownField", "telephone")
    assert run("agreements", "wording", "--edit", tmp_path / "none.txt")[1]["refusal"] == "UnknownGroup"
    assert run("agreements", "wording", "--edit", tmp_path / "use.txt")[0] == 3
    assert run("agreements", "wording", "--version", 9)[1]["refusal"] == "UnknownVersion"


def test_what_is_not_signed_is_listed(run: Run) -> None:
    assert run("agreements", "list", "--state", "missing", "--school", IRIS) == (0, {"rows": []})


@pytest.mark.parametrize(
    "words",
    [
        ("--before", "26-K3-0001"),
        ("--pupil", "12"),
        ("--promised", "--pupil", "12"),
        ("--spare", "2", "--school", IRIS),
        ("--spare", "0"),
    ],
)
def test_words_that_do_not_go_together_are_a_usage_error(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("agreements", "print", "--out", tmp_path / "a.pdf", *words)
    assert ended.value.code == 2


def test_the_command_codes_are_printed(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "codes.pdf"
    assert run("labels", "commands", "--out", out) == (0, {"accessories": 2, "pages": 1, "file": str(out)})
    assert command_code(Command.UNDO) in {code for code, _ in codes_on(pages_of(out)[0])}
    assert run("labels", "commands", "--out", tmp_path / "codes.txt")[0] == 3
