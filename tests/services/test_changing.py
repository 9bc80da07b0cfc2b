"""Many devices changed at once: what would change and why not, by short acts, undone as one."""

from collections.abc import Sequence

import pytest

from tablet_loans.domain.act import Action
from tablet_loans.domain.device import (
    DeviceChange,
    DeviceEvent,
    DeviceFilter,
    DeviceState,
    Happened,
    Moved,
    Place,
    Remodelled,
)
from tablet_loans.domain.errors import StepNotAllowed, UnknownSchool
from tablet_loans.domain.identifiers import uai_key
from tablet_loans.domain.paging import Place as Rows
from tablet_loans.domain.paging import Sort
from tablet_loans.services import changing, checking, lending, stocking
from tablet_loans.services.changing import Chosen, Preview
from tablet_loans.services.session import Progress
from tests.builders import World

UAI = "0690142" + uai_key("0690142")
RETIRE = Happened(DeviceEvent.RETIRED)


def everything(count: int) -> Chosen:
    return Chosen(DeviceFilter(), Sort("tag"), (Rows(0, count),))


def preview(world: World, change: DeviceChange, count: int = 10) -> Preview:
    return changing.previewed(world.session, everything(count), change)


def states(world: World, tags: Sequence[str]) -> list[str]:
    return [world.state_of(tag) for tag in tags]


def test_a_preview_counts_what_changes_and_says_what_cannot(world: World) -> None:
    tags = [world.device(state=state) for state in ("ready", "to_prepare", "retired", "lost", "on_loan", "on_loan")]
    told = preview(world, RETIRE)
    assert (len(told.ids), told.unchanged) == (2, 1)
    assert [(each.count, each.examples) for each in told.obstacles] == [(2, tuple(tags[4:])), (1, (tags[3],))]
    assert all(isinstance(each.refusal, StepNotAllowed) for each in told.obstacles)
    assert states(world, tags) == ["ready", "to_prepare", "retired", "lost", "on_loan", "on_loan"]


def test_only_the_rows_chosen_are_looked_at(world: World) -> None:
    tags = [world.device() for _ in range(6)]
    chosen = Chosen(DeviceFilter(), Sort("tag", is_descending=True), (Rows(0, 1), Rows(4, 2)))
    told = changing.previewed(world.session, chosen, RETIRE)
    changing.change(world.session, told.ids, RETIRE)
    assert [tag for tag in tags if world.state_of(tag) == "retired"] == [tags[0], tags[1], tags[5]]


def test_the_devices_seen_are_changed_even_when_others_stand_in_their_rows(world: World) -> None:
    first, second, third = (world.device(state="to_prepare") for _ in range(3))
    to_prepare, sort = DeviceFilter(state=DeviceState.TO_PREPARE), Sort("tag")
    seen = [row.id for row in stocking.block(world.session, to_prepare, sort, Rows(0, 1))]
    ready = Happened(DeviceEvent.PREPARED)
    changing.change(world.session, seen, ready)  # another station was first
    told = changing.previewed(world.session, Chosen(to_prepare, sort, (Rows(0, 1),), tuple(seen)), RETIRE)
    assert told.ids == tuple(seen)
    changing.change(world.session, told.ids, RETIRE)
    assert states(world, [first, second, third]) == ["retired", "to_prepare", "to_prepare"]


def test_a_change_of_many_is_short_acts_undone_as_one(world: World) -> None:
    tags = [world.device(state="to_prepare" if number % 2 else "ready") for number in range(250)]
    before = states(world, tags)
    changed = changing.change(world.session, preview(world, RETIRE, 250).ids, RETIRE)
    assert (changed.count, len(changed.receipts)) == (250, 3)
    assert set(states(world, tags)) == {"retired"}
    taken_back = changing.undo(world.session, [receipt.ledger_id for receipt in changed.receipts])
    assert (taken_back.count, taken_back.refusals) == (3, ())
    assert states(world, tags) == before
    checking.check(world.session)


def test_the_story_says_which_change_it_was(world: World) -> None:
    tag = world.device()
    for event in (DeviceEvent.SENT_TO_REPAIR, DeviceEvent.REPAIRED, DeviceEvent.PREPARED):
        changing.change(world.session, preview(world, Happened(event)).ids, Happened(event))
    story = stocking.shown(world.session, tag)
    assert [line.action for line in story.acts] == [Action.PREPARED, Action.CHANGED, Action.CHANGED]
    assert [story.changes.get(line.id) for line in story.acts] == [None, "Back from repair", "Sent to repair"]


