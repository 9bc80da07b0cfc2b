"""Plans on both engines: made, promised, made again to verify, explained; a promise is kept at the counter."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier, Event
from unittest.mock import ANY

import pytest

from tablet_loans.domain.allocation import AlreadyApplied, NoPlan, NotEligible, Outcome, PlanOutdated
from tablet_loans.domain.errors import NotPermitted, PlanUnderWay, Refusal
from tablet_loans.domain.mark import MarkKind
from tablet_loans.domain.need import Answer, Equipment, Source, Told
from tablet_loans.domain.plan import PlanState
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import allocating, asking, checking, explaining, importing, lending, marking, undoing
from tablet_loans.services.explaining import PlanChoices
from tablet_loans.services.session import Progress
from tablet_loans.storage.database import open_database
from tests.builders import CAMPAIGN, World, new_session

ASKED = Told(date(2026, 4, 1), "", Source.GRID)


def in_need(world: World, name: str, equipment: Equipment = Equipment.NONE, **said: bool) -> PupilId:
    pupil = world.pupil(name)
    asking.set_answer(world.session, campaign=CAMPAIGN, pupil=str(pupil), answer=Answer(equipment, **said), told=ASKED)
    return pupil


def drafted(world: World) -> PlanChoices:
    return explaining.choices(world.session, CAMPAIGN, allocating.draft(world.session, CAMPAIGN).value.id)


def served(view: PlanChoices) -> list[PupilId]:
    return [each.pupil for each in view.choices if each.outcome is Outcome.SERVED]


def promises(world: World) -> list[tuple[int, str]]:
    rows = world.base.execute("SELECT pupil_id, state FROM reservation ORDER BY pupil_id").fetchall()
    return [(row[0], row[1]) for row in rows]


def test_who_has_nothing_comes_before_who_shares_and_who_owns_is_not_asked(world: World) -> None:
    shares = in_need(world, "Brun", Equipment.SHARED)
    nothing = in_need(world, "Kaya")
    in_need(world, "Roux", Equipment.OWN)
    world.device()

    view = drafted(world)

    assert [each.pupil for each in view.choices] == [nothing, shares]
    assert (served(view), view.head.eligible, view.head.waiting) == ([nothing], 2, 1)
    assert promises(world) == []


def test_a_plan_that_is_applied_promises_and_verifies(world: World) -> None:
    pupils = [in_need(world, f"Kaya{number}") for number in range(5)]
    for _ in range(3):
        world.device()
    view = drafted(world)
    assert allocating.apply(world.session, CAMPAIGN).value.state is PlanState.APPLIED
    assert promises(world) == [(pupil, "promised") for pupil in sorted(served(view))]
    verified = allocating.verify(world.session, CAMPAIGN)
    assert (verified.is_same, verified.choices) == (True, len(pupils))
    checking.check(world.session)


def test_a_plan_kept_otherwise_than_it_was_made_does_not_verify(world: World) -> None:
    in_need(world, "Kaya")
    world.device()
    drafted(world)
    allocating.apply(world.session, CAMPAIGN)
    with world.base.atomic():
        world.base.execute("UPDATE plan_school SET choices = '[]'")
    assert not allocating.verify(world.session, CAMPAIGN).is_same


def test_the_second_to_apply_is_told_what_changed(world: World) -> None:
    in_need(world, "Kaya")
    tag = world.device()
    drafted(world)
    lending.check_out(world.session, code=tag, pupil_id=world.pupil("Martin"))
    with pytest.raises(PlanOutdated) as refused:
        allocating.apply(world.session, CAMPAIGN)
    assert refused.value.facts == {"pupils": 0, "devices": 1}
    assert promises(world) == []


def test_who_applies_a_plan_that_another_applied_is_told_by_whom(world: World) -> None:
    in_need(world, "Kaya")
    world.device()
    plan = drafted(world).head.id
    other = new_session(world.base, "machine-2", Actor("P. Diallo", Role.ADMINISTRATOR))
    allocating.apply(other, CAMPAIGN)
    with pytest.raises(AlreadyApplied) as refused:
        allocating.apply(world.session, CAMPAIGN, plan=plan)
    assert refused.value.facts == {"plan": plan, "actor": "P. Diallo", "applied_on": "2026-04-06", "at": ANY}
    assert "P. Diallo" in str(refused.value)


def test_of_two_who_apply_at_once_one_waits_and_is_told_who_did(world: World, url: str) -> None:
    for number in range(30):
        in_need(world, f"Kaya{number}")
        world.device()
    drafted(world)
    world.base.close()

    def apply(machine: str) -> str:
        base = open_database(url)
        try:
            ready.wait(5)
            return allocating.apply(new_session(base, machine), CAMPAIGN).value.state.value
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            base.close()

    ready = Barrier(2)
    with ThreadPoolExecutor(2) as people:
        answers = sorted(people.map(apply, ("machine-2", "machine-3")))
    assert answers == ["AlreadyApplied", "applied"]
    assert [state for _, state in promises(world)] == ["promised"] * 30


def test_who_waited_in_vain_is_not_told_of_an_import(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    in_need(world, "Kaya")
    monkeypatch.setattr(importing, "PATIENCE_S", 0.2)
    session = new_session(world.base, "machine-2")
    held, may_go = Event(), Event()

    def keep() -> None:
        base = open_database(world.base.url)
        with importing.alone(new_session(base, "machine-3")):
            held.set()
            may_go.wait(10)
        base.close()

    with ThreadPoolExecutor(1) as others:
        keeping = others.submit(keep)
        held.wait(10)
        with pytest.raises(PlanUnderWay):
            allocating.draft(session, CAMPAIGN)
        may_go.set()
        keeping.result()
    allocating.draft(session, CAMPAIGN)


@pytest.mark.parametrize(("pupils", "devices"), [(1, 0), (0, 2), (1_234, 5), (0, 0)])
def test_what_differs_is_told_in_words(pupils: int, devices: int) -> None:
    said = PlanOutdated(pupils=pupils, devices=devices).spoken()
    assert "(s)" not in said and "{" not in said
    assert ("1,234 pupils" in said) == (pupils == 1_234)
    assert ("device" in said) == (devices > 0)


def test_promises_are_kept_by_the_plans_that_follow(world: World) -> None:
    first = in_need(world, "Kaya")
    world.device()
    drafted(world)
    allocating.apply(world.session, CAMPAIGN)
    second = in_need(world, "Brun")
    world.device()
    assert served(drafted(world)) == [second]
    allocating.apply(world.session, CAMPAIGN)
    assert [pupil for pupil, _ in promises(world)] == sorted([first, second])


def test_at_the_counter_any_device_of_the_class_keeps_the_promise_and_undo_gives_it_back(world: World) -> None:
    pupil = in_need(world, "Kaya", is_cellular=True)
    world.device()
    other = world.device()
    drafted(world)
    allocating.apply(world.session, CAMPAIGN)
    lending.check_out(world.session, code=other, pupil_id=pupil)
    assert promises(world) == [(pupil, "fulfilled")]
    undoing.undo_last(world.session)
    assert promises(world) == [(pupil, "promised")]


def test_each_pupil_hears_why(world: World) -> None:
    first, second = in_need(world, "Kaya"), in_need(world, "Brun", Equipment.SHARED)
    stranger = world.pupil("Roux")
    with pytest.raises(NoPlan):
        explaining.explain(world.session, CAMPAIGN, str(first))
    world.device()
    drafted(world)
    lucky, waiting = (explaining.explain(world.session, CAMPAIGN, str(pupil)) for pupil in (first, second))
    assert (lucky.choice.rank, lucky.model) == (1, "Samsung Galaxy Tab A8")
    assert (waiting.choice.rank, waiting.model) == (2, None)
    assert waiting.choice.shortage is not None
    assert (waiting.choice.shortage.rank, waiting.choice.ahead) == (1, 0)
    with pytest.raises(NotEligible):
        explaining.explain(world.session, CAMPAIGN, str(stranger))


def test_a_technician_makes_no_plan(world: World) -> None:
    technician = new_session(world.base, "machine-2", Actor("T. Leroy", Role.TECHNICIAN))
    with pytest.raises(NotPermitted):
        allocating.draft(technician, CAMPAIGN)


def test_who_is_lent_a_device_or_set_aside_while_promises_are_written_holds_none(world: World) -> None:
    lent, aside, third = (in_need(world, name) for name in ("Kaya", "Brun", "Roux"))
    tags = [world.device() for _ in range(3)]
    drafted(world)
    acts: list[Callable[[], object]] = [
        lambda: lending.check_out(world.session, code=tags[0], pupil_id=lent),
        lambda: marking.mark(world.session, CAMPAIGN, str(aside), MarkKind.EXCLUDED, "déjà équipé"),
    ]

    def meanwhile(_done: int, _total: int) -> None:
        while acts:
            acts.pop()()

    allocating.apply(world.session, CAMPAIGN, progress=Progress(meanwhile))
    assert [pupil for pupil, state in promises(world) if state == "promised"] == [third]
    checking.check(world.session)
