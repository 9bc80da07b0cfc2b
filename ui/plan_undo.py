"""Taking back what was last decided in the allocation: a mark, a promise refused, rules saved; once each."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.errors import NothingToUndo, TabletLoansError
from tablet_loans.services import undoing
from tablet_loans.services.session import Receipt, Session
from ui.jobs import Jobs


class PlanUndo(QObject):
    """Remembers the last act decided here; `undone` once it is taken back, `failed` when it cannot be.

    Promises made here are taken back after a question: `asked` is for who asks it.
    """

    asked = Signal()
    undone = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self._last: LedgerId | None = None
        self._has_reserved = False

    def remember(self, receipt: Receipt[object]) -> bool:
        """Take in what was decided, and say whether there is something to take back."""
        self._last, self._has_reserved = receipt.ledger_id or None, False
        return self._last is not None

    def remember_promises(self) -> None:
        """Take in that a plan was applied here."""
        self._last, self._has_reserved = None, True

    def forget(self) -> None:
        """Have nothing to take back any more."""
        self._last, self._has_reserved = None, False

    def undo(self) -> None:
        """Take the last act back."""
        last, self._last = self._last, None
        if self._has_reserved:
            self.asked.emit()
        elif last is None:
            self.failed.emit(NothingToUndo())
        else:
            call = partial(undoing.undo, self._session, last)
            self._jobs.run(call, done=lambda _done: self.undone.emit(), refused=self._fail, failed=self._fail)

    def _fail(self, error: TabletLoansError) -> None:
        self.failed.emit(error)
