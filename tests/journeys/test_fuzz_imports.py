"""Thousands of spoilt files through every importer: no traceback, no half import, no growth of memory.

Each run is bounded in time; $TABLET_LOANS_FUZZ_S makes it longer by hand, in seconds an importer.
"""

import gc
import hashlib
import os
import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from time import monotonic

import psutil
import pytest

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.problem import ImportReport, Problem
from tablet_loans.domain.roster import LONGEST, ListedPupil, Spoilt
from tablet_loans.services import answering, caring, checking, receiving, rostering
from tablet_loans.services.importers import answers, content, devices, rosters, schools, tabular
from tablet_loans.services.session import Receipt, Session
from tests import files
from tests.builders import CAMPAIGN, World
from tests.files import fuzz_seeds
from tests.files.mutated import mutated

PATIENCE_S = float(os.environ.get("TABLET_LOANS_FUZZ_S", "4"))
MOST_GROWN = 96 * 2**20
IRIS = fuzz_seeds.IRIS


@dataclass
class Tally:
    """How many files were read, and how many of them refused."""

    read: int = 0
    refused: int = 0


def spoilt_files(tmp_path: Path, name: str, seeds: list[bytes], patience_s: float) -> Iterator[Path]:
    """Yield one file after the other, each spoilt otherwise, until time is out; the same ones each time."""
    chance, end, path = random.Random(zlib.crc32(name.encode())), monotonic() + patience_s, tmp_path / "list"
    for seed in seeds:
        path.write_bytes(seed)
        yield path
    while monotonic() < end:
        path.write_bytes(mutated(chance.choice(seeds), chance))
        yield path


def must_be_sound(item: object) -> None:
    """Accept a thing that a reader gave: its sentence can be spoken, its texts fit the base."""
    if isinstance(item, Spoilt):
        must_be_sound(item.problem)
    elif isinstance(item, Problem):
        assert item.sentence
        assert item.line > 0
    elif isinstance(item, ListedPupil):
        assert item.family_name
        assert item.given_name
        for each in fields(item):
            text = getattr(item, each.name)
            if isinstance(text, str):
                assert "\x00" not in text
                assert len(text) <= LONGEST.get(each.name, 255)
                text.encode()


def read_pupils(path: Path) -> Iterator[object]:
    return rosters.pupils(path, mapping=None).lines


def read_guardians(path: Path) -> Iterator[object]:
    return rosters.guardians(path, mapping=None).lines


def read_answers(path: Path) -> Iterator[object]:
    return answers.read(path).lines


def read_devices(path: Path) -> Iterator[object]:
    return devices.read(content.loaded(path), str(path), mapping=None, tag_prefix="ML")[1]


def read_schools(path: Path) -> Iterator[object]:
    return schools.read(content.loaded(path), str(path), mapping=None)[1]


def read_a_glance(path: Path) -> Iterator[object]:
    tabular.glance(path)
    return iter(())


READERS = {
    "pupils": (read_pupils, fuzz_seeds.PUPILS),
    "guardians": (read_guardians, fuzz_seeds.GUARDIANS),
    "answers": (read_answers, fuzz_seeds.ANSWERS),
    "devices": (read_devices, fuzz_seeds.DEVICES),
    "schools": (read_schools, fuzz_seeds.SCHOOLS),
    "glance": (read_a_glance, fuzz_seeds.PUPILS + fuzz_seeds.ANSWERS),
}


@pytest.mark.parametrize("name", READERS)
def test_a_reader_takes_any_file_or_says_why_not(tmp_path: Path, name: str) -> None:
    read, seeds = READERS[name]
    tally, process, before = Tally(), psutil.Process(), 0
    for path in spoilt_files(tmp_path, name, seeds, PATIENCE_S):
        tally.read += 1
        try:
            for item in read(path):
                must_be_sound(item)
        except TabletLoansError as error:
            assert error.spoken()
            tally.refused += 1
        except BaseException as error:
            error.add_note(f"file {tally.read} of {name}: {path}")
            raise
        if tally.read == 200:
            gc.collect()
            before = process.memory_info().rss
    gc.collect()
    assert 0 < tally.refused < tally.read
    if before:
        assert process.memory_info().rss - before < MOST_GROWN


def fingerprint(session: Session) -> str:
    """Return a digest of every row of the base."""
    digest = hashlib.sha256()
    names = session.base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    for (name,) in names:
        for row in session.base.execute(f'SELECT * FROM "{name}"').fetchall():  # noqa: S608
            digest.update(repr((name, *row)).encode())
    return digest.hexdigest()


def left_lying(session: Session) -> int:
    """Return how many rows wait of imports that are over."""
    rows = [session.base.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("import_run", "import_piece")]  # fmt: skip
    return int(sum(rows))


Importer = Callable[..., Receipt[ImportReport]]
IMPORTERS: dict[str, tuple[Importer, list[bytes]]] = {
    "pupils": (partial(rostering.import_pupils, school=IRIS), fuzz_seeds.PUPILS),
    "pupils of the file": (rostering.import_pupils, fuzz_seeds.PUPILS),
    "guardians": (partial(caring.import_guardians, school=IRIS), fuzz_seeds.GUARDIANS),
    "answers": (partial(answering.import_answers, campaign=CAMPAIGN, school=IRIS), fuzz_seeds.ANSWERS),
    "devices": (receiving.import_devices, fuzz_seeds.DEVICES),
    "schools": (rostering.import_schools, fuzz_seeds.SCHOOLS),
}


@pytest.mark.parametrize("name", IMPORTERS)
def test_an_import_is_whole_or_nothing_whatever_the_file(sqlite_world: World, tmp_path: Path, name: str) -> None:
    imported, seeds = IMPORTERS[name]
    session, tally = sqlite_world.session, Tally()
    rostering.import_schools(session, files.DIRECTORY)
    for uai in (fuzz_seeds.LILAS,):
        sqlite_world.school(uai)
    kept = fingerprint(session)
    for path in spoilt_files(tmp_path, f"import of {name}", seeds, PATIENCE_S):
        tally.read += 1
        try:
            foreseen = imported(session, path, is_dry_run=True).value
            assert fingerprint(session) == kept
            done = imported(session, path).value
        except TabletLoansError:
            tally.refused += 1
            assert fingerprint(session) == kept
        except BaseException as error:
            error.add_note(f"file {tally.read} of {name}: {path}")
            raise
        else:
            assert (done.created, done.updated, done.left) == (foreseen.created, foreseen.updated, foreseen.left)
            again = imported(session, path).value
            assert (again.created, again.updated, again.left) == (0, 0, 0)
            kept = fingerprint(session)
        assert left_lying(session) == 0
    assert 0 < tally.refused < tally.read
    checking.check(session)
