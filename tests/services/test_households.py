"""Households on both engines: gathered anew, doubtful ones told, and a person's word kept."""

from random import Random

import pytest

from tablet_loans.domain.errors import NotPermitted, UnknownPupil
from tablet_loans.domain.household import Gathering, NoHousehold, Standing, TooFewToJoin, Why, changes
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.roster import Care, ListedGuardian
from tablet_loans.services import households as service
from tablet_loans.services import lending, undoing
from tablet_loans.services.households import Overlay
from tablet_loans.services.session import Session
from tablet_loans.storage import households as shelf
from tablet_loans.storage import pupils
from tablet_loans.storage.households import Neighbourhood
from tests.builders import World, new_session
from tests.services.cared import IRIS, LILAS, bring, households, listed, pupil, ward


def a_family(world: World) -> tuple[PupilId, PupilId, PupilId]:
    """Return Léa and Tom, of one father, and Max, of nobody's family here."""
    lea, tom = pupil(world, "11", "Dupont", "Léa"), pupil(world, "12", "Dupont", "Tom")
    max_ = pupil(world, "13", "Dupont", "Max", school=LILAS)
    bring(world, listed(ward("11"), ward("12"), number="900"))
    bring(world, listed(ward("13"), number="900", address="8 cours Dolto"), school=LILAS)
    return lea, tom, max_


def corrected(world: World, pupil_id: PupilId) -> tuple[str, ...]:
    kept = pupils.kept(world.base, pupil_id)
    assert kept is not None
    return kept.corrected


def test_a_household_is_seen_from_each_of_its_pupils(world: World) -> None:
    lea, tom, max_ = a_family(world)
    number = lending.check_out(world.session, code=world.device(), pupil_id=lea).value.number
    (member,) = shelf.members(world.base, tom)
    assert (member.id, member.name, member.school, member.class_name, member.loan) == (
        lea, "DUPONT Léa", IRIS, "5e B", number,
    )  # fmt: skip
    assert shelf.members(world.base, max_) == []


def test_gathering_again_changes_nothing_and_mends_what_was_lost(world: World) -> None:
    lea, tom, _ = a_family(world)
    assert service.gather(world.session) == 0
    with world.base.atomic():
        world.base.execute("UPDATE pupil SET household = NULL")
    assert service.gather(world.session) == 2
    assert households(world) == {lea: lea, tom: lea}


def test_whom_a_person_joined_stays_joined(world: World) -> None:
    lea, tom, max_ = a_family(world)
    receipt = service.join(world.session, [max_, tom])
    assert households(world) == {lea: tom, tom: tom, max_: tom}
    assert (corrected(world, max_), corrected(world, lea)) == (("household",), ())
    assert service.gather(world.session) == 0
    undoing.undo(world.session, receipt.ledger_id)
    assert households(world) == {lea: lea, tom: lea}
    assert corrected(world, max_) == ()


def test_whom_a_person_set_apart_stays_apart(world: World) -> None:
    lea, tom, max_ = a_family(world)
    service.part(world.session, lea)
    assert households(world) == {}
    assert (corrected(world, lea), corrected(world, tom)) == (("household",), ())
    bring(world, listed(ward("11"), ward("12"), number="900", mobile="0711111111"))
    assert service.gather(world.session) == 0
    assert households(world) == {}
    service.join(world.session, [lea, tom])
    service.join(world.session, [max_, tom])
    assert households(world) == {lea: lea, tom: lea, max_: lea}
    service.part(world.session, lea)
    assert households(world) == {tom: tom, max_: tom}


def test_a_number_that_outlived_its_household_joins_no_stranger(world: World) -> None:
    lea, tom = pupil(world, "11", "Dupont", "Léa"), pupil(world, "12", "Dupont", "Tom")
    max_ = pupil(world, "13", "Dupont", "Max", school=LILAS)
    zoe = pupil(world, "14", "Faure", "Zoé")
    first = bring(world, listed(ward("11"), ward("12"))).ledger_id
    bring(world, listed(ward("13")), school=LILAS)
    with world.base.atomic():  # as if the first import had not been there
        world.base.execute("UPDATE pupil SET household = NULL WHERE id IN (?, ?)", (lea, tom))
    assert households(world) == {max_: lea}
    joined = service.join(world.session, [lea, zoe])
    assert households(world) == {max_: lea, lea: zoe, zoe: zoe}
    undoing.undo(world.session, joined.ledger_id)
    undoing.undo(world.session, first)
    service.gather(world.session)
    assert households(world) == {}


def test_pupils_whose_numbers_are_all_borne_by_others_are_joined_with_nobody_else(world: World) -> None:
    lea, tom, max_ = a_family(world)
    zoe, emre = pupil(world, "14", "Faure", "Zoé"), pupil(world, "15", "Kaya", "Emre")
    with world.base.atomic():
        world.base.execute("UPDATE pupil SET household = ? WHERE id IN (?, ?)", (zoe, lea, tom))
        world.base.execute("UPDATE pupil SET household = ? WHERE id = ?", (emre, max_))
    service.join(world.session, [zoe, emre])
    found = households(world)
    assert found.pop(zoe) == found.pop(emre)
    assert found == {lea: zoe, tom: zoe, max_: emre}


