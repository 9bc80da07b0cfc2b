"""Cartons on both engines: what a school is to receive, what goes into its cartons, and what does not."""

from pathlib import Path
from random import Random

import pytest

from tablet_loans.domain.carton import (
    AlreadyPacked,
    CartonClosed,
    CartonState,
    ClassNotPromised,
    EnoughPacked,
    NoCartonYet,
    NothingPromised,
    NothingToPack,
    NotPacked,
    NotReadyToPack,
    PackedForAnother,
    PromisedElsewhere,
    UnknownCarton,
)
from tablet_loans.domain.device import Place
from tablet_loans.domain.errors import ChangedSince, NotPermitted, Refusal, UnknownCode
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import checking, lending, offering, packing, undoing
from tablet_loans.services.desk import Did
from tests.builders import CAMPAIGN, World, new_session
from tests.services.promised import applied, in_need, plain_device, together, uai_of
from tests.services.served import Served, refusal_of

IRIS = "0690142E"


def iris(world: World, pupils: int = 2) -> str:
    """Promise so many devices with a SIM card to the pupils of a school, and return its UAI."""
    school = world.school(IRIS)
    for number in range(pupils):
        in_need(world, f"Kaya{number}", school_id=school, is_cellular=True)
        world.device()
    applied(world)
    return IRIS


def tags(world: World) -> list[str]:
    return [row[0] for row in world.base.execute("SELECT tag FROM device ORDER BY id").fetchall()]


def id_of(world: World, uai: str) -> int:
    return int(world.base.execute("SELECT id FROM school WHERE uai = ?", (uai,)).fetchone()[0])


def counts(world: World, school: str | None = IRIS) -> list[tuple[int, int]]:
    found = packing.picking(world.session, CAMPAIGN, school)
    return [(line.promised, line.packed) for each in found for line in each.lines]


def test_a_school_s_list_tells_models_places_and_counts(world: World) -> None:
    school = world.school(IRIS)
    for name in ("Kaya", "Brun"):
        in_need(world, name, school_id=school)
    in_need(world, "Roux", school_id=school, is_cellular=True)
    plain_device(world, depot="Vaise")
    plain_device(world, depot="Gerland")
    world.device()
    applied(world)
    (found,) = packing.picking(world.session, CAMPAIGN)
    assert (found.school.uai, found.promised, found.packed) == (IRIS, 3, 0)
    told = sorted((line.model, line.place, line.where, line.promised, line.to_pick) for line in found.lines)
    assert told == [
        ("Lenovo Tab M10", Place.DEPOT, "Gerland", 1, 1),
        ("Lenovo Tab M10", Place.DEPOT, "Vaise", 1, 1),
        ("Samsung Galaxy Tab A8", Place.DEPOT, "", 1, 1),
    ]


def test_devices_go_into_one_open_carton_whose_code_has_its_check_character(world: World) -> None:
    iris(world)
    first, second = tags(world)
    packed = packing.pack(world.session, CAMPAIGN, IRIS, first).value
    assert (packed.carton, packed.tag, packed.devices) == ("C-000001-G", first, 1)
    assert packing.pack(world.session, CAMPAIGN, IRIS, second).value.devices == 2
    assert counts(world) == [(2, 2)]
    (carton,) = packing.cartons(world.session, CAMPAIGN)
    assert (carton.code, carton.school.uai, carton.state) == ("C-000001-G", IRIS, CartonState.OPEN)
    assert [each.tag for each in carton.devices] == [first, second]
    assert world.state_of(first) == "ready"
    checking.check(world.session)


def test_a_closed_carton_takes_nothing_more(world: World) -> None:
    iris(world)
    first, second = tags(world)
    code = packing.pack(world.session, CAMPAIGN, IRIS, first).value.carton
    assert packing.close_carton(world.session, code.lower().replace("-", "")).value == code
    with pytest.raises(CartonClosed):
        packing.close_carton(world.session, code)
    with pytest.raises(UnknownCarton):
        packing.close_carton(world.session, "C-000009-9")
    assert packing.pack(world.session, CAMPAIGN, IRIS, second).value.carton != code
    assert [len(each.devices) for each in packing.cartons(world.session, CAMPAIGN, IRIS)] == [1, 1]


def test_what_does_not_belong_in_a_school_s_carton_is_refused_by_name(world: World) -> None:
    other = world.school(name="Collège Les Tilleuls")
    iris(world, 1)
    session, (ready,) = world.session, tags(world)
    for tag, refusal in (
        ("ML-999999-9", UnknownCode),
        (world.device(state="to_prepare"), NotReadyToPack),
        (plain_device(world), ClassNotPromised),
        (world.device(kind="laptop"), ClassNotPromised),
    ):
        with pytest.raises(refusal):
            packing.pack(session, CAMPAIGN, IRIS, tag)
    with pytest.raises(NothingPromised):
        packing.pack(session, CAMPAIGN, uai_of(world, other), ready)
    packing.pack(session, CAMPAIGN, IRIS, ready)
    with pytest.raises(AlreadyPacked) as refused:
        packing.pack(session, CAMPAIGN, IRIS, ready)
    assert refused.value.facts["carton"] == "C-000001-G"
    with pytest.raises(EnoughPacked) as enough:
        packing.pack(session, CAMPAIGN, IRIS, world.device())
    assert enough.value.facts["promised"] == 1
    assert counts(world) == [(1, 1)]