def test_devices_are_moved_to_a_school_or_a_depot(world: World) -> None:
    school_id = world.school(UAI)
    tag, lent = world.device(), world.device()
    lending.check_out(world.session, code=lent, pupil_id=world.pupil(school_id=school_id))
    to_school = Moved(Place.SCHOOL, school=UAI)
    told = preview(world, to_school)
    assert (len(told.ids), [each.examples for each in told.obstacles]) == (1, [(lent,)])
    changing.change(world.session, told.ids, to_school)
    row = stocking.shown(world.session, tag).row
    assert (row.place, row.school) == ("school", UAI)
    assert preview(world, to_school).unchanged == 1
    to_depot = Moved(Place.DEPOT, depot="Vaise")
    changing.change(world.session, preview(world, to_depot).ids, to_depot)
    row = stocking.shown(world.session, tag).row
    assert (row.place, row.depot, row.school) == ("depot", "Vaise", None)
    with pytest.raises(UnknownSchool):
        changing.change(world.session, told.ids, Moved(Place.SCHOOL, school="0690143" + uai_key("0690143")))


def test_a_corrected_model_is_found_by_its_new_name_and_keeps_a_lent_ones_kind(world: World) -> None:
    tag, lent = world.device(), world.device()
    lending.check_out(world.session, code=lent, pupil_id=world.pupil())
    laptop = Remodelled(world.model("ThinkPad", kind="laptop"), "laptop", "Samsung", "ThinkPad")
    told = preview(world, laptop)
    assert (len(told.ids), told.obstacles[0].examples) == (1, (lent,))
    with world.base.atomic():  # as the version before wrote it
        world.base.execute("UPDATE device SET search_key = search_key || ' samsung galaxy tab a8'")
    tablet = Remodelled(world.model("Tab S6"), "tablet", "Samsung", "Tab S6")
    assert changing.change(world.session, preview(world, tablet).ids, tablet).count == 2
    assert stocking.count(world.session, DeviceFilter(search="tab s6")) == 2
    assert stocking.count(world.session, DeviceFilter(search="a8")) == 0
    assert stocking.shown(world.session, tag).row.model == "Tab S6"


def test_what_happened_after_the_preview_is_respected(world: World) -> None:
    tag, lent = world.device(), world.device()
    told = preview(world, RETIRE)
    lending.check_out(world.session, code=lent, pupil_id=world.pupil())
    changed = changing.change(world.session, told.ids, RETIRE)
    assert (changed.count, changed.left_out) == (1, 1)
    assert (world.state_of(tag), world.state_of(lent)) == ("retired", "on_loan")


def test_a_change_stopped_half_way_keeps_and_tells_what_is_done(world: World) -> None:
    tags = [world.device() for _ in range(250)]
    done: list[int] = []
    progress = Progress(lambda count, _total: done.append(count), lambda: bool(done))
    changed = changing.change(world.session, preview(world, RETIRE, 250).ids, RETIRE, progress)
    assert changed.is_stopped
    assert (changed.count, states(world, tags).count("retired")) == (100, 100)


def test_an_act_that_cannot_be_undone_does_not_hold_the_others(world: World) -> None:
    tags = [world.device(state="to_prepare") for _ in range(150)]
    ready = Happened(DeviceEvent.PREPARED)
    changed = changing.change(world.session, preview(world, ready, 150).ids, ready)
    lending.check_out(world.session, code=tags[0], pupil_id=world.pupil())
    taken_back = changing.undo(world.session, [receipt.ledger_id for receipt in changed.receipts])
    assert (taken_back.count, len(taken_back.refusals)) == (1, 1)
    assert [world.state_of(tag) for tag in (tags[0], tags[1], tags[149])] == ["on_loan", "ready", "to_prepare"]


@pytest.mark.parametrize("event", [event for event in DeviceEvent if event not in ("checked_out", "checked_in")])
def test_only_steps_that_the_table_allows_are_taken(sqlite_world: World, event: DeviceEvent) -> None:
    from tablet_loans.domain.device import STEPS

    tags = {state: sqlite_world.device(state=state.value) for state in DeviceState}
    told = preview(sqlite_world, Happened(event))
    changing.change(sqlite_world.session, told.ids, Happened(event))
    for state, tag in tags.items():
        is_lent = state is DeviceState.ON_LOAN
        expected = state if is_lent else STEPS.get((state, event), state)
        assert sqlite_world.state_of(tag) == expected
