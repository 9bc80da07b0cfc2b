"""Guardians come in from a school's file on both engines: matched, never guessed, and undone as one."""

from dataclasses import replace
from pathlib import Path

import pytest

from tablet_loans.domain.errors import DemonstrationBase, NotPermitted, RecoveryPhraseNotTypedBack, UnknownSchool
from tablet_loans.domain.problem import Fate, ImportReport
from tablet_loans.domain.recognition import SchoolNotSaid, WrongSchool
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.roster import Care
from tablet_loans.services import caring, checking, undoing
from tablet_loans.services.session import Receipt, Topic
from tablet_loans.storage import guardians, ledger
from tests import files
from tests.builders import World, new_session
from tests.files import siecle
from tests.services.cared import IRIS, LILAS, SOURCE, bring, households, listed, pupil, roster, ward


def counts(receipt: Receipt[ImportReport]) -> tuple[int, int, int, int, int]:
    report = receipt.value
    return report.rows, report.created, report.updated, report.unchanged, len(report.problems)


def held(world: World) -> list[list[tuple[object, ...]]]:
    """Return all that guardians' files write."""
    return [
        [tuple(row) for row in world.base.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()]  # noqa: S608
        for table in ("guardian", "guardianship", "pupil")
    ]


def lines_of(world: World) -> int:
    return int(world.base.execute("SELECT count(*) FROM ledger_line").fetchone()[0])


def test_guardians_arrive_with_the_pupils_they_look_after(world: World) -> None:
    lea, tom = pupil(world, "11", "Dupont", "Léa"), pupil(world, "12", "Dupont", "Tom")
    receipt = bring(world, listed(ward("11"), ward("12", care=Care.IN_CHARGE), number="900"))
    assert counts(receipt) == (1, 1, 0, 0, 0)
    assert receipt.topics == {Topic.PUPILS}
    (view,) = guardians.of_pupil(world.base, lea)
    assert (view.name, view.care, view.mobile) == ("M. DUPONT Jean", "legal", "06 12 34 56 78")
    assert [each.care for each in guardians.of_pupil(world.base, tom)] == ["in_charge"]
    assert households(world) == {lea: lea, tom: lea}
    (told,) = receipt.value.told
    assert (told.fate, told.name, told.school) == (Fate.ARRIVES, "M. DUPONT Jean", IRIS)


def test_the_ledger_line_of_an_import_names_nobody(world: World) -> None:
    pupil(world, "11", "Dupont", "Léa")
    found = ledger.find(world.base, bring(world, listed(ward("11"), number="900")).ledger_id)
    assert found is not None
    assert found[1] is not None
    assert (found[1]["source"], found[1]["created"]) == ("guardians", 1)
    assert "upont" not in str(found[1])


def test_the_same_file_twice_changes_nothing(world: World) -> None:
    pupil(world, "11", "Dupont", "Léa")
    pupil(world, None, "Faure", "Zoé")
    lines = listed(ward("11"), number="900"), listed(ward(name="Faure Zoé"), name="Faure Ines", mobile="")
    bring(world, *lines)
    before, acts = held(world), lines_of(world)
    again = bring(world, *lines)
    assert counts(again) == (2, 0, 0, 2, 0)
    assert (again.topics, held(world), lines_of(world)) == (frozenset(), before, acts)


def test_a_dry_run_says_the_same_and_writes_nothing(world: World) -> None:
    pupil(world, "11", "Dupont", "Léa")
    line, before = listed(ward("11"), number="900"), held(world)
    dry = bring(world, line, is_dry_run=True)
    assert held(world) == before
    assert bring(world, line).value == dry.value


def test_what_is_new_replaces_and_what_is_empty_erases_nothing(world: World) -> None:
    lea = pupil(world, "11", "Dupont", "Léa")
    bring(world, listed(ward("11"), number="900", email="jd@example.org"))
    receipt = bring(world, listed(ward("11"), number="900", name="Dupont Jean-Marc", mobile="0700000000"))
    assert counts(receipt) == (1, 0, 1, 0, 0)
    (view,) = guardians.of_pupil(world.base, lea)
    assert (view.name, view.mobile, view.email) == ("M. DUPONT Jean-Marc", "0700000000", "jd@example.org")
    assert ("mobile", "06 12 34 56 78", "0700000000") in receipt.value.told[0].changes


