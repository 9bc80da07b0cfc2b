"""Importing on both engines: one import at a time, decided or not at all, and what others do meanwhile stands."""

import gc
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tablet_loans.domain.act import Action
from tablet_loans.domain.errors import ImportUnderWay
from tablet_loans.domain.paging import Place
from tablet_loans.domain.problem import ImportReport
from tablet_loans.domain.pupil import PupilFilter
from tablet_loans.domain.trouble import UpgradeNeeded
from tablet_loans.services import checking, importing, lending, receiving, rostering, stocking
from tablet_loans.services.session import Progress
from tablet_loans.storage import arrivals, batches, ledger, pupils, rows, schema, staging
from tablet_loans.storage.database import RaceLost, open_database
from tablet_loans.storage.staging import Load, Loss, Run, Tags
from tests import files
from tests.builders import World, new_session

IRIS = "0690142E"
INE = "012345678AB"


def a_list(tmp_path: Path, *lines: str) -> Path:
    tmp_path.mkdir(exist_ok=True)
    path = tmp_path / "liste.csv"
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return path


def a_roll(tmp_path: Path, *lines: str) -> Path:
    return a_list(tmp_path, "Nom élève;Prénom élève;Date naissance;INE;Classe", *lines)


def rows_of(world: World, table: str) -> int:
    return int(world.base.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


def under_way(world: World) -> tuple[int, int]:
    return rows_of(world, "import_run"), rows_of(world, "import_piece")


def meanwhile(act: Callable[[], object]) -> Progress:
    """Return the progress of an import during which `act` is done, once the list was compared with the base."""
    acts = iter([act])

    def report(done: int, total: int) -> None:
        if done >= total // 3 > 0 and (now := next(acts, None)):
            now()

    return Progress(report)


def price_of(world: World, serial: str) -> int | None:
    price: int | None = world.base.execute("SELECT price_cents FROM device WHERE serial = ?", (serial,)).fetchone()[0]
    return price


def write(world: World, table: str, row_id: int, **values: object) -> None:
    with world.base.atomic():
        rows.update(world.base, table, row_id, values)


def device_id(world: World, serial: str) -> int:
    return int(world.base.execute("SELECT id FROM device WHERE serial = ?", (serial,)).fetchone()[0])


def lines_told(report: ImportReport) -> list[int]:
    return [problem.line for problem in report.problems]


def test_a_second_import_is_refused_while_one_is_under_way(world: World) -> None:
    world.school(IRIS)
    other = open_database(world.base.url, bind=False)
    with batches.alone(other):
        with pytest.raises(ImportUnderWay):
            receiving.import_devices(world.session, files.DELIVERY)
        with pytest.raises(ImportUnderWay):
            rostering.import_pupils(world.session, files.ONDE, school=IRIS)
        receiving.import_devices(world.session, files.DELIVERY, is_dry_run=True)
    other.close()
    assert receiving.import_devices(world.session, files.DELIVERY).value.created == 3


def test_opening_leaves_an_import_under_way_to_its_own_process(world: World) -> None:
    other = open_database(world.base.url, bind=False)
    with batches.alone(other):
        staging.begin(other, Tags())
        importing.finish_decided(world.session)
        assert under_way(world) == (1, 0)
    other.close()
    importing.finish_decided(world.session)
    assert under_way(world) == (0, 0)


def test_a_serial_taken_meanwhile_is_a_problem_of_its_line(world: World, tmp_path: Path) -> None:
    path = a_list(tmp_path, "Tag;Serial", "X-1;A", "X-2;B", "X-3;C")
    seen = meanwhile(lambda: world.device(serial="B"))
    report = receiving.import_devices(world.session, path, progress=seen).value
    assert (report.rows, report.created, lines_told(report)) == (3, 2, [3])
    assert rows_of(world, "device") == 3
    again = receiving.import_devices(world.session, path).value
    assert (again.created, again.unchanged, lines_told(again)) == (0, 2, [3])  # B is known under another tag


def test_an_imei_taken_meanwhile_leaves_the_known_device_alone(world: World, tmp_path: Path) -> None:
    world.device(serial="A")
    world.device(serial="B")
    path = a_list(tmp_path, "Serial;IMEI;Prix", "A;490154203237518;200", "B;;200")
    seen = meanwhile(lambda: world.device(serial="C", imei="490154203237518"))
    report = receiving.import_devices(world.session, path, progress=seen).value
    assert (report.updated, lines_told(report)) == (1, [2])
    assert (price_of(world, "A"), price_of(world, "B")) == (17059, 20000)


def test_what_somebody_changed_meanwhile_stays_and_is_told(world: World, tmp_path: Path) -> None:
    world.device(serial="A")
    world.device(serial="B")
    path = a_list(tmp_path, "Serial;Prix", "A;200", "B;200")
    seen = meanwhile(lambda: write(world, "device", device_id(world, "A"), price_cents=99))
    report = receiving.import_devices(world.session, path, progress=seen).value
    assert (report.updated, lines_told(report)) == (1, [2])
    assert (price_of(world, "A"), price_of(world, "B")) == (99, 20000)


def test_the_counter_and_an_import_each_write_their_own_columns(world: World, tmp_path: Path) -> None:
    tag, pupil = world.device(serial="A"), world.pupil()
    path = a_list(tmp_path, "Serial;Prix", "A;200")
    seen = meanwhile(lambda: lending.check_out(world.session, code=tag, pupil_id=pupil))
    report = receiving.import_devices(world.session, path, progress=seen).value
    assert (report.updated, report.problems) == (1, ())
    assert (world.state_of(tag), price_of(world, "A")) == ("on_loan", 20000)
    checking.check(world.session)


def test_a_device_lent_meanwhile_keeps_its_kind(world: World, tmp_path: Path) -> None:
    tag, pupil = world.device(serial="A"), world.pupil()
    path = a_list(tmp_path, "Serial;Type", "A;laptop")
    seen = meanwhile(lambda: lending.check_out(world.session, code=tag, pupil_id=pupil))
    report = receiving.import_devices(world.session, path, progress=seen).value
    assert (report.updated, lines_told(report)) == (0, [2])
    assert stocking.shown(world.session, tag).row.kind == "tablet"
    checking.check(world.session)


def test_the_tags_an_import_will_give_are_taken(world: World, tmp_path: Path) -> None:
    world.device()
    last: list[int] = []
    path = a_list(tmp_path, "Serial", "A", "B", "C")
    receiving.import_devices(
        world.session,
        path,
        progress=meanwhile(lambda: last.append(arrivals.last_tag_number(world.base, "ML"))),
    )
    assert last == [4]
    assert arrivals.last_tag_number(world.base, "ML") == 4
    assert arrivals.last_tag_number(world.base, "LY") == 0


def test_a_tag_taken_before_it_was_reserved_is_drawn_again(world: World) -> None:
    world.device()
    tags = Tags("ML", world.device(), 2)
    with pytest.raises(RaceLost):
        staging.begin(world.base, tags)
    assert under_way(world) == (0, 0)


def test_a_foreign_tag_that_looks_like_ours_does_not_hide_the_last_number(world: World, tmp_path: Path) -> None:
    path = a_list(tmp_path, "Tag;Serial", "ML-000412-2;A", "ML-ZZZZZZ-Z;B")
    receiving.import_devices(world.session, path)
    assert arrivals.last_tag_number(world.base, "ML") == 412


def test_a_model_that_somebody_else_brought_meanwhile_is_used(world: World, tmp_path: Path) -> None:
    path = a_list(tmp_path, "Tag;Serial;Fabricant;Modèle;GTIN", "X-1;A;Samsung;Galaxy Tab A8;", "X-2;B;Apple;iPad;")
    completed = a_list(tmp_path / "later", "Serial;Fabricant;Modèle;GTIN", "A;Samsung;Galaxy Tab A8;8806094789461")
    report = receiving.import_devices(world.session, path, progress=meanwhile(world.model)).value
    assert (report.created, report.problems, rows_of(world, "device_model")) == (2, (), 2)
    seen = meanwhile(lambda: write(world, "device_model", world.model(), gtin="4006381333931"))
    report = receiving.import_devices(world.session, completed, progress=seen).value
    assert (report.left, report.problems) == (0, ())
    assert rows.current(world.base, "device_model", world.model(), ["gtin"]) == {"gtin": "4006381333931"}


def test_an_ine_taken_meanwhile_is_a_problem_of_its_line(world: World, tmp_path: Path) -> None:
    world.school(IRIS)
    path = a_roll(tmp_path, f"Kaya;Emre;30/11/2015;{INE};CM1", "Kaya;Ada;02/01/2017;;CE2")
    seen = meanwhile(lambda: world.pupil("Martin", "Lou", ine=INE))
    report = rostering.import_pupils(world.session, path, school=IRIS, progress=seen).value
    assert (report.created, lines_told(report)) == (1, [2])


def test_who_was_marked_as_having_left_meanwhile_is_not_counted_again(world: World, tmp_path: Path) -> None:
    school = world.school(IRIS)
    gone, renamed = world.pupil("Martin", "Lou", school_id=school), world.pupil("Kaya", "Ada", school_id=school)
    path = a_roll(tmp_path, "Kaya;Ada;;;CE2", "Diallo;Awa;05/05/2016;;CP")

    def others() -> None:
        write(world, "pupil", gone, left_on=date(2026, 1, 5))
        write(world, "pupil", renamed, given_name="Adèle")

    report = rostering.import_pupils(world.session, path, school=IRIS, progress=meanwhile(others)).value
    assert (report.created, report.updated, report.left, lines_told(report)) == (1, 0, 0, [2])
    assert {row.given_name for row in pupils.block(PupilFilter(), Place())} == {"Lou", "Adèle", "Awa"}
    row = rows.current(world.base, "pupil", gone, ["left_on"])
    assert row == {"left_on": "2026-01-05"}


def test_a_changed_row_keeps_what_undo_needs_and_no_more(world: World, tmp_path: Path) -> None:
    world.device(serial="A", imei=None)
    searched = rows.current(world.base, "device", 1, ["search_key"])
    assert searched is not None
    path = a_list(tmp_path, "Serial;IMEI", "A;490154203237518")
    receiving.import_devices(world.session, path)
    (before,) = world.base.execute("SELECT before FROM ledger_row WHERE kind = 'device'").fetchone()
    assert before == f'{{"imei":null,"search_key":"{searched["search_key"]}"}}'
    assert stocking.shown(world.session, "490154203237518").row.serial == "A"


def test_a_decided_import_is_finished_once_by_whoever_opens_the_base(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_list(tmp_path, "Serial;Model", *(f"S{number};Tab A{number // 90}" for number in range(2000)))
    keep, calls = ledger.keep_rows, iter(range(1000))

    def fail_in_the_middle(*args: object) -> None:
        if next(calls) == 30:
            raise RuntimeError("the power went off")
        keep(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "keep_rows", fail_in_the_middle)
    with pytest.raises(RuntimeError):
        receiving.import_devices(world.session, path)
    assert 0 < rows_of(world, "device") < 2000
    checking.check(world.session)
    importing.finish_decided(world.session)
    importing.finish_decided(world.session)
    assert (rows_of(world, "device"), rows_of(world, "device_model"), rows_of(world, "ledger_row")) == (2000, 23, 2023)
    assert under_way(world) == (0, 0)
    again = receiving.import_devices(world.session, path).value
    assert (again.created, again.unchanged) == (0, 2000)
    checking.check(world.session)


def test_the_next_import_finishes_the_one_before_first(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_list(tmp_path, "Serial", *(f"S{number}" for number in range(100)))
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "keep_rows", lambda *_args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            receiving.import_devices(world.session, path)
    assert rows_of(world, "device") == 0
    assert receiving.import_devices(world.session, path).value.unchanged == 100


def test_a_row_the_base_refuses_does_not_keep_the_others_out(world: World) -> None:
    school = world.school()
    columns = (
        "school_id", "family_name", "usage_name", "given_name", "class_name", "level", "search_key", "sort_key", "ine",
    )  # fmt: skip
    new = [
        (line, (place, "Kaya", "", "Ada", "", "", "", "", None)) for line, place in ((2, school), (3, 999), (4, 2**40))
    ]
    run = staging.begin(world.base, Tags())
    staging.stage(world.base, run, [Load("pupil", columns, new)], iter)
    with world.session.transaction() as act:
        line_id = act(Action.IMPORTED, None, topics=set()).ledger_id
        staging.decide(world.base, run, line_id)
    lost = [each for _, some in staging.roll_forward(world.base, Run(run, line_id)) for each in some]
    assert [(each.line, each.why) for each in lost] == [
        (3, Loss.TAKEN),
        (4, Loss.REFUSED if world.base.is_server else Loss.TAKEN),
    ]
    assert (rows_of(world, "pupil"), rows_of(world, "ledger_row"), under_way(world)) == (1, 1, (0, 0))


def test_after_an_import_each_act_is_on_the_disk_again(sqlite_world: World) -> None:
    names = ("synchronous", "wal_autocheckpoint")
    before = [sqlite_world.base.execute(f"PRAGMA {name}").fetchone()[0] for name in names]
    receiving.import_devices(sqlite_world.session, files.DELIVERY)
    assert before[0] == 2
    assert [sqlite_world.base.execute(f"PRAGMA {name}").fetchone()[0] for name in names] == before


def test_a_base_of_the_version_before_is_upgraded_before_an_import(url: str) -> None:
    base = open_database(url, create=True)
    versions = schema.versions()
    schema.upgrade(base, versions[versions.index("0003_counter") - 1])
    session = new_session(base)
    importing.finish_decided(session)
    assert receiving.import_devices(session, files.DELIVERY, is_dry_run=True).value.created == 3
    with pytest.raises(UpgradeNeeded):
        receiving.import_devices(session, files.DELIVERY)
    schema.upgrade(base)
    assert receiving.import_devices(session, files.DELIVERY).value.created == 3
    base.close()


def test_a_large_import_rests_the_collector_and_wakes_it_again() -> None:
    resting = importing.collected_later(gc.isenabled)
    assert (resting(), gc.isenabled()) == (False, True)
    with pytest.raises(ZeroDivisionError):
        importing.collected_later(lambda: 1 / 0)()
    assert gc.isenabled()
