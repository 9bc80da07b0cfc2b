"""Signed agreements that come back: each scan in its turn, its answer on the big line, the last ones taken back."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.barcode import CodeKind, Command, command_in, readings
from tablet_loans.domain.errors import NothingToUndo, Refusal, Trouble
from tablet_loans.domain.oversight import PaperFate, SignedPaper
from tablet_loans.services import overseeing
from tablet_loans.services.session import Receipt, Session
from tablet_loans.text import tr
from ui import words
from ui.jobs import Jobs
from ui.sounds import Sound
from ui.turns import Asked, Turns
from ui.widgets import agreement_words
from ui.widgets.happening import Happening
from ui.widgets.outcome_words import Said

Call = Callable[[], Receipt[SignedPaper]]


class AgreementSigning(QObject):
    """One agreement after the other; the card tells what happened, `held` that trouble makes the others wait."""

    heard = Signal(object)  # the Sound of what happened
    held = Signal(object, bool)  # a Trouble, and whether what met it is done again
    settled = Signal()

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.turns, self.card = Turns(jobs, self), Happening()
        self.card.say(agreement_words.invitation())
        self._acts: list[tuple[LedgerId, str]] = []
        self._code, self._is_undoing = "", False
        self.turns.answered.connect(self._on_answered)
        self.turns.refused.connect(self._on_refused)
        self.turns.held.connect(self._on_held)
        self.turns.broken.connect(self._on_broken)
        self.turns.settled.connect(self.settled)

    def take_scan(self, raw: str) -> None:
        """Close the agreement whose code was scanned, or obey a command code."""
        code = raw.strip()
        self.turns.take(Asked(partial(self._reading, code), code))

    def sign(self, loans: Sequence[str]) -> None:
        """Keep that the agreements of these loans were seen signed."""
        for loan in loans:
            call = partial(overseeing.sign_seen, self._session, loan)
            self.turns.take(Asked(partial(self._doing, loan, call), loan))

    def show(self, receipt: Receipt[SignedPaper]) -> None:
        """Show what was signed apart from a scan; it can be taken back as the others."""
        self._is_undoing = False
        self._on_answered(receipt)

    def tell_double(self) -> None:
        """Say that a code was read twice: the second reading was ignored."""
        said, told = self.card.said, tr("Read twice, ignored")
        if not said.line.endswith(told):
            self.card.say(replace(said, line=words.joined(said.line, told)))

    def undo(self) -> None:
        """Take back the last agreement that was closed here."""
        self.turns.take(Asked(self._undoing, tr("Undo the last one")))

    def _reading(self, code: str) -> Call | None:
        for reading in readings(code):
            if reading.kind is CodeKind.COMMAND and command_in(reading.code) is Command.UNDO:
                return self._undoing()
        return self._doing(code, partial(overseeing.sign_scanned, self._session, code))

    def _doing(self, code: str, call: Call) -> Call:
        self._code, self._is_undoing = code, False
        return call

    def _undoing(self) -> Call | None:
        if not self._acts:
            self._refuse(NothingToUndo())
            return None
        line, loan = self._acts[-1]
        self._code, self._is_undoing = loan, True
        return partial(overseeing.take_back, self._session, line, loan)

    def _on_answered(self, receipt: Receipt[SignedPaper]) -> None:
        paper = receipt.value
        if self._is_undoing:
            self._acts.pop()
        elif paper.fate is PaperFate.SIGNED and receipt.ledger_id:
            self._acts.append((receipt.ledger_id, paper.loan))
        self._say(agreement_words.said_of(paper), agreement_words.SOUNDS[paper.fate])

    def _on_refused(self, refusal: Refusal) -> None:
        if self._is_undoing:
            self._acts.pop()  # what others undid or built on is not tried again
        self._refuse(refusal)

    def _refuse(self, refusal: Refusal) -> None:
        self._say(agreement_words.refused(refusal, self._code), Sound.REFUSED)

    def _on_held(self, trouble: Trouble, is_kept: bool) -> None:
        self._say(agreement_words.waiting(self._code), Sound.REFUSED)
        self.held.emit(trouble, is_kept)

    def _on_broken(self, asked: Asked) -> None:
        self._say(agreement_words.broken(asked.code), Sound.REFUSED)

    def _say(self, said: Said, sound: Sound) -> None:
        self.card.say(said)
        self.heard.emit(sound)
