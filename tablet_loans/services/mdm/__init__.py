"""The MDMs: one leaf a vendor; each reads pages of devices and passes orders on. They know domain only."""

from collections.abc import Iterator
from typing import Protocol

from tablet_loans.domain.enrolment import Connected, MdmAct, Order, Page, Told


class Connector(Protocol):
    """What every vendor's leaf does. All may raise MdmTrouble; `pages` also what its caller's Cancelled raises."""

    acts: frozenset[MdmAct]

    def check(self) -> Connected:
        """Ask as little as proves that the key is good, and say which rights are missing."""

    def pages(self, start: str = "") -> Iterator[Page]:
        """Yield the devices page by page, from the place `start` that an earlier page called `next`."""

    def ask(self, order: Order) -> Told:
        """Pass an order on."""

    def outcome(self, order: Order, reference: str) -> Told:
        """Return what became of an order that was accepted."""

    def close(self) -> None:
        """Let go of the connections."""
