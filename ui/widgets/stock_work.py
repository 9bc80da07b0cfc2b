"""What is under way with many devices, and what came of it: a strip that can be stopped, a banner that undoes."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLabel

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.device import DeviceChange, DeviceFilter, DeviceId
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.paging import Sort
from tablet_loans.services import changing, stocking
from tablet_loans.services.changing import Changed, TakenBack
from tablet_loans.services.reporting import Export
from tablet_loans.services.session import Progress, Session
from tablet_loans.text import tr, trn
from ui import words
from ui.jobs import Jobs, Lane
from ui.widgets.banner import Banner
from ui.widgets.work import Work


class StockWork(QObject):
    """One change, undoing or export at a time, in the background; the screen, which shows both, goes on."""

    def __init__(self, session: Session, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self._is_busy = self._is_stopped = False
        self.strip, self.banner = Work(), Banner()
        self.strip.stopped.connect(self._on_stop)
        for label in self.strip.findChildren(QLabel):  # a file's name is shown letter for letter
            label.setTextFormat(Qt.TextFormat.PlainText)

    def is_busy(self) -> bool:
        """Say whether something is under way."""
        return self._is_busy

    def change(self, ids: Sequence[DeviceId], wanted: DeviceChange) -> None:
        """Change these devices; what is done can be undone from the banner."""
        said = trn("Changing {count} device", "Changing {count} devices", len(ids))
        self._begin(said.format(count=words.number(len(ids))))
        call = partial(changing.change, self._session, ids, wanted, self._progress())
        self._jobs.run(
            call, done=self._on_changed, refused=self._on_failed, failed=self._on_failed, lane=Lane.BACKGROUND
        )

    def export(self, chosen: DeviceFilter, sort: Sort, path: Path) -> None:
        """Write the list, as it is filtered and sorted, into a file."""
        self._begin(tr("Writing {file}").format(file=path.name), can_stop=False)
        self._jobs.run(
            partial(stocking.export, self._session, chosen, sort, path),
            done=self._on_exported,
            refused=self._on_failed,
            failed=self._on_failed,
            lane=Lane.BACKGROUND,
        )

    def _undo(self, ledger_ids: Sequence[LedgerId]) -> None:
        self._begin(tr("Undoing the change"), can_stop=False)
        self._jobs.run(
            partial(changing.undo, self._session, ledger_ids, self._progress()),
            done=self._on_taken_back,
            refused=self._on_failed,
            failed=self._on_failed,
            lane=Lane.BACKGROUND,
        )

    def _progress(self) -> Progress:
        self._is_stopped = False
        return Progress(self.strip.reported.emit, lambda: self._is_stopped)

    def _begin(self, sentence: str, *, can_stop: bool = True) -> None:
        self._is_busy = True
        self.banner.fall_silent()
        self.strip.begin(sentence, can_stop=can_stop)

    def _end(self) -> None:
        self._is_busy = False
        self.strip.end()

    def _on_stop(self) -> None:
        if self._is_busy:
            self._is_stopped = True
            self.strip.begin(tr("Stopping…"), can_stop=False)

    def _on_changed(self, changed: Changed) -> None:
        self._end()
        said = [trn("{count} device changed", "{count} devices changed", changed.count)]
        if changed.left_out:
            left_out = trn(
                "{count} left out: it changed meanwhile", "{count} left out: they changed meanwhile", changed.left_out
            )
            said.append(left_out.format(count=words.number(changed.left_out)))
        if changed.is_stopped:
            said.append(tr("stopped before the end"))
        sentence = " · ".join([said[0].format(count=words.number(changed.count)), *said[1:]])
        ledger_ids = [receipt.ledger_id for receipt in changed.receipts]
        self.banner.tell(sentence, partial(self._undo, ledger_ids) if ledger_ids else None, tr("Undo"))

    def _on_taken_back(self, taken_back: TakenBack) -> None:
        self._end()
        if taken_back.refusals:
            self.banner.say(taken_back.refusals[0])
        else:
            self.banner.tell(tr("The change is undone."))

    def _on_exported(self, export: Export) -> None:
        self._end()
        said = trn("{count} device written to {file}", "{count} devices written to {file}", export.rows)
        self.banner.tell(said.format(count=words.number(export.rows), file=export.file))

    def _on_failed(self, error: TabletLoansError) -> None:
        self._end()
        self.banner.say(error)
