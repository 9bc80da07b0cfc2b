"""A campaign launched again: what it takes over, needs to confirm, and what happens to them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tablet_loans.domain.campaign import (
    CampaignStatus,
    NeverLaunched,
    StartsAfterDue,
    Wording,
)
from tablet_loans.domain.errors import (
    CampaignNameTaken,
    CampaignNotOpen,
    ChangedSince,
    NotPermitted,
    UnknownCampaign,
)
from tablet_loans.domain.identifiers import uai_key
from tablet_loans.domain.need import Answer, Equipment, NeedFilter, NeedRow, Source, Told
from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import asking, campaigning, importing, lending, undoing
from tablet_loans.services.campaigning import CampaignView
from tablet_loans.services.session import Cancelled, Progress
from tablet_loans.storage import turns
from tests.builders import CAMPAIGN, DUE, World, new_session

NEXT = "Automne 2026"
NEXT_DUE = date(2026, 12, 18)
NOTHING, SHARED, OWN = Answer(Equipment.NONE), Answer(Equipment.SHARED, is_cellular=True), Answer(Equipment.OWN)
MONDAY, TOLD = date(2026, 3, 30), Told(date(2026, 3, 30), "Mme Perrin", Source.GRID)
LATER = Told(date(2026, 4, 1), "Mme Faure", Source.SURVEY)
IRIS, ZOLA = ("069014" + last + uai_key("069014" + last) for last in "23")


def relaunched(world: World, **said: Any) -> campaigning.CampaignView:
    campaigning.relaunch(world.session, CAMPAIGN, new_name=NEXT, due_on=NEXT_DUE, **said)
    return campaigning.shown(world.session, NEXT)


def rows(world: World, campaign: str = NEXT, **chosen: Any) -> list[NeedRow]:
    return asking.block(world.session, NeedFilter(campaign, **chosen), Place())


def answered(world: World, *said: tuple[PupilId, Answer], campaign: str = CAMPAIGN, told: Told = TOLD) -> Any:
    return asking.set_answers(world.session, campaign=campaign, answers=said, told=told)


def edited(world: World, **said: Any) -> CampaignView:
    campaigning.edit(world.session, CAMPAIGN, **said)
    return campaigning.shown(world.session, CAMPAIGN)


@pytest.mark.parametrize("ending", [CampaignStatus.OPEN, CampaignStatus.CLOSING, CampaignStatus.CLOSED])
def test_a_relaunch_takes_over_rules_schools_kit_and_wording(world: World, ending: CampaignStatus) -> None:
    school = world.school(IRIS)
    terms: dict[str, Any] = {"kit": ("Housse",), "wording": Wording(place="Lyon"), "schools_taking_part": [IRIS]}
    before = edited(world, **terms, needs_until=MONDAY)
    rules = json.dumps({"school_reserves": [[IRIS, 4]]})
    world.base.execute("UPDATE campaign SET rules = ?", (rules,))
    if ending is CampaignStatus.CLOSING:
        lending.check_out(world.session, code=world.device(), pupil_id=world.pupil(school_id=school))
    if ending is not CampaignStatus.OPEN:
        assert campaigning.close(world.session, CAMPAIGN).value.status is ending
    after = relaunched(world, starts_on=date(2026, 9, 1))
    assert (after.kit, after.wording, after.schools) == (before.kit, before.wording, before.schools)
    assert (after.status, after.due, after.starts_on, after.needs_until) == (
        "draft", NEXT_DUE, date(2026, 9, 1), None,
    )  # fmt: skip
    assert after.relaunches == CAMPAIGN
    assert after.seed_hash != before.seed_hash
    assert world.base.execute("SELECT rules FROM campaign WHERE name = ?", (NEXT,)).fetchone()[0] == rules


def test_a_relaunch_carries_over_the_needs_of_those_on_the_roll_and_lists_what_is_out(world: World) -> None:
    iris, zola = world.school(IRIS, "Collège Les Iris"), world.school(ZOLA)
    edited(world, schools_taking_part=[IRIS])
    needy, equipped, gone, moved = (world.pupil(f"Nom{turn}", school_id=iris) for turn in range(4))
    answered(world, (needy, SHARED), (equipped, OWN), (gone, NOTHING), (moved, NOTHING))
    answered(world, (needy, NOTHING), told=LATER)
    world.base.execute("UPDATE pupil SET left_on = ? WHERE id = ?", (MONDAY.isoformat(), gone))
    world.base.execute("UPDATE pupil SET school_id = ? WHERE id = ?", (zola, moved))
    lending.check_out(world.session, code=world.device(), pupil_id=needy)
    done = campaigning.relaunch(world.session, CAMPAIGN, new_name=NEXT, due_on=NEXT_DUE, is_open=True).value
    assert (done.needs, done.loans, [each.uai for each in done.out]) == (2, 1, [IRIS])
    listed = {row.pupil_id: (row.answer, row.told, row.to_confirm) for row in rows(world)}
    first = replace(LATER, asked_on=TOLD.asked_on)  # who answers again keeps the day of the first request
    assert listed == {needy: (NOTHING, first, True), equipped: (OWN, TOLD, True)}
    assert [row.to_confirm for row in rows(world, CAMPAIGN)] == [False, False]
    shown = campaigning.shown(world.session, NEXT)
    assert (shown.status, shown.needs, shown.needs_to_confirm) == ("open", 2, 2)
    assert lines_and_rows(world) == (1, 0, 0)


def lines_and_rows(world: World) -> tuple[int, int, int]:
    """Return how many relaunches were decided, and what lies about of one."""
    found = [
        int(world.base.execute(f"SELECT count(*) FROM {each}").fetchone()[0])  # noqa: S608
        for each in ("ledger_line WHERE action = 'campaign_created'", "import_run", "import_piece")
    ]
    return found[0] - 1, found[1], found[2]


def test_what_was_to_confirm_in_the_campaign_before_is_carried_on(world: World) -> None:
    pupil = world.pupil()
    answered(world, (pupil, SHARED))
    relaunched(world, is_open=True)
    third = "Hiver 2026"
    campaigning.relaunch(world.session, NEXT, new_name=third, due_on=NEXT_DUE)
    assert [(row.answer, row.to_confirm) for row in rows(world, third)] == [(SHARED, True)]


def test_a_draft_is_not_launched_again_and_a_name_is_taken_once(world: World) -> None:
    relaunched(world)
    with pytest.raises(NeverLaunched):
        campaigning.relaunch(world.session, NEXT, new_name="Hiver", due_on=NEXT_DUE)
    with pytest.raises(CampaignNameTaken):
        relaunched(world)
    with pytest.raises(UnknownCampaign):
        campaigning.relaunch(world.session, "Hiver", new_name="Été", due_on=NEXT_DUE)
    with pytest.raises(StartsAfterDue):
        campaigning.relaunch(world.session, CAMPAIGN, new_name="Été", due_on=DUE, starts_on=NEXT_DUE)
    with pytest.raises(NotPermitted):
        campaigning.relaunch(
            new_session(world.base, actor=Actor("F. Blanc", Role.TECHNICIAN)), CAMPAIGN, new_name="Été", due_on=DUE
        )
    assert lines_and_rows(world) == (1, 0, 0)


def test_a_relaunch_that_is_stopped_leaves_nothing(world: World) -> None:
    answered(world, *((world.pupil(f"Nom{turn}"), SHARED) for turn in range(5)))
    with pytest.raises(Cancelled):
        relaunched(world, progress=Progress(is_cancelled=lambda: True))
    assert lines_and_rows(world) == (0, 0, 0)
    assert len(campaigning.listed(world.session)) == 1


@pytest.fixture
def one_piece_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every piece of a relaunch be a transaction of its own, with a turn for others after it."""
    for name in ("_HOLD_S", "_SERVER_HOLD_S"):
        monkeypatch.setattr(turns, name, 0)


