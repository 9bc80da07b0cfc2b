"""The life of a tablet in the MDM: receive, enrol, lend, lose, lost mode, find, wipe, ready."""

from dataclasses import replace

from tablet_loans.domain.arrival import Arrival
from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.device import DeviceEvent, DeviceFilter, Happened
from tablet_loans.domain.enrolment import Enrolment, MdmAct, TaskState
from tablet_loans.domain.mdm_rule import NOT_ENROLLED, Caution
from tablet_loans.domain.paging import Place, Sort
from tablet_loans.services import changing, checking, commanding, enrolling, lending, recording, stocking
from tablet_loans.services.changing import Chosen
from tablet_loans.services.commanding import Words
from tablet_loans.services.desk import Did
from tablet_loans.storage.mdm_accounts import Account
from tests.builders import World
from tests.services.enrolled import Console, connected, dump, told
from tests.services.served import Served


class Life:
    """A tablet and the MDM that is told of it: what is read is what the acts asked for made of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        strict = replace(world.session.settings, mdm_at_return=Caution.REFUSE)
        self.session = replace(world.session, settings=strict)
        self.account: Account = connected(world.session)
        self.console = Console()

    def read(self) -> dict[str, int]:
        """Read the MDM and return the findings, by kind."""
        report = enrolling.sync(self.session, self.account, self.console, believes_empty=True).value
        return dict(report.findings)

    def ask(self, act: MdmAct, tag: str, words: Words | None = None) -> None:
        """Ask for an act, and let it be done."""
        tasks = commanding.ask(self.session, self.account, self.console, act, [tag], words=words).value
        assert tasks[0].state is TaskState.ACCEPTED
        assert commanding.poll(self.session, self.account, self.console).value[0].state is TaskState.DONE

    def happens(self, event: DeviceEvent) -> int:
        """Let something happen to all the devices there are."""
        every = Chosen(DeviceFilter(), Sort("tag"), (Place(0, 10),))
        ids = changing.previewed(self.session, every, Happened(event)).ids
        return changing.change(self.session, ids, Happened(event)).count


def test_a_tablet_goes_through_its_whole_life_in_the_mdm(world: World) -> None:
    life, counter = Life(world), Served(world)
    arrival = Arrival("iPad 9", "Apple")
    tag = str(recording.receive_one(life.session, arrival, serial="DMPX12345ABC").value.tag)
    assert life.read() == {"not_in_mdm": 1}
    pupil = world.pupil()
    begun = counter.scan(pupil, tag)
    assert (begun.did, [notice.sentence for notice in begun.notices]) == (Did.LENT, [NOT_ENROLLED])
    counter.undo()

    tablet = told("DMPX12345ABC")
    life.console.records = [tablet]
    assert life.read() == {}
    lent = counter.scan(pupil, tag)
    assert (lent.did, lent.notices) == (Did.LENT, ())
    life.ask(MdmAct.NAME, tag)
    assert life.console.orders[-1].owner == pupil_card(pupil)
    tablet = replace(tablet, owner=pupil_card(pupil), asset_tag=tag, name=tag)
    life.console.records = [tablet]
    assert life.read() == {}

    lending.check_in(life.session, code=tag)  # brought back, then gone from the depot
    assert life.happens(DeviceEvent.DECLARED_LOST) == 1
    assert life.read() == {"no_lost_mode": 1}
    life.ask(MdmAct.LOST_MODE_ON, tag, Words("Merci de rapporter cette tablette", "04 00 00 00 00"))
    tablet = replace(tablet, is_lost=True)
    life.console.records = [tablet]
    assert life.read() == {}

    assert life.happens(DeviceEvent.FOUND) == 1
    assert life.read() == {"lost_mode_left": 1, "not_released": 1}
    life.ask(MdmAct.LOST_MODE_OFF, tag)
    assert life.happens(DeviceEvent.PREPARED) == 0  # it still has an owner in the MDM
    life.ask(MdmAct.WIPE, tag)
    life.console.records = [replace(tablet, is_lost=False, owner="", name="")]
    assert life.read() == {}
    assert life.happens(DeviceEvent.PREPARED) == 1
    assert world.state_of(tag) == "ready"

    story = stocking.shown(life.session, tag)
    assert [step.after for step in story.enrolments] == [Enrolment.ENROLLED]
    assert [line.action for line in story.acts].count("mdm_asked") == 4
    before = dump(world.base)
    assert life.read() == {}
    assert dump(world.base) == before
    checking.check(life.session)
