"""What is said of the tablet on the counter's card, by number keys, by command codes and by a name."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal

from tablet_loans.domain.barcode import Command, kit_item
from tablet_loans.domain.device import Condition
from tablet_loans.domain.loan import ReceivedBy
from tablet_loans.services import serving
from tablet_loans.services.desk import Desk, Did, Noted, Outcome
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui.turns import Step
from ui.widgets.number_keys import About, NumberKeys, keys_for

_CONDITIONS: Final = {
    Command.GOOD: Condition.GOOD,
    Command.WORN: Condition.WORN,
    Command.DAMAGED: Condition.DAMAGED,
}
_RECEIVERS: Final = {
    Command.PUPIL_RECEIVED: ReceivedBy.PUPIL,
    Command.GUARDIAN_RECEIVED: ReceivedBy.GUARDIAN,
    Command.OTHER_RECEIVED: ReceivedBy.OTHER,
}
_NOTED: Final = frozenset({Did.LENT, Did.RETURNED, Did.SWAPPED})


class Noting(QObject):
    """The number keys of what is shown; `remember` keeps what is said before the act, which then says it itself."""

    changed = Signal()
    whispered = Signal(str)
    unnamed = Signal()

    def __init__(self, session: Session, remember: Callable[[Noted], None], parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._remember = session, remember
        self._shown: Outcome | None = None
        self._last = Noted()
        self.keys = NumberKeys()
        self.is_naming = False

    def show(self, outcome: Outcome | None, desk: Desk) -> None:
        """Speak of this outcome from now on; a name that was asked for another one is not awaited any more."""
        is_kept = self.is_naming and _is_same_hand(self._shown, outcome)
        if self.is_naming and not is_kept:
            self.whispered.emit(tr("The name was not noted"))
            self.unnamed.emit()
        self.is_naming, self._shown = is_kept, outcome
        self.keys = keys_for(outcome, desk) if outcome else NumberKeys()
        self.changed.emit()

    def after(self, row: Outcome) -> None:
        """Go on speaking of an act, now that what was said of it is written."""
        self._shown = row
        self._say(self._last)

    def figure(self, figure: int) -> Step | None:
        """Return what a figure asks of the base, None when it asks nothing more."""
        if not self.keys.means(figure):
            self.whispered.emit(tr("{figure} says nothing here. Space first, to type figures").format(figure=figure))
            return None
        if self.keys.asks_name(figure):
            self.ask_name()
            return None
        return self.note(self.keys.noted_by(figure))

    def command(self, command: Command, code: str) -> Step | None:
        """Return what the code of a condition, a receiver or an accessory asks of the base."""
        piece = kit_item(code, self.keys.kit) if command is Command.MISSING else None
        if command in _CONDITIONS and self.keys.about is About.RETURNED:
            return self.note(Noted(condition=_CONDITIONS[command]))
        if command in _RECEIVERS and self.keys.about is About.HANDING:
            if command is Command.OTHER_RECEIVED:
                self.ask_name()
            return self.note(Noted(received_by=_RECEIVERS[command], received_name=""))
        if piece is not None and self.keys.about in (About.HANDING, About.RETURNED):
            return self.note(self.keys.toggled(piece))
        self.whispered.emit(tr("Scan the tablet first: this is said of none"))
        return None

    def ask_name(self) -> None:
        """Await the name of who takes the tablet."""
        self.is_naming = True
        self.changed.emit()

    def stop_naming(self) -> None:
        """Await no name any more."""
        self.is_naming = False
        self.changed.emit()

    def name(self, typed: str) -> Step | None:
        """Return what a name that was typed asks of the base."""
        if not self.is_naming:
            self.whispered.emit(tr("The name was not noted"))
            return None
        self.stop_naming()
        return self.note(Noted(received_by=ReceivedBy.OTHER, received_name=typed))

    def note(self, noted: Noted) -> Step | None:
        """Say this of the tablet shown: with its act when that is still to come, else added to it."""
        self._last = noted
        if self._shown is not None and self._shown.did in _NOTED:
            return partial(serving.note, self._session, self._shown, noted)
        self._remember(noted)
        self._say(noted)
        return None

    def _say(self, noted: Noted) -> None:
        self.keys = self.keys.after(noted)
        self.changed.emit()


def _is_same_hand(before: Outcome | None, after: Outcome | None) -> bool:
    """Say whether a name asked about one outcome is about the next too: the tablet was given to the same hands."""
    if before is None or after is None or after.did is not Did.LENT:
        return False
    is_pupil = before.pupil is not None and after.pupil is not None and before.pupil.id == after.pupil.id
    is_tablet = before.tablet is not None and after.tablet is not None and before.tablet.tag == after.tablet.tag
    return is_pupil or is_tablet
