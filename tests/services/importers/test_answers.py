"""Answers of a survey: the words in which they come, and the questions that a mapping names."""

from datetime import date
from pathlib import Path

import pytest

from tablet_loans.domain.need import Equipment
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.survey import AnswerTable, ListedAnswer, told_equipment, told_yes_or_no
from tablet_loans.domain.trouble import MissingColumns
from tablet_loans.services.importers import answers
from tests import files


def table_of(tmp_path: Path, content: bytes | str, mapping: dict[str, str] | None = None) -> AnswerTable:
    path = tmp_path / "answers"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return answers.read(path, mapping)


@pytest.mark.parametrize(
    ("text", "equipment"),
    [
        ("Aucun", Equipment.NONE),
        ("non équipé", Equipment.NONE),
        ("Pas d'ordinateur", Equipment.NONE),
        ("aucun matériel", Equipment.NONE),
        ("none", Equipment.NONE),
        ("Téléphone", Equipment.PHONE),
        ("Smartphone uniquement", Equipment.PHONE),
        ("Non, juste un téléphone portable", Equipment.PHONE),
        ("A phone only", Equipment.PHONE),
        ("Partagé", Equipment.SHARED),
        ("Un ordinateur partagé avec ses frères", Equipment.SHARED),
        ("Shared with others", Equipment.SHARED),
        ("Oui", Equipment.OWN),
        ("ordinateur personnel", Equipment.OWN),
        ("Équipé", Equipment.OWN),
        ("Own equipment", Equipment.OWN),
        ("pas de téléphone", None),
        ("téléphone et ordinateur", None),
        ("portable", None),
        ("ordinateur en panne", None),
        ("sous-équipé", None),
        ("?", None),
        ("", None),
    ],
)
def test_what_a_family_writes_tells_one_equipment_or_none(text: str, equipment: Equipment | None) -> None:
    assert told_equipment(text) is equipment


@pytest.mark.parametrize(
    ("text", "is_yes"),
    [("Oui", True), ("x", True), ("1", True), ("VRAI", True), ("☑", True), ("oui, souvent", True), ("", False),
     ("non", False), ("0", False), ("peut-être", None), ("!", None)],
)  # fmt: skip
def test_a_box_says_yes_or_no(text: str, is_yes: bool | None) -> None:
    assert told_yes_or_no(text) is is_yes


QUESTIONS = (
    "Horodateur", "Nom et prénom de votre enfant", "Quelle est sa classe ?",
    "De quel équipement dispose-t-il à la maison pour suivre les cours ?", "A-t-il besoin d'une connexion ?",
    "Nom du parent qui répond",
)  # fmt: skip
MAPPING = {
    "Nom et prénom de votre enfant": "full_name", "Quelle est sa classe ?": "class_name",
    "De quel équipement dispose-t-il à la maison pour suivre les cours ?": "equipment",
    "A-t-il besoin d'une connexion ?": "cellular", "Nom du parent qui répond": "answered_by",
}  # fmt: skip
ROWS = (
    ("2026/04/10 8:30:21 PM UTC+2", "DUPONT Zoé", "5e B", "Rien", "Oui", "H. Dupont"),
    ("2026/04/11 8:30:21 PM UTC+2", "KAYA Emre", "5e B", "je ne sais trop", "", ""),
)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_long_questions_are_named_by_a_mapping_in_every_kind_of_table(tmp_path: Path, kind: str) -> None:
    rows = (QUESTIONS, *ROWS)
    content = {
        "csv": "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode(),
        "xlsx": files.xlsx(*rows),
        "ods": files.ods(*rows),
    }[kind]
    zoe, unclear = table_of(tmp_path, content, MAPPING).lines
    assert zoe == ListedAnswer(
        2, None, "DUPONT", "Zoé", None, "5e B", "", Equipment.NONE, True, False, date(2026, 4, 10), "H. Dupont"
    )
    assert isinstance(unclear, Problem)
    with pytest.raises(MissingColumns):
        table_of(tmp_path, content)


def test_a_schools_own_list_needs_no_mapping(tmp_path: Path) -> None:
    content = (
        "UAI;INE;Nom;Prénom;Équipement;4G;Prioritaire\n0690142E;012345678AB;;;téléphone;x;non\n"
        "0690142E;;Kaya;Emre;partagé;;x\n;;Kaya;;rien;;\n0690142A;;Kaya;Ada;rien;;\n;;Kaya;Ada;rien;bof;\n"
    )
    table = table_of(tmp_path, content)
    first, second, *spoilt = table.lines
    assert table.schools == ("0690142E",)
    assert isinstance(first, ListedAnswer)
    assert (first.ine, first.equipment, first.is_cellular) == ("012345678AB", Equipment.PHONE, True)
    assert isinstance(second, ListedAnswer)
    assert (second.family_name, second.equipment, second.is_priority) == ("Kaya", Equipment.SHARED, True)
    assert [isinstance(line, Problem) for line in spoilt] == [True] * 3
