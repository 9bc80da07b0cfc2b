"""Check-out and check-in while another process imports without a pause, against the same acts with nothing beside."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random
from time import sleep
from typing import Any, Final

from benchmarks import bases
from benchmarks.bases import BIG
from benchmarks.measuring import Verdict, seconds
from tablet_loans.domain.identifiers import uai_key
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.settings import Settings
from tablet_loans.services import lending, receiving, rostering
from tablet_loans.services.session import Session
from tablet_loans.storage import rows, stations
from tablet_loans.storage.database import Base, open_database

_TURNS, _WARMING, _ROUNDS = 6, 10, 100
_DEVICES, _PUPILS = 5_000, 1_000
_BETWEEN_S: Final = 0.02
_UAI: Final = f"0699999{uai_key('0699999')}"
_PROMISE, _MOST_MS = 4.0, 16.0


def measure() -> Verdict:
    """Return the verdict on the 99th percentile of an act; with and without imports beside, turn by turn."""
    alone: list[float] = []
    beside: list[float] = []
    with bases.folder() as folder:
        path = bases.copied(BIG, folder / "base.sqlite")
        base = open_database(str(path), bind=False)
        session = bases.session_in(base)
        _add_school(base)
        bases.settle()
        size = _WARMING + _ROUNDS
        pairs = bases.pairs(BIG, 2 * _TURNS * size)
        with _importing(path, folder) as imports:
            for turn in range(0, len(pairs), 2 * size):
                alone += _acts(session, pairs[turn : turn + size])
                imports.go_on()
                beside += _acts(session, pairs[turn + size : turn + 2 * size])
                imports.rest()
        base.close()
    slow, yardstick = _p99_ms(beside), _p99_ms(alone)
    return Verdict(
        "beside",
        f"99 % of acts within {slow:.1f} ms beside {imports.ended.value} imports",
        f"within {yardstick:.1f} ms alone",
        slow / yardstick,
        _PROMISE,
        also=f"{_MOST_MS:g} ms",
        is_also_kept=slow <= _MOST_MS,
    )


def _acts(session: Session, pairs: list[tuple[str, PupilId]]) -> list[float]:
    """Return how long each act took; they come as a scanner's, at no beat that an import could fall in with."""
    chance, taken = Random(7), []
    for tag, pupil_id in pairs:
        for act in (
            partial(lending.check_out, session, code=tag, pupil_id=pupil_id),
            partial(lending.check_in, session, code=tag),
        ):
            sleep(chance.uniform(0, 2 * _BETWEEN_S))
            taken.append(seconds(act))
    return taken[2 * _WARMING :]


def _p99_ms(taken: list[float]) -> float:
    return sorted(taken)[len(taken) * 99 // 100] * 1000


def _add_school(base: Base) -> None:
    with base.atomic():
        columns = ("name", "kind", "address", "postcode", "commune", "phone", "email", "search_key", "sort_key")
        rows.insert(base, "school", {"uai": _UAI, **dict.fromkeys(columns, "")})


class _Imports:
    """Imports in another process, list after list, which rest when they are told to."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self.is_wanted, self.is_resting, self.is_over = context.Event(), context.Event(), context.Event()
        self.ended = context.Value("i", 0)

    def go_on(self) -> None:
        """Import from now on."""
        self.is_resting.clear()
        self.is_wanted.set()

    def rest(self) -> None:
        """Wait until nothing is imported any more."""
        self.is_wanted.clear()
        assert self.is_resting.wait(120), "the imports did not end"


@contextmanager
def _importing(path: Path, folder: Path) -> Iterator[_Imports]:
    imports = _Imports()
    shared = (imports.is_wanted, imports.is_resting, imports.is_over, imports.ended)
    process = get_context("spawn").Process(target=_import, args=(str(path), folder, *shared), daemon=True)
    process.start()
    assert imports.is_resting.wait(120), "the imports did not begin"
    yield imports
    imports.is_over.set()
    imports.is_wanted.set()
    process.join()


def _import(url: str, folder: Path, wanted: Event, resting: Event, over: Event, ended: Any) -> None:
    base = open_database(url)
    actor = Actor("Bench", Role.ADMINISTRATOR)
    session = Session(base, actor, stations.registered(base, "imports"), Settings())
    for turn in count():
        delivery, roll = _delivery(folder, turn), _roll(folder, turn)
        if not wanted.is_set():
            resting.set()
        wanted.wait()
        if over.is_set():
            break
        receiving.import_devices(session, delivery)
        rostering.import_pupils(session, roll, school=_UAI)
        ended.value += 2
    base.close()


def _delivery(folder: Path, turn: int) -> Path:
    path = folder / "livraison.csv"
    lines = (f"B{turn:04d}{place:06d};Tab A8;170,59;F{turn}" for place in range(_DEVICES))
    path.write_text("\n".join(["Serial;Model;Prix;Facture", *lines]), "utf-8")
    return path


def _roll(folder: Path, turn: int) -> Path:
    path = folder / "CSVExtraction.csv"
    lines = (f"Nom{place};Prénom{turn};02/01/2015;;CE2" for place in range(_PUPILS))
    path.write_bytes("\r\n".join(["Nom élève;Prénom élève;Date naissance;INE;Classe", *lines]).encode("cp1252"))
    return path