def test_a_device_promised_to_a_pupil_goes_to_that_pupil_s_school_alone(world: World) -> None:
    iris(world, 1)
    other = world.school(name="Collège Les Tilleuls")
    in_need(world, "Brun", school_id=other)
    applied(world)
    world.device()
    (offer,) = offering.offers(world.session, CAMPAIGN)
    offering.accept(world.session, [offer])
    tag = offer.device.tag
    with pytest.raises(PromisedElsewhere) as refused:
        packing.pack(world.session, CAMPAIGN, IRIS, tag)
    assert refused.value.facts["school"] == "Collège Les Tilleuls"
    packing.pack(world.session, CAMPAIGN, uai_of(world, other), tag)
    (found,) = packing.picking(world.session, CAMPAIGN, uai_of(world, other))
    assert [(line.tag, line.promised, line.packed) for line in found.lines] == [(tag, 1, 1)]


def test_several_devices_are_packed_all_or_none(world: World) -> None:
    iris(world)
    with pytest.raises(EnoughPacked):
        packing.pack_all(world.session, CAMPAIGN, IRIS, [*tags(world), world.device()])
    assert packing.cartons(world.session, CAMPAIGN) == []
    assert [each.value.devices for each in packing.pack_all(world.session, CAMPAIGN, IRIS, tags(world)[:2])] == [1, 2]


def test_a_device_is_taken_out_by_name_or_by_undoing(world: World) -> None:
    iris(world)
    first, second = tags(world)
    packing.pack_all(world.session, CAMPAIGN, IRIS, [first, second])
    assert packing.unpack(world.session, first).value.devices == 1
    with pytest.raises(NotPacked):
        packing.unpack(world.session, first)
    packing.pack(world.session, CAMPAIGN, IRIS, first)
    undoing.undo_last(world.session)
    assert counts(world) == [(2, 1)]
    undoing.undo_last(world.session)  # the taking out
    assert counts(world) == [(2, 2)]
    undoing.undo_last(world.session, 2)
    assert packing.cartons(world.session, CAMPAIGN) == []
    checking.check(world.session)


def test_a_carton_begun_with_a_device_stays_while_others_lie_in_it(world: World) -> None:
    iris(world)
    first, _ = packing.pack_all(world.session, CAMPAIGN, IRIS, tags(world))
    with pytest.raises(ChangedSince):
        undoing.undo(world.session, first.ledger_id)
    assert counts(world) == [(2, 2)]


def test_a_device_lent_leaves_its_carton_and_an_undone_loan_puts_it_back(world: World) -> None:
    iris(world)
    first, _ = tags(world)
    packing.pack_all(world.session, CAMPAIGN, IRIS, tags(world))
    pupil = world.base.execute("SELECT pupil_id FROM reservation ORDER BY id").fetchone()[0]
    lending.check_out(world.session, code=first, pupil_id=pupil)
    assert counts(world) == [(1, 1)]
    assert [each.tag for each in packing.cartons(world.session, CAMPAIGN)[0].devices] == tags(world)[1:]
    undoing.undo_last(world.session)
    assert counts(world) == [(2, 2)]


def test_a_device_packed_for_another_school_is_not_lent_until_it_is_taken_out(world: World) -> None:
    iris(world)
    first, second = tags(world)
    code = packing.pack_all(world.session, CAMPAIGN, IRIS, [first, second])[0].value.carton
    other = world.school(name="Collège Les Tilleuls")
    elsewhere, here = world.pupil("Roux", school_id=other), world.pupil("Morin", school_id=id_of(world, IRIS))
    with pytest.raises(PackedForAnother) as refused:
        lending.check_out(world.session, code=first, pupil_id=elsewhere)
    assert refused.value.facts == {"tag": first, "carton": code, "school": "Collège Les Iris"}
    assert world.state_of(first) == "ready"
    lending.check_out(world.session, code=second, pupil_id=here)
    packing.unpack(world.session, first)
    lending.check_out(world.session, code=first, pupil_id=elsewhere)
    checking.check(world.session)


def test_at_the_counter_the_pupil_waits_on_for_a_tablet_that_is_not_packed_elsewhere(world: World) -> None:
    iris(world, 1)
    (packed,) = tags(world)
    packing.pack(world.session, CAMPAIGN, IRIS, packed)
    pupil = world.pupil("Roux", school_id=world.school(name="Collège Les Tilleuls"))
    counter = Served(world)
    assert refusal_of(counter.scan(pupil, packed)) is PackedForAnother
    assert counter.scan(world.device()).did is Did.LENT


