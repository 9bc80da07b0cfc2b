"""`kill -9` at any moment: each act that was answered is there, none is half there."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tablet_loans.services import checking, opening
from tests.builders import World

ROOT = Path(__file__).parents[2]
KILLS = 12


@pytest.mark.parametrize("key", [None, "ab" * 32], ids=["plain", "sqlcipher"])
def test_no_answered_act_is_lost_and_none_is_half_done(
    tmp_path: Path, key: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = str(tmp_path / "base.sqlite")
    if key:
        monkeypatch.setenv("TABLET_LOANS_KEY", key)
    opening.create_base(url, is_encrypted=key is not None)
    session = opening.open_session(url)
    world = World(session)
    world.campaign(due_on=session.today().replace(year=session.today().year + 1, day=1))
    for turn in range(5):
        world.device()
        world.pupil("Kaya", str(turn))
    chance, answered = random.Random(9), 0
    for _ in range(KILLS):
        ids = _burst_killed_after(url, chance.randint(1, 60))
        answered += len(ids)
        with opening.closing(opening.open_session(url)) as survivor:
            kept = {row[0] for row in survivor.base.execute("SELECT id FROM ledger_line").fetchall()}
            assert set(ids) <= kept
            checking.check(survivor)
    assert answered > KILLS
    session.base.close()


def _burst_killed_after(url: str, acts: int) -> list[str]:
    """Run a burst, kill it in the middle of what follows `acts` answers, and return the answers it gave."""
    command = [sys.executable, "-m", "tests.journeys.burst", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as burst:
        assert burst.stdout is not None
        ids = [burst.stdout.readline().strip() for _ in range(acts)]
        burst.send_signal(signal.SIGKILL)
        ids += [line.strip() for line in burst.stdout if line.endswith("\n")]
    assert all(ids)
    return ids
