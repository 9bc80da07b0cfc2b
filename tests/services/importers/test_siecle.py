"""SIECLE's pupils and guardians, of both generations, and the files beside them that are refused."""

from datetime import date
from pathlib import Path

import pytest

from tablet_loans.domain.errors import InvalidUai
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import Care, ListedGuardian, ListedPupil, ListedWard, RosterKind, Spoilt
from tablet_loans.domain.trouble import FileUnreadable, LineUnreadable, WrongFile
from tablet_loans.services.importers import rosters, siecle
from tests.files.siecle import Person, Pupil, guardians_xml, many, pupils_xml, written

ZOE = Pupil("101", "Œuvrard", "Zoé", "012345678AB", classes=(("AGL1", "G"), ("4e 1", "D")))
LEO = Pupil("102", "Da Silva", "Léo", "", usage_name="Costa", classes=(("61", "D"),))


def listed(path: Path) -> list[ListedPupil]:
    return [item for item in rosters.pupils(path).lines if isinstance(item, ListedPupil)]


def looking_after(path: Path) -> list[ListedGuardian]:
    return [item for item in rosters.guardians(path).lines if isinstance(item, ListedGuardian)]


@pytest.mark.parametrize("are_classes_first", [False, True])
@pytest.mark.parametrize("encoding", ["ISO-8859-15", "UTF-8", "UTF-16", "windows-1252"])
def test_a_pupil_has_names_birth_date_ine_number_and_class(
    tmp_path: Path, encoding: str, are_classes_first: bool
) -> None:
    path = written(tmp_path, pupils_xml([ZOE, LEO], encoding=encoding, are_classes_first=are_classes_first))
    roster = rosters.pupils(path)
    assert (roster.kind, roster.schools, roster.is_whole) == (RosterKind.SIECLE, ("0690142E",), True)
    zoe, leo = roster.lines
    assert isinstance(zoe, ListedPupil)
    assert zoe == ListedPupil(
        zoe.line, "012345678AB", "Œuvrard", "", "Zoé", date(2008, 8, 17), "4e 1", "", "0690142E", "101"
    )
    assert isinstance(leo, ListedPupil)
    assert (leo.ine, leo.family_name, leo.usage_name, leo.class_name) == (None, "Da Silva", "Costa", "61")


def test_a_file_from_before_2016_has_its_names_elsewhere(tmp_path: Path) -> None:
    content = pupils_xml([ZOE], is_old=True).replace(b"ID_NATIONAL", b"INE_BEA")
    (zoe,) = listed(written(tmp_path, content))
    assert (zoe.family_name, zoe.usage_name, zoe.ine) == ("Œuvrard", "", "012345678AB")