def test_a_closed_carton_tells_how_many_were_packed_and_how_many_are_left_in_it(world: World) -> None:
    iris(world, 3)
    code = packing.pack_all(world.session, CAMPAIGN, IRIS, tags(world))[0].value.carton
    packing.unpack(world.session, tags(world)[2])
    packing.close_carton(world.session, code)
    pupils = [row[0] for row in world.base.execute("SELECT pupil_id FROM reservation ORDER BY id").fetchall()]
    for left, (tag, pupil) in zip((1, 0), zip(tags(world)[:2], pupils[:2], strict=True), strict=True):
        lending.check_out(world.session, code=tag, pupil_id=pupil)
        (carton,) = packing.cartons(world.session, CAMPAIGN)
        assert (carton.state, carton.packed, len(carton.devices)) == (CartonState.CLOSED, 2, left)
    lending.check_in(world.session, code=tags(world)[0])
    undoing.undo_last(world.session, 2)
    (carton,) = packing.cartons(world.session, CAMPAIGN)
    assert (carton.packed, len(carton.devices)) == (2, 1)


def test_of_two_who_pack_the_last_one_at_once_one_does(world: World) -> None:
    iris(world)
    first, *ready = [*tags(world), world.device()]
    packing.pack(world.session, CAMPAIGN, IRIS, first)  # the carton is there already: nothing else stops the second
    sessions = [new_session(world.base, f"machine-{number}") for number in (2, 3)]
    ends = together(
        world.base,
        lambda: packing.pack(sessions[0], CAMPAIGN, IRIS, ready[0]),
        lambda: packing.pack(sessions[1], CAMPAIGN, IRIS, ready[1]),
    )
    assert sorted(ends) == ["EnoughPacked", "Receipt"]
    assert counts(world) == [(2, 2)]


def test_one_device_packed_for_two_schools_at_once_lies_in_one_carton(world: World) -> None:
    other = world.school(name="Collège Les Tilleuls")
    in_need(world, "Brun", school_id=other, is_cellular=True)
    world.device()
    iris(world, 1)
    tag, uais = tags(world)[0], (IRIS, uai_of(world, other))
    sessions = [new_session(world.base, f"machine-{number}") for number in (2, 3)]
    ends = together(
        world.base,
        lambda: packing.pack(sessions[0], CAMPAIGN, uais[0], tag),
        lambda: packing.pack(sessions[1], CAMPAIGN, uais[1], tag),
    )
    assert sorted(ends) == ["AlreadyPacked", "Receipt"]
    checking.check(world.session)


def test_never_more_is_packed_than_promised_and_no_device_lies_in_two_cartons(sqlite_world: World) -> None:
    world = sqlite_world
    schools = [world.school() for _ in range(3)]
    for number in range(12):
        in_need(world, f"Kaya{number}", school_id=schools[number % 3], is_cellular=number % 2 == 0)
        world.device()
        plain_device(world)
    applied(world)
    uais, known, chance = [uai_of(world, each) for each in schools], tags(world), Random(5)
    refused = done = 0
    for _ in range(250):
        tag, uai = chance.choice(known), chance.choice(uais)
        try:
            match chance.randrange(6):
                case 0:
                    packing.unpack(world.session, tag)
                case 1 if found := packing.cartons(world.session, CAMPAIGN, uai):
                    packing.close_carton(world.session, found[-1].code)
                case _:
                    packing.pack(world.session, CAMPAIGN, uai, tag)
            done += 1
        except Refusal:
            refused += 1
        cartons = packing.cartons(world.session, CAMPAIGN)
        packed = [each.tag for carton in cartons for each in carton.devices]
        assert len(packed) == len(set(packed))
        lists = packing.picking(world.session, CAMPAIGN)
        assert all(line.packed <= line.promised for each in lists for line in each.lines)
        assert sum(each.packed for each in lists) == len(packed)
    assert min(refused, done) > 20
    checking.check(world.session)


def test_who_has_nothing_to_do_with_the_stock_packs_nothing_and_empty_lists_are_not_printed(
    sqlite_world: World, tmp_path: Path
) -> None:
    world, out = sqlite_world, tmp_path / "list.pdf"
    with pytest.raises(NothingToPack):
        packing.print_picking(world.session, CAMPAIGN, out)
    iris(world)
    with pytest.raises(NoCartonYet):
        packing.print_cartons(world.session, CAMPAIGN, out)
    assert not out.exists()
    liaison = new_session(world.base, "machine-2", Actor("L. Favre", Role.LIAISON))
    with pytest.raises(NotPermitted):
        packing.pack(liaison, CAMPAIGN, IRIS, tags(world)[0])
