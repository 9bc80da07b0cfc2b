"""What is under way with many devices, and what came of it: a strip that can be stopped, a banner that undoes."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.device import DeviceChange, DeviceFilter, DeviceId
from tablet_loans.domain.paging import Sort
from tablet_loans.services import changing, stocking
from tablet_loans.services.changing import Changed, TakenBack
from tablet_loans.services.reporting import Export
from tablet_loans.services.session import Progress, Session
from tablet_loans.text import tr, trn
from ui import words
from ui.jobs import Jobs
from ui.widgets.room_work import RoomWork


class StockWork(RoomWork):
    """One change, undoing or export at a time, in the background; the screen, which shows both, goes on."""

    def __init__(self, session: Session, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(session, jobs, parent)
        self._is_busy = self._is_stopped = False

    def is_busy(self) -> bool:
        return self._is_busy

    def change(self, ids: Sequence[DeviceId], wanted: DeviceChange) -> None:
        """Change these devices; what is done can be undone from the banner."""
        said = trn("Changing {count} device", "Changing {count} devices", len(ids))
        call = partial(changing.change, self._session, ids, wanted, self._progress())
        self._begin(said.format(count=words.number(len(ids))), call, self._on_changed, can_stop=True)

    def export(self, chosen: DeviceFilter, sort: Sort, path: Path) -> None:
        """Write the list, as it is filtered and sorted, into a file."""
        call = partial(stocking.export, self._session, chosen, sort, path)
        self._begin(tr("Writing {file}").format(file=path.name), call, self._on_exported)

    def _undo(self, ledger_ids: Sequence[LedgerId]) -> None:
        call = partial(changing.undo, self._session, ledger_ids, self._progress())
        self._begin(tr("Undoing the change"), call, self._on_taken_back)

    def _progress(self) -> Progress:
        return Progress(self.strip.reported.emit, lambda: self._is_stopped)

    def _begin(
        self, sentence: str, call: Callable[[], Any], done: Callable[[Any], object], *, can_stop: bool = False
    ) -> None:
        self._is_busy, self._is_stopped = True, False
        self._show(sentence, can_stop=can_stop)
        self._in_background(call, done, self._on_failed)

    def _stop(self) -> None:
        self._is_stopped = True

    def _end(self) -> None:
        self._is_busy = False
        super()._end()

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
