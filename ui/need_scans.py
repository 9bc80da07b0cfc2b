"""What a scanner reads over a class list: cards that name a pupil, codes that answer for her or him."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from tablet_loans.domain.answer_code import answer_in
from tablet_loans.domain.barcode import CodeKind, pupil_on_card, readings
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.pupil import PupilId, PupilRow
from tablet_loans.services import consulting
from tablet_loans.services.consulting import PupilFile
from tablet_loans.services.session import Session
from ui.jobs import Jobs


class NeedScans(QObject):
    """Scans in their order: what follows a card waits until it is known whom the card names.

    `listed` names a pupil of the list, `elsewhere` one who is not in it; `answered` gives an answer or a mark.
    """

    listed = Signal(int)
    elsewhere = Signal(object)
    answered = Signal(object)
    refused = Signal(object)

    def __init__(self, session: Session, jobs: Jobs, is_listed: Callable[[int], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._is_listed = session, jobs, is_listed
        self._early: list[str] | None = None

    def take(self, raw: str) -> None:
        """Take one scan."""
        if self._early is not None:
            self._early.append(raw)
        elif (said := answer_in(raw)) is not None:
            self.answered.emit(said)
        elif (pupil_id := _on_card(raw)) is not None and self._is_listed(pupil_id):
            self.listed.emit(pupil_id)
        else:
            self._early = []
            self._jobs.run(
                partial(consulting.scanned, self._session, raw),
                done=self._on_named,
                refused=self._on_refused,
                failed=self._on_refused,
            )

    def go_on(self) -> None:
        """Take what was scanned while the pupil was sought."""
        early, self._early = self._early or [], None
        for raw in early:
            self.take(raw)

    def give_up(self) -> None:
        """Forget what was scanned after a card that names nobody here: it answers for nobody."""
        self._early = None

    def _on_named(self, file: PupilFile) -> None:
        row: PupilRow = file.record.row
        if self._is_listed(row.id):
            self.listed.emit(row.id)
            self.go_on()
        else:
            self.elsewhere.emit(row)

    def _on_refused(self, error: TabletLoansError) -> None:
        self.give_up()
        self.refused.emit(error)


def _on_card(raw: str) -> PupilId | None:
    """Return the pupil of a card's code, or None."""
    codes = (each.code for each in readings(raw) if each.kind is CodeKind.PUPIL)
    return next((pupil_id for code in codes if (pupil_id := pupil_on_card(code)) is not None), None)
