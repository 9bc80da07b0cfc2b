"""Undoing an import on both engines: all that it brought goes, all that it changed is again as it was, or nothing."""

from pathlib import Path

import pytest

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.errors import AlreadyUndone, ImportBuiltOn, NotPermitted
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import checking, correcting, enrolling, importing, lending, receiving, rostering, undoing
from tablet_loans.services.session import Progress
from tablet_loans.storage import batches, staging
from tests import files
from tests.builders import World, new_session
from tests.services.enrolled import Console, connected, dump, told

IRIS = "0690142E"
_TABLES = ("school", "pupil", "device", "device_model", "purchase")


def a_roll(folder: Path, *lines: str) -> Path:
    path = folder / "roll.csv"
    path.write_text("\n".join(("Nom élève;Prénom élève;Date naissance;INE;Libellé classe", *lines)), "utf-8")
    return path


def imported(world: World, folder: Path, *lines: str) -> LedgerId:
    return rostering.import_pupils(world.session, a_roll(folder, *lines), school=IRIS).ledger_id


def held(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of the tables that imports write."""
    return {
        table: [tuple(row) for row in world.base.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()]  # noqa: S608
        for table in _TABLES
    }


def a_school_with_two(world: World, folder: Path) -> None:
    world.school(IRIS)
    imported(world, folder, "Kaya;Emre;2014-05-02;;CM1", "Brun;Zoé;2014-06-03;;CM1")


def test_a_roster_that_is_undone_leaves_the_school_as_it_was(world: World, tmp_path: Path) -> None:
    a_school_with_two(world, tmp_path)
    before = held(world)
    line_id = imported(world, tmp_path, "Kaya;Emre;2014-05-02;;CM2", "Roux;Lou;2014-07-04;;CM2")
    assert held(world) != before

    undone = undoing.undo(world.session, line_id)

    assert held(world) == before
    assert (undone.value.line.id, undone.value.kept) == (line_id, 0)
    checking.check(world.session)


def test_a_delivery_that_is_undone_takes_its_models_and_purchases_along(world: World) -> None:
    before = held(world)
    line_id = receiving.import_devices(world.session, files.DELIVERY).ledger_id
    undoing.undo_last(world.session)
    assert held(world) == before
    with pytest.raises(AlreadyUndone):
        undoing.undo(world.session, line_id)


def test_an_import_whose_pupils_borrowed_is_not_undone(world: World, tmp_path: Path) -> None:
    a_school_with_two(world, tmp_path)
    line_id = imported(world, tmp_path, "Roux;Lou;2014-07-04;;CM2", "Kaya;Emre;2014-05-02;;CM1")
    before = held(world)
    lou = world.base.execute("SELECT id FROM pupil WHERE family_name = 'Roux'").fetchone()[0]
    lending.check_out(world.session, code=world.device(), pupil_id=PupilId(lou))
    before = held(world)
    with pytest.raises(ImportBuiltOn) as refused:
        undoing.undo(world.session, line_id)
    assert refused.value.facts["count"] == 1
    assert held(world) == before


def test_the_later_import_is_undone_first(world: World, tmp_path: Path) -> None:
    a_school_with_two(world, tmp_path)
    before = held(world)
    first = imported(world, tmp_path, "Kaya;Emre;2014-05-02;;CM2", "Brun;Zoé;2014-06-03;;CM1")
    second = imported(world, tmp_path, "Kaya;Emre;2014-05-02;;6e A", "Brun;Zoé;2014-06-03;;CM1")
    with pytest.raises(ImportBuiltOn):
        undoing.undo(world.session, first)
    undoing.undo(world.session, second)
    undoing.undo(world.session, first)
    assert held(world) == before


def test_who_comes_after_an_undone_import_never_has_the_number_of_somebody_gone(world: World, tmp_path: Path) -> None:
    a_school_with_two(world, tmp_path)
    line_id = imported(world, tmp_path, "Roux;Lou;2014-07-04;;CM2")
    (gone,) = world.base.execute("SELECT max(id) FROM pupil").fetchone()
    undoing.undo(world.session, line_id)
    imported(world, tmp_path, "Petit;Noé;2014-08-05;;CM2")
    (here,) = world.base.execute("SELECT max(id) FROM pupil").fetchone()
    assert here > gone


def test_an_undo_that_was_cut_short_is_finished_by_whoever_opens_the_base(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.school(IRIS)
    before = held(world)
    line_id = imported(world, tmp_path, *(f"Kaya{number};Ada;2014-05-02;;CM1" for number in range(200)))
    delete, calls = batches.delete, iter(range(100))

    def fail_in_the_middle(*args: object) -> None:
        if next(calls) == 2:
            raise RuntimeError("the power went off")
        delete(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(batches, "delete", fail_in_the_middle)
    with pytest.raises(RuntimeError):
        undoing.undo(world.session, line_id)
    importing.finish_decided(world.session)
    assert held(world) == before
    assert staging.runs(world.base) == []
    checking.check(world.session)


def test_a_role_that_imports_nothing_undoes_no_import(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    line_id = imported(world, tmp_path, "Kaya;Emre;2014-05-02;;CM1")
    liaison = new_session(world.base, "machine-2", Actor("L. Petit", Role.LIAISON))
    with pytest.raises(NotPermitted):
        undoing.undo(liaison, line_id)


def test_a_correction_made_while_an_undo_is_prepared_stops_it(world: World, tmp_path: Path) -> None:
    a_school_with_two(world, tmp_path)
    line_id = imported(world, tmp_path, "Kaya;Emre;2014-05-02;;CM2", "Brun;Zoé;2014-06-03;;CM2")
    emre = PupilId(world.base.execute("SELECT id FROM pupil WHERE family_name = 'Kaya'").fetchone()[0])
    colleague = new_session(world.base, "machine-2")
    corrections = iter([{"class_name": "CM2 bis"}])

    def meanwhile(_done: int, _total: int) -> None:
        if changes := next(corrections, None):
            correcting.correct(colleague, emre, changes)

    with pytest.raises(ImportBuiltOn):
        undoing.undo(world.session, line_id, Progress(meanwhile))
    (class_name,) = world.base.execute("SELECT class_name FROM pupil WHERE id = ?", (emre,)).fetchone()
    assert class_name == "CM2 bis"
    assert staging.runs(world.base) == []


def test_what_was_forgotten_is_not_restored_and_locks_nobody_out(world: World, tmp_path: Path) -> None:
    a_school_with_two(world, tmp_path)
    line_id = imported(world, tmp_path, "Kaya;Emre;2014-05-02;;CM2", "Brun;Zoé;2014-06-03;;CM1")
    with world.base.atomic():
        world.base.execute("UPDATE ledger_row SET before = '{}' WHERE line_id = ?", (line_id,))
    undoing.undo(world.session, line_id)
    assert staging.runs(world.base) == []
    assert {row[0] for row in world.base.execute("SELECT class_name FROM pupil").fetchall()} == {"CM2", "CM1"}


def test_a_delivery_that_an_mdm_tells_of_is_not_undone_in_part(world: World) -> None:
    line_id = receiving.import_devices(world.session, files.DELIVERY).ledger_id
    (serial,) = world.base.execute("SELECT serial FROM device ORDER BY id LIMIT 1").fetchone()
    enrolling.sync(world.session, connected(world.session), Console([told(serial)]))
    before = dump(world.base)
    with pytest.raises(ImportBuiltOn) as caught:
        undoing.undo(world.session, line_id)
    assert caught.value.facts["count"] == 1
    assert dump(world.base) == before
