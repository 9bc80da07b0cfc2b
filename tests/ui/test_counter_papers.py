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

from tablet_loans.services.desk import Did
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


def test_a_family_whose_agreement_is_here_takes_a_label_away(
    qtbot: QtBot, counter: Counter, sqlite_world: World, tmp_path: Path
) -> None:
    from PySide6.QtPdf import QPdfDocument

    papers = counter.papers
    papers.label_printer = Printer(papers, file=tmp_path / "label.pdf")
    assert not counter.chosen.sitting.receipts
    press(counter, Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    assert counter.chosen.sitting.receipts
    with qtbot.waitSignal(papers.ended, timeout=20_000):
        serve(qtbot, counter, sqlite_world.sheet(sqlite_world.pupil()), sqlite_world.device())
        assert papers.unfinished() == 1
    assert papers.unfinished() == 0
    document = QPdfDocument()
    document.load(str(tmp_path / "label.pdf"))
    assert document.pageCount() == 1
    assert document.pagePointSize(0).height() < 400, "a label, no sheet"
    serve(qtbot, counter, sqlite_world.pupil("Brun"), sqlite_world.device())
    assert papers.unfinished() == 0, "its agreement is still to print, which F7 does"
    papers.throw_away()


def test_a_label_that_could_not_be_printed_is_asked_again_as_a_label(
    qtbot: QtBot, counter: Counter, sqlite_world: World, tmp_path: Path
) -> None:
    papers = counter.papers
    papers.label_printer = Printer(papers)
    papers.label_printer.use("There is no such printer")
    press(counter, Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(papers.ended, timeout=20_000):
        serve(qtbot, counter, sqlite_world.sheet(sqlite_world.pupil()), sqlite_world.device())
    assert papers.unfinished() == 1
    papers.label_printer.shut_down()
    papers.label_printer = Printer(papers, file=tmp_path / "label.pdf")
    with qtbot.waitSignal(papers.ended, timeout=20_000):
        papers.print_again()
    assert (tmp_path / "label.pdf").exists()
    assert papers.unfinished() == 0
    papers.throw_away()


def test_a_form_filled_in_by_hand_is_shown_until_it_is_a_loans(
    qtbot: QtBot, counter: Counter, sqlite_world: World, tmp_path: Path
) -> None:
    from tablet_loans.services import batching

    batching.print_spare(sqlite_world.session, 1, tmp_path / "spare.pdf")
    (form,) = sqlite_world.base.execute("SELECT code FROM spare_form").fetchone()
    pupil, tag = sqlite_world.pupil("Kaya", "Deniz"), sqlite_world.device()
    serve(qtbot, counter, form)
    assert counter._shown is not None
    assert (counter._shown.did, counter._shown.code) == (Did.CHOSE_FORM, form)
    press(counter, Qt.Key.Key_F7)
    serve(qtbot, counter, pupil, tag)
    assert counter._shown.did is Did.LENT
    assert counter.papers.unfinished() == 0, "its agreement is that form"
    assert sqlite_world.base.execute("SELECT count(*) FROM spare_form WHERE loan_id IS NULL").fetchone()[0] == 0
