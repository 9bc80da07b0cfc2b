"""The counter as a scanner works it: from each scan's Enter to the repainted window, in milliseconds."""

import argparse
import gc
import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter, sleep
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from benchmarks import bases
from benchmarks.bases import BIG
from tablet_loans.domain.barcode import pupil_card
from tablet_loans.services import housekeeping
from tablet_loans.storage.database import open_database
from ui import theme
from ui.jobs import Jobs
from ui.main_window import MainWindow
from ui.scanning import ScanFilter
from ui.screens.counter import Counter

_WARMING: Final = 40
_PACE_MS: Final = 25
_KEY_MS: Final = 2
_PATIENCE_MS: Final = 30_000
_BETWEEN_SCANS_MS: Final = 1_500


class Scanner:
    """Types codes into a window, a key every two milliseconds: the quickest that USB lets a keyboard be."""

    def __init__(self, window: MainWindow) -> None:
        handle = window.windowHandle()
        assert handle is not None
        self._window, self._now_ms = handle, 1_000_000

    def type(self, code: str) -> None:
        """Type the characters of a code, a good while after the code before."""
        self._now_ms += _BETWEEN_SCANS_MS
        for mark in code:
            self._strike(ord(mark.upper()), mark)
            sleep(_KEY_MS / 1_000)

    def enter(self) -> None:
        """End the code."""
        self._strike(Qt.Key.Key_Return.value, "\r")

    def _strike(self, key: int, text: str) -> None:
        self._now_ms += _KEY_MS
        for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
            event.setTimestamp(self._now_ms)
            QCoreApplication.sendEvent(self._window, event)


def main(argv: list[str]) -> int:
    """Lend and return, and print how long each scan took, as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--scans", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(argv)
    session = bases.session_in(open_database(str(asked.database)))
    application = QApplication(["bench"])
    theme.apply(application, theme.Scheme.LIGHT)
    jobs, scanner = Jobs(session), ScanFilter(session.settings, parent=application)
    window = MainWindow(session, jobs)
    scanner.install(application)
    window.listen_to(scanner)
    window.resize(1280, 680)
    window.show()
    window.activateWindow()
    counter = window.screen_of("counter")
    assert isinstance(counter, Counter)
    housekeeping.warm(session)
    _pause(500)
    gc.collect()
    gc.freeze()  # as the program itself does
    taken = list(_scanned(counter, Scanner(window), asked.scans + _WARMING, asked.seed))[_WARMING:]
    jobs.shut_down()
    session.base.close()
    print(json.dumps(taken))
    return 0


def _scanned(counter: Counter, scanner: Scanner, scans: int, seed: int) -> Iterator[float]:
    """Yield the milliseconds of each scan: a pupil, a tablet, and every second time the tablet back, twice scanned."""
    waiting, patience = QEventLoop(), QTimer(interval=_PATIENCE_MS, singleShot=True)
    counter.turns.answered.connect(waiting.quit)
    patience.timeout.connect(partial(waiting.exit, 1))
    for code in _codes(scans, seed):
        scanner.type(code)
        patience.start()
        start = perf_counter()
        scanner.enter()
        assert waiting.exec() == 0, "a scan was never answered"
        QCoreApplication.processEvents()  # what the answer changed is painted
        yield (perf_counter() - start) * 1000
        _pause(_PACE_MS)


def _codes(scans: int, seed: int) -> Iterator[str]:
    chance, given = Random(seed), 0
    for tag, pupil in bases.pairs(BIG, scans, seed):
        codes = (pupil_card(pupil), tag, *((tag, tag) if chance.random() < 0.5 else ()))
        for code in codes:
            yield code
            given += 1
            if given == scans:
                return


def _pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
