"""A bare window with a table: says when it is usable, and how much memory it takes."""

import os
import sys
import time

import psutil
from PySide6.QtCore import QStringListModel, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView


def main() -> None:
    """Show the window, print the moment it is usable, then its memory in bytes, and go."""
    application = QApplication(sys.argv[:1])
    window, table = QMainWindow(), QTableView()
    table.setModel(QStringListModel([str(number) for number in range(200)]))
    window.setCentralWidget(table)
    window.resize(1280, 800)
    window.show()
    QTimer.singleShot(0, lambda: print(time.monotonic(), flush=True))
    QTimer.singleShot(1_000, lambda: (print(psutil.Process().memory_info().rss, flush=True), os._exit(0)))
    application.exec()


if __name__ == "__main__":
    main()
