"""Plans from the command line, on both engines: made, compared, decided by hand, promised, withdrawn, told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.__main__ import main
from tablet_loans.domain.need import Equipment
from tablet_loans.services import opening
from tests.builders import CAMPAIGN, World
from tests.cli.test_schools import commands
from tests.services.planned import in_need

Run = Callable[..., tuple[int, Any]]
IRIS, LILAS = "0690142E", "0690002C"
WHY = ("--note", "avis du médecin scolaire")


def fill(world: World) -> list[int]:
    """Fill a world with two schools, five pupils in need and three tablets; return the pupils."""
    iris, lilas = world.school(IRIS, "Iris"), world.school(LILAS, "Lilas")
    pupils = [in_need(world, f"Kaya{number}", school_id=iris) for number in range(3)]
    pupils.append(in_need(world, "Brun", Equipment.SHARED, school_id=lilas, is_priority=True))
    pupils.append(in_need(world, "Roux", Equipment.PHONE, school_id=lilas))
    for _ in range(3):
        world.device()
    return [int(each) for each in pupils]


@pytest.fixture
def pupils(world: World) -> list[int]:
    """Return the pupils in need of the world's base, which is left to commands."""
    made = fill(world)
    world.base.close()
    return made


@pytest.fixture
def run(pupils: list[int], url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on the world's base and return its exit code and its JSON."""
    assert pupils
    return commands(url, capsys)


def lucky(answer: Any) -> list[int]:
    return [each["pupil"] for each in answer["choices"] if each["model"]]


def without_reason(answer: Any) -> list[dict[str, object]]:
    return [{**each, "reason": None} for each in answer["choices"]]


def test_a_plan_is_made_applied_verified_and_withdrawn(run: Run, pupils: list[int]) -> None:
    code, made = run("allocate", CAMPAIGN)
    assert (code, made["eligible"], made["served"], made["waiting"], made["differences"]) == (0, 5, 3, 2, None)
    assert sorted(lucky(made)) == pupils[:3]
    assert [each["rank"] for each in made["choices"]] == [1, 2, 3, 4, 5]
    assert {*made["choices"][0]} == {"pupil", "school", "rank", "model", "reason"}
    code, applied = run("allocate", CAMPAIGN, "--apply")
    assert (code, applied["state"], without_reason(applied)) == (0, "applied", without_reason(made))
    assert applied["choices"][0]["reason"] != made["choices"][0]["reason"]  # nothing was promised by the draft
    proved = {"same": True, "choices": 5, "digest": made["digest"], "unproved": [], "differs": {}}
    assert run("allocate", CAMPAIGN, "--verify")[1] == proved == run("allocate", CAMPAIGN, "--verify", "--plan", 1)[1]
    assert run("allocate", CAMPAIGN, "--apply")[1]["refusal"] == "AlreadyApplied"
    code, undone = run("undo", "--last", 1)
    assert (code, undone["action"]) == (0, "allocated")
    assert run("allocate", CAMPAIGN, "--verify")[1]["refusal"] == "NothingApplied"
    assert [row["state"] for row in run("plan", "list", CAMPAIGN)[1]["rows"]] == ["withdrawn"]
    again = run("allocate", CAMPAIGN)[1]
    assert (again["digest"], again["choices"]) == (made["digest"], made["choices"])
    assert run("allocate", CAMPAIGN, "--apply", "--plan", 2)[0] == 0
    assert run("plan", "withdraw", CAMPAIGN)[1]["kept"] == 0


def test_differences_with_the_plan_applied_before_come_first(run: Run, pupils: list[int]) -> None:
    run("allocate", CAMPAIGN)
    run("allocate", CAMPAIGN, "--apply")
    assert run("plan", "release", CAMPAIGN, pupils[0], "--note", "la famille refuse")[0] == 0
    code, again = run("allocate", CAMPAIGN)
    found = again["differences"]
    assert list(again).index("differences") < list(again).index("choices")
    assert (code, found["kept"], found["back"], found["lost"], found["new"]) == (0, 2, 1, 0, 0)
    assert found["up"] == len([each for each in found["changes"] if each["change"] == "up" and each["places"] > 0])
    (back,) = [each for each in found["changes"] if each["change"] == "back"]
    assert (back["pupil"], back["school"], back["rank"], back["served"]) == (pupils[0], IRIS, 1, True)
    of_school = run("allocate", CAMPAIGN, "--school", LILAS)[1]
    assert {each["school"] for each in of_school["choices"]} == {LILAS}
    assert {each["school"] for each in of_school["differences"]["changes"]} <= {LILAS}


def test_rules_tried_for_one_plan_are_not_the_campaign_s(run: Run, pupils: list[int], tmp_path: Path) -> None:
    usual = run("plan", "rules", CAMPAIGN)[1]
    run("allocate", CAMPAIGN)
    tried = run("allocate", CAMPAIGN, "--criteria", "priority,equipment", "--reserve", 1)[1]
    assert (tried["served"], lucky(tried)[0]) == (2, pupils[3])
    assert run("plan", "rules", CAMPAIGN)[1] == usual
    compared = run("plan", "compare", CAMPAIGN, 1, 2)[1]
    assert [each["pupil"] for each in compared["gained"]] == [pupils[3]]
    assert len(compared["lost"]) == compared["difference"]["lost"] == 2
    assert {each["school"]: (each["served"], each["other_served"]) for each in compared["schools"]} == {
        IRIS: (3, 1), LILAS: (0, 1),
    }  # fmt: skip
    file = tmp_path / "rules.json"
    file.write_text('\ufeff{"criteria": ["priority"], "school_reserves": {"0690142E": 1}}', "utf-8")
    assert run("allocate", CAMPAIGN, "--rules", file, "--priority-cap", 20, "--exam-class", "3")[1]["served"] == 2
    shown = run("plan", "show", CAMPAIGN, "--plan", 3)[1]
    assert (shown["reserved"], [each["school"] for each in shown["schools"]]) == (1, [IRIS, LILAS])
    assert {(each["percent_before"], each["percent_after"] > 0) for each in shown["schools"]} <= {(0, True), (0, False)}


def test_rules_are_set_and_told(run: Run) -> None:
    run("allocate", CAMPAIGN)
    assert run("plan", "rules", CAMPAIGN, "--criteria", "priority,exam-year")[1]["refusal"] == "NoteNeeded"
    code, told = run(
        "plan", "rules", CAMPAIGN, "--criteria", "priority,exam-year", "--school-reserve", f"{IRIS}=1", *WHY
    )
    assert (code, told["criteria"], told["exam_classes"]) == (0, ["priority", "exam_year"], ["3", "T"])
    assert told["school_reserves"] == [[IRIS, 1]]
    first = run("plan", "history", CAMPAIGN)[1]["rows"][0]
    assert (first["action"], first["note"], first["ledger"]) == ("ruled", WHY[1], told["ledger"])
    run("undo")
    told = run("plan", "history", CAMPAIGN)[1]["rows"]
    assert [(row["action"], row["is_undone"]) for row in told[:2]] == [("undone", False), ("ruled", True)]


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("--criteria", "priority,priority"), "BadRules"),
        (("--criteria", "age"), "UnknownCriterion"),
        (("--criteria", ""), "BadRules"),
        (("--reserve", "-1"), "BadRules"),
        (("--reserve", "1000001"), "BadRules"),
        (("--priority-cap", "101"), "BadRules"),
        (("--exam-class", ""), "BadRules"),
        (("--school-reserve", f"{IRIS}=-2"), "BadRules"),
        (("--school-reserve", "0690001A=2"), "InvalidUai"),
        (("--school-reserve", "0690003D=2"), "UnknownSchool"),
        (("--school", "0690003D"), "UnknownSchool"),
    ],
)
def test_rules_that_cannot_be_are_refused(run: Run, words: tuple[str, ...], refusal: str) -> None:
    code, answer = run("allocate", CAMPAIGN, *words)
    assert (code, answer["refusal"]) == (1, refusal)


