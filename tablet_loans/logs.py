"""The program's log: rotated, levelled, and without a person's name, whatever went wrong."""

import logging
import platform
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

from tablet_loans import __version__, paths

LOG: Final = logging.getLogger("tablet_loans")
_FILE: Final = "tablet-loans.log"
_KEPT_BYTES: Final = 1_000_000
_KEPT_FILES: Final = 5
_REPORT_LINES: Final = 2_000


class _NamelessFormatter(logging.Formatter):
    """Write an error's type and where it happened; its message may hold a name and is left out."""

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Return the chain of places, without any message."""
        kind, _error, trace = ei
        places = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        return "\n".join([*places, kind.__name__ if kind else ""])


def start(level: int = logging.INFO) -> None:
    """Write the log in the user's log folder; without such a folder, go on without a log."""
    if LOG.handlers:
        return
    logging.raiseExceptions = False  # a log that cannot be written stops nobody
    LOG.setLevel(level)
    LOG.propagate = False
    try:
        folder = paths.log_folder()
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            folder / _FILE, maxBytes=_KEPT_BYTES, backupCount=_KEPT_FILES, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_NamelessFormatter("%(asctime)s %(levelname)s %(message)s"))
    LOG.addHandler(handler)


def save_report(out: Path) -> int:
    """Save the log's last lines and the program's version into `out`; return how many lines."""
    log = paths.log_folder() / _FILE
    lines = log.read_text("utf-8").splitlines()[-_REPORT_LINES:] if log.exists() else []
    head = f"tablet-loans {__version__} · Python {platform.python_version()} · {platform.platform()}"
    out.write_text("\n".join([head, *lines, ""]), "utf-8")
    return len(lines)