def test_a_pupil_is_looked_for_in_the_files_school_alone(world: World) -> None:
    pupil(world, "11", "Dupont", "Léa", school=LILAS)
    pupil(world, "12", "Dupont", "Tom")
    receipt = bring(world, listed(ward("11"), number="900"), listed(ward(name="Dupont Léa"), number="901"))
    assert counts(receipt) == (2, 0, 0, 0, 2)
    assert held(world)[:2] == [[], []]


def test_namesakes_are_told_apart_by_their_class_or_not_at_all(world: World) -> None:
    first, second = pupil(world, None, "Dupont", "Léa"), pupil(world, None, "Dupont", "Léa")
    with world.base.atomic():
        world.base.execute("UPDATE pupil SET class_name = '6e A' WHERE id = ?", (second,))
    receipt = bring(world, listed(ward(name="DUPONT lea", class_name="6E a")), listed(ward(name="Dupont Léa")))
    assert counts(receipt) == (2, 1, 0, 0, 1)
    assert [len(guardians.of_pupil(world.base, each)) for each in (first, second)] == [0, 1]


def test_a_line_that_may_be_two_guardians_is_not_taken(world: World) -> None:
    pupil(world, "11", "Dupont", "Léa")
    bring(world, listed(ward("11"), number="900"), listed(ward("11"), number="901"))
    before = held(world)
    assert counts(bring(world, listed(ward("11")))) == (1, 0, 0, 0, 1)
    assert held(world) == before


def test_a_guardian_without_a_number_is_known_by_name_and_mobile_home_or_pupil(world: World) -> None:
    pupil(world, "11", "Dupont", "Léa")
    pupil(world, "12", "Dupont", "Tom")
    bring(world, listed(ward("11")))
    elsewhere = {"address": "8 cours Dolto", "postcode": "69003", "commune": "Lyon"}
    for said in ({"mobile": "+33 6 12 34 56 78", **elsewhere}, {"mobile": ""}):
        assert counts(bring(world, listed(ward("12"), **said)))[1:3] == (0, 1)
    assert counts(bring(world, listed(ward("11"), mobile="0711111111", **elsewhere)))[1:3] == (0, 1)
    assert counts(bring(world, listed(ward("11"), number="900", mobile="0711111111")))[1:3] == (0, 1)
    stranger = pupil(world, "13", "Dupont", "Max")
    assert counts(bring(world, listed(ward("13"), mobile="0722222222", **elsewhere | {"address": "1 rue X"})))[1] == 1
    assert len(guardians.of_pupil(world.base, stranger)) == 1


def test_two_lines_of_one_person_are_one_guardian(world: World) -> None:
    lea, tom = pupil(world, "11", "Dupont", "Léa"), pupil(world, "12", "Dupont", "Tom")
    assert counts(bring(world, listed(ward("11")), listed(ward("12"))))[:3] == (2, 1, 0)
    assert households(world) == {lea: lea, tom: lea}


def test_a_guardian_of_nobody_or_with_too_long_a_name_is_a_problem(world: World) -> None:
    pupil(world, "11", "Dupont", "Léa")
    receipt = bring(world, listed(number="900"), listed(ward("11"), address="x" * 256), listed(ward("11"), name=""))
    assert counts(receipt) == (3, 0, 0, 0, 3)


def test_brothers_and_sisters_of_two_schools_meet_by_name_and_address(world: World) -> None:
    lea, tom = pupil(world, "11", "Dupont", "Léa"), pupil(world, "11", "Dupont", "Tom", school=LILAS)
    bring(world, listed(ward("11"), number="900"))
    assert households(world) == {}
    bring(world, listed(ward("11"), number="12", address="5, RUE DES ROSES"), school=LILAS)
    assert households(world) == {lea: lea, tom: lea}
    bring(world, listed(ward("11"), number="12", address="8 cours Dolto", postcode="69003"), school=LILAS)
    assert households(world) == {}


def test_a_contact_shared_by_many_makes_no_household(world: World) -> None:
    pupil(world, "11", "Dupont", "Léa")
    pupil(world, "12", "Faure", "Zoé")
    bring(world, listed(ward("11", care=Care.CONTACT), ward("12", care=Care.CONTACT), number="900"))
    assert households(world) == {}
    assert counts(bring(world, listed(ward("11"), ward("12"), number="900")))[2] == 1
    assert len(households(world)) == 2