def many(world: World, count: int = 100) -> list[PupilId]:
    pupils = [world.pupil(f"Nom{turn}") for turn in range(count)]
    answered(world, *((pupil, SHARED) for pupil in pupils))
    return pupils


def once(act: Callable[[], object], when: Callable[[int, int], bool]) -> Progress:
    """Return a progress during which something happens once, as soon as it has come so far."""
    done: list[bool] = []

    def report(step: int, total: int) -> None:
        if not done and when(step, total):
            done.append(True)
            act()

    return Progress(report=report)


def is_being_written(step: int, total: int) -> bool:
    return step > 2 * total // 3


@pytest.mark.usefixtures("one_piece_a_turn")
def test_a_relaunch_that_was_decided_is_finished_by_the_next_opening(world: World) -> None:
    def fail() -> None:
        raise OSError

    many(world)
    with pytest.raises(OSError):
        relaunched(world, progress=once(fail, is_being_written))
    assert 0 < campaigning.shown(world.session, NEXT).needs < 100
    importing.finish_decided(world.session)
    assert campaigning.shown(world.session, NEXT).needs_to_confirm == 100
    assert lines_and_rows(world) == (1, 0, 0)


@pytest.mark.usefixtures("one_piece_a_turn")
def test_who_answers_while_needs_are_carried_over_is_heard(world: World) -> None:
    last = many(world)[-1]
    progress = once(lambda: answered(world, (last, OWN), campaign=NEXT, told=LATER), is_being_written)
    done = campaigning.relaunch(world.session, CAMPAIGN, new_name=NEXT, due_on=NEXT_DUE, progress=progress).value
    assert done.needs == 99
    assert [row.pupil_id for row in rows(world, to_confirm=False)] == [last]


