"""Letters to families, from the command line, on both engines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.__main__ import main
from tests.builders import CAMPAIGN, World
from tests.services.documents import codes_on, pages_of
from tests.services.test_agreement_copies import guardian, lent_to

Run = Callable[..., tuple[int, Any]]
IRIS = "0690142E"


@pytest.fixture
def number(world: World) -> str:
    """Return the number of a loan overdue since long ago, whose pupil has no known address."""
    world.school(IRIS)
    pupil = world.pupil("Kaya", "Emre", class_name="CM2 A")
    guardian(world, pupil, "Lune", "1 rue des Lilas")
    lent_to(world, pupil)
    loan = lent_to(world, world.pupil("Œuvrard", "Zoé", class_name="CM2 B"))
    with world.base.atomic():
        world.base.execute("UPDATE loan SET opened_at = 0, due_on = '2020-07-03'")
    world.base.close()
    return loan


@pytest.fixture
def run(number: str, url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on the base and return its exit code and its JSON."""
    assert number

    def call(*words: object) -> tuple[int, Any]:
        code = main(["--lang", "en", "--json", "--database", url, *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return call


def test_letters_are_printed_by_campaign_school_class_or_loan(run: Run, number: str, tmp_path: Path) -> None:
    out = tmp_path / "letters.pdf"
    to = ("--out", out)
    code, said = run("letters", "print", "reminder_1", "--campaign", CAMPAIGN, "--school", IRIS, *to)
    assert code == 0
    assert said.pop("ledger")
    assert said == {
        "letters": 2, "loans": 2, "without_address": [number], "skipped_level": [], "file": str(out),
    }  # fmt: skip
    assert run("letters", "print", "reminder_2", "--class", "CM2 B", *to)[1]["letters"] == 1
    assert run("letters", "print", "reminder_3", number, "--overdue", 30, "--days", 3, *to)[1]["skipped_level"] == []
    assert codes_on(pages_of(out)[0])[0][0] == number


def test_overdue_loans_are_listed_with_the_last_reminder_and_the_next(run: Run, number: str, tmp_path: Path) -> None:
    run("letters", "print", "reminder_1", number, "--out", tmp_path / "letters.pdf")
    code, said = run("letters", "list", "--school", IRIS, "--overdue", 5)
    other, row = said["rows"]
    assert code == 0
    assert (row["loan"], row["class"], row["due"], row["last"], row["next"]) == (
        number, "CM2 B", "2020-07-03", "reminder_1", "reminder_2",
    )  # fmt: skip
    assert (other["last"], other["last_on"], other["next"]) == (None, None, "reminder_1")


def test_what_is_not_written_is_refused(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "letters.pdf"
    for words, refusal in (
        (("reminder_1", "--overdue", 999_999), "NobodyOverdue"),
        (("recall",), "NobodyToWrite"),
        (("reminder_1", "20-ZZ-0001"), "UnknownLoan"),
        (("reminder_1", "--language", "de"), "LetterMissing"),
        (("damage", "--school", "0690142A"), "InvalidUai"),
    ):
        code, said = run("letters", "print", *words, "--out", out)
        assert (code, said["refusal"]) == (1, refusal)
    assert run("letters", "print", "reminder_1", "--out", tmp_path / "letters.txt")[0] == 3
    assert not list(tmp_path.glob("letters.*"))


def test_more_days_than_a_letter_gives_are_no_number_of_days(run: Run, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("letters", "print", "reminder_1", "--days", 367, "--out", tmp_path / "letters.pdf")
    assert stopped.value.code == 2


def test_a_person_reads_a_few_lines(
    run: Run, url: str, number: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("letters", "list")[0] == 0
    out = tmp_path / "letters.pdf"
    assert main(["--lang", "en", "--database", url, "letters", "print", "reminder_3", "--out", str(out)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert "Letters: 2" in said
    assert f"To be handed over by the school: {number}" in said
    assert len(said) == 5
    assert main(["--lang", "en", "--database", url, "letters", "list"]) == 0
    title, *rows = capsys.readouterr().out.splitlines()
    assert title.startswith("Loan")
    assert all("last reminder" in row for row in rows)
