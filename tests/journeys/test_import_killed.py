"""An import beside a counter that goes on, and `kill -9` at any moment of it: nothing of it, or all of it, once."""

import random
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

from tablet_loans.services import checking, importing, lending, stocking
from tests.builders import World

ROOT = Path(__file__).parents[2]
LINES = 3_000
KILLS = 10


def a_delivery(folder: Path, turn: int) -> Path:
    path = folder / f"livraison-{turn}.csv"
    serials = (f"K{turn:03d}{place:05d};Tab A8;{turn + 1}" for place in range(LINES))
    path.write_text("\n".join(["Serial;Model;Mandat", *serials]), encoding="utf-8")
    return path


def importing_process(url: str, file: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.journeys.importing_beside", url, str(file)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def count(world: World, table: str) -> int:
    return int(world.base.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


def imports(world: World) -> int:
    query = "SELECT count(*) FROM ledger_line WHERE action = 'imported'"
    return int(world.base.execute(query).fetchone()[0])


def must_be_whole(world: World, deliveries: int) -> None:
    """Accept as many deliveries as were decided, each with its line and each row once, and nothing lying about."""
    assert (count(world, "device"), count(world, "purchase")) == (deliveries * LINES, deliveries)
    assert count(world, "ledger_row") == deliveries * (LINES + 1) + min(deliveries, 1)  # one model in all
    assert (count(world, "import_run"), count(world, "import_piece")) == (0, 0)
    checking.check(world.session)


def test_a_killed_import_left_nothing_or_is_finished_once(world: World, tmp_path: Path) -> None:
    chance, outcomes = random.Random(11), set()
    for turn in range(KILLS):
        before = imports(world)
        patience = chance.uniform(0, 1) if turn > 1 else (0.0, 0.9)[turn]
        share = _killed_at(world.base.url, a_delivery(tmp_path, turn), patience)
        decided = imports(world) - before
        assert decided == 1 or share < 2 / 3  # what is being written was decided
        outcomes.add((decided, count(world, "import_piece") > 0))
        importing.finish_decided(world.session)
        must_be_whole(world, before + decided)
    assert {(1, True)} < outcomes
    assert {decided for decided, _ in outcomes} == {0, 1}


def _killed_at(url: str, file: Path, patience: float) -> float:
    """Import, kill the process once it has come so far, and return how far it then said it was."""
    share = 0.0
    with importing_process(url, file) as process:
        assert process.stdout is not None
        for line in process.stdout:
            done, total = map(int, line.split())
            if (share := done / total) >= patience:
                process.send_signal(signal.SIGKILL)
                break
    return share


def test_the_counter_goes_on_while_a_delivery_comes_in(world: World, tmp_path: Path) -> None:
    tags = [world.device() for _ in range(40)]
    pupils = [world.pupil("Kaya", str(turn)) for turn in range(40)]
    acts, hands = 0, Event()
    with importing_process(world.base.url, a_delivery(tmp_path, 0)) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        while process.poll() is None or not acts:
            for tag, pupil in zip(tags, pupils, strict=True):
                lending.check_out(world.session, code=tag, pupil_id=pupil)
                lending.check_in(world.session, code=tag)
                stocking.prepare(world.session, [tag])
                acts += 3
                hands.wait(0.02)  # SQLite gives its one writer's place to whoever asks, not to who waited longest
        said = process.stdout.read().split()
    assert process.returncode == 0
    assert said[-1] == said[-2]
    lines = count(world, "ledger_line")
    assert lines == acts + 2  # the campaign, the import
    assert count(world, "device") == LINES + len(tags)
    assert checking.check(world.session).lines == lines
