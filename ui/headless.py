"""The same day without a display: receive, lend, agreement, return, undo, and every screen as a picture."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tablet_loans import paths
from tablet_loans.text import LANGUAGES, language, set_language, system_language, tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from tablet_loans.domain.pupil import PupilRow
    from tablet_loans.services.session import Session
    from ui.main_window import MainWindow

_SIZE: Final = (1280, 800)
_PATIENCE_MS: Final = 10_000
_DELIVERY: Final = "maker;model;serial number;kit;price\n" + "".join(
    f"Samsung;Galaxy Tab A9+;R5XDELIVERY{number};Chargeur, Housse;189,50\n" for number in range(5)
)


def main(argv: Sequence[str] | None = None) -> int:
    """Do the day, draw the screens, and return the exit code: 0 done, 1 refused, 3 trouble."""
    parser = argparse.ArgumentParser(prog="python -m ui.headless")
    parser.add_argument("--database", metavar="PATH|URL", default=None)
    parser.add_argument("--out", metavar="FOLDER", type=Path, required=True)
    parser.add_argument("--lang", choices=LANGUAGES, default=None)
    asked = parser.parse_args(argv)
    set_language(asked.lang or system_language(), paths.catalogues())
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from tablet_loans.domain.errors import Refusal, TabletLoansError
    from tablet_loans.services import opening

    try:
        asked.out.mkdir(parents=True, exist_ok=True)
        with opening.closing(opening.open_session(asked.database or paths.default_database())) as session:
            _say(tr("No display: the same day is done without a window, and its screens are drawn as pictures."))
            do_the_day(session, asked.out)
            draw_screens(session, asked.out)
    except TabletLoansError as error:
        sys.stderr.write(f"{error}\n")
        return 1 if isinstance(error, Refusal) else 3
    return 0


def do_the_day(session: "Session", out: Path) -> None:
    """Receive a delivery, lend a tablet, print its agreement, take it back, undo the return, take it back again.

    Raises: Refusal, Trouble.
    """
    from babel.dates import format_date

    from tablet_loans.domain.loan import LoanFilter
    from tablet_loans.services import agreeing, lending, receiving, undoing

    delivery = out / "delivery.csv"
    delivery.write_text(_DELIVERY, "utf-8")
    received = receiving.import_devices(session, delivery).value
    _say(tr("Received: {file}, {count} new tablets.").format(file=delivery, count=received.created))
    tag, pupil = _ready_tags(session, 1)[0], _pupils_without_one(session, 1)[0]
    _say(tr("Ready: tablet {tag}; waiting: {pupil}.").format(tag=tag, pupil=pupil.name))
    loan = lending.check_out(session, code=tag, pupil_id=pupil.id).value
    due = format_date(loan.due_on, "long", locale=language())
    _say(tr("Lent: tablet {tag}, loan {loan}, due {due}.").format(tag=tag, loan=loan.number, due=due))
    file = out / f"{loan.number}.pdf"
    agreeing.print_agreements(session, LoanFilter(numbers=(loan.number,)), file)
    _say(tr("Agreement: {file}.").format(file=file))
    lending.check_in(session, code=tag)
    _say(tr("Returned: tablet {tag}.").format(tag=tag))
    undoing.undo_last(session)
    _say(tr("Undone: tablet {tag} is lent again.").format(tag=tag))
    lending.check_in(session, code=tag)
    _say(tr("Returned again: tablet {tag}.").format(tag=tag))


def draw_screens(session: "Session", out: Path) -> list[Path]:
    """Draw every screen in each language, light and dark, and return the pictures' paths."""
    from PySide6.QtCore import qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    from ui import theme
    from ui.jobs import Jobs
    from ui.main_window import MainWindow

    qInstallMessageHandler(_pass_on)
    application = QApplication.instance() or QApplication(["tablet-loans"])
    assert isinstance(application, QApplication)  # noqa: S101 - nobody else makes one
    spoken, drawn = language(), []
    for tongue in LANGUAGES:
        set_language(tongue, paths.catalogues())
        for scheme in (theme.Scheme.LIGHT, theme.Scheme.DARK):
            theme.apply(application, scheme)
            jobs = Jobs(session)
            window = MainWindow(session, jobs)
            window.resize(*_SIZE)
            window.show()
            for name, picture in _pictures(application, session, window):
                path = out / f"{name}-{tongue}-{scheme}.png"
                window.grab().save(str(path))
                drawn.append(path)
                _say(tr("Drawn: {file}.").format(file=path))
                del picture
            window.close()
            jobs.shut_down()
    set_language(spoken, paths.catalogues())
    return drawn


def _pass_on(_kind: object, _context: object, message: str) -> None:
    """Pass on what Qt says, but for what drawing without a display always says."""
    if "propagateSizeHints" not in message:
        sys.stderr.write(f"{message}\n")


def _pictures(application: "QApplication", session: "Session", window: "MainWindow") -> Iterator[tuple[str, object]]:
    """Go through the rooms as a technician would, and stop where a picture is to be taken."""
    from tablet_loans.domain.barcode import pupil_card
    from ui.screens.counter import Counter
    from ui.screens.devices import Devices

    counter = window.screen_of("counter")
    assert isinstance(counter, Counter)  # noqa: S101 - that is the room's screen
    tags, pupils = _ready_tags(session, 3), _pupils_without_one(session, 3)
    served = [code for pupil, tag in zip(pupils, tags, strict=False) for code in (pupil_card(pupil.id), tag)]
    for code in (*served[:-2], "ML-999999", tags[0], tags[0], *served[-2:]):
        counter.take_scan(code)
        _until(application, counter.is_quiet)
    yield "counter", counter
    devices = window.screen_of("devices")
    assert isinstance(devices, Devices)  # noqa: S101
    _until(application, lambda: devices.model.row_at(0) is not None)
    devices.table.choose(0)
    _until(application, devices.story.isVisible)
    yield "devices", devices


def _until(application: "QApplication", is_so: Callable[[], bool]) -> None:
    """Let the window work until it is so. Raises: Trouble when it takes too long."""
    from PySide6.QtCore import QDeadlineTimer, QEventLoop

    from tablet_loans.domain.errors import Trouble

    deadline = QDeadlineTimer(_PATIENCE_MS)
    while not is_so():
        application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        if deadline.hasExpired():
            raise Trouble()
    application.processEvents()


def _ready_tags(session: "Session", count: int) -> list[str]:
    """Return the first tablets that can be lent, at least one. Raises: UnknownCode."""
    from tablet_loans.domain.device import DeviceFilter, DeviceState
    from tablet_loans.domain.errors import UnknownCode
    from tablet_loans.domain.paging import Place, Sort
    from tablet_loans.services import stocking

    ready = DeviceFilter(state=DeviceState.READY)
    if tags := [row.tag for row in stocking.block(session, ready, Sort("tag"), Place(0, count))]:
        return tags
    raise UnknownCode(code=tr("ready"))


def _pupils_without_one(session: "Session", count: int) -> "list[PupilRow]":
    """Return the first pupils who wait for a tablet, at least one. Raises: UnknownPupil."""
    from tablet_loans.domain.errors import UnknownPupil
    from tablet_loans.domain.paging import Place
    from tablet_loans.domain.pupil import PupilFilter
    from tablet_loans.services import consulting

    rows = consulting.pupils_block(session, PupilFilter(), Place(0, 400))
    if waiting := [row for row in rows if row.loan is None and row.left_on is None]:
        return waiting[:count]
    raise UnknownPupil(pupil="-")


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
