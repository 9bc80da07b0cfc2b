"""Devices are listed in the same order on both engines, by whatever column and filter, and found by a serial's end."""

import sqlite3
from dataclasses import replace
from itertools import product

import pytest

from tablet_loans.domain.device import DeviceFilter, DeviceRow, DeviceState
from tablet_loans.domain.paging import Place, Sort
from tablet_loans.services import lending
from tablet_loans.storage import devices, rows, searching
from tablet_loans.storage.devices import device_key
from tests.builders import World

EVERY = Place(0, 1_000)
SORTS = ("tag", "serial", "model", "kind", "state", "school")
FILTERS = (
    DeviceFilter(),
    DeviceFilter(state=DeviceState.READY),
    DeviceFilter(school="0690002B"),
    DeviceFilter(kind="tablet"),
    DeviceFilter(model="Galaxy Tab A8", state=DeviceState.READY),
    DeviceFilter(place="school"),
    DeviceFilter(depot="Vaise", condition="worn"),
    DeviceFilter(search="r52m"),
    DeviceFilter(search="galaxy"),
    DeviceFilter(search="galaxy ml 00"),
    DeviceFilter(search="a", school="0690001A"),
)


@pytest.fixture
def stock(world: World) -> World:
    """Return a world with thirty devices that share everything but their tag, each with some of the others."""
    schools = [None, world.school("0690002B"), world.school("0690001A")]
    models = [world.model(), world.model("iPad 9"), world.model("ThinkPad L13", "laptop"), world.model("Galaxy Book")]
    for number in range(30):
        tag = world.device(state=("ready", "lost", "to_prepare")[number % 3])
        school, serial = (
            schools[number * 7 % 3],
            (None, f"R52M{97 - number}", f"é{number}", f"B{number}")[number * 5 % 4],
        )
        values = {
            "model_id": models[number * 3 % 4], "school_id": school, "serial": serial,
            "place": "school" if school else "depot", "depot": ("", "Vaise")[number % 2],
            "condition": ("good", "worn")[number % 5 == 0], "search_key": device_key(tag, serial, None),
        }  # fmt: skip
        with world.base.atomic():
            rows.update(world.base, "device", number + 1, values)
    return world


def is_let_through(row: DeviceRow, chosen: DeviceFilter) -> bool:
    """Say of one row, in plain words, whether the filter lets it through."""
    words = f"{device_key(row.tag, row.serial, row.imei)} {row.maker} {row.model}".lower().split()
    return (
        chosen.state in (None, row.state)
        and chosen.school in (None, row.school)
        and chosen.kind in (None, row.kind)
        and chosen.model in ("", row.model)
        and chosen.place in (None, row.place)
        and chosen.depot in ("", row.depot)
        and chosen.condition in (None, row.condition)
        and all(any(word.startswith(typed) for word in words) for typed in chosen.search.split())
    )


def rank(row: DeviceRow, column: str) -> tuple[object, ...]:
    """Return what a row is sorted by."""
    model = f"{row.maker} {row.model}".lower()
    return {
        "tag": (row.tag,),
        "serial": (row.serial is not None, row.serial or ""),
        "model": (model,),
        "kind": (row.kind, model),
        "state": (row.state, row.tag),
        "school": (row.school is not None, row.school or ""),
    }[column] + (row.id,)


