"""From the start of the process to a usable window on the big base, against a bare window with a table."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from benchmarks import bases
from benchmarks.bases import BIG
from benchmarks.measuring import Verdict, ratio

_ROUNDS: Final = 11
_PROMISE, _MOST_MB = 3.0, 120
_ROOT: Final = Path(__file__).parent.parent


def measure() -> Verdict:
    """Return the verdict on the time, and also on the memory with the list of devices shown."""
    with bases.folder() as folder:
        base = bases.copied(BIG, folder / "base.sqlite")
        bases.settle()
        ours, theirs = ("benchmarks.window_program", "--database", str(base)), ("benchmarks.window_bare",)
        _started(folder, *ours)  # the station is registered, the modules are compiled
        _started(folder, *theirs)
        rounds = [(_started(folder, *ours), _started(folder, *theirs)) for _ in range(_ROUNDS)]
    taken, bare = [one[0] for one, _ in rounds], [other[0] for _, other in rounds]
    above_mb = statistics.median((one[1] - other[1]) / 2**20 for one, other in rounds)
    return Verdict(
        "startup",
        f"{statistics.median(taken):.2f} s, {above_mb:.0f} MB above",
        f"bare window {statistics.median(bare):.2f} s",
        ratio(taken, bare),
        _PROMISE,
        also=f"{_MOST_MB} MB above",
        is_also_kept=above_mb <= _MOST_MB,
    )


def _started(folder: Path, *command: str) -> tuple[float, int]:
    """Return the seconds until the window of a new process is usable, and its memory in bytes."""
    homes = {f"XDG_{name}_HOME": str(folder) for name in ("DATA", "CONFIG", "STATE", "CACHE")}
    around = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(folder), **homes}
    start = time.monotonic()
    said = subprocess.run(
        [sys.executable, "-m", *command], cwd=_ROOT, env=around, capture_output=True, text=True, check=True, timeout=60
    )
    moment, memory = said.stdout.split()
    return float(moment) - start, int(memory)
