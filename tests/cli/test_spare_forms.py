"""Blank agreements and receipts from the command line, on both engines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.__main__ import main
from tablet_loans.services import batching
from tests.builders import World

Run = Callable[..., tuple[int, Any]]
DUE = "2099-07-03"


@pytest.fixture
def run(world: World, url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command on a base with two blank agreements, and return its exit code and its JSON."""
    batching.print_spare(world.session, 2, tmp_path / "spare.pdf")

    def call(*words: object) -> tuple[int, Any]:
        world.base.close()
        code = main(["--lang", "en", "--json", "--database", url, *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return call


def test_a_form_is_taken_at_check_out_or_linked_afterwards(run: Run, world: World, tmp_path: Path) -> None:
    one, two = (str(row[0]) for row in world.base.execute("SELECT code FROM spare_form ORDER BY id").fetchall())
    tags, pupils = [world.device(), world.device()], [world.pupil("Abel"), world.pupil("Brun")]
    code, first = run("check-out", tags[0], pupils[0], "--due", DUE, "--form", one.lower())
    assert code == 0
    code, refused = run("check-out", tags[1], pupils[1], "--due", DUE, "--form", one)
    assert (code, refused["refusal"], refused["facts"]) == (1, "FormUsed", {"form": one, "loan": first["loan"]})
    code, second = run("check-out", tags[1], pupils[1], "--due", DUE)
    assert run("agreements", "sign", second["loan"], "--form", two)[0] == 0
    assert run("agreements", "sign", second["loan"], "--form", "TLFX")[1]["refusal"] == "UnknownForm"
    rows = run("loans", "list")[1]["rows"]
    assert {row["loan"] for row in rows} == {first["loan"], second["loan"]}
    out = tmp_path / "receipts.pdf"
    code, printed = run("labels", "receipt", first["loan"], second["loan"], "--out", out)
    assert (code, printed["labels"]) == (0, 2)
    assert out.exists()