def test_who_leaves_a_crowded_address_lets_the_others_there_be_families(world: World) -> None:
    lea, tom = pupil(world, "1", "Dupont", "Léa"), pupil(world, "2", "Dupont", "Tom", school=LILAS)
    for number in range(3, 8):
        pupil(world, str(number), f"Nom{number}", "Zoé")
    bring(world, listed(ward("2"), number="2"), school=LILAS)
    neighbours = [listed(ward(str(number)), number=str(number), name=f"Nom{number} Lou") for number in range(3, 8)]
    bring(world, listed(ward("1"), number="1"), *neighbours)
    assert households(world) == {}
    bring(world, listed(ward("7"), number="7", name="Nom7 Lou", address="8 cours Dolto"))
    assert households(world) == {lea: lea, tom: lea}


@pytest.mark.parametrize("seed", range(4))
def test_what_a_file_touches_gives_the_same_households_as_all(
    world: World, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance, compared = Random(seed), []
    pupils_of = {
        school: [pupil(world, f"{place}{number}", f"Nom{number}", "Zoé", school=school) for number in range(14)]
        for place, school in enumerate((IRIS, LILAS))
    }
    every = [each for some in pupils_of.values() for each in some]
    whole = service.gathering

    def both(session: Session, overlay: Overlay, around: Neighbourhood) -> tuple[Gathering, dict[int, Standing]]:
        expected, found = changes(*whole(session, overlay)), whole(session, overlay, around)
        assert changes(*found) == expected
        compared.append((len(around.pupils), len(expected)))
        return found

    monkeypatch.setattr(service, "gathering", both)
    for _ in range(14):
        place, school = chance.choice(list(enumerate(pupils_of)))
        bring(world, *(a_guardian(chance, place) for _ in range(chance.randint(1, 5))), school=school)
        if chance.random() < 0.4:
            service.join(world.session, chance.sample(every, 2))
        if chance.random() < 0.3 and (housed := list(households(world))):
            service.part(world.session, PupilId(chance.choice(housed)))
    assert any(changed for _, changed in compared)
    assert any(0 < near < len(every) // 2 for near, _ in compared)


def a_guardian(chance: Random, place: int) -> ListedGuardian:
    """Return a guardian of some pupils, one of few names and addresses, one of which many share."""
    cares = (Care.LEGAL, Care.LEGAL, Care.CONTACT)
    wards = (
        ward(f"{place}{number}", care=chance.choice(cares))
        for number in chance.sample(range(14), chance.choice((1, 1, 2)))
    )
    home = chance.choice((0, 0, *range(1, 9)))
    name = f"Nom{chance.randint(0, 12)} {chance.choice(('Jean', 'Lou'))}"
    return listed(*wards, name=name, address=f"{home} rue des Lilas", mobile=f"06{chance.randint(0, 10**8):08d}")


def test_joining_asks_for_two_pupils_and_parting_for_a_household(world: World) -> None:
    lea, _, max_ = a_family(world)
    with pytest.raises(TooFewToJoin):
        service.join(world.session, [lea, lea])
    with pytest.raises(UnknownPupil):
        service.join(world.session, [lea, PupilId(99_999)])
    with pytest.raises(NoHousehold):
        service.part(world.session, max_)
    liaison = new_session(world.base, actor=Actor("L. Petit", Role.LIAISON))
    for ask in (service.doubtful, service.gather):
        with pytest.raises(NotPermitted):
            ask(liaison)
    assert service.pupil_named(world.session, str(lea)) == lea


def test_a_shelter_is_left_to_a_person(world: World) -> None:
    nine = [pupil(world, str(number), f"Nom{number}", "Zoé", school=(IRIS, LILAS)[number % 2]) for number in range(9)]
    for place, school in enumerate((IRIS, LILAS)):
        lines = [listed(ward(str(number)), number=str(number)) for number in range(place, 9, 2)]
        bring(world, *lines, school=school)
    assert households(world) == {}
    (doubt,) = service.doubtful(world.session)
    assert (doubt.why, doubt.shared) == (Why.ADDRESS, "5 rue des Roses 69100 Villeurbanne")
    assert [each.id for each in doubt.pupils] == nine
    assert {each.school for each in doubt.pupils} == {IRIS, LILAS}
    service.join(world.session, nine)
    assert service.doubtful(world.session) == []


def test_an_institution_joins_nobody(world: World) -> None:
    pupil(world, "11", "Faure", "Zoé")
    pupil(world, "12", "Kaya", "Emre")
    bring(
        world,
        listed(ward("11"), ward("12"), number="51", name="ASE", civility="", is_institution=True),
        listed(ward("11"), ward("12"), number="52", name="Foyer", civility="", mobile=""),
    )
    assert households(world) == {}
    told = [(doubt.why, doubt.shared) for doubt in service.doubtful(world.session)]
    assert told == [(Why.INSTITUTION, "ASE")]


def test_two_homes_of_one_child_are_not_one_family(world: World) -> None:
    lea, zoe = pupil(world, "11", "Dupont", "Léa"), pupil(world, "12", "Faure", "Zoé")
    tom = pupil(world, "13", "Dupont", "Tom")
    bring(
        world,
        listed(ward("11"), ward("13"), number="900"),
        listed(ward("11"), number="901", name="Petit Ines", address="8 cours Dolto", mobile=""),
        listed(ward("12"), number="902", name="Faure Marc", mobile=""),
        listed(ward("12"), ward("11", care=Care.CONTACT), number="903", name="Faure Lou", mobile=""),
    )
    assert households(world) == {lea: lea, tom: lea}
    assert shelf.members(world.base, zoe) == []
