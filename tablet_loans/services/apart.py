"""Work done apart: a process of its own opens the same base, so that a busy Python thread makes nobody wait here.

The facts it needs and its answer go through a pipe in memory: the base's key is never in an argument that others can
list, in the environment or in a file. The process ends with its work, and its memory with it.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import monotonic
from typing import Final, Protocol, TypeVar, cast

from tablet_loans import logs, paths
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.roles import Actor
from tablet_loans.domain.settings import Settings
from tablet_loans.domain.trouble import ProcessLost
from tablet_loans.services import importing
from tablet_loans.services.session import Cancelled, Progress, Session
from tablet_loans.storage.database import open_database, troubles_spoken
from tablet_loans.text import language, set_language

Value = TypeVar("Value")
Answer_co = TypeVar("Answer_co", covariant=True)

_EVERY_S: Final = 0.05


class FaultApart(Exception):
    """A bug of the process apart: where it was, and never its own words, which may hold a name."""


class Work(Protocol[Answer_co]):
    """A service with all its facts but these two; it can be pickled, as a `partial` of a service is."""

    def __call__(self, session: Session, *, progress: Progress) -> Answer_co:
        """Do the work."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What it takes to work in the same base, as the same person, in another process."""

    url: str = field(repr=False)
    key: str | None = field(repr=False)
    actor: Actor
    station: str
    settings: Settings
    language: str


def credentials(session: Session) -> Desk:
    """Return what another process needs to work as this session does."""
    base = session.base
    return Desk(base.url, base.key, session.actor, session.station, session.settings, language())


def unmetered(call: Callable[[Session], Value], session: Session, *, progress: Progress) -> Value:  # noqa: ARG001
    """Do short work that says nothing of how far it is: give `partial(unmetered, call)` to `run`."""
    return call(session)


def run(session: Session, work: Work[Value], progress: Progress) -> Value:
    """Return what `work` answers in a process of its own; this thread waits and costs nothing meanwhile.

    Raises: what the work raises, Cancelled, FaultApart for a bug, ProcessLost when the process ends without an answer.
    """
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(credentials(session), work, there), daemon=True)
    with here:
        process.start()
        there.close()
        try:
            return cast(Value, _heard(here, progress))
        except FaultApart as fault:
            logs.LOG.error("bug apart: %s", fault)
            raise
        except (EOFError, OSError):
            importing.finish_decided(session)
            raise ProcessLost() from None
        finally:
            here.close()  # a process that is still at work hears that nobody waits for it
            process.join()
            process.close()


def _heard(line: Connection, progress: Progress) -> object:
    """Return the answer once it comes; meanwhile say how far it is, and pass on that it is to stop."""
    is_stopped = False
    while True:
        if not is_stopped and progress.is_cancelled():
            is_stopped = True
            line.send(None)
        if not line.poll(_EVERY_S):
            continue
        match line.recv():
            case ("at", int(done), int(total)):
                progress.report(done, total)
            case ("answer", answer):
                return answer
            case ("error", BaseException() as error):
                raise error


def serve(desk: Desk, work: Work[object], line: Connection) -> None:
    """Do the work and send its answer, or what it raised; called in the process apart."""
    try:
        answer = ("answer", _done(desk, work, line))
    except BaseException as error:  # noqa: BLE001 - whatever it is, the other side tells it
        answer = ("error", _portable(error))
    with suppress(OSError):  # nobody waits any more
        line.send(answer)


def _done(desk: Desk, work: Work[Value], line: Connection) -> Value:
    set_language(desk.language, paths.catalogues())
    base = open_database(desk.url, desk.key)
    try:
        session = Session(base, desk.actor, desk.station, desk.settings)
        wire = _Wire(line)
        with troubles_spoken(base):
            return work(session, progress=Progress(wire.report, wire.is_cancelled))
    finally:
        base.close()


def _portable(error: BaseException) -> BaseException:
    """Return the error where it can be sent; of a bug, where it was."""
    if isinstance(error, TabletLoansError | Cancelled):
        return error
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    return FaultApart(" < ".join([type(error).__name__, *(f"{each.name}:{each.lineno}" for each in reversed(frames))]))


@dataclass(slots=True)
class _Wire:
    """The process's end of the pipe: it says how far it is, and hears that it is to stop, twenty times a second."""

    line: Connection
    _said: float = 0.0
    _looked: float = 0.0
    _is_cancelled: bool = False

    def report(self, done: int, total: int) -> None:
        """Say how far the work is."""
        if done >= total or monotonic() - self._said >= _EVERY_S:
            self._said = monotonic()
            with suppress(OSError):  # what is decided is finished, whoever listens
                self.line.send(("at", done, total))

    def is_cancelled(self) -> bool:
        """Say whether the work is to stop: it was asked to, or nobody waits for it any more."""
        if not self._is_cancelled and monotonic() - self._looked >= _EVERY_S:
            self._looked = monotonic()
            with suppress(OSError):
                self._is_cancelled = self.line.poll()
        return self._is_cancelled
