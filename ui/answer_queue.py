"""Answers on their way into the base: shown at once, kept in the order of the keys, put back when they are refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.need import MOST_AT_ONCE, Answer, NeedRow, Told
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import asking, undoing
from tablet_loans.services.session import Receipt, Session
from ui.jobs import Jobs

_REMEMBERED: Final = 200


class Stage(StrEnum):
    """How far a pupil's answer has come."""

    KEPT = "kept"
    WAITING = "waiting"
    HELD = "held"
    REFUSED = "refused"


@dataclass(eq=False, slots=True)
class Given:
    """One act: the rows as they were, the answers given to them, and its ledger line once it is kept."""

    campaign: str
    before: tuple[NeedRow, ...]
    answers: tuple[Answer, ...]
    told: Told
    stage: Stage = Stage.WAITING
    ledger_id: LedgerId | None = None
    is_taken_back: bool = False


class AnswerQueue(QObject):
    """The queue of answers; `shown` tells how a pupil's row stands now, `kept` that one more act is in the base."""

    shown = Signal(object, object)
    kept = Signal()
    refused = Signal(object)
    failed = Signal(object)
    settled = Signal()

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self._acts: list[Given] = []

    def give(self, campaign: str, rows: Sequence[NeedRow], answers: Sequence[Answer], told: Told) -> None:
        """Record answers as one act; the rows show them at once."""
        act = Given(campaign, tuple(rows), tuple(answers), told)
        self._acts.append(act)
        for row, answer in zip(act.before, act.answers, strict=True):
            self.shown.emit(replace(row, answer=answer, told=told, to_confirm=False), Stage.WAITING)
        self._send(act)

    def confirm(self, campaign: str, rows: Sequence[NeedRow], told: Told) -> int:
        """Record again, as told now, the answers that are to be confirmed, and return how many those are."""
        given = [(row, row.answer) for row in rows if row.to_confirm and row.answer is not None]
        for start in range(0, len(given), MOST_AT_ONCE):
            some = given[start : start + MOST_AT_ONCE]
            self.give(campaign, [row for row, _ in some], [answer for _, answer in some], told)
        return len(given)

    def undo(self) -> tuple[PupilId, ...]:
        """Take back the last act that stands, and return whom it concerned; nobody where there was none."""
        act = next((each for each in reversed(self._acts) if not each.is_taken_back), None)
        if act is None:
            return ()
        act.is_taken_back = True
        if act.stage is Stage.HELD:
            self._put_back(act)
        elif act.ledger_id is not None:
            self._take_back(act)
        return tuple(row.pupil_id for row in act.before)

    def try_again(self) -> None:
        """Send what met trouble, in the order of the keys."""
        for act in [each for each in self._acts if each.stage is Stage.HELD]:
            act.stage = Stage.WAITING
            for row in act.before:
                self._tell(row.pupil_id)
            self._send(act)

    def unanswered(self) -> int:
        """Return how many acts wait for their answer, or for the person to try again."""
        return sum(act.stage in (Stage.WAITING, Stage.HELD) for act in self._acts)

    def is_held(self) -> bool:
        """Say whether an act waits for the person to try again."""
        return any(act.stage is Stage.HELD for act in self._acts)

    def is_waiting(self, pupil_id: int) -> bool:
        """Say whether an answer of this pupil is on its way."""
        return self._last(pupil_id) is not None

    def _send(self, act: Given) -> None:
        ids = [row.pupil_id for row in act.before]
        call: Callable[[], object]
        if len(ids) == 1:
            call = partial(
                asking.set_answer, self._session, campaign=act.campaign, pupil=str(ids[0]), answer=act.answers[0],
                told=act.told,
            )  # fmt: skip
        else:
            pairs = list(zip(ids, act.answers, strict=True))
            call = partial(asking.set_answers, self._session, campaign=act.campaign, answers=pairs, told=act.told)
        self._jobs.run(
            call, done=partial(self._on_kept, act), refused=partial(self._on_refused, act),
            failed=partial(self._on_failed, act),
        )  # fmt: skip

    def _on_kept(self, act: Given, receipt: Receipt[object]) -> None:
        act.stage, act.ledger_id = Stage.KEPT, receipt.ledger_id
        for row in act.before:
            self._tell(row.pupil_id, act)
        if not receipt.ledger_id:  # it was known already: there is nothing to take back
            self._acts.remove(act)
        elif act.is_taken_back:
            self._take_back(act)
        del self._acts[:-_REMEMBERED]
        self.kept.emit()
        self._say_settled()

    def _on_refused(self, act: Given, refusal: TabletLoansError) -> None:
        self._put_back(act)
        self.refused.emit(refusal)

    def _put_back(self, act: Given) -> None:
        act.stage = Stage.REFUSED
        self._acts.remove(act)
        for row in act.before:
            if not self.is_waiting(row.pupil_id):
                self.shown.emit(row, Stage.REFUSED)
        self._say_settled()

    def _on_failed(self, act: Given, trouble: TabletLoansError) -> None:
        act.stage = Stage.HELD
        for row in act.before:
            self._tell(row.pupil_id)
        self.failed.emit(trouble)
        self._say_settled()

    def _take_back(self, act: Given) -> None:
        assert act.ledger_id is not None  # noqa: S101 - both callers looked
        self._jobs.run(
            partial(undoing.undo, self._session, act.ledger_id),
            done=partial(self._on_taken_back, act),
            refused=partial(self._on_not_taken_back, act),
            failed=partial(self._on_not_taken_back, act),
        )

    def _on_taken_back(self, act: Given, _receipt: object) -> None:
        self._acts.remove(act)
        for row in act.before:
            if not self.is_waiting(row.pupil_id):
                self.shown.emit(row, Stage.KEPT)
        self.kept.emit()

    def _on_not_taken_back(self, act: Given, error: TabletLoansError) -> None:
        act.is_taken_back = False
        self.refused.emit(error)

    def _tell(self, pupil_id: int, kept: Given | None = None) -> None:
        """Say how the pupil's row stands: as the last act that waits says, else as the one just kept does."""
        act = self._last(pupil_id) or kept
        if act is not None:
            row, answer = next(
                each for each in zip(act.before, act.answers, strict=True) if each[0].pupil_id == pupil_id
            )
            self.shown.emit(replace(row, answer=answer, told=act.told, to_confirm=False), act.stage)

    def _last(self, pupil_id: int) -> Given | None:
        waiting = (Stage.WAITING, Stage.HELD)
        return next(
            (
                act
                for act in reversed(self._acts)
                if act.stage in waiting and any(row.pupil_id == pupil_id for row in act.before)
            ),
            None,
        )

    def _say_settled(self) -> None:
        if not any(act.stage is Stage.WAITING for act in self._acts):
            self.settled.emit()
