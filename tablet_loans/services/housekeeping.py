"""Housekeeping: what keeps the counter quick, before a scan, while one is expected, and after it."""

from dataclasses import replace

from tablet_loans.services import finding
from tablet_loans.services.session import Session
from tablet_loans.storage import settings, stations
from tablet_loans.storage.database import troubles_spoken


def warm(session: Session) -> None:
    """Load what the first scan would wait for: its check characters, its connection, its first pages."""
    with troubles_spoken(session.base):
        for code in ("ML-000000-0", "490154203237518", "3560070278831"):
            finding.found(session.base, code)


def expected(session: Session) -> None:
    """Keep long work from beginning anything more: somebody types or scans, and an act may follow."""
    session.base.precedence.claim()


def answered(session: Session) -> None:
    """Let long work go on until somebody types or scans again."""
    session.base.precedence.yield_()


def tidy(session: Session) -> None:
    """Do, in a quiet moment, the base's housekeeping that an act would otherwise wait for."""
    with troubles_spoken(session.base):
        session.base.tidy()


def last_acts(session: Session) -> dict[str, int]:
    """Return the number of each station's last act: one that has grown tells that somebody did something there."""
    with troubles_spoken(session.base):
        return stations.sequences(session.base)


def as_set_now(session: Session) -> Session:
    """Return the session with the settings as they are kept now, whoever changed them since it began."""
    with troubles_spoken(session.base):
        return replace(session, settings=settings.read(session.base))