@pytest.mark.parametrize("few", [2_000, 3, 0])
def test_every_filter_and_sort_gives_what_plain_words_give(
    stock: World, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    assert stock.base
    for bound in ("FEW", "SCATTERED", "NEAR"):
        monkeypatch.setattr(searching, bound, few)
    everything = devices.block(DeviceFilter(), Sort("tag"), EVERY)
    assert len(everything) == 30
    for chosen, column, is_descending in product(FILTERS, SORTS, (False, True)):
        expected = [row for row in everything if is_let_through(row, chosen)]
        expected.sort(key=lambda row: rank(row, column), reverse=is_descending)
        sort = Sort(column, is_descending)
        assert devices.block(chosen, sort, EVERY) == expected, (chosen, sort)
        assert devices.count(chosen) == len(expected) > 0, chosen
        blocks = [devices.block(chosen, sort, Place(start, 7)) for start in range(0, 35, 7)]
        assert [row for block in blocks for row in block] == expected, (chosen, sort)


@pytest.mark.parametrize(
    "chosen",
    [
        DeviceFilter(school="0699999Z"),
        DeviceFilter(model="Unheard of"),
        DeviceFilter(kind="key_4g"),
        DeviceFilter(search="—"),
        DeviceFilter(search="galaxy nothing"),
        DeviceFilter(state=DeviceState.STOLEN),
    ],
)
@pytest.mark.parametrize("column", ["tag", "kind", "school"])
def test_a_filter_that_nothing_meets_gives_an_empty_list(stock: World, chosen: DeviceFilter, column: str) -> None:
    assert stock.base
    assert devices.count(chosen) == 0
    assert devices.block(chosen, Sort(column), EVERY) == []


def test_more_devices_are_read_at_once_than_a_statement_has_room_for(sqlite_world: World) -> None:
    base = sqlite_world.base
    base.database.connection().setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32_766)  # as it is unless built otherwise
    sqlite_world.device()
    thousands = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 39999)"
    columns = "model_id, state, place, depot, condition, missing_kit, iccid, phone_line, search_key"
    with base.atomic():
        base.execute(f"{thousands} INSERT INTO device (tag, {columns}) SELECT 'Z' || i, {columns} FROM n, device")  # noqa: S608
    every = devices.block(DeviceFilter(), Sort("tag"), Place(0, 100_000))
    assert len({row.tag for row in every}) == devices.count(DeviceFilter()) == 40_000


def test_an_empty_stock_is_an_empty_list(world: World) -> None:
    assert world.base
    for column in SORTS:
        assert devices.block(DeviceFilter(), Sort(column, is_descending=True), EVERY) == []


def test_a_lent_device_shows_the_number_of_its_open_loan_alone(world: World) -> None:
    tag = world.device()
    for name in ("Martin", "Kaya"):
        lending.check_out(world.session, code=tag, pupil_id=world.pupil(name))
        if name == "Martin":
            lending.check_in(world.session, code=tag)
            with world.base.atomic():
                world.base.execute("UPDATE device SET state = 'ready'")
    (row,) = devices.block(DeviceFilter(), Sort("tag"), EVERY)
    open_loan = world.base.execute("SELECT number FROM loan WHERE state = 'open'").fetchone()
    assert (row.state, row.loan) == ("on_loan", open_loan[0])


@pytest.mark.parametrize("typed", ["4321", " 4321 ", "43-21"])
def test_the_end_of_a_serial_finds_its_tablets_alone(world: World, typed: str) -> None:
    ends = world.device(serial="R52MABC4321")
    again = world.device(serial="DMPX4321")
    world.device(serial="4321R52M")
    world.device(serial="R52M99999", imei="356868000004321")
    assert [row.tag for row in devices.ending_with(world.base, typed, 5)] == [ends, again]
    assert [row.tag for row in devices.ending_with(world.base, typed, 1)] == [ends]


@pytest.mark.parametrize("typed", ["", "—", "%", "zzzz", "321"])
def test_what_is_not_the_end_of_a_serial_finds_none(world: World, typed: str) -> None:
    world.device(serial="R52MABC4321")
    assert devices.ending_with(world.base, typed, 5) == []


def test_the_letters_of_a_serials_end_are_typed_as_one_likes(world: World) -> None:
    tag = world.device(serial="R52MAB9XK7")
    assert [row.tag for row in devices.ending_with(world.base, "9xk7", 5)] == [tag]


def test_a_models_words_are_searched_without_being_in_the_devices_key(world: World) -> None:
    tag = world.device()
    assert "galaxy" not in device_key(tag, "R52M1", None, "Samsung", "Galaxy Tab A8")
    for typed in ("galaxy", "sams tab", "a8 ml"):
        assert [row.tag for row in devices.block(DeviceFilter(search=typed), Sort("tag"), EVERY)] == [tag], typed
    renamed = replace(DeviceFilter(), search="note")
    assert devices.count(renamed) == 0
    with world.base.atomic():
        world.base.execute("UPDATE device_model SET name = 'Note 12'")
    assert devices.count(renamed) == 1
