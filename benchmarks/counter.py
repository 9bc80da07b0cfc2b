"""From the scanner's Enter to the repainted counter: alone, beside imports, agreements, plans and syncs."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks import bases
from benchmarks.bases import BIG
from benchmarks.measuring import Verdict

_SCANS: Final = 600
_PROMISE_MS: Final = 16.0
_MOST_TIMES: Final = 5.0
_ROOT: Final = Path(__file__).parent.parent


def measure() -> Verdict:
    """Return the verdict on the 99th percentile, the worst of the five; its ratio is that of the medians, alone."""
    with bases.folder() as folder:
        base, raw, recorded = (bases.copied(BIG, folder / f"{name}.sqlite") for name in ("base", "raw", "recorded"))
        bases.settle()
        alone = _taken(folder, "benchmarks.counter_program", base, "--scans", str(_SCANS))
        beside = {}
        for place, work in enumerate(("imports", "agreements", "plans", "syncs"), 2):
            with _working(folder, work, base):
                asked = ("--scans", str(_SCANS), "--seed", str(place))
                beside[work] = _taken(folder, "benchmarks.counter_program", base, *asked)
        bare = _taken(folder, "benchmarks.counter_bare", raw, "--copy", str(recorded), "--scans", "200")
    percentiles = {"alone": _p99(alone), **{work: _p99(taken) for work, taken in beside.items()}}
    said = ", ".join(f"{work} {taken:.1f}" for work, taken in percentiles.items())
    return Verdict(
        "counter",
        f"median {statistics.median(alone):.1f} ms, p99 {said} ms",
        f"bare window {statistics.median(bare):.1f} ms",
        statistics.median(alone) / statistics.median(bare),
        _MOST_TIMES,
        also=f"p99 {_PROMISE_MS:g} ms",
        is_also_kept=max(percentiles.values()) <= _PROMISE_MS,
    )


def _p99(taken: Sequence[float]) -> float:
    return statistics.quantiles(taken, n=100)[98]


def _taken(folder: Path, module: str, base: Path, *arguments: str) -> list[float]:
    """Return the milliseconds that a program of its own measured."""
    said = subprocess.run(
        [sys.executable, "-m", module, "--database", str(base), *arguments],
        cwd=_ROOT, env=_around(folder), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True,
    )  # fmt: skip
    taken: list[float] = json.loads(said.stdout)
    return taken


@contextmanager
def _working(folder: Path, work: str, base: Path) -> Iterator[None]:
    """Keep another process at heavy work on the same base meanwhile."""
    command = [sys.executable, "-m", "benchmarks.counter_work", work, "--database", str(base), "--out", str(folder)]
    with subprocess.Popen(command, cwd=_ROOT, env=_around(folder), stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()  # it has begun
        try:
            yield
            assert worker.poll() is None, f"{work} ended before the counter did"
        finally:
            worker.kill()


def _around(folder: Path) -> dict[str, str]:
    homes = {f"XDG_{name}_HOME": str(folder) for name in ("DATA", "CONFIG", "STATE", "CACHE")}
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(folder), **homes}
