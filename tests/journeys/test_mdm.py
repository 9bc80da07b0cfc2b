"""The life of a tablet in a living MDM: receive, enrol, lend, lose, lost mode, find, wipe, ready."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tablet_loans.domain.arrival import Arrival
from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.device import DeviceEvent, DeviceFilter, Happened
from tablet_loans.domain.enrolment import Enrolment, MdmAct, Provider, TaskState
from tablet_loans.domain.mdm_rule import NOT_ENROLLED, Caution
from tablet_loans.domain.paging import Place, Sort
from tablet_loans.services import changing, checking, commanding, enrolling, lending, recording, stocking
from tablet_loans.services.changing import Chosen
from tablet_loans.services.commanding import Words
from tablet_loans.services.desk import Did
from tablet_loans.services.mdm import Connector
from tablet_loans.services.session import Session
from tablet_loans.storage.mdm_accounts import Account
from tests.builders import World
from tests.mdm_servers.jamf_pro import JamfProServer
from tests.services.enrolled import connected, dump
from tests.services.mdm.connected import linked
from tests.services.served import Served

SERIAL = "DMPX12345ABC"
READY_WHEN_RELEASED = Caution.REFUSE


@dataclass
class Life:
    """A Jamf Pro server, reached by HTTP, and somebody who reads it and asks it."""

    session: Session
    account: Account
    server: JamfProServer
    way: Connector

    def read(self) -> dict[str, int]:
        """Read the MDM and return the findings, by kind."""
        report = enrolling.sync(self.session, self.account, self.way, believes_empty=True).value
        return dict(report.findings)

    def ask(self, act: MdmAct, tag: str, words: Words | None = None) -> None:
        """Ask for an act, and let the tablet do it when it next reports."""
        task = commanding.ask(self.session, self.account, self.way, act, [tag], words=words).value[0]
        if task.state is not TaskState.DONE:
            assert self.became() is TaskState.ACCEPTED
            self.server.report()
            assert self.became() is TaskState.DONE

    def became(self) -> TaskState:
        """Ask what became of what was asked last."""
        return commanding.poll(self.session, self.account, self.way).value[0].state

    def happens(self, event: DeviceEvent) -> int:
        """Let something happen to all the devices there are."""
        every = Chosen(DeviceFilter(), Sort("tag"), (Place(0, 10),))
        ids = changing.previewed(self.session, every, Happened(event)).ids
        return changing.change(self.session, ids, Happened(event)).count


@pytest.fixture
def life(world: World) -> Iterator[Life]:
    """Start a server without tablets."""
    strict = replace(world.session, settings=replace(world.session.settings, mdm_at_return=READY_WHEN_RELEASED))
    server = JamfProServer(0)
    with linked(Provider.JAMF_PRO, server=server) as link:
        yield Life(strict, connected(world.session, provider=Provider.JAMF_PRO), server, link.mdm)


def test_a_tablet_goes_through_its_whole_life_in_the_mdm(world: World, life: Life) -> None:
    counter, pupil = Served(world), world.pupil()
    tag = str(recording.receive_one(life.session, Arrival("iPad 9", "Apple"), serial=SERIAL).value.tag)
    assert life.read() == {"not_in_mdm": 1}
    begun = counter.scan(pupil, tag)
    assert (begun.did, [notice.sentence for notice in begun.notices]) == (Did.LENT, [NOT_ENROLLED])
    counter.undo()

    life.server.enrol(SERIAL)
    assert life.read() == {}
    lent = counter.scan(pupil, tag)
    assert (lent.did, lent.notices) == (Did.LENT, ())
    life.ask(MdmAct.NAME, tag)
    assert life.read() == {}
    (tablet,) = life.server.tablets
    assert (tablet.name, tablet.tag, tablet.owner) == (tag, tag, pupil_card(pupil))

    lending.check_in(life.session, code=tag)  # brought back, then gone from the depot
    assert life.happens(DeviceEvent.DECLARED_LOST) == 1
    assert life.read() == {"no_lost_mode": 1}
    life.ask(MdmAct.LOST_MODE_ON, tag, Words("Merci de rapporter cette tablette", "04 00 00 00 00"))
    assert life.read() == {}

    assert life.happens(DeviceEvent.FOUND) == 1
    assert life.read() == {"lost_mode_left": 1, "not_released": 1}
    life.ask(MdmAct.LOST_MODE_OFF, tag)
    life.ask(MdmAct.WIPE, tag)
    assert life.read() == {"not_released": 1}  # an erased tablet is unmanaged, and its record keeps the owner
    assert life.happens(DeviceEvent.PREPARED) == 0
    life.ask(MdmAct.REMOVE_OWNER, tag)
    assert life.read() == {}
    assert life.happens(DeviceEvent.PREPARED) == 1
    assert world.state_of(tag) == "ready"

    life.server.enrol(SERIAL)
    assert life.read() == {}
    story = stocking.shown(life.session, tag)
    assert [step.after for step in story.enrolments] == [
        Enrolment.ENROLLED,
        Enrolment.UNENROLLED,
        Enrolment.ENROLLED,
    ]
    assert [line.action for line in story.acts].count("mdm_asked") == 5
    before = dump(world.base)
    assert life.read() == {}
    assert dump(world.base) == before
    checking.check(life.session)
