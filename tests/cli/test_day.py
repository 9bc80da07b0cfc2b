"""A whole day from the command line, on both engines: the exit codes and the JSON as they are promised."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.__main__ import main

Run = Callable[..., tuple[int, Any]]

SCHOOLS = (
    "\ufeffidentifiant_de_l_etablissement;nom_etablissement;type_etablissement;code_postal;nom_commune;etat\r\n"
    "0690142E;École Jean-Macé;Ecole;69007;Lyon 7e;OUVERT\r\n"
)
PUPILS = (
    "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;INE;Cycle;Niveau;Libellé classe\r\n"
    "ŒUVRARD;;Zoé;2015-03-14;F;123456789AB; CYCLE III;CM2;CM2 A\r\n"
    "Kaya;;Emre;14/05/2015;M;123456789AC; CYCLE III;CM2;CM2 A\r\n"
)
DEVICES = "Marque;Modèle;N° de série;IMEI;Prix TTC;Accessoires\r\n" + "".join(
    f"Samsung;Galaxy Tab A8;R52M000000{turn};;170,59 €;Chargeur, Housse\r\n" for turn in range(4)
)


@pytest.fixture
def run(url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a base of either engine and return its exit code and its JSON."""

    def call(*words: object) -> tuple[int, Any]:
        code = main(["--lang", "en", "--json", "--database", url, *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return call


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Write the files that a school, a supplier and the ministry send."""
    for name, text, encoding in (
        ("schools.csv", SCHOOLS, "utf-8"),
        ("CSVExtraction.csv", PUPILS, "cp1252"),
        ("delivery.csv", DEVICES, "cp1252"),
    ):
        (tmp_path / name).write_text(text, encoding, newline="")
    return tmp_path


def done(answer: tuple[int, Any]) -> Any:
    code, said = answer
    assert code == 0, said
    return said


def prepared(run: Run, files: Path) -> list[str]:
    """Bring the files in, open a campaign, and return the tags."""
    done(run("init", "--no-encryption"))
    assert done(run("import", "schools", files / "schools.csv"))["created"] == 1
    done(run("import", "pupils", files / "CSVExtraction.csv", "--school", "0690142E"))
    done(run("import", "devices", files / "delivery.csv"))
    done(run("campaign", "create", "Continuité", "--due", "2099-07-03"))
    return [row["tag"] for row in done(run("devices", "list"))["rows"]]


def test_a_day_from_the_files_to_the_return(run: Run, files: Path) -> None:
    tags = prepared(run, files)
    again = done(run("import", "devices", files / "delivery.csv"))
    assert (again["rows"], again["created"], again["updated"], again["unchanged"]) == (4, 0, 0, 4)
    again = done(run("import", "pupils", files / "CSVExtraction.csv", "--school", "0690142E"))
    assert (again["created"], again["updated"], again["left"]) == (0, 0, 0)
    pupils = done(run("pupils", "list", "--school", "0690142E", "--search", "oeuvrard zo"))["rows"]
    assert [(row["ine"], row["family_name"], row["class"]) for row in pupils] == [("123456789AB", "ŒUVRARD", "CM2 A")]
    lent = done(run("check-out", tags[0], "123456789AB"))
    assert set(lent) >= {"loan", "device", "pupil", "ledger"}
    assert lent["device"] == tags[0]
    assert run("check-out", tags[0], "123456789AC")[1]["refusal"] == "AlreadyLent"
    rows = done(run("loans", "list", "--school", "0690142E", "--open"))["rows"]
    assert [(row["loan"], row["tag"], row["due"], row["state"], row["overdue_days"]) for row in rows] == [
        (lent["loan"], tags[0], "2099-07-03", "open", 0)
    ]
    overdue = done(run("loans", "list", "--overdue", "--on", "2099-07-10"))["rows"]
    assert [row["overdue_days"] for row in overdue] == [7]
    done(run("renew", lent["loan"], "--due", "2099-08-31"))
    printed = done(run("agreements", "print", lent["loan"], "--out", files / "agreement.pdf"))
    assert (printed["agreements"], printed["pages"]) == (1, 2)
    assert done(run("agreements", "sign", lent["loan"]))["agreement"] == "signed"
    returned = done(run("check-in", tags[0], "--condition", "worn", "--missing", "housse"))
    assert (returned["loan"], returned["missing"]) == (lent["loan"], ["Housse"])
    shown = done(run("devices", "show", tags[0]))
    assert (shown["state"], shown["condition"]) == ("to_prepare", "worn")
    assert done(run("prepare", tags[0]))["device"] == tags[0]
    undone = done(run("undo", "--last", "2"))
    assert [each["action"] for each in undone["undone"]] == ["prepared", "checked_in"]
    assert undone["device"] == tags[0]
    assert done(run("devices", "list", "--state", "on_loan"))["rows"][0]["loan"] == lent["loan"]
    done(run("check"))


def test_a_dry_run_writes_nothing(run: Run, files: Path) -> None:
    done(run("init", "--no-encryption"))
    done(run("import", "schools", files / "schools.csv"))
    for words in (
        ["import", "devices", files / "delivery.csv", "--dry-run"],
        ["import", "pupils", files / "CSVExtraction.csv", "--school", "0690142E", "--dry-run"],
    ):
        assert done(run(*words))["created"] > 0
    assert done(run("devices", "list"))["rows"] == []
    assert done(run("pupils", "list"))["rows"] == []


def test_what_goes_out_has_no_name_for_finance(run: Run, files: Path) -> None:
    tags = prepared(run, files)
    done(run("check-out", tags[0], "123456789AB"))
    for end in ("csv", "xlsx"):
        assert done(run("export", "assets", "--out", files / f"assets.{end}"))["rows"] == 4
        assert done(run("export", "loans", "--school", "0690142E", "--out", files / f"loans.{end}"))["rows"] == 1
    assets = (files / "assets.csv").read_text("utf-8-sig")
    assert "170,59" in assets
    assert "UVRARD" not in assets
    assert "UVRARD" in (files / "loans.csv").read_text("utf-8-sig").upper()


def test_campaigns_are_created_opened_closed_and_launched_again(run: Run) -> None:
    done(run("init", "--no-encryption"))
    assert done(run("campaign", "create", "Un", "--due", "2099-07-03", "--draft"))["status"] == "draft"
    assert done(run("campaign", "open", "Un"))["status"] == "open"
    assert done(run("campaign", "close", "Un"))["status"] == "closed"
    assert done(run("campaign", "relaunch", "Un", "Deux", "--due", "2099-12-18"))["status"] == "draft"
    assert {row["name"] for row in done(run("campaign", "list"))["rows"]} == {"Un", "Deux"}
    assert run("campaign", "show", "Trois") == (
        1,
        {
            "refusal": "UnknownCampaign",
            "sentence": "No campaign is called “Trois”. List the campaigns, or create this one.",
            "facts": {"campaign": "Trois"},
        },
    )


def test_a_wrong_file_is_named_and_brings_nothing_in(run: Run, files: Path) -> None:
    done(run("init", "--no-encryption"))
    code, said = run("import", "devices", files / "schools.csv")
    assert (code, "trouble" in said) == (3, True)
    assert run("import", "devices", files / "absent.csv")[1]["trouble"] == "FileMissing"
    assert done(run("devices", "list"))["rows"] == []


def test_a_demonstration_is_plain_and_takes_no_real_pupil(run: Run, files: Path) -> None:
    done(run("demo", "--schools", "2", "--pupils", "60", "--devices", "30", "--seed", "7"))
    assert len(done(run("devices", "list"))["rows"]) == 30
    school = done(run("pupils", "list"))["rows"][0]["school"]
    refused = run("import", "pupils", files / "CSVExtraction.csv", "--school", school)
    assert refused[1]["refusal"] == "DemonstrationBase"
    done(run("check"))
    assert run("demo")[1]["refusal"] == "NotEmpty"
