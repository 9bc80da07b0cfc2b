"""The directory of schools, ONDE's lists of pupils, and whatever list a school has."""

from datetime import date
from pathlib import Path

import pytest

from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import ListedPupil, Roster, RosterKind, Spoilt
from tablet_loans.domain.trouble import MissingColumns, UnknownField, WrongFile
from tablet_loans.services.importers import pupils, schools
from tests import files


def roster_of(tmp_path: Path, content: bytes | str, mapping: dict[str, str] | None = None) -> Roster:
    path = tmp_path / "list"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return pupils.read(path, mapping)


def listed(tmp_path: Path, content: bytes | str, mapping: dict[str, str] | None = None) -> list[ListedPupil]:
    return [item for item in roster_of(tmp_path, content, mapping).lines if isinstance(item, ListedPupil)]


@pytest.mark.parametrize("is_lower", [False, True])
def test_the_directory_is_read_in_both_cases_of_its_headers(is_lower: bool) -> None:
    head, _, rest = files.DIRECTORY.read_bytes().partition(b"\n")
    content = (head.lower() if is_lower else head) + b"\n" + rest
    first, again, padded, false_key, closed = schools.read(content, "list", mapping=None)[1]
    assert isinstance(first, schools.DirectorySchool)
    assert (first.uai, first.address, first.commune) == ("0690142E", "1 rue des Iris, BP 12", "Villeurbanne")
    assert again is None
    assert isinstance(padded, schools.DirectorySchool)
    assert len(padded.uai) == 8
    assert isinstance(false_key, Problem)
    assert isinstance(closed, Problem)


def test_onde_gives_names_birth_date_ine_and_class() -> None:
    roster = pupils.read(files.ONDE)
    zoe, leo, emre = (item for item in roster.lines if isinstance(item, ListedPupil))
    assert (roster.kind, roster.is_whole, roster.schools, roster.size) == (RosterKind.ONDE, True, (), 3)
    assert zoe == ListedPupil(2, "012345678AB", "Œuvrard", "", "Zoé", date(2015, 8, 17), "CM1 B", "CM1")
    assert (leo.usage_name, leo.birth_date, leo.class_name) == ("Da Silva-Costa", date(2016, 1, 2), "CE1 A")
    assert emre.ine is None


def test_the_older_extraction_is_read_as_well() -> None:
    roster = pupils.read(files.BE1D)
    zoe, anais = (item for item in roster.lines if isinstance(item, ListedPupil))
    assert roster.kind is RosterKind.ONDE
    assert (zoe.family_name, zoe.class_name, zoe.ine) == ("Œuvrard", "CM1 B", None)
    assert (anais.family_name, anais.level) == ("N'Guyen", "CM2")


@pytest.mark.parametrize("path", [files.GUARDIANS, files.DIRECTORY, files.DELIVERY])
def test_another_known_list_is_named_and_refused(path: Path) -> None:
    with pytest.raises(WrongFile):
        pupils.read(path)


def test_a_wrong_ine_is_dropped_and_a_doubtful_one_kept_both_with_a_warning(tmp_path: Path) -> None:
    content = "Nom;Prénom;Né(e) le;INE\nKaya;Emre;01/02/2015;12\nKaya;Deniz;01/02/2015;1234567890A\nKaya;Ada;hier;\n"
    warning, emre, doubt, deniz, spoilt = roster_of(tmp_path, content).lines
    assert isinstance(warning, Problem)
    assert isinstance(doubt, Problem)
    assert isinstance(emre, ListedPupil)
    assert isinstance(deniz, ListedPupil)
    assert (warning.line, emre.line, emre.ine) == (2, 2, None)
    assert (doubt.line, doubt.facts, deniz.line, deniz.ine) == (3, {"ine": "1234567890A"}, 3, "1234567890A")
    assert isinstance(spoilt, Spoilt)


def test_a_pupil_stands_on_one_line(tmp_path: Path) -> None:
    content = "Nom;Prénom;INE\nKaya;Emre;012345678AB\nKAYA;Emré;\nKaya;Emre;012345678AC\nX;Y;012345678AB\n"
    items = list(roster_of(tmp_path, content).lines)
    assert [isinstance(item, ListedPupil) for item in items] == [True, False, True, False]


