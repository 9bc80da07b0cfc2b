"""What a person reads of plans: never too wide, never too long, and told when there is nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.__main__ import main
from tablet_loans.cli.lines import WIDTH, fitted
from tests.builders import CAMPAIGN, World
from tests.cli.test_schools import commands
from tests.services.planned import in_need

IRIS = "0690142E"
PUPILS = 25
Read = Callable[..., list[str]]
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def base(sqlite_world: World, tmp_path: Path) -> str:
    """Return a base in which many wait for three tablets."""
    school = sqlite_world.school(IRIS, "Iris")
    for number in range(PUPILS):
        in_need(sqlite_world, f"Kaya{number}", school_id=school)
    for _ in range(3):
        sqlite_world.device()
    sqlite_world.base.close()
    return str(tmp_path / "base.sqlite")


@pytest.fixture
def read(base: str, capsys: pytest.CaptureFixture[str]) -> Read:
    """Run a command and return the lines a person reads."""

    def call(*words: object) -> list[str]:
        assert main(["--lang", "en", "--database", base, *map(str, words)]) == 0
        return capsys.readouterr().out.splitlines()

    return call


@pytest.fixture
def run(base: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command and return its exit code and its JSON."""
    return commands(base, capsys)


def test_a_plan_shows_its_first_choices_and_how_to_see_all(read: Read, run: Run) -> None:
    told = read("allocate", CAMPAIGN)
    assert sum("Pupil:" in line for line in told) == 10
    assert str(PUPILS - 10) in told[-1]
    assert "--json" in told[-1]
    assert sum("Pupil:" in line for line in read("allocate", CAMPAIGN, "--school", IRIS)) == PUPILS
    assert len(run("allocate", CAMPAIGN)[1]["choices"]) == PUPILS


def test_lists_are_bounded_for_a_person_and_whole_for_a_program(read: Read, run: Run) -> None:
    read("allocate", CAMPAIGN)
    read("allocate", CAMPAIGN, "--apply")
    assert len(read("waiting", "list", CAMPAIGN)) == 22
    assert len(read("waiting", "list", CAMPAIGN, "--limit", 5)) == 7
    assert len(run("waiting", "list", CAMPAIGN)[1]["rows"]) == PUPILS - 3
    digest = run("plan", "list", CAMPAIGN)[1]["rows"][0]["digest"]
    told = "\n".join(read("plan", "list", CAMPAIGN))
    assert (digest[:12] in told, digest in told) == (True, False)


def test_nothing_told_is_wider_than_a_terminal(read: Read) -> None:
    told = read("allocate", CAMPAIGN, "--criteria", "priority,equipment", "--reserve", 1)
    told += read("plan", "rules", CAMPAIGN, "--reserve", 2, "--note", "une réserve pour les pannes " * 5)
    told += read("allocate", CAMPAIGN)
    for words in (("plan", "compare", CAMPAIGN, 1, 2), ("plan", "list", CAMPAIGN), ("plan", "show", CAMPAIGN)):
        told += read(*words)
    for words in (("plan", "history", CAMPAIGN), ("campaign", "readiness", CAMPAIGN), ("campaign", "drill", CAMPAIGN)):
        told += read(*words)
    assert max(map(len, told)) <= WIDTH
    assert not any("_" in line or "None" in line for line in told)


def test_what_has_nothing_to_list_says_so(read: Read) -> None:
    for words in (("plan", "marks"), ("plan", "list"), ("plan", "far"), ("cartons", "picking"), ("cartons", "list")):
        (line,) = read(*words, CAMPAIGN)
        assert line.endswith(".")
    read("allocate", CAMPAIGN)
    read("allocate", CAMPAIGN, "--apply")
    assert len(read("waiting", "offers", CAMPAIGN)) == 1


def test_no_two_figures_of_an_answer_are_called_the_same(read: Read) -> None:
    read("allocate", CAMPAIGN)
    labels = [line.partition(":")[0].strip() for line in " · ".join(read("plan", "show", CAMPAIGN)).split(" · ")]
    assert (labels.count("Eligible"), labels.count("In need")) == (2, 1)


def test_the_rules_told_are_read_back_as_they_are(run: Run, tmp_path: Path) -> None:
    changed = ("--criteria", "none", "--school-reserve", f"{IRIS}=1", "--priority-cap", 20)
    told = run("plan", "rules", CAMPAIGN, *changed)[1]
    assert (told["criteria"], told["priority_cap_percent"]) == ([], 20)
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(told), "utf-8")
    assert run("plan", "rules", CAMPAIGN, "--rules", file)[1] == {**told, "ledger": None}
    assert run("allocate", CAMPAIGN, "--rules", file)[0] == 0


