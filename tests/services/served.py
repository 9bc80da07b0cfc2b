"""A counter without its window, for tests: scans and keys in, outcomes out."""

from dataclasses import dataclass, field, replace

from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.errors import (
    Refusal,
)
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import lending, serving
from tablet_loans.services.desk import IDLE, Desk, Did, Mode, Noted, Outcome, Pending
from tests.builders import CAMPAIGN, DUE, World


@dataclass
class Served:
    """A counter without its window: what is pending goes from one scan to the next."""

    world: World
    desk: Desk = field(default_factory=lambda: Desk(campaign=CAMPAIGN, due_on=DUE))
    pending: Pending = IDLE
    outcomes: list[Outcome] = field(default_factory=list)

    def scan(self, *texts: object) -> Outcome:
        """Scan these one after the other and return the last answer; a pupil's id is scanned as a card."""
        for text in texts:
            code = pupil_card(PupilId(text)) if isinstance(text, int) else str(text)
            self._hear(serving.answer(self.world.session, code, self.pending, self.desk, is_scanned=True))
        return self.outcomes[-1]

    def type(self, text: str) -> Outcome:
        """Type a text and Enter."""
        return self._hear(serving.answer(self.world.session, text, self.pending, self.desk))

    def note(self, noted: Noted) -> Outcome:
        """Say something of the last act."""
        return self._hear(serving.note(self.world.session, self.outcomes[-1], noted))

    def undo(self) -> Outcome:
        """Undo the last act."""
        return self._hear(serving.undo(self.world.session, self.outcomes[-1], self.pending))

    def turn(self, mode: Mode) -> None:
        """Go on in another mode."""
        self.desk, self.pending = replace(self.desk, mode=mode), IDLE

    def did(self) -> list[Did]:
        """Return what was done, scan after scan."""
        return [outcome.did for outcome in self.outcomes]

    def _hear(self, outcome: Outcome) -> Outcome:
        self.outcomes.append(outcome)
        self.pending = outcome.pending
        return outcome


def lent(world: World, tag: str, pupil: PupilId) -> str:
    return lending.check_out(world.session, code=tag, pupil_id=pupil).value.number


def refusal_of(outcome: Outcome) -> type[Refusal]:
    assert outcome.did is Did.REFUSED
    assert outcome.refusal is not None
    return type(outcome.refusal)