def test_an_import_is_undone_with_its_households(world: World) -> None:
    lea, tom = pupil(world, "11", "Dupont", "Léa"), pupil(world, "12", "Dupont", "Tom")
    bring(world, listed(ward("11"), number="900"))
    before = held(world)
    receipt = bring(
        world, listed(ward("11"), ward("12"), number="900", email="x@example.org"), listed(ward("11"), number="901")
    )
    assert households(world) == {lea: lea, tom: lea}
    undoing.undo(world.session, receipt.ledger_id)
    assert held(world) == before
    checking.check(world.session)


def test_a_file_says_its_school_or_a_person_does(world: World) -> None:
    pupil(world, "11", "Dupont", "Léa")
    line = listed(ward("11"), number="900")
    with pytest.raises(SchoolNotSaid):
        caring.brought_in(world.session, SOURCE, roster([line]))
    with pytest.raises(WrongSchool):
        caring.brought_in(world.session, SOURCE, roster([line], LILAS), school=IRIS)
    with pytest.raises(UnknownSchool):
        caring.brought_in(world.session, SOURCE, roster([line], LILAS))
    assert caring.brought_in(world.session, SOURCE, roster([line]), school=IRIS).value.created == 1


def test_a_file_of_many_schools_is_taken_where_schools_are_known(world: World) -> None:
    lea = pupil(world, "11", "Dupont", "Léa")
    lines = [
        replace(listed(ward("11"), number="900"), school=IRIS),
        replace(listed(ward("11"), number="901"), school=LILAS),
        listed(ward("11"), number="902"),
    ]
    assert counts(caring.brought_in(world.session, SOURCE, roster(lines, IRIS, LILAS))) == (3, 1, 0, 0, 2)
    assert len(guardians.of_pupil(world.base, lea)) == 1


def test_real_guardians_wait_for_a_real_base_and_for_the_right(world: World) -> None:
    session = world.session
    technician = Actor("L. Petit", Role.LIAISON)
    for other, refusal in (
        (new_session(world.base, actor=technician), NotPermitted),
        (replace(session, settings=replace(session.settings, is_demonstration=True)), DemonstrationBase),
        (replace(session, settings=replace(session.settings, is_recovery_confirmed=False)), RecoveryPhraseNotTypedBack),
    ):
        with pytest.raises(refusal):
            caring.import_guardians(other, files.GUARDIANS, school=IRIS)


def test_siecles_file_comes_in_whole_and_care_by_a_service_joins_nobody(world: World, tmp_path: Path) -> None:
    lea, tom = pupil(world, "11", "Dupont", "Léa"), pupil(world, "12", "Dupont", "Tom")
    max_ = pupil(world, "13", "Petit", "Max")
    persons = [
        siecle.Person("900", "Dupont", "Jean", address_id="1", links=(("11", "1", "20"), ("12", "1", "20"))),
        siecle.Person("901", "Aide sociale", "", links=(("12", "2", "51"), ("13", "1", "51"))),
    ]
    content = siecle.guardians_xml(persons, [("1", "5 rue des Roses", "69100", "VILLEURBANNE")])
    path = siecle.written(tmp_path, siecle.zipped(("ResponsablesAvecAdresses.xml", content)))
    receipt = caring.import_guardians(world.session, path)
    assert counts(receipt) == (2, 2, 0, 0, 0)
    assert households(world) == {lea: lea, tom: lea}
    (service,) = guardians.of_pupil(world.base, max_)
    assert service.is_institution
    assert counts(caring.import_guardians(world.session, path, school=IRIS)) == (2, 0, 0, 2, 0)


def test_ondes_file_comes_in_where_a_person_names_the_school(world: World) -> None:
    zoe = pupil(world, None, "Œuvrard", "Zoé")
    with pytest.raises(SchoolNotSaid):
        caring.import_guardians(world.session, files.GUARDIANS)
    assert caring.import_guardians(world.session, files.GUARDIANS, school=IRIS).value.created == 1
    (view,) = guardians.of_pupil(world.base, zoe)
    assert (view.name, view.care) == ("Mme ŒUVRARD Hélène", "legal")


def test_a_pupil_of_the_same_names_and_another_number_is_somebody_else(world: World) -> None:
    pupil(world, "11", "Dupont", "Léa")
    assert counts(bring(world, listed(ward("12", "Dupont Léa"), number="900"))) == (1, 0, 0, 0, 1)
    lou = pupil(world, None, "Faure", "Lou")
    assert counts(bring(world, listed(ward("12", "Faure Lou"), number="900")))[1] == 1
    assert len(guardians.of_pupil(world.base, lou)) == 1
