"""What families answer is recorded, listed, undone, and closed for good."""

from collections.abc import Mapping
from datetime import date

import pytest

from tablet_loans.domain.errors import (
    CampaignNotOpen,
    NoOpenCampaign,
    NotPermitted,
    OtherSchool,
    PupilHasLeft,
    Refusal,
    UnknownCampaign,
    UnknownPupil,
)
from tablet_loans.domain.need import Answer, Equipment, NeedFilter, NeedRow, Source, Told, TooManyAnswers
from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import asking, campaigning, lending, undoing
from tests.builders import CAMPAIGN, DUE, World, new_session

NOTHING, SHARED, OWN = Answer(Equipment.NONE), Answer(Equipment.SHARED, is_cellular=True), Answer(Equipment.OWN)
TOLD = Told(date(2026, 3, 30), "Mme Perrin", Source.GRID)
LATER = Told(date(2026, 4, 1), "Mme Perrin", Source.GRID)


def rows(world: World, **chosen: object) -> list[NeedRow]:
    return asking.block(world.session, NeedFilter(CAMPAIGN, **chosen), Place())  # type: ignore[arg-type]


def answers(world: World) -> Mapping[PupilId, Answer | None]:
    return {row.pupil_id: row.answer for row in rows(world)}


def test_an_answer_is_recorded_for_the_only_open_campaign(world: World) -> None:
    pupil = world.pupil(ine="123456789AB")
    receipt = asking.set_answer(world.session, pupil="123456789ab", answer=SHARED, told=TOLD)
    assert receipt.value == pupil
    assert [(row.answer, row.told) for row in rows(world)] == [(SHARED, TOLD)]


def test_the_same_answer_again_writes_nothing(world: World) -> None:
    pupil = str(world.pupil())
    asking.set_answer(world.session, pupil=pupil, answer=SHARED, told=TOLD)
    again = asking.set_answer(world.session, pupil=pupil, answer=SHARED, told=TOLD)
    assert (again.ledger_id, again.topics) == ("", frozenset())


def test_a_class_is_recorded_as_one_act_and_undone_as_one(world: World) -> None:
    pupils = [world.pupil(f"Nom{number}") for number in range(3)]
    asking.set_answer(world.session, pupil=str(pupils[0]), answer=NOTHING, told=TOLD)
    receipt = asking.set_answers(world.session, answers=[(pupil, OWN) for pupil in pupils], told=LATER)
    assert receipt.value == 3
    assert set(answers(world).values()) == {OWN}
    undoing.undo(world.session, receipt.ledger_id)
    assert answers(world) == {pupils[0]: NOTHING, pupils[1]: None, pupils[2]: None}


def test_an_answer_older_than_the_one_that_counts_is_told_apart(world: World) -> None:
    pupil = world.pupil()
    asking.set_answer(world.session, pupil=str(pupil), answer=NOTHING, told=LATER)
    assert asking.set_answers(world.session, answers=[(pupil, OWN)], told=TOLD).value == 0
    assert answers(world) == {pupil: NOTHING}


def test_one_refused_answer_refuses_all(world: World) -> None:
    here, gone = world.pupil(), world.pupil("Kaya", left_on=date(2026, 4, 1))
    with pytest.raises(PupilHasLeft):
        asking.set_answers(world.session, answers=[(here, OWN), (gone, OWN)], told=TOLD)
    with pytest.raises(UnknownPupil):
        asking.set_answers(world.session, answers=[(here, OWN), (PupilId(999), OWN)], told=TOLD)
    assert answers(world) == {here: None}


def test_more_than_one_act_keeps_are_refused(world: World) -> None:
    with pytest.raises(TooManyAnswers) as refused:
        asking.set_answers(world.session, answers=[(world.pupil(), OWN)] * 2001, told=TOLD)
    assert refused.value.facts == {"count": 2001, "most": 2000}


def test_a_draft_asks_before_its_first_day_and_a_closed_campaign_no_more(world: World) -> None:
    pupil = str(world.pupil())
    campaigning.create(world.session, name="Automne", due_on=DUE, is_draft=True)
    asking.set_answer(world.session, campaign="Automne", pupil=pupil, answer=OWN, told=TOLD)
    campaigning.close(world.session, CAMPAIGN)
    assert refusal_of(world, pupil, CAMPAIGN) is CampaignNotOpen
    assert refusal_of(world, pupil, None) is NoOpenCampaign
    assert refusal_of(world, pupil, "Hiver") is UnknownCampaign


