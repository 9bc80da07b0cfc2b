"""Pupils and guardians from the command line: the preview's keys, doubts decided by line, columns remembered."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.__main__ import main

Run = Callable[..., tuple[int, Any]]
SCHOOLS = "UAI;Nom;Type;Commune\n0690142E;École Les Iris;Ecole;Bron\n0690026D;École Les Lilas;Ecole;Bron\n"
ONDE = "Nom élève;Prénom élève;Date naissance;INE;Libellé classe\n"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command in JSON on a base of its own, where two schools are."""

    def command(*words: object) -> tuple[int, Any]:
        code = main(["--database", str(tmp_path / "base.sqlite"), "--json", "--lang", "en", *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    command("init", "--no-encryption")
    command("import", "schools", written(tmp_path, "schools.csv", SCHOOLS))
    return command


def written(tmp_path: Path, name: str, content: str) -> Path:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    return path


def done(answer: tuple[int, Any]) -> Any:
    code, said = answer
    assert code == 0, said
    return said


def test_a_preview_tells_what_an_import_does(run: Run, tmp_path: Path) -> None:
    first = written(tmp_path, "1.csv", f"{ONDE}Kaya;Emre;30/11/2015;012345678AB;CM1\nKaya;Ada;02/01/2017;;CE2\n")
    assert run("import", "pupils", first)[1]["refusal"] == "SchoolNotSaid"
    done(run("import", "pupils", first, "--school", "0690142E"))
    second = written(tmp_path, "2.csv", f"{ONDE}Kaya;Emre;30/11/2015;012345678AB;CM2\nKayaa;Ada;02/01/2017;;CM1\n")
    dry = done(run("import", "pupils", second, "--school", "0690142E", "--dry-run"))
    numbers = ("rows", "created", "updated", "unchanged", "left", "moved")
    assert [dry[number] for number in numbers] == [2, 0, 1, 0, 0, 0]
    assert [problem["line"] for problem in dry["problems"]] == [3]
    assert [(doubt["line"], doubt["name"], doubt["other"]) for doubt in dry["doubts"]] == [(3, "KAYAA Ada", "KAYA Ada")]
    assert dry["changes"] == [
        {
            "fate": "changes", "line": 2, "name": "KAYA Emre", "school": "0690142E", "class": "CM2",
            "changes": [{"field": "class_name", "before": "CM1", "after": "CM2"}], "loan": None,
        }
    ]  # fmt: skip
    assert done(run("import", "pupils", second, "--school", "0690142E", "--new", "3", "--dry-run"))["left"] == 1
    ada = dry["doubts"][0]["pupil"]
    another = done(run("import", "pupils", second, "--school", "0690142E", "--same", f"3={ada + 1}", "--dry-run"))
    assert (another["updated"], another["doubts"]) == (1, dry["doubts"])
    assert (
        done(run("import", "pupils", second, "--school", "0690142E", "--same", f"3={ada}", "--dry-run"))["updated"] == 2
    )
    assert done(run("import", "pupils", second, "--school", "0690142E", "--same", "3"))["updated"] == 2
    assert [row["family_name"] for row in done(run("pupils", "list"))["rows"]] == ["Kaya", "Kayaa"]


@pytest.mark.parametrize("said", ["3=", "=3", "3=Kaya", "3=4=5"])
def test_a_doubt_is_decided_by_a_line_and_perhaps_a_pupils_number(run: Run, tmp_path: Path, said: str) -> None:
    with pytest.raises(SystemExit):
        run("import", "pupils", tmp_path, "--same", said)


def test_columns_named_once_need_no_name_again(run: Run, tmp_path: Path) -> None:
    first = written(tmp_path, "1.csv", "Famille;Petit nom;Groupe\nKaya;Emre;CM1\n")
    words = ["import", "pupils", first, "--school", "0690026D"]
    assert run(*words)[1]["trouble"] == "MissingColumns"
    named = ["--map", "Famille=family_name", "--map", "Petit nom=given_name", "--map", "Groupe=class_name"]
    assert done(run(*words, *named, "--dry-run"))["created"] == 1
    assert run(*words)[1]["trouble"] == "MissingColumns"
    assert done(run(*words, *named))["created"] == 1
    second = written(tmp_path, "2.csv", "Famille;Petit nom;Groupe\nDiallo;Awa;CP\n")
    assert done(run("import", "pupils", second, "--school", "0690026D"))["created"] == 1
    assert sorted(row["class"] for row in done(run("pupils", "list"))["rows"]) == ["CM1", "CP"]


def test_guardians_come_after_the_pupils(run: Run, tmp_path: Path) -> None:
    pupils = written(tmp_path, "1.csv", f"{ONDE}Kaya;Emre;30/11/2015;012345678AB;CM1\n")
    done(run("import", "pupils", pupils, "--school", "0690142E"))
    guardians = written(
        tmp_path, "2.csv",
        "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Adresse responsable;"
        "CP responsable;Commune responsable;Pays;Courriel;Téléphone domicile;Téléphone travail;Téléphone portable;"
        "Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants\n"
        "MME;;Kaya;Selin;1 rue des Iris;69500;Bron;France;;;;0612345678;;Kaya;Emre;CM1\n",
    )  # fmt: skip
    said = done(run("import", "guardians", guardians, "--school", "0690142E", "--dry-run"))
    assert said["rows"] == 1
    assert isinstance(said["changes"], list)
