"""The counter's papers: an agreement at check-out, the session sheet, the command codes; none delays a scan."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QSettings, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from tablet_loans.domain.errors import LoanNotOpen, Refusal, TabletLoansError
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.sitting import RefusedLine
from tablet_loans.domain.trouble import NoPrinter
from tablet_loans.services.desk import Desk, Did, Outcome
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui.desk_memory import Sitting, receipt_choice
from ui.jobs import Jobs, Lane
from ui.kept_papers import KeptPapers, sweep

if TYPE_CHECKING:
    from ui.printing import Printer

Write = Callable[[Path], object]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A paper that is asked for a loan: its agreement, or the receipt of its hand-over."""

    number: str
    is_receipt: bool = False

    @property
    def file_name(self) -> str:
        return f"{self.number}-receipt.pdf" if self.is_receipt else f"{self.number}.pdf"


class CounterPapers(QObject):
    """Papers made beside the counter's work; what could not be printed is kept until it is asked again."""

    failed = Signal(object, object)  # an error, and what tries again
    unprinted = Signal(int)
    ended = Signal()  # no agreement is on its way any more
    said = Signal(str)

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._desk = session, jobs, parent
        self.memory: QSettings | None = None
        self.kept = KeptPapers()
        self.printer: Printer | None = None
        self.label_printer: Printer | None = None
        self._waiting: list[_Asked] = []
        self._under_way = 0
        jobs.run(sweep, lane=Lane.BACKGROUND)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.throw_away)

    def follow(self, outcome: Outcome, sitting: Sitting) -> None:
        """Print what the sitting prints of a loan just begun: its agreement, or where that is here, a receipt."""
        if outcome.did is not Did.LENT or outcome.loan is None:
            return
        if outcome.is_signed and sitting.receipts:
            self._print(_Asked(outcome.loan.number, is_receipt=True))
        elif sitting.prints and not outcome.is_signed:
            self.print_loan(outcome.loan.number)

    def print_loan(self, number: str) -> None:
        """Make the agreement of a loan just begun, and print it."""
        self._print(_Asked(number))

    def _print(self, asked: "_Asked") -> None:
        file = self.kept.place(asked.file_name)
        self._under_way += 1
        self._jobs.run(
            partial(self._receipt if asked.is_receipt else self._agreement, asked.number, file),
            done=partial(self._send, asked, file),
            refused=partial(self._on_unmade, file),
            failed=partial(self._on_failed, asked, file),
            lane=Lane.BACKGROUND,
        )

    def _agreement(self, number: str, file: Path) -> object:
        from tablet_loans.services import agreeing

        return agreeing.print_agreements(self._session, LoanFilter(numbers=(number,)), file)

    def _receipt(self, number: str, file: Path) -> object:
        from tablet_loans.services import receipting
        from tablet_loans.services.labelling import LabelOptions

        options = LabelOptions(stock=receipt_choice(self.memory).stock, printer=None)
        return receipting.print_receipts(self._session, (number,), file, options)

    def unfinished(self) -> int:
        """Return how many agreements are on their way to the printer, or could not be printed."""
        return self._under_way + len(self._waiting)

    def is_quiet(self) -> bool:
        """Say whether no agreement is on its way to the printer; those not printed wait to be asked again."""
        return not self._under_way

    def choose_printer(self) -> None:
        """Let the person choose a printer, and try again on that one."""
        self._ready_printer().choose(self._desk)
        self.print_again()

    def choose_labels(self) -> None:
        """Let the person choose on which labels and which printer receipts are printed, and try again there."""
        from ui.dialogs.receipt_labels import ReceiptLabels

        asked = ReceiptLabels(self._session, self._jobs, self._desk, memory=self.memory)
        asked.accepted.connect(self._on_labels_chosen)
        asked.open()

    def _on_labels_chosen(self) -> None:
        if self.label_printer is not None:
            self.label_printer.use(receipt_choice(self.memory).printer)
        self.print_again()

    def print_again(self) -> None:
        """Try again all that could not be printed."""
        waiting, self._waiting = self._waiting, []
        self.unprinted.emit(0)
        for asked in waiting:
            self._print(asked)

    def write_session_sheet(self, refused: Sequence[RefusedLine], desk: Desk) -> None:
        """Ask for a file, write what this station did today into it, and open it."""
        from tablet_loans.services import reporting

        today = self._session.today()
        began = datetime.combine(today, time.min).astimezone()
        write = partial(
            reporting.session_sheet,
            self._session,
            since=began,
            refused=refused,
            schools=desk.schools,
            campaign=desk.campaign,
        )
        name = tr("session-{day}.pdf").format(day=today.isoformat())
        self._write(tr("Session sheet"), name, lambda file: write(out=file))

    def write_commands(self) -> None:
        """Ask for a file, write the sheet of command codes into it, and open it."""
        from tablet_loans.services import labelling

        self._write(tr("Command codes"), tr("command-codes.pdf"), partial(labelling.print_commands, self._session))

    def throw_away(self) -> None:
        """End the printing, and remove the agreements that were made for it."""
        for printer in filter(None, (self.printer, self.label_printer)):
            printer.shut_down()
        self.kept.throw_away()

    def _write(self, title: str, name: str, write: Write) -> None:
        folder = str(self.memory.value("counter/folder") or "") if self.memory is not None else ""
        chosen, _ = QFileDialog.getSaveFileName(self._desk, title, str(Path(folder) / name), "PDF (*.pdf)")
        if not chosen:
            return
        file = Path(chosen if chosen.lower().endswith(".pdf") else f"{chosen}.pdf")
        if self.memory is not None:
            self.memory.setValue("counter/folder", str(file.parent))
        self._run(write, file)

    def _run(self, write: Write, file: Path) -> None:
        failed = partial(self._on_unwritten, write, file)
        done = partial(self._open, file)
        self._jobs.run(partial(write, file), done=done, refused=failed, failed=failed, lane=Lane.BACKGROUND)

    def _on_unwritten(self, write: Write, file: Path, error: TabletLoansError) -> None:
        self.failed.emit(error, partial(self._run, write, file))

    def _open(self, file: Path, _made: object) -> None:
        self.said.emit(tr("Written: {file}").format(file=file.name))
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))

    def _send(self, asked: "_Asked", file: Path, _made: object) -> None:
        done, failed = partial(self._on_printed, file), partial(self._on_failed, asked, file)
        if asked.is_receipt:
            self._ready_label_printer().print_pdf(file, done=done, failed=failed, has_two_sides=False)
        else:
            self._ready_printer().print_pdf(file, done=done, failed=failed)

    def _ready_label_printer(self) -> "Printer":
        from ui.printing import Printer

        if self.label_printer is None:
            self.label_printer = Printer(self)  # not the one of agreements, which is remembered as such
            self.label_printer.use(receipt_choice(self.memory).printer)
        return self.label_printer

    def _ready_printer(self) -> "Printer":
        from ui.printing import Printer

        if self.printer is None:
            self.printer = Printer(self, self.memory)
        return self.printer

    def _on_unmade(self, file: Path, refusal: Refusal) -> None:
        """A loan undone in the meantime needs no agreement; any other refusal is said."""
        _remove(file)
        if not isinstance(refusal, LoanNotOpen):
            self.failed.emit(refusal, None)
        self._end_one()

    def _on_printed(self, file: Path, _printed: object) -> None:
        _remove(file)
        self._end_one()

    def _on_failed(self, asked: "_Asked", file: Path, trouble: TabletLoansError) -> None:
        """Keep what was asked to ask again, and the file only where the person is told to print it."""
        if not isinstance(trouble, NoPrinter):
            _remove(file)
        self._waiting.append(asked)
        self.unprinted.emit(len(self._waiting))
        choose = self.choose_labels if asked.is_receipt else self.choose_printer
        self.failed.emit(trouble, choose if isinstance(trouble, NoPrinter) else self.print_again)
        self._end_one()

    def _end_one(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self.ended.emit()


def _remove(file: Path) -> None:
    with suppress(OSError):  # another program looks into it: it goes with its folder
        file.unlink(missing_ok=True)
