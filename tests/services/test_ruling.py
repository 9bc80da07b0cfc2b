"""The rules of a campaign on both engines: set, said why, followed by the next plan, taken back."""

from typing import Any

import pytest

from tablet_loans.domain.act import Action
from tablet_loans.domain.errors import ChangedSince, InvalidUai, NotPermitted, UnknownSchool
from tablet_loans.domain.mark import NoteNeeded
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.ranking import Criterion
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.rules import BadRules, Rules
from tablet_loans.services import campaigning, chronicling, ruling, undoing
from tests.builders import CAMPAIGN, World, new_session
from tests.services.planned import drafted, in_need, served

IRIS = "0690142E"
PRIORITY_FIRST = Rules((Criterion.PRIORITY, Criterion.EQUIPMENT))


def test_the_next_plan_follows_the_rules_that_were_set_and_undo_gives_back_the_old_ones(world: World) -> None:
    shares = in_need(world, "Brun", Equipment.SHARED, is_priority=True)
    nothing = in_need(world, "Kaya")
    world.device()
    usual = ruling.rules(world.session, CAMPAIGN)
    ruling.set_rules(world.session, CAMPAIGN, PRIORITY_FIRST)
    assert served(world, drafted(world)) == [shares]
    undoing.undo_last(world.session)
    assert ruling.rules(world.session, CAMPAIGN) == usual
    assert served(world, drafted(world)) == [nothing]


def test_once_there_is_a_plan_a_change_of_rules_says_why_and_stays_listed(world: World) -> None:
    in_need(world, "Kaya")
    drafted(world)
    with pytest.raises(NoteNeeded):
        ruling.set_rules(world.session, CAMPAIGN, PRIORITY_FIRST)
    line = ruling.set_rules(world.session, CAMPAIGN, PRIORITY_FIRST, note="vote du conseil").ledger_id
    told, planned = chronicling.events(world.session, CAMPAIGN)[:2]
    assert (told.id, told.action, told.note, planned.action) == (line, Action.RULED, "vote du conseil", Action.PLANNED)


def test_the_same_rules_are_no_act(world: World) -> None:
    ruling.set_rules(world.session, CAMPAIGN, PRIORITY_FIRST)
    before = len(chronicling.events(world.session, CAMPAIGN))
    assert ruling.set_rules(world.session, CAMPAIGN, PRIORITY_FIRST).ledger_id == ""
    assert len(chronicling.events(world.session, CAMPAIGN)) == before


def test_rules_changed_again_since_are_not_undone(world: World) -> None:
    first = ruling.set_rules(world.session, CAMPAIGN, PRIORITY_FIRST)
    ruling.set_rules(world.session, CAMPAIGN, Rules(reserve=2))
    ruling.set_rules(world.session, CAMPAIGN, PRIORITY_FIRST)
    with pytest.raises(ChangedSince):
        undoing.undo(world.session, first.ledger_id)
    campaigning.close(world.session, CAMPAIGN)
    undoing.undo_last(world.session, 4)
    assert ruling.rules(world.session, CAMPAIGN) == Rules()


def test_reserves_are_for_schools_that_are_known(world: World) -> None:
    world.school(IRIS)
    ruling.set_rules(world.session, CAMPAIGN, Rules(school_reserves=((IRIS.lower(), 3),)))
    assert ruling.rules(world.session, CAMPAIGN).school_reserves == ((IRIS, 3),)
    with pytest.raises(UnknownSchool):
        ruling.set_rules(world.session, CAMPAIGN, Rules(school_reserves=(("0690002C", 3),)))
    with pytest.raises(InvalidUai):
        ruling.set_rules(world.session, CAMPAIGN, Rules(school_reserves=(("Iris", 3),)))
    for beginning in ("", " ", "\0", "\ud800"):
        with pytest.raises(BadRules):
            ruling.set_rules(world.session, CAMPAIGN, Rules(exam_classes=("3", beginning)))


def test_reserves_that_want_more_than_there_is_hold_back_all_there_is(world: World) -> None:
    in_need(world, "Kaya")
    world.device()
    ruling.set_rules(world.session, CAMPAIGN, Rules(reserve=2))
    head = drafted(world)
    assert (head.reserved, head.held_back, head.supply, head.served) == (2, 1, 0, 0)


def test_a_technician_sets_no_rules(world: World) -> None:
    technician = new_session(world.base, "machine-2", Actor("T. Leroy", Role.TECHNICIAN))
    with pytest.raises(NotPermitted):
        ruling.set_rules(technician, CAMPAIGN, PRIORITY_FIRST)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("{}", Rules()),
        ('{"criteria": ["priority"], "reserve": 3}', Rules((Criterion.PRIORITY,), reserve=3)),
        ('{"school_reserves": {"0690142E": 2}}', Rules(school_reserves=(("0690142E", 2),))),
        ('{"school_reserves": [["0690142E", 2]]}', Rules(school_reserves=(("0690142E", 2),))),
        ('{"criteria": []}', Rules(())),
    ],
)
def test_rules_are_read_from_json(text: str, rules: Rules) -> None:
    assert ruling.rules_in(text) == rules


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "{", '{"criterias": []}', '{"criteria": "priority"}', '{"criteria": ["age"]}',
        '{"criteria": ["priority", "priority"]}', '{"criteria": [["priority"]]}', '{"reserve": -1}',
        '{"reserve": true}', '{"reserve": "3"}', '{"reserve": 1e400}', '{"reserve": NaN}', '{"reserve": 1.5}',
        '{"priority_cap_percent": 101}', '{"priority_cap_percent": null}', '{"school_reserves": [["0690142E"]]}',
        '{"school_reserves": {"0690142E": "2"}}', '{"school_reserves": [["0690142E", 2], ["0690142E", 2]]}',
        '{"school_reserves": 3}', '{"exam_classes": [3]}', '{"exam_classes": []}', "[" * 100_000,
    ],
)  # fmt: skip
def test_rules_that_cannot_be_used_are_refused(text: Any) -> None:
    with pytest.raises(BadRules):
        ruling.rules_in(text)
