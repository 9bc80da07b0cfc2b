"""A whole campaign gone through on a copy: the base itself stays as it was, and nothing of the copy is left."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tablet_loans import paths
from tablet_loans.domain.concern import Concern
from tablet_loans.domain.drill import Drill, DrillStep, DrillUnderWay, StepDone
from tablet_loans.domain.errors import NotPermitted, UnknownCampaign
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.trouble import FileTrouble, FontLacks
from tablet_loans.services import apart, campaigning, checking, drilling, lending, opening, packing
from tablet_loans.services.session import Cancelled, Progress, Session
from tablet_loans.storage import stations
from tablet_loans.storage.batches import holding
from tests.builders import CAMPAIGN, World, new_session
from tests.services.documents import pages_of, text_of
from tests.services.planned import applied, in_need

ROOT = Path(__file__).parents[2]
FAMILY = "Œuvrard-Abdelmalek"


@pytest.fixture
def waiting(world: World) -> World:
    """Return a campaign in which four lack equipment and three tablets are ready."""
    for number in range(4):
        in_need(world, f"{FAMILY}{number}")
    for _ in range(3):
        world.device()
    return world


def drill(world: World, out: Path | None = None, *, pace_s: float = 25, budget_s: float = 60) -> Drill:
    return drilling.drill(world.session, CAMPAIGN, out, pace_s=pace_s, budget_s=budget_s)


def step(done: Drill, which: DrillStep) -> StepDone:
    return next(each for each in done.steps if each.step is which)


def folder_of(session: Session) -> Path:
    place = session.base.path or paths.data_folder() / "server"
    return place.with_name(f"{place.name}.drill")


def everything(world: World) -> list[object]:
    """Return where the stations stand and what the base holds, but for the tables no act writes."""
    tables = ("campaign", "need", "plan", "reservation", "device", "loan", "agreement", "ledger_line", "setting")
    counted = [sorted(map(repr, world.base.execute(f"SELECT * FROM {name}").fetchall())) for name in tables]  # noqa: S608
    return [stations.heads(world.base), *counted]


def test_a_drill_goes_through_every_step_and_leaves_the_base_as_it_was(waiting: World, tmp_path: Path) -> None:
    before = everything(waiting)
    done = drill(waiting, tmp_path / "drill.pdf")
    assert [each.step for each in done.steps] == list(DrillStep)
    assert done.has_gone_well, [each.wrong for each in done.steps]
    assert (done.schools, done.pupils, done.devices, done.eligible, done.promised) == (1, 4, 3, 4, 3)
    counts = {each.step: (each.count, each.total) for each in done.steps}
    assert counts[DrillStep.DRAFT] == (4, 4)
    assert counts[DrillStep.APPLY] == counts[DrillStep.PRINT] == counts[DrillStep.LEND] == (3, 3)
    assert counts[DrillStep.RETURN] == counts[DrillStep.PREPARE] == (1, 1)
    assert counts[DrillStep.CLOSE] == (2, 2)
    assert counts[DrillStep.CHECK][0] > 3
    assert everything(waiting) == before
    assert not folder_of(waiting.session).exists()
    checking.check(waiting.session)


def test_what_is_packed_is_lent_to_the_pupils_of_its_school(waiting: World) -> None:
    other = waiting.school(name="Collège Les Tilleuls")
    in_need(waiting, FAMILY, school_id=other)
    waiting.device()
    applied(waiting)
    tags = waiting.base.execute("SELECT tag FROM device ORDER BY id").fetchall()
    schools = waiting.base.execute(
        "SELECT school.uai FROM reservation JOIN pupil ON pupil.id = pupil_id JOIN school ON school.id = school_id"
        " ORDER BY reservation.id DESC"
    ).fetchall()
    for (tag,), (uai,) in zip(tags, schools, strict=True):
        packing.pack(waiting.session, CAMPAIGN, uai, tag)
    lent = step(drill(waiting), DrillStep.LEND)
    assert (lent.count, lent.wrong) == (4, ())


def test_the_base_is_still_the_one_that_the_tables_speak_of(waiting: World) -> None:
    drill(waiting)
    lending.check_out(waiting.session, code=waiting.device(), pupil_id=waiting.pupil("Roux"))
    assert campaigning.shown(waiting.session, CAMPAIGN).open_loans == 1


def test_the_page_tells_the_steps_and_names_nobody(sqlite_world: World, tmp_path: Path) -> None:
    in_need(sqlite_world, FAMILY)
    sqlite_world.device()
    done = drill(sqlite_world, tmp_path / "drill.pdf", pace_s=40)
    said = " ".join(text_of(page) for page in pages_of(tmp_path / "drill.pdf"))
    assert len(pages_of(tmp_path / "drill.pdf")) == done.pages
    assert CAMPAIGN in said
    assert "40 s" in said
    assert "uvrard" not in said
    assert sorted(file.name for file in tmp_path.iterdir() if "drill" in file.name) == ["drill.pdf"]


def test_a_campaign_that_is_over_is_launched_again_on_the_copy(sqlite_world: World) -> None:
    in_need(sqlite_world, "Kaya")
    sqlite_world.device()
    campaigning.close(sqlite_world.session, CAMPAIGN)
    done = drill(sqlite_world)
    assert (step(done, DrillStep.CONFIRM).count, step(done, DrillStep.LEND).count) == (1, 1)
    assert Concern.OVER in [line.code for line in done.readiness.lines]
    assert campaigning.shown(sqlite_world.session, CAMPAIGN).status == "closed"


def test_what_is_refused_is_counted_and_the_drill_goes_on(sqlite_world: World) -> None:
    for name in ("Kaya", "Brun"):
        in_need(sqlite_world, name)
        sqlite_world.device()
    applied(sqlite_world)
    with sqlite_world.base.atomic():
        sqlite_world.base.execute("UPDATE device SET state = 'retired' WHERE id = 1")
    lend = step(drill(sqlite_world), DrillStep.LEND)
    assert (lend.count, lend.total, [(each.kind, each.count) for each in lend.wrong]) == (
        1, 2, [("NoReadyTablet", 1)],
    )  # fmt: skip


def test_a_name_that_cannot_be_printed_is_told_without_the_name(sqlite_world: World, tmp_path: Path) -> None:
    in_need(sqlite_world, "陳")
    sqlite_world.device()
    done = drill(sqlite_world, tmp_path / "drill.pdf")
    assert [each.kind for each in step(done, DrillStep.PRINT).wrong] == ["FontLacks"]
    assert (step(done, DrillStep.LEND).count, done.pages) == (1, 1)


def test_beyond_its_time_a_drill_says_how_many_were_really_lent(sqlite_world: World) -> None:
    for number in range(3):
        in_need(sqlite_world, f"Kaya{number}")
        sqlite_world.device()
    lend = step(drill(sqlite_world, budget_s=-1), DrillStep.LEND)
    assert (lend.count, lend.total, lend.wrong) == (0, 3, ())


def test_an_empty_campaign_is_gone_through_too(sqlite_world: World) -> None:
    done = drill(sqlite_world)
    assert (done.promised, done.stations_within(1), done.has_gone_well) == (0, 0, False)


def test_the_copy_of_an_encrypted_base_is_encrypted_and_goes_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = str(tmp_path / "sealed.sqlite")
    monkeypatch.setenv("TABLET_LOANS_KEY", "5a" * 32)
    opening.create_base(url)
    opened = opening.open_session(url)
    world = World(new_session(opened.base))
    with opening.closing(world.session):
        world.campaign()
        in_need(world, FAMILY)
        world.device()
        seen: list[bytes] = []

        def look(_done: int, _total: int) -> None:
            seen.extend(file.read_bytes()[:16] for file in folder_of(world.session).glob("base.sqlite"))

        done = drilling.drill(world.session, CAMPAIGN, progress=Progress(look))
    assert done.has_gone_well
    assert seen and not any(head.startswith(b"SQLite") for head in seen)
    assert not folder_of(world.session).exists()


@pytest.mark.parametrize("at", [5, 40, 90])
def test_a_drill_that_is_stopped_leaves_nothing(waiting: World, tmp_path: Path, at: int) -> None:
    before, reached = everything(waiting), [0]

    def report(done: int, total: int) -> None:
        reached[0] = 100 * done // total

    with pytest.raises(Cancelled):
        drilling.drill(
            waiting.session, CAMPAIGN, tmp_path / "drill.pdf", progress=Progress(report, lambda: reached[0] >= at)
        )
    assert not folder_of(waiting.session).exists()
    assert not (tmp_path / "drill.pdf").exists()
    assert everything(waiting) == before


def test_what_a_killed_drill_left_goes_with_the_next_one(sqlite_world: World) -> None:
    left = folder_of(sqlite_world.session)
    left.mkdir()
    (left / "base.sqlite").write_bytes(b"of a drill that was killed")
    (left / "sheets").mkdir()
    assert not any(each.wrong for each in drill(sqlite_world).steps)
    assert not left.exists()


def test_two_drills_of_one_base_do_not_meet(sqlite_world: World) -> None:
    folder = folder_of(sqlite_world.session)
    folder.mkdir()
    with holding(folder / "lock"), pytest.raises(DrillUnderWay):
        drill(sqlite_world)
    assert not any(each.wrong for each in drill(sqlite_world).steps)


def drilled_apart(session: Session, *, progress: Progress) -> tuple[bool, int]:
    """Drill in a process that is apart already, and say what its tables speak of afterwards."""
    done = drilling.drill(session, CAMPAIGN, progress=progress)
    return done.has_gone_well, campaigning.shown(session, CAMPAIGN).loans


def test_a_drill_apart_goes_through_the_copy_too(waiting: World) -> None:
    before = everything(waiting)
    assert apart.run(waiting.session, drilled_apart, Progress()) == (True, 0)
    assert everything(waiting) == before


def test_what_cannot_be_printed_is_refused_before_the_drill(sqlite_world: World, tmp_path: Path) -> None:
    with pytest.raises(FileTrouble):
        drill(sqlite_world, tmp_path / "drill.txt")
    unknown = replace(sqlite_world.session, settings=replace(sqlite_world.session.settings, authority="メトロポール"))
    with pytest.raises(FontLacks):
        drilling.drill(unknown, CAMPAIGN, tmp_path / "drill.pdf")


def test_who_runs_no_campaign_drills_none(sqlite_world: World) -> None:
    technician = new_session(sqlite_world.base, "machine-2", Actor("T. Leroy", Role.TECHNICIAN))
    with pytest.raises(NotPermitted):
        drilling.drill(technician, CAMPAIGN)
    with pytest.raises(UnknownCampaign):
        drilling.drill(sqlite_world.session, "Ailleurs")


def test_a_drill_that_is_killed_leaves_a_folder_that_the_next_one_empties(tmp_path: Path) -> None:
    url = str(tmp_path / "base.sqlite")
    opening.create_base(url, is_encrypted=False)
    session = opening.open_session(url)
    world = World(session)
    world.campaign(due_on=date(session.today().year + 1, 7, 3))
    for number in range(200):
        world.pupil(f"Kaya{number}")
    command = [sys.executable, "-m", "tablet_loans", "--database", url, "campaign", "drill", CAMPAIGN]
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL) as drilling_there:
        for _ in range(2_000):
            if (folder_of(session) / "base.sqlite").exists() or drilling_there.poll() is not None:
                break
            time.sleep(0.005)
        os.killpg(drilling_there.pid, signal.SIGKILL)
    assert folder_of(session).exists()
    assert not any(each.wrong for each in drill(world).steps)
    assert not folder_of(session).exists()
    session.base.close()
