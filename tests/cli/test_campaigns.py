"""Campaigns from the command line: their terms, what is out at their end, and the next one, on both engines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.__main__ import main
from tablet_loans.domain.campaign import seed_hash

Run = Callable[..., tuple[int, Any]]
MACE = "0690142E"
SCHOOLS = (
    "identifiant_de_l_etablissement;nom_etablissement;type_etablissement;code_postal;nom_commune;etat\r\n"
    f"{MACE};École Jean-Macé;Ecole;69007;Lyon 7e;OUVERT\r\n"
)
PUPILS = (
    "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;INE;Cycle;Niveau;Libellé classe\r\n"
    "ŒUVRARD;;Zoé;2015-03-14;F;123456789AB; CYCLE III;CM2;CM2 A\r\n"
    "Kaya;;Emre;14/05/2015;M;123456789AC; CYCLE III;CM2;CM2 A\r\n"
)
DEVICES = "Marque;Modèle;N° de série\r\nSamsung;Galaxy Tab A8;R52M0000001\r\n"


@pytest.fixture
def run(url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a base of either engine and return its exit code and its JSON."""

    def call(*words: object) -> tuple[int, Any]:
        code = main(["--lang", "en", "--json", "--database", url, *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return call


def done(answer: tuple[int, Any]) -> Any:
    code, said = answer
    assert code == 0, said
    return said


@pytest.fixture
def filled(run: Run, tmp_path: Path) -> Run:
    """Bring a school, two pupils and a device in, with an open campaign, and return what runs commands."""
    done(run("init", "--no-encryption"))
    for kind, text, said in (
        ("schools", SCHOOLS, ()),
        ("pupils", PUPILS, ("--school", MACE)),
        ("devices", DEVICES, ()),
    ):
        (tmp_path / f"{kind}.csv").write_text(text, "cp1252", newline="")
        done(run("import", kind, tmp_path / f"{kind}.csv", *said))
    done(run("campaign", "create", "Printemps", "--due", "2099-07-03"))
    return run


def test_a_campaign_is_created_and_changed_with_all_its_terms(run: Run) -> None:
    done(run("init", "--no-encryption"))
    words = ("--due", "2099-07-03", "--starts", "2099-01-05", "--needs-until", "02/01/2099", "--kit", "Housse")
    made = done(run("campaign", "create", "Un", *words, "--kit", "Chargeur", "--authority", "Métropole"))
    assert (made["starts"], made["needs_until"], made["kit"]) == ("2099-01-05", "2099-01-02", ["Housse", "Chargeur"])
    assert (made["authority"], made["seed"], len(made["seed_hash"])) == ("Métropole", None, 64)
    changed = done(run("campaign", "edit", "Un", "--models-kit", "--place", "Lyon", "--without", "needs-until"))
    assert (changed["kit"], changed["authority"], changed["place"]) == ([], "Métropole", "Lyon")
    assert (changed["starts"], changed["needs_until"]) == ("2099-01-05", None)
    code, refused = run("campaign", "edit", "Un", "--starts", "2099-07-04")
    assert (code, refused["refusal"]) == (1, "StartsAfterDue")
    done(run("undo"))
    assert done(run("campaign", "show", "Un"))["kit"] == ["Housse", "Chargeur"]


def test_a_campaign_is_launched_again_and_its_needs_are_confirmed(filled: Run) -> None:
    run = filled
    for ine in ("123456789AB", "123456789AC"):
        done(run("need", "set", ine, "--campaign", "Printemps", "--equipment", "phone"))
    tag = done(run("devices", "list"))["rows"][0]["tag"]
    done(run("check-out", tag, "123456789AB"))
    closing = done(run("campaign", "close", "Printemps"))
    out = [{"school": MACE, "school_name": "École Jean-Macé", "loans": 1, "overdue_loans": 0}]
    assert (closing["status"], closing["out"]) == ("closing", out)
    again = done(run("campaign", "relaunch", "Printemps", "Automne", "--due", "2099-12-18", "--open"))
    assert (again["status"], again["carried"], again["to_confirm"], again["out"]) == ("open", 2, 2, out)
    assert again["relaunches"] == "Printemps"
    listed = done(run("needs", "list", "--to-confirm"))["rows"]
    assert [(row["given_name"], row["equipment"], row["to_confirm"]) for row in listed] == [
        ("Emre", "phone", True), ("Zoé", "phone", True),
    ]  # fmt: skip
    done(run("need", "set", "123456789AB", "--equipment", "phone"))
    (row,) = done(run("needs", "coverage"))["rows"]
    assert (row["answered"], row["to_confirm"]) == (2, 1)
    assert run("needs", "confirm", "Automne", "--class", "CM2 A")[1]["refusal"] == "ClassWithoutSchool"
    assert done(run("needs", "confirm", "Automne", "--school", MACE))["confirmed"] == 1
    assert done(run("needs", "list", "--to-confirm", "--campaign", "Automne"))["rows"] == []


def test_closing_the_needs_shows_the_seed_whose_sum_was_shown_before(filled: Run) -> None:
    before = done(filled("campaign", "show", "Printemps"))
    closed = done(filled("needs", "close", "Printemps", "--yes"))
    assert (before["seed"], closed["seed_hash"]) == (None, before["seed_hash"])
    assert seed_hash(closed["seed"]) == before["seed_hash"]


def test_a_draft_is_not_launched_again(filled: Run) -> None:
    done(filled("campaign", "create", "Brouillon", "--due", "2099-07-03", "--draft"))
    code, refused = filled("campaign", "relaunch", "Brouillon", "Suite", "--due", "2099-12-18")
    assert (code, refused["refusal"], refused["facts"]) == (1, "NeverLaunched", {"campaign": "Brouillon"})
