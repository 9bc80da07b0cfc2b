"""An MDM is connected, read by one computer at a time, and forgotten, on both engines."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread

import pytest

from tablet_loans.domain.enrolment import MdmAct, Provider, Reach, TaskState
from tablet_loans.domain.errors import NotPermitted
from tablet_loans.domain.mdm_task import MdmBeingRead, MdmNameTaken, UnknownMdm
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import commanding, connecting_mdm, enrolling
from tablet_loans.services.connecting_mdm import MdmConnection
from tablet_loans.services.session import Progress, Session
from tablet_loans.services.sync_run import SyncReport
from tablet_loans.storage import enrolments
from tests.builders import NOON, World
from tests.mdm_servers.base import KEY, Asked, Given
from tests.mdm_servers.jamf_school import NETWORK, JamfSchoolServer
from tests.mdm_servers.traps import serial
from tests.services.enrolled import Console, connected, dump, serial_of, told


class Gated(JamfSchoolServer):
    """A server that keeps whoever reads it waiting until it is let go."""

    def __init__(self) -> None:
        super().__init__(3)
        self.asked, self.let_go = Event(), Event()

    def answered(self, asked: Asked) -> Given:
        """Answer once it is let go."""
        self.asked.set()
        self.let_go.wait(20)
        return super().answered(asked)


@pytest.fixture
def server() -> Iterator[Gated]:
    """Give a server that lets go."""
    with Gated() as started:
        started.let_go.set()
        yield started


def connect(session: Session, server: Gated, name: str = "School", network: str = NETWORK) -> MdmConnection:
    reach = Reach(f"{server.address}/api", network)
    return connecting_mdm.connect(session, Provider.JAMF_SCHOOL, reach, name=name, ask=lambda _name: KEY).value


def read(session: Session, name: str = "School") -> SyncReport:
    return connecting_mdm.sync_named(session, name, ask=lambda _name: KEY).value


def test_two_computers_never_read_the_same_mdm_at_once(world: World, server: Gated) -> None:
    session = world.session
    connect(session, server)
    server.let_go.clear()
    server.asked.clear()
    told_first: list[SyncReport] = []

    def other() -> None:
        told_first.append(read(session))
        session.base.close()

    first = Thread(target=other)
    first.start()
    try:
        assert server.asked.wait(10)
        with pytest.raises(MdmBeingRead) as caught:
            read(session)
        assert caught.value.facts == {"mdm": "School"}
        with pytest.raises(MdmBeingRead):
            connecting_mdm.disconnect(session, "School")
    finally:
        server.let_go.set()
        first.join(20)
    assert told_first[0].new == 3
    before = dump(session.base)
    assert read(session).unchanged == 3
    assert dump(session.base) == before


def test_a_reading_that_failed_lets_the_next_one_begin(world: World, server: Gated) -> None:
    connect(world.session, server)
    server.tablets = ()
    server.prepare()
    read(world.session)
    with pytest.raises(ZeroDivisionError):
        connecting_mdm.sync_named(
            world.session, ask=lambda _name: KEY, progress=Progress(is_cancelled=lambda: 1 / 0 > 1)
        )
    assert read(world.session).devices == 0


def test_another_network_does_not_take_the_place_of_one_by_the_same_name(world: World, server: Gated) -> None:
    connect(world.session, server, name="")
    before = dump(world.base)
    with pytest.raises(MdmNameTaken):
        connect(world.session, server, name=" ", network="99")
    with pytest.raises(MdmNameTaken):
        connecting_mdm.connect(world.session, Provider.INTUNE, Reach("", "x", "y"), name=Provider.JAMF_SCHOOL.value)
    assert dump(world.base) == before
    assert connect(world.session, server, name="").account.name == Provider.JAMF_SCHOOL.value


def test_what_an_mdm_had_not_answered_ends_when_it_is_disconnected(world: World) -> None:
    tag = world.device()
    account, console = connected(world.session), Console([told(serial_of(world, tag))])
    enrolling.sync(world.session, account, console)
    commanding.ask(world.session, account, console, MdmAct.LOCK, [tag])
    assert enrolling.counts(world.session).tasks_waiting == 1
    connecting_mdm.disconnect(world.session, account.name)
    (task,) = commanding.tasks(world.session)
    assert (task.state, bool(task.reason)) == (TaskState.FAILED, True)
    assert enrolling.counts(world.session).tasks_waiting == 0


def test_a_disconnection_that_was_stopped_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    account = connected(world.session)
    enrolling.sync(world.session, account, Console([told(serial_of(world, world.device()))]))

    def stop(*_asked: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(enrolments, "forget", stop)
        with pytest.raises(KeyboardInterrupt):
            connecting_mdm.disconnect(world.session, account.name)
    assert connecting_mdm.accounts(world.session) == []
    connecting_mdm.disconnect(world.session, account.name)
    assert dump(world.base)["external_record"] == []
    with pytest.raises(UnknownMdm):
        connecting_mdm.disconnect(world.session, account.name)


def test_a_name_that_is_free_again_may_be_any_mdms(world: World, server: Gated) -> None:
    account = connected(world.session, "School", Provider.INTUNE)
    connecting_mdm.disconnect(world.session, account.name)
    made = connect(world.session, server).account
    assert (made.provider, made.connected_by) == (Provider.JAMF_SCHOOL, world.session.actor.name)
    assert made.connected_at > account.connected_at
    assert connecting_mdm.last_read(world.session) == {}
    assert read(world.session).new == 3
    assert list(connecting_mdm.last_read(world.session)) == ["School"]
    connecting_mdm.disconnect(world.session, "School")
    assert connecting_mdm.last_read(world.session) == {}


@pytest.mark.parametrize("key", [f"\ufeff{KEY}\r\n", f"\u00a0{KEY}\u200b", f"\n{KEY}\n\n"])
def test_a_key_is_taken_without_what_was_pasted_around_it(world: World, server: Gated, key: str) -> None:
    reach = Reach(f"{server.address}/api", f" {NETWORK}\u00a0")
    made = connecting_mdm.connect(world.session, Provider.JAMF_SCHOOL, reach, ask=lambda _name: key).value
    assert (made.account.reach.account, made.found.missing) == (NETWORK, ())


def test_a_device_that_several_mdms_tell_of_counts_once_where_it_stands_best(world: World) -> None:
    well, silent, begun = (serial_of(world, world.device()) for _ in range(3))
    long_ago = NOON - timedelta(days=40)
    jamf, intune = connected(world.session), connected(world.session, "Lycées", Provider.INTUNE)
    apple = connected(world.session, "Apple", Provider.APPLE)
    enrolling.sync(world.session, jamf, Console([told(well, seen=long_ago), told(silent, seen=long_ago), told("R52X")]))
    enrolling.sync(world.session, intune, Console([told(well), told(well, external_id="2", is_enrolled=False)]))
    enrolling.sync(world.session, apple, Console([told(well), told(silent), told(begun)]))
    enrolling.sync(world.session, intune, Console([told(well), told(begun, is_enrolled=False)]))
    counts = enrolling.counts(world.session)
    assert (counts.devices, counts.not_in_register) == ({"enrolled": 1, "stale": 1, "pending": 1}, 1)


def as_a(session: Session, role: Role) -> Session:
    return replace(session, actor=Actor("X", role))


@pytest.mark.parametrize("role", [Role.LIAISON, Role.FINANCE])
def test_who_keeps_no_tablets_sees_and_does_nothing_there(role: Role, world: World, server: Gated) -> None:
    tag = world.device(serial=serial(0))
    connect(world.session, server)
    read(world.session)
    account, before = connecting_mdm.known_account(world.session, "School"), dump(world.base)
    other = as_a(world.session, role)
    asked: list[Callable[[], object]] = [
        lambda: connecting_mdm.accounts(other),
        lambda: connecting_mdm.last_read(other),
        lambda: read(other),
        lambda: enrolling.findings(other),
        lambda: enrolling.counts(other),
        lambda: commanding.tasks(other),
        lambda: commanding.ask(other, account, Console(), MdmAct.LOCK, [tag]),
    ]
    for act in asked:
        with pytest.raises(NotPermitted):
            act()
    assert dump(world.base) == before


def test_a_technician_reads_an_mdm_and_connects_none(world: World, server: Gated) -> None:
    connect(world.session, server)
    technician = as_a(world.session, Role.TECHNICIAN)
    assert read(technician).new == 3
    before = dump(world.base)
    asked: list[Callable[[], object]] = [
        lambda: connect(technician, server),
        lambda: connecting_mdm.disconnect(technician, "School"),
        lambda: connecting_mdm.rule(technician, stale_days=3),
    ]
    for act in asked:
        with pytest.raises(NotPermitted):
            act()
    assert dump(world.base) == before


def test_what_a_stopped_disconnection_left_is_not_told_by_the_next_mdm_of_that_name(
    world: World, server: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = connected(world.session, "School")
    enrolling.sync(world.session, account, Console([told(serial_of(world, world.device()))]))

    def stop(*_asked: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(enrolments, "forget", stop)
        with pytest.raises(KeyboardInterrupt):
            connecting_mdm.disconnect(world.session, account.name)
    connect(world.session, server)
    assert dump(world.base)["external_record"] == []


def test_an_mdm_that_was_disconnected_meanwhile_is_not_read(world: World) -> None:
    account = connected(world.session)
    connecting_mdm.disconnect(world.session, account.name)
    before = dump(world.base)
    with pytest.raises(UnknownMdm):
        enrolling.sync(world.session, account, Console([told("R52X1")]))
    assert dump(world.base) == before


def test_a_rule_is_changed_beside_those_that_another_computer_changed(world: World) -> None:
    for name in ("Avril", "Mai"):
        world.campaign(name)
    connecting_mdm.rule(world.session, groups={"Avril": "A"})
    changed = connecting_mdm.rule(world.session, groups={"Mai": "M"}).value
    assert changed.mdm_groups == {"Avril": "A", "Mai": "M"}
    back = connecting_mdm.rule(world.session, groups={"Avril": "", "Mai": ""}).value
    assert back.mdm_groups == {}