def test_a_pupil_of_a_school_that_takes_no_part_is_not_asked(world: World) -> None:
    here, elsewhere = world.school("0690142E"), world.school()
    world.campaign("Rive gauche", schools=("0690142E",))
    pupils = [world.pupil(school_id=school) for school in (here, elsewhere)]
    assert refusal_of(world, str(pupils[1]), "Rive gauche") is OtherSchool
    chosen = NeedFilter("Rive gauche")
    assert [row.pupil_id for row in asking.block(world.session, chosen, Place())] == pupils[:1]
    assert asking.count(world.session, chosen) == 1


def refusal_of(world: World, pupil: str, campaign: str | None) -> type[Refusal]:
    with pytest.raises(Refusal) as refused:
        asking.set_answer(world.session, campaign=campaign, pupil=pupil, answer=OWN, told=TOLD)
    return type(refused.value)


def test_finance_neither_asks_nor_reads_needs(world: World) -> None:
    finance = new_session(world.base, actor=Actor("F. Blanc", Role.FINANCE))
    for gesture in (
        lambda: asking.set_answer(finance, pupil=str(world.pupil()), answer=OWN, told=TOLD),
        lambda: asking.block(finance, NeedFilter(CAMPAIGN), Place()),
        lambda: asking.close_needs(finance, CAMPAIGN),
    ):
        with pytest.raises(NotPermitted):
            gesture()


def test_the_list_is_by_school_class_and_name_block_after_block(world: World) -> None:
    second, first = world.school(name="Collège Zola"), world.school(name="Collège Aragon")
    places = [(first, "5e A", "Bo"), (first, "5e A", "Cy"), (first, "5e B", "Al"), (second, "3e A", "Do")]
    wanted = [world.pupil(name, school_id=school, class_name=of) for school, of, name in places]
    world.pupil("Gone", school_id=first, left_on=date(2026, 1, 5))
    every = [row.pupil_id for row in rows(world)]
    assert every == wanted
    chosen = NeedFilter(CAMPAIGN)
    blocks = [asking.block(world.session, chosen, Place(start, 2)) for start in (0, 1, 2, 3, 4)]
    assert [[row.pupil_id for row in block] for block in blocks] == [wanted[start : start + 2] for start in range(5)]


def test_the_list_is_chosen_by_school_class_answer_and_name(world: World) -> None:
    here, other = world.school("0690142E"), world.school()
    al, bo = (world.pupil(name, school_id=here, class_name="5e A") for name in ("Al", "Bo"))
    cy, do = world.pupil("Cy", school_id=here, class_name="5e B"), world.pupil("Do", school_id=other)
    asking.set_answers(world.session, answers=[(al, NOTHING), (do, NOTHING), (cy, OWN)], told=TOLD)
    for wanted, chosen in (
        ([al, bo, cy], {"school": "0690142E"}),
        ([al, bo], {"school": "0690142E", "class_name": "5e A"}),
        ([bo], {"is_answered": False}),
        ([al, cy, do], {"is_answered": True}),
        ([al, do], {"equipment": Equipment.NONE}),
        ([cy], {"search": "cy"}),
        ([], {"school": "0690142E", "search": "do"}),
        ([], {"school": "0699999X"}),
        ([], {"search": "!"}),
    ):
        assert sorted(row.pupil_id for row in rows(world, **chosen)) == sorted(wanted), chosen
        assert asking.count(world.session, NeedFilter(CAMPAIGN, **chosen)) == len(wanted), chosen


def test_what_the_household_already_received_counts(world: World) -> None:
    elder, younger, stranger = (world.pupil(name) for name in ("Al", "Bo", "Cy"))
    for pupil in (elder, younger):
        world.base.execute("UPDATE pupil SET household = ? WHERE id = ?", (elder, pupil))
    lent = lending.check_out(world.session, code=world.device(), pupil_id=elder).value
    shown = {row.pupil_id: (row.loan, row.household_loans) for row in rows(world)}
    assert shown == {elder: (lent.number, 0), younger: (None, 1), stranger: (None, 0)}


def test_the_classes_of_a_school_are_those_on_the_roll(world: World) -> None:
    school = world.school("0690142E")
    for class_name in ("5e B", "", "5e A", "5e B"):
        world.pupil(school_id=school, class_name=class_name)
    world.pupil(school_id=school, class_name="3e C", left_on=date(2026, 1, 5))
    assert asking.classes(world.session, "0690142E") == ["", "5e A", "5e B"]
