"""`tablet-loans-desk`: opens the base and the window on it."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from multiprocessing import freeze_support

from tablet_loans import paths
from tablet_loans.services import starting
from tablet_loans.text import LANGUAGES, set_language, system_language, tr


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window and return the exit code: 0 closed, 2 usage, 3 trouble."""
    asked = _asked(argv)
    set_language(asked.lang or system_language(), paths.catalogues())
    if not has_display():
        said = tr("There is no display here. Run: python -m ui.headless --database PATH --out FOLDER")
        sys.stderr.write(f"{said}\n")
        return 3
    return _open_window(asked)


def has_display() -> bool:
    """Say whether Qt finds a screen to draw on."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"))


def _asked(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tablet-loans-desk")
    parser.add_argument("--database", metavar="PATH|URL", default=None)
    parser.add_argument("--lang", choices=LANGUAGES, default=None)
    parser.add_argument("--theme", choices=("light", "dark", "system"), default="system")
    return parser.parse_args(argv)


def _open_window(asked: argparse.Namespace) -> int:
    url = asked.database or paths.default_database()
    starting.prepare(url)

    # Qt slows every import that follows its own: what is not Qt comes first.
    from tablet_loans import logs
    from tablet_loans.domain.errors import TabletLoansError
    from tablet_loans.services import opening

    logs.start()
    session, trouble = None, None
    try:
        session = opening.open_session(url)
    except TabletLoansError as error:
        trouble = error

    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from ui import errors, theme

    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)  # noqa: S101 - nobody else makes one
    application.setApplicationName("tablet-loans")
    theme.apply(application, theme.Scheme(asked.theme))
    errors.install()
    if session is None:
        return _say_trouble(trouble)

    from ui.jobs import Jobs
    from ui.main_window import MainWindow
    from ui.scanning import ScanFilter

    jobs, scanner = Jobs(session), ScanFilter(session.settings, parent=application)
    window = MainWindow(session, jobs, QSettings("tablet-loans", "desk"))
    scanner.install(application)
    window.listen_to(scanner)
    window.resize(window.size().boundedTo(window.screen().availableSize()))
    window.show()
    gc.collect()
    gc.freeze()  # what the start made stays: looking through it again takes 30 ms, in the middle of a scan
    code = application.exec()
    jobs.shut_down()
    session.base.close()
    return code


def _say_trouble(error: Exception | None) -> int:
    """Say in words why the base is not open, and what to do."""
    from tablet_loans import logs
    from ui.message import Message

    logs.LOG.warning("base not opened: %s", type(error).__name__)
    Message(tr("The base cannot be opened"), str(error)).exec()
    return 3


if __name__ == "__main__":
    freeze_support()
    sys.exit(main())
