"""The annuaire académique fédérateur: many schools in one archive, of several files."""

from datetime import date
from pathlib import Path

import pytest

from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import Care, ListedGuardian, ListedPupil, ListedWard, RosterKind, Spoilt
from tablet_loans.domain.trouble import FileUnreadable, WrongFile
from tablet_loans.services.importers import rosters
from tests.files import aaf
from tests.files.siecle import written, zipped

SCHOOLS = [aaf.school(*aaf.SCHOOL), aaf.school(*aaf.OTHER)]
ZOE = aaf.pupil(
    "11", "Costa", "Zoé", "4101", "4e 1", local_number="101", ENTEleveINE="012345678AB", ENTPersonNomPatro="Œuvrard",
    links=("7$10$1$1$0$0", "8$51$0$2$0$0"),
)  # fmt: skip
LEO = aaf.pupil("12", "Da Silva", "Léo", "4102", "CM1", links=("7$10$1$1$0$0", "12$70$0$1$0$0"))


def listed(path: Path) -> list[ListedPupil]:
    return [item for item in rosters.pupils(path).lines if isinstance(item, ListedPupil)]


def test_pupils_come_with_the_uai_of_their_school_from_every_file_of_the_delivery(tmp_path: Path) -> None:
    content = aaf.delivery({"EtabEducNat_0000": SCHOOLS, "Eleve_0000": [ZOE], "Eleve_0001": [LEO], "PersRelEleve": []})
    roster = rosters.pupils(written(tmp_path, content))
    assert (roster.kind, roster.schools, roster.is_whole) == (RosterKind.AAF, ("0690026D", "0690142E"), True)
    zoe, leo = roster.lines
    assert zoe == ListedPupil(
        1, "012345678AB", "Œuvrard", "Costa", "Zoé", date(2008, 6, 6), "4e 1", "", "0690142E", "101"
    )
    assert isinstance(leo, ListedPupil)
    assert (leo.line, leo.school, leo.local_number, leo.class_name) == (2, "0690026D", "12", "CM1")
    assert "Secretville" not in repr([zoe, leo])


def test_one_number_in_two_schools_is_two_pupils(tmp_path: Path) -> None:
    twin = aaf.pupil("13", "Roy", "Ada", "4102", "6 A", local_number="101")
    content = aaf.delivery({"EtabEducNat_0000": SCHOOLS, "Eleve_0000": [ZOE, twin]})
    assert len(listed(written(tmp_path, content))) == 2


def test_a_pupil_of_a_school_that_the_delivery_does_not_name_is_told(tmp_path: Path) -> None:
    stray = aaf.pupil("13", "Roy", "Ada", "9999", "6 A")
    wrong = aaf.pupil("14", "Roy", "Zoé", "4103", "6 A")
    content = aaf.delivery({"EtabEducNat_0": [*SCHOOLS, aaf.school("4103", "0690142A")], "Eleve_0": [stray, wrong]})
    items = list(rosters.pupils(written(tmp_path, content)).lines)
    assert [item.problem.facts for item in items if isinstance(item, Spoilt)] == [
        {"structure": "9999"}, {"structure": "4103"},
    ]  # fmt: skip


def test_a_guardian_stands_once_in_each_school_with_the_pupils_looked_after(tmp_path: Path) -> None:
    persons = [aaf.person("7", "Œuvrard", mobile="0612345678"), aaf.person("8", "ASE du Rhône"), aaf.person("9", "X")]
    content = aaf.delivery({"EtabEducNat_0": SCHOOLS, "Eleve_0": [ZOE, LEO], "PersRelEleve_0": persons})
    roster = rosters.guardians(written(tmp_path, content))
    here, there, service = roster.lines
    assert here == ListedGuardian(
        1, "7", "Mme", "Œuvrard", "Ada", "", "0612345678", "", "1 rue des Iris, Bât. C", "69100", "VILLEURBANNE",
        (ListedWard(Care.LEGAL, "101"),), "0690142E", False,
    )  # fmt: skip
    assert isinstance(there, ListedGuardian)
    assert (there.line, there.school, there.wards) == (2, "0690026D", (ListedWard(Care.LEGAL, "12"),))
    assert isinstance(service, ListedGuardian)
    assert (service.is_institution, service.wards) == (True, (ListedWard(Care.IN_CHARGE, "101"),))


def test_older_deliveries_name_parental_authority_alone(tmp_path: Path) -> None:
    pupil = aaf.pupil("13", "Roy", "Ada", "4101", "6 A", local_number="5", ENTEleveAutoriteParentale=("7", "8"))
    persons = [aaf.person("7", "Roy"), aaf.person("8", "")]
    content = aaf.delivery({"EtabEducNat_0": SCHOOLS, "Eleve_0": [pupil], "PersRelEleve_0": persons})
    one, nameless = rosters.guardians(written(tmp_path, content)).lines
    assert isinstance(one, ListedGuardian)
    assert one.wards == (ListedWard(Care.LEGAL, "5"),)
    assert isinstance(nameless, Problem)


@pytest.mark.parametrize("kind", ["modifyRequest", "deleteRequest"])
def test_a_delivery_of_changes_is_refused_wherever_a_change_stands(tmp_path: Path, kind: str) -> None:
    change = aaf.request("Eleve", "12", {}, kind)
    content = aaf.delivery({"EtabEducNat_0": SCHOOLS, "Eleve_0": [ZOE, change]})
    with pytest.raises(WrongFile) as refused:
        list(rosters.pupils(written(tmp_path, content)).lines)
    assert "Delta" in str(refused.value.facts["found"])


def test_a_delivery_called_delta_is_refused_even_when_it_only_adds(tmp_path: Path) -> None:
    content = aaf.delivery({"EtabEducNat_0": SCHOOLS, "Eleve_0": [ZOE]}, kind="Delta")
    with pytest.raises(WrongFile):
        rosters.pupils(written(tmp_path, content))


@pytest.mark.parametrize("present", [["Eleve_0"], ["EtabEducNat_0"]])
def test_a_delivery_without_its_pupils_or_schools_is_refused(tmp_path: Path, present: list[str]) -> None:
    every = {"EtabEducNat_0": SCHOOLS, "Eleve_0": [ZOE]}
    with pytest.raises(WrongFile):
        rosters.pupils(written(tmp_path, aaf.delivery({name: every[name] for name in present})))


def test_one_file_of_a_delivery_alone_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongFile) as refused:
        rosters.pupils(written(tmp_path, f"<ficAlimMENESR>{ZOE}</ficAlimMENESR>".encode()))
    assert "AAF" in str(refused.value.facts["found"])


def test_entities_in_a_delivery_are_refused(tmp_path: Path) -> None:
    document = '<!DOCTYPE ficAlimMENESR SYSTEM "f.dtd" [<!ENTITY a "aaaa">]><ficAlimMENESR/>'
    with pytest.raises(FileUnreadable):
        rosters.pupils(written(tmp_path, zipped(("a_Eleve_0.xml", document.encode()), ("b.xml", b"<x/>"))))
