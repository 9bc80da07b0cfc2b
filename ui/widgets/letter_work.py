"""What is done with letters and takes its time: one paper or a folder of mails apart, mails at their server's pace."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.letter import LetterChoice, LetterKind, WrittenLetters
from tablet_loans.services import mail_connecting, mail_drafting, mailing, writing
from tablet_loans.services.apart import Work as Errand
from tablet_loans.services.mail_drafting import How, WrittenMails
from tablet_loans.services.mailing import MailRun
from tablet_loans.services.session import Cancelled, Progress, Receipt, Session, Topic
from tablet_loans.text import tr
from ui.apart import Apart
from ui.jobs import Jobs, Lane
from ui.kept_papers import KeptPapers, sweep
from ui.widgets.work import Work


@dataclass(frozen=True, slots=True)
class LetterOrder:
    """Which letters: their kind, about which loans, in which language."""

    kind: LetterKind
    chosen: LetterChoice
    language: str


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a dry run says of an order, and whether the password of the mail server must be asked for."""

    order: LetterOrder
    how: How
    run: MailRun
    needs_password: bool


class LetterWork(QObject):
    """One piece of work at a time; its strip stands in the window and tells how far it is."""

    printed = Signal(object, object)  # the paper, what is in it
    filed = Signal(object)
    rehearsed = Signal(object)
    sent = Signal(object)
    stopped = Signal(str)
    failed = Signal(object)
    busied = Signal()

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self.strip, self.kept = Work(), KeptPapers()
        self._papers = count(1)
        self._stop: Event | None = None
        self._then: Callable[[Any], object] = lambda _answer: None
        self._apart = Apart(session, jobs, self)
        self.strip.stopped.connect(self.stop)
        self._apart.reported.connect(self.strip.reported)
        self._apart.done.connect(self._on_apart)
        self._apart.failed.connect(self._on_failed)
        self._apart.stopped.connect(lambda: self._on_stopped(tr("Stopped: nothing was written.")))
        jobs.run(sweep, lane=Lane.BACKGROUND)
        if (application := QCoreApplication.instance()) is not None:
            application.aboutToQuit.connect(lambda kept=self.kept: kept.throw_away())  # it outlives this window
            application.aboutToQuit.connect(self.stop)

    def is_busy(self) -> bool:
        """Say whether something is under way."""
        return self._apart.is_busy() or self._stop is not None

    def is_sending(self) -> bool:
        """Say whether mails are leaving."""
        return self._stop is not None

    def stop(self) -> None:
        """Ask what is under way to stop; what was sent stays sent."""
        if not self.is_busy():
            return
        self._apart.stop()
        if self._stop is not None:
            self._stop.set()
        self.strip.begin(tr("Stopping…"), can_stop=False)

    def print_letters(self, order: LetterOrder) -> None:
        """Write the letters into one paper, and note them as printed."""
        out = self.kept.place(f"letters-{next(self._papers)}.pdf")
        work: Errand[Receipt[WrittenLetters]] = partial(
            writing.write_letters, kind=order.kind, chosen=order.chosen, out=out, language=order.language
        )
        self._begin(tr("Writing the letters"), work, partial(self._on_printed, out))

    def write_files(self, order: LetterOrder, how: How, folder: Path) -> None:
        """Write the letters as mails into a folder."""
        work: Errand[Receipt[WrittenMails]] = partial(
            mail_drafting.write_files, kind=order.kind, chosen=order.chosen, out=folder, how=how
        )
        self._begin(tr("Writing the mails"), work, lambda receipt: self.filed.emit(receipt.value))

    def rehearse(self, order: LetterOrder, how: How) -> None:
        """Find out what would become of the mails; nothing leaves."""
        call = partial(_rehearsed, self._session, order, replace(how, is_dry_run=True))
        failed = self._on_not_rehearsed
        self._jobs.run(call, done=self._on_rehearsed, refused=failed, failed=failed, lane=Lane.MAILS)

    def send(self, order: LetterOrder, how: How, password: str) -> None:
        """Send the mails at the pace asked for; the counter and the other rooms go on."""
        if self.is_busy():
            return
        self._stop = stop = Event()
        self.strip.begin(tr("Sending the mails"))
        call = partial(_sent, self._session, order, how, password, Progress(self._report, stop.is_set))
        self._jobs.run(call, done=self._on_sent, refused=self._on_failed, failed=self._on_failed, lane=Lane.MAILS)
        self.busied.emit()

    def _begin(self, sentence: str, work: Errand[Any], then: Callable[[Any], object]) -> None:
        if self.is_busy():
            return
        self._then = then
        self.strip.begin(sentence)
        self._apart.begin(work)
        self.busied.emit()

    def _report(self, done: int, total: int) -> None:
        with suppress(RuntimeError):  # the window went away in the meantime
            self.strip.reported.emit(done, total)

    def _end(self) -> None:
        self._stop = None
        self.strip.end()
        self.busied.emit()

    def _on_apart(self, answer: object) -> None:
        self._end()
        self._then(answer)

    def _on_rehearsed(self, told: Rehearsed) -> None:
        self.rehearsed.emit(told)

    def _on_not_rehearsed(self, error: TabletLoansError) -> None:
        self.failed.emit(error)

    def _on_printed(self, out: Path, receipt: Receipt[WrittenLetters]) -> None:
        self.printed.emit(out, receipt.value)

    def _on_sent(self, answer: Receipt[MailRun] | None) -> None:
        self._end()
        if answer is None:
            self._on_stopped(tr("Stopped: what was sent is in the journal. Ask again to go on: nobody gets it twice."))
        else:
            self.sent.emit(answer.value)

    def _on_stopped(self, said: str) -> None:
        self._end()
        self._tell_changed()
        self.stopped.emit(said)

    def _on_failed(self, error: TabletLoansError) -> None:
        self._end()
        self._tell_changed()
        self.failed.emit(error)

    def _tell_changed(self) -> None:
        """Have lists read again: what was sent before the end is sent."""
        self._jobs.changed.emit(frozenset({Topic.LOANS}))


def _rehearsed(session: Session, order: LetterOrder, how: How) -> Rehearsed:
    server = mail_connecting.server(session)
    run = mailing.send(session, order.kind, order.chosen, how, str).value
    is_asked = bool(server.user) and not mail_connecting.password(session, server, str)
    return Rehearsed(order, replace(how, is_dry_run=False), run, is_asked)


def _sent(session: Session, order: LetterOrder, how: How, password: str, progress: Progress) -> Receipt[MailRun] | None:
    """Return what became of the mails, None when it was stopped."""
    try:
        return mailing.send(session, order.kind, order.chosen, how, lambda: password, progress=progress)
    except Cancelled:
        return None
