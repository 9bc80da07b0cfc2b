"""Two stations that race for the same device or the same pupil, each a process of its own."""

from collections.abc import Sequence
from multiprocessing import get_context
from typing import Any

from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import lending
from tablet_loans.storage.database import open_database
from tests.builders import new_session

Try = tuple[str, int]


def race(url: str, first: Sequence[Try], second: Sequence[Try]) -> list[list[str]]:
    """Let two stations make their tries (tag, pupil) side by side; return "won" or the refusal of each."""
    context = get_context("spawn")
    start, answers = context.Barrier(2), context.Queue()
    stations = [
        context.Process(target=_station, args=(url, name, tries, start, answers))
        for name, tries in (("race-1", first), ("race-2", second))
    ]
    for station in stations:
        station.start()
    said = dict(answers.get(timeout=240) for _ in stations)
    for station in stations:
        station.join()
    return [said["race-1"], said["race-2"]]


def _station(url: str, name: str, tries: Sequence[Try], start: Any, answers: Any) -> None:
    session = new_session(open_database(url), name)
    said = []
    for tag, pupil in tries:
        start.wait()
        try:
            lending.check_out(session, code=tag, pupil_id=PupilId(pupil))
            said.append("won")
        except Refusal as refusal:
            said.append(f"{type(refusal).__name__} {refusal.facts.get('other', '')}".strip())
    session.base.close()
    answers.put((name, said))
