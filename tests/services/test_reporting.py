"""Exports on both engines: finance without a name, a school's loans, and never half a file."""

import errno
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tablet_loans.domain.errors import InvalidUai, NotPermitted, UnknownSchool
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.trouble import DiskFull, FileTrouble
from tablet_loans.services import lending, receiving, reporting
from tablet_loans.services.session import Session
from tests import files
from tests.builders import World, new_session

IRIS = "0690142E"


def of_role(world: World, role: Role) -> Session:
    return new_session(world.base, actor=Actor("X", role))


def lines(path: Path) -> list[list[str]]:
    return [line.split(";") for line in path.read_bytes().decode("utf-8-sig").splitlines()]


def lend(world: World, family_name: str, school_id: int) -> str:
    tag = world.device()
    lending.check_out(world.session, code=tag, pupil_id=world.pupil(family_name, "Zoé", school_id=school_id))
    return tag


def actions(world: World) -> list[str]:
    return [row[0] for row in world.base.execute("SELECT action FROM ledger_line ORDER BY sequence").fetchall()]


def test_finance_gets_every_device_and_no_name(world: World, tmp_path: Path) -> None:
    lend(world, "Œuvrard", world.school(IRIS))
    receiving.import_devices(world.session, files.DELIVERY)
    out = tmp_path / "actif.csv"
    assert reporting.export_assets(of_role(world, Role.FINANCE), out) == (4, out)
    header, first, *rest = lines(out)
    assert header[:3] == ["Asset tag", "Serial number", "IMEI"]
    assert first == [
        "METRO-77", "00123", "", "laptop", "Yoga 300e", "Lenovo", "Éditions Durand", "F-2026-17", "1204", "21831",
        "10/04/2026", "", "399,00", "ready", "depot", "",
    ]  # fmt: skip
    assert len(rest) == 3
    assert "uvrard" not in out.read_text(encoding="utf-8-sig")
    assert actions(world)[-1] == "exported"


def test_an_asset_list_is_a_delivery_list_again(world: World, tmp_path: Path) -> None:
    receiving.import_devices(world.session, files.DELIVERY)
    for name in ("actif.xlsx", "actif.csv"):
        reporting.export_assets(world.session, tmp_path / name)
        report = receiving.import_devices(world.session, tmp_path / name).value
        assert (report.rows, report.unchanged, report.problems) == (3, 3, ())


def test_a_schools_loans_go_into_a_typed_spreadsheet(world: World, tmp_path: Path) -> None:
    tag = lend(world, "=1+1", world.school(IRIS))
    lend(world, "Martin", world.school())
    out = tmp_path / "prets.xlsx"
    assert reporting.export_loans(world.session, out, school=IRIS).rows == 1
    header, row = CalamineWorkbook.from_path(out).get_sheet_by_index(0).to_python()
    said = dict(zip(header, row, strict=True))
    assert (said["Asset tag"], said["Pupil"], said["UAI"]) == (tag, "'=1+1 Zoé", IRIS)
    assert (said["Lent on"], said["Due on"], said["Returned on"]) == (date(2026, 4, 6), date(2026, 7, 3), "")
    assert (said["Days overdue"], said["State"]) == (0.0, "open")
    assert reporting.export_loans(world.session, tmp_path / "prets.csv").rows == 2


def test_each_role_exports_its_own_list(world: World, tmp_path: Path) -> None:
    with pytest.raises(NotPermitted):
        reporting.export_loans(of_role(world, Role.FINANCE), tmp_path / "prets.csv")
    with pytest.raises(NotPermitted):
        reporting.export_assets(of_role(world, Role.LIAISON), tmp_path / "actif.csv")
    with pytest.raises(UnknownSchool):
        reporting.export_loans(world.session, tmp_path / "prets.csv", school=IRIS)
    with pytest.raises(InvalidUai):
        reporting.export_loans(world.session, tmp_path / "prets.csv", school="Iris")
    assert list(tmp_path.glob("*.csv")) == []


@pytest.mark.parametrize("name", ["actif.doc", "nowhere/actif.csv", "nowhere/actif.xlsx"])
def test_a_file_that_cannot_be_made_is_a_trouble(sqlite_world: World, tmp_path: Path, name: str) -> None:
    with pytest.raises(FileTrouble):
        reporting.export_assets(sqlite_world.session, tmp_path / name)


def test_a_full_disk_leaves_the_former_file_whole(
    sqlite_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out" / "actif.csv"
    out.parent.mkdir()
    out.write_text("former")

    def fill(path: Path, *_args: object) -> int:
        path.write_text("half a li")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(reporting._WRITERS, ".csv", fill)
    with pytest.raises(DiskFull):
        reporting.export_assets(sqlite_world.session, out)
    assert [path.name for path in out.parent.iterdir()] == ["actif.csv"]
    assert out.read_text() == "former"
    assert actions(sqlite_world)[-1] != "exported"


def test_who_imports_exports_what_is_wrong(world: World, tmp_path: Path) -> None:
    out, wrong = tmp_path / "problems.csv", (Problem(3, "“{text}” is unknown.", {"text": "CM1", "read": "KAYA"}),)
    assert reporting.export_problems(of_role(world, Role.LIAISON), out, wrong).rows == 1
    assert lines(out) == [["Line", "What is wrong"], ["3", "“CM1” is unknown."]]
    with pytest.raises(NotPermitted):
        reporting.export_problems(of_role(world, Role.FINANCE), out, wrong)
