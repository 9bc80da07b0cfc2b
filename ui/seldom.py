"""What is seldom needed at the counter, in one menu: papers, the scanner's test page, the camera, the lock."""

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QMenu

from tablet_loans.domain.sitting import RefusedLine
from tablet_loans.services.desk import Did
from tablet_loans.text import tr
from ui.counter_papers import CounterPapers
from ui.desk_choosing import DeskChoosing
from ui.widgets.operations import Operations
from ui.widgets.outcome_words import why


class Seldom(QObject):
    """The entries of the counter's menu."""

    lock_asked = Signal()

    def __init__(self, menu: QMenu, papers: CounterPapers, chosen: DeskChoosing, operations: Operations) -> None:
        super().__init__(menu)
        self._menu, self._papers, self._chosen, self._operations = menu, papers, chosen, operations
        for words, act in (
            (tr("Session sheet…"), self.write_session_sheet),
            (tr("Sheet of command codes…"), self._papers.write_commands),
            (tr("Scanner test page"), self.test_scanner),
            (tr("Read with a camera…"), self._read_with_camera),
            (tr("Lock the screen (Ctrl+L)"), self.lock_asked),
        ):
            menu.addAction(words).triggered.connect(act)
        self._receipts = menu.addAction(tr("Receipt label when the signed agreement is here (Shift+F7)"))
        self._receipts.setCheckable(True)
        self._receipts.triggered.connect(chosen.toggle_receipts)
        menu.addAction(tr("Labels and printer of the receipts…")).triggered.connect(papers.choose_labels)
        chosen.changed.connect(self._show_receipts)
        self._show_receipts()

    def _show_receipts(self) -> None:
        self._receipts.setChecked(self._chosen.sitting.receipts)

    def write_session_sheet(self) -> None:
        """Write what this station did today, with what it refused."""
        refused = [
            RefusedLine(row.at, row.pupil.name if row.pupil else row.code, why(row))
            for row in reversed(self._operations.rows.rows)
            if row.did is Did.REFUSED
        ]
        self._papers.write_session_sheet(refused, self._chosen.desk)

    def test_scanner(self) -> None:
        """Open the page that shows what the scanner types."""
        from ui.dialogs.scanner_test import ScannerTest

        ScannerTest(self._menu.window()).show()

    def _read_with_camera(self) -> None:
        """Let a camera read beside the scanner: its codes go the way of those that are typed."""
        from ui.dialogs.camera import Camera
        from ui.scanning import ScanFilter

        camera = Camera(self._menu.window(), memory=self._papers.memory)
        application = QCoreApplication.instance()
        if application is not None and (scanner := application.findChild(ScanFilter)) is not None:
            camera.scanned.connect(scanner.give)
        camera.show()
