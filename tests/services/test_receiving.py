"""Receiving on both engines: what a delivery list writes, and what it leaves alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from tablet_loans.domain.device import DeviceState
from tablet_loans.domain.errors import NotPermitted
from tablet_loans.domain.problem import ImportReport
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import checking, lending, receiving, stocking
from tablet_loans.services.session import Cancelled, Progress, Receipt, Session
from tablet_loans.storage import ledger, staging
from tests import files
from tests.builders import World, new_session


def counts(receipt: Receipt[ImportReport]) -> tuple[int, int, int, int]:
    report = receipt.value
    return report.rows, report.created, report.updated, report.unchanged


def rows_of(world: World, table: str) -> int:
    return int(world.base.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


def lines_of(world: World) -> int:
    return rows_of(world, "ledger_line")


def a_list(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "livraison.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_delivery_arrives_with_tags_models_and_purchases(world: World) -> None:
    receipt = receiving.import_devices(world.session, files.DELIVERY)
    assert counts(receipt) == (3, 3, 0, 0)
    row = stocking.shown(world.session, "R52M10ABCDE").row
    assert (row.tag, row.state, row.place, row.depot) == ("ML-000001-3", "ready", "depot", "Dépôt Gerland")
    assert stocking.shown(world.session, "00123").row.tag == "METRO-77"
    assert stocking.shown(world.session, "R52M10ABCDF").row.model == row.model == "Galaxy Tab A8"
    assert (rows_of(world, "device_model"), rows_of(world, "purchase")) == (2, 1)
    found = ledger.find(world.base, receipt.ledger_id)
    assert found is not None
    assert found[1] is not None
    assert (found[1]["source"], found[1]["file"], found[1]["created"]) == ("devices", files.DELIVERY.name, 3)
    assert rows_of(world, "ledger_row") == 6


def test_the_same_file_twice_changes_nothing(world: World) -> None:
    receiving.import_devices(world.session, files.DELIVERY)
    before = lines_of(world)
    receipt = receiving.import_devices(world.session, files.DELIVERY)
    assert counts(receipt) == (3, 0, 0, 3)
    assert (receipt.topics, lines_of(world)) == (frozenset(), before)


def test_a_dry_run_says_the_same_and_writes_nothing(world: World) -> None:
    before = lines_of(world)
    dry = receiving.import_devices(world.session, files.DELIVERY, is_dry_run=True)
    assert [rows_of(world, table) for table in ("device", "device_model", "purchase")] == [0, 0, 0]
    assert lines_of(world) == before
    assert receiving.import_devices(world.session, files.DELIVERY).value == dry.value


def test_tags_go_on_after_our_highest_number_here_and_in_the_list(world: World, tmp_path: Path) -> None:
    world.device()
    path = a_list(tmp_path, "Tag;Serial", ";A", "ML-000412-2;B", ";C")
    receiving.import_devices(world.session, path)
    assert [stocking.shown(world.session, code).row.tag[:9] for code in "ABC"] == [
        "ML-000413",
        "ML-000412",
        "ML-000414",
    ]


def test_a_known_device_is_completed_and_never_moved(world: World, tmp_path: Path) -> None:
    tag = world.device(serial="R52M1")
    lending.check_out(world.session, code=tag, pupil_id=world.pupil())
    path = a_list(tmp_path, "Serial;IMEI;Mandat;Prix;Dépôt", "R52-M1;490154203237518;1204;180,00;Gerland")
    receipt = receiving.import_devices(world.session, path)
    assert counts(receipt) == (1, 0, 1, 0)
    row = stocking.shown(world.session, "490154203237518").row
    assert (row.tag, row.state, row.place, row.depot, row.model) == (tag, "on_loan", "pupil", "", "Galaxy Tab A8")
    (before,) = world.base.execute("SELECT before FROM ledger_row WHERE kind = 'device'").fetchone()
    assert '"price_cents":17059' in before
    assert counts(receiving.import_devices(world.session, path)) == (1, 0, 0, 1)
    checking.check(world.session)  # raises when the base is unsound


def test_what_contradicts_a_device_already_here_is_a_problem(world: World, tmp_path: Path) -> None:
    tag = world.device(serial="S1", imei="490154203237518")
    other = world.device(serial="S2")
    path = a_list(
        tmp_path,
        "Tag;Serial;IMEI",
        f"{tag};S3;",
        f"{other};S1;",
        ";S2;490154203237518",
        "NEW-1;S1;",
        ";S4;",
    )
    report = receiving.import_devices(world.session, path).value
    assert [problem.line for problem in report.problems] == [2, 3, 4, 5]
    assert (report.created, report.updated) == (1, 0)


def test_an_arrival_may_have_to_be_prepared(world: World) -> None:
    careful = replace(
        world.session, settings=replace(world.session.settings, arrival_state=DeviceState.TO_PREPARE, tag_prefix="LY")
    )
    receiving.import_devices(careful, files.DELIVERY)
    row = stocking.shown(world.session, "R52M10ABCDE").row
    assert (row.state, row.tag[:3]) == ("to_prepare", "LY-")


def test_a_stopped_import_leaves_nothing(world: World, tmp_path: Path) -> None:
    path = a_list(tmp_path, "Serial", *(f"S{number}" for number in range(3_000)))
    before = lines_of(world)
    for patience in (1, 4, 6):
        seen: list[int] = []
        progress = Progress(lambda done, _total: seen.append(done), lambda: len(seen) >= patience)  # noqa: B023
        with pytest.raises(Cancelled):
            receiving.import_devices(world.session, path, progress=progress)
    assert [rows_of(world, table) for table in ("device", "device_model", "import_run", "import_piece")] == [0] * 4
    assert lines_of(world) == before


def test_an_import_that_fails_before_it_is_decided_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("the power went off")

    monkeypatch.setattr(staging, "decide", fail)
    before = lines_of(world)
    with pytest.raises(RuntimeError):
        receiving.import_devices(world.session, files.DELIVERY)
    tables = ("device", "device_model", "purchase", "import_run", "import_piece")
    assert [rows_of(world, table) for table in tables] == [0] * 5
    assert lines_of(world) == before


def test_progress_only_goes_forward_and_ends(world: World, tmp_path: Path) -> None:
    path = a_list(tmp_path, "Serial", *(f"S{number}" for number in range(2_500)))
    seen: list[tuple[int, int]] = []
    receiving.import_devices(world.session, path, progress=Progress(lambda done, total: seen.append((done, total))))
    assert seen[-1] == (7_500, 7_500)
    shares = [done / total for done, total in seen]
    assert shares == sorted(shares)
    assert shares[0] == 0


def test_a_lent_device_does_not_become_one_of_another_kind(world: World, tmp_path: Path) -> None:
    lent, spare = world.device(serial="R52M1"), world.device(serial="R52M2")
    lending.check_out(world.session, code=lent, pupil_id=world.pupil())
    path = a_list(tmp_path, "Serial;Type", "R52M1;laptop", "R52M2;laptop")
    dry = receiving.import_devices(world.session, path, is_dry_run=True)
    receipt = receiving.import_devices(world.session, path)
    assert counts(receipt) == (2, 0, 1, 0)
    assert receipt.value == dry.value
    assert [problem.line for problem in receipt.value.problems] == [2]
    assert stocking.shown(world.session, spare).row.kind == "laptop"
    checking.check(world.session)


def test_a_liaison_receives_nothing(world: World) -> None:
    liaison: Session = new_session(world.base, actor=Actor("L", Role.LIAISON))
    with pytest.raises(NotPermitted):
        receiving.import_devices(liaison, files.DELIVERY)


def test_twenty_thousand_devices_are_quickly_there(sqlite_world: World, tmp_path: Path) -> None:
    path = a_list(tmp_path, "Serial;Model;Prix", *(f"R52M{number:07d};Tab A8;170,59" for number in range(20_000)))
    assert counts(receiving.import_devices(sqlite_world.session, path)) == (20_000, 20_000, 0, 0)
    assert counts(receiving.import_devices(sqlite_world.session, path)) == (20_000, 0, 0, 20_000)
