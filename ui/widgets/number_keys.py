"""What the number keys say of the tablet that the counter shows: who took it, its condition, what lacks."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tablet_loans.domain.device import Condition
from tablet_loans.domain.loan import ReceivedBy
from tablet_loans.services.desk import Desk, Did, Mode, Noted, Outcome

CONFIRM: Final = 0
RECEIVERS: Final = (ReceivedBy.PUPIL, ReceivedBy.GUARDIAN, ReceivedBy.OTHER)
CONDITIONS: Final = (Condition.GOOD, Condition.WORN, Condition.DAMAGED)
_FIRST_PIECE: Final = 4
_LAST_PIECE: Final = 9


class About(StrEnum):
    """What the number keys speak of."""

    NOTHING = "nothing"
    HANDING = "handing"
    RETURNED = "returned"
    RETURNING = "returning"
    SWAPPING = "swapping"


@dataclass(frozen=True, slots=True)
class NumberKeys:
    """What is said so far, and so what each figure says next; `lacking` are accessories not given."""

    about: About = About.NOTHING
    receiver: ReceivedBy = ReceivedBy.PUPIL
    receiver_name: str = ""
    condition: Condition = Condition.GOOD
    kit: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()

    @property
    def pieces(self) -> tuple[str, ...]:
        """Return the accessories that have a figure, from 4 on."""
        return self.kit[: _LAST_PIECE - _FIRST_PIECE + 1]

    def means(self, figure: int) -> bool:
        """Say whether this figure says something now."""
        if self.about is About.NOTHING:
            return False
        if self.about in (About.RETURNING, About.SWAPPING):
            return figure == CONFIRM
        return 1 <= figure < _FIRST_PIECE + len(self.pieces)

    def asks_name(self, figure: int) -> bool:
        """Say whether this figure waits for the name of who took the tablet."""
        return self.about is About.HANDING and RECEIVERS[figure - 1 : figure] == (ReceivedBy.OTHER,)

    def noted_by(self, figure: int) -> Noted:
        """Return what a figure that means something says."""
        if figure >= _FIRST_PIECE:
            return self.toggled(self.kit[figure - _FIRST_PIECE])
        if self.about is About.HANDING:
            return Noted(received_by=RECEIVERS[figure - 1], received_name="")
        return Noted(condition=CONDITIONS[figure - 1])

    def toggled(self, piece: str) -> Noted:
        """Return that an accessory lacks, or that it does not after all."""
        lacking = set(self.lacking) ^ {piece}
        return Noted(missing=tuple(each for each in self.kit if each in lacking))

    def after(self, noted: Noted) -> "NumberKeys":
        """Return the keys once this was said."""
        return replace(
            self,
            receiver=noted.received_by or self.receiver,
            receiver_name=self.receiver_name if noted.received_name is None else noted.received_name,
            condition=noted.condition or self.condition,
            lacking=self.lacking if noted.missing is None else noted.missing,
        )


def together(first: Noted, then: Noted) -> Noted:
    """Return both, the later word counting."""
    return Noted(
        received_by=then.received_by or first.received_by,
        received_name=first.received_name if then.received_name is None else then.received_name,
        condition=then.condition or first.condition,
        missing=first.missing if then.missing is None else then.missing,
    )


def keys_for(outcome: Outcome, desk: Desk) -> NumberKeys:
    """Return what the number keys say once the counter shows this outcome."""
    kit = outcome.tablet.kit if outcome.tablet else ()
    lacking = outcome.tablet.missing if outcome.tablet else ()
    loan, did = outcome.loan, outcome.did
    if did is Did.LENT and loan:
        return NumberKeys(About.HANDING, loan.received_by, loan.received_name, kit=kit, lacking=loan.missing)
    if did in (Did.RETURNED, Did.SWAPPED) and loan:
        not_back = tuple(piece for piece in kit if piece in lacking or piece in loan.missing)
        return NumberKeys(About.RETURNED, condition=loan.condition, kit=kit, lacking=not_back)
    if did in (Did.CHOSE_PUPIL, Did.CHOSE_TABLET, Did.CHOSE_FORM) and desk.mode is Mode.LEND:
        return NumberKeys(About.HANDING, desk.received_by, kit=kit, lacking=lacking).after(outcome.pending.noted)
    if outcome.pending.doubted and outcome.tablet and outcome.tablet.tag == outcome.pending.doubted:
        if outcome.is_swap:
            return NumberKeys(About.SWAPPING)
        if did in (Did.SHOWED_HOLDER, Did.FOUND_OTHER):
            return NumberKeys(About.RETURNING)
    return NumberKeys()
