"""Files of pupils and of guardians: each goes to its reader by what it holds."""

from pathlib import Path

import pytest

from tablet_loans.domain.roster import RosterKind
from tablet_loans.domain.trouble import FileMissing, WrongFile
from tablet_loans.services.importers import rosters
from tests import files
from tests.files import aaf, oneroster
from tests.files.siecle import Person, Pupil, guardians_xml, pupils_xml, written, zipped

PUPILS_XML = pupils_xml([Pupil("101", "Œuvrard", "Zoé")])
GUARDIANS_XML = guardians_xml([Person("7", "Kaya", "Ada", (("101", "1", "10"),))])
DELIVERY = aaf.delivery({
    "EtabEducNat_0": [aaf.school(*aaf.SCHOOL)],
    "Eleve_0": [aaf.pupil("11", "Œuvrard", "Zoé", "4101", "6 A", links=("7$10$1$1$0$0",))],
    "PersRelEleve_0": [aaf.person("7", "Kaya")],
})  # fmt: skip
SHEET = files.xlsx(["Nom", "Prénom", "Classe"], ["Kaya", "Ada", "6 A"])
OPEN_SHEET = files.ods(["Nom", "Prénom", "Classe"], ["Kaya", "Ada", "6 A"])


@pytest.mark.parametrize(("content", "kind"), [
    (PUPILS_XML, RosterKind.SIECLE),
    (zipped(("x.xml", PUPILS_XML)), RosterKind.SIECLE),
    (DELIVERY, RosterKind.AAF),
    (files.ONDE.read_bytes(), RosterKind.ONDE),
    (oneroster.oneroster("1.1"), RosterKind.ONEROSTER),
    (oneroster.oneroster("1.2", folder="export/"), RosterKind.ONEROSTER),
    (SHEET, RosterKind.LIST),
    (OPEN_SHEET, RosterKind.LIST),
    (b"Nom;Pr\xc3\xa9nom;Classe;T\xc3\xa9l\nKaya;Ada;6 A;0612345678\n", RosterKind.LIST),
])  # fmt: skip
@pytest.mark.parametrize("name", ["export.xml", "export.csv", "export.zip", "export"])
def test_pupils_are_read_whatever_the_file_is_called(
    tmp_path: Path, content: bytes, kind: RosterKind, name: str
) -> None:
    roster = rosters.pupils(written(tmp_path, content, name))
    assert roster.kind is kind
    assert next(roster.lines)


@pytest.mark.parametrize(("content", "kind"), [
    (GUARDIANS_XML, RosterKind.SIECLE),
    (DELIVERY, RosterKind.AAF),
    (oneroster.oneroster("1.1"), RosterKind.ONEROSTER),
    (files.GUARDIANS.read_bytes(), RosterKind.ONDE),
])  # fmt: skip
def test_guardians_are_read_whatever_the_file_is_called(tmp_path: Path, content: bytes, kind: RosterKind) -> None:
    roster = rosters.guardians(written(tmp_path, content))
    assert roster.kind is kind
    assert next(roster.lines)


def test_columns_may_be_named(tmp_path: Path) -> None:
    path = written(tmp_path, b"Qui;Petit nom;Groupe\nKaya;Ada;6 A\n")
    mapping = {"Qui": "family_name", "Petit nom": "given_name", "Groupe": "class_name"}
    assert next(rosters.pupils(path, mapping=mapping).lines)


@pytest.mark.parametrize("content", [
    b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"SQLite format 3\x00", b"\x1f\x8b\x08", zipped(("photo.raw", b"x")),
    b"<rss version='2.0'/>", GUARDIANS_XML,
])  # fmt: skip
def test_any_other_file_is_named_and_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(WrongFile):
        rosters.pupils(written(tmp_path, content))


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(FileMissing):
        rosters.pupils(tmp_path / "none.xml")
