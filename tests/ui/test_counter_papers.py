"""Agreements on their way to the printer: none is forgotten, and no file with a pupil's name is left behind."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.builders import World
from tests.ui.at_the_counter import press, serve
from ui.counter_papers import CounterPapers
from ui.jobs import Jobs
from ui.kept_papers import sweep
from ui.printing import Printer
from ui.screens.counter import Counter


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which the system keeps what is short-lived."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def dead() -> int:
    """Return the number of a process that ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def left(temporary: Path, name: str) -> Path:
    """Return a folder with an agreement in it."""
    folder = temporary / name
    folder.mkdir()
    (folder / "20-K3-0042.pdf").write_bytes(b"%PDF")
    return folder


def test_an_agreement_counts_until_it_is_printed(
    qtbot: QtBot, counter: Counter, sqlite_world: World, tmp_path: Path
) -> None:
    papers = counter.papers
    papers.printer = Printer(papers, file=tmp_path / "printed.pdf")
    press(counter, Qt.Key.Key_F7)
    with qtbot.waitSignal(papers.ended, timeout=20_000):
        serve(qtbot, counter, sqlite_world.pupil(), sqlite_world.device())
        assert papers.unfinished() == 1
        assert not papers.is_quiet()
    assert papers.unfinished() == 0
    assert papers.is_quiet()
    papers.throw_away()


def test_the_end_is_said_once_when_the_last_one_is_printed(
    qtbot: QtBot, counter: Counter, sqlite_world: World, tmp_path: Path
) -> None:
    papers, unfinished = counter.papers, list[int]()
    papers.printer = Printer(papers, file=tmp_path / "printed.pdf")
    papers.ended.connect(lambda: unfinished.append(papers.unfinished()))
    press(counter, Qt.Key.Key_F7)
    for name in ("Benali", "Kaya"):
        serve(qtbot, counter, sqlite_world.pupil(name, "Zoé"), sqlite_world.device())
    assert papers.unfinished() == 2
    qtbot.waitUntil(papers.is_quiet, timeout=20_000)
    assert unfinished == [0]
    papers.throw_away()


def test_an_agreement_that_could_not_be_printed_counts_until_it_is(
    qtbot: QtBot, counter: Counter, sqlite_world: World, tmp_path: Path
) -> None:
    papers = counter.papers
    papers.printer = Printer(papers)
    papers.printer.use("There is no such printer")
    press(counter, Qt.Key.Key_F7)
    with qtbot.waitSignal(papers.ended, timeout=20_000):
        serve(qtbot, counter, sqlite_world.pupil(), sqlite_world.device())
    assert papers.is_quiet()
    assert papers.unfinished() == 1
    assert papers.kept.folder is not None
    assert len(list(papers.kept.folder.iterdir())) == 1, "the banner tells to print this file"
    papers.printer.shut_down()
    papers.printer = Printer(papers, file=tmp_path / "printed.pdf")
    with qtbot.waitSignal(papers.ended, timeout=20_000):
        papers.print_again()
    assert papers.unfinished() == 0
    assert list(papers.kept.folder.iterdir()) == []
    papers.throw_away()


def test_an_agreement_that_the_program_could_not_print_leaves_no_file(
    qtbot: QtBot, counter: Counter, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = counter.papers
    papers.printer = Printer(papers)

    def cut(path: Path, **heard: object) -> None:
        path.write_bytes(b"%PDF-1.4 cut")
        Printer.print_pdf(papers.printer, path, **heard)  # type: ignore[arg-type]

    monkeypatch.setattr(papers.printer, "print_pdf", cut)
    press(counter, Qt.Key.Key_F7)
    with qtbot.waitSignal(papers.ended, timeout=20_000):
        serve(qtbot, counter, sqlite_world.pupil(), sqlite_world.device())
    assert papers.unfinished() == 1
    assert papers.kept.folder is not None
    assert list(papers.kept.folder.iterdir()) == []
    papers.throw_away()


def test_what_a_program_ended_by_force_left_is_removed_at_the_next_start(
    qtbot: QtBot, temporary: Path, dead: int, sqlite_world: World, jobs: Jobs
) -> None:
    folder = left(temporary, f"tablet-loans-papers-{dead}-a1b2c3d4")
    counter = Counter(sqlite_world.session, jobs)
    qtbot.addWidget(counter)
    qtbot.waitUntil(lambda: not folder.exists())


def test_what_another_program_needs_is_left_alone(temporary: Path, dead: int) -> None:
    kept = [
        left(temporary, name)
        for name in (f"tablet-loans-papers-{os.getpid()}-a1b2c3d4", "tablet-loans-backup", f"tablet-loans-{dead}-a1")
    ]
    aside = left(temporary, "aside")
    link = temporary / f"tablet-loans-papers-{dead}-linked"
    if os.name != "nt":  # Windows lets few people make a link
        link.symlink_to(aside, target_is_directory=True)
    sweep()
    assert all((folder / "20-K3-0042.pdf").exists() for folder in (*kept, aside))


def test_a_process_that_began_later_under_the_same_number_owns_nothing(temporary: Path) -> None:
    folder = left(temporary, f"tablet-loans-papers-{os.getpid()}-a1b2c3d4")
    before = psutil.Process().create_time() - 3_600
    os.utime(folder, (before, before))
    sweep()
    assert not folder.exists()


def test_the_folder_of_a_running_program_is_known_as_its_own(temporary: Path, counter: Counter) -> None:
    papers: CounterPapers = counter.papers
    folder = papers.kept.place("a").parent
    assert folder.parent == temporary
    sweep()
    assert folder.exists()
    papers.throw_away()
    assert not folder.exists()