def test_a_campaign_created_meanwhile_is_no_obstacle(world: World) -> None:
    many(world)
    meanwhile = once(lambda: world.campaign("Entretemps"), lambda *_: True)
    assert relaunched(world, progress=meanwhile).needs_to_confirm == 100
    assert campaigning.shown(world.session, "Entretemps").needs == 0
    assert lines_and_rows(world) == (2, 0, 0)


@pytest.mark.parametrize(
    ("answer", "told", "counts", "is_open"),
    [(SHARED, TOLD, 1, False), (OWN, LATER, 1, False), (SHARED, Told(date(2026, 3, 1), "", Source.GRID), 0, True)],
)
def test_an_answer_confirms_or_replaces_the_one_carried_over_and_an_older_one_does_not(
    world: World, answer: Answer, told: Told, counts: int, is_open: bool
) -> None:
    pupil = world.pupil()
    answered(world, (pupil, SHARED))
    relaunched(world)
    receipt = answered(world, (pupil, answer), campaign=NEXT, told=told)
    assert receipt.value == counts
    assert [(row.answer, row.to_confirm) for row in rows(world)] == [(answer, is_open)]
    assert answered(world, (pupil, answer), campaign=NEXT, told=told).ledger_id == ""
    if counts:
        undoing.undo(world.session, receipt.ledger_id)
        assert [(row.answer, row.told, row.to_confirm) for row in rows(world)] == [(SHARED, TOLD, True)]


def three_classes(world: World) -> Sequence[PupilId]:
    iris, zola = world.school(IRIS), world.school(ZOLA)
    places = ((iris, "5e A"), (iris, "5e B"), (zola, "5e A"))
    pupils = [world.pupil(f"Nom{turn}", school_id=each[0], class_name=each[1]) for turn, each in enumerate(places)]
    answered(world, *((pupil, SHARED) for pupil in pupils))
    relaunched(world)
    return pupils


def to_confirm(world: World) -> list[PupilId]:
    return sorted(row.pupil_id for row in rows(world, to_confirm=True))


def test_the_answers_of_a_class_a_school_or_a_campaign_are_confirmed_at_once(world: World) -> None:
    first, second, third = three_classes(world)
    receipt = campaigning.confirm_needs(world.session, NEXT, school=IRIS, class_name="5e A")
    assert (receipt.value, to_confirm(world)) == (1, [second, third])
    receipt = campaigning.confirm_needs(world.session, NEXT, school=IRIS)
    assert (receipt.value, to_confirm(world)) == (1, [third])
    undoing.undo(world.session, receipt.ledger_id)
    assert to_confirm(world) == [second, third]
    assert campaigning.confirm_needs(world.session, NEXT).value == 2
    assert campaigning.confirm_needs(world.session, NEXT).ledger_id == ""
    assert [(row.answer, row.told) for row in rows(world)] == [(SHARED, TOLD)] * 3
    assert first not in to_confirm(world)


def test_a_confirmation_that_an_answer_followed_is_not_undone(world: World) -> None:
    pupil = three_classes(world)[0]
    receipt = campaigning.confirm_needs(world.session, NEXT, school=IRIS)
    answered(world, (pupil, OWN), campaign=NEXT, told=LATER)
    with pytest.raises(ChangedSince):
        undoing.undo(world.session, receipt.ledger_id)


def test_coverage_counts_what_is_to_confirm_among_the_answers(world: World) -> None:
    three_classes(world)
    campaigning.confirm_needs(world.session, NEXT, school=IRIS, class_name="5e B")
    by_school = asking.coverage(world.session, NEXT)
    assert {each.name: (each.answered, each.to_confirm) for each in by_school} == {IRIS: (2, 1), ZOLA: (1, 1)}
    by_class = asking.coverage(world.session, NEXT, IRIS)
    assert [(each.name, each.answered, each.to_confirm) for each in by_class] == [("5e A", 1, 1), ("5e B", 1, 0)]
    assert asking.count(world.session, NeedFilter(NEXT, to_confirm=True)) == 2
    assert asking.count(world.session, NeedFilter(NEXT, to_confirm=False)) == 1


def test_what_was_carried_over_is_confirmed_only_while_the_campaign_asks(world: World) -> None:
    three_classes(world)
    campaigning.open_campaign(world.session, NEXT)
    campaigning.close(world.session, NEXT)
    with pytest.raises(CampaignNotOpen):
        campaigning.confirm_needs(world.session, NEXT)