def test_a_byte_order_mark_wins_over_the_prolog(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + pupils_xml([ZOE], encoding="UTF-8").replace(b'"UTF-8"', b'"ISO-8859-15"', 1)
    assert listed(written(tmp_path, content))[0].family_name == "Œuvrard"


def test_an_exit_is_told_with_its_day_and_who_waits_for_a_class_is_listed(tmp_path: Path) -> None:
    leaving = Pupil("1", "Kaya", "Emre", classes=(("6 A", "D"),), left_on="12/03/2020")
    gone = Pupil("4", "Kaya", "Lina", left_on="?")
    inactive = Pupil("2", "Kaya", "Deniz", classes=(("Inactifs", "D"),))
    unassigned = Pupil("3", "Kaya", "Ada")
    found = listed(written(tmp_path, pupils_xml([leaving, gone, inactive, unassigned])))
    assert [(pupil.local_number, pupil.class_name, pupil.leaves_on) for pupil in found] == [
        ("1", "6 A", date(2020, 3, 12)), ("2", "", None), ("3", "", None),
    ]  # fmt: skip


def test_who_left_and_came_back_stands_on_two_lines(tmp_path: Path) -> None:
    stays = [Pupil("1", "Kaya", "Emre", "012345678AB", left_on="12/03/2020"), Pupil("2", "Kaya", "Emre", "012345678AB")]
    assert [pupil.local_number for pupil in listed(written(tmp_path, pupils_xml(stays)))] == ["1", "2"]


def test_only_what_lending_needs_is_read(tmp_path: Path) -> None:
    assert "Secretville" not in repr(listed(written(tmp_path, pupils_xml([ZOE, LEO]))))


def test_namesakes_with_two_numbers_are_two_pupils_and_a_repeated_ine_is_one(tmp_path: Path) -> None:
    twins = [Pupil("1", "Kaya", "Ada"), Pupil("2", "Kaya", "Ada")]
    again = [Pupil("3", "Roy", "Ada", "012345678AB"), Pupil("4", "Roi", "Ada", "012345678AB")]
    items = list(rosters.pupils(written(tmp_path, pupils_xml([*twins, *again]))).lines)
    assert [type(item) for item in items] == [ListedPupil, ListedPupil, ListedPupil, Spoilt]


def test_a_line_that_is_not_right_is_told_with_its_line(tmp_path: Path) -> None:
    wrong_ine, no_name, no_date = (
        Pupil("1", "Kaya", "Ada", "12"), Pupil("2", "", "Ada"), Pupil("3", "Roy", "Ada", birth_date="31/02/2010"),
    )  # fmt: skip
    long = Pupil("4", "Roy", "Zoé", classes=(("6" * 61, "D"),))
    items = list(rosters.pupils(written(tmp_path, pupils_xml([wrong_ine, no_name, no_date, long]))).lines)
    warning, kept, *spoilt = items
    assert isinstance(warning, Problem)
    assert (warning.line, warning.facts) == (6, {"ine": "12"})
    assert isinstance(kept, ListedPupil)
    assert (kept.line, kept.ine) == (6, None)
    assert [item.problem.line for item in spoilt if isinstance(item, Spoilt)] == [9, 12, 15]


def test_no_two_pupils_share_a_line_even_when_the_file_is_one_long_line(tmp_path: Path) -> None:
    lines = [pupil.line for pupil in listed(written(tmp_path, pupils_xml(many(50), newline=" ")))]
    assert len(set(lines)) == 50


def test_lines_are_counted_beyond_65535(tmp_path: Path) -> None:
    content = pupils_xml([ZOE, LEO]).replace(b"<ELEVES>", b"<ELEVES>" + b"\n" * 70_000)
    assert [pupil.line for pupil in listed(written(tmp_path, content))] == [70_006, 70_009]


def test_a_wrong_uai_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, pupils_xml([ZOE], school="0690142A"))
    with pytest.raises(InvalidUai) as refused:
        rosters.pupils(path)
    assert refused.value.facts == {"school": "0690142A"}


@pytest.mark.parametrize("said", [b"", b"<UAJ/>", b"<UAJ> </UAJ>"])
def test_a_file_that_says_no_school_has_none(tmp_path: Path, said: bytes) -> None:
    content = pupils_xml([ZOE]).replace(b"<UAJ>0690142E</UAJ>", said)
    assert rosters.pupils(written(tmp_path, content)).schools == ()


@pytest.mark.parametrize("root", sorted(siecle.ROOTS.keys() - {"BEE_ELEVES"}))
def test_the_files_beside_it_are_named_and_refused(tmp_path: Path, root: str) -> None:
    path = written(tmp_path, f"<?xml version='1.0'?><{root}><PARAMETRES/></{root}>".encode(), "ElevesSansAdresses.xml")
    with pytest.raises(WrongFile) as refused:
        rosters.pupils(path)
    assert refused.value.facts["found"] == siecle.ROOTS[root]


def test_pupils_are_not_guardians(tmp_path: Path) -> None:
    with pytest.raises(WrongFile) as refused:
        rosters.guardians(written(tmp_path, pupils_xml([ZOE])))
    assert refused.value.facts["found"] == siecle.ROOTS["BEE_ELEVES"]


