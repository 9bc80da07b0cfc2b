"""Signed agreements come back, from the command line, on both engines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.__main__ import main
from tests.builders import World
from tests.services.piled import joined, scanned, spoilt, unmarked
from tests.services.test_filing import lent

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def pile(world: World, tmp_path: Path) -> tuple[list[str], Path]:
    """Return the numbers of two loans, and a pile: one turned, one whose code nobody can read."""
    numbers, pages = lent(world, ("Abel", "Brun"), tmp_path)
    world.base.close()
    turned = [scanned(page, 90) for page in pages[:2]]
    return numbers, joined([*turned, scanned(spoilt(pages[2])), unmarked(pages[3])], tmp_path / "pile.pdf")


@pytest.fixture
def run(url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command and return its exit code and its JSON."""

    def call(*words: object) -> tuple[int, Any]:
        code = main(["--lang", "en", "--json", "--database", url, *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return call


def test_a_pile_is_filed_and_what_lacks_is_listed(pile: tuple[list[str], Path], run: Run, tmp_path: Path) -> None:
    (one, two), path = pile
    code, dry = run("agreements", "file", path, "--dry-run")
    assert (code, dry["signed"], dry["ledger"]) == (0, 1, None)
    code, said = run("agreements", "file", path, "--look", tmp_path / "looks")
    assert (code, said["pages"], said["signed"], said["filed"]) == (0, 4, 1, 2)
    assert said["told"] == dry["told"]
    assert [(page["page"], page["fate"]) for page in said["to_look_at"]] == [(3, "unreadable"), (4, "unreadable")]
    assert said["told"][0] == {
        "file": "pile.pdf", "page": 1, "fate": "filed", "loan": one, "state": "open", "version": 1,
    }  # fmt: skip
    assert [row["loan"] for row in run("agreements", "list", "--state", "missing")[1]["rows"]] == [two]
    out = tmp_path / "back.pdf"
    assert run("agreements", "scan", one, "--out", out) == (0, {"loan": one, "pages": 2, "file": str(out)})
    assert run("agreements", "scan", two, "--out", out)[1]["refusal"] == "NoPageKept"


def test_a_scan_is_attached_by_hand(pile: tuple[list[str], Path], run: Run, tmp_path: Path) -> None:
    (one, two), path = pile
    assert run("agreements", "sign", two, "--scan", path)[1]["refusal"] == "OtherLoansPage"
    assert run("agreements", "sign", one, "--scan", path)[1]["agreement"] == "signed"
    assert run("agreements", "sign", two)[0] == 0
    assert run("agreements", "file", tmp_path / "none.pdf")[0] == 3


def test_a_person_reads_the_pages_to_look_at(
    pile: tuple[list[str], Path], url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--lang", "en", "--database", url, "agreements", "file", str(pile[1])]) == 0
    said = capsys.readouterr().out
    assert "To look at:" in said
    assert "without a code that can be read" in said