def test_what_is_no_plan_is_refused_and_what_makes_no_sense_is_usage(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (("--apply",), ("--verify",)):
        code, answer = run("allocate", CAMPAIGN, *words)
        assert (code, answer["refusal"]) == (1, "NoPlan")
    assert run("allocate", CAMPAIGN, "--rules", tmp_path / "none.json")[0] == 3
    for wrong in (
        ("--apply", "--reserve", 1), ("--plan", 1), ("--apply", "--verify"), ("--school-reserve", IRIS),
        ("--verify", "--criteria", "priority"),
    ):  # fmt: skip
        with pytest.raises(SystemExit) as left:
            run("allocate", CAMPAIGN, *wrong)
        assert left.value.code == 2
        capsys.readouterr()


def test_pupils_are_pinned_set_aside_and_cleared(run: Run, pupils: list[int]) -> None:
    assert run("plan", "pin", CAMPAIGN, pupils[4])[1]["refusal"] == "NoteNeeded"
    assert run("plan", "pin", CAMPAIGN, pupils[4], *WHY)[1]["mark"] == "pinned"
    assert run("plan", "exclude", CAMPAIGN, pupils[0], "--note", "a un ordinateur")[0] == 0
    made = run("allocate", CAMPAIGN)[1]
    assert (lucky(made)[0], made["excluded"], made["choices"][-1]["rank"]) == (pupils[4], 1, 0)
    assert run("plan", "clear", CAMPAIGN, pupils[0], "--note", "erreur")[0] == 0
    assert run("plan", "clear", CAMPAIGN, pupils[0], "--note", "erreur")[1]["refusal"] == "NotMarked"
    rows = run("plan", "marks", CAMPAIGN)[1]["rows"]
    assert [(row["pupil"], row["mark"], row["counts"]) for row in rows] == [
        (pupils[0], "excluded", False), (pupils[4], "pinned", True),
    ]  # fmt: skip
    refused = run("allocate", CAMPAIGN, "--apply")[1]
    assert (refused["refusal"], refused["facts"]) == ("PlanOutdated", {"pupils": 1, "devices": 0})


def test_what_families_and_the_press_read_is_printed(run: Run, tmp_path: Path) -> None:
    run("allocate", CAMPAIGN)
    report = run("allocate", CAMPAIGN, "--apply", "--public-report", tmp_path / "report.pdf")[1]
    assert (report["served"], Path(report["file"]).exists(), report["pages"] > 0) == (3, True, True)
    code, letters = run("plan", "letters", CAMPAIGN, "--school", IRIS, "--out", tmp_path / "letters.pdf")
    assert (code, letters["letters"], (tmp_path / "letters.pdf").exists()) == (0, 3, True)
    assert run("plan", "far", CAMPAIGN) == (0, {"rows": []})


def said(url: str, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["--lang", "fr", "--json", "--database", url, *words]) == 0
    return capsys.readouterr().out


@pytest.mark.xdist_group("postgres")
def test_copies_of_one_base_give_the_same_bytes_on_either_engine(
    sqlite_world: World, postgres_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(sqlite_world)
    sqlite_world.base.close()
    here, copy, other = (str(tmp_path / name) for name in ("base.sqlite", "copy.sqlite", "other.sqlite"))
    said(here, capsys, "allocate", CAMPAIGN)
    said(here, capsys, "allocate", CAMPAIGN, "--apply")
    said(here, capsys, "plan", "release", CAMPAIGN, "1", *WHY)
    said(here, capsys, "backup", copy)
    for url in (postgres_url, other):
        opening.restore(url, Path(copy), ask_key=str)
    drafts = [said(url, capsys, "allocate", CAMPAIGN) for url in (here, here, other, postgres_url, other)]
    assert len(set(drafts)) == 1
    said(postgres_url, capsys, "allocate", CAMPAIGN)
    applied = {said(url, capsys, "allocate", CAMPAIGN, "--apply") for url in (here, other, postgres_url)}
    assert [json.loads(each)["differences"]["back"] for each in applied] == [1]
    for line in ("plan compare {} 1 2", "explain {} 1", "plan marks {}", "plan rules {}"):
        told = [each.format(CAMPAIGN) if each == "{}" else each for each in line.split()]
        first, *others = (said(url, capsys, *told) for url in (here, other, postgres_url))
        assert others == [first, first]


def test_a_person_reads_words(pupils: list[int], url: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ("allocate", CAMPAIGN), ("plan", "pin", CAMPAIGN, str(pupils[4]), *WHY), ("plan", "rules", CAMPAIGN),
        ("allocate", CAMPAIGN), ("allocate", CAMPAIGN, "--apply"), ("allocate", CAMPAIGN), ("plan", "list", CAMPAIGN),
        ("plan", "show", CAMPAIGN), ("plan", "compare", CAMPAIGN, "1", "2"), ("plan", "marks", CAMPAIGN),
        ("plan", "history", CAMPAIGN),
    ):  # fmt: skip
        assert main(["--lang", "en", "--database", url, *words]) == 0
        read = capsys.readouterr().out
        assert "_" not in read
        assert "None" not in read