def test_a_file_cut_short_names_the_line_where_it_ends(tmp_path: Path) -> None:
    content = pupils_xml(many(2_000))
    roster = rosters.pupils(written(tmp_path, content[: len(content) // 2]))
    with pytest.raises(LineUnreadable) as refused:
        list(roster.lines)
    assert refused.value.facts["line"] == content[: len(content) // 2].count(b"\n") + 1


@pytest.mark.parametrize("cut", [1, 40, 60, 100])
def test_a_file_cut_in_its_heading_is_refused_at_once(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path, pupils_xml([ZOE])[:cut])
    with pytest.raises(FileUnreadable):
        rosters.pupils(path)


def test_bytes_of_another_encoding_than_the_prolog_says_are_refused(tmp_path: Path) -> None:
    content = pupils_xml([ZOE]).replace(b"ISO-8859-15", b"UTF-8")
    with pytest.raises(FileUnreadable):
        list(rosters.pupils(written(tmp_path, content)).lines)


@pytest.mark.parametrize(("is_old", "level", "care"), [
    (False, "1", Care.LEGAL), (False, "2", Care.IN_CHARGE), (False, "3", Care.CONTACT),
    (True, "1", Care.LEGAL), (True, "2", Care.LEGAL), (True, "0", Care.CONTACT),
])  # fmt: skip
def test_a_guardian_is_joined_to_pupils_and_address(tmp_path: Path, is_old: bool, level: str, care: Care) -> None:
    ada = Person("7", "Kaya", "Ada", (("101", level, "10"), ("102", level, "10")), "A1", "0612345678")
    content = guardians_xml([ada], [("A1", "1 rue des Œillets", "69100", "VILLEURBANNE")], is_old=is_old)
    (guardian,) = looking_after(written(tmp_path, content))
    assert guardian == ListedGuardian(
        guardian.line, "7", "MME", "Kaya", "Ada", "", "0612345678", "a@exemple.fr", "1 rue des Œillets, Bât. C",
        "69100", "VILLEURBANNE", (ListedWard(care, "101"), ListedWard(care, "102")), "0690142E", False,
    )  # fmt: skip


def test_the_parts_of_a_file_of_guardians_come_in_any_order(tmp_path: Path) -> None:
    ada = Person("7", "Kaya", "Ada", (("101", "1", "10"),), "A1", usage_name="Roy")
    content = guardians_xml([ada], [("A1", "1 rue des Iris", "69100", "BRON")], is_reversed=True)
    (guardian,) = looking_after(written(tmp_path, content))
    assert (guardian.family_name, guardian.commune, len(guardian.wards)) == ("Roy", "BRON", 1)


def test_a_service_is_no_parent_and_a_pupil_is_not_her_own_guardian(tmp_path: Path) -> None:
    service = Person("1", "ASE du Rhône", "", (("101", "1", "51"),))
    herself = Person("2", "Œuvrard", "Zoé", (("101", "1", "70"),))
    nobody = Person("3", "Kaya", "Deniz", ())
    (guardian,) = looking_after(written(tmp_path, guardians_xml([service, herself, nobody])))
    assert (guardian.local_number, guardian.is_institution) == ("1", True)


def test_a_guardian_without_a_name_is_a_problem_and_one_with_endless_texts_is_kept(tmp_path: Path) -> None:
    nameless = Person("1", "", "Ada", (("101", "1", "10"),))
    endless = Person("2", "Roy", "Ada", (("101", "1", "10"),), mobile="06 12 34 56 78 " * 20)
    problem, kept = rosters.guardians(written(tmp_path, guardians_xml([nameless, endless]))).lines
    assert isinstance(problem, Problem)
    assert isinstance(kept, ListedGuardian)
    assert len(kept.mobile) <= 40
