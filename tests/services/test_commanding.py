"""MDMs are asked to act, on both engines: who, of what, why not, and what became of it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.enrolment import MdmAct, MdmAway, Order, TaskState
from tablet_loans.domain.errors import NotUndoable, Refusal, UnknownCode
from tablet_loans.domain.mdm_task import (
    ActNotOffered,
    LostModeForLost,
    NothingToSay,
    NothingToWipe,
    NotInMdm,
    SecondPersonNeeded,
    WipeOneByOne,
    WipeUnderWay,
)
from tablet_loans.services import checking, commanding, enrolling, lending, stocking, undoing
from tablet_loans.services.commanding import Words
from tablet_loans.storage.mdm_accounts import Account
from tests.builders import NOON, World
from tests.services.enrolled import MDM, Console, actions, connected, dump, serial_of, told


def stood(world: World, *states: str, console: Console | None = None) -> tuple[Account, Console, list[str]]:
    """Return an MDM that tells of devices in these states."""
    account, made = connected(world.session), console or Console()
    tags = [str(world.device(state=state)) for state in states]
    made.records = [told(serial_of(world, tag)) for tag in tags]
    enrolling.sync(world.session, account, made)
    return account, made, tags


def refusal_of(world: World, account: Account, console: Console, act: MdmAct, *tags: str, second: str = "") -> Refusal:
    before = dump(world.base)
    with pytest.raises(Refusal) as caught:
        commanding.ask(world.session, account, console, act, tags, second=second, words=Words("Rendez-moi"))
    assert dump(world.base) == before
    assert console.orders == []
    return caught.value


def test_what_is_asked_is_a_task_with_who_asked_in_the_ledger_and_has_an_outcome(world: World) -> None:
    account, console, tags = stood(world, "ready", "ready")
    tasks = commanding.ask(world.session, account, console, MdmAct.LOCK, tags).value
    assert {(task.tag, task.state, task.asked_by) for task in tasks} == {
        (tag, TaskState.ACCEPTED, world.session.actor.name) for tag in tags
    }
    assert [order.act for order in console.orders] == [MdmAct.LOCK] * 2
    ended = commanding.poll(world.session, account, console).value
    assert {task.state for task in ended} == {TaskState.DONE}
    assert actions(world.base)[-5:] == ["mdm_asked", *["mdm_answered"] * 4]
    assert [line.action for line in stocking.shown(world.session, tags[0]).acts] == ["mdm_answered"] * 2 + ["mdm_asked"]
    before = dump(world.base)
    commanding.poll(world.session, account, console)
    assert dump(world.base) == before
    checking.check(world.session)


def test_what_an_mdm_accepted_is_not_undone_in_the_ledger(world: World) -> None:
    account, console, tags = stood(world, "ready")
    commanding.ask(world.session, account, console, MdmAct.LOCK, tags)
    with pytest.raises(NotUndoable):
        undoing.undo_last(world.session)


def test_a_wipe_is_for_one_device_and_of_a_lent_one_by_two_persons(world: World) -> None:
    account, console, (one, other) = stood(world, "ready", "ready")
    lending.check_out(world.session, code=one, pupil_id=world.pupil())
    assert type(refusal_of(world, account, console, MdmAct.WIPE, one, other)) is WipeOneByOne
    for second in ("", "  ", "c. morel", world.session.actor.name):
        assert type(refusal_of(world, account, console, MdmAct.WIPE, one, second=second)) is SecondPersonNeeded
    task = commanding.ask(world.session, account, console, MdmAct.WIPE, [one], second="D. Roy").value[0]
    assert (task.second_by, task.state) == ("D. Roy", TaskState.ACCEPTED)
    commanding.ask(world.session, account, console, MdmAct.WIPE, [other])
    with pytest.raises(WipeUnderWay):
        commanding.ask(world.session, account, console, MdmAct.WIPE, [other])
    tomorrow = replace(world.session, clock=lambda: NOON + timedelta(days=2))
    assert commanding.previewed(tomorrow, account, MdmAct.WIPE, [other]).refused == ()


def test_lost_mode_is_for_what_is_declared_lost_and_its_words_are_kept_nowhere(world: World) -> None:
    account, console, (ready, lost) = stood(world, "ready", "lost")
    assert type(refusal_of(world, account, console, MdmAct.LOST_MODE_ON, ready)) is LostModeForLost
    with pytest.raises(NothingToSay):
        commanding.ask(world.session, account, console, MdmAct.LOST_MODE_ON, [lost])
    words = Words("Merci de rappeler", "0400000000")
    commanding.ask(world.session, account, console, MdmAct.LOST_MODE_ON, [lost], words=words)
    assert console.orders == [
        Order(MdmAct.LOST_MODE_ON, f"id-{serial_of(world, lost)}", message=words.message, phone=words.phone)
    ]
    assert words.phone not in repr(dump(world.base))
    commanding.ask(world.session, account, console, MdmAct.LOST_MODE_OFF, [lost])


def test_what_an_mdm_does_not_have_or_offer_is_not_asked_of_it(world: World) -> None:
    account, console, (known,) = stood(world, "ready", console=Console(acts=frozenset()))
    console.records = [told(serial_of(world, known), acts=frozenset({MdmAct.LOCK}))]
    enrolling.sync(world.session, account, console)
    unknown = world.device()
    assert type(refusal_of(world, account, console, MdmAct.LOCK, unknown, known)) is NotInMdm
    assert type(refusal_of(world, account, console, MdmAct.WIPE, known)) is ActNotOffered
    assert type(refusal_of(world, account, console, MdmAct.LOCK, "nothing")) is UnknownCode
    preview = commanding.previewed(world.session, account, MdmAct.LOCK, [known, unknown, "nothing"])
    assert [each.tag for each in preview.asked] == [known]
    assert [(tag, type(why)) for tag, why in preview.refused] == [(unknown, NotInMdm), ("nothing", UnknownCode)]


def test_the_owner_that_is_pushed_is_a_code_and_no_name(world: World) -> None:
    account, console, (lent, ready) = stood(world, "ready", "ready")
    pupil = world.pupil()
    lending.check_out(world.session, code=lent, pupil_id=pupil)
    commanding.ask(world.session, account, console, MdmAct.NAME, [lent, ready])
    assert {(order.asset_tag, order.owner) for order in console.orders} == {(lent, pupil_card(pupil)), (ready, "")}


def test_a_trouble_on_the_way_leaves_no_task_that_waits_for_ever(world: World) -> None:
    account, console, tags = stood(world, "ready", "ready")
    console.trouble = MdmAway(mdm=MDM, reason="?")
    with pytest.raises(MdmAway):
        commanding.ask(world.session, account, console, MdmAct.LOCK, tags)
    tasks = commanding.tasks(world.session)
    assert {task.state for task in tasks} == {TaskState.FAILED}
    assert len({task.reason for task in tasks}) == 2


def test_a_wipe_list_is_for_the_mdm_s_own_console_and_has_no_lent_device(world: World, tmp_path: Path) -> None:
    _, _, (returned, ready, lent) = stood(world, "to_prepare", "ready", "ready")
    lending.check_out(world.session, code=lent, pupil_id=world.pupil())
    out = tmp_path / "wipe.csv"
    assert commanding.wipe_list(world.session, out).rows == 1
    assert serial_of(world, returned) in out.read_text("utf-8-sig")
    chosen = tmp_path / "chosen.xlsx"
    assert commanding.wipe_list(world.session, chosen, [lent, ready]).rows == 1
    none = tmp_path / "none.csv"
    with pytest.raises(NothingToWipe):
        commanding.wipe_list(world.session, none, [lent])
    assert not none.exists()


def test_what_an_mdm_says_of_a_device_is_no_fact_of_the_ledger(world: World) -> None:
    said = "the device of Ines cannot be reached"
    account, console, (tag,) = stood(world, "ready", console=Console(answers=TaskState.FAILED, reason=said))
    commanding.ask(world.session, account, console, MdmAct.LOCK, [tag])
    assert commanding.tasks(world.session)[0].reason == said
    kept = dump(world.base)
    del kept["mdm_task"]
    assert said not in str(kept)