PRONOTE = (
    "Nom;Prénom;Né(e) le;Prénom d'usage;Sexe;Classe;Projet d'accompagnement;Allergies\n"
    "ŒUVRARD;Zoé;17/08/2010;;G;5E B;PAI;arachides\nKAYA;Emre;01/02/2011;;F;6E A;;\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("sign", [";", "\t", ","])
def test_a_pronote_list_is_whole_and_says_nothing_of_health(tmp_path: Path, encoding: str, sign: str) -> None:
    roster = roster_of(tmp_path, PRONOTE.replace(";", sign).encode(encoding))
    zoe, emre = roster.lines
    assert (roster.kind, roster.is_whole) == (RosterKind.LIST, True)
    assert zoe == ListedPupil(2, None, "ŒUVRARD", "", "Zoé", date(2010, 8, 17), "5E B", "")
    assert "arachides" not in repr([zoe, emre])
    assert "PAI" not in repr([zoe, emre])


def test_a_list_of_one_class_with_phones_or_without_dates_is_not_whole(tmp_path: Path) -> None:
    for content in (
        PRONOTE.replace("6E A", "5E B"),
        PRONOTE.replace("Allergies", "Téléphone"),
        PRONOTE.replace("17/08/2010", ""),
    ):
        assert not roster_of(tmp_path, content).is_whole


def test_a_principals_bare_list_has_one_column_of_names_a_class_and_a_phone(tmp_path: Path) -> None:
    content = "Liste;;\nNom et prénom;Classe;Tél.\nDUPONT Zoé;5e B;06 12 34 56 78 (mère) 06 12 34 56 79 (père)\n"
    (zoe,) = listed(tmp_path, content)
    assert (zoe.family_name, zoe.given_name, zoe.class_name) == ("DUPONT", "Zoé", "5e B")
    assert zoe.phone == "0612345678 (mère) 0612345679 (père)"


@pytest.mark.parametrize(
    ("title", "text", "names"),
    [
        ("Élève", "Zoé DUPONT", ("DUPONT", "Zoé")),
        ("Élève", "Marie Lou DA SILVA", ("DA SILVA", "Marie Lou")),
        ("Élève", "de SOUSA Ana", ("de SOUSA", "Ana")),
        ("Élève", "McDONALD Liam", ("McDONALD", "Liam")),
        ("Nom Prénom", "Dupont Zoé", ("Dupont", "Zoé")),
        ("Nom Prénom", "DUPONT ZOE", ("DUPONT", "ZOE")),
        ("Nom Prénom", "Da Silva Zoé", ("Da Silva", "Zoé")),
        ("Prénom Nom", "Zoé Dupont", ("Dupont", "Zoé")),
        ("Prénom Nom", "Zoé de la Tour", ("de la Tour", "Zoé")),
        ("Nom", "Le Goff, Anne Lise", ("Le Goff", "Anne Lise")),
        ("Nom", "Martin Dupont Zoé", None),
        ("Nom", "DUPONT Zoé MARTIN", None),
        ("Nom", "DUPONT Zoé (5e B)", None),
        ("Nom", "Dupont", None),
    ],
)
def test_a_full_name_is_parted_where_it_can_be_told(
    tmp_path: Path, title: str, text: str, names: tuple[str, str] | None
) -> None:
    (item,) = roster_of(tmp_path, f'{title};Classe\n"{text}";5e B\n').lines
    if names is None:
        assert isinstance(item, Spoilt)
    else:
        assert isinstance(item, ListedPupil)
        assert (item.family_name, item.given_name) == names


def test_a_list_of_several_schools_says_which(tmp_path: Path) -> None:
    content = "Nom;Prénom;UAI\nKaya;Emre;0690142E\nOury;Zoé;690026D\nNeri;Ugo;0690142A\nLoy;Eva;\n"
    roster = roster_of(tmp_path, content)
    emre, zoe, spoilt, eva = roster.lines
    assert roster.schools == ("0690026D", "0690142E")
    assert [pupil.school for pupil in (emre, zoe, eva) if isinstance(pupil, ListedPupil)] == [
        "0690142E",
        "0690026D",
        "",
    ]
    assert isinstance(spoilt, Spoilt)


@pytest.mark.parametrize(
    "header",
    [
        "Nom;Prénom 1;Date de naissance;N° interne;Division",
        "Nom de famille*;Premier prénom*;Date de naissance (jj/mm/aaaa)*;Statut*;Division*",
        "Last name;First name;Date of birth;Number;Class",
    ],
)
def test_the_headers_of_other_exports_are_known(tmp_path: Path, header: str) -> None:
    (emre,) = listed(tmp_path, f"{header}\nKaya;Emre;01/02/2011;4321;61\n")
    assert emre == ListedPupil(2, None, "Kaya", "", "Emre", date(2011, 2, 1), "61", "")


def test_a_mapping_names_columns_and_unknown_ones_are_said(tmp_path: Path) -> None:
    content = "A;B;C\nKaya;Emre;x1\n"
    mapping = {"A": "family_name", "B": "given_name", "C": "local_number"}
    assert listed(tmp_path, content, mapping)[0].local_number == "x1"
    with pytest.raises(MissingColumns):
        roster_of(tmp_path, content)
    with pytest.raises(UnknownField):
        roster_of(tmp_path, content, {"A": "allergies"})
