"""The board of MDMs, on both engines: what differs with its dates, both sides of a device, errands looked at."""

import pytest

from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.enrolment import MdmAct, TaskState
from tablet_loans.domain.errors import NotPermitted
from tablet_loans.domain.finding import FindingKind
from tablet_loans.domain.mdm_task import LostModeForLost
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import commanding, enrolling, lending, minding_mdm
from tablet_loans.services.minding_mdm import Board, Difference, Errand
from tablet_loans.storage import mdm_tasks
from tests.builders import NOON, World, new_session
from tests.services.enrolled import MDM, Console, connected, serial_of, told


def row_of(board: Board, kind: FindingKind) -> Difference:
    return next(row for row in board.rows if row.finding.kind is kind)


def test_without_an_mdm_there_is_nothing_to_mind(world: World) -> None:
    world.device()
    assert minding_mdm.board(world.session) == Board((), (), 0)


def test_the_board_tells_models_schools_and_since_when(world: World) -> None:
    account = connected(world.session)
    lent, other = world.device(), world.device()
    lending.check_out(world.session, code=lent, pupil_id=world.pupil())
    records = [told(serial_of(world, other), owner="TLP-X"), told("R52ELSEWHERE")]
    enrolling.sync(world.session, account, Console(records))
    board = minding_mdm.board(world.session)
    (mdm,) = board.mdms
    assert (mdm.name, mdm.devices, mdm.is_read, mdm.is_unfinished, board.waiting) == (MDM, 2, True, False, 0)
    assert mdm.changed_at is not None
    never, loose = row_of(board, FindingKind.NEVER_ENROLLED), row_of(board, FindingKind.NOT_IN_REGISTER)
    assert (never.finding.tag, never.model, never.school) == (lent, "Galaxy Tab A8 · Samsung", "Collège Les Iris")
    assert never.since is not None
    assert never.since >= NOON
    assert (loose.model, loose.since is not None) == ("iPad 9", True)
    assert row_of(board, FindingKind.NOT_RELEASED).finding.tag == other


def test_both_sides_tell_the_pupil_every_record_and_what_was_asked(world: World) -> None:
    account, console = connected(world.session), Console()
    tag, pupil = world.device(), world.pupil()
    lending.check_out(world.session, code=tag, pupil_id=pupil)
    console.records = [told(serial_of(world, tag), external_id=number, owner="Another") for number in ("a", "b")]
    enrolling.sync(world.session, account, console)
    console.records = console.records[1:]
    enrolling.sync(world.session, account, console)
    commanding.ask(world.session, account, console, MdmAct.LOCK, [tag])
    found = row_of(minding_mdm.board(world.session), FindingKind.OTHER_PUPIL).finding
    sides = minding_mdm.sides(world.session, found)
    assert sides.row is not None
    assert (sides.row.tag, sides.owner_code) == (tag, pupil_card(pupil))
    assert [(each.external_id, each.gone_at is None) for each in sides.records] == [("b", True), ("a", False)]
    assert [task.act for task in sides.tasks] == [MdmAct.LOCK]
    assert minding_mdm.sides_of(world.session, tag) == sides


def test_a_record_of_no_device_is_shown_by_its_serial_number(world: World) -> None:
    enrolling.sync(world.session, connected(world.session), Console([told("R52ELSEWHERE"), told("", external_id="x")]))
    board = minding_mdm.board(world.session)
    for kind, number in ((FindingKind.NOT_IN_REGISTER, "id-R52ELSEWHERE"), (FindingKind.NO_SERIAL, "x")):
        sides = minding_mdm.sides(world.session, row_of(board, kind).finding)
        assert sides.row is None
        assert [each.external_id for each in sides.records] == [number]


def test_errands_are_looked_at_without_asking(world: World) -> None:
    account = connected(world.session)
    tags = (str(world.device()), str(world.device(state="lost")))
    enrolling.sync(world.session, account, Console([told(serial_of(world, tag)) for tag in tags]))
    (looked,) = minding_mdm.looked_at(world.session, [Errand(MDM, MdmAct.LOST_MODE_ON, tags)])
    assert looked.errand.tags == tags[1:]
    assert [(tag, type(why)) for tag, why in looked.refused] == [(tags[0], LostModeForLost)]
    assert commanding.tasks(world.session) == []


def test_only_who_keeps_the_stock_minds_the_mdms(world: World) -> None:
    session = new_session(world.base, actor=Actor("L. Faure", Role.LIAISON))
    with pytest.raises(NotPermitted):
        minding_mdm.board(session)


def test_the_oldest_task_that_waits_is_looked_after_behind_any_number_of_others(world: World) -> None:
    account, tag = connected(world.session), str(world.device())
    serial = serial_of(world, tag)
    console = Console([told(serial)])
    enrolling.sync(world.session, account, console)
    commanding.ask(world.session, account, console, MdmAct.UNENROL, [tag])
    lock = {
        "account_id": account.id, "device_id": 1, "external_id": f"id-{serial}", "act": "lock", "state": "done",
        "asked_at": NOON, "asked_by": "A",
    }  # fmt: skip
    with world.base.atomic():
        for _ in range(200):
            mdm_tasks.add(world.base, {**lock, "second_by": "", "reference": "", "reason": ""})
    enrolling.sync(world.session, account, Console([told(serial, is_enrolled=False)]))
    (ended,) = minding_mdm.poll_all(world.session).tasks
    assert (ended.act, ended.state) == (MdmAct.UNENROL, TaskState.DONE)
