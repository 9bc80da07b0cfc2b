"""What the counter is asked, each in its turn: none is lost, the order is kept, trouble holds, a bug drops one."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from tablet_loans.domain.errors import Refusal, Trouble
from tablet_loans.domain.pupil import PupilRow
from tablet_loans.domain.trouble import AnswerLost, ProgramFault
from ui.jobs import Jobs

Step = Callable[[], Any]  # at the counter, an Outcome


@dataclass(frozen=True, eq=False, slots=True)
class Asked:
    """What is asked: the step it makes in its turn, None when nothing is left to do; what names it in the list."""

    step: Callable[[], Step | None]
    code: str = ""
    pupil: PupilRow | None = None


class Turns(QObject):
    """One act at a time, each knowing what the one before left."""

    answered = Signal(object)  # what the step answers: at the counter, an Outcome
    refused = Signal(object)  # a Refusal
    broken = Signal(object)  # the Asked that a bug stopped; it is not done again
    held = Signal(object, bool)  # a Trouble, and whether what met it is done again
    settled = Signal()

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._asked: deque[Asked] = deque()
        self._doing: Asked | None = None
        self._kept: Asked | None = None
        self._is_held = False

    def take(self, asked: Asked) -> None:
        """Do this after all that was asked before."""
        self._asked.append(asked)
        self.go_on()

    def go_on(self) -> None:
        """Do what is next, unless something is under way or held."""
        while self._asked and self._doing is None and not self._is_held:
            asked = self._asked.popleft()
            if (call := asked.step()) is not None:
                self._doing = asked
                self._jobs.run(call, done=self._on_answered, refused=self._on_refused, failed=self._on_trouble)
        if self._doing is None:
            self.settled.emit()

    def try_again(self) -> None:
        """Do again what met trouble, then the others."""
        if self._kept is not None:
            self._asked.appendleft(self._kept)
        self._kept, self._is_held = None, False
        self.go_on()

    def leave_aside(self) -> None:
        """Forget what met trouble, and go on with the others."""
        self._kept = None
        self.try_again()

    def is_quiet(self) -> bool:
        """Say whether all that was asked is answered."""
        return self._doing is None and self._kept is None and not self._asked

    def is_held(self) -> bool:
        """Say whether trouble holds all that is asked."""
        return self._is_held

    def unanswered(self) -> int:
        """Return how many acts have no answer yet, or met trouble."""
        return sum(1 for asked in (self._doing, self._kept, *self._asked) if asked and (asked.code or asked.pupil))

    def _on_answered(self, outcome: object) -> None:
        self._doing = None
        try:
            self.answered.emit(outcome)
        finally:
            self.go_on()

    def _on_refused(self, refusal: Refusal) -> None:
        self._doing = None
        self.refused.emit(refusal)
        self.go_on()

    def _on_trouble(self, trouble: Trouble) -> None:
        """Hold what was asked; what a bug stopped, or what may already be written, is not done again."""
        asked, self._doing = self._doing, None
        if isinstance(trouble, ProgramFault):
            self.broken.emit(asked)
            self.go_on()
            return
        self._is_held = True
        self._kept = None if isinstance(trouble, AnswerLost) else asked
        self.held.emit(trouble, self._kept is not None)
        self.settled.emit()
