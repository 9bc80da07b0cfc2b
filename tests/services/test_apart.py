"""Work in a process apart: the same base, the same person; its progress, its end, and its death."""

import multiprocessing
import os
import signal
import threading
import time
from functools import partial
from pathlib import Path
from typing import NoReturn

import psutil
import pytest

from tablet_loans.domain.errors import NotPermitted, UnknownSchool
from tablet_loans.domain.identifiers import uai_key
from tablet_loans.domain.roles import Actor, Permission, Role
from tablet_loans.domain.trouble import ProcessLost
from tablet_loans.services import apart, opening, rostering
from tablet_loans.services.apart import FaultApart
from tablet_loans.services.session import Cancelled, Progress, Session, Topic
from tests.builders import World, new_session

UAI = "0690142" + uai_key("0690142")
DIRECTORY = f"UAI;Nom;Type;Commune\n{UAI};Collège Les Iris;Collège;Bron\n"


def who(session: Session, *, progress: Progress) -> tuple[str, str, int]:  # noqa: ARG001
    """Say who works, where, and in which process."""
    return session.actor.name, session.station, os.getpid()


def count_to(session: Session, most: int, *, progress: Progress) -> int:  # noqa: ARG001
    """Take its time, saying how far it is."""
    for number in range(most):
        progress.step(number, most)
        time.sleep(0.01)
    return most


def refuse(session: Session, *, progress: Progress) -> NoReturn:  # noqa: ARG001
    """Raise a refusal with its facts."""
    raise UnknownSchool(school=UAI)


def err(session: Session, *, progress: Progress) -> NoReturn:  # noqa: ARG001
    """Be a bug whose words hold a name."""
    raise KeyError("Abdelmalek")


def die(session: Session, *, progress: Progress) -> NoReturn:  # noqa: ARG001
    """End as a process does that the system kills."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def told(session: Session, *, progress: Progress) -> tuple[list[str], list[str]]:  # noqa: ARG001
    """Say the arguments and the surroundings of the process."""
    process = psutil.Process()
    return process.cmdline(), list(process.environ().values())


def directory(tmp_path: Path) -> Path:
    file = tmp_path / "schools.csv"
    file.write_text(DIRECTORY, "utf-8")
    return file


def test_the_same_person_works_in_the_same_base_in_another_process(session: Session) -> None:
    name, station, pid = apart.run(session, who, Progress())
    assert (name, station) == (session.actor.name, session.station)
    assert pid != os.getpid()


def test_an_import_apart_answers_with_its_receipt_and_its_rows_are_here(session: Session, tmp_path: Path) -> None:
    reported: list[tuple[int, int]] = []
    work = partial(rostering.import_schools, path=directory(tmp_path))
    receipt = apart.run(session, work, Progress(lambda done, total: reported.append((done, total))))
    assert (receipt.value.created, receipt.topics) == (1, frozenset({Topic.SCHOOLS}))
    assert reported[-1][0] == reported[-1][1]
    assert session.base.execute("SELECT uai FROM school").fetchall() == [(UAI,)]


def test_what_may_not_be_done_here_may_not_be_done_there(sqlite_world: World, tmp_path: Path) -> None:
    reader = new_session(sqlite_world.base, actor=Actor("A. Petit", Role.FINANCE))
    with pytest.raises(NotPermitted) as refused:
        apart.run(reader, partial(rostering.import_schools, path=directory(tmp_path)), Progress())
    assert refused.value.facts == {"permission": Permission.ROSTER.value}


def test_a_refusal_comes_back_with_its_facts(sqlite_world: World) -> None:
    with pytest.raises(UnknownSchool) as refused:
        apart.run(sqlite_world.session, refuse, Progress())
    assert refused.value.facts == {"school": UAI}


def test_a_bug_comes_back_as_its_places_without_its_words(sqlite_world: World) -> None:
    with pytest.raises(FaultApart, match=r"KeyError < err:\d+") as failed:
        apart.run(sqlite_world.session, err, Progress())
    assert "Abdelmalek" not in str(failed.value)


def test_work_stops_soon_after_it_is_asked_to(sqlite_world: World) -> None:
    stop, begun = threading.Event(), threading.Event()

    def stop_once_begun() -> None:
        begun.wait(30)
        stop.set()

    threading.Thread(target=stop_once_begun).start()
    progress = Progress(lambda *_: begun.set(), stop.is_set)
    with pytest.raises(Cancelled):
        apart.run(sqlite_world.session, partial(count_to, most=3_000), progress)


def test_a_process_that_is_killed_is_a_trouble_and_the_next_one_works(sqlite_world: World) -> None:
    with pytest.raises(ProcessLost):
        apart.run(sqlite_world.session, die, Progress())
    assert apart.run(sqlite_world.session, partial(count_to, most=2), Progress()) == 2
    assert multiprocessing.active_children() == []


def test_short_work_needs_no_progress(sqlite_world: World) -> None:
    assert apart.run(sqlite_world.session, partial(apart.unmetered, _station), Progress()) == (
        sqlite_world.session.station
    )


def _station(session: Session) -> str:
    return session.station


def test_an_encrypted_base_opens_apart_and_its_key_is_told_to_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, url = "5a" * 32, str(tmp_path / "sealed.sqlite")
    monkeypatch.setenv("TABLET_LOANS_KEY", key)
    opening.create_base(url)
    monkeypatch.delenv("TABLET_LOANS_KEY")
    session = opening.open_session(url, key=key)
    with opening.closing(session):
        desk = apart.credentials(session)
        assert desk.key == key
        assert key not in repr(desk)
        arguments, surroundings = apart.run(session, told, Progress())
    assert not [said for said in (*arguments, *surroundings) if key in said]
    assert [file.name for file in tmp_path.rglob("*") if file.is_file() and key.encode() in file.read_bytes()] == []
