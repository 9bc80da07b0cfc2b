"""Agreements being printed, in a process apart: one order at a time, a strip that stops it, a paper at its end."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, Signal

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.oversight import EVERYTHING, Part
from tablet_loans.services import agreeing, apart, batching, overseeing
from tablet_loans.services.agreeing import PrintedAgreements
from tablet_loans.services.apart import Work as Errand
from tablet_loans.services.batching import PrintedBatch
from tablet_loans.services.drafting import How
from tablet_loans.services.listing import PrintedLists
from tablet_loans.services.session import Receipt, Session, Topic
from tablet_loans.text import tr, trn
from ui import words
from ui.jobs import Jobs, Lane
from ui.kept_papers import KeptPapers, sweep
from ui.parting import Parting
from ui.widgets.apart_work import ApartWork, open_file

_AS_USUAL: Final = How()


@dataclass(frozen=True, slots=True)
class PrintOrder:
    """What is printed, and how: beforehand or for loans, which of them; blank forms where `blank` says how many.

    With a folder, one file a school.
    """

    campaign: str
    name: str
    is_beforehand: bool = False
    part: Part = EVERYTHING
    class_name: str | None = None
    loans: tuple[str, ...] = ()
    blank: int | None = None
    how: How = _AS_USUAL
    folder: Path | None = None


class AgreementWork(ApartWork):
    """One thing at a time; `printed` gives the paper and its name, `attached` whose agreement a scan was kept with."""

    printed = Signal(object, str)
    attached = Signal(object)

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(session, jobs, parent)
        self.kept = KeptPapers()
        self._papers = count(1)
        jobs.run(sweep, lane=Lane.BACKGROUND)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.kept.throw_away)

    def is_writing(self) -> bool:
        """Say whether papers are being written, which closing the window would stop."""
        return self.is_busy()

    def stop_writing(self) -> None:
        """Write no more papers, unless it is decided already."""
        self._apart.stop()

    def parting_words(self) -> Parting:
        """Return what leaving does to the papers that are being written."""
        sentence = tr("If you leave, they stop there: ask for the same again to go on.")
        return Parting(tr("Papers are still being written"), sentence, tr("Stop and leave"))

    def print_order(self, order: PrintOrder) -> None:
        """Print what was ordered, into one paper or into the folder."""
        if order.folder is not None:
            self._stopped = tr("Stopped: the schools that are done stay. Ask for the same again to go on.")
            work = _batch(order, order.folder)
            self._begin(tr("Printing into {folder}").format(folder=order.folder.name), work, self._on_batch)
            return
        # Forms keep their place: numbers reserved for a printing that was stopped are taken when it is asked again.
        place = f"blank-{order.blank}" if order.blank is not None else f"agreements-{next(self._papers)}"
        out = self.kept.place(f"{place}.pdf")
        self._stopped = tr("Stopped: nothing was printed.")
        self._begin(tr("Printing the agreements"), _one(order, out), partial(self._on_printed, out, order.name))

    def print_list(self, name: str, write: Callable[..., PrintedLists], **chosen: object) -> None:
        """Write a list of the campaign's into one paper; `write` is the service, `chosen` of what."""
        out = self.kept.place(f"list-{next(self._papers)}.pdf")
        self._stopped = tr("Stopped: nothing was printed.")
        said = tr("Writing {file}").format(file=name)
        self._begin(said, partial(write, out=out, **chosen), partial(self._on_listed, out, name))

    def attach(self, loan: str, file: Path) -> None:
        """Keep the scan of a signed agreement with its loan."""
        call = partial(overseeing.sign_with_scan, number=loan, path=file)
        self._stopped = tr("Stopped: nothing was changed.")
        said = tr("Reading {file}").format(file=file.name)
        self._begin(said, partial(apart.unmetered, call), self.attached.emit)

    def _on_stopped(self) -> None:
        self._tell_changed()
        super()._on_stopped()

    def _on_failed(self, error: TabletLoansError) -> None:
        self._tell_changed()
        super()._on_failed(error)

    def _on_printed(self, out: Path, name: str, receipt: Receipt[PrintedAgreements]) -> None:
        printed = receipt.value
        said = trn("{count} agreement on {pages} pages", "{count} agreements on {pages} pages", printed.agreements)
        self.banner.tell(
            said.format(count=words.number(printed.agreements), pages=words.number(printed.pages)),
            partial(self.printed.emit, out, name), tr("Show it"),
        )  # fmt: skip
        self.printed.emit(out, name)

    def _on_listed(self, out: Path, name: str, printed: PrintedLists) -> None:
        said = trn("{count} page written", "{count} pages written", printed.pages)
        show = partial(self.printed.emit, out, name)
        self.banner.tell(said.format(count=words.number(printed.pages)), show, tr("Show it"))
        show()

    def _on_batch(self, batch: PrintedBatch) -> None:
        self._tell_changed()
        said = trn("{count} agreement in {files} files", "{count} agreements in {files} files", batch.agreements)
        sentence = said.format(count=words.number(batch.agreements), files=words.number(batch.files))
        before = trn("{count} was there already", "{count} were there already", batch.resumed)
        self.banner.tell(
            words.joined(sentence, before.format(count=words.number(batch.resumed)) if batch.resumed else ""),
            partial(open_file, Path(batch.folder)), tr("Open the folder"),
        )  # fmt: skip

    def _tell_changed(self) -> None:
        """Have the counts read again: what was printed before the end is printed."""
        self._jobs.changed.emit(frozenset({Topic.AGREEMENTS}))


def _batch(order: PrintOrder, folder: Path) -> Errand[PrintedBatch]:
    if order.is_beforehand:
        return partial(
            batching.print_sheets, folder=folder, campaign=order.campaign, is_promised=True, part=order.part,
            how=order.how,
        )  # fmt: skip
    chosen = LoanFilter(campaign=order.campaign)
    return partial(batching.print_loans, chosen=chosen, folder=folder, part=order.part, how=order.how)


def _one(order: PrintOrder, out: Path) -> Errand[Receipt[PrintedAgreements]]:
    if order.blank is not None:
        return partial(batching.print_spare, count=order.blank, out=out, campaign=order.campaign, how=order.how)
    if order.is_beforehand:
        return partial(
            agreeing.print_sheets, campaign=order.campaign, class_name=order.class_name, is_promised=True, out=out,
            part=order.part, how=order.how,
        )  # fmt: skip
    chosen = LoanFilter(campaign=order.campaign, class_name=order.class_name, numbers=order.loans)
    return partial(agreeing.print_agreements, chosen=chosen, out=out, part=order.part, how=order.how)
