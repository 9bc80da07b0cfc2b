"""Labels from the command line, on both engines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.__main__ import main
from tests.builders import CAMPAIGN, World
from tests.services.documents import codes_on, pages_of

Run = Callable[..., tuple[int, Any]]
IRIS = "0690142E"


@pytest.fixture
def run(world: World, url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on the world's base and return its exit code and its JSON."""
    world.school(IRIS)
    world.pupil("Kaya", "Emre", class_name="CM2 A")
    world.device(serial="R52M70ABCDE")
    world.device()
    world.base.close()

    def call(*words: object) -> tuple[int, Any]:
        code = main(["--lang", "en", "--json", "--database", url, *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return call


def tags(run: Run) -> list[str]:
    return [row["tag"] for row in run("devices", "list")[1]["rows"]]


def test_labels_are_printed_scanned_back_spoiled_and_listed(run: Run, tmp_path: Path) -> None:
    first, second = tags(run)
    out = tmp_path / "labels.pdf"
    words = ("labels", "print", "--stock", "L7160", "--start-at", 7, "--serial", "--state", "ready", "--out", out)
    code, said = run(*words)
    assert (code, said["labels"], said["stock"], said["pages"]) == (0, 2, "Avery L7160", 1)
    assert {text for text, _ in codes_on(pages_of(out)[0])} == {first, second}
    assert run("labels", "confirm", first)[1]["label"] == "confirmed"
    assert run("labels", "spoil", second)[1]["label"] == "spoiled"
    rows = run("labels", "journal")[1]["rows"]
    assert [(row["tag"], row["label"]) for row in rows] == [(second, "spoiled"), (first, "confirmed")]
    assert [row["tag"] for row in run("labels", "journal", "--state", "spoiled")[1]["rows"]] == [second]


@pytest.mark.parametrize("style", ["code128", "qr", "datamatrix"])
def test_labels_are_printed_as_any_code_on_a_roll(run: Run, tmp_path: Path, style: str) -> None:
    (first, _), out = tags(run), tmp_path / "labels.pdf"
    words = ("labels", "print", first, "--stock", "Dymo 99012", "--code", style, "--dpi", 203, "--out", out)
    assert run(*words)[0] == 0
    assert [text for text, _ in codes_on(pages_of(out)[0])] == [first]


def test_what_cannot_be_printed_is_refused_by_name(run: Run, tmp_path: Path) -> None:
    first, out = tags(run)[0], tmp_path / "labels.pdf"
    for words, refusal in (
        ((), "NoLabels"),
        (("--state", "stolen"), "NoLabels"),
        (("ML-999999-9",), "UnknownCode"),
        ((first, "--stock", "L9999"), "UnknownStock"),
        ((first, "--start-at", 22), "StartBeyondSheet"),
        ((first, "--stock", "L7651"), "CodeDoesNotFit"),
        ((first, "--printer", "Salle 2"), "UnknownPrinter"),
        (("--range", "abc"), "UnknownRange"),
    ):
        code, said = run("labels", "print", *words, "--out", out)
        assert (code, said["refusal"]) == (1, refusal), words
    assert not out.exists()


@pytest.mark.parametrize(
    "words", [("--start-at", "0"), ("--dpi", "12"), ("--code", "ean"), ("ML-1", "--state", "ready")]
)
def test_words_that_make_no_sense_are_a_usage_error(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("labels", "print", "--out", tmp_path / "labels.pdf", *words)
    assert ended.value.code == 2


def test_stocks_are_listed_and_added(run: Run, tmp_path: Path) -> None:
    assert len(run("labels", "stocks")[1]["rows"]) >= 25
    file = tmp_path / "mine.toml"
    file.write_text('name = "Bobine"\npaper = "roll"\nwidth = 60\nheight = 30\n', encoding="utf-8")
    assert run("labels", "stock", "add", file)[1]["rows"][0]["stock"] == "Bobine"
    assert "Bobine" in {row["stock"] for row in run("labels", "stocks")[1]["rows"]}
    file.write_text('name = "Bobine"\npaper = "A5"\n', encoding="utf-8")
    assert run("labels", "stock", "add", file)[1]["refusal"] == "UnknownPaper"


def test_a_printer_is_measured_and_used(run: Run, tmp_path: Path) -> None:
    first, page = tags(run)[0], tmp_path / "page.pdf"
    code, said = run("labels", "calibration", "--stock", "L7160", "--out", page)
    assert (code, len(said["to_do"])) == (0, 5)
    assert run("labels", "printer", "Salle 2", "--right", "1,5", "--down", "-2", "--scale", "1.002")[0] == 0
    assert run("labels", "printers")[1]["rows"] == [
        {"printer": "Salle 2", "right_mm": 1.5, "down_mm": -2.0, "scale": 1.002}
    ]
    assert run("labels", "calibration", "--printer", "Salle 2", "--out", page)[0] == 0
    assert run("labels", "print", first, "--printer", "Salle 2", "--out", tmp_path / "labels.pdf")[0] == 0
    assert run("labels", "printer", "Salle 2", "--right", "50")[1]["refusal"] == "OffsetOutOfBounds"


def test_a_label_is_that_of_a_tablet_whatever_was_typed(run: Run) -> None:
    for verb in ("spoil", "confirm"):
        assert run("labels", verb, "Kaya")[1]["refusal"] == "UnknownCode"


def test_pupil_cards_and_carton_labels_are_printed(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "cards.pdf"
    assert run("labels", "cards", "--school", IRIS, "--class", "CM2 A", "--out", out)[1]["labels"] == 1
    assert run("labels", "cards", "--school", IRIS, "--class", "6e", "--out", out)[1]["refusal"] == "NobodyThere"
    assert run("labels", "cartons", CAMPAIGN, "--out", out)[1]["refusal"] == "NoCartonYet"
