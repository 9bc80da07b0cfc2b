"""The stock as staff look at it: a story however long, the choices of a filter, the list as a file."""

import csv
from pathlib import Path

from tablet_loans.domain.device import DeviceFilter, DeviceState
from tablet_loans.domain.paging import Sort
from tablet_loans.services import lending, stocking
from tests.builders import World


def test_a_story_of_more_than_two_hundred_acts_says_that_it_goes_on(sqlite_world: World) -> None:
    tag, pupil = sqlite_world.device(), sqlite_world.pupil()
    for number in range(67):
        lending.check_out(sqlite_world.session, code=tag, pupil_id=pupil)
        lending.check_in(sqlite_world.session, code=tag)
        stocking.prepare(sqlite_world.session, [tag])
        assert stocking.shown(sqlite_world.session, tag).is_whole is (number < 66)
    assert len(stocking.shown(sqlite_world.session, tag).acts) == 200


def test_the_choices_are_the_models_and_depots_that_there_are(world: World) -> None:
    world.device()
    with world.base.atomic():
        world.base.execute("UPDATE device SET depot = 'Vaise'")
    world.device()
    choices = stocking.choices(world.session)
    assert [model.name for model in choices.models] == ["Galaxy Tab A8"]
    assert choices.depots == ("Vaise",)


def test_the_list_is_exported_as_it_is_filtered_and_sorted(world: World, tmp_path: Path) -> None:
    tags = [world.device(state=state) for state in ("ready", "lost", "ready")]
    out = tmp_path / "tablettes.csv"
    ready = DeviceFilter(DeviceState.READY)
    export = stocking.export(world.session, ready, Sort("tag", is_descending=True), out)
    with out.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file, delimiter=";"))
    assert export.rows == 2
    assert [line[0] for line in lines] == ["Asset tag", tags[2], tags[0]]
