"""A bare window that does what a check-out writes, in raw sqlite3, and shows one line: the counter's yardstick."""

import argparse
import json
import sqlite3
import sys
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMainWindow,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from benchmarks import bases
from benchmarks.bases import BIG
from benchmarks.measuring import Statement, recording, replay
from tablet_loans.services import lending
from tablet_loans.storage.database import open_database

_WARMING = 20


def main(argv: list[str]) -> int:
    """Type codes and print how long each took, as JSON; `--copy` is a second copy of the same base."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--copy", type=Path, required=True)
    parser.add_argument("--scans", type=int, required=True)
    asked = parser.parse_args(argv)
    acts = _recorded(asked.copy, asked.scans + _WARMING)
    bases.session_in(open_database(str(asked.database), bind=False)).base.close()  # the station that acts is there too
    raw = sqlite3.connect(asked.database, isolation_level=None)
    for pragma in bases.PRAGMAS:
        raw.execute(f"PRAGMA {pragma}")
    application = QApplication(["bare"])
    window, field, said, table = QMainWindow(), QLineEdit(), QLabel(), QTableWidget(0, 6)
    page = QWidget()
    layout = QVBoxLayout(page)
    for widget in (field, said, table):
        layout.addWidget(widget)
    window.setCentralWidget(page)
    window.resize(1280, 680)
    window.show()

    def on_enter() -> None:
        replay(raw, acts.pop())
        said.setText(field.text())
        table.insertRow(0)
        for place in range(6):
            table.setItem(0, place, QTableWidgetItem(field.text()))
        field.clear()

    field.returnPressed.connect(on_enter)
    taken = []
    while acts:
        QTest.keyClicks(field, f"ML-{len(acts):06d}-2")
        start = perf_counter()
        QTest.keyClick(field, Qt.Key.Key_Return)
        QCoreApplication.processEvents()
        taken.append((perf_counter() - start) * 1000)
    print(json.dumps(taken[_WARMING:]))
    del application
    return 0


def _recorded(path: Path, count: int) -> list[list[Statement]]:
    """Return the statements of so many check-outs, done by the program on another copy of the base."""
    session = bases.session_in(open_database(str(path)))
    acts = []
    for tag, pupil in bases.pairs(BIG, count):
        with recording(session.base.database) as kept:
            lending.check_out(session, code=tag, pupil_id=pupil)
            acts.append(list(kept))
    session.base.close()
    return acts[::-1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
