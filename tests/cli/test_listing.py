"""Lists and receipts from the command line, on both engines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.__main__ import main
from tablet_loans.services import lending, packing
from tests.builders import CAMPAIGN, World
from tests.services.documents import codes_on, pages_of
from tests.services.promised import applied, in_need

Run = Callable[..., tuple[int, Any]]
IRIS = "0690142E"


@pytest.fixture
def numbers(world: World) -> list[str]:
    """Promise three tablets, lend one of them and one more that came back, pack one; return both loans' numbers."""
    school = world.school(IRIS)
    pupils = [in_need(world, f"Kaya{number}", school_id=school, is_cellular=True) for number in range(3)]
    tags = [world.device() for _ in pupils]
    applied(world)
    made = [lending.check_out(world.session, code=tags[0], pupil_id=pupils[0]).value.number]
    packing.pack(world.session, CAMPAIGN, IRIS, tags[1])
    tag = world.device()
    back = lending.check_out(world.session, code=tag, pupil_id=world.pupil("Brun", school_id=school)).value.number
    lending.check_in(world.session, code=tag)
    return [*made, back]


@pytest.fixture
def run(world: World, numbers: list[str], url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on the world's base and return its exit code and its JSON."""
    del numbers
    world.base.close()

    def call(*words: object) -> tuple[int, Any]:
        code = main(["--lang", "en", "--json", "--database", url, *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return call


def test_each_paper_is_printed_and_told(run: Run, numbers: list[str], tmp_path: Path) -> None:
    out = tmp_path / "papers.pdf"
    said = {"schools": 1, "classes": 1, "pupils": 3, "pages": 1, "file": str(out)}
    assert run("papers", "hand-over", "--campaign", CAMPAIGN, "--school", IRIS, "--out", out) == (0, said)
    assert len(codes_on(pages_of(out)[0])) == 2
    assert run("papers", "hand-over", "--class", "5e B", "--no-codes", "--out", out) == (0, said)
    assert codes_on(pages_of(out)[0]) == []
    code, note = run("papers", "delivery-note", "--copies", "2", "--out", out)
    assert (code, note["cartons"], note["devices"], note["pages"]) == (0, 1, 1, 2)
    told = {"loans": 1, "pages": 1, "file": str(out)}
    assert run("papers", "return-receipt", numbers[1], "--out", out) == (0, told)
    assert run("papers", "hand-over-receipt", numbers[0], "--out", out) == (0, told)
    code, unsigned = run("papers", "unsigned", "--school", IRIS, "--out", out)
    assert (code, unsigned["loans"], unsigned["pages"]) == (0, 1, 1)


def test_what_is_not_signed_is_a_table_too(run: Run, numbers: list[str], tmp_path: Path) -> None:
    (row,) = run("papers", "unsigned", "--campaign", CAMPAIGN)[1]["rows"]
    assert set(row) == {"school", "class", "pupil", "loan", "tag", "lent_on", "printed_at"}
    assert (row["loan"], row["printed_at"]) == (numbers[0], None)
    out = tmp_path / "unsigned.xlsx"
    assert run("papers", "unsigned", "--out", out) == (0, {"loans": 1, "file": str(out)})
    assert run("agreements", "print", numbers[0], "--out", tmp_path / "agreement.pdf")[0] == 0
    assert run("agreements", "sign", numbers[0])[0] == 0
    assert run("papers", "unsigned")[1] == {"rows": []}
    assert run("papers", "unsigned", "--out", tmp_path / "none.pdf")[1]["refusal"] == "AllSigned"


def test_what_is_refused_leaves_no_file(run: Run, numbers: list[str], tmp_path: Path) -> None:
    out = tmp_path / "none.pdf"
    for words, refusal in (
        (("return-receipt", numbers[0]), "NotReturned"),
        (("hand-over-receipt", numbers[1]), "NotHandedOver"),
        (("hand-over-receipt", "20-ZZ-0001"), "UnknownLoan"),
        (("hand-over", "--class", "3e C"), "NobodyToHandTo"),
        (("delivery-note", "--school", "1"), "InvalidUai"),
    ):
        code, said = run("papers", *words, "--out", out)
        assert (code, said["refusal"]) == (1, refusal)
    assert run("papers", "hand-over", "--out", tmp_path / "none.txt")[1]["trouble"] == "FileTrouble"
    assert not out.exists()


def test_a_person_reads_what_was_printed(
    world: World, numbers: list[str], url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world.base.close()
    assert main(["--lang", "en", "--database", url, "papers", "unsigned"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert "Lent on" in head
    assert numbers[0] in row
    assert main(["--lang", "en", "--database", url, "papers", "hand-over", "--out", str(tmp_path / "a.pdf")]) == 0
    assert "Pages: 1" in capsys.readouterr().out
