"""Tablets recorded one by one: tags in order, duplicates by name, two stations at once, undo."""

import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tablet_loans.domain.act import Action
from tablet_loans.domain.arrival import AlreadyRecordedOn, Arrival, NoCode, NoModel
from tablet_loans.domain.errors import ChangedSince, NotPermitted, TagTaken
from tablet_loans.domain.identifiers import asset_tag
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import checking, lending, receiving, recording, stocking, undoing
from tablet_loans.storage import staging
from tablet_loans.storage.database import Base, open_database
from tests.builders import NOON, World, new_session

TAB = Arrival("Galaxy Tab A8", "Samsung", kit=("Chargeur", "Housse"))


def count_of(base: Base, table: str) -> int:
    return int(base.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


def test_tablets_get_the_next_labels_in_order(world: World) -> None:
    tags = [recording.receive_one(world.session, TAB, serial=f"R52M{number}").value.tag for number in range(3)]
    assert tags == [asset_tag("ML", number) for number in (1, 2, 3)]
    assert recording.next_tag(world.session) == asset_tag("ML", 4)


def test_the_next_label_comes_after_those_of_other_lengths_and_prefixes(world: World) -> None:
    for tag in ("ML-ZZZ-1", "METRO-77", "MM-900000-1", asset_tag("ML", 41)):
        recording.receive_one(world.session, TAB, serial=f"S{tag}", tag=tag)
    assert recording.next_tag(world.session) == asset_tag("ML", 42)


def test_once_six_figures_are_used_up_a_seventh_comes(world: World) -> None:
    recording.receive_one(world.session, TAB, serial="LAST", tag=asset_tag("ML", 999_999))
    assert recording.receive_one(world.session, TAB, serial="A1").value.tag == asset_tag("ML", 1_000_000)
    assert recording.receive_one(world.session, TAB, serial="A2").value.tag == asset_tag("ML", 1_000_001)


def test_a_tablet_keeps_what_was_said_once_of_its_delivery(world: World) -> None:
    arrival = Arrival(
        "Tab P12", "Lenovo", kit=("Stylet",), supplier="UGAP", invoice="F-1", mandate="M-2", account="21831",
        purchased_on=date(2026, 4, 2), price_cents=18950, depot="Vaise",
    )  # fmt: skip
    for serial in ("HA1", "HA2"):
        recording.receive_one(world.session, arrival, serial=serial, imei=None)
    row = stocking.shown(world.session, "HA2").row
    assert (row.maker, row.model, row.state, row.place, row.depot) == ("Lenovo", "Tab P12", "ready", "depot", "Vaise")
    kept = world.base.execute(
        "SELECT supplier, invoice, mandate, account, price_cents, kit FROM device"
        " JOIN purchase ON purchase.id = purchase_id JOIN device_model ON device_model.id = model_id WHERE serial = ?",
        ("HA1",),
    ).fetchall()
    assert [tuple(each) for each in kept] == [("UGAP", "F-1", "M-2", "21831", 18950, '["Stylet"]')]
    assert (count_of(world.base, "purchase"), count_of(world.base, "device_model")) == (1, 1)


def test_a_model_is_known_whatever_its_case(world: World) -> None:
    world.model()
    recording.receive_one(world.session, replace(TAB, model="GALAXY tab a8", maker="samsung"), serial="R1")
    assert count_of(world.base, "device_model") == 1


def test_a_tablet_already_here_is_refused_by_name(world: World) -> None:
    tag = recording.receive_one(world.session, TAB, serial="R52M1", imei="490154203237518").value.tag
    for serial, imei in (("r52m1", None), ("OTHER", "490154203237518")):
        with pytest.raises(AlreadyRecordedOn) as refused:
            recording.receive_one(world.session, TAB, serial=serial, imei=imei)
        assert refused.value.facts["tag"] == tag
        assert refused.value.facts["day"] == NOON.date()
    assert "2026-04-06" in refused.value.spoken()
    with pytest.raises(TagTaken):
        recording.receive_one(world.session, TAB, serial="R52M2", tag=tag)
    assert count_of(world.base, "device") == 1


def test_without_a_model_a_code_or_the_right_nothing_is_recorded(world: World) -> None:
    with pytest.raises(NoModel):
        recording.receive_one(world.session, Arrival(" "), serial="R1")
    with pytest.raises(NoCode):
        recording.receive_one(world.session, TAB, serial="")
    liaison = replace(world.session, actor=Actor("L. Petit", Role.LIAISON))
    with pytest.raises(NotPermitted):
        recording.receive_one(liaison, TAB, serial="R1")
    assert count_of(world.base, "device") == 0


def test_a_tablet_recorded_by_mistake_goes_and_its_label_serves_again(world: World) -> None:
    wrong = recording.receive_one(world.session, TAB, serial="WRONG")
    undoing.undo(world.session, wrong.ledger_id)
    right = recording.receive_one(world.session, TAB, serial="RIGHT")
    assert right.value.tag == wrong.value.tag
    assert right.value.id != wrong.value.id
    assert [line.action for line in stocking.shown(world.session, "RIGHT").acts] == [Action.RECEIVED]
    recording.receive_one(world.session, TAB, serial="WRONG")
    lending.check_out(world.session, code="RIGHT", pupil_id=world.pupil())
    checking.check(world.session)


def test_a_tablet_that_was_lent_since_stays(world: World) -> None:
    received = recording.receive_one(world.session, TAB, serial="R1")
    lent = lending.check_out(world.session, code="R1", pupil_id=world.pupil())
    with pytest.raises(ChangedSince):
        undoing.undo(world.session, received.ledger_id)
    undoing.undo(world.session, lent.ledger_id)
    with pytest.raises(ChangedSince):
        undoing.undo(world.session, received.ledger_id)  # the cancelled loan still speaks of it
    assert world.state_of(received.value.tag) == "ready"


def test_two_stations_receiving_at_once_never_give_one_label_twice(world: World, url: str) -> None:
    other = open_database(url, bind=False)
    sessions = [world.session, new_session(other, "machine-2")]
    start, failed = threading.Barrier(2), []

    def receive(station: int) -> None:
        start.wait()
        try:
            for number in range(25):
                recording.receive_one(sessions[station], TAB, serial=f"S{station}N{number}")
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)
        finally:
            sessions[station].base.close()

    threads = [threading.Thread(target=receive, args=(station,)) for station in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    tags = [row[0] for row in world.base.execute("SELECT tag FROM device ORDER BY tag").fetchall()]
    assert tags == sorted(asset_tag("ML", number) for number in range(1, 51))
    checking.check(world.session)


def test_labels_that_a_running_import_has_reserved_are_not_given(world: World) -> None:
    world.device()
    staging.begin(world.base, staging.Tags("ML", asset_tag("ML", 2), 101))
    received = recording.receive_one(world.session, Arrival("Tab"), serial="AAAA1").value
    assert received.tag == asset_tag("ML", 102)


def test_an_import_never_takes_the_number_of_a_reception_undone(sqlite_world: World, tmp_path: Path) -> None:
    sqlite_world.device()
    gone = recording.receive_one(sqlite_world.session, Arrival("Tab"), serial="AAAA1")
    undoing.undo(sqlite_world.session, gone.ledger_id)
    file = tmp_path / "livraison.csv"
    file.write_text("Serial;Model\nBBBB2;Tab\n", "utf-8")
    receiving.import_devices(sqlite_world.session, file)
    assert stocking.shown(sqlite_world.session, "BBBB2").row.id != gone.value.id
    checking.check(sqlite_world.session)