@pytest.mark.parametrize(
    ("text", "refusal", "named"),
    [
        ('{"criteria": ["age"]}', "UnknownCriterion", "age"),
        ('{"ceiling": 3}', "UnknownRule", "ceiling"),
        ('{"reserve": 1, "reserve": 2}', "RuleTwice", "reserve"),
        ('{"school_reserves": {"0690142E": 1, "0690142E": 2}}', "RuleTwice", IRIS),
    ],
)
def test_a_rule_that_is_unknown_or_twice_is_named(
    run: Run, tmp_path: Path, text: str, refusal: str, named: str
) -> None:
    file = tmp_path / "rules.json"
    file.write_text(text, "utf-8")
    code, answer = run("plan", "rules", CAMPAIGN, "--rules", file)
    assert (code, answer["refusal"]) == (1, refusal)
    assert named in answer["facts"].values()


def test_a_file_of_rules_that_is_not_there_is_missing(run: Run, tmp_path: Path) -> None:
    code, answer = run("allocate", CAMPAIGN, "--rules", tmp_path / "none.json")
    assert (code, answer["trouble"]) == (3, "FileMissing")


def test_nothing_is_made_before_all_that_is_asked_can_be_told(run: Run, tmp_path: Path) -> None:
    for words, kind in (
        (("--school", "0690003D"), "UnknownSchool"), (("--school", "x"), "InvalidUai"),
        (("--public-report", tmp_path / "report.txt"), "FileTrouble"),
        (("--apply", "--public-report", tmp_path / "none" / "report.pdf"), "FileTrouble"),
    ):  # fmt: skip
        run("allocate", CAMPAIGN) if "--apply" in words else None
        answer = run("allocate", CAMPAIGN, *words)[1]
        assert answer.get("refusal", answer.get("trouble")) == kind
    assert [row["state"] for row in run("plan", "list", CAMPAIGN)[1]["rows"]] == ["draft"]
    code, answer = run("campaign", "drill", CAMPAIGN, "--out", tmp_path / "none" / "drill.pdf")
    assert (code, answer["trouble"]) == (3, "FileTrouble")


def test_a_withdrawal_tells_its_plan_and_why(read: Read, run: Run) -> None:
    read("allocate", CAMPAIGN)
    read("allocate", CAMPAIGN, "--apply")
    assert run("plan", "withdraw", CAMPAIGN, "--note", "livraison retardée")[0] == 0
    first = run("plan", "history", CAMPAIGN)[1]["rows"][0]
    assert (first["action"], first["note"]) == ("undone", "livraison retardée")
    assert first["what"].endswith("plan 1")


def test_explain_says_which_plan_and_its_state(read: Read, run: Run) -> None:
    read("allocate", CAMPAIGN)
    draft = run("explain", CAMPAIGN, 1)[1]
    read("allocate", CAMPAIGN, "--apply")
    read("allocate", CAMPAIGN)
    told = run("explain", CAMPAIGN, 1)[1]
    assert (draft["plan"], draft["state"], told["plan"], told["state"]) == (1, "draft", 1, "applied")
    assert (told["rank"], told["served"]) == (draft["rank"], draft["served"])
    assert told["sentence"] != draft["sentence"]
    assert run("explain", CAMPAIGN, 1, "--plan", 9)[1]["refusal"] == "UnknownPlan"


def test_a_class_nobody_is_in_is_not_confirmed_and_all_schools_are_not_some(
    run: Run, read: Read, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = run("needs", "confirm", CAMPAIGN, "--school", IRIS, "--class", "9 Z")[1]
    assert answer["refusal"] == "NoSuchClass"
    with pytest.raises(SystemExit):
        run("campaign", "edit", CAMPAIGN, "--all-schools", "--school", IRIS)
    capsys.readouterr()
    assert "Schools: all" in read("campaign", "show", CAMPAIGN)


def test_a_line_breaks_between_its_parts_and_is_never_too_wide() -> None:
    parts = [f"{number}: {'mot ' * 6}".strip() for number in range(9)]
    told = fitted("  " + " · ".join(parts))
    assert all(len(line) <= WIDTH for line in told)
    assert [part for line in told for part in line.strip().split(" · ")] == parts
    assert [line.startswith("      ") for line in told] == [False, *[True] * (len(told) - 1)]
