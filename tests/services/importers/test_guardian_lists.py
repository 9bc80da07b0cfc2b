"""Who looks after pupils: ONDE's extraction, and lists with a pupil on each line."""

from pathlib import Path

import pytest

from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import Care, GuardianRoster, ListedGuardian, ListedWard, RosterKind
from tablet_loans.domain.trouble import MissingColumns, WrongFile
from tablet_loans.services.importers import onde_guardians
from tests import files

ONDE = (
    "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Adresse responsable;CP responsable;"
    "Commune responsable;Pays;Courriel;Téléphone domicile;Téléphone travail;Numéro de poste;Téléphone portable;"
    "Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants;"
    "Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants\r\n"
    'Mme;Durand;Œuvrard;Hélène;"3, rue des Lilas";69100;Villeurbanne;France;h@exemple.fr;0478000000;0499999999;12;'
    "0612345678;;Œuvrard;Zoé;CM1 B;Costa;Da Silva;Léo;CE1 A\r\n"
    "M.;;Kaya;Ali;12 cours Émile;69100;Villeurbanne;France;;;;;;;Kaya;Emre\r\n"
    "M.;;Oury;Jean;1 rue;69100;Villeurbanne;France;;;;;;;;;\r\n"
)


def roster_of(tmp_path: Path, content: str, mapping: dict[str, str] | None = None) -> GuardianRoster:
    path = tmp_path / "list"
    path.write_bytes(content.encode("cp1252"))
    return onde_guardians.read(path, mapping)


def test_ondes_groups_of_four_give_each_child_even_on_short_lines(tmp_path: Path) -> None:
    roster = roster_of(tmp_path, ONDE)
    helene, ali, childless = roster.lines
    assert roster.kind is RosterKind.ONDE
    assert isinstance(helene, ListedGuardian)
    assert (helene.family_name, helene.phone, helene.mobile) == ("Durand", "0478000000", "0612345678")
    assert helene.wards == (
        ListedWard(Care.LEGAL, None, "Œuvrard", "Zoé", "CM1 B"),
        ListedWard(Care.LEGAL, None, "Da Silva", "Léo", "CE1 A"),
    )
    assert "0499999999" not in repr(helene)
    assert isinstance(ali, ListedGuardian)
    assert ali.wards == (ListedWard(Care.LEGAL, None, "Kaya", "Emre", ""),)
    assert isinstance(childless, Problem)


def test_children_beyond_the_header_are_read_as_well() -> None:
    (helene,) = onde_guardians.read(files.GUARDIANS).lines
    assert isinstance(helene, ListedGuardian)
    assert [ward.given_name for ward in helene.wards] == ["Zoé"]


def test_a_guardian_on_a_line_for_each_child_is_one_guardian(tmp_path: Path) -> None:
    content = (
        "Élève;Classe;Nom responsable;Prénom responsable;Tél;Profession;UAI\n"
        "KAYA Emre;5e B;Kaya;Ali;0612345678;boulanger;0690142E\nKAYA Ada;6e A;KAYA;Ali;0612345678;;0690142E\n"
        ";;Kaya;Ali;;;\nKAYA Emre;5e B;;;;;\n"
    )
    roster = roster_of(tmp_path, content)
    nobody, nameless, ali = roster.lines
    assert roster.schools == ("0690142E",)
    assert isinstance(ali, ListedGuardian)
    assert [(ward.family_name, ward.given_name, ward.class_name) for ward in ali.wards] == [
        ("KAYA", "Emre", "5e B"),
        ("KAYA", "Ada", "6e A"),
    ]
    assert "boulanger" not in repr(ali)
    assert isinstance(nobody, Problem)
    assert isinstance(nameless, Problem)


def test_a_mapping_tells_the_guardians_columns_from_the_pupils(tmp_path: Path) -> None:
    content = "N1;P1;N2;P2\nKaya;Emre;Kaya;Ali\n"
    mapping = {
        "N1": "pupil_family_name", "P1": "pupil_given_name", "N2": "family_name", "P2": "given_name",
    }  # fmt: skip
    (ali,) = roster_of(tmp_path, content, mapping).lines
    assert isinstance(ali, ListedGuardian)
    assert (ali.given_name, ali.wards[0].given_name) == ("Ali", "Emre")
    with pytest.raises(MissingColumns):
        roster_of(tmp_path, content)


def test_a_list_of_pupils_is_named_and_refused() -> None:
    with pytest.raises(WrongFile):
        onde_guardians.read(files.ONDE)
