"""The log tells where something went wrong, and nobody's name."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tablet_loans import logs, paths


@pytest.fixture
def log_file() -> Iterator[Path]:
    """Start a log of its own in the test's folder and return its file."""
    before = logs.LOG.handlers[:]
    logs.LOG.handlers.clear()
    logs.start()
    yield paths.log_folder() / "tablet-loans.log"
    for handler in logs.LOG.handlers:
        handler.close()
    logs.LOG.handlers[:] = before


def test_a_bug_is_logged_with_its_place_and_without_its_message(log_file: Path, tmp_path: Path) -> None:
    try:
        raise ValueError("ŒUVRARD Zoé")
    except ValueError:
        logs.LOG.exception("check-out: a bug")
    written = log_file.read_text("utf-8")
    assert "ERROR check-out: a bug" in written
    assert "test_logs.py" in written
    assert "ValueError" in written
    assert "UVRARD" not in written
    out = tmp_path / "report.txt"
    assert logs.save_report(out) == len(written.splitlines())
    assert "test_logs.py" in out.read_text("utf-8")


def test_the_log_is_rotated(log_file: Path) -> None:
    logging.getLogger("tablet_loans").info("x" * 1_000_001)
    logging.getLogger("tablet_loans").info("after")
    assert log_file.with_name("tablet-loans.log.1").exists()
    assert log_file.read_text("utf-8").endswith("after\n")
