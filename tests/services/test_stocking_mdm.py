"""Where devices stand in the MDMs, in their list: told, filtered, exported, changed, on both engines."""

import csv
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tablet_loans.domain.device import DeviceEvent, DeviceFilter, Happened, InMdm
from tablet_loans.domain.enrolment import Enrolment
from tablet_loans.domain.mdm_rule import Caution
from tablet_loans.domain.paging import Place, Sort
from tablet_loans.services import changing, enrolling, lending, stocking
from tablet_loans.services.changing import Chosen
from tablet_loans.services.serving import answer
from tablet_loans.storage import schema
from tablet_loans.storage.database import open_database
from tests.builders import NOON, World, new_session
from tests.services.enrolled import Console, connected, serial_of, told
from tests.services.test_cautioning import warns

LONG_AGO = NOON - timedelta(days=15)
ALL, BY_TAG = Place(0, 100), Sort("tag")


@pytest.fixture
def fleet(world: World) -> dict[str, str]:
    """Return tablets by where they stand: told by two MDMs, the second of which was read twice; and a 4G key."""
    tags: dict[str, str] = {
        name: world.device() for name in ("enrolled", "stale", "pending", "unenrolled", "never_seen", "twice")
    }
    tags["key"] = world.device(kind="key_4g")
    of = {name: serial_of(world, tag) for name, tag in tags.items()}
    first = [told(of["enrolled"]), told(of["twice"], seen=LONG_AGO), told(of["pending"], is_enrolled=False)]
    enrolling.sync(world.session, connected(world.session), Console(first, page=10))
    other, silent = connected(world.session, "Second"), told(of["stale"], seen=LONG_AGO)
    second = [silent, told(of["unenrolled"]), told(of["twice"], seen=None)]
    enrolling.sync(world.session, other, Console(second, page=10))
    enrolling.sync(world.session, other, Console([silent, second[2]], page=10))
    return tags


def listed(world: World, chosen: DeviceFilter, sort: Sort = BY_TAG, place: Place = ALL) -> list[str]:
    return [row.tag for row in stocking.block(world.session, chosen, sort, place)]


def test_each_row_tells_where_the_device_stands_today(world: World, fleet: dict[str, str]) -> None:
    rows = {row.tag: row.enrolment for row in stocking.block(world.session, DeviceFilter(), BY_TAG, ALL)}
    expected = {name: rows[tag] for name, tag in fleet.items()}
    assert expected.pop("twice") == Enrolment.ENROLLED  # one MDM has not seen it lately, the other does not tell
    assert expected.pop("key") == ""
    assert all(name == state for name, state in expected.items())
    assert stocking.shown(world.session, fleet["stale"]).row.enrolment == Enrolment.STALE
    later = replace(world.session, clock=lambda: NOON + timedelta(days=15))
    assert stocking.shown(later, fleet["enrolled"]).row.enrolment == Enrolment.STALE


@pytest.mark.parametrize("column", ["tag", "serial", "model", "kind", "state", "school"])
def test_the_list_is_narrowed_by_it_in_whatever_order(world: World, fleet: dict[str, str], column: str) -> None:
    wanted = {
        InMdm.ENROLLED: ("enrolled", "twice"), InMdm.SILENT: ("stale",),
        InMdm.MISSING: ("pending", "unenrolled", "never_seen"),
    }  # fmt: skip
    for in_mdm, names in wanted.items():
        chosen, sort = DeviceFilter(in_mdm=in_mdm), Sort(column)
        found = listed(world, chosen, sort)
        assert sorted(found) == sorted(fleet[name] for name in names)
        assert stocking.count(world.session, chosen) == len(names)
        assert [tag for start in range(3) for tag in listed(world, chosen, sort, Place(start, 1))] == found
        assert listed(world, replace(chosen, search=found[0]), sort) == found[:1]


def test_a_change_touches_those_alone_that_the_filter_shows(world: World, fleet: dict[str, str]) -> None:
    chosen = Chosen(DeviceFilter(in_mdm=InMdm.SILENT), BY_TAG, (Place(0, 10),))
    preview = changing.previewed(world.session, chosen, Happened(DeviceEvent.RETIRED))
    changing.change(world.session, preview.ids, Happened(DeviceEvent.RETIRED))
    assert {name: world.state_of(tag) for name, tag in fleet.items() if world.state_of(tag) != "ready"} == {
        "stale": "retired"
    }


def test_the_preview_names_those_made_ready_that_an_mdm_still_has_an_owner_for(world: World) -> None:
    owned, free = world.device(state="to_prepare"), world.device(state="to_prepare")
    owners = ((owned, "Jules Martin"), (free, ""))
    console = Console([told(serial_of(world, tag), owner=owner) for tag, owner in owners])
    enrolling.sync(world.session, connected(world.session), console)
    every = Chosen(DeviceFilter(), BY_TAG, (Place(0, 10),))
    preview = changing.previewed(world.session, every, Happened(DeviceEvent.PREPARED))
    assert (len(preview.ids), preview.obstacles, preview.unreleased) == (2, (), (owned,))
    assert changing.previewed(world.session, every, Happened(DeviceEvent.RETIRED)).unreleased == ()


def test_the_file_has_a_column_more_once_an_mdm_was_read(world: World, tmp_path: Path) -> None:
    def line(name: str) -> list[str]:
        out = tmp_path / name
        stocking.export(world.session, DeviceFilter(), BY_TAG, out)
        with out.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file, delimiter=";"))[1]

    tag = world.device()
    before = line("before.csv")
    enrolling.sync(world.session, connected(world.session), Console([told(serial_of(world, tag))]))
    assert line("after.csv") == [*before, "enrolled"]


def test_where_no_mdm_was_read_nothing_is_told_and_every_device_is_missing(world: World) -> None:
    tag = world.device()
    assert not stocking.choices(world.session).has_mdm
    told_of = {in_mdm: listed(world, DeviceFilter(in_mdm=in_mdm)) for in_mdm in InMdm}
    assert told_of == {InMdm.ENROLLED: [], InMdm.SILENT: [], InMdm.MISSING: [tag]}
    assert stocking.shown(world.session, tag).row.enrolment == ""
    enrolling.sync(world.session, connected(world.session), Console([told(serial_of(world, tag))]))
    assert stocking.choices(world.session).has_mdm


def test_a_base_of_the_version_before_lists_its_devices(url: str) -> None:
    base = open_database(url, create=True)
    schema.upgrade(base, "0007_paper")
    world = World(new_session(base))
    tag = world.device()
    assert listed(world, DeviceFilter(in_mdm=InMdm.ENROLLED)) == [tag]
    assert stocking.count(world.session, DeviceFilter(in_mdm=InMdm.ENROLLED)) == 1
    base.close()


def test_nobody_is_warned_of_a_4g_key(world: World, fleet: dict[str, str]) -> None:
    assert not warns(answer(world.session, fleet["key"]))
    assert warns(answer(world.session, fleet["never_seen"]))
    strict = replace(world.session, settings=replace(world.session.settings, mdm_at_counter=Caution.REFUSE))
    assert lending.check_out(strict, code=fleet["key"], pupil_id=world.pupil()).value.tag == fleet["key"]
