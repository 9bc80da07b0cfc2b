"""Pupils are listed, counted and told whole, whoever asks and whatever names them."""

from datetime import date

import pytest

from tablet_loans.domain.act import Action
from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.errors import NotLent, NotPermitted, UnknownCode, UnknownPupil
from tablet_loans.domain.paging import Place, Sort
from tablet_loans.domain.pupil import PupilFilter, PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import consulting, correcting, lending
from tablet_loans.storage import rows
from tests.builders import World, new_session

FOLK = ("Abdelmalek", "Aydin", "Kaya", "Martin", "Nguyen")


def names(world: World, chosen: PupilFilter, *, is_descending: bool = False, start: int = 0) -> list[str]:
    found = consulting.pupils_page(world.session, chosen, Sort("name", is_descending), Place(start, 3))
    return [row.family_name for row in found]


def test_a_page_goes_forwards_and_backwards(world: World) -> None:
    for name in FOLK:
        world.pupil(name, "Inès")
    assert names(world, PupilFilter()) == list(FOLK[:3])
    assert names(world, PupilFilter(), is_descending=True, start=2) == ["Kaya", "Aydin", "Abdelmalek"]
    assert names(world, PupilFilter(search="ines"), is_descending=True) == ["Nguyen", "Martin", "Kaya"]


def test_a_class_is_one_of_its_school_and_words_narrow_it(world: World) -> None:
    world.school("0690001A")
    here = world.school("0690002B")
    for name, class_name in (("Kaya", "5e A"), ("Martin", "5e B"), ("Aydin", "5e B")):
        world.pupil(name, "Inès", school_id=here, class_name=class_name)
    world.pupil("Nguyen", "Inès", school_id=1, class_name="5e B")
    of_class = PupilFilter("0690002B", class_name="5e B")
    assert names(world, of_class) == ["Aydin", "Martin"]
    assert consulting.pupils_count(world.session, of_class) == 2
    searched = PupilFilter("0690002B", "ines mar", "5e B")
    assert (names(world, searched), consulting.pupils_count(world.session, searched)) == (["Martin"], 1)
    assert consulting.pupils_count(world.session, PupilFilter(class_name="5e B", search="ines")) == 3


def test_a_pupil_with_two_loans_stands_once_in_a_page_and_has_both_in_the_file(world: World) -> None:
    pupil = world.pupil()
    for kind in ("tablet", "laptop"):
        lending.check_out(world.session, code=world.device(kind=kind), pupil_id=pupil)
    assert len(names(world, PupilFilter())) == 1
    file = consulting.file_of(world.session, pupil)
    assert [loan.kind for loan in file.loans] == ["laptop", "tablet"]
    assert [line.action for line in file.acts] == [Action.CHECKED_OUT, Action.CHECKED_OUT]


def test_a_record_holds_the_household_the_guardians_and_what_was_corrected(world: World) -> None:
    school = world.school(name="Lycée Ampère")
    pupil, sister = world.pupil("Kaya", "Emre"), world.pupil("Kaya", "Deniz", school_id=school)
    with world.base.atomic():
        for each in (pupil, sister):
            rows.update(
                world.base, "pupil", each, {"household": pupil, "moved_from_id": school, "moved_on": date(2026, 3, 2)}
            )
        values = {
            "school_id": school, "civility": "Mme", "family_name": "Kaya", "given_name": "Aylin", "phone": "",
            "mobile": "06", "email": "", "address": "1 rue du Parc", "postcode": "", "commune": "",
            "is_institution": False, "name_key": "", "address_key": "",
        }  # fmt: skip
        guardian = rows.insert(world.base, "guardian", values)
        rows.insert(world.base, "guardianship", {"pupil_id": pupil, "guardian_id": guardian, "care": "legal"})
    correcting.correct(world.session, pupil, {"class_name": "3e A"})
    record = consulting.record(world.session, pupil)
    assert [(each.id, each.school) for each in record.household] == [(sister, "Lycée Ampère")]
    assert [each.mobile for each in record.guardians] == ["06"]
    assert (record.corrected, record.row.class_name) == (("class_name",), "3e A")
    assert (record.moved_from, record.moved_on) == ("Lycée Ampère", date(2026, 3, 2))
    assert "rue du Parc" not in repr(consulting.file_of(world.session, pupil))


def test_a_card_a_loan_and_a_lent_tablet_name_their_pupil(world: World) -> None:
    pupil, tag = world.pupil(), world.device()
    loan = lending.check_out(world.session, code=tag, pupil_id=pupil).value
    for code in (str(pupil_card(pupil)), tag, str(loan.number)):
        assert consulting.scanned(world.session, code).record.row.id == pupil
    for code, refusal in ((world.device(), NotLent), ("ZZ99887766", UnknownCode)):
        with pytest.raises(refusal):
            consulting.scanned(world.session, code)


def test_who_may_not_see_pupils_sees_none(world: World) -> None:
    session, pupil = new_session(world.base, actor=Actor("F. Roux", Role.FINANCE)), world.pupil()
    for ask in (consulting.file_of, consulting.record):
        with pytest.raises(NotPermitted):
            ask(session, pupil)
    with pytest.raises(NotPermitted):
        consulting.pupils_count(session, PupilFilter())
    with pytest.raises(NotPermitted):
        consulting.campaign_names(session)


def test_a_pupil_who_is_not_here_is_refused(world: World) -> None:
    with pytest.raises(UnknownPupil):
        consulting.file_of(world.session, PupilId(99))
