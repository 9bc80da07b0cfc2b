"""Whoever serves a person goes first, in whichever process: long work waits before its next turn, but not for ever."""

import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, monotonic_ns

import pytest

from tablet_loans.storage.database import open_database
from tablet_loans.storage.precedence import Precedence
from tablet_loans.storage.turns import in_turns

_SAYS_FROM_AFAR = """
import sys
from pathlib import Path
from tablet_loans.storage.precedence import Precedence
getattr(Precedence(Path(sys.argv[1])), sys.argv[2])()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "base.sqlite"


def _said_from_afar(path: Path, word: str) -> None:
    subprocess.run([sys.executable, "-c", _SAYS_FROM_AFAR, str(path), word], check=True)


def _waited_s(work: Callable[[], object]) -> float:
    since = monotonic()
    work()
    return monotonic() - since


def test_long_work_waits_while_somebody_is_served(path: Path) -> None:
    Precedence(path).claim()

    assert _waited_s(Precedence(path).let_pass) > 0.05


def test_long_work_goes_on_once_the_act_is_answered(path: Path) -> None:
    served = Precedence(path)
    served.claim()
    served.yield_()

    assert _waited_s(Precedence(path).let_pass) < 0.05


def test_what_one_process_claims_another_sees(path: Path) -> None:
    here = Precedence(path)
    here.claim()

    _said_from_afar(path, "yield_")

    assert _waited_s(here.let_pass) < 0.05


def test_scans_without_a_pause_do_not_stop_long_work(path: Path) -> None:
    class Restless(Precedence):
        def let_pass(self) -> None:
            self.claim()
            super().let_pass()

    restless = Restless(path)

    assert _waited_s(restless.let_pass) < 1


def test_what_was_claimed_before_the_machine_started_counts_for_nothing(path: Path) -> None:
    path.with_name("base.sqlite.acts-first").write_bytes(struct.pack("=q", monotonic_ns() + 10**15))

    assert _waited_s(Precedence(path).let_pass) < 0.05


def test_where_nothing_can_be_written_nobody_waits(tmp_path: Path) -> None:
    nowhere = Precedence(tmp_path / "missing" / "base.sqlite")
    nowhere.claim()

    assert _waited_s(nowhere.let_pass) < 0.05


def test_what_is_written_in_turns_lets_acts_pass(path: Path) -> None:
    base = open_database(str(path), create=True, bind=False)
    base.execute("CREATE TABLE number (value INTEGER)")
    base.precedence.claim()

    def write(value: int) -> None:
        base.execute("INSERT INTO number VALUES (?)", (value,))

    assert _waited_s(lambda: list(in_turns(base, range(3), write))) > 0.05
    assert base.execute("SELECT count(*) FROM number").fetchone()[0] == 3
    base.close()
