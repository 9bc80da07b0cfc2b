"""Tasks whose outcome an MDM does not tell, on both engines: shown by a later reading, or left by who stopped."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tablet_loans.domain.enrolment import MdmAct, MdmTrouble, Order, RightMissing, TaskState, Told
from tablet_loans.domain.mdm_outcome import HEARD_WITHIN, Standing, is_shown
from tablet_loans.services import checking, commanding, enrolling
from tablet_loans.services.commanding import Words
from tablet_loans.services.session import Cancelled, Session
from tablet_loans.storage.mdm_accounts import Account
from tests.builders import NOON, World
from tests.services.enrolled import MDM, Console, connected, dump, serial_of, told

STANDS = Standing(is_gone=False, is_enrolled=True, is_lost=None, owner="P-1")


class Dies(BaseException):
    """The computer goes off."""


class Dying(Console):
    """An MDM that hears, and the computer that asks goes off at the second order."""

    def ask(self, order: Order) -> Told:
        """Take an order."""
        if self.orders:
            raise Dies
        return super().ask(order)


class Silent(Console):
    """An MDM that tells no outcome."""

    def outcome(self, order: Order, reference: str) -> Told:  # noqa: ARG002
        """Say that it was accepted."""
        return Told(TaskState.ACCEPTED, reference)


def stood(world: World, console: Console, *states: str) -> tuple[Account, list[str]]:
    account = connected(world.session)
    tags = [str(world.device(state=state)) for state in states]
    console.records = [told(serial_of(world, tag)) for tag in tags]
    enrolling.sync(world.session, account, console)
    return account, tags


def at(world: World, later: timedelta) -> Session:
    """Return the session of somebody who comes so much later."""
    return replace(world.session, clock=lambda: NOON + later)


def states_of(world: World) -> dict[str, TaskState]:
    return {task.tag: task.state for task in commanding.tasks(world.session)}


def test_what_a_program_asked_that_stopped_is_not_waited_for_and_not_asked_again_by_itself(world: World) -> None:
    console = Dying()
    account, (heard, cut, never) = stood(world, console, "ready", "ready", "ready")
    with pytest.raises(Dies):
        commanding.ask(world.session, account, console, MdmAct.LOCK, [heard, cut, never])
    asked = {heard: TaskState.ACCEPTED, cut: TaskState.ASKED, never: TaskState.ASKED}
    assert states_of(world) == asked
    soon = commanding.settle(at(world, HEARD_WITHIN / 2), account)
    assert (soon.ledger_id, states_of(world)) == ("", asked)
    late = commanding.settle(at(world, HEARD_WITHIN * 2), account)
    assert late.ledger_id
    assert [task.tag for task in late.value] == [heard]
    assert states_of(world) == {heard: TaskState.ACCEPTED, cut: TaskState.FAILED, never: TaskState.FAILED}
    assert len(console.orders) == 1
    assert enrolling.counts(world.session).tasks_waiting == 1
    before = dump(world.base)
    commanding.settle(at(world, HEARD_WITHIN * 3), account)
    assert dump(world.base) == before
    again = commanding.ask(world.session, account, Console(console.records), MdmAct.LOCK, [cut]).value
    assert [task.state for task in again] == [TaskState.ACCEPTED]
    checking.check(world.session)


def test_what_is_asked_one_by_one_is_waited_for_while_it_moves_on(world: World) -> None:
    console = Dying()
    account, tags = stood(world, console, "ready", "ready")
    with pytest.raises(Dies):
        commanding.ask(world.session, account, console, MdmAct.LOCK, tags)
    late = HEARD_WITHIN * 5
    world.base.execute(
        "UPDATE mdm_task SET told_at = told_at + ? WHERE told_at IS NOT NULL", (int(late.total_seconds()) * 10**6,)
    )
    commanding.settle(at(world, late + HEARD_WITHIN / 2), account)
    assert states_of(world)[tags[1]] is TaskState.ASKED


@pytest.mark.parametrize("error", [Cancelled(), KeyboardInterrupt(), RightMissing(mdm=MDM, right="x")])
def test_who_gives_up_leaves_no_task_that_waits(world: World, error: BaseException) -> None:
    class Broken(Console):
        """Raises."""

        def ask(self, order: Order) -> Told:
            """Raise."""
            del order
            raise error

    account, tags = stood(world, console := Broken(), "ready", "ready")
    with pytest.raises(type(error)):
        commanding.ask(world.session, account, console, MdmAct.LOCK, tags)
    assert set(states_of(world).values()) == {TaskState.FAILED}


def test_a_reading_shows_what_an_mdm_does_not_tell(world: World) -> None:
    console = Silent()
    account, (lost, wiped, locked) = stood(world, console, "lost", "ready", "ready")
    ask = commanding.ask
    ask(world.session, account, console, MdmAct.LOST_MODE_ON, [lost], words=Words("Rendez-moi"))
    ask(world.session, account, console, MdmAct.WIPE, [wiped])
    ask(world.session, account, console, MdmAct.LOCK, [locked])
    commanding.poll(world.session, account, console)
    assert set(states_of(world).values()) == {TaskState.ACCEPTED}
    console.records = [told(serial_of(world, lost), is_lost=True), told(serial_of(world, locked))]
    enrolling.sync(world.session, account, console)
    assert [task.tag for task in commanding.settle(world.session, account).value] == [locked]
    assert states_of(world) == {lost: TaskState.DONE, wiped: TaskState.DONE, locked: TaskState.ACCEPTED}


def test_an_answer_that_another_computer_kept_is_not_kept_twice(world: World) -> None:
    class Twice(Silent):
        """Another computer asks meanwhile."""

        def outcome(self, order: Order, reference: str) -> Told:
            """Let the other one be first."""
            commanding.poll(world.session, account, Console(self.records))
            return Told(TaskState.FAILED, reference, order.act.value)

    account, tags = stood(world, console := Twice(), "ready")
    commanding.ask(world.session, account, console, MdmAct.LOCK, tags)
    ended = commanding.poll(world.session, account, console)
    assert (ended.value[0].state, ended.ledger_id) == (TaskState.DONE, "")


def test_who_asks_is_answered_for_what_she_asked_and_not_for_what_others_ask_meanwhile(world: World) -> None:
    class Busy(Console):
        """Somebody else asks meanwhile."""

        def ask(self, order: Order) -> Told:
            """Take both orders."""
            commanding.ask(world.session, account, Console(), MdmAct.LOCK, [theirs])
            return super().ask(order)

    account, (mine, theirs) = stood(world, console := Busy(), "ready", "ready")
    asked = commanding.ask(world.session, account, console, MdmAct.LOCK, [mine]).value
    assert [task.tag for task in asked] == [mine]


def test_a_trouble_that_was_certainly_not_heard_is_told_apart(world: World) -> None:
    reasons = set()
    account, tags = stood(world, console := Console(), "ready")
    for trouble in (RightMissing(mdm=MDM, right="x"), MdmTrouble(mdm=MDM)):
        console.trouble = trouble
        with pytest.raises(MdmTrouble):
            commanding.ask(world.session, account, console, MdmAct.LOCK, tags)
        reasons.add(commanding.tasks(world.session)[0].reason)
    assert len(reasons) == 2


@pytest.mark.parametrize(
    ("act", "shown", "not_yet"),
    [
        (MdmAct.WIPE, STANDS._replace(is_enrolled=False), STANDS),
        (MdmAct.UNENROL, STANDS._replace(is_gone=True), STANDS),
        (MdmAct.LOST_MODE_ON, STANDS._replace(is_lost=True), STANDS._replace(is_lost=True, is_gone=True)),
        (MdmAct.LOST_MODE_OFF, STANDS._replace(is_lost=False), STANDS),
        (MdmAct.REMOVE_OWNER, STANDS._replace(owner=""), STANDS),
    ],
)
def test_what_shows_that_an_act_was_done(act: MdmAct, shown: Standing, not_yet: Standing) -> None:
    assert is_shown(act, shown)
    assert not is_shown(act, not_yet)
